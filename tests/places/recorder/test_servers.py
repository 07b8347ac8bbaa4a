"""MariaDB and PostgreSQL: what they leave of what is deleted, and when they cannot be asked."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from custom_components.voice_retention.places import recorder_rows
from custom_components.voice_retention.places.recorder_events import RecorderEventsPlace
from custom_components.voice_retention.places.recorder_rows import RecorderBusyError
from custom_components.voice_retention.places.recorder_states import RecorderStatesPlace
from tests.databases import MariaDB, Server

from ..history import BEDROOM_WORDS, KITCHEN_WORDS, said
from ..talk import purge
from .history import History

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("database", ["mariadb", "postgresql"], indirect=True),
]

HEARD = "sensor.last_transcript"


@pytest.fixture
def server(request: pytest.FixtureRequest, database: str, history: History) -> Server:
    """Return the server that the history is kept by."""
    server: Server = request.getfixturevalue(database)
    return server


async def test_a_repack_helps_with_mariadb_and_not_quite_with_postgresql(
    history: History, server: Server
) -> None:
    """What the README says of the residue in a receipt: freed rows, and the server's logs."""
    url = history.recorder.db_url
    words = f"{KITCHEN_WORDS} of {url.rpartition('/')[2]}"
    await history.fire("chat_said", text=words)
    await history.show(HEARD, words)
    await history.show(HEARD, BEDROOM_WORDS)
    is_mariadb = isinstance(server, MariaDB)
    for place in (RecorderEventsPlace(history.hass), RecorderStatesPlace(history.hass)):
        assert await purge(place, said(words)) == (1, 1, 0)
        assert place.residue == (
            "recorder_mariadb_rows_and_logs"
            if is_mariadb
            else "recorder_postgresql_rows_and_log"
        )
    assert not history.holds(words)

    await history.hass.services.async_call(
        "recorder", "purge", {"keep_days": 10, "repack": True}, blocking=True
    )
    await history.write()
    if not is_mariadb:
        server.execute("CHECKPOINT")
        assert any(path.parts[0] == "base" for path in server.files_with(words))
        server.execute("VACUUM FULL", url)
        server.execute("CHECKPOINT")
    left = server.files_with(words)
    assert left
    assert all(path.parts[0].startswith(server.logs) for path in left)
    assert history.states(HEARD) == [BEDROOM_WORDS]


async def test_rows_that_somebody_locked_are_left_and_go_with_the_next_try(
    history: History,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whoever asked gets an answer in time; nothing is deleted after it."""
    await history.fire("chat_said", text=KITCHEN_WORDS)
    place = RecorderEventsPlace(history.hass)
    target = said(KITCHEN_WORDS)
    caplog.clear()
    with create_engine(history.recorder.db_url).connect() as connection:
        connection.execute(text("SELECT * FROM events FOR UPDATE"))
        with monkeypatch.context() as patched:
            patched.setattr(recorder_rows, "PATIENCE_SECONDS", 0.5)
            with pytest.raises(RecorderBusyError):
                await place.async_purge(target)
        connection.rollback()
    await history.write()
    assert history.event_types() == ["chat_said"]
    assert await purge(place, target) == (1, 1, 0)
    assert "purple walrus" not in caplog.text


async def test_a_server_that_is_gone_is_told_and_the_next_try_succeeds(
    history: History, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """It may be restarted at any time; an error must not tell what was sought."""
    await history.fire("chat_said", text=KITCHEN_WORDS)
    place = RecorderEventsPlace(history.hass)
    target = said(KITCHEN_WORDS)
    caplog.clear()
    server.stop()
    try:
        with pytest.raises(OperationalError) as error:
            await place.async_purge(target)
    finally:
        server.start()
    assert "purple walrus" not in str(error.value) + caplog.text
    assert await purge(place, target) == (1, 1, 0)
    await history.fire("chat_said", text=BEDROOM_WORDS)
    assert history.event_types() == ["chat_said"]
