"""The repair issues, and what their "fix" buttons do."""

from string import Formatter
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.const import (
    CONF_PIPELINES,
    CONF_PROTECT_ALL,
    DOMAIN,
    IssueId,
)
from custom_components.voice_retention.errors import VaultUnavailable
from custom_components.voice_retention.issue_registry import (
    KINDS,
    async_clear,
    async_clear_all,
    async_raise,
)
from custom_components.voice_retention.policy.choices import OTHER_CLIENTS
from custom_components.voice_retention.vault.errors import UnavailableReason
from custom_components.voice_retention.vault.reports import RecoveryResult
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from tests.conftest import CLOUD
from tests.dialogs import TEXTS, Dialog
from tests.house import House

RECOVER = "custom_components.voice_retention.storage.Storage.async_recover"

ISSUES: list[tuple[IssueId, dict[str, str]]] = [
    (IssueId.DEBUG_LOGS, {"loggers": "- homeassistant.components.conversation"}),
    (IssueId.DEBUG_RECORDINGS, {}),
    (IssueId.NO_LOCAL_ENGINE, {}),
    (IssueId.RECORDER_RESIDUE, {}),
    (IssueId.SETTINGS_LOST, {}),
    (IssueId.UNCOVERED, {"satellites": "Kitchen"}),
    (IssueId.UNCOVERED_WAKE_WORD, {"satellites": "Kitchen"}),
    *(
        (IssueId.VAULT_UNAVAILABLE, {"reason": str(reason)})
        for reason in UnavailableReason
    ),
]


@pytest.fixture(autouse=True)
async def _repairs(hass: HomeAssistant) -> None:
    """Set up the integration that shows the issues."""
    assert await async_setup_component(hass, "repairs", {})


def issue_of(hass: HomeAssistant, issue_id: IssueId) -> ir.IssueEntry | None:
    """Return an issue as it is shown."""
    return ir.async_get(hass).async_get_issue(DOMAIN, issue_id)


async def fix(hass: HomeAssistant, issue_id: IssueId, texts: str) -> Dialog:
    """Press "fix"."""
    manager = repairs_flow_manager(hass)
    assert manager is not None
    dialog = Dialog(manager, "issues", texts, "fix_flow")
    await dialog.open(DOMAIN, data={"issue_id": issue_id})
    assert dialog.result["step_id"] == "confirm"
    return dialog


# The issues


@pytest.mark.parametrize(("issue_id", "placeholders"), ISSUES)
async def test_every_issue_has_its_text(
    hass: HomeAssistant, issue_id: IssueId, placeholders: dict[str, str]
) -> None:
    """An issue without a text shows as an empty line."""
    async_raise(hass, issue_id, placeholders)
    issue = issue_of(hass, issue_id)
    assert issue is not None
    texts = TEXTS["issues"][issue.translation_key]
    assert texts["title"]
    # Home Assistant shows one or the other.
    assert ("fix_flow" in texts) == issue.is_fixable
    assert ("description" in texts) != issue.is_fixable
    shown = texts["title"] + texts.get("description", "")
    names = {name for _, name, _, _ in Formatter().parse(shown) if name}
    assert names <= set(issue.translation_placeholders or {})


def test_no_text_is_without_its_issue() -> None:
    """A text nobody sees is a feature that got lost."""
    assert set(TEXTS["issues"]) == set(KINDS)


async def test_an_issue_can_be_taken_back(hass: HomeAssistant) -> None:
    """What is over must not stay on the screen."""
    async_raise(hass, IssueId.NO_LOCAL_ENGINE)
    async_raise(hass, IssueId.SETTINGS_LOST)
    async_clear(hass, IssueId.NO_LOCAL_ENGINE)
    assert issue_of(hass, IssueId.NO_LOCAL_ENGINE) is None
    assert issue_of(hass, IssueId.SETTINGS_LOST) is not None
    async_clear_all(hass)
    assert issue_of(hass, IssueId.SETTINGS_LOST) is None


async def test_only_a_damaged_vault_can_be_fixed_here(hass: HomeAssistant) -> None:
    """A button that cannot help is worse than none."""
    fixable = {
        reason for reason in UnavailableReason if KINDS[f"vault_{reason}"].is_fixable
    }
    assert fixable == {UnavailableReason.DAMAGED}


# Their fixes


