"""Real speech from text, the same on every run."""

from array import array
import asyncio
from dataclasses import dataclass
from functools import cached_property
import hashlib
from pathlib import Path
import random
import sys
from typing import Self
import wave

from .paths import cache_folder, environment_variables

RATE = 16000
WIDTH = 2
BYTES_PER_SECOND = RATE * WIDTH
FRAME_BYTES = BYTES_PER_SECOND // 100
"""Assist works in frames of 10 ms and drops what does not fill one."""

NOISE_LEVEL = 40.0
"""Standard deviation of the noise of a quiet room; a recogniser copes badly with digital silence."""

LOUDNESS = "-12"
"""Peak in dB below full scale: the recogniser mistook "off" for "on" once in forty when louder, never at this."""

FINGERPRINT_BYTES = 640
LEAD_IN_SECONDS = 0.3
TAIL_SECONDS = 0.4
"""Shorter than the 0.7 s of silence that end a command in Assist, so that all of it is heard."""


@dataclass(frozen=True, kw_only=True)
class Speech:
    """One spoken sentence: 16 kHz, 16 bit, one channel, in a room that is never quite silent."""

    text: str
    pcm: bytes
    voice: str = "en-us"

    @classmethod
    async def of(cls, text: str, *, voice: str = "en-us", seed: int = 0) -> Self:
        """Return a sentence in an espeak-ng or flite voice; each seed is a recording of its own."""
        clean = await _spoken(text, voice)
        pcm = await asyncio.to_thread(_in_a_room, clean, f"{text}|{voice}|{seed}")
        return cls(text=text, pcm=pcm, voice=voice)

    @property
    def seconds(self) -> float:
        """Return how long it takes to say."""
        return len(self.pcm) / BYTES_PER_SECOND

    @cached_property
    def fingerprint(self) -> bytes:
        """Return a short piece that no other recording holds."""
        middle = len(self.pcm) // 2 // WIDTH * WIDTH
        return self.pcm[middle : middle + FINGERPRINT_BYTES]

    def write_wav(self, file: Path) -> Path:
        """Write a WAV file and return its path."""
        with wave.open(str(file), "wb") as wav:
            wav.setframerate(RATE)
            wav.setsampwidth(WIDTH)
            wav.setnchannels(1)
            wav.writeframes(self.pcm)
        return file


async def _spoken(text: str, voice: str) -> bytes:
    """Return clean speech, made once and then kept in the cache folder."""
    key = hashlib.sha256(f"{LOUDNESS}|{voice}|{text}".encode()).hexdigest()[:24]
    file = cache_folder() / "speech-pcm" / f"{key}.pcm"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        pcm = await _to_pcm(await _synthesize(text, voice))
        partial = file.with_suffix(f".{random.getrandbits(32):08x}")
        partial.write_bytes(pcm)
        partial.replace(file)
    return file.read_bytes()


async def _synthesize(text: str, voice: str) -> bytes:
    if voice in ("slt", "rms"):
        return await _run("flite", "-voice", voice, "-t", text, "-o", "/dev/stdout")
    return await _run("espeak-ng", "-v", voice, "-s", "150", "--stdout", text)


async def _to_pcm(wav: bytes) -> bytes:
    # -D: no dither, which would make each run different.
    return await _run(
        "sox", "-D", "-t", "wav", "--ignore-length", "-", "-t", "raw", "-r", str(RATE), "-e", "signed", "-b", "16",
        "-c", "1", "-", "gain", "-n", LOUDNESS, stdin=wav,
    )  # fmt: skip


async def _run(*command: str, stdin: bytes = b"") -> bytes:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment_variables(),
    )
    output, errors = await process.communicate(stdin)
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {errors.decode(errors='replace')}")
    return output


def _in_a_room(clean: bytes, seed: str) -> bytes:
    """Return speech with a pause before and after, and the noise of a quiet room all over it."""
    pause_before = bytes(int(LEAD_IN_SECONDS * RATE) * WIDTH)
    pause_after = bytes(int(TAIL_SECONDS * RATE) * WIDTH)
    samples = _samples(pause_before + clean + pause_after)
    samples.extend([0] * (-len(samples) % (FRAME_BYTES // WIDTH)))
    noise = random.Random(seed)
    for index, sample in enumerate(samples):
        samples[index] = max(
            -32768, min(32767, sample + round(noise.gauss(0, NOISE_LEVEL)))
        )
    return _bytes(samples)


def _samples(pcm: bytes) -> array[int]:
    samples = array("h", pcm)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _bytes(samples: array[int]) -> bytes:
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()
