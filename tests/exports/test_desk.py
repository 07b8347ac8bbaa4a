"""An export dies with what is in it, leaves nothing on the disk that anybody could read, and disturbs nobody."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
import errno
import os
from pathlib import Path
import time
import tracemalloc
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.errors import NothingMatches, VaultUnavailable
from custom_components.voice_retention.exports import report as report_module
from custom_components.voice_retention.exports.archive import INDEX
from custom_components.voice_retention.exports.desk import ExportDesk
from custom_components.voice_retention.exports.errors import (
    ExportPurged,
    ExportStopped,
    NoRoomForExport,
)
from custom_components.voice_retention.exports.models import ExportOrder, ExportProgress
from custom_components.voice_retention.exports.spool import RESERVE, SealedSpool
from custom_components.voice_retention.policy.models import ALL_CONTENT
from custom_components.voice_retention.vault.accesses import Accesses
from custom_components.voice_retention.vault.books import Access
from custom_components.voice_retention.vault.models import (
    RecordingFilter,
    StoredRecording,
)
from custom_components.voice_retention.vault.recordings import Recordings
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from tests.house import House
from tests.lookup import settle, state_of
from tests.loop_watch import watched_loop
from tests.vault.make import PCM, RESPONSE, TRANSCRIPT, utterance
from tests.vault.test_forensics import traces

from .conftest import (
    WORDS,
    Browser,
    Export,
    folder,
    index_of,
    lying,
    opened,
    spoken,
    until,
)

EVERYTHING = ExportOrder(
    wanted=RecordingFilter(contents=ALL_CONTENT), contents=ALL_CONTENT, user_id=None
)


@dataclass(frozen=True)
class Hold:
    """What holds an export up."""

    reached: asyncio.Event
    go_on: asyncio.Event


@contextmanager
def held_up(name: str = "read_audio", after: int = 1) -> Iterator[Hold]:
    """Hold an export up when it has read so many contents, and not written the last."""
    reached, go_on = asyncio.Event(), asyncio.Event()
    read: Any = getattr(Recordings, name)
    calls = 0

    async def wait(recordings: Recordings, *args: Any) -> Any:
        nonlocal calls
        calls += 1
        content = await read(recordings, *args)
        if calls == after:
            reached.set()
            await go_on.wait()
        return content

    with patch.object(Recordings, name, wait):
        yield Hold(reached, go_on)
        go_on.set()


async def there_are(hass: HomeAssistant, count: int) -> None:
    """Wait until there are so many files."""
    for _ in range(1000):
        if len(lying(hass)) >= count:
            return
        await asyncio.sleep(0.01)
    pytest.fail("No export was begun")


async def purge(hass: HomeAssistant, **fields: Any) -> dict[str, Any]:
    """Delete something; return what its receipt says of exports."""
    receipt: Any = await hass.services.async_call(
        "voice_retention", "purge", fields, blocking=True, return_response=True
    )
    assert receipt["complete"]
    (line,) = [item for item in receipt["places"] if item["place"] == "exports"]
    return dict(line)


# A copy made before a purge is dead after it


async def test_a_purge_takes_an_export_that_waits_to_be_taken_away(
    hass: HomeAssistant,
    recordings: list[StoredRecording],
    export: Export,
    browser: Browser,
) -> None:
    """All of it, for nothing can be taken out; and the receipt tells."""
    url = (await export())["url"]
    dry = await purge(hass, recording_id=recordings[1].recording_id, dry_run=True)
    assert (dry["found"], dry["deleted"]) == (3, 0)
    assert len(lying(hass)) == 1
    line = await purge(hass, recording_id=recordings[1].recording_id)
    assert (line["found"], line["deleted"], line["verified_by"]) == (3, 3, "files_gone")
    assert lying(hass) == []
    assert (await browser.get(url)).status == 404


async def test_a_purge_of_something_else_leaves_it(
    hass: HomeAssistant,
    house: House,
    recordings: list[StoredRecording],
    export: Export,
    browser: Browser,
) -> None:
    """Of another satellite, or of content that is not in it."""
    answer = await export(entity_id=house.kitchen.entity_id, content=["audio"])
    for fields in (
        {"entity_id": house.bedroom.entity_id},
        {"all_devices": True, "content": ["transcript", "response"]},
    ):
        line = await purge(hass, **fields)
        assert (line["found"], line["deleted"]) == (0, 0)
    archive = opened(await (await browser.get(answer["url"])).read())
    assert len(index_of(archive)) == 2


@pytest.mark.parametrize("name", ["read_audio", "read_text"])
async def test_a_purge_takes_an_export_that_is_being_made(
    hass: HomeAssistant,
    recordings: list[StoredRecording],
    export: Export,
    caplog: pytest.LogCaptureFixture,
    name: str,
) -> None:
    """Also one that has read something and not written it yet; whoever waits is told."""
    with held_up(name) as hold:
        task = asyncio.ensure_future(export())
        await hold.reached.wait()
        line = await purge(hass, all_devices=True)
        assert line["deleted"] > 0
        assert lying(hass) == []
        hold.go_on.set()
        with pytest.raises(ExportPurged):
            await task
    assert lying(hass) == []
    assert WORDS not in caplog.text
    assert "Exception ignored" not in caplog.text


async def test_a_purge_in_the_last_moment_leaves_no_link(
    hass: HomeAssistant,
    recordings: list[StoredRecording],
    export: Export,
    desk: ExportDesk,
) -> None:
    """When all is written, and only the log is not."""
    record = Accesses.record

    async def late(accesses: Accesses, *entries: Access) -> None:
        await record(accesses, *entries)
        await purge(hass, all_devices=True)

    with patch.object(Accesses, "record", late), pytest.raises(ExportPurged):
        await export()
    assert lying(hass) == []
    assert not desk._tickets


async def test_what_was_deleted_before_it_was_read_is_left_out(
    hass: HomeAssistant,
    recordings: list[StoredRecording],
    export: Export,
    browser: Browser,
) -> None:
    """There is no need to begin anew."""
    with held_up() as hold:
        task = asyncio.ensure_future(export())
        await hold.reached.wait()
        line = await purge(hass, recording_id=recordings[2].recording_id)
        assert line["found"] == 0
        hold.go_on.set()
        answer = await task
    assert answer["recordings"] == 2
    archive = opened(await (await browser.get(answer["url"])).read())
    assert [item["recording_id"] for item in index_of(archive)] == [
        item.recording_id for item in recordings[:2]
    ]


async def test_nothing_is_left_to_export_when_all_was_deleted_in_time(
    hass: HomeAssistant, entry: MockConfigEntry, recordings: list[StoredRecording]
) -> None:
    """An archive of nothing helps nobody."""
    job = "custom_components.voice_retention.exports.job.ExportJob"
    original = ExportDesk._async_begin

    async def late(desk: ExportDesk, size: int) -> Any:
        export = await original(desk, size)
        await purge(hass, all_devices=True)
        return export

    with (
        patch.object(ExportDesk, "_async_begin", late),
        patch(f"{job}.async_write_down", side_effect=AssertionError),
        pytest.raises(NothingMatches),
    ):
        await entry.runtime_data.exports.async_export(EVERYTHING)
    assert lying(hass) == []


async def test_expiry_takes_an_export_too(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recordings: list[StoredRecording],
    export: Export,
) -> None:
    """Kept no longer than the household said, there as elsewhere."""
    freezer.tick(timedelta(hours=23, minutes=50))
    answer = await export()
    freezer.tick(timedelta(minutes=11))
    assert answer["recordings"] == 3
    await entry.runtime_data.sweeper.async_sweep()
    assert lying(hass) == []


async def test_a_file_that_cannot_be_deleted_is_tried_again(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recordings: list[StoredRecording],
    export: Export,
    browser: Browser,
) -> None:
    """It opens with no key any more, and the receipt does not call it gone."""
    url = (await export())["url"]
    (path,) = folder(hass).glob("*")
    unlink = Path.unlink

    def refuse(self: Path, missing_ok: bool = False) -> None:
        if self == path:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        unlink(self, missing_ok=missing_ok)

    with patch.object(Path, "unlink", refuse):
        receipt: Any = await hass.services.async_call(
            "voice_retention",
            "purge",
            {"all_devices": True},
            blocking=True,
            return_response=True,
        )
    (line,) = [item for item in receipt["places"] if item["place"] == "exports"]
    assert (line["verified"], line["failed"]) == (False, "no_permission")
    assert (await browser.get(url)).status == 404
    desk = entry.runtime_data.exports
    (left,) = desk._exports.values()
    assert left.is_discarded
    later = left.expires
    with patch.object(entry.runtime_data.purger, "_utcnow", lambda: later):
        assert await entry.runtime_data.purger.async_retry()
    assert not path.exists()


async def test_a_file_that_stays_after_the_download_is_told(
    hass: HomeAssistant,
    recordings: list[StoredRecording],
    export: Export,
    browser: Browser,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is noise, the link is dead, and the next start removes it."""
    url = (await export())["url"]
    with patch.object(Path, "unlink", side_effect=PermissionError):
        opened(await (await browser.get(url)).read())
        await until(lambda: "Could not delete an export" in caplog.text)
        assert (await browser.get(url)).status == 404


