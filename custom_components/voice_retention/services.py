"""Register the actions."""

from enum import StrEnum

from homeassistant.core import HomeAssistant, SupportsResponse, callback
from homeassistant.helpers.service import async_register_admin_service

from .actions.export import async_export
from .actions.ledger import async_get_ledger
from .actions.preset import async_apply_preset
from .actions.purge import async_purge
from .actions.receipts import async_get_receipts
from .actions.recordings import async_get_recordings, async_hold
from .actions.verification import async_verify
from .const import DOMAIN
from .service_schemas import (
    APPLY_PRESET_SCHEMA,
    EXPORT_SCHEMA,
    GET_LEDGER_SCHEMA,
    GET_RECEIPTS_SCHEMA,
    GET_RECORDINGS_SCHEMA,
    HOLD_SCHEMA,
    PURGE_SCHEMA,
    VERIFY_SCHEMA,
)


class Action(StrEnum):
    """The actions of the integration."""

    PURGE = "purge"
    APPLY_PRESET = "apply_preset"
    GET_RECORDINGS = "get_recordings"
    GET_LEDGER = "get_ledger"
    GET_RECEIPTS = "get_receipts"
    HOLD = "hold"
    VERIFY = "verify"
    EXPORT = "export"


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions: for administrators, automations and scripts only."""
    for action, handler, schema, response in (
        (Action.PURGE, async_purge, PURGE_SCHEMA, SupportsResponse.OPTIONAL),
        (
            Action.APPLY_PRESET,
            async_apply_preset,
            APPLY_PRESET_SCHEMA,
            SupportsResponse.OPTIONAL,
        ),
        (
            Action.GET_RECORDINGS,
            async_get_recordings,
            GET_RECORDINGS_SCHEMA,
            SupportsResponse.ONLY,
        ),
        (
            Action.GET_LEDGER,
            async_get_ledger,
            GET_LEDGER_SCHEMA,
            SupportsResponse.ONLY,
        ),
        (
            Action.GET_RECEIPTS,
            async_get_receipts,
            GET_RECEIPTS_SCHEMA,
            SupportsResponse.ONLY,
        ),
        (Action.HOLD, async_hold, HOLD_SCHEMA, SupportsResponse.OPTIONAL),
        (Action.VERIFY, async_verify, VERIFY_SCHEMA, SupportsResponse.OPTIONAL),
        (Action.EXPORT, async_export, EXPORT_SCHEMA, SupportsResponse.ONLY),
    ):
        async_register_admin_service(hass, DOMAIN, action, handler, schema, response)
