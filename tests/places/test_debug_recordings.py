"""Debug recordings that the real pipeline writes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
import os
from pathlib import Path
import shutil
import time

import pytest

from custom_components.voice_retention.places.debug_recordings import (
    DebugRecordingsPlace,
    async_finished_recordings,
)
from custom_components.voice_retention.places.run_folders import (
    delete_folders,
    find_folders,
)
from custom_components.voice_retention.policy.models import OriginKind
from homeassistant.components.assist_pipeline import (
    PipelineStage,
    async_get_pipeline,
    async_update_pipeline,
)
from homeassistant.components.assist_pipeline.const import (
    CONF_DEBUG_RECORDING_DIR,
    DATA_CONFIG,
)
from homeassistant.core import HomeAssistant
from tests.house import Microphone

from .talk import TEXT, Talk, purge
from .wavs import of_device, plant, recorded

HOUR = timedelta(hours=1)


@pytest.fixture
def place(hass: HomeAssistant) -> DebugRecordingsPlace:
    """Return the place."""
    return DebugRecordingsPlace(hass)


async def test_the_recordings_of_a_satellite_go_and_those_of_another_stay(
    talk: Talk, place: DebugRecordingsPlace, root: Path
) -> None:
    """They lie there for ever."""
    await talk.both_ask()
    assert len(recorded(root)) == 2
    target = talk.target(talk.house.kitchen)
    assert await purge(place, target) == (1, 1, 0)
    assert recorded(root) == of_device(talk, root, talk.house.bedroom)
    assert not (root / talk.device_id(talk.house.kitchen)).exists()
    assert await purge(place, target) == (0, 0, 0)
    assert await purge(place, talk.target(everybody=True)) == (1, 1, 0)
    assert list(root.iterdir()) == []


async def test_a_recording_leads_to_its_own_run_only(
    talk: Talk, place: DebugRecordingsPlace, root: Path
) -> None:
    """The satellite has said something else just before, and just after."""
    kitchen = talk.house.kitchen
    now = datetime.now(UTC)
    device_id = talk.device_id(kitchen)
    pipeline = async_get_pipeline(talk.hass).name
    before, meant, after = (
        plant(root, device_id, pipeline, ended=now - timedelta(seconds=ago))
        for ago in (30, 24, 18)
    )
    await talk.both_ask()
    recording = replace(talk.recording(kitchen), created=now - timedelta(seconds=24.5))
    assert await purge(place, talk.exactly(recording)) == (1, 1, 0)
    assert not meant.exists()
    assert before.exists()
    assert after.exists()


async def test_time_chooses_the_recordings(
    talk: Talk, place: DebugRecordingsPlace, root: Path
) -> None:
    """A purge of yesterday must not touch today."""
    now = datetime.now(UTC)
    device_id = talk.device_id(talk.house.kitchen)
    old = plant(root, device_id, "Home", ended=now - 3 * HOUR)
    new = plant(root, device_id, "Home", ended=now)
    target = talk.target(talk.house.kitchen, start=now - 4 * HOUR, end=now - 2 * HOUR)
    assert await purge(place, target) == (1, 1, 0)
    assert not old.exists()
    assert new.exists()


async def test_a_number_of_another_boot_does_not_tell_the_time(
    talk: Talk, place: DebugRecordingsPlace, root: Path
) -> None:
    """The monotonic clock begins anew; the file's own time and length remain."""
    # Before this boot, however long ago that is: a low number is then of an earlier one.
    booted = datetime.now(UTC) - timedelta(seconds=time.monotonic())
    ended = booted - 3 * HOUR
    device_id = talk.device_id(talk.house.kitchen)
    file = plant(root, device_id, "Home", ended=ended, seconds=10)
    for number in ("5", str(time.monotonic_ns() + 10**15), "9" * 60):
        file = file.rename(
            shutil.copytree(file.parent, file.parents[1] / number) / file.name
        )
        os.utime(file, (ended.timestamp(),) * 2)
        (folder,) = [item for item in find_folders(root) if str(item.number) == number]
        assert abs(folder.started - ended + timedelta(seconds=10)) < timedelta(
            seconds=1
        )
    target = talk.target(
        talk.house.kitchen, start=ended - timedelta(seconds=12), end=ended + HOUR
    )
    assert (await purge(place, target))[2] == 0
    assert recorded(root) == []


