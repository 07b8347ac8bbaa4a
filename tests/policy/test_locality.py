"""Test what evidence about an engine comes down to."""

from hypothesis import given, strategies as st
import pytest

from custom_components.voice_retention.policy.locality import combine
from custom_components.voice_retention.policy.models import Evidence, Locality

CLOUD, LOCAL, UNPROVEN = Locality.CLOUD, Locality.LOCAL, Locality.UNPROVEN


def evidence(verdict: Locality) -> Evidence:
    """Return a fact that says this."""
    return Evidence(kind="iot_class", verdict=verdict, detail=verdict)


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
    report = combine(map(evidence, verdicts), is_attested=is_attested)
    assert report.locality is locality
    assert [item.verdict for item in report.evidence] == verdicts


@given(
    verdicts=st.lists(st.sampled_from(Locality)),
    more=st.sampled_from([CLOUD, UNPROVEN]),
    is_attested=st.booleans(),
)
def test_no_further_doubt_makes_an_engine_local(
    verdicts: list[Locality], more: Locality, is_attested: bool
) -> None:
    """Only proof does."""
    before = combine(map(evidence, verdicts), is_attested=is_attested)
    after = combine(map(evidence, [*verdicts, more]), is_attested=is_attested)
    if after.locality is LOCAL:
        assert before.locality is LOCAL
