"""Name the things that a decision about a sentence is made of."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from .choices import OTHER_CLIENTS


class Locality(StrEnum):
    """Where an engine does its work, as far as it can be proven."""

    LOCAL = "local"
    CLOUD = "cloud"
    UNPROVEN = "unproven"
    """No proof either way; wherever a promise depends on it, this counts as cloud."""


class EvidenceKind(StrEnum):
    """What can be looked at to find out where an engine does its work."""

    GUARD = "guard"
    """It is one of ours, and no engine."""

    BUILT_IN = "built_in"
    """It is a part of Home Assistant itself."""

    NOT_LOADED = "not_loaded"
    """Its integration."""

    IOT_CLASS = "iot_class"
    CONNECTIVITY = "connectivity"
    HOST = "host"
    UNRESOLVED = "unresolved"
    """A host name that leads to no address at this moment."""

    WYOMING_PROGRAM = "wyoming_program"
    WYOMING_SILENT = "wyoming_silent"
    """A Wyoming server that does not say what it is."""

    SERVICE = "service"
    """A kind of server that the integration speaks to."""

    MODEL = "model"
    ATTESTATION = "attestation"


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """One fact that speaks for or against an engine being local."""

    kind: str
    """What was looked at, an ``EvidenceKind``."""

    verdict: Locality
    """What this fact alone would say."""

    detail: str
    """The value that was found, for a person to read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalityReport:
    """A locality and why it is believed."""

    locality: Locality
    evidence: tuple[Evidence, ...] = ()


class OriginKind(StrEnum):
    """How surely it is known who is speaking."""

    SATELLITE = "satellite"
    """Home Assistant itself named the satellite."""

    CLAIMED_DEVICE = "claimed_device"
    """A client named a device; any signed-in user may name any."""

    CLIENT = "client"
    """An app, browser or other client in a pipeline run of its own, no device named."""

    UNKNOWN = "unknown"
    """No run, or more than one, fits the sentence."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Who is speaking in one run."""

    kind: OriginKind
    satellite_key: str | None = None
    """Key of the satellite (or of the claimed one) in the settings, if it has one."""

    satellite_id: str | None = None
    """Entity id of the satellite, as it was when the sentence was spoken."""

    device_id: str | None = None
    pipeline_id: str | None = None
    run_id: str | None = None
    conversation_id: str | None = None

    @property
    def holder(self) -> str:
        """Return the satellite key under which a recording of this run is kept."""
        if self.kind is OriginKind.SATELLITE and self.satellite_key is not None:
            return self.satellite_key
        return OTHER_CLIENTS


UNKNOWN_ORIGIN = Origin(kind=OriginKind.UNKNOWN)


@dataclass(frozen=True, kw_only=True, slots=True)
class Engine:
    """An engine as the decision sees it."""

    engine_id: str
    locality: Locality
    is_available: bool
    """Whether the engine exists now and takes this language, and this audio format."""


class Route(StrEnum):
    """Where a content of a sentence goes."""

    ENGINE = "engine"
    """To the engine that the pipeline chose."""

    LOCAL_ENGINE = "local_engine"
    """To a local engine instead."""

    REFUSE = "refuse"
    """To none."""


class Reason(StrEnum):
    """Why a sentence was handled as it was."""

    ALLOWED = "allowed"
    ENGINE_IS_LOCAL = "engine_is_local"
    DONT_SEND = "dont_send"
    UNKNOWN_ORIGIN = "unknown_origin"
    """The strictest rule of all devices was applied, since the speaker is not known."""

    GUEST_MODE = "guest_mode"
    SETTINGS_LOST = "settings_lost"
    NO_LOCAL_ENGINE = "no_local_engine"
    NO_LOCAL_AGENT = "no_local_agent"
    NO_LOCAL_VOICE = "no_local_voice"
    ENGINE_MISSING = "engine_missing"
    """The pipeline's engine is gone or does not take this content."""

    PROTECTION_TURNED_ON = "protection_turned_on"
    """Sending was forbidden while the sentence was being spoken."""

    KEEP_NEVER = "keep_never"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What is done with one sentence."""

    route: Route
    engine_id: str | None
    keep_audio: timedelta
    """How long the audio is kept; zero is not at all."""

    keep_transcript: timedelta
    """How long transcript and response are kept; zero is not at all."""

    reasons: tuple[Reason, ...]


class Content(StrEnum):
    """The kinds of content of a recording, each under a key of its own."""

    AUDIO = "audio"
    TRANSCRIPT = "transcript"
    RESPONSE = "response"


ALL_CONTENT = frozenset(Content)


class AccessKind(StrEnum):
    """What somebody did with a recording."""

    PLAYED = "played"
    """Asked for its audio, to hear it."""

    EXPORTED = "exported"
    """Took it away in an archive."""

    CAPTURED = "captured"
    """Had Home Assistant pass on what the satellite heard meanwhile."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TextDecision:
    """What is done with one transcript or reply."""

    route: Route
    engine_id: str | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Handover:
    """What became of one transcript or reply that an engine was to get; no content."""

    at: datetime
    content: Content
    origin: Origin
    decision: TextDecision
    report: LocalityReport | None
    """Locality of the engine and its evidence; none when nothing was handed over."""

    characters: int
    """How much of it the engine got."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AudioFormat:
    """The format of audio as it was sent to the engine (the fields of Home Assistant's ``SpeechMetadata``)."""

    format: str
    codec: str
    bit_rate: int
    """Bits per sample, as Home Assistant names it."""

    sample_rate: int
    """Samples per second."""

    channels: int

    @property
    def bytes_per_second(self) -> int:
        """Return the size of one second of PCM."""
        return self.sample_rate * self.channels * self.bit_rate // 8


class Outcome(StrEnum):
    """How speech-to-text ended for a sentence."""

    OK = "ok"
    UNRECOGNISED = "unrecognised"
    """The engine found no words."""

    BLOCKED = "blocked"
    """No engine was allowed to hear it, or not to the end."""

    ERROR = "error"
    CANCELLED = "cancelled"
    """The pipeline gave up, because the satellite left or was interrupted."""


def new_recording_id() -> str:
    """Return a new id: 32 hexadecimal digits, random."""
    return uuid4().hex


@dataclass(frozen=True, kw_only=True, slots=True)
class Utterance:
    """One finished sentence with its content, on its way to the vault."""

    recording_id: str
    created: datetime
    origin: Origin
    decision: Decision
    pipeline_engine_id: str
    """The engine that the pipeline had chosen."""

    engine_id: str | None
    """The engine that got the audio; none when the sentence was refused."""

    report: LocalityReport | None
    """Locality of ``engine_id`` and its evidence, when the sentence was spoken."""

    language: str
    audio_format: AudioFormat
    audio_seconds: float
    """Length of the audio that was sent, also when it is not kept."""

    audio_bytes: int
    audio: bytes | None
    """The audio as it was sent, or none when it is not to be kept."""

    is_truncated: bool = False
    """The audio was longer than the limit; only its beginning is in ``audio``."""

    transcript: str | None = None
    response: str | None = None
    outcome: Outcome
