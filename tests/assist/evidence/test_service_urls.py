"""An integration that can speak to any server is as local as the one that it was told to use."""

from collections.abc import Mapping
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
)

from custom_components.voice_retention.assist.evidence.service_urls import (
    ANY_SERVICES,
    ON_DEVICE_SERVICES,
    entry_hosts,
)
from custom_components.voice_retention.assist.locality import LocalityBook
from custom_components.voice_retention.policy.models import Locality
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.assist.wyoming_house import name_service

AT_HOME = "http://192.168.1.5:11434"
PUBLIC = "https://llm.example.com/v1"
WORD: Mapping[str, str | None] = {"by": "Paul", "at": "2026-11-01T00:00:00+00:00"}


def add_agent(
    hass: HomeAssistant,
    domain: str,
    *,
    iot_class: str = "local_polling",
    data: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    subentry: Mapping[str, Any] | None = None,
) -> str:
    """Add an agent of an integration, and return its id."""
    mock_integration(
        hass, MockModule(domain, partial_manifest={"iot_class": iot_class})
    )
    subentries = [] if subentry is None else [subentry]
    entry = MockConfigEntry(
        domain=domain,
        data=dict(data or {}),
        options=dict(options or {}),
        subentries_data=[
            ConfigSubentryData(
                data=item, subentry_type="conversation", title="Agent", unique_id=None
            )
            for item in subentries
        ],
    )
    entry.add_to_hass(hass)
    entity = er.async_get(hass).async_get_or_create(
        "conversation",
        domain,
        "agent",
        config_entry=entry,
        config_subentry_id=next(iter(entry.subentries), None),
    )
    return entity.entity_id


async def judge(
    hass: HomeAssistant, engine_id: str, *, is_attested: bool = False
) -> dict[str, Locality]:
    """Return what each kind of evidence says, and the locality that comes of it."""
    book = LocalityBook(hass, {engine_id: WORD} if is_attested else {})
    with name_service() as names:
        names["llm.example.com"] = ["203.0.113.7"]
        names["llm.local"] = ["192.168.1.5"]
        names["ollama.local"] = ["203.0.113.7"]
        await book.async_check()
    report = book.report(engine_id)
    return {
        "locality": report.locality,
        **{str(item.kind): item.verdict for item in report.evidence},
    }


@pytest.mark.parametrize(
    ("url", "locality"),
    [
        (AT_HOME, Locality.LOCAL),
        ("http://llm.local:11434", Locality.LOCAL),
        ("http://ollama.local:11434", Locality.CLOUD),
        (PUBLIC, Locality.CLOUD),
        ("http://nowhere.local", Locality.UNPROVEN),
    ],
)
async def test_a_server_that_runs_its_models_itself_is_where_it_stands(
    hass: HomeAssistant, url: str, locality: Locality
) -> None:
    """That its integration calls itself local says nothing about where the server is."""
    agent = add_agent(hass, "ollama", data={"url": url}, subentry={"model": "qwen3"})
    assert (await judge(hass, agent))["locality"] is locality


async def test_a_model_of_the_vendors_is_not_at_home_whatever_server_is_asked(
    hass: HomeAssistant,
) -> None:
    """The server at home passes the words on, and the user's word does not hold them back."""
    agent = add_agent(
        hass, "ollama", data={"url": AT_HOME}, subentry={"model": "gpt-oss:120b-cloud"}
    )
    found = await judge(hass, agent, is_attested=True)
    assert found["model"] is found["locality"] is Locality.CLOUD
    old = add_agent(
        hass, "old_agent", data={"url": AT_HOME}, options={"model": "kimi-k2:cloud"}
    )
    assert (await judge(hass, old))["locality"] is Locality.CLOUD


async def test_another_server_at_home_needs_the_users_word(hass: HomeAssistant) -> None:
    """It may pass on what it gets."""
    agent = add_agent(hass, "local_openai", data={"server_url": f"{AT_HOME}/v1"})
    found = await judge(hass, agent)
    assert found["host"] is Locality.LOCAL
    assert found["service"] is found["locality"] is Locality.UNPROVEN
    assert (await judge(hass, agent, is_attested=True))["locality"] is Locality.LOCAL


async def test_a_public_server_is_a_cloud_whatever_anybody_says(
    hass: HomeAssistant,
) -> None:
    """The manifest and the user both say local."""
    agent = add_agent(hass, "local_openai", subentry={"base_url": PUBLIC})
    found = await judge(hass, agent, is_attested=True)
    assert found["iot_class"] is Locality.LOCAL
    assert found["locality"] is Locality.CLOUD


async def test_an_integration_for_any_server_is_no_cloud_when_the_server_is_at_home(
    hass: HomeAssistant,
) -> None:
    """It only calls itself after the service it was made for; but it is not proven either."""
    domain = "extended_openai_conversation"
    at_home = add_agent(
        hass, domain, iot_class="cloud_polling", data={"base_url": f"{AT_HOME}/v1"}
    )
    assert (await judge(hass, at_home))["locality"] is Locality.UNPROVEN
    assert (await judge(hass, at_home, is_attested=True))["locality"] is Locality.LOCAL


@pytest.mark.parametrize("data", [{}, {"base_url": PUBLIC}])
async def test_without_a_server_at_home_it_is_a_cloud(
    hass: HomeAssistant, data: dict[str, str]
) -> None:
    """It then speaks to the service it was made for."""
    agent = add_agent(
        hass, "extended_openai_conversation", iot_class="cloud_polling", data=data
    )
    found = await judge(hass, agent, is_attested=True)
    assert found["locality"] is Locality.CLOUD


async def test_a_legacy_agent_is_called_like_its_entry(hass: HomeAssistant) -> None:
    """It has no entity that could be asked for its integration."""
    agent = add_agent(hass, "local_openai", data={"url": PUBLIC})
    entity = er.async_get(hass).async_get(agent)
    assert entity is not None
    assert entity.config_entry_id is not None
    found = await judge(hass, entity.config_entry_id)
    assert found["locality"] is Locality.CLOUD


@pytest.mark.parametrize("agent", ["conversation.home_assistant", "conversation"])
async def test_the_default_agent_is_a_part_of_home_assistant(
    hass: HomeAssistant, agent: str
) -> None:
    """No manifest says so."""
    report = LocalityBook(hass, {}).report(agent)
    assert report.locality is Locality.LOCAL
    assert report.evidence[0].kind == "built_in"


def test_hosts_are_found_wherever_an_entry_names_them() -> None:
    """With scheme or without, in a subentry or not, and each once."""
    entry = MockConfigEntry(
        domain="some",
        data={"url": "http://user:secret@one.local:80/path", "port": 1, "host": " "},
        options={"host": "two.local:8080", "base_url": "https://[fd00::7]:80"},
        subentries_data=[
            ConfigSubentryData(
                data={"api_base": "http://one.local", "endpoint": "http://[broken"},
                subentry_type="conversation",
                title="Agent",
                unique_id=None,
            )
        ],
    )
    assert sorted(entry_hosts(entry)) == [
        "fd00::7",
        "http://[broken",
        "one.local",
        "two.local",
    ]


def test_every_claim_about_a_service_has_its_source() -> None:
    """Somebody has to be able to check it."""
    for sources in (ON_DEVICE_SERVICES, ANY_SERVICES):
        for source in sources.values():
            assert source.startswith("https://")
