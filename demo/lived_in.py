"""A house in which people have lived for a while: for the tests of the panel, and for its pictures."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from .house import assist
from .house.home_assistant import NEWEST
from .house.household import CLOUD_PIPELINE, LOCAL_PIPELINE, Household
from .house.light_satellite import LightSatellite
from .house.speech import Speech
from .retention import Retention

TALKING_PIPELINE = "Talking cloud"
SPEED = 10.0
"""Times real time at which people speak: nobody waits for them."""

ROOMS = {
    "Kitchen": CLOUD_PIPELINE,
    "Living room": TALKING_PIPELINE,
    "Bedroom": LOCAL_PIPELINE,
    "Study": CLOUD_PIPELINE,
}
SAID = (
    ("Kitchen", "turn on the kitchen light"),
    ("Kitchen", "turn on the coffee machine"),
    ("Living room", "what day is it today"),
    ("Bedroom", "turn off the bedroom light"),
    ("Kitchen", "set a timer for twenty minutes"),
    ("Living room", "turn on the living room lamp"),
    ("Study", "turn on the ceiling fan"),
    ("Bedroom", "good night"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class LivedIn:
    """A house with all that is in it."""

    house: Household
    retention: Retention
    satellites: dict[str, LightSatellite]

    def device(self, room: str) -> str:
        """Return the device of a room's satellite."""
        return self.house.placed[self.satellites[room].name].device_id

    async def say(self, room: str, sentence: str, *, seed: int = 0) -> None:
        """Say a sentence and wait until it is stored, if it is to be."""
        speech = await Speech.of(sentence, seed=seed)
        self.house.cloud.teach([speech])
        await self.satellites[room].speak(speech, speed=SPEED)


@asynccontextmanager
async def lived_in(
    folder: Path, *, environment: str = NEWEST
) -> AsyncGenerator[LivedIn]:
    """Build the house, move in, and speak."""
    async with Household(folder, environment=environment) as house:
        await _add_talking_pipeline(house)
        satellites = {room: LightSatellite(f"{room} speaker", room) for room in ROOMS}
        for room, satellite in satellites.items():
            await house.add_satellite(satellite, ROOMS[room])
        retention = await Retention.set_up(
            house.client, local_engines=(house.engines.local,)
        )
        home = LivedIn(house=house, retention=retention, satellites=satellites)
        await retention.dont_send(home.device("Study"), on=True)
        for number, (room, sentence) in enumerate(SAID):
            await home.say(room, sentence, seed=number)
        await retention.wait_for_recordings(len(SAID))
        yield home


async def _add_talking_pipeline(house: Household) -> None:
    """Add one whose agent and voice are in the cloud as well."""
    pipeline_id = await house.add_pipeline(TALKING_PIPELINE, house.engines.cloud)
    name = house.engines.cloud.partition(".")[2]
    await assist.change_pipeline(
        house.client,
        pipeline_id,
        conversation_engine=f"conversation.{name}",
        conversation_language="*",
        tts_engine=f"tts.{name}",
        tts_language="en",
    )
