"""Each sentence is traced to its speaker, and to nobody when there is any doubt."""

import asyncio
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.voice_retention.assist import origin as origin_module
from custom_components.voice_retention.assist.origin import (
    UNKNOWN_SPEAKER,
    find_speaker,
)
from custom_components.voice_retention.assist.runs import active_runs
from custom_components.voice_retention.assist.satellites import SatelliteDirectory
from custom_components.voice_retention.policy.choices import OTHER_CLIENTS
from custom_components.voice_retention.policy.models import (
    Origin,
    OriginKind,
    Reason,
    Utterance,
)
from homeassistant.components.assist_pipeline import (
    PipelineEvent,
    PipelineEventType,
    async_get_pipeline,
)
from homeassistant.components.assist_pipeline.pipeline import KEY_ASSIST_PIPELINE
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.conftest import CLOUD, LOCAL
from tests.house import SPEECH, House, Microphone, Satellite, add_entity_platform, say
from tests.lookup import satellite_key
from tests.speaking import WebsocketVoice, add_pipeline, device_of, post_speech, protect

STREAM = "by its stream"
CONVERSATION = "by its conversation"


@pytest.fixture(params=[STREAM, CONVERSATION])
def way(request: pytest.FixtureRequest) -> Iterator[str]:
    """Find speakers each way: a stream may come through somebody else's hands."""
    way: str = request.param
    if way == STREAM:
        yield way
        return
    with patch.object(origin_module, "_run_of_stream", return_value=None):
        yield way


async def test_a_satellite_is_known_with_all_its_ids(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
    way: str,
) -> None:
    """The satellite's own rule and the recording's place hang on it."""
    await house.kitchen.speak()
    found = utterances[0].origin
    start = house.kitchen.events[0].data
    assert start is not None
    assert found == Origin(
        kind=OriginKind.SATELLITE,
        satellite_key=satellite_key(hass, house.kitchen),
        satellite_id=house.kitchen.entity_id,
        device_id=device_of(hass, house.kitchen),
        pipeline_id=async_get_pipeline(hass).id,
        run_id=found.run_id,
        conversation_id=start["conversation_id"],
    )
    debug = hass.data[KEY_ASSIST_PIPELINE].pipeline_debug[async_get_pipeline(hass).id]
    assert found.run_id in debug
    assert found.holder == satellite_key(hass, house.kitchen)


async def test_the_answer_to_a_question_is_the_satellites(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
    way: str,
) -> None:
    """A question opens the microphone too."""
    satellite = house.kitchen

    async def start_conversation(announcement: object) -> None:
        hass.async_create_task(
            satellite.async_accept_pipeline_from_satellite(say(SPEECH))
        )

    with (
        patch.object(
            satellite, "async_start_conversation", start_conversation, create=True
        ),
        patch.object(satellite, "_resolve_announcement_media_id"),
    ):
        answer = await satellite.async_internal_ask_question(question="Which light?")
    await hass.async_block_till_done()
    assert answer is not None
    assert answer.sentence == house.cloud.text
    assert utterances[0].origin.kind is OriginKind.SATELLITE
    assert utterances[0].origin.satellite_id == satellite.entity_id


async def test_a_client_that_names_a_satellites_device_only_claims_it(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
    hass_ws_client: WebSocketGenerator,
    way: str,
) -> None:
    """Any signed-in user may send any device id, so nothing is kept as the satellite's."""
    voice = WebsocketVoice(await hass_ws_client(hass))
    assert await voice.speak(device_id=device_of(hass, house.kitchen)) is None
    await hass.async_block_till_done()
    found = utterances[0].origin
    assert found.kind is OriginKind.CLAIMED_DEVICE
    assert found.satellite_key == satellite_key(hass, house.kitchen)
    assert found.satellite_id is None
    assert found.holder == OTHER_CLIENTS


@pytest.mark.parametrize("protected", ["kitchen", "others"])
async def test_the_stricter_rule_goes_for_a_claimed_satellite(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    protected: str,
    way: str,
) -> None:
    """Neither by claiming nor by not claiming to be a satellite is a switch got round."""
    await protect(house, house.kitchen if protected == "kitchen" else None)
    voice = WebsocketVoice(await hass_ws_client(hass))
    assert await voice.speak(device_id=device_of(hass, house.kitchen)) is None
    assert house.cloud.heard == []
    assert house.local.heard_bytes == len(b"".join(SPEECH))


async def test_a_client_with_a_device_that_is_no_satellite(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
    hass_ws_client: WebSocketGenerator,
    way: str,
) -> None:
    """Phones send the device of the app."""
    phone = dr.async_get(hass).async_get_or_create(
        config_entry_id=house.entries["house"].entry_id, identifiers={("phone", "1")}
    )
    await protect(house, house.kitchen)
    voice = WebsocketVoice(await hass_ws_client(hass))
    assert await voice.speak(device_id=phone.id) is None
    await hass.async_block_till_done()
    assert utterances[0].origin.kind is OriginKind.CLAIMED_DEVICE
    assert utterances[0].origin.satellite_key is None
    assert utterances[0].origin.device_id == phone.id
    assert house.cloud.heard_bytes == len(b"".join(SPEECH))


