"""A search for what somebody said in every file below a folder, in whatever form it was left there.

Text is looked for in the encodings that programs leave behind. Audio is looked for by its pieces: any 64 bytes of
it in a row are enough, at any place in any file, so SQLite's free pages, write-ahead logs and half-written files count.
"""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
import gzip
import json
import os
from pathlib import Path
from urllib.parse import quote
import zlib

PIECE_BYTES = 32
"""Sixteen samples: in a room with noise no two pieces are alike."""

MIN_DISTINCT_SAMPLES = 8
"""Digital silence and constant runs are in every file and prove nothing."""

NEEDLE_STEP = 7
FILE_STEP = 9
"""Coprime, so that some piece of the needle meets some piece of the file in any run of 7 * 9 + 32 bytes."""

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """One place where something was found."""

    file: Path
    needle: str
    """The phrase, or the name of the recording."""
    form: str
    """How it was written there."""
    offset: int


class ForensicSearch:
    """Phrases and recordings that should be nowhere."""

    def __init__(self) -> None:
        """Start with nothing to look for."""
        self._phrases: list[tuple[str, str, bytes]] = []
        self._pieces: dict[bytes, tuple[str, str]] = {}

    def look_for_phrase(self, phrase: str) -> None:
        """Look for a phrase in all its forms, upper and lower case alike."""
        self._phrases.extend(
            (phrase, form, encoded) for form, encoded in _text_forms(phrase)
        )

    def look_for_audio(self, name: str, pcm: bytes) -> None:
        """Look for a recording, raw or as base64 or hexadecimal text."""
        for form, encoded in _audio_forms(pcm):
            for piece in _pieces(encoded, NEEDLE_STEP):
                self._pieces.setdefault(piece, (name, form))

    def search(self, folder: Path) -> list[Hit]:
        """Return every hit in every file below a folder; one per file, needle and form."""
        hits: list[Hit] = []
        for file in _files(folder):
            try:
                content = file.read_bytes()
            except OSError:
                # Gone meanwhile, or no file that holds bytes.
                continue
            hits += self._search_content(file, content)
            if content.startswith(_GZIP):
                hits += self._search_content(file, _unpacked(content))
        return hits

    def _search_content(self, file: Path, content: bytes) -> Iterator[Hit]:
        lowered = content.lower()
        for phrase, form, encoded in self._phrases:
            # Base64 tells upper and lower case apart, all other forms are compared in lower case.
            offset = (
                content.find(encoded)
                if form == "base64"
                else lowered.find(encoded.lower())
            )
            if offset >= 0:
                yield Hit(file=file, needle=phrase, form=form, offset=offset)
        if self._pieces:
            yield from self._search_audio(file, content)

    def _search_audio(self, file: Path, content: bytes) -> Iterator[Hit]:
        found: set[tuple[str, str]] = set()
        for offset in range(0, len(content) - PIECE_BYTES + 1, FILE_STEP):
            match = self._pieces.get(content[offset : offset + PIECE_BYTES])
            if match is not None and match not in found:
                found.add(match)
                name, form = match
                yield Hit(file=file, needle=name, form=form, offset=offset)


def describe(hits: Iterable[Hit]) -> str:
    """Return hits as lines for a person."""
    return "\n".join(
        f"{hit.file}: {hit.needle!r} as {hit.form} at byte {hit.offset}" for hit in hits
    )


def _files(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        for name in names:
            file = Path(parent, name)
            if file.is_file():
                yield file


def _unpacked(content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except OSError, EOFError, zlib.error:
        return b""


def _text_forms(phrase: str) -> Iterator[tuple[str, bytes]]:
    plain = phrase.encode()
    yield "UTF-8", plain
    yield "UTF-16 LE", phrase.encode("utf-16-le")
    yield "UTF-16 BE", phrase.encode("utf-16-be")
    yield "JSON", json.dumps(phrase)[1:-1].encode()
    yield "JSON escaped", "".join(f"\\u{ord(letter):04x}" for letter in phrase).encode()
    yield "URL", quote(phrase).encode()
    yield "URL form", plain.replace(b" ", b"+")
    yield "slug", plain.lower().replace(b" ", b"_")
    yield "hexadecimal", plain.hex().encode()
    for spelling in {plain, plain.lower(), plain.capitalize()}:
        for text in _base64_forms(spelling):
            yield "base64", text


def _audio_forms(pcm: bytes) -> Iterator[tuple[str, bytes]]:
    yield "PCM", pcm
    swapped = bytearray(len(pcm))
    swapped[::2], swapped[1::2] = pcm[1::2], pcm[::2]
    yield "PCM big-endian", bytes(swapped)
    yield "hexadecimal", pcm.hex().encode()
    for text in _base64_forms(pcm):
        yield "base64", text


def _base64_forms(data: bytes) -> Iterator[bytes]:
    """Return the base64 text of the inner bytes for each of the three places where they can start."""
    for skipped in range(3):
        inner = data[skipped:]
        inner = inner[: len(inner) // 3 * 3]
        if inner:
            yield base64.b64encode(inner)


def _pieces(data: bytes, step: int) -> Iterator[bytes]:
    for start in range(0, len(data) - PIECE_BYTES + 1, step):
        piece = data[start : start + PIECE_BYTES]
        if (
            len({piece[at : at + 2] for at in range(0, PIECE_BYTES, 2)})
            >= MIN_DISTINCT_SAMPLES
        ):
            yield piece
