"""Keep what must stay at home out of the history that a cloud agent gets.

An agent gets its whole conversation with each new sentence: also what was said before a
switch was turned off, and what sentence triggers or local intents handled without any
agent. So it is noted of each sentence, when it enters a chat log, whether it may leave the
home; what was not seen entering may not. Tried on 2026.6.0, 2026.10.4 and 2026.11.0.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from homeassistant.components.conversation import ChatLog
from homeassistant.components.conversation.chat_log import (
    DATA_CHAT_LOGS,
    Content as LogContent,
    SystemContent,
    async_subscribe_chat_logs,
    current_chat_log,
)
from homeassistant.components.conversation.const import ChatLogEventType
from homeassistant.core import HomeAssistant, callback

from ..const import LOGGER
from ..policy.choices import Settings
from ..policy.decision import may_read
from ..policy.models import Locality
from .origin import find_caller
from .satellites import SatelliteDirectory


class HistoryBook:
    """Know which sentences of the present conversations may leave the home."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        satellites: SatelliteDirectory,
        settings: Callable[[], Settings],
    ) -> None:
        """Know of none."""
        self._hass = hass
        self._satellites = satellites
        self._settings = settings
        self._open: dict[str, dict[int, datetime]] = {}
        """By conversation: the moments of contents that may leave, by their identity.

        The moment is an object that a content and its copies share with nothing else.
        """

    @callback
    def async_start(self) -> Callable[[], None]:
        """Follow the conversations until the returned function is called."""
        return async_subscribe_chat_logs(self._hass, self._async_log_changed)

    @contextmanager
    def only_open(self, conversation_id: str | None) -> Iterator[str | None]:
        """Show only what may leave the home, and give the conversation to have that in.

        Within a turn the chat log itself is cut short, since the turn's listeners hang on
        it; what was hidden is back afterwards. Else a new conversation is begun instead.
        """
        log, turn = self._log(conversation_id)
        if log is None or not self.is_partly_closed(conversation_id):
            yield conversation_id
        elif not turn:
            yield None
        else:
            with _cut_short(log, self._shown(log, turn)):
                yield conversation_id

    @callback
    def is_partly_closed(self, conversation_id: str | None) -> bool:
        """Return whether anything of a conversation must not leave the home."""
        log, turn = self._log(conversation_id)
        return log is not None and len(self._shown(log, turn)) < len(log.content)

    @callback
    def _log(
        self, conversation_id: str | None
    ) -> tuple[ChatLog | None, Sequence[LogContent]]:
        """Return a conversation, and what belongs to the turn that goes on in it."""
        log = current_chat_log.get()
        if log is not None and log.conversation_id == conversation_id:
            return log, _last_turn(log.content)
        logs = self._hass.data.get(DATA_CHAT_LOGS, {})
        return logs.get(conversation_id or ""), ()

    def _shown(self, log: ChatLog, turn: Sequence[LogContent]) -> list[LogContent]:
        """Return what of a conversation may leave; the turn that goes on is allowed to.

        What was answered goes with what was said; before anything was said, a satellite
        may have begun the conversation with words of its own.
        """
        moments = self._open.get(log.conversation_id, {})
        shown: list[LogContent] = []
        is_open: bool | None = None
        for content in log.content[: len(log.content) - len(turn)]:
            if content.role == "user":
                is_open = id(content.created) in moments
            if content.role == "system" or (
                id(content.created) in moments if is_open is None else is_open
            ):
                shown.append(content)
        return [*shown, *turn]

    @callback
    def _async_log_changed(
        self, conversation_id: str, event_type: ChatLogEventType, data: dict[str, Any]
    ) -> None:
        """Note what may leave the home; the conversation goes on whatever happens here."""
        if event_type is ChatLogEventType.DELETED:
            self._open.pop(conversation_id, None)
            return
        if event_type is not ChatLogEventType.CONTENT_ADDED:
            return
        try:
            speaker = find_caller(self._hass, self._satellites)
            if may_read(speaker.origin, self._settings(), Locality.CLOUD):
                moment: datetime = data["content"]["created"]
                self._open.setdefault(conversation_id, {})[id(moment)] = moment
        except Exception:  # noqa: BLE001
            # What is not noted stays at home.
            LOGGER.exception("Cannot find out who is speaking")


def _last_turn(contents: list[LogContent]) -> list[LogContent]:
    """Return what was said last, and what has followed since."""
    start = len(contents)
    while start and contents[start - 1].role != "system":
        start -= 1
        if contents[start].role == "user":
            break
    return contents[start:]


@contextmanager
def _cut_short(log: ChatLog, shown: list[LogContent]) -> Iterator[None]:
    """Let a chat log be only this for a while; what is added meanwhile stays."""
    whole, prompt = log.content, log.extra_system_prompt
    # Whatever an earlier turn told its agent, and the tools that it had, went with it.
    log.content = [SystemContent(content=""), *shown[1:]]
    log.extra_system_prompt = None
    log.llm_api = None
    # Releases before 2026.11 have no such field.
    turn_start: int | None = getattr(log, "turn_start", None)
    if turn_start is not None:
        log.turn_start = turn_start - (len(whole) - len(shown))
    try:
        yield
    finally:
        whole[0] = log.content[0]
        log.content = [*whole, *log.content[len(shown) :]]
        if turn_start is not None:
            log.turn_start = turn_start
        log.extra_system_prompt = log.extra_system_prompt or prompt
