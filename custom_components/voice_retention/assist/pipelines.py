"""Put guards into Assist's pipelines, and take them out again."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any

from homeassistant.components.assist_pipeline import (
    Pipeline,
    async_get_pipelines,
    async_update_pipeline,
)
from homeassistant.components.assist_pipeline.pipeline import KEY_ASSIST_PIPELINE
from homeassistant.components.conversation import HOME_ASSISTANT_AGENT
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.collection import CollectionChange


class EngineKind(StrEnum):
    """The kinds of engines that are guarded, by the domain of their entities."""

    STT = "stt"
    CONVERSATION = "conversation"
    TTS = "tts"

    @property
    def field(self) -> str:
        """Return the field of a pipeline that holds the engine."""
        return f"{self}_engine"


def kind_of(entity_id: str) -> EngineKind | None:
    """Return the kind of engine that an entity is, if it is one."""
    domain = entity_id.partition(".")[0]
    return EngineKind(domain) if domain in EngineKind else None


@callback
def chosen_engine(pipeline: Pipeline, kind: EngineKind) -> str | None:
    """Return the engine of a pipeline before which a guard can stand.

    None is needed before the default agent: it is part of Home Assistant, and Assist
    treats it differently by its id.
    """
    engine_id: str | None = getattr(pipeline, kind.field)
    return None if engine_id == HOME_ASSISTANT_AGENT else engine_id or None


@callback
def listen_pipelines(
    hass: HomeAssistant, listener: Callable[[], None]
) -> Callable[[], None]:
    """Call ``listener`` after pipelines were made, edited or deleted."""

    async def changed(change_set: Iterable[CollectionChange]) -> None:
        """Pass the news on; the collection waits for us, so nothing is done here."""
        listener()

    return hass.data[KEY_ASSIST_PIPELINE].pipeline_store.async_add_change_set_listener(
        changed
    )


async def async_replace_everywhere(
    hass: HomeAssistant, replacements: Mapping[str, str]
) -> None:
    """Replace these guards by these engines in every pipeline."""
    for pipeline in async_get_pipelines(hass):
        wanted = {
            kind: replacement
            for kind in EngineKind
            if (replacement := replacements.get(chosen_engine(pipeline, kind) or ""))
        }
        await async_replace_engines(hass, pipeline, wanted)


async def async_replace_engines(
    hass: HomeAssistant, seen: Pipeline, wanted: Mapping[EngineKind, str]
) -> None:
    """Set other engines in one pipeline, each if it still has the one that was seen.

    Nothing else in it is touched: it is read anew, since a whole one is written back and
    somebody may have edited or deleted it while we waited for another.
    """
    for pipeline in async_get_pipelines(hass):
        if pipeline.id != seen.id:
            continue
        changes: dict[str, Any] = {
            kind.field: engine_id
            for kind, engine_id in wanted.items()
            if getattr(pipeline, kind.field) == getattr(seen, kind.field)
        }
        if changes:
            await async_update_pipeline(hass, pipeline, **changes)
