"""Test that whatever moment it all ends in, rows and keys agree again afterwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import os
from pathlib import Path
from secrets import randbelow
import shutil
import subprocess
import sys
from time import sleep
from typing import Any

import pytest
from sqlalchemy import event

from custom_components.voice_retention.policy.models import Content
from custom_components.voice_retention.vault import (
    RecordingFilter,
    RecordingNotFoundError,
    Vault,
)

from .hammer import audio_of
from .make import DAY, NOW, utterance

EVERYTHING = RecordingFilter()


class Journal:
    """What a killed program had asked for and been told, so far as it got to say."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.stored: set[str] = set()
        self.gone: set[str] = set()
        self.undecided: set[str] = set()

    def read(self, lines: list[str], *, keep_undecided: bool = False) -> None:
        """Take in what one program said; a last line that was cut off counts as unsaid."""
        if not keep_undecided:
            self.undecided = set()
        for line in lines:
            if not line.endswith("\n"):
                continue
            what, *ids = line.split()
            if what in ("stored", "kept"):
                self.stored.update(ids)
                self.undecided.difference_update(ids)
            elif what in ("deleted", "purged"):
                self.gone.update(ids)
                self.undecided.difference_update(ids)
            else:
                self.undecided.update(ids)
                self.stored.difference_update(ids)


