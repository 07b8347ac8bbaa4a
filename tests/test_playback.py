"""A recording can be heard by an administrator, for a short time, on the record, and by nobody else."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus
import io
from typing import Any
import wave

from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.voice_retention.errors import RecordingNotFound
from custom_components.voice_retention.playback import GOOD_FOR, MAX_TICKETS
from custom_components.voice_retention.policy.models import Content
from custom_components.voice_retention.vault.models import (
    RecordingFilter,
    StoredRecording,
)
from homeassistant.components import media_source
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from tests.house import SPEECH, House, say
from tests.lookup import OTHER, satellite_key, settle

URI = "media-source://voice_retention"

type Ask = Callable[[str, str], Awaitable[Any]]


@pytest.fixture
async def recording(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> StoredRecording:
    """Keep a sentence of the kitchen; the media sources are there."""
    assert await async_setup_component(hass, "media_source", {})
    await house.kitchen.speak(say([*SPEECH] * 20))
    await settle(hass)
    (stored,) = await entry.runtime_data.storage.async_find(RecordingFilter())
    return stored


@pytest.fixture
def ask(hass_ws_client: WebSocketGenerator) -> Ask:
    """Browse or resolve as the media browser does."""

    async def ask(command: str, identifier: str) -> Any:
        client = await hass_ws_client()
        await client.send_json_auto_id(
            {
                "type": f"media_source/{command}_media",
                "media_content_id": f"{URI}/{identifier}".rstrip("/"),
            }
        )
        return await client.receive_json()

    return ask


@pytest.fixture
async def anybody(hass_client_no_auth: ClientSessionGenerator) -> TestClient[Any, Any]:
    """Be a media player, or anybody else without an account."""
    return await hass_client_no_auth()


async def _link(entry: MockConfigEntry, recording: StoredRecording) -> str:
    """Return a link to a recording."""
    url, _ = await entry.runtime_data.playback.async_open(
        recording.recording_id, "somebody"
    )
    return str(url)


# Browsing and hearing


async def test_an_administrator_browses_to_a_recording_and_hears_it(
    hass: HomeAssistant,
    house: House,
    recording: StoredRecording,
    ask: Ask,
    anybody: TestClient[Any, Any],
) -> None:
    """By satellite and by day, without a word of it in any title."""
    root = (await ask("browse", ""))["result"]
    (satellite,) = root["children"]
    assert satellite["title"] == "Kitchen"
    key = satellite_key(hass, house.kitchen)
    (day,) = (await ask("browse", key))["result"]["children"]
    today = dt_util.as_local(recording.created).date()
    assert day["title"] == f"{today} (1)"
    (item,) = (await ask("browse", f"{key}/{today}"))["result"]["children"]
    assert "light" not in item["title"]
    identifier = item["media_content_id"].removeprefix(f"{URI}/")
    played = (await ask("resolve", identifier))["result"]
    assert played["mime_type"] == "audio/wav"
    response = await anybody.get(played["url"])
    assert response.status == HTTPStatus.OK
    assert response.headers["Cache-Control"] == "no-store"
    with wave.open(io.BytesIO(await response.read())) as file:
        assert file.getframerate() == 16000
        assert file.readframes(file.getnframes()) == b"".join(SPEECH * 20)


async def test_a_day_without_recordings_is_empty(
    hass: HomeAssistant, house: House, recording: StoredRecording, ask: Ask
) -> None:
    """And so is a satellite without."""
    key = satellite_key(hass, house.kitchen)
    assert (await ask("browse", f"{key}/2020-02-02"))["result"]["children"] == []
    assert (await ask("browse", OTHER))["result"]["children"] == []


@pytest.mark.parametrize(
    "wanted",
    ["0-9", "44-63", "100-", "-10", "50000-60000", "0-9999999"],
)
async def test_a_part_of_it_can_be_asked_for(
    entry: MockConfigEntry,
    recording: StoredRecording,
    anybody: TestClient[Any, Any],
    wanted: str,
) -> None:
    """A player seeks so; what it gets is that part of the whole."""
    link = await _link(entry, recording)
    whole = await (await anybody.get(link)).read()
    response = await anybody.get(link, headers={"Range": f"bytes={wanted}"})
    part = await response.read()
    start, _, stop = wanted.partition("-")
    expected = (
        whole[-int(stop) :]
        if not start
        else whole[int(start) : int(stop) + 1 if stop else None]
    )
    assert part == expected
    if part == whole:
        assert response.status == HTTPStatus.OK
    else:
        begin = len(whole) - int(stop) if not start else int(start)
        assert response.status == HTTPStatus.PARTIAL_CONTENT
        assert response.headers["Content-Range"] == (
            f"bytes {begin}-{begin + len(part) - 1}/{len(whole)}"
        )


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ("bytes=99999999-", HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE),
        ("bytes=nonsense", HTTPStatus.BAD_REQUEST),
    ],
)
async def test_a_part_that_is_none_is_an_error(
    entry: MockConfigEntry,
    recording: StoredRecording,
    anybody: TestClient[Any, Any],
    wanted: str,
    status: HTTPStatus,
) -> None:
    """Not the whole, and not nothing."""
    link = await _link(entry, recording)
    response = await anybody.get(link, headers={"Range": wanted})
    assert response.status == status


async def test_who_listens_is_written_down_before_there_is_a_link(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recording: StoredRecording,
    ask: Ask,
    hass_admin_user: MockUser,
) -> None:
    """And shown with the recording."""
    await ask("resolve", recording.recording_id)
    answer: Any = await hass.services.async_call(
        "voice_retention",
        "get_recordings",
        {},
        blocking=True,
        return_response=True,
    )
    (shown,) = answer["recordings"]
    (access,) = shown["accesses"]
    assert access["kind"] == "played"
    assert access["user_id"] == hass_admin_user.id


async def test_the_access_log_expires_with_the_ledger(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recording: StoredRecording,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Who listened is data about people too; it outlives the recording, not for ever."""
    await _link(entry, recording)
    async with entry.runtime_data.storage.async_use() as vault:
        await vault.deletion.delete([recording.recording_id], [*Content])
        assert await vault.accesses.of([recording.recording_id])
    freezer.tick(timedelta(days=92))
    await entry.runtime_data.sweeper.async_sweep()
    async with entry.runtime_data.storage.async_use() as vault:
        assert await vault.accesses.of([recording.recording_id]) == {}


