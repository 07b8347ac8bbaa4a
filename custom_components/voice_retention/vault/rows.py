"""Turn utterances and ledger entries into rows, and rows back."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from functools import lru_cache
import json
from typing import Any, Final

from sqlalchemy import Row

from ..policy.choices import NEVER
from ..policy.expiry import expires_at
from ..policy.models import AudioFormat, Content, Evidence, Locality, Utterance
from .books import LedgerEntry
from .models import StoredRecording
from .tables import SIZES, ledger

LEDGER_COLUMNS: Final = tuple(ledger.c[field.name] for field in fields(LedgerEntry))


def kept_content(utterance: Utterance) -> dict[Content, bytes]:
    """Return the content of an utterance that is to be kept, as it will be sealed."""
    kept: dict[Content, bytes] = {}
    if utterance.decision.keep_audio > NEVER and utterance.audio:
        kept[Content.AUDIO] = utterance.audio
    if utterance.decision.keep_transcript > NEVER:
        if utterance.transcript:
            kept[Content.TRANSCRIPT] = utterance.transcript.encode()
        if utterance.response:
            kept[Content.RESPONSE] = utterance.response.encode()
    return kept


def row_of(utterance: Utterance, sizes: Mapping[Content, int]) -> dict[str, Any]:
    """Return the row of an utterance of which contents of these sizes are kept."""
    created, decision, origin = utterance.created, utterance.decision, utterance.origin
    has_text = Content.TRANSCRIPT in sizes or Content.RESPONSE in sizes
    return {
        "recording_id": utterance.recording_id,
        "created": created,
        "satellite_key": origin.holder,
        "origin_kind": origin.kind,
        "origin_key": origin.satellite_key,
        "satellite_id": origin.satellite_id,
        "device_id": origin.device_id,
        "pipeline_id": origin.pipeline_id,
        "run_id": origin.run_id,
        "conversation_id": origin.conversation_id,
        "pipeline_engine_id": utterance.pipeline_engine_id,
        "engine_id": utterance.engine_id,
        "locality": utterance.report.locality if utterance.report else None,
        "route": decision.route,
        "reasons": decision.reasons,
        "language": utterance.language,
        **_format_columns(utterance.audio_format),
        "audio_seconds": utterance.audio_seconds,
        "audio_bytes": utterance.audio_bytes,
        "is_truncated": utterance.is_truncated,
        "outcome": utterance.outcome,
        "audio_expires": expires_at(created, decision.keep_audio)
        if Content.AUDIO in sizes
        else None,
        "text_expires": expires_at(created, decision.keep_transcript)
        if has_text
        else None,
        **{column.name: sizes.get(content) for content, column in SIZES.items()},
    }


def _format_columns(audio_format: AudioFormat) -> dict[str, Any]:
    """Return the columns that describe the audio."""
    return {
        "audio_format": audio_format.format,
        "audio_codec": audio_format.codec,
        "audio_bit_rate": audio_format.bit_rate,
        "audio_sample_rate": audio_format.sample_rate,
        "audio_channels": audio_format.channels,
    }


def recording_of(row: Row[Any]) -> StoredRecording:
    """Return the recording that a row describes."""
    columns = dict(row._mapping)
    # It only orders them, and another vault would give another one.
    del columns["number"]
    sizes = {
        content: size
        for content, column in SIZES.items()
        if (size := columns.pop(column.name)) is not None
    }
    return StoredRecording(
        audio_format=_shared_format(
            format=columns.pop("audio_format"),
            codec=columns.pop("audio_codec"),
            bit_rate=columns.pop("audio_bit_rate"),
            sample_rate=columns.pop("audio_sample_rate"),
            channels=columns.pop("audio_channels"),
        ),
        contents=_shared_set(*sizes),
        size=sum(sizes.values()),
        **columns,
    )


@lru_cache
def _shared_format(**values: Any) -> AudioFormat:
    """Return the same object for the same format: a hundred thousand may have it."""
    return AudioFormat(**values)


@lru_cache
def _shared_set(*contents: Content) -> frozenset[Content]:
    """Return the same set for the same contents."""
    return frozenset(contents)


def ledger_row(entry: LedgerEntry) -> dict[str, Any]:
    """Return the row of an entry of the ledger."""
    row = {column.name: getattr(entry, column.name) for column in LEDGER_COLUMNS}
    row["evidence"] = json.dumps([asdict(item) for item in entry.evidence])
    return row


def ledger_entry(row: Row[Any]) -> LedgerEntry:
    """Return the entry of the ledger that a row describes."""
    columns = {column.name: row._mapping[column] for column in LEDGER_COLUMNS}
    columns["evidence"] = tuple(
        Evidence(
            kind=item["kind"],
            verdict=Locality(item["verdict"]),
            detail=item["detail"],
        )
        for item in json.loads(columns["evidence"])
    )
    return LedgerEntry(**columns)
