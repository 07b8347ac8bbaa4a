"""Find speakers that can reach a cloud engine past the guard though they must not."""

from collections.abc import Callable, Iterable

from homeassistant.components.assist_pipeline import (
    Pipeline,
    async_get_pipeline,
    async_get_pipelines,
)
from homeassistant.components.assist_pipeline.const import OPTION_PREFERRED
from homeassistant.components.select import DOMAIN as SELECT_DOMAIN
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..policy.models import OTHER_CLIENTS, Locality, Settings
from ..policy.rules import rule_for_key
from .engines import is_guard
from .locality import LocalityBook
from .pipelines import EngineKind, chosen_engine
from .satellites import Satellite, SatelliteDirectory

PIPELINE_SELECT_KEYS = ("pipeline", "pipeline_n")
"""Translation keys of the selects with which a satellite's wake words choose pipelines."""


@callback
def engines_in_pipelines(hass: HomeAssistant) -> list[str]:
    """List the engine or guard in each place of each pipeline where a guard can stand."""
    return [
        engine_id
        for pipeline in async_get_pipelines(hass)
        for kind in EngineKind
        if (engine_id := chosen_engine(pipeline, kind)) is not None
    ]


@callback
def uncovered_speakers(
    hass: HomeAssistant,
    settings: Settings,
    satellites: SatelliteDirectory,
    localities: LocalityBook,
) -> list[str]:
    """Return the keys of speakers whose switch is on and cannot be kept."""

    def is_open(pipeline: Pipeline) -> bool:
        """Return whether this pipeline sends voice past every guard."""
        engine_id = pipeline.stt_engine
        return (
            engine_id is not None
            and not is_guard(hass, engine_id)
            and localities.report(engine_id).locality is not Locality.LOCAL
        )

    uncovered = [
        satellite.key
        for satellite in satellites.current.values()
        if _is_exposed(
            settings, satellite.key, _chosen_pipelines(hass, satellite), is_open
        )
    ]
    # Apps and browsers may choose any pipeline.
    if _is_exposed(settings, OTHER_CLIENTS, async_get_pipelines(hass), is_open):
        uncovered.append(OTHER_CLIENTS)
    return uncovered


def _is_exposed(
    settings: Settings,
    satellite_key: str,
    pipelines: Iterable[Pipeline],
    is_open: Callable[[Pipeline], bool],
) -> bool:
    """Return whether a protected speaker can get into an open pipeline."""
    return rule_for_key(settings, satellite_key).dont_send_audio and any(
        is_open(pipeline) for pipeline in pipelines
    )


def _chosen_pipelines(hass: HomeAssistant, satellite: Satellite) -> list[Pipeline]:
    """List the pipelines that a satellite's wake words lead to."""
    names = {
        state.state
        for entry in er.async_entries_for_device(
            er.async_get(hass), satellite.device_id or ""
        )
        if entry.domain == SELECT_DOMAIN
        and entry.translation_key in PIPELINE_SELECT_KEYS
        and (state := hass.states.get(entry.entity_id)) is not None
    }
    chosen = [
        pipeline for pipeline in async_get_pipelines(hass) if pipeline.name in names
    ]
    if not names or OPTION_PREFERRED in names or not chosen:
        chosen.append(async_get_pipeline(hass))
    return chosen