def killed_at_random(folder: Path) -> list[str]:
    """Let a program store and delete, kill it at any moment, and return what it said."""
    program = Path(__file__).with_name("hammer.py")
    with subprocess.Popen(  # noqa: S603
        [sys.executable, program, folder], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        sleep(randbelow(150_000) / 1e6)
        process.kill()
        return [first, *process.stdout.readlines()]


async def check(vault: Vault, journal: Journal) -> None:
    """Check what was acknowledged, and settle what was not."""
    found = await vault.recordings.find(EVERYTHING)
    present = {item.recording_id for item in found}
    assert journal.stored <= present
    assert present <= journal.stored | journal.undecided
    assert await vault.deletion.verify_gone(journal.gone) == 0
    assert vault._storage.keyring.contents() == {
        item.recording_id: item.contents for item in found
    }
    for recording_id in present:
        audio = await vault.recordings.read_audio(recording_id)
        assert audio == audio_of(recording_id)
    journal.stored = present


@pytest.mark.parametrize(
    "kills",
    [
        15,
        pytest.param(300, marks=[pytest.mark.slow, pytest.mark.timeout(900)]),
    ],
    ids=["quick", "long"],
)
async def test_a_kill_at_any_moment_loses_nothing_and_brings_nothing_back(
    folder: Path, kills: int
) -> None:
    """Machines lose their power while somebody speaks, or while a purge runs."""
    journal = Journal()
    for _ in range(kills):
        journal.read(killed_at_random(folder))
        vault = await Vault.open(folder)
        await check(vault, journal)
        await vault.close()
    assert journal.gone


type Snapshot = Callable[[str], None]


@contextmanager
def each_step(vault: Vault, take: Snapshot) -> Iterator[None]:
    """Call ``take`` before and after each single write, wait for the disk and statement."""
    writer = vault._storage._writer
    real = {name: getattr(os, name) for name in ("pwrite", "fsync")}

    def around(name: str) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            take(f"before {name}")
            result = real[name](*args)
            take(f"after {name}")
            return result

        return call

    def before(
        _connection: object, _cursor: object, statement: str, *_: object
    ) -> None:
        take(f"before {statement[:40]}")

    def after(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        take(f"after {statement[:40]}")

    def committing(_connection: object) -> None:
        take("before COMMIT")

    with pytest.MonkeyPatch.context() as patch:
        for name in real:
            patch.setattr(os, name, around(name))
        event.listen(writer, "before_cursor_execute", before)
        event.listen(writer, "after_cursor_execute", after)
        event.listen(writer, "commit", committing)
        try:
            yield
        finally:
            event.remove(writer, "before_cursor_execute", before)
            event.remove(writer, "after_cursor_execute", after)
            event.remove(writer, "commit", committing)
    take("at the end")


async def readable(vault: Vault) -> dict[str, frozenset[Content]]:
    """Return what can really be read, and check that it agrees with rows and keys."""
    found = await vault.recordings.find(EVERYTHING)
    readable: dict[str, frozenset[Content]] = {}
    for item in found:
        texts = await vault.recordings.read_text([item.recording_id])
        text = texts.get(item.recording_id)
        contents = set()
        if text is not None and text.transcript is not None:
            contents.add(Content.TRANSCRIPT)
        if text is not None and text.response is not None:
            contents.add(Content.RESPONSE)
        try:
            await vault.recordings.read_audio(item.recording_id)
        except RecordingNotFoundError:
            pass
        else:
            contents.add(Content.AUDIO)
        readable[item.recording_id] = frozenset(contents)
        assert item.contents == contents
    assert vault._storage.keyring.contents() == readable
    return readable


@pytest.mark.parametrize("loses_power", [False, True], ids=["killed", "power cut"])
async def test_every_single_step_can_be_the_last(
    folder: Path, tmp_path: Path, loses_power: bool
) -> None:
    """A random kill may never hit the one bad moment; this stops at each in turn.

    A power cut also takes back every key written since the key file was last on the disk.
    """
    kept, partly, purged = said = [utterance(), utterance(), utterance()]
    added = utterance(created=NOW + DAY)
    vault = await Vault.open(folder)
    await vault.recordings.store(said)
    steps: list[tuple[str, Path]] = []
    durable = (folder / "keys").read_bytes()

    def take(step: str) -> None:
        nonlocal durable
        if step == "after fsync":
            durable = (folder / "keys").read_bytes()
        snapshot = tmp_path / f"step {len(steps)}"
        shutil.copytree(folder, snapshot)
        if loses_power:
            (snapshot / "keys").write_bytes(durable)
        steps.append((step, snapshot))

    with each_step(vault, take):
        await vault.recordings.store([added])
    stored = len(steps)
    with each_step(vault, take):
        await vault.deletion.delete([partly.recording_id], {Content.AUDIO})
    shortened = len(steps)
    with each_step(vault, take):
        await vault.deletion.delete([purged.recording_id])
    await vault.close()

    assert {step for step, _ in steps} >= {
        "before pwrite",
        "after fsync",
        "before COMMIT",
    }
    for number, (step, snapshot) in enumerate(steps):
        vault = await Vault.open(snapshot)
        state = await readable(vault)
        await vault.close()
        assert kept.recording_id in state, step
        is_stored = added.recording_id in state
        assert is_stored or number < stored - 1, step
        has_audio = Content.AUDIO in state[partly.recording_id]
        assert not has_audio or number < shortened - 1, step
        is_purged = purged.recording_id not in state
        assert is_purged or number < len(steps) - 1, step
        assert is_stored >= (not has_audio) >= is_purged, step


async def test_keys_are_on_the_disk_before_the_rows_that_need_them(
    vault: Vault,
) -> None:
    """And destroyed on the disk before the rows that needed them are gone."""
    steps: list[str] = []
    with each_step(vault, steps.append):
        said = utterance()
        await vault.recordings.store([said])
    assert steps.index("after fsync") < steps.index("before COMMIT")
    steps.clear()
    with each_step(vault, steps.append):
        await vault.deletion.delete([said.recording_id])
    deletes = [step for step in steps if step.startswith("before DELETE")]
    assert steps.index("after fsync") < steps.index(deletes[0])


def test_a_journal_ignores_what_was_not_said_to_the_end() -> None:
    """Otherwise the test above would blame the vault for a cut-off line."""
    journal = Journal()
    journal.read(["storing a b\n", "stored a b\n", "deleting a\n", "deleted a"])
    assert journal.stored == {"b"}
    assert journal.undecided == {"a"}
    assert journal.gone == set()
