"""Events with what was said go from a real recorder's database; nothing else does."""

import asyncio
from datetime import timedelta
import json
import time
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from custom_components.voice_retention.places import recorder_rows
from custom_components.voice_retention.places.recorder_events import RecorderEventsPlace
from custom_components.voice_retention.places.recorder_rows import (
    RecorderBusyError,
    RecorderMigratingError,
    RecorderStoppedError,
)
from custom_components.voice_retention.policy.models import Content
from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import DATA_INSTANCE
from homeassistant.util import dt as dt_util
from tests.house import House

from ..history import BEDROOM_WORDS, KITCHEN_REPLY, KITCHEN_WORDS, said, said_at
from ..talk import AUDIO, purge
from .history import History


@pytest.fixture
def place(hass: HomeAssistant) -> RecorderEventsPlace:
    """Return the place."""
    return RecorderEventsPlace(hass)


CALLS = [
    pytest.param("conversation", "process", {"text": KITCHEN_WORDS}, id="process"),
    pytest.param("tts", "speak", {"message": KITCHEN_REPLY}, id="speak"),
    pytest.param("assist_satellite", "announce", {"message": KITCHEN_REPLY}, id="say"),
    pytest.param(
        "assist_satellite",
        "ask_question",
        {"question": KITCHEN_REPLY, "answers": [{"sentences": [KITCHEN_WORDS]}]},
        id="ask",
    ),
    pytest.param(
        "notify", "phone", {"message": f'Heard: "{KITCHEN_WORDS}".'}, id="quoted"
    ),
]


@pytest.mark.parametrize(("domain", "action", "data"), CALLS)
async def test_a_call_with_a_sentence_goes(
    history: History,
    place: RecorderEventsPlace,
    domain: str,
    action: str,
    data: dict[str, Any],
) -> None:
    """The recorder would keep it for ten days; the bytes must go with it."""
    for words in (KITCHEN_WORDS, BEDROOM_WORDS):
        sent = json.loads(
            json.dumps(data)
            .replace(KITCHEN_WORDS, words)
            .replace(KITCHEN_REPLY, f"Now {words}")
        )
        await history.fire("call_service", domain=domain, service=action, **sent)
    await history.fire("call_service", domain=domain, service=action, service_data=data)
    assert history.holds("purple walrus")

    target = said(KITCHEN_WORDS, responses=[KITCHEN_REPLY])
    assert await purge(place, target) == (2, 2, 0)
    assert not history.holds("purple walrus")
    assert history.holds("orange giraffe")
    assert history.event_types() == ["call_service"]
    assert history.dangling() == 0


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        pytest.param("schalte das Licht in der Küche ein", "Küche", id="umlaut"),
        pytest.param("打开客厅的灯", "打开", id="chinese"),
        pytest.param('say "hello there" to me 100%', "hello there", id="quotes"),
        pytest.param("first line of it\nand the second", "second", id="lines"),
        pytest.param("tell 😀 me a joke", "tell me a joke", id="astral"),
        pytest.param("a_b c_d e_f g\\h", "a1b c1d e1f g/h", id="wildcards"),
        pytest.param("tell me more", "tell me moreover", id="part of a word"),
        pytest.param("light it all up", "relight it all up", id="end of a word"),
        pytest.param("Tell me a joke", "tell me a joke", id="other letters"),
    ],
)
async def test_a_sentence_is_found_however_it_was_written(
    history: History, place: RecorderEventsPlace, words: str, kept: str
) -> None:
    """JSON escapes some letters, and JSON inside JSON escapes them twice."""
    await history.fire("chat_plain", text=f"- {words}!")
    await history.fire("chat_nested", payload=json.dumps({"heard": words}))
    await history.fire("chat_other", text=kept)
    assert await purge(place, said(words)) == (2, 2, 0)
    assert history.event_types() == ["chat_other"]


async def test_a_short_sentence_goes_only_from_where_sentences_are_kept(
    history: History, place: RecorderEventsPlace
) -> None:
    """A button that was pressed says "on" as well, and a call names its area."""
    await history.fire("chat_said", transcript="yes.")
    await history.fire("chat_said", text="yes, do it")
    await history.fire("chat_pressed", command="yes", area_id="yes")
    assert await purge(place, said("yes")) == (1, 1, 0)
    assert history.event_types() == ["chat_said", "chat_pressed"]


async def test_a_thing_that_is_named_like_the_sentence_stays(
    history: History, place: RecorderEventsPlace
) -> None:
    """People name an automation after the sentence that starts it."""
    await history.fire("chat_automation", name=KITCHEN_WORDS)
    assert await purge(place, said(KITCHEN_WORDS)) == (0, 0, 0)


