"""Ask which engines work locally."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..assist.agents import agent_ids
from ..assist.engines import engine_ids, engine_name
from ..assist.evidence.words import async_words, tell
from ..assist.locality import LocalityBook
from ..assist.pipelines import EngineKind, kind_of
from ..assist.voices import voice_ids
from ..const import (
    CONF_ATTESTED,
    CONF_LOCAL_AGENTS,
    CONF_LOCAL_ENGINES,
    CONF_LOCAL_VOICES,
    DOMAIN,
)
from ..policy.locality import deciding
from ..policy.models import Locality, LocalityReport
from .fields import FieldError, Fields, Input, list_selector

LISTS: Final[Mapping[str, Callable[[HomeAssistant], list[str]]]] = {
    CONF_LOCAL_ENGINES: engine_ids,
    CONF_LOCAL_AGENTS: agent_ids,
    CONF_LOCAL_VOICES: voice_ids,
}
"""The lists of engines that may stand in, and what can be in each."""

LIST_OF_KIND: Final = {
    EngineKind.STT: CONF_LOCAL_ENGINES,
    EngineKind.CONVERSATION: CONF_LOCAL_AGENTS,
    EngineKind.TTS: CONF_LOCAL_VOICES,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineChoice:
    """An engine to choose from."""

    field: str
    """The list that it can be in."""

    engine_id: str
    name: str
    locality: Locality | None
    """What the evidence alone says; none while the engine is not there."""

    evidence: str = ""
    """Why, in a sentence."""


async def async_engine_choices(
    hass: HomeAssistant, options: Input
) -> list[EngineChoice]:
    """List the engines, local ones first, and those chosen before that are gone.

    An engine may be gone only because its server is off for the moment.
    """
    book = LocalityBook(hass, attested={})
    await book.async_check()
    words = await async_words(hass)
    reports: dict[tuple[str, str], LocalityReport | None] = {
        (field, engine_id): book.report(engine_id)
        for field, list_ids in LISTS.items()
        for engine_id in list_ids(hass)
    }
    for field in LISTS:
        for engine_id in options.get(field, ()):
            reports.setdefault((field, engine_id), None)
    for engine_id in {*attested_in(options)} - {engine_id for _, engine_id in reports}:
        reports[_list_of(engine_id), engine_id] = None
    choices = [
        EngineChoice(
            field=field,
            engine_id=engine_id,
            name=engine_name(hass, engine_id),
            locality=report.locality if report else None,
            evidence=tell(words, deciding(report)) if report else "",
        )
        for (field, engine_id), report in reports.items()
    ]
    order = [Locality.LOCAL, Locality.UNPROVEN, Locality.CLOUD, None]
    return sorted(
        choices, key=lambda choice: (order.index(choice.locality), choice.name.lower())
    )


async def async_engine_fields(
    hass: HomeAssistant, choices: Collection[EngineChoice], attested: Collection[str]
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

    fields: Fields = {}
    for field in LISTS:
        labels = {
            choice.engine_id: label(choice)
            for choice in choices
            if choice.field == field
        }
        # Without a speech engine there is no voice to protect, so that list says so.
        if labels or field == CONF_LOCAL_ENGINES:
            fields[vol.Optional(field)] = list_selector(labels)
    doubtful = {
        choice.engine_id: choice.name
        for choice in choices
        if choice.locality is Locality.UNPROVEN or choice.engine_id in attested
    }
    if doubtful:
        fields[vol.Optional(CONF_ATTESTED)] = list_selector(doubtful)
    return fields


def evidence_list(choices: Iterable[EngineChoice]) -> str:
    """Return what is known of each engine, as a list in Markdown."""
    return "\n".join(
        f"- **{choice.name}**: {choice.evidence}"
        for choice in choices
        if choice.evidence
    )


def attested_in(options: Input) -> Collection[str]:
    """Return the engines that the user vouched for."""
    attested: Collection[str] = options.get(CONF_ATTESTED, ())
    return attested


def check_engines(
    choices: Collection[EngineChoice], user_input: Input, options: Input
) -> FieldError | None:
    """Check that the engines newly chosen as local are there and can count as local.

    One chosen before stays, also while it has lost its proof: standing in the list alone
    never gets an engine a sentence. Taking back one's word makes it new again.
    """
    attested = set(user_input[CONF_ATTESTED])
    taken_back = set(attested_in(options)) - attested
    for field in (*LISTS, CONF_ATTESTED):
        known = {
            choice.engine_id
            for choice in choices
            if field in (choice.field, CONF_ATTESTED)
        }
        if gone := tuple(item for item in user_input[field] if item not in known):
            return FieldError(
                field=field, error="engine_gone", culprits=gone, gone=gone
            )
    for field in LISTS:
        by_id = {item.engine_id: item for item in choices if item.field == field}
        trusted = set(options.get(field, ())) - taken_back
        new = [by_id[item] for item in user_input[field] if item not in trusted]
        if clouds := _names(item for item in new if item.locality is Locality.CLOUD):
            return FieldError(field=field, error="engine_in_cloud", culprits=clouds)
        if doubtful := _names(
            item
            for item in new
            if item.locality is Locality.UNPROVEN and item.engine_id not in attested
        ):
            return FieldError(
                field=CONF_ATTESTED, error="engine_unproven", culprits=doubtful
            )
    return None


def _list_of(engine_id: str) -> str:
    """Return the list for an engine that is gone; one of the old kind has no domain."""
    kind = kind_of(engine_id)
    return CONF_LOCAL_ENGINES if kind is None else LIST_OF_KIND[kind]


def _names(choices: Iterable[EngineChoice]) -> tuple[str, ...]:
    """Return the names of engines."""
    return tuple(choice.name for choice in choices)
