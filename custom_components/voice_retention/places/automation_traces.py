"""Reach the traces of automations and scripts.

Home Assistant keeps the last five of each in memory, and after a clean stop in
".storage/trace.saved_traces". A trace holds what triggered it, so one that a sentence
triggered holds the sentence, and each of its steps may hold sentence and answer. Without a
speaker it is recognised by a sentence of ten characters or more that it mentions; what a
language model made of a sentence cannot be recognised. Tried on 2026.6.0, 2026.10.4 and
2026.11.0; before 2026.10 runs and non-runs were kept together.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final, Self, override

from homeassistant.components.trace import const
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..policy.models import Content
from .phrases import strings_in, walk
from .protocol import Place, Target
from .sought import UNTOLD, Sought, Spoken

HELD_CONTENT = frozenset({Content.TRANSCRIPT, Content.RESPONSE})
BATCH: Final = 4
"""Traces that are read in one go; each takes about half a millisecond."""

type Stored = dict[str, list[dict[str, Any]]]
type TraceId = tuple[str, str]
type ExtendedForm = Callable[[], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """What matters of a trace."""

    trace_id: TraceId
    started: datetime | None
    spoken: Spoken
    context_ids: frozenset[str]
    """The trace's context and the one that led to it."""

    children: frozenset[str]
    """Runs of scripts that it called."""

    told: object = field(repr=False)
    """Everything in it that may hold text; not what the household itself wrote."""

    @classmethod
    def read(cls, key: str, trace: Mapping[str, Any]) -> Self:
        """Read the extended form of a trace, live or from a file."""
        told = {name: trace.get(name) for name in ("trace", "trigger", "error")}
        nested = [inner for inner in walk(told) if isinstance(inner, Mapping)]
        context: Any = trace.get("context")
        if not isinstance(context, Mapping):
            context = {} if context is None else context.as_dict()
        return cls(
            trace_id=(key, trace["run_id"]),
            started=_moment(trace["timestamp"]["start"]),
            spoken=next(map(_spoken, filter(_is_sentence, nested)), UNTOLD),
            context_ids=frozenset(
                filter(None, (context.get("id"), context.get("parent_id")))
            ),
            children=frozenset(
                inner["child_id"]["run_id"] for inner in nested if "child_id" in inner
            ),
            told=told,
        )


class AutomationTracesPlace(Place):
    """What automations and scripts did, step by step; copies on disk count as well."""

    key = "automation_traces"
    names_speaker = True

    def __init__(self, hass: HomeAssistant) -> None:
        """Look into this Home Assistant."""
        self._hass = hass

    @override
    async def async_find(self, target: Target) -> int:
        """Count the traces in memory and those on disk."""
        if not target.contents & HELD_CONTENT:
            return 0
        in_memory, on_disk = await self._async_meant(target)
        return len(in_memory) + len(on_disk)

    @override
    async def async_purge(self, target: Target) -> int:
        """Drop the traces, and write the file anew without them."""
        if not target.contents & HELD_CONTENT:
            return 0
        in_memory, on_disk = await self._async_meant(target)
        for key, bucket in self._buckets():
            for run_id in [run_id for run_id in bucket if (key, run_id) in in_memory]:
                del bucket[run_id]
        if on_disk:
            store = self._hass.data[const.DATA_TRACE_STORE]
            stored: Stored = await store.async_load() or {}
            await store.async_save(_without(stored, on_disk))
        return len(in_memory) + len(on_disk)

    @override
    async def async_verify(self, target: Target) -> int:
        """Count the traces that are left, reading the file again."""
        return await self.async_find(target)

    async def _async_meant(self, target: Target) -> tuple[set[TraceId], set[TraceId]]:
        """Return which traces are meant in memory and on disk."""
        sought = Sought(self._hass, target)
        live = [
            (key, trace.as_extended_dict)
            for key, bucket in self._buckets()
            for trace in bucket.values()
        ]
        store = self._hass.data.get(const.DATA_TRACE_STORE)
        stored: Stored = (await store.async_load() or {}) if store else {}
        return (
            await _async_choose(sought, await _async_read(live)),
            await _async_choose(sought, await _async_read(_entries(stored))),
        )

    def _buckets(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the traces by run, of each automation and script and of each kind."""
        for key, traces in self._hass.data.get(const.DATA_TRACE, {}).items():
            if isinstance(traces, dict):
                yield key, traces
            else:
                yield key, traces.runs
                yield key, traces.not_triggered


async def _async_read(traces: Iterable[tuple[str, ExtendedForm]]) -> list[Story]:
    """Read traces."""
    return [
        Story.read(key, extended_form())
        async for key, extended_form in _async_batched(traces)
    ]


async def _async_choose(sought: Sought, stories: list[Story]) -> set[TraceId]:
    """Return which traces are meant.

    What another sentence led to belongs to that one, also if it mentions the same words.
    """
    told = [story for story in stories if story.spoken is not UNTOLD]
    meant = {story.trace_id for story in told if _is_meant(sought, story)}
    others = [story for story in told if story.trace_id not in meant]
    foreign_contexts = frozenset().union(*(story.context_ids for story in others))
    foreign_runs = frozenset().union(*(story.children for story in others))
    return meant | {
        story.trace_id
        async for story in _async_batched(stories)
        if story.spoken is UNTOLD
        and not story.context_ids & foreign_contexts
        and story.trace_id[1] not in foreign_runs
        and _is_meant(sought, story)
    }


async def _async_batched[T](items: Iterable[T]) -> AsyncGenerator[T]:
    """Yield items, letting others have their turn now and then."""
    for number, item in enumerate(items):
        if number % BATCH == 0:
            await asyncio.sleep(0)
        yield item


def _is_meant(sought: Sought, story: Story) -> bool:
    """Return whether a trace is one of those that are sought."""
    return sought.is_meant(story.spoken, story.started, lambda: strings_in(story.told))


def _entries(stored: Stored) -> Iterator[tuple[str, ExtendedForm]]:
    """Yield the traces of the file."""
    for key, traces in stored.items():
        for trace in traces:
            yield key, partial(trace.__getitem__, "extended_dict")


def _without(stored: Stored, gone: set[TraceId]) -> Stored:
    """Return the content of the file without some traces."""
    return {
        key: [
            trace
            for trace in traces
            if (key, trace["extended_dict"]["run_id"]) not in gone
        ]
        for key, traces in stored.items()
    }


def _is_sentence(inner: Mapping[str, Any]) -> bool:
    """Return whether something in a trace is a sentence that triggered it."""
    return inner.get("platform") == "conversation" and "sentence" in inner


def _spoken(trigger: Mapping[str, Any]) -> Spoken:
    """Return what a sentence trigger tells."""
    return Spoken(
        satellite_id=trigger.get("satellite_id"),
        device_id=trigger.get("device_id"),
        conversation_id=(trigger.get("user_input") or {}).get("conversation_id"),
        sentence=trigger["sentence"],
    )


def _moment(started: datetime | str) -> datetime | None:
    """Return when a trace began; a restored one has it as text."""
    return started if isinstance(started, datetime) else dt_util.parse_datetime(started)
