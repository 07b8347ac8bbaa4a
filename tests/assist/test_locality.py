"""Test that an engine counts as local only when everything about it says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
import socket
from typing import Any, override
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from wyoming.event import Event
from wyoming.info import AsrModel, AsrProgram, Attribution, Describe, Info
from wyoming.server import AsyncEventHandler, AsyncTcpServer

from custom_components.voice_retention.assist.engines import engine_name
from custom_components.voice_retention.assist.locality import (
    RESOLVE_INTERVAL,
    LocalityBook,
)
from custom_components.voice_retention.assist.wyoming_programs import program_evidence
from custom_components.voice_retention.policy.models import Locality
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from tests.conftest import CLOUD, LOCAL
from tests.house import Engine, House, add_entity_platform

FASTER_WHISPER = ("faster-whisper", "https://github.com/guillaumekln/faster-whisper/")


def program(name: str, url: str, *, installed: bool = True) -> AsrProgram:
    """Return a program as a server describes it."""
    attribution = Attribution(name="somebody", url=url)
    return AsrProgram(
        name=name,
        attribution=attribution,
        installed=installed,
        description=None,
        version=None,
        models=[
            AsrModel(
                name="a model",
                attribution=attribution,
                installed=True,
                description=None,
                version=None,
                languages=["en"],
            )
        ],
    )


class Handler(AsyncEventHandler):
    """Say what the server is."""

    def __init__(self, info: Info, *args: Any) -> None:
        """Take what to say."""
        super().__init__(*args)
        self._info = info

    @override
    async def handle_event(self, event: Event) -> bool:
        """Answer the only question that is asked."""
        if Describe.is_type(event.type):
            await self.write_event(self._info.event())
        return True


@asynccontextmanager
async def wyoming_server(*programs: AsrProgram) -> AsyncIterator[int]:
    """Run a real server with these programs; yields its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    server = AsyncTcpServer("127.0.0.1", port)
    await server.start(partial(Handler, Info(asr=list(programs))))
    try:
        yield port
    finally:
        await server.stop()


@pytest.fixture
async def book(hass: HomeAssistant, house: House) -> LocalityBook:
    """Return a book in which nobody vouches for anything."""
    return LocalityBook(hass, ())


