"""Name the backups that were made since the first of what was purged was said.

Each has copies of whatever lay in the configuration folder then: the recorder's database
if it was included, traces, debug recordings. Tried on 2026.6.0, 2026.10.4 and 2026.11.0.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .protocol import Beyond, Kind, OutOfReach, Purged

if TYPE_CHECKING:
    # Importing it for real would need packages that are there only where backups are.
    from homeassistant.components.backup import AgentBackup, BackupManager

MANAGER: HassKey[BackupManager] = HassKey("backup")
LIST_SECONDS: Final = 5
"""Some lists come over the internet; a purge does not wait for longer."""

FRESH_FOR: Final = timedelta(minutes=15)
"""Expiry does not ask again before this, for something expires all day long."""

MOST_NAMED: Final = 100
"""More than anybody keeps; a receipt must not grow without bound."""

NO_ANSWER: Final = "no answer"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Listing:
    """What the places for backups said."""

    at: datetime
    last_action: object
    """What the manager had done last; when it has done more since, this is out of date."""

    backups: tuple[OutOfReach, ...]
    """Newest first."""

    silent: tuple[OutOfReach, ...]
    """Places that did not answer."""


class Backups(Beyond):
    """Backups made before, wherever they lie."""

    key = Kind.BACKUP

    def __init__(self, hass: HomeAssistant) -> None:
        """Ask this Home Assistant's backup manager."""
        self._hass = hass
        self._listing: _Listing | None = None

    @override
    async def async_list(self, purged: Purged) -> list[OutOfReach]:
        """Name the backups, newest first, and the places for backups that are silent."""
        manager = self._hass.data.get(MANAGER)
        if manager is None or not purged.is_anything:
            return []
        listing = self._listing
        if listing is None or purged.is_asked or _is_stale(listing, manager):
            listing = self._listing = await _async_listing(manager)
        made_since = [
            item
            for item in listing.backups
            if purged.since is None or item.since is None or item.since >= purged.since
        ]
        return [*made_since[:MOST_NAMED], *listing.silent]


def _is_stale(listing: _Listing, manager: BackupManager) -> bool:
    """Return whether there may be others by now."""
    return (
        bool(listing.silent)
        or listing.last_action is not manager.last_action_event
        or dt_util.utcnow() - listing.at > FRESH_FOR
    )


async def _async_listing(manager: BackupManager) -> _Listing:
    """Ask every place for backups, all at the same time."""
    now, last_action = dt_util.utcnow(), manager.last_action_event
    tasks = {
        agent_id: asyncio.ensure_future(agent.async_list_backups())
        for agent_id, agent in manager.backup_agents.items()
    }
    if tasks:
        await asyncio.wait(tasks.values(), timeout=LIST_SECONDS)
    found: defaultdict[str, dict[str, AgentBackup]] = defaultdict(dict)
    silent: list[OutOfReach] = []
    for agent_id, task in tasks.items():
        if (trouble := _trouble(task)) is not None:
            silent.append(
                OutOfReach(
                    kind=Kind.BACKUP_LIST, key=agent_id, name=agent_id, detail=trouble
                )
            )
            continue
        for backup in task.result():
            if backup.homeassistant_included:
                found[backup.backup_id][agent_id] = backup
    items = [_item(copies) for copies in found.values()]
    return _Listing(
        at=now,
        last_action=last_action,
        backups=tuple(sorted(items, key=_age, reverse=True)),
        silent=tuple(silent),
    )


def _trouble(task: asyncio.Future[list[AgentBackup]]) -> str | None:
    """Return why a place for backups did not tell, if it did not."""
    if not task.done():
        task.cancel()
        return NO_ANSWER
    if task.cancelled():
        return NO_ANSWER
    error = task.exception()
    # Its text may have anything in it, such as an address with a password.
    return None if error is None else type(error).__name__


def _item(copies: dict[str, AgentBackup]) -> OutOfReach:
    """Describe a backup that lies in one or several places."""
    backup = next(iter(copies.values()))
    date = dt_util.parse_datetime(backup.date)
    made = date and dt_util.as_utc(date)
    return OutOfReach(
        kind=Kind.BACKUP,
        key=backup.backup_id,
        name=backup.name,
        detail=", ".join(sorted(copies)),
        since=made,
        until=made,
        amount={"bytes": max(copy.size for copy in copies.values())},
        holds={
            "database": _yes_or_no(is_so=backup.database_included),
            "recordings": _yes_or_no(is_so=False),
            "keys": _yes_or_no(is_so=False),
        },
    )


def _age(item: OutOfReach) -> datetime:
    """Return by what to sort; a backup without a date may be from yesterday."""
    return item.since or datetime.max.replace(tzinfo=dt_util.UTC)


def _yes_or_no(*, is_so: bool) -> str:
    """Return the word for it."""
    return "yes" if is_so else "no"
