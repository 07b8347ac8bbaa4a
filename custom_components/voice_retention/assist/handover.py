"""Do what the guards of transcripts and of replies have in common."""

from collections.abc import Callable
from dataclasses import replace

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..const import LOGGER
from ..policy.models import (
    Content,
    Engine,
    Handover,
    Origin,
    Reason,
    Route,
    TextDecision,
)
from ..policy.rules import rule_for_origin
from .origin import UNKNOWN_SPEAKER, find_caller
from .rules import GuardRules


@callback
def text_origin(hass: HomeAssistant, rules: GuardRules) -> Origin:
    """Return whose text this is; nobody's if Home Assistant has changed too much."""
    try:
        return find_caller(hass, rules.satellites).origin
    except Exception:  # noqa: BLE001
        # The strictest rule goes for the unknown, so nothing is sent that must not be.
        LOGGER.exception("Cannot find out who is speaking")
        return UNKNOWN_SPEAKER.origin


@callback
def must_stay(rules: GuardRules, origin: Origin) -> bool:
    """Return whether this speaker's text must not leave the home."""
    return rule_for_origin(rules.settings(), origin).dont_send_text


@callback
def engine_view(
    rules: GuardRules, engine_id: str, is_available: Callable[[str], bool]
) -> Engine:
    """Show an engine to the decision."""
    try:
        available = is_available(engine_id)
    except Exception:  # noqa: BLE001
        # One faulty engine must not silence the others.
        LOGGER.exception("%s does not say what it takes", engine_id)
        available = False
    return Engine(
        engine_id=engine_id,
        locality=rules.localities.report(engine_id).locality,
        is_available=available,
    )


@callback
def start_handover(
    rules: GuardRules, content: Content, origin: Origin, decision: TextDecision
) -> Handover:
    """Begin to note what becomes of a text; its engine has got nothing yet."""
    engine_id = decision.engine_id
    return Handover(
        at=dt_util.utcnow(),
        content=content,
        origin=origin,
        decision=decision,
        report=None if engine_id is None else rules.localities.report(engine_id),
        characters=0,
    )


def stopped(handover: Handover) -> Handover:
    """Note that an engine was not allowed to go on; what it got, it has."""
    decision = handover.decision
    reasons = (*decision.reasons, Reason.PROTECTION_TURNED_ON)
    return replace(
        handover, decision=replace(decision, route=Route.REFUSE, reasons=reasons)
    )