async def test_a_damaged_vault_is_recovered_and_the_figures_are_shown(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Nobody should wonder what became of the recordings."""
    async_raise(hass, IssueId.VAULT_UNAVAILABLE, {"reason": "damaged"})
    dialog = await fix(hass, IssueId.VAULT_UNAVAILABLE, "vault_damaged")
    with patch(RECOVER, return_value=RecoveryResult(kept=12, lost=3)) as recover:
        assert not recover.called
        await dialog.enter()
    assert dialog.result["step_id"] == "recovered"
    assert dialog.result["description_placeholders"] == {"kept": "12", "lost": "3"}
    assert issue_of(hass, IssueId.VAULT_UNAVAILABLE) is None
    await dialog.enter()
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_recovery_that_fails_can_be_tried_again(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The disk may be full, too."""
    async_raise(hass, IssueId.VAULT_UNAVAILABLE, {"reason": "damaged"})
    dialog = await fix(hass, IssueId.VAULT_UNAVAILABLE, "vault_damaged")
    with patch(RECOVER, side_effect=VaultUnavailable("disk_full")):
        await dialog.enter()
    assert dialog.errors == {"base": "recovery_failed"}
    assert issue_of(hass, IssueId.VAULT_UNAVAILABLE) is not None
    with patch(RECOVER, return_value=RecoveryResult(kept=0, lost=0)):
        await dialog.enter()
    assert dialog.result["step_id"] == "recovered"


async def test_lost_settings_start_afresh_with_everybody_protected(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Silently allowing what had been forbidden is the one thing that must not happen."""
    data = entry.runtime_data
    data.settings.current = type(data.settings.current)(lost=True)
    async_raise(hass, IssueId.SETTINGS_LOST)
    dialog = await fix(hass, IssueId.SETTINGS_LOST, "settings_lost")
    assert data.settings.current.lost
    await dialog.enter()
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    assert issue_of(hass, IssueId.SETTINGS_LOST) is None
    assert not data.settings.current.lost
    keys = {OTHER_CLIENTS, *data.satellites.current}
    assert len(keys) == 3
    assert {
        key
        for key, chosen in data.settings.current.satellites.items()
        if chosen.dont_send_audio
    } == keys


async def test_a_gap_is_closed_by_protecting_all_pipelines(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """And that counts at once."""
    hass.config_entries.async_update_entry(
        entry,
        options={**entry.options, CONF_PROTECT_ALL: False, CONF_PIPELINES: ["none"]},
    )
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert house.engine_in_pipeline == CLOUD
    async_raise(hass, IssueId.UNCOVERED, {"satellites": "Kitchen, Bedroom"})
    dialog = await fix(hass, IssueId.UNCOVERED, "uncovered")
    assert dialog.result["description_placeholders"] == {
        "satellites": "Kitchen, Bedroom"
    }
    await dialog.enter()
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options[CONF_PROTECT_ALL] is True
    assert house.engine_in_pipeline != CLOUD


@pytest.mark.parametrize(
    ("issue_id", "placeholders", "texts"),
    [
        (IssueId.VAULT_UNAVAILABLE, {"reason": "damaged"}, "vault_damaged"),
        (IssueId.SETTINGS_LOST, {}, "settings_lost"),
        (IssueId.UNCOVERED, {"satellites": "Kitchen"}, "uncovered"),
    ],
)
async def test_nothing_is_fixed_while_the_entry_is_not_loaded(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    issue_id: IssueId,
    placeholders: dict[str, str],
    texts: str,
) -> None:
    """The issue stays, and one is told why."""
    async_raise(hass, issue_id, placeholders)
    dialog = await fix(hass, issue_id, texts)
    await hass.config_entries.async_unload(entry.entry_id)
    await dialog.enter()
    assert dialog.result["type"] is FlowResultType.ABORT
    assert dialog.result["reason"] == "not_loaded"
    assert issue_of(hass, issue_id) is not None


async def test_a_question_whose_issue_is_gone_can_still_be_shown(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The trouble may pass while the dialog stands open."""
    async_raise(hass, IssueId.VAULT_UNAVAILABLE, {"reason": "damaged"})
    dialog = await fix(hass, IssueId.VAULT_UNAVAILABLE, "vault_damaged")
    async_clear(hass, IssueId.VAULT_UNAVAILABLE)
    with patch(RECOVER, side_effect=VaultUnavailable("closed")):
        await dialog.enter()
    assert dialog.errors == {"base": "recovery_failed"}
