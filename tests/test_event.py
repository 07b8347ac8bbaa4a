"""The event entities tell what happened to each sentence."""

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.const import VoiceEvent
from custom_components.voice_retention.notices import SIGNAL_VOICE, VoiceNotice
from homeassistant.components.event import ATTR_EVENT_TYPE, ATTR_EVENT_TYPES
from homeassistant.const import STATE_UNKNOWN, Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.dispatcher import async_dispatcher_send
from tests.house import House, Satellite
from tests.lookup import satellite_key, settle, state_of


def _voice(hass: HomeAssistant, satellite: Satellite) -> State:
    """Return the state of a satellite's event entity."""
    return state_of(hass, Platform.EVENT, "voice", satellite)


async def test_the_four_types_are_the_published_ones(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Automations name them."""
    state = _voice(hass, house.kitchen)
    assert state.state == STATE_UNKNOWN
    assert state.attributes[ATTR_EVENT_TYPES] == [
        "kept",
        "not_kept",
        "blocked",
        "purged",
    ]


async def test_a_kept_sentence_is_told_without_its_words(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """It says how the sentence was handled, and nothing of what it was."""
    await house.kitchen.speak()
    await settle(hass)
    state = _voice(hass, house.kitchen)
    assert state.state != STATE_UNKNOWN
    assert state.attributes[ATTR_EVENT_TYPE] == "kept"
    assert len(state.attributes["recording_id"]) == 32
    assert "light" not in str(state.attributes)


async def test_a_notice_reaches_only_its_own_satellite(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The bedroom's automation must not run for the kitchen."""
    async_dispatcher_send(
        hass,
        SIGNAL_VOICE,
        VoiceNotice(
            satellite_key=satellite_key(hass, house.bedroom),
            event=VoiceEvent.BLOCKED,
            attributes={"reason": "no_local_engine"},
        ),
    )
    await hass.async_block_till_done()
    bedroom = _voice(hass, house.bedroom)
    assert bedroom.attributes[ATTR_EVENT_TYPE] == "blocked"
    assert bedroom.attributes["reason"] == "no_local_engine"
    assert _voice(hass, house.kitchen).state == STATE_UNKNOWN


async def test_nobody_listens_after_unloading(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """A notice on its way then must not fail."""
    key = satellite_key(hass, house.kitchen)
    assert await hass.config_entries.async_unload(entry.entry_id)
    notice = VoiceNotice(satellite_key=key, event=VoiceEvent.KEPT)
    async_dispatcher_send(hass, SIGNAL_VOICE, notice)
    await hass.async_block_till_done()
    assert _voice(hass, house.kitchen).state == "unavailable"
