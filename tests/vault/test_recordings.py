"""Test storing, finding and reading."""

from datetime import datetime, timedelta
import os
from typing import Any

import pytest

from custom_components.voice_retention.policy.choices import (
    FOREVER,
    NEVER,
    OTHER_CLIENTS,
)
from custom_components.voice_retention.policy.models import (
    ALL_CONTENT,
    Content,
    Locality,
    LocalityReport,
    Origin,
    OriginKind,
    Outcome,
    Reason,
    Route,
    Utterance,
    new_recording_id,
)
from custom_components.voice_retention.vault import (
    Cursor,
    RecordingFilter,
    RecordingNotFoundError,
    RecordingText,
    Totals,
    Vault,
    VaultUnavailableError,
)

from .make import DAY, HOUR, NOW, PCM, RESPONSE, TRANSCRIPT, satellite, utterance

EVERYTHING = RecordingFilter()


def ids(utterances: list[Utterance]) -> list[str]:
    """Return the ids of sentences."""
    return [item.recording_id for item in utterances]


async def test_a_recording_comes_back_as_it_was_stored(vault: Vault) -> None:
    """Each fact about it is shown to somebody."""
    audio = os.urandom(200_000)
    said = utterance(
        audio=audio, audio_bytes=200_000, keep_audio=HOUR, keep_transcript=DAY
    )
    await vault.recordings.store([said])

    [found] = await vault.recordings.find(EVERYTHING)
    assert found.recording_id == said.recording_id
    assert found.created == NOW
    assert found.satellite_key == found.origin_key == "kitchen"
    assert found.origin_kind is OriginKind.SATELLITE
    assert found.satellite_id == "assist_satellite.kitchen"
    assert found.device_id == "device of kitchen"
    assert (found.pipeline_id, found.run_id) == ("pipeline", "run")
    assert found.conversation_id == "conversation"
    assert found.pipeline_engine_id == found.engine_id == "stt.cloud_speech"
    assert found.locality is Locality.CLOUD
    assert found.route is Route.ENGINE
    assert found.reasons == (Reason.ALLOWED, Reason.UNKNOWN_ORIGIN)
    assert (found.language, found.audio_format) == ("de", PCM)
    assert (found.audio_seconds, found.audio_bytes) == (0.1, 200_000)
    assert found.is_truncated is False
    assert found.outcome is Outcome.OK
    assert found.audio_expires == NOW + HOUR
    assert found.text_expires == NOW + DAY
    assert found.held_until is None
    assert found.contents == ALL_CONTENT
    assert found.size > 200_000

    assert await vault.recordings.read_audio(said.recording_id) == audio
    assert await vault.recordings.read_text([said.recording_id]) == {
        said.recording_id: RecordingText(transcript=TRANSCRIPT, response=RESPONSE)
    }


@pytest.mark.parametrize(
    ("limits", "changes", "kept"),
    [
        ((DAY, DAY), {}, ALL_CONTENT),
        ((DAY, NEVER), {}, {Content.AUDIO}),
        ((NEVER, DAY), {}, {Content.TRANSCRIPT, Content.RESPONSE}),
        ((FOREVER, FOREVER), {}, ALL_CONTENT),
        (
            (DAY, DAY),
            {"response": None},
            {Content.AUDIO, Content.TRANSCRIPT},
        ),
        ((DAY, DAY), {"transcript": "", "response": None}, {Content.AUDIO}),
        ((DAY, DAY), {"audio": None, "response": None}, {Content.TRANSCRIPT}),
        ((NEVER, NEVER), {}, set()),
        ((NEVER, DAY), {"transcript": None, "response": None}, set()),
        ((DAY, NEVER), {"audio": b""}, set()),
    ],
)
async def test_only_what_is_to_be_kept_is_stored(
    vault: Vault,
    limits: tuple[timedelta, timedelta],
    changes: dict[str, Any],
    kept: set[Content],
) -> None:
    """Also not for a moment, until the next sweep."""
    audio_limit, text_limit = limits
    await vault.recordings.store(
        [utterance(keep_audio=audio_limit, keep_transcript=text_limit, **changes)]
    )
    found = await vault.recordings.find(EVERYTHING)
    assert [item.contents for item in found] == ([frozenset(kept)] if kept else [])


