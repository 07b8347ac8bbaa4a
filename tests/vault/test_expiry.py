"""Test when content has to go."""

from datetime import datetime, timedelta

import pytest

from custom_components.voice_retention.policy.choices import (
    FOREVER,
    NEVER,
    OTHER_CLIENTS,
    Rule,
)
from custom_components.voice_retention.policy.models import (
    ALL_CONTENT,
    Content,
    Origin,
    OriginKind,
    new_recording_id,
)
from custom_components.voice_retention.vault import (
    Due,
    RecordingFilter,
    RecordingNotFoundError,
    RescheduleResult,
    Vault,
)

from .make import DAY, HOUR, NOW, WEEK, rule, satellite, utterance

EVERYTHING = RecordingFilter()
INSTANT = timedelta(microseconds=1)
AUDIO = frozenset({Content.AUDIO})
TEXT = frozenset({Content.TRANSCRIPT, Content.RESPONSE})


async def due(vault: Vault, now: datetime) -> dict[str, frozenset[Content]]:
    """Return what is due, by recording."""
    return {item.recording_id: item.contents for item in await vault.expiry.due(now)}


async def test_content_is_due_when_its_time_is_over(vault: Vault) -> None:
    """Not an instant before, and audio and text each at their own time."""
    said = utterance(keep_audio=HOUR, keep_transcript=DAY)
    await vault.recordings.store([said])
    assert await vault.expiry.due(NOW + HOUR - INSTANT) == []
    assert await vault.expiry.due(NOW + HOUR) == [Due(said.recording_id, AUDIO)]
    assert await due(vault, NOW + DAY) == {said.recording_id: ALL_CONTENT}


async def test_what_is_gone_is_not_due_again(vault: Vault) -> None:
    """The sweep would never come to rest."""
    said = utterance(keep_audio=HOUR, keep_transcript=DAY, response=None)
    await vault.recordings.store([said])
    await vault.deletion.delete([said.recording_id], AUDIO)
    assert await vault.expiry.due(NOW + HOUR) == []
    assert await due(vault, NOW + DAY) == {said.recording_id: {Content.TRANSCRIPT}}


async def test_what_is_kept_until_deleted_is_never_due(vault: Vault) -> None:
    """A far future is not for ever."""
    await vault.recordings.store(
        [utterance(keep_audio=FOREVER, keep_transcript=FOREVER)]
    )
    assert await vault.expiry.due(datetime.max.replace(tzinfo=NOW.tzinfo)) == []
    assert await vault.expiry.next_expiry(NOW) is None


async def test_a_held_recording_outlives_its_time(vault: Vault) -> None:
    """Until the hold is over."""
    said = utterance()
    await vault.recordings.store([said])
    until = NOW + WEEK
    assert (await vault.expiry.hold(said.recording_id, until)).held_until == until
    assert await vault.expiry.due(until - INSTANT) == []
    assert await vault.expiry.overdue(until - INSTANT, timedelta(0)) == 0
    assert await due(vault, until) == {said.recording_id: ALL_CONTENT}


async def test_a_hold_can_be_ended(vault: Vault) -> None:
    """From then on the recording expires as if it had never been held."""
    said = utterance()
    await vault.recordings.store([said])
    await vault.expiry.hold(said.recording_id, NOW + WEEK)
    assert (await vault.expiry.hold(said.recording_id, None)).held_until is None
    assert await due(vault, NOW + DAY) == {said.recording_id: ALL_CONTENT}


async def test_only_what_is_stored_can_be_held(vault: Vault) -> None:
    """A hold that holds nothing must not look as if it did."""
    missing = new_recording_id()
    with pytest.raises(RecordingNotFoundError, match=missing):
        await vault.expiry.hold(missing, NOW)


async def test_overdue_counts_what_should_have_gone_before_the_grace(
    vault: Vault,
) -> None:
    """A sweep that is just about to run is no failure."""
    await vault.recordings.store([utterance(), utterance(keep_audio=NEVER)])
    grace = timedelta(minutes=5)
    assert await vault.expiry.overdue(NOW + DAY, grace) == 0
    assert await vault.expiry.overdue(NOW + DAY + grace - INSTANT, grace) == 0
    assert await vault.expiry.overdue(NOW + DAY + grace, grace) == 2


async def test_the_end_of_a_hold_is_not_overdue_at_once(vault: Vault) -> None:
    """The grace counts from then."""
    said = utterance()
    await vault.recordings.store([said])
    await vault.expiry.hold(said.recording_id, NOW + WEEK)
    assert await vault.expiry.overdue(NOW + WEEK, HOUR) == 0
    assert await vault.expiry.overdue(NOW + WEEK + HOUR, HOUR) == 1


async def test_the_next_expiry_is_the_earliest_of_all(vault: Vault) -> None:
    """The sweep sleeps until then."""
    assert await vault.expiry.next_expiry(NOW) is None
    first = utterance(keep_audio=DAY, keep_transcript=HOUR)
    second = utterance(keep_audio=2 * HOUR, keep_transcript=NEVER)
    await vault.recordings.store([first, second])
    assert await vault.expiry.next_expiry(NOW) == NOW + HOUR
    # What is overdue stays the next, whatever the time is.
    assert await vault.expiry.next_expiry(NOW + DAY) == NOW + HOUR
    await vault.deletion.delete([first.recording_id], TEXT)
    assert await vault.expiry.next_expiry(NOW) == NOW + 2 * HOUR


