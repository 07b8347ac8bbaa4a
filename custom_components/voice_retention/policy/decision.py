"""Make the decisions about a sentence, each before any of the content is forwarded."""

from collections.abc import Mapping, Sequence
from typing import Final

from .choices import NEVER, Settings
from .models import (
    Content,
    Decision,
    Engine,
    Locality,
    Origin,
    OriginKind,
    Reason,
    Route,
    TextDecision,
)
from .rules import keeps_nothing, rule_for_origin

NOTHING_LOCAL: Final[Mapping[Content, Reason]] = {
    Content.AUDIO: Reason.NO_LOCAL_ENGINE,
    Content.TRANSCRIPT: Reason.NO_LOCAL_AGENT,
    Content.RESPONSE: Reason.NO_LOCAL_VOICE,
}
"""What is missing when no engine may get a content."""


def decide(
    origin: Origin,
    settings: Settings,
    engine: Engine,
    local_engines: Sequence[Engine],
) -> Decision:
    """Decide where the audio of a sentence goes and how long it is kept.

    ``engine`` is the pipeline's choice and ``local_engines`` are the household's, in its
    order of preference. The function is total: whatever it is given, it answers, and an
    engine that is not proven local is never the answer when sending is forbidden.
    """
    rule = rule_for_origin(settings, origin)
    route, engine_id, why = _route(
        Content.AUDIO, rule.dont_send_audio, engine, local_engines
    )
    reasons = [*_circumstances(origin, settings), *why]
    is_dropped = keeps_nothing(settings) or route is Route.REFUSE
    keep_audio = NEVER if is_dropped else rule.keep_audio
    keep_transcript = NEVER if is_dropped else rule.keep_transcript
    if not keep_audio and not keep_transcript and not is_dropped:
        reasons.append(Reason.KEEP_NEVER)
    return Decision(
        route=route,
        engine_id=engine_id,
        keep_audio=keep_audio,
        keep_transcript=keep_transcript,
        reasons=tuple(reasons),
    )


def decide_text(
    content: Content,
    origin: Origin,
    settings: Settings,
    engine: Engine,
    local_engines: Sequence[Engine],
) -> TextDecision:
    """Decide which agent gets a transcript, or which voice a reply.

    ``engine`` is the pipeline's choice and ``local_engines`` are those that may stand in,
    in the household's order of preference.
    """
    dont_send = rule_for_origin(settings, origin).dont_send_text
    route, engine_id, why = _route(content, dont_send, engine, local_engines)
    return TextDecision(
        route=route,
        engine_id=engine_id,
        reasons=(*_circumstances(origin, settings), *why),
    )


def may_hear(origin: Origin, settings: Settings, locality: Locality) -> bool:
    """Return whether an engine of this locality may hear, or go on hearing, this speaker."""
    return (
        locality is Locality.LOCAL
        or not rule_for_origin(settings, origin).dont_send_audio
    )


def may_read(origin: Origin, settings: Settings, locality: Locality) -> bool:
    """Return whether an engine of this locality may get what this speaker says and is told."""
    return (
        locality is Locality.LOCAL
        or not rule_for_origin(settings, origin).dont_send_text
    )


def _circumstances(origin: Origin, settings: Settings) -> list[Reason]:
    """Return what makes the rule stricter than what was chosen for one satellite."""
    reasons: list[Reason] = []
    if origin.kind is OriginKind.UNKNOWN:
        reasons.append(Reason.UNKNOWN_ORIGIN)
    if settings.lost:
        reasons.append(Reason.SETTINGS_LOST)
    if settings.guest_mode:
        reasons.append(Reason.GUEST_MODE)
    return reasons


def _route(
    content: Content,
    dont_send: bool,
    engine: Engine,
    local_engines: Sequence[Engine],
) -> tuple[Route, str | None, tuple[Reason, ...]]:
    """Choose the engine, and say why."""
    if engine.is_available and engine.locality is Locality.LOCAL:
        return Route.ENGINE, engine.engine_id, (Reason.ENGINE_IS_LOCAL,)
    if not dont_send:
        if engine.is_available:
            return Route.ENGINE, engine.engine_id, (Reason.ALLOWED,)
        # A missing engine is the pipeline's fault, not a matter of privacy: Assist
        # without us would fail here too, so no other engine is put in its place.
        return Route.REFUSE, None, (Reason.ENGINE_MISSING,)
    for candidate in local_engines:
        if candidate.is_available and candidate.locality is Locality.LOCAL:
            return Route.LOCAL_ENGINE, candidate.engine_id, (Reason.DONT_SEND,)
    return Route.REFUSE, None, (Reason.DONT_SEND, NOTHING_LOCAL[content])
