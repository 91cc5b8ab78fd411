"""
Many rows by their names: gathered by collection, and asked for in few widths.

Owns the gathering; how an engine is asked is the store's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from loyaltycore.schema.checks import check_ref
from loyaltycore.schema.questions import collection_named


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from loyaltycore.ports import Ref
    from loyaltycore.query.predicates import Row
    from loyaltycore.schema.tables import Collection

__all__ = ["Lookups", "answers", "lookups", "padded", "width"]

#: By collection and columns: the rows by their values there, None until one is found.
Lookups: TypeAlias = "dict[tuple[str, tuple[str, ...]], dict[Any, Row | None]]"


def lookups(collections: Mapping[str, Collection], refs: Sequence[Ref]) -> Lookups:
    """
    Gather what is to be looked up, each row once.

    Raises:
        UnsupportedValue: a ref does not name one row.
    """
    gathered: Lookups = {}
    for ref in refs:
        collection = collection_named(collections, ref.collection)
        check_ref(collection, ref.columns, ref.values)
        rows = gathered.setdefault((ref.collection, tuple(ref.columns)), {})
        rows[tuple(ref.values)] = None
    return gathered


def answers(gathered: Lookups, refs: Sequence[Ref]) -> list[Row | None]:
    """List what was found, in the order of the refs."""
    return [
        gathered[ref.collection, tuple(ref.columns)][tuple(ref.values)] for ref in refs
    ]


def width(n: int) -> int:
    """Round up to a power of two: few statements instead of thousands."""
    return 1 << (n - 1).bit_length()


def padded(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Repeat the last value up to the width."""
    return values + values[-1:] * (width(len(values)) - len(values))
