"""The main job in one house: guard, don't send, keep, purge, and leave nothing behind."""

from pathlib import Path
import shutil

import pytest

from demo.house import assist, flows
from demo.house.client import CommandError, Json
from demo.house.forensics import ForensicSearch, describe
from demo.house.household import CLOUD_PIPELINE, Household, Placed
from demo.house.light_satellite import LightSatellite
from demo.house.speech import Speech
from demo.house.waiting import until
from demo.retention import DOMAIN, Retention

SPEED = 5.0


@pytest.fixture(scope="module")
def before() -> dict[str, Json]:
    """Return the pipelines as they were before Voice Retention was set up, once they are known."""
    return {}


@pytest.fixture(scope="module")
async def satellites(
    house: Household, before: dict[str, Json]
) -> tuple[LightSatellite, LightSatellite]:
    """Return a satellite in the kitchen and one in the bedroom, both with the cloud engine."""
    kitchen, bedroom = LightSatellite("Speaker", "Kitchen"), LightSatellite("Clock")
    await house.add_satellite(kitchen)
    await house.add_satellite(bedroom)
    before |= {one["id"]: one for one in await assist.pipelines(house.client)}
    return kitchen, bedroom


@pytest.fixture(scope="module")
def kitchen(satellites: tuple[LightSatellite, LightSatellite]) -> LightSatellite:
    """Return the satellite in the kitchen."""
    return satellites[0]


@pytest.fixture(scope="module")
def bedroom(satellites: tuple[LightSatellite, LightSatellite]) -> LightSatellite:
    """Return the satellite in the bedroom."""
    return satellites[1]


@pytest.fixture
def in_kitchen(house: Household, kitchen: LightSatellite) -> Placed:
    """Return the kitchen's place in Home Assistant."""
    return house.placed[kitchen.name]


@pytest.fixture
def in_bedroom(house: Household, bedroom: LightSatellite) -> Placed:
    """Return the bedroom's place in Home Assistant."""
    return house.placed[bedroom.name]


@pytest.fixture
async def speech(house: Household, request: pytest.FixtureRequest) -> Speech:
    """Return a sentence of which no other test has the recording, with the cloud's count at nought."""
    speech = await Speech.of("turn on the kitchen light", seed=hash(request.node.name))
    house.cloud.teach([speech])
    house.cloud.forget()
    return speech


async def test_a_guard_stands_in_front_of_every_engine(
    satellites: object, retention: Retention
) -> None:
    """A pipeline without a guard is a way past every rule."""
    guards = await retention.guards()
    assert len(guards) == 2
    assert all([await retention.is_guard(engine) for engine in guards.values()])


async def test_the_cloud_gets_exactly_what_is_spoken_and_it_is_kept(
    house: Household,
    retention: Retention,
    kitchen: LightSatellite,
    in_kitchen: Placed,
    speech: Speech,
) -> None:
    """Assist must not be worse for the guard: not a byte lost or changed."""
    run = await kitchen.speak(speech, speed=SPEED)
    assert run.transcript == speech.text
    assert [bytes(upload.body) for upload in house.cloud.uploads] == [speech.pcm]
    light = await house.client.state("light.kitchen_light")
    assert light is not None
    assert light["state"] == "on"
    (kept,) = await retention.wait_for_recordings(1, in_kitchen.device_id)
    assert kept["audio_bytes"] == len(speech.pcm)
    assert kept["transcript"] == speech.text
    assert kept["locality"] == "cloud"


async def test_the_cloud_hears_while_someone_speaks(
    house: Household, kitchen: LightSatellite, speech: Speech
) -> None:
    """A guard that waited for the end would make every answer slower."""
    await kitchen.speak(speech, speed=2.0)
    (upload,) = house.cloud.uploads
    spread = upload.chunk_times[-1] - upload.chunk_times[0]
    assert spread > speech.seconds / 2.0 * 0.8


async def test_dont_send_keeps_the_sentence_in_the_house(
    house: Household,
    retention: Retention,
    kitchen: LightSatellite,
    in_kitchen: Placed,
    speech: Speech,
) -> None:
    """Not one byte, and the command is carried out all the same."""
    await retention.dont_send(in_kitchen.device_id, on=True)
    run = await kitchen.speak(speech, speed=SPEED)
    assert run.transcript == speech.text
    assert house.cloud.uploads == []
    assert house.recogniser.heard[-1].bytes == len(speech.pcm)

    async def is_noted() -> bool:
        engine = await retention.state("sensor", "last_engine", in_kitchen.device_id)
        return bool(engine["attributes"].get("locality") == "local")

    await until(is_noted, 5)


async def test_the_switch_of_one_satellite_says_nothing_of_another(
    house: Household,
    retention: Retention,
    bedroom: LightSatellite,
    in_kitchen: Placed,
    speech: Speech,
) -> None:
    """The kitchen's switch is on; the bedroom speaks to the cloud as before."""
    await retention.dont_send(in_kitchen.device_id, on=True)
    await bedroom.speak(speech, speed=SPEED)
    assert house.cloud.bytes_of(speech) == len(speech.pcm)


