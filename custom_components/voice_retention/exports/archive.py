"""Write an archive that every program can open."""

from collections.abc import Buffer, Iterable, Mapping
from datetime import datetime
from io import BytesIO
import json
from typing import IO, Any, Final, override
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from homeassistant.util import dt as dt_util

from .spool import SealedSpool

INDEX: Final = "recordings.json"
FORMAT: Final = 1

_FIRST_YEAR: Final = 1980
_LAST_YEAR: Final = 2107
"""An archive knows no other time; a clock that was wrong must not spoil it."""

_FOR_OWNER_ONLY: Final = 0o600 << 16


class Archive:
    """A ZIP in a spool. None of this is for the event loop."""

    def __init__(self, spool: SealedSpool) -> None:
        """Begin it."""
        self._spool = spool
        self._zip = ZipFile(spool, "w", ZIP_STORED)
        self._index: Index | None = None

    def add_audio(
        self, name: str, created: datetime, header: bytes, audio: bytes
    ) -> None:
        """Add the audio of a recording."""
        self._spool.mark()
        info = _info(name, created)
        info.file_size = len(header) + len(audio)
        with self._zip.open(info, "w") as file:
            file.write(header)
            file.write(audio)

    def begin_index(self, made: datetime) -> Index:
        """Begin the list of all recordings, which comes last."""
        self._spool.mark()
        self._index = Index(self._zip.open(_info(INDEX, made), "w"), made)
        return self._index

    def finish(self) -> int:
        """End the archive; return its size."""
        self._spool.mark()
        self._zip.close()
        self._spool.close()
        return self._spool.size

    def abandon(self) -> None:
        """Let go of an archive that is not to be finished."""
        # Python ends archives that nobody uses any more, so this one is to end nowhere.
        self._zip.fp = _Nowhere()
        if self._index is not None:
            self._index.end()
        self._zip.close()


class _Nowhere(BytesIO):
    """A file that takes everything and keeps nothing."""

    @override
    def write(self, data: Buffer, /) -> int:
        """Say that it was written."""
        return memoryview(data).nbytes


class Index:
    """The list of the recordings in an archive, written bit by bit."""

    def __init__(self, file: IO[bytes], made: datetime) -> None:
        """Begin it."""
        self._file = file
        self._separator = b""
        head = json.dumps({"format": FORMAT, "made": made.isoformat()})
        self._file.write(f'{head[:-1]}, "recordings": ['.encode())

    def add(self, recordings: Iterable[Mapping[str, Any]]) -> None:
        """Add recordings."""
        for recording in recordings:
            text = json.dumps(recording, ensure_ascii=False)
            self._file.write(self._separator + b"\n" + text.encode())
            self._separator = b","

    def end(self) -> None:
        """End it."""
        self._file.write(b"\n]}\n")
        self._file.close()


def _info(name: str, moment: datetime) -> ZipInfo:
    """Describe a file in the archive."""
    local = dt_util.as_local(moment)
    year = min(max(local.year, _FIRST_YEAR), _LAST_YEAR)
    info = ZipInfo(
        name,
        (year, local.month, local.day, local.hour, local.minute, local.second),
    )
    info.external_attr = _FOR_OWNER_ONLY
    return info
