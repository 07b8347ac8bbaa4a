"""Test that places are told what was said, and nobody else is."""

from unittest.mock import patch

import pytest

from custom_components.voice_retention.errors import VaultUnavailable
from custom_components.voice_retention.places.trail import Trail
from custom_components.voice_retention.policy.models import Content
from custom_components.voice_retention.purge.scope import AskedBy, Scope
from tests.vault.make import RESPONSE, TRANSCRIPT

from .conftest import Cellar, words_of


def scope(*contents: Content, recording_id: str | None = None) -> Scope:
    """Return a scope of some content."""
    return Scope(
        asked_by=AskedBy.USER,
        contents=frozenset(contents or Content),
        recording_ids=None if recording_id is None else frozenset({recording_id}),
    )


async def test_every_place_hears_what_was_said(cellar: Cellar) -> None:
    """The vault is purged first, so the words must have been read before."""
    await cellar.store()
    await cellar.purger.async_purge(scope())
    for place in (cellar.attic, cellar.garage):
        assert words_of(place.targets[0]) == {TRANSCRIPT, RESPONSE}


async def test_a_place_tells_the_others_what_it_knows(cellar: Cellar) -> None:
    """Of a sentence that was never kept, only a place can know the words."""
    known = Trail(run_ids=frozenset({"a run"}), transcripts=frozenset({"a word"}))
    with patch.object(cellar.attic, "async_trail", return_value=known):
        await cellar.purger.async_purge(scope())
    assert cellar.garage.targets[0].trail == known


async def test_only_the_words_of_the_recordings_that_are_meant_are_read(
    cellar: Cellar,
) -> None:
    """What somebody else said is nobody's business."""
    meant = await cellar.store(transcript="mine", response="yours")
    await cellar.store()
    await cellar.purger.async_purge(scope(recording_id=meant))
    assert words_of(cellar.attic.targets[0]) == {"mine", "yours"}


async def test_no_word_is_read_to_delete_audio(cellar: Cellar) -> None:
    """There is no reason to."""
    await cellar.store()
    await cellar.purger.async_purge(scope(Content.AUDIO))
    assert not cellar.attic.targets[0].trail.has_texts


async def test_a_place_that_cannot_tell_stops_nothing_but_is_told(
    cellar: Cellar,
) -> None:
    """Nobody knows what the others should have looked for."""
    await cellar.store()
    with patch.object(cellar.attic, "async_trail", side_effect=KeyError("gone")):
        receipt = await cellar.purger.async_purge(scope())
    assert await cellar.stored() == {}
    assert cellar.garage.left == 0
    assert {item.failed for item in receipt.places} == {"internal_error"}
    assert not receipt.is_complete


async def test_words_that_cannot_be_read_are_told(cellar: Cellar) -> None:
    """A receipt that called the places empty would not be true."""
    await cellar.store()
    with patch.object(
        cellar.storage, "async_read_text", side_effect=VaultUnavailable("disk_full")
    ):
        receipt = await cellar.purger.async_purge(scope())
    assert {item.failed for item in receipt.places} == {"disk_full"}


async def test_the_words_are_not_shown_by_accident(
    cellar: Cellar, caplog: pytest.LogCaptureFixture
) -> None:
    """A trail in a log line or a traceback would be one more place."""
    await cellar.store()
    cellar.attic.error = ValueError("broken")
    await cellar.purger.async_purge(scope())
    target = cellar.attic.targets[0]
    for text in (TRANSCRIPT, RESPONSE):
        assert text not in repr(target)
        assert text not in caplog.text
