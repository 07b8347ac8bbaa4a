"""Test what is kept of a finished sentence, and that keeping never gets in the way."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.const import DOMAIN, IssueId, VoiceEvent
from custom_components.voice_retention.errors import VaultUnavailable
from custom_components.voice_retention.keeper import MAX_WAITING, Batch, Keeper
from custom_components.voice_retention.notices import SIGNAL_VOICE, VoiceNotice
from custom_components.voice_retention.policy.choices import (
    NEVER,
    Keep,
    SatelliteSettings,
    Settings,
)
from custom_components.voice_retention.policy.models import (
    Content,
    Decision,
    Origin,
    OriginKind,
    Outcome,
    Reason,
    Route,
    Utterance,
)
from custom_components.voice_retention.vault.books import LedgerEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from tests.vault.make import DAY, HOUR, satellite, utterance


@dataclass
class Shelf:
    """Take sentences, slowly or not at all if told so."""

    batches: list[tuple[list[Utterance], list[LedgerEntry]]] = field(
        default_factory=list
    )
    error: Exception | None = None
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    started: asyncio.Event = field(default_factory=asyncio.Event)

    async def async_store(
        self, utterances: Sequence[Utterance], runs: Sequence[LedgerEntry]
    ) -> None:
        """Take a batch."""
        self.started.set()
        await self.go_on.wait()
        if self.error is not None:
            raise self.error
        self.batches.append((list(utterances), list(runs)))

    @property
    def stored(self) -> list[Utterance]:
        """Return everything that was stored."""
        return [item for utterances, _ in self.batches for item in utterances]

    @property
    def runs(self) -> list[LedgerEntry]:
        """Return all runs of the ledger."""
        return [item for _, runs in self.batches for item in runs]


class Kept:
    """A keeper and what came of it."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Make a keeper that has not begun yet."""
        self.hass = hass
        self.shelf = Shelf()
        self.shelf.go_on.set()
        self.settings = Settings()
        self.purged: frozenset[Content] = frozenset()
        self.asked: list[tuple[str, datetime]] = []
        self.notices: list[VoiceNotice] = []
        self.batches: list[Batch] = []
        self.keeper = self.make(keep_unrecognised=False)
        async_dispatcher_connect(hass, SIGNAL_VOICE, self._told)

    def make(self, *, keep_unrecognised: bool) -> Keeper:
        """Make the keeper."""
        self.keeper = Keeper(
            self.hass,
            shelf=self.shelf,
            settings=lambda: self.settings,
            purged=self._purged,
            keep_unrecognised=keep_unrecognised,
        )
        return self.keeper

    def start(self) -> None:
        """Set the keeper going."""
        self.keeper.async_start(MockConfigEntry(domain=DOMAIN), self._stored)

    async def keep(self, *items: Utterance) -> list[Utterance]:
        """Give it sentences, and return what is stored of them."""
        for item in items:
            self.keeper.async_keep(item)
        await self.keeper.async_settle()
        return self.shelf.stored

    def _purged(self, key: str, created: datetime) -> frozenset[Content]:
        self.asked.append((key, created))
        return self.purged

    @callback
    def _told(self, notice: VoiceNotice) -> None:
        self.notices.append(notice)

    def _stored(self, batch: Batch) -> None:
        self.batches.append(batch)

    @property
    def events(self) -> list[VoiceEvent]:
        """Return what was told."""
        return [notice.event for notice in self.notices]


@pytest.fixture
async def kept(hass: HomeAssistant) -> AsyncIterator[Kept]:
    """Return a keeper."""
    kept = Kept(hass)
    yield kept
    kept.shelf.go_on.set()
    await kept.keeper.async_stop()


def contents(item: Utterance) -> set[Content]:
    """Return what there is of a sentence."""
    return {
        content
        for content, value in (
            (Content.AUDIO, item.audio),
            (Content.TRANSCRIPT, item.transcript),
            (Content.RESPONSE, item.response),
        )
        if value is not None
    }


ALL = {Content.AUDIO, Content.TRANSCRIPT, Content.RESPONSE}
TEXT = {Content.TRANSCRIPT, Content.RESPONSE}


async def test_a_sentence_is_stored_and_told(kept: Kept) -> None:
    """With an id, and nothing of what was said."""
    item = utterance()
    assert await kept.keep(item) == [item]
    (notice,) = kept.notices
    assert notice.satellite_key == "kitchen"
    assert notice.event is VoiceEvent.KEPT
    assert notice.attributes == {
        "reason": "allowed, unknown_origin",
        "route": "engine",
        "engine": "stt.cloud_speech",
        "recording_id": item.recording_id,
    }