# Everybody else


@pytest.mark.parametrize("command", ["browse", "resolve"])
async def test_others_than_administrators_get_nothing(
    hass: HomeAssistant,
    recording: StoredRecording,
    ask: Ask,
    hass_admin_user: MockUser,
    command: str,
) -> None:
    """No folder, no time, no link; the media browser is open to every account."""
    hass_admin_user.groups = []
    answer = await ask(command, recording.recording_id if command == "resolve" else "")
    assert not answer["success"]
    assert answer["error"]["message"] == (
        "Only administrators can see and hear what is kept"
    )


async def test_an_automation_may_play(
    hass: HomeAssistant, recording: StoredRecording
) -> None:
    """An administrator has written it."""
    played = await media_source.async_resolve_media(
        hass, f"{URI}/{recording.recording_id}", None
    )
    assert played.path is None
    assert recording.recording_id not in played.url


@pytest.mark.parametrize(
    "identifier",
    ["nothing/at/all/here", "kitchen/not-a-day", "..", "../../secrets/2026-01-01/x"],
)
async def test_a_folder_that_is_none_is_an_error_with_a_text(
    recording: StoredRecording, ask: Ask, identifier: str
) -> None:
    """Or empty, and nothing else is ever shown."""
    answer = await ask("browse", identifier)
    if answer["success"]:
        assert answer["result"]["children"] == []
    else:
        assert "no recordings under this name" in answer["error"]["message"]


@pytest.mark.parametrize("identifier", ["", "..", "0" * 32, "kitchen/2026-01-01/x"])
async def test_a_guessed_id_leads_to_nothing(
    recording: StoredRecording, ask: Ask, identifier: str
) -> None:
    """And leaves no entry in the log."""
    answer = await ask("resolve", identifier)
    assert not answer["success"]


async def test_a_link_that_is_altered_guessed_or_old_leads_to_nothing(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recording: StoredRecording,
    anybody: TestClient[Any, Any],
    freezer: FrozenDateTimeFactory,
) -> None:
    """Each is simply not there."""
    link = await _link(entry, recording)
    for other in (
        link[:-1],
        link[:-1] + ("a" if link[-1] != "a" else "b"),
        link.rpartition("/")[0] + "/" + recording.recording_id,
        f"/api/voice_retention/recordings/{recording.recording_id}/audio",
    ):
        assert (await anybody.get(other)).status == HTTPStatus.NOT_FOUND
    freezer.tick(GOOD_FOR)
    assert (await anybody.get(link)).status == HTTPStatus.NOT_FOUND


async def test_a_purge_ends_every_link(
    entry: MockConfigEntry, recording: StoredRecording, anybody: TestClient[Any, Any]
) -> None:
    """Deleted is deleted, also for a player that is just playing."""
    link = await _link(entry, recording)
    async with entry.runtime_data.storage.async_use() as vault:
        await vault.deletion.delete([recording.recording_id], [Content.AUDIO])
    assert (await anybody.get(link)).status == HTTPStatus.NOT_FOUND
    assert not (await _answer_of_new_link(entry, recording))


async def _answer_of_new_link(
    entry: MockConfigEntry, recording: StoredRecording
) -> bool:
    """Return whether a new link is given out."""
    try:
        await _link(entry, recording)
    except RecordingNotFound:
        return False
    return True


async def test_an_unloaded_entry_plays_nothing(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recording: StoredRecording,
    anybody: TestClient[Any, Any],
    ask: Ask,
) -> None:
    """Its links are gone with it."""
    link = await _link(entry, recording)
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await anybody.get(link)).status == HTTPStatus.NOT_FOUND
    assert not (await ask("browse", ""))["success"]


async def test_links_do_not_fill_the_memory(
    entry: MockConfigEntry, recording: StoredRecording, freezer: FrozenDateTimeFactory
) -> None:
    """Whoever browses in a hurry loses the oldest ones."""
    playback = entry.runtime_data.playback
    first = (await _link(entry, recording)).rpartition("/")[2]
    for _ in range(MAX_TICKETS):
        await _link(entry, recording)
    assert playback.track_of(first) is None
    freezer.tick(GOOD_FOR)
    last = (await _link(entry, recording)).rpartition("/")[2]
    assert playback.track_of(last) is not None
