"""Constants that several rooms of the integration share."""

from datetime import timedelta
from enum import StrEnum
import logging

from homeassistant.const import Platform

from .policy.choices import Keep

DOMAIN = "voice_retention"
LOGGER = logging.getLogger(__package__)

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CONVERSATION,
    Platform.EVENT,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.STT,
    Platform.SWITCH,
    Platform.TTS,
]

STORAGE_FOLDER = (".cache", DOMAIN)
"""Below the config folder; Home Assistant and its Supervisor leave ``.cache`` out of backups."""

BACKUP_FOLDER = "voice_retention_backup"
"""Below the config folder, where backups find it; there only while a backup is made."""

BACKUP_RECEIPT = "backup"
"""The kind of receipt that says what a backup takes along."""

RESTORE_RECEIPT = "restore"
"""The kind of receipt that says what came of a restored backup."""

CONF_LOCAL_ENGINES = "local_engines"
"""Engine ids (entity id, or domain of a legacy provider) in order of preference."""

CONF_LOCAL_AGENTS = "local_agents"
"""Conversation agents that get what must stay at home, in order of preference."""

CONF_LOCAL_VOICES = "local_voices"
"""Text-to-speech engines that speak what must stay at home, in order of preference."""

CONF_PROTECT_ALL = "protect_all"
CONF_PIPELINES = "pipelines"
"""Ids of the pipelines to protect when not all are."""

CONF_ATTESTED = "attested"
"""Engine id to ``{"by": user name, "at": ISO time}``: engines the user vouches for as local."""

CONF_COMMANDS = "voice_commands"
"""The voice commands that the household wants, by name."""

CONF_COMMANDS_HOUSEHOLD_WIDE = "voice_commands_household_wide"
"""Whether deleting by voice means what every satellite heard."""

CONF_COMMANDS_MAY_LOWER = "voice_commands_may_lower"
"""Whether a protection may be switched off by voice."""

CONF_INITIAL = "initial"
"""In the entry's data: what the settings start from at the first set-up."""

CONF_ADOPT_DEBUG_RECORDINGS = "adopt_debug_recordings"
"""Whether what Assist records for debugging expires like our own recordings."""

CONF_IN_BACKUPS = "in_backups"
CONF_KEEP_LEDGER = "keep_ledger"
CONF_KEEP_UNRECOGNISED = "keep_unrecognised"
CONF_MAX_SECONDS = "max_seconds"
CONF_MAX_SIZE_MB = "max_size_mb"

CONF_TRANSCRIPT_ENTITIES = "transcript_entities"
"""Entities of which everything that they show counts as a transcript."""

DEFAULT_ADOPT_DEBUG_RECORDINGS = False
DEFAULT_PROTECT_ALL = True
DEFAULT_KEEP_LEDGER = Keep.QUARTER
DEFAULT_KEEP_UNRECOGNISED = False
DEFAULT_MAX_SECONDS = 60
"""Assist stops listening long before; this only bounds memory for a stream that never ends."""

DEFAULT_MAX_SIZE_MB = 1024
"""About nine hours of 16 kHz, 16-bit speech."""

DEFAULT_KEEP = Keep.DAY

RECORDING_KEEP_OPTIONS = [
    keep for keep in Keep if keep not in (Keep.DEFAULT, Keep.SAME)
]
"""What the default for recordings can be; each satellite adds ``default``."""

TRANSCRIPT_KEEP_OPTIONS = [Keep.SAME, *RECORDING_KEEP_OPTIONS]

LEDGER_KEEP_OPTIONS = [
    keep for keep in RECORDING_KEEP_OPTIONS if keep not in (Keep.NEVER, Keep.HOUR)
]
"""What was sent today must be known until the day is over."""

OVERDUE_GRACE = timedelta(minutes=1)
"""A sweep starts on time but takes a moment; only later than this counts as overdue."""


class InBackups(StrEnum):
    """What of the recordings backups take along."""

    NO = "no"
    RECORDINGS = "recordings"
    """Without keys nobody can read them, so a deletion reaches into old backups."""

    RECORDINGS_AND_KEYS = "recordings_and_keys"


class VoiceEvent(StrEnum):
    """What can happen to a sentence, as the ``voice`` event entities tell it."""

    KEPT = "kept"
    NOT_KEPT = "not_kept"
    BLOCKED = "blocked"
    PURGED = "purged"


class IssueId(StrEnum):
    """The repair issues of the integration."""

    DEBUG_LOGS = "debug_logs"
    """Loggers write what is said."""

    DEBUG_RECORDINGS = "debug_recordings"
    """Assist records for debugging, and nobody deletes that."""

    NO_LOCAL_ENGINE = "no_local_engine"
    """A sentence was refused, since no local engine could take it."""

    RECORDER_RESIDUE = "recorder_residue"
    """What was deleted may still be in the file of the recorder's database."""

    VAULT_UNAVAILABLE = "vault_unavailable"
    SETTINGS_LOST = "settings_lost"
    UNCOVERED = "uncovered"
    UNCOVERED_WAKE_WORD = "uncovered_wake_word"
    """A protected satellite may have its wake word looked for in a cloud."""
