"""Combine evidence about an engine into one locality."""

from collections.abc import Iterable

from .models import Evidence, Locality, LocalityReport


def combine(evidence: Iterable[Evidence], *, is_attested: bool) -> LocalityReport:
    """Judge an engine from everything that was found out about it.

    One sign of a cloud outweighs all else, also the user's own word: an attested engine
    whose host has moved to the internet is not local any more. Without such a sign the
    user's word is enough; without that word, every fact must say local and there must be one.
    """
    found = tuple(evidence)
    verdicts = {item.verdict for item in found}
    if Locality.CLOUD in verdicts:
        locality = Locality.CLOUD
    elif is_attested or verdicts == {Locality.LOCAL}:
        locality = Locality.LOCAL
    else:
        locality = Locality.UNPROVEN
    return LocalityReport(locality=locality, evidence=found)
