"""Work out once what many places want to know of a target.

A target may have a hundred thousand recordings, and as many sentences: to go through them
takes long, so it is done in the executor before the first place is asked.
"""

from collections.abc import Callable
from functools import wraps
from typing import Final

from .protocol import Target

_RELEASED_AT_ONCE: Final = 500

_ALL: Final[list[Callable[[Target], object]]] = []


def once_per_target[T](work: Callable[[Target], T]) -> Callable[[Target], T]:
    """Let a target remember what a pure function of it returns."""

    @wraps(work)
    def remembered(target: Target) -> T:
        if work not in target.memory:
            target.memory[work] = work(target)
        result: T = target.memory[work]
        return result

    _ALL.append(remembered)
    return remembered


def prepare(target: Target) -> None:
    """Work everything out; not for the event loop."""
    for work in _ALL:
        work(target)


def release(targets: list[Target]) -> None:
    """Let go of targets that nobody else has any more; not for the event loop.

    Bit by bit, since the memory of a hundred thousand recordings, given back in one go,
    keeps every other thread waiting too.
    """
    while targets:
        recordings = list(targets.pop().recordings)
        while recordings:
            del recordings[-_RELEASED_AT_ONCE:]
