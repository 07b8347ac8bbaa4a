"""Word the status for the panel."""

from dataclasses import asdict
from typing import Any

from ..data import VoiceRetentionData
from ..purge.scope import iso


def status_answer(data: VoiceRetentionData) -> dict[str, Any]:
    """Tell how the household's voice data stands, without any content."""
    status = data.status.data
    return {
        "is_available": status.is_available,
        "trouble": None if status.is_available else data.storage.trouble,
        "stored": status.stored,
        "size": status.size,
        "overdue": status.overdue,
        "oldest": iso(status.oldest),
        "sent_to_cloud_today": status.sent_to_cloud_today,
        "characters_to_cloud_today": status.characters_to_cloud_today,
        "last_purge": iso(status.last_purge),
        "last_sweep": iso(status.last_sweep),
        "progress": None if status.progress is None else asdict(status.progress),
    }