async def test_clients_without_a_device_are_the_other_clients(
    talk: Talk, place: DebugRecordingsPlace, root: Path
) -> None:
    """Their folders lie one level higher; a satellite's never belong to them."""
    await talk.both_ask()
    now = datetime.now(UTC)
    browser = plant(root, "Home", ended=now)
    phone = plant(root, "0" * 32, "Home", ended=now)
    nested = plant(root, "Ground floor", "Home", ended=now)
    found = {item.pipeline_name: item.device_id for item in find_folders(root)}
    assert found["Ground floor/Home"] is None
    assert await purge(place, talk.target(other_clients=True)) == (3, 3, 0)
    assert not any(file.exists() for file in (browser, phone, nested))
    assert len(recorded(root)) == 2
    await purge(place, talk.target(talk.house.kitchen))
    assert recorded(root) == of_device(talk, root, talk.house.bedroom)


async def test_a_client_that_named_a_satellite_is_found_by_its_recording(
    talk: Talk, place: DebugRecordingsPlace, root: Path
) -> None:
    """Its folder is that of the satellite, its recording is that of the other clients."""
    await talk.both_ask()
    recording = replace(
        talk.recording(talk.house.kitchen),
        origin_kind=OriginKind.CLAIMED_DEVICE,
        satellite_id=None,
    )
    target = replace(talk.target(other_clients=True), recordings=(recording,))
    assert await purge(place, target) == (1, 1, 0)
    assert recorded(root) == of_device(talk, root, talk.house.bedroom)


async def test_the_name_of_another_pipeline_excludes(
    talk: Talk, place: DebugRecordingsPlace, root: Path
) -> None:
    """Two browsers may speak to two pipelines at the same time."""
    pipeline = async_get_pipeline(talk.hass)
    await talk.both_ask()
    recording = replace(talk.recording(talk.house.kitchen), pipeline_id="another")
    assert await purge(place, talk.exactly(recording)) == (0, 0, 0)
    await async_update_pipeline(talk.hass, pipeline, name="New name")
    assert await purge(place, talk.exactly(recording)) == (1, 1, 0)


async def test_only_audio_is_in_them(
    talk: Talk, place: DebugRecordingsPlace, root: Path
) -> None:
    """A purge of text alone leaves them."""
    await talk.both_ask()
    assert await purge(place, talk.target(everybody=True, contents=TEXT)) == (0, 0, 0)
    assert len(recorded(root)) == 2


async def test_the_recording_of_a_held_sentence_stays(
    talk: Talk, place: DebugRecordingsPlace, root: Path
) -> None:
    """Nothing of it may go."""
    await talk.both_ask()
    (held,) = talk.runs(talk.house.kitchen)
    target = talk.target(everybody=True, spared_runs=[held.run_id])
    assert await purge(place, target) == (1, 1, 0)
    assert recorded(root) == of_device(talk, root, talk.house.kitchen)


async def test_a_recording_that_is_being_written_is_left_for_later(
    talk: Talk, place: DebugRecordingsPlace, root: Path
) -> None:
    """The next file of its run would find no folder."""
    await talk.both_ask()
    microphone = Microphone()
    talk.house.cloud.got_chunk.clear()
    speaking = talk.hass.async_create_task(
        talk.house.kitchen.speak(microphone, end_stage=PipelineStage.TTS)
    )
    microphone.put(b"\x01" * 640)
    await talk.house.cloud.got_chunk.wait()
    while len(of_device(talk, root, talk.house.kitchen)) < 2:
        await talk.hass.async_add_executor_job(time.sleep, 0.01)
    target = talk.target(talk.house.kitchen)
    assert await purge(place, target) == (2, 1, 1)
    microphone.end()
    await speaking
    assert await purge(place, target) == (1, 1, 0)


