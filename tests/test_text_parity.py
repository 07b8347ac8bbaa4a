"""With everything open, a run with guards is the same as one without, and as quick."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
import re
from statistics import median
import time
from typing import Any, override

import pytest

from custom_components.voice_retention.const import CONF_PIPELINES, CONF_PROTECT_ALL
from homeassistant.components import conversation
from homeassistant.components.assist_pipeline import (
    PipelineEventType,
    PipelineStage,
    async_get_pipeline,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.setup import async_setup_component
from tests.house import House, Satellite
from tests.speaking import add_pipeline, set_up_entry
from tests.talking import StreamingVoice, TalkingHouse, Voice, furnish

LONG = ["The purple walrus lives in the cold sea, ", "far away from here, "] * 3
ROUNDS = 60
ALLOWED_SECONDS = 0.001

GUARDED = "Guarded"
BARE = "Home Assistant"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Something that happens at a satellite."""

    name: str
    words: tuple[str, ...] = ("tell me about the purple walrus",)
    prepare: Callable[[TalkingHouse], None] = lambda home: None
    prompt: str | None = None
    starts: bool = False
    """Whether the satellite begins the conversation."""


def _tool(home: TalkingHouse) -> None:
    home.cloud.calls_tool = True


def _long(home: TalkingHouse) -> None:
    home.cloud.answer = LONG


def _long_tool(home: TalkingHouse) -> None:
    _tool(home)
    _long(home)


def _ask_back(home: TalkingHouse) -> None:
    home.cloud.answer = ["Really", "?"]


def _fail(home: TalkingHouse) -> None:
    home.cloud.error = RuntimeError("out of order")


def _silent(home: TalkingHouse) -> None:
    home.cloud.answer = []


SCENES = [
    Scene(name="short answer"),
    Scene(name="streamed answer", prepare=_long),
    Scene(name="tool call", prepare=_tool),
    Scene(name="tool call and streamed answer", prepare=_long_tool),
    Scene(name="follow-up", prepare=_ask_back, words=("is it so", "yes", "no")),
    Scene(name="history", words=("one", "two", "three")),
    Scene(name="sentence trigger", words=("open sesame", "and then")),
    Scene(name="local intent", words=("never mind", "and then")),
    Scene(name="extra prompt", prompt="You are a pirate", words=("yes", "no")),
    Scene(name="started by the satellite", starts=True, words=("yes", "no")),
    Scene(name="failing agent", prepare=_fail),
    Scene(name="no answer", prepare=_silent),
]


@pytest.fixture(params=[Voice, StreamingVoice], ids=["whole", "streaming"])
async def home(
    request: pytest.FixtureRequest,
    hass: HomeAssistant,
    house: House,
    options: dict[str, object],
) -> TalkingHouse:
    """Furnish a house with two like assistants, one of them guarded."""
    home = await furnish(house, voices=request.param)
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": {"trigger": "conversation", "command": ["open sesame"]},
                "actions": {"set_conversation_response": "done"},
            }
        },
    )
    await home.edit(prefer_local_intents=True)
    guarded = await add_pipeline(hass, GUARDED)
    await set_up_entry(
        house, options | {CONF_PROTECT_ALL: False, CONF_PIPELINES: [guarded.id]}
    )
    assert async_get_pipeline(hass).conversation_engine == "conversation.cloud_agent"
    for satellite in (house.kitchen, house.bedroom):
        satellite._attr_pipeline_entity_id = f"select.{satellite.name}"
    return home


def choose(home: TalkingHouse, satellite: Satellite, pipeline: str) -> None:
    """Let a satellite use an assistant."""
    name = "preferred" if pipeline == BARE else pipeline
    home.hass.states.async_set(f"select.{satellite.name}", name)


