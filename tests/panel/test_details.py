"""Test what is told of one recording, and how it is heard and held."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.voice_retention.policy.models import AccessKind, Content
from custom_components.voice_retention.vault.books import Access
from custom_components.voice_retention.vault.models import RecordingFilter
from homeassistant.components.assist_pipeline import PipelineStage
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.conftest import CLOUD
from tests.house import SPEECH, House
from tests.lookup import OTHER, settle
from tests.panel.ask import Panel
from tests.panel.conftest import ids
from tests.vault.make import ledger_entry, satellite, utterance

UNKNOWN = "0123456789abcdef0123456789abcdef"


@pytest.fixture
async def spoken(hass: HomeAssistant, house: House, panel: Panel) -> str:
    """Say a sentence in the kitchen; return its recording."""
    await house.kitchen.speak(end_stage=PipelineStage.INTENT)
    await settle(hass)
    (recording_id,) = ids(await panel("history/list"))
    return recording_id


# Details


async def test_details_tell_who_got_what_and_why(
    entry: MockConfigEntry, spoken: str, panel: Panel
) -> None:
    """The audio first, then the words, each with its reasons as sentences."""
    (stored,) = await entry.runtime_data.storage.async_find(RecordingFilter())
    async with entry.runtime_data.storage.async_use() as vault:
        await vault.ledger.record(
            ledger_entry(
                run_id=stored.run_id,
                sent=Content.TRANSCRIPT,
                engine_id=None,
                locality=None,
                evidence=(),
                characters=17,
            ),
            ledger_entry(run_id="another"),
        )
    details = await panel("history/details", recording_id=spoken)
    (row,) = (await panel("history/list"))["recordings"]
    assert details["recording"] == row
    assert details["accesses"] == []
    audio, text = details["ledger"]
    assert (audio["sent"], text["sent"]) == ("audio", "transcript")
    assert audio["engine_id"] == CLOUD
    assert audio["engine_name"] == "cloud_speech"
    assert audio["locality"] == "cloud"
    assert audio["evidence"] == [
        "Its integration says that it needs a cloud (cloud_push)."
    ]
    assert audio["route"] == "engine"
    assert audio["audio_bytes"] == len(b"".join(SPEECH))
    assert (text["engine_id"], text["engine_name"]) == (None, None)
    assert (text["evidence"], text["characters"]) == ([], 17)


@pytest.mark.parametrize("language", ["nl", "de-CH", "zh-Hans", "xx"])
async def test_evidence_is_told_in_the_language_of_who_asks(
    monkeypatch: pytest.MonkeyPatch, spoken: str, panel: Panel, language: str
) -> None:
    """It is Home Assistant that knows the sentences of a language."""
    asked: list[str] = []

    async def translations(
        hass: HomeAssistant, language: str, *_: object
    ) -> dict[str, str]:
        asked.append(language)
        key = "component.voice_retention.selector.evidence.options.iot_class_cloud"
        return {key: f"{{detail}} in {language}"}

    monkeypatch.setattr(
        "custom_components.voice_retention.assist.evidence.words.async_get_translations",
        translations,
    )
    details = await panel("history/details", recording_id=spoken, language=language)
    assert details["ledger"][0]["evidence"] == [f"cloud_push in {language}"]
    assert language in asked


@pytest.mark.parametrize("language", ["../../secrets", "en/..", "e", "", "en\n", 5])
async def test_a_language_that_is_none_is_refused(
    spoken: str, panel: Panel, language: object
) -> None:
    """It would become part of the name of a file."""
    error = await panel.error("history/details", recording_id=spoken, language=language)
    assert error["translation_placeholders"] == {"field": "language"}


async def test_details_name_who_accessed_it(
    entry: MockConfigEntry, spoken: str, panel: Panel, hass_admin_user: MockUser
) -> None:
    """Also who has no account any more, and automations, which never had one."""
    await panel("history/play", recording_id=spoken)
    async with entry.runtime_data.storage.async_use() as vault:
        await vault.accesses.record(
            *(
                Access(
                    at=dt_util.utcnow(),
                    kind=AccessKind.PLAYED,
                    user_id=user_id,
                    recording_id=spoken,
                )
                for user_id in ("gone", None)
            )
        )
    accesses = (await panel("history/details", recording_id=spoken))["accesses"]
    assert [(item["user_id"], item["user_name"]) for item in accesses] == [
        (hass_admin_user.id, hass_admin_user.name),
        ("gone", None),
        (None, None),
    ]
    assert {item["kind"] for item in accesses} == {"played"}


async def test_a_recording_without_a_run_has_the_entry_of_its_moment(
    entry: MockConfigEntry, said: list[str], panel: Panel
) -> None:
    """Speech that came over REST belongs to no run."""
    moment = dt_util.utcnow()
    origin = satellite(OTHER)
    spoken = utterance(created=moment, origin=origin)
    alone = utterance(
        created=moment,
        origin=type(origin)(kind=origin.kind, satellite_key=OTHER, run_id=None),
    )
    entries = [
        ledger_entry(at=moment + timedelta(seconds=number), satellite_key=OTHER)
        for number in range(-1, 2)
    ]
    async with entry.runtime_data.storage.async_use() as vault:
        await vault.recordings.store([spoken, alone], entries)
    details = await panel("history/details", recording_id=alone.recording_id)
    assert [item["at"] for item in details["ledger"]] == [moment.isoformat()]
    of_run = await panel("history/details", recording_id=spoken.recording_id)
    assert len(of_run["ledger"]) == 3


@pytest.mark.parametrize("command", ["history/details", "history/play"])
@pytest.mark.parametrize(
    ("recording_id", "key"),
    [
        (UNKNOWN, "recording_not_found"),
        ("", "invalid_field"),
        ("..", "invalid_field"),
        (f"{UNKNOWN}\n", "invalid_field"),
        (None, "invalid_field"),
        ([UNKNOWN], "invalid_field"),
    ],
)
async def test_a_recording_that_is_none_is_an_error(
    said: list[str], panel: Panel, command: str, recording_id: object, key: str
) -> None:
    """And nothing else is told."""
    error = await panel.error(command, recording_id=recording_id)
    assert error["translation_key"] == key


# Playing


async def test_a_recording_is_played_through_a_link_and_on_the_record(
    spoken: str,
    panel: Panel,
    hass_admin_user: MockUser,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """The player needs no account; whoever asked for the link is written down."""
    played = await panel("history/play", recording_id=spoken)
    assert played["mime_type"] == "audio/wav"
    audio = b"".join(SPEECH)
    assert played["seconds"] == len(audio) / 32000
    client = await hass_client_no_auth()
    response = await client.get(played["url"])
    assert response.status == HTTPStatus.OK
    assert (await response.read())[44:] == audio
    (row,) = (await panel("history/list"))["recordings"]
    (access,) = row["accesses"]
    assert access["user_id"] == hass_admin_user.id


async def test_what_has_no_audio_is_not_played(
    entry: MockConfigEntry, spoken: str, panel: Panel
) -> None:
    """And nobody is said to have listened."""
    async with entry.runtime_data.storage.async_use() as vault:
        await vault.deletion.delete([spoken], [Content.AUDIO])
    error = await panel.error("history/play", recording_id=spoken)
    assert error["translation_key"] == "recording_not_found"
    assert (await panel("history/details", recording_id=spoken))["accesses"] == []


# Holding


async def test_a_selection_is_held_and_released(
    hass: HomeAssistant, said: list[str], panel: Panel
) -> None:
    """All of it, and what it is then is answered."""
    until = dt_util.utcnow() + timedelta(days=7)
    held = await panel(
        "history/hold", recording_ids=[said[2], said[0]], until=until.isoformat()
    )
    assert ids(held) == [said[0], said[2]]
    for row in held["recordings"]:
        assert row["held"] is True
        assert row["held_until"] == until.isoformat()
        assert row["satellite_name"]
    wanted: dict[str, Any] = {"filter": {"held": True}}
    assert ids(await panel("history/list", **wanted)) == [said[0], said[2]]
    released = await panel("history/hold", recording_ids=said[:1], until=None)
    assert released["recordings"][0]["held"] is False
    assert ids(await panel("history/list", **wanted)) == [said[2]]


async def test_one_that_is_gone_leaves_all_as_they_were(
    said: list[str], panel: Panel
) -> None:
    """Whoever protects five recordings must not end with four, unknowing."""
    until = (dt_util.utcnow() + timedelta(days=7)).isoformat()
    error = await panel.error(
        "history/hold", recording_ids=[*said, UNKNOWN], until=until
    )
    assert error["translation_key"] == "recording_not_found"
    assert error["translation_placeholders"] == {"recording_ids": UNKNOWN}
    assert ids(await panel("history/list", filter={"held": True})) == []


@pytest.mark.parametrize(
    ("until", "key"),
    [
        ("2020-01-01T00:00:00+00:00", "hold_in_past"),
        ("2999-01-01T00:00:00+00:00", "hold_too_long"),
        ("soon", "invalid_field"),
        (5, "invalid_field"),
    ],
)
async def test_a_hold_ends_some_day_to_come(
    said: list[str], panel: Panel, until: object, key: str
) -> None:
    """As with the action."""
    error = await panel.error("history/hold", recording_ids=said, until=until)
    assert error["translation_key"] == key


@pytest.mark.parametrize("recording_ids", [[], "all", ["all"], [UNKNOWN] * 1001])
async def test_a_hold_names_recordings(
    said: list[str], panel: Panel, recording_ids: object
) -> None:
    """And not more than anybody selects."""
    error = await panel.error("history/hold", recording_ids=recording_ids, until=None)
    assert error["translation_placeholders"] == {"field": "recording_ids"}


async def test_what_was_overdue_goes_when_it_is_released(
    hass: HomeAssistant, entry: MockConfigEntry, said: list[str], panel: Panel
) -> None:
    """The hold was all that kept it; the answer still tells of it."""
    until = (dt_util.utcnow() + timedelta(days=1)).isoformat()
    await panel("history/hold", recording_ids=said[3:], until=until)
    async with entry.runtime_data.storage.async_use() as vault:
        await vault._storage.write(
            lambda connection: connection.exec_driver_sql(
                "UPDATE recordings SET text_expires = 1 WHERE recording_id = ?",
                (said[3],),
            )
        )
    released = await panel("history/hold", recording_ids=said[3:], until=None)
    assert ids(released) == said[3:]
    assert ids(await panel("history/list")) == said[:3]
