"""Errors of the integration; each carries its own translated message."""

from collections.abc import Iterable
from datetime import timedelta

from homeassistant.const import __version__
from homeassistant.exceptions import (
    ConfigEntryError,
    HomeAssistantError,
    ServiceValidationError,
)

from .const import DOMAIN
from .oldest_release import OLDEST


class VaultUnavailable(HomeAssistantError):
    """For a call that needs the vault while it cannot be used."""

    def __init__(self, reason: str) -> None:
        """Say why, with a reason of the vault's own."""
        self.reason = reason
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="vault_unavailable",
            translation_placeholders={"reason": reason},
        )


class HomeAssistantTooOld(ConfigEntryError):
    """For a Home Assistant in which nothing of this was ever tested."""

    def __init__(self) -> None:
        """Say which one is needed, and which is there."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="home_assistant_too_old",
            translation_placeholders={"oldest": OLDEST, "version": __version__},
        )


class NothingTargeted(ServiceValidationError):
    """For a purge that names neither satellites nor all devices."""

    def __init__(self) -> None:
        """Set the message."""
        super().__init__(translation_domain=DOMAIN, translation_key="nothing_targeted")


class NothingMatches(ServiceValidationError):
    """For a deletion or export of recordings of which none is there."""

    def __init__(self) -> None:
        """Set the message."""
        super().__init__(translation_domain=DOMAIN, translation_key="nothing_matches")


class SettingsUnconfirmed(ServiceValidationError):
    """For a change of settings while those on disk could not be read."""

    def __init__(self) -> None:
        """Set the message."""
        super().__init__(
            translation_domain=DOMAIN, translation_key="settings_unconfirmed"
        )


class SettingsNotSaved(HomeAssistantError):
    """For a change of settings that is in force but could not be written to disk."""

    def __init__(self) -> None:
        """Set the message."""
        super().__init__(
            translation_domain=DOMAIN, translation_key="settings_not_saved"
        )


class ImpliedByText(ServiceValidationError):
    """For letting the voice leave home while its transcript must stay."""

    def __init__(self) -> None:
        """Set the message."""
        super().__init__(translation_domain=DOMAIN, translation_key="implied_by_text")


class AgentMissing(HomeAssistantError):
    """For a sentence whose agent is not there; Assist reads the message out."""

    def __init__(self) -> None:
        """Set the message."""
        super().__init__(translation_domain=DOMAIN, translation_key="agent_missing")


class TranscriptRefused(HomeAssistantError):
    """For a sentence that no agent may get; Assist reads the message out."""

    def __init__(self) -> None:
        """Set the message."""
        super().__init__(
            translation_domain=DOMAIN, translation_key="transcript_refused"
        )


class NotLoaded(ServiceValidationError):
    """For an action while the integration is not set up."""

    def __init__(self) -> None:
        """Set the message."""
        super().__init__(translation_domain=DOMAIN, translation_key="not_loaded")


class InvalidField(ServiceValidationError):
    """For a field of an action that is missing, unknown or not as described.

    The value is left out: it may be a text that nobody wants to see in a log.
    """

    def __init__(self, field: str) -> None:
        """Name the field."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="invalid_field",
            translation_placeholders={"field": field},
        )


class TargetAndAllDevices(ServiceValidationError):
    """For an action that names both satellites and all devices."""

    def __init__(self) -> None:
        """Set the message."""
        super().__init__(
            translation_domain=DOMAIN, translation_key="target_and_all_devices"
        )


