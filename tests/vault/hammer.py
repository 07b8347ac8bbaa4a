"""Store and delete as fast as possible until killed, telling what is done.

A program of its own, so that it can be killed. It must not start Home Assistant, which the
integration's own package would: the packages above the vault are stood in for.
"""

import asyncio
from hashlib import sha256
from pathlib import Path
from secrets import randbelow
import sys
from types import ModuleType

ROOT = Path(__file__).parents[2]
PACKAGE = "custom_components.voice_retention"


def stand_in(name: str) -> None:
    """Put an empty package in the place of one."""
    package = ModuleType(name)
    package.__path__ = [str(ROOT.joinpath(*name.split(".")))]
    sys.modules[name] = package


def audio_of(recording_id: str) -> bytes:
    """Return the audio of a recording: always the same, and no other's."""
    return sha256(recording_id.encode()).digest() * (1 + int(recording_id[:3], 16))


async def hammer(folder: Path) -> None:
    """Store and delete for ever, telling of each step before and after it."""
    # Only now, since it is the stand-ins that let them be found.
    from custom_components.voice_retention.policy.models import new_recording_id  # noqa: PLC0415
    from custom_components.voice_retention.vault import RecordingFilter, Vault  # noqa: PLC0415
    from tests.vault.make import utterance  # noqa: PLC0415

    vault = await Vault.open(folder)
    found = await vault.recordings.find(RecordingFilter())
    known = [item.recording_id for item in found]
    while True:
        ids = [new_recording_id() for _ in range(1 + randbelow(4))]
        tell("storing", ids)
        await vault.recordings.store(
            [utterance(recording_id=key, audio=audio_of(key)) for key in ids]
        )
        tell("stored", ids)
        known += ids
        if len(known) > 10:
            ids = [known.pop(randbelow(len(known))) for _ in range(1 + randbelow(5))]
            tell("deleting", ids)
            await vault.deletion.delete(ids)
            tell("deleted", ids)


def tell(what: str, ids: list[str]) -> None:
    """Write one whole line to the process that watches."""
    sys.stdout.write(f"{what} {' '.join(ids)}\n")
    sys.stdout.flush()


def main() -> None:
    """Do what was asked for on the command line."""
    sys.path.insert(0, str(ROOT))
    for name in ("custom_components", PACKAGE, "tests", "tests.vault"):
        stand_in(name)
    if sys.argv[1] == "--check-imports":
        import custom_components.voice_retention.vault  # noqa: F401, PLC0415

        if "homeassistant" in sys.modules:
            sys.exit("The vault imports Home Assistant")
    else:
        asyncio.run(hammer(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
