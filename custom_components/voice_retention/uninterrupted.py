"""Let work go through to its end, also when nobody waits for it any more."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from homeassistant.core import HomeAssistant


async def async_uninterrupted[T](
    hass: HomeAssistant, work: Coroutine[Any, Any, T], name: str
) -> T:
    """Do some work; who waits for it may be cancelled, the work is not.

    Unlike ``asyncio.shield`` this reports no error that nobody waits for any more: the
    work tells of its own.
    """
    task = hass.async_create_task(work, f"voice_retention {name}")
    task.add_done_callback(take_note)
    await asyncio.wait((task,))
    return task.result()


def take_note(task: asyncio.Task[Any]) -> None:
    """Read the error of a task, so that asyncio does not report it."""
    if not task.cancelled():
        task.exception()