@pytest.mark.parametrize(
    ("codec", "container", "suffix"),
    [("opus", "ogg", ".ogg"), ("opus", "../X Y", ".xy"), ("opus", "…", ".audio")],
)
async def test_other_audio_is_exported_as_it_is(
    entry: MockConfigEntry,
    export: Export,
    browser: Browser,
    codec: str,
    container: str,
    suffix: str,
) -> None:
    """Under an ending of its own, which is safe whatever it is called."""
    said = utterance(audio_format=replace(PCM, codec=codec, format=container))
    async with entry.runtime_data.storage.async_use() as vault:
        await vault.recordings.store([said])
    archive = opened(await (await browser.get((await export())["url"])).read())
    (item,) = index_of(archive)
    assert item["file"].endswith(f"{item['recording_id'][:8]}{suffix}")
    assert archive.read(item["file"]) == said.audio


# Nothing on the disk


async def test_no_file_holds_anything_of_it_as_it_is(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recordings: list[StoredRecording],
    export: Export,
    browser: Browser,
    tmp_path: Path,
) -> None:
    """Audio, words or names, while it is made and while it waits; in the whole folder."""
    said = [
        utterance(
            audio=os.urandom(200_000),
            transcript=f"{TRANSCRIPT} {number}",
            response=f"{RESPONSE} {number}",
        )
        for number in range(3)
    ]
    async with entry.runtime_data.storage.async_use() as vault:
        await vault.recordings.store(said)
    wanted = set[bytes]().union(*map(traces, said))
    # Long enough that sealed bytes, which are random, do not look like them by chance.
    signatures = {b"WAVEfmt ", b"PK\x03\x04\x14" + bytes(5), INDEX.encode()}
    wanted |= {b"".join(spoken(2))[:640], WORDS.encode()} | signatures

    def found() -> list[str]:
        return [
            str(path)
            for path in folder(hass).parent.rglob("*")
            if path.is_file() and any(part in path.read_bytes() for part in wanted)
        ]

    with held_up(after=5) as hold:
        task = asyncio.ensure_future(export())
        await hold.reached.wait()
        (path,) = folder(hass).glob("*")
        assert path.stat().st_size > 100_000
        assert path.stat().st_mode & 0o777 == 0o600
        assert found() == []
        hold.go_on.set()
        answer = await task
    assert path.stat().st_size > answer["size"]
    assert found() == []
    # The search would find it.
    archive = await (await browser.get(answer["url"])).read()
    assert [part for part in signatures if part not in archive] == []
    (tmp_path / ".cache" / "voice_retention" / "plain").write_bytes(
        said[0].audio or b""
    )
    assert len(found()) == 1


