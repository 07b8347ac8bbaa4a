"""The guard of an agent looks like it, and lets only those get a transcript that may."""

import asyncio
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.voice_retention.const import CONF_LOCAL_AGENTS
from custom_components.voice_retention.policy.models import Content
from homeassistant.components import conversation
from homeassistant.components.assist_pipeline import (
    PipelineEventType,
    async_get_pipeline,
)
from homeassistant.components.conversation import ConversationEntityFeature
from homeassistant.const import EVENT_STATE_CHANGED, MATCH_ALL
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.house import House
from tests.lookup import settle
from tests.speaking import set_up_entry
from tests.talking import (
    CLOUD_AGENT,
    CLOUD_VOICE,
    DEFAULT_AGENT,
    LOCAL_AGENT,
    LegacyAgent,
    TalkingHouse,
    furnish,
)

WORDS = "tell me about the purple walrus"


@pytest.fixture
async def home(house: House, options: dict[str, object]) -> TalkingHouse:
    """Furnish the house with agents, and set the integration up in it."""
    home = await furnish(house)
    await set_up_entry(house, options)
    return home


def guard_of(home: TalkingHouse) -> conversation.ConversationEntity:
    """Return the guard in the preferred pipeline."""
    guard = conversation.async_get_agent(home.hass, home.agent_in_pipeline)
    assert isinstance(guard, conversation.ConversationEntity)
    assert guard.entity_id != CLOUD_AGENT
    return guard


async def ledger_of(home: TalkingHouse, content: Content) -> list[Any]:
    """Return the last thing that the ledger says of each speaker."""
    await settle(home.hass)
    assert home.house.entry is not None
    async with home.house.entry.runtime_data.storage.async_use() as vault:
        return list((await vault.ledger.last_runs(content)).values())


async def test_the_guard_looks_like_its_agent(home: TalkingHouse) -> None:
    """Assist treats an agent by what it says of itself."""
    guard = guard_of(home)
    state = home.hass.states.get(guard.entity_id)
    assert state.name == "Voice Retention cloud_agent (guarded)"
    assert guard.supported_languages == MATCH_ALL
    assert guard.supports_streaming
    assert state.attributes["supported_features"] == 0

    home.cloud._attr_supported_features = ConversationEntityFeature.CONTROL
    home.cloud._attr_supports_streaming = False
    home.cloud.languages = ["en", "de"]
    home.cloud.async_write_ha_state()
    await home.hass.async_block_till_done()
    assert home.hass.states.get(guard.entity_id).attributes["supported_features"] == (
        ConversationEntityFeature.CONTROL
    )
    assert not guard.supports_streaming
    assert guard.supported_languages == ["en", "de"]
    await guard.async_prepare("de")
    assert home.cloud.prepared == ["de"]


async def test_the_guard_looks_the_same_while_its_agent_is_away(
    home: TalkingHouse,
) -> None:
    """A pipeline must not lose its language because a cloud cannot be reached."""
    home.cloud.languages = ["en"]
    guard = guard_of(home)
    assert guard.supported_languages == ["en"]
    await home.hass.config_entries.async_unload(
        home.house.entries["cloudy_agent"].entry_id
    )
    assert guard.supported_languages == ["en"]
    assert guard.supports_streaming
    await guard.async_prepare("en")
    assert "error" in str(
        (await home.say(home.house.kitchen, WORDS)) and home.house.kitchen.events[-2]
    )


async def test_an_open_satellite_talks_to_its_agent_as_ever(home: TalkingHouse) -> None:
    """Nothing but the name of the agent is different."""
    home.cloud.calls_tool = True
    assert await home.say(home.house.kitchen, WORDS) == "All right"
    assert home.cloud.words == [WORDS, WORDS]
    assert home.cloud.requests[1][-1][0] == "tool_result"
    assert home.cloud.inputs[0].agent_id == CLOUD_AGENT
    deltas = [
        event.data["chat_log_delta"]
        for event in home.house.kitchen.events
        if event.type is PipelineEventType.INTENT_PROGRESS and event.data
    ]
    assert [delta["content"] for delta in deltas if "content" in delta] == [
        "All ",
        "right",
    ]
    (entry,) = await ledger_of(home, Content.TRANSCRIPT)
    assert (entry.engine_id, entry.characters) == (CLOUD_AGENT, len(WORDS))
    assert (entry.locality, entry.route) == ("cloud", "engine")
    assert entry.reasons == ("allowed",)
    assert entry.run_id
    assert entry.evidence
    assert entry.satellite_id == home.house.kitchen.entity_id


