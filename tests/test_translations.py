"""Every text that can be seen is there, and every text that is there can be seen."""

import ast
from collections.abc import Iterator
import json
from pathlib import Path
import re
from string import Formatter
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)
import yaml

from custom_components.voice_retention.commands.phrasebook import known_languages
from custom_components.voice_retention.condition import async_get_conditions
from custom_components.voice_retention.const import DOMAIN
from custom_components.voice_retention.trigger import async_get_triggers
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    condition,
    device_registry as dr,
    entity_registry as er,
    service as actions,
    trigger,
)
from homeassistant.setup import async_setup_component
from tests.dialogs import INTEGRATION, TEXTS
from tests.house import House

ICONS: dict[str, Any] = json.loads((INTEGRATION / "icons.json").read_text())
SERVICES: dict[str, Any] = yaml.safe_load((INTEGRATION / "services.yaml").read_text())

FORMS = [f"forms/{path.name}" for path in (INTEGRATION / "forms").glob("*.py")]

LANGUAGES = sorted((INTEGRATION / "translations").glob("*.json"))

LIKE_IN_ENGLISH = {
    "de": "Agent|Audio|Backups|Cloud|Engine|Pause|Position",
    "es": "Audio|Cursor|Error|Local|local",
    "fr": "Agent|Conversations|Notifications|Position|Satellites|local",
    "it": "Audio|Cloud|cloud",
    "nl": "1 week|Agent|Audio|Cursor|Engine|Exports|Filters|Transcript|cloud",
    "pl": "Agent|Limit",
    "pt": "Cursor|Local|local",
    "ru": "",
    "sv": "Agent|Start",
}
"""The texts that a language has in common with English; any other one has been forgotten."""

FIELDS_OF_STEPS = {"title", "description", "data", "data_description"}


def flatten(
    texts: dict[str, Any], path: tuple[str, ...] = ()
) -> Iterator[tuple[str, str]]:
    """Return each text with the path to it."""
    for key, value in texts.items():
        if isinstance(value, dict):
            yield from flatten(value, (*path, key))
        else:
            yield ".".join((*path, key)), value