async def add_wyoming(hass: HomeAssistant, port: int, host: str = "127.0.0.1") -> str:
    """Add a server to Home Assistant and return its engine."""
    entry = MockConfigEntry(
        domain="wyoming", title="Wyoming", data={"host": host, "port": port}
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    return next(
        item.entity_id
        for item in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
        if item.domain == "stt"
    )


@pytest.mark.parametrize(
    ("iot_class", "locality"),
    [
        ("local_push", Locality.LOCAL),
        ("local_polling", Locality.LOCAL),
        ("cloud_push", Locality.CLOUD),
        ("cloud_polling", Locality.CLOUD),
        ("assumed_state", Locality.UNPROVEN),
        ("calculated", Locality.UNPROVEN),
        (None, Locality.UNPROVEN),
    ],
)
async def test_a_manifest_is_believed(
    hass: HomeAssistant, house: House, iot_class: str, locality: Locality
) -> None:
    """An integration that does not say where it works has proven nothing."""
    await add_entity_platform(
        hass, "speaker", Platform.STT, [Engine("other")], iot_class=iot_class
    )
    assert LocalityBook(hass, ()).report("stt.other").locality is locality


async def test_a_manifest_that_names_a_cloud_is_a_cloud(
    hass: HomeAssistant, book: LocalityBook
) -> None:
    """From 2026.11 on a local integration can say that it also asks a cloud."""
    with patch(
        "homeassistant.loader.Integration.connectivity",
        ["cloud", "network"],
        create=True,
    ):
        report = book.report(LOCAL)
    assert report.locality is Locality.CLOUD
    assert [item.kind for item in report.evidence] == ["iot_class", "connectivity"]
    assert book.report(LOCAL).locality is Locality.LOCAL


async def test_nothing_is_known_of_what_is_not_loaded(book: LocalityBook) -> None:
    """It may be anything."""
    (evidence,) = book.report("stt.nobody").evidence
    assert evidence.verdict is Locality.UNPROVEN


async def test_a_word_is_enough_for_the_unproven_and_never_against_a_cloud(
    hass: HomeAssistant, house: House
) -> None:
    """The household knows better than a manifest that is silent."""
    await add_entity_platform(
        hass, "speaker", Platform.STT, [Engine("other")], iot_class="calculated"
    )
    book = LocalityBook(hass, {"stt.other", CLOUD})
    assert book.report("stt.other").locality is Locality.LOCAL
    assert book.report(CLOUD).locality is Locality.CLOUD


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize(
    ("programs", "locality"),
    [
        pytest.param([FASTER_WHISPER], Locality.LOCAL, id="known"),
        pytest.param([("unheard-of", "")], Locality.UNPROVEN, id="unknown"),
        pytest.param(
            [("faster-whisper", "https://example.com")],
            Locality.UNPROVEN,
            id="known by name only",
        ),
        pytest.param([("proxy", "https://openai.com")], Locality.CLOUD, id="vendor"),
        pytest.param(
            [FASTER_WHISPER, ("proxy", "https://api.openai.com/v1")],
            Locality.CLOUD,
            id="one of two",
        ),
    ],
)
async def test_a_server_at_home_is_what_it_says(
    hass: HomeAssistant,
    house: House,
    programs: list[tuple[str, str]],
    locality: Locality,
) -> None:
    """Being near proves nothing: a server may pass on what it hears."""
    async with wyoming_server(*(program(*item) for item in programs)) as port:
        engine_id = await add_wyoming(hass, port)
        book = LocalityBook(hass, ())
        await book.async_resolve_hosts()
        assert book.report(engine_id).locality is locality


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize(
    ("answer", "locality"),
    [
        pytest.param(["127.0.0.1"], Locality.LOCAL, id="this machine"),
        pytest.param(["192.168.1.4", "fd00::4"], Locality.LOCAL, id="both families"),
        pytest.param(["fe80::1%eth0"], Locality.LOCAL, id="link-local with a zone"),
        pytest.param(["192.168.1.4", "93.184.215.14"], Locality.CLOUD, id="one public"),
        pytest.param(["2606:2800:21f:cb07::1"], Locality.CLOUD, id="public IPv6"),
        pytest.param(OSError("no such host"), Locality.UNPROVEN, id="not resolved"),
    ],
)
async def test_a_host_is_where_all_its_addresses_are(
    hass: HomeAssistant,
    house: House,
    answer: list[str] | Exception,
    locality: Locality,
) -> None:
    """A name that is not resolved, or leads out of the home, keeps nothing at home."""
    async with wyoming_server(program(*FASTER_WHISPER)) as port:
        engine_id = await add_wyoming(hass, port)
    book = LocalityBook(hass, ())
    assert book.report(engine_id).locality is Locality.UNPROVEN, "not looked up yet"
    found = (
        answer
        if isinstance(answer, Exception)
        else [(0, 0, 0, "", (address, 0)) for address in answer]
    )
    with patch.object(asyncio.get_running_loop(), "getaddrinfo") as getaddrinfo:
        if isinstance(found, Exception):
            getaddrinfo.side_effect = found
        else:
            getaddrinfo.return_value = found
        await book.async_resolve_hosts()
    assert book.report(engine_id).locality is locality


@pytest.mark.usefixtures("socket_enabled")
async def test_a_server_that_is_not_connected_has_said_nothing(
    hass: HomeAssistant, book: LocalityBook
) -> None:
    """What it said before may be true no longer."""
    async with wyoming_server(program(*FASTER_WHISPER)) as port:
        engine_id = await add_wyoming(hass, port)
        await book.async_resolve_hosts()
        (entry,) = hass.config_entries.async_entries("wyoming")
        await hass.config_entries.async_unload(entry.entry_id)
        assert book.report(engine_id).locality is Locality.UNPROVEN


async def test_an_engine_without_its_entry_is_unproven(
    hass: HomeAssistant, book: LocalityBook
) -> None:
    """It is being removed, perhaps."""
    entity = er.async_get(hass).async_get_or_create("stt", "wyoming", "left over")
    assert book.report(entity.entity_id).locality is Locality.UNPROVEN


@pytest.mark.usefixtures("socket_enabled")
async def test_changes_of_hosts_and_entries_are_told(
    hass: HomeAssistant, book: LocalityBook
) -> None:
    """Who is speaking right now may not be heard any more."""
    told: list[None] = []
    stop_listening = book.async_listen(lambda: told.append(None))
    stop = await book.async_start()
    async with wyoming_server(program(*FASTER_WHISPER)) as port:
        await add_wyoming(hass, port, host="localhost")
        await hass.async_block_till_done(wait_background_tasks=True)
        assert told
        told.clear()
        moved = [(0, 0, 0, "", ("93.184.215.14", 0))]
        with patch.object(
            asyncio.get_running_loop(), "getaddrinfo", return_value=moved
        ):
            async_fire_time_changed(hass, dt_util.utcnow() + RESOLVE_INTERVAL)
            await hass.async_block_till_done(wait_background_tasks=True)
        assert told
    stop()
    stop_listening()
    told.clear()
    await book.async_resolve_hosts()
    assert told == []


@pytest.mark.parametrize(
    "url", ["https://evilopenai.com", "https://openai.com.example", "not an address"]
)
def test_only_the_vendor_itself_is_the_vendor(url: str) -> None:
    """Neither is it proven to be at home."""
    evidence = program_evidence(program("something", url))
    assert evidence.verdict is Locality.UNPROVEN


def test_a_program_without_an_address_is_shown_by_its_name() -> None:
    """A person reads the evidence."""
    assert program_evidence(program("something", "")).detail == "something"


async def test_an_engine_is_called_by_its_name_also_before_it_is_up(
    hass: HomeAssistant, house: House
) -> None:
    """A guard is named after it at each start."""
    entry = er.async_get(hass).async_get_or_create(
        "stt", "homely", "asleep", original_name="Sleeper"
    )
    assert engine_name(hass, entry.entity_id) == "Sleeper"
    assert engine_name(hass, "legacy") == "legacy"
