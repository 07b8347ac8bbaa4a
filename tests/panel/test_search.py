"""Test the search through what was said, as the panel listens to it."""

import asyncio
import logging
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.panel import search
from custom_components.voice_retention.vault.browsing import Browsing, Hits
from custom_components.voice_retention.vault.errors import (
    UnavailableReason,
    VaultUnavailableError,
)
from homeassistant.core import HomeAssistant
from tests.lookup import settle
from tests.panel.ask import Panel
from tests.panel.conftest import ids
from tests.vault.make import HOUR, NOW, utterance

SECRET = "geheimniskrämerei"


@pytest.fixture
async def many(entry: MockConfigEntry, panel: Panel) -> list[str]:
    """Store thirty sentences, every third about tea; return their ids, newest first."""
    sentences = [
        utterance(
            created=NOW - number * HOUR,
            transcript=f"number {number}" + (" tèa" if number % 3 == 0 else ""),
            response="Okay",
        )
        for number in range(30)
    ]
    async with entry.runtime_data.storage.async_use() as vault:
        await vault.recordings.store(sentences)
    return [sentence.recording_id for sentence in sentences]


async def listen(panel: Panel) -> list[dict[str, Any]]:
    """Return the events of a search, to the last one."""
    events: list[dict[str, Any]] = []
    while not events or not events[-1]["done"]:
        message = await panel.client.receive_json()
        assert message["type"] == "event"
        events.append(message["event"])
    return events


def found(events: list[dict[str, Any]]) -> list[str]:
    """Return what the events of a search brought."""
    return [recording_id for event in events for recording_id in ids(event)]


async def test_hits_come_newest_first_and_while_the_search_goes_on(
    monkeypatch: pytest.MonkeyPatch, many: list[str], panel: Panel
) -> None:
    """Each with how far it is; accents and capitals do not count."""
    monkeypatch.setattr(search, "BATCH", 10)
    assert await panel("history/search", text="TEA okay") is None
    events = await listen(panel)
    assert found(events) == many[::3]
    assert [event["scanned"] for event in events] == [10, 20, 30, 30]
    assert {event["total"] for event in events} == {30}
    assert [event["done"] for event in events] == [False, False, False, True]
    assert not any(event["capped"] for event in events)
    first = events[0]["recordings"][0]
    assert first["transcript"] == "number 0 tèa"
    assert first["satellite_name"] == "kitchen"
    assert first["accesses"] == []


async def test_a_search_keeps_to_the_filter(many: list[str], panel: Panel) -> None:
    """What it does not show is not looked at either."""
    start = (NOW - 4 * HOUR).isoformat()
    await panel("history/search", text="tea", filter={"start": start})
    events = await listen(panel)
    assert found(events) == [many[0], many[3]]
    assert events[-1]["total"] == events[-1]["scanned"] == 5


async def test_a_search_without_hits_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, many: list[str], panel: Panel
) -> None:
    """Now and then, not with every batch."""
    monkeypatch.setattr(search, "BATCH", 10)
    await panel("history/search", text="coffee")
    assert (await listen(panel))[-1] == {
        "recordings": [],
        "scanned": 30,
        "total": 30,
        "done": True,
        "capped": False,
    }
    monkeypatch.setattr(search, "TELL_EVERY", 0.0)
    await panel("history/search", text="coffee")
    assert [event["scanned"] for event in await listen(panel)] == [10, 20, 30, 30]


async def test_an_empty_vault_is_searched_at_once(panel: Panel) -> None:
    """Nothing of nothing."""
    await panel("history/search", text="tea")
    (event,) = await listen(panel)
    assert (event["scanned"], event["total"], event["done"]) == (0, 0, True)


async def test_more_hits_than_anybody_reads_are_cut_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, many: list[str], panel: Panel
) -> None:
    """The newest are shown."""
    monkeypatch.setattr(search, "MAX_HITS", 7)
    monkeypatch.setattr(search, "BATCH", 10)
    await panel("history/search", text="number")
    (event,) = await listen(panel)
    assert ids(event) == many[:7]
    assert event["capped"] is True


