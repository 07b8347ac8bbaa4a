"""Decide who gets a transcript, and who speaks a reply."""

from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from custom_components.voice_retention.policy.choices import SatelliteSettings, Settings
from custom_components.voice_retention.policy.decision import decide_text, may_read
from custom_components.voice_retention.policy.models import (
    UNKNOWN_ORIGIN,
    Content,
    Engine,
    Locality,
    Origin,
    Reason,
    Route,
    TextDecision,
)
from custom_components.voice_retention.policy.rules import rule_for_origin

from .make import (
    BEDROOM,
    CLOUD,
    CLOUD_AWAY,
    LOCAL,
    LOCAL_AWAY,
    SECOND_LOCAL,
    UNPROVEN,
    any_settings,
    engines,
    local_engines,
    origin,
    origins,
    settings,
)

CLOSED = settings(kitchen=SatelliteSettings(dont_send_text=True))
VOICE_ONLY = settings(kitchen=SatelliteSettings(dont_send_audio=True))
TEXTS = st.sampled_from([Content.TRANSCRIPT, Content.RESPONSE])


@pytest.mark.parametrize(
    ("household", "engine", "stand_ins", "route", "chosen", "reasons"),
    [
        (settings(), CLOUD, [LOCAL], Route.ENGINE, CLOUD, [Reason.ALLOWED]),
        (VOICE_ONLY, CLOUD, [LOCAL], Route.ENGINE, CLOUD, [Reason.ALLOWED]),
        (CLOSED, LOCAL, [], Route.ENGINE, LOCAL, [Reason.ENGINE_IS_LOCAL]),
        (CLOSED, CLOUD, [LOCAL], Route.LOCAL_ENGINE, LOCAL, [Reason.DONT_SEND]),
        (
            CLOSED,
            UNPROVEN,
            [UNPROVEN, LOCAL_AWAY, SECOND_LOCAL, LOCAL],
            Route.LOCAL_ENGINE,
            SECOND_LOCAL,
            [Reason.DONT_SEND],
        ),
        (
            replace(settings(), guest_mode=True),
            CLOUD,
            [LOCAL],
            Route.LOCAL_ENGINE,
            LOCAL,
            [Reason.GUEST_MODE, Reason.DONT_SEND],
        ),
        (settings(), CLOUD_AWAY, [LOCAL], Route.REFUSE, None, [Reason.ENGINE_MISSING]),
    ],
    ids=[
        "everything open",
        "only the voice is closed",
        "the pipeline's own is local",
        "a local one stands in",
        "the first that is local and there",
        "guests",
        "a missing engine is not replaced",
    ],
)
def test_text_goes_where_it_may(
    household: Settings,
    engine: Engine,
    stand_ins: list[Engine],
    route: Route,
    chosen: Engine | None,
    reasons: list[Reason],
) -> None:
    """The rules of the voice, but for another switch."""
    assert decide_text(
        Content.TRANSCRIPT, origin(), household, engine, stand_ins
    ) == TextDecision(
        route=route,
        engine_id=chosen.engine_id if chosen else None,
        reasons=tuple(reasons),
    )


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        (Content.TRANSCRIPT, Reason.NO_LOCAL_AGENT),
        (Content.RESPONSE, Reason.NO_LOCAL_VOICE),
    ],
)
def test_a_refusal_says_what_is_missing(content: Content, missing: Reason) -> None:
    """The household wants to know what to add."""
    decision = decide_text(content, UNKNOWN_ORIGIN, CLOSED, CLOUD, [UNPROVEN])
    assert decision.route is Route.REFUSE
    assert decision.engine_id is None
    assert decision.reasons == (Reason.UNKNOWN_ORIGIN, Reason.DONT_SEND, missing)


def test_another_satellite_is_not_concerned() -> None:
    """Each room decides for itself."""
    bedroom = origin(key=BEDROOM)
    assert decide_text(Content.TRANSCRIPT, bedroom, CLOSED, CLOUD, []).route is (
        Route.ENGINE
    )


@given(TEXTS, origins, any_settings, engines, local_engines)
def test_what_must_stay_goes_to_no_engine_that_is_not_proven_local(
    content: Content,
    speaker: Origin,
    household: Settings,
    engine: Engine,
    stand_ins: list[Engine],
) -> None:
    """Whatever it is given, the decision answers, and keeps the promise."""
    decision = decide_text(content, speaker, household, engine, stand_ins)
    chosen = [
        item for item in (engine, *stand_ins) if item.engine_id == decision.engine_id
    ]
    assert bool(chosen) is (decision.route is not Route.REFUSE)
    if rule_for_origin(household, speaker).dont_send_text and chosen:
        assert any(
            item.locality is Locality.LOCAL and item.is_available for item in chosen
        )
        assert may_read(speaker, household, Locality.LOCAL)
        assert not may_read(speaker, household, Locality.UNPROVEN)
