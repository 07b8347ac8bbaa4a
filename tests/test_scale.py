"""A hundred thousand recordings: half of them go, and nobody who speaks meanwhile notices."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
import gc
from itertools import batched
import json
from pathlib import Path
import statistics
import subprocess
import time
from typing import Any, Final

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session

from benchmarks.full_vault import DECISION, FORMAT
from custom_components.voice_retention.const import (
    CONF_INITIAL,
    CONF_MAX_SIZE_MB,
    DOMAIN,
)
from custom_components.voice_retention.policy.models import (
    Origin,
    OriginKind,
    Outcome,
    Utterance,
    new_recording_id,
)
from custom_components.voice_retention.vault.vault import Vault
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.db_schema import (
    StateAttributes,
    States,
    StatesMeta,
)
from homeassistant.components.recorder.tasks import SynchronizeTask
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.house import House
from tests.lookup import satellite_key
from tests.loop_watch import watched_loop

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

COUNT: Final = 100_000
HALF: Final = COUNT // 2
AUDIO: Final = bytes(3200)
WAV_HEADER: Final = bytes(44)

LONGEST_TURN: Final = 0.020
TIMES_SLOWER: Final = 500
"""Than others that neither overwrite nor wait for the disk; three times the worst that was seen."""


@pytest.fixture
def recorder_db_url(tmp_path: Path) -> str:
    """Keep the recorder's database where Home Assistant does."""
    return f"sqlite:///{tmp_path / 'home-assistant_v2.db'}"


@pytest.fixture
async def mock_recorder_before_hass(async_test_recorder: Any) -> None:
    """Prepare the recorder before Home Assistant, as the test plugin demands."""


@pytest.fixture
async def recorder(hass: HomeAssistant, async_setup_recorder_instance: Any) -> Recorder:
    """Set the recorder up, which has to be there before anything else."""
    return await async_setup_recorder_instance(hass)


def said(number: int) -> str:
    """Return what was said; everybody says something else."""
    return f"what is the weather like in town number {number}"


def utterances(hass: HomeAssistant, house: House) -> Iterator[Utterance]:
    """Yield half a day of sentences, from both satellites in turn."""
    keys = [satellite_key(hass, one) for one in (house.kitchen, house.bedroom)]
    began = dt_util.utcnow() - timedelta(hours=12)
    for number in range(COUNT):
        yield Utterance(
            recording_id=new_recording_id(),
            created=began + number * timedelta(hours=11) / COUNT,
            origin=Origin(
                kind=OriginKind.SATELLITE,
                satellite_key=keys[number % 2],
                run_id=f"run {number}",
                conversation_id=f"conversation {number}",
            ),
            decision=DECISION,
            pipeline_engine_id="stt.cloud_speech",
            engine_id="stt.cloud_speech",
            report=None,
            language="en",
            audio_format=FORMAT,
            audio_seconds=len(AUDIO) / FORMAT.bytes_per_second,
            audio_bytes=len(AUDIO),
            audio=AUDIO,
            transcript=said(number),
            response=f"It is raining in town number {number}",
            outcome=Outcome.OK,
        )


@pytest.fixture
async def entry(
    hass: HomeAssistant,
    recorder: Recorder,
    house: House,
    options: dict[str, object],
    tmp_path: Path,
) -> MockConfigEntry:
    """Set the integration up with a full vault."""
    vault = await Vault.open(tmp_path / ".cache" / "voice_retention")
    for some in batched(utterances(hass, house), 2000, strict=False):
        await vault.recordings.store(some)
    await vault.close()
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={CONF_INITIAL: {"keep_recordings": "1_day", "keep_transcripts": "same"}},
        options=options | {CONF_MAX_SIZE_MB: 100_000},
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    house.entry = entry
    return entry


def time_of_collection() -> float:
    """Return the seconds that it takes to collect the garbage of all that is held anyway."""
    begun = time.thread_time()
    gc.collect()
    return time.thread_time() - begun


async def time_to_speak(house: House) -> float:
    """Say a sentence; return the seconds until it was understood."""
    begun = time.perf_counter()
    await house.bedroom.speak()
    return time.perf_counter() - begun


def write_wavs(folder: Path) -> None:
    """Write as many recordings of the same length as plain files."""
    folder.mkdir()
    for number in range(HALF):
        (folder / f"{number}.wav").write_bytes(WAV_HEADER + AUDIO)


