"""Local is only what is proven to be, and a single sign of a cloud is enough against it."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator
from datetime import timedelta
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    async_fire_time_changed,
    mock_integration,
)

from custom_components.voice_retention.assist import locality as locality_module
from custom_components.voice_retention.assist.locality import LocalityBook
from custom_components.voice_retention.const import CONF_ATTESTED, CONF_LOCAL_ENGINES
from custom_components.voice_retention.policy.models import Locality, LocalityReport
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.loader import Integration
from tests.conftest import CLOUD, LOCAL
from tests.house import SPEECH, House
from tests.speaking import protect, set_up_entry

from .wyoming_house import (
    HOMEMADE,
    TO_OPENAI,
    WHISPER,
    Recogniser,
    add_recogniser,
    describe,
    name_service,
)

HOST = "whisper.home.arpa"
LOOPBACK = "127.0.0.1"
PUBLIC = "203.0.113.7"


@pytest.fixture
def names() -> Iterator[dict[str, list[str]]]:
    """Return the table of the name service."""
    with name_service() as table:
        yield table


@pytest.fixture
async def recogniser(socket_enabled: None) -> AsyncIterator[Recogniser]:
    """Run a server whose program is known to work on the spot."""
    recogniser = Recogniser(WHISPER)
    await recogniser.start()
    yield recogniser
    await recogniser.stop()


def verdicts(report: LocalityReport) -> dict[str, Locality]:
    """Return what each kind of evidence says."""
    return {item.kind: item.verdict for item in report.evidence}


async def judge(
    hass: HomeAssistant, engine_id: str, attested: Collection[str] = ()
) -> LocalityReport:
    """Return what a book that has just been opened says of an engine."""
    book = LocalityBook(hass, attested)
    await book.async_resolve_hosts()
    return book.report(engine_id)


# Manifests.


@pytest.mark.parametrize(
    ("iot_class", "locality"),
    [
        ("cloud_push", Locality.CLOUD),
        ("cloud_polling", Locality.CLOUD),
        ("local_push", Locality.LOCAL),
        ("local_polling", Locality.LOCAL),
        ("assumed_state", Locality.UNPROVEN),
        ("calculated", Locality.UNPROVEN),
        (None, Locality.UNPROVEN),
    ],
)
async def test_an_integration_says_what_it_is(
    hass: HomeAssistant, iot_class: str | None, locality: Locality
) -> None:
    """What says nothing proves nothing; a legacy engine is called like its integration."""
    manifest = {} if iot_class is None else {"iot_class": iot_class}
    mock_integration(hass, MockModule("some_speech", partial_manifest=manifest))
    report = LocalityBook(hass, ()).report("some_speech")
    assert report.locality is locality
    assert verdicts(report) == {"iot_class": locality}


async def test_a_connection_to_a_cloud_outweighs_a_local_class(
    hass: HomeAssistant, house: House
) -> None:
    """Releases from 2026.11 on tell how an integration connects."""
    with patch.object(Integration, "connectivity", ["local", "cloud"], create=True):
        report = LocalityBook(hass, (LOCAL,)).report(LOCAL)
    assert report.locality is Locality.CLOUD
    assert report.evidence[1].detail == "local, cloud"
    with patch.object(Integration, "connectivity", ["local"], create=True):
        assert LocalityBook(hass, ()).report(LOCAL).locality is Locality.LOCAL


async def test_an_integration_that_is_not_there_proves_nothing(
    hass: HomeAssistant, house: House
) -> None:
    """Its word was never heard; the user's word is enough."""
    assert LocalityBook(hass, ()).report("stt.gone").locality is Locality.UNPROVEN
    attested = LocalityBook(hass, ("stt.gone",)).report("stt.gone")
    assert attested.locality is Locality.LOCAL
    assert attested.evidence[0].detail == "not loaded"


async def test_the_users_word_does_not_make_a_cloud_local(
    hass: HomeAssistant, house: House
) -> None:
    """A slip of the finger in the options must not send a household's speech."""
    assert LocalityBook(hass, (CLOUD,)).report(CLOUD).locality is Locality.CLOUD


