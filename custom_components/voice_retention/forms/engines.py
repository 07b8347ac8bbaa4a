"""Ask which engines work locally."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..assist.engines import engine_ids, engine_name
from ..assist.evidence.words import async_words, tell
from ..assist.locality import LocalityBook
from ..const import CONF_ATTESTED, CONF_LOCAL_ENGINES, DOMAIN
from ..policy.locality import deciding
from ..policy.models import Locality, LocalityReport
from .fields import FieldError, Fields, Input, list_selector


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineChoice:
    """An engine to choose from."""

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
    reports: dict[str, LocalityReport | None] = {
        engine_id: book.report(engine_id) for engine_id in engine_ids(hass)
    }
    for engine_id in (*options.get(CONF_LOCAL_ENGINES, ()), *attested_in(options)):
        reports.setdefault(engine_id, None)
    choices = [
        EngineChoice(
            engine_id=engine_id,
            name=engine_name(hass, engine_id),
            locality=report.locality if report else None,
            evidence=tell(words, deciding(report)) if report else "",
        )
        for engine_id, report in reports.items()
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
        vol.Optional(CONF_LOCAL_ENGINES): list_selector(
            {choice.engine_id: label(choice) for choice in choices}
        )
    }
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


def _names(choices: Iterable[EngineChoice]) -> tuple[str, ...]:
    """Return the names of engines."""
    return tuple(choice.name for choice in choices)
