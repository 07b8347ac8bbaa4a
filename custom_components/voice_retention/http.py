"""Stream a recording or an export to whoever holds a link to it."""

import asyncio
from http import HTTPStatus
from typing import Final

from aiohttp import web
from aiohttp.hdrs import (
    ACCEPT_RANGES,
    CACHE_CONTROL,
    CONTENT_DISPOSITION,
    CONTENT_RANGE,
)

from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.core import HomeAssistant, callback

from .actions.common import loaded_data
from .errors import NotLoaded, RecordingNotFound, VaultUnavailable
from .exports.desk import EXPORT_URL
from .exports.download import Download
from .playback import PLAY_URL, PlaybackDesk, Track

CHUNK: Final = 64 * 1024
STALLED_SECONDS: Final = 60
"""A client that takes nothing for so long does not keep an export on the disk."""

_NEITHER_KEPT_NOR_GUESSED: Final = {
    CACHE_CONTROL: "no-store",
    # No constant for it in the aiohttp of the oldest supported release.
    "X-Content-Type-Options": "nosniff",
}


@callback
def async_register_views(hass: HomeAssistant) -> None:
    """Serve the links."""
    hass.http.register_view(PlayView())
    hass.http.register_view(ExportView())


class PlayView(HomeAssistantView):
    """Serve one recording; the link itself is the permission, and short-lived.

    Media players have no account. Nothing is decrypted to disk, and no cache keeps it.
    """

    url = f"{PLAY_URL}{{ticket}}"
    name = "api:voice_retention:play"
    requires_auth = False

    async def get(self, request: web.Request, ticket: str) -> web.StreamResponse:
        """Return the file, or the part of it that is asked for."""
        try:
            desk = loaded_data(request.app[KEY_HASS]).playback
        except NotLoaded as err:
            raise web.HTTPNotFound from err
        if (track := desk.track_of(ticket)) is None:
            raise web.HTTPNotFound
        part = _part(request, track)
        try:
            # Before anything is sent: what is gone must not look like silence.
            chunk = await desk.async_read(track, part.start, min(CHUNK, len(part)))
        except (RecordingNotFound, VaultUnavailable) as err:
            raise web.HTTPNotFound from err
        return await _stream(request, desk, track, part, chunk)


class ExportView(HomeAssistantView):
    """Serve an export; the link itself is the permission, short-lived and for one time."""

    url = f"{EXPORT_URL}{{ticket}}"
    name = "api:voice_retention:export"
    requires_auth = False

    async def get(self, request: web.Request, ticket: str) -> web.StreamResponse:
        """Return the archive as a whole; it is gone when it was taken away."""
        try:
            desk = loaded_data(request.app[KEY_HASS]).exports
        except NotLoaded as err:
            raise web.HTTPNotFound from err
        if (download := desk.begin_download(ticket)) is None:
            raise web.HTTPNotFound
        is_complete = False
        try:
            response = await _begin_archive(request, download)
            is_complete = await _send_archive(response, download)
        finally:
            await desk.async_end_download(download, is_complete=is_complete)
        return response


async def _begin_archive(
    request: web.Request, download: Download
) -> web.StreamResponse:
    """Say what will follow."""
    name = download.export.file_name
    response = web.StreamResponse(
        headers={
            ACCEPT_RANGES: "none",
            CONTENT_DISPOSITION: f'attachment; filename="{name}"',
            **_NEITHER_KEPT_NOR_GUESSED,
        }
    )
    response.content_type = "application/zip"
    response.content_length = download.size
    # Where it ends before its time, the client must not wait for more.
    response.force_close()
    if request.transport is not None:
        # So that to have written all means that none of it waits here any more.
        request.transport.set_write_buffer_limits(high=0)
    await response.prepare(request)
    return response


async def _send_archive(response: web.StreamResponse, download: Download) -> bool:
    """Send an archive, decrypting a frame at a time; return whether all of it left."""
    try:
        while chunk := await download.async_read():
            async with asyncio.timeout(STALLED_SECONDS):
                await response.write(chunk)
        if chunk is None:
            return False
        async with asyncio.timeout(STALLED_SECONDS):
            await response.write_eof()
    except TimeoutError, ConnectionError:
        return False
    return True


async def _stream(
    request: web.Request,
    desk: PlaybackDesk,
    track: Track,
    part: range,
    chunk: bytes,
) -> web.StreamResponse:
    """Send a part of a file, decrypting a chunk at a time."""
    response = web.StreamResponse(
        headers={
            ACCEPT_RANGES: "bytes",
            **_NEITHER_KEPT_NOR_GUESSED,
        }
    )
    response.content_type = track.mime_type
    response.content_length = len(part)
    if len(part) < track.size:
        response.set_status(HTTPStatus.PARTIAL_CONTENT)
        response.headers[CONTENT_RANGE] = f"bytes {part[0]}-{part[-1]}/{track.size}"
    await response.prepare(request)
    while chunk:
        await response.write(chunk)
        part = part[len(chunk) :]
        if not part:
            break
        chunk = await desk.async_read(track, part.start, min(CHUNK, len(part)))
    return response


def _part(request: web.Request, track: Track) -> range:
    """Return the bytes that are asked for."""
    try:
        part = range(track.size)[request.http_range]
    except ValueError as err:
        raise web.HTTPBadRequest from err
    if not part:
        raise web.HTTPRequestRangeNotSatisfiable(
            headers={CONTENT_RANGE: f"bytes */{track.size}"}
        )
    return part
