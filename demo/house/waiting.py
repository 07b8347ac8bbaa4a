"""Waiting for what has no event to wait for."""

import asyncio
from collections.abc import Awaitable, Callable

INTERVAL = 0.05
"""Seconds between two looks."""


async def until[T](look: Callable[[], Awaitable[T | None]], timeout: float = 30) -> T:
    """Look until there is something to see, and return it."""
    async with asyncio.timeout(timeout):
        while not (found := await look()):  # noqa: ASYNC110 — nothing tells us
            await asyncio.sleep(INTERVAL)
    return found
