"""Home tells where every voice goes, and mends what lets it out."""

from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.const import CONF_PROTECT_ALL, DOMAIN
from custom_components.voice_retention.errors import VaultUnavailable
from custom_components.voice_retention.vault.errors import UnavailableReason
from homeassistant.components.assist_pipeline import PipelineStage
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from tests.assist.test_coverage import add_wake_engine, choose
from tests.conftest import CLOUD, LOCAL
from tests.house import SPEECH, House
from tests.lookup import OTHER, entity_of, find_entity, satellite_key, settle
from tests.panel.ask import Panel
from tests.speaking import add_pipeline, device_of, protect

CLOUD_REASON = "Its integration says that it needs a cloud (cloud_push)."


async def satellites(panel: Panel, **fields: object) -> dict[str, dict[str, Any]]:
    """Return what Home shows of each satellite, by key."""
    found = (await panel("home", **fields))["satellites"]
    return {item["key"]: item for item in found}


def step(path: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return one step of a path."""
    (found,) = [item for item in path["steps"] if item["kind"] == kind]
    return {**found}


async def test_every_satellite_is_there_by_name_and_the_others_last(
    hass: HomeAssistant, house: House, panel: Panel
) -> None:
    """With its device and entity, so that the panel can lead there."""
    bedroom, kitchen, other = (await panel("home"))["satellites"]
    assert [item["name"] for item in (bedroom, kitchen, other)] == [
        "Bedroom",
        "Kitchen",
        "Other voice clients",
    ]
    assert kitchen["key"] == satellite_key(hass, house.kitchen)
    assert kitchen["entity_id"] == house.kitchen.entity_id
    assert kitchen["device_id"] == device_of(hass, house.kitchen)
    assert kitchen["area"] is kitchen["area_id"] is None
    assert kitchen["last_heard"] is None
    assert kitchen["recordings"] == 0
    assert other["key"] == OTHER
    assert other["entity_id"] is None
    device = dr.async_get(hass).async_get(other["device_id"])
    assert device is not None
    assert (DOMAIN, OTHER) in device.identifiers
    dr.async_get(hass).async_remove_device(other["device_id"])
    assert (await satellites(panel))[OTHER]["device_id"] is None


async def test_the_area_is_that_of_the_entity_before_that_of_the_device(
    hass: HomeAssistant, house: House, panel: Panel
) -> None:
    """Both can be told apart from a list of rooms."""
    areas = ar.async_get(hass)
    room, corner = areas.async_create("Kitchen"), areas.async_create("Corner")
    key = satellite_key(hass, house.kitchen)
    dr.async_get(hass).async_update_device(
        device_of(hass, house.kitchen), area_id=room.id
    )
    found = (await satellites(panel))[key]
    assert (found["area_id"], found["area"]) == (room.id, "Kitchen")
    er.async_get(hass).async_update_entity(
        house.kitchen.entity_id, name="Tap", area_id=corner.id
    )
    found = (await satellites(panel))[key]
    assert (found["area_id"], found["area"]) == (corner.id, "Corner")


async def test_what_was_said_shows_in_the_figures(
    hass: HomeAssistant, house: House, panel: Panel
) -> None:
    """Who heard it, why that is believed, and how much left the home."""
    await house.kitchen.speak(end_stage=PipelineStage.INTENT)
    await settle(hass)
    await house.entry.runtime_data.status.async_refresh()
    answer = await panel("home")
    found = (await satellites(panel))[satellite_key(hass, house.kitchen)]
    size = sum(map(len, SPEECH))
    assert found["recordings"] == 1
    assert found["sent_to_cloud"]["audio_bytes"] == size
    heard = found["last_heard"]
    assert heard.pop("at")
    assert heard == {
        "engine_id": CLOUD,
        "engine_name": "cloud_speech",
        "locality": "cloud",
        "evidence": CLOUD_REASON,
    }
    status = answer["status"]
    assert status["is_available"] is True
    assert status["stored"] == 1
    assert status["sent_to_cloud_today"] == size
    assert status["oldest"]
    assert status["trouble"] is status["progress"] is None
    assert "turn on the light" not in str(answer)


async def test_the_settings_are_entities(
    hass: HomeAssistant, house: House, panel: Panel
) -> None:
    """The panel reads and changes them as any dashboard does; what cannot is left out."""
    registry = er.async_get(hass)
    found = (await satellites(panel))[satellite_key(hass, house.kitchen)]
    assert found["entities"] == {
        "dont_send_audio": entity_of(
            hass, Platform.SWITCH, "dont_send_audio", house.kitchen
        ),
        "dont_send_text": entity_of(
            hass, Platform.SWITCH, "dont_send_text", house.kitchen
        ),
        "keep_recordings": entity_of(
            hass, Platform.SELECT, "keep_recordings", house.kitchen
        ),
        "keep_transcripts": entity_of(
            hass, Platform.SELECT, "keep_transcripts", house.kitchen
        ),
    }
    others = (await satellites(panel))[OTHER]["entities"]
    assert others["dont_send_audio"] == find_entity(
        hass, Platform.SWITCH, f"{OTHER}-dont_send_audio"
    )
    defaults = (await panel("home"))["defaults"]
    assert defaults == {
        "keep_recordings": entity_of(hass, Platform.SELECT, "keep_recordings"),
        "keep_transcripts": entity_of(hass, Platform.SELECT, "keep_transcripts"),
        "guest_mode": entity_of(hass, Platform.SWITCH, "guest_mode"),
    }
    registry.async_update_entity(
        defaults["guest_mode"], disabled_by=er.RegistryEntryDisabler.USER
    )
    registry.async_remove(found["entities"]["keep_recordings"])
    answer = await panel("home")
    assert answer["defaults"]["guest_mode"] is None
    found = (await satellites(panel))[satellite_key(hass, house.kitchen)]
    assert found["entities"]["keep_recordings"] is None
    assert found["entities"]["keep_transcripts"] is not None


async def test_a_path_names_each_engine_and_why_it_is_believed(
    hass: HomeAssistant, house: House, panel: Panel
) -> None:
    """It is the engine, not the guard in front of it, that people want to know of."""
    wake_engine = add_wake_engine(hass, "local_push")
    await house.entry.runtime_data.status.async_refresh()
    found = (await satellites(panel))[satellite_key(hass, house.kitchen)]
    (path,) = found["paths"]
    assert (path["slot"], path["wake_word"]) == (1, None)
    assert path["pipeline_id"]
    assert path["pipeline_name"] == "Home Assistant"
    assert [item["kind"] for item in path["steps"]] == [
        "wake_word",
        "stt",
        "conversation",
    ]
    assert step(path, "wake_word")["engine_id"] == wake_engine
    assert step(path, "stt") == {
        "kind": "stt",
        "engine_id": CLOUD,
        "engine_name": "cloud_speech",
        "locality": "cloud",
        "evidence": CLOUD_REASON,
        "is_guarded": True,
        "is_gap": False,
    }
    assert step(path, "conversation")["locality"] == "local"
    (path,) = (await satellites(panel))[OTHER]["paths"]
    assert path["slot"] == 0


async def test_each_wake_word_has_its_own_path(
    hass: HomeAssistant, house: House, panel: Panel
) -> None:
    """One may be local, and the other not."""
    await add_pipeline(hass, "Local", stt_engine=LOCAL, stt_language="en")
    choose(hass, house.kitchen, "preferred")
    choose(hass, house.kitchen, "Local", number=2)
    choose(hass, house.kitchen, "Okay Nabu", number=2, what="wake_word")
    await house.entry.runtime_data.status.async_refresh()
    found = (await satellites(panel))[satellite_key(hass, house.kitchen)]
    first, second = found["paths"]
    assert (first["slot"], second["slot"]) == (1, 2)
    assert second["wake_word"] == "Okay Nabu"
    assert second["pipeline_name"] == "Local"
    assert step(second, "stt")["engine_id"] == LOCAL
    assert step(second, "stt")["locality"] == "local"


async def test_sentences_come_in_the_language_of_who_asks(
    hass: HomeAssistant, house: House, panel: Panel
) -> None:
    """The household's may be another; what the entities show stays in that."""
    await house.kitchen.speak(end_stage=PipelineStage.INTENT)
    await settle(hass)
    await house.entry.runtime_data.status.async_refresh()
    texts = "component.voice_retention.selector.evidence.options."
    translations = {
        "en": {f"{texts}cloud_cloud": "English"},
        "de": {f"{texts}iot_class_cloud": "Wolke: {detail}"},
    }

    async def load(hass: HomeAssistant, language: str, *args: object) -> dict[str, str]:
        """Return the texts of a language."""
        return translations[language]

    with patch(
        "custom_components.voice_retention.assist.evidence.words.async_get_translations",
        load,
    ):
        found = (await satellites(panel, language="de"))[
            satellite_key(hass, house.kitchen)
        ]
    assert found["last_heard"]["evidence"] == "Wolke: cloud_push"
    assert step(found["paths"][0], "stt")["evidence"] == "Wolke: cloud_push"
    heard = house.entry.runtime_data.status.data.last_heard[found["key"]]
    assert heard.evidence == CLOUD_REASON


@pytest.mark.parametrize("language", ["../../secrets", "e", "", 5])
async def test_only_languages_are_languages(panel: Panel, language: object) -> None:
    """A path would make Home Assistant read some other file."""
    error = await panel.error("home", language=language)
    assert error["translation_placeholders"] == {"field": "language"}


async def test_ways_past_every_guard_are_named(
    hass: HomeAssistant, house: House, panel: Panel
) -> None:
    """Only the household itself can close them."""
    await house.entry.runtime_data.status.async_refresh()
    ways = (await panel("home"))["ways_out"]
    assert {"way": "stt", "engines": ["cloud_speech"]} in ways


async def test_trouble_with_the_vault_is_told(
    hass: HomeAssistant, house: House, panel: Panel
) -> None:
    """Where the voice goes is known all the same."""
    data = house.entry.runtime_data
    data.storage._trouble = UnavailableReason.DISK_FULL
    with patch.object(
        data.storage, "async_totals", side_effect=VaultUnavailable("disk_full")
    ):
        await data.status.async_refresh()
    answer = await panel("home")
    assert answer["status"]["is_available"] is False
    assert answer["status"]["trouble"] == "disk_full"
    assert answer["satellites"][0]["paths"]


class TestGaps:
    """Where voice can get past the guard."""

    @pytest.fixture
    def options(self, options: dict[str, object]) -> dict[str, object]:
        """Protect no pipeline."""
        return options | {CONF_PROTECT_ALL: False}

    async def test_a_gap_is_shown_where_it_is(
        self, hass: HomeAssistant, house: House, panel: Panel
    ) -> None:
        """For whom it is one: the bedroom wants to be heard."""
        await protect(house, house.kitchen)
        await house.entry.runtime_data.status.async_refresh()
        found = await satellites(panel)
        (path,) = found[satellite_key(hass, house.kitchen)]["paths"]
        assert [item["kind"] for item in path["steps"] if item["is_gap"]] == ["stt"]
        assert step(path, "stt")["is_guarded"] is False
        (path,) = found[satellite_key(hass, house.bedroom)]["paths"]
        assert not any(item["is_gap"] for item in path["steps"])

    async def test_one_press_protects_every_pipeline(
        self, hass: HomeAssistant, house: House, panel: Panel, entry: MockConfigEntry
    ) -> None:
        """It is what the repair of an uncovered satellite does."""
        assert house.engine_in_pipeline == CLOUD
        assert await panel("protect") == {}
        await hass.async_block_till_done()
        assert entry.options[CONF_PROTECT_ALL] is True
        assert house.engine_in_pipeline != CLOUD


@pytest.mark.parametrize("command", ["home", "protect"])
async def test_without_the_entry_the_panel_is_told_why(
    hass: HomeAssistant, panel: Panel, entry: MockConfigEntry, command: str
) -> None:
    """In the words of every other error."""
    await hass.config_entries.async_unload(entry.entry_id)
    error = await panel.error(command)
    assert error["translation_domain"] == "voice_retention"
    assert error["translation_key"] == "not_loaded"