def placeholders(text: str) -> set[str]:
    """Return the placeholders in a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def calls(file: str) -> Iterator[ast.Call]:
    """Return every call in a module of ours."""
    for node in ast.walk(ast.parse((INTEGRATION / file).read_text())):
        if isinstance(node, ast.Call):
            yield node


def constant(call: ast.Call, argument: str) -> str | None:
    """Return a text that is passed to a call."""
    for keyword in call.keywords:
        if keyword.arg == argument and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return None


# The files


@pytest.mark.parametrize("file", LANGUAGES, ids=lambda file: file.stem)
def test_a_file_of_texts_is_sorted(file: Path) -> None:
    """So that two people who add texts do not meet in the same line."""
    raw = file.read_text()
    texts = json.loads(raw)
    assert raw == json.dumps(texts, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def test_what_can_be_said_in_a_language_can_be_read_in_it() -> None:
    """Nobody speaks to a house in one language and sets it up in another."""
    assert [file.stem for file in LANGUAGES] == known_languages()


@pytest.mark.parametrize("file", LANGUAGES, ids=lambda file: file.stem)
def test_every_language_has_every_text(file: Path) -> None:
    """What is missing would show in English. Each text mentions the same values."""
    english = dict(flatten(TEXTS))
    texts = dict(flatten(json.loads(file.read_text())))
    assert texts.keys() == english.keys()
    for key, text in texts.items():
        assert placeholders(text) == placeholders(english[key]), key


@pytest.mark.parametrize("language", LIKE_IN_ENGLISH)
def test_every_text_is_translated(language: str) -> None:
    """A text that was only copied is none; names and bare values are the same everywhere."""
    english = dict(flatten(TEXTS))
    file = INTEGRATION / f"translations/{language}.json"
    same = {
        re.sub(r"(: )?\{\w+\}[,.]?", "", text).strip()
        for key, text in flatten(json.loads(file.read_text()))
        if text == english[key]
    } - {"", "Voice Retention"}
    assert same <= {*LIKE_IN_ENGLISH[language].split("|")}


def test_no_language_is_left_out() -> None:
    """Each but English is compared with it."""
    assert LIKE_IN_ENGLISH.keys() == {file.stem for file in LANGUAGES} - {"en"}


@pytest.mark.parametrize(("key", "text"), list(flatten(TEXTS)))
def test_a_text_is_as_home_assistant_wants_it(key: str, text: str) -> None:
    """Its validator refuses the rest, and a reference shows as it is in a custom integration."""
    assert text == text.strip() != ""
    assert "[%key" not in text
    assert not re.search(r"</?[a-z]", text), "HTML"
    assert not re.search(r"https?://|www\.", text), "address"
    assert not re.search(r"'\{\w+\}'", text), "placeholder in single quotes"
    assert all(name.isidentifier() for name in placeholders(text))


# Errors


def calls_of_errors() -> Iterator[ast.Call]:
    """Return every call in the modules that define errors for people."""
    for file in ("errors.py", "exports/errors.py"):
        yield from calls(file)


def test_every_error_has_its_text_and_every_text_its_error() -> None:
    """A missing one shows as a bare key."""
    keys = {
        key for call in calls_of_errors() if (key := constant(call, "translation_key"))
    }
    assert keys == TEXTS["exceptions"].keys()


def test_errors_give_the_values_that_their_texts_mention() -> None:
    """A missing value shows as a placeholder."""
    for call in calls_of_errors():
        if (key := constant(call, "translation_key")) is None:
            continue
        given = {
            element.value
            for keyword in call.keywords
            if keyword.arg == "translation_placeholders"
            and isinstance(keyword.value, ast.Dict)
            for element in keyword.value.keys
            if isinstance(element, ast.Constant)
        }
        assert placeholders(TEXTS["exceptions"][key]["message"]) <= given, key


# Flows (that nothing is missing is checked wherever a test opens a dialog)


def test_the_options_have_the_same_texts_as_reconfiguring() -> None:
    """They are the same forms, and Home Assistant looks in two places."""
    config, options = TEXTS["config"], TEXTS["options"]
    steps = dict(config["step"])
    del steps["user"]
    steps["init"] = steps.pop("reconfigure")
    assert options["step"] == steps
    assert options["error"] == config["error"]


def test_no_error_of_a_form_is_unused() -> None:
    """The numbers' errors are named after their fields."""
    used = {
        error
        for file in ("config_flow.py", "flow_steps.py", *FORMS)
        for call in calls(file)
        if (error := constant(call, "error"))
    }
    limits = {"max_seconds_out_of_range", "max_size_mb_out_of_range"}
    assert TEXTS["config"]["error"].keys() == used | limits


def test_every_field_of_a_form_is_described() -> None:
    """A name alone explains little."""
    for step in TEXTS["config"]["step"].values():
        if "data" in step:
            assert step.keys() == FIELDS_OF_STEPS
            assert step["data"].keys() == step["data_description"].keys()


def test_every_selector_has_its_texts_and_no_text_is_unused() -> None:
    """The words on engines and evidence are looked up by our own code."""
    used = {"engine_state", "evidence"} | {
        key
        for file in FORMS
        for call in calls(file)
        if (key := constant(call, "translation_key"))
    }
    for service in SERVICES.values():
        for field in (service or {}).get("fields", {}).values():
            for config in field["selector"].values():
                if config and (key := config.get("translation_key")):
                    used.add(key)
                    assert TEXTS["selector"][key]["options"].keys() == set(
                        config["options"]
                    )
    assert TEXTS["selector"].keys() == used


# Entities and devices


GUARDS = {Platform.CONVERSATION, Platform.STT, Platform.TTS}


