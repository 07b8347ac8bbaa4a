"""Test which rule applies to whom."""

from datetime import timedelta

from hypothesis import given, settings as hypothesis_settings
import pytest

from custom_components.voice_retention.policy.choices import (
    FOREVER,
    KEEP_LIMITS,
    NEVER,
    OTHER_CLIENTS,
    Keep,
    Rule,
    SatelliteSettings,
    Settings,
)
from custom_components.voice_retention.policy.models import (
    UNKNOWN_ORIGIN,
    Origin,
    OriginKind,
)
from custom_components.voice_retention.policy.rules import (
    have_same_limits,
    keep_audio_of,
    keep_limit,
    keeps_nothing,
    rule_for_key,
    rule_for_origin,
    strictest,
)

from .make import (
    DAY,
    KITCHEN,
    any_settings,
    final_keeps,
    keeps,
    origin,
    satellite_keys,
    settings,
)

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("choice", "default", "limit"),
    [
        pytest.param(Keep.HOUR, Keep.WEEK, HOUR, id="its own choice"),
        pytest.param(Keep.DEFAULT, Keep.WEEK, 7 * DAY, id="the default"),
        pytest.param(Keep.SAME, Keep.WEEK, DAY, id="as long as the recordings"),
        pytest.param(Keep.DEFAULT, Keep.SAME, DAY, id="a default of the same"),
        pytest.param(Keep.NEVER, Keep.WEEK, NEVER, id="never"),
        pytest.param(Keep.UNTIL_DELETED, Keep.WEEK, FOREVER, id="until deleted"),
        pytest.param(Keep.DEFAULT, Keep.DEFAULT, NEVER, id="a default of itself"),
    ],
)
def test_a_choice_comes_down_to_a_time(
    choice: Keep, default: Keep, limit: timedelta
) -> None:
    """Also one that cannot be made: then nothing is kept."""
    assert keep_limit(choice, default, DAY) == limit


def test_every_choice_but_the_two_that_point_elsewhere_has_a_time() -> None:
    """A new choice without one would keep nothing."""
    assert set(Keep) - KEEP_LIMITS.keys() == {Keep.DEFAULT, Keep.SAME}


@pytest.mark.parametrize(
    ("choice", "days"),
    [(Keep.QUARTER, 91), (Keep.YEAR_AND_HALF, 547)],
    ids=["three months", "eighteen months"],
)
def test_months_are_never_longer_than_promised(choice: Keep, days: int) -> None:
    """A month is 365.25 / 12 days."""
    months = {Keep.QUARTER: 3, Keep.YEAR_AND_HALF: 18}[choice]
    assert KEEP_LIMITS[choice] == timedelta(days=days)
    assert timedelta(0) <= timedelta(days=365.25 / 12 * months - days) < DAY


def test_a_satellite_nobody_has_set_anything_for_has_the_defaults() -> None:
    """It may be a minute old."""
    assert rule_for_key(Settings(keep_recordings=Keep.WEEK), KITCHEN) == Rule(
        dont_send_audio=False,
        dont_send_text=False,
        keep_audio=7 * DAY,
        keep_transcript=7 * DAY,
    )


def test_keeping_text_at_home_keeps_the_voice_there() -> None:
    """The voice says what the text says."""
    rule = rule_for_key(
        settings(kitchen=SatelliteSettings(dont_send_text=True)), KITCHEN
    )
    assert rule.dont_send_audio
    assert rule.dont_send_text


def test_keeping_the_voice_at_home_does_not_keep_the_text_there() -> None:
    """They are two switches, since the second one costs more."""
    rule = rule_for_key(
        settings(kitchen=SatelliteSettings(dont_send_audio=True)), KITCHEN
    )
    assert rule.dont_send_audio
    assert not rule.dont_send_text


@pytest.mark.parametrize(
    "chosen",
    [Settings(guest_mode=True), Settings(lost=True)],
    ids=["guests", "lost settings"],
)
def test_guests_and_lost_settings_protect_everybody(chosen: Settings) -> None:
    """Voice and text, of whoever speaks."""
    for kind in OriginKind:
        rule = rule_for_origin(chosen, Origin(kind=kind))
        assert rule.dont_send_audio
        assert rule.dont_send_text
    assert keeps_nothing(chosen)


def test_what_is_stored_outlives_guests_and_lost_settings() -> None:
    """Their rule is for what is said now; it would empty the vault otherwise."""
    for chosen in (Settings(guest_mode=True), Settings(lost=True)):
        assert rule_for_key(chosen, KITCHEN).keep_audio == DAY
    assert not keeps_nothing(Settings())


def test_the_strictest_of_two_breaks_neither() -> None:
    """One may be strict about sending and the other about keeping."""
    one = Rule(
        dont_send_audio=True,
        dont_send_text=False,
        keep_audio=7 * DAY,
        keep_transcript=HOUR,
    )
    other = Rule(
        dont_send_audio=False,
        dont_send_text=True,
        keep_audio=HOUR,
        keep_transcript=FOREVER,
    )
    assert strictest([one, other]) == Rule(
        dont_send_audio=True,
        dont_send_text=True,
        keep_audio=HOUR,
        keep_transcript=HOUR,
    )


