"""Test that it stays known where content went."""

from pathlib import Path
from typing import Any

import pytest

from custom_components.voice_retention.policy.models import Content, Locality
from custom_components.voice_retention.vault import (
    LedgerEntry,
    LedgerFilter,
    RecordingFilter,
    SentToCloud,
    Vault,
    VaultUnavailableError,
)

from .make import DAY, HOUR, NOW, ledger_entry, utterance


def text(**changes: Any) -> LedgerEntry:
    """Return the entry of a transcript that the cloud got, with any changes."""
    values: dict[str, Any] = {
        "sent": Content.TRANSCRIPT,
        "audio_bytes": 0,
        "audio_seconds": 0.0,
    }
    return ledger_entry(**values | changes)


async def test_the_last_run_of_each_satellite_is_known(vault: Vault) -> None:
    """It is shown on the satellite, with the evidence; who was refused heard nothing."""
    last = ledger_entry(at=NOW + HOUR, engine_id="stt.local", locality=Locality.LOCAL)
    refused = ledger_entry(engine_id=None, locality=None)
    bedroom = ledger_entry(
        satellite_key="bedroom", evidence=(), reasons=(), run_id=None
    )
    await vault.ledger.record(ledger_entry(), bedroom)
    await vault.ledger.record(last, refused)
    assert await vault.ledger.last_runs() == {"kitchen": last, "bedroom": bedroom}


async def test_each_kind_of_content_has_its_own_last_run(vault: Vault) -> None:
    """The agent that got the transcript is not the engine that heard the voice."""
    heard = ledger_entry()
    answered = text(engine_id="conversation.cloudy", characters=24)
    await vault.ledger.record(heard, answered)
    assert await vault.ledger.last_runs() == {"kitchen": heard}
    assert await vault.ledger.last_runs(Content.TRANSCRIPT) == {"kitchen": answered}
    assert await vault.ledger.last_runs(Content.RESPONSE) == {}


async def test_only_what_may_have_left_the_home_counts_as_sent(vault: Vault) -> None:
    """Unproven counts as cloud; what was refused went nowhere."""
    await vault.ledger.record(
        ledger_entry(),
        ledger_entry(locality=Locality.UNPROVEN, audio_bytes=1000),
        ledger_entry(locality=Locality.LOCAL),
        ledger_entry(locality=None, engine_id=None, audio_bytes=0),
        ledger_entry(at=NOW - HOUR),
        ledger_entry(satellite_key="bedroom", audio_bytes=7),
        text(sent=Content.TRANSCRIPT, characters=20),
        text(sent=Content.RESPONSE, characters=30),
        text(sent=Content.RESPONSE, characters=40, locality=Locality.LOCAL),
    )
    sent = await vault.ledger.sent_to_cloud_since(NOW)
    assert sent == SentToCloud(audio_bytes=33_007, characters=50)
    assert await vault.ledger.sent_to_cloud_since(NOW + HOUR) == SentToCloud()


async def test_what_ever_left_the_home_is_never_forgotten(
    vault: Vault, folder: Path
) -> None:
    """A total that falls when entries expire would make nonsense of the statistics."""
    await vault.ledger.record(
        ledger_entry(),
        ledger_entry(locality=Locality.LOCAL),
        ledger_entry(locality=None, engine_id=None, audio_bytes=0),
        text(characters=20),
        ledger_entry(satellite_key="bedroom", audio_bytes=7),
    )
    await vault.recordings.store(
        [utterance()], [ledger_entry(locality=Locality.UNPROVEN, audio_bytes=1000)]
    )
    with pytest.raises(VaultUnavailableError):
        await vault.recordings.store([], [ledger_entry(), ledger_entry(run_id=5j)])
    sent = {
        "kitchen": SentToCloud(audio_bytes=33_000, characters=20),
        "bedroom": SentToCloud(audio_bytes=7),
    }
    assert await vault.ledger.sent_totals() == sent
    await vault.ledger.delete(LedgerFilter())
    await vault.close()
    reopened = await Vault.open(folder)
    assert await reopened.ledger.sent_totals() == sent
    await reopened.ledger.record(text(satellite_key="bedroom", characters=3))
    assert (await reopened.ledger.sent_totals())["bedroom"] == SentToCloud(
        audio_bytes=7, characters=3
    )
    await reopened.close()


