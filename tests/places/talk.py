"""Two satellites that talk, and what is to be purged of it."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, override

from custom_components.voice_retention.places.debug_runs import (
    DebugRun,
    meant_runs,
    trail_of,
)
from custom_components.voice_retention.places.protocol import Place, Target
from custom_components.voice_retention.policy.models import (
    ALL_CONTENT,
    AudioFormat,
    Content,
    OriginKind,
    Outcome,
    Route,
)
from custom_components.voice_retention.vault.models import StoredRecording
from homeassistant.components import tts
from homeassistant.components.assist_pipeline import PipelineStage
from homeassistant.components.assist_pipeline.pipeline import KEY_ASSIST_PIPELINE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.house import House, Satellite

TEXT = frozenset({Content.TRANSCRIPT, Content.RESPONSE})
AUDIO = frozenset({Content.AUDIO})

KITCHEN_WORDS = "tell me about the purple walrus"
KITCHEN_REPLY = "You asked about the purple walrus"
BEDROOM_WORDS = "tell me about the orange giraffe"
BEDROOM_REPLY = "You asked about the orange giraffe"


class Voice(tts.TextToSpeechEntity):
    """A voice whose audio is its text."""

    _attr_has_entity_name = False
    _attr_name = "Voice"
    _attr_unique_id = "voice"
    _attr_default_language = "en"
    _attr_supported_languages = ["en"]  # noqa: RUF012 — Home Assistant wants a list

    def __init__(self) -> None:
        """Speak as soon as there is something to say."""
        self.go_on = asyncio.Event()
        self.go_on.set()

    @override
    async def async_get_tts_audio(
        self, message: str, language: str, options: dict[str, Any]
    ) -> tts.TtsAudioType:
        await self.go_on.wait()
        return "mp3", f"audio of {message}".encode()


@dataclass(frozen=True)
class Talk:
    """The house, in which people talk."""

    hass: HomeAssistant
    house: House
    voice: Voice

    async def say(
        self,
        satellite: Satellite,
        text: str,
        *,
        end_stage: PipelineStage = PipelineStage.TTS,
    ) -> None:
        """Say something at a satellite, and hear the reply."""
        self.house.cloud.text = text
        await satellite.speak(end_stage=end_stage)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def both_ask(self) -> None:
        """Say something else at each of the two satellites."""
        await self.say(self.house.kitchen, KITCHEN_WORDS)
        await self.say(self.house.bedroom, BEDROOM_WORDS)

    def target(
        self,
        *satellites: Satellite,
        everybody: bool = False,
        other_clients: bool = False,
        contents: Iterable[Content] = ALL_CONTENT,
        start: datetime | None = None,
        end: datetime | None = None,
        spared_runs: Iterable[str] = (),
    ) -> Target:
        """Return a target of satellites and time, with its trail."""
        return self.with_trail(
            Target(
                recordings=(),
                contents=frozenset(contents),
                satellite_ids=None
                if everybody
                else frozenset(item.entity_id for item in satellites),
                includes_other_clients=everybody or other_clients,
                start=start,
                end=end,
                is_exact=False,
                spared_runs=frozenset(spared_runs),
            )
        )

    def exactly(
        self,
        *recordings: StoredRecording,
        contents: Iterable[Content] = ALL_CONTENT,
        spared_runs: Iterable[str] = (),
    ) -> Target:
        """Return a target of recordings, with its trail."""
        return self.with_trail(
            Target(
                recordings=recordings,
                contents=frozenset(contents),
                satellite_ids=None,
                includes_other_clients=True,
                start=None,
                end=None,
                is_exact=True,
                spared_runs=frozenset(spared_runs),
            )
        )

    def with_trail(self, target: Target) -> Target:
        """Return a target with the trail that its debug runs give."""
        return replace(target, trail=trail_of(meant_runs(self.hass, target)))

    def runs(self, satellite: Satellite | None = None) -> list[DebugRun]:
        """Return the runs of a satellite, oldest first; all runs without one."""
        runs = meant_runs(self.hass, self.target(everybody=True))
        if satellite is None:
            return runs
        return [run for run in runs if run.satellite_id == satellite.entity_id]

    def forget_runs(self) -> None:
        """Let the debug data of all runs make room, as that of newer runs does."""
        for runs in self.hass.data[KEY_ASSIST_PIPELINE].pipeline_debug.values():
            runs.clear()

    def device_id(self, satellite: Satellite) -> str:
        """Return the device of a satellite."""
        entry = er.async_get(self.hass).async_get(satellite.entity_id)
        assert entry is not None
        assert entry.device_id is not None
        return entry.device_id

    def recording(self, satellite: Satellite, number: int = -1) -> StoredRecording:
        """Return the recording of a sentence, the last one unless another is asked for."""
        run = self.runs(satellite)[number]
        assert run.started is not None
        return StoredRecording(
            recording_id="recording",
            created=run.started,
            satellite_key=satellite.name or "",
            origin_kind=OriginKind.SATELLITE,
            origin_key=satellite.name or "",
            satellite_id=satellite.entity_id,
            device_id=self.device_id(satellite),
            pipeline_id=run.pipeline_id,
            run_id=run.run_id,
            conversation_id=run.conversation_id,
            pipeline_engine_id="stt.cloud_speech",
            engine_id="stt.cloud_speech",
            locality=None,
            route=Route.ENGINE,
            reasons=(),
            language="en",
            audio_format=AudioFormat(
                format="wav", codec="pcm", bit_rate=16, sample_rate=16000, channels=1
            ),
            audio_seconds=0.16,
            audio_bytes=5120,
            is_truncated=False,
            outcome=Outcome.OK,
            audio_expires=None,
            text_expires=None,
            held_until=None,
            contents=ALL_CONTENT,
            size=0,
        )


async def purge(place: Place, target: Target) -> tuple[int, int, int]:
    """Purge a place as the purger does; return what was found, deleted and left."""
    found = await place.async_find(target)
    deleted = await place.async_purge(target)
    return found, deleted, await place.async_verify(target)
