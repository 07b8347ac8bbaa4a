"""What people say about their voice is done, at the satellite where they say it, and answered truly."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from hassil.parse_expression import parse_sentence
from hassil.sample import sample_sentence
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.voice_retention.commands import deleting
from custom_components.voice_retention.commands.phrasebook import (
    ReplyKey,
    VoiceCommand,
    known_languages,
    load_phrasebooks,
)
from custom_components.voice_retention.const import (
    CONF_COMMANDS,
    CONF_COMMANDS_HOUSEHOLD_WIDE,
    CONF_COMMANDS_MAY_LOWER,
)
from custom_components.voice_retention.policy.choices import Keep, Settings
from custom_components.voice_retention.purge.purger import Purger
from custom_components.voice_retention.vault.models import (
    RecordingFilter,
    StoredRecording,
)
from homeassistant.components import conversation
from homeassistant.components.assist_pipeline import PipelineEventType, PipelineStage
from homeassistant.components.conversation.chat_log import DATA_CHAT_LOGS
from homeassistant.core import Context, HomeAssistant
from tests.house import House, Satellite
from tests.lookup import OTHER, satellite_key, settle
from tests.speaking import add_pipeline, set_up_entry

ENGLISH = load_phrasebooks(["en"])["en"].replies
JOKE = "tell me a joke"

QUICK = ("de", "en")
"""Languages that are typed on every run; the others take the long one."""

type Say = Callable[[Satellite, str], Awaitable[str]]


@pytest.fixture
def say(hass: HomeAssistant, house: House) -> Say:
    """Say something at a satellite; return what is answered."""

    async def say(satellite: Satellite, text: str) -> str:
        house.cloud.text = house.local.text = text
        satellite.events.clear()
        await satellite.speak(end_stage=PipelineStage.INTENT)
        await settle(hass)
        return _reply(satellite)

    return say


def _reply(satellite: Satellite) -> str:
    """Return what the last run answered."""
    (end,) = (
        event
        for event in satellite.events
        if event.type is PipelineEventType.INTENT_END
    )
    assert end.data is not None
    speech: str = end.data["intent_output"]["response"]["speech"]["plain"]["speech"]
    return speech


async def _stored(
    entry: MockConfigEntry, satellite: Satellite | None = None
) -> list[StoredRecording]:
    """Return the recordings of a satellite, or of all."""
    keys = None
    if satellite is not None:
        keys = (satellite_key(satellite.hass, satellite),)
    found: list[StoredRecording] = await entry.runtime_data.storage.async_find(
        RecordingFilter(satellite_keys=keys)
    )
    return found


async def _type(
    hass: HomeAssistant, text: str, user: MockUser | None = None, language: str = "en"
) -> str:
    """Type something into an app; return what is answered."""
    result = await conversation.async_converse(
        hass,
        text,
        None,
        Context(user_id=None if user is None else user.id),
        language=language,
    )
    speech: str = result.response.speech["plain"]["speech"]
    return speech


# Deleting


async def test_what_was_just_said_is_deleted(
    house: House, entry: MockConfigEntry, say: Say
) -> None:
    """And the sentence that asked for it; what was said before and elsewhere stays."""
    await say(house.kitchen, "first of all")
    await say(house.bedroom, JOKE)
    with patch.object(deleting, "BEGINNING", timedelta(0)):
        await say(house.kitchen, JOKE)
        (first, _) = sorted(
            await _stored(entry, house.kitchen), key=lambda item: item.created
        )
        answer = await say(house.kitchen, "delete what I just said")
    assert answer == (
        "Deleted. It had also gone to cloud_speech. I can't delete it there."
    )
    assert [item.recording_id for item in await _stored(entry, house.kitchen)] == [
        first.recording_id
    ]
    assert len(await _stored(entry, house.bedroom)) == 1


@pytest.mark.parametrize(
    "words", ["delete what I just said", "delete everything I said today"]
)
async def test_what_was_deleted_is_not_told_again_when_the_talk_goes_on(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, say: Say, words: str
) -> None:
    """An agent gets the whole conversation with each sentence, and this run's is still in use."""
    await say(house.kitchen, JOKE)
    await say(house.bedroom, JOKE)
    logs = hass.data[DATA_CHAT_LOGS]
    conversation_id = house.kitchen._conversation_id
    assert JOKE in str(logs[conversation_id].content)
    assert (await say(house.kitchen, words)).startswith("Deleted.")
    # The same conversation, which nobody has tried to forget a second time yet.
    assert house.kitchen._conversation_id == conversation_id
    said = [
        getattr(message, "content", None) for message in logs[conversation_id].content
    ]
    assert said[:2] == ["", words]
    assert JOKE not in str(said)
    assert JOKE in str(logs[house.bedroom._conversation_id].content)


