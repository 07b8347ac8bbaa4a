"""Know whose sentences the entities show that the household named as showing some.

Whatever such an entity showed counts as a transcript, also what a service wrote down
otherwise than the engine did, or what the vault never kept. Whose it was is told by the
device: an entity on a satellite's own device shows what that satellite heard, any other
one shows what somebody said. So of a satellite everything goes that the entities of its
device showed in the time, of everybody everything that any of them did, and of one
sentence what those of its device showed while it was spoken and answered. From the others
a sentence goes by its words, however short. Tried with SQLite on 2026.6.0 and 2026.10.4,
and with MariaDB and PostgreSQL on the latter.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Self

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..policy.models import Content
from .protocol import Target
from .recorder_wanted import Window, window_of
from .sought import speakers_of

ANSWERED_AFTER: Final = timedelta(seconds=10)
"""How long after a sentence its transcript and the answer are shown, at the latest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """Entities that show sentences; it is handed to another thread."""

    entity_ids: frozenset[str] = frozenset()
    windows: dict[str, tuple[Window, ...]] = field(default_factory=dict)
    """For each entity the times of which everything goes."""

    @classmethod
    def of(
        cls, hass: HomeAssistant, entity_ids: Collection[str], target: Target
    ) -> Self:
        """Find out whose each entity is."""
        if Content.TRANSCRIPT not in target.contents:
            return cls()
        registry = er.async_get(hass)
        devices = {
            entity_id: entry.device_id
            if (entry := registry.async_get(entity_id))
            else None
            for entity_id in entity_ids
        }
        windows = {
            entity_id: _windows(hass, target, device_id)
            for entity_id, device_id in devices.items()
        }
        return cls(entity_ids=frozenset(entity_ids), windows=windows)

    def __bool__(self) -> bool:
        """Return whether anything goes whatever it says."""
        return any(self.windows.values())

    def goes_whole(self, entity_id: str, moment: float) -> bool:
        """Return whether everything goes that an entity showed at a moment."""
        return any(window.covers(moment) for window in self.windows.get(entity_id, ()))


def _windows(
    hass: HomeAssistant, target: Target, device_id: str | None
) -> tuple[Window, ...]:
    """Return the times of which everything goes that an entity of a device showed."""
    if target.is_exact:
        return tuple(
            window_of(
                item.created,
                item.created + timedelta(seconds=item.audio_seconds) + ANSWERED_AFTER,
            )
            for item in target.recordings
            if item.device_id is not None and item.device_id == device_id
        )
    speakers = speakers_of(hass, target)
    if speakers.is_everybody or device_id in speakers.device_ids:
        return (window_of(target.start, target.end),)
    return ()
