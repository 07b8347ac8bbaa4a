"""Show the forms that set-up, options and reconfiguring have in common."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

import voluptuous as vol

from homeassistant.components.http import KEY_HASS_USER, current_request
from homeassistant.config_entries import (
    ConfigEntryBaseFlow,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .commands.phrasebook import VoiceCommand
from .const import (
    CONF_ADOPT_DEBUG_RECORDINGS,
    CONF_ATTESTED,
    CONF_COMMANDS,
    CONF_COMMANDS_HOUSEHOLD_WIDE,
    CONF_COMMANDS_MAY_LOWER,
    CONF_IN_BACKUPS,
    CONF_KEEP_LEDGER,
    CONF_KEEP_UNRECOGNISED,
    CONF_LOCAL_AGENTS,
    CONF_LOCAL_ENGINES,
    CONF_LOCAL_VOICES,
    CONF_MAX_SECONDS,
    CONF_MAX_SIZE_MB,
    CONF_PIPELINES,
    CONF_PROTECT_ALL,
    CONF_TRANSCRIPT_ENTITIES,
    DEFAULT_ADOPT_DEBUG_RECORDINGS,
    DEFAULT_KEEP,
    DEFAULT_KEEP_LEDGER,
    DEFAULT_KEEP_UNRECOGNISED,
    DEFAULT_MAX_SECONDS,
    DEFAULT_MAX_SIZE_MB,
    DEFAULT_PROTECT_ALL,
    InBackups,
)
from .data import VoiceRetentionConfigEntry
from .forms.backups import backup_fields
from .forms.commands import command_fields
from .forms.engines import (
    LISTS,
    async_engine_choices,
    async_engine_fields,
    attested_in,
    check_engines,
    evidence_list,
)
from .forms.fields import FieldError, Fields
from .forms.keeping import (
    CONF_KEEP_RECORDINGS,
    CONF_KEEP_TRANSCRIPTS,
    LIMIT_PLACEHOLDERS,
    LIMITS,
    check_limits,
    keep_fields,
    limit_fields,
)
from .forms.pipelines import check_pipelines, pipeline_fields
from .forms.places import place_fields
from .policy.choices import Keep
from .settings import SettingsStore

DEFAULT_OPTIONS: Mapping[str, Any] = {
    CONF_LOCAL_ENGINES: [],
    CONF_LOCAL_AGENTS: [],
    CONF_LOCAL_VOICES: [],
    CONF_ATTESTED: {},
    CONF_ADOPT_DEBUG_RECORDINGS: DEFAULT_ADOPT_DEBUG_RECORDINGS,
    CONF_TRANSCRIPT_ENTITIES: [],
    CONF_PROTECT_ALL: DEFAULT_PROTECT_ALL,
    CONF_PIPELINES: [],
    CONF_IN_BACKUPS: InBackups.NO.value,
    CONF_KEEP_LEDGER: DEFAULT_KEEP_LEDGER,
    CONF_KEEP_UNRECOGNISED: DEFAULT_KEEP_UNRECOGNISED,
    CONF_MAX_SECONDS: DEFAULT_MAX_SECONDS,
    CONF_MAX_SIZE_MB: DEFAULT_MAX_SIZE_MB,
    CONF_COMMANDS: [*VoiceCommand],
    CONF_COMMANDS_HOUSEHOLD_WIDE: False,
    CONF_COMMANDS_MAY_LOWER: False,
}
DEFAULT_INITIAL: Mapping[str, str] = {
    CONF_KEEP_RECORDINGS: DEFAULT_KEEP,
    CONF_KEEP_TRANSCRIPTS: Keep.SAME,
}
MENU_OPTIONS = ["engines", "pipelines", "keeping", "backups", "places", "commands"]


class SettingsSteps(ConfigEntryBaseFlow):
    """The forms that set-up, options and reconfiguring have in common."""

    @property
    @abstractmethod
    def _entry(self) -> VoiceRetentionConfigEntry | None:
        """Return the entry, none while it is being set up."""

    @abstractmethod
    async def _async_save(self, changes: dict[str, Any]) -> ConfigFlowResult:
        """Take over what was entered; end the flow, or go on to what is still to ask."""

    @property
    def _options(self) -> dict[str, Any]:
        """Return the options as they are now."""
        return {**DEFAULT_OPTIONS, **(self._entry.options if self._entry else {})}

    async def async_step_engines(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose the engines that work locally."""
        return await self._async_choose_engines("engines", user_input, {}, {})

    async def _async_choose_engines(
        self,
        step_id: str,
        user_input: dict[str, Any] | None,
        more_fields: Fields,
        more_values: Mapping[str, Any],
    ) -> ConfigFlowResult:
        """Choose the engines that work locally, and enter what is asked along with them."""
        options = self._options
        attested = attested_in(options)
        choices = await async_engine_choices(self.hass, options)
        values = {**options, CONF_ATTESTED: list(attested), **more_values}
        error = None
        if user_input is not None:
            values = _with_lists(user_input, *LISTS, CONF_ATTESTED)
            error = check_engines(choices, values, options)
            if error is None:
                vouched = _attest(values[CONF_ATTESTED], options)
                return await self._async_save(values | {CONF_ATTESTED: vouched})
        fields = await async_engine_fields(self.hass, choices, attested)
        return self._show(
            step_id,
            fields | more_fields,
            values,
            error,
            evidence=evidence_list(choices),
        )

    async def async_step_pipelines(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose the pipelines to protect."""
        values = self._options
        error = None
        if user_input is not None:
            values = _with_lists(user_input, CONF_PIPELINES)
            error = check_pipelines(self.hass, values)
            if error is None:
                return await self._async_save(values)
        return self._show("pipelines", pipeline_fields(self.hass), values, error)

    async def async_step_keeping(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose how long and how much to keep."""
        settings = self._settings
        values = self._options
        fields = limit_fields()
        if settings is not None:
            fields = keep_fields() | fields
            values[CONF_KEEP_RECORDINGS] = settings.current.keep_recordings
            values[CONF_KEEP_TRANSCRIPTS] = settings.current.keep_transcripts
        error = None
        if user_input is not None:
            values = user_input
            error = check_limits(values)
            if settings is None and CONF_KEEP_RECORDINGS in values:
                error = FieldError(field="base", error="not_loaded")
            if error is None:
                limits = {field: int(values[field]) for field in LIMITS}
                return await self._async_save(values | limits)
        return self._show("keeping", fields, values, error)

    async def async_step_places(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose what to do about what other parts of Home Assistant keep."""
        if user_input is not None:
            return await self._async_save(
                _with_lists(user_input, CONF_TRANSCRIPT_ENTITIES)
            )
        return self._show("places", place_fields(), self._options, None)

    async def async_step_commands(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose what may be said to a satellite about one's voice."""
        if user_input is not None:
            return await self._async_save(_with_lists(user_input, CONF_COMMANDS))
        return self._show("commands", command_fields(), self._options, None)

    async def async_step_backups(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose what backups take along."""
        if user_input is not None:
            return await self._async_save(user_input)
        return self._show("backups", backup_fields(), self._options, None)

    @property
    def _settings(self) -> SettingsStore | None:
        """Return the settings, none while they cannot be changed."""
        if self._entry is None or self._entry.state is not ConfigEntryState.LOADED:
            return None
        settings = self._entry.runtime_data.settings
        return None if settings.current.lost else settings

    @callback
    def _show(
        self,
        step_id: str,
        fields: Fields,
        values: Mapping[str, Any],
        error: FieldError | None,
        **placeholders: str,
    ) -> ConfigFlowResult:
        """Show a form, filled in with what was entered or is in force."""
        if error is not None and error.gone:
            left = [item for item in values[error.field] if item not in error.gone]
            values = {**values, error.field: left}
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(vol.Schema(fields), values),
            errors={error.field: error.error} if error else {},
            description_placeholders={
                **LIMIT_PLACEHOLDERS,
                **placeholders,
                "culprits": ", ".join(error.culprits) if error else "",
            },
        )


def _with_lists(user_input: Mapping[str, Any], *fields: str) -> dict[str, Any]:
    """Fill in lists that were left empty, and drop what is named twice."""
    lists = {field: list(dict.fromkeys(user_input.get(field, ()))) for field in fields}
    return {**user_input, **lists}


def _attest(
    engine_ids: Iterable[str], options: Mapping[str, Any]
) -> dict[str, dict[str, str | None]]:
    """Note who vouches for which engine since when; who did so before is not asked again."""
    word = {"by": _user_name(), "at": dt_util.utcnow().isoformat()}
    before = options[CONF_ATTESTED]
    return {engine_id: before.get(engine_id, word) for engine_id in engine_ids}


def _user_name() -> str | None:
    """Return who is filling in the form; none if it is not a person at a browser."""
    request = current_request.get()
    user = None if request is None else request.get(KEY_HASS_USER)
    return None if user is None else user.name
