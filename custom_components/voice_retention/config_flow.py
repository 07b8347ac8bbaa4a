"""Set up Voice Retention in the user interface, and change its options later."""

from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    OptionsFlowWithReload,
)
from homeassistant.core import callback

from .const import CONF_INITIAL, CONF_PROTECT_ALL, DOMAIN
from .data import VoiceRetentionConfigEntry
from .flow_steps import DEFAULT_INITIAL, MENU_OPTIONS, SettingsSteps
from .forms.keeping import keep_fields
from .oldest_release import OLDEST, is_too_old
from .policy.choices import Keep
from .settings import SettingsStore

TITLE = "Voice Retention"


class VoiceRetentionConfigFlow(SettingsSteps, ConfigFlow, domain=DOMAIN):
    """Set the integration up, and reconfigure it."""

    VERSION = 1

    def __init__(self) -> None:
        """Start with nothing entered."""
        self._entered: dict[str, Any] = {}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(
        config_entry: ConfigEntry,
    ) -> VoiceRetentionOptionsFlow:
        """Return the flow that changes the options."""
        return VoiceRetentionOptionsFlow()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the local engines and how long to keep."""
        if is_too_old():
            return self.async_abort(
                reason="home_assistant_too_old",
                description_placeholders={"oldest": OLDEST},
            )
        return await self._async_choose_engines(
            "user", user_input, keep_fields(), DEFAULT_INITIAL
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Offer what can be changed."""
        return self.async_show_menu(step_id="reconfigure", menu_options=MENU_OPTIONS)

    @property
    @override
    def _entry(self) -> VoiceRetentionConfigEntry | None:
        """Return the entry that is being reconfigured."""
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_entry()
        return None

    @override
    async def _async_save(self, changes: dict[str, Any]) -> ConfigFlowResult:
        """Ask the next question of the set-up, make the entry, or change it."""
        if self._entry is not None:
            await _async_update_retention(self._settings, changes)
            return self.async_update_reload_and_abort(
                self._entry, options=self._options | changes
            )
        self._entered |= changes
        if CONF_PROTECT_ALL not in self._entered:
            return await self.async_step_pipelines()
        initial = {field: self._entered.pop(field) for field in DEFAULT_INITIAL}
        return self.async_create_entry(
            title=TITLE,
            data={CONF_INITIAL: initial},
            options=self._options | self._entered,
        )


class VoiceRetentionOptionsFlow(SettingsSteps, OptionsFlowWithReload):
    """Change the options."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Offer what can be changed."""
        return self.async_show_menu(step_id="init", menu_options=MENU_OPTIONS)

    @property
    @override
    def _entry(self) -> VoiceRetentionConfigEntry:
        """Return the entry."""
        return self.config_entry

    @override
    async def _async_save(self, changes: dict[str, Any]) -> ConfigFlowResult:
        """Change the options; Home Assistant reloads the entry."""
        await _async_update_retention(self._settings, changes)
        return self.async_create_entry(data=self._options | changes)


async def _async_update_retention(
    settings: SettingsStore | None, changes: dict[str, Any]
) -> None:
    """Take the default retention out of the changes: it belongs to the settings."""
    chosen = {
        field: Keep(changes.pop(field)) for field in DEFAULT_INITIAL if field in changes
    }
    if settings is not None and chosen:
        await settings.async_update(**chosen)
