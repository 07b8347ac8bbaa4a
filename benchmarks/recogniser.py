"""A recogniser that answers at once, so that nothing but Home Assistant is measured."""

from wyoming.asr import Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event
from wyoming.info import AsrModel, AsrProgram, Attribution, Describe, Info

from demo.house.wyoming_server import Connection, WyomingServer

from .clock import MARK_BYTES, Notebook

TRANSCRIPT = "what time is it"
NOBODY = Attribution(name="", url="")


class InstantRecogniser:
    """Hears nothing, always understands the same, and knows when a sentence reached it."""

    def __init__(self, notebook: Notebook) -> None:
        """Prepare it; it has a port once it is started."""
        self._notebook = notebook
        self._beginning: set[Connection] = set()
        self._server = WyomingServer(self._on_event, self._beginning.discard)

    @property
    def port(self) -> int:
        """Return the port that it listens on."""
        return self._server.port

    async def start(self) -> None:
        """Listen."""
        await self._server.start()

    async def stop(self) -> None:
        """Vanish from the network."""
        await self._server.stop()

    async def _on_event(self, event: Event, connection: Connection) -> None:
        """Answer one event of Home Assistant."""
        if AudioChunk.is_type(event.type):
            if connection in self._beginning:
                self._beginning.remove(connection)
                self._notebook.note_heard((event.payload or b"")[:MARK_BYTES])
        elif AudioStop.is_type(event.type):
            await connection.send(Transcript(text=TRANSCRIPT).event())
        elif AudioStart.is_type(event.type):
            self._beginning.add(connection)
        elif Describe.is_type(event.type):
            await connection.send(_info().event())


def _info() -> Info:
    """Describe the recogniser the way a published one does."""
    model = AsrModel(
        name="instant",
        attribution=NOBODY,
        installed=True,
        description="Always the same",
        version="1.0.0",
        languages=["en"],
    )
    program = AsrProgram(
        name="instant",
        attribution=NOBODY,
        installed=True,
        description="Answers at once",
        version="1.0.0",
        models=[model],
    )
    return Info(asr=[program])
