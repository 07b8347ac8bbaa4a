"""Know in the middle of an agent's work for whom it works.

The run that calls an agent is among its callers until the agent waits in a task of its own,
which is what our guard gives it. So the guard passes on whom it found there, in a context
variable: no client can set that either.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from homeassistant.core import callback

from ..const import LOGGER
from ..policy.models import Origin, OriginKind
from .origin import find_caller_on_stack
from .satellites import SatelliteDirectory


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Whose sentence an agent answers.

    Timers keep the context variables of whoever started them, so the run itself, which
    knows what was said, must not be in here.
    """

    origin: Origin
    user_id: str | None
    """The account behind the run; a satellite has none."""


_caller: ContextVar[Caller | None] = ContextVar("voice_retention_caller", default=None)


@callback
def look_for_caller(satellites: SatelliteDirectory) -> Caller | None:
    """Return whose run calls us right now; none if that is not known for sure."""
    try:
        speaker = find_caller_on_stack(satellites)
    except Exception:  # noqa: BLE001
        # Home Assistant has changed too much; the sentence must be answered all the same.
        LOGGER.exception("Cannot find out who is calling")
        return None
    if (
        speaker is None
        or speaker.run is None
        or speaker.origin.kind is OriginKind.UNKNOWN
    ):
        return None
    return Caller(origin=speaker.origin, user_id=speaker.run.context.user_id)


@contextmanager
def working_for(caller: Caller | None) -> Iterator[None]:
    """Let tasks that are made in here know for whom they work."""
    token = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(token)


@callback
def find_asker(satellites: SatelliteDirectory) -> Caller | None:
    """Return for whom an agent works, to be called before anything is waited for."""
    known, seen = _caller.get(), look_for_caller(satellites)
    if seen is None:
        return known
    # What the guard saw is more: an agent in a cloud may work in another conversation.
    is_same = known is not None and known.origin.run_id == seen.origin.run_id
    return known if is_same else seen