async def test_sentences_that_end_together_are_stored_together(kept: Kept) -> None:
    """Each batch costs a wait for the disk."""
    kept.shelf.go_on.clear()
    kept.start()
    kept.keeper.async_keep(utterance())
    await kept.shelf.started.wait()
    for _ in range(5):
        kept.keeper.async_keep(utterance())
    kept.shelf.go_on.set()
    await kept.keeper.async_settle()
    assert [len(batch) for batch, _ in kept.shelf.batches] == [1, 5]
    assert [batch.size for batch in kept.batches] == [
        sum(len(item.audio or b"") for item in items) for items, _ in kept.shelf.batches
    ]
    assert all(batch.expires is not None for batch in kept.batches)


async def test_taking_a_sentence_does_not_wait_for_the_disk(kept: Kept) -> None:
    """It is called where the answer is waited for."""
    kept.shelf.go_on.clear()
    kept.start()
    for _ in range(3):
        kept.keeper.async_keep(utterance())
    assert kept.shelf.stored == []


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        pytest.param(Settings(), ALL, id="as before"),
        pytest.param(Settings(keep_recordings=Keep.NEVER), set(), id="never"),
        pytest.param(
            Settings(keep_recordings=Keep.NEVER, keep_transcripts=Keep.DAY),
            TEXT,
            id="never the voice",
        ),
        pytest.param(
            Settings(keep_transcripts=Keep.NEVER), {Content.AUDIO}, id="never the text"
        ),
        pytest.param(
            Settings(
                satellites={"kitchen": SatelliteSettings(keep_recordings=Keep.NEVER)}
            ),
            set(),
            id="never here",
        ),
        pytest.param(
            Settings(
                satellites={"bedroom": SatelliteSettings(keep_recordings=Keep.NEVER)}
            ),
            ALL,
            id="never elsewhere",
        ),
        pytest.param(Settings(guest_mode=True), set(), id="guests have come"),
        pytest.param(Settings(lost=True), set(), id="the settings are lost"),
    ],
)
async def test_settings_that_became_stricter_meanwhile_count(
    kept: Kept, chosen: Settings, left: set[Content]
) -> None:
    """Seconds pass between the sentence and the disk."""
    kept.settings = chosen
    stored = await kept.keep(utterance())
    assert [contents(item) for item in stored] == ([left] if left else [])
    assert kept.events == [VoiceEvent.KEPT if left else VoiceEvent.NOT_KEPT]


async def test_the_shorter_of_two_limits_counts(kept: Kept) -> None:
    """Whichever was there first."""
    kept.settings = Settings(keep_recordings=Keep.WEEK)
    (longer,) = await kept.keep(utterance(keep_audio=HOUR, keep_transcript=HOUR))
    assert longer.decision.keep_audio == longer.decision.keep_transcript == HOUR
    kept.settings = Settings(keep_recordings=Keep.HOUR)
    _, shorter = await kept.keep(utterance(keep_audio=DAY, keep_transcript=DAY))
    assert shorter.decision.keep_audio == shorter.decision.keep_transcript == HOUR


async def test_a_claimed_device_is_kept_by_the_stricter_rule(kept: Kept) -> None:
    """And under the other clients."""
    kept.settings = Settings(
        satellites={"other": SatelliteSettings(keep_recordings=Keep.HOUR)}
    )
    claimed = Origin(kind=OriginKind.CLAIMED_DEVICE, satellite_key="kitchen")
    (item,) = await kept.keep(utterance(origin=claimed))
    assert item.decision.keep_audio == HOUR
    assert kept.notices[0].satellite_key == "other"
    assert kept.asked[0][0] == "other"


@pytest.mark.parametrize(
    ("purged", "left"),
    [
        (ALL, set()),
        ({Content.AUDIO}, TEXT),
        ({Content.TRANSCRIPT}, ALL - {Content.TRANSCRIPT}),
    ],
    ids=["all of it", "the voice", "the words"],
)
async def test_what_was_purged_before_it_was_stored_is_not_stored(
    kept: Kept, purged: set[Content], left: set[Content]
) -> None:
    """Deleted means deleted, also what was still being answered."""
    kept.purged = frozenset(purged)
    item = utterance()
    stored = await kept.keep(item)
    assert [contents(found) for found in stored] == ([left] if left else [])
    assert kept.asked == [("kitchen", item.created)]


@pytest.mark.parametrize(
    "outcome", [Outcome.UNRECOGNISED, Outcome.ERROR, Outcome.CANCELLED]
)
@pytest.mark.parametrize("keep_unrecognised", [False, True])
async def test_what_was_not_recognised_is_kept_only_if_wanted(
    kept: Kept, outcome: Outcome, keep_unrecognised: bool
) -> None:
    """It may be anything that the microphone caught."""
    kept.make(keep_unrecognised=keep_unrecognised)
    stored = await kept.keep(utterance(outcome=outcome, transcript=None, response=None))
    assert len(stored) == keep_unrecognised
    assert len(kept.shelf.runs) == 1


