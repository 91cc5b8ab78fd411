"""
Queries as SQLite statements.

Owns how predicates, orders and places of a keyset are said in SQL.  Logic there has
three values and ours has two, so a negation is written ``IS NOT TRUE``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, assert_never

from loyaltycore.query.predicates import And, Compare, Exists, Not, Op, Or, Predicate
from loyaltycore.query.queries import Measure, MeasureKind
from loyaltycore.stores.codecs import AS_TEXT
from loyaltycore.stores.prefixes import prefix_end
from loyaltycore.stores.sqlite_statements import Statements, quoted


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from loyaltycore.query.queries import Order
    from loyaltycore.schema.questions import Plan
    from loyaltycore.schema.tables import Collection
    from loyaltycore.stores.codecs import Codec

__all__ = ["Question"]

_SIGNS: Final = {Op.EQ: "=", Op.LT: "<", Op.LE: "<=", Op.GT: ">", Op.GE: ">="}


class Question:
    """One query on its way to a statement: text in pieces, and parameters."""

    __slots__ = ("_aliases", "_collections", "_plan", "_statements", "parameters")

    def __init__(
        self, statements: Statements, collections: Mapping[str, Collection], plan: Plan
    ) -> None:
        self._statements = statements
        self._collections = collections
        self._plan = plan
        self._aliases = 0
        self.parameters: list[Any] = []

    def select(self, limit: int) -> tuple[str, Codec]:
        """Text for rows in order, from the plan's place on."""
        codec = self._statements.whole(self._plan.collection)
        names = ", ".join(f"t0.{quoted(name)}" for name in codec.names)
        free = [one for one in self._plan.order if one.column not in self._plan.bound]
        order = ", ".join(
            f"t0.{quoted(one.column)}{' DESC' if one.descending else ''}"
            for one in free
        )
        text = f"SELECT {names}{self._from_where()}"
        if order:
            text += f" ORDER BY {order}"
        self.parameters.append(limit)
        return f"{text} LIMIT ?", codec

    def summarize(self, by: Sequence[str], measures: Mapping[str, Measure]) -> str:
        """Text for a column that means nothing, the columns *by*, the measures."""
        columns = [f"t0.{quoted(name)}" for name in by]
        terms = [_measure(measure) for measure in measures.values()]
        first = "1" if columns or terms else "COUNT(*)"  # one row, whatever there is
        text = f"SELECT {', '.join((first, *columns, *terms))}{self._from_where()}"
        if columns:
            together = ", ".join(columns)
            text += f" GROUP BY {together} ORDER BY {together}"
        return text

    # -- where -------------------------------------------------------------------------

    def _from_where(self) -> str:
        collection = self._plan.collection
        terms = [
            _not_telling(name, self._equal("t0", collection, name, value))
            for name, value in self._plan.bound.items()
        ]
        terms += [self._holds(term, "t0", collection) for term in self._plan.rest]
        if self._plan.after is not None:
            terms += self._after()
        where = f" WHERE {' AND '.join(terms)}" if terms else ""
        return f" FROM {self._statements.table(collection.name)} AS t0{where}"

    def _holds(self, predicate: Predicate, alias: str, of: Collection) -> str:
        match predicate:
            case Compare():
                return self._compare(predicate, alias, of)
            case And(terms):
                each = [self._holds(term, alias, of) for term in terms]
                return f"({' AND '.join(each)})" if each else "TRUE"
            case Or(terms):
                each = [self._holds(term, alias, of) for term in terms]
                return f"({' OR '.join(each)})" if each else "FALSE"
            case Not(term):
                return f"({self._holds(term, alias, of)}) IS NOT TRUE"
            case Exists():
                return self._exists(predicate, alias)
            case _ as never:  # pragma: no cover : the plan was checked
                assert_never(never)

    def _exists(self, term: Exists, ours: str) -> str:
        self._aliases += 1
        theirs = f"t{self._aliases}"
        pairs = [
            _telling(their, f"{theirs}.{quoted(their)} = {ours}.{quoted(our)}")
            for their, our in term.on
        ]
        collection = self._collections[term.collection]
        terms = " AND ".join((*pairs, self._holds(term.where, theirs, collection)))
        table = self._statements.table(term.collection)
        return f"EXISTS (SELECT 1 FROM {table} AS {theirs} WHERE {terms})"

    def _compare(self, term: Compare, alias: str, of: Collection) -> str:
        column, value = f"{alias}.{quoted(term.column)}", term.value
        match term.op:
            case Op.EQ:
                return self._equal(alias, of, term.column, value)
            case Op.NE:
                self.parameters.append(AS_TEXT.encoded(of, term.column, value))
                return f"{column} IS NOT ?"
            case Op.LT | Op.LE | Op.GT | Op.GE:
                self.parameters.append(AS_TEXT.encoded(of, term.column, value))
                return f"{column} {_SIGNS[term.op]} ?"
            case Op.IN:
                assert isinstance(value, tuple), "the plan was checked"
                return self._in(
                    column, [AS_TEXT.encoded(of, term.column, one) for one in value]
                )
            case Op.STARTS_WITH:
                assert isinstance(value, str), "the plan was checked"
                return self._starts_with(column, value)
            case Op.CONTAINS:
                return self._contains(column, value)
            case _ as never:  # pragma: no cover : the enum above is closed
                assert_never(never)

    def _equal(self, alias: str, of: Collection, name: str, value: Any) -> str:
        column = f"{alias}.{quoted(name)}"
        if value is None:
            return f"{column} IS NULL"
        self.parameters.append(AS_TEXT.encoded(of, name, value))
        return f"{column} = ?"

    def _in(self, column: str, values: list[Any]) -> str:
        if not values:
            return "FALSE"
        # the last value repeated up to a power of two: few texts instead of thousands
        width = 1 << (len(values) - 1).bit_length()
        values += values[-1:] * (width - len(values))
        self.parameters += values
        return f"{column} IN ({', '.join('?' * width)})"

    def _starts_with(self, column: str, start: str) -> str:
        if not start:
            return f"{column} IS NOT NULL"
        self.parameters.append(start)
        end = prefix_end(start)
        if end is None:
            return f"{column} >= ?"
        self.parameters.append(end)
        return f"({column} >= ? AND {column} < ?)"

    def _contains(self, column: str, part: Any) -> str:
        if not part:
            return f"{column} IS NOT NULL"
        self.parameters.append(part)
        return f"instr({column}, ?) > 0"

    # -- where the last page ended -----------------------------------------------------

    def _after(self) -> list[str]:
        plan = self._plan
        assert plan.after is not None, "asked only then"
        places = [
            (one, AS_TEXT.encoded(plan.collection, one.column, value))
            for one, value in zip(plan.order, plan.after, strict=True)
            if one.column not in plan.bound
        ]
        if not places:
            return ["FALSE"]  # every column is bound, so the one row was shown already
        of = plan.collection.by_name
        directions = {one.descending for one, _ in places}
        if len(directions) > 1 or any(of[one.column].nullable for one, _ in places):
            return self._after_mixed(places)
        columns = ", ".join(f"t0.{quoted(one.column)}" for one, _ in places)
        marks = ", ".join("?" * len(places))
        self.parameters += [value for _, value in places]
        return [f"({columns}) {_beyond(places[0][0])} ({marks})"]

    def _after_mixed(self, places: list[tuple[Order, Any]]) -> list[str]:
        """
        Say every length of tie.

        Row values compare in one direction only, and with no NULL among them.
        """
        terms = [self._behind(*places[0], tied="=")]  # lets an index start
        ways: list[str] = []
        for tied, (last, its) in enumerate(places):
            way = [self._tie(one, value) for one, value in places[:tied]]
            way.append(self._behind(last, its))
            ways.append(f"({' AND '.join(way)})")
        terms.append(f"({' OR '.join(ways)})")
        return terms

    def _tie(self, one: Order, value: Any) -> str:
        column = f"t0.{quoted(one.column)}"
        if value is None:
            return f"{column} IS NULL"
        self.parameters.append(value)
        return f"{column} = ?"

    def _behind(self, one: Order, value: Any, tied: str = "") -> str:
        """Say that a row comes later by this column; with ``=``, or as early."""
        column = f"t0.{quoted(one.column)}"
        if value is None:  # before everything
            if one.descending:
                return f"{column} IS NULL" if tied else "FALSE"
            return "TRUE" if tied else f"{column} IS NOT NULL"
        self.parameters.append(value)
        term = f"{column} {_beyond(one)}{tied} ?"
        if one.descending and self._plan.collection.by_name[one.column].nullable:
            return f"({term} OR {column} IS NULL)"
        return term


def _not_telling(name: str, term: str) -> str:
    """
    Say that nearly all rows are of this program, which SQLite does not guess.

    It takes every equality for a rare one, and would rather walk through the key of a
    whole program than use the index that has the other column too.
    """
    return f"likelihood({term}, 0.9)" if name == "program_id" else term


def _telling(name: str, term: str) -> str:
    """
    Say that hardly any row belongs to this one, which SQLite does not guess either.

    Where more is asked of the row, it would rather walk through the key of a whole
    program, for every row of ours, than use an index that is not the key.
    """
    return term if name == "program_id" else f"likelihood({term}, 0.0001)"


def _beyond(order: Order) -> str:
    return "<" if order.descending else ">"


def _measure(measure: Measure) -> str:
    if measure.kind is MeasureKind.COUNT or measure.column is None:
        return "COUNT(*)"
    column = f"t0.{quoted(measure.column)}"
    if measure.kind is MeasureKind.SUM:
        return f"COALESCE(SUM({column}), 0)"
    return f"{measure.kind.upper()}({column})"
