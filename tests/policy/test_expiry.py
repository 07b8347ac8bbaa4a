"""Test when things expire and what goes to make room."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings as hypothesis_settings, strategies as st

from custom_components.voice_retention.policy.choices import FOREVER, KEEP_LIMITS, NEVER
from custom_components.voice_retention.policy.expiry import (
    StoredSize,
    expires_at,
    plan_size_cap,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_it_expires_so_long_after_it_was_said() -> None:
    """Not after it was stored."""
    assert expires_at(NOW, timedelta(hours=1)) == NOW + timedelta(hours=1)


def test_what_is_never_kept_is_over_at_once() -> None:
    """Should it ever come to be stored."""
    assert expires_at(NOW, NEVER) == NOW


def test_what_is_kept_until_deleted_does_not_expire() -> None:
    """Adding that time to a moment would fail."""
    assert expires_at(NOW, FOREVER) is None


def test_every_limit_gives_a_moment() -> None:
    """For centuries to come."""
    for limit in KEEP_LIMITS.values():
        moment = expires_at(NOW.replace(year=2900), limit)
        assert moment is None or moment >= NOW


def stored(name: str, *, age: int, size: int = 10, is_held: bool = False) -> StoredSize:
    """Return a recording as the cap sees it."""
    return StoredSize(
        recording_id=name,
        created=NOW - timedelta(days=age),
        size=size,
        is_held=is_held,
    )


def test_the_oldest_go_first() -> None:
    """They are worth least."""
    found = [stored("b", age=2), stored("c", age=1), stored("a", age=3)]
    assert plan_size_cap(found, 15) == ["a", "b"]


def test_held_ones_go_last() -> None:
    """Somebody needs them, but a full disk helps nobody."""
    found = [
        stored("held", age=9, is_held=True),
        stored("b", age=2),
        stored("c", age=1),
    ]
    assert plan_size_cap(found, 15) == ["b", "c"]
    assert plan_size_cap(found, 5) == ["b", "c", "held"]


def test_what_fits_stays() -> None:
    """To the byte."""
    found = [stored("a", age=2), stored("b", age=1)]
    assert plan_size_cap(found, 20) == []
    assert plan_size_cap(found, 19) == ["a"]
    assert plan_size_cap([], 0) == []


sizes = st.builds(
    StoredSize,
    recording_id=st.uuids().map(str),
    created=st.datetimes(timezones=st.just(UTC)),
    size=st.integers(min_value=0, max_value=1000),
    is_held=st.booleans(),
)
many = st.lists(sizes, max_size=30, unique_by=lambda item: item.recording_id)


@given(found=many, cap=st.integers(min_value=0, max_value=5000))
@hypothesis_settings(deadline=None)
def test_the_rest_fits_and_nothing_goes_that_need_not(
    found: list[StoredSize], cap: int
) -> None:
    """Without the last one that goes, it would still be too much."""
    doomed = plan_size_cap(found, cap)
    by_id = {item.recording_id: item for item in found}
    left = sum(item.size for item in found if item.recording_id not in doomed)
    assert left <= cap
    if doomed:
        assert left + by_id[doomed[-1]].size > cap
    assert len(set(doomed)) == len(doomed)


@given(found=many, cap=st.integers(min_value=0, max_value=5000))
@hypothesis_settings(deadline=None)
def test_no_held_one_goes_while_another_stays(
    found: list[StoredSize], cap: int
) -> None:
    """Held is held as long as there is anything else."""
    doomed = set(plan_size_cap(found, cap))
    if any(item.is_held and item.recording_id in doomed for item in found):
        assert all(item.is_held or item.recording_id in doomed for item in found)
    stays = [item for item in found if item.recording_id not in doomed]
    for item in found:
        if item.recording_id in doomed:
            assert all(
                other.created >= item.created
                for other in stays
                if other.is_held == item.is_held
            )
