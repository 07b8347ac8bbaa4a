"""A person is told in a sentence why an engine is believed to be where it is."""

from custom_components.voice_retention.assist.evidence.words import async_words, tell
from custom_components.voice_retention.policy.models import (
    Evidence,
    EvidenceKind,
    Locality,
)
from homeassistant.core import HomeAssistant
from tests.dialogs import TEXTS

ONE_VERDICT = {
    EvidenceKind.GUARD: Locality.UNPROVEN,
    EvidenceKind.BUILT_IN: Locality.LOCAL,
    EvidenceKind.NOT_LOADED: Locality.UNPROVEN,
    EvidenceKind.UNRESOLVED: Locality.UNPROVEN,
    EvidenceKind.WYOMING_SILENT: Locality.UNPROVEN,
    EvidenceKind.MODEL: Locality.CLOUD,
    EvidenceKind.ATTESTATION: Locality.LOCAL,
}
NEVER = {("connectivity", "local"), ("service", "cloud")}


def test_there_is_a_sentence_for_whatever_can_be_found() -> None:
    """And none that can never be said."""
    possible = {
        (str(kind), str(verdict))
        for kind in EvidenceKind
        for verdict in ([ONE_VERDICT[kind]] if kind in ONE_VERDICT else Locality)
    }
    assert TEXTS["selector"]["evidence"]["options"].keys() == {
        f"{kind}_{verdict}" for kind, verdict in possible - NEVER
    }


async def test_facts_are_told_in_sentences(hass: HomeAssistant) -> None:
    """With what was found in them; what has no words yet speaks for itself."""
    hass.config.components.add("voice_retention")
    words = await async_words(hass)
    assert (
        tell(
            words,
            [
                Evidence(
                    kind="host", verdict=Locality.CLOUD, detail="nas {detail} (8.8.8.8)"
                ),
                Evidence(kind="hearsay", verdict=Locality.LOCAL, detail="Paul"),
            ],
        )
        == "Its server is outside of your home: nas {detail} (8.8.8.8). hearsay: Paul"
    )