@pytest.mark.parametrize(
    ("held_until", "at", "expected"),
    [
        (NOW + WEEK, NOW, NOW + WEEK),
        (NOW + HOUR, NOW, NOW + DAY),
        (NOW + WEEK, NOW + WEEK, NOW + DAY),
    ],
    ids=["hold ends last", "hold ends first", "hold is over"],
)
async def test_the_next_expiry_heeds_holds(
    vault: Vault, held_until: datetime, at: datetime, expected: datetime
) -> None:
    """The sweep would wake up for nothing again and again, or too late."""
    said = utterance()
    await vault.recordings.store([said])
    await vault.expiry.hold(said.recording_id, held_until)
    assert await vault.expiry.next_expiry(at) == expected


async def test_a_new_limit_applies_to_what_is_stored(vault: Vault) -> None:
    """Whoever asks for an hour means the sentences of this morning too."""
    said = utterance(created=NOW - 2 * HOUR)
    await vault.recordings.store([said])
    changed = await vault.expiry.reschedule(lambda _: rule(HOUR, WEEK))
    assert changed == RescheduleResult(shortened=1, lengthened=1)
    [found] = await vault.recordings.find(EVERYTHING)
    assert found.audio_expires == NOW - HOUR
    assert found.text_expires == NOW - 2 * HOUR + WEEK
    assert await due(vault, NOW) == {said.recording_id: AUDIO}


@pytest.mark.parametrize(
    ("before", "after", "shortened", "lengthened"),
    [
        (DAY, DAY, 0, 0),
        (DAY, HOUR, 1, 0),
        (DAY, WEEK, 0, 1),
        (DAY, FOREVER, 0, 1),
        (FOREVER, DAY, 1, 0),
        (FOREVER, FOREVER, 0, 0),
        (DAY, NEVER, 1, 0),
    ],
)
async def test_shorter_and_longer_are_told_apart(
    vault: Vault,
    before: timedelta,
    after: timedelta,
    shortened: int,
    lengthened: int,
) -> None:
    """The one deletes, the other does not."""
    await vault.recordings.store([utterance(keep_audio=before, keep_transcript=before)])
    for expected in (
        RescheduleResult(shortened=shortened, lengthened=lengthened),
        RescheduleResult(shortened=0, lengthened=0),
    ):
        assert await vault.expiry.reschedule(lambda _: rule(after)) == expected
    [found] = await vault.recordings.find(EVERYTHING)
    moment = None if after == FOREVER else NOW + after
    assert (found.audio_expires, found.text_expires) == (moment, moment)


async def test_each_origin_has_its_own_rule(vault: Vault) -> None:
    """A recording of an unknown speaker must not live longer for being among others."""
    unknown = Origin(kind=OriginKind.UNKNOWN)
    claimed = Origin(kind=OriginKind.CLAIMED_DEVICE, satellite_key="kitchen")
    client = Origin(kind=OriginKind.CLIENT)
    limits = {
        (OriginKind.SATELLITE, "kitchen"): 2 * DAY,
        (OriginKind.SATELLITE, "bedroom"): 3 * DAY,
        (OriginKind.UNKNOWN, None): 4 * DAY,
        (OriginKind.CLAIMED_DEVICE, "kitchen"): 5 * DAY,
        (OriginKind.CLIENT, None): 6 * DAY,
    }
    origins = [satellite(), satellite("bedroom"), unknown, claimed, client]
    await vault.recordings.store([utterance(origin=origin) for origin in origins])

    def rule_for(origin: Origin) -> Rule:
        return rule(limits[origin.kind, origin.satellite_key])

    result = await vault.expiry.reschedule(rule_for)
    assert result == RescheduleResult(shortened=0, lengthened=5)
    for found in await vault.recordings.find(EVERYTHING):
        limit = limits[found.origin_kind, found.origin_key]
        assert found.audio_expires == found.text_expires == NOW + limit
    others = RecordingFilter(satellite_keys=[OTHER_CLIENTS])
    assert len(await vault.recordings.find(others)) == 3


async def test_a_new_limit_does_not_bring_back_what_is_gone(vault: Vault) -> None:
    """Nor does it make what is not there expire."""
    said = utterance()
    await vault.recordings.store([said])
    await vault.deletion.delete([said.recording_id], AUDIO)
    await vault.expiry.reschedule(lambda _: rule(WEEK))
    [found] = await vault.recordings.find(EVERYTHING)
    assert (found.audio_expires, found.text_expires) == (None, NOW + WEEK)


async def test_a_new_limit_leaves_holds_alone(vault: Vault) -> None:
    """Somebody asked for them."""
    said = utterance()
    await vault.recordings.store([said])
    await vault.expiry.hold(said.recording_id, NOW + WEEK)
    await vault.expiry.reschedule(lambda _: rule(HOUR))
    assert await vault.expiry.due(NOW + DAY) == []


async def test_a_rule_that_cannot_be_told_changes_nothing(vault: Vault) -> None:
    """Half of the recordings under the old rule would be nobody's wish."""
    await vault.recordings.store([utterance(), utterance(origin=satellite("bedroom"))])
    asked: list[Origin] = []

    def rule_for(origin: Origin) -> Rule:
        asked.append(origin)
        if len(asked) == 2:
            raise KeyError(origin.satellite_key)
        return rule(HOUR)

    with pytest.raises(KeyError):
        await vault.expiry.reschedule(rule_for)
    for found in await vault.recordings.find(EVERYTHING):
        assert found.audio_expires == NOW + DAY
