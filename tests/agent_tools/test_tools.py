"""Language models are told about, and delete, only what the one who speaks to them said."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
import json
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.voice_retention.agent_tools import base, offering
from custom_components.voice_retention.agent_tools.offering import (
    ARE_FOUND,
    async_offer_tools,
)
from custom_components.voice_retention.agent_tools.plans import LIFETIME
from custom_components.voice_retention.agent_tools.reading import WhatIsKept
from custom_components.voice_retention.assist.calling import Caller
from custom_components.voice_retention.commands import deleting
from custom_components.voice_retention.commands.phrasebook import VoiceCommand
from custom_components.voice_retention.const import (
    CONF_COMMANDS,
    CONF_COMMANDS_HOUSEHOLD_WIDE,
    DOMAIN,
)
from custom_components.voice_retention.conversation import ConversationGuard
from custom_components.voice_retention.policy.choices import Keep
from custom_components.voice_retention.policy.models import UNKNOWN_ORIGIN
from custom_components.voice_retention.vault.models import (
    RecordingFilter,
    StoredRecording,
)
from homeassistant.components.assist_pipeline import (
    PipelineStage,
    async_get_pipeline,
    async_update_pipeline,
)
from homeassistant.components.conversation import ConversationInput, ConversationResult
from homeassistant.components.conversation.trace import async_get_traces
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import chat_session, llm
from homeassistant.util import dt as dt_util
from tests.conftest import CLOUD
from tests.house import House, Satellite
from tests.lookup import OTHER, satellite_key, settle
from tests.modelling import API, MODEL, Model, Use, install_model, parameter_names
from tests.speaking import device_of, set_up_entry

SECRET = "the walrus sleeps in the cellar"
PROMPT = "please tell me"

type Say = Callable[[Satellite, str], Awaitable[None]]
type Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def model(house: House) -> Model:
    """Return the model that people at home talk to."""
    return await install_model(house)


@pytest.fixture(params=[True, False], ids=["guarded", "not guarded"])
async def protected(
    model: Model, entry: MockConfigEntry, request: pytest.FixtureRequest
) -> AsyncIterator[MockConfigEntry]:
    """Return the integration, with and without a guard of ours that calls the model."""

    async def straight(
        guard: ConversationGuard, user_input: ConversationInput
    ) -> ConversationResult:
        """Call the model as Assist does where nothing stands in between."""
        return await model.async_process(replace(user_input, agent_id=MODEL))

    if request.param:
        yield entry
    else:
        with patch.object(ConversationGuard, "async_process", straight):
            yield entry


@pytest.fixture
async def retained(model: Model, entry: MockConfigEntry) -> MockConfigEntry:
    """Return the integration, set up when the model is there."""
    return entry


@pytest.fixture
def say(hass: HomeAssistant, house: House) -> Say:
    """Say something at a satellite, until its run is over."""

    async def say(satellite: Satellite, text: str) -> None:
        house.cloud.text = house.local.text = text
        await satellite.speak(end_stage=PipelineStage.INTENT)
        assert satellite.error_code is None
        await settle(hass)

    return say


@pytest.fixture
def ask(say: Say, model: Model) -> Ask:
    """Say something at a satellite that makes the model use a tool; return its answer."""

    async def ask(spoken_to: Satellite, tool: str, **arguments: Any) -> dict[str, Any]:
        async def think(use: Use) -> None:
            await use(tool, **arguments)

        model.think = think
        await say(spoken_to, PROMPT)
        return model.results[-1]

    return ask


async def _stored(
    entry: MockConfigEntry, satellite: Satellite | None = None
) -> list[StoredRecording]:
    """Return the recordings of a satellite, or of all."""
    keys = satellite and (satellite_key(satellite.hass, satellite),)
    found: list[StoredRecording] = await entry.runtime_data.storage.async_find(
        RecordingFilter(satellite_keys=keys)
    )
    return found


# Asking


async def test_it_tells_what_is_kept_of_the_one_who_asks(
    house: House, protected: MockConfigEntry, say: Say, ask: Ask
) -> None:
    """Of no other satellite, behind a guard or not, and without a word that was said."""
    await protected.runtime_data.settings.async_update_satellite(
        satellite_key(house.hass, house.kitchen), keep_recordings=Keep.WEEK
    )
    for _ in range(3):
        await say(house.bedroom, SECRET)
    await say(house.kitchen, SECRET)
    (kept,) = await _stored(protected, house.kitchen)
    answer = await ask(house.kitchen, "what_is_kept")
    moment = dt_util.as_local(kept.created).isoformat(timespec="minutes")
    assert answer == {
        "recordings": 1,
        "oldest": moment,
        "newest": moment,
        "new_recordings_are_kept": "1_week",
        "new_transcripts_are_kept": "1_week",
        "voice_stays_at_home": False,
        "transcripts_stay_at_home": False,
        "guest_mode": False,
    }
    assert (await ask(house.bedroom, "what_is_kept"))["recordings"] == 3


async def test_it_tells_what_is_in_force_while_guests_are_there(
    house: House, retained: MockConfigEntry, ask: Ask
) -> None:
    """Whatever the selects say."""
    await retained.runtime_data.settings.async_update(guest_mode=True)
    assert await ask(house.kitchen, "what_is_kept") == {
        "recordings": 0,
        "oldest": None,
        "newest": None,
        "new_recordings_are_kept": "never",
        "new_transcripts_are_kept": "never",
        "voice_stays_at_home": True,
        "transcripts_stay_at_home": True,
        "guest_mode": True,
    }


async def test_it_tells_who_heard_the_sentence_before(
    house: House, retained: MockConfigEntry, say: Say, ask: Ask
) -> None:
    """Engine by engine, and of no other satellite."""
    answer = await ask(house.kitchen, "who_heard_me")
    assert answer["last_sentence"] is None
    assert answer["heard_by"] == []
    await retained.runtime_data.settings.async_update_satellite(
        satellite_key(house.hass, house.bedroom), dont_send_audio=True
    )
    await say(house.bedroom, SECRET)
    await say(house.kitchen, SECRET)
    text = [{"got": "transcript", "engine": "model", "works": "local"}]
    answer = await ask(house.kitchen, "who_heard_me")
    assert answer["heard_by"] == [
        {"got": "audio", "engine": "cloud_speech", "works": "cloud"},
        *text,
    ]
    assert answer["engines_outside_the_home_today"] == ["cloud_speech"]
    answer = await ask(house.bedroom, "who_heard_me")
    assert answer["heard_by"] == [
        {"got": "audio", "engine": "local_speech", "works": "local"},
        *text,
    ]
    assert answer["engines_outside_the_home_today"] == []


async def test_no_answer_holds_a_word_that_was_said(
    house: House, retained: MockConfigEntry, say: Say, ask: Ask, model: Model
) -> None:
    """A model in a cloud gets these answers."""
    await say(house.kitchen, SECRET)
    await ask(house.kitchen, "what_is_kept")
    await ask(house.kitchen, "who_heard_me")
    plan = await ask(house.kitchen, "delete_recordings", period="everything")
    await _confirm(ask, house.kitchen, plan)
    assert len(model.results) == 4
    written = json.dumps(model.results)
    assert not any(word in written for word in (*SECRET.split()[1:2], "cellar", "tell"))


# Deleting


async def _confirm(
    ask: Ask,
    satellite: Satellite,
    plan: dict[str, Any],
    *,
    period: str = "everything",
) -> dict[str, Any]:
    """Agree in a sentence of its own."""
    return await ask(
        satellite,
        "delete_recordings",
        period=period,
        confirmation=plan["confirmation"],
    )


async def test_nothing_is_deleted_until_the_person_has_spoken_again(
    house: House, protected: MockConfigEntry, say: Say, ask: Ask, model: Model
) -> None:
    """A model that confirms for the person deletes nothing; other satellites keep theirs."""
    await say(house.bedroom, SECRET)
    await say(house.kitchen, SECRET)
    before = await _stored(protected, house.kitchen)

    async def hurry(use: Use) -> None:
        """Do not wait for an answer."""
        plan = await use("delete_recordings", period="everything")
        code = plan["confirmation"]
        await use("delete_recordings", period="everything", confirmation=code)

    model.think = hurry
    await say(house.kitchen, PROMPT)
    plan, hurried = model.results
    assert plan["result"] == "nothing_deleted_yet"
    assert plan["would_delete"]["recordings"] == len(before)
    assert hurried == {"refused": "not_answered_yet"}
    kept = [item.recording_id for item in await _stored(protected, house.kitchen)]
    assert {item.recording_id for item in before} <= {*kept}

    answer = await _confirm(ask, house.kitchen, plan)
    assert answer["result"] == "deleted"
    left = await _stored(protected, house.kitchen)
    assert not {item.recording_id for item in left} & {*kept}
    assert len(await _stored(protected, house.bedroom)) == len(before)


async def test_it_says_where_nothing_can_be_deleted(
    house: House, retained: MockConfigEntry, say: Say, ask: Ask
) -> None:
    """Before and after, so that nobody agrees to less than they think."""
    await say(house.kitchen, SECRET)
    plan = await ask(house.kitchen, "delete_recordings", period="today")
    assert plan["cannot_be_deleted_at"] == ["cloud_speech"]
    answer = await _confirm(ask, house.kitchen, plan, period="today")
    assert answer == {"result": "deleted", "cannot_be_deleted_at": ["cloud_speech"]}


async def test_what_is_said_after_the_plan_is_not_deleted(
    house: House,
    retained: MockConfigEntry,
    say: Say,
    ask: Ask,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Nobody agreed to that."""
    await say(house.kitchen, SECRET)
    (before,) = await _stored(retained, house.kitchen)
    freezer.tick(5)
    plan = await ask(house.kitchen, "delete_recordings", period="everything")
    freezer.tick(5)
    await say(house.kitchen, "keep this")
    (later,) = (
        item
        for item in await _stored(retained, house.kitchen)
        if item.created >= dt_util.utcnow()
    )
    freezer.tick(5)
    assert (await _confirm(ask, house.kitchen, plan))["result"] == "deleted"
    left = {item.recording_id for item in await _stored(retained, house.kitchen)}
    assert before.recording_id not in left
    assert later.recording_id in left


