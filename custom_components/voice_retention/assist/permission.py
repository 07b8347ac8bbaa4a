"""Take a permission back as soon as it does not hold any more."""

from collections.abc import Callable

from homeassistant.core import callback

from ..policy.choices import Settings
from ..policy.models import Locality, Origin
from .rules import GuardRules, Listen

type May = Callable[[Origin, Settings, Locality], bool]


@callback
def watch_permission(
    rules: GuardRules,
    origin: Origin,
    engine_id: str,
    may: May,
    *,
    forbid: Callable[[], None],
    listen_removed: Listen,
) -> Callable[[], None]:
    """Call ``forbid`` whenever the engine may not get any more; the result stops that."""

    @callback
    def look_again() -> None:
        """Compare what is happening with what is allowed now."""
        locality = rules.localities.report(engine_id).locality
        if not may(origin, rules.settings(), locality):
            forbid()

    @callback
    def guard_removed() -> None:
        """Stop what could not be stopped any more, as these settings are out of date soon."""
        if rules.localities.report(engine_id).locality is not Locality.LOCAL:
            forbid()

    unsubscribe = (
        rules.listen_settings(look_again),
        rules.localities.async_listen(look_again),
        listen_removed(guard_removed),
    )

    @callback
    def stop_watching() -> None:
        """Stop looking."""
        for function in unsubscribe:
            function()

    return stop_watching
