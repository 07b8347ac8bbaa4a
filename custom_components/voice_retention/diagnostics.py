"""Show how the integration stands, for those who help to find a fault."""

from dataclasses import asdict
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.core import HomeAssistant

from .assist.engines import engine_ids
from .data import VoiceRetentionConfigEntry, VoiceRetentionData
from .errors import VaultUnavailable
from .policy.choices import OTHER_CLIENTS
from .policy.models import EvidenceKind, LocalityReport
from .purge.inventory import async_take_inventory

EVERYBODY = "everybody"
MAX_RECEIPTS = 10

TO_REDACT = {
    "by",
    "evidence_text",
    "name",
    "user_id",
    "receipt_id",
    "recording_ids",
    EvidenceKind.ATTESTATION,
    EvidenceKind.HOST,
    EvidenceKind.UNRESOLVED,
    EvidenceKind.WYOMING_SILENT,
}
"""Names of people, hosts, and ids that lead to a recording."""


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: VoiceRetentionConfigEntry
) -> dict[str, Any]:
    """Return everything but what was said and who said it."""
    data = entry.runtime_data
    settings = asdict(data.settings.current)
    return async_redact_data(
        {
            "options": {**entry.data, **entry.options},
            "settings": settings,
            "satellites": {
                key: satellite.entity_id
                for key, satellite in data.satellites.current.items()
            },
            "guards": dict(data.settings.guard_memory.guards),
            "engines": {
                engine_id: _report(data.localities.report(engine_id))
                for engine_id in engine_ids(hass)
            },
            "status": _status(data),
            "inventory": await _async_inventory(data),
            "receipts": await _async_receipts(data),
        },
        TO_REDACT,
    )


def _report(report: LocalityReport) -> dict[str, Any]:
    """Return a locality and its evidence, each piece under the name of what was looked at."""
    return {
        "locality": report.locality,
        "evidence": [
            {item.kind: item.detail, "verdict": item.verdict}
            for item in report.evidence
        ],
    }


def _status(data: VoiceRetentionData) -> dict[str, Any]:
    """Return the snapshot that the entities show."""
    status = asdict(data.status.data)
    for heard in status["last_heard"].values():
        # One text with the host among other things.
        heard["evidence_text"] = heard.pop("evidence")
        del heard["facts"]
    status["coverage"]["uncovered"] = len(data.status.data.coverage.uncovered)
    return status


async def _async_inventory(data: VoiceRetentionData) -> dict[str, Any]:
    """Return how much each place holds, or why that is not known."""
    found = await async_take_inventory(
        data.purger, [*data.satellites.current, OTHER_CLIENTS]
    )
    return {
        holder: {
            result.place: result.found if result.failed is None else result.failed
            for result in receipt.places
        }
        for holder, receipt in (
            (EVERYBODY, found.everybody),
            *found.by_satellite.items(),
        )
    }


async def _async_receipts(data: VoiceRetentionData) -> list[dict[str, Any]] | str:
    """Return the newest receipts, or why they cannot be read."""
    try:
        async with data.storage.async_use() as vault:
            receipts = await vault.receipts.page(MAX_RECEIPTS)
    except VaultUnavailable:
        return str(data.storage.trouble)
    return [dict(receipt.body) for receipt in receipts]
