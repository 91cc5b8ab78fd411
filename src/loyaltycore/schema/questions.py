"""
Which questions a collection can be asked.

Every store calls these before it reads, so that all of them refuse the same, and so
that what reaches an engine is known to be well typed and of bounded size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zlib import crc32

from loyaltycore.errors import InvalidValue, UnsupportedValue
from loyaltycore.query.predicates import (
    And,
    Compare,
    Exists,
    Not,
    Op,
    Or,
    Predicate,
    where,
)
from loyaltycore.query.queries import (
    LIMIT_MAX,
    Measure,
    MeasureKind,
    Order,
    Query,
    decode_cursor,
    encode_cursor,
)
from loyaltycore.schema.checks import check_values, problem_with
from loyaltycore.schema.tables import Collection, ColumnType


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from loyaltycore.query.predicates import Row, Scalar

__all__ = [
    "DEPTH_MAX",
    "TERMS_MAX",
    "VALUES_MAX",
    "Plan",
    "check_measures",
    "collection_named",
    "lease_query",
    "plan_query",
]

DEPTH_MAX: Final = 32
TERMS_MAX: Final = 256
VALUES_MAX: Final = 10_000

_OF_TEXT: Final = frozenset({Op.STARTS_WITH, Op.CONTAINS})


class Plan(NamedTuple):
    """
    A query that was found well formed.

    Attributes:
        bound: columns that can have one value only.
        rest: what else has to hold; together with *bound* this is the predicate.
        order: total, over columns that can be compared.
        after: the place in this order where the last page ended.
    """

    collection: Collection
    bound: Mapping[str, Any]
    rest: tuple[Predicate, ...]
    order: tuple[Order, ...]
    after: tuple[Scalar, ...] | None

    def cursor(self, row: Row) -> str:
        """Where the page ends whose last row this is."""
        place = [row[order.column] for order in self.order]
        return encode_cursor((_signature(self.collection, self.order), *place))


def collection_named(collections: Mapping[str, Collection], name: str) -> Collection:
    """
    Look a collection up.

    Raises:
        UnsupportedValue: there is none of this name.
    """
    try:
        return collections[name]
    except KeyError:
        message = f"There is no collection {name!r}."
        raise UnsupportedValue(message, collection=name) from None


def plan_query(
    collections: Mapping[str, Collection], query: Query, *, is_paged: bool = True
) -> Plan:
    """
    Check a query and take it apart.

    Args:
        is_paged: whether its order and cursor count.

    Raises:
        InvalidValue: it names what is not there, is too large, or its cursor belongs to
            another query.
        UnsupportedValue: a column is compared with what it could not hold.
    """
    collection = collection_named(collections, query.collection)
    bound: dict[str, Any] = {}
    rest: list[Predicate] = []
    walk = _Walk(collections)
    walk.conjuncts(query.where, collection, bound, rest)
    if not is_paged:
        return Plan(collection, bound, tuple(rest), (), None)
    order = _total_order(collection, query.order)
    after = None
    if query.cursor is not None:
        after = _after(collection, order, query.cursor)
    return Plan(collection, bound, tuple(rest), order, after)


def check_measures(
    collection: Collection, by: Sequence[str], measures: Mapping[str, Measure]
) -> None:
    """
    Refuse to summarize what has no sum or no order.

    Raises:
        InvalidValue: naming what is wrong.
    """
    for column in by:
        if _column_type(collection, column, "by") is ColumnType.JSON:
            raise InvalidValue("by", f"{column} holds JSON, which is never compared.")
    for name, measure in measures.items():
        if name in by:
            raise InvalidValue("measures", f"{name} is the name of a column in by.")
        if measure.kind is MeasureKind.COUNT:
            continue
        if measure.column is None:
            raise InvalidValue("measures", f"{name} names no column.")
        type_ = _column_type(collection, measure.column, "measures")
        if measure.kind is MeasureKind.SUM and type_ is not ColumnType.INTEGER:
            raise InvalidValue("measures", f"{name} sums a column without numbers.")
        if type_ is ColumnType.JSON:
            raise InvalidValue("measures", f"{name} compares a column of JSON.")


def lease_query(
    collection: Collection,
    program_id: str,
    limit: int,
    *,
    due: datetime,
    holder: str,
    until: datetime,
) -> Query:
    """
    Say which rows a lease takes, the longest due first.

    Raises:
        InvalidValue: the collection has no columns ``due_at`` and ``holder``; or the
            limit.
        UnsupportedValue: a moment that is not in UTC, or a holder that is no text.
    """
    if not collection.by_name.keys() >= {"due_at", "holder"}:
        message = f"{collection.name} has no columns due_at and holder."
        raise InvalidValue("collection", message)
    if type(limit) is not int or not 1 <= limit <= LIMIT_MAX:
        raise InvalidValue("limit", f"1 to {LIMIT_MAX} rows at a time.")
    check_values(collection, {"program_id": program_id, "due_at": due})
    check_values(collection, {"holder": holder, "due_at": until})
    return Query(
        collection.name,
        And((*where(program_id=program_id).terms, Compare("due_at", Op.LE, due))),
        order=(Order("due_at"),),
        limit=limit,
    )


# -- predicates ------------------------------------------------------------------------


class _Walk:
    """Goes through a predicate once, checking and counting."""

    __slots__ = ("collections", "terms", "values")

    def __init__(self, collections: Mapping[str, Collection]) -> None:
        self.collections = collections
        self.terms = 0
        self.values = 0

    def conjuncts(
        self,
        predicate: Predicate,
        collection: Collection,
        bound: dict[str, Any],
        rest: list[Predicate],
        depth: int = 0,
    ) -> None:
        """Check *predicate*; sort its terms into *bound* and *rest*."""
        if isinstance(predicate, And):
            self.count(depth)
            for term in predicate.terms:
                self.conjuncts(term, collection, bound, rest, depth + 1)
        elif isinstance(predicate, Compare):
            self.compare(predicate, collection)
            name = predicate.column
            if predicate.op is Op.EQ and bound.setdefault(name, predicate.value) == (
                predicate.value
            ):
                return
            rest.append(predicate)
        else:
            self.check(predicate, collection, depth)
            rest.append(predicate)

    def check(self, predicate: Predicate, collection: Collection, depth: int) -> None:
        self.count(depth)
        match predicate:
            case Compare():
                self.compare(predicate, collection)
            case And(terms) | Or(terms):
                for term in terms:
                    self.check(term, collection, depth + 1)
            case Not(term):
                self.check(term, collection, depth + 1)
            case Exists():
                theirs = collection_named(self.collections, predicate.collection)
                for their, our in predicate.on:
                    their_type = _column_type(theirs, their, "where")
                    our_type = _column_type(collection, our, "where")
                    if their_type is not our_type or our_type is ColumnType.JSON:
                        message = f"{their} and {our} cannot be compared."
                        raise InvalidValue("where", message)
                self.check(predicate.where, theirs, depth + 1)
            case _ as never:
                self.refuse(never)

    def compare(self, term: Compare, collection: Collection) -> None:
        self.terms += 1
        if self.terms > TERMS_MAX:
            raise InvalidValue("where", f"more than {TERMS_MAX} terms.")
        name, op, value = term.column, term.op, term.value
        column = collection.by_name.get(name)
        if column is None:
            raise InvalidValue("where", f"{collection.name} has no column {name}.")
        type_ = column.type
        if type_ is ColumnType.JSON and value is not None:
            raise InvalidValue("where", f"{name} holds JSON, which is never compared.")
        if op in _OF_TEXT and type_ is not ColumnType.TEXT:
            raise InvalidValue("where", f"{name} holds no text to look into.")
        if op is Op.IN:
            if not isinstance(value, tuple):
                raise InvalidValue("where", f"{name} is looked for in a tuple.")
            self.values += len(value)
            if self.values > VALUES_MAX:
                raise InvalidValue("where", f"more than {VALUES_MAX} values.")
            for one in value:
                _check_value(collection, name, type_, one)
        elif value is not None or op in _OF_TEXT:
            _check_value(collection, name, type_, value)

    def count(self, depth: int) -> None:
        self.terms += 1
        if depth > DEPTH_MAX or self.terms > TERMS_MAX:
            message = f"more than {TERMS_MAX} terms, or nested over {DEPTH_MAX} deep."
            raise InvalidValue("where", message)

    def refuse(self, never: object) -> None:
        raise InvalidValue("where", f"a {type(never).__name__} is no predicate.")


def _check_value(
    collection: Collection, name: str, type_: ColumnType, value: object
) -> None:
    problem = "nothing" if value is None else problem_with(type_, value)
    if problem:
        message = f"{collection.name}.{name} cannot be compared: {problem}."
        raise UnsupportedValue(message, collection=collection.name, column=name)


def _column_type(collection: Collection, name: str, field: str) -> ColumnType:
    column = collection.by_name.get(name)
    if column is None:
        raise InvalidValue(field, f"{collection.name} has no column {name}.")
    return column.type


# -- order and cursor ------------------------------------------------------------------


def _total_order(collection: Collection, order: tuple[Order, ...]) -> tuple[Order, ...]:
    """Complete an order by the key, in the direction of the last named column."""
    total: dict[str, Order] = {}
    for one in order:
        column = collection.by_name.get(one.column)
        if column is None or column.type is ColumnType.JSON:
            message = f"{collection.name} cannot be sorted by {one.column}."
            raise InvalidValue("order", message)
        total.setdefault(one.column, one)
    descending = order[-1].descending if order else False
    for name in collection.key:
        if name not in total:
            total[name] = Order(name, descending)
    return tuple(total.values())


def _signature(collection: Collection, order: tuple[Order, ...]) -> int:
    """What a cursor is good for: the collection and the order, not the filter."""
    words = [f"{'-' if one.descending else '+'}{one.column}" for one in order]
    return crc32(" ".join((collection.name, *words)).encode())


def _after(
    collection: Collection, order: tuple[Order, ...], cursor: str
) -> tuple[Scalar, ...]:
    signature, *place = decode_cursor(cursor, len(order) + 1)
    if signature != _signature(collection, order):
        raise InvalidValue("cursor", "it belongs to another query.")
    values = {one.column: value for one, value in zip(order, place, strict=True)}
    try:
        check_values(collection, values)
    except UnsupportedValue as error:
        raise InvalidValue("cursor", "start again from the first page.") from error
    return tuple(place)
