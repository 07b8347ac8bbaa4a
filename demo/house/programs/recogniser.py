"""A Wyoming speech recogniser on PocketSphinx, for a closed list of commands.

Usage: python -m demo.house.programs.recogniser PORT COMMANDS_FILE

Prints one JSON line per utterance: how many bytes were heard, and the transcript.
"""

# mypy: disable-error-code="call-arg"
# This program runs in an environment of its own, where the Wyoming library is an older release than where types are
# checked.

import asyncio
import json
from pathlib import Path
import sys

from pocketsphinx import Decoder
from wyoming.asr import Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event
from wyoming.info import AsrModel, AsrProgram, Attribution, Describe, Info

from demo.house.program import READY
from demo.house.wyoming_server import Connection, WyomingServer

ATTRIBUTION = Attribution(
    name="pocketsphinx", url="https://github.com/cmusphinx/pocketsphinx"
)


def make_info() -> Info:
    """Describe this recogniser the way a published one does."""
    model = AsrModel(
        name="en-us",
        attribution=ATTRIBUTION,
        installed=True,
        description="English commands",
        languages=["en"],
    )
    program = AsrProgram(
        name="pocketsphinx",
        attribution=ATTRIBUTION,
        installed=True,
        description="Small offline speech recogniser",
        models=[model],
    )
    return Info(asr=[program])


def make_decoder(commands: list[str]) -> Decoder:
    """Return a decoder that knows these sentences and no others."""
    decoder = Decoder(
        lm=None,
        beam=1e-120,
        wbeam=1e-120,
        pbeam=1e-120,
        bestpath=False,
        loglevel="FATAL",
    )
    grammar = " | ".join(commands)
    decoder.add_jsgf_string(
        "commands", f"#JSGF V1.0;\ngrammar commands;\npublic <command> = {grammar};\n"
    )
    decoder.activate_search("commands")
    return decoder


class Recogniser:
    """Turns utterances into text, one after another."""

    def __init__(self, commands: list[str]) -> None:
        """Load the model."""
        self._decoder = make_decoder(commands)
        self._lock = asyncio.Lock()

    async def transcribe(self, pcm: bytes) -> str:
        """Return the most likely command, or nothing."""
        async with self._lock:
            return await asyncio.to_thread(self._decode, pcm)

    def _decode(self, pcm: bytes) -> str:
        self._decoder.start_utt()
        if pcm:
            self._decoder.process_raw(pcm, full_utt=True)
        self._decoder.end_utt()
        hypothesis = self._decoder.hyp()
        return hypothesis.hypstr if hypothesis else ""


class RecogniserServer:
    """Serves the recogniser to many clients at a time."""

    def __init__(self, recogniser: Recogniser) -> None:
        """Start with nobody speaking."""
        self._recogniser = recogniser
        self._heard: dict[Connection, bytearray] = {}
        self._server = WyomingServer(self._handle, self._forget)

    async def run(self, port: int) -> None:
        """Serve until the process ends."""
        await self._server.start(port)
        print(READY, flush=True)
        await asyncio.Event().wait()

    async def _handle(self, event: Event, connection: Connection) -> None:
        if Describe.is_type(event.type):
            await connection.send(make_info().event())
        elif AudioStart.is_type(event.type):
            self._heard[connection] = bytearray()
        elif AudioChunk.is_type(event.type):
            self._heard.setdefault(connection, bytearray()).extend(
                AudioChunk.from_event(event).audio
            )
        elif AudioStop.is_type(event.type):
            pcm = bytes(self._heard.pop(connection, b""))
            text = await self._recogniser.transcribe(pcm)
            report(pcm, text)
            await connection.send(Transcript(text=text).event())

    def _forget(self, connection: Connection) -> None:
        # An utterance that was given up has been heard all the same.
        if pcm := self._heard.pop(connection, None):
            report(pcm, None)


def report(pcm: bytes | bytearray, text: str | None) -> None:
    """Tell whoever started us what was heard."""
    print(json.dumps({"bytes": len(pcm), "transcript": text}), flush=True)


if __name__ == "__main__":
    sentences = Path(sys.argv[2]).read_text().splitlines()
    asyncio.run(RecogniserServer(Recogniser(sentences)).run(int(sys.argv[1])))
