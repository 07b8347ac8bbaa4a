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
) -> Trail:
    """Return what vault and places know of a target.

    Whatever cannot tell is passed over: the places then find less, and what is left of
    the vault is found by the purge that is repeated for it.
    """
    trails = [await _async_trail_of_vault(source, target)]
    for place in places:
        try:
            trails.append(await place.async_trail(target))
        except Exception:  # noqa: BLE001
            # As with purging: a place that has changed must not keep us from the others.
            LOGGER.exception("Could not follow traces from %s", place.key)
    return join_trails(trails)


async def _async_trail_of_vault(source: TextSource, target: Target) -> Trail:
    """Return what the recordings tell."""
    texts: Mapping[str, RecordingText] = {}
    if target.contents & _TEXT:
        try:
            texts = await source.async_read_text(
                [recording.recording_id for recording in target.recordings]
            )
        except VaultUnavailable:
            LOGGER.debug("The words of what is deleted are not known")
    return Trail(
        run_ids=frozenset(item.run_id for item in target.recordings if item.run_id),
        conversation_ids=frozenset(
            item.conversation_id for item in target.recordings if item.conversation_id
        ),
        transcripts=frozenset(
            text.transcript for text in texts.values() if text.transcript
        ),
        responses=frozenset(text.response for text in texts.values() if text.response),
    )
