"""Tell a benchmark what Home Assistant spends: processor time, and what holds up its event loop."""

import time
from typing import Any

import voluptuous as vol

from homeassistant.components import websocket_api
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.hass_dict import HassKey

from .watch import LoopWatch

DOMAIN = "loop_probe"
WATCH: HassKey[LoopWatch] = HassKey(DOMAIN)

CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the commands; nothing is watched yet."""
    hass.data[WATCH] = LoopWatch()
    for command in (websocket_cpu, websocket_watch, websocket_unwatch):
        websocket_api.async_register_command(hass, command)
    return True


@callback
@websocket_api.require_admin
@websocket_api.websocket_command({vol.Required("type"): "loop_probe/cpu"})
def websocket_cpu(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
) -> None:
    """Answer the processor time used so far, by the whole process and by the event loop."""
    connection.send_result(
        msg["id"], {"process": time.process_time(), "loop": time.thread_time()}
    )


@callback
@websocket_api.require_admin
@websocket_api.websocket_command({vol.Required("type"): "loop_probe/watch"})
def websocket_watch(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
) -> None:
    """Begin to watch the event loop."""
    hass.data[WATCH].start()
    connection.send_result(msg["id"])


@callback
@websocket_api.require_admin
@websocket_api.websocket_command({vol.Required("type"): "loop_probe/unwatch"})
def websocket_unwatch(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
) -> None:
    """Stop watching and answer what was seen."""
    connection.send_result(msg["id"], hass.data[WATCH].stop())
