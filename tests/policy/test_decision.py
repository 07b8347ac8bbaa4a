"""Test the one decision about a sentence."""

from dataclasses import replace

import pytest

from custom_components.voice_retention.policy.choices import (
    NEVER,
    Keep,
    SatelliteSettings,
    Settings,
)
from custom_components.voice_retention.policy.decision import decide, may_hear
from custom_components.voice_retention.policy.models import (
    Engine,
    Locality,
    Origin,
    OriginKind,
    Reason,
    Route,
)

from .make import (
    CLOUD,
    CLOUD_AWAY,
    DAY,
    LOCAL,
    LOCAL_AWAY,
    SECOND_LOCAL,
    UNPROVEN,
    origin,
    settings,
)

PROTECTED = SatelliteSettings(dont_send_audio=True)
TEXT_PROTECTED = SatelliteSettings(dont_send_text=True)
OPEN = SatelliteSettings()


@pytest.mark.parametrize(
    ("engine", "locals_", "route", "engine_id", "reasons"),
    [
        pytest.param(
            LOCAL,
            [],
            Route.ENGINE,
            "stt.local",
            (Reason.ENGINE_IS_LOCAL,),
            id="its own engine is local",
        ),
        pytest.param(
            LOCAL,
            [SECOND_LOCAL],
            Route.ENGINE,
            "stt.local",
            (Reason.ENGINE_IS_LOCAL,),
            id="its own local engine comes before the household's",
        ),
        pytest.param(
            CLOUD,
            [LOCAL, SECOND_LOCAL],
            Route.LOCAL_ENGINE,
            "stt.local",
            (Reason.DONT_SEND,),
            id="the first local engine steps in for a cloud",
        ),
        pytest.param(
            UNPROVEN,
            [LOCAL],
            Route.LOCAL_ENGINE,
            "stt.local",
            (Reason.DONT_SEND,),
            id="unproven counts as cloud",
        ),
        pytest.param(
            CLOUD_AWAY,
            [LOCAL],
            Route.LOCAL_ENGINE,
            "stt.local",
            (Reason.DONT_SEND,),
            id="a cloud that is gone is replaced all the same",
        ),
        pytest.param(
            LOCAL_AWAY,
            [SECOND_LOCAL],
            Route.LOCAL_ENGINE,
            "stt.second",
            (Reason.DONT_SEND,),
            id="a local engine that is down is replaced",
        ),
        pytest.param(
            CLOUD,
            [LOCAL_AWAY, SECOND_LOCAL],
            Route.LOCAL_ENGINE,
            "stt.second",
            (Reason.DONT_SEND,),
            id="a local engine that is down is skipped",
        ),
        pytest.param(
            CLOUD,
            [replace(LOCAL, locality=Locality.CLOUD), SECOND_LOCAL],
            Route.LOCAL_ENGINE,
            "stt.second",
            (Reason.DONT_SEND,),
            id="one in the list that turned out to be a cloud is skipped",
        ),
        pytest.param(
            CLOUD,
            [replace(LOCAL, locality=Locality.UNPROVEN)],
            Route.REFUSE,
            None,
            (Reason.DONT_SEND, Reason.NO_LOCAL_ENGINE),
            id="one in the list without proof is not enough",
        ),
        pytest.param(
            CLOUD,
            [LOCAL_AWAY],
            Route.REFUSE,
            None,
            (Reason.DONT_SEND, Reason.NO_LOCAL_ENGINE),
            id="with the only local engine down it is refused",
        ),
        pytest.param(
            CLOUD,
            [],
            Route.REFUSE,
            None,
            (Reason.DONT_SEND, Reason.NO_LOCAL_ENGINE),
            id="without any local engine it is refused",
        ),
        pytest.param(
            UNPROVEN,
            [UNPROVEN],
            Route.REFUSE,
            None,
            (Reason.DONT_SEND, Reason.NO_LOCAL_ENGINE),
            id="no number of unproven engines makes a proof",
        ),
    ],
)
def test_dont_send_finds_a_local_engine_or_refuses(
    engine: Engine,
    locals_: list[Engine],
    route: Route,
    engine_id: str | None,
    reasons: tuple[Reason, ...],
) -> None:
    """This is the first promise."""
    decision = decide(origin(), settings(kitchen=PROTECTED), engine, locals_)
    assert (decision.route, decision.engine_id) == (route, engine_id)
    assert decision.reasons == reasons


@pytest.mark.parametrize(
    ("engine", "route", "engine_id", "reasons"),
    [
        pytest.param(
            CLOUD, Route.ENGINE, "stt.cloud", (Reason.ALLOWED,), id="to a cloud"
        ),
        pytest.param(
            UNPROVEN,
            Route.ENGINE,
            "stt.unproven",
            (Reason.ALLOWED,),
            id="to an unproven engine",
        ),
        pytest.param(
            LOCAL,
            Route.ENGINE,
            "stt.local",
            (Reason.ENGINE_IS_LOCAL,),
            id="to a local engine",
        ),
        pytest.param(
            CLOUD_AWAY,
            Route.REFUSE,
            None,
            (Reason.ENGINE_MISSING,),
            id="a missing engine is the pipeline's fault",
        ),
        pytest.param(
            LOCAL_AWAY,
            Route.REFUSE,
            None,
            (Reason.ENGINE_MISSING,),
            id="a missing local engine too",
        ),
    ],
)
def test_what_may_be_sent_goes_to_the_pipelines_engine(
    engine: Engine, route: Route, engine_id: str | None, reasons: tuple[Reason, ...]
) -> None:
    """No other engine is put in its place: Assist without us would not either."""
    decision = decide(origin(), Settings(), engine, [SECOND_LOCAL])
    assert (decision.route, decision.engine_id) == (route, engine_id)
    assert decision.reasons == reasons


