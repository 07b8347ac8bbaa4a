"""Over a thousand runs, nothing that must stay reaches a cloud, and all else does, as it was."""

import asyncio
import random

import pytest

from custom_components.voice_retention.const import (
    CONF_ATTESTED,
    CONF_LOCAL_AGENTS,
    CONF_LOCAL_VOICES,
)
from homeassistant.components.assist_pipeline import (
    PipelineEventType,
    PipelineStage,
    async_get_pipeline,
    async_update_pipeline,
)
from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_INTEGRATIONS
from tests.conftest import LOCAL
from tests.house import House, Satellite, say
from tests.speaking import add_pipeline, set_up_entry
from tests.talking import (
    LOCAL_AGENT,
    LOCAL_VOICE,
    StreamingVoice,
    TalkingHouse,
    furnish,
)

RUNS = 1000
SEED = 20261126


class Day:
    """A day in a busy house, and what was said in it."""

    def __init__(self, home: TalkingHouse) -> None:
        """Begin with everything open."""
        self.home = home
        self.random = random.Random(SEED)  # noqa: S311
        self.secrets: list[str] = []
        """What was said and answered where nothing may leave."""

        self.counts = dict.fromkeys(("open", "closed", "refused"), 0)
        self.heard_by_turned: list[str] = []
        """What the engines at home got while they were cloud engines."""

        self._closed: dict[str, bool] = {}
        self._pipelines: dict[str, str] = {}
        self._turned_at: tuple[int, int] | None = None

    @property
    def satellites(self) -> list[Satellite]:
        """Return the satellites."""
        return [self.home.house.kitchen, self.home.house.bedroom]

    async def happen(self) -> None:
        """Change something, now and then."""
        home, chance = self.home, self.random.random()
        if chance < 0.25:
            satellite = self.random.choice(self.satellites)
            is_closed = self.random.random() < 0.5
            self._closed[satellite.entity_id] = is_closed
            await home.close(satellite, on=is_closed)
        elif chance < 0.35:
            self.turn()
        elif chance < 0.37:
            assert home.house.entry is not None
            await home.hass.config_entries.async_reload(home.house.entry.entry_id)
            await home.hass.async_block_till_done()
        elif chance < 0.5:
            # Another wake word leads to another pipeline.
            satellite = self.random.choice(self.satellites)
            name = self.random.choice(("preferred", "Mixed", "At home"))
            self._pipelines[satellite.entity_id] = name
            satellite._attr_pipeline_entity_id = f"select.{satellite.name}"
            home.hass.states.async_set(f"select.{satellite.name}", name)
        for agent in (home.cloud, home.local):
            agent.calls_tool = self.random.random() < 0.3
            agent.invent = self._invent

    def _invent(self) -> list[str]:
        """Return an answer that nobody has given before."""
        words = [
            f"r{self.random.getrandbits(40)} "
            for _ in range(self.random.choice((3, 30)))
        ]
        # A question makes Assist go on with this agent.
        return [*words, self.random.choice("..?")]

    def turn(self) -> None:
        """Let the engines at home turn into cloud engines, or back."""
        home = self.home
        now = (len(home.local.requests), len(home.local_voice.said))
        if self._turned_at is not None:
            requests, said = self._turned_at
            self.heard_by_turned += map(str, home.local.requests[requests:])
            self.heard_by_turned += home.local_voice.said[said:]
        self._turned_at = now if self._turned_at is None else None
        for domain in ("homely", "homely_agent", "homely_voice"):
            integration = home.hass.data[DATA_INTEGRATIONS][domain]
            integration.manifest["iot_class"] = (
                "local_push" if self._turned_at is None else "cloud_push"
            )
            integration.__dict__.pop("iot_class", None)
        assert home.house.entry is not None
        home.house.entry.runtime_data.localities._tell_listeners()

    async def run(self, satellite: Satellite, words: str) -> None:
        """Say something at a satellite, and hear the reply."""
        home = self.home
        is_closed = self._closed.get(satellite.entity_id, False)
        await satellite.async_accept_pipeline_from_satellite(
            say([words.encode().ljust(640, b"\0")]), end_stage=PipelineStage.TTS
        )
        if satellite.error_code is not None:
            assert is_closed
            self.secrets.append(words)
            self.counts["refused"] += 1
            return
        assert await home.hear(satellite)
        (reply,) = [
            str(event.data["tts_input"])
            for event in satellite.events
            if event.type is PipelineEventType.TTS_START and event.data
        ]
        self.counts["closed" if is_closed else "open"] += 1
        if is_closed:
            self.secrets += [words, reply]
            return
        pipeline = self._pipelines.get(satellite.entity_id)
        voice = home.local_voice if pipeline == "Mixed" else home.cloud_voice
        assert words in home.local.words + home.cloud.words
        assert reply in voice.spoken


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_nothing_leaks_in_a_thousand_runs(
    hass: HomeAssistant, house: House, options: dict[str, object]
) -> None:
    """Switches flip, engines turn into cloud engines, pipelines change, we are reloaded."""
    for engine in (house.cloud, house.local):
        # Each sentence is its own audio.
        engine.understands = True
    home = await furnish(house, voices=StreamingVoice, stands_in=StreamingVoice)
    await set_up_entry(
        house,
        options
        | {
            CONF_ATTESTED: {},
            CONF_LOCAL_AGENTS: [LOCAL_AGENT],
            CONF_LOCAL_VOICES: [LOCAL_VOICE],
        },
    )
    mixed = await add_pipeline(
        hass, "Mixed", stt_engine=LOCAL, tts_engine=LOCAL_VOICE, tts_voice=None
    )
    await add_pipeline(hass, "At home", conversation_engine=LOCAL_AGENT)
    await async_update_pipeline(
        hass, async_get_pipeline(hass, mixed.id), prefer_local_intents=True
    )
    await hass.async_block_till_done()
    day = Day(home)
    for number in range(RUNS // 2):
        await day.happen()
        spoken = [f"w{day.random.getrandbits(64)} and more" for _ in day.satellites]
        for satellite in day.satellites:
            satellite.events.clear()
        await asyncio.gather(*map(day.run, day.satellites, spoken, strict=True))
        if number % 50 == 0:
            await hass.async_block_till_done()
    day.turn()
    day.turn()
    heard = "\n".join([home.cloud.heard, *home.cloud_voice.said, *day.heard_by_turned])
    leaked = [secret for secret in day.secrets if secret in heard]
    print(  # noqa: T201
        f"{day.counts}; {len(heard)} characters and bytes at cloud stand-ins,"
        f" of them from closed satellites {sum(map(len, leaked))}"
    )
    assert leaked == []
    assert min(day.counts["open"], day.counts["closed"]) > RUNS / 5
