"""Put down in the ledger who got what; it holds no content."""

from .policy.models import Content, Handover, Utterance
from .vault.books import LedgerEntry


def audio_entry(utterance: Utterance) -> LedgerEntry:
    """Return what the ledger says of the audio of a sentence."""
    report = utterance.report
    return LedgerEntry(
        at=utterance.created,
        sent=Content.AUDIO,
        satellite_key=utterance.origin.holder,
        satellite_id=utterance.origin.satellite_id,
        device_id=utterance.origin.device_id,
        run_id=utterance.origin.run_id,
        engine_id=utterance.engine_id,
        locality=report.locality if report else None,
        evidence=report.evidence if report else (),
        route=utterance.decision.route,
        reasons=utterance.decision.reasons,
        audio_bytes=utterance.audio_bytes,
        audio_seconds=utterance.audio_seconds,
    )


def text_entry(handover: Handover) -> LedgerEntry:
    """Return what the ledger says of a transcript or reply."""
    report, origin = handover.report, handover.origin
    return LedgerEntry(
        at=handover.at,
        sent=handover.content,
        satellite_key=origin.holder,
        satellite_id=origin.satellite_id,
        device_id=origin.device_id,
        run_id=origin.run_id,
        engine_id=handover.decision.engine_id,
        locality=report.locality if report else None,
        evidence=report.evidence if report else (),
        route=handover.decision.route,
        reasons=handover.decision.reasons,
        characters=handover.characters,
    )