async def test_shared_data_stays_for_the_events_that_stay(
    history: History, place: RecorderEventsPlace
) -> None:
    """The recorder stores equal data once; the row of another time still needs it."""
    for _ in range(3):
        await history.fire("chat_said", text=KITCHEN_WORDS)
    history.move("events", "time_fired_ts", timedelta(days=-2), "event_id % 3 = 0")
    start = dt_util.utcnow() - timedelta(hours=1)
    assert await purge(place, said(KITCHEN_WORDS, start=start)) == (2, 2, 0)
    assert history.event_types() == ["chat_said"]
    assert history.holds("purple walrus")
    assert history.dangling() == 0

    assert await purge(place, said(KITCHEN_WORDS)) == (1, 1, 0)
    assert not history.holds("purple walrus")


async def test_the_recorder_writes_the_same_data_again_afterwards(
    history: History, place: RecorderEventsPlace
) -> None:
    """It keeps ids of data in memory: a later event must not refer to a row that is gone."""
    await history.fire("chat_said", text=KITCHEN_WORDS)
    assert await purge(place, said(KITCHEN_WORDS)) == (1, 1, 0)
    await history.fire("chat_said", text=KITCHEN_WORDS)
    assert history.dangling() == 0
    assert await place.async_find(said(KITCHEN_WORDS)) == 1


async def test_what_is_about_to_be_written_is_found(
    hass: HomeAssistant, history: History, place: RecorderEventsPlace
) -> None:
    """The recorder writes some seconds late; a purge must not pass it by."""
    history.recorder.commit_interval = 60
    hass.bus.async_fire("chat_said", {"text": KITCHEN_WORDS})
    assert await purge(place, said(KITCHEN_WORDS)) == (1, 1, 0)
    assert not history.holds("purple walrus")


async def test_only_the_time_after_a_recording_is_meant(
    history: History, place: RecorderEventsPlace
) -> None:
    """The same words of another day belong to another recording."""
    for _ in range(4):
        await history.fire("chat_said", text=KITCHEN_WORDS)
    for number, hours in ((0, -5), (1, -3), (2, -1)):
        history.move(
            "events",
            "time_fired_ts",
            timedelta(hours=hours),
            f"event_id % 4 = {number}",
        )
    now = dt_util.utcnow()
    moments = [now - timedelta(hours=3), now - timedelta(hours=3, minutes=3), now]
    target = said_at(*moments, words=[KITCHEN_WORDS])
    assert await purge(place, target) == (2, 2, 0)
    assert await purge(place, said_at(words=[KITCHEN_WORDS])) == (0, 0, 0)
    assert len(history.event_types()) == 2


async def test_what_another_satellite_heard_stays(
    history: History, place: RecorderEventsPlace
) -> None:
    """Two people may say the same."""
    for satellite in ("assist_satellite.kitchen", "assist_satellite.bedroom"):
        await history.fire("chat_said", text=KITCHEN_WORDS, satellite_id=satellite)
    target = said(KITCHEN_WORDS, satellite_ids=frozenset({"assist_satellite.kitchen"}))
    assert await purge(place, target) == (1, 1, 0)
    assert history.holds("assist_satellite.bedroom")


async def test_a_purge_of_audio_leaves_the_text(
    history: History, place: RecorderEventsPlace
) -> None:
    """Only what was asked for goes, and nothing is sought where nothing was said."""
    await history.fire("chat_said", text=KITCHEN_WORDS)
    assert await purge(place, said(KITCHEN_WORDS, contents=AUDIO)) == (0, 0, 0)
    assert await purge(place, said()) == (0, 0, 0)
    response_only = said(KITCHEN_WORDS, contents=frozenset({Content.RESPONSE}))
    assert await purge(place, response_only) == (0, 0, 0)
    assert history.holds("purple walrus")


