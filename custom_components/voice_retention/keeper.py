"""Take finished sentences to the vault, off the speech path."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send

from .accounts import audio_entry, text_entry
from .const import LOGGER, IssueId, VoiceEvent
from .errors import VaultUnavailable
from .issue_registry import async_clear, async_raise
from .notices import SIGNAL_VOICE, VoiceNotice, async_tell_leaving
from .policy.choices import NEVER, Settings
from .policy.expiry import expires_at
from .policy.models import (
    ALL_CONTENT,
    Content,
    Handover,
    Outcome,
    Reason,
    Route,
    Utterance,
)
from .policy.rules import keeps_nothing, rule_for_origin
from .uninterrupted import async_uninterrupted
from .vault.books import LedgerEntry

MAX_WAITING: Final = 50
"""Sentences in memory while the disk hangs; of a minute each they are about 100 MB."""

MAX_HANDOVERS: Final = 1000
"""They hold no content, and weigh next to nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """What was stored together."""

    expires: datetime | None = None
    """When the first of it has to go."""

    size: int = 0
    """Bytes of audio; what else there is weighs next to nothing."""


class Shelf(Protocol):
    """Where finished sentences go; raises when it is out of order."""

    async def async_store(
        self, utterances: Sequence[Utterance], runs: Sequence[LedgerEntry]
    ) -> None:
        """Store finished sentences, and where each went."""


