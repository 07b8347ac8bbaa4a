"""Measure what the guard costs. Usage: python -m benchmarks [--quick]."""

import argparse
import asyncio
from collections.abc import Iterable
import contextlib
import gc
from pathlib import Path
import shutil
import sys
import tempfile
import time

from demo.house.paths import cache_folder
from demo.house.speech import Speech

from .house import BenchHouse
from .report import Report
from .rounds import measure_pair, warm_up, watch_pairs
from .scenes import EMPTY_VAULT_SCENES, FULL_VAULT, QUICK_SCENES, Scene


async def measure(folder: Path, *, quick: bool) -> Report:
    """Measure everything in a new house."""
    started = time.monotonic()
    report = Report()
    speech = await Speech.of("turn on the kitchen light")
    async with BenchHouse(folder) as house:
        version = (await house.client.call("get_config"))["version"]
        print(f"Home Assistant {version}, sentences of {speech.seconds:.1f} s")
        scenes: Iterable[Scene] = (
            QUICK_SCENES if quick else (*EMPTY_VAULT_SCENES, FULL_VAULT)
        )
        for scene in scenes:
            await _play(house, scene, speech, report)
    report.conclude(time.monotonic() - started)
    return report


async def _play(
    house: BenchHouse, scene: Scene, speech: Speech, report: Report
) -> None:
    """Play a scene and report it."""
    report.open(scene.name)
    await house.add_satellites(scene.sentences)
    if scene.recordings:
        await house.fill_vault(scene.recordings)
    await warm_up(house, scene, speech)
    before = await house.stored()
    report.add_pairs(
        [
            await measure_pair(house, scene, speech, number)
            for number in range(scene.pairs)
        ]
    )
    report.add_holds(await watch_pairs(house, scene, speech))
    rounds = scene.pairs + scene.watched_pairs
    report.add_kept(await house.stored() - before, rounds * scene.sentences)


def main() -> int:
    """Build a house in the cache folder, and tear it down afterwards."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="fewer rounds, 1 and 10 satellites only"
    )
    arguments = parser.parse_args()
    houses = cache_folder() / "houses"
    houses.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=houses))
    # The satellites' clock must not stand still for our own garbage.
    gc.disable()
    try:
        report = asyncio.run(measure(folder, quick=arguments.quick))
    except KeyboardInterrupt:
        return 130
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(folder)
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