async def test_what_a_crash_left_is_gone_after_the_start(
    hass: HomeAssistant, entry: MockConfigEntry, recordings: list[StoredRecording]
) -> None:
    """It was noise already."""
    await hass.config_entries.async_unload(entry.entry_id)
    left = folder(hass) / "left"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"noise")
    await hass.config_entries.async_setup(entry.entry_id)
    assert not left.exists()


async def test_an_unloaded_entry_leaves_nothing(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recordings: list[StoredRecording],
    export: Export,
) -> None:
    """Of what is ready, made, or waits for its turn; whoever waits is told."""
    await export()
    with held_up():
        tasks = [asyncio.ensure_future(export()) for _ in range(2)]
        await there_are(hass, 2)
        await hass.config_entries.async_unload(entry.entry_id)
        assert lying(hass) == []
        for task in tasks:
            with pytest.raises(ExportStopped):
                await task


async def test_removal_takes_it_along(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recordings: list[StoredRecording],
    export: Export,
) -> None:
    """Nothing of ours is left."""
    await export()
    await hass.config_entries.async_remove(entry.entry_id)
    assert not folder(hass).parent.exists()


async def test_a_stopped_desk_begins_nothing(
    hass: HomeAssistant, recordings: list[StoredRecording], desk: ExportDesk
) -> None:
    """Somebody may have held on to it."""
    await desk.async_stop()
    with pytest.raises(ExportStopped):
        await desk.async_export(EVERYTHING)


# In the background


