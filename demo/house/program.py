"""A program that runs beside us until it is stopped, killed or dies."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
import contextlib
import os
from pathlib import Path
import signal

from .paths import REPOSITORY, environment_variables

READY = "ready"
"""What each of our own programs prints when it can be used."""


class ProgramError(Exception):
    """A program did not start or ended by itself."""


class Program:
    """One child process, and the last lines that it printed."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        on_line: Callable[[str], None] | None = None,
        folder: Path = REPOSITORY,
    ) -> None:
        """Prepare a command that runs in a folder, by default where our own programs are found; nothing runs yet."""
        self.name = name
        self._command = [str(part) for part in command]
        self._folder = folder
        self._on_line = on_line
        self._ready = asyncio.Event()
        self._lines: deque[str] = deque(maxlen=50)
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Return whether the process exists."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """Return the process id of a started program."""
        return self._started().pid

    @property
    def last_lines(self) -> str:
        """Return what the program printed last."""
        return "\n".join(self._lines)

    async def start(self) -> None:
        """Start without waiting for the program to become useful."""
        self._ready.clear()
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=environment_variables(),
            cwd=self._folder,
            # A group of its own, so that Ctrl-C reaches us first and helpers of the program end with it.
            start_new_session=True,
        )
        self._reader = asyncio.create_task(
            self._read_lines(self._process.stdout), name=f"output of {self.name}"
        )

    async def start_and_wait(self, timeout: float = 30) -> None:
        """Start one of our own programs and wait until it says that it is ready."""
        await self.start()
        waiting = asyncio.create_task(self._ready.wait())
        ended = asyncio.create_task(self.wait())
        done, pending = await asyncio.wait(
            {waiting, ended}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED
        )
        for task in pending:
            task.cancel()
        if waiting not in done:
            await self.kill()
            raise ProgramError(f"{self.name} did not start:\n{self.last_lines}")

    async def wait(self) -> int:
        """Wait for the end and return the exit status."""
        status = await self._started().wait()
        if self._reader is not None:
            await self._reader
        return status

    async def stop(self, timeout: float = 30) -> None:
        """Ask the program to end, and insist if it does not."""
        if not self.is_running:
            return
        self._started().terminate()
        try:
            await asyncio.wait_for(self.wait(), timeout)
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End the program and its helpers at once, as a power cut does."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await self.wait()

    async def _read_lines(self, output: asyncio.StreamReader | None) -> None:
        if output is None:
            return
        async for raw in output:
            line = raw.decode(errors="replace").rstrip()
            if line == READY:
                self._ready.set()
                continue
            self._lines.append(line)
            if self._on_line is not None:
                self._on_line(line)

    def _started(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise ProgramError(f"{self.name} was not started")
        return self._process
