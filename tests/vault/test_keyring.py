"""Test that keys are where they should be, and nowhere once they are destroyed."""

from collections.abc import Callable, Iterator
import errno
import os
from pathlib import Path
from typing import override

from hypothesis import settings, strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
    run_state_machine_as_test,
)
import pytest

from custom_components.voice_retention.policy.models import (
    ALL_CONTENT,
    Content,
    new_recording_id,
)
from custom_components.voice_retention.vault.cipher import new_key
from custom_components.voice_retention.vault.errors import (
    UnavailableReason,
    VaultUnavailableError,
)
from custom_components.voice_retention.vault.keyring import SLOT_SIZE, Keyring


def new_keys(contents: frozenset[Content] = ALL_CONTENT) -> dict[Content, bytes]:
    """Return a fresh key for each content."""
    return {content: new_key() for content in contents}


def opened(path: Path) -> Keyring:
    """Open a key file as the vault does."""
    keyring = Keyring.open(path)
    keyring.repair()
    return keyring


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the key file is to be."""
    return tmp_path / "keys"


@pytest.fixture
def keyring(path: Path) -> Iterator[Keyring]:
    """Open a new key file."""
    keyring = opened(path)
    yield keyring
    keyring.close()


def test_keys_are_found_again_after_reopening(path: Path) -> None:
    """A recording without its key is lost."""
    recording_id, keys = new_recording_id(), new_keys(frozenset({Content.AUDIO}))
    keyring = opened(path)
    keyring.add({recording_id: keys})
    keyring.close()

    keyring = opened(path)
    assert keyring.key(recording_id, Content.AUDIO) == keys[Content.AUDIO]
    assert keyring.key(recording_id, Content.TRANSCRIPT) is None
    assert keyring.contents() == keyring.on_disk() == {recording_id: frozenset(keys)}
    keyring.close()


def test_a_destroyed_key_is_on_the_disk_no_more(keyring: Keyring, path: Path) -> None:
    """The bytes must be overwritten where they were, not just be forgotten."""
    recording_id, keys = new_recording_id(), new_keys()
    keyring.add({recording_id: keys})
    assert keys[Content.AUDIO] in path.read_bytes()

    keyring.destroy([recording_id], {Content.AUDIO})
    assert keys[Content.AUDIO] not in path.read_bytes()
    assert keys[Content.TRANSCRIPT] in path.read_bytes()
    assert keyring.key(recording_id, Content.AUDIO) is None
    assert keyring.key(recording_id, Content.TRANSCRIPT) == keys[Content.TRANSCRIPT]

    keyring.destroy([recording_id], ALL_CONTENT)
    assert not any(path.read_bytes()[SLOT_SIZE:])


def test_the_slot_of_a_gone_recording_is_used_again(
    keyring: Keyring, path: Path
) -> None:
    """The file would otherwise grow for ever."""
    first, second = new_recording_id(), new_recording_id()
    keyring.add({first: new_keys()})
    size = path.stat().st_size
    keyring.destroy([first], ALL_CONTENT)
    keyring.add({second: new_keys()})
    assert path.stat().st_size == size
    assert keyring.contents().keys() == {second}


def test_the_file_stays_the_same_file(keyring: Keyring, path: Path) -> None:
    """A file written anew would leave the old one's keys on the disk."""
    inode = path.stat().st_ino
    ids = [new_recording_id() for _ in range(50)]
    for recording_id in ids:
        keyring.add({recording_id: new_keys()})
    keyring.destroy(ids[::2], ALL_CONTENT)
    keyring.destroy(ids, {Content.RESPONSE})
    assert path.stat().st_ino == inode


def test_no_slot_crosses_a_sector() -> None:
    """A slot torn by a power cut must be one that was just being written."""
    assert 512 % SLOT_SIZE == 0


