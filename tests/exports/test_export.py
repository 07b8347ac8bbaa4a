"""What is exported is all there, and only for who may have it, once."""

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
import io
import re
from typing import Any
import wave

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_fire_time_changed,
)

from custom_components.voice_retention.accounts import audio_entry
from custom_components.voice_retention.errors import (
    EmptyPeriod,
    InvalidField,
    NothingMatches,
    NothingTargeted,
    NotLoaded,
    RecordingNotFound,
    TargetAndAllDevices,
    VaultUnavailable,
)
from custom_components.voice_retention.exports.desk import GOOD_FOR
from custom_components.voice_retention.vault.accesses import Accesses
from custom_components.voice_retention.vault.errors import (
    UnavailableReason,
    VaultUnavailableError,
)
from custom_components.voice_retention.vault.models import StoredRecording
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
from homeassistant.util import dt as dt_util
from tests.conftest import CLOUD
from tests.house import House
from tests.lookup import satellite_key, settle
from tests.vault.make import NOW, satellite, utterance

from .conftest import (
    WORDS,
    Browser,
    Export,
    index_of,
    lying,
    nothing_lies,
    opened,
    spoken,
    stored,
)

# What is in it


async def test_everything_is_in_it(
    hass: HomeAssistant,
    house: House,
    recordings: list[StoredRecording],
    export: Export,
    browser: Browser,
) -> None:
    """Audio as it was sent, words, and who got and heard what; under safe names."""
    answer = await export()
    assert answer["recordings"] == 3
    response = await browser.get(answer["url"])
    assert response.status == HTTPStatus.OK
    data = await response.read()
    assert len(data) == answer["size"]
    archive = opened(data)
    shown = index_of(archive)
    assert [item["recording_id"] for item in shown] == [
        item.recording_id for item in recordings
    ]
    names = {item["file"] for item in shown} | {"recordings.json"}
    assert {*archive.namelist()} == names
    for number, item in zip((2, 1, 0), shown, strict=True):
        with wave.open(io.BytesIO(archive.read(item["file"]))) as file:
            assert file.getframerate() == 16000
            assert file.readframes(file.getnframes()) == b"".join(spoken(number))
        assert item["transcript"] == WORDS
        assert item["response"]
        assert item["damaged"] == []
        (entry,) = item["ledger"]
        assert (entry["sent"], entry["engine"]) == ("audio", CLOUD)
        assert entry["run_id"] == recordings[2 - number].run_id
    newest = shown[0]
    assert newest["satellite"] == satellite_key(hass, house.bedroom)
    assert newest["satellite_name"] == "Bedroom"
    local = dt_util.as_local(recordings[0].created)
    assert newest["file"] == (
        f"recordings/{local:%Y-%m-%d_%H-%M-%S}_bedroom_{newest['recording_id'][:8]}.wav"
    )
    for name in names:
        assert re.fullmatch(r"[a-z0-9_/.-]+", name)


async def test_speech_without_a_run_has_its_ledger_too(
    entry: MockConfigEntry, export: Export, browser: Browser
) -> None:
    """What is posted to an engine has none, and its audio went somewhere all the same."""
    said = [
        utterance(origin=replace(satellite(), run_id=None), created=NOW + moment)
        for moment in (timedelta(), timedelta(seconds=1))
    ]
    async with entry.runtime_data.storage.async_use() as vault:
        await vault.recordings.store(said, [audio_entry(item) for item in said])
    archive = opened(await (await browser.get((await export())["url"])).read())
    for item in index_of(archive):
        (line,) = item["ledger"]
        assert (line["sent"], line["at"]) == ("audio", item["created"])


async def test_the_link_says_how_it_is_to_be_treated(
    recordings: list[StoredRecording], export: Export, browser: Browser
) -> None:
    """Saved and not shown, kept by no cache, guessed at by no browser."""
    response = await browser.get((await export())["url"], headers={"Range": "bytes=5-"})
    assert response.status == HTTPStatus.OK
    assert response.content_type == "application/zip"
    headers = response.headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Accept-Ranges"] == "none"
    assert re.fullmatch(
        r'attachment; filename="voice_retention_[0-9_-]+\.zip"',
        headers["Content-Disposition"],
    )
    opened(await response.read())


