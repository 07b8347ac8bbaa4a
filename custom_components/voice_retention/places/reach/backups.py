"""Name the backups that were made since the first of what was purged was said.

Each has copies of whatever lay in the configuration folder then: the recorder's database
if it was included, traces, debug recordings. Tried on 2026.6.0, 2026.10.4 and 2026.11.0.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol, override

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ...const import InBackups
from ...errors import VaultUnavailable
from .protocol import BackupHistory, Beyond, Kind, OutOfReach, Purged
from .taken import NO, NOBODY_KNOWS, UNKNOWN, YES, taken_along, taken_now

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
CREATING: Final = "create_backup"
GOING_ON: Final = "in_progress"


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


class HistorySource(Protocol):
    """Where it is known what backups took along; raises when it is out of order."""

    async def async_history(self) -> BackupHistory:
        """Return it."""


class Backups(Beyond):
    """Backups made before, wherever they lie."""

    key = Kind.BACKUP

    def __init__(self, hass: HomeAssistant, history: HistorySource) -> None:
        """Ask this Home Assistant's backup manager."""
        self._hass = hass
        self._history = history
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
        history = await self._async_history()
        made_since = [
            item
            for item in listing.backups
            if purged.since is None or item.since is None or item.since >= purged.since
        ]
        return [
            *_going_on(manager, history),
            *_with_what_they_took(made_since[:MOST_NAMED], listing, history),
            *listing.silent,
        ]

    async def _async_history(self) -> BackupHistory | None:
        """Return what backups took along, none if nobody knows."""
        try:
            return await self._history.async_history()
        except VaultUnavailable:
            return None


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
        holds={"database": YES if backup.database_included else NO},
    )


def _age(item: OutOfReach) -> datetime:
    """Return by what to sort; a backup without a date may be from yesterday."""
    return item.since or datetime.max.replace(tzinfo=dt_util.UTC)


def _going_on(
    manager: BackupManager, history: BackupHistory | None
) -> list[OutOfReach]:
    """Name the backup that is being made; it is in no list before it is complete."""
    is_copied = history is not None and history.going_on is not InBackups.NO
    if not is_copied and manager.state != CREATING:
        return []
    now = dt_util.utcnow()
    taken = NOBODY_KNOWS if history is None else taken_now(now, history)
    return [
        OutOfReach(
            kind=Kind.BACKUP,
            key=GOING_ON,
            name=GOING_ON,
            since=now,
            holds={"database": UNKNOWN, **taken},
        )
    ]


def _with_what_they_took(
    items: Iterable[OutOfReach], listing: _Listing, history: BackupHistory | None
) -> list[OutOfReach]:
    """Add to backups whether recordings and their keys are in them."""
    taken: Mapping[datetime, dict[str, str]] = {}
    if history is not None:
        dates = {item.since for item in listing.backups if item.since is not None}
        taken = taken_along(dates, history)

    def holds(item: OutOfReach) -> dict[str, str]:
        """Return it for one; one without a date nobody knows."""
        known = taken.get(item.since) if item.since is not None else None
        return {**item.holds, **(known or NOBODY_KNOWS)}

    return [replace(item, holds=holds(item)) for item in items]
