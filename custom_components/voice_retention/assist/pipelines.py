"""Put guards into Assist's pipelines, and take them out again."""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any

from homeassistant.components.assist_pipeline import (
    Pipeline,
    async_get_pipelines,
    async_update_pipeline,
)
from homeassistant.components.assist_pipeline.pipeline import KEY_ASSIST_PIPELINE
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.collection import CollectionChange


@callback
def pipelines_with_speech(hass: HomeAssistant) -> list[Pipeline]:
    """List the pipelines that do speech-to-text."""
    return [pipeline for pipeline in async_get_pipelines(hass) if pipeline.stt_engine]


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


async def async_replace_engines(
    hass: HomeAssistant, replacements: Mapping[str, str]
) -> None:
    """Set another speech-to-text engine in every pipeline that has one of the old ones.

    Nothing else in a pipeline is touched, nor any pipeline with another engine.
    """
    for pipeline in pipelines_with_speech(hass):
        if replacement := replacements.get(pipeline.stt_engine or ""):
            await async_set_engine(hass, pipeline, replacement)


def async_set_engine(
    hass: HomeAssistant, pipeline: Pipeline, engine_id: str
) -> Coroutine[Any, Any, None]:
    """Set the speech-to-text engine of one pipeline."""
    return async_update_pipeline(hass, pipeline, stt_engine=engine_id)