async def test_every_entity_has_its_texts_and_icon_and_none_is_unused(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Entities are made with names from the texts, icons from the icons."""
    registered = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    named: dict[str, set[str]] = {}
    with_icon: dict[str, set[str]] = {}
    for item in registered:
        if item.domain == Platform.STT:
            # Guards are named after their engines.
            continue
        assert item.translation_key is not None
        named.setdefault(item.domain, set()).add(item.translation_key)
        if item.original_device_class is None:
            with_icon.setdefault(item.domain, set()).add(item.translation_key)
    texts = {
        domain: set(keys)
        for domain, keys in TEXTS["entity"].items()
        if domain not in GUARDS
    }
    icons = {
        domain: set(keys)
        for domain, keys in ICONS["entity"].items()
        if domain not in GUARDS
    }
    assert texts == named
    assert icons == with_icon


async def test_every_choice_and_event_has_its_text(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Otherwise a person sees "1_day"."""
    for item in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        capabilities = item.capabilities or {}
        texts = TEXTS["entity"].get(item.domain, {}).get(item.translation_key, {})
        if options := capabilities.get("options"):
            assert texts["state"].keys() == set(options), item.entity_id
        if event_types := capabilities.get("event_types"):
            states = texts["state_attributes"]["event_type"]["state"]
            assert states.keys() == set(event_types), item.entity_id


async def test_every_device_has_its_name(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """And no name is unused."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    ours = {
        device.name
        for device in devices
        if any(domain == DOMAIN for domain, _ in device.identifiers)
    }
    assert ours == {device["name"] for device in TEXTS["device"].values()}


# The panel


PANEL_SOURCES = sorted((INTEGRATION.parents[1] / "frontend/src").rglob("*.ts"))


def test_every_text_of_the_panel_is_there_and_none_is_unused() -> None:
    """A missing one shows as nothing at all.

    Sources name a text as "group.key", or a group whose keys are what the integration
    answers as `group.${…}`.
    """
    texts = TEXTS["config_panel"]
    source = "\n".join(path.read_text() for path in PANEL_SOURCES)
    groups = "|".join(texts)
    looked_up = set(re.findall(rf"`({groups})\.\$\{{", source))
    named = set(re.findall(rf"[\"`]((?:{groups})\.[a-z0-9_]+)[\"`]", source))
    there = {
        f"{group}.{key}"
        for group, keys in texts.items()
        if group not in looked_up
        for key in keys
    }
    assert {name for name in named if name.split(".")[0] not in looked_up} == there
    unknown = re.findall(r"\bt\(\s*[\"`]([a-z_]+)\.", source)
    assert set(unknown) <= texts.keys()


# Actions and system information


async def test_every_action_is_registered_described_and_has_an_icon(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """An action that is only half there confuses."""
    registered = hass.services.async_services_for_domain(DOMAIN)
    assert registered.keys() == SERVICES.keys()
    assert registered.keys() == TEXTS["services"].keys()
    assert registered.keys() == ICONS["services"].keys()
    for name, service in SERVICES.items():
        texts = TEXTS["services"][name]
        assert texts["name"]
        assert texts["description"]
        fields = (service or {}).get("fields", {})
        assert texts.get("fields", {}).keys() == fields.keys(), name
        for field in texts.get("fields", {}).values():
            assert field.keys() == {"name", "description"}


async def test_every_trigger_and_condition_has_its_texts_and_icon(
    hass: HomeAssistant,
) -> None:
    """And none is unused."""
    for kind, offered in (
        ("trigger", await async_get_triggers(hass)),
        ("condition", await async_get_conditions(hass)),
    ):
        described = yaml.safe_load((INTEGRATION / f"{kind}s.yaml").read_text())
        described = {k: v for k, v in described.items() if not k.startswith(".")}
        texts = TEXTS[f"{kind}s"]
        assert offered.keys() == described.keys() == texts.keys()
        assert offered.keys() == ICONS[f"{kind}s"].keys()
        for key, description in described.items():
            fields = (description or {}).get("fields", {})
            assert texts[key].get("fields", {}).keys() == fields.keys()


async def test_every_fact_of_the_system_information_has_its_text(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """And no text is unused."""
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    info = await get_system_health_info(hass, DOMAIN)
    assert info.keys() == TEXTS["system_health"]["info"].keys()


def test_no_section_is_unknown() -> None:
    """Home Assistant does not look anywhere else."""
    assert TEXTS.keys() == {
        "conditions",
        "config",
        "config_panel",
        "device",
        "entity",
        "exceptions",
        "issues",
        "options",
        "selector",
        "services",
        "system_health",
        "triggers",
    }


async def test_home_assistant_can_read_what_describes_our_actions(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """One key that it does not know, and the editor shows none of the fields of any action."""
    for helper, file, key in (
        (actions, "services", "purge"),
        (trigger, "triggers", "purged"),
        (condition, "conditions", "is_sending_allowed"),
    ):
        found = await helper.async_get_all_descriptions(hass)
        shown: Any = found[DOMAIN] if helper is actions else found
        described = yaml.safe_load((INTEGRATION / f"{file}.yaml").read_text())
        wanted = {name for name in described if not name.startswith(".")}
        assert wanted <= {name.removeprefix(f"{DOMAIN}.") for name in shown}
        one = shown[key if helper is actions else f"{DOMAIN}.{key}"]
        assert one["target"], helper
        assert one["fields"].keys() == (described[key].get("fields") or {}).keys()
