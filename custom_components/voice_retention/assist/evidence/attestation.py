"""Take the word of a user."""

from collections.abc import Mapping

from ...policy.models import Evidence, EvidenceKind, Locality

type Attestations = Mapping[str, Mapping[str, str | None]]
"""Who vouched (``by``) and when (``at``), by engine id."""


def attestation_evidence(attested: Attestations, engine_id: str) -> list[Evidence]:
    """Return the word of the user who vouched for an engine, if somebody did."""
    if (word := attested.get(engine_id)) is None:
        return []
    # A date is enough for a person; and of a flow without a person there is no name.
    parts = (word.get("by"), (word.get("at") or "").partition("T")[0])
    return [
        Evidence(
            kind=EvidenceKind.ATTESTATION,
            verdict=Locality.LOCAL,
            detail=", ".join(part for part in parts if part),
        )
    ]
