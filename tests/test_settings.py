"""Test that what the household chose is never forgotten, and never guessed at."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.voice_retention.assist.guard_memory import GuardMemory
from custom_components.voice_retention.assist.pipelines import EngineKind
from custom_components.voice_retention.const import DOMAIN
from custom_components.voice_retention.errors import SettingsNotSaved
from custom_components.voice_retention.policy.choices import (
    OTHER_CLIENTS,
    Keep,
    SatelliteSettings,
    Settings,
)
from custom_components.voice_retention.settings import SettingsStore
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util.file import WriteError

KITCHEN = "kitchen"
HIDDEN = SatelliteSettings(dont_send_audio=True, dont_send_text=True)
PROTECTED = SatelliteSettings(dont_send_audio=True)


@pytest.fixture
def path(hass: HomeAssistant) -> Path:
    """Return where the settings are stored."""
    return Path(hass.config.path(".storage", DOMAIN))


@pytest.fixture
async def store(hass: HomeAssistant) -> SettingsStore:
    """Return the settings of a household that has just begun."""
    store = SettingsStore(hass)
    await store.async_load(is_first=True)
    return store


async def restarted(hass: HomeAssistant) -> SettingsStore:
    """Return the settings as they are after a restart."""
    store = SettingsStore(hass)
    await store.async_load(is_first=False)
    return store


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no file be written."""

    def fail(*args: object, **kwargs: object) -> None:
        raise WriteError("No space left on device")

    monkeypatch.setattr("homeassistant.helpers.storage.write_utf8_file_atomic", fail)


async def test_a_new_household_starts_with_the_defaults(
    hass: HomeAssistant, store: SettingsStore, path: Path
) -> None:
    """And with a file, so that it counts as lost when it is gone one day."""
    assert store.current == Settings()
    assert path.exists()
    assert (await restarted(hass)).current == Settings()


async def test_every_choice_outlives_a_restart(
    hass: HomeAssistant, store: SettingsStore
) -> None:
    """A protection that is off after a restart is a leak."""
    await store.async_update(
        guest_mode=True, keep_recordings=Keep.WEEK, keep_transcripts=Keep.NEVER
    )
    await store.async_update_satellite(
        KITCHEN,
        dont_send_audio=True,
        dont_send_text=True,
        keep_recordings=Keep.HOUR,
        keep_transcripts=Keep.SAME,
    )
    memory = GuardMemory(
        guards={"stt.guard": "stt.cloud"}, placed={EngineKind.STT: frozenset({"abc"})}
    )
    await store.async_set_guard_memory(memory)
    found = await restarted(hass)
    assert found.current == store.current
    assert found.current.satellites[KITCHEN].dont_send_text
    assert found.guard_memory == memory


async def test_a_change_is_on_disk_when_the_call_returns(
    hass: HomeAssistant, store: SettingsStore, path: Path
) -> None:
    """The power may fail the moment after the switch was seen to turn."""
    await store.async_update_satellite(KITCHEN, dont_send_audio=True)
    data = json.loads(path.read_text())["data"]
    assert data["satellites"][KITCHEN]["dont_send_audio"] is True
    assert path.stat().st_mode & 0o077 == 0


async def test_a_change_is_in_force_before_it_is_on_disk(
    hass: HomeAssistant, store: SettingsStore
) -> None:
    """A sentence that is being spoken must be stopped at once."""
    heard: list[bool] = []
    store.async_listen(
        lambda: heard.append(store.for_satellite(KITCHEN).dont_send_audio)
    )
    task = hass.async_create_task(
        store.async_update_satellite(KITCHEN, dont_send_audio=True)
    )
    assert heard == [True]
    assert not task.done()
    await task


async def test_who_stops_listening_hears_no_more(store: SettingsStore) -> None:
    """A sentence that is over must not be stopped later."""
    calls: list[int] = []
    stop = store.async_listen(lambda: calls.append(1))
    stop()
    await store.async_update(guest_mode=True)
    assert calls == []


async def test_changes_at_the_same_moment_do_not_lose_each_other(
    hass: HomeAssistant, store: SettingsStore
) -> None:
    """An automation may flip all switches at once."""
    await asyncio.gather(
        *(
            store.async_update_satellite(f"satellite {number}", dont_send_audio=True)
            for number in range(20)
        ),
        store.async_update(guest_mode=True),
        store.async_set_guard_memory(GuardMemory(guards={"stt.guard": "stt.cloud"})),
    )
    found = await restarted(hass)
    assert found.current == store.current
    assert len(found.current.satellites) == 20
    assert found.current.guest_mode
    assert found.guard_memory.guards == {"stt.guard": "stt.cloud"}


