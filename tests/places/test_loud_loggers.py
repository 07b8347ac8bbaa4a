"""Debug logging that writes what was said is noticed, and can be turned off."""

from collections.abc import Iterator
import logging

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
)

from custom_components.voice_retention.const import DOMAIN, IssueId
from custom_components.voice_retention.places.loud_loggers import WRITERS, loud_loggers
from homeassistant.components.logger.helpers import DATA_LOGGER, LoggerSetting
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.const import EVENT_LOGGING_CHANGED
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
from tests.dialogs import Dialog

from .talk import BEDROOM_REPLY, BEDROOM_WORDS, KITCHEN_REPLY, KITCHEN_WORDS, Talk

CONVERSATION = "homeassistant.components.conversation"
DEFAULT_AGENT = "homeassistant.components.conversation.default_agent"


@pytest.fixture(autouse=True)
def _levels() -> Iterator[None]:
    """Put the levels of all loggers back."""
    before = {None: logging.root.level} | {
        name: logger.level
        for name, logger in logging.root.manager.loggerDict.items()
        if isinstance(logger, logging.Logger)
    }
    yield
    for name in (None, *logging.root.manager.loggerDict):
        logging.getLogger(name).setLevel(before.get(name, logging.NOTSET))


def issue(hass: HomeAssistant) -> ir.IssueEntry | None:
    """Return the issue, if it is shown."""
    return ir.async_get(hass).async_get_issue(DOMAIN, IssueId.DEBUG_LOGS)


async def set_level(hass: HomeAssistant, **levels: str) -> None:
    """Set levels as a person does."""
    await hass.services.async_call(
        "logger",
        "set_level",
        {name.replace("__", "."): level for name, level in levels.items()},
        blocking=True,
    )
    await hass.async_block_till_done()


async def fix(hass: HomeAssistant) -> None:
    """Press "fix"."""
    assert await async_setup_component(hass, "repairs", {})
    manager = repairs_flow_manager(hass)
    assert manager is not None
    dialog = Dialog(manager, "issues", "debug_logs", "fix_flow")
    await dialog.open(DOMAIN, data={"issue_id": IssueId.DEBUG_LOGS})
    await dialog.enter()
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY


async def test_every_logger_that_writes_what_is_said_is_known(
    talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    """A new release may write it elsewhere."""
    caplog.set_level(logging.DEBUG)
    # The bus of events looks at its level only when it is told to.
    talk.hass.bus.async_fire(EVENT_LOGGING_CHANGED)
    await talk.hass.async_block_till_done()
    await talk.both_ask()
    await talk.hass.services.async_call(
        "conversation",
        "process",
        {"text": KITCHEN_WORDS},
        blocking=True,
        context=Context(),
        return_response=True,
    )
    texts = (KITCHEN_WORDS, KITCHEN_REPLY, BEDROOM_WORDS, BEDROOM_REPLY)
    writing = {
        record.name
        for record in caplog.records
        if record.levelno == logging.DEBUG
        and any(text in record.getMessage() for text in texts)
    }
    assert {"homeassistant.core", DEFAULT_AGENT} <= writing
    assert {
        name
        for name in writing
        if not f"{name}.".startswith(tuple(f"{x}." for x in WRITERS))
    } == set()


async def test_it_is_told_when_it_begins_and_when_it_is_over(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Also when it begins at run time; what writes nothing of the kind may be loud."""
    assert await async_setup_component(hass, "logger", {})
    await set_level(hass, homeassistant__components__conversation="info")
    assert issue(hass) is None
    await set_level(hass, homeassistant__components__recorder="debug")
    assert issue(hass) is None
    await set_level(hass, homeassistant__components__conversation="debug")
    shown = issue(hass)
    assert shown is not None
    assert shown.translation_placeholders == {"loggers": f"- {CONVERSATION}"}
    await set_level(hass, homeassistant__components__conversation="warning")
    assert issue(hass) is None


async def test_one_click_sets_the_loggers_back(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Those alone, and where everything is loud, those that write."""
    assert await async_setup_component(hass, "logger", {})
    recorder = logging.getLogger("homeassistant.components.recorder")
    logging.getLogger("homeassistant").setLevel(logging.DEBUG)
    await set_level(
        hass, homeassistant__components__conversation__default_agent="debug"
    )
    assert issue(hass) is not None
    names = loud_loggers(hass)
    assert DEFAULT_AGENT in names
    assert "homeassistant.core" in names
    assert "homeassistant" not in names
    await fix(hass)
    assert issue(hass) is None
    assert loud_loggers(hass) == []
    assert recorder.isEnabledFor(logging.DEBUG)


async def test_it_does_not_come_back_with_the_next_restart(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Debug logging of an integration lasts beyond one."""
    assert await async_setup_component(hass, "logger", {})
    settings = hass.data[DATA_LOGGER].settings
    for domain in ("conversation", "recorder"):
        await settings.async_update(
            hass,
            domain,
            LoggerSetting(level="DEBUG", persistence="once", type="integration"),
        )
    await hass.async_block_till_done()
    assert issue(hass) is not None
    await fix(hass)
    assert settings.async_get_integration_domains() == {"recorder"}
    assert loud_loggers(hass) == []


async def test_without_the_logger_integration_they_are_set_back_too(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """It is not there in every house."""
    logging.getLogger(CONVERSATION).setLevel(logging.DEBUG)
    await hass.config_entries.async_reload(entry.entry_id)
    assert issue(hass) is not None
    await fix(hass)
    assert issue(hass) is None
    assert loud_loggers(hass) == []


async def test_a_speech_integration_of_somebody_else_is_taken_for_one_that_writes(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Nobody here knows what it writes; of ours we know that it writes nothing."""
    logging.getLogger("custom_components.voice_retention.stt").setLevel(logging.DEBUG)
    assert loud_loggers(hass) == []
    name = "custom_components.chatterbox.conversation"
    logging.getLogger(name).setLevel(logging.DEBUG)
    mock_integration(hass, MockModule("chatterbox"), built_in=False)
    hass.config.components.add("chatterbox")
    assert loud_loggers(hass) == []
    er.async_get(hass).async_get_or_create("conversation", "chatterbox", "1")
    assert loud_loggers(hass) == [name]
    er.async_get(hass).async_remove("conversation.chatterbox_1")
    assert loud_loggers(hass) == []
    mock_integration(
        hass,
        MockModule(
            "chatterbox",
            dependencies=["conversation"],
            partial_manifest={"loggers": ["chatter"]},
        ),
        built_in=False,
    )
    logging.getLogger("chatter").setLevel(logging.DEBUG)
    assert loud_loggers(hass) == ["chatter", name]
