"""Marked sentences at two satellites: one is purged, and searched for wherever Home Assistant keeps such things.

On the oldest and the newest supported release, with debug recordings on and an automation that answers sentences.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from functools import partial
import hashlib
import itertools
import json
from pathlib import Path

import pytest

from demo.house.forensics import ForensicSearch, Hit, describe
from demo.house.household import CLOUD_PIPELINE, Household, Placed
from demo.house.light_satellite import LightSatellite
from demo.house.log import read_log
from demo.house.speech import Speech
from demo.house.waiting import until
from demo.retention import DOMAIN, Retention

ANSWER = {
    "id": "answer",
    "alias": "Answer",
    "triggers": [{"trigger": "conversation", "command": ["tell me about {thing}"]}],
    "actions": [
        {"set_conversation_response": "You asked about {{ trigger.slots.thing }}"}
    ],
}
COMMAND = "turn on the kitchen light"
"""Of no automation, so the default agent thinks about it and remembers it; both say it."""

ELSEWHERE = frozenset({"home-assistant_v2.db", "home-assistant_v2.db-wal"})
"""What the recorder keeps is looked after by another place."""

PLACES = frozenset(
    {
        "automation_traces",
        "chat_logs",
        "conversation_traces",
        "debug_recordings",
        "intent_cache",
        "pipeline_debug",
        "tts_cache",
        "tts_memory",
        "vault",
    }
)


_seeds = itertools.count(1)


async def is_quiet(house: Household) -> bool:
    """Return whether every satellite has been idle for a moment."""
    for look in range(2):
        await asyncio.sleep(look)
        states = await house.client.call("get_states")
        if any(
            state["state"] != "idle"
            for state in states
            if state["entity_id"].startswith("assist_satellite.")
        ):
            return False
    return True


@dataclass(frozen=True)
class Speaker:
    """Somebody who says marked sentences at a satellite."""

    placed: Placed
    satellite: LightSatellite
    mark: str

    @property
    def reply(self) -> str:
        """Return what they are answered."""
        return f"You asked about {self.mark}"

    @property
    def reply_file(self) -> str:
        """Return how the names of the spoken reply begin."""
        return hashlib.sha1(self.reply.encode(), usedforsecurity=False).hexdigest()

    async def speak(self, house: Household) -> list[Speech]:
        """Ask about the mark, then give the command that both give; each time it sounds otherwise."""
        speeches = [
            await Speech.of(text, seed=next(_seeds))
            for text in (f"tell me about {self.mark}", COMMAND)
        ]
        house.cloud.teach(speeches)
        await self.satellite.wait_connected()
        for speech in speeches:
            run = await self.satellite.speak(speech, speed=20)
            assert run.transcript == speech.text
            assert run.response
        return speeches


@pytest.fixture(scope="module", params=["ha-2026.6", "ha-2026.11"])
async def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Household]:
    """Return a house of one release that leaves more traces than others."""
    house = Household(tmp_path_factory.mktemp("house"), environment=request.param)
    folder = house.home_assistant.config_folder
    configuration = folder / "configuration.yaml"
    configuration.write_text(
        configuration.read_text().replace(
            "assist_pipeline:\n",
            f"assist_pipeline:\n  debug_recording_dir: {folder / 'debug'}\n",
        )
    )
    (folder / "automations.yaml").write_text(json.dumps([ANSWER]))
    async with house:
        yield house
        complaints = house.home_assistant.complaints()
    assert not complaints, "\n".join(complaints)


@pytest.fixture(scope="module")
async def retention(house: Household) -> Retention:
    """Return Voice Retention, set up with the house's recogniser as its local engine."""
    return await Retention.set_up(house.client, local_engines=(house.engines.local,))


def search(folder: Path, mark: str, speeches: list[Speech]) -> list[Hit]:
    """Search all files for a mark and for what was spoken."""
    forensic = ForensicSearch()
    forensic.look_for_phrase(mark)
    for speech in speeches:
        forensic.look_for_audio(speech.text, speech.pcm)
    return [hit for hit in forensic.search(folder) if hit.file.name not in ELSEWHERE]


async def listed(house: Household) -> str:
    """Return everything that Home Assistant shows of runs and traces."""
    shown = []
    for trace in await house.client.call("trace/list", domain="automation"):
        ids = {key: trace[key] for key in ("domain", "item_id", "run_id")}
        shown.append(await house.client.call("trace/get", **ids))
    for pipeline_id in house.pipelines.values():
        ids = {"pipeline_id": pipeline_id}
        command = "assist_pipeline/pipeline_debug"
        runs = await house.client.call(f"{command}/list", **ids)
        for run in runs["pipeline_runs"]:
            ids["pipeline_run_id"] = run["pipeline_run_id"]
            shown.append(await house.client.call(f"{command}/get", **ids))
    return json.dumps(shown)


