"""Test how people look through the recordings."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from custom_components.voice_retention.policy.models import (
    Content,
    Locality,
    LocalityReport,
    Outcome,
)
from custom_components.voice_retention.vault import RecordingFilter, Vault
from custom_components.voice_retention.vault.errors import VaultUnavailableError
from custom_components.voice_retention.vault.models import RecordingText
from custom_components.voice_retention.vault.wording import looks_for

from .make import HOUR, NOW, satellite, utterance

EVERYTHING = RecordingFilter()


@pytest.fixture
async def said(vault: Vault) -> list[str]:
    """Store ten sentences, an hour between two; return their ids, newest first."""
    sentences = [
        utterance(
            created=NOW - number * HOUR,
            origin=satellite("kitchen" if number % 2 else "bedroom"),
            engine_id="stt.local" if number % 3 else "stt.cloud",
            report=LocalityReport(
                locality=Locality.LOCAL if number % 3 else Locality.CLOUD
            ),
            outcome=Outcome.OK if number % 5 else Outcome.UNRECOGNISED,
            transcript=f"sentence {number} of ten" if number != 4 else None,
            response=f"réponse {number}",
        )
        for number in range(10)
    ]
    await vault.recordings.store(sentences)
    return [sentence.recording_id for sentence in sentences]


async def _slice(vault: Vault, wanted: RecordingFilter, offset: int) -> list[str]:
    """Return the ids of three recordings from an offset on."""
    found = await vault.browsing.slice(wanted, offset=offset, limit=3)
    return [item.recording_id for item in found]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        pytest.param(EVERYTHING, range(10), id="everything"),
        pytest.param(
            RecordingFilter(satellite_keys=["kitchen"]), range(1, 10, 2), id="one"
        ),
        pytest.param(
            RecordingFilter(satellite_keys=["kitchen", "bedroom"]),
            range(10),
            id="several",
        ),
        pytest.param(
            RecordingFilter(engine_id="stt.cloud"), range(0, 10, 3), id="engine"
        ),
        pytest.param(
            RecordingFilter(locality=Locality.CLOUD), range(0, 10, 3), id="locality"
        ),
        pytest.param(
            RecordingFilter(outcome=Outcome.UNRECOGNISED), (0, 5), id="unrecognised"
        ),
        pytest.param(
            RecordingFilter(start=NOW - 6 * HOUR, end=NOW - HOUR), range(2, 7), id="day"
        ),
        pytest.param(
            RecordingFilter(contents=[Content.TRANSCRIPT]),
            (0, 1, 2, 3, 5, 6, 7, 8, 9),
            id="content",
        ),
        pytest.param(RecordingFilter(held_at=NOW), (), id="held"),
    ],
)
async def test_every_offset_gives_what_is_there_in_the_whole_list(
    vault: Vault, said: list[str], wanted: RecordingFilter, numbers: range
) -> None:
    """Scrolling shows each recording once, newest first."""
    whole = [said[number] for number in numbers]
    assert await vault.browsing.count(wanted) == len(whole)
    assert await vault.browsing.ids(wanted) == frozenset(whole)
    for offset in range(len(whole) + 2):
        assert await _slice(vault, wanted, offset) == whole[offset : offset + 3]


async def test_recordings_of_one_moment_have_an_order_too(vault: Vault) -> None:
    """Else one would be shown twice and another one never."""
    await vault.recordings.store([utterance() for _ in range(7)])
    shown = [
        recording_id
        for offset in range(0, 7, 3)
        for recording_id in await _slice(vault, EVERYTHING, offset)
    ]
    assert len({*shown}) == 7
    assert all(one > other for one, other in pairwise(shown))


async def test_what_is_stored_later_moves_nothing(
    vault: Vault, said: list[str]
) -> None:
    """Not even a sentence that began earlier and ended late."""
    wanted = RecordingFilter(up_to=await vault.browsing.newest())
    await vault.recordings.store(
        [utterance(created=NOW + HOUR), utterance(created=NOW - 90 * HOUR / 60)]
    )
    assert await _slice(vault, wanted, 0) == said[:3]
    assert await vault.browsing.count(wanted) == 10
    assert await vault.browsing.ids(wanted) == frozenset(said)
    assert await vault.browsing.count(EVERYTHING) == 12


async def test_a_new_sentence_never_takes_the_number_of_a_deleted_one(
    vault: Vault, said: list[str]
) -> None:
    """It would be among what was looked at before it was spoken, and be deleted with it."""
    wanted = RecordingFilter(up_to=await vault.browsing.newest())
    await vault.deletion.delete(said)
    assert await vault.browsing.newest() == 0
    await vault.recordings.store([utterance()])
    assert await vault.browsing.count(wanted) == 0


async def test_the_shelf_has_the_days_of_where_the_people_are(vault: Vault) -> None:
    """Before midnight is tomorrow elsewhere, and offsets may be odd."""
    late = datetime(2026, 7, 1, 18, 10, tzinfo=UTC)
    await vault.recordings.store(
        [
            utterance(created=late, engine_id="stt.cloud"),
            utterance(created=late + timedelta(minutes=10), engine_id=None),
            utterance(created=late - 24 * HOUR, origin=satellite("bedroom")),
        ]
    )
    shelf = await vault.browsing.shelf(ZoneInfo("Asia/Kathmandu"))
    assert shelf.satellite_keys == {"kitchen", "bedroom"}
    assert shelf.engine_ids == {"stt.cloud", "stt.cloud_speech"}
    # It is 5:45 later there: the first is before midnight, the second one after it.
    assert list(shelf.days.items()) == [
        (date(2026, 7, 2), 1),
        (date(2026, 7, 1), 1),
        (date(2026, 6, 30), 1),
    ]
    assert list((await vault.browsing.shelf(UTC)).days.items()) == [
        (date(2026, 7, 1), 2),
        (date(2026, 6, 30), 1),
    ]


async def _search(vault: Vault, query: str, limit: int = 3) -> tuple[list[str], int]:
    """Search everything; return the ids of the hits and how many were looked at."""
    found: list[str] = []
    scanned, cursor = 0, None
    while True:
        hits = await vault.browsing.search(
            EVERYTHING, looks_for(query), limit=limit, cursor=cursor
        )
        found += [item.recording_id for item, _ in hits.items]
        scanned += hits.scanned
        if (cursor := hits.next_cursor) is None:
            return found, scanned


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("sentence", (0, 1, 2, 3, 5, 6, 7, 8, 9)),
        ("REPONSE 4", (4,)),
        ("ten reponse 7", (7,)),
        ("nothing of this", ()),
    ],
)
async def test_a_search_finds_words_newest_first(
    vault: Vault, said: list[str], query: str, numbers: tuple[int, ...]
) -> None:
    """In batches, each of which goes on where the one before it ended."""
    assert await _search(vault, query) == ([said[number] for number in numbers], 10)


async def test_a_search_keeps_to_the_filter_and_gives_the_words(
    vault: Vault, said: list[str]
) -> None:
    """What was found is shown with what was said."""
    hits = await vault.browsing.search(
        RecordingFilter(recording_ids=said[6:8]), looks_for("sentence"), limit=100
    )
    assert [(item.recording_id, text) for item, text in hits.items] == [
        (
            said[number],
            RecordingText(
                transcript=f"sentence {number} of ten", response=f"réponse {number}"
            ),
        )
        for number in (6, 7)
    ]


async def test_what_is_deleted_is_not_found(vault: Vault, said: list[str]) -> None:
    """Neither is what has lost its words only."""
    await vault.deletion.delete(said[:1])
    await vault.deletion.delete(said[1:2], [Content.TRANSCRIPT, Content.RESPONSE])
    assert await _search(vault, "sentence of") == (
        [said[number] for number in (2, 3, 5, 6, 7, 8, 9)],
        9,
    )


async def test_nobody_waits_for_a_search(vault: Vault, said: list[str]) -> None:
    """It has a thread and a connection of its own."""
    reached, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(_: RecordingText) -> bool:
        loop.call_soon_threadsafe(reached.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()
        return False

    search = asyncio.create_task(vault.browsing.search(EVERYTHING, slow, limit=5))
    await reached.wait()
    assert await _slice(vault, EVERYTHING, 0) == said[:3]
    await vault.recordings.store([utterance()])
    assert not search.done()
    go_on.set()
    assert (await search).scanned == 5


async def test_a_closed_vault_is_not_searched(vault: Vault) -> None:
    """It says so."""
    await vault.close()
    with pytest.raises(VaultUnavailableError):
        await vault.browsing.search(EVERYTHING, looks_for("a"), limit=5)
