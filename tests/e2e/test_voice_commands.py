"""Every command, said aloud at a real satellite and heard by a real recogniser, does what it says and is answered truly.

The agent of the pipeline is in a cloud, and hears none of them.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from itertools import count

import pytest

from custom_components.voice_retention.commands.phrasebook import (
    ReplyKey,
    VoiceCommand,
    load_phrasebooks,
)
from demo.house import assist, flows
from demo.house.household import Household
from demo.house.satellite import Satellite
from demo.house.speech import Speech
from demo.house.waiting import until
from demo.retention import Retention

pytestmark = pytest.mark.slow

REQUEST = "turn on the kitchen light"
ALOUD = {
    VoiceCommand.DELETE_LAST: "delete what i just said",
    VoiceCommand.NOT_FOR_YOU: "that was not meant for you",
    VoiceCommand.DELETE_TODAY: "delete everything i said today",
    VoiceCommand.DELETE_WEEK: "forget everything i have said this week",
    VoiceCommand.DELETE_HERE: "erase all my voice recordings",
    VoiceCommand.STOP_SENDING: "stop sending my voice to the cloud",
    VoiceCommand.START_SENDING: "start sending my voice again",
    VoiceCommand.GUEST_ON: "turn on guest mode",
    VoiceCommand.GUEST_OFF: "switch guest mode off",
    VoiceCommand.GUEST_STATE: "is guest mode turned on",
    VoiceCommand.WHAT_KEPT: "what do you keep of me",
    VoiceCommand.WHAT_HEARD: "what did you hear",
    VoiceCommand.WHO_HEARD: "who heard me",
}
DELETING = [
    VoiceCommand.DELETE_LAST,
    VoiceCommand.NOT_FOR_YOU,
    VoiceCommand.DELETE_TODAY,
    VoiceCommand.DELETE_WEEK,
    VoiceCommand.DELETE_HERE,
]
SOON = 20
"""Seconds in which the rest of a deletion is done after its run: several times the pause."""

BOOK = load_phrasebooks(["en"])["en"]


@dataclass(kw_only=True)
class Room:
    """A satellite in a room, and how to talk to it."""

    house: Household
    satellite: Satellite
    seeds: count[int]

    @property
    def device_id(self) -> str:
        """Return the satellite's device."""
        return self.house.placed[self.satellite.name].device_id

    async def say(self, words: str) -> str:
        """Say something and return what is answered aloud."""
        run = await self.satellite.speak(
            await Speech.of(words, seed=next(self.seeds)), timeout=60
        )
        assert (run.transcript, run.error) == (words, None)
        assert run.response is not None
        return run.response

    async def command(self, command: VoiceCommand) -> str:
        """Say a command; return what is answered. No cloud hears a word of it."""
        self.house.cloud.forget()
        answer = await self.say(ALOUD[command])
        assert (self.house.cloud.told, self.house.cloud.bytes_received) == ([], 0)
        return answer


async def allow(
    retention: Retention, *commands: VoiceCommand, may_lower: bool = False
) -> None:
    """Choose in the options what may be said."""
    await flows.change_options(
        retention.client,
        retention.entry_id,
        {"next_step_id": "commands"},
        {
            "voice_commands": list(commands),
            "voice_commands_household_wide": False,
            "voice_commands_may_lower": may_lower,
        },
    )
    await flows.reload(retention.client, retention.entry_id)


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Household]:
    """Return a house that understands the commands; afterwards its log must be clean."""
    async with Household(
        tmp_path_factory.mktemp("house"), commands=(REQUEST, *ALOUD.values())
    ) as house:
        cloud = house.engines.cloud.partition(".")[2]
        pipeline_id = await house.add_pipeline("Talking cloud", house.engines.local)
        await assist.change_pipeline(
            house.client,
            pipeline_id,
            conversation_engine=f"conversation.{cloud}",
            conversation_language="*",
        )
        yield house
        complaints = house.home_assistant.complaints()
    assert not complaints, "\n".join(complaints)


@pytest.fixture(scope="module")
async def rooms(house: Household) -> tuple[Room, Room]:
    """Return a kitchen and a bedroom."""
    seeds = count()
    rooms = [
        Room(house=house, satellite=Satellite(name, "", house.folder), seeds=seeds)
        for name in ("Kitchen", "Bedroom")
    ]
    for room in rooms:
        await house.add_satellite(room.satellite, "Talking cloud")
    return rooms[0], rooms[1]


@pytest.fixture(scope="module")
async def retention(house: Household, rooms: tuple[Room, Room]) -> Retention:
    """Return Voice Retention."""
    return await Retention.set_up(house.client, local_engines=(house.engines.local,))


@pytest.fixture
def kitchen(rooms: tuple[Room, Room], retention: Retention) -> Room:
    """Return the room where everything is said."""
    return rooms[0]


@pytest.fixture
def bedroom(rooms: tuple[Room, Room], retention: Retention) -> Room:
    """Return the room where nothing may change."""
    return rooms[1]


def test_every_command_is_said() -> None:
    """A new one is spoken here too."""
    assert ALOUD.keys() == set(VoiceCommand)


