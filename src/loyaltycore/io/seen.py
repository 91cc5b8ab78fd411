"""
Which keys a file has had so far, and on which line: flat for millions of rows.

A key is kept as twelve bytes: 64 bits of a hash that differs from process to process,
and the line.  Two keys of one file look alike once in some ten million files of a
million rows each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final


if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["Seen"]

_BUCKETS: Final = 1 << 14
_HASH_BYTES: Final = 8
_LINE_BYTES: Final = 4
_ENTRY_BYTES: Final = _HASH_BYTES + _LINE_BYTES
_LOW_64_BITS: Final = (1 << 64) - 1


class Seen:
    """Keys and the line on which each was first seen, or last set."""

    def __init__(self) -> None:
        self._buckets: list[bytearray | None] = [None] * _BUCKETS

    def line_of(self, key: Hashable) -> int | None:
        """Return the line of a key, None if it has not been seen."""
        number = hash(key) & _LOW_64_BITS
        bucket = self._buckets[number % _BUCKETS]
        if bucket is None:
            return None
        at = _find(bucket, number.to_bytes(_HASH_BYTES, "little"))
        if at < 0:
            return None
        return int.from_bytes(bucket[at + _HASH_BYTES : at + _ENTRY_BYTES], "little")

    def add(self, key: Hashable, line: int) -> None:
        """Note the line of a key that has not been seen."""
        number = hash(key) & _LOW_64_BITS
        entry = number.to_bytes(_HASH_BYTES, "little") + line.to_bytes(
            _LINE_BYTES, "little"
        )
        bucket = self._buckets[number % _BUCKETS]
        if bucket is None:
            self._buckets[number % _BUCKETS] = bytearray(entry)
        else:
            bucket += entry

    def set(self, key: Hashable, line: int) -> None:
        """Note the line of a key, in place of an earlier one."""
        number = hash(key) & _LOW_64_BITS
        bucket = self._buckets[number % _BUCKETS] or bytearray()
        at = _find(bucket, number.to_bytes(_HASH_BYTES, "little"))
        if at < 0:
            self.add(key, line)
        else:
            where = line.to_bytes(_LINE_BYTES, "little")
            bucket[at + _HASH_BYTES : at + _ENTRY_BYTES] = where


def _find(bucket: bytearray, digest: bytes) -> int:
    """Find where an entry begins; -1: there is no such entry."""
    at = bucket.find(digest)
    while at >= 0 and at % _ENTRY_BYTES:  # the same bytes across two entries are none
        at = bucket.find(digest, at + 1)
    return at
