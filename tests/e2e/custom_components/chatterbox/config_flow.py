"""Set-up of the agent."""

from typing import Any, override

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult


class ChatterboxConfigFlow(ConfigFlow, domain="chatterbox"):
    """Ask for nothing."""

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        return self.async_create_entry(title="Chatterbox", data={})
