"""Say how values are written into columns."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, override

from sqlalchemy import Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

from ..policy.models import Reason
from .errors import UnavailableReason, VaultUnavailableError

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def microseconds(duration: timedelta) -> int:
    """Return a duration in the unit in which moments are stored."""
    return duration // _MICROSECOND


class Moment(TypeDecorator[datetime]):
    """An aware moment, stored as microseconds since 1970 in UTC."""

    impl = Integer
    cache_ok = True

    @override
    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> int | None:
        """Return the number to store."""
        return None if value is None else microseconds(value - _EPOCH)

    @override
    def process_result_value(
        self, value: Any | None, dialect: Dialect
    ) -> datetime | None:
        """Return the moment that was stored."""
        try:
            return None if value is None else _EPOCH + value * _MICROSECOND
        except (TypeError, OverflowError) as err:
            raise VaultUnavailableError(UnavailableReason.DAMAGED) from err


class Flag(TypeDecorator[bool]):
    """A truth value, stored as zero or one."""

    impl = Integer
    cache_ok = True

    @override
    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int:
        """Return the number to store."""
        return int(bool(value))

    @override
    def process_result_value(self, value: Any | None, dialect: Dialect) -> bool:
        """Return the truth value that was stored."""
        return bool(value)


class Choice[E: StrEnum](TypeDecorator[E]):
    """A member of an enum, stored as its value."""

    impl = Text
    cache_ok = True

    def __init__(self, members: type[E]) -> None:
        """Remember the enum."""
        super().__init__()
        self.members = members

    @override
    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        """Return the text to store."""
        return None if value is None else value.value

    @override
    def process_result_value(self, value: Any | None, dialect: Dialect) -> E | None:
        """Return the member that was stored."""
        return None if value is None else _member(self.members, value)


class Reasons(TypeDecorator[tuple[Reason, ...]]):
    """Reasons in their order, stored with commas between them."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(
        self, value: tuple[Reason, ...] | None, dialect: Dialect
    ) -> str:
        """Return the text to store."""
        return ",".join(value or ())

    @override
    def process_result_value(
        self, value: Any | None, dialect: Dialect
    ) -> tuple[Reason, ...]:
        """Return the reasons that were stored."""
        return tuple(_member(Reason, part) for part in (value or "").split(",") if part)


def _member[E: StrEnum](members: type[E], value: str) -> E:
    """Return the member that a stored text stands for."""
    try:
        return members(value)
    except ValueError as err:
        raise VaultUnavailableError(UnavailableReason.DAMAGED) from err
