"""Sentences go from logs; the rest of each line stays, and logging goes on."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
import errno
import json
import logging
from logging.handlers import RotatingFileHandler
import os
from pathlib import Path
import queue
import threading
import time
from unittest.mock import patch

import pytest

from custom_components.voice_retention.places import log_files
from custom_components.voice_retention.places.log_files import LogNotOursError
from custom_components.voice_retention.places.log_redaction import HEADER
from custom_components.voice_retention.places.logs import LogsPlace
from homeassistant.components import system_log
from homeassistant.const import KEY_DATA_LOGGING
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.logging import async_activate_log_queue_handler
from tests.house import House

from .history import BEDROOM_WORDS, KITCHEN_WORDS, said, said_at
from .talk import AUDIO, Talk, purge

ASSIST = "homeassistant.components.assist_pipeline.pipeline"
LOG_FORMAT = (
    "%(asctime)s.%(msecs)03d %(levelname)s (%(threadName)s) [%(name)s] %(message)s"
)
SHORT_LINE = "2026-11-24 12:00:00.000 DEBUG (MainThread) [{}] {}\n"


@pytest.fixture
def log(hass: HomeAssistant) -> Path:
    """Return where the log is."""
    return Path(hass.config.path("home-assistant.log"))


@pytest.fixture
def place(house: House) -> LogsPlace:
    """Return the place."""
    return LogsPlace(house.hass)


@pytest.fixture
def logger(log: Path) -> Iterator[logging.Logger]:
    """Write the log as Home Assistant does, in a thread of its own."""
    handler = RotatingFileHandler(log, backupCount=1)
    handler.setFormatter(logging.Formatter(LOG_FORMAT, "%Y-%m-%d %H:%M:%S"))
    before = logging.root.handlers[:]
    logging.root.handlers[:] = [handler]
    async_activate_log_queue_handler(None)
    (queue_handler,) = logging.root.handlers
    logger = logging.getLogger("homeassistant.components.chatty")
    logger.setLevel(logging.DEBUG)
    yield logger
    logging.root.handlers[:] = before
    queue_handler.close()
    handler.close()


def lines(*texts: str, logger: str = "some.logger") -> str:
    """Return lines of a log."""
    return "".join(SHORT_LINE.format(logger, text) for text in texts)


async def test_a_sentence_is_redacted_and_the_line_stays(
    place: LogsPlace, log: Path
) -> None:
    """A log without its other lines would be of no use."""
    log.write_text(lines("one", f"heard '{KITCHEN_WORDS}' at 5", BEDROOM_WORDS))
    rotated = log.with_name("home-assistant.log.1")
    rotated.write_text(lines(KITCHEN_WORDS))
    log.with_name("home-assistant.log.2").touch()
    other = log.with_name("home-assistant.logbook")
    other.write_text(KITCHEN_WORDS)
    log.with_name("home-assistant.log.d").mkdir()
    inode = log.stat().st_ino

    with patch.object(logging.root, "handlers", []):
        assert await purge(place, said(KITCHEN_WORDS)) == (2, 2, 0)
    assert log.read_text() == lines("one", "heard '[deleted]' at 5", BEDROOM_WORDS)
    assert rotated.read_text() == lines("[deleted]")
    assert other.read_text() == KITCHEN_WORDS
    assert log.stat().st_ino == inode
    assert not list(log.parent.glob("*.redacted"))
    assert place.residue is None


@pytest.mark.parametrize(
    "words",
    [
        'say "hello there" to the nice walrus',
        "it's the walrus' own Küche",
        "first line of it\nand the second",
        "tell 😀 me a joke",
        "打开客厅的灯",
    ],
)
async def test_a_sentence_is_redacted_however_it_was_written(
    place: LogsPlace, log: Path, words: str
) -> None:
    """Python, JSON, and JSON in JSON escape letters each in their way."""
    once = json.dumps(words)
    log.write_text(
        lines(
            words,
            repr(words),
            repr({"said": f"\n{words}", "then": 'a"b'}),
            once,
            json.dumps(words, ensure_ascii=False),
            json.dumps({"payload": once}),
            repr(once),
        )
        + f"Traceback of something\n  {words}\n"
    )
    assert await purge(place, said(words)) == (7, 7, 0)
    left = log.read_text()
    assert left.count("[deleted]") == 8
    assert left.endswith("\nTraceback of something\n  [deleted]\n")


async def test_of_two_sentences_that_overlap_nothing_is_left(
    place: LogsPlace, log: Path
) -> None:
    """A reply often repeats the question."""
    log.write_text(lines("tell me about the purple walrus and its hat right now"))
    target = said(
        "tell me about the purple walrus",
        "the purple walrus and its hat",
        "about the purple",
        "walrus and its hat right now",
    )
    assert await purge(place, target) == (1, 1, 0)
    assert log.read_text() == lines("[deleted]")


async def test_a_short_sentence_goes_only_from_what_deals_with_speech(
    place: LogsPlace, log: Path
) -> None:
    """The word is everywhere."""
    own = lines("text='yes.', is yes", 'said "yes"', "'yesterday'", logger=ASSIST)
    others = lines("text='yes'", "yes")
    log.write_text(own + others + "no header 'yes'\n")
    assert await purge(place, said("yes")) == (2, 2, 0)
    assert log.read_text() == (
        lines(
            "text='[deleted].', is yes",
            'said "[deleted]"',
            "'yesterday'",
            logger=ASSIST,
        )
        + others
        + "no header 'yes'\n"
    )


async def test_lines_from_before_the_sentence_stay(place: LogsPlace, log: Path) -> None:
    """They are about something else that was said in the same words."""
    said_then = dt_util.utc_from_timestamp(datetime(2026, 11, 24, 12, 30).timestamp())  # noqa: DTZ001
    early, late = lines(KITCHEN_WORDS, "'yes'", logger=ASSIST), None
    late = early.replace(" 12:00:", " 23:00:")
    soon = early.replace(" 12:00:", " 12:31:")
    log.write_text(f"{KITCHEN_WORDS}\n{early}{soon}{late}")
    target = said_at(said_then, words=[KITCHEN_WORDS, "yes"])
    assert await purge(place, target) == (4, 4, 0)
    assert log.read_text() == (
        f"[deleted]\n{early}"
        + soon.replace(KITCHEN_WORDS, "[deleted]").replace("yes", "[deleted]")
        + late.replace(KITCHEN_WORDS, "[deleted]")
    )


async def test_a_log_that_tells_its_time_zone_is_read_line_by_line(
    place: LogsPlace, log: Path
) -> None:
    """As from 2026.11 on; otherwise the time of the first line would count for all."""
    text = lines(KITCHEN_WORDS, "no", logger=ASSIST).replace(".000", ".000+00:00")
    log.write_text(text)
    at = datetime.fromisoformat("2026-11-24 12:00:00+00:00")
    assert await purge(place, said_at(at, words=[KITCHEN_WORDS])) == (1, 1, 0)
    assert log.read_text() == text.replace(KITCHEN_WORDS, "[deleted]")
    assert len(list(HEADER.finditer(text))) == 2


async def test_what_was_streamed_word_by_word_goes_from_its_time(
    place: LogsPlace, log: Path
) -> None:
    """Of a single word nobody can tell whose it is."""
    log.write_text(
        lines(
            "Received delta: {'content': 'walrus '}",
            "Adding something",
            logger="homeassistant.components.conversation.chat_log",
        )
        + lines("Received delta: {'content': 'walrus '}")
    )
    moment = datetime.fromisoformat("2026-11-24 12:00:00").astimezone()
    assert await purge(place, said_at(moment, words=[KITCHEN_WORDS])) == (1, 1, 0)
    assert "Received delta: [deleted]\n" in log.read_text()
    assert log.read_text().count("walrus") == 1
    log.write_text(lines("Received delta: {}", logger=ASSIST))
    later = moment + timedelta(days=1)
    assert await purge(place, said_at(later, words=[KITCHEN_WORDS])) == (0, 0, 0)


async def test_a_sentence_without_a_time_is_redacted_everywhere(
    place: LogsPlace, log: Path
) -> None:
    """A purge of everything names no beginning."""
    before = lines(KITCHEN_WORDS, "'yes'", logger=ASSIST)
    log.write_text(before)
    late = said_at(dt_util.utcnow() + timedelta(days=1), words=[KITCHEN_WORDS, "yes"])
    assert await purge(place, late) == (0, 0, 0)
    assert await purge(place, said(KITCHEN_WORDS, "yes")) == (2, 2, 0)


async def test_a_held_sentence_stays(talk: Talk, log: Path) -> None:
    """Its recording is protected, and so is what was logged of it."""
    await talk.both_ask()
    (run,) = talk.runs(talk.house.kitchen)
    assert run.started is not None
    # A log is in local time, as the process has it.
    now = datetime.fromtimestamp(run.started.timestamp()).isoformat(" ")  # noqa: DTZ006
    log.write_text(lines(KITCHEN_WORDS).replace("2026-11-24 12:00:00.000", now))
    target = said(KITCHEN_WORDS, spared_runs=frozenset({run.run_id}))
    assert await purge(LogsPlace(talk.hass), target) == (0, 0, 0)


async def test_logging_goes_on_meanwhile(
    hass: HomeAssistant, place: LogsPlace, log: Path, logger: logging.Logger
) -> None:
    """No line is lost or damaged, and no sentence slips in behind the search."""
    stop = threading.Event()
    written = 0

    def chat() -> None:
        nonlocal written
        while not stop.is_set():
            logger.debug("line %s of %s", written, KITCHEN_WORDS)
            written += 1
            time.sleep(0.001)

    chatting = asyncio.create_task(asyncio.to_thread(chat))
    await asyncio.sleep(0.05)
    for _ in range(5):
        assert await place.async_purge(said(KITCHEN_WORDS)) > 0
    stop.set()
    await chatting
    logger.debug("the end")
    await place.async_purge(said(KITCHEN_WORDS))
    assert await place.async_verify(said(KITCHEN_WORDS)) == 0
    left = log.read_bytes()
    assert b"\0" not in left
    assert [line.split("] ")[1] for line in left.decode().splitlines()] == [
        *(f"line {number} of [deleted]" for number in range(written)),
        "the end",
    ]


async def test_a_huge_log_is_read_piece_by_piece(
    place: LogsPlace, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record may be endless, and shrink by more than a piece."""
    monkeypatch.setattr(log_files, "CHUNK", 50)
    monkeypatch.setattr(log_files, "MAX_RECORD", 2000)
    log.write_text(lines(f"{KITCHEN_WORDS}\n" * 200) + lines("last"))
    assert await place.async_purge(said(KITCHEN_WORDS)) == 4
    assert log.read_text() == lines("[deleted]\n" * 200) + lines("last")