async def test_just_as_many_hits_as_anybody_reads_are_all(
    monkeypatch: pytest.MonkeyPatch, many: list[str], panel: Panel
) -> None:
    """Then nothing was left out."""
    monkeypatch.setattr(search, "MAX_HITS", 10)
    await panel("history/search", text="tea")
    events = await listen(panel)
    assert found(events) == many[::3]
    assert not events[-1]["capped"]


@pytest.mark.parametrize("is_closed", [False, True], ids=["unsubscribed", "closed"])
async def test_a_search_ends_when_nobody_listens(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    many: list[str],
    panel: Panel,
    *,
    is_closed: bool,
) -> None:
    """It must not go through everything for somebody who has left."""
    monkeypatch.setattr(search, "BATCH", 1)
    looked, go_on, real = asyncio.Event(), asyncio.Event(), Browsing.search
    looks = 0

    async def slow(*args: Any, **kwargs: Any) -> Hits:
        nonlocal looks
        looks += 1
        looked.set()
        await go_on.wait()
        return await real(*args, **kwargs)

    monkeypatch.setattr(Browsing, "search", slow)
    await panel("history/search", text="tea")
    await looked.wait()
    if is_closed:
        await panel.client.close()
    else:
        await panel.client.send_json_auto_id(
            {"type": "unsubscribe_events", "subscription": 1}
        )
        assert (await panel.client.receive_json())["success"]
    await settle(hass)
    go_on.set()
    await settle(hass)
    assert looks == 1


async def test_a_vault_that_fails_ends_the_search_with_a_reason(
    monkeypatch: pytest.MonkeyPatch, many: list[str], panel: Panel
) -> None:
    """What was found stays found, and nobody waits for the rest."""
    monkeypatch.setattr(search, "BATCH", 10)
    real = Browsing.search

    async def failing(*args: Any, **kwargs: Any) -> Hits:
        if kwargs["cursor"] is not None:
            raise VaultUnavailableError(UnavailableReason.DISK_FULL)
        return await real(*args, **kwargs)

    monkeypatch.setattr(Browsing, "search", failing)
    await panel("history/search", text="tea")
    first, last = await listen(panel)
    assert ids(first) == many[:10:3]
    assert last["recordings"] == []
    assert (last["scanned"], last["done"]) == (10, True)
    assert last["error"] == {
        "translation_domain": "voice_retention",
        "translation_key": "vault_unavailable",
        "translation_placeholders": {"reason": "disk_full"},
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"text": SECRET * 100},
        {"text": [SECRET]},
        {"text": {"words": SECRET}},
        {"text": SECRET, "filter": {"outcome": SECRET}},
        {"text": SECRET, "filter": {SECRET: SECRET}},
        {"text": SECRET, "filter": {"start": "2026-01-02", "end": "2026-01-01"}},
        {"words": SECRET},
        {"text": "  \t ", "words": SECRET},
        {"text": ""},
    ],
)
async def test_a_search_that_is_refused_repeats_nothing(
    many: list[str],
    panel: Panel,
    caplog: pytest.LogCaptureFixture,
    fields: dict[str, Any],
) -> None:
    """Neither to who asked nor to the log, which Home Assistant writes of each error."""
    with caplog.at_level(logging.INFO):
        error = await panel.error("history/search", **fields)
    assert error["translation_key"] in ("invalid_field", "empty_period")
    assert SECRET not in str(error)
    assert SECRET not in caplog.text
    assert "Error handling message" in caplog.text


async def test_what_was_searched_for_is_written_nowhere(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    many: list[str],
    panel: Panel,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    """Not in a log, also when the search breaks, nor in any file."""
    caplog.set_level(logging.DEBUG, "custom_components.voice_retention")
    await panel("history/search", text=SECRET)
    await listen(panel)
    with patch.object(
        Browsing, "search", side_effect=VaultUnavailableError(UnavailableReason.DAMAGED)
    ):
        await panel("history/search", text=SECRET)
        await listen(panel)
    await settle(hass)
    for spelling in (SECRET, "geheimniskramerei"):
        assert spelling not in caplog.text
        for path in tmp_path.rglob("*"):
            assert not path.is_file() or spelling.encode() not in path.read_bytes()
