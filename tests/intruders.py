"""People and programs that try our doors, and what must not get out of any."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, override

from aiohttp import ClientWebSocketResponse, WSMsgType
from aiohttp.test_utils import TestClient

from homeassistant.auth.const import GROUP_ID_ADMIN
from homeassistant.components import media_source
from homeassistant.components.media_player import (
    BrowseMedia,
    MediaPlayerEntity,
    MediaPlayerEntityFeature,
)
from homeassistant.core import HomeAssistant

CLIENT_ID = "https://example.com/app"
SECONDS = 5


class Player(MediaPlayerEntity):
    """A media player that plays and browses whatever Home Assistant has."""

    _attr_has_entity_name = False
    _attr_name = "player"
    _attr_unique_id = "player"
    _attr_supported_features = (
        MediaPlayerEntityFeature.BROWSE_MEDIA | MediaPlayerEntityFeature.PLAY_MEDIA
    )

    def __init__(self) -> None:
        """Be silent."""
        self.played: list[str] = []

    @override
    async def async_browse_media(
        self,
        media_content_type: str | None = None,
        media_content_id: str | None = None,
    ) -> BrowseMedia:
        """Browse the media sources, as most players do."""
        return await media_source.async_browse_media(self.hass, media_content_id)

    @override
    async def async_play_media(
        self, media_type: str, media_id: str, **kwargs: Any
    ) -> None:
        """Play something of a media source."""
        media = await media_source.async_resolve_media(
            self.hass, media_id, self.entity_id
        )
        self.played.append(media.url)


@dataclass(frozen=True)
class Answer:
    """What came back for a request."""

    status: int
    text: bytes
    """All of it, headers too."""

    body: bytes


async def token_of(hass: HomeAssistant, group_id: str) -> str:
    """Return a token of somebody new who is in a group."""
    # Home Assistant makes the first of all its users the owner.
    await hass.auth.async_create_user("Owner", group_ids=[GROUP_ID_ADMIN])
    user = await hass.auth.async_create_user(group_id, group_ids=[group_id])
    refresh_token = await hass.auth.async_create_refresh_token(user, CLIENT_ID)
    return hass.auth.async_create_access_token(refresh_token)


async def raw_request(
    client: TestClient[Any, Any],
    target: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send a request exactly as it is: clients tidy paths up that a server must refuse."""
    reader, writer = await asyncio.open_connection("127.0.0.1", client.server.port)
    lines = [
        f"{method} {target} HTTP/1.1",
        "Host: 127.0.0.1",
        "Connection: close",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    writer.write("\r\n".join((*lines, "", "")).encode())
    try:
        async with asyncio.timeout(SECONDS):
            text = await reader.read()
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
    head, _, body = text.partition(b"\r\n\r\n")
    return Answer(int(head.split(b" ", 2)[1]), text, body)


async def all_that_is_said(
    socket: ClientWebSocketResponse, seconds: float = 1
) -> list[str]:
    """Return all messages until the server closes the connection or falls silent."""
    found: list[str] = []
    with suppress(TimeoutError):
        while True:
            message = await asyncio.wait_for(socket.receive(), seconds)
            if message.type is not WSMsgType.TEXT:
                break
            found.append(message.data)
    return found


def ways_up(folder: str, target: str) -> list[str]:
    """Return paths that lead from a folder to a file above it, if a server lets them."""
    return [
        f"{folder}/{up}{target}"
        for up in (
            "../",
            "./../",
            "..;/",
            "..//",
            "....//",
            "..\\",
            "%2e%2e/",
            "%2E%2E%2F",
            "..%2f",
            ".%2e/",
            "..%5c",
            "%252e%252e%252f",
            "%c0%ae%c0%ae/",
            "..%00/",
            "%00../",
            "//../",
            "chunks/../../",
            "chunks/..%2f..%2f",
        )
    ]
