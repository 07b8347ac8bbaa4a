"""The actions do what they say, and refuse what is not clear."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_capture_events,
)

from custom_components.voice_retention.const import DOMAIN
from custom_components.voice_retention.service_schemas import (
    APPLY_PRESET_SCHEMA,
    GET_LEDGER_SCHEMA,
    GET_RECEIPTS_SCHEMA,
    GET_RECORDINGS_SCHEMA,
    HOLD_SCHEMA,
    PURGE_SCHEMA,
)
from custom_components.voice_retention.vault.errors import (
    UnavailableReason,
    VaultUnavailableError,
)
from custom_components.voice_retention.vault.models import (
    RecordingFilter,
    StoredRecording,
)
from homeassistant.components.assist_pipeline import PipelineStage
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Context, Event, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.util import dt as dt_util
from tests.conftest import CLOUD
from tests.house import House
from tests.lookup import satellite_key, settle

UNKNOWN_ID = "0123456789abcdef0123456789abcdef"
WORDS = "the safe is behind the picture"


async def _call(
    hass: HomeAssistant,
    action: str,
    *,
    wants_response: bool = True,
    context: Context | None = None,
    **data: Any,
) -> Any:
    """Call one of the actions."""
    return await hass.services.async_call(
        DOMAIN,
        action,
        data,
        blocking=True,
        context=context,
        return_response=wants_response,
    )


@pytest.fixture
async def recordings(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> list[StoredRecording]:
    """Keep two sentences from the kitchen and one from the bedroom, newest first."""
    for satellite in (house.kitchen, house.kitchen, house.bedroom):
        await satellite.speak(end_stage=PipelineStage.INTENT)
        await settle(hass)
    return await _stored(entry)


async def _stored(entry: MockConfigEntry) -> list[StoredRecording]:
    """Return everything that is stored, newest first."""
    return await entry.runtime_data.storage.async_find(RecordingFilter())


def _ids(found: list[StoredRecording]) -> list[str]:
    """Return the ids of recordings."""
    return [recording.recording_id for recording in found]


async def _age(entry: MockConfigEntry, recording_id: str, age: timedelta) -> None:
    """Make a recording older than it is."""
    async with entry.runtime_data.storage.async_use() as vault:
        await vault._storage.write(
            lambda connection: connection.exec_driver_sql(
                "UPDATE recordings SET created = created - ? WHERE recording_id = ?",
                (age // timedelta(microseconds=1), recording_id),
            )
        )


# Purge


async def test_a_target_purges_only_its_recordings(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    recordings: list[StoredRecording],
) -> None:
    """The receipt says what was done where."""
    receipt = await _call(hass, "purge", entity_id=house.kitchen.entity_id)
    assert receipt["complete"] is True
    assert receipt["dry_run"] is False
    assert receipt["asked_by"] == "automation"
    assert receipt["scope"]["satellites"] == [satellite_key(hass, house.kitchen)]
    vault = next(item for item in receipt["places"] if item["place"] == "vault")
    assert vault == {
        "place": "vault",
        "found": 6,
        "deleted": 6,
        "verified": True,
        "verified_by": "keys_and_rows_gone",
        "failed": None,
        "retry_at": None,
        "residue": None,
    }
    assert [(item["kind"], item["key"]) for item in receipt["out_of_reach"]] == [
        ("engine", CLOUD),
        ("satellite", satellite_key(hass, house.kitchen)),
    ]
    assert _ids(await _stored(entry)) == [recordings[0].recording_id]


async def test_all_devices_purges_everything(
    hass: HomeAssistant, entry: MockConfigEntry, recordings: list[StoredRecording]
) -> None:
    """In so many words, and only then."""
    assert await _call(hass, "purge", wants_response=False, all_devices=True) is None
    assert await _stored(entry) == []


async def test_a_dry_run_only_counts(
    hass: HomeAssistant, entry: MockConfigEntry, recordings: list[StoredRecording]
) -> None:
    """It must be safe to try."""
    receipt = await _call(hass, "purge", all_devices=True, dry_run=True)
    assert receipt["dry_run"] is True
    assert receipt["places"][0]["found"] == 9
    assert receipt["places"][0]["deleted"] == 0
    assert len(await _stored(entry)) == 3


async def test_a_recording_can_be_purged_by_its_id_alone(
    hass: HomeAssistant, entry: MockConfigEntry, recordings: list[StoredRecording]
) -> None:
    """One or several; an id is target enough."""
    first, second, third = _ids(recordings)
    await _call(hass, "purge", recording_id=second)
    assert _ids(await _stored(entry)) == [first, third]
    await _call(hass, "purge", recording_id=[first, third])
    assert await _stored(entry) == []


async def test_a_target_and_an_id_must_both_fit(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    recordings: list[StoredRecording],
) -> None:
    """Everything given narrows."""
    await _call(
        hass, "purge", entity_id=house.bedroom.entity_id, recording_id=_ids(recordings)
    )
    assert _ids(await _stored(entry)) == _ids(recordings)[1:]


async def test_only_some_content_can_be_purged(
    hass: HomeAssistant, entry: MockConfigEntry, recordings: list[StoredRecording]
) -> None:
    """The audio can go while the transcript stays."""
    await _call(hass, "purge", all_devices=True, content="audio")
    assert {frozenset(item.contents) for item in await _stored(entry)} == {
        frozenset({"transcript", "response"})
    }
    await _call(hass, "purge", all_devices=True, content=["transcript", "response"])
    assert await _stored(entry) == []


async def test_only_some_places_can_be_purged(
    hass: HomeAssistant, entry: MockConfigEntry, recordings: list[StoredRecording]
) -> None:
    """The receipt lists just these."""
    receipt = await _call(hass, "purge", all_devices=True, places=["pipeline_debug"])
    assert [item["place"] for item in receipt["places"]] == ["pipeline_debug"]
    assert len(await _stored(entry)) == 3


@pytest.mark.parametrize(
    ("days", "left"),
    [(0, 0), (0.01, 1), ("0.01", 1), (3, 2), (7, 3), (36500, 3)],
    ids=["zero", "decimals", "text", "in between", "older than all", "most"],
)
async def test_keep_days_keeps_the_last_days(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recordings: list[StoredRecording],
    days: float | str,
    left: int,
) -> None:
    """As in ``recorder.purge``: zero keeps nothing."""
    _, second, third = _ids(recordings)
    await _age(entry, second, timedelta(days=1))
    await _age(entry, third, timedelta(days=6))
    await _call(hass, "purge", all_devices=True, keep_days=days)
    assert len(await _stored(entry)) == left


async def test_a_period_is_in_home_assistants_time_zone(
    hass: HomeAssistant, entry: MockConfigEntry, recordings: list[StoredRecording]
) -> None:
    """People write the time on their wall; the end is exclusive."""
    await hass.config.async_set_time_zone("Asia/Tokyo")
    first, second, third = recordings
    wall = [
        item.created.astimezone(dt_util.get_default_time_zone()).replace(tzinfo=None)
        for item in (first, second, third)
    ]
    await _call(
        hass,
        "purge",
        all_devices=True,
        start_time=wall[1].isoformat(sep=" "),
        end_time=wall[0],
    )
    assert _ids(await _stored(entry)) == [first.recording_id, third.recording_id]
    await _call(hass, "purge", all_devices=True, end_time=first.created.isoformat())
    assert _ids(await _stored(entry)) == [first.recording_id]


async def test_held_recordings_stay_unless_named(
    hass: HomeAssistant, entry: MockConfigEntry, recordings: list[StoredRecording]
) -> None:
    """A hold that any purge breaks would be none."""
    recording_id = recordings[0].recording_id
    until = dt_util.utcnow() + timedelta(days=3)
    await _call(hass, "hold", recording_id=recording_id, until=until)
    receipt = await _call(hass, "purge", all_devices=True)
    assert receipt["held"] == 1
    assert _ids(await _stored(entry)) == [recording_id]
    await _call(hass, "purge", all_devices=True, include_held=True)
    assert await _stored(entry) == []


async def test_the_receipt_names_the_user_who_asked(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recordings: list[StoredRecording],
    hass_admin_user: MockUser,
) -> None:
    """And only an automation is called one."""
    context = Context(user_id=hass_admin_user.id)
    receipt = await _call(hass, "purge", all_devices=True, context=context)
    assert receipt["asked_by"] == "user"
    assert receipt["user_id"] == hass_admin_user.id


async def test_an_incomplete_purge_is_never_silent(
    hass: HomeAssistant, entry: MockConfigEntry, recordings: list[StoredRecording]
) -> None:
    """With the receipt at hand the caller can see it; without it there is an error."""
    with patch.object(
        type(entry.runtime_data.storage), "async_delete", side_effect=OSError
    ):
        receipt = await _call(hass, "purge", all_devices=True)
        assert receipt["complete"] is False
        with pytest.raises(HomeAssistantError) as err:
            await _call(hass, "purge", wants_response=False, all_devices=True)
    assert err.value.translation_key == "purge_incomplete"
    assert err.value.translation_placeholders == {"places": "vault"}


FIELDS = sorted(
    {
        str(field)
        for schema in (
            PURGE_SCHEMA,
            APPLY_PRESET_SCHEMA,
            GET_RECORDINGS_SCHEMA,
            GET_LEDGER_SCHEMA,
            GET_RECEIPTS_SCHEMA,
            HOLD_SCHEMA,
        )
        for field in schema.schema
        if field != "dry_run"
    }
)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)

WRONG_PURGES: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "nothing_targeted"),
    "not all devices": ({"all_devices": False}, "nothing_targeted"),
    "no entities": ({"entity_id": []}, "nothing_targeted"),
    "only a period": ({"keep_days": 3}, "nothing_targeted"),
    "both": (
        {"all_devices": True, "entity_id": "assist_satellite.kitchen"},
        "target_and_all_devices",
    ),
    "unknown entity": ({"entity_id": "assist_satellite.x"}, "target_not_found"),
    "days and end": (
        {"all_devices": True, "keep_days": 1, "end_time": NOW},
        "keep_days_and_end_time",
    ),
    "start after end": (
        {"all_devices": True, "start_time": NOW, "end_time": NOW - timedelta(1)},
        "empty_period",
    ),
    "start at end": (
        {"all_devices": True, "start_time": NOW, "end_time": NOW},
        "empty_period",
    ),
    "start after days": (
        {"all_devices": True, "start_time": dt_util.utcnow(), "keep_days": 3},
        "empty_period",
    ),
    "unknown id": ({"recording_id": UNKNOWN_ID}, "recording_not_found"),
    "unknown places": (
        {"all_devices": True, "places": ["vault", "moon"]},
        "unknown_places",
    ),
}


async def test_a_purge_that_is_not_clear_is_refused(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recordings: list[StoredRecording],
    subtests: pytest.Subtests,
) -> None:
    """Guessing would delete too much or too little."""
    for name, (data, key) in WRONG_PURGES.items():
        with subtests.test(name):
            with pytest.raises(ServiceValidationError) as err:
                await _call(hass, "purge", **data)
            assert err.value.translation_domain == DOMAIN
            assert err.value.translation_key == key
    assert len(await _stored(entry)) == 3


INVALID: dict[str, tuple[str, dict[str, Any], str]] = {
    "negative days": ("purge", {"keep_days": -1}, "keep_days"),
    "endless days": ("purge", {"keep_days": "inf"}, "keep_days"),
    "no number": ("purge", {"keep_days": "nan"}, "keep_days"),
    "too many days": ("purge", {"keep_days": 36501}, "keep_days"),
    "days are yes": ("purge", {"keep_days": True}, "keep_days"),
    "days are a list": ("purge", {"keep_days": [1]}, "keep_days"),
    "days are words": ("purge", {"keep_days": WORDS}, "keep_days"),
    "no time": ("purge", {"start_time": WORDS}, "start_time"),
    "number as time": ("purge", {"end_time": 5}, "end_time"),
    "before the calendar": (
        "purge",
        {"start_time": "0001-01-01T00:00:00+14:00"},
        "start_time",
    ),
    "no such content": ("purge", {"content": ["video"]}, "content"),
    "no content": ("purge", {"content": []}, "content"),
    "no places": ("purge", {"places": []}, "places"),
    "place without name": ("purge", {"places": [""]}, "places"),
    "no ids": ("purge", {"recording_id": []}, "recording_id"),
    "id is a path": ("purge", {"recording_id": "../../secrets"}, "recording_id"),
    "id with newline": ("purge", {"recording_id": f"{UNKNOWN_ID}\n"}, "recording_id"),
    "id in capitals": ("purge", {"recording_id": UNKNOWN_ID.upper()}, "recording_id"),
    "id is a number": ("purge", {"recording_id": 7}, "recording_id"),
    "very many ids": (
        "purge",
        {"recording_id": [UNKNOWN_ID] * 1001},
        "recording_id",
    ),
    "endless text": ("purge", {"entity_id": "a" * 30_000}, "entity_id"),
    "deep": ("purge", {"area_id": [{"a": ["x" * 30_000]}]}, "area_id"),
    "entity is no id": ("purge", {"entity_id": "kitchen"}, "entity_id"),
    "text to forget": ("purge", {"text": WORDS}, "text"),
    "very long field": ("purge", {"x" * 10_000: 1}, "x" * 40),
    "no page": ("get_recordings", {"limit": 0}, "limit"),
    "page too big": ("get_recordings", {"limit": 501}, "limit"),
    "page and a half": ("get_recordings", {"limit": 1.5}, "limit"),
    "no such locality": ("get_recordings", {"locality": "moon"}, "locality"),
    "no such outcome": ("get_recordings", {"outcome": "fine"}, "outcome"),
    "engine too long": ("get_recordings", {"engine": "x" * 256}, "engine"),
    "all devices here": ("get_recordings", {"all_devices": True}, "all_devices"),
    "no preset": ("apply_preset", {"area_id": "attic"}, "preset"),
    "no such preset": ("apply_preset", {"preset": WORDS}, "preset"),
    "everybody's room": (
        "apply_preset",
        {"preset": "childs_room", "all_devices": True},
        "all_devices",
    ),
    "nothing sent": ("get_ledger", {"sent": []}, "sent"),
    "sent by post": ("get_ledger", {"sent": ["letter"]}, "sent"),
    "no entry zero": ("get_ledger", {"cursor": 0}, "cursor"),
    "no such entry": ("get_ledger", {"cursor": 2**63}, "cursor"),
    "cursor of words": ("get_ledger", {"cursor": WORDS}, "cursor"),
    "no such receipt": ("get_receipts", {"before": 2**63}, "before"),
    "no receipt zero": ("get_receipts", {"before": 0}, "before"),
    "target of receipts": (
        "get_receipts",
        {"entity_id": "assist_satellite.kitchen"},
        "entity_id",
    ),
    "hold nothing": ("hold", {"until": "2026-12-01"}, "recording_id"),
    "hold several": ("hold", {"recording_id": [UNKNOWN_ID]}, "recording_id"),
}


async def test_a_wrong_field_is_named_and_its_value_kept_quiet(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recordings: list[StoredRecording],
    caplog: pytest.LogCaptureFixture,
    subtests: pytest.Subtests,
) -> None:
    """Nor does it get onto the event bus, from where the recorder would store it."""
    calls = async_capture_events(hass, EVENT_CALL_SERVICE)
    for name, (action, data, field) in INVALID.items():
        target = {"all_devices": True} if action in ("purge", "get_ledger") else {}
        with subtests.test(name):
            with pytest.raises(ServiceValidationError) as err:
                await _call(hass, action, **(target | data))
            assert err.value.translation_key == "invalid_field"
            assert err.value.translation_placeholders == {"field": field}
            assert WORDS not in str(err.value)
    assert calls == []
    assert WORDS not in caplog.text
    assert len(await _stored(entry)) == 3


ODD: list[Any] = [
    None,
    [],
    {},
    [[]],
    [{}],
    [None],
    True,
    -1,
    10**400,
    float("nan"),
    float("-inf"),
    "",
    "\0",
    "🎤" * 400,
    "{{ states }}",
    "9999-12-31T23:59:59.999999",
    datetime.min.replace(tzinfo=UTC),
]


async def test_no_value_makes_an_action_stumble(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recordings: list[StoredRecording],
    subtests: pytest.Subtests,
) -> None:
    """Whatever comes, it is accepted or refused with a translated error."""
    base: dict[str, dict[str, Any]] = {
        "purge": {"all_devices": True, "dry_run": True},
        "apply_preset": {"preset": "childs_room"},
        "get_recordings": {},
        "get_ledger": {"all_devices": True},
        "get_receipts": {},
        "hold": {"recording_id": UNKNOWN_ID, "release": True},
    }
    for action, field in product(base, FIELDS):
        with subtests.test(f"{action} {field}"):
            for value in ODD:
                with suppress(ServiceValidationError):
                    await _call(hass, action, **(base[action] | {field: value}))
    assert len(await _stored(entry)) == 3


# Get recordings


async def test_recordings_come_with_what_was_said(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    recordings: list[StoredRecording],
) -> None:
    """An administrator may read them; that is what they were kept for."""
    answer = await _call(hass, "get_recordings")
    assert answer["total"] == 3
    assert answer["next_cursor"] is None
    newest = answer["recordings"][0]
    assert newest["recording_id"] == recordings[0].recording_id
    assert newest["satellite"] == satellite_key(hass, house.bedroom)
    assert newest["satellite_entity_id"] == house.bedroom.entity_id
    assert newest["engine"] == newest["pipeline_engine"] == CLOUD
    assert newest["locality"] == "cloud"
    assert newest["route"] == "engine"
    assert newest["outcome"] == "ok"
    assert newest["content"] == ["audio", "transcript", "response"]
    assert newest["transcript"] == "turn on the light"
    assert newest["response"]
    assert newest["held"] is False
    assert newest["held_until"] is None
    expires = datetime.fromisoformat(newest["audio_expires"])
    assert expires - datetime.fromisoformat(newest["created"]) == timedelta(days=1)


async def test_the_text_can_be_left_out(
    hass: HomeAssistant, entry: MockConfigEntry, recordings: list[StoredRecording]
) -> None:
    """The trace of an automation would keep a copy of it."""
    answer = await _call(hass, "get_recordings", include_text=False)
    assert "turn on the light" not in str(answer)
    assert "transcript" not in answer["recordings"][0]


async def test_purged_text_is_null(
    hass: HomeAssistant, entry: MockConfigEntry, recordings: list[StoredRecording]
) -> None:
    """The recording is still listed while its audio is there."""
    await _call(hass, "purge", all_devices=True, content=["transcript", "response"])
    answer = await _call(hass, "get_recordings")
    assert answer["total"] == 3
    assert answer["recordings"][0]["transcript"] is None
    assert answer["recordings"][0]["response"] is None


async def test_pages_follow_each_other(
    hass: HomeAssistant, entry: MockConfigEntry, recordings: list[StoredRecording]
) -> None:
    """Every recording comes once, newest first."""
    first = await _call(hass, "get_recordings", limit=2)
    second = await _call(hass, "get_recordings", limit=2, cursor=first["next_cursor"])
    assert first["total"] == second["total"] == 3
    assert second["next_cursor"] is None
    assert [
        item["recording_id"] for item in first["recordings"] + second["recordings"]
    ] == _ids(recordings)


async def test_each_filter_narrows(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recordings: list[StoredRecording],
    subtests: pytest.Subtests,
) -> None:
    """The newest is held, and the oldest has no audio."""
    until = dt_util.utcnow() + timedelta(days=3)
    newest, _, oldest = _ids(recordings)
    await _call(hass, "hold", recording_id=newest, until=until)
    await _call(hass, "purge", recording_id=oldest, content=["audio"])
    wanted: dict[str, Any]
    for wanted, count in (
        ({"entity_id": "assist_satellite.kitchen"}, 2),
        ({"engine": CLOUD}, 3),
        ({"engine": "stt.other"}, 0),
        ({"locality": "cloud"}, 3),
        ({"locality": "local"}, 0),
        ({"outcome": "ok"}, 3),
        ({"outcome": "error"}, 0),
        ({"held": True}, 1),
        ({"held": False}, 2),
        ({"content": ["audio"]}, 2),
        ({"content": ["audio", "response"]}, 3),
        ({"start_time": "2000-01-01"}, 3),
        ({"end_time": "2000-01-01"}, 0),
    ):
        with subtests.test(str(wanted)):
            answer = await _call(hass, "get_recordings", **wanted)
            assert answer["total"] == count
            assert len(answer["recordings"]) == count


async def test_a_made_up_cursor_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, subtests: pytest.Subtests
) -> None:
    """It is opaque to callers."""
    for cursor in ("x", "2026-01-01T00:00:00/abc", "'; DROP TABLE recordings; --"):
        with subtests.test(cursor):
            with pytest.raises(ServiceValidationError) as err:
                await _call(hass, "get_recordings", cursor=cursor)
            assert err.value.translation_key == "invalid_cursor"


async def test_a_wrong_target_lists_nothing(
    hass: HomeAssistant, entry: MockConfigEntry, recordings: list[StoredRecording]
) -> None:
    """An empty list would say that the satellite has no recordings."""
    with pytest.raises(ServiceValidationError) as err:
        await _call(hass, "get_recordings", area_id="moon")
    assert err.value.translation_key == "target_not_found"


# Hold


async def test_a_held_recording_is_shown_as_held(
    hass: HomeAssistant, entry: MockConfigEntry, recordings: list[StoredRecording]
) -> None:
    """A hold must be visible to everybody who looks."""
    recording_id = recordings[0].recording_id
    until = dt_util.utcnow() + timedelta(days=364)
    answer = await _call(hass, "hold", recording_id=recording_id, until=until)
    assert answer["recording_id"] == recording_id
    assert answer["held"] is True
    assert datetime.fromisoformat(answer["held_until"]) == until
    assert "transcript" not in answer
    answer = await _call(hass, "hold", recording_id=recording_id, release=True)
    assert answer["held"] is False
    assert answer["held_until"] is None


async def test_a_released_recording_whose_time_is_over_goes_at_once(
    hass: HomeAssistant, entry: MockConfigEntry, recordings: list[StoredRecording]
) -> None:
    """Nothing else would look at it for hours."""
    recording_id = recordings[0].recording_id
    until = dt_util.utcnow() + timedelta(days=3)
    await _call(hass, "hold", recording_id=recording_id, until=until)
    async with entry.runtime_data.storage.async_use() as vault:
        await vault._storage.write(
            lambda connection: connection.exec_driver_sql(
                "UPDATE recordings SET audio_expires = 1, text_expires = 1"
            )
        )
    await entry.runtime_data.sweeper.async_sweep()
    assert _ids(await _stored(entry)) == [recording_id]
    await _call(
        hass, "hold", wants_response=False, recording_id=recording_id, release=True
    )
    assert await _stored(entry) == []


async def test_a_hold_that_makes_no_sense_is_refused(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recordings: list[StoredRecording],
    subtests: pytest.Subtests,
) -> None:
    """Holding for ever is a way around every promise."""
    recording_id = recordings[0].recording_id
    data: dict[str, Any]
    for data, key in (
        ({}, "hold_until_or_release"),
        ({"release": False}, "hold_until_or_release"),
        ({"until": "2999-01-01", "release": True}, "hold_until_or_release"),
        ({"until": "2020-01-01"}, "hold_in_past"),
        ({"until": "2999-01-01"}, "hold_too_long"),
    ):
        with subtests.test(str(data)):
            with pytest.raises(ServiceValidationError) as err:
                await _call(hass, "hold", recording_id=recording_id, **data)
            assert err.value.translation_key == key
    assert all(item.held_until is None for item in await _stored(entry))


async def test_a_recording_that_is_not_there_cannot_be_held(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """A mistyped id must not pass for held."""
    until = dt_util.utcnow() + timedelta(days=3)
    with pytest.raises(ServiceValidationError) as err:
        await _call(hass, "hold", recording_id=UNKNOWN_ID, until=until)
    assert err.value.translation_key == "recording_not_found"
    assert err.value.translation_placeholders == {"recording_ids": UNKNOWN_ID}


# Get receipts


async def test_receipts_are_listed_newest_first(
    hass: HomeAssistant, entry: MockConfigEntry, recordings: list[StoredRecording]
) -> None:
    """Page by page, each with its place in the chain."""
    for recording_id in _ids(recordings):
        await _call(hass, "purge", recording_id=recording_id)
    first = await _call(hass, "get_receipts", limit=2)
    third, second = first["receipts"]
    assert third["sequence"] == second["sequence"] + 1
    assert third["previous_digest"] == second["digest"]
    assert third["kind"] == third["asked_by"] == "automation"
    assert third["scope"]["recording_ids"] == [recordings[2].recording_id]
    assert first["next_before"] == second["sequence"]
    last = await _call(hass, "get_receipts", limit=50, before=first["next_before"])
    assert last["receipts"][0]["sequence"] == second["sequence"] - 1
    assert last["next_before"] is None
    assert "turn on the light" not in str([first, last])


# All of them

ALL_ACTIONS: list[tuple[str, dict[str, Any]]] = [
    ("purge", {"recording_id": UNKNOWN_ID}),
    ("get_recordings", {}),
    ("get_receipts", {}),
    ("hold", {"recording_id": UNKNOWN_ID, "release": True}),
]


async def test_only_administrators_may_call(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recordings: list[StoredRecording],
    hass_read_only_user: MockUser,
    subtests: pytest.Subtests,
) -> None:
    """They reveal and destroy what others said."""
    context = Context(user_id=hass_read_only_user.id)
    for action, data in [*ALL_ACTIONS, ("purge", {"all_devices": True})]:
        with subtests.test(action), pytest.raises(Unauthorized):
            await _call(hass, action, context=context, **data)
    assert len(await _stored(entry)) == 3


async def test_without_the_entry_the_actions_say_so(
    hass: HomeAssistant, entry: MockConfigEntry, subtests: pytest.Subtests
) -> None:
    """They stay registered, so that automations remain valid."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    for action, data in ALL_ACTIONS:
        with subtests.test(action):
            with pytest.raises(ServiceValidationError) as err:
                await _call(hass, action, **data)
            assert err.value.translation_key == "not_loaded"


