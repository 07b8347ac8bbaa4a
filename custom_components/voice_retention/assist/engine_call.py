"""Run one call of an engine so that it can be stopped at any moment."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Final

from homeassistant.core import callback
from homeassistant.util.async_ import create_eager_task

from .engines import SttResult
from .record import SentenceRecord

ENGINE_STOP_SECONDS: Final = 5
"""How long a cancelled engine may take to stop before the pipeline goes on without it."""


class EngineCall:
    """Run an engine in a task of its own, so that it can be stopped at any moment.

    The engine's generator lives in one task from beginning to end, as libraries with time
    limits and task groups expect; its results come over a queue.
    """

    def __init__(self, record: SentenceRecord) -> None:
        """Prepare; nothing runs before ``results`` is iterated."""
        self._record = record
        self._queue: asyncio.Queue[SttResult | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    @callback
    def stop(self) -> None:
        """Give up the call; whatever the engine does then, no further chunk reaches it."""
        self._queue.put_nowait(None)
        if self._task is not None:
            self._task.cancel()

    async def results(
        self, engine: AsyncGenerator[SttResult]
    ) -> AsyncGenerator[SttResult]:
        """Yield what the engine yields and raise what it raises, until stopped."""
        self._task = create_eager_task(self._pump(engine))
        self._task.add_done_callback(_read_exception)
        try:
            while (result := await self._queue.get()) is not None:
                if self._record.is_stopped:
                    return
                yield result
            if not self._record.is_stopped:
                await self._task
        finally:
            await self._end()

    async def _pump(self, engine: AsyncGenerator[SttResult]) -> None:
        """Move the engine's results to the queue."""
        try:
            async with aclosing(engine):
                async for result in engine:
                    self._queue.put_nowait(result)
        finally:
            self._queue.put_nowait(None)

    async def _end(self) -> None:
        """Make sure that the engine is not running any more."""
        if TYPE_CHECKING:
            assert self._task is not None
        if not self._task.done():
            self._task.cancel()
            await asyncio.wait((self._task,), timeout=ENGINE_STOP_SECONDS)


@callback
def _read_exception(task: asyncio.Task[None]) -> None:
    """Read how an engine ended, so that asyncio does not report it.

    Who called has it already, or gave up on the engine.
    """
    if not task.cancelled():
        task.exception()
