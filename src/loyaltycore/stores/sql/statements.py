"""
Statements of one database and driver, built once a shape.

Owns the cache.  What a shape says in SQL is told by ``reading`` and ``writing``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from loyaltycore.stores.codecs import Codec
from loyaltycore.stores.sql.holes import Statement
from loyaltycore.stores.sql.reading import Reading
from loyaltycore.stores.sql.shapes import Joined, Looked, Selected, Summarized
from loyaltycore.stores.sql.writing import Piece, Writing


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import sqlalchemy as sa
    from sqlalchemy.engine import Dialect

    from loyaltycore.schema.tables import Collection
    from loyaltycore.stores.sql.manners import Manners

__all__ = ["Statements"]

_KEPT_MAX: Final = 2_000  # more would be somebody's endless combinations


class Statements:
    """The statements of one set of tables; each is built when it is first needed."""

    def __init__(
        self,
        dialect: Dialect,
        manners: Manners,
        table: Callable[[str], sa.Table],
        collections: Mapping[str, Collection],
    ) -> None:
        self._dialect = dialect
        self._collections = collections
        self._conversions = manners.conversions
        self._reading = Reading(
            table,
            compares_rows=manners.compares_rows,
            sorts_nulls_last=manners.sorts_nulls_last,
            finds_with=manners.finds_with,
            guesses_rare=manners.guesses_rare,
        )
        self._writing = Writing(table, manners.name)
        self._built: dict[Any, Statement] = {}
        self._codecs: dict[tuple[str, tuple[str, ...]], Codec] = {}

    def codec(self, collection: Collection, names: tuple[str, ...]) -> Codec:
        """Find who converts these columns."""
        shape = (collection.name, names)
        codec = self._codecs.get(shape)
        if codec is None:
            _make_room(self._codecs)
            codec = Codec(self._conversions, collection, names)
            self._codecs[shape] = codec
        return codec

    def whole(self, collection: Collection) -> Codec:
        """Find who converts whole rows."""
        return self.codec(collection, tuple(collection.by_name))

    def reading(self, shape: Looked | Joined | Selected | Summarized) -> Statement:
        """Find the statement that asks this."""
        key = (type(shape), shape)  # tuples of two kinds may be equal
        return self._built.get(key) or self._keep(key, self._select(shape))

    def writing(self, piece: Piece) -> Statement:
        """Find the statement that changes this."""
        key = (type(piece), piece)
        found = self._built.get(key)
        if found is not None:
            return found
        of = self._collections[piece.collection]
        return self._keep(key, self._writing.one(piece, of))

    def together(self, pieces: Sequence[Piece]) -> Statement:
        """Find the statement that changes all of this at once."""
        key = tuple((type(piece), piece) for piece in pieces)
        found = self._built.get(key)
        if found is not None:
            return found
        each = [(piece, self._collections[piece.collection]) for piece in pieces]
        return self._keep(key, self._writing.together(each))

    def _select(self, shape: Looked | Joined | Selected | Summarized) -> Any:
        if isinstance(shape, Summarized):
            return self._reading.summarized(shape)
        if isinstance(shape, Joined):
            return self._reading.joined(shape, self._names)
        names = self._names(shape.collection)
        if isinstance(shape, Looked):
            return self._reading.looked(shape, names)
        return self._reading.selected(shape, names)

    def _names(self, collection: str) -> tuple[str, ...]:
        return tuple(self._collections[collection].by_name)

    def _keep(self, key: Any, element: Any) -> Statement:
        _make_room(self._built)
        built = self._built[key] = Statement(element, self._dialect)
        return built


def _make_room(kept: dict[Any, Any]) -> None:
    if len(kept) >= _KEPT_MAX:
        kept.clear()
