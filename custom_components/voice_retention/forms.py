"""Build the forms of the flows, and check what was entered into them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import voluptuous as vol

from homeassistant.components.assist_pipeline import async_get_pipelines
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.helpers.translation import async_get_translations

from .assist.engines import engine_ids, engine_name
from .assist.locality import LocalityBook
from .const import (
    CONF_ATTESTED,
    CONF_KEEP_UNRECOGNISED,
    CONF_LOCAL_ENGINES,
    CONF_MAX_SECONDS,
    CONF_MAX_SIZE_MB,
    CONF_PIPELINES,
    CONF_PROTECT_ALL,
    DOMAIN,
    RECORDING_KEEP_OPTIONS,
    TRANSCRIPT_KEEP_OPTIONS,
)
from .policy.models import Keep, Locality

type Fields = dict[vol.Marker, Any]
type Input = Mapping[str, Any]

CONF_KEEP_RECORDINGS = "keep_recordings"
CONF_KEEP_TRANSCRIPTS = "keep_transcripts"

LIMITS: Mapping[str, tuple[int, int]] = {
    CONF_MAX_SECONDS: (5, 600),
    CONF_MAX_SIZE_MB: (10, 1_000_000),
}
"""Smallest and largest value of each number."""

LIMIT_PLACEHOLDERS: Mapping[str, str] = {
    f"{field}_{end}": f"{limit:,}"
    for field, limits in LIMITS.items()
    for end, limit in zip(("min", "max"), limits, strict=True)
}
"""For the texts of the form."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineChoice:
    """An engine to choose from."""

    engine_id: str
    name: str
    locality: Locality | None
    """What the evidence alone says; none while the engine is not there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldError:
    """What is wrong with an input, and where."""

    field: str
    error: str
    culprits: tuple[str, ...] = ()
    """Names for the text to mention."""

    gone: tuple[str, ...] = ()
    """Values that cannot be entered any more."""


async def async_engine_choices(
    hass: HomeAssistant, options: Input
) -> list[EngineChoice]:
    """List the engines, local ones first, and those chosen before that are gone.

    An engine may be gone only because its server is off for the moment.
    """
    evidence = LocalityBook(hass, attested=())
    await evidence.async_resolve_hosts()
    localities: dict[str, Locality | None] = {
        engine_id: evidence.report(engine_id).locality for engine_id in engine_ids(hass)
    }
    for engine_id in (*options.get(CONF_LOCAL_ENGINES, ()), *attested_in(options)):
        localities.setdefault(engine_id, None)
    choices = [
        EngineChoice(
            engine_id=engine_id, name=engine_name(hass, engine_id), locality=locality
        )
        for engine_id, locality in localities.items()
    ]
    order = [Locality.LOCAL, Locality.UNPROVEN, Locality.CLOUD, None]
    return sorted(
        choices, key=lambda choice: (order.index(choice.locality), choice.name.lower())
    )


async def async_engine_fields(
    hass: HomeAssistant, choices: Iterable[EngineChoice], attested: Collection[str]
) -> Fields:
    """Return the fields to choose the local engines with, and to vouch for engines."""
    texts = await async_get_translations(
        hass, hass.config.language, "selector", [DOMAIN]
    )

    def label(choice: EngineChoice) -> str:
        """Name an engine and tell where it works, as far as known."""
        word: str = choice.locality or "missing"
        if choice.locality is Locality.UNPROVEN and choice.engine_id in attested:
            word = "attested"
        text = texts.get(
            f"component.{DOMAIN}.selector.engine_state.options.{word}", word
        )
        return f"{choice.name} ({text})"

    fields: Fields = {
        vol.Optional(CONF_LOCAL_ENGINES): _list_selector(
            {choice.engine_id: label(choice) for choice in choices}
        )
    }
    doubtful = {
        choice.engine_id: choice.name
        for choice in choices
        if choice.locality is Locality.UNPROVEN or choice.engine_id in attested
    }
    if doubtful:
        fields[vol.Optional(CONF_ATTESTED)] = _list_selector(doubtful)
    return fields


def keep_fields() -> Fields:
    """Return the fields for how long to keep, where a satellite does not say otherwise."""
    return {
        vol.Required(CONF_KEEP_RECORDINGS): _keep_selector(RECORDING_KEEP_OPTIONS),
        vol.Required(CONF_KEEP_TRANSCRIPTS): _keep_selector(TRANSCRIPT_KEEP_OPTIONS),
    }


def limit_fields() -> Fields:
    """Return the fields for what is kept at most."""
    return {
        vol.Required(CONF_KEEP_UNRECOGNISED): BooleanSelector(),
        vol.Required(CONF_MAX_SECONDS): _number_selector("s"),
        vol.Required(CONF_MAX_SIZE_MB): _number_selector("MB"),
    }


@callback
def pipeline_fields(hass: HomeAssistant) -> Fields:
    """Return the fields to choose the protected pipelines with."""
    return {
        vol.Required(CONF_PROTECT_ALL): BooleanSelector(),
        vol.Optional(CONF_PIPELINES): _list_selector(_pipeline_names(hass)),
    }


def attested_in(options: Input) -> Collection[str]:
    """Return the engines that the user vouched for."""
    attested: Collection[str] = options.get(CONF_ATTESTED, ())
    return attested


def check_engines(
    choices: Iterable[EngineChoice], user_input: Input, options: Input
) -> FieldError | None:
    """Check that the engines newly chosen as local are there and can count as local.

    One chosen before stays, also while it has lost its proof: standing in the list alone
    never gets an engine a sentence. Taking back one's word makes it new again.
    """
    by_id = {choice.engine_id: choice for choice in choices}
    for field in (CONF_LOCAL_ENGINES, CONF_ATTESTED):
        if gone := tuple(item for item in user_input[field] if item not in by_id):
            return FieldError(
                field=field, error="engine_gone", culprits=gone, gone=gone
            )
    attested = set(user_input[CONF_ATTESTED])
    taken_back = set(attested_in(options)) - attested
    trusted = set(options.get(CONF_LOCAL_ENGINES, ())) - taken_back
    new = [
        by_id[item] for item in user_input[CONF_LOCAL_ENGINES] if item not in trusted
    ]
    if clouds := _names(item for item in new if item.locality is Locality.CLOUD):
        return FieldError(
            field=CONF_LOCAL_ENGINES, error="engine_in_cloud", culprits=clouds
        )
    if doubtful := _names(
        item
        for item in new
        if item.locality is Locality.UNPROVEN and item.engine_id not in attested
    ):
        return FieldError(
            field=CONF_ATTESTED, error="engine_unproven", culprits=doubtful
        )
    return None


@callback
def check_pipelines(hass: HomeAssistant, user_input: Input) -> FieldError | None:
    """Check that there is something to protect."""
    names = _pipeline_names(hass)
    if gone := tuple(item for item in user_input[CONF_PIPELINES] if item not in names):
        return FieldError(field=CONF_PIPELINES, error="pipeline_gone", gone=gone)
    if not user_input[CONF_PROTECT_ALL] and not user_input[CONF_PIPELINES]:
        return FieldError(field=CONF_PIPELINES, error="no_pipelines")
    return None


def check_limits(user_input: Input) -> FieldError | None:
    """Check that every number is one we can work with."""
    for field, (smallest, largest) in LIMITS.items():
        # Written so that "not a number" is refused too.
        if not smallest <= user_input[field] <= largest:
            return FieldError(field=field, error=f"{field}_out_of_range")
    return None


def _names(choices: Iterable[EngineChoice]) -> tuple[str, ...]:
    """Return the names of engines."""
    return tuple(choice.name for choice in choices)


@callback
def _pipeline_names(hass: HomeAssistant) -> dict[str, str]:
    """Return the name of each pipeline by its id."""
    return {pipeline.id: pipeline.name for pipeline in async_get_pipelines(hass)}


def _list_selector(labels: Mapping[str, str]) -> SelectSelector:
    """Offer things of which any number can be chosen, in an order of one's own."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=value, label=label)
                for value, label in labels.items()
            ],
            multiple=True,
            # A list of check boxes would not show in which order they were ticked.
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


def _keep_selector(options: Iterable[Keep]) -> SelectSelector:
    """Offer durations."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[option.value for option in options],
            mode=SelectSelectorMode.DROPDOWN,
            translation_key="keep",
        )
    )


def _number_selector(unit: str) -> NumberSelector:
    """Ask for a number; the selector's own bounds are left out, as their errors are untranslated."""
    return NumberSelector(
        NumberSelectorConfig(mode=NumberSelectorMode.BOX, unit_of_measurement=unit)
    )
