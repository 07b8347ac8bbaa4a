"""A household for measuring: one engine behind two pipelines, one of them guarded, and many satellites."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from demo.house import assist, flows
from demo.house.client import Client
from demo.house.home_assistant import HomeAssistant
from demo.house.paths import INTEGRATION
from demo.house.waiting import until

from .clock import Notebook
from .full_vault import fill
from .recogniser import InstantRecogniser
from .satellite import BenchSatellite

PROBE = Path(__file__).parent / "custom_components" / "loop_probe"
PLAIN = "Plain"
GUARDED = "Guarded"

QUIET_SECONDS = 0.25
QUIET_CPU_SECONDS = 0.015
"""Less processor time than this in that time is what fifty idle satellites take."""

QUIET_TIMEOUT = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Cpu:
    """Processor time that Home Assistant has used, in seconds."""

    process: float
    loop: float


class BenchHouse:
    """Starts everything, connects it, and ends it all."""

    def __init__(self, folder: Path) -> None:
        """Prepare a house in an empty folder."""
        self.home_assistant = HomeAssistant(
            folder / "config", integrations=(INTEGRATION, PROBE)
        )
        with (folder / "config" / "configuration.yaml").open("a") as configuration:
            configuration.write("\nloop_probe:\n")
        self.satellites: list[BenchSatellite] = []
        self._notebook = Notebook()
        self._recogniser = InstantRecogniser(self._notebook)
        self._pipelines: dict[str, str] = {}

    @property
    def client(self) -> Client:
        """Return the connection of the first user."""
        return self.home_assistant.client

    @property
    def vault(self) -> Path:
        """Return the folder in which the recordings are stored."""
        return self.home_assistant.config_folder / ".cache" / "voice_retention"

    async def __aenter__(self) -> Self:
        """Start everything; the pipelines differ in nothing but the guard."""
        try:
            await asyncio.gather(self._recogniser.start(), self.home_assistant.start())
            entry_id = await assist.add_wyoming(self.client, self._recogniser.port)
            engine = await assist.entity_of(self.client, entry_id, "stt")
            for name in (PLAIN, GUARDED):
                self._pipelines[name] = await assist.add_pipeline(
                    self.client, name, stt_engine=engine, tts_engine=None
                )
            await self._guard(engine)
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
        await asyncio.gather(
            self._recogniser.stop(), *(one.stop() for one in self.satellites)
        )

    async def add_satellites(self, count: int) -> None:
        """Add satellites until there are so many; they use the preferred pipeline."""
        missing = [
            BenchSatellite(f"Room {number}", self._notebook)
            for number in range(len(self.satellites), count)
        ]
        self.satellites += missing
        for satellite in missing:
            await satellite.start()
            await assist.add_wyoming(self.client, satellite.port)
            await satellite.connection()

    async def use(self, pipeline: str) -> None:
        """Let every satellite use this pipeline, without touching any of them."""
        await self.client.call(
            "assist_pipeline/pipeline/set_preferred",
            pipeline_id=self._pipelines[pipeline],
        )

    async def cpu(self) -> Cpu:
        """Return the processor time used so far."""
        return Cpu(**await self.client.call("loop_probe/cpu"))

    async def quiet(self) -> None:
        """Wait until Home Assistant has nothing left to do, so that no work is counted for the wrong round."""
        async with asyncio.timeout(QUIET_TIMEOUT):
            before = await self.cpu()
            while True:
                await asyncio.sleep(QUIET_SECONDS)
                after = await self.cpu()
                if after.process - before.process < QUIET_CPU_SECONDS:
                    return
                before = after

    async def stored(self) -> int:
        """Return how many recordings are kept, by the integration's own count."""
        entities = await self.client.call("config/entity_registry/list")
        entity_id = next(
            entity["entity_id"]
            for entity in entities
            if entity["platform"] == "voice_retention"
            and entity["translation_key"] == "stored"
        )
        state = await self.client.state(entity_id)
        return int(state["state"]) if state else 0

    async def satellite_keys(self) -> list[str]:
        """Return the keys under which the satellites' recordings are kept."""
        entities = await self.client.call("config/entity_registry/list")
        return [
            entity["id"]
            for entity in entities
            if entity["entity_id"].startswith("assist_satellite.")
        ]

    async def fill_vault(self, recordings: int) -> None:
        """Add recordings while Home Assistant is down, and start it again."""
        keys = await self.satellite_keys()
        await self.home_assistant.stop()
        for satellite in self.satellites:
            satellite.forget_connection()
        await fill(self.vault, keys, recordings)
        await self.home_assistant.start()
        for satellite in self.satellites:
            await satellite.connection()

    async def _guard(self, engine: str) -> None:
        """Set the integration up as a household does, for one of the two pipelines."""
        await flows.set_up(
            self.client,
            "voice_retention",
            {
                "local_engines": [engine],
                "attested": [engine],
                "keep_recordings": "1_day",
                "keep_transcripts": "same",
            },
            {"protect_all": False, "pipelines": [self._pipelines[GUARDED]]},
        )

        async def is_guarded() -> bool:
            """Return whether the guard stands where it should, and only there."""
            engines = {
                name: (await assist.pipeline(self.client, pipeline_id))["stt_engine"]
                for name, pipeline_id in self._pipelines.items()
            }
            return bool(engines[PLAIN] == engine != engines[GUARDED])

        await until(is_guarded)
