"""
Time-ordered ids: UUIDs of version 7 as text, made from a moment and random bytes.

Owns the form of an id; knows nothing of clocks or of what an id stands for.

Source: RFC 9562, sections 5.7 (layout) and 6.2 (order within one millisecond, method
"monotonic random").  An id is 36 characters, lower case; sorted as text, ids of one
sequence are in the order in which they were made.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final

from loyaltycore.errors import InvalidMoment, InvalidValue


if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "IdSequence",
    "first_id_at",
    "id_text",
    "is_id",
    "moment_of",
]

_MS_BITS: Final = 48
_COUNTER_BITS: Final = 74
_LOW_BITS: Final = 62

_COUNTER_END: Final = 1 << _COUNTER_BITS
_LOW_MASK: Final = (1 << _LOW_BITS) - 1
_VERSION: Final = 0x7 << 76
_VARIANT: Final = 0b10 << 62

# A start takes 74 of 80 bits, a step 48: guessing the next id of the same millisecond
# is hopeless, and some 60 million ids fit into one before it overflows.
_START_BYTES: Final = 10
_START_SHIFT: Final = 8 * _START_BYTES - _COUNTER_BITS
_STEP_BYTES: Final = 6

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(
    milliseconds=1
)

_read_id = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
).fullmatch


class IdSequence:
    """
    Makes ids that only ever grow; one instance may serve any number of threads.

    An id is its millisecond and a number of 74 bits.  The first id of a millisecond
    draws that number at random; each further one adds a random step of 48 bits.  When
    the clock stands still or goes back, the sequence stays in the latest millisecond
    that it has seen; when the number overflows, it goes on in the next.

    Random bytes are asked for at each id, not kept: a process that forks would share
    what was kept, and both halves would make the same ids.
    """

    __slots__ = ("_counter", "_lock", "_ms")

    def __init__(self) -> None:
        self._lock = Lock()
        self._ms = -1
        self._counter = 0

    def next(self, ms: int, random_bytes: Callable[[int], bytes]) -> str:
        """
        Return an id above all earlier ones of this sequence.

        Args:
            ms: milliseconds since 1970-01-01 UTC.
            random_bytes: returns as many unpredictable bytes as it is asked for;
                ``os.urandom`` in production.

        Raises:
            InvalidMoment: *ms* is not an int of 48 bits, or that far future is full.
            InvalidValue: *random_bytes* returned fewer or more bytes than asked for.
        """
        if type(ms) is not int or not 0 <= ms < 1 << _MS_BITS:
            message = "An id needs milliseconds since 1970 as an int of 48 bits."
            raise InvalidMoment(message)
        with self._lock:
            if ms > self._ms:
                counter = _drawn(random_bytes, _START_BYTES) >> _START_SHIFT
            else:
                ms = self._ms
                # Plus one: a step of zero would repeat the id.
                counter = self._counter + _drawn(random_bytes, _STEP_BYTES) + 1
                if counter >= _COUNTER_END:
                    ms += 1
                    counter = _drawn(random_bytes, _START_BYTES) >> _START_SHIFT
            if ms >> _MS_BITS:
                message = "No id is left in the last millisecond that ids can name."
                raise InvalidMoment(message)
            self._ms = ms
            self._counter = counter
        high = ms << 80 | _VERSION | counter >> _LOW_BITS << 64
        digits = f"{high | _VARIANT | counter & _LOW_MASK:032x}"
        return (
            f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
        )


def first_id_at(moment: datetime) -> str:
    """Return a text that no id of this millisecond or a later one is below."""
    ms = (moment - _EPOCH) // timedelta(milliseconds=1)
    digits = f"{max(ms, 0):012x}"
    return f"{digits[:8]}-{digits[8:]}"


def id_text(field: str, value: object) -> str:
    """
    Return an id that a caller passed in.

    Raises:
        InvalidValue: it is no text, such as the card instead of its id.
    """
    if type(value) is not str:
        noun = field.removesuffix("_id")
        message = f"pass an id, such as {noun}.id, not {type(value).__name__}."
        raise InvalidValue(field, message)
    return value


def is_id(text: object) -> bool:
    """Return whether *text* is an id in exactly the form that `IdSequence` makes."""
    return isinstance(text, str) and _read_id(text) is not None


def moment_of(id: str) -> datetime:  # noqa: A002 - the field's name everywhere
    """
    Return the millisecond in which *id* was made, aware, in UTC.

    It may lie a little ahead of the true moment: see `IdSequence` on clocks that go
    back.

    Raises:
        InvalidValue: *id* is not an id.
        InvalidMoment: its moment lies beyond the year 9999.
    """
    if not is_id(id):
        message = "must be an id: 36 characters, a UUID of version 7 in lower case"
        raise InvalidValue("id", message)
    ms = int(id[:8] + id[9:13], 16)
    if ms > _LAST_MS:
        message = "The moment of this id lies beyond the year 9999."
        raise InvalidMoment(message)
    return _EPOCH + timedelta(milliseconds=ms)


def _drawn(random_bytes: Callable[[int], bytes], count: int) -> int:
    drawn = random_bytes(count)
    if len(drawn) != count:
        message = f"returned {len(drawn)} bytes where {count} were asked for"
        raise InvalidValue("random_bytes", message)
    return int.from_bytes(drawn, "big")
