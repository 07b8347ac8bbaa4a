"""A Wyoming server inside our own process."""

import asyncio
from collections.abc import Awaitable, Callable
import contextlib

from wyoming.event import Event, async_read_event, async_write_event

from .paths import LOOPBACK


class Connection:
    """One client of a server."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        """Wrap the writing side of the client's stream."""
        self._writer = writer

    async def send(self, event: Event) -> None:
        """Send an event; a client that has gone does not matter."""
        with contextlib.suppress(ConnectionError):
            await async_write_event(event, self._writer)

    def close(self) -> None:
        """Close the connection from our side."""
        self._writer.close()


class WyomingServer:
    """Calls back for each event that a client sends, one client's events in their order."""

    def __init__(
        self,
        on_event: Callable[[Event, Connection], Awaitable[None]],
        on_disconnect: Callable[[Connection], None] | None = None,
    ) -> None:
        """Prepare a server; it has a port once it is started."""
        self._on_event = on_event
        self._on_disconnect = on_disconnect
        self._server: asyncio.Server | None = None
        self.port = 0

    @property
    def uri(self) -> str:
        """Return the address in Wyoming's notation."""
        return f"tcp://{LOOPBACK}:{self.port}"

    async def start(self, port: int | None = None) -> None:
        """Listen on loopback; a server started again keeps its port."""
        self._server = await asyncio.start_server(
            self._serve, LOOPBACK, port or self.port
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and drop the clients."""
        if self._server is not None:
            self._server.close()
            self._server.close_clients()
            self._server = None

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        connection = Connection(writer)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while (event := await async_read_event(reader)) is not None:
                    await self._on_event(event, connection)
        finally:
            connection.close()
            if self._on_disconnect is not None:
                self._on_disconnect(connection)
