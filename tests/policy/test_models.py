"""Test what the models work out themselves."""

from custom_components.voice_retention.policy.models import (
    AudioFormat,
    new_recording_id,
)


def test_a_second_of_speech_has_its_size() -> None:
    """The limit on the length of a recording is worked out from it."""
    pcm = AudioFormat(
        format="wav", codec="pcm", bit_rate=16, sample_rate=16000, channels=2
    )
    assert pcm.bytes_per_second == 64000


def test_no_two_recordings_have_the_same_id() -> None:
    """It is all that an action names them by."""
    ids = {new_recording_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(item) == 32 and int(item, 16) >= 0 for item in ids)
