"""Automations can ask what may happen to voices now."""

from dataclasses import replace
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.const import (
    CONF_PIPELINES,
    CONF_PROTECT_ALL,
    DOMAIN,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConditionError
from homeassistant.helpers import condition
from homeassistant.helpers.condition import async_get_all_descriptions
from tests.house import House
from tests.speaking import protect


async def holds(hass: HomeAssistant, key: str, **config: Any) -> bool | None:
    """Return whether a condition of ours holds."""
    validated = await condition.async_validate_condition_config(
        hass, {"condition": f"{DOMAIN}.{key}", **config}
    )
    checker = await condition.async_from_config(hass, validated)
    try:
        return checker.async_check()
    finally:
        checker.async_unload()


async def test_sending_is_allowed_to_those_whose_switch_is_off(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """One, all, or everybody."""
    both = {"entity_id": [house.kitchen.entity_id, house.bedroom.entity_id]}
    kitchen = {"entity_id": house.kitchen.entity_id}
    key = "is_sending_allowed"
    assert await holds(hass, key)
    assert await holds(hass, key, target=both, options={"behavior": "all"})
    await protect(house, house.kitchen)
    assert not await holds(hass, key, target=kitchen)
    assert await holds(hass, key, target=both)
    assert not await holds(hass, key, target=both, options={"behavior": "all"})
    assert await holds(hass, key)
    await entry.runtime_data.settings.async_update(guest_mode=True)
    assert not await holds(hass, key)


@pytest.mark.parametrize("behavior", ["any", "all"])
async def test_who_does_not_exist_may_not_send(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, behavior: str
) -> None:
    """An automation that is wrong about its target must not take it for open."""
    assert not await holds(
        hass,
        "is_sending_allowed",
        target={"entity_id": "assist_satellite.gone"},
        options={"behavior": behavior},
    )


async def test_guest_mode_can_be_asked_for(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """By its state in the settings, whatever the switch is called."""
    assert not await holds(hass, "is_guest_mode")
    await entry.runtime_data.settings.async_update(guest_mode=True)
    assert await holds(hass, "is_guest_mode")


async def test_lost_settings_allow_nothing(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Nobody knows what was allowed."""
    settings = entry.runtime_data.settings
    settings.current = replace(settings.current, lost=True)
    assert not await holds(hass, "is_sending_allowed")


class TestUncovered:
    """A pipeline without a guard."""

    @pytest.fixture
    def options(self, options: dict[str, object]) -> dict[str, object]:
        """Protect no pipeline."""
        return {**options, CONF_PROTECT_ALL: False, CONF_PIPELINES: []}

    async def test_a_gap_is_seen(
        self, hass: HomeAssistant, house: House, entry: MockConfigEntry
    ) -> None:
        """At the satellite that has it."""
        assert not await holds(hass, "is_uncovered")
        await protect(house, house.kitchen)
        await entry.runtime_data.status.async_refresh()
        assert await holds(hass, "is_uncovered")
        kitchen, bedroom = (
            {"entity_id": satellite.entity_id}
            for satellite in (house.kitchen, house.bedroom)
        )
        assert await holds(hass, "is_uncovered", target=kitchen)
        assert not await holds(hass, "is_uncovered", target=bedroom)


async def test_nothing_is_claimed_while_we_are_not_loaded(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Home Assistant tells of the error, and the automation does not go on."""
    await hass.config_entries.async_unload(entry.entry_id)
    for key in ("is_sending_allowed", "is_guest_mode", "is_uncovered"):
        with pytest.raises(ConditionError):
            await holds(hass, key)


async def test_the_editor_is_told_of_them(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Home Assistant reads the descriptions only then."""
    await holds(hass, "is_guest_mode")
    descriptions = await async_get_all_descriptions(hass)
    assert descriptions[f"{DOMAIN}.is_sending_allowed"]["fields"]["behavior"]
    assert f"{DOMAIN}.is_uncovered" in descriptions
    assert "Unable to parse" not in caplog.text
