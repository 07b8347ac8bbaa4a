"""A satellite that costs next to nothing, for tests with many of them."""

import asyncio
import time

from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event
from wyoming.info import Attribution, Describe, Info, Satellite as SatelliteInfo
from wyoming.ping import Ping, Pong
from wyoming.pipeline import PipelineStage, RunPipeline
from wyoming.satellite import PauseSatellite, RunSatellite
from wyoming.snd import Played

from .run import Run, RunListener
from .speech import BYTES_PER_SECOND, RATE, WIDTH, Speech
from .wyoming_server import Connection, WyomingServer

CHUNK_BYTES = 2048
"""64 ms, as the published satellite sends."""


class LightSatellite:
    """Speaks the satellite's side of the Wyoming protocol without programs, microphone or wake word."""

    def __init__(self, name: str, area: str = "") -> None:
        """Prepare it; it has a port once it is started."""
        self.name = name
        self._area = area
        self._server = WyomingServer(self._on_event, self._on_disconnect)
        self._home_assistant: Connection | None = None
        self._is_connected = asyncio.Event()
        self._run: RunListener | None = None

    @property
    def port(self) -> int:
        """Return the port that it listens on."""
        return self._server.port

    @property
    def is_connected(self) -> bool:
        """Return whether Home Assistant is connected to it."""
        return self._is_connected.is_set()

    async def start(self) -> None:
        """Start, also again after a stop, on the same port."""
        await self._server.start()

    async def stop(self) -> None:
        """Vanish from the network."""
        await self._server.stop()

    async def wait_connected(self, timeout: float = 30) -> None:
        """Wait for Home Assistant."""
        async with asyncio.timeout(timeout):
            await self._is_connected.wait()

    async def speak(
        self,
        speech: Speech,
        *,
        speed: float = 1.0,
        pause: float = 0.0,
        timeout: float = 30,
    ) -> Run:
        """Say a sentence to its end, at a multiple of real time, and wait for the answer.

        The pause is between the wake word and the first sound.
        """
        await self.wait_connected(timeout)
        run = self._run = RunListener()
        wake = RunPipeline(start_stage=PipelineStage.ASR, end_stage=PipelineStage.TTS)
        await self._send(wake.event())
        sending = asyncio.create_task(self._stream(speech.pcm, speed, pause, run))
        try:
            return await run.outcome(timeout)
        finally:
            sending.cancel()
            self._run = None

    async def _stream(
        self, pcm: bytes, speed: float, pause: float, run: RunListener
    ) -> None:
        await asyncio.sleep(pause)
        started = time.monotonic()
        for start in range(0, len(pcm), CHUNK_BYTES):
            chunk = AudioChunk(
                rate=RATE,
                width=WIDTH,
                channels=1,
                audio=pcm[start : start + CHUNK_BYTES],
            )
            await self._send(chunk.event())
            sent = start + len(chunk.audio)
            run.note_sent(pcm[:sent])
            due = started + sent / BYTES_PER_SECOND / speed
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        await self._send(AudioStop().event())

    async def _send(self, event: Event) -> None:
        if self._home_assistant is not None:
            await self._home_assistant.send(event)

    async def _on_event(self, event: Event, connection: Connection) -> None:
        if Describe.is_type(event.type):
            await connection.send(self._info().event())
        elif Ping.is_type(event.type):
            await connection.send(Pong(text=Ping.from_event(event).text).event())
        elif RunSatellite.is_type(event.type):
            self._home_assistant = connection
            self._is_connected.set()
        elif PauseSatellite.is_type(event.type):
            self._is_connected.clear()
        elif AudioChunk.is_type(event.type) or AudioStart.is_type(event.type):
            return
        else:
            if AudioStop.is_type(event.type):
                await connection.send(Played().event())
            if self._run is not None:
                self._run.note(event)

    def _on_disconnect(self, connection: Connection) -> None:
        if connection is not self._home_assistant:
            return
        self._home_assistant = None
        self._is_connected.clear()
        if self._run is not None:
            self._run.note_lost_connection()

    def _info(self) -> Info:
        return Info(
            satellite=SatelliteInfo(
                name=self.name,
                area=self._area,
                attribution=Attribution(name="", url=""),
                installed=True,
                description=self.name,
                version="1.0.0",
            )
        )
