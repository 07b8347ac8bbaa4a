"""Run the demonstration. Usage: python -m demo [--serve]."""

import argparse
import asyncio
import contextlib
from pathlib import Path
import shutil
import signal
import sys
import tempfile

from .claims import Claims
from .house.household import Household
from .house.onboarding import PASSWORD, USERNAME
from .house.paths import cache_folder
from .story import Story


async def demonstrate(folder: Path, *, serve: bool) -> bool:
    """Tell the story in a new house, and return whether all claims held."""
    claims = Claims()
    claims.step("Start Home Assistant, a recogniser, a voice and a cloud stand-in")
    async with Household(folder) as house:
        version = (await house.client.call("get_config"))["version"]
        claims.note(f"Home Assistant {version} at {house.home_assistant.url}")
        await Story(house, claims).tell()
        claims.conclude()
        if serve:
            await _serve(house)
    return claims.have_all_held


async def _serve(house: Household) -> None:
    """Keep the house running until someone ends it."""
    print(
        f"\nOpen {house.home_assistant.url}, sign in as {USERNAME} with password {PASSWORD}."
    )
    print("Ctrl-C ends it and removes the house.", flush=True)
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()


def main() -> int:
    """Build a house in the cache folder, and tear it down afterwards."""
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__)
    parser.add_argument(
        "--serve", action="store_true", help="leave the house running afterwards"
    )
    arguments = parser.parse_args()
    houses = cache_folder() / "houses"
    houses.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="demo-", dir=houses))
    try:
        have_all_held = asyncio.run(demonstrate(folder, serve=arguments.serve))
    except KeyboardInterrupt:
        return 130
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(folder)
    return 0 if have_all_held else 1


if __name__ == "__main__":
    sys.exit(main())
