"""Give the guards of all kinds what they have in common."""

from collections.abc import Callable, Iterable
from typing import override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .assist.engines import engine_key, engine_name
from .assist.pipelines import EngineKind
from .assist.rules import GuardRules
from .data import VoiceRetentionConfigEntry
from .entity import service_device_info


@callback
def async_serve_guards(
    hass: HomeAssistant,
    entry: VoiceRetentionConfigEntry,
    kind: EngineKind,
    guard: type[GuardEntity],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the guards of a kind, now and whenever a pipeline takes a new engine."""

    @callback
    def add_guards(engine_ids: Iterable[str]) -> None:
        """Add a guard for each of these engines."""
        async_add_entities(guard(hass, entry, engine_id) for engine_id in engine_ids)

    entry.runtime_data.guards.async_serve(kind, add_guards)


class GuardEntity(Entity):
    """Take the place of one engine in the pipelines.

    To the pipeline a guard looks just like its engine, also while that is not loaded.
    """

    _attr_has_entity_name = True
    _attr_translation_key = "guard"

    def __init__(
        self, hass: HomeAssistant, entry: VoiceRetentionConfigEntry, engine_id: str
    ) -> None:
        """Stand before an engine, loaded or not."""
        self.hass = hass
        self._entry = entry
        self._engine_id = engine_id
        self._attr_unique_id = engine_key(hass, engine_id)
        self._attr_device_info = service_device_info()
        self._attr_translation_placeholders = {"engine": engine_name(hass, engine_id)}
        self._removal_listeners: list[Callable[[], None]] = []

    @property
    def engine_id(self) -> str:
        """Return the engine behind this guard, under its present name."""
        guards = self._entry.runtime_data.guards.guards
        return guards.get(self.entity_id, self._engine_id)

    @property
    def rules(self) -> GuardRules:
        """Return what the guards of this entry share."""
        return self._entry.runtime_data.rules

    @override
    async def async_added_to_hass(self) -> None:
        """Tell that pipelines can use this guard now."""
        await super().async_added_to_hass()
        self._entry.runtime_data.guards.async_guard_added(
            self.entity_id, self.engine_id
        )

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Tell that this guard is going, also to the sentences that are being spoken."""
        for listener in list(self._removal_listeners):
            listener()
        self._entry.runtime_data.guards.async_guard_removed(self.entity_id)

    @callback
    def listen_removed(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` when this guard is removed; the result stops that."""
        self._removal_listeners.append(listener)
        return lambda: self._removal_listeners.remove(listener)
