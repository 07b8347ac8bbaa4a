"""Test that nothing is kept for longer than was said."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.voice_retention.const import OVERDUE_GRACE
from custom_components.voice_retention.errors import VaultUnavailable
from custom_components.voice_retention.policy.choices import KEEP_LIMITS, Keep, Rule
from custom_components.voice_retention.policy.models import Content
from custom_components.voice_retention.purge.ledger import LedgerExpiry
from custom_components.voice_retention.purge.scope import AskedBy, Scope
from custom_components.voice_retention.purge.sweep import (
    LONGEST_WAIT,
    RETRY_AFTER,
    SHORTEST_WAIT,
    Sweeper,
)
from custom_components.voice_retention.purge.work import BRIEF_PAUSE
from custom_components.voice_retention.vault.books import LedgerFilter
from custom_components.voice_retention.vault.models import Due
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.vault.make import DAY, HOUR, NOW, WEEK, ledger_entry, rule

from .conftest import Cellar

MINUTE = timedelta(minutes=1)
ONE_RECORDING = 3 * 32 + 3200 + 200
"""More than one recording takes, and less than two."""


class Sweeps:
    """A sweeper, and what came of it."""

    def __init__(self, cellar: Cellar, clock: FrozenDateTimeFactory) -> None:
        """Make a sweeper with much room."""
        self.cellar = cellar
        self.clock = clock
        self.keep_ledger = Keep.QUARTER
        self.swept: list[datetime] = []
        self.sweeper = self.make(1_000_000)

    def make(self, max_size: int) -> Sweeper:
        """Make a sweeper with so much room."""
        self.sweeper = Sweeper(
            self.cellar.hass,
            source=self.cellar.storage,
            purger=self.cellar.purger,
            queue=self.cellar.queue,
            ledger=LedgerExpiry(self.cellar.ledger, KEEP_LIMITS[self.keep_ledger]),
            adopted=None,
            max_size=max_size,
            on_swept=self.swept.append,
        )
        return self.sweeper

    async def wait(self, time: timedelta) -> None:
        """Let time pass, with all that happens then."""
        hass = self.cellar.hass
        self.clock.tick(time)
        async_fire_time_changed(hass, dt_util.utcnow())
        await hass.async_block_till_done()

    async def overdue(self) -> int:
        """Return how many recordings should be gone."""
        return await self.cellar.storage.async_overdue(dt_util.utcnow())


@pytest.fixture
def sweeps(cellar: Cellar, clock: FrozenDateTimeFactory) -> Iterator[Sweeps]:
    """Return a sweeper that stops when the test is over."""
    sweeps = Sweeps(cellar, clock)
    yield sweeps
    sweeps.sweeper.async_stop()


async def test_what_is_due_goes_and_the_rest_stays(
    cellar: Cellar, sweeps: Sweeps
) -> None:
    """To the moment."""
    over = await cellar.store(age=DAY)
    left = await cellar.store(age=DAY - MINUTE)
    assert await sweeps.sweeper.async_sweep()
    assert set(await cellar.stored()) == {left}
    ((receipt, counts),) = cellar.told
    assert receipt.scope.asked_by is AskedBy.EXPIRY
    assert receipt.scope.recording_ids == {over}
    assert counts == {"kitchen": 1}
    assert sweeps.swept == [NOW]


async def test_it_goes_on_time(cellar: Cellar, sweeps: Sweeps) -> None:
    """Nobody has to ask."""
    await cellar.store(keep_audio=HOUR, keep_transcript=2 * HOUR)
    await sweeps.sweeper.async_sweep()
    await sweeps.wait(HOUR - MINUTE)
    (stored,) = (await cellar.stored()).values()
    assert len(stored.contents) == 3
    await sweeps.wait(MINUTE)
    (stored,) = (await cellar.stored()).values()
    assert stored.contents == {Content.TRANSCRIPT, Content.RESPONSE}
    await sweeps.wait(HOUR)
    assert await cellar.stored() == {}
    assert await sweeps.overdue() == 0


async def test_the_ledger_has_a_time_of_its_own(cellar: Cellar, sweeps: Sweeps) -> None:
    """Also who heard what is kept no longer than was said, to the moment."""
    sweeps.keep_ledger = Keep.WEEK
    sweeps.make(1_000_000)
    await cellar.storage.async_store(
        [], [ledger_entry(at=NOW - WEEK), ledger_entry(at=NOW - WEEK + MINUTE)]
    )
    await cellar.storage.async_store([], [ledger_entry(at=NOW)])
    assert await sweeps.sweeper.async_sweep()
    assert await cellar.ledger.async_count(LedgerFilter()) == 2
    await sweeps.wait(MINUTE - SHORTEST_WAIT)
    assert await cellar.ledger.async_count(LedgerFilter()) == 2
    await sweeps.wait(SHORTEST_WAIT)
    assert await cellar.ledger.async_oldest() == NOW
    assert await cellar.receipts() == []


async def test_a_ledger_that_is_kept_until_deleted_stays(
    cellar: Cellar, sweeps: Sweeps
) -> None:
    """However old."""
    sweeps.keep_ledger = Keep.UNTIL_DELETED
    sweeps.make(1_000_000)
    await cellar.storage.async_store([], [ledger_entry(at=NOW - 1000 * WEEK)])
    assert await sweeps.sweeper.async_sweep()
    assert await cellar.ledger.async_count(LedgerFilter()) == 1


async def test_what_is_stored_between_two_sweeps_goes_on_time(
    cellar: Cellar, sweeps: Sweeps
) -> None:
    """Though storing costs no sweep."""
    await sweeps.sweeper.async_sweep()
    await cellar.store(keep_audio=HOUR, keep_transcript=HOUR)
    assert not sweeps.sweeper.async_take_stored(NOW + HOUR, 3200)
    assert not sweeps.sweeper.async_take_stored(NOW + WEEK, 3200)
    assert not sweeps.sweeper.async_take_stored(None, 3200)
    await sweeps.wait(HOUR)
    assert await cellar.stored() == {}


async def test_what_is_stored_during_a_sweep_goes_on_time(
    cellar: Cellar, sweeps: Sweeps
) -> None:
    """Though the sweep has asked for the next expiry already."""
    asked = cellar.storage.async_next_expiry

    async def store_meanwhile(now: datetime) -> datetime | None:
        """Store right after the vault has answered."""
        answer = await asked(now)
        await cellar.store(keep_audio=HOUR, keep_transcript=HOUR)
        sweeps.sweeper.async_take_stored(NOW + HOUR, 3200)
        return answer

    with patch.object(cellar.storage, "async_next_expiry", store_meanwhile):
        await sweeps.sweeper.async_sweep()
    await sweeps.wait(HOUR)
    assert await cellar.stored() == {}


async def test_only_what_does_not_fit_any_more_costs_a_sweep(
    cellar: Cellar, sweeps: Sweeps
) -> None:
    """A sweep looks at the whole vault; not every sentence may cost that."""
    sweeper = sweeps.make(10_000)
    assert sweeper.async_take_stored(None, 1), "how much is stored is not known yet"
    await sweeper.async_sweep()
    assert not sweeper.async_take_stored(None, 6_000)
    assert sweeper.async_take_stored(None, 6_000)


async def test_what_expires_together_goes_together(
    cellar: Cellar, sweeps: Sweeps
) -> None:
    """One receipt for each kind of content, not one for each recording."""
    for _ in range(3):
        await cellar.store(age=2 * HOUR, keep_audio=HOUR)
        await cellar.store(age=WEEK)
    await sweeps.sweeper.async_sweep()
    assert len(cellar.told) == 2
    assert len(await cellar.stored()) == 3


async def test_held_ones_stay_until_their_hold_is_over(
    cellar: Cellar, sweeps: Sweeps
) -> None:
    """And go then."""
    recording_id = await cellar.store(age=2 * DAY)
    await cellar.hold(recording_id, NOW + HOUR)
    await sweeps.sweeper.async_sweep()
    assert recording_id in await cellar.stored()
    await sweeps.wait(HOUR)
    assert await cellar.stored() == {}


async def test_it_looks_again_though_nothing_is_due(
    cellar: Cellar, sweeps: Sweeps
) -> None:
    """The clock may have been set, which no timer notices."""
    await cellar.store(keep_audio=WEEK, keep_transcript=WEEK)
    await sweeps.sweeper.async_sweep()
    await sweeps.wait(LONGEST_WAIT)
    assert len(sweeps.swept) == 2


async def test_an_empty_vault_is_looked_at_again(
    hass: HomeAssistant, sweeps: Sweeps
) -> None:
    """There is no next expiry then."""
    await sweeps.sweeper.async_sweep()
    await sweeps.wait(LONGEST_WAIT)
    assert len(sweeps.swept) == 2


async def test_there_is_one_timer_however_often_it_sweeps(
    cellar: Cellar, sweeps: Sweeps
) -> None:
    """Else each sentence would add one."""
    await cellar.store()
    for _ in range(5):
        await sweeps.sweeper.async_sweep()
    with patch.object(
        cellar.storage, "async_due", wraps=cellar.storage.async_due
    ) as due:
        await sweeps.wait(DAY)
    assert due.call_count == 1


async def test_two_sweeps_at_once_delete_once(cellar: Cellar, sweeps: Sweeps) -> None:
    """The second one finds nothing left."""
    await cellar.store(age=2 * DAY)
    assert all(await asyncio.gather(*(sweeps.sweeper.async_sweep() for _ in range(3))))
    assert len(cellar.told) == 1


async def test_a_stopped_sweeper_sweeps_no_more(cellar: Cellar, sweeps: Sweeps) -> None:
    """The entry is being taken down, and the vault with it."""
    await cellar.store()
    await sweeps.sweeper.async_sweep()
    sweeps.sweeper.async_stop()
    await sweeps.wait(2 * DAY)
    assert not await sweeps.sweeper.async_sweep()
    assert len(await cellar.stored()) == 1


async def test_a_failure_is_tried_again_in_a_minute_and_shows_until_then(
    cellar: Cellar, sweeps: Sweeps
) -> None:
    """Overdue means a fault, and is shown."""
    await cellar.store(keep_audio=HOUR, keep_transcript=HOUR)
    await sweeps.sweeper.async_sweep()
    with patch.object(
        cellar.storage, "async_delete", side_effect=VaultUnavailable("read_only")
    ):
        await sweeps.wait(HOUR)
        assert sweeps.swept == [NOW]
        assert await sweeps.overdue() == 0
        await sweeps.wait(OVERDUE_GRACE)
        assert await sweeps.overdue() == 1
    receipts = await cellar.receipts()
    assert not any(receipt.body["complete"] for receipt in receipts)
    await sweeps.wait(RETRY_AFTER)
    assert await cellar.stored() == {}
    assert await sweeps.overdue() == 0
    assert len(sweeps.swept) == 2


async def test_a_place_that_failed_is_tried_again(
    cellar: Cellar, sweeps: Sweeps
) -> None:
    """The vault has nothing that is due any more, but the place still has."""
    await cellar.store(age=2 * DAY)
    cellar.attic.error = KeyError()
    assert not await sweeps.sweeper.async_sweep()
    assert await cellar.stored() == {}
    await sweeps.wait(RETRY_AFTER)
    assert sweeps.swept == []
    cellar.attic.error = None
    await sweeps.wait(2 * RETRY_AFTER)
    assert cellar.attic.left == 0
    assert len(sweeps.swept) == 1


async def test_what_somebody_asked_for_is_tried_again_without_being_asked(
    cellar: Cellar, sweeps: Sweeps
) -> None:
    """When the receipt says it is, though nothing is due for hours."""
    await cellar.store(keep_audio=WEEK, keep_transcript=WEEK)
    await sweeps.sweeper.async_sweep()
    cellar.attic.error = KeyError()
    receipt = await cellar.purger.async_purge(Scope(asked_by=AskedBy.USER))
    assert receipt.retry_at == NOW + RETRY_AFTER
    cellar.attic.error = None
    await sweeps.wait(RETRY_AFTER - SHORTEST_WAIT)
    assert cellar.attic.left > 0
    await sweeps.wait(SHORTEST_WAIT)
    assert cellar.attic.left == 0


async def test_what_is_in_use_is_tried_again_within_seconds(
    cellar: Cellar, sweeps: Sweeps
) -> None:
    """Most runs are over by then; for one that never ends, the pauses grow."""
    await cellar.store(keep_audio=WEEK, keep_transcript=WEEK)
    await sweeps.sweeper.async_sweep()
    cellar.attic.can_delete = 0
    receipt = await cellar.purger.async_purge(Scope(asked_by=AskedBy.VOICE))
    assert receipt.retry_at == NOW + BRIEF_PAUSE
    await sweeps.wait(BRIEF_PAUSE)
    assert await cellar.queue.async_next_try() == dt_util.utcnow() + 2 * BRIEF_PAUSE
    cellar.attic.can_delete = 3
    await sweeps.wait(2 * BRIEF_PAUSE)
    assert cellar.attic.left == 0
    assert await cellar.queue.async_next_try() is None


@pytest.mark.parametrize(
    "error",
    [VaultUnavailable("damaged"), RuntimeError("anything")],
    ids=["no vault", "a fault of ours"],
)
async def test_a_sweep_never_raises(
    cellar: Cellar, sweeps: Sweeps, error: Exception
) -> None:
    """A backup waits for it, and an exception would stop that."""
    await cellar.store(age=2 * DAY)
    with patch.object(cellar.storage, "async_due", side_effect=error):
        assert not await sweeps.sweeper.async_sweep()
        assert sweeps.swept == []
    await sweeps.wait(RETRY_AFTER)
    assert await cellar.stored() == {}


async def test_something_that_stays_due_does_not_keep_it_busy(
    cellar: Cellar, sweeps: Sweeps
) -> None:
    """Whatever is wrong with the vault, a processor is not for one recording."""
    with (
        patch.object(cellar.storage, "async_next_expiry", return_value=NOW - DAY),
        patch.object(
            cellar.storage, "async_due", return_value=[Due("0" * 32, frozenset())]
        ) as due,
    ):
        await sweeps.sweeper.async_sweep()
        await sweeps.wait(timedelta(milliseconds=1))
        assert due.call_count == 1
        await sweeps.wait(SHORTEST_WAIT)
        assert due.call_count == 2


async def test_the_oldest_make_room(cellar: Cellar, sweeps: Sweeps) -> None:
    """Held ones last."""
    held = await cellar.store(age=3 * HOUR)
    await cellar.hold(held, NOW + DAY)
    await cellar.store(age=2 * HOUR)
    await cellar.store(age=HOUR)
    assert await sweeps.make(ONE_RECORDING).async_sweep()
    assert set(await cellar.stored()) == {held}
    receipt, counts = cellar.told[-1]
    assert receipt.scope.asked_by is AskedBy.SIZE_CAP
    assert counts == {"kitchen": 2}


async def test_even_a_held_one_goes_when_it_alone_is_too_much(
    cellar: Cellar, sweeps: Sweeps
) -> None:
    """A disk that is full helps nobody."""
    await cellar.hold(await cellar.store(), NOW + DAY)
    assert await sweeps.make(100).async_sweep()
    assert await cellar.stored() == {}


async def test_what_fits_is_left_alone(cellar: Cellar, sweeps: Sweeps) -> None:
    """Not one more than needed."""
    await cellar.store()
    assert await sweeps.make(ONE_RECORDING).async_sweep()
    assert len(await cellar.stored()) == 1
    assert cellar.told == []


def always(keep: timedelta) -> Rule:
    """Return the rule for everything."""
    return rule(keep)


async def test_a_shorter_limit_applies_at_once(cellar: Cellar, sweeps: Sweeps) -> None:
    """Also to what was kept for longer, with a receipt."""
    await cellar.store(age=2 * HOUR)
    left = await cellar.store()
    assert await sweeps.sweeper.async_apply_limits(lambda origin: always(HOUR))
    stored = await cellar.stored()
    assert set(stored) == {left}
    assert stored[left].audio_expires == NOW + HOUR
    expired, settings = await cellar.receipts()
    assert expired.kind == "expiry"
    assert settings.kind == "settings"
    assert settings.body == {"shortened": 2, "lengthened": 0}


async def test_a_longer_limit_applies_to_what_is_still_there(
    cellar: Cellar, sweeps: Sweeps
) -> None:
    """And the receipts say so."""
    recording_id = await cellar.store(age=23 * HOUR)
    assert await sweeps.sweeper.async_apply_limits(lambda origin: always(WEEK))
    await sweeps.wait(2 * HOUR)
    stored = await cellar.stored()
    assert stored[recording_id].audio_expires == NOW - 23 * HOUR + WEEK
    (receipt,) = await cellar.receipts()
    assert receipt.body == {"shortened": 0, "lengthened": 1}


async def test_the_same_limit_leaves_no_receipt(cellar: Cellar, sweeps: Sweeps) -> None:
    """At every start there would be one."""
    await cellar.store()
    assert await sweeps.sweeper.async_apply_limits(lambda origin: always(DAY))
    assert await cellar.receipts() == []


async def test_a_limit_waits_for_the_vault(cellar: Cellar, sweeps: Sweeps) -> None:
    """It must not be forgotten because the disk was away."""
    await cellar.store(age=2 * HOUR)
    with patch.object(
        cellar.storage, "async_reschedule", side_effect=VaultUnavailable("read_only")
    ):
        assert not await sweeps.sweeper.async_apply_limits(lambda origin: always(WEEK))
        # The latest one counts.
        assert not await sweeps.sweeper.async_apply_limits(lambda origin: always(HOUR))
    assert len(await cellar.stored()) == 1
    await sweeps.wait(RETRY_AFTER)
    assert await cellar.stored() == {}


async def test_a_limit_that_changes_meanwhile_is_applied_next(
    cellar: Cellar, sweeps: Sweeps
) -> None:
    """Both sweeps go one after the other."""
    recording_id = await cellar.store()
    reschedule = cellar.storage.async_reschedule
    second: asyncio.Task[bool] | None = None

    async def change_meanwhile(rule_for: object) -> object:
        nonlocal second
        if second is None:
            second = asyncio.create_task(
                sweeps.sweeper.async_apply_limits(lambda origin: always(WEEK))
            )
            await asyncio.sleep(0)
        return await reschedule(rule_for)

    with patch.object(cellar.storage, "async_reschedule", change_meanwhile):
        await sweeps.sweeper.async_apply_limits(lambda origin: always(HOUR))
        assert second is not None
        await second
    assert (await cellar.stored())[recording_id].audio_expires == NOW + WEEK


async def test_a_purge_and_a_sweep_get_along(cellar: Cellar, sweeps: Sweeps) -> None:
    """Both want the same recording at the same moment."""
    await cellar.store(age=2 * DAY)
    receipt, is_done = await asyncio.gather(
        cellar.purger.async_purge(Scope(asked_by=AskedBy.USER)),
        sweeps.sweeper.async_sweep(),
    )
    assert receipt.is_complete
    assert is_done
    assert await cellar.stored() == {}