async def test_a_client_without_a_device(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
    hass_ws_client: WebSocketGenerator,
    way: str,
) -> None:
    """Browsers send none; they are one of the other voice clients, and surely that."""
    voice = WebsocketVoice(await hass_ws_client(hass))
    await protect(house, house.kitchen)
    assert await voice.speak() is None
    assert house.cloud.heard_bytes == len(b"".join(SPEECH))
    await protect(house)
    assert await voice.speak() is None
    assert house.cloud.heard_bytes == len(b"".join(SPEECH))
    await hass.async_block_till_done()
    assert [item.origin.kind for item in utterances] == [OriginKind.CLIENT] * 2


async def test_speech_posted_to_a_guard_is_nobodys_and_under_every_rule(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
    hass_client: ClientSessionGenerator,
    way: str,
) -> None:
    """There is no run at all, so it could come from any room."""
    answer = await post_speech(hass_client, house.engine_in_pipeline)
    assert answer == {"text": house.cloud.text, "result": "success"}
    await protect(house, house.bedroom)
    await post_speech(hass_client, house.engine_in_pipeline)
    assert house.cloud.heard_bytes == len(b"".join(SPEECH))
    assert house.local.heard_bytes == len(b"".join(SPEECH))
    assert [item.origin.kind for item in utterances] == [OriginKind.UNKNOWN] * 2
    assert Reason.UNKNOWN_ORIGIN in utterances[1].decision.reasons


async def _claim_conversation(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator
) -> WebsocketVoice:
    """Let a client start a run in the conversation in which the kitchen speaks next."""
    await house.kitchen.speak()
    start = house.kitchen.events[0].data
    assert start is not None
    voice = WebsocketVoice(await hass_ws_client(hass))
    await voice.start(conversation_id=start["conversation_id"])
    return voice


