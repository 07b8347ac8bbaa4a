"""Voice Retention as its user meets it: dialogs, switches, selects and actions, all by their public names."""

from dataclasses import dataclass

from .house import assist, flows
from .house.client import Client, Json
from .house.waiting import until

DOMAIN = "voice_retention"
RECORDING_DELAY = 5
"""Seconds within which a sentence is stored; far more than it takes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Retention:
    """The integration in one household."""

    client: Client
    entry_id: str

    @classmethod
    async def set_up(
        cls,
        client: Client,
        *,
        local_engines: tuple[str, ...] = (),
        keep_recordings: str = "1_day",
        keep_transcripts: str = "same",
    ) -> Retention:
        """Go through the set-up dialog."""
        engines = {
            "local_engines": list(local_engines),
            "keep_recordings": keep_recordings,
            "keep_transcripts": keep_transcripts,
        }
        entry_id = await flows.set_up(client, DOMAIN, engines, {"protect_all": True})
        return cls(client=client, entry_id=entry_id)

    async def entity(self, domain: str, key: str, device_id: str | None = None) -> str:
        """Return the entity of a key, on a device or, without one, on a device of the integration's own."""

        async def look() -> str:
            for entity in await self.client.call("config/entity_registry/list"):
                entity_id: str = entity["entity_id"]
                if (
                    entity["platform"] == DOMAIN
                    and entity["translation_key"] == key
                    and entity_id.startswith(f"{domain}.")
                    and device_id in (None, entity["device_id"])
                ):
                    return entity_id
            return ""

        return await until(look)

    async def turn(self, key: str, device_id: str | None, *, on: bool) -> None:
        """Turn a switch on or off."""
        entity_id = await self.entity("switch", key, device_id)
        action = "switch.turn_on" if on else "switch.turn_off"
        await self.client.action(action, target={"entity_id": entity_id})

    async def dont_send(self, device_id: str, *, on: bool) -> None:
        """Turn "Don't send voice recordings" of a satellite on or off."""
        await self.turn("dont_send_audio", device_id, on=on)

    async def dont_send_text(self, device_id: str, *, on: bool) -> None:
        """Turn "Don't send transcripts" of a satellite on or off."""
        await self.turn("dont_send_text", device_id, on=on)

    async def keep(self, device_id: str, option: str) -> None:
        """Choose how long a satellite's recordings are kept."""
        entity_id = await self.entity("select", "keep_recordings", device_id)
        await self.client.action(
            "select.select_option", {"option": option}, target={"entity_id": entity_id}
        )

    async def state(self, domain: str, key: str, device_id: str | None = None) -> Json:
        """Return the state of the entity of a key."""
        state = await self.client.state(await self.entity(domain, key, device_id))
        if state is None:
            raise LookupError(f"{domain} {key} has no state")
        return state

    async def recordings(self, device_id: str | None = None) -> list[Json]:
        """List what is kept, newest first."""
        target = {"device_id": device_id} if device_id else None
        answer = await self.client.action(
            "voice_retention.get_recordings",
            {"limit": 500},
            target=target,
            response=True,
        )
        found: list[Json] = answer["recordings"]
        return found

    async def wait_for_recordings(
        self, count: int, device_id: str | None = None
    ) -> list[Json]:
        """List what is kept once there is so much of it."""

        async def look() -> list[Json]:
            found = await self.recordings(device_id)
            return found if len(found) >= count else []

        return await until(look, RECORDING_DELAY)

    async def wait_for_event(self, device_id: str, event_type: str) -> Json:
        """Wait until a satellite's latest voice event is of a type, and return its attributes."""

        async def look() -> Json | None:
            attributes: Json = (await self.state("event", "voice", device_id))[
                "attributes"
            ]
            return attributes if attributes.get("event_type") == event_type else None

        return await until(look, RECORDING_DELAY)

    async def issues(self) -> set[str]:
        """Return the repair issues that the integration has raised, by their translation keys."""
        listed = await self.client.call("repairs/list_issues")
        return {
            issue["translation_key"]
            for issue in listed["issues"]
            if issue["domain"] == DOMAIN
        }

    async def choose_local_engines(self, *engines: str) -> None:
        """Change the local engines in the options."""
        await flows.change_options(
            self.client,
            self.entry_id,
            {"next_step_id": "engines"},
            {"local_engines": list(engines)},
        )
        # The reload that follows is only announced; one of our own ends after it.
        await flows.reload(self.client, self.entry_id)

    async def choose_backups(self, choice: str) -> None:
        """Change in the options what of the recordings backups take along."""
        await flows.change_options(
            self.client,
            self.entry_id,
            {"next_step_id": "backups"},
            {"in_backups": choice},
        )
        # The reload that follows is only announced; one of our own ends after it.
        await flows.reload(self.client, self.entry_id)

    async def purge(self, **fields: object) -> Json:
        """Delete and return the receipt; the fields are those of the action, a target included."""
        target = fields.pop("target", None)
        receipt: Json = await self.client.action(
            "voice_retention.purge",
            fields,
            target=target if isinstance(target, dict) else None,
            response=True,
        )
        return receipt

    async def receipts(self) -> list[Json]:
        """List the receipts, newest first."""
        answer = await self.client.action(
            "voice_retention.get_receipts", {}, response=True
        )
        found: list[Json] = answer["receipts"]
        return found

    async def guards(self) -> dict[str, str]:
        """Return the speech-to-text engine of each pipeline that has one."""
        return {
            pipeline["id"]: pipeline["stt_engine"]
            for pipeline in await assist.pipelines(self.client)
            if pipeline["stt_engine"]
        }

    async def is_guard(self, engine: str) -> bool:
        """Return whether an engine is one of the integration's guards."""
        registry = await self.client.call("config/entity_registry/list")
        return any(
            entity["entity_id"] == engine and entity["platform"] == DOMAIN
            for entity in registry
        )