async def test_a_false_alarm_is_forgotten(
    house: House, entry: MockConfigEntry, say: Say
) -> None:
    """The wake word was only mentioned on television."""
    await say(house.kitchen, JOKE)
    assert (await say(house.kitchen, "that wasn't for you")).startswith("Deleted.")
    assert await _stored(entry) == []


async def test_nothing_said_is_nothing_deleted(
    house: House, entry: MockConfigEntry, say: Say
) -> None:
    """And the answer does not claim otherwise."""
    answer = await say(house.kitchen, "delete what I just said")
    assert answer == ENGLISH[ReplyKey.NOTHING_TO_DELETE]


@pytest.mark.parametrize(
    ("words", "stays"),
    [
        ("delete everything I said today", {"week", "month"}),
        ("delete everything I said this week", {"month"}),
        ("delete everything I have ever said here", set()),
    ],
)
async def test_a_day_a_week_or_everything_is_deleted(
    house: House,
    entry: MockConfigEntry,
    say: Say,
    freezer: FrozenDateTimeFactory,
    words: str,
    stays: set[str],
) -> None:
    """Of the satellite that is spoken to only."""
    await entry.runtime_data.settings.async_update(keep_recordings=Keep.UNTIL_DELETED)
    await say(house.bedroom, JOKE)
    # A Thursday, so that Monday is neither today nor a week ago.
    now = datetime(2031, 5, 15, 20, tzinfo=UTC)
    names: dict[str, str] = {}
    for name, age in (("month", 30), ("week", 2), ("day", 0)):
        freezer.move_to(now - timedelta(days=age, hours=1))
        await say(house.kitchen, JOKE)
        (stored,) = {
            item.recording_id for item in await _stored(entry, house.kitchen)
        } - {*names}
        names[stored] = name
    freezer.move_to(now)
    assert (await say(house.kitchen, words)).startswith("Deleted.")
    assert {
        names[item.recording_id] for item in await _stored(entry, house.kitchen)
    } == stays
    assert len(await _stored(entry, house.bedroom)) == 1


async def test_a_household_may_let_one_satellite_delete_for_all(
    house: House, options: dict[str, object], say: Say
) -> None:
    """If an option says so."""
    entry = await set_up_entry(house, options | {CONF_COMMANDS_HOUSEHOLD_WIDE: True})
    await say(house.bedroom, JOKE)
    await say(house.kitchen, "delete everything I said today")
    assert await _stored(entry) == []


async def test_no_cloud_is_named_when_all_stayed_at_home(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, say: Say
) -> None:
    """The answer is short and true."""
    await say(house.kitchen, "stop sending my voice")
    with patch.object(deleting, "BEGINNING", timedelta(0)):
        await say(house.kitchen, JOKE)
        answer = await say(house.kitchen, "delete what I just said")
    assert answer == ENGLISH[ReplyKey.DELETED]


async def test_a_deletion_that_fails_or_takes_long_is_not_called_done(
    house: House, entry: MockConfigEntry, say: Say
) -> None:
    """Nobody must go away believing what is not so."""
    await say(house.kitchen, JOKE)
    with patch(
        "custom_components.voice_retention.places.chat_logs.ChatLogsPlace.async_find",
        side_effect=RuntimeError,
    ):
        answer = await say(house.kitchen, "delete everything I said today")
    assert answer == ENGLISH[ReplyKey.NOT_ALL_DELETED]
    with patch.object(deleting, "PATIENCE", 0):
        answer = await say(house.kitchen, "delete everything I said today")
    assert answer == ENGLISH[ReplyKey.STILL_DELETING]