@pytest.mark.parametrize(
    ("speaker", "chosen", "is_protected"),
    [
        pytest.param(origin(), settings(kitchen=OPEN), False, id="no switch is on"),
        pytest.param(origin(), settings(kitchen=PROTECTED), True, id="its own switch"),
        pytest.param(
            origin(), settings(kitchen=TEXT_PROTECTED), True, id="its switch for text"
        ),
        pytest.param(
            origin(), settings(bedroom=PROTECTED), False, id="another one's switch"
        ),
        pytest.param(
            origin(), settings(other=PROTECTED), False, id="that of other clients"
        ),
        pytest.param(
            origin(key=None),
            settings(other=PROTECTED),
            True,
            id="a satellite nobody knows is another client",
        ),
        pytest.param(
            origin(OriginKind.CLAIMED_DEVICE),
            settings(kitchen=PROTECTED),
            True,
            id="a device that claims to be a protected satellite",
        ),
        pytest.param(
            origin(OriginKind.CLAIMED_DEVICE),
            settings(other=PROTECTED),
            True,
            id="a device that claims to be an open satellite",
        ),
        pytest.param(
            origin(OriginKind.CLAIMED_DEVICE),
            settings(bedroom=PROTECTED),
            False,
            id="a device that claims to be neither",
        ),
        pytest.param(
            origin(OriginKind.CLAIMED_DEVICE, None),
            settings(other=PROTECTED),
            True,
            id="a claimed device that is no satellite",
        ),
        pytest.param(
            origin(OriginKind.CLIENT, None),
            settings(other=PROTECTED),
            True,
            id="an app with the switch of other clients on",
        ),
        pytest.param(
            origin(OriginKind.CLIENT, None),
            settings(kitchen=PROTECTED),
            False,
            id="an app with the switch of a satellite on",
        ),
        pytest.param(
            origin(OriginKind.UNKNOWN, None),
            settings(kitchen=OPEN, bedroom=PROTECTED),
            True,
            id="an unknown speaker while any satellite is protected",
        ),
        pytest.param(
            origin(OriginKind.UNKNOWN, None),
            settings(other=PROTECTED),
            True,
            id="an unknown speaker while other clients are",
        ),
        pytest.param(
            origin(OriginKind.UNKNOWN, None),
            settings(kitchen=OPEN),
            False,
            id="an unknown speaker while nobody is",
        ),
        pytest.param(
            origin(), Settings(guest_mode=True), True, id="anybody with guests"
        ),
        pytest.param(
            origin(), Settings(lost=True), True, id="anybody after settings were lost"
        ),
        pytest.param(
            origin(OriginKind.CLIENT, None),
            Settings(guest_mode=True),
            True,
            id="an app with guests",
        ),
        pytest.param(
            origin(OriginKind.UNKNOWN, None),
            Settings(lost=True),
            True,
            id="an unknown speaker after settings were lost",
        ),
    ],
)
def test_who_is_protected(
    speaker: Origin, chosen: Settings, is_protected: bool
) -> None:
    """A switch must cover its satellite, and nobody may talk past it."""
    decision = decide(speaker, chosen, CLOUD, [LOCAL])
    assert decision.route is (Route.LOCAL_ENGINE if is_protected else Route.ENGINE)
    assert may_hear(speaker, chosen, Locality.CLOUD) is not is_protected
    assert may_hear(speaker, chosen, Locality.UNPROVEN) is not is_protected
    assert may_hear(speaker, chosen, Locality.LOCAL)


@pytest.mark.parametrize(
    ("chosen", "audio", "text", "reasons"),
    [
        pytest.param(Settings(), DAY, DAY, (Reason.ALLOWED,), id="the defaults"),
        pytest.param(
            settings(
                kitchen=SatelliteSettings(
                    keep_recordings=Keep.NEVER, keep_transcripts=Keep.WEEK
                )
            ),
            NEVER,
            7 * DAY,
            (Reason.ALLOWED,),
            id="the text only",
        ),
        pytest.param(
            settings(kitchen=SatelliteSettings(keep_recordings=Keep.NEVER)),
            NEVER,
            NEVER,
            (Reason.ALLOWED, Reason.KEEP_NEVER),
            id="never",
        ),
        pytest.param(
            Settings(guest_mode=True),
            NEVER,
            NEVER,
            (Reason.GUEST_MODE, Reason.DONT_SEND),
            id="nothing with guests",
        ),
        pytest.param(
            Settings(lost=True),
            NEVER,
            NEVER,
            (Reason.SETTINGS_LOST, Reason.DONT_SEND),
            id="nothing after settings were lost",
        ),
    ],
)
def test_how_long_it_is_kept(
    chosen: Settings, audio: object, text: object, reasons: tuple[Reason, ...]
) -> None:
    """Whoever said never must not find a recording because a file was damaged."""
    decision = decide(origin(), chosen, CLOUD, [LOCAL])
    assert (decision.keep_audio, decision.keep_transcript) == (audio, text)
    assert decision.reasons == reasons


def test_every_reason_is_named() -> None:
    """Somebody who wonders why has to find all of it."""
    decision = decide(
        origin(OriginKind.UNKNOWN, None),
        Settings(guest_mode=True, lost=True),
        CLOUD,
        [],
    )
    assert decision.reasons == (
        Reason.UNKNOWN_ORIGIN,
        Reason.SETTINGS_LOST,
        Reason.GUEST_MODE,
        Reason.DONT_SEND,
        Reason.NO_LOCAL_ENGINE,
    )
