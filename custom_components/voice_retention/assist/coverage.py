"""Follow the voice of every satellite, and find where it can get past the guard."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from homeassistant.components import wake_word
from homeassistant.components.assist_pipeline import (
    Pipeline,
    async_get_pipeline,
    async_get_pipelines,
)
from homeassistant.components.assist_pipeline.const import OPTION_PREFERRED
from homeassistant.components.select import DOMAIN as SELECT_DOMAIN
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import TrackStates, async_track_state_change_filtered

from ..policy.choices import OTHER_CLIENTS, Settings
from ..policy.paths import Gap, Step, StepKind, VoicePath, find_gaps
from ..policy.rules import rule_for_key
from .engines import is_guard
from .locality import LocalityBook
from .pipelines import EngineKind, chosen_engine
from .satellites import Satellite, SatelliteDirectory

PIPELINE_SELECT_KEYS: Final = frozenset({"pipeline", "pipeline_n"})
"""Translation keys of the selects with which a satellite's wake words choose pipelines."""

WAKE_WORD_SELECT_KEYS: Final = frozenset({"wake_word", "wake_word_n"})
"""Of those with which a satellite chooses the wake words that it listens for itself."""

FIRST_SELECT_KEYS: Final = frozenset({"pipeline", "wake_word"})

type EngineBehind = Callable[[str], str]
"""Return the engine that stands behind a guard, or the engine itself."""


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
def voice_paths(
    hass: HomeAssistant,
    satellites: SatelliteDirectory,
    localities: LocalityBook,
    engine_behind: EngineBehind,
) -> list[VoicePath]:
    """Return the path after each wake word of each satellite, and those of other clients."""

    def path(
        satellite_key: str, slot: int, word: str | None, pipeline: Pipeline
    ) -> VoicePath:
        """Follow one pipeline."""
        engines = _engines(hass, pipeline, listens_itself=word is not None)
        return VoicePath(
            satellite_key=satellite_key,
            slot=slot,
            wake_word=word,
            pipeline_id=pipeline.id,
            pipeline_name=pipeline.name,
            steps=tuple(
                Step(
                    kind=kind,
                    engine_id=engine_behind(engine_id),
                    locality=localities.report(engine_behind(engine_id)).locality,
                    is_guarded=is_guard(hass, engine_id),
                )
                for kind, engine_id in engines
            ),
        )

    found = [
        path(satellite.key, slot, word, pipeline)
        for satellite in satellites.current.values()
        for slot, word, pipeline in _wake_words(hass, satellite)
    ]
    # Apps and browsers may choose any pipeline.
    found.extend(
        path(OTHER_CLIENTS, 0, None, pipeline) for pipeline in async_get_pipelines(hass)
    )
    return found


def gaps_in(paths: Iterable[VoicePath], settings: Settings) -> list[Gap]:
    """Return where voice can leave the home though its speaker's switch is on."""
    return [
        gap
        for path in paths
        for gap in find_gaps(path, rule_for_key(settings, path.satellite_key))
    ]


@callback
def listen_choices(
    hass: HomeAssistant, listener: Callable[[], None]
) -> Callable[[], None]:
    """Call ``listener`` when a satellite may have chosen another pipeline or wake word."""

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        """Pass the news on."""
        listener()

    return async_track_state_change_filtered(
        hass, TrackStates(False, set(), {SELECT_DOMAIN}), changed
    ).async_remove


def _engines(
    hass: HomeAssistant, pipeline: Pipeline, *, listens_itself: bool
) -> Iterator[tuple[StepKind, str]]:
    """Return the engines of a pipeline, in the order in which they are used."""
    # Home Assistant takes the first one there is if a satellite wants its help and the
    # pipeline does not name any.
    wake_engine = pipeline.wake_word_entity or wake_word.async_default_entity(hass)
    if wake_engine is not None and not listens_itself:
        yield StepKind.WAKE_WORD, wake_engine
    for kind, engine_id in (
        (StepKind.STT, pipeline.stt_engine),
        (StepKind.CONVERSATION, pipeline.conversation_engine),
        (StepKind.TTS, pipeline.tts_engine),
    ):
        if engine_id:
            yield kind, engine_id


def _wake_words(
    hass: HomeAssistant, satellite: Satellite
) -> Iterator[tuple[int, str | None, Pipeline]]:
    """Return where each wake word of a satellite leads.

    One without a choice of its own has the preferred pipeline, as one whose choice is not
    known or leads nowhere any more.
    """
    selects = [
        entry
        for entry in er.async_entries_for_device(
            er.async_get(hass), satellite.device_id or ""
        )
        if entry.domain == SELECT_DOMAIN
    ]
    words = {
        _slot(entry): _state(hass, entry)
        for entry in selects
        if entry.translation_key in WAKE_WORD_SELECT_KEYS
    }
    choices = {
        _slot(entry): _state(hass, entry)
        for entry in selects
        if entry.translation_key in PIPELINE_SELECT_KEYS
    }
    by_name = {pipeline.name: pipeline for pipeline in async_get_pipelines(hass)}
    for slot, name in sorted(choices.items()) or [(1, OPTION_PREFERRED)]:
        pipeline = by_name.get(name or "") or async_get_pipeline(hass)
        yield slot, words.get(slot), pipeline


def _slot(entry: er.RegistryEntry) -> int:
    """Return which wake word a select is for; of the first one it is not said."""
    if entry.translation_key in FIRST_SELECT_KEYS:
        return 1
    number = entry.unique_id.rpartition("_")[2]
    return int(number) if number.isdecimal() else 1


def _state(hass: HomeAssistant, entry: er.RegistryEntry) -> str | None:
    """Return what is chosen, if that is known."""
    state = hass.states.get(entry.entity_id)
    return None if state is None else state.state
