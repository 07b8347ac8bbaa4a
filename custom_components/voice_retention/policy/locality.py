"""Combine evidence about an engine into one locality."""

from collections.abc import Iterable
from typing import Final

from .models import Evidence, EvidenceKind, Locality, LocalityReport

BEYOND_THE_USERS_WORD: Final = frozenset({EvidenceKind.UNRESOLVED})
"""What is not known here may be anything, and is known to nobody at this moment: a name that
leads nowhere now may lead to the internet when it is used."""


def combine(evidence: Iterable[Evidence]) -> LocalityReport:
    """Judge an engine from everything that was found out about it.

    One sign of a cloud outweighs all else, also the user's own word: an attested engine
    whose host has moved to the internet is not local any more. Without such a sign the
    user's word is enough; without that word, every fact must say local and there must be one.
    """
    found = tuple(evidence)
    verdicts = {item.verdict for item in found}
    kinds = {item.kind for item in found}
    if Locality.CLOUD in verdicts:
        locality = Locality.CLOUD
    elif verdicts == {Locality.LOCAL} or (
        EvidenceKind.ATTESTATION in kinds and not kinds & BEYOND_THE_USERS_WORD
    ):
        locality = Locality.LOCAL
    else:
        locality = Locality.UNPROVEN
    return LocalityReport(locality=locality, evidence=found)


def deciding(report: LocalityReport) -> tuple[Evidence, ...]:
    """Return the facts without which the locality would be another."""
    if any(item.verdict is not report.locality for item in report.evidence):
        return tuple(
            item
            for item in report.evidence
            if item.verdict is report.locality
            and (
                report.locality is not Locality.LOCAL
                # It was the word that settled the doubts.
                or item.kind == EvidenceKind.ATTESTATION
            )
        )
    return report.evidence
