"""Write down what leads to the traces of a purge, for the vault to seal, and read it again.

Everything here is pure and takes its time: it is for the executor.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from itertools import batched, zip_longest
import json
from typing import Any, Final
import zlib

from ..places.protocol import Target
from ..places.trail import Trail
from ..policy.models import (
    AudioFormat,
    Content,
    Locality,
    OriginKind,
    Outcome,
    Reason,
    Route,
)
from ..vault.books import TrailPart
from ..vault.models import StoredRecording
from .scope import iso, parse_moment

PART: Final = 500
"""Recordings, or texts, in one part: it is sealed and stored in some milliseconds."""

_TRAIL_FIELDS: Final = tuple(item.name for item in fields(Trail))
_SETS: Final = ("satellite_ids", "satellite_keys", "spared_runs", "contents")
_MOMENTS: Final = ("start", "end")
_FLAGS: Final = ("includes_other_clients", "is_exact")


def parts_of(target: Target) -> list[TrailPart]:
    """Return a target in parts; the first one also says what all have in common."""
    recordings = list(batched(target.recordings, PART, strict=False))
    texts = {
        name: list(batched(sorted(getattr(target.trail, name)), PART, strict=False))
        for name in _TRAIL_FIELDS
    }
    common: dict[str, Any] = {
        **{name: getattr(target, name) for name in _FLAGS},
        **{name: iso(getattr(target, name)) for name in _MOMENTS},
        **{
            name: None if (value := getattr(target, name)) is None else sorted(value)
            for name in _SETS
        },
    }
    columns = [recordings, *texts.values()]
    rows = list(zip_longest(*columns, fillvalue=())) or [((),) * len(columns)]
    return [
        TrailPart(
            recording_ids=tuple(item.recording_id for item in some),
            data=_pack(
                {
                    "common": common if number == 0 else None,
                    "recordings": [_dict_of(item) for item in some],
                    "trail": dict(zip(_TRAIL_FIELDS, texts_of_part, strict=True)),
                }
            ),
        )
        for number, (some, *texts_of_part) in enumerate(rows)
    ]


def target_of(parts: Sequence[bytes]) -> Target:
    """Return the target that ``parts_of`` wrote down."""
    unpacked = [json.loads(zlib.decompress(part)) for part in parts]
    common: dict[str, Any] = unpacked[0]["common"]
    contents = frozenset(map(Content, common.pop("contents")))
    values = {
        **{name: common[name] for name in _FLAGS},
        **{name: parse_moment(common[name]) for name in _MOMENTS},
        **{
            name: None if common[name] is None else frozenset(common[name])
            for name in common.keys() & {*_SETS}
        },
    }
    return Target(
        recordings=tuple(
            _recording_of(item) for part in unpacked for item in part["recordings"]
        ),
        contents=contents,
        trail=Trail(
            **{
                name: frozenset(_joined(part["trail"][name] for part in unpacked))
                for name in _TRAIL_FIELDS
            }
        ),
        **values,
    )


def until(target: Target, moment: datetime) -> Target:
    """Return a target without what is said from a moment on."""
    return replace(target, end=min(target.end or moment, moment))


def _pack(value: object) -> bytes:
    """Return a value as few bytes."""
    return zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 1)


def _joined(lists: Iterable[list[str]]) -> Iterable[str]:
    """Yield what is in some lists."""
    return (item for some in lists for item in some)


def _dict_of(recording: StoredRecording) -> dict[str, Any]:
    """Return the JSON form of a recording."""
    values = {item.name: getattr(recording, item.name) for item in fields(recording)}
    return values | {
        "created": recording.created.isoformat(),
        "audio_expires": iso(recording.audio_expires),
        "text_expires": iso(recording.text_expires),
        "held_until": iso(recording.held_until),
        "audio_format": asdict(recording.audio_format),
        "contents": sorted(recording.contents),
    }


def _recording_of(data: Mapping[str, Any]) -> StoredRecording:
    """Return the recording that ``_dict_of`` wrote down."""
    return StoredRecording(
        **dict(data)
        | {
            "created": datetime.fromisoformat(data["created"]),
            "audio_expires": parse_moment(data["audio_expires"]),
            "text_expires": parse_moment(data["text_expires"]),
            "held_until": parse_moment(data["held_until"]),
            "origin_kind": OriginKind(data["origin_kind"]),
            "locality": None
            if data["locality"] is None
            else Locality(data["locality"]),
            "route": Route(data["route"]),
            "reasons": tuple(map(Reason, data["reasons"])),
            "audio_format": AudioFormat(**data["audio_format"]),
            "outcome": Outcome(data["outcome"]),
            "contents": frozenset(map(Content, data["contents"])),
        }
    )
