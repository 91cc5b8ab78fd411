"""
Shapes of changes as SQLAlchemy's inserts, updates and deletions.

Owns how a change is said in Core, and how several are said in one statement where the
engine lets a ``WITH`` write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from loyaltycore.schema.tables import INTEGER_MAX
from loyaltycore.stores.sql.holes import ONE, Holes


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from loyaltycore.schema.tables import Collection
    from loyaltycore.stores.additions import Addition
    from loyaltycore.stores.sql.manners import EngineName

__all__ = [
    "Added",
    "Deleted",
    "Inserted",
    "Leased",
    "Made",
    "Piece",
    "Updated",
    "Writing",
]

_SMALLEST: Final = sa.literal_column(str(-INTEGER_MAX), sa.BigInteger())
_LARGEST: Final = sa.literal_column(str(INTEGER_MAX), sa.BigInteger())
_ZERO: Final = sa.literal_column("0", sa.BigInteger())
_AS_TIMES: Final = 8  # how tightly an operator binds, as SQLAlchemy counts it

_Dml: TypeAlias = sa.Insert | sa.Update | sa.Delete


class Inserted(NamedTuple):
    """So many rows, every column."""

    collection: str
    rows: int
    is_ignoring: bool


class Updated(NamedTuple):
    """Columns *names* of the row that *ref* names, and its version if expected."""

    collection: str
    names: tuple[str, ...]
    ref: tuple[str, ...]
    is_expecting: bool


class Deleted(NamedTuple):
    """The row that *ref* names."""

    collection: str
    ref: tuple[str, ...]


class Added(NamedTuple):
    """To a row that is there; holes: what is given, key, limits."""

    collection: str
    addition: Addition


class Made(NamedTuple):
    """A row to the row of its key, or the row itself; holes: the row, limits."""

    collection: str
    addition: Addition


class Leased(NamedTuple):
    """A holder and a moment for rows by key; holes: these two, the keys."""

    collection: str
    width: int


Piece: TypeAlias = Inserted | Updated | Deleted | Added | Made | Leased


class Writing:
    """
    Builds changes of some tables.

    Args:
        table: finds a collection's table.
        flavour: how an insert leaves a taken key alone.
    """

    def __init__(
        self,
        table: Callable[[str], sa.Table],
        flavour: EngineName,
    ) -> None:
        self._table = table
        self._flavour = flavour

    def one(self, piece: Piece, of: Collection) -> _Dml:
        """Say one change."""
        return self._piece(piece, of, Holes())

    def together(self, pieces: Iterable[tuple[Piece, Collection]]) -> sa.Select[Any]:
        """
        Say several changes in one statement, which answers how many rows each did.

        They have to be of different rows: each sees the state before all of them.
        """
        holes = Holes()
        counts: list[sa.ColumnElement[Any]] = []
        for number, (piece, of) in enumerate(pieces):
            done = self._piece(piece, of, holes)
            named = done.returning(ONE.label("one")).cte(f"c{number}")
            count = sa.select(sa.func.count()).select_from(named).scalar_subquery()
            counts.append(count.label(f"n{number}"))
        return sa.select(*counts)

    def _piece(self, piece: Piece, of: Collection, holes: Holes) -> _Dml:
        table = self._table(piece.collection)
        if isinstance(piece, Inserted):
            return self._insert(piece, of, table, holes)
        if isinstance(piece, Updated):
            return _update(piece, table, holes)
        if isinstance(piece, Added):
            return self._add(piece, of, table, holes)
        if isinstance(piece, Made):
            return self._make(piece, of, table, holes)
        if isinstance(piece, Leased):
            return _lease(piece, of, table, holes)
        return sa.delete(table).where(*_equal(table, piece.ref, holes))

    def _insert(
        self, piece: Inserted, of: Collection, table: sa.Table, holes: Holes
    ) -> sa.Insert:
        rows = [
            {name: holes.new(table.c[name]) for name in of.by_name}
            for _ in range(piece.rows)
        ]
        insert = self._new(table).values(rows[0] if len(rows) == 1 else rows)
        if not piece.is_ignoring:
            return insert
        if isinstance(insert, postgresql.Insert | sqlite.Insert):
            return insert.on_conflict_do_nothing()
        return insert.prefix_with("IGNORE")

    def _make(
        self, piece: Made, of: Collection, table: sa.Table, holes: Holes
    ) -> sa.Insert:
        row = {name: holes.new(table.c[name]) for name in of.by_name}
        insert = self._new(table).values(row)
        assert isinstance(insert, postgresql.Insert | sqlite.Insert), "it can upsert"
        addition = piece.addition
        given = {name: insert.excluded[name] for name in addition.given}
        limits = {name: holes.new(table.c[name]) for name in addition.limits}
        sets, within = self._adding(of, table, addition, given, limits)
        return insert.on_conflict_do_update(
            index_elements=[table.c[name] for name in of.key],
            set_=sets,
            where=within,
        )

    def _add(
        self, piece: Added, of: Collection, table: sa.Table, holes: Holes
    ) -> sa.Update:
        addition = piece.addition
        given = {name: holes.new(table.c[name]) for name in addition.given}
        key = _equal(table, of.key, holes)
        limits = {name: holes.new(table.c[name]) for name in addition.limits}
        sets, within = self._adding(of, table, addition, given, limits)
        return sa.update(table).where(*key, within).ordered_values(*sets.items())

    def _adding(
        self,
        of: Collection,
        table: sa.Table,
        addition: Addition,
        given: Mapping[str, sa.ColumnElement[Any]],
        limits: Mapping[str, sa.ColumnElement[Any]],
    ) -> tuple[dict[str, Any], sa.ColumnElement[bool]]:
        """
        Say what is set, and under which conditions: limits, and the 53 bits.

        Means come first: on MySQL a column that was set before has its new value, and
        they are said in old ones.
        """
        now: dict[str, sa.ColumnElement[Any]] = {
            name: sa.func.coalesce(table.c[name], _ZERO)
            if of.by_name[name].nullable
            else table.c[name]
            for name in addition.numbers
        }
        sums = {name: now[name] + given[name] for name in addition.deltas}
        after = {**now, **sums}
        for name in addition.raises:
            column, term = table.c[name], given[name]
            after[name] = sa.case((column > term, column), else_=term)
        sets: dict[str, Any] = {
            name: self._mean(after[first], after[second])
            for name, first, second in addition.means
        }
        sets |= {name: after[name] for name in addition.given}
        within: list[sa.ColumnElement[bool]] = [
            total.between(_SMALLEST, _LARGEST) for total in sums.values()
        ]
        within += [after[name] <= limit for name, limit in limits.items()]
        first = of.key[0]
        return sets or {first: table.c[first]}, sa.and_(sa.true(), *within)

    def _mean(
        self, first: sa.ColumnElement[Any], second: sa.ColumnElement[Any]
    ) -> sa.ColumnElement[Any]:
        """Say the mean, rounded half away from zero; the sign cuts off, either way."""
        sign = "DIV" if self._flavour == "mysql" else "/"
        over = sa.custom_op[Any](sign, precedence=_AS_TIMES)
        down = (second - first - first).operate(over, second + second)
        up = (first + first + second).operate(over, second + second)
        return sa.case((second <= _ZERO, sa.null()), (first < _ZERO, -down), else_=up)

    def _new(self, table: sa.Table) -> sa.Insert:
        if self._flavour == "postgresql":
            return postgresql.insert(table)
        if self._flavour == "sqlite":
            return sqlite.insert(table)
        return sa.insert(table)


def _update(piece: Updated, table: sa.Table, holes: Holes) -> sa.Update:
    sets: dict[str, Any] = {name: holes.new(table.c[name]) for name in piece.names}
    if not sets:  # only asks whether the row is there
        sets = {piece.ref[0]: table.c[piece.ref[0]]}
    ends = (*piece.ref, "version") if piece.is_expecting else piece.ref
    return sa.update(table).where(*_equal(table, ends, holes)).values(sets)


def _lease(piece: Leased, of: Collection, table: sa.Table, holes: Holes) -> sa.Update:
    sets = {name: holes.new(table.c[name]) for name in ("holder", "due_at")}
    rows = [sa.and_(*_equal(table, of.key, holes)) for _ in range(piece.width)]
    return sa.update(table).where(sa.or_(*rows)).values(sets)


def _equal(
    table: sa.Table, names: Sequence[str], holes: Holes
) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == holes.new(table.c[name]) for name in names]
