"""Reach the chat logs of conversations, and the chat sessions that they belong to.

A log holds what was said and answered in a conversation, until five minutes after its last
sentence, in memory. Agents hang what they remember of it on the session, so a conversation
goes as a whole; only where a held recording is part of it, sentence by sentence. Tried on
2026.6.0, 2026.10.4 and 2026.11.0; before 2026.11 a conversation that goes on outside a
pipeline cannot be seen to do so.
"""

from collections.abc import Iterator
from typing import override

from homeassistant.components.assist_satellite import const as satellite_const
from homeassistant.components.conversation import chat_log
from homeassistant.components.conversation.chat_log import ChatLog, Content as Message
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import chat_session
from homeassistant.helpers.chat_session import ChatSession

from ..policy.models import Content
from .debug_runs import all_runs, ongoing_runs, spared_runs
from .protocol import Place, Target
from .sought import Sought, Spoken, conversations_of, responses_of, transcripts_of

HELD_CONTENT = frozenset({Content.TRANSCRIPT, Content.RESPONSE})


class ChatLogsPlace(Place):
    """The conversations that Home Assistant could still continue."""

    key = "chat_logs"
    names_speaker = True

    def __init__(self, hass: HomeAssistant) -> None:
        """Look into this Home Assistant."""
        self._hass = hass

    @override
    async def async_find(self, target: Target) -> int:
        """Count the conversations."""
        return len(self._meant(target))

    @override
    async def async_purge(self, target: Target) -> int:
        """Forget the conversations, but those that somebody is having right now."""
        spared = self._spared_conversations(target)
        deleted = 0
        for conversation_id in self._meant(target):
            if self._is_in_use(conversation_id):
                self._forget_what_came_before(conversation_id, target)
                continue
            if conversation_id in spared:
                log = self._logs[conversation_id]
                log.content[:] = _without(log.content, target)
            else:
                self._forget(conversation_id)
            deleted += 1
        return deleted

    @override
    async def async_verify(self, target: Target) -> int:
        """Count the conversations that are left."""
        return await self.async_find(target)

    @property
    def _logs(self) -> dict[str, ChatLog]:
        """Return the logs by conversation; there are none before the first conversation."""
        return self._hass.data.get(chat_log.DATA_CHAT_LOGS, {})

    @property
    def _sessions(self) -> dict[str, ChatSession]:
        """Return the sessions by conversation."""
        return self._hass.data.get(chat_session.DATA_CHAT_SESSION, {})

    @callback
    def _meant(self, target: Target) -> list[str]:
        """List the conversations that hold something of the target."""
        if not target.contents & HELD_CONTENT:
            return []
        known = self._logs.keys() | self._sessions.keys()
        # The many conversations of a large target are not to be copied.
        meant = known & conversations_of(target)
        meant |= known.intersection(self._of_speakers(target))
        meant |= known.intersection(self._of_words(target))
        spared = self._spared_conversations(target)
        return [
            conversation_id
            for conversation_id in meant
            if conversation_id not in spared or self._has_more(conversation_id, target)
        ]

    @callback
    def _of_speakers(self, target: Target) -> Iterator[str]:
        """Yield the conversations that are meant by who had them and when."""
        if target.is_exact:
            return
        if target.satellite_ids is None:
            conversation_ids: set[str | None] = {*self._logs}
        else:
            satellites = self._hass.data[satellite_const.DATA_COMPONENT]
            entities = map(satellites.get_entity, target.satellite_ids)
            conversation_ids = {
                entity._conversation_id  # noqa: SLF001
                for entity in entities
                if entity is not None
            }
        for conversation_id in conversation_ids:
            log = self._logs.get(conversation_id or "")
            if log is not None and any(
                target.covers(message.created)
                for message in log.content
                if message.role != "system"
            ):
                yield log.conversation_id

    @callback
    def _of_words(self, target: Target) -> Iterator[str]:
        """Yield the conversations in which somebody unknown said the same.

        A script that passes a sentence on to an agent has one of its own.
        """
        if not target.trail.has_texts:
            return
        sought = Sought(self._hass, target)
        known = {run.conversation_id for run in all_runs(self._hass)}
        satellites = self._hass.data[satellite_const.DATA_COMPONENT].entities
        known |= {entity._conversation_id for entity in satellites}  # noqa: SLF001
        for conversation_id, log in self._logs.items():
            if conversation_id in known:
                continue
            if any(
                sought.is_meant(
                    Spoken(sentence=_text(message)), message.created, lambda: ()
                )
                for message in log.content
                if message.role == "user"
            ):
                yield conversation_id

    @callback
    def _spared_conversations(self, target: Target) -> set[str | None]:
        """Return the conversations that held recordings are part of."""
        return {run.conversation_id for run in spared_runs(self._hass, target)}

    @callback
    def _has_more(self, conversation_id: str, target: Target) -> bool:
        """Return whether a log holds sentences of the target beside those that are held."""
        log = self._logs.get(conversation_id)
        return log is not None and len(_without(log.content, target)) < len(log.content)

    @callback
    def _is_in_use(self, conversation_id: str) -> bool:
        """Return whether somebody waits for an answer in a conversation.

        Its log would come back with the answer, and stay for ever. From 2026.11 on
        Home Assistant counts who uses a session.
        """
        session = self._sessions.get(conversation_id)
        log = self._logs.get(conversation_id)
        if getattr(session, "in_use", 0) or getattr(log, "turn_active", False):
            return True
        return any(
            run is None or run.conversation_id == conversation_id
            for run in ongoing_runs(self._hass)
        )

    @callback
    def _forget_what_came_before(self, conversation_id: str, target: Target) -> None:
        """Leave a conversation that goes on nothing but the sentence of its present turn.

        Whoever says "delete what I just said" and goes on talking must not have it told to
        the agent again with the next sentence. Before 2026.11 a turn works on a copy of the
        log, which takes the log's place at its end; only what is done for that very turn
        can see it.
        """
        is_spared = conversation_id in self._spared_conversations(target)
        stored = self._logs.get(conversation_id)
        current = chat_log.current_chat_log.get()
        if current is not None and current.conversation_id == conversation_id:
            _forget_sentences(current, target, is_spared=is_spared, has_turn=True)
        if stored is not None and stored is not current:
            has_turn = getattr(stored, "turn_active", False)
            _forget_sentences(stored, target, is_spared=is_spared, has_turn=has_turn)

    @callback
    def _forget(self, conversation_id: str) -> None:
        """Drop a conversation the way Home Assistant does when its time is over.

        The session's clean-up drops the log, and fails when that is gone already.
        """
        try:
            if (session := self._sessions.pop(conversation_id, None)) is not None:
                session.async_cleanup()
        finally:
            self._logs.pop(conversation_id, None)


