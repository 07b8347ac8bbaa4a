"""Make rows and keys agree again after a crash, or after one of them came from a backup."""

from collections import defaultdict
from itertools import batched
from typing import Final

from sqlalchemy import Connection, Engine, select

from ..policy.models import Content
from .deletion import remove_rows
from .keyring import Keyring
from .pending import finish_deletions, trail_keys
from .reports import OpenReport
from .tables import SIZES, contents_of, recordings

_BATCH: Final = 500


def reconcile(engine: Engine, keyring: Keyring) -> OpenReport:
    """Destroy keys that nothing needs, and remove content that no key opens.

    First of all what a purge had begun to delete goes.
    """
    finish_deletions(engine, keyring)
    keys = keyring.contents()
    with engine.begin() as connection:
        rows = stored_contents(connection)
    surplus = difference(keys, rows | trail_keys(engine))
    for which, recording_ids in surplus.items():
        keyring.destroy(recording_ids, which)
    unreadable = difference(rows, keys)
    for which, recording_ids in unreadable.items():
        for batch in batched(recording_ids, _BATCH, strict=False):
            with engine.begin() as connection:
                remove_rows(connection, batch, which)
    return OpenReport(
        removed_recordings=sum(map(len, unreadable.values())),
        destroyed_keys=sum(map(len, surplus.values())),
    )


def stored_contents(connection: Connection) -> dict[str, frozenset[Content]]:
    """Return which contents are stored, by recording."""
    query = select(recordings.c.recording_id, *SIZES.values())
    # An index is only a copy, and a damaged one must not cost anybody their keys.
    rows = connection.execute(query.with_hint(recordings, "NOT INDEXED", "sqlite"))
    return {recording_id: contents_of(sizes) for recording_id, *sizes in rows}


def difference(
    these: dict[str, frozenset[Content]], others: dict[str, frozenset[Content]]
) -> dict[frozenset[Content], list[str]]:
    """Return what is only in the first of two, as recordings by contents."""
    only: defaultdict[frozenset[Content], list[str]] = defaultdict(list)
    for recording_id, which in these.items():
        if which != (there := others.get(recording_id, frozenset())) and which - there:
            only[which - there].append(recording_id)
    return only