async def test_much_history_is_searched_in_pieces(
    history: History, place: RecorderEventsPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recorder has to get its turn, and many events may have the same moment."""
    for number in range(12):
        await history.fire("chat_said", text=f"{KITCHEN_WORDS} {number}")
    history.move("events", "time_fired_ts", timedelta(), "1 = 1")
    monkeypatch.setattr(recorder_rows, "SLICE_ROWS", 2)
    monkeypatch.setattr(recorder_rows, "STEP_SECONDS", 0.0001)
    start = dt_util.utcnow() - timedelta(hours=1)
    assert await purge(place, said(KITCHEN_WORDS, start=start)) == (12, 12, 0)
    for number in range(12):
        await history.fire("chat_said", text=f"{KITCHEN_WORDS} {number}")
    assert await purge(place, said(KITCHEN_WORDS)) == (12, 12, 0)


async def test_a_thousand_sentences_are_found(
    history: History, place: RecorderEventsPlace
) -> None:
    """Then every row of the time is read, since asking for each would take longer."""
    for number in (1, 500, 1001):
        await history.fire("chat_said", text=f"I said sentence number {number}")
    target = said(*(f"I said sentence number {number}" for number in range(1000)))
    assert await purge(place, target) == (2, 2, 0)
    assert history.event_types() == ["chat_said"]


async def test_there_is_nothing_in_a_house_without_a_recorder(
    house: House, place: RecorderEventsPlace
) -> None:
    """It can be left out of the configuration."""
    assert DATA_INSTANCE not in house.hass.data
    assert await purge(place, said(KITCHEN_WORDS)) == (0, 0, 0)


async def test_a_recorder_that_changes_its_tables_is_not_disturbed(
    history: History, place: RecorderEventsPlace
) -> None:
    """The receipt says so, and it is tried again later."""
    history.recorder.migration_in_progress = True
    with pytest.raises(RecorderMigratingError):
        await place.async_find(said(KITCHEN_WORDS))


async def test_a_recorder_that_ended_is_told(
    history: History, place: RecorderEventsPlace
) -> None:
    """Nobody would ever do the work."""
    alive = iter([True, False])
    with (
        patch.object(history.recorder, "is_alive", lambda: next(alive)),
        patch.object(history.recorder, "queue_task"),
        pytest.raises(RecorderStoppedError),
    ):
        await place.async_find(said(KITCHEN_WORDS))
    with (
        patch.object(history.recorder, "is_alive", lambda: False),
        pytest.raises(RecorderStoppedError),
    ):
        await place.async_find(said(KITCHEN_WORDS))


async def test_a_busy_recorder_does_not_delete_later_by_surprise(
    history: History, place: RecorderEventsPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The receipt said that nothing was deleted."""
    await history.fire("chat_said", text=KITCHEN_WORDS)
    queued: list[Any] = []
    monkeypatch.setattr(recorder_rows, "PATIENCE_SECONDS", 0.1)
    with (
        patch.object(history.recorder, "queue_task", queued.append),
        pytest.raises(RecorderBusyError),
    ):
        await place.async_purge(said(KITCHEN_WORDS))
    history.recorder.queue_task(queued[0])
    await history.write()
    assert history.event_types() == ["chat_said"]


async def test_a_piece_that_comes_back_too_late_changes_nothing(
    history: History, place: RecorderEventsPlace
) -> None:
    """Somebody else's lock kept it until the receipt had said that it failed."""
    await history.fire("chat_said", text=KITCHEN_WORDS)
    step = recorder_rows.RowSearch.step

    def too_late(search: recorder_rows.RowSearch, instance: Recorder) -> bool:
        """Give up while the piece is being worked on."""
        search.give_up()
        return step(search, instance)

    with patch.object(recorder_rows.RowSearch, "step", too_late):
        assert await place.async_purge(said(KITCHEN_WORDS)) == 0
    await history.write()
    assert history.event_types() == ["chat_said"]


async def test_no_statement_that_is_remembered_tells_what_was_sought(
    history: History, place: RecorderEventsPlace
) -> None:
    """Whoever prepares a statement once for many uses keeps what it was first used for."""
    await purge(place, said(KITCHEN_WORDS))
    assert history.recorder.engine is not None
    remembered = history.recorder.engine._compiled_cache  # type: ignore[attr-defined]
    assert remembered
    assert not any("walrus" in str(item.params) for item in remembered.values())


async def test_an_error_of_the_database_does_not_tell_what_was_sought(
    history: History,
    place: RecorderEventsPlace,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The recorder logs what fails, with its parameters unless told otherwise."""
    await history.fire("chat_said", text=KITCHEN_WORDS)
    caplog.clear()
    with (
        patch.object(
            recorder_rows.RowSearch,
            "_cut",
            lambda _self, session, _window: session.execute(
                text("SELECT no_such_column WHERE :words = ''"),
                {"words": KITCHEN_WORDS},
            ),
        ),
        pytest.raises(DatabaseError) as error,
    ):
        await place.async_purge(said(KITCHEN_WORDS))
    assert "no_such_column" in str(error.value)
    assert "purple walrus" not in str(error.value)
    assert "no_such_column" in caplog.text
    assert "purple walrus" not in caplog.text
    # The recorder has put itself right.
    assert await purge(place, said(KITCHEN_WORDS)) == (1, 1, 0)


async def test_the_event_loop_goes_on_meanwhile(
    history: History, place: RecorderEventsPlace
) -> None:
    """Somebody may be speaking."""
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    with patch.object(
        recorder_rows.RowSearch, "_cut", lambda _self, _session, _window: _sleep()
    ):
        ticker = asyncio.create_task(tick())
        with pytest.raises(TimeoutError):
            await place.async_find(said(KITCHEN_WORDS))
        ticker.cancel()
    assert ticks > 10


def _sleep() -> None:
    """Keep the recorder's thread for a moment."""
    time.sleep(0.2)
    raise TimeoutError
