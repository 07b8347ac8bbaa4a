"""What was said where nothing may leave is never in a history that leaves."""

import asyncio

import pytest

from custom_components.voice_retention.assist.history import HistoryBook
from custom_components.voice_retention.const import CONF_LOCAL_AGENTS
from homeassistant.components import conversation
from homeassistant.components.assist_pipeline import async_get_pipeline
from homeassistant.components.assist_pipeline.pipeline import (
    PipelineInput,
    PipelineRun,
    PipelineStage,
)
from homeassistant.components.conversation import async_converse
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import chat_session
from homeassistant.setup import async_setup_component
from tests.house import House, Satellite
from tests.speaking import set_up_entry
from tests.talking import DEFAULT_AGENT, LOCAL_AGENT, TalkingHouse, furnish

SECRET = "the secret of the purple walrus"
FREE = "the news of the orange giraffe"
AGAIN = "and what else"


@pytest.fixture
async def home(house: House, options: dict[str, object]) -> TalkingHouse:
    """Furnish the house with agents, of which the local one stands in."""
    home = await furnish(house)
    await set_up_entry(house, options | {CONF_LOCAL_AGENTS: [LOCAL_AGENT]})
    return home


def continue_at(satellite: Satellite, other: Satellite) -> None:
    """Go on with a conversation at another satellite."""
    satellite._conversation_id = other._conversation_id


def history_of(home: TalkingHouse, satellite: Satellite) -> list[str]:
    """Return everything in the chat log of a satellite."""
    logs = home.hass.data[conversation.chat_log.DATA_CHAT_LOGS]
    log = logs[satellite._conversation_id]
    return [str(getattr(item, "content", "")) for item in log.content]


async def test_what_was_said_behind_a_closed_door_stays_there(
    home: TalkingHouse,
) -> None:
    """The switch is turned off, and the same conversation goes on with a cloud agent."""
    kitchen = home.house.kitchen
    home.local.answer = ["That was ", SECRET]
    await home.close(kitchen)
    await home.say(kitchen, SECRET)
    await home.close(kitchen, on=False)
    await home.say(kitchen, FREE)
    await home.close(kitchen)
    await home.say(kitchen, SECRET)
    await home.close(kitchen, on=False)
    await home.say(kitchen, AGAIN)
    assert SECRET not in home.cloud.heard
    # What was open before is there, in its order, and the whole log has everything.
    assert [text for role, text in home.cloud.requests[-1] if role != "system"] == [
        FREE,
        "All right",
        AGAIN,
    ]
    assert [text for text in history_of(home, kitchen) if SECRET in text] == [
        SECRET,
        f"That was {SECRET}",
    ] * 2
    assert history_of(home, kitchen)[-2:] == [AGAIN, "All right"]
    # The agent at home may know it all.
    await home.close(kitchen)
    await home.say(kitchen, "what did I say")
    assert home.local.heard.count(FREE) >= 1
    assert len(home.local.requests[-1]) == 10