class Keeper:
    """Decide for each finished sentence what is kept of it, store it, and tell about it.

    Sentences that finish together are stored together. What cannot be stored is dropped:
    the sentence was answered all the same, and the vault tells of its trouble.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        shelf: Shelf,
        settings: Callable[[], Settings],
        purged: Callable[[str, datetime], Collection[Content]],
        keep_unrecognised: bool,
    ) -> None:
        """Prepare; ``async_start`` begins to store.

        ``purged`` says what of a sentence, by its holder and moment, is deleted already.
        """
        self._hass = hass
        self._shelf = shelf
        self._settings = settings
        self._purged = purged
        self._keep_unrecognised = keep_unrecognised
        self._on_stored: Callable[[Batch], None] | None = None
        self._waiting: list[Utterance] = []
        self._handovers: list[Handover] = []
        self._wake = asyncio.Event()
        self._lock = asyncio.Lock()
        self._is_stopped = False
        self._task: asyncio.Task[None] | None = None

    @callback
    def async_start(
        self, entry: ConfigEntry, on_stored: Callable[[Batch], None]
    ) -> None:
        """Store sentences until stopped, calling ``on_stored`` after each batch."""
        self._on_stored = on_stored
        self._task = entry.async_create_background_task(
            self._hass, self._async_work(), "voice_retention keeper"
        )

    async def async_stop(self) -> None:
        """Store what is waiting and end; what comes later is not kept."""
        self._is_stopped = True
        self._on_stored = None
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))
        await self.async_settle()

    async def async_settle(self) -> None:
        """Return once every sentence that was taken so far is stored."""
        await self._async_store_waiting()

    @callback
    def async_keep(self, utterance: Utterance) -> None:
        """Take a finished sentence; called on the speech path, so it only queues."""
        async_tell_leaving(self._hass, audio_entry(utterance))
        if self._is_stopped or len(self._waiting) >= MAX_WAITING:
            self._tell(utterance, is_stored=False)
            return
        self._waiting.append(utterance)
        self._wake.set()

    @callback
    def async_note(self, handover: Handover) -> None:
        """Take where a transcript or reply went; called on the speech path too."""
        async_tell_leaving(self._hass, text_entry(handover))
        if handover.decision.route is Route.REFUSE:
            self._tell_refused(handover)
        if self._is_stopped or len(self._handovers) >= MAX_HANDOVERS:
            return
        self._handovers.append(handover)
        self._wake.set()

    async def _async_work(self) -> None:
        """Store whatever waits, for ever."""
        while True:
            await self._wake.wait()
            # Stopping must not drop a batch that is half-way to the disk.
            await async_uninterrupted(self._hass, self._async_store_waiting(), "store")

    async def _async_store_waiting(self) -> None:
        """Store everything that waits as one batch, after the batch before it."""
        async with self._lock:
            self._wake.clear()
            batch, self._waiting = self._waiting, []
            handovers, self._handovers = self._handovers, []
            if not batch and not handovers:
                return
            kept = [self._to_keep(utterance) for utterance in batch]
            is_stored = await self._async_store(kept, handovers)
            for utterance in kept:
                self._tell(utterance, is_stored=is_stored)
            if self._on_stored is not None:
                self._on_stored(_batch(kept) if is_stored else Batch())

    async def _async_store(
        self, kept: Sequence[Utterance], handovers: Sequence[Handover]
    ) -> bool:
        """Store a batch; return whether that worked."""
        try:
            await self._shelf.async_store(
                [item for item in kept if _has_content(item)],
                [*map(audio_entry, kept), *map(text_entry, handovers)],
            )
        except VaultUnavailable:
            # The storage tells of its trouble, once.
            return False
        except Exception:  # noqa: BLE001
            # Nobody waits for this, and the next sentences must still find us at work.
            LOGGER.exception("Sentences could not be stored")
            return False
        return True

    def _to_keep(self, utterance: Utterance) -> Utterance:
        """Return a sentence with only what may be kept by now.

        The settings may have become stricter since it was spoken, or it was purged.
        """
        decision, settings = utterance.decision, self._settings()
        rule = rule_for_origin(settings, utterance.origin)
        is_dropped = keeps_nothing(settings)
        decision = replace(
            decision,
            keep_audio=NEVER
            if is_dropped
            else min(decision.keep_audio, rule.keep_audio),
            keep_transcript=NEVER
            if is_dropped
            else min(decision.keep_transcript, rule.keep_transcript),
        )
        wanted = ALL_CONTENT - {
            *self._purged(utterance.origin.holder, utterance.created)
        }
        if not decision.keep_audio or not (
            utterance.outcome is Outcome.OK or self._keep_unrecognised
        ):
            wanted -= {Content.AUDIO}
        if not decision.keep_transcript:
            wanted -= {Content.TRANSCRIPT, Content.RESPONSE}
        return replace(
            utterance,
            decision=decision,
            audio=utterance.audio if Content.AUDIO in wanted else None,
            transcript=utterance.transcript if Content.TRANSCRIPT in wanted else None,
            response=utterance.response if Content.RESPONSE in wanted else None,
        )

    @callback
    def _tell(self, utterance: Utterance, *, is_stored: bool) -> None:
        """Send the notice of a sentence, and look after the issue that it may raise."""
        decision = utterance.decision
        if utterance.outcome is Outcome.BLOCKED:
            event = VoiceEvent.BLOCKED
        elif is_stored and _has_content(utterance):
            event = VoiceEvent.KEPT
        else:
            event = VoiceEvent.NOT_KEPT
        attributes = {
            "reason": ", ".join(decision.reasons),
            "route": str(decision.route),
        }
        if utterance.engine_id is not None:
            attributes["engine"] = utterance.engine_id
        if event is VoiceEvent.KEPT:
            attributes["recording_id"] = utterance.recording_id
        async_dispatcher_send(
            self._hass,
            SIGNAL_VOICE,
            VoiceNotice(
                satellite_key=utterance.origin.holder,
                event=event,
                attributes=attributes,
            ),
        )
        if Reason.NO_LOCAL_ENGINE in decision.reasons:
            async_raise(self._hass, IssueId.NO_LOCAL_ENGINE)
        elif decision.route is Route.LOCAL_ENGINE:
            async_clear(self._hass, IssueId.NO_LOCAL_ENGINE)

    @callback
    def _tell_refused(self, handover: Handover) -> None:
        """Send the notice of a transcript or reply that had to stay."""
        decision = handover.decision
        async_dispatcher_send(
            self._hass,
            SIGNAL_VOICE,
            VoiceNotice(
                satellite_key=handover.origin.holder,
                event=VoiceEvent.BLOCKED,
                attributes={
                    "content": str(handover.content),
                    "reason": ", ".join(decision.reasons),
                    "route": str(decision.route),
                },
            ),
        )


def _has_content(utterance: Utterance) -> bool:
    """Return whether anything of a sentence is to be kept."""
    return any(
        content is not None
        for content in (utterance.audio, utterance.transcript, utterance.response)
    )


def _batch(kept: Sequence[Utterance]) -> Batch:
    """Describe what was stored of some sentences."""
    expiries = [
        expiry
        for utterance in kept
        if _has_content(utterance)
        for limit in (
            utterance.decision.keep_audio,
            utterance.decision.keep_transcript,
        )
        if limit > NEVER
        and (expiry := expires_at(utterance.created, limit)) is not None
    ]
    return Batch(
        expires=min(expiries, default=None),
        size=sum(len(utterance.audio or b"") for utterance in kept),
    )
