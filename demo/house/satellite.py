"""A real Wyoming satellite with a microphone that we speak into."""

import asyncio
from pathlib import Path

from wyoming.audio import AudioChunk
from wyoming.event import Event
from wyoming.wake import Detect, Detection

from .paths import LOOPBACK, free_port, program_command
from .program import Program
from .run import Run, RunListener
from .speech import Speech
from .wire import WAKE_WORD
from .wyoming_server import Connection, WyomingServer

PAUSE_AFTER_WAKE_WORD = 0.2
"""Seconds; a person takes a breath."""


class Satellite:
    """The published satellite program, its microphone, and the wake word service that it asks."""

    def __init__(self, name: str, area: str, folder: Path) -> None:
        """Prepare it; the folder takes what is spoken into its microphone."""
        self.name = name
        self.port = free_port()
        self._area = area
        self._spoken_file = folder / f"spoken-{self.port}.wav"
        self._microphone_port = free_port()
        self._listening: list[Connection] = []
        self._is_listening = asyncio.Event()
        self._run: RunListener | None = None
        self._wake_service = WyomingServer(
            self._on_wake_event, self._on_wake_disconnect
        )
        self._event_service = WyomingServer(self._on_satellite_event)
        self._program: Program | None = None

    async def start(self) -> None:
        """Start, also again after a stop, on the same port."""
        await self._wake_service.start()
        await self._event_service.start()
        self._program = Program(
            self.name,
            program_command(
                "satellite",
                self.name,
                self._area,
                str(self.port),
                self._wake_service.uri,
                self._event_service.uri,
                str(self._microphone_port),
            ),
        )
        await self._program.start_and_wait()

    async def stop(self) -> None:
        """End it and its microphone."""
        if self._program is not None:
            await self._program.kill()
        await self._wake_service.stop()
        await self._event_service.stop()

    async def speak(self, speech: Speech, timeout: float = 30) -> Run:
        """Say the wake word and the sentence in real time, and wait for the answer."""
        # The satellite listens for its wake word only once Home Assistant has connected to it.
        async with asyncio.timeout(timeout):
            await self._is_listening.wait()
        self._run = RunListener()
        try:
            await self._say_wake_word()
            await asyncio.sleep(PAUSE_AFTER_WAKE_WORD)
            await self._say(speech)
            return await self._run.outcome(timeout)
        finally:
            self._run = None

    async def _say_wake_word(self) -> None:
        self._is_listening.clear()
        for connection in self._listening:
            await connection.send(Detection(name=WAKE_WORD).event())

    async def _say(self, speech: Speech) -> None:
        file = await asyncio.to_thread(speech.write_wav, self._spoken_file)
        _, writer = await asyncio.open_connection(LOOPBACK, self._microphone_port)
        writer.write(f"{file}\n".encode())
        await writer.drain()
        writer.close()

    async def _on_wake_event(self, event: Event, connection: Connection) -> None:
        if connection not in self._listening:
            self._listening.append(connection)
        if Detect.is_type(event.type):
            self._is_listening.set()
        elif AudioChunk.is_type(event.type):
            # A real wake word engine would listen; ours waits to be told.
            return

    def _on_wake_disconnect(self, connection: Connection) -> None:
        if connection in self._listening:
            self._listening.remove(connection)

    async def _on_satellite_event(self, event: Event, connection: Connection) -> None:
        if self._run is not None:
            self._run.note(event)
