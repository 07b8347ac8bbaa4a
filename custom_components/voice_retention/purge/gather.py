"""Gather what leads from a target to its traces, before anything of it is deleted."""

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from ..const import LOGGER
from ..errors import VaultUnavailable
from ..places.protocol import Place, Target
from ..places.trail import Trail, join_trails
from ..policy.models import Content
from ..vault.models import RecordingText

_TEXT = frozenset({Content.TRANSCRIPT, Content.RESPONSE})


class TextSource(Protocol):
    """Where the words of recordings are; raises when it is out of order."""

    async def async_read_text(
        self, recording_ids: Collection[str]
    ) -> Mapping[str, RecordingText]:
        """Return what was said and answered."""


async def async_gather_trail(
    source: TextSource, places: Iterable[Place], target: Target
) -> tuple[Trail, str | None]:
    """Return what vault and places know of a target, and why that may not be all.

    Whatever cannot tell is passed over: the places then find less, and a receipt that
    called them empty would not be true.
    """
    trail, lost = await _async_trail_of_vault(source, target)
    trails = [trail]
    for place in places:
        try:
            trails.append(await place.async_trail(target))
        except Exception as err:  # noqa: BLE001
            # As with purging: a place that has changed must not keep us from the others.
            LOGGER.exception("Could not follow traces from %s", place.key)
            lost = type(err).__name__
    return join_trails(trails), lost


async def _async_trail_of_vault(
    source: TextSource, target: Target
) -> tuple[Trail, str | None]:
    """Return what the recordings tell, and why they do not tell all."""
    lost: str | None = None
    texts: Mapping[str, RecordingText] = {}
    if target.contents & _TEXT:
        try:
            texts = await source.async_read_text(
                [recording.recording_id for recording in target.recordings]
            )
        except VaultUnavailable as err:
            LOGGER.debug("The words of what is deleted are not known")
            lost = err.reason
    trail = Trail(
        run_ids=frozenset(item.run_id for item in target.recordings if item.run_id),
        conversation_ids=frozenset(
            item.conversation_id for item in target.recordings if item.conversation_id
        ),
        transcripts=frozenset(
            text.transcript for text in texts.values() if text.transcript
        ),
        responses=frozenset(text.response for text in texts.values() if text.response),
    )
    return trail, lost
