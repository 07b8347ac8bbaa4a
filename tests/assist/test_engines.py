"""Engines are found, named and asked what they take."""

from dataclasses import replace

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.assist.engines import (
    engine_ids,
    engine_key,
    engine_name,
    find_engine,
    fit_metadata,
    is_guard,
)
from homeassistant.components import stt
from homeassistant.components.stt.const import DATA_PROVIDERS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.conftest import CLOUD, LOCAL
from tests.house import House
from tests.speaking import METADATA, LegacyEngine


async def test_guards_are_not_offered_as_engines(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Nobody should choose a guard as a local engine."""
    hass.data[DATA_PROVIDERS]["oldie"] = LegacyEngine()
    assert sorted(engine_ids(hass)) == ["oldie", CLOUD, LOCAL]
    assert is_guard(hass, house.engine_in_pipeline or "")
    assert not is_guard(hass, CLOUD)
    assert not is_guard(hass, "oldie")


async def test_an_engine_is_found_only_while_it_is_loaded(
    hass: HomeAssistant, house: House
) -> None:
    """What is not loaded cannot hear."""
    oldie = hass.data[DATA_PROVIDERS]["oldie"] = LegacyEngine()
    assert find_engine(hass, CLOUD) is house.cloud
    assert find_engine(hass, "oldie") is oldie
    await hass.config_entries.async_unload(house.entries["cloudy"].entry_id)
    assert find_engine(hass, CLOUD) is None


async def test_an_engine_has_a_name_also_while_it_is_away(
    hass: HomeAssistant, house: House
) -> None:
    """People know it by that, and an old one by its domain."""
    assert engine_name(hass, CLOUD) == "cloud_speech"
    er.async_get(hass).async_update_entity(CLOUD, name="The cloud")
    await hass.async_block_till_done()
    assert engine_name(hass, CLOUD) == "The cloud"
    await hass.config_entries.async_unload(house.entries["cloudy"].entry_id)
    hass.states.async_remove(CLOUD)
    assert engine_name(hass, CLOUD) == "The cloud"
    assert engine_name(hass, "oldie") == "oldie"
    asleep = er.async_get(hass).async_get_or_create(
        "stt", "homely", "asleep", original_name="Sleeper"
    )
    assert engine_name(hass, asleep.entity_id) == "Sleeper"


async def test_an_engine_keeps_its_key_when_it_is_renamed(
    hass: HomeAssistant, house: House
) -> None:
    """Its guard is known by it."""
    key = engine_key(hass, CLOUD)
    er.async_get(hass).async_update_entity(CLOUD, new_entity_id="stt.nimbus")
    assert engine_key(hass, "stt.nimbus") == key
    assert engine_key(hass, "oldie") == "oldie"


@pytest.mark.parametrize(
    ("wanted", "known", "taken"),
    [
        ("en", ["en"], "en"),
        ("en-US", ["en"], "en"),
        ("en", ["en-US"], "en-US"),
        ("en-US", ["en-GB", "en-US"], "en-US"),
        ("de-CH", ["en", "de"], "de"),
        ("de", ["en", "fr"], None),
        ("de", [], None),
    ],
)
async def test_the_nearest_language_is_taken_and_no_other(
    hass: HomeAssistant,
    house: House,
    wanted: str,
    known: list[str],
    taken: str | None,
) -> None:
    """Variants will do, foreign languages will not."""
    house.cloud._languages = known
    fitted = fit_metadata(hass, house.cloud, replace(METADATA, language=wanted))
    assert (fitted.language if fitted else None) == taken


async def test_audio_that_an_engine_cannot_take_does_not_fit(
    hass: HomeAssistant, house: House
) -> None:
    """It would hear noise."""
    stereo = replace(METADATA, channel=stt.AudioChannels.CHANNEL_STEREO)
    assert fit_metadata(hass, house.cloud, stereo) is None
    assert fit_metadata(hass, house.cloud, METADATA) == METADATA
