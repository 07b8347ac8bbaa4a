"""Test what holds for every decision about a sentence."""

from dataclasses import replace
from itertools import product

from hypothesis import given, settings as hypothesis_settings, strategies as st

from custom_components.voice_retention.policy.choices import (
    OTHER_CLIENTS,
    Keep,
    SatelliteSettings,
    Settings,
)
from custom_components.voice_retention.policy.decision import decide, may_hear
from custom_components.voice_retention.policy.models import (
    Decision,
    Engine,
    Locality,
    Origin,
    OriginKind,
    Route,
)
from custom_components.voice_retention.policy.rules import rule_for_origin

from .make import (
    BEDROOM,
    CLOUD,
    CLOUD_AWAY,
    KITCHEN,
    LOCAL,
    LOCAL_AWAY,
    SECOND_LOCAL,
    UNPROVEN,
    any_settings,
    engines,
    local_engines,
    origins,
    satellite_keys,
)

PROTECTED = SatelliteSettings(dont_send_audio=True)
TEXT_PROTECTED = SatelliteSettings(dont_send_text=True)
OPEN = SatelliteSettings()


def test_every_combination_that_matters_keeps_the_promise() -> None:
    """The table above shows examples; this is all of them."""
    choices = [OPEN, PROTECTED, TEXT_PROTECTED]
    states = [CLOUD, UNPROVEN, LOCAL, CLOUD_AWAY, LOCAL_AWAY]
    lists: list[list[Engine]] = [
        [],
        [LOCAL],
        [LOCAL_AWAY],
        [UNPROVEN],
        [CLOUD, LOCAL],
        [LOCAL_AWAY, SECOND_LOCAL],
    ]
    count = 0
    for kind, key, own, others, is_guest, is_lost, engine, local_list in product(
        OriginKind,
        (None, KITCHEN, OTHER_CLIENTS),
        choices,
        choices,
        (False, True),
        (False, True),
        states,
        lists,
    ):
        count += 1
        chosen = Settings(
            satellites={KITCHEN: own, OTHER_CLIENTS: others, BEDROOM: OPEN},
            guest_mode=is_guest,
            lost=is_lost,
        )
        speaker = Origin(kind=kind, satellite_key=key)
        decision = decide(speaker, chosen, engine, local_list)
        _check_promise(
            decision,
            speaker,
            chosen,
            {item.engine_id: item for item in local_list} | {engine.engine_id: engine},
        )
        if is_guest or is_lost:
            assert not decision.keep_audio
            assert not decision.keep_transcript
    assert count == 4 * 3 * 3 * 3 * 2 * 2 * 5 * 6


def _check_promise(
    decision: Decision,
    speaker: Origin,
    chosen: Settings,
    by_id: dict[str, Engine],
) -> None:
    """Check what holds for every decision."""
    assert (decision.engine_id is None) is (decision.route is Route.REFUSE)
    assert decision.reasons
    if decision.engine_id is not None:
        engine = by_id[decision.engine_id]
        assert engine.is_available
        if rule_for_origin(chosen, speaker).dont_send_audio:
            assert engine.locality is Locality.LOCAL
        assert may_hear(speaker, chosen, engine.locality)
    else:
        assert not decision.keep_audio
        assert not decision.keep_transcript


unique_engines = st.lists(engines, max_size=4, unique_by=lambda item: item.engine_id)


@given(speaker=origins, chosen=any_settings, found=unique_engines)
@hypothesis_settings(deadline=None, max_examples=300)
def test_nothing_unproven_hears_whoever_is_protected(
    speaker: Origin, chosen: Settings, found: list[Engine]
) -> None:
    """Whatever the circumstances."""
    for engine in found:
        locals_ = [item for item in found if item is not engine]
        decision = decide(speaker, chosen, engine, locals_)
        _check_promise(
            decision, speaker, chosen, {item.engine_id: item for item in found}
        )


@given(speaker=origins, chosen=any_settings, engine=engines, locals_=local_engines)
@hypothesis_settings(deadline=None)
def test_the_same_question_has_the_same_answer(
    speaker: Origin, chosen: Settings, engine: Engine, locals_: list[Engine]
) -> None:
    """A decision depends on nothing else, and there always is one."""
    assert decide(speaker, chosen, engine, locals_) == decide(
        speaker, chosen, engine, locals_
    )


@given(
    speaker=origins,
    chosen=any_settings,
    key=satellite_keys,
    change=st.sampled_from(
        [
            {"dont_send_audio": True},
            {"dont_send_text": True},
            {"keep_recordings": Keep.NEVER},
            {"keep_transcripts": Keep.NEVER},
        ]
    ),
    engine=engines,
    locals_=local_engines,
)
@hypothesis_settings(deadline=None, max_examples=300)
def test_a_stricter_choice_never_sends_or_keeps_more(
    speaker: Origin,
    chosen: Settings,
    key: str,
    change: dict[str, object],
    engine: Engine,
    locals_: list[Engine],
) -> None:
    """Turning on one protection must not weaken another."""
    old = chosen.satellites.get(key, SatelliteSettings())
    changed: SatelliteSettings = replace(old, **change)
    stricter = replace(chosen, satellites={**chosen.satellites, key: changed})
    _check_not_weaker(speaker, chosen, stricter, engine, locals_)


@given(speaker=origins, chosen=any_settings, engine=engines, locals_=local_engines)
@hypothesis_settings(deadline=None)
def test_guests_and_lost_settings_never_send_or_keep_more(
    speaker: Origin, chosen: Settings, engine: Engine, locals_: list[Engine]
) -> None:
    """Both are there to protect."""
    for stricter in (replace(chosen, guest_mode=True), replace(chosen, lost=True)):
        _check_not_weaker(speaker, chosen, stricter, engine, locals_)


def _check_not_weaker(
    speaker: Origin,
    chosen: Settings,
    stricter: Settings,
    engine: Engine,
    locals_: list[Engine],
) -> None:
    """Check that the stricter settings do what stricter means."""
    before = decide(speaker, chosen, engine, locals_)
    after = decide(speaker, stricter, engine, locals_)
    for locality in Locality:
        assert not may_hear(speaker, stricter, locality) or may_hear(
            speaker, chosen, locality
        )
    if before.route is not Route.REFUSE:
        # What was refused since its engine is missing may go to a local one now.
        assert after.keep_audio <= before.keep_audio
        assert after.keep_transcript <= before.keep_transcript
