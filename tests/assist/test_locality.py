"""Local is only what is proven to be, and a single sign of a cloud is enough against it."""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import timedelta
import socket
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    async_fire_time_changed,
    mock_integration,
)

from custom_components.voice_retention.assist.evidence import wyoming_servers
from custom_components.voice_retention.assist.locality import LocalityBook
from custom_components.voice_retention.const import CONF_ATTESTED, CONF_LOCAL_ENGINES
from custom_components.voice_retention.policy.models import Locality, LocalityReport
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
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
WORD: Mapping[str, str | None] = {"by": "Paul", "at": "2026-11-01T00:00:00+00:00"}


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
    hass: HomeAssistant, engine_id: str, *, is_attested: bool = False
) -> LocalityReport:
    """Return what a book that has just been opened says of an engine."""
    book = LocalityBook(hass, {engine_id: WORD} if is_attested else {})
    await book.async_check()
    return book.report(engine_id)


async def test_an_engine_that_is_not_there_needs_the_users_word(
    hass: HomeAssistant, house: House
) -> None:
    """Its integration's word was never heard."""
    assert LocalityBook(hass, {}).report("stt.gone").locality is Locality.UNPROVEN
    attested = LocalityBook(hass, {"stt.gone": WORD}).report("stt.gone")
    assert attested.locality is Locality.LOCAL
    assert attested.evidence[-1].detail == "Paul, 2026-11-01"