async def test_without_a_local_engine_the_sentence_is_refused(
    house: Household,
    retention: Retention,
    kitchen: LightSatellite,
    in_kitchen: Placed,
    speech: Speech,
) -> None:
    """A privacy switch never degrades silently: no engine, no sentence, and a repair issue."""
    await retention.choose_local_engines()
    await retention.dont_send(in_kitchen.device_id, on=True)
    run = await kitchen.speak(speech, speed=SPEED)
    assert run.transcript is None
    assert run.error is not None
    assert house.cloud.uploads == []
    await retention.wait_for_event(in_kitchen.device_id, "blocked")
    assert "no_local_engine" in await retention.issues()
    await retention.choose_local_engines(house.engines.local)


async def test_who_cannot_be_identified_gets_the_strictest_rule(
    house: Household, retention: Retention, in_kitchen: Placed, speech: Speech
) -> None:
    """The REST interface names no device; with one satellite protected, nothing may be sent."""
    await retention.dont_send(in_kitchen.device_id, on=True)
    guard = (await retention.guards())[house.pipelines[CLOUD_PIPELINE]]
    content = (
        "format=wav; codec=pcm; sample_rate=16000; bit_rate=16; channel=1; language=en"
    )
    await house.client.fetch(
        "POST",
        f"/api/stt/{guard}",
        data=speech.pcm,
        headers={"X-Speech-Content": content},
    )
    assert house.cloud.uploads == []


async def test_a_new_pipeline_and_an_edited_one_get_a_guard(
    house: Household, retention: Retention, satellites: object
) -> None:
    """Future pipelines are protected too, without a restart."""
    pipeline_id = await house.add_pipeline("New assistant", house.engines.cloud)

    async def is_guarded() -> bool:
        return await retention.is_guard((await retention.guards())[pipeline_id])

    await until(is_guarded)
    await assist.change_pipeline(
        house.client, pipeline_id, stt_engine=house.engines.cloud
    )
    await until(is_guarded)
    await house.client.call("assist_pipeline/pipeline/delete", pipeline_id=pipeline_id)


async def test_a_purge_of_one_satellite_leaves_the_other(
    retention: Retention, in_kitchen: Placed, in_bedroom: Placed
) -> None:
    """Deleted means deleted, and nothing else."""
    others = await retention.wait_for_recordings(1, in_bedroom.device_id)
    receipt = await retention.purge(target={"device_id": in_kitchen.device_id})
    assert receipt["complete"]
    assert all(place["verified"] for place in receipt["places"])
    assert await retention.recordings(in_kitchen.device_id) == []
    assert await retention.recordings(in_bedroom.device_id) == others


async def test_a_purge_of_nothing_in_particular_is_refused(
    retention: Retention, in_bedroom: Placed
) -> None:
    """No target is an error, never everything."""
    with pytest.raises(CommandError) as refusal:
        await retention.purge()
    assert refusal.value.translation_domain == DOMAIN
    assert await retention.recordings(in_bedroom.device_id)


async def test_what_is_kept_is_not_readable_on_disk(
    house: Household,
    retention: Retention,
    bedroom: LightSatellite,
    in_bedroom: Placed,
    config_folder: Path,
    tmp_path: Path,
) -> None:
    """Content is encrypted, and a copy made before a purge is dead after it."""
    speech = await Speech.of("open the garage door", seed=77)
    house.cloud.teach([speech])
    await bedroom.speak(speech, speed=SPEED)
    await retention.wait_for_recordings(2, in_bedroom.device_id)
    forensic = ForensicSearch()
    forensic.look_for_phrase(speech.text)
    forensic.look_for_audio("speech", speech.pcm)
    assert not (hits := forensic.search(config_folder)), describe(hits)

    vault = config_folder / ".cache" / DOMAIN
    shutil.copytree(vault, tmp_path / "copy")
    await retention.purge(all_devices=True)
    await house.home_assistant.stop()
    for file in vault.glob("vault.db*"):
        file.unlink()
    for file in (tmp_path / "copy").glob("vault.db*"):
        shutil.copy(file, vault)
    await house.home_assistant.start()
    revived = Retention(client=house.client, entry_id=retention.entry_id)
    assert all(one.get("transcript") is None for one in await revived.recordings()), (
        "a copy of the database was readable after the purge"
    )


async def test_removal_leaves_nothing_behind(
    house: Household,
    retention: Retention,
    before: dict[str, Json],
    config_folder: Path,
) -> None:
    """Pipelines as before, no entity, file or device left."""
    client = house.client
    await flows.remove(client, retention.entry_id)
    after = {one["id"]: one for one in await assist.pipelines(client)}
    assert after == before
    registry = await client.call("config/entity_registry/list")
    assert [one for one in registry if one["platform"] == DOMAIN] == []
    devices = await client.call("config/device_registry/list")
    assert [one for one in devices if retention.entry_id in one["config_entries"]] == []
    states = await client.call("get_states")
    assert [one for one in states if DOMAIN in one["entity_id"]] == []
    assert not (config_folder / ".cache" / DOMAIN).exists()
    assert list((config_folder / ".storage").glob(f"*{DOMAIN}*")) == []
