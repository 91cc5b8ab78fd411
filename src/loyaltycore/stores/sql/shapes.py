"""
Questions without their values: what a statement is cached by.

Owns how a plan is taken apart into a shape, which has a hole for every value, and the
values, in the order of the holes.  Two queries that differ in values only have the same
shape, so one statement serves both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, assert_never

from loyaltycore.query.predicates import And, Compare, Exists, Not, Op, Or, Predicate
from loyaltycore.stores.lookups import padded, width
from loyaltycore.stores.prefixes import prefix_end


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from loyaltycore.query.queries import Measure
    from loyaltycore.schema.questions import Plan
    from loyaltycore.schema.tables import Collection
    from loyaltycore.stores.codecs import Conversions

__all__ = [
    "Holds",
    "InShape",
    "Joined",
    "Looked",
    "Selected",
    "Sorting",
    "Summarized",
    "Term",
    "Terms",
    "shape_of",
]


class Term(NamedTuple):
    """
    A column against holes.

    Attributes:
        op: eq, null, present, distinct, lt, le, gt, ge, in, from, between (a range
            without its end), contains.
        width: how many holes.
    """

    column: str
    op: str
    width: int = 1


class Terms(NamedTuple):
    """Several of them; ``op`` is and, or, not."""

    op: str
    terms: tuple[Holds, ...]


class InShape(NamedTuple):
    """A semi-join."""

    collection: str
    on: tuple[tuple[str, str], ...]
    term: Holds


Holds: TypeAlias = Term | Terms | InShape


class Sorting(NamedTuple):
    """A column of an order."""

    column: str
    descending: bool
    nullable: bool


class Selected(NamedTuple):
    """
    A page of rows.

    Attributes:
        after: whether each column of the order has a value, or None, at the place
            behind which the page begins; empty: at the beginning.
        lock: ``""``, ``share``, or ``skip`` (for update, without what others hold).
    """

    collection: str
    where: Holds
    order: tuple[Sorting, ...]
    after: tuple[bool, ...]
    lock: str


class Summarized(NamedTuple):
    """Measures of all rows."""

    collection: str
    where: Holds
    by: tuple[str, ...]
    measures: tuple[Measure, ...]
    lock: str


class Looked(NamedTuple):
    """
    Rows by their names, *width* at a time.

    Attributes:
        is_listed: they differ in the last of the columns only, so that the values of
            the others come once.
    """

    collection: str
    columns: tuple[str, ...]
    width: int
    lock: str
    is_listed: bool


class Joined(NamedTuple):
    """One row each of several collections, in one statement and without locks."""

    refs: tuple[tuple[str, tuple[str, ...]], ...]


def shape_of(
    plan: Plan,
    collections: Mapping[str, Collection],
    conversions: Conversions,
    lock: str = "",
) -> tuple[Selected, list[Any]]:
    """Take a plan of a page apart; the number of rows is the last hole, still open."""
    walk = Walk(collections, conversions)
    where = walk.where(plan)
    by_name = plan.collection.by_name
    order = tuple(
        Sorting(one.column, one.descending, by_name[one.column].nullable)
        for one in plan.order
        if one.column not in plan.bound
    )
    after: tuple[bool, ...] = ()
    if plan.after is not None:
        places = dict(zip((one.column for one in plan.order), plan.after, strict=True))
        after = tuple(places[one.column] is not None for one in order)
        for one in order:
            if places[one.column] is not None:
                walk.put(plan.collection, one.column, places[one.column])
        if not order:  # every column is bound, so the one row was shown already
            where = Terms("and", (where, Terms("or", ())))
    return Selected(plan.collection.name, where, order, after, lock), walk.values


class Walk:
    """Goes through a predicate once, leaving holes and collecting values."""

    def __init__(
        self, collections: Mapping[str, Collection], conversions: Conversions
    ) -> None:
        self._collections = collections
        self._conversions = conversions
        self.values: list[Any] = []

    def put(self, of: Collection, column: str, value: Any) -> None:
        """Fill the next hole."""
        self.values.append(self._conversions.encoded(of, column, value))

    def where(self, plan: Plan) -> Holds:
        """Shape the whole of a plan's predicate."""
        of = plan.collection
        terms: list[Holds] = [
            self._equal(of, name, value) for name, value in plan.bound.items()
        ]
        terms += [self._holds(term, of) for term in plan.rest]
        return Terms("and", tuple(terms))

    def _holds(self, predicate: Predicate, of: Collection) -> Holds:
        match predicate:
            case Compare():
                return self._compare(predicate, of)
            case And(terms):
                return Terms("and", tuple(self._holds(term, of) for term in terms))
            case Or(terms):
                return Terms("or", tuple(self._holds(term, of) for term in terms))
            case Not(term):
                return Terms("not", (self._holds(term, of),))
            case Exists():
                theirs = self._collections[predicate.collection]
                inner = self._holds(predicate.where, theirs)
                return InShape(predicate.collection, tuple(predicate.on), inner)
            case _ as never:  # pragma: no cover : the plan was checked
                assert_never(never)

    def _compare(self, term: Compare, of: Collection) -> Holds:
        column, op, value = term.column, term.op, term.value
        match op:
            case Op.EQ:
                return self._equal(of, column, value)
            case Op.NE:
                if value is None:
                    return Term(column, "present", 0)
                self.put(of, column, value)
                return Term(column, "distinct")
            case Op.LT | Op.LE | Op.GT | Op.GE:
                if value is None:
                    return Terms("or", ())
                self.put(of, column, value)
                return Term(column, op.value)
            case Op.IN:
                assert isinstance(value, tuple), "the plan was checked"
                return self._in(of, column, value)
            case Op.STARTS_WITH:
                assert isinstance(value, str), "the plan was checked"
                return self._starts_with(column, value)
            case Op.CONTAINS:
                return self._contains(column, value)
            case _ as never:  # pragma: no cover : the enum above is closed
                assert_never(never)

    def _equal(self, of: Collection, column: str, value: Any) -> Holds:
        if value is None:
            return Term(column, "null", 0)
        self.put(of, column, value)
        return Term(column, "eq")

    def _in(self, of: Collection, column: str, values: tuple[Any, ...]) -> Holds:
        if not values:
            return Terms("or", ())
        for value in padded(values):
            self.put(of, column, value)
        return Term(column, "in", width(len(values)))

    def _starts_with(self, column: str, start: str) -> Holds:
        if not start:
            return Term(column, "present", 0)
        self.values.append(start)
        end = prefix_end(start)
        if end is None:
            return Term(column, "from")
        self.values.append(end)
        return Term(column, "between", 2)

    def _contains(self, column: str, part: Any) -> Holds:
        if not part:
            return Term(column, "present", 0)
        self.values.append(part)
        return Term(column, "contains")


def are_alike(rows: Sequence[tuple[Any, ...]]) -> bool:
    """Whether names of rows are several, and differ in their last value only."""
    *first, _ = rows[0]
    return len(rows) > 1 and all([*alike] == first for *alike, _ in rows)
