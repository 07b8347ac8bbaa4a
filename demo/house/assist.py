"""Pipelines and satellites as the voice assistants page of Home Assistant manages them."""

from . import flows
from .client import Client, Json
from .paths import LOOPBACK
from .waiting import until


async def add_wyoming(client: Client, port: int) -> str:
    """Add a Wyoming service, of whatever kind, and return its entry id."""
    return await flows.set_up(client, "wyoming", {"host": LOOPBACK, "port": port})


async def entity_of(
    client: Client, entry_id: str, domain: str, ending: str = ""
) -> str:
    """Return the entity of an entry in a domain, once it has a state; the ending tells several apart."""

    async def look() -> str:
        for entity in await client.call("config/entity_registry/list"):
            entity_id: str = entity["entity_id"]
            is_wanted = entity_id.startswith(f"{domain}.") and entity_id.endswith(
                ending
            )
            if (
                entity["config_entry_id"] == entry_id
                and is_wanted
                and await client.state(entity_id)
            ):
                return entity_id
        return ""

    return await until(look)


async def device_of(client: Client, entity_id: str) -> str:
    """Return the device of an entity."""
    entity = await client.call("config/entity_registry/get", entity_id=entity_id)
    device_id: str = entity["device_id"]
    return device_id


async def pipelines(client: Client) -> list[Json]:
    """Return all pipelines as they are stored."""
    found: list[Json] = (await client.call("assist_pipeline/pipeline/list"))[
        "pipelines"
    ]
    return found


async def pipeline(client: Client, pipeline_id: str) -> Json:
    """Return one pipeline as it is stored."""
    return next(one for one in await pipelines(client) if one["id"] == pipeline_id)


async def add_pipeline(
    client: Client, name: str, *, stt_engine: str, tts_engine: str | None
) -> str:
    """Create a pipeline with Home Assistant's own agent and return its id."""
    created = await client.call(
        "assist_pipeline/pipeline/create",
        name=name,
        language="en",
        conversation_engine="conversation.home_assistant",
        conversation_language="en",
        stt_engine=stt_engine,
        stt_language="en",
        tts_engine=tts_engine,
        tts_language="en" if tts_engine else None,
        tts_voice=None,
        wake_word_entity=None,
        wake_word_id=None,
    )
    pipeline_id: str = created["id"]
    return pipeline_id


async def change_pipeline(client: Client, pipeline_id: str, **changes: object) -> None:
    """Edit a pipeline the way its dialog does: all of it is sent back."""
    stored = await pipeline(client, pipeline_id) | changes
    stored.pop("id")
    await client.call(
        "assist_pipeline/pipeline/update", pipeline_id=pipeline_id, **stored
    )


async def choose_pipeline(client: Client, satellite_entry: str, name: str) -> None:
    """Let a satellite use the pipeline of a name, as its device page does."""
    select = await entity_of(client, satellite_entry, "select", "_assistant")
    await client.action(
        "select.select_option", {"option": name}, target={"entity_id": select}
    )
