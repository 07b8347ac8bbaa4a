"""A repack does away with the remains of what was deleted, and with nothing else."""

from datetime import timedelta

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from sqlalchemy import text

from custom_components.voice_retention.const import DOMAIN, IssueId
from custom_components.voice_retention.places import recorder_file, recorder_rows
from custom_components.voice_retention.places.recorder_repack import (
    REPACKABLE,
    async_repack,
)
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.const import SupportedDialect
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from tests.dialogs import Dialog
from tests.house import House

from ..history import KITCHEN_WORDS
from .history import History

HEARD = "sensor.last_transcript"


async def leave_remains(history: History) -> None:
    """Delete a sentence as the recorder does, without overwriting it."""
    await history.show(HEARD, KITCHEN_WORDS, padding="x" * 9000)

    def delete(instance: Recorder) -> bool:
        assert instance.engine is not None
        with instance.engine.begin() as connection:
            if instance.dialect_name == SupportedDialect.SQLITE:
                connection.execute(text("PRAGMA secure_delete=OFF"))
            connection.execute(
                text("UPDATE states SET state = 'gone' WHERE state = :words"),
                {"words": KITCHEN_WORDS},
            )
        return True

    await recorder_rows.async_run(history.recorder, delete)


async def test_the_remains_go_and_all_history_stays(history: History) -> None:
    """Also what is older than the recorder keeps: its own action would delete that."""
    await history.show(HEARD, "long ago")
    history.move(
        "states", "last_updated_ts", timedelta(days=-900), "state = 'long ago'"
    )
    await leave_remains(history)
    if history.recorder.dialect_name == SupportedDialect.SQLITE:
        assert history.holds(KITCHEN_WORDS)
    before = {table: history.count(table) for table in ("states", "events")}
    await async_repack(history.hass)
    assert not history.holds(KITCHEN_WORDS)
    assert {table: history.count(table) for table in before} == before
    assert history.states(HEARD) == ["long ago", "gone"]


def issue(hass: HomeAssistant) -> ir.IssueEntry | None:
    """Return the issue, if it is shown."""
    return ir.async_get(hass).async_get_issue(DOMAIN, IssueId.RECORDER_RESIDUE)


async def fix(hass: HomeAssistant) -> None:
    """Press "fix", and wait until what that sets going is over."""
    assert await async_setup_component(hass, "repairs", {})
    manager = repairs_flow_manager(hass)
    assert manager is not None
    dialog = Dialog(manager, "issues", "recorder_residue", "fix_flow")
    await dialog.open(DOMAIN, data={"issue_id": IssueId.RECORDER_RESIDUE})
    before = set(hass._background_tasks)
    await dialog.enter()
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    for task in set(hass._background_tasks) - before:
        await task


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_what_a_deletion_may_have_left_is_told_until_it_is_repacked(
    history: History,
    house: House,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that is asked for; also after a restart, and when the repack fails."""
    hass = history.hass
    # So large that nobody reads it through.
    monkeypatch.setattr(recorder_file, "MAX_FILE", 10)
    house.cloud.text = KITCHEN_WORDS
    await house.kitchen.speak()
    await history.show(HEARD, KITCHEN_WORDS)
    assert issue(hass) is None
    await hass.services.async_call(
        DOMAIN, "purge", {"all_devices": True, "keep_days": 0}, blocking=True
    )
    shown = issue(hass)
    assert shown is not None
    assert shown.is_persistent
    assert await history.recorder.lock_database()
    try:
        await fix(hass)
        assert issue(hass) is not None
    finally:
        assert history.recorder.unlock_database()
    await leave_remains(history)
    assert history.holds(KITCHEN_WORDS)
    await fix(hass)
    assert issue(hass) is None
    assert not history.holds(KITCHEN_WORDS)


async def test_a_house_without_a_recorder_needs_no_repack(
    hass: HomeAssistant, house: House
) -> None:
    """Not everybody keeps history."""
    await async_repack(hass)


def test_no_repack_is_offered_where_it_would_not_help() -> None:
    """PostgreSQL frees the space of deleted rows, and leaves what is in it."""
    assert {"recorder_free_space", "recorder_mariadb_rows_and_logs"} == REPACKABLE