def time_of_rm(folder: Path) -> float:
    """Return the seconds that it takes to delete a folder."""
    begun = time.perf_counter()
    subprocess.run(["/bin/rm", "-r", str(folder)], check=True)  # noqa: S603
    return time.perf_counter() - begun


def write_history(url: str) -> None:
    """Write as many states of a month ago, each with a sentence of its own."""
    then = dt_util.utcnow().timestamp() - timedelta(days=30).total_seconds()
    ids = range(COUNT, COUNT + HALF)
    with Session(create_engine(url)) as session:
        session.add(StatesMeta(metadata_id=COUNT, entity_id="sensor.heard"))
        session.flush()
        session.execute(
            insert(StateAttributes),
            [
                {
                    "attributes_id": number,
                    "hash": number,
                    "shared_attrs": json.dumps({"text": said(number)}),
                }
                for number in ids
            ],
        )
        session.execute(
            insert(States),
            [
                {
                    "state": "heard",
                    "metadata_id": COUNT,
                    "attributes_id": number,
                    "last_updated_ts": then + number,
                }
                for number in ids
            ],
        )
        session.commit()


async def time_of_recorder(hass: HomeAssistant, recorder: Recorder) -> float:
    """Return the seconds that the recorder's own purge takes for as many rows."""
    await hass.async_add_executor_job(write_history, recorder.db_url)
    begun = time.perf_counter()
    await hass.services.async_call("recorder", "purge", {"keep_days": 10})
    left = True
    while left:
        written = hass.loop.create_future()
        recorder.queue_task(SynchronizeTask(written))
        await written
        with Session(create_engine(recorder.db_url)) as session:
            left = session.query(States).filter_by(metadata_id=COUNT).count() > 0
    return time.perf_counter() - begun


def _told(turns: list[tuple[float, str]]) -> str:
    """Return lines on the longest turns."""
    return "".join(f"\n  {took * 1000:.1f} ms {whose}" for took, whose in turns)


async def test_half_of_all_recordings_go_while_somebody_speaks(
    hass: HomeAssistant,
    recorder: Recorder,
    house: House,
    entry: MockConfigEntry,
    tmp_path: Path,
) -> None:
    """Keys are overwritten, pages zeroed and all searched again, so it takes its time, but nobody else's.

    A turn of the event loop counts by its own CPU time, without Python's collection of
    garbage, which is printed for itself: how long it takes, all that Home Assistant holds
    decides.
    """
    hass.loop.set_debug(False)
    quiet = [await time_to_speak(house) for _ in range(50)]
    collection = time_of_collection()
    purging = hass.async_create_task(
        hass.services.async_call(
            DOMAIN,
            "purge",
            {"entity_id": "assist_satellite.kitchen", "keep_days": 0},
            blocking=True,
            return_response=True,
        )
    )
    begun = time.perf_counter()
    meanwhile: list[float] = []
    with watched_loop() as watch:
        while not purging.done():
            meanwhile.append(await time_to_speak(house))
            await asyncio.wait({purging}, timeout=0.1)
    purge = time.perf_counter() - begun
    receipt = await purging
    vault = next(place for place in receipt["places"] if place["place"] == "vault")
    assert (vault["found"], vault["deleted"]) == (3 * HALF, 3 * HALF)
    assert receipt["complete"]

    wavs = tmp_path / "wavs"
    await hass.async_add_executor_job(write_wavs, wavs)
    rm = await hass.async_add_executor_job(time_of_rm, wavs)
    rows = await time_of_recorder(hass, recorder)

    turn, whose = watch.longest[0]
    print(  # noqa: T201
        f"\npurge of {HALF} of {COUNT} recordings: {purge:.1f} s,"
        f" {purge / rm:.0f} times rm of as many WAV files ({rm:.1f} s),"
        f" {purge / rows:.0f} times recorder.purge of as many rows ({rows:.1f} s)\n"
        f"longest turns of the event loop: {_told(watch.longest[:8])}\n"
        f"longest collection of garbage in it: {watch.longest_collection * 1000:.1f} ms,"
        f" {collection * 1000:.1f} ms without a purge\n"
        f"a sentence: {statistics.median(quiet) * 1000:.1f} ms before,"
        f" {statistics.median(meanwhile) * 1000:.1f} ms meanwhile ({len(meanwhile)} of them)"
    )
    assert turn < LONGEST_TURN, whose
    assert purge < TIMES_SLOWER * min(rm, rows)
    assert statistics.median(meanwhile) < 2 * statistics.median(quiet) + 0.01