class TargetNotFound(ServiceValidationError):
    """For a target that leads to no satellite."""

    def __init__(self, names: Iterable[str]) -> None:
        """Name what was not found."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="target_not_found",
            translation_placeholders={"names": _enumerate(names)},
        )


class KeepDaysAndEndTime(ServiceValidationError):
    """For a purge whose end is given twice."""

    def __init__(self) -> None:
        """Set the message."""
        super().__init__(
            translation_domain=DOMAIN, translation_key="keep_days_and_end_time"
        )


class EmptyPeriod(ServiceValidationError):
    """For a period that ends before it starts."""

    def __init__(self) -> None:
        """Set the message."""
        super().__init__(translation_domain=DOMAIN, translation_key="empty_period")


class UnknownPlaces(ServiceValidationError):
    """For places that nothing can be deleted from."""

    def __init__(self, places: Iterable[str], known: Iterable[str]) -> None:
        """Name the unknown places and the known ones."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="unknown_places",
            translation_placeholders={
                "places": _enumerate(places),
                "known": ", ".join(sorted(known)),
            },
        )


class RecordingNotFound(ServiceValidationError):
    """For recordings that are not in the vault."""

    def __init__(self, recording_ids: Iterable[str]) -> None:
        """Name the recordings."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="recording_not_found",
            translation_placeholders={"recording_ids": _enumerate(recording_ids)},
        )


class AdministratorsOnly(HomeAssistantError):
    """For somebody who may not see or hear what is kept."""

    def __init__(self) -> None:
        """Set the message."""
        super().__init__(
            translation_domain=DOMAIN, translation_key="administrators_only"
        )


class NoSuchFolder(HomeAssistantError):
    """For a folder of recordings that is none."""

    def __init__(self) -> None:
        """Set the message."""
        super().__init__(translation_domain=DOMAIN, translation_key="no_such_folder")


class InvalidCursor(ServiceValidationError):
    """For a cursor that no answer of ours contained."""

    def __init__(self) -> None:
        """Set the message."""
        super().__init__(translation_domain=DOMAIN, translation_key="invalid_cursor")


class HoldUntilOrRelease(ServiceValidationError):
    """For a hold that does not say which of the two is meant."""

    def __init__(self) -> None:
        """Set the message."""
        super().__init__(
            translation_domain=DOMAIN, translation_key="hold_until_or_release"
        )


class HoldInPast(ServiceValidationError):
    """For a hold that would be over before it began."""

    def __init__(self) -> None:
        """Set the message."""
        super().__init__(translation_domain=DOMAIN, translation_key="hold_in_past")


class HoldTooLong(ServiceValidationError):
    """For a hold beyond what is allowed."""

    def __init__(self, limit: timedelta) -> None:
        """Name the limit."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="hold_too_long",
            translation_placeholders={"days": str(limit.days)},
        )


class PurgeIncomplete(HomeAssistantError):
    """For a purge that left something where it should have deleted it."""

    def __init__(self, places: Iterable[str]) -> None:
        """Name the places that failed."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="purge_incomplete",
            translation_placeholders={"places": _enumerate(places)},
        )


class ReceiptNotFound(ServiceValidationError):
    """For receipts that are not in the vault."""

    def __init__(self, receipt_ids: Iterable[str]) -> None:
        """Name the receipts."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="receipt_not_found",
            translation_placeholders={"receipt_ids": _enumerate(receipt_ids)},
        )


class ReceiptsBroken(HomeAssistantError):
    """For a receipt that was changed or is missing."""

    def __init__(self, number: int) -> None:
        """Say which is the first."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="receipts_broken",
            translation_placeholders={"number": str(number)},
        )


class DeletedIsBack(HomeAssistantError):
    """For something that was deleted and is there again."""

    def __init__(self, places: Iterable[str]) -> None:
        """Name the places."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="deleted_is_back",
            translation_placeholders={"places": _enumerate({*places})},
        )


MAX_NAMED = 10
"""A message that names more than this is not read."""

MAX_NAME = 64


def _enumerate(names: Iterable[str]) -> str:
    """Join names for a message, leaving out what makes it too long."""
    shown = [
        name if len(name) <= MAX_NAME else f"{name[:MAX_NAME]}…"
        for name in sorted(names)
    ]
    rest = ["…"] if len(shown) > MAX_NAMED else []
    return ", ".join([*shown[:MAX_NAMED], *rest])
