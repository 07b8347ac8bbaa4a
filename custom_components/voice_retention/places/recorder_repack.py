"""Have the recorder write its database anew, without the remains of what was deleted.

That is what its action "purge" does with "repack", except that no history goes: the
action deletes by the recorder's own number of days first. Tried on 2026.6.0 and
2026.10.4; on 2026.11.0 it is only known to load.
"""

import math
from typing import Final

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.const import SupportedDialect
from homeassistant.components.recorder.repack import repack_database
from homeassistant.core import HomeAssistant

from .recorder_place import RESIDUES
from .recorder_rows import async_empty_log, async_run, ready_recorder
from .recorder_states import RESIDUE_FREE_SPACE

REPACKABLE: Final = frozenset({RESIDUE_FREE_SPACE, RESIDUES[SupportedDialect.MYSQL]})
"""Residues that a repack does away with; PostgreSQL overwrites nothing in one."""


async def async_repack(hass: HomeAssistant) -> None:
    """Repack; it takes minutes where much is kept, and the recorder waits meanwhile."""
    if (instance := ready_recorder(hass)) is None:
        return
    await async_run(instance, _repack, patience=math.inf)
    if instance.dialect_name == SupportedDialect.SQLITE:
        # The whole database has gone through the write-ahead log.
        await async_empty_log(instance)


def _repack(instance: Recorder) -> bool:
    """Write the database anew, in one piece."""
    repack_database(instance)
    return True