async def test_one_satellites_traces_go_and_the_others_stay(
    house: Household, retention: Retention, config_folder: Path
) -> None:
    """Each place that is missed, or swept too widely, shows here."""
    speakers = []
    for name, mark in (("Kitchen", "the purple walrus"), ("Bedroom", "the orange emu")):
        satellite = LightSatellite(name, name)
        placed = await house.add_satellite(satellite, CLOUD_PIPELINE)
        speakers.append(Speaker(placed, satellite, mark))
    kitchen, bedroom = speakers

    # The first round ends up in the file of traces, which is written at a clean stop.
    said = {one.mark: await one.speak(house) for one in speakers}
    await house.settle()
    retention = Retention(client=house.client, entry_id=retention.entry_id)
    for one in speakers:
        said[one.mark] += await one.speak(house)
    await retention.wait_for_recordings(8)
    # What is still in use is not purged before it is free.
    await until(partial(is_quiet, house))

    async def counts(one: Speaker, *, dry_run: bool) -> dict[str, tuple[int, int]]:
        target = {"device_id": one.placed.device_id}
        receipt = await retention.purge(target=target, keep_days=0, dry_run=dry_run)
        failed = {
            one["place"]: one["failed"] for one in receipt["places"] if one["failed"]
        }
        assert receipt["complete"], failed
        return {
            place["place"]: (place["found"], place["deleted"])
            for place in receipt["places"]
        }

    replies = config_folder / "tts"
    shown = await listed(house)
    for one in speakers:
        hits = search(config_folder, one.mark, said[one.mark])
        assert {"saved_traces", "wav"} <= {
            hit.file.name.rpartition(".")[2] for hit in hits
        }, describe(hits)
        assert list(replies.glob(f"{one.reply_file}_*"))
        assert one.mark in shown
        found = await counts(one, dry_run=True)
        assert found.keys() >= PLACES
        empty = [place for place in PLACES if not found[place][0]]
        assert not empty

    before = await counts(bedroom, dry_run=True)
    purged = await counts(kitchen, dry_run=False)
    assert all(found == deleted for found, deleted in purged.values()), purged

    assert not (hits := search(config_folder, kitchen.mark, said[kitchen.mark])), (
        describe(hits)
    )
    assert not list(replies.glob(f"{kitchen.reply_file}_*"))
    assert kitchen.mark not in await listed(house)
    assert not any(found for found, _ in (await counts(kitchen, dry_run=True)).values())

    assert search(config_folder, bedroom.mark, said[bedroom.mark])
    assert list(replies.glob(f"{bedroom.reply_file}_*"))
    assert bedroom.mark in await listed(house)
    after = await counts(bedroom, dry_run=True)
    # The reply to the command that both gave is one file and one memory for both, and a cache
    # of Home Assistant's can only be emptied as a whole.
    shared = {"tts_cache", "tts_memory", "text_caches"}
    assert {key: after[key] for key in after if key not in shared} == {
        key: before[key] for key in before if key not in shared
    }
    assert all(after[place][0] for place in PLACES)

    await house.settle()
    assert not (hits := search(config_folder, kitchen.mark, said[kitchen.mark])), (
        describe(hits)
    )
    assert search(config_folder, bedroom.mark, said[bedroom.mark])


async def fix(house: Household, issue_id: str) -> None:
    """Press "fix" on a repair issue."""
    path = "/api/repairs/issues/fix"
    step = await house.client.post(path, {"handler": DOMAIN, "issue_id": issue_id})
    step = await house.client.post(f"{path}/{step['flow_id']}", {})
    assert step["type"] == "create_entry"


async def test_what_assist_collects_beside_us_is_told_and_ends_with_one_click(
    house: Household, retention: Retention, config_folder: Path
) -> None:
    """Debug recordings go soon after their run then, and no sentence gets into the log."""
    retention = Retention(client=house.client, entry_id=retention.entry_id)

    async def is_told(issue: str, *, told: bool) -> bool:
        return (issue in await retention.issues()) is told

    async def recorded() -> list[Path]:
        return sorted((config_folder / "debug").rglob("*.wav"))

    await until(lambda: is_told("debug_recordings", told=True))
    satellite = LightSatellite("Study", "Study")
    placed = await house.add_satellite(satellite, CLOUD_PIPELINE)
    await retention.keep(placed.device_id, "never")
    study = Speaker(placed, satellite, "the green heron")
    before = await recorded()
    await study.speak(house)
    assert len(await recorded()) > len(before)
    await fix(house, "debug_recordings")

    async def only_others_are_left() -> bool:
        return await recorded() == before

    await until(only_others_are_left)
    await study.speak(house)
    await until(only_others_are_left, 15)
    assert "debug_recordings" not in await retention.issues()

    conversation = "homeassistant.components.conversation"
    await house.client.action("logger.set_level", {conversation: "debug"})
    await until(lambda: is_told("debug_logs", told=True))
    await fix(house, "debug_logs")
    await study.speak(house)
    assert study.mark not in read_log(config_folder)
    assert "debug_logs" not in await retention.issues()
