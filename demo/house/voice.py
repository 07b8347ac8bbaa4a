"""The household's spoken answers: espeak-ng behind a Wyoming text-to-speech server."""

import asyncio
import io
import wave

from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event
from wyoming.info import Attribution, Describe, Info, TtsProgram, TtsVoice
from wyoming.tts import Synthesize

from .paths import environment_variables
from .wyoming_server import Connection, WyomingServer

CHUNK_BYTES = 4096


class Voice:
    """Speaks on this machine; nothing leaves it."""

    def __init__(self) -> None:
        """Prepare it; it has a port once it is started."""
        self._server = WyomingServer(self._on_event)

    @property
    def port(self) -> int:
        """Return the port that it listens on."""
        return self._server.port

    async def start(self) -> None:
        """Start serving."""
        await self._server.start()

    async def stop(self) -> None:
        """Stop serving."""
        await self._server.stop()

    async def _on_event(self, event: Event, connection: Connection) -> None:
        if Describe.is_type(event.type):
            await connection.send(_make_info().event())
        elif Synthesize.is_type(event.type):
            await _speak(Synthesize.from_event(event).text, connection)


async def _speak(text: str, connection: Connection) -> None:
    rate, pcm = await _synthesize(text)
    await connection.send(AudioStart(rate=rate, width=2, channels=1).event())
    for start in range(0, len(pcm), CHUNK_BYTES):
        chunk = AudioChunk(
            rate=rate, width=2, channels=1, audio=pcm[start : start + CHUNK_BYTES]
        )
        await connection.send(chunk.event())
    await connection.send(AudioStop().event())


async def _synthesize(text: str) -> tuple[int, bytes]:
    process = await asyncio.create_subprocess_exec(
        "espeak-ng",
        "--stdout",
        "-v",
        "en-us",
        text,
        stdout=asyncio.subprocess.PIPE,
        env=environment_variables(),
    )
    output, _ = await process.communicate()
    with wave.open(io.BytesIO(output), "rb") as wav:
        # The header of a piped WAV carries no usable length.
        return wav.getframerate(), wav.readframes(len(output))


def _make_info() -> Info:
    attribution = Attribution(
        name="espeak-ng", url="https://github.com/espeak-ng/espeak-ng"
    )
    voice = TtsVoice(
        name="en-us",
        attribution=attribution,
        installed=True,
        description="English",
        version="1",
        languages=["en"],
    )
    program = TtsProgram(
        name="espeak-ng",
        attribution=attribution,
        installed=True,
        description="Small offline voice",
        version="1",
        voices=[voice],
    )
    return Info(tts=[program])