async def test_what_is_kept_for_ever_does_not_expire(vault: Vault) -> None:
    """Until deleted means until deleted."""
    await vault.recordings.store(
        [utterance(keep_audio=FOREVER, keep_transcript=FOREVER)]
    )
    [found] = await vault.recordings.find(EVERYTHING)
    assert found.audio_expires is None
    assert found.text_expires is None


async def test_what_is_not_there_has_no_expiry(vault: Vault) -> None:
    """It would be overdue for ever."""
    await vault.recordings.store(
        [
            utterance(created=NOW, keep_transcript=NEVER),
            utterance(created=NOW - HOUR, keep_audio=NEVER),
        ]
    )
    only_audio, only_text = await vault.recordings.find(EVERYTHING)
    assert only_audio.text_expires is None
    assert only_text.audio_expires is None


async def test_a_claimed_device_is_kept_under_the_other_voice_clients(
    vault: Vault,
) -> None:
    """A client may claim to be any satellite; the claim itself is remembered."""
    origin = Origin(kind=OriginKind.CLAIMED_DEVICE, satellite_key="kitchen")
    await vault.recordings.store([utterance(origin=origin)])
    [found] = await vault.recordings.find(EVERYTHING)
    assert (found.satellite_key, found.origin_key) == (OTHER_CLIENTS, "kitchen")


async def test_a_sentence_no_engine_heard_is_kept_without_one(vault: Vault) -> None:
    """Nothing was heard, so there is no locality either."""
    await vault.recordings.store(
        [utterance(engine_id=None, report=None, outcome=Outcome.BLOCKED)]
    )
    [found] = await vault.recordings.find(EVERYTHING)
    assert (found.engine_id, found.locality) == (None, None)


async def test_a_failed_store_leaves_nothing(vault: Vault) -> None:
    """Neither the sentences of the batch nor their keys."""
    good, bad = utterance(), utterance(language=None)
    with pytest.raises(VaultUnavailableError):
        await vault.recordings.store([good, bad])
    assert await vault.recordings.find(EVERYTHING) == []
    assert await vault.deletion.verify_gone(ids([good, bad])) == 0


async def test_storing_an_id_again_does_not_harm_the_first(vault: Vault) -> None:
    """Taking the failed second one back must not destroy the key of the first."""
    first = utterance()
    await vault.recordings.store([first])
    with pytest.raises(ValueError, match=first.recording_id):
        await vault.recordings.store([utterance(recording_id=first.recording_id)])
    assert await vault.recordings.read_audio(first.recording_id) == first.audio


async def test_part_of_the_audio_can_be_read(vault: Vault) -> None:
    """A player asks for ranges."""
    audio = os.urandom(150_000)
    said = utterance(audio=audio)
    await vault.recordings.store([said])
    read_range = vault.recordings.read_audio_range
    assert await read_range(said.recording_id, 65_000, 1000) == audio[65_000:66_000]
    assert await read_range(said.recording_id, 149_000, 9999) == audio[149_000:]
    assert await read_range(said.recording_id, 150_000, 1) == b""


async def test_audio_that_is_not_there_is_not_found(vault: Vault) -> None:
    """Also when the recording has text."""
    said = utterance(keep_audio=NEVER)
    await vault.recordings.store([said])
    for recording_id in (said.recording_id, new_recording_id(), "nonsense"):
        with pytest.raises(RecordingNotFoundError) as raised:
            await vault.recordings.read_audio(recording_id)
        assert raised.value.recording_id == recording_id


