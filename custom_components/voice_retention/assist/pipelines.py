"""Put guards into Assist's pipelines, and take them out again."""

from collections.abc import Callable, Iterable, Mapping

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
        old = pipeline.stt_engine or ""
        if new := replacements.get(old):
            await async_replace_engine(hass, pipeline.id, old=old, new=new)


async def async_replace_engine(
    hass: HomeAssistant, pipeline_id: str, *, old: str, new: str
) -> None:
    """Set another speech-to-text engine in one pipeline, if it still has the old one.

    The pipeline is read anew, since a whole one is written back and somebody may have
    edited or deleted it while we waited for another.
    """
    for pipeline in pipelines_with_speech(hass):
        if pipeline.id == pipeline_id and pipeline.stt_engine == old:
            await async_update_pipeline(hass, pipeline, stt_engine=new)
