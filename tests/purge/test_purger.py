"""Test that a purge reaches every place, and tells the truth about it."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from custom_components.voice_retention.errors import VaultUnavailable
from custom_components.voice_retention.places.protocol import Target
from custom_components.voice_retention.places.reach.protocol import Kind
from custom_components.voice_retention.policy.choices import OTHER_CLIENTS
from custom_components.voice_retention.policy.models import (
    ALL_CONTENT,
    Content,
    Locality,
    LocalityReport,
)
from custom_components.voice_retention.purge.receipts import PlaceResult, Receipt
from custom_components.voice_retention.purge.scope import AskedBy, Scope
from custom_components.voice_retention.purge.work import BRIEF_PAUSE, FIRST_PAUSE
from tests.vault.make import DAY, HOUR, NOW, RESPONSE, TRANSCRIPT

from .conftest import Cellar

SENTENCE = {"sentences": 1, "bytes": 3200, "seconds": 0.1}
EVERYTHING = Scope(asked_by=AskedBy.USER)


def one(recording_id: str, **changes: object) -> Scope:
    """Return the scope of one recording."""
    return Scope(
        asked_by=AskedBy.USER,
        recording_ids=frozenset({recording_id}),
        **changes,
    )


def result(receipt: Receipt, place: str) -> PlaceResult:
    """Return what was done in one place."""
    return next(item for item in receipt.places if item.place == place)


async def test_everything_goes_from_everywhere(cellar: Cellar) -> None:
    """The vault counts contents: audio, transcript and response."""
    await cellar.store("kitchen")
    await cellar.store("bedroom")
    receipt = await cellar.purger.async_purge(EVERYTHING)
    assert await cellar.stored() == {}
    assert receipt.places == (
        PlaceResult(
            place="vault",
            found=6,
            deleted=6,
            verified=True,
            verified_by="keys_and_rows_gone",
        ),
        PlaceResult(
            place="attic",
            found=3,
            deleted=3,
            verified=True,
            verified_by="searched_again",
        ),
        PlaceResult(
            place="garage",
            found=3,
            deleted=3,
            verified=True,
            verified_by="searched_again",
        ),
    )
    assert receipt.is_complete
    assert cellar.purger.place_keys == ("vault", "attic", "garage")


async def test_the_vault_is_first(
    cellar: Cellar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of it is dead as soon as the key is, whatever happens then."""
    await cellar.store()

    async def look(target: Target) -> int:
        assert await cellar.stored() == {}
        return 0

    monkeypatch.setattr(cellar.attic, "async_find", look)
    receipt = await cellar.purger.async_purge(EVERYTHING)
    assert result(receipt, "attic").failed is None


async def test_a_place_that_fails_stops_no_other(
    cellar: Cellar, caplog: pytest.LogCaptureFixture
) -> None:
    """Places reach into parts of Home Assistant that change."""
    await cellar.store()
    cellar.attic.error = KeyError("secret detail")
    receipt = await cellar.purger.async_purge(EVERYTHING)
    assert result(receipt, "attic") == PlaceResult(
        place="attic",
        found=3,
        deleted=0,
        verified=False,
        failed="internal_error",
        retry_at=NOW + FIRST_PAUSE,
    )
    assert result(receipt, "vault").verified
    assert result(receipt, "garage").verified
    assert not receipt.is_complete
    assert "secret detail" not in str(receipt.as_dict())
    assert "Could not purge attic" in caplog.text


async def test_what_is_left_is_in_the_receipt(cellar: Cellar) -> None:
    """Somebody is using it at the moment, such as a run that is still going on."""
    cellar.attic.can_delete = 2
    receipt = await cellar.purger.async_purge(EVERYTHING)
    assert result(receipt, "attic") == PlaceResult(
        place="attic",
        found=3,
        deleted=2,
        verified=False,
        failed="in_use",
        retry_at=NOW + BRIEF_PAUSE,
    )
    assert not receipt.is_complete


async def test_a_dry_run_finds_the_same_and_changes_nothing(cellar: Cellar) -> None:
    """One looks before one leaps."""
    await cellar.store()
    held = await cellar.store()
    await cellar.hold(held, NOW + DAY)
    before = await cellar.stored()
    dry = await cellar.purger.async_purge(Scope(asked_by=AskedBy.USER, dry_run=True))
    assert await cellar.stored() == before
    assert await cellar.receipts() == []
    assert cellar.told == []
    assert cellar.attic.calls == ["find"]
    assert not any(item.verified or item.deleted for item in dry.places)
    real = await cellar.purger.async_purge(EVERYTHING)
    assert [(item.place, item.found) for item in dry.places] == [
        (item.place, item.found) for item in real.places
    ]
    assert dry.held == real.held == (held,)
    assert dry.out_of_reach == real.out_of_reach


