"""A microphone: writes raw audio to standard output in real time, the noise of a quiet room until someone speaks.

Usage: python -m demo.house.programs.microphone PORT

Whoever connects to the port and sends the path of a WAV file is heard speaking it.
"""

from array import array
import asyncio
from collections import deque
import random
import sys
import time
import wave

from demo.house.paths import LOOPBACK
from demo.house.speech import NOISE_LEVEL, RATE, WIDTH

FRAMES_PER_WRITE = RATE // 50
"""20 ms, as sound hardware delivers it."""


class Microphone:
    """What the room sounds like at any moment."""

    def __init__(self) -> None:
        """Start with a quiet room."""
        noise = random.Random(0)
        self._noise = array(
            "h", (round(noise.gauss(0, NOISE_LEVEL)) for _ in range(RATE * 10))
        )
        self._noise_at = 0
        self._spoken: deque[bytes] = deque()

    async def listen(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Take the path of what is spoken next."""
        file = (await reader.readline()).decode().rstrip("\n")
        with wave.open(file, "rb") as wav:
            pcm = wav.readframes(wav.getnframes())
        step = FRAMES_PER_WRITE * WIDTH
        self._spoken.extend(
            pcm[start : start + step] for start in range(0, len(pcm), step)
        )
        writer.close()

    def next_frames(self) -> bytes:
        """Return the next 20 ms of sound."""
        spoken = self._spoken.popleft() if self._spoken else b""
        return spoken + self._quiet(FRAMES_PER_WRITE - len(spoken) // WIDTH)

    def _quiet(self, frames: int) -> bytes:
        if self._noise_at + frames > len(self._noise):
            self._noise_at = 0
        start = self._noise_at
        self._noise_at += frames
        return self._noise[start : self._noise_at].tobytes()


async def main(port: int) -> None:
    """Write sound until nobody reads it any more."""
    microphone = Microphone()
    await asyncio.start_server(microphone.listen, LOOPBACK, port)
    started = time.monotonic()
    written = 0
    while True:
        sys.stdout.buffer.write(microphone.next_frames())
        sys.stdout.buffer.flush()
        written += FRAMES_PER_WRITE
        await asyncio.sleep(started + written / RATE - time.monotonic())


if __name__ == "__main__":
    try:
        asyncio.run(main(int(sys.argv[1])))
    except BrokenPipeError, KeyboardInterrupt:
        sys.stderr.close()