async def test_the_receipt_says_that_it_was_asked_for_by_voice(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, say: Say
) -> None:
    """And at which satellite."""
    await say(house.kitchen, JOKE)
    await say(house.kitchen, "delete everything I said today")
    async with entry.runtime_data.storage.async_use() as vault:
        receipts = await vault.receipts.page(10)
    (receipt,) = (item for item in receipts if item.kind == "voice")
    assert receipt.body["scope"]["satellites"] == [satellite_key(hass, house.kitchen)]


# Switching


async def test_sending_is_stopped_but_not_started_by_voice(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, say: Say
) -> None:
    """Somebody at an open window could start it."""
    key = satellite_key(hass, house.kitchen)
    settings = entry.runtime_data.settings
    assert (
        await say(house.kitchen, "stop sending my voice")
        == (ENGLISH[ReplyKey.SENDING_STOPPED])
    )
    assert settings.for_satellite(key).dont_send_audio
    assert not settings.for_satellite(
        satellite_key(hass, house.bedroom)
    ).dont_send_audio
    answer = await say(house.kitchen, "start sending my voice again")
    assert answer == ENGLISH[ReplyKey.SWITCHED_BY_HAND_ONLY]
    assert settings.for_satellite(key).dont_send_audio


async def test_protections_are_lowered_by_voice_if_the_household_wants_it(
    hass: HomeAssistant, house: House, options: dict[str, object], say: Say
) -> None:
    """And the answer is about what is in force then, not about the switch."""
    entry = await set_up_entry(house, options | {CONF_COMMANDS_MAY_LOWER: True})
    settings = entry.runtime_data.settings
    await say(house.kitchen, "stop sending my voice")
    answer = await say(house.kitchen, "start sending my voice again")
    assert answer == ENGLISH[ReplyKey.SENDING_STARTED]
    assert await say(house.kitchen, "turn on guest mode") == ENGLISH[ReplyKey.GUEST_ON]
    answer = await say(house.kitchen, "start sending my voice again")
    assert answer == ENGLISH[ReplyKey.SENDING_STOPPED]
    answer = await say(house.kitchen, "turn off guest mode")
    assert answer == ENGLISH[ReplyKey.GUEST_OFF]
    assert not settings.current.guest_mode


async def test_guest_mode_is_turned_on_and_told_but_not_turned_off(
    house: House, entry: MockConfigEntry, say: Say
) -> None:
    """Guests may ask too."""
    assert await say(house.kitchen, "is guest mode on") == ENGLISH[ReplyKey.GUEST_OFF]
    assert await say(house.kitchen, "turn on guest mode") == ENGLISH[ReplyKey.GUEST_ON]
    assert await say(house.bedroom, "is guest mode on") == ENGLISH[ReplyKey.GUEST_ON]
    answer = await say(house.bedroom, "switch guest mode off")
    assert answer == ENGLISH[ReplyKey.SWITCHED_BY_HAND_ONLY]
    assert entry.runtime_data.settings.current.guest_mode


async def test_settings_that_are_lost_are_not_changed_by_voice(
    house: House, options: dict[str, object], say: Say
) -> None:
    """Everybody is protected until somebody looks at them."""
    entry = await set_up_entry(house, options | {CONF_COMMANDS_MAY_LOWER: True})
    settings = entry.runtime_data.settings
    settings.current = Settings(lost=True)
    for words, answer in (
        ("stop sending my voice", ReplyKey.SENDING_STOPPED),
        ("start sending my voice again", ReplyKey.SWITCHED_BY_HAND_ONLY),
        ("turn on guest mode", ReplyKey.SWITCHED_BY_HAND_ONLY),
        ("is guest mode on", ReplyKey.FAILED),
    ):
        assert await say(house.kitchen, words) == ENGLISH[answer]
    assert settings.current == Settings(lost=True)


# Asking


async def test_it_says_what_is_kept_and_how_long(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, say: Say
) -> None:
    """Of this satellite only."""
    answer = await say(house.kitchen, "what do you keep of me")
    assert answer == "Nothing is kept from here. New recordings are kept: for a day."
    await say(house.bedroom, JOKE)
    await entry.runtime_data.settings.async_update_satellite(
        satellite_key(hass, house.kitchen), keep_recordings=Keep.WEEK
    )
    answer = await say(house.kitchen, "what do you keep of me")
    assert answer == "Recordings kept from here: 1. New ones are kept: for a week."
    await say(house.kitchen, "turn on guest mode")
    answer = await say(house.kitchen, "what do you keep of me")
    assert answer.endswith("New ones are kept: not at all.")


