"""Make the fields that forms consist of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import voluptuous as vol

from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..policy.choices import Keep

type Fields = dict[vol.Marker, Any]
type Input = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldError:
    """What is wrong with an input, and where."""

    field: str
    error: str
    culprits: tuple[str, ...] = ()
    """Names for the text to mention."""

    gone: tuple[str, ...] = ()
    """Values that cannot be entered any more."""


def list_selector(labels: Mapping[str, str]) -> SelectSelector:
    """Offer things of which any number can be chosen, in an order of one's own."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=value, label=label)
                for value, label in labels.items()
            ],
            multiple=True,
            # A list of check boxes would not show in which order they were ticked.
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


def keep_selector(options: Iterable[Keep]) -> SelectSelector:
    """Offer durations."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[option.value for option in options],
            mode=SelectSelectorMode.DROPDOWN,
            translation_key="keep",
        )
    )


def number_selector(unit: str) -> NumberSelector:
    """Ask for a number; the selector's own bounds are left out, as their errors are untranslated."""
    return NumberSelector(
        NumberSelectorConfig(mode=NumberSelectorMode.BOX, unit_of_measurement=unit)
    )