async def test_recordings_without_text_are_left_out(vault: Vault) -> None:
    """Asking for them is no error: the text may have just expired."""
    with_text, without = utterance(response=None), utterance(keep_transcript=NEVER)
    await vault.recordings.store([with_text, without])
    texts = await vault.recordings.read_text(
        [with_text.recording_id, without.recording_id, "nonsense"]
    )
    assert texts == {with_text.recording_id: RecordingText(transcript=TRANSCRIPT)}


FILTERS: list[tuple[str, RecordingFilter, list[str]]] = [
    ("everything", RecordingFilter(), ["newest", "bedroom", "refused", "oldest"]),
    ("satellite", RecordingFilter(satellite_keys=["bedroom"]), ["bedroom"]),
    (
        "satellites",
        RecordingFilter(satellite_keys=["bedroom", OTHER_CLIENTS, "gone"]),
        ["bedroom", "refused"],
    ),
    ("no satellite", RecordingFilter(satellite_keys=[]), []),
    ("device", RecordingFilter(device_ids={"device of bedroom"}), ["bedroom"]),
    ("start", RecordingFilter(start=NOW - HOUR), ["newest", "bedroom"]),
    ("end", RecordingFilter(end=NOW - HOUR), ["refused", "oldest"]),
    (
        "start and end",
        RecordingFilter(start=NOW - 2 * HOUR, end=NOW),
        ["bedroom", "refused"],
    ),
    ("engine", RecordingFilter(engine_id="stt.local"), ["oldest"]),
    ("locality", RecordingFilter(locality=Locality.LOCAL), ["oldest"]),
    ("outcome", RecordingFilter(outcome=Outcome.BLOCKED), ["refused"]),
    ("held", RecordingFilter(held_at=NOW), ["oldest"]),
    ("held later", RecordingFilter(held_at=NOW + DAY), []),
    (
        "not held",
        RecordingFilter(not_held_at=NOW),
        ["newest", "bedroom", "refused"],
    ),
    ("audio", RecordingFilter(contents={Content.AUDIO}), ["newest", "oldest"]),
    (
        "text",
        RecordingFilter(contents={Content.TRANSCRIPT, Content.RESPONSE}),
        ["newest", "bedroom", "refused"],
    ),
    ("no content", RecordingFilter(contents=()), []),
    (
        "everything at once",
        RecordingFilter(
            satellite_keys=["kitchen"],
            start=NOW,
            locality=Locality.CLOUD,
            contents={Content.AUDIO},
        ),
        ["newest"],
    ),
]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [case[1:] for case in FILTERS],
    ids=[case[0] for case in FILTERS],
)
async def test_a_filter_finds_what_it_names(
    vault: Vault, wanted: RecordingFilter, expected: list[str]
) -> None:
    """A purge deletes what a filter finds: one too many is lost, one too few is kept."""
    local = LocalityReport(locality=Locality.LOCAL)
    said = {
        "newest": utterance(created=NOW),
        "bedroom": utterance(
            created=NOW - HOUR, origin=satellite("bedroom"), keep_audio=NEVER
        ),
        "refused": utterance(
            created=NOW - 2 * HOUR,
            origin=Origin(kind=OriginKind.UNKNOWN),
            keep_audio=NEVER,
            outcome=Outcome.BLOCKED,
        ),
        "oldest": utterance(
            created=NOW - 3 * HOUR,
            keep_transcript=NEVER,
            engine_id="stt.local",
            report=local,
        ),
    }
    await vault.recordings.store(list(said.values()))
    await vault.expiry.hold(said["oldest"].recording_id, NOW + DAY)

    names = {item.recording_id: name for name, item in said.items()}
    found = await vault.recordings.find(wanted)
    assert [names[item.recording_id] for item in found] == expected
    page = await vault.recordings.page(wanted, limit=2)
    assert page.items == found[:2]
    assert page.total == len(expected)


async def test_any_number_of_ids_can_be_asked_for(vault: Vault) -> None:
    """SQLite limits the parameters of a statement, a purge does not."""
    said = [utterance() for _ in range(3)]
    await vault.recordings.store(said)
    many = [new_recording_id() for _ in range(300_000)]
    wanted = RecordingFilter(recording_ids=[*many, *ids(said[:2])])
    found = await vault.recordings.find(wanted)
    assert {item.recording_id for item in found} == set(ids(said[:2]))


