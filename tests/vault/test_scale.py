"""Test that a hundred thousand recordings are no burden."""

from collections.abc import Awaitable
from pathlib import Path
from time import perf_counter

import pytest

from custom_components.voice_retention.vault import RecordingFilter, Vault

from .make import DAY, HOUR, NOW, rule, satellite, utterance

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

COUNT = 100_000
BATCH = 1000
SATELLITES = [f"satellite {number}" for number in range(10)]

# A fast machine takes less than a quarter of each; a slow one must not fail the test.
SOON = 2.0
AT_ONCE = 0.5


async def within[T](seconds: float, call: Awaitable[T]) -> T:
    """Wait for a call and check that it did not take long."""
    begun = perf_counter()
    result = await call
    assert perf_counter() - begun < seconds
    return result


async def fill(vault: Vault) -> None:
    """Store everything: one recording a minute, of all satellites in turn."""
    for start in range(0, COUNT, BATCH):
        await vault.recordings.store(
            [
                utterance(
                    created=NOW - number * HOUR / 60,
                    origin=satellite(SATELLITES[number % len(SATELLITES)]),
                    keep_audio=30 * DAY,
                    keep_transcript=90 * DAY,
                    audio=b"\0" * 320,
                )
                for number in range(start, start + BATCH)
            ]
        )


async def test_a_hundred_thousand_recordings_are_no_burden(folder: Path) -> None:
    """A house with many satellites that keeps everything has as many after some years."""
    vault = await Vault.open(folder)
    await fill(vault)
    await vault.close()
    vault = await within(2 * SOON, Vault.open(folder))

    everything = RecordingFilter()
    one = RecordingFilter(satellite_keys=SATELLITES[3:4])
    some = RecordingFilter(satellite_keys=SATELLITES[3:6])
    for wanted, total in ((everything, COUNT), (one, COUNT // 10), (some, COUNT * 0.3)):
        page = await within(AT_ONCE, vault.recordings.page(wanted, limit=50))
        assert page.total == total
        # A page far down the list costs no more than the first.
        oldest = await within(
            AT_ONCE,
            vault.recordings.page(
                wanted,
                limit=50,
                cursor=page.next_cursor
                and type(page.next_cursor)(NOW - COUNT * HOUR / 61, ""),
            ),
        )
        assert len(oldest.items) == 50
    assert (await within(AT_ONCE, vault.recordings.totals())).count == COUNT
    assert len(await within(SOON, vault.recordings.sizes(NOW))) == COUNT
    assert len(await within(5 * SOON, vault.recordings.find(everything))) == COUNT

    assert await within(AT_ONCE, vault.expiry.overdue(NOW, HOUR)) > COUNT // 3
    assert await within(AT_ONCE, vault.expiry.next_expiry(NOW)) is not None
    changed = await within(2 * SOON, vault.expiry.reschedule(lambda _: rule(DAY)))
    assert changed.shortened == COUNT
    due = await within(SOON, vault.expiry.due(NOW))
    assert len(due) > 0.9 * COUNT

    doomed = [item.recording_id for item in due[: COUNT // 10]]
    result = await within(5 * SOON, vault.deletion.delete(doomed))
    assert result.recordings == len(doomed)
    assert await within(SOON, vault.deletion.verify_gone(doomed)) == 0
    await vault.close()
