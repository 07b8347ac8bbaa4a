"""Stream a recording to whoever holds a link to it."""

from http import HTTPStatus
from typing import Final

from aiohttp import web
from aiohttp.hdrs import ACCEPT_RANGES, CACHE_CONTROL, CONTENT_RANGE

from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.core import HomeAssistant, callback

from .actions.common import loaded_data
from .errors import NotLoaded, RecordingNotFound, VaultUnavailable
from .playback import PLAY_URL, PlaybackDesk, Track

CHUNK: Final = 64 * 1024


@callback
def async_register_views(hass: HomeAssistant) -> None:
    """Serve the links."""
    hass.http.register_view(PlayView())


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
            CACHE_CONTROL: "no-store",
            # No constant for it in the aiohttp of the oldest supported release.
            "X-Content-Type-Options": "nosniff",
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
