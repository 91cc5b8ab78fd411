"""
Which keys a file has had so far, and on which line: flat for millions of rows.

Keys are chained by their hashes in arrays, an entry after the other: twelve bytes for a
key, eight for a line, and a table of heads whose size follows from the file's length.
Of a key no more than 64 bits of a hash are kept, which differs from process to process:
two keys of one file look alike once in some ten million files of a million rows each.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING, Final, Generic, TypeVar


if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

__all__ = ["Seen"]

K = TypeVar("K", bound="Hashable")

_HEADS_A_LINE: Final = 4
_HEADS_MAX: Final = 1 << 20


class Seen(Generic[K]):
    """
    Keys and the line on which each was seen.

    What is added counts at once, and for good when it is settled; until then it can be
    taken back.

    Args:
        lines: how many the file has.
    """

    def __init__(self, lines: int) -> None:
        size = 1 << min(lines * _HEADS_A_LINE, _HEADS_MAX - 1).bit_length()
        self._mask = size - 1
        # The last entry of each chain; 0 is no entry, so the first is never used.
        self._heads = array("I", bytes(4 * size))
        self._hashes = array("q", [0])
        self._before = array("I", [0])
        # With which entry each line begins.
        self._firsts = array("I")
        self._lines = array("I")
        self._settled = self.mark

    def line_of(self, key: K) -> int | None:
        """Return the last line of a key, None if it has not been seen."""
        at = self._entry_of(hash(key))
        return self._line_at(at) if at else None

    def add(self, keys: Sequence[K], line: int) -> tuple[K, int] | None:
        """
        Note the line of keys; of none of them, where one has been seen before.

        Returns:
            The first that has been seen, with its line.
        """
        heads, mask = self._heads, self._mask
        numbers = [hash(key) for key in keys]
        for number in numbers:
            if heads[number & mask]:
                at = self._entry_of(number)
                if at:
                    return keys[numbers.index(number)], self._line_at(at)
        self._put(numbers, line)
        return None

    def put(self, keys: Iterable[K], line: int) -> None:
        """Note the line of keys, whether they have been seen before or not."""
        self._put([hash(key) for key in keys], line)

    @property
    def mark(self) -> int:
        """How far it has come, for ``take_back``."""
        return len(self._hashes)

    def take_back(self, mark: int | None = None) -> None:
        """Forget what was added behind a mark, by default all that is not settled."""
        end = self._settled if mark is None else mark
        while self.mark > end:
            self._heads[self._hashes.pop() & self._mask] = self._before.pop()
        while self._firsts and self._firsts[-1] >= end:
            self._firsts.pop()
            self._lines.pop()

    def settle(self) -> None:
        """Keep for good what was added."""
        self._settled = self.mark

    def _put(self, numbers: Iterable[int], line: int) -> None:
        heads, mask = self._heads, self._mask
        hashes, before = self._hashes, self._before
        at = len(hashes)
        self._firsts.append(at)
        self._lines.append(line)
        for number in numbers:
            place = number & mask
            hashes.append(number)
            before.append(heads[place])
            heads[place] = at
            at += 1

    def _entry_of(self, number: int) -> int:
        """Find the last entry of a hash; 0: there is none."""
        hashes, before = self._hashes, self._before
        at = self._heads[number & self._mask]
        while at and hashes[at] != number:
            at = before[at]
        return at

    def _line_at(self, entry: int) -> int:
        return self._lines[bisect_right(self._firsts, entry) - 1]
