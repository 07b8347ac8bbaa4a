"""Who speaks is found out on the oldest and on the newest release, and guarded accordingly."""

import asyncio
from collections.abc import AsyncGenerator
from http import HTTPStatus

import pytest

from demo.house.client import Client
from demo.house.household import CLOUD_PIPELINE, Household
from demo.house.light_satellite import LightSatellite
from demo.house.speech import RATE, Speech
from demo.house.waiting import until
from demo.retention import Retention

SPEED = 5.0
TIMEOUT = 20


@pytest.fixture(
    scope="module",
    params=[pytest.param("ha-2026.6", marks=pytest.mark.slow), "ha-2026.11"],
)
async def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Household]:
    """Return a house that runs one of the releases; afterwards its log must be clean."""
    async with Household(
        tmp_path_factory.mktemp("house"), environment=request.param
    ) as house:
        yield house
        complaints = house.home_assistant.complaints()
    assert not complaints, "\n".join(complaints)


@pytest.fixture(scope="module")
async def satellites(house: Household) -> list[LightSatellite]:
    """Return a protected satellite and two that are not, all with the cloud engine."""
    satellites = [LightSatellite(name) for name in ("Kitchen", "Bedroom", "Attic")]
    for satellite in satellites:
        await house.add_satellite(satellite)
    return satellites


@pytest.fixture(scope="module")
async def retention(house: Household, satellites: list[LightSatellite]) -> Retention:
    """Return Voice Retention, which keeps the voice from the kitchen at home."""
    retention = await Retention.set_up(
        house.client, local_engines=(house.engines.local,)
    )
    await retention.dont_send(device_of(house, satellites[0]), on=True)
    return retention


@pytest.fixture
async def speech(house: Household, request: pytest.FixtureRequest) -> Speech:
    """Return a sentence of which no other test has the recording."""
    speech = await Speech.of("turn on the kitchen light", seed=hash(request.node.name))
    house.cloud.teach([speech])
    return speech


def device_of(house: Household, satellite: LightSatellite) -> str:
    """Return the device of a satellite."""
    return house.placed[satellite.name].device_id


def heard_at_home(house: Household) -> int:
    """Return how much the local recogniser has heard so far."""
    return house.recogniser.bytes_heard


async def speak_as_client(
    house: Household, speech: Speech, device_id: str | None = None
) -> str | None:
    """Speak as an app does and return the error, if there was one."""
    client: Client = house.client
    fields = {} if device_id is None else {"device_id": device_id}
    error: str | None = None
    async with (
        asyncio.timeout(TIMEOUT),
        client.subscribe(
            "assist_pipeline/run",
            start_stage="stt",
            end_stage="stt",
            input={"sample_rate": RATE},
            pipeline=house.pipelines[CLOUD_PIPELINE],
            **fields,
        ) as events,
    ):
        while (event := await events.get())["type"] != "run-end":
            if event["type"] == "run-start":
                handler = event["data"]["runner_data"]["stt_binary_handler_id"]
                for start in range(0, len(speech.pcm), 2048):
                    chunk = speech.pcm[start : start + 2048]
                    await client.send_binary(bytes([handler]) + chunk)
                await client.send_binary(bytes([handler]))
            elif event["type"] == "error":
                error = event["data"]["code"]
    return error


async def test_satellites_are_told_apart_while_they_speak_at_once(
    house: Household, retention: Retention, satellites: list[LightSatellite]
) -> None:
    """Only what the protected one hears stays at home, and each keeps its own."""
    speeches = [
        await Speech.of("turn on the kitchen light", seed=number) for number in range(3)
    ]
    house.cloud.teach(speeches)
    before = heard_at_home(house)
    runs = await asyncio.gather(
        *(
            satellite.speak(speech, speed=SPEED)
            for satellite, speech in zip(satellites, speeches, strict=True)
        )
    )
    assert [run.transcript for run in runs] == ["turn on the kitchen light"] * 3
    sent = [house.cloud.bytes_of(speech) for speech in speeches]
    assert sent == [0, len(speeches[1].pcm), len(speeches[2].pcm)]
    assert heard_at_home(house) - before == len(speeches[0].pcm)
    for satellite, speech, locality in zip(
        satellites, speeches, ("local", "cloud", "cloud"), strict=True
    ):
        (kept,) = await retention.wait_for_recordings(1, device_of(house, satellite))
        assert kept["audio_bytes"] == len(speech.pcm)
        assert kept["locality"] == locality


async def test_a_client_without_a_device_is_not_the_protected_satellite(
    house: Household, retention: Retention, speech: Speech
) -> None:
    """It has a switch of its own, which is off."""
    assert await speak_as_client(house, speech) is None
    assert house.cloud.bytes_of(speech) == len(speech.pcm)


async def test_a_client_that_claims_to_be_the_protected_satellite_is_protected(
    house: Household,
    retention: Retention,
    satellites: list[LightSatellite],
    speech: Speech,
) -> None:
    """But nothing of it is kept as the satellite's: anybody can claim that."""
    device_id = device_of(house, satellites[0])
    mine = await retention.recordings(device_id)
    all_of_them = await retention.recordings()
    assert await speak_as_client(house, speech, device_id) is None
    assert house.cloud.bytes_of(speech) == 0
    await retention.wait_for_recordings(len(all_of_them) + 1)
    assert await retention.recordings(device_id) == mine


async def test_speech_that_is_posted_is_under_every_rule(
    house: Household, retention: Retention, speech: Speech
) -> None:
    """It could come from any room, the protected one included."""
    before = heard_at_home(house)
    guard = (await retention.guards())[house.pipelines[CLOUD_PIPELINE]]
    status, body = await house.client.fetch(
        "POST",
        f"/api/stt/{guard}",
        data=speech.pcm,
        headers={
            "X-Speech-Content": f"format=wav; codec=pcm; sample_rate={RATE}; bit_rate=16;"
            " channel=1; language=en"
        },
    )
    assert status == HTTPStatus.OK
    assert b'"success"' in body
    assert house.cloud.bytes_of(speech) == 0

    async def has_heard() -> bool:
        """Return whether the recogniser, another process, has told us by now."""
        return heard_at_home(house) > before

    await until(has_heard)
    assert heard_at_home(house) - before == len(speech.pcm)


async def test_protection_in_mid_sentence_stops_what_is_not_sent_yet(
    house: Household,
    retention: Retention,
    satellites: list[LightSatellite],
    speech: Speech,
) -> None:
    """The switch is a switch, not a wish for the next time."""
    bedroom = satellites[1]
    speaking = asyncio.create_task(bedroom.speak(speech, speed=1.0))

    async def has_begun() -> bool:
        return house.cloud.bytes_of(speech) > 0

    await until(has_begun, TIMEOUT)
    await retention.dont_send(device_of(house, bedroom), on=True)
    received = house.cloud.bytes_of(speech)
    run = await speaking
    assert run.error == "stt-stream-failed"
    # What the connection had taken by then may still arrive.
    assert house.cloud.bytes_of(speech) - received <= 2 * 2048
    assert received < len(speech.pcm) / 2
    await retention.dont_send(device_of(house, bedroom), on=False)
