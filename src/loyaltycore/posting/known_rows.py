"""
Rows as one session knows them: as it read them, with its own changes.

Owns how that is looked up by every name of a row, and how what was learned since some
moment is given up again.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from loyaltycore.ports import Ref
from loyaltycore.schema import COLLECTIONS


if TYPE_CHECKING:
    from loyaltycore.query.predicates import Row

__all__ = ["UNKNOWN", "KnownRows"]

#: Nothing is known of a row, not even that there is none.
UNKNOWN: Final[Any] = object()


class KnownRows:
    """What is known of rows, by collection, and by key or unique there."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[Ref, Any]] = defaultdict(dict)  # by key
        self._keys: dict[str, dict[Ref, Any]] = defaultdict(dict)  # by unique
        self._held: dict[Ref, Any] = {}  # by key: nobody else changes it
        self._before: list[tuple[dict[Ref, Any], Ref, Any]] = []
        self._marks = 0

    def get(self, ref: Ref) -> Any:
        """Return a row, None where there is none, or ``UNKNOWN``."""
        key: Any = ref
        collection = COLLECTIONS.get(ref.collection)
        if collection is None:  # which the store says better
            return UNKNOWN
        if ref.columns != collection.key:
            key = self._keys[ref.collection].get(ref, UNKNOWN)
        if key is None or key is UNKNOWN:
            return key
        return self._rows[ref.collection].get(key, UNKNOWN)

    def is_held(self, collection: str, row: Row) -> bool:
        """Is it certain that nobody else changes a row?"""
        return self._held.get(_key(collection, row)) is True

    def learn(self, ref: Ref, row: Row | None, *, is_held: bool) -> None:
        """Take in what was read; what is known and was changed since stays."""
        collection = ref.collection
        is_by_key = ref.columns == COLLECTIONS[collection].key
        key = ref if row is None else _key(collection, row)
        if not is_by_key:
            self._note(self._keys[collection], ref, None if row is None else key)
        if row is None and not is_by_key:
            return
        rows = self._rows[collection]
        if is_held or rows.get(key, UNKNOWN) is UNKNOWN:
            self._note(rows, key, row)
        if is_held:
            self._note(self._held, key, True)  # noqa: FBT003 - what is noted

    def change(self, ref: Ref, row: Row) -> None:
        """Take in how a row, named by its key, is now."""
        self._note(self._rows[ref.collection], ref, row)

    def doubt(self, collection: str, row: Row) -> None:
        """Give up what is known by the names of a row that is new."""
        described = COLLECTIONS[collection]
        self._doubt(self._rows[collection], collection, described.key, row)
        for unique in described.uniques:
            self._doubt(self._keys[collection], collection, unique, row)

    def forget(self, collection: str) -> None:
        """Give up everything that is known of a collection, but for what is held."""
        for known in (self._rows[collection], self._keys[collection]):
            for ref in known:
                self._note(known, ref, UNKNOWN)

    def mark(self) -> int:
        """Say how much is known by now; ends with ``undo`` or ``keep``."""
        self._marks += 1
        return len(self._before)

    def keep(self) -> None:
        """End the last mark."""
        self._marks -= 1
        if not self._marks:
            self._before.clear()

    def undo(self, mark: int) -> None:
        """End the last mark, and give up what was learned since."""
        while len(self._before) > mark:
            known, ref, value = self._before.pop()
            known[ref] = value
        self.keep()

    def _doubt(
        self, known: dict[Ref, Any], collection: str, name: tuple[str, ...], row: Row
    ) -> None:
        if known:
            ref = Ref(collection, name, tuple([row[column] for column in name]))
            if ref in known:
                self._note(known, ref, UNKNOWN)

    def _note(self, known: dict[Ref, Any], ref: Ref, value: Any) -> None:
        if self._marks:
            self._before.append((known, ref, known.get(ref, UNKNOWN)))
        known[ref] = value


def _key(collection: str, row: Row) -> Ref:
    """Name a row by its key."""
    key = COLLECTIONS[collection].key
    return Ref(collection, key, tuple([row[name] for name in key]))
