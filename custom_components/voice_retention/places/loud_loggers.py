"""Know the loggers that write what was said, once somebody has them write everything.

The list was read out of the sources of 2026.6.0, 2026.10.4 and 2026.11.0, and is tried
against what they really write. Of integrations that do not come with Home Assistant nobody
knows: each that has to do with speech is taken for one that writes.
"""

from collections.abc import Iterator
import logging
from typing import Final

from homeassistant.components.logger.const import LOGSEVERITY_NOTSET
from homeassistant.components.logger.helpers import (
    DATA_LOGGER,
    LoggerSetting,
    LogPersistance,
    LogSettingsType,
    get_integration_loggers,
    set_log_levels,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.loader import async_get_loaded_integration

from ..const import DOMAIN

WRITERS: Final = (
    # What the libraries of language models send and receive.
    "anthropic",
    "openai",
    # Every event, with the data of actions.
    "homeassistant.core",
    "homeassistant.components.anthropic",
    "homeassistant.components.assist_pipeline",
    "homeassistant.components.conversation",
    "homeassistant.components.esphome.assist_satellite",
    "homeassistant.components.google_generative_ai_conversation",
    # The names of timers.
    "homeassistant.components.intent",
    "homeassistant.components.ollama",
    "homeassistant.components.openai_conversation",
    "homeassistant.components.tts",
    "homeassistant.components.wyoming",
    # Everything that a browser sends and receives, and a satellite of ESPHome.
    "homeassistant.components.websocket_api.http.connection",
    "aioesphomeapi.connection",
)
"""Each stands for the loggers below it, too."""

_SPEECH_DOMAINS: Final = frozenset(
    {"ai_task", "assist_pipeline", "assist_satellite", "conversation", "stt", "tts"}
)
_UNSET: Final = LoggerSetting(
    level=LOGSEVERITY_NOTSET,
    persistence=LogPersistance.NONE,
    type=LogSettingsType.INTEGRATION,
)
_BROAD: Final = frozenset(
    {"root", "homeassistant", "homeassistant.components", "custom_components"}
)
"""Loggers above so much else that they are left as they are."""


@callback
def loud_loggers(hass: HomeAssistant) -> list[str]:
    """Name the loggers that are set to write what was said.

    Where that comes from one far above, those that write are named instead.
    """
    existing = logging.root.manager.loggerDict
    names = {
        name
        for writer in (*WRITERS, *_others(hass))
        for name in (
            writer,
            *(item for item in existing if item.startswith(f"{writer}.")),
        )
    }
    loud = filter(_is_loud, map(logging.getLogger, names))
    return sorted({_reason(logger) for logger in loud})


async def async_quieten_loggers(hass: HomeAssistant) -> None:
    """Set the loud loggers back, and forget that they are to be loud after a restart.

    One that is loud by the household's configuration will be so again after a restart.
    """
    if (config := hass.data.get(DATA_LOGGER)) is None:
        for name in loud_loggers(hass):
            logging.getLogger(name).setLevel(logging.INFO)
        return
    loud = set(loud_loggers(hass))
    for domain in config.settings.async_get_integration_domains():
        if loud & await get_integration_loggers(hass, domain):
            await config.settings.async_update(hass, domain, _UNSET)
    set_log_levels(hass, dict.fromkeys(loud, logging.INFO))


def _is_loud(logger: logging.Logger) -> bool:
    """Return whether a logger writes everything."""
    return logger.isEnabledFor(logging.DEBUG)


def _reason(logger: logging.Logger) -> str:
    """Name the logger that is set to be loud, unless it is too far above."""
    source = logger
    while source.level == logging.NOTSET and source.parent is not None:
        source = source.parent
    return logger.name if source.name in _BROAD else source.name


@callback
def _others(hass: HomeAssistant) -> Iterator[str]:
    """Name the loggers of integrations that do not come with Home Assistant, but listen."""
    entities = er.async_get(hass).entities.values()
    engines = {item.platform for item in entities if item.domain in _SPEECH_DOMAINS}
    for domain in {name for name in hass.config.components if "." not in name}:
        integration = async_get_loaded_integration(hass, domain)
        needed = {*integration.dependencies, *integration.after_dependencies}
        if (
            not integration.is_built_in
            and domain != DOMAIN
            and (domain in engines or needed & _SPEECH_DOMAINS)
        ):
            yield integration.pkg_path
            yield from integration.loggers or ()