async def test_only_the_places_that_were_named_are_purged(cellar: Cellar) -> None:
    """The vault stays if it is not among them."""
    recording_id = await cellar.store()
    receipt = await cellar.purger.async_purge(
        Scope(asked_by=AskedBy.USER, places=frozenset({"garage"}))
    )
    assert [item.place for item in receipt.places] == ["garage"]
    assert cellar.attic.calls == []
    assert recording_id in await cellar.stored()
    assert cellar.recent.contents_of("kitchen", NOW) == frozenset()


async def test_held_recordings_stay(cellar: Cellar) -> None:
    """In every place: their runs are spared too."""
    held, other = await cellar.store(), await cellar.store()
    await cellar.hold(held, NOW + DAY)
    receipt = await cellar.purger.async_purge(EVERYTHING)
    assert set(await cellar.stored()) == {held}
    assert receipt.held == (held,)
    (target,) = cellar.attic.targets
    assert target.spared_runs == {"run"}
    assert [item.recording_id for item in target.recordings] == [other]


async def test_a_hold_that_is_over_protects_nothing(cellar: Cellar) -> None:
    """From that moment on."""
    await cellar.hold(await cellar.store(), NOW)
    receipt = await cellar.purger.async_purge(EVERYTHING)
    assert await cellar.stored() == {}
    assert receipt.held == ()


async def test_held_recordings_go_when_asked_for_in_so_many_words(
    cellar: Cellar,
) -> None:
    """The hold is for those who look for a fault, not against the speaker."""
    await cellar.hold(await cellar.store(), NOW + DAY)
    receipt = await cellar.purger.async_purge(
        Scope(asked_by=AskedBy.USER, include_held=True)
    )
    assert await cellar.stored() == {}
    assert receipt.held == ()
    assert cellar.attic.targets[0].spared_runs == frozenset()


async def test_a_held_recording_without_such_content_still_spares_its_run(
    cellar: Cellar,
) -> None:
    """Its transcript is in no vault, but may be in another place."""
    await cellar.hold(await cellar.store(transcript=None, response=None), NOW + DAY)
    receipt = await cellar.purger.async_purge(
        Scope(asked_by=AskedBy.USER, contents=frozenset({Content.TRANSCRIPT}))
    )
    assert receipt.held == ()
    assert cellar.attic.targets[0].spared_runs == {"run"}


async def test_only_the_content_that_was_named_goes(cellar: Cellar) -> None:
    """The voice can go and the text stay."""
    recording_id = await cellar.store()
    receipt = await cellar.purger.async_purge(
        Scope(asked_by=AskedBy.USER, contents=frozenset({Content.AUDIO}))
    )
    stored = (await cellar.stored())[recording_id]
    assert stored.contents == {Content.TRANSCRIPT, Content.RESPONSE}
    assert result(receipt, "vault").deleted == 1


async def test_other_places_hear_of_recordings_that_lack_the_content(
    cellar: Cellar,
) -> None:
    """A transcript that was never kept in the vault lies in the debug data all the same."""
    recording_id = await cellar.store(transcript=None, response=None)
    receipt = await cellar.purger.async_purge(
        one(recording_id, contents=frozenset({Content.TRANSCRIPT}))
    )
    (target,) = cellar.attic.targets
    assert target.is_exact
    assert [item.recording_id for item in target.recordings] == [recording_id]
    assert result(receipt, "vault") == PlaceResult(
        place="vault",
        found=0,
        deleted=0,
        verified=True,
        verified_by="keys_and_rows_gone",
    )
    assert recording_id in await cellar.stored()
    assert cellar.told[0][1] == {}


async def test_a_scope_is_translated_for_the_places(cellar: Cellar) -> None:
    """They know entity ids and times."""
    (key,) = cellar.satellites.current
    await cellar.purger.async_purge(
        Scope(
            asked_by=AskedBy.USER,
            satellite_keys=frozenset({key, "vanished"}),
            start=NOW - HOUR,
            end=NOW,
        )
    )
    (target,) = cellar.attic.targets
    assert target.satellite_ids == {"assist_satellite.kitchen"}
    assert not target.includes_other_clients
    assert not target.is_exact
    assert (target.start, target.end) == (NOW - HOUR, NOW)
    assert target.covers(NOW - HOUR)
    assert not target.covers(NOW)
    assert not target.covers(NOW - 2 * HOUR)


