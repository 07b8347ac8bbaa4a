"""Whatever the integration answers with a key has a sentence in the panel."""

from collections.abc import Iterable
from enum import StrEnum
import re

import pytest

from custom_components.voice_retention.assist.ways_out import WayOut
from custom_components.voice_retention.places.protocol import PlaceError, VerifiedBy
from custom_components.voice_retention.places.reach.protocol import Kind
from custom_components.voice_retention.policy.models import AccessKind, Reason, Route
from custom_components.voice_retention.policy.paths import StepKind
from custom_components.voice_retention.purge import failures, verification
from custom_components.voice_retention.purge.scope import AskedBy
from custom_components.voice_retention.vault.errors import UnavailableReason
from tests.dialogs import INTEGRATION, TEXTS

GROUPS: dict[str, type[StrEnum]] = {
    "access": AccessKind,
    "asked_by": AskedBy,
    "reach": Kind,
    "reach_advice": Kind,
    "reasons": Reason,
    "routes": Route,
    "steps": StepKind,
    "verified_by": VerifiedBy,
    "ways": WayOut,
}
MORE = {"ways": {"stored_by_vendor"}}
"""What the panel says in a group besides."""


def kinds_of(error: type[PlaceError]) -> Iterable[type[PlaceError]]:
    """Yield the errors of places."""
    yield error
    for kind in error.__subclasses__():
        yield from kinds_of(kind)


@pytest.mark.parametrize("group", GROUPS)
def test_every_value_has_its_text_and_no_text_is_left_over(group: str) -> None:
    """A key that nobody answers would be translated nine times for nothing."""
    told = {*TEXTS["config_panel"][group]}
    assert told == {*map(str, GROUPS[group])} | MORE.get(group, set())


def test_every_failure_of_a_place_has_its_sentence() -> None:
    """Errors are sentences."""
    reasons = {
        *UnavailableReason,
        *(kind.reason for kind in kinds_of(PlaceError)),
        *failures._BY_ERRNO.values(),
        *failures._BY_SQLITE_CODE.values(),
        failures.IN_USE,
        failures.INTERNAL,
        failures.UNKNOWN_WORDS,
        failures.reason_of(TimeoutError()),
        failures.reason_of(OSError()),
        "database_error",
    }
    assert {*TEXTS["config_panel"]["failures"]} == {*map(str, reasons)}


def test_whatever_may_be_left_of_a_purge_has_its_sentence() -> None:
    """Places name it by constants of their own."""
    named = set[str]()
    for path in (INTEGRATION / "places").glob("**/*.py"):
        named |= {
            *re.findall(
                r'^RESIDUE_\w+: Final = "(\w+)"', path.read_text(), re.MULTILINE
            )
        }
    assert {*TEXTS["config_panel"]["residues"]} >= named != set()


def test_why_a_place_was_not_searched_again_has_its_sentence() -> None:
    """For each of the reasons."""
    assert {*TEXTS["config_panel"]["not_searched"]} == {
        verification.WORDS_GONE,
        verification.NOT_DONE,
        verification.NO_LONGER_KNOWN,
    }