async def test_it_is_made_though_whoever_asked_has_left(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recordings: list[StoredRecording],
    export: Export,
) -> None:
    """A page that is closed, a script that is stopped."""
    with held_up() as hold:
        task = asyncio.ensure_future(export())
        await hold.reached.wait()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        hold.go_on.set()
        await settle(hass)
    (made,) = entry.runtime_data.exports._exports.values()
    assert made.expires is not None


async def test_one_is_made_at_a_time(
    hass: HomeAssistant, recordings: list[StoredRecording], export: Export
) -> None:
    """The others wait, and get theirs."""
    with held_up() as hold:
        tasks = [asyncio.ensure_future(export()) for _ in range(3)]
        await hold.reached.wait()
        # Time enough for another one to be begun.
        await asyncio.to_thread(time.sleep, 0.3)
        assert len(lying(hass)) == 1
        hold.go_on.set()
        answers = await asyncio.gather(*tasks)
    assert len({answer["url"] for answer in answers}) == 3
    assert len(lying(hass)) == 3


async def test_a_long_export_shows_how_far_it_is(
    hass: HomeAssistant, entry: MockConfigEntry, recordings: list[StoredRecording]
) -> None:
    """To whoever asked and on an entity, and no more once it is over."""
    told: list[ExportProgress] = []

    def shown() -> Any:
        state = state_of(hass, Platform.SENSOR, "stored")
        return state.attributes.get("export_progress")

    desk = entry.runtime_data.exports
    with patch.object(report_module, "EVERY", 0), held_up(after=3) as hold:
        task = asyncio.ensure_future(desk.async_export(EVERYTHING, told.append))
        await hold.reached.wait()
        assert shown() == {
            "export_id": told[0].export_id,
            "recordings_done": 2,
            "recordings": 3,
        }
        await entry.runtime_data.status.async_refresh()
        assert shown()["recordings_done"] == 2
        hold.go_on.set()
        ready = await task
    assert [item.recordings_done for item in told] == [1, 2, 3]
    assert {item.export_id for item in told} == {ready.export_id}
    assert shown() is None


async def test_a_short_export_bothers_nobody(
    recordings: list[StoredRecording], desk: ExportDesk
) -> None:
    """Each report would be a change of state."""
    told: list[ExportProgress] = []
    await desk.async_export(EVERYTHING, told.append)
    assert told == []


# Trouble with the disk


async def test_an_export_that_would_fill_the_disk_is_not_begun(
    hass: HomeAssistant, recordings: list[StoredRecording], export: Export
) -> None:
    """The rest of the disk belongs to everything else."""
    size = sum(item.size for item in recordings)
    with (
        patch(
            "custom_components.voice_retention.exports.spool._free_space",
            lambda _: RESERVE + size,
        ),
        pytest.raises(NoRoomForExport),
    ):
        await export()
    assert lying(hass) == []


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOSPC, "full"), NoRoomForExport),
        (OSError(errno.EROFS, "read-only"), VaultUnavailable),
        (OSError(errno.EIO, "broken"), VaultUnavailable),
    ],
)
async def test_a_disk_that_gives_out_meanwhile_ends_it(
    hass: HomeAssistant,
    recordings: list[StoredRecording],
    export: Export,
    error: OSError,
    expected: type[Exception],
) -> None:
    """With a reason, and with nothing left."""
    with (
        patch.object(SealedSpool, "_seal", side_effect=error),
        pytest.raises(expected) as raised,
    ):
        await export()
    if isinstance(raised.value, VaultUnavailable):
        assert raised.value.reason in {"read_only", "unreadable"}
    assert lying(hass) == []
    assert len((await export())["url"]) > 40


# Many


@pytest.mark.timeout(60)
async def test_a_thousand_recordings_hold_up_nobody_and_fill_no_memory(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    export: Export,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither the event loop nor the memory knows how much it is."""
    count, size = 1000, 64_000
    async with entry.runtime_data.storage.async_use() as vault:
        for _ in range(10):
            await vault.recordings.store(
                [
                    utterance(audio=os.urandom(size), audio_bytes=size)
                    for _ in range(count // 10)
                ]
            )
    await export(all_devices=True)
    tracemalloc.start()
    try:
        with watched_loop() as watch:
            answer = await export(all_devices=True)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer["recordings"] == count
    assert answer["size"] > count * size
    assert most < 20_000_000
    assert watch.longest[0][0] < 0.05, watch.longest[:5]
    archive = opened(await (await browser.get(answer["url"])).read())
    assert len(index_of(archive)) == count
    assert len(archive.namelist()) == count + 1