def test_a_claimed_device_has_the_stricter_of_two_rules() -> None:
    """Who claims to be the kitchen must get neither its freedom nor that of an app."""
    chosen = settings(
        kitchen=SatelliteSettings(keep_recordings=Keep.WEEK, dont_send_audio=True),
        other=SatelliteSettings(keep_recordings=Keep.HOUR),
        bedroom=SatelliteSettings(keep_recordings=Keep.NEVER),
    )
    claimed = origin(OriginKind.CLAIMED_DEVICE)
    assert claimed.holder == OTHER_CLIENTS
    rule = rule_for_origin(chosen, claimed)
    assert rule.dont_send_audio
    assert rule.keep_audio == HOUR


@pytest.mark.parametrize(
    ("speaker", "holder"),
    [
        pytest.param(origin(), KITCHEN, id="a satellite"),
        pytest.param(origin(key=None), OTHER_CLIENTS, id="an unregistered satellite"),
        pytest.param(
            origin(OriginKind.CLAIMED_DEVICE), OTHER_CLIENTS, id="a claimed satellite"
        ),
        pytest.param(UNKNOWN_ORIGIN, OTHER_CLIENTS, id="an unknown speaker"),
    ],
)
def test_only_a_known_satellite_gets_recordings_of_its_own(
    speaker: Origin, holder: str
) -> None:
    """Nobody can put words into a satellite's mouth."""
    assert speaker.holder == holder


@given(chosen=any_settings, key=satellite_keys)
@hypothesis_settings(deadline=None)
def test_an_unknown_speaker_is_treated_no_better_than_any_device(
    chosen: Settings, key: str
) -> None:
    """It may be any of them."""
    unknown = rule_for_origin(chosen, UNKNOWN_ORIGIN)
    if key not in {OTHER_CLIENTS, *chosen.satellites}:
        return
    known = rule_for_key(chosen, key)
    assert unknown.dont_send_audio >= known.dont_send_audio
    assert unknown.dont_send_text >= known.dont_send_text
    assert unknown.keep_audio <= known.keep_audio
    assert unknown.keep_transcript <= known.keep_transcript


@given(choice=keeps, default=keeps, recordings=final_keeps)
def test_no_choice_is_without_an_answer(
    choice: Keep, default: Keep, recordings: Keep
) -> None:
    """A decision that raises would be a sentence without an answer."""
    limit = keep_limit(choice, default, KEEP_LIMITS[recordings])
    assert NEVER <= limit <= FOREVER


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        pytest.param(Settings(), Settings(), True, id="equal"),
        pytest.param(
            Settings(),
            Settings(
                guest_mode=True,
                satellites={KITCHEN: SatelliteSettings(dont_send_audio=True)},
            ),
            True,
            id="another switch",
        ),
        pytest.param(
            Settings(),
            settings(kitchen=SatelliteSettings(keep_recordings=Keep.DAY)),
            True,
            id="the default said in so many words",
        ),
        pytest.param(
            Settings(),
            Settings(keep_recordings=Keep.WEEK),
            False,
            id="another default",
        ),
        pytest.param(
            Settings(),
            Settings(keep_transcripts=Keep.WEEK),
            False,
            id="another default for text",
        ),
        pytest.param(
            settings(bedroom=SatelliteSettings(keep_transcripts=Keep.HOUR)),
            Settings(),
            False,
            id="a satellite's choice is gone",
        ),
        pytest.param(
            settings(
                kitchen=SatelliteSettings(keep_recordings=Keep.HOUR),
                bedroom=SatelliteSettings(),
            ),
            settings(
                kitchen=SatelliteSettings(),
                bedroom=SatelliteSettings(keep_recordings=Keep.HOUR),
            ),
            False,
            id="two satellites changed places",
        ),
    ],
)
def test_limits_are_the_same_only_if_nobody_keeps_for_another_time(
    one: Settings, other: Settings, is_same: bool
) -> None:
    """Else a change would not reach what is stored."""
    assert have_same_limits(one, other) is is_same
    assert have_same_limits(other, one) is is_same


@pytest.mark.parametrize(
    ("keys", "limit"),
    [
        ({KITCHEN}, KEEP_LIMITS[Keep.QUARTER]),
        ({KITCHEN, "bedroom"}, KEEP_LIMITS[Keep.WEEK]),
        ({OTHER_CLIENTS}, DAY),
    ],
    ids=["one", "the stricter of two", "unknown: the default is stricter"],
)
def test_audio_of_one_of_several_is_kept_as_by_the_strictest(
    keys: set[str], limit: timedelta
) -> None:
    """Nobody's wish is broken by not knowing whose it is."""
    chosen = Settings(
        keep_recordings=Keep.DAY,
        satellites={
            KITCHEN: SatelliteSettings(keep_recordings=Keep.QUARTER),
            "bedroom": SatelliteSettings(keep_recordings=Keep.WEEK),
            OTHER_CLIENTS: SatelliteSettings(keep_recordings=Keep.MONTH),
        },
    )
    assert keep_audio_of(chosen, keys) == limit
