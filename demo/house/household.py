"""The whole house: Home Assistant, a cloud engine, a local engine, a voice and satellites, set up through its pages."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from . import assist, flows
from .client import Client
from .cloud import CloudStandIn
from .commands import COMMANDS
from .config_folder import CLOUD_SPEECH
from .home_assistant import NEWEST, HomeAssistant
from .paths import INTEGRATION
from .recogniser import Recogniser
from .voice import Voice

CLOUD_PIPELINE = "Cloud assistant"
LOCAL_PIPELINE = "Local assistant"


class Part(Protocol):
    """What all parts of the house have in common."""

    async def start(self) -> None:
        """Switch it on."""
        ...

    async def stop(self) -> None:
        """Switch it off."""
        ...


class AnySatellite(Part, Protocol):
    """What the house needs of a satellite."""

    name: str

    @property
    def port(self) -> int:
        """Return the port that it listens on."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A satellite's place in Home Assistant."""

    entry_id: str
    entity_id: str
    device_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Engines:
    """The entities of the house's engines."""

    cloud: str
    local: str
    voice: str


class Household:
    """Starts all parts, connects them, and ends them all."""

    def __init__(
        self,
        folder: Path,
        *,
        environment: str = NEWEST,
        integrations: Iterable[Path] = (INTEGRATION, CLOUD_SPEECH),
        commands: Sequence[str] = COMMANDS,
    ) -> None:
        """Prepare a house in an empty folder; Home Assistant's configuration is in its folder "config".

        The commands are all that its recogniser understands.
        """
        self.folder = folder
        self.cloud = CloudStandIn()
        self.recogniser = Recogniser(folder, commands)
        self.voice = Voice()
        self.home_assistant = HomeAssistant(
            folder / "config", environment=environment, integrations=integrations
        )
        self.placed: dict[str, Placed] = {}
        self.pipelines: dict[str, str] = {}
        self._satellites: list[Part] = []
        self._engines: Engines | None = None

    @property
    def client(self) -> Client:
        """Return the connection of the first user."""
        return self.home_assistant.client

    @property
    def engines(self) -> Engines:
        """Return the entities of the engines."""
        if self._engines is None:
            raise RuntimeError("the house is not set up yet")
        return self._engines

    async def __aenter__(self) -> Self:
        """Start everything, and add the engines and one pipeline for each way."""
        try:
            parts = (self.cloud, self.recogniser, self.voice, self.home_assistant)
            await asyncio.gather(*(part.start() for part in parts))
            self._engines = await self._add_engines()
            await self.add_pipeline(CLOUD_PIPELINE, self._engines.cloud)
            await self.add_pipeline(LOCAL_PIPELINE, self._engines.local)
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End everything."""
        await self.close()

    async def close(self) -> None:
        """End everything, the parts that failed to start included."""
        await self.home_assistant.stop()
        parts: list[Part] = [*self._satellites, self.recogniser, self.voice, self.cloud]
        await asyncio.gather(*(part.stop() for part in parts))

    async def add_cloud_engine(self, name: str, way: str = "stream") -> str:
        """Add one more engine that sends to the cloud stand-in, and return its entity."""
        answers = {"name": name, "url": self.cloud.url, "way": way}
        entry_id = await flows.set_up(self.client, "cloud_speech", answers)
        return await assist.entity_of(self.client, entry_id, "stt")

    async def add_pipeline(self, name: str, stt_engine: str) -> str:
        """Add a pipeline with an engine and the house's voice, and return its id."""
        voice = self.engines.voice
        pipeline_id = await assist.add_pipeline(
            self.client, name, stt_engine=stt_engine, tts_engine=voice
        )
        self.pipelines[name] = pipeline_id
        return pipeline_id

    async def add_satellite(
        self, satellite: AnySatellite, pipeline: str = CLOUD_PIPELINE
    ) -> Placed:
        """Switch a satellite on, add it to Home Assistant and let it use a pipeline."""
        self._satellites.append(satellite)
        await satellite.start()
        entry_id = await assist.add_wyoming(self.client, satellite.port)
        entity_id = await assist.entity_of(self.client, entry_id, "assist_satellite")
        device_id = await assist.device_of(self.client, entity_id)
        await assist.choose_pipeline(self.client, entry_id, pipeline)
        placed = self.placed[satellite.name] = Placed(
            entry_id=entry_id, entity_id=entity_id, device_id=device_id
        )
        return placed

    async def settle(self) -> None:
        """Restart once, so that Home Assistant has written down all it was told: it takes its time for pipelines."""
        await self.home_assistant.restart()

    async def _add_engines(self) -> Engines:
        voice, local = await asyncio.gather(
            assist.add_wyoming(self.client, self.voice.port),
            assist.add_wyoming(self.client, self.recogniser.port),
        )
        return Engines(
            cloud=await self.add_cloud_engine("Cloud"),
            local=await assist.entity_of(self.client, local, "stt"),
            voice=await assist.entity_of(self.client, voice, "tts"),
        )
