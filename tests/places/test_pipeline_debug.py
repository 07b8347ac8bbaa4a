"""Test that the debug data of pipeline runs goes, and only that which is meant."""

from datetime import datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.places.pipeline_debug import PipelineDebugPlace
from custom_components.voice_retention.places.protocol import Target
from custom_components.voice_retention.policy.models import ALL_CONTENT, Content
from custom_components.voice_retention.purge.scope import AskedBy, Scope
from custom_components.voice_retention.purge.work import FIRST_PAUSE
from custom_components.voice_retention.vault.models import RecordingFilter
from homeassistant.components.assist_pipeline import PipelineStage
from homeassistant.components.assist_pipeline.pipeline import KEY_ASSIST_PIPELINE
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.house import SPEECH, House, Microphone, Satellite
from tests.lookup import satellite_key, settle

HOUR = timedelta(hours=1)


def target(
    *satellites: Satellite,
    everybody: bool = False,
    others: bool = False,
    contents: frozenset[Content] = ALL_CONTENT,
    start: datetime | None = None,
    end: datetime | None = None,
    is_exact: bool = False,
    spared: frozenset[str] = frozenset(),
) -> Target:
    """Return what is to go."""
    return Target(
        recordings=(),
        contents=contents,
        satellite_ids=None
        if everybody
        else frozenset(item.entity_id for item in satellites),
        includes_other_clients=everybody or others,
        start=start,
        end=end,
        is_exact=is_exact,
        spared_runs=spared,
    )


def runs(hass: HomeAssistant) -> list[str]:
    """Return the ids of all debug runs."""
    return [
        run_id
        for found in hass.data[KEY_ASSIST_PIPELINE].pipeline_debug.values()
        for run_id in found
    ]


@pytest.fixture
async def place(hass: HomeAssistant, house: House) -> PipelineDebugPlace:
    """Return the place, after one sentence of each satellite."""
    for satellite in (house.kitchen, house.bedroom):
        await satellite.speak(end_stage=PipelineStage.INTENT)
    assert len(runs(hass)) == 2
    return PipelineDebugPlace(hass)


async def test_everything_goes(hass: HomeAssistant, place: PipelineDebugPlace) -> None:
    """Counted, deleted, counted again."""
    everything = target(everybody=True)
    assert await place.async_find(everything) == 2
    assert await place.async_purge(everything) == 2
    assert await place.async_verify(everything) == 0
    assert runs(hass) == []


async def test_only_the_satellites_that_are_meant_lose_their_runs(
    hass: HomeAssistant, house: House, place: PipelineDebugPlace
) -> None:
    """The others keep theirs."""
    kitchen, bedroom = runs(hass)
    assert await place.async_purge(target(house.kitchen)) == 1
    assert runs(hass) == [bedroom]
    assert kitchen != bedroom


async def test_the_other_clients_have_runs_too(
    hass: HomeAssistant, place: PipelineDebugPlace
) -> None:
    """Those in which Home Assistant names no satellite."""
    assert await place.async_find(target(others=True)) == 0
    for found in hass.data[KEY_ASSIST_PIPELINE].pipeline_debug.values():
        for record in found.values():
            assert record.events[0].data is not None
            record.events[0].data.pop("satellite_id")
        first = next(iter(found.values()))
        # Cut short before it began.
        first.events.clear()
    assert await place.async_purge(target()) == 0
    assert await place.async_purge(target(others=True)) == 2
    assert runs(hass) == []


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        (-HOUR, None, 2),
        (HOUR, None, 0),
        (None, HOUR, 2),
        (None, -HOUR, 0),
        (-HOUR, HOUR, 2),
    ],
)
async def test_a_period_is_kept_to(
    place: PipelineDebugPlace,
    start: timedelta | None,
    end: timedelta | None,
    count: int,
) -> None:
    """As in the vault."""
    now = dt_util.utcnow()
    assert (
        await place.async_find(
            target(
                everybody=True,
                start=None if start is None else now + start,
                end=None if end is None else now + end,
            )
        )
        == count
    )


async def test_a_run_without_a_readable_time_is_meant(
    hass: HomeAssistant, place: PipelineDebugPlace
) -> None:
    """Better one too many than one that nobody can ever delete."""
    for found in hass.data[KEY_ASSIST_PIPELINE].pipeline_debug.values():
        for record in found.values():
            record.timestamp = "yesterday"
    assert await place.async_find(target(everybody=True, end=dt_util.utcnow())) == 2


async def test_it_holds_no_audio(place: PipelineDebugPlace) -> None:
    """Who deletes only the voice keeps the text here too."""
    audio = frozenset({Content.AUDIO})
    assert await place.async_find(target(everybody=True, contents=audio)) == 0
    for content in (Content.TRANSCRIPT, Content.RESPONSE):
        wanted = target(everybody=True, contents=frozenset({content}))
        assert await place.async_find(wanted) == 2


async def test_the_run_of_a_held_recording_is_spared(
    hass: HomeAssistant, place: PipelineDebugPlace
) -> None:
    """A hold holds everywhere."""
    kitchen, _ = runs(hass)
    spared = target(everybody=True, spared=frozenset({kitchen}))
    assert await place.async_purge(spared) == 1
    assert runs(hass) == [kitchen]


async def test_single_recordings_lead_to_their_runs_only(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Expiry goes by recordings: the run of a sentence that was never kept is not due."""
    data = entry.runtime_data
    await house.bedroom.speak(end_stage=PipelineStage.INTENT)
    await house.kitchen.speak(end_stage=PipelineStage.INTENT)
    await settle(hass)
    key = satellite_key(hass, house.kitchen)
    (recording,) = await data.storage.async_find(RecordingFilter(satellite_keys=[key]))
    assert recording.run_id in runs(hass)
    receipt = await data.purger.async_purge(
        Scope(asked_by=AskedBy.USER, recording_ids=frozenset({recording.recording_id}))
    )
    assert receipt.is_complete
    (left,) = runs(hass)
    assert left != recording.run_id


async def test_a_run_that_is_going_on_is_in_use_and_goes_afterwards(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Home Assistant still writes to it."""
    data = entry.runtime_data
    microphone = Microphone()
    task = hass.async_create_task(house.kitchen.speak(microphone))
    microphone.put(SPEECH[0])
    await house.cloud.got_chunk.wait()
    receipt = await data.purger.async_purge(Scope(asked_by=AskedBy.USER))
    (result,) = [item for item in receipt.places if item.place == "pipeline_debug"]
    assert (result.found, result.deleted, result.failed) == (1, 0, "in_use")
    assert not receipt.is_complete
    microphone.end()
    await task
    await settle(hass)
    await house.bedroom.speak()
    await settle(hass)
    freezer.tick(FIRST_PAUSE)
    await data.sweeper.async_sweep()
    # That of the bedroom came after the purge.
    assert len(runs(hass)) == 1
