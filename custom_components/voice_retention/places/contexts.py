"""Reach what is remembered of a sentence by what it led to, for as long as that is there.

A script that waits has the sentence in its variables and in its steps until it ends; a
timer that was started on the way has them until it rings; and the state that an entity got
knows the action that gave it. All is in memory. The words are taken out of it, and what
waits goes on without them. A sentence that is just being answered is not touched. Tried on
2026.6.0, 2026.10.4 and 2026.11.0.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from types import CoroutineType
from typing import Any, Final, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import script
from homeassistant.helpers.script import DATA_SCRIPTS

from .debug_runs import ongoing_runs
from .log_redaction import REPLACEMENT
from .phrases import walk
from .protocol import Place, Target
from .recorder_wanted import Wanted
from .scrub import Scrubber
from .sought import Whose

LOCALS: Final = frozenset({"variables", "run_variables", "trigger_variables", "result"})
"""What parts of Home Assistant call the variables of a script while it runs."""


class ContextsPlace(Place):
    """Variables, steps and causes."""

    key = "contexts"

    def __init__(self, hass: HomeAssistant) -> None:
        """Look into this Home Assistant."""
        self._hass = hass

    @override
    async def async_find(self, target: Target) -> int:
        """Count the texts."""
        return await self._async_scrub(target, is_dry=True)

    @override
    async def async_purge(self, target: Target) -> int:
        """Take the words out of the texts."""
        return await self._async_scrub(target, is_dry=False)

    @override
    async def async_verify(self, target: Target) -> int:
        """Count the texts that are left."""
        return await self.async_find(target)

    async def _async_scrub(self, target: Target, *, is_dry: bool) -> int:
        """Go through everything that is remembered; return how many texts there were."""
        if not (wanted := await Wanted.async_of(self._hass, target)):
            return 0
        ongoing = {run.conversation_id for run in ongoing_runs(self._hass) if run}
        count = 0
        for root in list(self._roots()):
            # All that runs has its turn in between.
            await asyncio.sleep(0)
            found = Scrubber(partial(_redacted, wanted), is_dry=True)
            found.scrub(root)
            if not found.count:
                continue
            told = list(walk(root))
            if _is_somebody_elses(told, wanted):
                continue
            if is_dry:
                count += found.count
            elif ongoing.isdisjoint(inner for inner in told if isinstance(inner, str)):
                scrubber = Scrubber(partial(_redacted, wanted), is_dry=False)
                scrubber.scrub(root)
                count += scrubber.count
        return count

    @callback
    def _roots(self) -> Iterator[list[Any]]:
        """Yield all that is remembered, together what belongs together."""
        for state in self._hass.states.async_all():
            if (event := state.context.origin_event) is not None:
                yield [event]
        for known in self._hass.data.get(DATA_SCRIPTS, {}).values():
            for run in known["instance"]._runs:  # noqa: SLF001
                yield [run._variables, run._context]  # noqa: SLF001
        for task in asyncio.all_tasks():
            coroutines = list(_coroutines(task.get_coro()))
            if any(map(_is_of_script, coroutines)):
                yield [*_contexts(task), *_variables(coroutines)]
        seen: set[tuple[int, ...]] = set()
        # Nobody but the event loop knows its timers.
        for handle in list(getattr(self._hass.loop, "_scheduled", ())):
            values = list(handle._context.values())  # noqa: SLF001
            if (key := tuple(map(id, values))) not in seen:
                seen.add(key)
                yield values


def _redacted(wanted: Wanted, text: str) -> str:
    """Return a text without what was said, unless a held recording says it too."""
    if any(
        phrases.are_mentioned(text) or phrases.is_short_one(text)
        for _, phrases in wanted.spared
    ):
        return text
    if wanted.phrases.is_short_one(text):
        return REPLACEMENT
    for start, end in reversed(wanted.phrases.spans(text)):
        text = text[:start] + REPLACEMENT + text[end:]
    return text


def _is_somebody_elses(told: list[object], wanted: Wanted) -> bool:
    """Return whether what is remembered came from a satellite that is not meant."""
    names = [
        inner["satellite_id"]
        for inner in told
        if isinstance(inner, Mapping) and inner.get("satellite_id")
    ]
    return bool(names) and all(
        wanted.speakers.whose(name, None) is Whose.SOMEBODY_ELSES for name in names
    )


def _contexts(task: asyncio.Task[Any]) -> Iterator[object]:
    """Yield what a task has in its context, and in those of what is called at its end."""
    yield from task.get_context().values()
    # Of whoever started it, with what was known there; none if there are no calls.
    for _, context in task._callbacks or ():  # noqa: SLF001
        yield from context.values()


def _coroutines(coroutine: object) -> Iterator[CoroutineType[Any, Any, Any]]:
    """Yield a coroutine and those that it waits for."""
    while isinstance(coroutine, CoroutineType):
        yield coroutine
        coroutine = coroutine.cr_await


def _is_of_script(coroutine: CoroutineType[Any, Any, Any]) -> bool:
    """Return whether a coroutine is part of a script that runs."""
    return coroutine.cr_code.co_filename == script.__file__


def _variables(
    coroutines: Iterable[CoroutineType[Any, Any, Any]],
) -> Iterator[object]:
    """Yield what coroutines call the variables of a script."""
    for coroutine in coroutines:
        if coroutine.cr_frame is not None:
            frame_locals = coroutine.cr_frame.f_locals
            yield from (frame_locals[name] for name in LOCALS if name in frame_locals)