async def test_a_target_a_time_or_an_id_narrows_it(
    hass: HomeAssistant,
    house: House,
    recordings: list[StoredRecording],
    export: Export,
    browser: Browser,
) -> None:
    """As with a deletion."""
    newest, _, oldest = recordings
    for wanted, expected in (
        ({"entity_id": house.bedroom.entity_id}, [newest]),
        ({"recording_id": oldest.recording_id}, [oldest]),
        (
            {
                "all_devices": True,
                "end_time": (oldest.created + timedelta.resolution).isoformat(),
            },
            [oldest],
        ),
        ({"all_devices": True, "start_time": newest.created.isoformat()}, [newest]),
    ):
        answer = await export(**wanted)
        archive = opened(await (await browser.get(answer["url"])).read())
        assert [item["recording_id"] for item in index_of(archive)] == [
            item.recording_id for item in expected
        ]


@pytest.mark.parametrize(
    "content", [["audio"], ["transcript"], ["response"], ["audio", "response"]]
)
async def test_content_that_is_not_wanted_is_not_in_it(
    recordings: list[StoredRecording],
    export: Export,
    browser: Browser,
    content: list[str],
) -> None:
    """Nothing is taken along by the way."""
    answer = await export(all_devices=True, content=content)
    data = await (await browser.get(answer["url"])).read()
    archive = opened(data)
    has_audio = any(name.endswith(".wav") for name in archive.namelist())
    assert has_audio is ("audio" in content)
    for item in index_of(archive):
        assert (item["file"] is not None) is ("audio" in content)
        for text in ("transcript", "response"):
            assert (item[text] is not None) is (text in content)


async def test_what_is_damaged_is_named_and_the_rest_exported(
    entry: MockConfigEntry,
    recordings: list[StoredRecording],
    export: Export,
    browser: Browser,
) -> None:
    """One bad page of the disk does not lock everything else in."""
    ids = [item.recording_id for item in recordings]
    async with entry.runtime_data.storage.async_use() as vault:
        for recording_id, content in ((ids[0], "audio"), (ids[1], "transcript")):
            await vault._storage.write(
                lambda connection, what=(recording_id, content): (
                    connection.exec_driver_sql(
                        "UPDATE contents SET sealed = zeroblob(length(sealed))"
                        " WHERE recording_id = ? AND content = ?",
                        what,
                    )
                )
            )
    archive = opened(await (await browser.get((await export())["url"])).read())
    first, second, third = index_of(archive)
    assert (first["damaged"], first["file"], first["transcript"]) == (
        ["audio"],
        None,
        WORDS,
    )
    assert (second["damaged"], second["transcript"]) == (["transcript"], None)
    assert second["file"] in archive.namelist()
    assert third["damaged"] == []


# Who may


async def test_others_than_administrators_get_nothing(
    hass: HomeAssistant, recordings: list[StoredRecording], export: Export
) -> None:
    """Not even an archive that lies around."""
    user = MockUser().add_to_hass(hass)
    with pytest.raises(Unauthorized):
        await export(Context(user_id=user.id), all_devices=True)
    assert lying(hass) == []


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"content": ["audio"]}, NothingTargeted),
        ({"all_devices": False}, NothingTargeted),
        (
            {"all_devices": True, "entity_id": "assist_satellite.kitchen"},
            TargetAndAllDevices,
        ),
        (
            {
                "all_devices": True,
                "start_time": "2026-01-02 00:00:00",
                "end_time": "2026-01-01 00:00:00",
            },
            EmptyPeriod,
        ),
        ({"recording_id": "0" * 32}, RecordingNotFound),
        ({"recording_id": "../../secrets"}, InvalidField),
        ({"all_devices": True, "content": []}, InvalidField),
        ({"all_devices": True, "password": "x"}, InvalidField),
        ({"all_devices": True, "end_time": "1971-01-01 00:00:00"}, NothingMatches),
    ],
)
async def test_what_is_not_clear_is_refused(
    hass: HomeAssistant,
    recordings: list[StoredRecording],
    export: Export,
    data: dict[str, Any],
    error: type[Exception],
) -> None:
    """Nothing is ever taken to mean everything, and nothing is left of it."""
    with pytest.raises(error):
        await export(**data)
    assert lying(hass) == []


