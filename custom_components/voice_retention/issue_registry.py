"""Raise and clear the repair issues, each with its severity in one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.issue_registry import IssueSeverity

from .const import DOMAIN, IssueId
from .vault.errors import UnavailableReason


@dataclass(frozen=True, kw_only=True, slots=True)
class IssueKind:
    """How Home Assistant presents an issue."""

    severity: IssueSeverity
    is_fixable: bool = False
    is_persistent: bool = False
    """Whether a restart changes nothing about it."""

    learn_more_url: str | None = None


KINDS: Final[Mapping[str, IssueKind]] = {
    IssueId.DEBUG_LOGS: IssueKind(severity=IssueSeverity.WARNING, is_fixable=True),
    IssueId.DEBUG_RECORDINGS: IssueKind(
        severity=IssueSeverity.WARNING, is_fixable=True
    ),
    IssueId.NO_LOCAL_ENGINE: IssueKind(
        severity=IssueSeverity.WARNING,
        # The page with the button that opens our options.
        learn_more_url=f"homeassistant://config/integrations/integration/{DOMAIN}",
    ),
    IssueId.RECORDER_RESIDUE: IssueKind(
        severity=IssueSeverity.WARNING, is_fixable=True, is_persistent=True
    ),
    IssueId.SETTINGS_LOST: IssueKind(severity=IssueSeverity.CRITICAL, is_fixable=True),
    IssueId.UNCOVERED: IssueKind(severity=IssueSeverity.ERROR, is_fixable=True),
    IssueId.UNCOVERED_WAKE_WORD: IssueKind(severity=IssueSeverity.ERROR),
    **{
        f"vault_{reason}": IssueKind(
            severity=IssueSeverity.ERROR,
            # Only a damaged vault can be mended here; a full disk cannot.
            is_fixable=reason is UnavailableReason.DAMAGED,
        )
        for reason in UnavailableReason
    },
}
"""By translation key, of which there is one for each reason that the vault can give."""


@callback
def async_raise(
    hass: HomeAssistant, issue: IssueId, placeholders: Mapping[str, str] | None = None
) -> None:
    """Show an issue, or update it."""
    values = dict(placeholders or {})
    translation_key: str = issue
    if issue is IssueId.VAULT_UNAVAILABLE:
        translation_key = f"vault_{values.pop('reason')}"
    kind = KINDS[translation_key]
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue,
        is_fixable=kind.is_fixable,
        is_persistent=kind.is_persistent,
        learn_more_url=kind.learn_more_url,
        severity=kind.severity,
        translation_key=translation_key,
        translation_placeholders=values or None,
    )


@callback
def async_clear(hass: HomeAssistant, issue: IssueId) -> None:
    """Take an issue back."""
    ir.async_delete_issue(hass, DOMAIN, issue)


@callback
def async_clear_all(hass: HomeAssistant) -> None:
    """Take every issue back."""
    for issue in IssueId:
        async_clear(hass, issue)
