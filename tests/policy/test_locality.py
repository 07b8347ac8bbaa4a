"""Test what evidence about an engine comes down to."""

from collections.abc import Iterable

from hypothesis import given, strategies as st
import pytest

from custom_components.voice_retention.policy.locality import combine, deciding
from custom_components.voice_retention.policy.models import (
    Evidence,
    EvidenceKind,
    Locality,
)

CLOUD, LOCAL, UNPROVEN = Locality.CLOUD, Locality.LOCAL, Locality.UNPROVEN


def evidence(verdict: Locality) -> Evidence:
    """Return a fact that says this."""
    return Evidence(kind="iot_class", verdict=verdict, detail=verdict)


ATTESTED = Evidence(kind=EvidenceKind.ATTESTATION, verdict=LOCAL, detail="Paul")


def facts(verdicts: Iterable[Locality], *, is_attested: bool) -> list[Evidence]:
    """Return facts that say this, and perhaps the user's word."""
    return [*map(evidence, verdicts), *([ATTESTED] if is_attested else [])]


@pytest.mark.parametrize(
    ("verdicts", "is_attested", "locality"),
    [
        pytest.param([], False, UNPROVEN, id="nothing is known"),
        pytest.param([], True, LOCAL, id="nothing is known but the user's word"),
        pytest.param([LOCAL], False, LOCAL, id="it says local"),
        pytest.param([LOCAL, LOCAL], False, LOCAL, id="everything says local"),
        pytest.param([LOCAL, UNPROVEN], False, UNPROVEN, id="a doubt is left"),
        pytest.param([LOCAL, UNPROVEN], True, LOCAL, id="the user settles a doubt"),
        pytest.param([UNPROVEN], True, LOCAL, id="the user's word is enough"),
        pytest.param([CLOUD], False, CLOUD, id="it says cloud"),
        pytest.param([LOCAL, LOCAL, CLOUD], False, CLOUD, id="one sign of a cloud"),
        pytest.param([CLOUD], True, CLOUD, id="a cloud against the user's word"),
        pytest.param([LOCAL, CLOUD], True, CLOUD, id="a cloud against all else"),
    ],
)
def test_the_evidence_decides(
    verdicts: list[Locality], is_attested: bool, locality: Locality
) -> None:
    """Local is what has been proven, or vouched for, and never contradicted."""
    report = combine(facts(verdicts, is_attested=is_attested))
    assert report.locality is locality
    assert [item.verdict for item in report.evidence][: len(verdicts)] == verdicts


@given(
    verdicts=st.lists(st.sampled_from(Locality)),
    more=st.sampled_from([CLOUD, UNPROVEN]),
    is_attested=st.booleans(),
)
def test_no_further_doubt_makes_an_engine_local(
    verdicts: list[Locality], more: Locality, is_attested: bool
) -> None:
    """Only proof does."""
    before = combine(facts(verdicts, is_attested=is_attested))
    after = combine(facts([*verdicts, more], is_attested=is_attested))
    if after.locality is LOCAL:
        assert before.locality is LOCAL


def test_nobody_can_vouch_for_a_name_that_leads_nowhere() -> None:
    """It may lead to the internet by the time it is used."""
    nowhere = Evidence(
        kind=EvidenceKind.UNRESOLVED, verdict=UNPROVEN, detail="whisper.home"
    )
    assert combine([nowhere, ATTESTED]).locality is UNPROVEN


@pytest.mark.parametrize(
    ("facts", "deciding_facts"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([CLOUD, LOCAL, UNPROVEN, CLOUD], [0, 3], id="every cloud"),
        pytest.param([LOCAL, UNPROVEN], [1], id="every doubt"),
        pytest.param([LOCAL, LOCAL], [0, 1], id="all that makes it local"),
        pytest.param([LOCAL, UNPROVEN, "word"], [2], id="the word against a doubt"),
        pytest.param([LOCAL, "word"], [0, 1], id="the word where there is no doubt"),
        pytest.param([CLOUD, "word"], [0], id="the word against a cloud"),
    ],
)
def test_a_person_is_told_what_decided(
    facts: list[Locality | str], deciding_facts: list[int]
) -> None:
    """Not all that was looked at."""
    found = [ATTESTED if item == "word" else evidence(item) for item in facts]
    assert list(deciding(combine(found))) == [found[index] for index in deciding_facts]