async def test_another_satellite_does_not_carry_it_out_either(
    home: TalkingHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Conversations can be continued in another room."""
    # Home Assistant notes since 2026.11 where a turn begins in the log.
    monkeypatch.setattr(conversation.ChatLog, "turn_start", 3, raising=False)
    await home.close(home.house.kitchen)
    await home.say(home.house.kitchen, SECRET)
    continue_at(home.house.bedroom, home.house.kitchen)
    await home.say(home.house.bedroom, FREE)
    assert home.cloud.words == [FREE]
    assert SECRET not in home.cloud.heard
    await home.say(home.house.kitchen, SECRET)
    assert SECRET not in home.cloud.heard


async def test_with_everything_open_the_history_is_whole(home: TalkingHouse) -> None:
    """An agent that forgets is of no use."""
    home.cloud.calls_tool = True
    await home.say(home.house.kitchen, FREE)
    await home.say(home.house.kitchen, AGAIN)
    assert [role for role, _ in home.cloud.requests[2]] == [
        "system",
        "user",
        "assistant",
        "tool_result",
        "assistant",
        "user",
    ]


async def test_sentences_that_no_agent_handled_stay_too(
    hass: HomeAssistant, home: TalkingHouse
) -> None:
    """A sentence trigger answers before any agent, and leaves its words in the log."""
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": {"trigger": "conversation", "command": [SECRET, FREE]},
                "actions": {"set_conversation_response": "done"},
            }
        },
    )
    kitchen = home.house.kitchen
    await home.close(kitchen)
    assert await home.say(kitchen, SECRET) == "done"
    await home.close(kitchen, on=False)
    assert await home.say(kitchen, FREE) == "done"
    await home.say(kitchen, AGAIN)
    assert FREE in home.cloud.heard
    assert SECRET not in home.cloud.heard


async def test_the_default_agents_pipeline_counts_too(home: TalkingHouse) -> None:
    """It has no guard, and its conversations can be continued with a cloud agent."""
    kitchen = home.house.kitchen
    agent = home.agent_in_pipeline
    await home.close(kitchen)
    await home.edit(conversation_engine=DEFAULT_AGENT, conversation_language="en")
    await home.say(kitchen, SECRET)
    await home.edit(conversation_engine="conversation.cloud_agent")
    await home.close(kitchen, on=False)
    await home.say(kitchen, FREE)
    assert agent
    assert home.cloud.words == [FREE]
    assert SECRET not in home.cloud.heard


async def test_what_a_satellite_began_with_stays_with_it(
    hass: HomeAssistant, home: TalkingHouse
) -> None:
    """An automation may start a conversation with words that are nobody's business."""
    kitchen = home.house.kitchen
    for is_closed in (True, False):
        await home.close(kitchen, on=is_closed)
        await kitchen.async_internal_start_conversation(
            f"Did you take it, {SECRET}?", "http://home/hello.mp3", preannounce=False
        )
        await home.close(kitchen, on=False)
        await home.say(kitchen, FREE)
        log = str(home.cloud.requests[-1][1:])
        assert (SECRET in log) is not is_closed


async def test_a_prompt_of_a_closed_turn_is_gone_in_an_open_one(
    hass: HomeAssistant, home: TalkingHouse
) -> None:
    """Home Assistant keeps an extra prompt for the whole conversation."""
    kitchen = home.house.kitchen
    await home.close(kitchen)
    await kitchen.async_internal_start_conversation(
        "", "http://home/hello.mp3", f"You know {SECRET}", preannounce=False
    )
    await home.say(kitchen, "yes")
    assert SECRET in home.local.heard
    await home.close(kitchen, on=False)
    await home.say(kitchen, FREE)
    assert SECRET not in home.cloud.heard
    await home.close(kitchen)
    await home.say(kitchen, FREE)
    assert SECRET in str(home.local.requests[-1][0])


async def test_outside_of_a_run_a_new_conversation_is_begun(
    hass: HomeAssistant, home: TalkingHouse
) -> None:
    """An automation can name any conversation."""
    await home.close(home.house.kitchen)
    await home.say(home.house.kitchen, SECRET)
    await home.close(home.house.kitchen, on=False)
    conversation_id = home.house.kitchen._conversation_id

    async def ask(text: str, conversation_id: str | None) -> str | None:
        result = await async_converse(
            hass, text, conversation_id, Context(), agent_id=home.agent_in_pipeline
        )
        return result.conversation_id

    new_id = await ask(FREE, conversation_id)
    assert new_id != conversation_id
    assert SECRET not in home.cloud.heard
    assert await ask(AGAIN, new_id) == new_id
    assert [text for role, text in home.cloud.requests[-1] if role == "user"] == [
        FREE,
        AGAIN,
    ]


async def test_after_a_reload_what_was_not_seen_may_not_leave(
    hass: HomeAssistant, home: TalkingHouse
) -> None:
    """Nobody can tell any more whether it was said behind a closed door."""
    await home.say(home.house.kitchen, FREE)
    assert home.house.entry is not None
    await hass.config_entries.async_reload(home.house.entry.entry_id)
    await hass.async_block_till_done()
    await home.say(home.house.kitchen, AGAIN)
    assert [text for role, text in home.cloud.requests[-1] if role == "user"] == [AGAIN]


async def test_nothing_is_remembered_of_a_conversation_that_is_over(
    hass: HomeAssistant, home: TalkingHouse
) -> None:
    """The memory of a busy house must not grow."""
    await home.say(home.house.kitchen, FREE)
    assert home.house.entry is not None
    book: HistoryBook = home.house.entry.runtime_data.rules.history
    conversation_id = home.house.kitchen._conversation_id
    assert list(book._open) == [conversation_id]
    hass.data[chat_session.DATA_CHAT_SESSION].pop(conversation_id).async_cleanup()
    assert book._open == {}


async def test_a_fault_of_ours_neither_ends_a_conversation_nor_opens_it(
    hass: HomeAssistant,
    home: TalkingHouse,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Home Assistant may change what we rely on."""

    def fail(*args: object) -> None:
        raise AttributeError("changed")

    kitchen = home.house.kitchen
    with monkeypatch.context() as patch:
        patch.setattr(
            "custom_components.voice_retention.assist.history.find_caller", fail
        )
        await home.say(kitchen, SECRET)
    assert "Cannot find out who is speaking" in caplog.text
    await home.say(kitchen, FREE)
    assert SECRET not in str(home.cloud.requests[-1])


async def test_two_runs_at_once_keep_their_own_histories(
    hass: HomeAssistant, home: TalkingHouse
) -> None:
    """What is hidden from one must not be lost to the other."""
    await home.close(home.house.kitchen)

    async def run(satellite: Satellite, text: str) -> None:
        pipeline = async_get_pipeline(hass)
        with chat_session.async_get_chat_session(hass) as session:
            satellite._conversation_id = session.conversation_id
            await PipelineInput(
                session=session,
                run=PipelineRun(
                    hass,
                    context=Context(),
                    pipeline=pipeline,
                    start_stage=PipelineStage.INTENT,
                    end_stage=PipelineStage.INTENT,
                    event_callback=satellite.on_pipeline_event,
                ),
                intent_input=text,
                satellite_id=satellite.entity_id,
            ).execute(validate=True)

    await asyncio.gather(run(home.house.kitchen, SECRET), run(home.house.bedroom, FREE))
    assert home.cloud.words == [FREE]
    assert home.local.words == [SECRET]