def test_nobody_else_may_read_the_keys(path: Path) -> None:
    """Neither in a new file nor in one that was once open to others."""
    path.touch(mode=0o644)
    path.chmod(0o644)
    opened(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_batch_waits_for_the_disk_once(
    keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An SD card takes some thirty milliseconds for each time."""
    syncs = 0
    real_fsync = os.fsync

    def fsync(descriptor: int) -> None:
        nonlocal syncs
        syncs += 1
        real_fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    ids = [new_recording_id() for _ in range(20)]
    keyring.add({recording_id: new_keys() for recording_id in ids})
    assert syncs == 1
    keyring.destroy(ids, ALL_CONTENT)
    assert syncs == 2
    keyring.destroy(ids, ALL_CONTENT)
    assert syncs == 2


def test_an_id_is_never_given_a_second_set_of_keys(keyring: Keyring) -> None:
    """Overwriting the first would lose that recording."""
    recording_id, keys = new_recording_id(), new_keys()
    keyring.add({recording_id: keys})
    with pytest.raises(ValueError, match=recording_id):
        keyring.add({new_recording_id(): new_keys(), recording_id: new_keys()})
    assert keyring.contents() == {recording_id: ALL_CONTENT}
    assert keyring.key(recording_id, Content.AUDIO) == keys[Content.AUDIO]


def write_two(path: Path) -> str:
    """Write two slots; return the id in the first one.

    The second one does not end with a nought, without which it would be the same.
    """
    while True:
        kept, torn = new_recording_id(), new_recording_id()
        keyring = opened(path)
        keyring.add({kept: new_keys()})
        keyring.add({torn: new_keys()})
        keyring.close()
        if path.read_bytes()[3 * SLOT_SIZE - 1]:
            return kept
        path.unlink()


@pytest.mark.parametrize("tail", [1, 64, SLOT_SIZE - 1])
def test_a_torn_slot_at_the_end_counts_as_absent(path: Path, tail: int) -> None:
    """A crash may end in the middle of growing the file."""
    kept = write_two(path)
    os.truncate(path, 2 * SLOT_SIZE + tail)

    keyring = opened(path)
    assert keyring.contents() == keyring.on_disk() == {kept: ALL_CONTENT}
    keyring.close()
    assert not any(path.read_bytes()[2 * SLOT_SIZE :])


@pytest.mark.parametrize("position", [0, 20, 100, SLOT_SIZE - 1])
def test_a_garbled_slot_counts_as_absent_and_is_cleared(
    path: Path, position: int
) -> None:
    """Half of a key opens nothing, but there is no need to leave it lying about."""
    kept, garbled = new_recording_id(), new_recording_id()
    keyring = opened(path)
    keyring.add({garbled: new_keys(), kept: new_keys()})
    keyring.close()
    data = bytearray(path.read_bytes())
    data[SLOT_SIZE + position] ^= 0xFF
    path.write_bytes(data)

    keyring = opened(path)
    assert keyring.contents() == {kept: ALL_CONTENT}
    keyring.close()
    assert not any(path.read_bytes()[SLOT_SIZE : 2 * SLOT_SIZE])


def test_a_recording_has_one_slot(path: Path) -> None:
    """Destroying its keys in one place would leave them in the other."""
    recording_id = new_recording_id()
    keyring = opened(path)
    keyring.add({recording_id: new_keys()})
    keyring.close()
    data = path.read_bytes()
    path.write_bytes(data + data[SLOT_SIZE:])

    keyring = opened(path)
    keyring.destroy([recording_id], ALL_CONTENT)
    keyring.close()
    assert not any(path.read_bytes()[SLOT_SIZE:])


def test_a_foreign_header_is_noticed_and_nothing_is_written(path: Path) -> None:
    """Whatever this file is, it may be all that somebody has of it."""
    path.write_bytes(b"something else" * 100)
    before = path.read_bytes()
    keyring = Keyring.open(path)
    assert keyring.is_damaged
    keyring.close()
    assert path.read_bytes() == before


def test_keys_behind_a_damaged_header_are_still_known(path: Path) -> None:
    """A recovery needs them."""
    recording_id = new_recording_id()
    keyring = opened(path)
    keyring.add({recording_id: new_keys()})
    keyring.close()
    data = path.read_bytes()
    path.write_bytes(bytes(SLOT_SIZE) + data[SLOT_SIZE:])

    keyring = opened(path)
    assert not keyring.is_damaged
    assert keyring.contents() == {recording_id: ALL_CONTENT}
    keyring.close()
    assert path.read_bytes() == data


@pytest.mark.parametrize("size", [0, 1, SLOT_SIZE - 1])
def test_a_file_too_short_for_a_key_is_begun_anew(path: Path, size: int) -> None:
    """It is what a crash in the very first moment leaves."""
    path.write_bytes(bytes(size))
    keyring = Keyring.open(path)
    assert not keyring.is_damaged
    keyring.repair()
    assert keyring.contents() == {}
    keyring.close()


def test_a_file_of_a_newer_version_is_left_alone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After going back to an older release, its slots may mean something else."""
    with monkeypatch.context() as newer:
        newer.setattr("custom_components.voice_retention.vault.keyring._VERSION", 2)
        opened(path).close()
    before = path.read_bytes()
    with pytest.raises(VaultUnavailableError) as raised:
        Keyring.open(path)
    assert raised.value.reason is UnavailableReason.UNREADABLE
    assert path.read_bytes() == before


def test_two_cannot_have_the_file_open(keyring: Keyring, path: Path) -> None:
    """Each would take the other's slots for free."""
    with pytest.raises(VaultUnavailableError) as raised:
        Keyring.open(path)
    assert raised.value.reason is UnavailableReason.IN_USE
    assert keyring.contents() == {}


def failing(code: int) -> Callable[..., int]:
    """Return a call that always fails."""

    def fail(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    return fail


def test_keys_that_could_not_be_written_are_not_there(
    keyring: Keyring, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A recording must not seem to be kept when its key may be gone tomorrow."""
    recording_id, keys = new_recording_id(), new_keys()
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", failing(errno.EIO))
        with pytest.raises(OSError, match="Input/output"):
            keyring.add({recording_id: keys})
    assert keyring.contents() == {}
    assert keys[Content.AUDIO] not in path.read_bytes()


def test_a_key_that_could_not_be_overwritten_is_overwritten_later(
    keyring: Keyring, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deleting again must not believe that all is done."""
    recording_id, keys = new_recording_id(), new_keys()
    keyring.add({recording_id: keys})
    with monkeypatch.context() as broken:
        broken.setattr(os, "pwrite", failing(errno.EIO))
        with pytest.raises(OSError, match="Input/output"):
            keyring.destroy([recording_id], ALL_CONTENT)
    assert keyring.key(recording_id, Content.AUDIO) is None
    assert keyring.on_disk() == {recording_id: ALL_CONTENT}

    keyring.destroy([recording_id], ALL_CONTENT)
    assert keyring.on_disk() == {}
    assert keys[Content.AUDIO] not in path.read_bytes()


def test_a_write_that_stops_half_way_is_continued(
    keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system may write fewer bytes than it was given."""
    real_pwrite = os.pwrite
    monkeypatch.setattr(
        os, "pwrite", lambda fd, data, offset: real_pwrite(fd, data[:50], offset)
    )
    recording_id = new_recording_id()
    keyring.add({recording_id: new_keys()})
    assert keyring.on_disk() == {recording_id: ALL_CONTENT}


contents_sets = st.sets(st.sampled_from(Content), min_size=1).map(frozenset)


class KeyringMachine(RuleBasedStateMachine):
    """Compare a keyring with a dictionary, through anything that can be done with it."""

    recordings = Bundle[str]("recordings")
    path: Path

    def __init__(self) -> None:
        """Begin with a new file."""
        super().__init__()
        self.path.unlink(missing_ok=True)
        self.keyring = opened(self.path)
        self.model: dict[str, dict[Content, bytes]] = {}
        self.destroyed: list[bytes] = []

    @override
    def teardown(self) -> None:
        """Close the file."""
        self.keyring.close()

    @rule(target=recordings, contents=contents_sets)
    def add(self, contents: frozenset[Content]) -> str:
        """Add a recording."""
        recording_id = new_recording_id()
        self.model[recording_id] = new_keys(contents)
        self.keyring.add({recording_id: self.model[recording_id]})
        return recording_id

    @rule(ids=st.lists(recordings, max_size=3), contents=contents_sets)
    def destroy(self, ids: list[str], contents: frozenset[Content]) -> None:
        """Destroy some keys, of which some may be gone."""
        self.keyring.destroy(ids, contents)
        self._forget(ids, contents)

    @rule(recording_id=consumes(recordings))
    def destroy_all(self, recording_id: str) -> None:
        """Destroy a recording."""
        self.keyring.destroy([recording_id], ALL_CONTENT)
        self._forget([recording_id], ALL_CONTENT)

    @rule()
    def reopen(self) -> None:
        """Close and open again."""
        self.keyring.close()
        self.keyring = opened(self.path)

    @rule(recording_id=recordings, position=st.integers(0, SLOT_SIZE - 1))
    def tear(self, recording_id: str, position: int) -> None:
        """Garble a slot while nobody looks, and open again."""
        if recording_id not in self.model:
            return
        self.keyring.close()
        data = bytearray(self.path.read_bytes())
        start = data.index(bytes.fromhex(recording_id))
        data[start + position] ^= 0xFF
        self.path.write_bytes(data)
        self.keyring = opened(self.path)
        self._forget([recording_id], ALL_CONTENT)

    def _forget(self, ids: list[str], contents: frozenset[Content]) -> None:
        """Destroy keys in the model."""
        for recording_id in ids:
            keys = self.model.get(recording_id, {})
            self.destroyed += [keys.pop(content) for content in contents & keys.keys()]
            if not keys:
                self.model.pop(recording_id, None)

    @invariant()
    def agrees(self) -> None:
        """Memory, disk and model hold the same keys, and no destroyed one is left."""
        expected = {key: frozenset(keys) for key, keys in self.model.items()}
        assert self.keyring.contents() == self.keyring.on_disk() == expected
        for recording_id, keys in self.model.items():
            for content in Content:
                assert self.keyring.key(recording_id, content) == keys.get(content)
        data = self.path.read_bytes()
        assert not any(key in data for key in self.destroyed)


@pytest.fixture
def _machine_path(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the machine a file, and spare the disk its waits."""
    monkeypatch.setattr(KeyringMachine, "path", path, raising=False)
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.mark.usefixtures("_machine_path")
def test_a_keyring_is_a_dictionary_that_forgets_for_good() -> None:
    """Whatever happens in whatever order."""
    run_state_machine_as_test(
        KeyringMachine,
        settings=settings(max_examples=60, stateful_step_count=30, deadline=None),
    )
