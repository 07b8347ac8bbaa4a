"""Keep a guard in front of every engine of every protected pipeline."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping

from homeassistant.components.assist_pipeline import Pipeline, async_get_pipelines
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .engines import is_guard
from .guard_memory import GuardMemory, current_guards
from .pipelines import (
    EngineKind,
    async_replace_engines,
    async_replace_everywhere,
    chosen_engine,
    kind_of,
    listen_pipelines,
)

type AddGuards = Callable[[list[str]], None]
type EngineOfKind = tuple[EngineKind, str]
"""A legacy engine may be of several kinds under one id."""


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
        self._placed = {kind: set(memory.placed.get(kind, ())) for kind in EngineKind}
        self._save = save
        self._protected = protected
        self._live: set[str] = set()
        self._requested: set[EngineOfKind] = set()
        self._add_guards: dict[EngineKind, AddGuards] = {}
        self._is_due = False
        self._task: asyncio.Task[None] | None = None

    @property
    def guards(self) -> Mapping[str, str]:
        """Return the engine id behind each guard's entity id."""
        return self._guards

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Stand in the pipelines until the returned function is called."""
        unsubscribe = (
            listen_pipelines(self._hass, self._async_schedule),
            self._hass.bus.async_listen(
                er.EVENT_ENTITY_REGISTRY_UPDATED, self._async_registry_updated
            ),
        )

        @callback
        def stop() -> None:
            """Leave the pipelines as they are, and follow them no more."""
            for function in unsubscribe:
                function()
            if self._task is not None:
                self._task.cancel()

        return stop

    @callback
    def async_serve(self, kind: EngineKind, add_guards: AddGuards) -> None:
        """Take the function that adds guards of a kind, and stand in the pipelines with it."""
        self._add_guards[kind] = add_guards
        self._request(
            (kind, engine_id)
            for guard_id, engine_id in self._guards.items()
            if kind_of(guard_id) is kind
        )
        self._async_schedule()

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
            pipelines = async_get_pipelines(self._hass)
            wanted = self._wanted_guards(pipelines)
            self._request(wanted)
            for pipeline in pipelines:
                await self._async_settle(pipeline)
            for placed in self._placed.values():
                placed.intersection_update(pipeline.id for pipeline in pipelines)
            self._forget_unused(wanted)
            await self._save(
                GuardMemory(
                    guards=dict(self._guards),
                    placed={
                        kind: frozenset(placed) for kind, placed in self._placed.items()
                    },
                )
            )

    def _wanted_guards(self, pipelines: Iterable[Pipeline]) -> set[EngineOfKind]:
        """Return the engines that need a guard: those of pipelines to protect.

        A guard that somebody put into another pipeline by hand is needed there too.
        """
        return {
            (kind, self.engine_behind(engine_id))
            for pipeline in pipelines
            for kind in EngineKind
            if (engine_id := chosen_engine(pipeline, kind)) is not None
            and (self.is_protected(pipeline.id) or engine_id in self._guards)
        }

    async def _async_settle(self, pipeline: Pipeline) -> None:
        """Put guards into one pipeline, or take ours out again."""
        changes = {}
        for kind in EngineKind:
            current = chosen_engine(pipeline, kind)
            if current is None:
                continue
            wanted = self._settled(pipeline.id, kind, current)
            if wanted != current:
                changes[kind] = wanted
        if changes:
            await async_replace_engines(self._hass, pipeline, changes)

    def _settled(self, pipeline_id: str, kind: EngineKind, current: str) -> str:
        """Return what a pipeline is to have in place of an engine or guard."""
        placed = self._placed[kind]
        if not self.is_protected(pipeline_id):
            if pipeline_id not in placed:
                return current
            placed.discard(pipeline_id)
            return self.engine_behind(current)
        if current in self._live:
            return current
        # Either an engine, or a guard that is gone for good and was made anew.
        guard_id = self._live_guard(kind, self.engine_behind(current))
        if guard_id is None:
            return current
        placed.add(pipeline_id)
        return guard_id

    @callback
    def _live_guard(self, kind: EngineKind, engine_id: str) -> str | None:
        """Return the guard that is up and stands before this engine."""
        return next(
            (
                guard_id
                for guard_id in self._live
                if kind_of(guard_id) is kind and self._guards[guard_id] == engine_id
            ),
            None,
        )

    @callback
    def _request(self, engines: Iterable[EngineOfKind]) -> None:
        """Have guards made for engines that have none; a guard needs none itself."""
        missing = sorted(
            item
            for item in {*engines} - self._requested
            if item[0] in self._add_guards and not is_guard(self._hass, item[1])
        )
        self._requested.update(missing)
        for kind, add_guards in self._add_guards.items():
            if new := [engine_id for of_kind, engine_id in missing if of_kind is kind]:
                add_guards(new)

    @callback
    def _forget_unused(self, wanted: set[EngineOfKind]) -> None:
        """Remove guards whose engine no pipeline uses, and those that were made anew."""
        registry = er.async_get(self._hass)
        for guard_id, engine_id in list(self._guards.items()):
            kind = kind_of(guard_id)
            if kind not in self._add_guards:
                continue
            if (kind, engine_id) in wanted and (
                guard_id in self._live or self._live_guard(kind, engine_id) is None
            ):
                continue
            del self._guards[guard_id]
            self._live.discard(guard_id)
            if self._live_guard(kind, engine_id) is None:
                self._requested.discard((kind, engine_id))
            if registry.async_get(guard_id) is not None:
                registry.async_remove(guard_id)

    @callback
    def _async_registry_updated(
        self, event: Event[er.EventEntityRegistryUpdatedData]
    ) -> None:
        """Follow guards and engines that are renamed, and guards that are deleted."""
        entity_id = event.data["entity_id"]
        if (kind := kind_of(entity_id)) is None:
            return
        if event.data["action"] == "remove" and entity_id in self._guards:
            # A pipeline still needs it, or it would have been forgotten first.
            self._requested.discard((kind, self._guards[entity_id]))
            self._async_schedule()
        old_id = event.data.get("old_entity_id")
        if old_id is None:
            return
        if old_id in self._guards:
            self._guards[entity_id] = self._guards.pop(old_id)
            self._live.discard(old_id)
            self._hass.async_create_task(
                async_replace_everywhere(self._hass, {old_id: entity_id}),
                "voice_retention follow renamed guard",
            )
        for guard_id, engine_id in self._guards.items():
            if engine_id == old_id:
                self._guards[guard_id] = entity_id
                self._requested.discard((kind, old_id))
                self._requested.add((kind, entity_id))
        self._async_schedule()
