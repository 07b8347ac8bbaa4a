"""Where a place shows that does not do what it says."""

from enum import StrEnum


class Where(StrEnum):
    """Where the search sees that a place does not work."""

    FILES = "files"
    INTERFACES = "interfaces"
    MEMORY = "memory"
    OURS = "our own actions"


SEEN_IN: dict[str, Where | None] = {
    "vault": Where.OURS,
    "backup_copy": None,
    "exports": Where.OURS,
    "ledger": Where.OURS,
    "chat_logs": Where.INTERFACES,
    "conversation_traces": Where.MEMORY,
    "intent_cache": Where.MEMORY,
    "tts_cache": Where.FILES,
    "tts_memory": Where.MEMORY,
    "automation_traces": Where.INTERFACES,
    "debug_recordings": Where.FILES,
    "recorder_events": Where.FILES,
    "recorder_states": Where.FILES,
    "notifications": Where.INTERFACES,
    "contexts": Where.MEMORY,
    "text_caches": Where.MEMORY,
    "logs": Where.FILES,
    "pipeline_debug": Where.INTERFACES,
}
"""Of each place, where the search finds what is left when it claims to have deleted and did not.

The copy for a backup is there only while one is made, and is searched where backups are tested.
"""
