"""Test how issues are raised and taken back."""

import pytest

from custom_components.voice_retention.const import DOMAIN, IssueId
from custom_components.voice_retention.issue_registry import (
    KINDS,
    async_clear_all,
    async_raise,
)
from custom_components.voice_retention.vault.errors import UnavailableReason
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir


@pytest.mark.parametrize("reason", UnavailableReason)
async def test_every_trouble_of_the_vault_has_a_text_of_its_own(
    hass: HomeAssistant, reason: UnavailableReason
) -> None:
    """And one issue for all of them, which changes its text."""
    async_raise(hass, IssueId.VAULT_UNAVAILABLE, {"reason": reason})
    (issue,) = [
        item for item in ir.async_get(hass).issues.values() if item.domain == DOMAIN
    ]
    assert issue.issue_id == IssueId.VAULT_UNAVAILABLE
    assert issue.translation_key == f"vault_{reason}"
    assert issue.translation_placeholders is None
    assert issue.is_fixable is (reason is UnavailableReason.DAMAGED)


async def test_all_of_them_can_be_taken_back(hass: HomeAssistant) -> None:
    """When the integration goes."""
    for issue in IssueId:
        async_raise(hass, issue, {"reason": "damaged", "satellites": "kitchen"})
    registry = ir.async_get(hass)
    assert len([key for key in registry.issues if key[0] == DOMAIN]) == len(IssueId)
    async_clear_all(hass)
    assert [key for key in registry.issues if key[0] == DOMAIN] == []


def test_lost_settings_are_the_most_serious() -> None:
    """Nothing else stops a whole household from speaking as it chose."""
    assert KINDS[IssueId.SETTINGS_LOST].severity is ir.IssueSeverity.CRITICAL