async def test_the_other_clients_are_no_satellite(cellar: Cellar) -> None:
    """But they are somebody."""
    await cellar.purger.async_purge(
        Scope(asked_by=AskedBy.USER, satellite_keys=frozenset({OTHER_CLIENTS}))
    )
    (target,) = cellar.attic.targets
    assert target.satellite_ids == frozenset()
    assert target.includes_other_clients


async def test_nobody_named_is_everybody(cellar: Cellar) -> None:
    """The doors take care that this was meant."""
    await cellar.purger.async_purge(EVERYTHING)
    (target,) = cellar.attic.targets
    assert target.satellite_ids is None
    assert target.includes_other_clients


async def test_a_period_is_kept_to(cellar: Cellar) -> None:
    """Its end is not part of it."""
    before = await cellar.store(age=2 * HOUR)
    first = await cellar.store(age=HOUR)
    last = await cellar.store()
    await cellar.purger.async_purge(
        Scope(asked_by=AskedBy.USER, start=NOW - HOUR, end=NOW)
    )
    assert set(await cellar.stored()) == {before, last}
    assert first not in await cellar.stored()


async def test_the_receipt_holds_nothing_that_was_said(cellar: Cellar) -> None:
    """It outlives what it is about."""
    recording_id = await cellar.store()
    receipt = await cellar.purger.async_purge(one(recording_id))
    (stored,) = await cellar.receipts()
    assert stored.kind == "user"
    assert stored.body == receipt.as_dict()
    for text in (TRANSCRIPT, RESPONSE):
        assert text not in repr(receipt)
        assert text not in str(stored.body)
    assert stored.body["complete"] is True
    assert stored.body["scope"]["recording_ids"] == [recording_id]


async def test_the_receipt_says_who_asked_for_what(cellar: Cellar) -> None:
    """In a form that can be stored."""
    receipt = await cellar.purger.async_purge(
        Scope(
            asked_by=AskedBy.BUTTON,
            user_id="alice",
            user_name="Alice",
            asked_through="script.forget",
            satellite_keys=frozenset({"kitchen"}),
            start=NOW - DAY,
            end=NOW,
        )
    )
    assert receipt.as_dict() == {
        "receipt_id": receipt.receipt_id,
        "completes": None,
        "asked_by": "button",
        "user_id": "alice",
        "user_name": "Alice",
        "asked_through": "script.forget",
        "dry_run": False,
        "scope": {
            "satellites": ["kitchen"],
            "start_time": (NOW - DAY).isoformat(),
            "end_time": NOW.isoformat(),
            "recording_ids": None,
            "content": ["audio", "response", "transcript"],
            "include_held": False,
            "include_ledger": False,
            "places": None,
        },
        "started": NOW.isoformat(),
        "finished": NOW.isoformat(),
        "seconds": 0.0,
        "interruptions": 0,
        "complete": True,
        "retry_at": None,
        "held": 0,
        "held_recording_ids": [],
        "places": [item.as_dict() for item in receipt.places],
        "out_of_reach": [],
    }


async def test_engines_outside_the_home_are_out_of_reach(cellar: Cellar) -> None:
    """What they were sent is theirs."""
    await cellar.store()
    await cellar.store(
        engine_id="stt.local", report=LocalityReport(locality=Locality.LOCAL)
    )
    await cellar.store(engine_id="stt.unproven", report=None)
    await cellar.store(engine_id=None, report=None)
    receipt = await cellar.purger.async_purge(EVERYTHING)
    assert [
        (item.key, item.detail, dict(item.amount))
        for item in receipt.out_of_reach
        if item.kind is Kind.ENGINE
    ] == [
        ("stt.cloud_speech", "cloud", SENTENCE),
        ("stt.unproven", "unproven", SENTENCE),
    ]


async def test_those_concerned_are_told_how_many(cellar: Cellar) -> None:
    """Each satellite its own number."""
    await cellar.store("kitchen")
    await cellar.store("kitchen")
    await cellar.store("bedroom")
    receipt = await cellar.purger.async_purge(EVERYTHING)
    assert cellar.told == [(receipt, {"kitchen": 2, "bedroom": 1})]


async def test_without_the_vault_the_other_places_are_purged_all_the_same(
    cellar: Cellar, folder: Path
) -> None:
    """And the receipt says that nobody knows what should have been found."""
    folder.mkdir(parents=True)
    (folder / "vault.db").write_bytes(b"no database" * 100)
    receipt = await cellar.purger.async_purge(EVERYTHING)
    assert cellar.attic.left == 0
    assert [item.failed for item in receipt.places] == ["damaged"] * 3
    assert not any(item.verified for item in receipt.places)
    assert cellar.told == [(receipt, {})]