def _forget_sentences(
    log: ChatLog, target: Target, *, is_spared: bool, has_turn: bool
) -> None:
    """Take out the sentences of a conversation, but the last one if it has its turn."""
    start, *sentences = _sentences(log.content)
    turn = sentences[-1:] if has_turn else []
    before = _joined(sentences[: len(sentences) - len(turn)])
    kept = _without(before, target) if is_spared else []
    if has_turn and hasattr(log, "turn_start"):
        # Where Home Assistant takes the turn to begin.
        log.turn_start -= len(before) - len(kept)
    log.content[:] = [*start, *kept, *_joined(turn)]


def _without(messages: list[Message], target: Target) -> list[Message]:
    """Return a conversation without the sentences of a target and their answers."""
    transcripts, responses = transcripts_of(target), responses_of(target)
    return _joined(
        [
            sentence
            for sentence in _sentences(messages)
            if not any(
                (transcripts if message.role == "user" else responses).has(
                    _text(message)
                )
                for message in sentence
            )
        ]
    )


def _sentences(messages: list[Message]) -> list[list[Message]]:
    """Split a conversation before each sentence of the user."""
    sentences: list[list[Message]] = [[]]
    for message in messages:
        if message.role == "user":
            sentences.append([])
        sentences[-1].append(message)
    return sentences


def _joined(sentences: list[list[Message]]) -> list[Message]:
    """Return the messages of sentences."""
    return [message for sentence in sentences for message in sentence]


def _text(message: Message) -> str | None:
    """Return the text of a message; a result of a tool has none."""
    return getattr(message, "content", None)
