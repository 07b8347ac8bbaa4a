"""What our satellites tell us beside the Wyoming protocol."""

from wyoming.event import Event

WAKE_WORD = "okay_nabu"

_SENT_AUDIO = "sent-audio"


def sent_audio_event(pcm: bytes) -> Event:
    """Return the event that repeats what a satellite sent for one utterance."""
    return Event(type=_SENT_AUDIO, payload=pcm)


def sent_audio(event: Event) -> bytes | None:
    """Return the audio of such an event, None for any other."""
    return (event.payload or b"") if event.type == _SENT_AUDIO else None