async def test_without_the_vault_the_actions_say_why(
    hass: HomeAssistant, entry: MockConfigEntry, subtests: pytest.Subtests
) -> None:
    """An empty answer would say that nothing is stored."""
    error = VaultUnavailableError(UnavailableReason.READ_ONLY)
    storage = type(entry.runtime_data.storage)
    for action, data in ALL_ACTIONS:
        with (
            subtests.test(action),
            patch.object(storage, "_async_vault", side_effect=error),
        ):
            with pytest.raises(HomeAssistantError) as err:
                await _call(hass, action, **data)
            assert err.value.translation_key == "vault_unavailable"
            assert err.value.translation_placeholders == {"reason": "read_only"}


async def test_calls_leave_no_words_on_the_event_bus(
    hass: HomeAssistant, entry: MockConfigEntry, recordings: list[StoredRecording]
) -> None:
    """The recorder stores each call; its answer is for the caller alone."""
    events: list[Event[Any]] = []
    remember: Callable[[Event[Any]], None] = events.append
    hass.bus.async_listen("*", remember)
    await _call(hass, "get_recordings")
    await _call(hass, "purge", all_devices=True)
    await settle(hass)
    assert any(event.event_type == EVENT_CALL_SERVICE for event in events)
    assert "turn on the light" not in str([event.as_dict() for event in events])


async def test_lost_settings_do_not_stop_a_purge(
    hass: HomeAssistant, entry: MockConfigEntry, recordings: list[StoredRecording]
) -> None:
    """Deleting is always allowed."""
    settings = entry.runtime_data.settings
    await settings._async_set(replace(settings.current, lost=True))
    await _call(hass, "purge", all_devices=True)
    assert await _stored(entry) == []