async def test_a_closed_satellite_is_answered_by_the_default_agent(
    home: TalkingHouse,
) -> None:
    """It is a part of Home Assistant, and always there."""
    await home.close(home.house.kitchen)
    assert await home.say(home.house.kitchen, WORDS) != "All right"
    assert home.cloud.requests == []
    (entry,) = await ledger_of(home, Content.TRANSCRIPT)
    assert (entry.engine_id, entry.locality) == (DEFAULT_AGENT, "local")
    assert (entry.route, entry.reasons) == ("local_engine", ("dont_send",))
    # The other satellite is not concerned.
    assert await home.say(home.house.bedroom, WORDS) == "All right"


async def test_a_local_agent_that_was_chosen_comes_before_the_default_one(
    house: House, options: dict[str, object]
) -> None:
    """A household may have a language model at home."""
    home = await furnish(house)
    await set_up_entry(house, options | {CONF_LOCAL_AGENTS: [LOCAL_AGENT]})
    await home.close(home.house.kitchen)
    assert await home.say(home.house.kitchen, WORDS) == "All right"
    assert home.local.words == [WORDS]
    assert home.local.inputs[0].agent_id == LOCAL_AGENT
    # One that does not know the language is passed over.
    home.local.languages = ["fi"]
    assert await home.say(home.house.kitchen, WORDS) != "All right"
    assert len(home.local.requests) == 1
    assert home.cloud.requests == []


async def test_a_local_agent_in_the_pipeline_stays(home: TalkingHouse) -> None:
    """Nothing has to be replaced that does its work at home."""
    await home.edit(conversation_engine=LOCAL_AGENT)
    assert home.agent_in_pipeline != LOCAL_AGENT
    await home.close(home.house.kitchen)
    await home.say(home.house.kitchen, WORDS)
    assert home.local.words == [WORDS]


async def test_a_pipeline_with_the_default_agent_is_left_as_it_is(
    home: TalkingHouse,
) -> None:
    """Assist treats that agent differently by its id, and it is local anyway."""
    await home.edit(conversation_engine=DEFAULT_AGENT, conversation_language="en")
    assert home.agent_in_pipeline == DEFAULT_AGENT
    assert [
        item
        for item in er.async_get(home.hass).entities.values()
        if item.platform == "voice_retention" and item.domain == "conversation"
    ] == []


async def test_without_an_agent_that_may_get_it_a_sentence_is_refused(
    home: TalkingHouse,
) -> None:
    """The default agent does not know every language."""
    await home.edit(stt_language="en", conversation_language="tlh")
    await home.close(home.house.kitchen)
    events = async_capture_events(home.hass, EVENT_STATE_CHANGED)
    reply = await home.say(home.house.kitchen, WORDS)
    assert reply == "This must not leave your home, and no local agent can answer it"
    assert home.cloud.requests == []
    await settle(home.hass)
    states = [event.data["new_state"] for event in events]
    (blocked,) = [
        state
        for state in states
        if state.domain == "event" and state.attributes.get("event_type") == "blocked"
    ]
    assert blocked.attributes["content"] == "transcript"
    assert blocked.attributes["reason"] == "dont_send, no_local_agent"


async def test_an_unknown_speaker_gets_the_strictest_rule(home: TalkingHouse) -> None:
    """Any automation may hand text to the guard."""

    async def ask() -> None:
        await conversation.async_converse(
            home.hass, WORDS, None, Context(), agent_id=home.agent_in_pipeline
        )

    await ask()
    assert home.cloud.words == [WORDS]
    await home.close(home.house.bedroom)
    await ask()
    assert home.cloud.words == [WORDS]


