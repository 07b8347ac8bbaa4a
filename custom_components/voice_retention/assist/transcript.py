"""Take one transcript through the guard: decide, and let an agent answer that may get it."""

import asyncio
from dataclasses import replace

from homeassistant.components.conversation import ConversationInput, ConversationResult
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.async_ import create_eager_task

from ..policy.decision import decide_text, may_read
from ..policy.models import Content, Handover, Locality, Origin, Reason, TextDecision
from .agents import Agent, answer, find_agent, speaks
from .calling import Caller, look_for_caller, working_for
from .handover import engine_view, must_stay, start_handover, stopped, text_origin
from .permission import watch_permission
from .rules import GuardRules, Listen


async def guard_transcript(
    hass: HomeAssistant,
    rules: GuardRules,
    agent_id: str,
    user_input: ConversationInput,
    *,
    listen_removed: Listen,
) -> ConversationResult | Reason:
    """Let the agent answer that may get this transcript; else say why there is none.

    ``agent_id`` is the agent that stands behind the guard. It answers within the
    conversation that is going on, so that deltas and tool calls take the way they always do.
    """
    origin, caller = text_origin(hass, rules), look_for_caller(rules.satellites)
    if must_stay(rules, origin) or rules.history.is_partly_closed(
        user_input.conversation_id
    ):
        # Whoever gets this must be local at this moment, not when it was last looked at.
        await rules.localities.async_prove((agent_id, *rules.local_agents))
    decision = _decide(hass, rules, origin, agent_id, user_input.language)
    handover = start_handover(rules, Content.TRANSCRIPT, origin, decision)
    chosen_id, result = decision.engine_id, None
    agent = None if chosen_id is None else find_agent(hass, chosen_id)
    try:
        if agent is not None and chosen_id is not None:
            handover = replace(handover, characters=len(user_input.text))
            call = _AgentCall(agent, replace(user_input, agent_id=chosen_id), caller)
            result = await _answer(rules, handover, call, listen_removed)
            if call.is_stopped:
                handover = stopped(handover)
    finally:
        rules.on_handover(handover)
    return handover.decision.reasons[-1] if result is None else result


def _decide(
    hass: HomeAssistant,
    rules: GuardRules,
    origin: Origin,
    agent_id: str,
    language: str,
) -> TextDecision:
    """Decide who gets a transcript."""

    def is_there(item: str) -> bool:
        """Return whether an agent is there; Assist does not ask about the language either."""
        return find_agent(hass, item) is not None

    def can_stand_in(item: str) -> bool:
        """Return whether an agent is there and knows the language."""
        agent = find_agent(hass, item)
        return agent is not None and speaks(hass, agent, language)

    return decide_text(
        Content.TRANSCRIPT,
        origin,
        rules.settings(),
        engine_view(rules, agent_id, is_there),
        [engine_view(rules, item, can_stand_in) for item in rules.local_agents],
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


class _AgentCall:
    """One call of an agent, which can be stopped at any moment."""

    def __init__(
        self, agent: Agent, user_input: ConversationInput, caller: Caller | None
    ) -> None:
        """Prepare; nothing is handed over yet."""
        self.user_input = user_input
        self.is_stopped = False
        self._agent = agent
        self._caller = caller
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
        user_input = replace(self.user_input, conversation_id=conversation_id)
        with working_for(self._caller):
            self._task = create_eager_task(answer(self._agent, user_input))
        try:
            result = await self._task
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if not self.is_stopped or (current is not None and current.cancelling()):
                raise
            return None
        return None if self.is_stopped else result