async def test_nothing_is_found_without_the_option_or_its_folder(
    talk: Talk, place: DebugRecordingsPlace, root: Path
) -> None:
    """Home Assistant makes the folder at the first recording."""
    assert await purge(place, talk.target(everybody=True)) == (0, 0, 0)
    talk.hass.data[DATA_CONFIG] = {}
    assert await purge(place, talk.target(everybody=True)) == (0, 0, 0)


async def test_links_are_not_followed(
    talk: Talk, place: DebugRecordingsPlace, root: Path, tmp_path: Path
) -> None:
    """Somebody's music must not go because of a link to it."""
    now = datetime.now(UTC)
    music = plant(tmp_path / "music", "Home", ended=now)
    root.mkdir()
    (root / "Home").symlink_to(music.parents[1], target_is_directory=True)
    linked = plant(root, "Linked", ended=now).parent / "song.wav"
    linked.symlink_to(music)
    assert await purge(place, talk.target(everybody=True)) == (1, 1, 0)
    assert music.exists()
    assert linked.is_symlink()


def test_a_folder_that_became_a_link_is_left_alone(tmp_path: Path) -> None:
    """Between finding and deleting, somebody may exchange it."""
    root, music = tmp_path / "root", tmp_path / "music"
    root.mkdir()
    file = plant(music, "Home", ended=datetime.now(UTC))
    (root / "Home").symlink_to(file.parents[1], target_is_directory=True)
    assert delete_folders(root, [root / "Home" / file.parent.name], []) == 0
    assert file.exists()


async def test_what_else_lies_there_stays(
    talk: Talk, place: DebugRecordingsPlace, root: Path
) -> None:
    """Only Home Assistant's own files in its own folders are meant."""
    now = datetime.now(UTC)
    note = plant(root, "Home", ended=now).parent / "note.txt"
    note.write_text("mine")
    loose = root / "song.wav"
    loose.write_bytes(b"1")
    other = root / "Albums" / "first" / "song.wav"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"1")
    assert await purge(place, talk.target(everybody=True)) == (1, 1, 0)
    assert sorted(root.rglob("*.*")) == sorted([other, note, loose])


async def test_one_bad_folder_does_not_keep_the_others(
    talk: Talk,
    place: DebugRecordingsPlace,
    root: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What cannot be deleted is counted as left, and so tried again."""
    await talk.both_ask()
    (bad,) = of_device(talk, root, talk.house.bedroom)
    unlink = Path.unlink

    def failing(path: Path, missing_ok: bool = False) -> None:
        if path == bad:
            raise PermissionError(1, "Not allowed", str(path))
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", failing)
    assert await purge(place, talk.target(everybody=True)) == (2, 1, 1)
    assert isinstance(place.obstacle, PermissionError)
    assert "could not be deleted: Not allowed" in caplog.text


def test_a_folder_that_cannot_be_read_is_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Silence would look as if there were nothing in it."""

    def failing(path: object) -> None:
        raise PermissionError(1, "Not allowed", str(path))

    monkeypatch.setattr(os, "scandir", failing)
    assert find_folders(tmp_path) == []
    assert "cannot be read: Not allowed" in caplog.text
    monkeypatch.undo()
    caplog.clear()
    assert find_folders(tmp_path / "nowhere") == []
    assert not caplog.text


async def test_a_changed_home_assistant_is_noticed(
    talk: Talk, place: DebugRecordingsPlace, root: Path
) -> None:
    """To find nothing where nothing can be found would be a lie in the receipt."""
    await talk.both_ask()
    del talk.hass.data[DATA_CONFIG]
    with pytest.raises(KeyError):
        await place.async_find(talk.target(talk.house.kitchen))


async def test_where_nothing_is_recorded_there_is_nothing_to_list(
    hass: HomeAssistant, talk: Talk
) -> None:
    """Whoever adopted the folder may turn the recording off."""
    hass.data[DATA_CONFIG].pop(CONF_DEBUG_RECORDING_DIR, None)
    assert await async_finished_recordings(hass) == []