async def test_a_log_that_is_no_text_keeps_its_bytes(
    place: LogsPlace, log: Path
) -> None:
    """Something wrote Latin-1."""
    log.write_bytes(b"caf\xe9 " + KITCHEN_WORDS.encode() + b" \xff\n")
    assert await purge(place, said(KITCHEN_WORDS)) == (1, 1, 0)
    assert log.read_bytes() == b"caf\xe9 [deleted] \xff\n"


async def test_a_log_elsewhere_is_found(
    hass: HomeAssistant, place: LogsPlace, tmp_path: Path
) -> None:
    """The command line may say where it goes."""
    log = tmp_path / "elsewhere" / "ha.log"
    log.parent.mkdir()
    log.write_text(lines(KITCHEN_WORDS))
    hass.data[KEY_DATA_LOGGING] = str(log)
    assert await purge(place, said(KITCHEN_WORDS)) == (1, 1, 0)


async def test_a_log_that_is_not_ours_is_left(place: LogsPlace, log: Path) -> None:
    """It may be the console of the system, or a pipe that nobody reads."""
    elsewhere = log.with_name("elsewhere")
    elsewhere.write_text(KITCHEN_WORDS)
    log.symlink_to(elsewhere)
    with pytest.raises(LogNotOursError):
        await place.async_find(said(KITCHEN_WORDS))
    assert elsewhere.read_text() == KITCHEN_WORDS
    log.unlink()
    os.mkfifo(log)
    with pytest.raises(LogNotOursError):
        await place.async_find(said(KITCHEN_WORDS))


