"""Listen for the commands, in every language that the household speaks to Assist."""

from collections.abc import Collection, Coroutine
from functools import partial
from typing import Any

from hassil.recognize import RecognizeResult

from homeassistant.components.assist_pipeline import async_get_pipelines
from homeassistant.components.conversation import ConversationInput
from homeassistant.components.conversation.agent_manager import get_agent_manager
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE, MATCH_ALL
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback

from ..assist.origin import find_caller_on_stack
from ..assist.pipelines import listen_pipelines
from ..const import LOGGER
from ..policy.models import Origin
from .asked import Asked, Household
from .obey import ACTIONS
from .phrasebook import Phrasebook, ReplyKey, VoiceCommand, load_phrasebooks
from .speaker import async_command_speaker


class CommandListener:
    """Register the sentences with Home Assistant's own sentence triggers.

    Those run locally and before any agent, whatever agent a pipeline has. Only the
    languages in use are registered, for each sentence that is said is compared with all
    that are.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        household: Household,
        commands: Collection[VoiceCommand],
    ) -> None:
        """Take the commands that the household wants."""
        self._hass = hass
        self._household = household
        self._commands = tuple(
            command for command in VoiceCommand if command in commands
        )
        self._languages_heard: set[str] = set()
        self._registered: list[CALLBACK_TYPE] = []

    async def async_start(self, entry: ConfigEntry) -> CALLBACK_TYPE:
        """Listen until the returned function is called."""

        @callback
        def look_again(event: Event | None = None) -> None:
            """Follow a pipeline or household that now speaks another language."""
            if self._languages() != self._languages_heard:
                entry.async_create_background_task(
                    self._hass, self._async_register(), "voice_retention commands"
                )

        await self._async_register()
        unsubscribe = (
            listen_pipelines(self._hass, look_again),
            self._hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, look_again),
        )

        @callback
        def stop() -> None:
            """Listen no more."""
            for function in (*unsubscribe, *self._registered):
                function()
            self._registered = []

        return stop

    @callback
    def _languages(self) -> set[str]:
        """Return the languages in which somebody may speak to Assist."""
        spoken = {
            pipeline.conversation_language
            for pipeline in async_get_pipelines(self._hass)
        }
        return {self._hass.config.language, *spoken} - {MATCH_ALL}

    async def _async_register(self) -> None:
        """Register the sentences of the languages in use, instead of those before."""
        if not self._commands:
            return
        languages = self._languages()
        books = await self._hass.async_add_executor_job(load_phrasebooks, languages)
        self._languages_heard = languages
        for function in self._registered:
            function()
        # Several pipelines may speak varieties of one language.
        once = {books[language].language: books[language] for language in languages}
        manager = get_agent_manager(self._hass)
        self._registered = [
            manager.register_trigger(
                list(book.sentences[command]),
                partial(self._heard, command, book),
            )
            for book in once.values()
            for command in self._commands
        ]

    @callback
    def _heard(
        self,
        command: VoiceCommand,
        book: Phrasebook,
        said: ConversationInput,
        result: RecognizeResult,
    ) -> Coroutine[Any, Any, str]:
        """Look at once who is calling; the answer is made in a task without callers."""
        caller = find_caller_on_stack(self._household.satellites)
        origin = None if caller is None else caller.origin
        return self._async_answer(command, book, origin, said.context.user_id)

    async def _async_answer(
        self,
        command: VoiceCommand,
        book: Phrasebook,
        origin: Origin | None,
        user_id: str | None,
    ) -> str:
        """Obey, and say what was done; an error must not leave the asker without an answer."""
        try:
            speaker = await async_command_speaker(self._hass, origin, user_id)
            return await ACTIONS[command](
                Asked(household=self._household, speaker=speaker, book=book)
            )
        except Exception:  # noqa: BLE001
            # Home Assistant would end the run with an error that says nothing.
            LOGGER.exception("The voice command %s failed", command)
            return book.reply(ReplyKey.FAILED)