async def test_who_cannot_be_found_out_gets_the_strictest_rule(
    home: TalkingHouse,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Home Assistant may change what we rely on."""

    def fail(*args: object) -> None:
        raise AttributeError("changed")

    await home.close(home.house.bedroom)
    monkeypatch.setattr(
        "custom_components.voice_retention.assist.handover.find_caller", fail
    )
    await home.say(home.house.kitchen, WORDS)
    assert home.cloud.requests == []
    assert "Cannot find out who is speaking" in caplog.text


async def test_an_agent_is_stopped_when_it_may_not_go_on(home: TalkingHouse) -> None:
    """It would send the whole conversation again with each tool call."""
    home.cloud.go_on = asyncio.Event()
    home.cloud.calls_tool = True
    talk = home.hass.async_create_task(home.say(home.house.kitchen, WORDS))
    await home.cloud.got_request.wait()
    await home.close(home.house.kitchen)
    home.cloud.go_on.set()
    assert "must not leave" in await talk
    assert len(home.cloud.requests) == 1
    (entry,) = await ledger_of(home, Content.TRANSCRIPT)
    assert (entry.engine_id, entry.route) == (CLOUD_AGENT, "refuse")
    assert entry.reasons == ("allowed", "protection_turned_on")


async def test_a_guard_that_goes_takes_its_agent_with_it(home: TalkingHouse) -> None:
    """Whoever turned a switch in the meantime could not stop it any more."""
    home.cloud.go_on = asyncio.Event()
    talk = home.hass.async_create_task(home.say(home.house.kitchen, WORDS))
    await home.cloud.got_request.wait()
    assert home.house.entry is not None
    await home.hass.config_entries.async_unload(home.house.entry.entry_id)
    assert "must not leave" in await talk


async def test_a_run_that_is_given_up_gives_its_agent_up(home: TalkingHouse) -> None:
    """A satellite that leaves does not want an answer."""
    home.cloud.go_on = asyncio.Event()
    talk = home.hass.async_create_task(home.say(home.house.kitchen, WORDS))
    await home.cloud.got_request.wait()
    talk.cancel()
    with pytest.raises(asyncio.CancelledError):
        await talk
    home.cloud.go_on.set()
    await home.hass.async_block_till_done()
    (entry,) = await ledger_of(home, Content.TRANSCRIPT)
    assert entry.reasons == ("allowed",)


async def test_a_faulty_agent_fails_as_ever(home: TalkingHouse) -> None:
    """The household sees the agent's own error."""
    home.cloud.error = RuntimeError("out of order")
    await home.house.kitchen.speak(end_stage="intent")
    assert home.house.kitchen.error_code == "intent-failed"


async def test_an_agent_of_the_old_kind_is_guarded(home: TalkingHouse) -> None:
    """It has no entity, only the id of its config entry."""
    legacy = LegacyAgent()
    entry = MockConfigEntry(domain="oldie", title="Oldie")
    entry.add_to_hass(home.hass)
    conversation.async_set_agent(home.hass, entry, legacy)
    await home.edit(conversation_engine=entry.entry_id, conversation_language="en")
    guard = guard_of(home)
    assert guard.supported_languages == ["en"]
    assert not guard.supports_streaming
    await home.close(home.house.bedroom)
    assert await home.say(home.house.kitchen, WORDS) == "From a legacy agent"
    await home.say(home.house.bedroom, WORDS)
    assert legacy.words == [WORDS]


async def test_removal_puts_the_agent_back(
    hass: HomeAssistant, home: TalkingHouse
) -> None:
    """Assist is never worse for our having been there."""
    guard = guard_of(home).entity_id
    assert home.house.entry is not None
    await hass.config_entries.async_remove(home.house.entry.entry_id)
    await hass.async_block_till_done()
    pipeline = async_get_pipeline(hass)
    assert pipeline.conversation_engine == CLOUD_AGENT
    assert er.async_get(hass).async_get(guard) is None


async def test_speech_and_agent_are_guarded_in_one_go(
    house: House, options: dict[str, object]
) -> None:
    """Each writing of a pipeline ends the wake word runs that are going on in it."""
    home = await furnish(house)
    await set_up_entry(house, options)
    assert home.house.entry is not None
    memory = home.house.entry.runtime_data.settings.guard_memory
    assert set(memory.guards.values()) == {"stt.cloud_speech", CLOUD_AGENT, CLOUD_VOICE}
    assert all(len(ids) == 1 for ids in memory.placed.values())