async def test_the_users_word_does_not_make_a_cloud_local(
    hass: HomeAssistant, house: House
) -> None:
    """A slip of the finger in the options must not send a household's speech."""
    assert LocalityBook(hass, {CLOUD: WORD}).report(CLOUD).locality is Locality.CLOUD


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
    not_looked_up = LocalityBook(hass, {}).report(engine_id)
    assert not_looked_up.locality is Locality.UNPROVEN
    report = await judge(hass, engine_id)
    assert report.locality is Locality.LOCAL
    assert verdicts(report) == {
        "iot_class": Locality.LOCAL,
        "host": Locality.LOCAL,
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
    report = await judge(hass, engine_id, is_attested=True)
    assert report.locality is Locality.LOCAL

    options[CONF_LOCAL_ENGINES] = [engine_id]
    entry = await set_up_entry(house, options)
    await protect(house, house.kitchen)
    await house.kitchen.speak()
    assert house.kitchen.error_code == "stt-stream-failed"
    assert recogniser.heard == b""
    attested = {engine_id: WORD}
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
    report = await judge(hass, engine_id, is_attested=True)
    assert report.locality is Locality.CLOUD


async def test_programs_that_are_not_installed_say_nothing(
    hass: HomeAssistant, house: House, recogniser: Recogniser
) -> None:
    """They could be, but are not used; with none at all nothing is known."""
    recogniser.programs.append(describe(*TO_OPENAI, installed=False))
    _, engine_id = await add_recogniser(hass, recogniser)
    assert (await judge(hass, engine_id)).locality is Locality.LOCAL
    for program in recogniser.programs:
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
    assert verdicts(report)["wyoming_silent"] is Locality.UNPROVEN
    report = await judge(hass, engine_id, is_attested=True)
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
    report = LocalityBook(hass, {}).report(engine_id)
    assert report.locality is Locality.UNPROVEN
    assert report.evidence[1].kind == "wyoming_silent"


@pytest.mark.parametrize(
    ("addresses", "kind", "locality", "attested"),
    [
        ([LOOPBACK, "192.168.1.7"], "host", Locality.LOCAL, Locality.LOCAL),
        ([LOOPBACK, PUBLIC], "host", Locality.CLOUD, Locality.CLOUD),
        ([LOOPBACK, "100.64.0.1"], "host", Locality.UNPROVEN, Locality.LOCAL),
        ([], "unresolved", Locality.UNPROVEN, Locality.UNPROVEN),
    ],
    ids=["at home", "public", "doubtful", "nowhere"],
)
async def test_a_server_is_judged_by_where_its_name_leads(
    hass: HomeAssistant,
    house: House,
    recogniser: Recogniser,
    names: dict[str, list[str]],
    addresses: list[str],
    kind: str,
    locality: Locality,
    attested: Locality,
) -> None:
    """Nobody can vouch for a public address, nor for a name that leads nowhere."""
    names[HOST] = [LOOPBACK]
    _, engine_id = await add_recogniser(hass, recogniser, HOST)
    names[HOST] = addresses
    report = await judge(hass, engine_id)
    assert report.locality is locality
    assert verdicts(report)[kind] is locality
    assert report.evidence[1].detail.startswith(HOST)
    report = await judge(hass, engine_id, is_attested=True)
    assert report.locality is attested


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
    book = LocalityBook(hass, {})
    told: list[Locality] = []

    def host() -> Locality:
        return book.report(engine_id).evidence[1].verdict

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
    book = LocalityBook(hass, {})
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


# Proof, right before speech is entrusted to an engine.


@pytest.fixture
async def protected(
    hass: HomeAssistant,
    house: House,
    recogniser: Recogniser,
    names: dict[str, list[str]],
    options: dict[str, object],
) -> MockConfigEntry:
    """Protect the kitchen, with a server at home that is found by its name."""
    names[HOST] = [LOOPBACK]
    entry, engine_id = await add_recogniser(hass, recogniser, HOST)
    options[CONF_LOCAL_ENGINES] = [engine_id]
    await set_up_entry(house, options)
    await protect(house, house.kitchen)
    await house.kitchen.speak()
    assert recogniser.heard == b"".join(SPEECH)
    recogniser.heard = b""
    return entry


async def test_a_server_that_forwards_now_hears_nothing(
    house: House, recogniser: Recogniser, protected: MockConfigEntry
) -> None:
    """It was started anew with other settings, and nobody told Home Assistant."""
    recogniser.programs = [describe(*TO_OPENAI)]
    await house.kitchen.speak()
    assert house.kitchen.error_code == "stt-stream-failed"
    assert recogniser.heard == b""
    assert house.cloud.calls == 0
    recogniser.programs = [describe(*WHISPER)]
    await house.kitchen.speak()
    assert house.kitchen.error_code == "stt-stream-failed"


async def test_a_name_that_leads_to_the_internet_now_is_not_followed(
    house: House,
    recogniser: Recogniser,
    protected: MockConfigEntry,
    names: dict[str, list[str]],
) -> None:
    """It was good a moment ago."""
    names[HOST] = [PUBLIC]
    await house.kitchen.speak()
    assert house.kitchen.error_code == "stt-stream-failed"
    assert recogniser.heard == b""
    # Not because nobody answers there, but because it was found out before.
    assert house.entry is not None
    (engine_id,) = house.entry.options[CONF_LOCAL_ENGINES]
    report = house.entry.runtime_data.localities.report(engine_id)
    assert report.locality is Locality.CLOUD


async def test_a_name_that_changes_between_proof_and_use_is_not_followed(
    house: House, recogniser: Recogniser, protected: MockConfigEntry
) -> None:
    """The address that was judged is the one that is connected to."""
    elsewhere = Recogniser(WHISPER)
    asked: list[str] = []

    def resolve(host: str | None, port: object, *args: object, **kwargs: object) -> Any:
        """Say something else each time, as one does who wants to be let in."""
        asked.append(str(host))
        address = LOOPBACK if host != HOST or asked.count(HOST) == 1 else PUBLIC
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with patch("socket.getaddrinfo", resolve):
        await house.kitchen.speak()
    assert asked.count(HOST) == 1
    assert house.kitchen.error_code is None
    assert recogniser.heard == b"".join(SPEECH)
    assert elsewhere.heard == b""


async def test_a_silent_server_hears_nothing_and_does_as_soon_as_it_answers(
    house: House, recogniser: Recogniser, protected: MockConfigEntry
) -> None:
    """It may hang, or be started anew at this moment; nobody waits for long."""
    recogniser.is_silent = True
    with patch.object(wyoming_servers, "DESCRIBE_SECONDS", 0.05):
        await house.kitchen.speak()
    assert house.kitchen.error_code == "stt-stream-failed"
    assert recogniser.heard == b""
    recogniser.is_silent = False
    await house.kitchen.speak()
    assert house.kitchen.error_code is None
    assert recogniser.heard == b"".join(SPEECH)


async def test_the_next_local_engine_takes_over(
    hass: HomeAssistant,
    house: House,
    recogniser: Recogniser,
    protected: MockConfigEntry,
) -> None:
    """A server that is no good any more is no reason to refuse."""
    assert house.entry is not None
    local_engines = [*house.entry.options[CONF_LOCAL_ENGINES], LOCAL]
    hass.config_entries.async_update_entry(
        house.entry, options={**house.entry.options, CONF_LOCAL_ENGINES: local_engines}
    )
    await hass.config_entries.async_reload(house.entry.entry_id)
    await hass.async_block_till_done()
    recogniser.programs = [describe(*TO_OPENAI)]
    await house.kitchen.speak()
    assert house.kitchen.error_code is None
    assert recogniser.heard == b""
    assert house.local.heard_bytes == len(b"".join(SPEECH))


async def test_who_may_be_heard_anywhere_waits_for_nothing(
    house: House, recogniser: Recogniser, protected: MockConfigEntry
) -> None:
    """No server is asked for the sake of a satellite whose switch is off."""
    asked = recogniser.times_asked
    await house.bedroom.speak()
    assert house.bedroom.error_code is None
    assert recogniser.times_asked == asked
    await house.kitchen.speak()
    assert recogniser.times_asked == asked + 1


async def test_a_server_that_is_set_up_anew_is_asked_before_it_is_trusted(
    hass: HomeAssistant,
    house: House,
    recogniser: Recogniser,
    protected: MockConfigEntry,
) -> None:
    """Its entry may lead elsewhere since."""
    assert house.entry is not None
    localities = house.entry.runtime_data.localities
    (engine_id,) = house.entry.options[CONF_LOCAL_ENGINES]
    other = Recogniser(TO_OPENAI)
    await other.start()
    hass.config_entries.async_update_entry(
        protected, data={"host": HOST, "port": other.port}
    )
    assert localities.report(engine_id).locality is Locality.UNPROVEN
    await hass.config_entries.async_reload(protected.entry_id)
    await house.kitchen.speak()
    assert house.kitchen.error_code == "stt-stream-failed"
    assert other.heard == b""
    assert localities.report(engine_id).locality is Locality.CLOUD
    await other.stop()


async def test_an_engine_is_left_as_it_was(
    hass: HomeAssistant, house: House, protected: MockConfigEntry
) -> None:
    """Without us it looks up the name of its server for each sentence again."""
    assert house.entry is not None
    assert protected.runtime_data.service.host == LOOPBACK
    await hass.config_entries.async_unload(house.entry.entry_id)
    assert protected.runtime_data.service.host == HOST


async def test_a_server_that_has_moved_is_looked_for_by_its_name_again(
    house: House, protected: MockConfigEntry, names: dict[str, list[str]]
) -> None:
    """Those whose switch is off must not go on speaking to an address that is nobody's."""
    assert house.entry is not None
    localities = house.entry.runtime_data.localities
    await localities.async_check()
    assert protected.runtime_data.service.host == LOOPBACK
    names[HOST] = []
    await localities.async_check()
    assert protected.runtime_data.service.host == HOST


async def test_an_attested_server_is_held_to_its_address_though_it_is_silent(
    hass: HomeAssistant,
    house: House,
    recogniser: Recogniser,
    names: dict[str, list[str]],
) -> None:
    """The user vouched for what is there, not for what its name may lead to."""
    names[HOST] = [LOOPBACK]
    entry, engine_id = await add_recogniser(hass, recogniser, HOST)
    recogniser.is_silent = True
    book = LocalityBook(hass, {engine_id: WORD})
    with patch.object(wyoming_servers, "DESCRIBE_SECONDS", 0.05):
        await book.async_prove([engine_id])
    assert book.report(engine_id).locality is Locality.LOCAL
    assert entry.runtime_data.service.host == LOOPBACK


async def test_whatever_answers_that_is_no_wyoming_server_proves_nothing(
    hass: HomeAssistant, house: House, recogniser: Recogniser
) -> None:
    """Another program may listen there by now."""
    _, engine_id = await add_recogniser(hass, recogniser)
    recogniser.garbage = b'{"type": "info", "data": {"asr": "nonsense"}}\n'
    assert (await judge(hass, engine_id)).locality is Locality.UNPROVEN
