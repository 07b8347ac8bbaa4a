"""Say in a sentence why an engine is believed to be where it is."""

from collections.abc import Iterable, Mapping

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ...const import DOMAIN
from ...policy.models import Evidence

type Words = Mapping[str, str]
"""The sentence for each kind of evidence and what it says, in one language."""

PREFIX = f"component.{DOMAIN}.selector.evidence.options."


async def async_words(hass: HomeAssistant, language: str | None = None) -> Words:
    """Return the sentences, in the household's language if no other is wanted."""
    texts = await async_get_translations(
        hass, language or hass.config.language, "selector", [DOMAIN]
    )
    return {
        key.removeprefix(PREFIX): text
        for key, text in texts.items()
        if key.startswith(PREFIX)
    }


def tell(words: Words, evidence: Iterable[Evidence]) -> str:
    """Return one sentence for each fact."""
    return " ".join(_sentence(words, item) for item in evidence)


def _sentence(words: Words, item: Evidence) -> str:
    """Return the sentence for one fact; one without words speaks for itself."""
    text = words.get(f"{item.kind}_{item.verdict}", f"{item.kind}: {{detail}}")
    return text.replace("{detail}", item.detail)
