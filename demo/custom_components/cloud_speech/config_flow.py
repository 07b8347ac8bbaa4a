"""Set-up of the stand-in."""

from typing import Any, override

import voluptuous as vol

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_NAME, CONF_URL

from .const import CONF_WAY, DOMAIN, Way

SCHEMA = vol.Schema(
    {
        vol.Required(CONF_NAME): str,
        vol.Required(CONF_URL): str,
        vol.Required(CONF_WAY, default=Way.STREAM.value): vol.In(
            [way.value for way in Way]
        ),
    }
)


class CloudSpeechConfigFlow(ConfigFlow, domain=DOMAIN):
    """Ask for a name, an address and a way."""

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        if user_input is None:
            return self.async_show_form(step_id="user", data_schema=SCHEMA)
        return self.async_create_entry(title=user_input[CONF_NAME], data=user_input)
