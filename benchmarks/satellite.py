"""A satellite that knows when it said what, and when it was understood."""

import asyncio
import time

from wyoming.asr import Transcript
from wyoming.audio import AudioChunk, AudioStop
from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import Attribution, Describe, Info, Satellite as SatelliteInfo
from wyoming.ping import Ping, Pong
from wyoming.pipeline import PipelineStage, RunPipeline
from wyoming.satellite import RunSatellite

from demo.house.speech import BYTES_PER_SECOND, RATE, WIDTH
from demo.house.wyoming_server import Connection, WyomingServer

from .clock import MARK_BYTES, Moments, Notebook

CHUNK_BYTES = 2048
"""64 ms, as the published satellite sends."""

ANSWER_TIMEOUT = 30


class BenchSatellite:
    """Speaks the satellite's side of the Wyoming protocol, and looks at the clock."""

    def __init__(self, name: str, notebook: Notebook) -> None:
        """Prepare it; it has a port once it is started."""
        self.name = name
        self._notebook = notebook
        self._server = WyomingServer(self._on_event)
        self._home_assistant: asyncio.Future[Connection] | None = None
        self._understood: asyncio.Future[float] | None = None

    @property
    def port(self) -> int:
        """Return the port that it listens on."""
        return self._server.port

    async def start(self) -> None:
        """Switch it on."""
        self.forget_connection()
        await self._server.start()

    async def stop(self) -> None:
        """Vanish from the network."""
        await self._server.stop()

    def forget_connection(self) -> None:
        """Wait for Home Assistant anew, since it is gone."""
        self._home_assistant = asyncio.get_running_loop().create_future()

    async def connection(self) -> Connection:
        """Wait for Home Assistant."""
        if self._home_assistant is None:
            raise RuntimeError("the satellite is not switched on")
        return await asyncio.wait_for(asyncio.shield(self._home_assistant), 30)

    async def speak(self, pcm: bytes, speed: float) -> Moments:
        """Say a sentence at a multiple of real time and wait until it is understood."""
        connection = await self.connection()
        self._understood = asyncio.get_running_loop().create_future()
        mark, moments = self._notebook.open()
        moments.asked = time.perf_counter()
        await connection.send(
            RunPipeline(
                start_stage=PipelineStage.ASR, end_stage=PipelineStage.HANDLE
            ).event()
        )
        await _stream(connection, mark + pcm[MARK_BYTES:], speed)
        moments.ended = time.perf_counter()
        await connection.send(AudioStop().event())
        moments.understood = await asyncio.wait_for(self._understood, ANSWER_TIMEOUT)
        return moments

    async def _on_event(self, event: Event, connection: Connection) -> None:
        """Take in one event of Home Assistant."""
        if Transcript.is_type(event.type):
            if self._understood is not None and not self._understood.done():
                self._understood.set_result(time.perf_counter())
        elif Ping.is_type(event.type):
            await connection.send(Pong(text=Ping.from_event(event).text).event())
        elif Describe.is_type(event.type):
            await connection.send(self._info().event())
        elif RunSatellite.is_type(event.type):
            if self._home_assistant is not None and not self._home_assistant.done():
                self._home_assistant.set_result(connection)
        elif Error.is_type(event.type) and self._understood is not None:
            self._understood.set_exception(RuntimeError(Error.from_event(event).text))

    def _info(self) -> Info:
        """Describe the satellite."""
        return Info(
            satellite=SatelliteInfo(
                name=self.name,
                area="",
                attribution=Attribution(name="", url=""),
                installed=True,
                description=self.name,
                version="1.0.0",
            )
        )


async def _stream(connection: Connection, pcm: bytes, speed: float) -> None:
    """Send audio at the pace of speech, or a multiple of it."""
    started = time.perf_counter()
    for start in range(0, len(pcm), CHUNK_BYTES):
        chunk = pcm[start : start + CHUNK_BYTES]
        await connection.send(
            AudioChunk(rate=RATE, width=WIDTH, channels=1, audio=chunk).event()
        )
        due = started + (start + len(chunk)) / BYTES_PER_SECOND / speed
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
