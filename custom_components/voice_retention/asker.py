"""Find out who is behind a wish, for the receipt."""

from dataclasses import dataclass
from typing import Final

from homeassistant.core import Context, HomeAssistant

PASSED_ON_BY: Final = ("automation", "script")
"""Domains of what can act for somebody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asker:
    """Who asked."""

    user_id: str | None
    user_name: str | None
    through: str | None
    """The automation or script that passed the wish on."""


async def async_asker(hass: HomeAssistant, context: Context | None) -> Asker:
    """Return who is behind a context.

    An automation or script carries the context that it acts in as that of its own state.
    """
    if context is None:
        return Asker(user_id=None, user_name=None, through=None)
    user = None
    if context.user_id is not None:
        user = await hass.auth.async_get_user(context.user_id)
    contexts = {context.id, context.parent_id} - {None}
    return Asker(
        user_id=context.user_id,
        user_name=None if user is None else user.name,
        through=next(
            (
                state.entity_id
                for state in hass.states.async_all(PASSED_ON_BY)
                if state.context.id in contexts
            ),
            None,
        ),
    )
