"""Fixtures for what touches Assist's internals."""

from collections.abc import Iterator

import pytest

from custom_components.voice_retention.policy.models import Utterance
from tests.speaking import collected_utterances


@pytest.fixture(autouse=True)
def utterances() -> Iterator[list[Utterance]]:
    """Return the finished sentences, in the order of their ends."""
    with collected_utterances() as collected:
        yield collected
