"""The list of all places."""

from unittest.mock import Mock

from custom_components.voice_retention.places.all import make_places
from tests.e2e.seen import SEEN_IN


def test_of_each_place_it_is_known_how_to_tell_that_it_lies() -> None:
    """The search of everything sabotages each of them, and a new one is to be no exception."""
    places = make_places(
        Mock(),
        deletion=Mock(),
        copy=Mock(),
        exports=Mock(),
        ledger=Mock(),
        transcript_entities=(),
    )
    assert {place.key for place in places} == set(SEEN_IN)