async def play(home: TalkingHouse, scene: Scene, pipeline: str) -> list[Any]:
    """Play a scene, and return everything that can be seen of it."""
    satellite = home.house.kitchen
    choose(home, satellite, pipeline)
    satellite.events.clear()
    satellite._conversation_id = None
    satellite._extra_system_prompt = scene.prompt
    agent = home.cloud
    agent.requests.clear()
    agent.calls_tool, agent.answer, agent.error = False, ["All ", "right"], None
    home.cloud_voice.said.clear()
    home.cloud_voice.options.clear()
    scene.prepare(home)
    if scene.starts:
        await satellite.async_internal_start_conversation(
            "Shall I?", "http://home/x.mp3", preannounce=False
        )
    audio = []
    for words in scene.words:
        home.house.cloud.text = words
        await satellite.speak(end_stage=PipelineStage.TTS)
        if satellite.error_code is None and satellite.events[-2].type is (
            PipelineEventType.TTS_END
        ):
            audio.append(await home.hear(satellite))
    await home.hass.async_block_till_done()
    log = home.hass.data[conversation.chat_log.DATA_CHAT_LOGS].get(
        satellite._conversation_id
    )
    return [
        [(event.type, event.data) for event in satellite.events],
        agent.requests,
        home.cloud_voice.said,
        home.cloud_voice.options,
        audio,
        [item.as_dict() for item in log.content] if log else None,
    ]


def comparable(home: TalkingHouse, seen: Any) -> str:
    """Write down what was seen, without names of guards, ids and moments."""
    text = repr(seen)
    guards = home.house.entry.runtime_data.guards.guards if home.house.entry else {}
    for guard_id, engine_id in guards.items():
        text = text.replace(guard_id, engine_id)
    text = re.sub(r"01[0-9a-hjkmnp-tv-z]{24}", "ID", text, flags=re.IGNORECASE)
    text = re.sub(r"datetime\.datetime\([^)]*\)", "MOMENT", text)
    text = re.sub(r"\d\d:\d\d:\d\d", "TIME", text)
    text = re.sub(r"[\w-]{22}\.(wav|mp3)", r"TOKEN.\1", text)
    return re.sub(r" at 0x[0-9a-f]+", "", text)


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_every_scene_is_the_same_with_and_without_guards(
    home: TalkingHouse,
) -> None:
    """Events, deltas, tool calls, history, audio and chat log are compared one by one."""
    for scene in SCENES:
        manager = home.hass.data["tts_manager"]
        seen = []
        for pipeline in (BARE, GUARDED):
            manager.mem_cache.clear()
            await manager.async_clear_cache()
            seen.append(comparable(home, await play(home, scene, pipeline)))
        assert seen[0] == seen[1], scene.name


class Stopwatch(StreamingVoice):
    """A voice that notes when it gets its first word."""

    first: float = 0

    @override
    async def _speak(self, text: AsyncGenerator[str]) -> AsyncGenerator[bytes]:
        """Note the moment of the first word."""
        async for part in text:
            if not self.first:
                self.first = time.perf_counter()
            yield part.encode()


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_the_first_word_of_a_streamed_reply_comes_as_early(
    hass: HomeAssistant, house: House, options: dict[str, object]
) -> None:
    """From the transcript to the voice, by turns with and without guards."""
    home = await furnish(house, voices=Stopwatch)
    guarded = await add_pipeline(hass, GUARDED)
    await set_up_entry(
        house, options | {CONF_PROTECT_ALL: False, CONF_PIPELINES: [guarded.id]}
    )
    satellite, voice = house.kitchen, home.cloud_voice
    assert isinstance(voice, Stopwatch)
    satellite._attr_pipeline_entity_id = f"select.{satellite.name}"
    home.cloud.answer = LONG
    started = 0.0

    @callback
    def note(event: Any) -> None:
        """Note when the agent's turn begins."""
        nonlocal started
        if event.type is PipelineEventType.INTENT_START:
            started = time.perf_counter()

    satellite.on_pipeline_event = note  # type: ignore[method-assign]
    seconds: dict[str, list[float]] = {BARE: [], GUARDED: []}
    for _ in range(ROUNDS):
        for pipeline, taken in seconds.items():
            choose(home, satellite, pipeline)
            satellite._conversation_id = None
            voice.first = 0
            await satellite.speak(end_stage=PipelineStage.TTS)
            taken.append(voice.first - started)
    bare, guarded_ = median(seconds[BARE]), median(seconds[GUARDED])
    print(  # noqa: T201
        f"first word after {bare * 1000:.2f} ms without and"
        f" {guarded_ * 1000:.2f} ms with guards: {(guarded_ - bare) * 1000:+.2f} ms"
    )
    assert guarded_ - bare <= ALLOWED_SECONDS