@pytest.mark.parametrize(
    ("number", "error"), [(errno.EROFS, LogNotOursError), (errno.EIO, OSError)]
)
async def test_a_log_that_cannot_be_written_is_told(
    place: LogsPlace, log: Path, number: int, error: type[Exception]
) -> None:
    """The receipt has to say so."""
    log.write_text(lines(KITCHEN_WORDS))
    with (
        patch("os.open", side_effect=OSError(number, "no")),
        pytest.raises(error),
    ):
        await place.async_purge(said(KITCHEN_WORDS))


async def test_a_queue_that_never_empties_is_not_waited_for(
    place: LogsPlace, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody may log without end."""
    log.write_text(lines(KITCHEN_WORDS))
    handler = logging.handlers.QueueHandler(queue.SimpleQueue())
    handler.listener = logging.handlers.QueueListener(handler.queue)
    handler.enqueue(None)
    monkeypatch.setattr(log_files, "_QUEUE_SECONDS", 0.05)
    monkeypatch.setattr(logging.root, "handlers", [handler])
    assert await purge(place, said(KITCHEN_WORDS)) == (1, 1, 0)


async def test_a_full_disk_leaves_the_log_as_it_was(
    place: LogsPlace, log: Path
) -> None:
    """It is written beside the log first."""
    log.write_text(lines(KITCHEN_WORDS))
    with (
        patch.object(
            log_files, "_write_edited", side_effect=OSError(errno.ENOSPC, "no")
        ),
        pytest.raises(OSError, match="no"),
    ):
        await place.async_purge(said(KITCHEN_WORDS))
    assert log.read_text() == lines(KITCHEN_WORDS)
    assert not list(log.parent.glob("*.redacted"))


async def test_the_memory_of_the_system_log_is_redacted(
    hass: HomeAssistant, place: LogsPlace
) -> None:
    """Everybody who administers the home sees it."""
    assert await async_setup_component(hass, "system_log", {})
    handler = hass.data[system_log.DOMAIN]
    logger = logging.getLogger("custom_components.chatty")
    for number in range(2):
        handler.handle(
            logger.makeRecord(
                logger.name,
                logging.WARNING,
                "f",
                1,
                f"{number}: {KITCHEN_WORDS}",
                (),
                None,
            )
        )
    handler.setFormatter(logging.Formatter())
    info = (ValueError, ValueError(KITCHEN_WORDS), None)
    handler.handle(
        logger.makeRecord(logger.name, logging.ERROR, "g", 2, "bad", (), info)
    )
    assert await purge(place, said(KITCHEN_WORDS)) == (2, 2, 0)
    shown = handler.records.to_list()
    assert list(shown[1]["message"]) == ["0: [deleted]", "1: [deleted]"]
    assert shown[0]["exception"].endswith("ValueError: [deleted]")
    later = said(KITCHEN_WORDS, start=dt_util.utcnow() + timedelta(hours=1))
    assert await purge(place, later) == (0, 0, 0)


async def test_what_cannot_be_reached_is_told(
    hass: HomeAssistant, place: LogsPlace, log: Path
) -> None:
    """The console is somebody else's, and packed logs are not unpacked."""
    log.write_text(lines(KITCHEN_WORDS))
    console = logging.StreamHandler()
    logging.root.addHandler(console)
    try:
        assert await place.async_purge(said(KITCHEN_WORDS)) == 1
    finally:
        logging.root.removeHandler(console)
    assert place.residue == "console_log"
    log.with_name("home-assistant.log.2.gz").write_bytes(b"")
    assert await purge(place, said(KITCHEN_WORDS)) == (0, 0, 0)
    assert place.residue == "compressed_logs"


async def test_nothing_is_sought_where_nothing_was_said(
    place: LogsPlace, log: Path
) -> None:
    """A purge of audio leaves the logs alone."""
    log.write_text(lines(KITCHEN_WORDS))
    assert await purge(place, said(KITCHEN_WORDS, contents=AUDIO)) == (0, 0, 0)
    assert log.read_text() == lines(KITCHEN_WORDS)


def test_what_an_interrupted_edit_left_is_deleted(tmp_path: Path) -> None:
    """It is full of words, and no log of Home Assistant's that anybody would search."""
    log = tmp_path / "home-assistant.log"
    log.write_text("as it is")
    left = tmp_path / f"home-assistant.log.1{log_files._EDITED}"
    left.write_text(KITCHEN_WORDS)
    log_files.remove_leftovers(log)
    assert [path.name for path in tmp_path.iterdir()] == [log.name]
