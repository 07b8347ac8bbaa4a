"""Work out from a target what there may be copies of.

There may be a hundred thousand recordings, so nothing here is for the event loop.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ...policy.models import Content
from ...vault.books import Heard
from ...vault.models import StoredRecording
from ..protocol import Target
from .protocol import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What a target tells by itself."""

    heard: tuple[Heard, ...]
    """Which engines heard the recordings."""

    spoken: dict[str, Span]
    """Where they were spoken, by satellite key."""

    runs: frozenset[str]
    """The runs of the recordings."""

    other_runs: frozenset[str]
    """Runs of which nothing was recorded."""

    since: datetime | None
    """When the first of it was said; none if that may be any time ago."""


def facts_of(target: Target) -> Facts:
    """Read the recordings that are meant, and the runs that left only traces."""
    meant = [item for item in target.recordings if item.contents & target.contents]
    recorded = {item.run_id for item in target.recordings} | target.spared_runs
    first = min((item.created for item in meant), default=None)
    return Facts(
        heard=_heard_in(meant) if Content.AUDIO in target.contents else (),
        spoken=spans_of(
            (item.satellite_key, Span(item.created, item.created)) for item in meant
        ),
        runs=frozenset(item.run_id for item in meant if item.run_id is not None),
        other_runs=target.trail.run_ids - recorded,
        since=first if target.is_exact else target.start,
    )


def _heard_in(recordings: Iterable[StoredRecording]) -> tuple[Heard, ...]:
    """Add up what recordings say of the engines that heard them."""
    sums: dict[tuple[object, ...], Heard] = {}
    for item in recordings:
        if item.engine_id is None:
            continue
        key = (item.engine_id, item.locality, item.satellite_key)
        heard = sums.get(key)
        if heard is None:
            heard = Heard(
                engine_id=item.engine_id,
                locality=item.locality,
                satellite_key=item.satellite_key,
                first=item.created,
                last=item.created,
                sentences=0,
                audio_bytes=0,
                audio_seconds=0.0,
                characters=0,
            )
        sums[key] = replace(
            heard,
            first=min(heard.first, item.created),
            last=max(heard.last, item.created),
            sentences=heard.sentences + 1,
            audio_bytes=heard.audio_bytes + item.audio_bytes,
            audio_seconds=heard.audio_seconds + item.audio_seconds,
        )
    return tuple(sums.values())


def spans_of(spans: Iterable[tuple[str, Span]]) -> dict[str, Span]:
    """Join the spans of each satellite."""
    joined: dict[str, Span] = {}
    for key, span in spans:
        joined[key] = joined[key] | span if key in joined else span
    return joined
