"""
The machine behind two ports: its clock and its randomness.

The only module that reads the time or draws random bytes.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from loyaltycore.values.days import utc
from loyaltycore.values.ids import IdSequence


if TYPE_CHECKING:
    from loyaltycore.ports import Clock, Ids

__all__ = ["FixedClock", "SystemClock", "SystemIds"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still, for tests and for replaying history."""

    def __init__(self, moment: datetime) -> None:
        self._moment = utc(moment)

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self._moment


class SystemIds:
    """UUIDv7 ids and the operating system's random bytes."""

    def __init__(self) -> None:
        self._sequence = IdSequence()

    def new(self, at: datetime) -> str:
        """Return a new id, sortable by *at* and increasing within a millisecond."""
        since = at - _EPOCH
        ms = (since.days * 86_400 + since.seconds) * 1_000 + since.microseconds // 1_000
        return self._sequence.next(ms, os.urandom)

    def random(self, n: int) -> bytes:
        """Return *n* bytes that nobody can guess."""
        return os.urandom(n)


if TYPE_CHECKING:
    _clock: Clock = SystemClock()
    _fixed: Clock = FixedClock(_EPOCH)
    _ids: Ids = SystemIds()
