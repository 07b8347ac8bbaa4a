"""The button deletes what one satellite has heard."""

from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.voice_retention.vault.models import RecordingFilter
from homeassistant.components.button import DOMAIN as BUTTON_DOMAIN, SERVICE_PRESS
from homeassistant.const import ATTR_ENTITY_ID, EntityCategory, Platform
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from tests.house import House
from tests.lookup import entity_of, satellite_key, settle


async def _press(
    hass: HomeAssistant, entity_id: str, context: Context | None = None
) -> None:
    """Press a button."""
    await hass.services.async_call(
        BUTTON_DOMAIN,
        SERVICE_PRESS,
        {ATTR_ENTITY_ID: entity_id},
        blocking=True,
        context=context,
    )


async def _stored(entry: MockConfigEntry) -> list[str]:
    """Return the satellite of each recording."""
    found = await entry.runtime_data.storage.async_find(RecordingFilter())
    return sorted(item.satellite_key for item in found)


async def test_it_deletes_its_own_satellites_recordings_only(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    """Whoever presses the kitchen's button keeps the bedroom's recordings."""
    kitchen, bedroom = (
        satellite_key(hass, item) for item in (house.kitchen, house.bedroom)
    )
    await house.kitchen.speak()
    await house.bedroom.speak()
    await settle(hass)
    assert await _stored(entry) == sorted([kitchen, bedroom])
    button = entity_of(hass, Platform.BUTTON, "purge", house.kitchen)
    await _press(hass, button, Context(user_id=hass_admin_user.id))
    assert await _stored(entry) == [bedroom]
    async with entry.runtime_data.storage.async_use() as vault:
        (receipt,) = await vault.receipts.page(1)
    assert receipt.body["asked_by"] == "button"
    assert receipt.body["user_id"] == hass_admin_user.id
    assert receipt.body["scope"]["satellites"] == [kitchen]


async def test_other_clients_have_one_too(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """It deletes nothing of the satellites."""
    await house.kitchen.speak()
    await settle(hass)
    await _press(hass, entity_of(hass, Platform.BUTTON, "other-purge"))
    assert await _stored(entry) == [satellite_key(hass, house.kitchen)]


async def test_something_left_is_an_error_that_names_the_place(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """A deletion that failed must never look like one that worked."""
    await house.kitchen.speak()
    await settle(hass)
    button = entity_of(hass, Platform.BUTTON, "purge", house.kitchen)
    with (
        patch.object(
            type(entry.runtime_data.storage), "async_delete", side_effect=OSError
        ),
        pytest.raises(HomeAssistantError) as err,
    ):
        await _press(hass, button)
    assert err.value.translation_key == "purge_incomplete"
    assert err.value.translation_placeholders == {"places": "vault"}


async def test_a_whole_room_cannot_be_pressed_by_accident(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Configuration is left out when somebody presses all buttons of an area."""
    button = entity_of(hass, Platform.BUTTON, "purge", house.kitchen)
    entity = er.async_get(hass).async_get(button)
    assert entity.entity_category is EntityCategory.CONFIG