async def test_a_change_that_could_not_be_saved_says_so(
    hass: HomeAssistant,
    store: SettingsStore,
    request: pytest.FixtureRequest,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is in force, but after a restart it would not be: somebody has to know."""
    request.getfixturevalue("full_disk")
    with pytest.raises(SettingsNotSaved) as raised:
        await store.async_update_satellite(KITCHEN, dont_send_audio=True)
    assert raised.value.translation_key == "settings_not_saved"
    assert store.for_satellite(KITCHEN).dont_send_audio
    # The guards can be found again without the file.
    await store.async_set_guard_memory(GuardMemory(guards={"stt.guard": "stt.cloud"}))
    assert "could not be remembered" in caplog.text
    request.getfixturevalue("monkeypatch").undo()
    await store.async_update(guest_mode=False)
    assert (await restarted(hass)).for_satellite(KITCHEN).dont_send_audio


async def test_a_change_while_home_assistant_stops_is_written_last_of_all(
    hass: HomeAssistant, store: SettingsStore
) -> None:
    """Home Assistant puts such writes off; that is no failure."""
    hass.set_state(CoreState.stopping)
    await store.async_update_satellite(KITCHEN, dont_send_audio=True)
    await hass.async_stop(force=True)
    assert (await restarted(hass)).for_satellite(KITCHEN).dont_send_audio


def odd(**changes: Any) -> str:
    """Return a file in which something is not as we wrote it."""
    data: dict[str, Any] = {
        "satellites": {
            KITCHEN: {
                "dont_send_audio": True,
                "dont_send_text": False,
                "keep_recordings": "default",
                "keep_transcripts": "default",
            }
        },
        "keep_recordings": "1_day",
        "keep_transcripts": "same",
        "guest_mode": False,
        "guards": {},
        "placed": {"stt": []},
    }
    for key in changes.pop("without", ()):
        del data[key]
    return json.dumps(
        {"version": 1, "minor_version": 1, "key": DOMAIN, "data": data | changes}
    )


def kitchen(**changes: Any) -> dict[str, Any]:
    """Return odd settings of a satellite."""
    chosen = json.loads(odd())["data"]["satellites"][KITCHEN]
    return {"satellites": {KITCHEN: chosen | changes}}


ODD_FILES = {
    "empty": "",
    "an empty object": "{}",
    "no JSON": "not json at all",
    "truncated": odd()[:100],
    "a list": "[]",
    "only zeros, as after a power cut": "\0" * 200,
    "of a later version": json.dumps(
        {"version": 9, "minor_version": 1, "key": DOMAIN, "data": {}}
    ),
    "without the satellites": odd(without=["satellites"]),
    "without the guards": odd(without=["guards"]),
    "a switch that is none": odd(**kitchen(dont_send_audio=None)),
    "a switch that is a text": odd(**kitchen(dont_send_audio="off")),
    "a switch that is a number": odd(**kitchen(dont_send_text=0)),
    "guests that are a text": odd(guest_mode="false"),
    "a choice that does not exist": odd(**kitchen(keep_recordings="2_days")),
    "a default that leads to itself": odd(keep_recordings="default"),
    "a default for recordings that is that of transcripts": odd(keep_recordings="same"),
    "satellites in a list": odd(satellites=[KITCHEN]),
    "guards in a list": odd(guards=["stt.guard"]),
    "a guard of nothing": odd(guards={"stt.guard": None}),
    "a pipeline that is a number": odd(placed={"stt": [1]}),
}


@pytest.mark.parametrize("text", [*ODD_FILES.values(), None], ids=[*ODD_FILES, "gone"])
async def test_settings_that_cannot_be_read_protect_everybody(
    hass: HomeAssistant, store: SettingsStore, path: Path, text: str | None
) -> None:
    """Nothing is assumed about what the household allowed, and its file is left alone."""
    if text is None:
        path.unlink()
    else:
        path.write_text(text)
    found = await restarted(hass)
    assert found.current == Settings(lost=True)
    await found.async_set_guard_memory(GuardMemory(guards={"stt.guard": "stt.cloud"}))
    await found.async_update(keep_recordings=Keep.WEEK)
    files = [item.read_text() for item in path.parent.glob(f"{DOMAIN}*")]
    # Home Assistant puts aside what is no JSON.
    assert files == ([] if text is None else [text])
    assert (await restarted(hass)).current.lost


async def test_a_file_that_is_as_it_should_be_is_read(
    hass: HomeAssistant, store: SettingsStore, path: Path
) -> None:
    """Else the odd ones above would prove nothing."""
    path.write_text(odd())
    found = await restarted(hass)
    assert found.current == Settings(satellites={KITCHEN: PROTECTED})


async def test_an_older_file_is_taken_over(
    hass: HomeAssistant, store: SettingsStore, path: Path
) -> None:
    """There is only one format so far."""
    path.write_text(odd().replace('"minor_version": 1', '"minor_version": 0'))
    assert (await restarted(hass)).current == Settings(satellites={KITCHEN: PROTECTED})


async def test_lost_settings_start_afresh_with_everybody_protected(
    hass: HomeAssistant, store: SettingsStore, path: Path
) -> None:
    """Only when somebody says so."""
    path.unlink()
    found = await restarted(hass)
    await found.async_confirm_lost([KITCHEN, "bedroom"])
    assert not found.current.lost
    again = await restarted(hass)
    assert again.current == Settings(
        satellites=dict.fromkeys((OTHER_CLIENTS, KITCHEN, "bedroom"), HIDDEN)
    )


async def test_guards_are_found_again_without_the_file(
    hass: HomeAssistant, store: SettingsStore, path: Path
) -> None:
    """A pipeline that leads to a guard must not end there after a loss."""
    registry = er.async_get(hass)
    engine = registry.async_get_or_create("stt", "cloudy", "cloud speech")
    guard = registry.async_get_or_create("stt", DOMAIN, engine.id)
    legacy = registry.async_get_or_create("stt", DOMAIN, "legacy_engine")
    path.unlink()
    assert (await restarted(hass)).guard_memory.guards == {
        guard.entity_id: engine.entity_id,
        legacy.entity_id: "legacy_engine",
    }


async def test_nothing_of_the_settings_is_left_after_removal(
    hass: HomeAssistant, store: SettingsStore, path: Path
) -> None:
    """Nor of those that were damaged once."""
    path.write_text("not json at all")
    found = await restarted(hass)
    await found.async_confirm_lost([])
    assert len(list(path.parent.glob(f"{DOMAIN}*"))) == 2
    await found.async_remove()
    assert list(path.parent.glob(f"{DOMAIN}*")) == []