@pytest.mark.parametrize("command", DELETING)
async def test_what_is_to_be_deleted_is_deleted_here_and_nowhere_else(
    house: Household,
    kitchen: Room,
    bedroom: Room,
    retention: Retention,
    command: VoiceCommand,
) -> None:
    """And whoever else got it is named: the agent in the cloud, and a voice that nobody vouches for."""
    elsewhere = len(await retention.recordings(bedroom.device_id))
    await bedroom.say(REQUEST)
    assert (await kitchen.say(REQUEST)).endswith("from a cloud")
    # Nothing that was deleted before is told again.
    assert house.cloud.told[-1].count(REQUEST) == 1
    await retention.wait_for_recordings(elsewhere + 1, bedroom.device_id)
    (kept,) = await retention.wait_for_recordings(1, kitchen.device_id)
    assert kept["transcript"] == REQUEST
    assert await kitchen.command(command) == BOOK.reply(
        ReplyKey.DELETED_ALSO_ELSEWHERE, engines="Cloud, espeak-ng"
    )
    assert await retention.recordings(kitchen.device_id) == []
    assert len(await retention.recordings(bedroom.device_id)) == elsewhere + 1

    async def is_done() -> bool:
        """Look whether the conversation that asked for it is forgotten too."""
        told = await house.client.action("voice_retention.verify", response=True)
        return not told["owed"]

    await until(is_done, SOON)


async def test_what_is_kept_what_was_heard_and_who_heard_it_is_told(
    kitchen: Room, retention: Retention
) -> None:
    """As it is, and not as it would sound well."""
    await kitchen.command(VoiceCommand.DELETE_HERE)
    await kitchen.say(REQUEST)
    assert await kitchen.command(VoiceCommand.WHAT_HEARD) == BOOK.reply(
        ReplyKey.HEARD, text=REQUEST
    )
    assert await kitchen.command(VoiceCommand.WHO_HEARD) == BOOK.reply(
        ReplyKey.WHO_LOCAL, engine="pocketsphinx"
    )
    kept = await retention.wait_for_recordings(3, kitchen.device_id)
    assert await kitchen.command(VoiceCommand.WHAT_KEPT) == BOOK.reply(
        ReplyKey.KEPT, count=len(kept), limit="for a day"
    )


async def test_sending_is_stopped_and_only_a_hand_starts_it(
    kitchen: Room, bedroom: Room, retention: Retention
) -> None:
    """Where it is said; whoever can be heard could start it."""

    async def switches() -> list[str]:
        states = [
            await retention.state("switch", "dont_send_audio", room.device_id)
            for room in (kitchen, bedroom)
        ]
        return [state["state"] for state in states]

    answer = await kitchen.command(VoiceCommand.STOP_SENDING)
    assert answer == BOOK.reply(ReplyKey.SENDING_STOPPED)
    assert await switches() == ["on", "off"]
    answer = await kitchen.command(VoiceCommand.START_SENDING)
    assert answer == BOOK.reply(ReplyKey.SWITCHED_BY_HAND_ONLY)
    assert await switches() == ["on", "off"]


async def test_guest_mode_is_told_and_turned_on_and_only_a_hand_turns_it_off(
    kitchen: Room, retention: Retention
) -> None:
    """Guests may ask too."""
    for command, answer, is_on in (
        (VoiceCommand.GUEST_STATE, ReplyKey.GUEST_OFF, "off"),
        (VoiceCommand.GUEST_ON, ReplyKey.GUEST_ON, "on"),
        (VoiceCommand.GUEST_STATE, ReplyKey.GUEST_ON, "on"),
        (VoiceCommand.GUEST_OFF, ReplyKey.SWITCHED_BY_HAND_ONLY, "on"),
    ):
        assert await kitchen.command(command) == BOOK.reply(answer)
        assert (await retention.state("switch", "guest_mode"))["state"] == is_on


async def test_protections_are_lowered_where_the_household_says_so(
    kitchen: Room, retention: Retention
) -> None:
    """With an option; both are on from before."""
    await allow(retention, *VoiceCommand, may_lower=True)
    answer = await kitchen.command(VoiceCommand.GUEST_OFF)
    assert answer == BOOK.reply(ReplyKey.GUEST_OFF)
    assert (await retention.state("switch", "guest_mode"))["state"] == "off"
    answer = await kitchen.command(VoiceCommand.START_SENDING)
    assert answer == BOOK.reply(ReplyKey.SENDING_STARTED)
    state = await retention.state("switch", "dont_send_audio", kitchen.device_id)
    assert state["state"] == "off"


async def test_a_command_that_is_turned_off_is_for_the_agent(
    house: Household, kitchen: Room, retention: Retention
) -> None:
    """It is an ordinary sentence then."""
    await allow(retention, VoiceCommand.WHAT_HEARD)
    words = ALOUD[VoiceCommand.DELETE_HERE]
    assert (await kitchen.say(words)).endswith("from a cloud")
    assert house.cloud.told[-1][-1] == words
    assert await retention.recordings(kitchen.device_id)
