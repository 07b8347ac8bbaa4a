"""Fix what the repair issues are about."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, override

import voluptuous as vol

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .advice import async_repack_or_tell
from .const import CONF_ADOPT_DEBUG_RECORDINGS, CONF_PROTECT_ALL, DOMAIN, IssueId
from .data import VoiceRetentionConfigEntry
from .errors import VaultUnavailable
from .issue_registry import async_clear
from .options import async_turn_on
from .places.loud_loggers import async_quieten_loggers


class ConfirmedFix(RepairsFlow):
    """Ask once, then do it."""

    @abstractmethod
    async def _async_fix(self, entry: VoiceRetentionConfigEntry) -> RepairsFlowResult:
        """Repair, and end the flow or show what came of it."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Start with the question; what comes as input here is not an answer."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask."""
        if user_input is None:
            return self._show("confirm", self._placeholders)
        entries = self.hass.config_entries.async_loaded_entries(DOMAIN)
        if not entries:
            return self.async_abort(reason="not_loaded")
        return await self._async_fix(entries[0])

    @callback
    def _show(
        self,
        step_id: str,
        placeholders: Mapping[str, str] | None,
        errors: dict[str, str] | None = None,
    ) -> RepairsFlowResult:
        """Show a form without fields."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=vol.Schema({}),
            description_placeholders=placeholders,
            errors=errors,
        )

    @callback
    def _set_option(
        self, entry: VoiceRetentionConfigEntry, option: str
    ) -> RepairsFlowResult:
        """Turn an option on, and begin anew with it."""
        async_turn_on(self.hass, entry, option)
        return self.async_create_entry(data={})

    @property
    def _placeholders(self) -> Mapping[str, str] | None:
        """Return what the issue's own text mentions."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return None if issue is None else issue.translation_placeholders


class RecoverVault(ConfirmedFix):
    """Save what can be saved of a damaged vault."""

    @override
    async def _async_fix(self, entry: VoiceRetentionConfigEntry) -> RepairsFlowResult:
        """Run the recovery, and tell what was saved and what was not."""
        try:
            result = await entry.runtime_data.storage.async_recover()
        except VaultUnavailable:
            return self._show(
                "confirm", self._placeholders, {"base": "recovery_failed"}
            )
        # It is repaired, also if nobody waits for the figures.
        async_clear(self.hass, IssueId.VAULT_UNAVAILABLE)
        return self._show(
            "recovered", {"kept": str(result.kept), "lost": str(result.lost)}
        )

    async def async_step_recovered(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Finish when the figures were seen."""
        return self.async_create_entry(data={})


class ConfirmLostSettings(ConfirmedFix):
    """Start afresh with settings, everybody protected."""

    @override
    async def _async_fix(self, entry: VoiceRetentionConfigEntry) -> RepairsFlowResult:
        """Turn "don't send" on for everybody."""
        data = entry.runtime_data
        await data.settings.async_confirm_lost(data.satellites.current.keys())
        return self.async_create_entry(data={})


class RepackRecorder(ConfirmedFix):
    """Do away with what a deletion left in the file of the recorder's database."""

    @override
    async def _async_fix(self, entry: VoiceRetentionConfigEntry) -> RepairsFlowResult:
        """Begin; nobody wants to look at a dialog until it is done."""
        entry.async_create_background_task(
            self.hass,
            async_repack_or_tell(self.hass),
            "voice_retention repack",
            # The issue goes with the dialog; if the repack fails, it has to come after that.
            eager_start=False,
        )
        return self.async_create_entry(data={})


class QuietenLoggers(ConfirmedFix):
    """Keep what is said out of the log."""

    @override
    async def _async_fix(self, entry: VoiceRetentionConfigEntry) -> RepairsFlowResult:
        """Set the loggers back."""
        await async_quieten_loggers(self.hass)
        async_clear(self.hass, IssueId.DEBUG_LOGS)
        return self.async_create_entry(data={})


class AdoptDebugRecordings(ConfirmedFix):
    """Let what Assist records for debugging expire."""

    @override
    async def _async_fix(self, entry: VoiceRetentionConfigEntry) -> RepairsFlowResult:
        """Adopt the folder, with what is in it."""
        return self._set_option(entry, CONF_ADOPT_DEBUG_RECORDINGS)


class ProtectAllPipelines(ConfirmedFix):
    """Put a guard into every pipeline."""

    @override
    async def _async_fix(self, entry: VoiceRetentionConfigEntry) -> RepairsFlowResult:
        """Protect all pipelines, and look at each of them anew."""
        return self._set_option(entry, CONF_PROTECT_ALL)


FIXES: Mapping[str, type[ConfirmedFix]] = {
    IssueId.DEBUG_LOGS: QuietenLoggers,
    IssueId.DEBUG_RECORDINGS: AdoptDebugRecordings,
    IssueId.VAULT_UNAVAILABLE: RecoverVault,
    IssueId.RECORDER_RESIDUE: RepackRecorder,
    IssueId.SETTINGS_LOST: ConfirmLostSettings,
    IssueId.UNCOVERED: ProtectAllPipelines,
}


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the flow that fixes an issue."""
    return FIXES[issue_id]()
