"""List the places in the order in which they are purged."""

from collections.abc import Collection

from homeassistant.core import HomeAssistant

from .automation_traces import AutomationTracesPlace
from .backup_copy import BackupCopyPlace, CopyDeletion
from .chat_logs import ChatLogsPlace
from .contexts import ContextsPlace
from .conversation_traces import ConversationTracesPlace
from .debug_recordings import DebugRecordingsPlace
from .exports import ExportDeletion, ExportsPlace
from .intent_cache import IntentCachePlace
from .ledger import LedgerDeletion, LedgerPlace
from .logs import LogsPlace
from .notifications import NotificationsPlace
from .pipeline_debug import PipelineDebugPlace
from .protocol import Place
from .recorder_events import RecorderEventsPlace
from .recorder_states import RecorderStatesPlace
from .text_caches import TextCachesPlace
from .tts_cache import TtsCachePlace
from .tts_memory import TtsMemoryPlace
from .vault import VaultDeletion, VaultPlace


def make_places(
    hass: HomeAssistant,
    *,
    deletion: VaultDeletion,
    copy: CopyDeletion,
    exports: ExportDeletion,
    ledger: LedgerDeletion,
    transcript_entities: Collection[str],
) -> tuple[Place, ...]:
    """Make every place: the vault first, for its keys must go before anything else does.

    The debug data of pipeline runs is last, since other places learn from it whose traces
    they hold.
    """
    return (
        VaultPlace(deletion),
        BackupCopyPlace(copy),
        ExportsPlace(exports),
        LedgerPlace(ledger),
        ChatLogsPlace(hass),
        ConversationTracesPlace(hass),
        IntentCachePlace(hass),
        TtsCachePlace(hass),
        TtsMemoryPlace(hass),
        AutomationTracesPlace(hass),
        DebugRecordingsPlace(hass),
        RecorderEventsPlace(hass),
        RecorderStatesPlace(hass, transcript_entities),
        NotificationsPlace(hass),
        ContextsPlace(hass),
        TextCachesPlace(hass),
        LogsPlace(hass),
        PipelineDebugPlace(hass),
    )
