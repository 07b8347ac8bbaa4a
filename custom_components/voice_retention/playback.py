"""Let an administrator hear a recording, for a short time and on the record."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
import secrets
from typing import Final

from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .errors import RecordingNotFound
from .policy.models import AccessKind, Content
from .storage import Storage
from .vault.books import Access
from .vault.errors import DamagedContentError, RecordingNotFoundError
from .vault.models import RecordingFilter, StoredRecording
from .wav import PCM, file_header, media_type

PLAY_URL: Final = f"/api/{DOMAIN}/play/"
GOOD_FOR: Final = timedelta(minutes=5)
"""A player may pause and go on; a link that lies around must not work for long."""

MAX_TICKETS: Final = 1000
"""Whoever browses in a hurry does not fill the memory."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Track:
    """A recording that can be played."""

    recording_id: str
    mime_type: str
    header: bytes
    """What comes before the stored audio to make a file of it."""

    audio_bytes: int
    seconds: float

    @property
    def size(self) -> int:
        """Return the bytes of the whole file."""
        return len(self.header) + self.audio_bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ticket:
    """The right to hear one recording."""

    track: Track
    until: datetime


class PlaybackDesk:
    """Hand out links that work for a few minutes and for one recording.

    They are no signed paths of Home Assistant's: it signs any path for whoever may play
    media, and recordings are for administrators.
    """

    def __init__(self, storage: Storage) -> None:
        """Take the storage that the recordings are in."""
        self._storage = storage
        self._tickets: OrderedDict[str, _Ticket] = OrderedDict()

    async def async_open(
        self, recording_id: str, user_id: str | None
    ) -> tuple[str, Track]:
        """Return a link to a recording; who asked for it is written down first."""
        now = dt_util.utcnow()
        async with self._storage.async_use() as vault:
            found = await vault.recordings.find(
                RecordingFilter(
                    recording_ids=(recording_id,), contents=(Content.AUDIO,)
                )
            )
            # Of what was sent, maybe only the beginning is kept.
            size = await vault.recordings.audio_length(recording_id)
        if not found:
            raise RecordingNotFound([recording_id])
        (recording,) = found
        async with self._storage.async_use(is_writing=True) as vault:
            await vault.accesses.record(
                Access(
                    at=now,
                    kind=AccessKind.PLAYED,
                    user_id=user_id,
                    recording_id=recording_id,
                )
            )
        track = _track(recording, size)
        self._forget_old(now)
        ticket = secrets.token_urlsafe(32)
        self._tickets[ticket] = _Ticket(track=track, until=now + GOOD_FOR)
        return f"{PLAY_URL}{ticket}", track

    def track_of(self, ticket: str) -> Track | None:
        """Return what a link leads to, if it still does."""
        found = self._tickets.get(ticket)
        if found is None or found.until <= dt_util.utcnow():
            return None
        return found.track

    async def async_read(self, track: Track, start: int, length: int) -> bytes:
        """Return part of a track's file; raises when the recording is gone meanwhile."""
        head = track.header[start : start + length]
        begin = max(0, start - len(track.header))
        rest = length - len(head)
        if rest <= 0:
            return head
        try:
            async with self._storage.async_use() as vault:
                return head + await vault.recordings.read_audio_range(
                    track.recording_id, begin, rest
                )
        except (RecordingNotFoundError, DamagedContentError) as err:
            raise RecordingNotFound([track.recording_id]) from err

    def _forget_old(self, now: datetime) -> None:
        """Drop links that are over their time, and the oldest of too many."""
        while self._tickets:
            oldest = next(iter(self._tickets.values()))
            if oldest.until > now and len(self._tickets) < MAX_TICKETS:
                return
            self._tickets.popitem(last=False)


def _track(recording: StoredRecording, size: int) -> Track:
    """Return how a recording is played."""
    audio = recording.audio_format
    return Track(
        recording_id=recording.recording_id,
        mime_type=media_type(audio),
        header=file_header(audio, size),
        audio_bytes=size,
        # What is compressed tells its length only to a player.
        seconds=size / audio.bytes_per_second
        if audio.codec == PCM
        else recording.audio_seconds,
    )