async def test_it_repeats_what_it_heard_where_it_was_said(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    say: Say,
    hass_admin_user: MockUser,
) -> None:
    """Not elsewhere, and not into an app: what another person said into theirs is kept with it."""
    await say(house.kitchen, JOKE)
    answer = await say(house.bedroom, "what did you hear")
    assert answer == ENGLISH[ReplyKey.HEARD_NOTHING]
    assert await say(house.kitchen, "what did you hear") == f"I heard: {JOKE}"
    answer = await _type(hass, "what did you hear", hass_admin_user)
    assert answer == ENGLISH[ReplyKey.HEARD_NOT_ALOUD]


async def test_what_is_not_kept_cannot_be_repeated(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, say: Say
) -> None:
    """It says so."""
    await entry.runtime_data.settings.async_update(keep_recordings=Keep.NEVER)
    await say(house.kitchen, JOKE)
    answer = await say(house.kitchen, "what did you hear")
    assert answer == ENGLISH[ReplyKey.HEARD_NOTHING]


async def test_it_says_who_heard_it(
    house: House, entry: MockConfigEntry, say: Say
) -> None:
    """And where that works."""
    assert await say(house.kitchen, "who heard me") == ENGLISH[ReplyKey.WHO_NOBODY]
    answer = await say(house.kitchen, "who heard me")
    assert answer == "cloud_speech heard it, in a cloud."
    await say(house.kitchen, "stop sending my voice")
    await say(house.kitchen, JOKE)
    answer = await say(house.kitchen, "who heard that")
    assert answer == "local_speech heard it, in your home."


# Who may


async def test_typed_commands_are_about_the_other_voice_clients(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    say: Say,
    hass_admin_user: MockUser,
) -> None:
    """Whatever device an app names, a satellite's recordings are none of its business."""
    await say(house.kitchen, JOKE)
    await _type(hass, "delete everything I said today", hass_admin_user)
    assert len(await _stored(entry)) == 1
    await _type(hass, "stop sending my voice", hass_admin_user)
    assert entry.runtime_data.settings.for_satellite(OTHER).dont_send_audio


async def test_without_being_an_administrator_nothing_is_changed_from_an_app(
    hass: HomeAssistant,
    house: House,
    options: dict[str, object],
    hass_read_only_user: MockUser,
) -> None:
    """What an account may not do with an action it may not do with words either."""
    entry = await set_up_entry(house, options | {CONF_COMMANDS_MAY_LOWER: True})
    before = entry.runtime_data.settings.current
    for words in (
        "delete everything I said today",
        "stop sending my voice",
        "start sending my voice again",
        "turn on guest mode",
        "turn off guest mode",
    ):
        answer = await _type(hass, words, hass_read_only_user)
        assert answer == ENGLISH[ReplyKey.ADMINISTRATORS_ONLY]
    assert entry.runtime_data.settings.current == before


async def test_a_client_that_names_a_satellite_is_not_taken_for_it(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    say: Say,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
) -> None:
    """Any account may send any satellite's id, its conversation and its device along."""
    await say(house.kitchen, JOKE)
    hass_admin_user.groups = []
    client = await hass_ws_client()
    for words, answer in (
        ("what did you hear", ReplyKey.HEARD_NOT_ALOUD),
        ("delete everything I said today", ReplyKey.ADMINISTRATORS_ONLY),
        ("stop sending my voice", ReplyKey.ADMINISTRATORS_ONLY),
    ):
        (stored,) = await _stored(entry)
        await client.send_json_auto_id(
            {
                "type": "conversation/process",
                "text": words,
                "language": "en",
                "conversation_id": stored.conversation_id,
                "device_id": stored.device_id,
                "satellite_id": house.kitchen.entity_id,
            }
        )
        result = (await client.receive_json())["result"]["response"]
        assert result["speech"]["plain"]["speech"] == ENGLISH[answer]
    assert not entry.runtime_data.settings.for_satellite(
        satellite_key(hass, house.kitchen)
    ).dont_send_audio


async def test_a_satellite_that_is_not_known_has_nobodys_rights(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, say: Say
) -> None:
    """Its run has no account either."""
    entry.runtime_data.satellites.current = {}
    answer = await say(house.kitchen, "turn on guest mode")
    assert answer == ENGLISH[ReplyKey.ADMINISTRATORS_ONLY]