@pytest.mark.parametrize("keep_unrecognised", [False, True])
async def test_nothing_is_kept_of_what_was_refused(
    hass: HomeAssistant, kept: Kept, keep_unrecognised: bool
) -> None:
    """Not even with the option for what was not recognised."""
    kept.make(keep_unrecognised=keep_unrecognised)
    refused = Decision(
        route=Route.REFUSE,
        engine_id=None,
        keep_audio=NEVER,
        keep_transcript=NEVER,
        reasons=(Reason.DONT_SEND, Reason.NO_LOCAL_ENGINE),
    )
    item = utterance(
        decision=refused, engine_id=None, report=None, outcome=Outcome.BLOCKED
    )
    assert await kept.keep(item) == []
    (notice,) = kept.notices
    assert notice.event is VoiceEvent.BLOCKED
    assert notice.attributes == {
        "reason": "dont_send, no_local_engine",
        "route": "refuse",
    }
    (run,) = kept.shelf.runs
    assert (run.engine_id, run.locality, run.route) == (None, None, Route.REFUSE)
    registry = ir.async_get(hass)
    assert registry.async_get_issue(DOMAIN, IssueId.NO_LOCAL_ENGINE)
    local = replace(refused, route=Route.LOCAL_ENGINE, reasons=(Reason.DONT_SEND,))
    await kept.keep(utterance(decision=local))
    assert registry.async_get_issue(DOMAIN, IssueId.NO_LOCAL_ENGINE) is None


async def test_every_run_is_in_the_ledger(kept: Kept) -> None:
    """Also of those that are not kept: you can see where your voice went."""
    kept.settings = Settings(keep_recordings=Keep.NEVER)
    item = utterance()
    await kept.keep(item)
    (run,) = kept.shelf.runs
    assert run.at == item.created
    assert (run.satellite_key, run.engine_id) == ("kitchen", "stt.cloud_speech")
    assert (run.locality, run.audio_bytes) == ("cloud", 3200)
    assert item.transcript is not None
    assert item.transcript not in repr(run)


@pytest.mark.parametrize(
    "error",
    [VaultUnavailable("disk_full"), RuntimeError("anything")],
    ids=["no vault", "a fault of ours"],
)
async def test_what_cannot_be_stored_is_told_and_the_next_one_is_stored(
    kept: Kept, error: Exception
) -> None:
    """The sentence was answered all the same."""
    kept.start()
    kept.shelf.error = error
    await kept.keep(utterance())
    assert kept.events == [VoiceEvent.NOT_KEPT]
    assert "recording_id" not in kept.notices[0].attributes
    kept.shelf.error = None
    kept.shelf.started.clear()
    kept.keeper.async_keep(utterance())
    # Without anybody asking for it: the worker is still there.
    await asyncio.wait_for(kept.shelf.started.wait(), 1)
    await kept.keeper.async_settle()
    assert kept.events == [VoiceEvent.NOT_KEPT, VoiceEvent.KEPT]


async def test_a_disk_that_hangs_does_not_fill_the_memory(kept: Kept) -> None:
    """What comes on top is not kept, and said so."""
    kept.shelf.go_on.clear()
    for _ in range(MAX_WAITING + 3):
        kept.keeper.async_keep(utterance())
    assert kept.events == [VoiceEvent.NOT_KEPT] * 3
    kept.shelf.go_on.set()
    await kept.keeper.async_settle()
    assert len(kept.shelf.stored) == MAX_WAITING


async def test_stopping_stores_what_waits(kept: Kept) -> None:
    """It was said before."""
    item = utterance()
    kept.start()
    kept.keeper.async_keep(item)
    await kept.keeper.async_stop()
    assert kept.shelf.stored == [item]
    # Nobody sweeps or looks at a vault that is about to be closed.
    assert kept.batches == []


async def test_stopping_waits_for_what_is_half_way_to_the_disk(kept: Kept) -> None:
    """The vault is closed right after."""
    kept.shelf.go_on.clear()
    kept.start()
    kept.keeper.async_keep(utterance())
    await kept.shelf.started.wait()
    kept.keeper.async_keep(utterance())
    stopping = asyncio.create_task(kept.keeper.async_stop())
    for _ in range(5):
        await asyncio.sleep(0)
    assert not stopping.done()
    kept.shelf.go_on.set()
    await stopping
    assert len(kept.shelf.stored) == 2


async def test_what_ends_after_stopping_is_told_not_to_be_kept(kept: Kept) -> None:
    """Nobody would ever come for it."""
    await kept.keeper.async_stop()
    assert await kept.keep(utterance(origin=satellite("bedroom"))) == []
    assert kept.events == [VoiceEvent.NOT_KEPT]


async def test_a_sentence_is_kept_from_the_moment_it_was_said(kept: Kept) -> None:
    """Not from the moment at which it was stored."""
    item = utterance()
    (stored,) = await kept.keep(item)
    assert stored.created == item.created
    assert stored.decision.keep_audio == timedelta(days=1)
