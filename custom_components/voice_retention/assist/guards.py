"""Keep a guard in front of the engine of every protected pipeline."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field

from homeassistant.components.assist_pipeline import Pipeline
from homeassistant.components.stt import DOMAIN as STT_DOMAIN
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from .engines import engine_key, is_guard
from .pipelines import (
    async_replace_engine,
    async_replace_engines,
    listen_pipelines,
    pipelines_with_speech,
)

type AddGuards = Callable[[list[str]], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class GuardMemory:
    """What must be known of the guards before, and without, any engine being up."""

    guards: Mapping[str, str] = field(default_factory=dict)
    """Engine id behind each guard's entity id."""

    placed: frozenset[str] = frozenset()
    """Ids of the pipelines into which we put a guard; others were chosen by hand."""


class GuardKeeper:
    """Know which guard stands before which engine, and keep the pipelines so.

    Guards are remembered, so that after a restart each stands again before any engine is
    up. A pipeline without its guard in place would send unasked; one whose guard is not up
    yet refuses.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        memory: GuardMemory,
        save: Callable[[GuardMemory], Awaitable[None]],
        protected: Collection[str] | None,
    ) -> None:
        """Take the remembered guards, and the pipelines to protect (none is all)."""
        self._hass = hass
        self._guards = current_guards(hass, memory)
        self._placed = set(memory.placed)
        self._save = save
        self._protected = protected
        self._live: set[str] = set()
        self._requested: set[str] = set()
        self._add_guards: AddGuards | None = None
        self._is_due = False
        self._task: asyncio.Task[None] | None = None

    @property
    def guards(self) -> Mapping[str, str]:
        """Return the engine id behind each guard's entity id."""
        return self._guards

    @callback
    def async_start(self, add_guards: AddGuards) -> CALLBACK_TYPE:
        """Stand in the pipelines until the returned function is called."""
        self._add_guards = add_guards
        unsubscribe = (
            listen_pipelines(self._hass, self._async_schedule),
            self._hass.bus.async_listen(
                er.EVENT_ENTITY_REGISTRY_UPDATED, self._async_registry_updated
            ),
        )
        self._request(set(self._guards.values()))
        self._async_schedule()

        @callback
        def stop() -> None:
            """Leave the pipelines as they are, and follow them no more."""
            for function in unsubscribe:
                function()
            if self._task is not None:
                self._task.cancel()

        return stop

    @callback
    def is_protected(self, pipeline_id: str) -> bool:
        """Return whether the household wants a guard in this pipeline."""
        return self._protected is None or pipeline_id in self._protected

    @callback
    def engine_behind(self, engine_id: str) -> str:
        """Return the engine that a pipeline's choice comes down to."""
        return self._guards.get(engine_id, engine_id)

    @callback
    def async_guard_added(self, guard_id: str, engine_id: str) -> None:
        """Note that a guard is up; from now on it can stand in pipelines."""
        self._live.add(guard_id)
        self._guards[guard_id] = engine_id
        self._async_schedule()

    @callback
    def async_guard_removed(self, guard_id: str) -> None:
        """Note that a guard is gone."""
        self._live.discard(guard_id)

    @callback
    def _async_schedule(self) -> None:
        """Look at the pipelines soon; one look answers any number of changes."""
        self._is_due = True
        if self._task is None or self._task.done():
            self._task = self._hass.async_create_task(
                self._async_reconcile(),
                "voice_retention reconcile pipelines",
                eager_start=False,
            )

    async def _async_reconcile(self) -> None:
        """Bring guards and pipelines to where they should be, until nothing changes."""
        while self._is_due:
            self._is_due = False
            pipelines = pipelines_with_speech(self._hass)
            wanted = {
                self.engine_behind(pipeline.stt_engine or "")
                for pipeline in pipelines
                if self.is_protected(pipeline.id) or pipeline.stt_engine in self._guards
            }
            self._request(wanted)
            for pipeline in pipelines:
                await self._async_settle(pipeline)
            self._placed &= {pipeline.id for pipeline in pipelines}
            self._forget_unused(wanted)
            await self._save(
                GuardMemory(guards=dict(self._guards), placed=frozenset(self._placed))
            )

    async def _async_settle(self, pipeline: Pipeline) -> None:
        """Put a guard into one pipeline, or take ours out again."""
        current = pipeline.stt_engine or ""
        if not self.is_protected(pipeline.id):
            if pipeline.id in self._placed:
                self._placed.discard(pipeline.id)
                await self._async_replace(pipeline, self.engine_behind(current))
        elif current not in self._live:
            # Either an engine, or a guard that is gone for good and was made anew.
            guard_id = self._live_guard(self.engine_behind(current))
            if guard_id is not None:
                self._placed.add(pipeline.id)
                await self._async_replace(pipeline, guard_id)

    async def _async_replace(self, pipeline: Pipeline, engine_id: str) -> None:
        """Set the engine of a pipeline, unless somebody else just did."""
        old = pipeline.stt_engine or ""
        if engine_id != old:
            await async_replace_engine(self._hass, pipeline.id, old=old, new=engine_id)

    @callback
    def _live_guard(self, engine_id: str) -> str | None:
        """Return the guard that is up and stands before this engine."""
        return next(
            (item for item in self._live if self._guards[item] == engine_id), None
        )

    @callback
    def _request(self, engines: set[str]) -> None:
        """Have guards made for engines that have none; a guard needs none itself."""
        missing = {
            engine_id
            for engine_id in engines - self._requested
            if not is_guard(self._hass, engine_id)
        }
        if missing and self._add_guards is not None:
            self._requested |= missing
            self._add_guards(sorted(missing))

    @callback
    def _forget_unused(self, wanted: set[str]) -> None:
        """Remove guards whose engine no pipeline uses, and those that were made anew."""
        registry = er.async_get(self._hass)
        unused = [
            guard_id
            for guard_id, engine_id in self._guards.items()
            if engine_id not in wanted
            or (guard_id not in self._live and self._live_guard(engine_id) is not None)
        ]
        for guard_id in unused:
            engine_id = self._guards.pop(guard_id)
            self._live.discard(guard_id)
            if self._live_guard(engine_id) is None:
                self._requested.discard(engine_id)
            if registry.async_get(guard_id) is not None:
                registry.async_remove(guard_id)

    @callback
    def _async_registry_updated(
        self, event: Event[er.EventEntityRegistryUpdatedData]
    ) -> None:
        """Follow guards and engines that are renamed, and guards that are deleted."""
        entity_id = event.data["entity_id"]
        if event.data["action"] == "remove" and entity_id in self._guards:
            # A pipeline still needs it, or it would have been forgotten first.
            self._requested.discard(self._guards[entity_id])
            self._async_schedule()
        old_id = event.data.get("old_entity_id")
        if old_id is None or not entity_id.startswith(f"{STT_DOMAIN}."):
            return
        if old_id in self._guards:
            self._guards[entity_id] = self._guards.pop(old_id)
            self._live.discard(old_id)
            self._hass.async_create_task(
                async_replace_engines(self._hass, {old_id: entity_id}),
                "voice_retention follow renamed guard",
            )
        for guard_id, engine_id in self._guards.items():
            if engine_id == old_id:
                self._guards[guard_id] = entity_id
                self._requested.discard(old_id)
                self._requested.add(entity_id)
        self._async_schedule()


@callback
def current_guards(hass: HomeAssistant, memory: GuardMemory) -> dict[str, str]:
    """Return the engines behind our guards, as they are called now.

    The registry knows of engines that were renamed and of guards that were made behind the
    memory's back; the memory knows of engines that are gone.
    """
    guards = dict(memory.guards)
    registry = er.async_get(hass)
    for guard_id, engine_id in recover_guards(hass).items():
        if guard_id not in guards or registry.async_get(engine_id) is not None:
            guards[guard_id] = engine_id
    return guards


@callback
def recover_guards(hass: HomeAssistant) -> dict[str, str]:
    """Find the engines behind our guards from the registry, when the memory is lost."""
    registry = er.async_get(hass)
    keys = {
        engine_key(hass, entry.entity_id): entry.entity_id
        for entry in registry.entities.values()
        if entry.domain == STT_DOMAIN
    }
    return {
        entry.entity_id: keys.get(entry.unique_id, entry.unique_id)
        for entry in registry.entities.values()
        if entry.domain == STT_DOMAIN and entry.platform == DOMAIN
    }