# Around it


async def test_a_command_that_was_taken_out_is_not_understood(
    house: House, options: dict[str, object], say: Say
) -> None:
    """Each can be turned off."""
    wanted = [item for item in VoiceCommand if item is not VoiceCommand.GUEST_ON]
    entry = await set_up_entry(house, options | {CONF_COMMANDS: wanted})
    await say(house.kitchen, "turn on guest mode")
    assert not entry.runtime_data.settings.current.guest_mode


async def test_nothing_is_understood_without_commands_or_without_us(
    hass: HomeAssistant, house: House, options: dict[str, object], say: Say
) -> None:
    """An unloaded entry leaves no sentence behind."""
    manager = conversation.get_agent_manager(hass)
    entry = await set_up_entry(house, options | {CONF_COMMANDS: []})
    assert manager.trigger_sentences == []
    hass.config_entries.async_update_entry(
        entry, options={**options, CONF_COMMANDS: [VoiceCommand.GUEST_ON]}
    )
    await hass.config_entries.async_reload(entry.entry_id)
    assert len(manager.trigger_sentences) == 2
    await hass.config_entries.async_unload(entry.entry_id)
    assert manager.trigger_sentences == []


async def test_a_pipeline_that_comes_while_we_leave_changes_nothing(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Its sentences would stay for ever."""
    await add_pipeline(hass, "de", conversation_language="de", language="de")
    await hass.config_entries.async_unload(entry.entry_id)
    await settle(hass)
    assert conversation.get_agent_manager(hass).trigger_sentences == []


async def test_an_error_is_answered_too(
    house: House, entry: MockConfigEntry, say: Say, caplog: pytest.LogCaptureFixture
) -> None:
    """And told in the log, without what was said."""
    await say(house.kitchen, JOKE)
    with patch.object(Purger, "async_purge", side_effect=RuntimeError("broken")):
        answer = await say(house.kitchen, "delete everything I said today")
    assert answer == ENGLISH[ReplyKey.FAILED]
    assert "The voice command delete_today failed" in caplog.text
    caplog.clear()


@pytest.mark.parametrize(
    "language",
    [
        pytest.param(language, marks=[] if language in QUICK else [pytest.mark.slow])
        for language in known_languages()
    ],
)
async def test_every_command_is_understood_in_every_language(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, language: str
) -> None:
    """As soon as an assistant speaks it, each in its own words and with its own answer."""
    if language != "en":
        await add_pipeline(
            hass, language, conversation_language=language, language=language
        )
        await settle(hass)
    book = load_phrasebooks([language])[language]
    expected = {
        VoiceCommand.DELETE_LAST: {ReplyKey.NOTHING_TO_DELETE},
        VoiceCommand.NOT_FOR_YOU: {ReplyKey.NOTHING_TO_DELETE},
        VoiceCommand.DELETE_TODAY: {ReplyKey.DELETED},
        VoiceCommand.DELETE_WEEK: {ReplyKey.DELETED},
        VoiceCommand.DELETE_HERE: {ReplyKey.DELETED},
        VoiceCommand.STOP_SENDING: {ReplyKey.SENDING_STOPPED},
        VoiceCommand.START_SENDING: {ReplyKey.SWITCHED_BY_HAND_ONLY},
        VoiceCommand.GUEST_STATE: {ReplyKey.GUEST_OFF},
        VoiceCommand.WHAT_KEPT: {ReplyKey.KEPT_NOTHING},
        VoiceCommand.WHAT_HEARD: {ReplyKey.HEARD_NOT_ALOUD},
        VoiceCommand.WHO_HEARD: {ReplyKey.WHO_NOBODY},
        VoiceCommand.GUEST_ON: {ReplyKey.GUEST_ON},
        VoiceCommand.GUEST_OFF: {ReplyKey.SWITCHED_BY_HAND_ONLY},
    }
    assert expected.keys() == set(VoiceCommand)
    for command, (key,) in expected.items():
        for sentence in book.sentences[command]:
            words = next(iter(sample_sentence(parse_sentence(sentence))))
            answer = await _type(hass, " ".join(words.split()), language=language)
            assert answer == book.reply(key, count=0, limit=book.limits[Keep.DAY]), (
                sentence
            )
