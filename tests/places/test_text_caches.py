"""Caches that hold what was said are emptied; others keep what they remember."""

import pytest

from custom_components.voice_retention.places.text_caches import CACHES, TextCachesPlace
from homeassistant.components.websocket_api import messages
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import template
from homeassistant.helpers.template import Template

from .talk import AUDIO, BEDROOM_WORDS, KITCHEN_WORDS, Talk, purge


@pytest.fixture
def place(hass: HomeAssistant) -> TextCachesPlace:
    """Return the place; the caches outlive every test."""
    for cache in CACHES:
        cache.cache_clear()
    return TextCachesPlace(hass)


def render(hass: HomeAssistant, words: str) -> None:
    """Render a template that passes words on; a list is remembered by every release."""
    Template("{{ [words] }}", hass).async_render({"words": words})


async def test_caches_with_a_satellites_words_are_emptied(
    talk: Talk, place: TextCachesPlace
) -> None:
    """An automation that passes the sentence on does so in a template."""
    await talk.both_ask()
    render(talk.hass, KITCHEN_WORDS)
    event: Event = Event("heard", {"text": KITCHEN_WORDS})
    messages._partial_cached_event_message(event)
    target = talk.target(talk.house.kitchen)
    found, deleted, left = await purge(place, target)
    assert found == deleted >= 2
    assert left == 0
    assert template._cached_parse_result.cache_info().currsize == 0
    assert messages._partial_cached_event_message.cache_info().currsize == 0


async def test_caches_without_the_words_are_left_alone(
    talk: Talk, place: TextCachesPlace
) -> None:
    """There is no reason to make the house think again."""
    await talk.both_ask()
    template._cached_parse_result.cache_clear()
    render(talk.hass, BEDROOM_WORDS)
    assert await purge(place, talk.target(talk.house.kitchen)) == (0, 0, 0)
    assert await purge(place, talk.target(talk.house.bedroom, contents=AUDIO)) == (
        0,
        0,
        0,
    )
    assert template._cached_parse_result.cache_info().currsize
