"""Take one transcript through the guard: decide, and let an agent answer that may get it."""

import asyncio
from dataclasses import replace

from homeassistant.components.conversation import ConversationInput, ConversationResult
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.async_ import create_eager_task

from ..const import LOGGER
from ..policy.decision import decide_text, may_read
from ..policy.models import (
    Content,
    Engine,
    Handover,
    Locality,
    Origin,
    Reason,
    Route,
    TextDecision,
)
from ..policy.rules import rule_for_origin
from .agents import Agent, answer, find_agent, speaks
from .origin import UNKNOWN_SPEAKER, find_caller
from .permission import watch_permission
from .rules import GuardRules, Listen


async def guard_transcript(
    hass: HomeAssistant,
    rules: GuardRules,
    agent_id: str,
    user_input: ConversationInput,
    *,
    listen_removed: Listen,
) -> ConversationResult | None:
    """Let the agent answer that may get this transcript; none if there is no such agent.

    ``agent_id`` is the agent that stands behind the guard. It answers within the
    conversation that is going on, so that deltas and tool calls take the way they always do.
    """
    origin = text_origin(hass, rules)
    if rule_for_origin(
        rules.settings(), origin
    ).dont_send_text or rules.history.is_partly_closed(user_input.conversation_id):
        # Whoever gets this must be local at this moment, not when it was last looked at.
        await rules.localities.async_prove((agent_id, *rules.local_agents))
    decision = _decide(hass, rules, origin, agent_id, user_input.language)
    chosen_id, result = decision.engine_id, None
    agent = None if chosen_id is None else find_agent(hass, chosen_id)
    handover = Handover(
        at=dt_util.utcnow(),
        content=Content.TRANSCRIPT,
        origin=origin,
        decision=decision,
        report=None if chosen_id is None else rules.localities.report(chosen_id),
        characters=0 if agent is None else len(user_input.text),
    )
    try:
        if agent is not None and chosen_id is not None:
            call = _AgentCall(agent, replace(user_input, agent_id=chosen_id))
            result = await _answer(rules, handover, call, listen_removed)
            if call.is_stopped:
                handover = _stopped(handover)
    finally:
        rules.on_handover(handover)
    return result


@callback
def text_origin(hass: HomeAssistant, rules: GuardRules) -> Origin:
    """Return whose text this is; nobody's if Home Assistant has changed too much."""
    try:
        return find_caller(hass, rules.satellites).origin
    except Exception:  # noqa: BLE001
        # The strictest rule goes for the unknown, so nothing is sent that must not be.
        LOGGER.exception("Cannot find out who is speaking")
        return UNKNOWN_SPEAKER.origin


def _decide(
    hass: HomeAssistant,
    rules: GuardRules,
    origin: Origin,
    agent_id: str,
    language: str,
) -> TextDecision:
    """Decide who gets a transcript."""

    def view(item: str, *, is_language_asked: bool) -> Engine:
        """Show an agent to the decision."""
        agent = find_agent(hass, item)
        return Engine(
            engine_id=item,
            locality=rules.localities.report(item).locality,
            is_available=agent is not None
            and (not is_language_asked or speaks(hass, agent, language)),
        )

    return decide_text(
        Content.TRANSCRIPT,
        origin,
        rules.settings(),
        # Assist does not ask an agent whether it knows the language either.
        view(agent_id, is_language_asked=False),
        [view(local_id, is_language_asked=True) for local_id in rules.local_agents],
    )


async def _answer(
    rules: GuardRules, handover: Handover, call: _AgentCall, listen_removed: Listen
) -> ConversationResult | None:
    """Let an agent answer as long as it may; a cloud agent sees only what may leave."""
    agent_id, report = call.user_input.agent_id, handover.report
    is_local = report is not None and report.locality is Locality.LOCAL
    stop_watching = watch_permission(
        rules,
        handover.origin,
        agent_id,
        may_read,
        forbid=call.stop,
        listen_removed=listen_removed,
    )
    try:
        if is_local:
            return await call.result(call.user_input.conversation_id)
        with rules.history.only_open(call.user_input.conversation_id) as shown_id:
            return await call.result(shown_id)
    finally:
        stop_watching()


def _stopped(handover: Handover) -> Handover:
    """Note that an agent was not allowed to go on; what it got, it has."""
    decision = handover.decision
    reasons = (*decision.reasons, Reason.PROTECTION_TURNED_ON)
    return replace(
        handover, decision=replace(decision, route=Route.REFUSE, reasons=reasons)
    )


class _AgentCall:
    """One call of an agent, which can be stopped at any moment."""

    def __init__(self, agent: Agent, user_input: ConversationInput) -> None:
        """Prepare; nothing is handed over yet."""
        self.user_input = user_input
        self.is_stopped = False
        self._agent = agent
        self._task: asyncio.Task[ConversationResult] | None = None

    @callback
    def stop(self) -> None:
        """Give up the call: the agent makes no further request."""
        self.is_stopped = True
        if self._task is not None:
            self._task.cancel()

    async def result(self, conversation_id: str | None) -> ConversationResult | None:
        """Return what the agent answers, none if it was stopped."""
        # A task of its own can be cancelled without the run. It starts at once, in the
        # context of the run, and so finds the conversation.
        self._task = create_eager_task(
            answer(
                self._agent, replace(self.user_input, conversation_id=conversation_id)
            )
        )
        try:
            result = await self._task
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if not self.is_stopped or (current is not None and current.cancelling()):
                raise
            return None
        return None if self.is_stopped else result
