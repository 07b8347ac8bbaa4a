"""Pass on what happened to a sentence, within Home Assistant."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from homeassistant.util.signal_type import SignalType

from .const import DOMAIN, VoiceEvent


@dataclass(frozen=True, kw_only=True, slots=True)
class VoiceNotice:
    """What happened to a sentence of one satellite."""

    satellite_key: str
    event: VoiceEvent
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Reason, engine, route, recording id or a count; never what was said."""


SIGNAL_VOICE: SignalType[VoiceNotice] = SignalType(f"{DOMAIN}_voice")