async def test_old_entries_can_be_deleted(vault: Vault) -> None:
    """Also when somebody spoke is kept no longer than needed."""
    await vault.ledger.record(ledger_entry(at=NOW), ledger_entry(at=NOW - DAY))
    assert await vault.ledger.oldest() == NOW - DAY
    assert await vault.ledger.delete(LedgerFilter(end=NOW)) == 1
    assert await vault.ledger.delete(LedgerFilter(end=NOW)) == 0
    assert (await vault.ledger.last_runs())["kitchen"].at == NOW


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        pytest.param(LedgerFilter(), set(), id="everything"),
        pytest.param(
            LedgerFilter(satellite_keys={"bedroom"}), {"a", "b", None}, id="one room"
        ),
        pytest.param(LedgerFilter(satellite_keys=()), {"a", "b", "c", None}, id="none"),
        pytest.param(LedgerFilter(run_ids={"b"}), {"a", "c", None}, id="one run"),
        pytest.param(LedgerFilter(spared_runs={"b"}), {"b"}, id="but one run"),
        pytest.param(LedgerFilter(start=NOW), {"a"}, id="lately"),
        pytest.param(LedgerFilter(end=NOW), {"b", "c", None}, id="before"),
        pytest.param(
            LedgerFilter(sent={Content.TRANSCRIPT}), {"a", "b", None}, id="text"
        ),
        pytest.param(
            LedgerFilter(engine_id="stt.local"), {"a", "b", "c"}, id="one engine"
        ),
        pytest.param(
            LedgerFilter(locality=Locality.LOCAL), {"a", "b", "c"}, id="at home"
        ),
        pytest.param(LedgerFilter(up_to=2), {"c", None}, id="those of a moment ago"),
    ],
)
async def test_only_the_entries_that_are_meant_are_deleted(
    vault: Vault, wanted: LedgerFilter, left: set[str | None]
) -> None:
    """And they are counted as they go."""
    entries = [
        ledger_entry(run_id="a", at=NOW - DAY),
        ledger_entry(run_id="b"),
        text(run_id="c", satellite_key="bedroom"),
        ledger_entry(run_id=None, engine_id="stt.local", locality=Locality.LOCAL),
    ]
    await vault.ledger.record(*entries)
    assert await vault.ledger.last_number() == 4
    count = len(entries) - len(left)
    assert await vault.ledger.count(wanted) == count
    assert await vault.ledger.delete(wanted) == count
    assert await vault.ledger.count(wanted) == 0
    remaining = {
        run_id
        for run_id in ("a", "b", "c")
        if await vault.ledger.count(LedgerFilter(run_ids={run_id}))
    }
    if await vault.ledger.count(LedgerFilter(spared_runs={"a", "b", "c"})):
        remaining.add(None)
    assert remaining == left


async def test_the_ledger_is_read_page_by_page(vault: Vault) -> None:
    """Newest first, none twice, also while somebody is speaking."""
    entries = [ledger_entry(run_id=str(number)) for number in range(5)]
    await vault.ledger.record(*entries, ledger_entry(satellite_key="bedroom"))
    kitchen = LedgerFilter(satellite_keys={"kitchen"})
    first = await vault.ledger.page(kitchen, limit=2)
    await vault.ledger.record(ledger_entry(run_id="new"))
    second = await vault.ledger.page(kitchen, limit=2, before=first.next_before)
    third = await vault.ledger.page(kitchen, limit=2, before=second.next_before)
    assert [*first.items, *second.items, *third.items] == entries[::-1]
    assert [first.total, second.total, third.total] == [5, 6, 6]
    assert third.next_before is None
    everything = await vault.ledger.page(LedgerFilter(), limit=7)
    assert len(everything.items) == 7
    assert everything.next_before is None


async def test_what_was_deleted_is_in_no_file(vault: Vault, folder: Path) -> None:
    """Also that somebody was at home is nobody's business any more."""
    await vault.ledger.record(ledger_entry(run_id="run of the burglar"))
    await vault.ledger.delete(LedgerFilter(run_ids={"run of the burglar"}))
    files = [path.read_bytes() for path in folder.iterdir() if path.is_file()]
    assert files
    assert not any(b"run of the burglar" in data for data in files)


async def test_a_run_is_recorded_with_its_sentence(vault: Vault) -> None:
    """Whether or not the sentence is kept; and neither alone when storing fails."""
    kept, failing = utterance(), utterance()
    await vault.recordings.store([kept], [ledger_entry()])
    await vault.recordings.store([], [ledger_entry(satellite_key="bedroom")])
    with pytest.raises(VaultUnavailableError):
        await vault.recordings.store([failing], [ledger_entry(run_id=5j)])
    assert await vault.ledger.last_runs() == {
        "kitchen": ledger_entry(),
        "bedroom": ledger_entry(satellite_key="bedroom"),
    }
    [found] = await vault.recordings.find(RecordingFilter())
    assert found.recording_id == kept.recording_id
    assert await vault.deletion.verify_gone([failing.recording_id]) == 0


async def test_nothing_to_record_is_no_error(vault: Vault) -> None:
    """A batch of sentences may have reached no engine."""
    await vault.ledger.record()
    assert await vault.ledger.last_runs() == {}