async def test_a_guard_is_not_local_itself(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Our manifest speaks of us, not of the engine behind."""
    assert house.engine_in_pipeline is not None
    report = entry.runtime_data.localities.report(house.engine_in_pipeline)
    assert verdicts(report) == {"guard": Locality.UNPROVEN}


# Wyoming.


async def test_a_known_program_at_home_is_local(
    hass: HomeAssistant, house: House, recogniser: Recogniser
) -> None:
    """Host, program and integration agree."""
    _, engine_id = await add_recogniser(hass, recogniser)
    not_looked_up = LocalityBook(hass, ()).report(engine_id)
    assert not_looked_up.locality is Locality.UNPROVEN
    report = await judge(hass, engine_id)
    assert report.locality is Locality.LOCAL
    assert verdicts(report) == {
        "iot_class": Locality.LOCAL,
        "wyoming_host": Locality.LOCAL,
        "wyoming_program": Locality.LOCAL,
    }
    assert [item.detail for item in report.evidence[1:]] == [
        LOOPBACK,
        "faster-whisper (https://github.com/guillaumekln/faster-whisper/)",
    ]


async def test_protected_speech_goes_to_a_proven_wyoming_server(
    hass: HomeAssistant,
    house: House,
    recogniser: Recogniser,
    options: dict[str, object],
) -> None:
    """The whole way, over a real connection."""
    _, engine_id = await add_recogniser(hass, recogniser)
    options[CONF_LOCAL_ENGINES] = [engine_id]
    await set_up_entry(house, options)
    await protect(house, house.kitchen)
    await house.kitchen.speak()
    assert house.kitchen.error_code is None
    assert recogniser.heard == b"".join(SPEECH)
    assert house.cloud.calls == 0


async def test_an_unknown_program_needs_the_users_word(
    hass: HomeAssistant,
    house: House,
    recogniser: Recogniser,
    options: dict[str, object],
) -> None:
    """A server at home may forward what it hears."""
    recogniser.programs = [describe(*HOMEMADE)]
    _, engine_id = await add_recogniser(hass, recogniser)
    assert (await judge(hass, engine_id)).locality is Locality.UNPROVEN
    report = await judge(hass, engine_id, {engine_id})
    assert report.locality is Locality.LOCAL

    options[CONF_LOCAL_ENGINES] = [engine_id]
    entry = await set_up_entry(house, options)
    await protect(house, house.kitchen)
    await house.kitchen.speak()
    assert house.kitchen.error_code == "stt-stream-failed"
    assert recogniser.heard == b""
    attested = {engine_id: {"by": "Paul", "at": "2026-11-01T00:00:00+00:00"}}
    hass.config_entries.async_update_entry(
        entry, options=options | {CONF_ATTESTED: attested}
    )
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await house.kitchen.speak()
    assert recogniser.heard == b"".join(SPEECH)


@pytest.mark.parametrize("programs", [[TO_OPENAI], [WHISPER, TO_OPENAI]])
async def test_a_program_that_names_a_cloud_is_one_whatever_the_user_says(
    hass: HomeAssistant,
    house: House,
    recogniser: Recogniser,
    programs: list[tuple[str, str]],
) -> None:
    """Nor does a good neighbour in the same server help."""
    recogniser.programs = [describe(*item) for item in programs]
    _, engine_id = await add_recogniser(hass, recogniser)
    report = await judge(hass, engine_id, {engine_id})
    assert report.locality is Locality.CLOUD


async def test_programs_that_are_not_installed_say_nothing(
    hass: HomeAssistant, house: House, recogniser: Recogniser
) -> None:
    """They could be, but are not used; with none at all nothing is known."""
    recogniser.programs.append(describe(*TO_OPENAI, installed=False))
    entry, engine_id = await add_recogniser(hass, recogniser)
    assert (await judge(hass, engine_id)).locality is Locality.LOCAL
    for program in entry.runtime_data.service.info.asr:
        program.installed = False
    assert (await judge(hass, engine_id)).locality is Locality.UNPROVEN


async def test_a_server_that_is_not_connected_proves_nothing(
    hass: HomeAssistant, house: House, recogniser: Recogniser
) -> None:
    """Something else may listen there by now."""
    entry, engine_id = await add_recogniser(hass, recogniser)
    await hass.config_entries.async_unload(entry.entry_id)
    report = await judge(hass, engine_id)
    assert report.locality is Locality.UNPROVEN
    assert verdicts(report)["wyoming_program"] is Locality.UNPROVEN
    report = await judge(hass, engine_id, {engine_id})
    assert report.locality is Locality.LOCAL


async def test_an_engine_of_no_entry_proves_nothing(
    hass: HomeAssistant, house: House
) -> None:
    """The registry may hold more than there is."""
    mock_integration(
        hass, MockModule("wyoming", partial_manifest={"iot_class": "local_push"})
    )
    engine_id = (
        er.async_get(hass).async_get_or_create("stt", "wyoming", "left over").entity_id
    )
    report = LocalityBook(hass, ()).report(engine_id)
    assert report.locality is Locality.UNPROVEN
    assert report.evidence[1].detail == "no entry"


@pytest.mark.parametrize(
    ("addresses", "locality"),
    [
        ([LOOPBACK], Locality.LOCAL),
        ([LOOPBACK, "192.168.1.7", "10.0.0.1", "172.16.3.4"], Locality.LOCAL),
        (["169.254.7.7", "fe80::1%eth0", "fd00::7", "::1"], Locality.LOCAL),
        ([PUBLIC], Locality.CLOUD),
        ([LOOPBACK, PUBLIC], Locality.CLOUD),
        (["100.64.0.1"], Locality.CLOUD),
        (["2001:db8::1"], Locality.CLOUD),
        ([], Locality.UNPROVEN),
    ],
    ids=lambda value: value if isinstance(value, Locality) else ",".join(value),
)
async def test_a_host_is_judged_by_all_its_addresses(
    hass: HomeAssistant,
    house: House,
    recogniser: Recogniser,
    names: dict[str, list[str]],
    addresses: list[str],
    locality: Locality,
) -> None:
    """The connection may take any of them."""
    names[HOST] = [LOOPBACK]
    _, engine_id = await add_recogniser(hass, recogniser, HOST)
    names[HOST] = addresses
    report = await judge(hass, engine_id)
    assert report.locality is locality
    assert verdicts(report)["wyoming_host"] is locality
    assert report.evidence[1].detail.startswith(HOST)
    attested = await judge(hass, engine_id, {engine_id})
    assert attested.locality is (
        Locality.CLOUD if locality is Locality.CLOUD else Locality.LOCAL
    )


async def test_a_name_that_no_server_can_have_is_unproven(
    hass: HomeAssistant, house: House, names: dict[str, list[str]]
) -> None:
    """Python refuses to even ask for it."""
    assert await locality_module._resolve("a" * 70 + ".example") == ()


async def test_a_name_service_that_does_not_answer_is_not_waited_for(
    hass: HomeAssistant,
) -> None:
    """Setting up must not hang on it."""

    async def hang(*args: object, **kwargs: object) -> None:
        await asyncio.sleep(60)

    loop = asyncio.get_running_loop()
    with (
        patch.object(loop, "getaddrinfo", hang),
        patch.object(locality_module, "RESOLVE_SECONDS", 0.01),
    ):
        assert await locality_module._resolve(HOST) == ()


# The book while Home Assistant runs.


async def test_a_name_is_asked_again_and_listeners_hear_of_it(
    hass: HomeAssistant,
    house: House,
    recogniser: Recogniser,
    names: dict[str, list[str]],
    freezer: FrozenDateTimeFactory,
) -> None:
    """A router that restarts must not leave the house without speech for long."""
    names[HOST] = [LOOPBACK]
    entry, engine_id = await add_recogniser(hass, recogniser, HOST)
    # Connected, it would now and then ask the server at whatever address that is.
    await hass.config_entries.async_unload(entry.entry_id)
    names.clear()
    book = LocalityBook(hass, ())
    told: list[Locality] = []

    def host() -> Locality:
        return verdicts(book.report(engine_id))["wyoming_host"]

    stop_listening = book.async_listen(lambda: told.append(host()))
    stop = await book.async_start()
    assert host() is Locality.UNPROVEN
    told.clear()
    for addresses in ([LOOPBACK], [LOOPBACK], [PUBLIC]):
        names[HOST] = addresses
        freezer.tick(timedelta(minutes=1))
        async_fire_time_changed(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
    assert told == [Locality.LOCAL, Locality.CLOUD]
    stop_listening()
    stop()
    names[HOST] = [LOOPBACK]
    freezer.tick(timedelta(minutes=1))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert host() is Locality.CLOUD
    assert len(told) == 2


async def test_a_new_server_is_looked_up_at_once(
    hass: HomeAssistant,
    house: House,
    recogniser: Recogniser,
    names: dict[str, list[str]],
) -> None:
    """Also one that is added while the book is being opened."""
    names[HOST] = [LOOPBACK]
    book = LocalityBook(hass, ())
    told = 0

    def listen() -> None:
        nonlocal told
        told += 1

    book.async_listen(listen)
    starting = hass.async_create_task(book.async_start())
    entry, engine_id = await add_recogniser(hass, recogniser, HOST)
    stop = await starting
    await hass.async_block_till_done(wait_background_tasks=True)
    assert book.report(engine_id).locality is Locality.LOCAL
    assert told > 0
    told = 0
    await hass.config_entries.async_unload(entry.entry_id)
    assert told > 0
    await hass.async_block_till_done(wait_background_tasks=True)
    told = 0
    hass.config_entries.async_update_entry(house.entries["cloudy"], title="Another")
    assert told == 1
    stop()
