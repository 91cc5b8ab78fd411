"""
Shapes of questions as SQLAlchemy's selects.

Owns how predicates, orders and places of a keyset are said in Core.  Logic there has
three values and ours has two, so a negation is written ``IS NOT true``.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from loyaltycore.query.queries import Measure, MeasureKind
from loyaltycore.stores.sql.column_types import comparable
from loyaltycore.stores.sql.holes import ONE, Holes
from loyaltycore.stores.sql.shapes import InShape, Sorting, Term


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from loyaltycore.stores.sql.shapes import (
        Holds,
        Joined,
        Looked,
        Selected,
        Summarized,
    )

__all__ = ["Reading"]

_COMPARE: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "eq": operator.eq,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "from": operator.ge,
    "distinct": lambda column, hole: column.is_distinct_from(hole),
}

_NEARLY_ALL: Final = sa.literal_column("0.9", sa.Float())
_HARDLY_ANY: Final = sa.literal_column("0.0001", sa.Float())


class Reading:
    """
    Builds selects over some tables.

    Args:
        compares_rows: whether the engine finds ``(a, b) > (x, y)`` through an index.
        sorts_nulls_last: whether NULL is the greatest value there.
        finds_with: the function that says where in a text another is.
        guesses_rare: whether it has to be told that nearly all rows are of the program.
    """

    def __init__(
        self,
        table: Callable[[str], sa.Table],
        *,
        compares_rows: bool,
        sorts_nulls_last: bool,
        finds_with: str,
        guesses_rare: bool,
    ) -> None:
        self._table = table
        self._compares_rows = compares_rows
        self._sorts_nulls_last = sorts_nulls_last
        self._finds_with = finds_with
        self._guesses_rare = guesses_rare

    def looked(self, shape: Looked, names: tuple[str, ...]) -> sa.Select[Any]:
        """Rows by their names; in the order of these where they are locked."""
        table, holes = self._table(shape.collection), Holes()
        columns = [table.c[name] for name in shape.columns]
        select = sa.select(*(table.c[name] for name in names))
        if shape.is_listed:
            # What they have in common is said once: an index finds a list at once, and
            # an engine without statistics reads the table for a choice of many rows.
            *alike, listed = columns
            select = select.where(*(column == holes.new(column) for column in alike))
            select = select.where(
                listed.in_([holes.new(listed) for _ in range(shape.width)])
            )
        else:
            rows = [
                sa.and_(*(column == holes.new(column) for column in columns))
                for _ in range(shape.width)
            ]
            select = select.where(sa.or_(*rows))
        if shape.lock and shape.width > 1:
            select = select.order_by(*columns)
        return _locked(select, shape.lock)

    def joined(
        self, shape: Joined, names: Callable[[str], tuple[str, ...]]
    ) -> sa.Select[Any]:
        """One row each of several collections, all NULL where there is none."""
        holes = Holes()
        source: sa.FromClause = sa.select(ONE.label("one")).subquery("one")
        results: list[sa.ColumnElement[Any]] = []
        for number, (collection, columns) in enumerate(shape.refs):
            table = self._table(collection)
            found = (
                sa.select(*(table.c[name] for name in names(collection)))
                .where(*(table.c[name] == holes.new(table.c[name]) for name in columns))
                .subquery(f"r{number}")
            )
            source = source.outerjoin(found, sa.true())
            results += [
                found.c[name].label(f"r{number}_{place}")
                for place, name in enumerate(names(collection))
            ]
        return sa.select(*results).select_from(source)

    def selected(self, shape: Selected, names: tuple[str, ...]) -> sa.Select[Any]:
        """A page; the last hole is how many rows."""
        question = self._question(shape.collection)
        table = question.table
        select = sa.select(*(table.c[name] for name in names))
        terms = [question.holds(shape.where, table)]
        if shape.after:
            terms.append(self._after(question, shape))
        order = [self._sorted(table, one) for one in shape.order]
        select = select.where(*terms).order_by(*order)
        return _locked(select.limit(question.holes.number()), shape.lock)

    def summarized(self, shape: Summarized) -> sa.Select[Any]:
        """A column that means nothing, the columns *by*, the measures."""
        question = self._question(shape.collection)
        table = question.table
        columns = [table.c[name] for name in shape.by]
        terms = [_measure(table, measure) for measure in shape.measures]
        plain = columns or terms  # else: one row, whatever there is
        first: sa.ColumnElement[Any] = ONE if plain else sa.func.count()
        each_one: list[sa.ColumnElement[Any]] = [first, *columns, *terms]
        listed = [each.label(f"c{n}") for n, each in enumerate(each_one)]
        select = sa.select(*listed).where(question.holds(shape.where, table))
        select = select.select_from(table)
        if columns:
            order = [
                self._sorted(table, Sorting(name, descending=False, nullable=True))
                for name in shape.by
            ]
            select = select.group_by(*columns).order_by(*order)
        return _locked(select, shape.lock)

    def _question(self, collection: str) -> _Question:
        return _Question(
            self._table,
            collection,
            guesses_rare=self._guesses_rare,
            finds_with=self._finds_with,
        )

    def _sorted(self, table: sa.FromClause, one: Sorting) -> sa.ColumnElement[Any]:
        column = table.c[one.column]
        if not (one.nullable and self._sorts_nulls_last):
            return column.desc() if one.descending else column.asc()
        if one.descending:
            return column.desc().nulls_last()
        return column.asc().nulls_first()

    def _after(self, question: _Question, shape: Selected) -> sa.ColumnElement[bool]:
        """Only rows behind a place; one hole for each column that has a value there."""
        table = question.table
        places = [
            _Place(one, table.c[one.column], question.holes if has_value else None)
            for one, has_value in zip(shape.order, shape.after, strict=True)
        ]
        directions = {one.descending for one in shape.order}
        has_none = any(one.nullable for one in shape.order)
        if self._compares_rows and len(directions) == 1 and not has_none:
            row = sa.tuple_(*(each.column for each in places))
            place = sa.tuple_(*(each.hole for each in places))
            return row < place if directions.pop() else row > place
        # Every length of tie is said; the first term lets an index start.
        ways: list[sa.ColumnElement[bool]] = []
        for tied, last in enumerate(places):
            way = [each.tie() for each in places[:tied]]
            ways.append(sa.and_(*way, last.behind()))
        return sa.and_(places[0].not_before(), sa.or_(*ways))


class _Place:
    """
    One column of the order, and its value where the last page ended.

    Args:
        holes: makes a hole for the value; None: it is None.
    """

    def __init__(
        self, order: Sorting, column: sa.ColumnElement[Any], holes: Holes | None
    ) -> None:
        self.column = column
        self.hole = None if holes is None else holes.new(column)
        self._descending = order.descending
        self._has_none_behind = order.descending and order.nullable

    def tie(self) -> sa.ColumnElement[bool]:
        """Say that a row has the same value."""
        return self.column.is_(None) if self.hole is None else self.column == self.hole

    def behind(self) -> sa.ColumnElement[bool]:
        """Say that a row comes later by this column; None is before everything."""
        if self.hole is None:
            return sa.false() if self._descending else self.column.is_not(None)
        if self._descending:
            return self._or_none(self.column < self.hole)
        return self.column > self.hole

    def not_before(self) -> sa.ColumnElement[bool]:
        """Say that a row comes later or ties."""
        if self.hole is None:
            return self.column.is_(None) if self._descending else sa.true()
        if self._descending:
            return self._or_none(self.column <= self.hole)
        return self.column >= self.hole

    def _or_none(self, term: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        return sa.or_(term, self.column.is_(None)) if self._has_none_behind else term


class _Question:
    """One select on its way: its table, its aliases, its holes."""

    def __init__(
        self,
        table: Callable[[str], sa.Table],
        collection: str,
        *,
        guesses_rare: bool,
        finds_with: str,
    ) -> None:
        self._table = table
        self._guesses_rare = guesses_rare
        self._find = getattr(sa.func, finds_with)
        self._aliases = 0
        self.holes = Holes()
        self.table: sa.FromClause = table(collection).alias("t0")

    def holds(self, shape: Holds, ours: sa.FromClause) -> sa.ColumnElement[bool]:
        """Say a predicate of a row of *ours*."""
        if isinstance(shape, Term):
            return self._term(shape, ours)
        if isinstance(shape, InShape):
            return self._exists(shape, ours)
        each = [self.holds(term, ours) for term in shape.terms]
        if shape.op == "not":
            return each[0].is_not(sa.true())
        if shape.op == "or":
            return sa.or_(sa.false(), *each)
        return sa.and_(sa.true(), *each)

    def _term(self, term: Term, ours: sa.FromClause) -> sa.ColumnElement[bool]:
        column = ours.c[term.column]
        if term.op == "null":
            return column.is_(None)
        if term.op == "present":
            return column.is_not(None)
        holes = [self.holes.new(column) for _ in range(term.width)]
        if term.op == "in":
            return column.in_(holes)
        if term.op == "between":
            return sa.and_(column >= holes[0], column < holes[1])
        if term.op == "contains":
            found: sa.ColumnElement[Any] = self._find(column, holes[0])
            return found > sa.literal_column("0", sa.Integer())
        result: sa.ColumnElement[bool] = _COMPARE[term.op](column, holes[0])
        if self._guesses_rare and term.op == "eq" and term.column == "program_id":
            return sa.func.likelihood(result, _NEARLY_ALL, type_=sa.Boolean())
        return result

    def _paired(
        self, pair: sa.ColumnElement[bool], their: str
    ) -> sa.ColumnElement[bool]:
        """Hardly any row belongs to one of ours, apart from its program."""
        if not self._guesses_rare or their == "program_id":
            return pair
        return sa.func.likelihood(pair, _HARDLY_ANY, type_=sa.Boolean())

    def _exists(self, shape: InShape, ours: sa.FromClause) -> sa.ColumnElement[bool]:
        self._aliases += 1
        theirs = self._table(shape.collection).alias(f"t{self._aliases}")
        pairs = [
            self._paired(theirs.c[their] == ours.c[our], their)
            for their, our in shape.on
        ]
        term = self.holds(shape.term, theirs)
        found = sa.select(ONE).select_from(theirs)
        return found.where(*pairs, term).correlate_except(theirs).exists()


def _measure(table: sa.FromClause, measure: Measure) -> sa.ColumnElement[Any]:
    if measure.kind is MeasureKind.COUNT or measure.column is None:
        return sa.func.count()
    column = table.c[measure.column]
    if measure.kind is MeasureKind.SUM:
        return sa.func.coalesce(sa.func.sum(column), sa.literal_column("0"))
    of = comparable(column)
    return sa.func.min(of) if measure.kind is MeasureKind.MIN else sa.func.max(of)


def _locked(select: sa.Select[Any], lock: str) -> sa.Select[Any]:
    if not lock:
        return select
    return select.with_for_update(read=lock == "share", skip_locked=lock == "skip")
