"""Test that whatever moment it all ends in, nothing is lost and nothing comes back."""

from collections.abc import Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import signal
import subprocess
import sys
from time import sleep
from typing import IO

import pytest

from custom_components.voice_retention.policy.models import ALL_CONTENT
from homeassistant.core import HomeAssistant
from tests.vault.test_crash import Journal

from .hammer import House, response_of, speech_of, transcript_of

ROOT = Path(__file__).parents[2]
LONGEST_LIFE_MS = 400


@pytest.fixture(autouse=True)
def clock() -> None:
    """Let time pass: the program goes by the real one."""


class Zygote:
    """A program that is forked and killed again and again."""

    def __init__(self, said: IO[str], to_say: IO[str]) -> None:
        """Talk to it."""
        self._said = said
        self._to_say = to_say
        self._lives = 0

    def one_life(self) -> list[str]:
        """Let a child work, kill it at any moment, and return what it said."""
        self._to_say.write("go\n")
        self._to_say.flush()
        _, child = self._said.readline().split()
        # Evenly over its life, from its first instruction on.
        self._lives += 1
        sleep((self._lives * 137 % LONGEST_LIFE_MS) / 1000)
        os.kill(int(child), signal.SIGKILL)
        lines: list[str] = []
        while not (line := self._said.readline()).startswith("dead"):
            lines.append(line)
        assert line == f"dead {signal.SIGKILL.value}\n", "it ended by itself"
        return lines


@contextmanager
def zygote(folder: Path) -> Iterator[Zygote]:
    """Start the program."""
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "tests.purge.hammer", folder],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Zygote(process.stdout, process.stdin)
        process.stdin.close()


async def check(house: House, journal: Journal, traced: set[str]) -> None:
    """Go on with what was interrupted, and check what is left in each place."""
    assert await house.sweeper.async_sweep()
    present = {key for ids in (await house.by_room()).values() for key in ids}
    assert journal.stored <= present
    assert present <= journal.stored | journal.undecided
    gone = (journal.gone | journal.undecided) - present
    log = house.log.read_text()
    for key in gone:
        assert transcript_of(key) not in log
        assert response_of(key) not in log
        assert not speech_of(house.folder, key).exists()
    for key in traced & present:
        assert transcript_of(key) in log
        assert speech_of(house.folder, key).exists()
    async with house.storage.async_use() as vault:
        assert await vault.pending.all() == []
        assert await vault.deletion.verify_gone(gone) == 0
        assert vault._storage.keyring.on_disk() == dict.fromkeys(present, ALL_CONTENT)
        texts = await vault.recordings.read_text(present)
        assert {key: text.transcript for key, text in texts.items()} == {
            key: transcript_of(key) for key in present
        }
        for key in present:
            assert await vault.recordings.read_audio(key) == key.encode() * 20
        assert (await vault.receipts.check()).first_broken is None
        receipts = [item.body for item in await vault.receipts.page(1_000_000)]
    purges = [body for body in receipts if "complete" in body]
    assert all(body["complete"] for body in purges)
    assert {path.name for path in house.folder.iterdir()} <= {
        ".cache",
        "home-assistant.log",
        "tts",
        ".storage",
    }, "something half-done lies about"
    assert len({body["receipt_id"] for body in purges}) == len(purges)
    journal.stored = present


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_kill_at_any_moment_of_keeping_expiring_and_purging(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    """Three hundred of them; every third one comes while the one before is put right."""
    journal, traced = Journal(), set[str]()
    with zygote(tmp_path) as program:
        for life in range(300):
            lines = program.one_life()
            journal.read(lines, keep_undecided=life % 3 == 1)
            for line in lines:
                if line.startswith("kept") and line.endswith("\n"):
                    traced.update(line.split()[1:])
            if life % 3 == 0:
                # The next child goes on with what this one leaves.
                continue
            house = House(hass, tmp_path)
            try:
                await check(house, journal, traced)
            finally:
                await house.storage.async_close()
                house.sweeper.async_stop()
    house = House(hass, tmp_path)
    async with house.storage.async_use() as vault:
        bodies = [item.body for item in await vault.receipts.page(1_000_000)]
    await house.storage.async_close()
    interruptions = sum(body.get("interruptions", 0) for body in bodies)
    assert journal.gone
    assert journal.stored
    assert interruptions > 20, "too few of them were hit in the middle of a purge"