async def test_an_altered_or_guessed_link_leads_to_nothing(
    recordings: list[StoredRecording], export: Export, browser: Browser
) -> None:
    """Each is simply not there; and trying does not use the true one up."""
    answer = await export()
    url = answer["url"]
    for other in (
        url[:-1],
        url[:-1] + ("a" if url[-1] != "a" else "b"),
        url.rpartition("/")[0] + "/" + answer["export_id"],
        url.replace("/export/", "/play/"),
        "/api/voice_retention/export/",
        "/api/voice_retention/export/../../../.cache/voice_retention/keys",
        "/api/voice_retention/export/..%2f..%2fkeys",
    ):
        response = await browser.get(other)
        assert response.status in {HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST}
    for method in ("head", "post", "delete"):
        assert (await browser.request(method, url)).status in {
            HTTPStatus.NOT_FOUND,
            HTTPStatus.METHOD_NOT_ALLOWED,
        }
    opened(await (await browser.get(url)).read())


async def test_a_link_works_for_one_time(
    hass: HomeAssistant,
    recordings: list[StoredRecording],
    export: Export,
    browser: Browser,
) -> None:
    """And nothing is left of it on the disk."""
    url = (await export())["url"]
    assert len(lying(hass)) == 1
    opened(await (await browser.get(url)).read())
    await settle(hass)
    assert (await browser.get(url)).status == HTTPStatus.NOT_FOUND
    await nothing_lies(hass)


async def test_a_link_works_for_some_minutes(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    recordings: list[StoredRecording],
    export: Export,
    browser: Browser,
) -> None:
    """After that the file is gone, whether anybody came or not."""
    answer = await export()
    assert dt_util.parse_datetime(answer["expires"]) == dt_util.utcnow() + GOOD_FOR
    freezer.tick(GOOD_FOR)
    assert (await browser.get(answer["url"])).status == HTTPStatus.NOT_FOUND
    async_fire_time_changed(hass)
    await settle(hass)
    assert lying(hass) == []


async def test_who_takes_what_is_written_down_before_there_is_a_link(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    house: House,
    recordings: list[StoredRecording],
    export: Export,
    hass_admin_user: MockUser,
) -> None:
    """One entry for each recording, and none for the others."""
    await export(Context(user_id=hass_admin_user.id), entity_id=house.kitchen.entity_id)
    ids = [item.recording_id for item in recordings]
    async with entry.runtime_data.storage.async_use() as vault:
        log = await vault.accesses.of(ids)
    assert log.keys() == {*ids[1:]}
    for (access,) in log.values():
        assert access.kind == "exported"
        assert access.user_id == hass_admin_user.id


async def test_without_the_entry_there_is_no_link(
    hass: HomeAssistant,
    recordings: list[StoredRecording],
    export: Export,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What cannot be written down does not happen."""

    async def refuse(*_: object) -> None:
        raise VaultUnavailableError(UnavailableReason.DISK_FULL)

    monkeypatch.setattr(Accesses, "record", refuse)
    with pytest.raises(VaultUnavailable):
        await export()
    assert lying(hass) == []


async def test_an_export_of_an_unloaded_entry_is_refused(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recordings: list[StoredRecording],
    export: Export,
) -> None:
    """With the error that all actions have."""
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(NotLoaded):
        await export()


async def test_names_that_look_alike_stay_apart(
    entry: MockConfigEntry,
    recordings: list[StoredRecording],
    export: Export,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two files of one name would be one file for whoever unpacks it."""
    monkeypatch.setattr("custom_components.voice_retention.exports.job.SHORT_ID", 0)
    moment = recordings[0].created
    async with entry.runtime_data.storage.async_use() as vault:
        await vault._storage.write(
            lambda connection: connection.exec_driver_sql(
                "UPDATE recordings SET created = (SELECT max(created) FROM recordings)"
            )
        )
    assert {item.created for item in await stored(entry)} == {moment}
    archive = opened(await (await browser.get((await export())["url"])).read())
    names = archive.namelist()
    assert len({*names}) == len(names) == 4


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "CON", "Küche/…\\“:*?<>|", "厨房", "x" * 300, " "]
)
async def test_a_satellite_may_have_any_name(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    house: House,
    recordings: list[StoredRecording],
    export: Export,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    """It is only a part of a name that every system can write."""
    monkeypatch.setattr(entry.runtime_data.exports, "_satellite_name", lambda key: name)
    archive = opened(await (await browser.get((await export())["url"])).read())
    for file in archive.namelist():
        assert re.fullmatch(r"recordings(\.json|/[0-9_-]+_[a-z0-9_]+\.wav)", file)
        assert len(file) < 100
