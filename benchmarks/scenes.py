"""What is spoken: how many satellites, how fast, how often."""

from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """One way in which a household speaks; a round of it is spoken with the guard, the next without."""

    name: str
    sentences: int
    """In one round, each by another satellite."""

    is_crowd: bool
    """All satellites speak at a time, not one after the other."""

    speed: float
    """Multiple of real time at which audio is sent. Sent faster, more sentences fit into the benchmark; what Home
    Assistant does for a second of audio stays the same. Fifty satellites at full speed are more than its event
    loop can take, guarded or not, and then nothing but a queue is measured."""

    pairs: int
    """Rounds without, and as many with the guard."""

    watched_pairs: int = 1
    """Rounds of each kind in which the event loop is watched, and nothing else is measured."""

    recordings: int = 0
    """How many recordings are in the vault already."""


NOW_AND_THEN: Final = Scene(
    name="1 satellite, now and then", sentences=1, is_crowd=False, speed=10, pairs=6
)
ONE: Final = Scene(
    name="1 satellite at a time", sentences=10, is_crowd=False, speed=10, pairs=4
)
TEN: Final = Scene(
    name="10 satellites at once", sentences=10, is_crowd=True, speed=1.25, pairs=4
)
FIFTY: Final = Scene(
    name="50 satellites at once", sentences=50, is_crowd=True, speed=0.4, pairs=2
)
FULL_VAULT: Final = replace(
    ONE,
    name="1 satellite at a time, 100,000 recordings kept",
    recordings=100_000,
    pairs=2,
)

EMPTY_VAULT_SCENES: Final = (NOW_AND_THEN, ONE, TEN, FIFTY)
QUICK_SCENES: Final = (
    replace(NOW_AND_THEN, pairs=3),
    replace(ONE, pairs=2),
    replace(TEN, pairs=2),
)
