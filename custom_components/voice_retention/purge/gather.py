"""Gather what leads from a target to its traces, before anything of it is deleted."""

from collections.abc import Collection, Iterable
from typing import Protocol

from homeassistant.core import HomeAssistant

from ..const import LOGGER
from ..errors import VaultUnavailable
from ..places.once import prepare
from ..places.protocol import Place, Target
from ..places.trail import Trail, join_trails
from ..policy.models import Content
from ..vault.models import RecordingText
from .failures import describe, reason_of

_TEXT = frozenset({Content.TRANSCRIPT, Content.RESPONSE})


class TextSource(Protocol):
    """Where the words of recordings are; raises when it is out of order."""

    async def async_read_text(
        self, recording_ids: Collection[str]
    ) -> dict[str, RecordingText]:
        """Return what was said and answered, for the caller to keep."""


async def async_gather_trail(
    hass: HomeAssistant, source: TextSource, places: Iterable[Place], target: Target
) -> tuple[Trail, str | None]:
    """Return what vault and places know of a target, and why that may not be all.

    Whatever cannot tell is passed over: the places then find less, and a receipt that
    called them empty would not be true.
    """
    texts, lost = await _async_texts(source, target)
    trails = [await hass.async_add_executor_job(_taken, target, texts)]
    await hass.async_add_executor_job(prepare, target)
    for place in places:
        try:
            trails.append(await place.async_trail(target))
        except Exception as err:  # noqa: BLE001
            # As with purging: a place that has changed must not keep us from the others.
            LOGGER.error(
                "Could not follow traces from %s: %s", place.key, describe(err)
            )
            lost = reason_of(err)
    return await hass.async_add_executor_job(_joined, trails), lost


async def _async_texts(
    source: TextSource, target: Target
) -> tuple[dict[str, RecordingText], str | None]:
    """Return the words of the recordings, or why they are not known."""
    if not target.contents & _TEXT:
        return {}, None
    try:
        texts = await source.async_read_text(
            [recording.recording_id for recording in target.recordings]
        )
    except VaultUnavailable as err:
        LOGGER.debug("The words of what is deleted are not known")
        return {}, err.reason
    return texts, None


def _taken(target: Target, texts: dict[str, RecordingText]) -> Trail:
    """Return what the recordings tell; give back the memory of their words here."""
    transcripts: set[str] = set()
    responses: set[str] = set()
    while texts:
        _, text = texts.popitem()
        transcripts.add(text.transcript or "")
        responses.add(text.response or "")
    return Trail(
        run_ids=frozenset(item.run_id for item in target.recordings if item.run_id),
        conversation_ids=frozenset(
            item.conversation_id for item in target.recordings if item.conversation_id
        ),
        transcripts=frozenset(transcripts - {""}),
        responses=frozenset(responses - {""}),
    )


def _joined(trails: list[Trail]) -> Trail:
    """Return the trail of everything together; give back the memory of its parts here."""
    joined = join_trails(trails)
    trails.clear()
    return joined
