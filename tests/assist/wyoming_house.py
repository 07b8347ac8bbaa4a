"""Real Wyoming servers on loopback, and a name service that a test fills."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
import socket
from typing import Any, override
from unittest.mock import patch

from pytest_homeassistant_custom_component.common import MockConfigEntry
from wyoming.asr import Transcript
from wyoming.audio import AudioChunk, AudioStop
from wyoming.event import Event
from wyoming.info import AsrModel, AsrProgram, Attribution, Describe, Info
from wyoming.server import AsyncEventHandler, AsyncTcpServer

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

WHISPER = ("faster-whisper", "https://github.com/guillaumekln/faster-whisper/")
HOMEMADE = ("my-own", "https://example.com/my-own")
TO_OPENAI = ("openai", "https://api.openai.com/v1")


def describe(name: str, url: str, *, installed: bool = True) -> AsrProgram:
    """Return what a program says of itself."""
    attribution = Attribution(name="Somebody", url=url)
    return AsrProgram(
        name=name,
        attribution=attribution,
        installed=installed,
        description=None,
        version=None,
        models=[
            AsrModel(
                name="model",
                attribution=attribution,
                installed=True,
                description=None,
                version=None,
                languages=["en"],
            )
        ],
    )


class Recogniser:
    """A Wyoming server that notes what it hears."""

    def __init__(self, *programs: tuple[str, str]) -> None:
        """Take what it says of itself."""
        self.programs = [describe(name, url) for name, url in programs]
        self.heard = b""
        self.times_asked = 0
        self.is_silent = False
        """It does not say what it is."""

        self.garbage = b""
        """What it says instead."""

        self._server = AsyncTcpServer("127.0.0.1", 0)

    @property
    def port(self) -> int:
        """Return where it listens."""
        server = self._server._server
        assert isinstance(server, asyncio.Server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    async def start(self) -> None:
        """Listen."""
        await self._server.start(self._handler)

    async def stop(self) -> None:
        """Go away."""
        await self._server.stop()

    def _handler(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> AsyncEventHandler:
        return _Handler(self, reader, writer)


class _Handler(AsyncEventHandler):
    """One connection."""

    def __init__(
        self,
        recogniser: Recogniser,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        super().__init__(reader, writer)
        self._recogniser = recogniser

    @override
    async def handle_event(self, event: Event) -> bool:
        if Describe.is_type(event.type):
            await self._describe()
        elif AudioChunk.is_type(event.type):
            self._recogniser.heard += AudioChunk.from_event(event).audio
        elif AudioStop.is_type(event.type):
            await self.write_event(Transcript(text="turn on the light").event())
            return False
        return True

    async def _describe(self) -> None:
        recogniser = self._recogniser
        recogniser.times_asked += 1
        if recogniser.garbage:
            self.writer.write(recogniser.garbage)
        elif not recogniser.is_silent:
            await self.write_event(Info(asr=recogniser.programs).event())


async def add_recogniser(
    hass: HomeAssistant, recogniser: Recogniser, host: str = "127.0.0.1"
) -> tuple[MockConfigEntry, str]:
    """Add a server to Home Assistant; return its entry and its engine."""
    entry = MockConfigEntry(
        domain="wyoming",
        title="Recogniser",
        data={"host": host, "port": recogniser.port},
    )
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    engine_id = er.async_get(hass).async_get_entity_id(
        "stt", "wyoming", f"{entry.entry_id}-stt"
    )
    assert engine_id is not None
    return entry, engine_id


@contextmanager
def name_service() -> Iterator[dict[str, list[str]]]:
    """Resolve only the names in the returned table; addresses resolve to themselves."""
    table: dict[str, list[str]] = {}

    def resolve(host: Any, port: Any, *args: Any, **kwargs: Any) -> list[Any]:
        name = host.encode("idna").decode() if isinstance(host, str) else host
        addresses = table.get(name) or ([name] if name[0].isdigit() else [])
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in addresses
        ]

    with patch("socket.getaddrinfo", resolve):
        yield table
