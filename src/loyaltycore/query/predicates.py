"""
A predicate algebra over flat rows: compare, and, or, not, exists.

Logic is two-valued.  A comparison with a missing value (None) is false, except that
``eq None`` and ``ne`` treat None as a value of its own; so ``Not`` of a false
comparison is true, and a store that thinks in three values has to say ``IS NOT TRUE``.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias, assert_never

import attrs


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = [
    "And",
    "Compare",
    "Exists",
    "Not",
    "Op",
    "Or",
    "Predicate",
    "Row",
    "Scalar",
    "equalities",
    "is_in",
    "matches",
    "where",
]

Scalar: TypeAlias = str | int | bool | datetime | date | None
Row: TypeAlias = "Mapping[str, Any]"  # its types are its schema's, checked by the store


class Op(StrEnum):
    """How a column is compared with a value."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    IN = "in"
    STARTS_WITH = "starts_with"
    CONTAINS = "contains"


@attrs.frozen
class Compare:
    """
    One column against one value.

    Attributes:
        value: a scalar; for ``in`` a tuple of scalars without None; for
            ``starts_with`` and ``contains`` a text, compared by code points, in which
            no character means another.  Every text contains the empty one.
    """

    column: str
    op: Op = attrs.field(converter=Op)
    value: Scalar | tuple[Scalar, ...]


@attrs.frozen
class And:
    """All of the terms; true when there are none."""

    terms: tuple[Predicate, ...] = ()


@attrs.frozen
class Or:
    """Any of the terms; false when there are none."""

    terms: tuple[Predicate, ...] = ()


@attrs.frozen
class Not:
    """The opposite of the term."""

    term: Predicate


@attrs.frozen
class Exists:
    """
    A row of another collection that belongs to this one.

    Attributes:
        on: pairs (their column, our column) that have to be equal.
        where: what else must hold of their row.
    """

    collection: str
    on: tuple[tuple[str, str], ...]
    where: Predicate = And()


Predicate: TypeAlias = Compare | And | Or | Not | Exists


def where(**columns: Scalar) -> And:
    """Every named column equals its value."""
    return And(tuple(Compare(name, Op.EQ, value) for name, value in columns.items()))


def is_in(column: str, values: tuple[Scalar, ...]) -> Compare:
    """The column holds one of the values."""
    return Compare(column, Op.IN, values)


def equalities(predicate: Predicate) -> dict[str, Scalar]:
    """Columns that the predicate binds to one value, for choosing an index."""
    bound: dict[str, Scalar] = {}
    for term in _conjuncts(predicate):
        if isinstance(term, Compare) and term.op is Op.EQ:
            assert not isinstance(term.value, tuple), "eq compares with one value"
            bound[term.column] = term.value
    return bound


def matches(
    predicate: Predicate, row: Row, exists: Callable[[Exists, Row], bool] | None = None
) -> bool:
    """
    Does the row satisfy the predicate?

    Args:
        exists: answers the semi-joins; not needed when there are none.
    """
    match predicate:
        case Compare():
            return _compare(row[predicate.column], predicate.op, predicate.value)
        case And(terms):
            return all(matches(term, row, exists) for term in terms)
        case Or(terms):
            return any(matches(term, row, exists) for term in terms)
        case Not(term):
            return not matches(term, row, exists)
        case Exists():
            assert exists is not None, "a semi-join needs somebody to answer it"
            return exists(predicate, row)
        case _ as never:  # pragma: no cover : the union above is closed
            assert_never(never)


def _conjuncts(predicate: Predicate) -> Iterator[Predicate]:
    if isinstance(predicate, And):
        for term in predicate.terms:
            yield from _conjuncts(term)
    else:
        yield predicate


def _compare(have: Scalar, op: Op, value: Scalar | tuple[Scalar, ...]) -> bool:
    match op:
        case Op.EQ:
            return have == value
        case Op.NE:
            return have != value
        case Op.IN:
            return have is not None and have in value  # type: ignore[operator]
        case Op.STARTS_WITH:
            return isinstance(have, str) and have.startswith(value)  # type: ignore[arg-type]
        case Op.CONTAINS:
            return isinstance(have, str) and value in have  # type: ignore[operator]
        case Op.LT | Op.LE | Op.GT | Op.GE:
            if have is None or value is None:
                return False
            return _in_order(have, op, value)
        case _ as never:  # pragma: no cover : the enum above is closed
            assert_never(never)


def _in_order(have: Scalar, op: Op, value: Scalar | tuple[Scalar, ...]) -> bool:
    if op is Op.LT:
        return have < value  # type: ignore[operator]
    if op is Op.LE:
        return have <= value  # type: ignore[operator]
    if op is Op.GT:
        return have > value  # type: ignore[operator]
    return have >= value  # type: ignore[operator]
