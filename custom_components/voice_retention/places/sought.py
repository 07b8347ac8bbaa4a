"""Tell whether a trace that names its speaker, its words, or neither, belongs to a target."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..policy.models import Content
from .debug_runs import spared_runs, trail_of
from .once import once_per_target
from .phrases import Phrases
from .protocol import Target

BEFORE: Final = timedelta(seconds=10)
"""How much earlier than its recording a run may have begun."""

AFTERMATH: Final = timedelta(minutes=10)
"""How long after a sentence something without a speaker may be a consequence of it."""


class Whose(Enum):
    """Whose trace something is."""

    MEANT = auto()
    SOMEBODY_ELSES = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """What a trace tells of the sentence that it comes from."""

    satellite_id: str | None = None
    device_id: str | None = None
    conversation_id: str | None = None
    sentence: str | None = None

    @property
    def has_speaker(self) -> bool:
        """Return whether it tells where it was said."""
        return self.satellite_id is not None or self.device_id is not None


UNTOLD: Final = Spoken()


@dataclass(frozen=True, kw_only=True, slots=True)
class Speakers:
    """The satellites and clients of a target."""

    satellite_ids: frozenset[str]
    device_ids: frozenset[str]
    includes_other_clients: bool
    is_everybody: bool

    def whose(self, satellite_id: str | None, device_id: str | None) -> Whose:
        """Return whose trace it is that carries these ids."""
        if self.is_everybody:
            return Whose.MEANT
        if satellite_id in self.satellite_ids or device_id in self.device_ids:
            return Whose.MEANT
        if satellite_id is not None:
            return Whose.SOMEBODY_ELSES
        # Whoever is no satellite may name any device, so the name tells nothing.
        if self.includes_other_clients:
            return Whose.MEANT
        return Whose.UNKNOWN if device_id is None else Whose.SOMEBODY_ELSES


@callback
def speakers_of(hass: HomeAssistant, target: Target) -> Speakers:
    """Return who is meant: of an exact target, whoever spoke its recordings."""
    exact = _exact_speakers(target)
    if target.is_exact:
        return exact
    registry = er.async_get(hass)
    entries = [registry.async_get(entity) for entity in target.satellite_ids or ()]
    return Speakers(
        satellite_ids=exact.satellite_ids | (target.satellite_ids or frozenset()),
        device_ids=exact.device_ids
        | {entry.device_id for entry in entries if entry and entry.device_id},
        includes_other_clients=target.includes_other_clients,
        is_everybody=target.satellite_ids is None,
    )


@once_per_target
def _exact_speakers(target: Target) -> Speakers:
    """Return who spoke the recordings of a target."""
    spoken = [item for item in target.recordings if item.satellite_id is not None]
    return Speakers(
        satellite_ids=frozenset(
            item.satellite_id for item in spoken if item.satellite_id
        ),
        device_ids=frozenset(item.device_id for item in spoken if item.device_id),
        includes_other_clients=len(spoken) < len(target.recordings),
        is_everybody=False,
    )


@once_per_target
def transcripts_of(target: Target) -> Phrases:
    """Return what was said."""
    return Phrases(target.trail.transcripts)


@once_per_target
def responses_of(target: Target) -> Phrases:
    """Return what was answered."""
    return Phrases(target.trail.responses)


@once_per_target
def _texts_of(target: Target) -> Phrases:
    """Return what is to be deleted of what was said and answered."""
    trail, contents = target.trail, target.contents
    return Phrases(
        (trail.transcripts if Content.TRANSCRIPT in contents else frozenset())
        | (trail.responses if Content.RESPONSE in contents else frozenset())
    )


@once_per_target
def conversations_of(target: Target) -> frozenset[str]:
    """Return the conversations that the sentences of a target were part of."""
    return target.trail.conversation_ids | {
        item.conversation_id for item in target.recordings if item.conversation_id
    }


@once_per_target
def _moments(target: Target) -> list[datetime]:
    """Return when the sentences of a target were said, in order."""
    return sorted(item.created for item in target.recordings)


class Sought:
    """What is looked for in a place that keeps text."""

    def __init__(self, hass: HomeAssistant, target: Target) -> None:
        """Prepare a search; it is good for as long as nothing is deleted."""
        self._target = target
        self._speakers = speakers_of(hass, target)
        self._conversation_ids = conversations_of(target)
        self._transcripts = transcripts_of(target)
        self._texts = _texts_of(target)
        spared = trail_of(spared_runs(hass, target))
        self._spared_conversation_ids = spared.conversation_ids
        self._spared_transcripts = Phrases(spared.transcripts)

    def whose(self, spoken: Spoken) -> Whose:
        """Return whose sentence it is."""
        return self._speakers.whose(spoken.satellite_id, spoken.device_id)

    def is_meant(
        self,
        spoken: Spoken,
        moment: datetime | None,
        strings: Callable[[], Iterable[str]],
    ) -> bool:
        """Return whether a trace belongs to the target.

        ``strings`` gives all its text; it is only asked where nothing else decides.
        """
        whose = self.whose(spoken)
        if whose is Whose.SOMEBODY_ELSES or self._is_spared(spoken):
            return False
        if whose is Whose.MEANT and self._covers(moment):
            return True
        if spoken.conversation_id in self._conversation_ids:
            return (
                not self._transcripts
                or self._transcripts.has(spoken.sentence)
                or any(self._texts.are_mentioned(text) for text in strings())
            )
        if spoken.has_speaker or not self._is_near(moment):
            return False
        return self._transcripts.has(spoken.sentence) or any(
            self._texts.are_mentioned(text) for text in strings()
        )

    def _is_spared(self, spoken: Spoken) -> bool:
        """Return whether it is the sentence of a recording that is held."""
        return (
            spoken.conversation_id in self._spared_conversation_ids
            and self._spared_transcripts.has(spoken.sentence)
        )

    def _covers(self, moment: datetime | None) -> bool:
        """Return whether everything of this moment is meant that the speakers said."""
        return not self._target.is_exact and (
            moment is None or self._target.covers(moment)
        )

    def _is_near(self, moment: datetime | None) -> bool:
        """Return whether something of this moment may come from what is meant."""
        if moment is None:
            return True
        if not self._target.is_exact:
            return self._target.covers(moment) or self._target.covers(
                moment - AFTERMATH
            )
        moments = _moments(self._target)
        first = bisect_left(moments, moment - AFTERMATH)
        return first < len(moments) and moments[first] <= moment + BEFORE