async def test_a_plan_is_good_once_for_a_short_time_and_for_itself(
    house: House,
    retained: MockConfigEntry,
    say: Say,
    ask: Ask,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Whatever a model keeps in mind, or makes up."""
    refused = {"refused": "no_such_plan"}
    await say(house.kitchen, SECRET)
    for period in ("today", "this_week", "everything"):
        plan = await ask(house.kitchen, "delete_recordings", period="last_sentence")
        assert await _confirm(ask, house.kitchen, plan, period=period) == refused
    plan = await ask(house.kitchen, "delete_recordings", period="everything")
    assert await _confirm(ask, house.kitchen, plan | {"confirmation": "é"}) == refused
    old = plan
    plan = await ask(house.kitchen, "delete_recordings", period="everything")
    assert await _confirm(ask, house.kitchen, old) == refused
    freezer.tick(LIFETIME + timedelta(seconds=1))
    assert await _confirm(ask, house.kitchen, plan) == refused
    assert await _stored(retained, house.kitchen)
    plan = await ask(house.kitchen, "delete_recordings", period="everything")
    assert (await _confirm(ask, house.kitchen, plan))["result"] == "deleted"
    assert await _confirm(ask, house.kitchen, plan) == refused


async def test_a_plan_of_one_satellite_is_none_at_another(
    house: House, protected: MockConfigEntry, say: Say, ask: Ask
) -> None:
    """Whoever overhears a code, or a model that has it from elsewhere."""
    await say(house.kitchen, SECRET)
    await say(house.bedroom, SECRET)
    plan = await ask(house.kitchen, "delete_recordings", period="everything")
    stored = len(await _stored(protected))
    assert await _confirm(ask, house.bedroom, plan) == {"refused": "no_such_plan"}
    assert len(await _stored(protected)) in (stored, stored + 1)
    assert (await _confirm(ask, house.kitchen, plan))["result"] == "deleted"
    assert await _stored(protected, house.bedroom) or not stored


async def test_a_plan_is_none_in_another_conversation(
    house: House, retained: MockConfigEntry, say: Say, ask: Ask
) -> None:
    """It was not the question that is answered there."""
    await say(house.kitchen, SECRET)
    plan = await ask(house.kitchen, "delete_recordings", period="everything")
    house.kitchen._conversation_id = None
    assert await _confirm(ask, house.kitchen, plan) == {"refused": "no_such_plan"}


@pytest.mark.parametrize("is_there", [True, False])
async def test_the_last_sentence_is_the_one_before(
    house: House, retained: MockConfigEntry, say: Say, ask: Ask, is_there: bool
) -> None:
    """Not the one that asks for it; and what was never said is not asked about."""
    if is_there:
        await say(house.kitchen, "first of all")
        (first,) = await _stored(retained, house.kitchen)
        with patch.object(deleting, "BEGINNING", timedelta(0)):
            await say(house.kitchen, SECRET)
            plan = await ask(house.kitchen, "delete_recordings", period="last_sentence")
            assert plan["would_delete"]["recordings"] == 1
            await _confirm(ask, house.kitchen, plan, period="last_sentence")
        # And the sentence that agreed.
        left = {item.recording_id for item in await _stored(retained, house.kitchen)}
        assert len(left) == 2
        assert first.recording_id in left
        return
    plan = await ask(house.kitchen, "delete_recordings", period="last_sentence")
    assert plan == {"refused": "nothing_to_delete"}


async def test_a_model_never_deletes_for_the_whole_household(
    house: House, model: Model, options: dict[str, object], say: Say, ask: Ask
) -> None:
    """Not even where one satellite may, by voice."""
    entry = await set_up_entry(house, options | {CONF_COMMANDS_HOUSEHOLD_WIDE: True})
    await say(house.bedroom, SECRET)
    plan = await ask(house.kitchen, "delete_recordings", period="everything")
    await _confirm(ask, house.kitchen, plan)
    assert len(await _stored(entry, house.bedroom)) == 1


async def test_a_deletion_that_fails_is_not_called_done(
    house: House, retained: MockConfigEntry, say: Say, ask: Ask
) -> None:
    """The person must not hear what is not so."""
    await say(house.kitchen, SECRET)
    plan = await ask(house.kitchen, "delete_recordings", period="everything")
    with patch(
        "custom_components.voice_retention.places.chat_logs.ChatLogsPlace.async_find",
        side_effect=RuntimeError,
    ):
        answer = await _confirm(ask, house.kitchen, plan)
    assert answer["result"] == "not_all_deleted"


async def test_the_receipt_says_where_it_was_asked_for(
    house: House, retained: MockConfigEntry, say: Say, ask: Ask
) -> None:
    """As it does after a voice command."""
    await say(house.kitchen, SECRET)
    plan = await ask(house.kitchen, "delete_recordings", period="everything")
    await _confirm(ask, house.kitchen, plan)
    async with retained.runtime_data.storage.async_use() as vault:
        receipts = await vault.receipts.page(10)
    (receipt,) = (item for item in receipts if item.kind == "voice")
    key = satellite_key(house.hass, house.kitchen)
    assert receipt.body["asked_through"] == key
    assert receipt.body["scope"]["satellites"] == [key]


# Who may


class Typist:
    """Somebody who types to the model in an app."""

    def __init__(self, client: Any, model: Model, hass: HomeAssistant) -> None:
        """Take a connection."""
        self._client, self._model, self._hass = client, model, hass

    async def ask(
        self, command: dict[str, Any], tool: str, **arguments: Any
    ) -> dict[str, Any]:
        """Type something that makes the model use a tool; return its answer."""

        async def think(use: Use) -> None:
            await use(tool, **arguments)

        self._model.think = think
        before = len(self._model.results)
        await self._client.send_json_auto_id(command)
        while len(self._model.results) == before:
            await self._client.receive_json()
        await settle(self._hass)
        return self._model.results[-1]


@pytest.fixture
async def typist(
    hass: HomeAssistant, model: Model, hass_ws_client: WebSocketGenerator
) -> Typist:
    """Return somebody who types."""
    return Typist(await hass_ws_client(), model, hass)


def _run(**fields: Any) -> dict[str, Any]:
    """Return the command by which an app asks in a run of its own."""
    return {
        "type": "assist_pipeline/run",
        "start_stage": "intent",
        "end_stage": "intent",
        "input": {"text": PROMPT},
        **fields,
    }


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("what_is_kept", {}),
        ("who_heard_me", {}),
        ("delete_recordings", {"period": "everything"}),
    ],
)
async def test_an_account_that_is_no_administrator_gets_nothing_from_an_app(
    hass: HomeAssistant,
    house: House,
    protected: MockConfigEntry,
    say: Say,
    typist: Typist,
    hass_admin_user: MockUser,
    tool: str,
    arguments: dict[str, Any],
) -> None:
    """Whatever satellite and conversation it names."""
    await say(house.kitchen, SECRET)
    hass_admin_user.groups = []
    for fields in (
        {},
        {"device_id": device_of(hass, house.kitchen)},
        {
            "device_id": device_of(hass, house.kitchen),
            "conversation_id": house.kitchen._conversation_id,
        },
    ):
        answer = await typist.ask(_run(**fields), tool, **arguments)
        assert answer == {"refused": "administrators_only"}


async def test_an_administrator_with_an_app_is_told_about_apps(
    hass: HomeAssistant,
    house: House,
    retained: MockConfigEntry,
    say: Say,
    typist: Typist,
) -> None:
    """Not about the satellite that the app names: anybody could."""
    await say(house.kitchen, SECRET)
    await retained.runtime_data.settings.async_update_satellite(
        OTHER, keep_recordings=Keep.HOUR
    )
    command = _run(device_id=device_of(hass, house.kitchen))
    answer = await typist.ask(command, "what_is_kept")
    assert answer["recordings"] == 0
    assert answer["new_recordings_are_kept"] == "1_hour"
    command = _run(
        device_id=device_of(hass, house.kitchen),
        conversation_id=house.kitchen._conversation_id,
    )
    plan = await typist.ask(command, "delete_recordings", period="everything")
    assert plan["would_delete"]["recordings"] == 0
    answer = await typist.ask(
        command,
        "delete_recordings",
        period="everything",
        confirmation=plan["confirmation"],
    )
    assert answer["result"] == "deleted"
    assert len(await _stored(retained, house.kitchen)) == 1


async def test_a_client_that_takes_part_in_a_conversation_is_not_its_satellite(
    hass: HomeAssistant,
    house: House,
    protected: MockConfigEntry,
    say: Say,
    ask: Ask,
    typist: Typist,
) -> None:
    """Home Assistant keeps the tools of a conversation for whoever speaks next in it."""
    await say(house.kitchen, SECRET)
    plan = await ask(house.kitchen, "delete_recordings", period="everything")
    command = {
        "type": "conversation/process",
        "text": PROMPT,
        "agent_id": async_get_pipeline(hass).conversation_engine,
        "conversation_id": house.kitchen._conversation_id,
        "device_id": device_of(hass, house.kitchen),
        "satellite_id": house.kitchen.entity_id,
    }
    for tool, arguments in (
        ("what_is_kept", {}),
        (
            "delete_recordings",
            {"period": "everything", "confirmation": plan["confirmation"]},
        ),
    ):
        # Where the tools are looked for anew there are none, and that is an error.
        answer = await typist.ask(command, tool, **arguments)
        assert answer.get("refused") == "not_spoken_to_a_satellite" or "error" in answer
    assert len(await _stored(protected, house.kitchen)) == 2


async def test_a_satellite_that_is_not_known_gets_no_tools(
    house: House, retained: MockConfigEntry, say: Say, model: Model
) -> None:
    """It could be any."""
    retained.runtime_data.satellites.current = {}
    await say(house.kitchen, SECRET)
    assert _ours(model) == set()


async def test_nobody_gets_tools_who_is_not_spoken_to(
    hass: HomeAssistant, house: House, retained: MockConfigEntry, say: Say
) -> None:
    """Such as a server that offers tools to programs, with whatever device it names."""
    await say(house.kitchen, SECRET)
    context = llm.LLMContext(
        platform="mcp_server",
        context=Context(),
        language="en",
        assistant="conversation",
        device_id=device_of(hass, house.kitchen),
    )
    with chat_session.async_get_chat_session(hass, house.kitchen._conversation_id):
        api = await llm.async_get_api(hass, API, context)
    assert not [tool for tool in api.tools if tool.name.startswith(DOMAIN)]


async def test_a_tool_that_is_held_on_to_tells_nothing_when_nobody_speaks(
    hass: HomeAssistant, retained: MockConfigEntry
) -> None:
    """Whoever kept it from a conversation has no run that it could be about."""
    answer = await WhatIsKept().async_call(
        hass,
        llm.ToolInput(tool_name=WhatIsKept.name, tool_args={}),
        llm.LLMContext("test", Context(), "en", "conversation", None),
    )
    assert getattr(answer, "data", answer) == {"refused": "not_spoken_to_a_satellite"}


async def test_an_error_in_finding_the_caller_gives_nothing_away(
    house: House, retained: MockConfigEntry, say: Say, model: Model
) -> None:
    """And the sentence is answered all the same."""
    with patch(
        "custom_components.voice_retention.assist.calling.find_caller_on_stack",
        side_effect=AttributeError("a new release"),
    ):
        await say(house.kitchen, SECRET)
    assert _ours(model) == set()


# Around it


def _ours(model: Model) -> set[str]:
    """Return which of our tools the model was offered."""
    return {
        tool.name.removeprefix(f"{DOMAIN}__")
        for tool in model.tools
        if tool.name.startswith(DOMAIN)
    }


async def test_tools_say_honestly_what_they_do(
    house: House, retained: MockConfigEntry, say: Say, model: Model
) -> None:
    """Agents and people decide by that which they may use."""
    await say(house.kitchen, SECRET)
    assert _ours(model) == {"what_is_kept", "who_heard_me", "delete_recordings"}
    for tool in model.tools:
        if not tool.name.startswith(DOMAIN):
            continue
        assert tool.description
        is_reading = not tool.name.endswith("delete_recordings")
        names = set() if is_reading else {"period", "confirmation"}
        assert parameter_names(tool) == names
        if not hasattr(llm, "ToolAnnotations"):
            continue
        assert tool.integration == DOMAIN
        assert tool.title
        assert tool.annotations == llm.ToolAnnotations(
            read_only=is_reading,
            destructive=not is_reading,
            idempotent=is_reading,
            open_world=False,
        )


async def test_arguments_that_make_no_sense_are_refused(
    house: House, retained: MockConfigEntry, ask: Ask
) -> None:
    """Models make them up."""
    answer = await ask(house.kitchen, "delete_recordings", period="since Easter")
    assert "error" in answer
    answer = await ask(house.kitchen, "what_is_kept", satellite="bedroom")
    assert "error" in answer


@pytest.mark.parametrize(
    ("taken_out", "tools", "periods"),
    [
        ({VoiceCommand.WHAT_KEPT}, {"who_heard_me", "delete_recordings"}, 4),
        ({VoiceCommand.WHO_HEARD}, {"what_is_kept", "delete_recordings"}, 4),
        (
            {VoiceCommand.DELETE_HERE, VoiceCommand.DELETE_WEEK},
            {"what_is_kept", "who_heard_me", "delete_recordings"},
            2,
        ),
        ({*VoiceCommand}, set(), 0),
    ],
)
async def test_what_may_not_be_said_may_not_be_done_by_a_model(
    house: House,
    model: Model,
    options: dict[str, object],
    say: Say,
    taken_out: set[VoiceCommand],
    tools: set[str],
    periods: int,
) -> None:
    """One choice governs both."""
    wanted = [item for item in VoiceCommand if item not in taken_out]
    await set_up_entry(house, options | {CONF_COMMANDS: wanted})
    await say(house.kitchen, SECRET)
    assert _ours(model) == tools
    for tool in model.tools:
        if tool.name.endswith("delete_recordings"):
            schema = tool.parameters.schema
            assert len(schema[next(iter(schema))].container) == periods


async def test_what_is_taken_out_in_the_middle_of_a_conversation_is_not_done_any_more(
    hass: HomeAssistant, house: House, retained: MockConfigEntry, say: Say, model: Model
) -> None:
    """Home Assistant goes on offering the tools until the conversation is over."""

    async def think(use: Use) -> None:
        """Use a tool before and after the change."""
        await use("what_is_kept")
        options = {**retained.options, CONF_COMMANDS: []}
        hass.config_entries.async_update_entry(retained, options=options)
        await use("what_is_kept")

    model.think = think
    await say(house.kitchen, PROMPT)
    before, after = model.results
    assert before["recordings"] == 0
    assert after == {"refused": "turned_off"}


async def test_a_trace_can_be_written_with_our_tools_in_it(
    house: House, retained: MockConfigEntry, say: Say
) -> None:
    """Home Assistant copies them for that, with everything that hangs on them."""
    await say(house.kitchen, SECRET)
    (*_, last) = async_get_traces()
    written = json.dumps(last.as_dict(), default=repr)
    assert f"{DOMAIN}__what_is_kept" in written


async def test_nothing_is_offered_without_us(
    hass: HomeAssistant, house: House, retained: MockConfigEntry, say: Say, model: Model
) -> None:
    """An entry that was unloaded leaves no tool behind, and no name in the agents' settings."""
    assert ({DOMAIN} <= {api.id for api in llm.async_get_apis(hass)}) is not ARE_FOUND
    await hass.config_entries.async_unload(retained.entry_id)
    assert DOMAIN not in {api.id for api in llm.async_get_apis(hass)}
    if ARE_FOUND:
        pipeline = async_get_pipeline(hass)
        await async_update_pipeline(hass, pipeline, conversation_engine=MODEL)
        await house.use_engine(CLOUD)
        await say(house.kitchen, SECRET)
        assert _ours(model) == set()


@pytest.mark.skipif(not ARE_FOUND, reason="it is so here without being played")
async def test_where_agents_do_not_find_tools_they_choose_them_by_name(
    hass: HomeAssistant, retained: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in the oldest releases, which also know no form of an answer but its data."""
    monkeypatch.setattr(offering, "ARE_FOUND", False)
    monkeypatch.setattr(base, "HAS_RESULTS", False)
    context = llm.LLMContext("test", Context(), "en", "conversation", None)
    withdraw = async_offer_tools(hass)
    api = await llm.async_get_api(hass, DOMAIN, context)
    assert api.tools == []
    with patch(
        "custom_components.voice_retention.agent_tools.offering.find_asker",
        return_value=Caller(origin=UNKNOWN_ORIGIN, user_id=None),
    ):
        api = await llm.async_get_api(hass, DOMAIN, context)
    assert len(api.tools) == 3
    asked = llm.ToolInput(tool_name=WhatIsKept.name, tool_args={})
    answer = await api.tools[0].async_call(hass, asked, context)
    assert answer == {"refused": "not_spoken_to_a_satellite"}
    assert base.annotations(read_only=True) is None
    withdraw()
    assert DOMAIN not in {api.id for api in llm.async_get_apis(hass)}


@pytest.mark.skipif(not ARE_FOUND, reason="agents choose the tools by name here")
async def test_only_the_api_of_assist_has_the_tools(
    hass: HomeAssistant, house: House, retained: MockConfigEntry
) -> None:
    """The one for administration is not spoken to at a satellite."""
    from custom_components.voice_retention.llm import async_get_tools  # noqa: PLC0415

    context = llm.LLMContext("test", None, "en", "conversation", None)
    with patch(
        "custom_components.voice_retention.agent_tools.offering.find_asker",
        return_value=Caller(origin=UNKNOWN_ORIGIN, user_id=None),
    ):
        assert async_get_tools(hass, context, "homeassistant") is None
        assert async_get_tools(hass, context, llm.LLM_API_ASSIST) is not None
