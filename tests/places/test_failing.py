"""Test that whichever place fails, the others are purged, and it follows when it is mended."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import errno
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.backup_copy import CopyKeys
from custom_components.voice_retention.data import VoiceRetentionData
from custom_components.voice_retention.errors import VaultUnavailable
from custom_components.voice_retention.places import (
    contexts,
    log_files,
    pipeline_debug,
    text_caches,
)
from custom_components.voice_retention.purge.scope import AskedBy, Scope
from homeassistant.components import persistent_notification, tts
from homeassistant.components.assist_pipeline import PipelineStage
from homeassistant.components.conversation import agent_manager, trace
from homeassistant.components.trace import const as trace_const
from homeassistant.core import HomeAssistant
from homeassistant.helpers.chat_session import ChatSession
from homeassistant.helpers.recorder import DATA_INSTANCE
from tests.lookup import satellite_key

from .talk import BEDROOM_WORDS, KITCHEN_WORDS, Talk

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Scene:
    """A house in which something was said that has left traces everywhere."""

    talk: Talk
    data: VoiceRetentionData
    root: Path

    @property
    def hass(self) -> HomeAssistant:
        """Return Home Assistant."""
        return self.talk.hass

    async def leave_traces(self) -> None:
        """Say something at both satellites, and let others repeat it."""
        house = self.talk.house
        for satellite, words in (
            (house.kitchen, KITCHEN_WORDS),
            (house.bedroom, BEDROOM_WORDS),
        ):
            # Not as the talk does it, for our own work in the background never ends.
            house.cloud.text = words
            await satellite.speak(end_stage=PipelineStage.TTS)
            await self.hass.async_block_till_done()
        self.log()

    def log(self) -> None:
        """Write a sentence into the log, as somebody does who logs too much."""
        moment = datetime.now().astimezone()
        with Path(self.hass.config.path("home-assistant.log")).open("a") as log:
            log.write(
                f"{moment:%Y-%m-%d %H:%M:%S}.000 DEBUG (MainThread)"
                f" [homeassistant.components.assist] {KITCHEN_WORDS}\n"
            )


@contextmanager
def no_space_for_keys(scene: Scene) -> Iterator[None]:
    """Let the disk be full."""

    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with patch.object(os, "pwrite", refuse):
        yield


@contextmanager
def files_of_others(scene: Scene, folder: Path) -> Iterator[None]:
    """Let the files in a folder be somebody else's."""
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.is_relative_to(folder):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        unlink(path, missing_ok=missing_ok)

    with patch.object(Path, "unlink", refuse):
        yield


@contextmanager
def locked(scene: Scene) -> Iterator[None]:
    """Let there be a recorder that a backup keeps from writing."""
    data: Any = scene.hass.data
    data[DATA_INSTANCE] = SimpleNamespace(
        migration_in_progress=False, _database_lock_task=object()
    )
    yield
    del data[DATA_INSTANCE]


def out_of_order(
    part: object, name: str, reason: str
) -> AbstractContextManager[object]:
    """Let a call to our vault fail."""
    return patch.object(part, name, side_effect=VaultUnavailable(reason))


