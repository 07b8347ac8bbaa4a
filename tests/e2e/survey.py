"""Search everything there is for what several people said: files, interfaces, and the memory of the process."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
import re

from demo.house.client import Json
from demo.house.forensics import ForensicSearch, Hit
from demo.house.household import Household

from .chatter import Speaker
from .reading import read_everything

PIECE_BYTES = 32

_MEMORY = "memory "

_NUMBERED = re.compile(r"(?<=/)[\w.-]*\d[\w.-]*(?=/)")
"""Names of folders with a number; what lies in them is counted together."""

type Counts = Mapping[str, int]
"""Finds by place."""


@dataclass(frozen=True)
class Survey:
    """What was found of each speaker, by name and place."""

    found: Mapping[str, Counts]
    searched: Mapping[str, int]
    """How many files, answers and so on were looked through."""

    def in_memory(self, name: str) -> int:
        """Return how many live objects hold something of somebody."""
        counts = self.found[name].items()
        return sum(count for place, count in counts if place.startswith(_MEMORY))

    def elsewhere(self, name: str) -> Counts:
        """Return what was found of somebody outside the memory."""
        counts = self.found[name].items()
        return {
            place: count for place, count in counts if not place.startswith(_MEMORY)
        }

    def places(self) -> list[str]:
        """Return every place in which anything of anybody was found."""
        return sorted({place for counts in self.found.values() for place in counts})


async def survey(house: Household, speakers: Iterable[Speaker]) -> Survey:
    """Search everything for all speakers."""
    speakers = list(speakers)
    shown = await read_everything(house)
    found = {}
    in_memory = await search_memory(house, speakers)
    for speaker, memory in zip(speakers, in_memory, strict=True):
        counts = await search_files(house, speaker) + memory
        counts += count_shown(shown, speaker) + await ask_us(house, speaker)
        found[speaker.name] = dict(counts)
    folder = house.home_assistant.config_folder
    files = sum(1 for file in folder.rglob("*") if file.is_file())
    return Survey(found, {"files": files, "commands and paths": len(shown)})


def count_shown(shown: Mapping[str, str], speaker: Speaker) -> Counter[str]:
    """Count what the interfaces show of a speaker."""
    counts: Counter[str] = Counter()
    for name, text in shown.items():
        if hits := text.lower().count(speaker.mark):
            counts[f"API {re.sub(r'\d{4}-\d\d.*', '…', name)}"] += hits
    return counts


async def ask_us(house: Household, speaker: Speaker) -> Counter[str]:
    """Count what Voice Retention itself has of a speaker."""
    if speaker.placed is None:
        return Counter()
    target = {"device_id": speaker.placed.device_id}

    async def ask(action: str, data: Json) -> Json:
        answer: Json = await house.client.action(
            f"voice_retention.{action}", data, target=target, response=True
        )
        return answer

    kept = await ask("get_recordings", {"include_text": True})
    ledger = await ask("get_ledger", {})
    counts = {
        "action get_recordings": str(kept).count(speaker.mark),
        "action get_ledger": len(ledger["entries"]),
        "link of an export": sum(
            [
                (await house.client.fetch("GET", link))[0] == HTTPStatus.OK
                for link in speaker.exports
            ]
        ),
    }
    return +Counter(counts)


async def search_memory(
    house: Household, speakers: list[Speaker], *, with_owners: bool = True
) -> list[Counter[str]]:
    """Search the live objects of Home Assistant's process; count them by who holds them."""
    marks = [mark for speaker in speakers for mark in (speaker.mark, *speaker.digests)]
    pieces = [
        speech.pcm[len(speech.pcm) // 2 :][:PIECE_BYTES].hex()
        for speaker in speakers[:1]
        for speech in speaker.speeches
    ]
    # A question that was the answer would be found too, so it is spelt backwards.
    *words, audio = await house.client.call(
        "witness/memory",
        marks=[mark[::-1] for mark in marks],
        pieces=[piece[::-1] for piece in pieces],
        with_owners=with_owners,
    )
    held = dict(zip(marks, words, strict=True))
    counts = [
        Counter(
            _short(chain)
            for mark in (speaker.mark, *speaker.digests)
            for chain in held[mark]
        )
        for speaker in speakers
    ]
    counts[0].update(f"{_short(chain)} (audio)" for chain in audio)
    return counts


async def search_files(house: Household, speaker: Speaker) -> Counter[str]:
    """Search all files; count finds by file, and by folder where names are numbers."""
    folder = house.home_assistant.config_folder

    def search() -> list[Hit]:
        forensic = ForensicSearch()
        forensic.look_for_phrase(speaker.mark)
        for speech in speaker.speeches:
            forensic.look_for_audio(speech.text, speech.pcm)
        return forensic.search(folder)

    # The satellites live here too, and Home Assistant gives up one that is silent for five seconds.
    hits = await asyncio.to_thread(search)
    counts = Counter(f"file {_place(hit.file, folder)}" for hit in hits)
    counts.update(
        f"name of file {_place(file, folder)}"
        for file in folder.rglob("*")
        if file.name[:40] in speaker.digests
    )
    return counts


def table(before: Survey, after: Survey, names: Iterable[str]) -> str:
    """Return a table of all places and counts, before and after."""
    names = list(names)
    lines = [f"searched before: {before.searched}, after: {after.searched}"]
    lines.append(f"{'':90}" + "".join(f"{name:>18}" for name in names))
    for place in sorted({*before.places(), *after.places()}):
        cells = (
            f"{one.found[name].get(place, 0)}"
            for name in names
            for one in (before, after)
        )
        pairs = (f"{left} → {right}" for left, right in zip(cells, cells, strict=False))
        lines.append(f"{place[:90]:90}" + "".join(f"{pair:>18}" for pair in pairs))
    return "\n".join(lines)


def _place(file: Path, folder: Path) -> str:
    """Return where a file is, without the parts that are different each time."""
    relative = f"/{file.relative_to(folder)}"
    if relative.startswith("/tts/"):
        return "tts/…"
    return _NUMBERED.sub("…", relative).removeprefix("/")


def _short(chain: str) -> str:
    """Return the telling end of a chain of owners."""
    links = chain.split(" > ")
    return _MEMORY + " > ".join(link.rpartition(".")[2] for link in links[-4:])