async def test_a_client_that_takes_a_satellites_conversation_takes_nothing_else(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Conversation ids come from clients; who is who must not depend on them."""
    await protect(house, house.kitchen)
    voice = await _claim_conversation(hass, house, hass_ws_client)
    await house.kitchen.speak()
    assert house.cloud.heard == []
    await voice.say(*SPEECH)
    assert await voice.end() is None
    assert house.cloud.heard_bytes == len(b"".join(SPEECH))
    await hass.async_block_till_done()
    assert [item.origin.kind for item in utterances] == [
        OriginKind.SATELLITE,
        OriginKind.SATELLITE,
        OriginKind.CLIENT,
    ]


async def test_two_runs_in_one_conversation_are_nobodys(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Where only the conversation tells, and two have the same, the strictest rule goes."""
    await protect(house, house.bedroom)
    with patch.object(origin_module, "_run_of_stream", return_value=None):
        voice = await _claim_conversation(hass, house, hass_ws_client)
        house.cloud.heard.clear()
        await house.kitchen.speak()
        await voice.end()
    assert house.cloud.heard == []
    await hass.async_block_till_done()
    assert utterances[1].origin.kind is OriginKind.UNKNOWN


async def test_more_satellites_than_home_assistant_keeps_debug_data_of(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
) -> None:
    """It keeps ten runs per pipeline; in a big house more people speak at once."""
    satellites = [Satellite(f"room_{number}") for number in range(14)]
    await add_entity_platform(
        hass, "big", Platform.ASSIST_SATELLITE, [*satellites], iot_class="local_push"
    )
    house.cloud.go_on = asyncio.Event()
    speaking = [hass.async_create_task(item.speak()) for item in satellites]
    await asyncio.sleep(0.1)
    assert len(active_runs(hass)) == len(satellites)
    house.cloud.go_on.set()
    await asyncio.gather(*speaking)
    await hass.async_block_till_done()
    assert {item.origin.satellite_id for item in utterances} == {
        satellite.entity_id for satellite in satellites
    }


async def test_a_run_whose_debug_data_is_gone_makes_all_nobodys(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Else whoever takes a conversation only had to drive the other's data out."""
    await protect(house, house.kitchen)
    with patch.object(origin_module, "_run_of_stream", return_value=None):
        microphone = Microphone()
        speaking = hass.async_create_task(house.kitchen.speak(microphone))
        microphone.put(SPEECH[0])
        await house.local.got_chunk.wait()
        hass.data[KEY_ASSIST_PIPELINE].pipeline_debug[
            async_get_pipeline(hass).id
        ].clear()
        voice = WebsocketVoice(await hass_ws_client(hass))
        assert await voice.speak() is None
        microphone.end()
        await speaking
    assert house.cloud.heard == []
    await hass.async_block_till_done()
    assert {item.origin.kind for item in utterances} == {
        OriginKind.SATELLITE,
        OriginKind.UNKNOWN,
    }


async def test_satellites_that_speak_at_once_are_told_apart(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
    hass_ws_client: WebSocketGenerator,
    way: str,
) -> None:
    """One is protected, the other is not, and a browser speaks in between."""
    await protect(house, house.kitchen)
    kitchen, bedroom = Microphone(), Microphone()
    speaking = [
        hass.async_create_task(house.kitchen.speak(kitchen)),
        hass.async_create_task(house.bedroom.speak(bedroom)),
    ]
    voice = WebsocketVoice(await hass_ws_client(hass))
    await voice.start()
    for number in range(4):
        kitchen.put(b"k" * 640)
        bedroom.put(b"b" * 640)
        await voice.say(bytes([ord("w")]) * 640)
        await asyncio.sleep(number / 1000)
    kitchen.end()
    bedroom.end()
    await asyncio.gather(*speaking)
    assert await voice.end() is None
    assert set(b"".join(house.local.heard)) == {ord("k")}
    assert set(b"".join(house.cloud.heard)) == {ord("b"), ord("w")}
    await hass.async_block_till_done()
    assert {item.origin.satellite_id for item in utterances} == {
        house.kitchen.entity_id,
        house.bedroom.entity_id,
        None,
    }


async def test_the_pipeline_is_the_one_that_the_run_came_to(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
    way: str,
) -> None:
    """A satellite has a pipeline for each wake word, and its selects say nothing of a run."""
    second = await add_pipeline(hass, "Second", stt_engine=LOCAL)
    await house.kitchen.speak()
    with patch.object(house.kitchen, "_resolve_pipeline", return_value=second.id):
        await house.kitchen.speak()
    await hass.async_block_till_done()
    assert [item.origin.pipeline_id for item in utterances] == [
        async_get_pipeline(hass).id,
        second.id,
    ]
    assert [item.pipeline_engine_id for item in utterances] == [
        CLOUD,
        LOCAL,
    ]


async def test_a_satellite_that_is_renamed_while_it_listens_keeps_its_rule(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
    way: str,
) -> None:
    """Its run still has the old name; the rule of other clients would be the wrong one."""
    await protect(house, house.kitchen)
    old_id = house.kitchen.entity_id
    find = origin_module._origin

    def rename_first(*args: Any) -> Origin:
        er.async_get(hass).async_update_entity(
            old_id, new_entity_id="assist_satellite.scullery"
        )
        return find(*args)

    with patch.object(origin_module, "_origin", rename_first):
        await house.kitchen.speak()
    await hass.async_block_till_done()
    assert house.cloud.heard == []
    assert utterances[0].origin.satellite_id == old_id
    assert utterances[0].origin.holder == satellite_key(hass, house.kitchen)


async def test_a_satellite_that_nobody_knows_is_under_every_rule(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
    way: str,
) -> None:
    """It could be any that was renamed or moved to another device."""
    await protect(house, house.bedroom)
    entry.runtime_data.satellites.current = {}
    await house.kitchen.speak()
    await hass.async_block_till_done()
    assert house.cloud.heard == []
    assert utterances[0].origin.kind is OriginKind.UNKNOWN
    assert utterances[0].origin.run_id is not None


async def test_a_release_that_changed_too_much_makes_everybody_unknown(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Then speech goes on for those who protect nothing, and leaks for nobody."""
    with patch.object(origin_module, "_run_of_stream", side_effect=AttributeError):
        await house.kitchen.speak()
        assert house.kitchen.error_code is None
        house.cloud.heard.clear()
        await protect(house, house.bedroom)
        await house.kitchen.speak()
    assert house.cloud.heard == []
    assert [item.origin.kind for item in utterances] == [OriginKind.UNKNOWN] * 2
    assert "Cannot find out who is speaking" in caplog.text


async def test_no_stream_of_a_run_and_no_conversation_is_nobody(
    hass: HomeAssistant, house: House
) -> None:
    """Somebody may call an engine from a script."""

    class Iterable:
        """Not a generator."""

        def __aiter__(self) -> Microphone:
            return Microphone()

    satellites = SatelliteDirectory(hass)
    assert find_speaker(hass, satellites, say(SPEECH)) is UNKNOWN_SPEAKER
    assert find_speaker(hass, satellites, Iterable()) is UNKNOWN_SPEAKER


async def test_a_run_that_has_not_started_fits_nothing(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
    way: str,
) -> None:
    """It is registered before it says whose it is; others speak meanwhile."""
    debug = hass.data[KEY_ASSIST_PIPELINE].pipeline_debug
    microphone = Microphone()
    speaking = hass.async_create_task(house.bedroom.speak(microphone))
    microphone.put(SPEECH[0])
    await house.cloud.got_chunk.wait()
    events = debug[async_get_pipeline(hass).id][active_runs(hass)[0].id].events
    start = events[0]
    events[0] = PipelineEvent(PipelineEventType.WAKE_WORD_START)
    await house.kitchen.speak()
    events.clear()
    await house.kitchen.speak()
    events.append(start)
    microphone.end()
    await speaking
    await hass.async_block_till_done()
    assert [item.origin.satellite_id for item in utterances] == [
        house.kitchen.entity_id,
        house.kitchen.entity_id,
        house.bedroom.entity_id,
    ]