async def test_pages_show_each_recording_once(vault: Vault) -> None:
    """Also when several were stored at the same moment, and while new ones come in."""
    said = [utterance(created=NOW + number // 4 * HOUR) for number in range(20)]
    await vault.recordings.store(said)
    shown: list[str] = []
    cursor: Cursor | None = None
    for _ in range(7):
        page = await vault.recordings.page(EVERYTHING, limit=3, cursor=cursor)
        shown += [item.recording_id for item in page.items]
        await vault.recordings.store([utterance(created=NOW + DAY)])
        cursor = page.next_cursor and Cursor.parse(str(page.next_cursor))
    assert cursor is None
    assert sorted(shown) == sorted(ids(said))
    expected = sorted(said, key=lambda item: (item.created, item.recording_id))
    assert shown == ids(expected)[::-1]


@pytest.mark.parametrize("text", ["", "/", "yesterday/1", "2026-11-24T12:00:00/1"])
def test_a_cursor_that_is_none_is_refused(text: str) -> None:
    """It comes from a client."""
    with pytest.raises(ValueError, match=r"isoformat|time zone"):
        Cursor.parse(text)


async def test_totals_add_up(vault: Vault) -> None:
    """They are shown as sensors."""
    assert await vault.recordings.totals() == Totals(
        count=0,
        size=(await vault.recordings.totals()).size,
        content_size=0,
        oldest=None,
        by_satellite={},
    )
    said = [
        utterance(created=NOW - HOUR),
        utterance(origin=satellite("bedroom")),
        utterance(created=NOW - DAY, origin=satellite("bedroom")),
    ]
    await vault.recordings.store(said)
    totals = await vault.recordings.totals()
    assert (totals.count, totals.oldest) == (3, NOW - DAY)
    assert totals.by_satellite == {"kitchen": 1, "bedroom": 2}
    found = await vault.recordings.find(EVERYTHING)
    assert totals.content_size == sum(item.size for item in found)
    assert totals.size > totals.content_size


async def test_sizes_tell_what_the_cap_needs(vault: Vault) -> None:
    """What is held is the last to go."""
    held, lapsed, free = utterance(), utterance(), utterance()
    await vault.recordings.store([held, lapsed, free])
    await vault.expiry.hold(held.recording_id, NOW + HOUR)
    await vault.expiry.hold(lapsed.recording_id, NOW)
    sizes = {item.recording_id: item for item in await vault.recordings.sizes(NOW)}
    assert sizes.keys() == {held.recording_id, lapsed.recording_id, free.recording_id}
    assert [item.is_held for item in sizes.values()].count(True) == 1
    assert sizes[held.recording_id].is_held
    [found] = await vault.recordings.find(
        RecordingFilter(recording_ids=[free.recording_id])
    )
    assert sizes[free.recording_id].size == found.size
    assert sizes[free.recording_id].created == found.created


async def test_a_recording_knows_whether_it_is_held(vault: Vault) -> None:
    """Not before, nor when the time is over."""
    said = utterance()
    await vault.recordings.store([said])
    [found] = await vault.recordings.find(EVERYTHING)
    assert not found.is_held(NOW)
    found = await vault.expiry.hold(said.recording_id, NOW + HOUR)
    assert found.is_held(NOW)
    assert not found.is_held(NOW + HOUR)


async def test_moments_are_kept_to_the_microsecond(vault: Vault) -> None:
    """A filter by the very moment of a recording must find it."""
    moment = datetime.fromisoformat("2026-03-29T02:59:59.999999+02:00")
    await vault.recordings.store([utterance(created=moment)])
    [found] = await vault.recordings.find(RecordingFilter(start=moment))
    assert found.created == moment
    assert await vault.recordings.find(RecordingFilter(end=moment)) == []
