"""SQLite alone: it overwrites what is deleted, and is locked as a whole."""

import sqlite3
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import event, text

from custom_components.voice_retention.places import recorder_file, recorder_rows
from custom_components.voice_retention.places.recorder_events import (
    EventRows,
    RecorderEventsPlace,
)
from custom_components.voice_retention.places.recorder_rows import (
    RecorderLockedError,
    RecorderLogInUseError,
)
from custom_components.voice_retention.places.recorder_states import RecorderStatesPlace
from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant

from ..history import BEDROOM_WORDS, KITCHEN_WORDS, said
from ..talk import purge
from .history import History

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


HEARD = "sensor.last_transcript"


@pytest.fixture
def place(hass: HomeAssistant) -> RecorderEventsPlace:
    """Return the place of events."""
    return RecorderEventsPlace(hass)


async def test_the_database_overwrites_only_for_the_deletion(
    history: History, place: RecorderEventsPlace
) -> None:
    """The recorder's own setting is its own, and may be off; the bytes go all the same."""

    def set_secure_delete(instance: Recorder) -> bool:
        assert instance.engine is not None
        with instance.engine.connect() as connection:
            connection.execute(text("PRAGMA secure_delete=OFF"))
        return True

    settings: list[int] = []

    def read_secure_delete(instance: Recorder) -> bool:
        assert instance.engine is not None
        with instance.engine.connect() as connection:
            settings.append(connection.execute(text("PRAGMA secure_delete")).scalar())
        return True

    await recorder_rows.async_run(history.recorder, set_secure_delete)
    await history.fire("chat_said", text=KITCHEN_WORDS, more="x" * 20000)
    assert await purge(place, said(KITCHEN_WORDS)) == (1, 1, 0)
    await recorder_rows.async_run(history.recorder, read_secure_delete)
    assert settings == [0]
    assert not history.holds("purple walrus")


async def test_no_other_database_is_told_how_to_overwrite(
    history: History, place: RecorderEventsPlace
) -> None:
    """MariaDB and PostgreSQL know no such setting, and would refuse the whole deletion."""
    statements: list[str] = []

    def note(*context: Any) -> None:
        statements.append(context[2])

    assert history.recorder.engine is not None
    await history.fire("chat_said", text=KITCHEN_WORDS)
    event.listen(history.recorder.engine, "before_cursor_execute", note)
    dialect = history.recorder.engine.dialect
    with patch.object(dialect, "name", "mysql"):
        await place.async_purge(said(KITCHEN_WORDS))
    assert any("DELETE FROM event_data" in statement for statement in statements)
    assert not any("secure_delete" in statement for statement in statements)


async def test_words_that_stay_in_the_log_of_the_database_are_not_forgotten(
    history: History, place: RecorderEventsPlace
) -> None:
    """Somebody reads, so the write-ahead log cannot be emptied; the next try does it."""
    await history.fire("chat_said", text=KITCHEN_WORDS)
    reader = sqlite3.connect(history.path)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM events").fetchall()
    target = said(KITCHEN_WORDS)
    with pytest.raises(RecorderLogInUseError):
        await place.async_purge(target)
    assert history.holds("purple walrus")
    reader.close()
    assert await purge(place, target) == (0, 0, 0)
    assert not history.holds("purple walrus")


async def test_nothing_is_left_to_tell_of(
    history: History, place: RecorderEventsPlace
) -> None:
    """Only other databases leave what they delete where it was."""
    await history.fire("chat_said", text=KITCHEN_WORDS)
    assert await purge(place, said(KITCHEN_WORDS)) == (1, 1, 0)
    assert place.residue is None
    await history.fire("chat_said", text=KITCHEN_WORDS)
    with patch.dict(history.recorder.__dict__, {"dialect_name": "mysql"}):
        assert await purge(place, said(KITCHEN_WORDS)) == (1, 1, 0)
    assert place.residue == "recorder_mariadb_rows_and_logs"


async def test_what_failed_half_way_is_finished_later(
    history: History, place: RecorderEventsPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was deleted before the failure is not found again, but still in the log."""
    # The first and the last are never in one piece, whatever came before them.
    for number in range(5):
        await history.fire("chat_said", text=f"{KITCHEN_WORDS} {number}")
    monkeypatch.setattr(recorder_rows, "SLICE_ROWS", 1)
    delete = EventRows.delete
    fails = iter((False, True))

    def fail(self: EventRows, *args: Any) -> None:
        if next(fails):
            raise RuntimeError
        delete(self, *args)

    with patch.object(EventRows, "delete", fail), pytest.raises(RuntimeError):
        await place.async_purge(said(f"{KITCHEN_WORDS} 0", f"{KITCHEN_WORDS} 4"))
    assert await purge(place, said(f"{KITCHEN_WORDS} 0")) == (0, 0, 0)
    assert not history.holds(f"{KITCHEN_WORDS} 0")
    assert history.holds(f"{KITCHEN_WORDS} 4")


async def test_a_locked_recorder_is_not_waited_for(
    history: History, place: RecorderEventsPlace
) -> None:
    """A backup keeps it from writing for minutes."""
    assert await history.recorder.lock_database()
    try:
        with pytest.raises(RecorderLockedError):
            await place.async_purge(said(KITCHEN_WORDS))
    finally:
        assert history.recorder.unlock_database()


async def test_words_elsewhere_in_the_file_are_told(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the recorder's own changes left in free space is out of reach but for a repack."""
    place = RecorderStatesPlace(history.hass)
    await history.show(HEARD, KITCHEN_WORDS)
    await history.fire("chat_said", text=KITCHEN_WORDS)
    monkeypatch.setattr(recorder_file, "BLOCK", 10)
    assert await purge(place, said(KITCHEN_WORDS)) == (1, 1, 0)
    assert place.residue == "recorder_free_space"

    await history.show(HEARD, "on")
    assert await purge(place, said("on")) == (1, 1, 0)
    assert place.residue is None

    monkeypatch.setattr(recorder_file, "MAX_FILE", 10)
    await history.show(HEARD, BEDROOM_WORDS)
    assert await purge(place, said(BEDROOM_WORDS)) == (1, 1, 0)
    assert place.residue == "recorder_free_space"