async def test_without_the_vault_nothing_is_guessed_about_single_recordings(
    cellar: Cellar, folder: Path
) -> None:
    """Their traces can only be found with it."""
    folder.mkdir(parents=True)
    (folder / "vault.db").write_bytes(b"no database" * 100)
    receipt = await cellar.purger.async_purge(one("0" * 32))
    assert not receipt.is_complete
    (target,) = cellar.attic.targets
    assert target.is_exact
    assert target.recordings == ()


async def test_a_receipt_that_cannot_be_stored_is_still_given(
    cellar: Cellar, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What is deleted stays deleted."""
    await cellar.store()

    async def fail(*_: object, **__: object) -> None:
        raise VaultUnavailable("disk_full")

    monkeypatch.setattr(cellar.book, "async_settle_purge", fail)
    receipt = await cellar.purger.async_purge(EVERYTHING)
    assert receipt.is_complete
    assert await cellar.stored() == {}
    assert "Could not store receipt" in caplog.text


async def test_two_purges_wait_for_each_other(cellar: Cellar) -> None:
    """Neither may count what the other one deletes."""
    await cellar.store()
    first, second = await asyncio.gather(
        cellar.purger.async_purge(EVERYTHING), cellar.purger.async_purge(EVERYTHING)
    )
    assert [result(item, "vault").deleted for item in (first, second)] == [3, 0]
    assert cellar.attic.calls == ["find", "purge", "verify"] * 2


async def test_a_purge_goes_through_though_nobody_waits_for_it(cellar: Cellar) -> None:
    """A browser that is closed in between must not leave half of it, and no receipt."""
    await cellar.store()
    waiting = asyncio.Event()
    go_on = asyncio.Event()

    async def purge(target: Target) -> int:
        waiting.set()
        await go_on.wait()
        cellar.attic.left = 0
        return 3

    cellar.attic.async_purge = purge  # type: ignore[method-assign]
    task = asyncio.create_task(cellar.purger.async_purge(EVERYTHING))
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    finishing = asyncio.create_task(cellar.purger.async_finish())
    await asyncio.sleep(0)
    assert not finishing.done()
    go_on.set()
    await finishing
    ((receipt, _),) = cellar.told
    assert receipt.is_complete
    assert len(await cellar.receipts()) == 1


async def test_what_was_just_said_is_stored_before_it_is_looked_for(
    cellar: Cellar,
) -> None:
    """Else it would come to the vault behind the purge's back."""
    await cellar.purger.async_purge(EVERYTHING)
    assert cellar.settled == 1
    await cellar.purger.async_purge(one("0" * 32))
    assert cellar.settled == 1


async def test_a_purge_means_what_is_not_stored_yet(cellar: Cellar) -> None:
    """The answer to it is still being spoken."""
    await cellar.purger.async_purge(
        Scope(
            asked_by=AskedBy.BUTTON,
            satellite_keys=frozenset({"kitchen"}),
            contents=frozenset({Content.AUDIO}),
            start=NOW - HOUR,
        )
    )
    meant = cellar.recent.contents_of
    assert meant("kitchen", NOW) == {Content.AUDIO}
    assert meant("kitchen", NOW - HOUR) == {Content.AUDIO}
    assert meant("kitchen", NOW - 2 * HOUR) == frozenset()
    assert meant("bedroom", NOW) == frozenset()
    assert meant("kitchen", NOW + timedelta(seconds=1)) == frozenset()
    await cellar.purger.async_purge(EVERYTHING)
    assert meant("bedroom", NOW) == ALL_CONTENT


async def test_a_purge_with_an_end_means_nothing_after_it(cellar: Cellar) -> None:
    """Whoever keeps the last day keeps what is being said."""
    await cellar.purger.async_purge(Scope(asked_by=AskedBy.USER, end=NOW - DAY))
    assert cellar.recent.contents_of("kitchen", NOW) == frozenset()


async def test_a_dry_run_and_a_single_recording_mean_nothing_else(
    cellar: Cellar,
) -> None:
    """Expiry goes by single recordings, too."""
    await cellar.purger.async_purge(Scope(asked_by=AskedBy.USER, dry_run=True))
    await cellar.purger.async_purge(one(await cellar.store()))
    assert cellar.recent.contents_of("kitchen", NOW) == frozenset()


@pytest.mark.parametrize(
    ("asked_by", "is_person"),
    [
        (AskedBy.USER, True),
        (AskedBy.AUTOMATION, True),
        (AskedBy.BUTTON, True),
        (AskedBy.EXPIRY, False),
        (AskedBy.SIZE_CAP, False),
        (AskedBy.RETRY, False),
    ],
)
def test_a_purge_is_what_somebody_asked_for(asked_by: AskedBy, is_person: bool) -> None:
    """The rest is the schedule, and no news."""
    assert asked_by.is_person is is_person