BROKEN: dict[
    tuple[str, ...], tuple[str, Callable[[Scene], AbstractContextManager[object]]]
] = {
    ("vault",): ("disk_full", no_space_for_keys),
    ("backup_copy",): (
        "read_only",
        lambda scene: out_of_order(CopyKeys, "async_count", "read_only"),
    ),
    ("exports",): (
        "read_only",
        lambda scene: patch.object(
            scene.data.exports,
            "async_destroy",
            side_effect=OSError(errno.EROFS, KITCHEN_WORDS),
        ),
    ),
    ("ledger",): (
        "damaged",
        lambda scene: out_of_order(scene.data.ledger, "async_delete", "damaged"),
    ),
    ("text_caches",): (
        "internal_error",
        lambda scene: patch.object(text_caches, "gc", None),
    ),
    ("contexts",): (
        "internal_error",
        lambda scene: patch.object(
            contexts, "ongoing_runs", side_effect=AttributeError(KITCHEN_WORDS)
        ),
    ),
    ("notifications",): (
        "internal_error",
        lambda scene: patch.object(
            persistent_notification,
            "_async_get_or_create_notifications",
            side_effect=AttributeError(KITCHEN_WORDS),
        ),
    ),
    ("chat_logs",): (
        "internal_error",
        lambda scene: patch.object(
            ChatSession, "async_cleanup", side_effect=KeyError(KITCHEN_WORDS)
        ),
    ),
    ("conversation_traces",): (
        "internal_error",
        lambda scene: patch.object(trace, "_recent_traces", None),
    ),
    ("intent_cache",): (
        "internal_error",
        lambda scene: patch.object(
            agent_manager.get_agent_manager(scene.hass).default_agent,
            "_intent_cache",
            None,
        ),
    ),
    ("tts_cache",): (
        "no_permission",
        lambda scene: files_of_others(
            scene, Path(scene.hass.data[tts.DATA_TTS_MANAGER].cache_dir)
        ),
    ),
    ("tts_memory",): (
        "internal_error",
        lambda scene: patch.object(
            scene.hass.data[tts.DATA_TTS_MANAGER], "token_to_stream", None
        ),
    ),
    ("automation_traces",): (
        "no_permission",
        lambda scene: patch.object(
            scene.hass.data[trace_const.DATA_TRACE_STORE],
            "async_load",
            side_effect=PermissionError(errno.EACCES, KITCHEN_WORDS),
        ),
    ),
    ("debug_recordings",): (
        "no_permission",
        lambda scene: files_of_others(scene, scene.root),
    ),
    ("recorder_events", "recorder_states"): ("recorder_locked", locked),
    ("logs",): (
        "disk_full",
        lambda scene: patch.object(
            log_files, "_copy_back", side_effect=OSError(errno.ENOSPC, KITCHEN_WORDS)
        ),
    ),
    ("pipeline_debug",): (
        "internal_error",
        lambda scene: patch.object(
            pipeline_debug, "active_runs", side_effect=AttributeError(KITCHEN_WORDS)
        ),
    ),
}
"""What is broken how, and what the receipt calls it."""

LEAVES_NOTHING = {
    "backup_copy",
    "chat_logs",
    "contexts",
    "exports",
    "intent_cache",
    "notifications",
    "recorder_events",
    "recorder_states",
    "text_caches",
}
"""A conversation is forgotten though Home Assistant stumbles over it; in the others nothing
was left by this sentence."""


@pytest.fixture
async def scene(talk: Talk, root: Path, entry: MockConfigEntry) -> Scene:
    """Set everything up that keeps a voice."""
    return Scene(talk, entry.runtime_data, root)


@pytest.mark.timeout(60)
async def test_each_place_can_fail_and_follows_later(
    scene: Scene, subtests: pytest.Subtests, caplog: pytest.LogCaptureFixture
) -> None:
    """The others complete, the receipt says it, and the next try succeeds."""
    data = scene.data
    assert {key for keys in BROKEN for key in keys} == {*data.purger._places}
    scope = Scope(
        asked_by=AskedBy.USER,
        satellite_keys=frozenset({satellite_key(scene.hass, scene.talk.house.kitchen)}),
        include_ledger=True,
    )
    for keys, (reason, broken) in BROKEN.items():
        with subtests.test(place=keys[0]):
            await scene.leave_traces()
            caplog.clear()
            with broken(scene):
                receipt = await data.purger.async_purge(scope)
            failed = {item.place: item.failed for item in receipt.places if item.failed}
            assert failed == dict.fromkeys(keys, reason)
            assert all(item.verified for item in receipt.places if not item.failed)
            assert KITCHEN_WORDS not in caplog.text
            assert KITCHEN_WORDS not in str(receipt.as_dict())
            later = datetime.now(UTC) + HOUR
            with patch.object(data.purger, "_utcnow", lambda now=later: now):
                assert await data.purger.async_retry()
            assert await data.queue.async_all() == []
            async with data.storage.async_use() as vault:
                bodies = [item.body for item in await vault.receipts.page(20)]
            retry = next(item for item in bodies if item.get("completes"))
            assert retry["completes"] == receipt.receipt_id
            assert retry["complete"]
            assert KITCHEN_WORDS not in str(bodies)
            deleted = {item["place"]: item["deleted"] for item in retry["places"]}
            assert deleted.keys() == {*keys}
            assert all(deleted.values()) or {*keys} <= LEAVES_NOTHING
