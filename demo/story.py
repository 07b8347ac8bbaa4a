"""The story that the demonstration tells, each chapter with its claims."""

import asyncio
from pathlib import Path
from typing import Any

from .claims import Claims
from .house.client import Json
from .house.forensics import ForensicSearch, describe
from .house.household import CLOUD_PIPELINE, Household, Placed
from .house.run import Run
from .house.satellite import Satellite
from .house.speech import Speech
from .house.waiting import until
from .retention import Retention

KITCHEN_ON = "turn on the kitchen light"
KITCHEN_OFF = "turn off the kitchen light"
BEDROOM_ON = "turn on the bedroom light"

PURGE_EVENT = "demo_visitors_have_left"


class Story:
    """A household that cares where its voice goes."""

    def __init__(self, house: Household, claims: Claims) -> None:
        """Start in a house that stands but has no satellites yet."""
        self._house = house
        self._claims = claims
        self._kitchen = Satellite("Speaker", "Kitchen", house.folder)
        self._bedroom = Satellite("Nightstand", "Bedroom", house.folder)
        self._said: list[tuple[str, Speech]] = []

    async def tell(self) -> None:
        """Go through all chapters."""
        kitchen, bedroom = await self._place_satellites()
        retention = await self._install()
        await self._speak_to_the_cloud(retention, kitchen)
        await self._speak_without_sending(retention, kitchen)
        await self._speak_without_keeping(retention, bedroom)
        await self._list(retention)
        await self._search("Search the configuration folder while recordings are kept")
        await self._purge_from_an_automation(retention, kitchen)
        await self._search("Search the configuration folder after the purge")
        self._look_into_the_log()

    async def _place_satellites(self) -> tuple[Placed, Placed]:
        self._claims.step("Two Wyoming satellites, both with a cloud speech engine")
        return (
            await self._house.add_satellite(self._kitchen),
            await self._house.add_satellite(self._bedroom),
        )

    async def _install(self) -> Retention:
        self._claims.step("Set up Voice Retention through its dialog")
        retention = await Retention.set_up(
            self._house.client, local_engines=(self._house.engines.local,)
        )
        pipeline_id = self._house.pipelines[CLOUD_PIPELINE]

        async def has_guard() -> bool:
            guards = await retention.guards()
            return await retention.is_guard(guards[pipeline_id])

        await until(has_guard)
        guards = await retention.guards()
        are_guarded = [await retention.is_guard(engine) for engine in guards.values()]
        self._claims.check(
            "every pipeline with speech has a guard in front of its engine",
            all(are_guarded),
            f"{sum(are_guarded)} of {len(are_guarded)}",
        )
        return retention

    async def _speak_to_the_cloud(self, retention: Retention, kitchen: Placed) -> None:
        self._claims.step(f"Kitchen, as it was: “{KITCHEN_ON}”")
        run = await self._say(self._kitchen, KITCHEN_ON)
        received = bytes(self._house.cloud.uploads[-1].body)
        self._claims.check(
            "the cloud engine got the sentence, and exactly what was spoken",
            len(received) > 0 and run.sent.startswith(received),
            f"{len(received)} bytes in {len(self._house.cloud.uploads)} request",
        )
        await self._check_command(run, KITCHEN_ON, "light.kitchen_light", "on")
        kept = (await retention.wait_for_recordings(1, kitchen.device_id))[0]
        self._claims.check(
            "it is kept, as long as what was sent, and noted as heard by the cloud",
            kept["audio_bytes"] == len(received) and kept["locality"] == "cloud",
            f"{kept['audio_seconds']} s until {kept['audio_expires']}",
        )

    async def _speak_without_sending(
        self, retention: Retention, kitchen: Placed
    ) -> None:
        self._claims.step(f"Kitchen, with “Don't send” on: “{KITCHEN_OFF}”")
        await retention.dont_send(kitchen.device_id, on=True)
        self._house.cloud.forget()
        run = await self._say(self._kitchen, KITCHEN_OFF)
        self._claims.check(
            "not one byte reached the cloud",
            not self._house.cloud.uploads,
            f"{self._house.cloud.bytes_received} bytes, {len(self._house.cloud.uploads)} requests",
        )
        heard = self._house.recogniser.heard[-1]
        self._claims.check(
            "the recogniser in the house got it instead, and got it right",
            heard.transcript == KITCHEN_OFF,
            f"{heard.bytes} bytes, “{heard.transcript}”",
        )
        await self._check_command(run, KITCHEN_OFF, "light.kitchen_light", "off")
        kept = (await retention.wait_for_recordings(2, kitchen.device_id))[0]
        self._claims.check(
            "it is kept, and noted as heard in the house",
            kept["locality"] == "local" and kept["engine"] == self._house.engines.local,
            kept["engine"],
        )

    async def _speak_without_keeping(
        self, retention: Retention, bedroom: Placed
    ) -> None:
        self._claims.step(f"Bedroom, where nothing is kept: “{BEDROOM_ON}”")
        await retention.keep(bedroom.device_id, "never")
        run = await self._say(self._bedroom, BEDROOM_ON)
        await self._check_command(run, BEDROOM_ON, "light.bedroom_light", "on")
        await retention.wait_for_event(bedroom.device_id, "not_kept")
        kept = await retention.recordings(bedroom.device_id)
        self._claims.check("nothing of it is kept", not kept, len(kept))

    async def _list(self, retention: Retention) -> None:
        self._claims.step("What is kept")
        recordings = await retention.recordings()
        header = ("satellite", "seconds", "heard by", "locality", "transcript")
        rows = [
            (
                one["satellite_entity_id"],
                one["audio_seconds"],
                one["engine"],
                one["locality"],
                one["transcript"],
            )
            for one in recordings
        ]
        self._claims.table([header, *rows])
        transcripts = sorted(one["transcript"] for one in recordings)
        self._claims.check(
            "what is listed is what was said in the kitchen",
            transcripts == sorted([KITCHEN_ON, KITCHEN_OFF]),
            f"{len(recordings)} recordings",
        )

    async def _purge_from_an_automation(
        self, retention: Retention, kitchen: Placed
    ) -> None:
        self._claims.step("An automation deletes what the kitchen heard")
        before = {one["receipt_id"] for one in await retention.receipts()}
        automation = _purge_automation(kitchen.entity_id)
        await self._house.client.post("/api/config/automation/config/demo", automation)
        await until(lambda: self._house.client.state("automation.visitors_have_left"))
        await self._house.client.post(f"/api/events/{PURGE_EVENT}")

        async def new_receipt() -> Json | None:
            receipts = await retention.receipts()
            return next(
                (one for one in receipts if one["receipt_id"] not in before), None
            )

        receipt: dict[str, Any] = await until(new_receipt, 10)
        header = ("place", "found", "deleted", "verified", "failed")
        rows = [[place[column] for column in header] for place in receipt["places"]]
        self._claims.table([header, *rows])
        self._claims.check(
            "the receipt says that all places are verified",
            receipt["complete"]
            and all(place["verified"] for place in receipt["places"]),
            f"{len(receipt['places'])} places",
        )
        left = await retention.recordings()
        self._claims.check("no recording is left", not left, len(left))

    async def _search(self, title: str) -> None:
        self._claims.step(title)
        forensic = ForensicSearch()
        for sentence, speech in self._said:
            forensic.look_for_phrase(sentence)
            forensic.look_for_audio(sentence, speech.pcm)
        # Home Assistant writes with a delay of its own.
        await asyncio.sleep(1.5)
        folder = self._house.home_assistant.config_folder
        hits = await asyncio.to_thread(forensic.search, folder)
        if hits:
            self._claims.note(describe(hits))
        self._claims.check(
            "no phrase and no piece of audio is readable in any file",
            not hits,
            f"{_size(folder):,} bytes searched",
        )
        # A search that finds nothing anywhere would prove nothing.
        control = await asyncio.to_thread(forensic.search, self._house.folder)
        self._claims.check(
            "the same search finds what lies beside that folder",
            len(control) > len(hits),
            f"{len(control) - len(hits)} places",
        )

    def _look_into_the_log(self) -> None:
        self._claims.step("Home Assistant's log")
        complaints = self._house.home_assistant.complaints()
        for complaint in complaints:
            self._claims.note(complaint)
        self._claims.check("there are no errors in it", not complaints)

    async def _say(self, satellite: Satellite, sentence: str) -> Run:
        speech = await Speech.of(sentence, seed=len(self._said))
        self._said.append((sentence, speech))
        self._house.cloud.teach([speech])
        return await satellite.speak(speech)

    async def _check_command(
        self, run: Run, sentence: str, entity_id: str, wanted: str
    ) -> None:
        state = await self._house.client.state(entity_id)
        self._claims.check(
            "the transcript is right and the command was carried out",
            run.transcript == sentence
            and state is not None
            and state["state"] == wanted,
            f"{entity_id} is {state['state'] if state else 'missing'}, “{run.response}”",
        )


def _purge_automation(satellite: str) -> Json:
    """Return an automation as the editor stores it."""
    return {
        "alias": "Visitors have left",
        "triggers": [{"trigger": "event", "event_type": PURGE_EVENT}],
        "actions": [
            {
                "action": "voice_retention.purge",
                "target": {"entity_id": satellite},
                "data": {"keep_days": 0},
            }
        ],
    }


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
