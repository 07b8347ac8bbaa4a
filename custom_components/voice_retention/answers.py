"""Word what is stored for those who ask through an action."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from .exports.models import ReadyExport
from .policy.models import Content
from .vault.books import Access, LedgerEntry, StoredReceipt
from .vault.captures import Capture
from .vault.models import RecordingText, StoredRecording


def recording_answer(recording: StoredRecording, now: datetime) -> dict[str, Any]:
    """Describe a recording without what was said."""
    return {
        "recording_id": recording.recording_id,
        "created": recording.created.isoformat(),
        "satellite": recording.satellite_key,
        "satellite_entity_id": recording.satellite_id,
        "device_id": recording.device_id,
        "origin": recording.origin_kind,
        "pipeline_id": recording.pipeline_id,
        "conversation_id": recording.conversation_id,
        "pipeline_engine": recording.pipeline_engine_id,
        "engine": recording.engine_id,
        "locality": recording.locality,
        "route": recording.route,
        "reasons": list(recording.reasons),
        "outcome": recording.outcome,
        "language": recording.language,
        "audio_seconds": recording.audio_seconds,
        "audio_bytes": recording.audio_bytes,
        "truncated": recording.is_truncated,
        "content": [item for item in Content if item in recording.contents],
        "size": recording.size,
        "audio_expires": _iso(recording.audio_expires),
        "text_expires": _iso(recording.text_expires),
        "held": recording.is_held(now),
        "held_until": _iso(recording.held_until),
    }


def access_answer(access: Access) -> dict[str, Any]:
    """Tell who did something with a recording, and when."""
    return {"at": access.at.isoformat(), "kind": access.kind, "user_id": access.user_id}


def capture_answer(capture: Capture) -> dict[str, Any]:
    """Tell who had a satellite captured, when, and for how long."""
    return {
        "at": capture.at.isoformat(),
        "seconds": (capture.until - capture.at).total_seconds(),
        "user_id": capture.user_id,
        "satellite": capture.satellite_key,
        "device_id": capture.device_id,
    }


def text_answer(text: RecordingText) -> dict[str, Any]:
    """Tell what was said and answered."""
    return {"transcript": text.transcript, "response": text.response}


def ledger_answer(entry: LedgerEntry) -> dict[str, Any]:
    """Tell where one kind of content of one sentence went, and why."""
    return {
        "at": entry.at.isoformat(),
        "sent": entry.sent,
        "satellite": entry.satellite_key,
        "satellite_entity_id": entry.satellite_id,
        "device_id": entry.device_id,
        "run_id": entry.run_id,
        "engine": entry.engine_id,
        "locality": entry.locality,
        "evidence": [asdict(item) for item in entry.evidence],
        "route": entry.route,
        "reasons": list(entry.reasons),
        "audio_bytes": entry.audio_bytes,
        "audio_seconds": entry.audio_seconds,
        "characters": entry.characters,
    }


def receipt_answer(receipt: StoredReceipt) -> dict[str, Any]:
    """Tell what a purge did, and where its receipt stands in the chain."""
    return {
        "receipt_id": receipt.receipt_id,
        **receipt.body,
        "sequence": receipt.seq,
        "at": receipt.at.isoformat(),
        "kind": receipt.kind,
        "digest": receipt.digest,
        "previous_digest": receipt.previous_digest,
    }


def export_answer(ready: ReadyExport) -> dict[str, Any]:
    """Tell where an archive is, and how long."""
    return {
        "export_id": ready.export_id,
        "recordings": ready.recordings,
        "size": ready.size,
        "url": ready.url,
        "expires": ready.expires.isoformat(),
    }


def _iso(moment: datetime | None) -> str | None:
    """Return a moment as text."""
    return None if moment is None else moment.isoformat()
