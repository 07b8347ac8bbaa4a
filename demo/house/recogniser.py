"""The household's own speech recogniser: real, offline, spoken to over Wyoming."""

from collections.abc import Sequence
import contextlib
from dataclasses import dataclass
import json
from pathlib import Path

from .commands import COMMANDS
from .paths import free_port, program_command
from .program import Program


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """One utterance that reached the recogniser."""

    bytes: int
    transcript: str | None
    """None if the client went away before the end."""


class Recogniser:
    """PocketSphinx behind a Wyoming server, in a process of its own."""

    def __init__(self, folder: Path, commands: Sequence[str] = COMMANDS) -> None:
        """Prepare it; the folder takes its list of commands."""
        self.port = free_port()
        self.heard: list[Heard] = []
        commands_file = folder / "commands.txt"
        commands_file.write_text("\n".join(commands))
        self._program = Program(
            "recogniser",
            program_command("recogniser", str(self.port), commands_file),
            on_line=self._note,
        )

    @property
    def bytes_heard(self) -> int:
        """Return all bytes of audio that reached it."""
        return sum(one.bytes for one in self.heard)

    async def start(self) -> None:
        """Start, also again after a stop or a crash, on the same port."""
        await self._program.start_and_wait()

    async def stop(self) -> None:
        """End it."""
        await self._program.stop()

    async def crash(self) -> None:
        """Let it die without a word."""
        await self._program.kill()

    def _note(self, line: str) -> None:
        with contextlib.suppress(json.JSONDecodeError, TypeError):
            self.heard.append(Heard(**json.loads(line)))
