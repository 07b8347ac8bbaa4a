"""Write entries of the ledger, and count for good what they say went to the cloud."""

from collections.abc import Sequence

from sqlalchemy import Connection, insert
from sqlalchemy.dialects.sqlite import insert as upsert

from ..policy.models import Locality
from .books import LedgerEntry
from .rows import ledger_row
from .tables import ledger, sent_totals


def add_entries(connection: Connection, entries: Sequence[LedgerEntry]) -> None:
    """Add entries, in the transaction of whoever calls.

    The totals are kept beside them, for entries expire and statistics must not fall.
    """
    if not entries:
        return
    connection.execute(insert(ledger), [ledger_row(entry) for entry in entries])
    sent = [
        {
            "satellite_key": entry.satellite_key,
            "audio_bytes": entry.audio_bytes,
            "characters": entry.characters,
        }
        for entry in entries
        if entry.locality is not None and entry.locality is not Locality.LOCAL
    ]
    if sent:
        statement = upsert(sent_totals)
        added = {
            column.name: column + statement.excluded[column.name]
            for column in (sent_totals.c.audio_bytes, sent_totals.c.characters)
        }
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=[sent_totals.c.satellite_key], set_=added
            ),
            sent,
        )
