"""Queries over one collection: predicate, order, keyset cursor, limit; and measures."""

from __future__ import annotations

import base64
import json
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.query.predicates import And, Predicate, Scalar


if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "LIMIT_MAX",
    "Measure",
    "MeasureKind",
    "Order",
    "Query",
    "count",
    "decode_cursor",
    "encode_cursor",
    "highest",
    "lowest",
    "total",
]

LIMIT_MAX = 10_000


@attrs.frozen
class Order:
    """
    Sort by a column; None before everything, text by code points, False before True.

    Descending is the exact opposite, so None comes last there.
    """

    column: str
    descending: bool = False


def _check_limit(_: object, __: object, limit: int) -> None:
    if not 1 <= limit <= LIMIT_MAX:
        raise InvalidValue("limit", f"1 to {LIMIT_MAX} rows a page, not {limit}.")


@attrs.frozen
class Query:
    """
    Rows of one collection.

    Attributes:
        order: any columns but those of JSON; the collection's key is appended, in the
            direction of the last one, so the order is total.
        limit: rows a page, 1 to ``LIMIT_MAX``.
        cursor: where the last page ended, opaque; only good for the same collection
            and order (a filter such as "due by now" may move on from page to page).
    """

    collection: str
    where: Predicate = And()
    order: tuple[Order, ...] = ()
    limit: int = attrs.field(default=100, validator=_check_limit)
    cursor: str | None = None


class MeasureKind(StrEnum):
    """How rows become one number."""

    COUNT = "count"
    SUM = "sum"
    MIN = "min"
    MAX = "max"


@attrs.frozen
class Measure:
    """One number over a set of rows; sums are 0, min and max None over no rows."""

    kind: MeasureKind
    column: str | None = None


def count() -> Measure:
    """How many rows."""
    return Measure(MeasureKind.COUNT)


def total(column: str) -> Measure:
    """The sum of an integer column; None counts as nothing."""
    return Measure(MeasureKind.SUM, column)


def lowest(column: str) -> Measure:
    """The smallest value of a column that is not None."""
    return Measure(MeasureKind.MIN, column)


def highest(column: str) -> Measure:
    """The largest value of a column that is not None."""
    return Measure(MeasureKind.MAX, column)


def encode_cursor(values: Sequence[Scalar]) -> str:
    """Pack the order values of a page's last row into URL-safe text."""
    packed = [_pack(value) for value in values]
    text = json.dumps(packed, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode()


def decode_cursor(cursor: str, width: int) -> tuple[Scalar, ...]:
    """
    Unpack a cursor of *width* values.

    Raises:
        InvalidValue: the text is not a cursor of such a query.
    """
    try:
        packed = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        values = tuple(_unpack(kind, value) for kind, value in packed)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InvalidValue("cursor", "start again from the first page.") from error
    if len(values) != width:
        raise InvalidValue("cursor", "it belongs to another query.")
    return values


def _pack(value: Scalar) -> tuple[str, str | int | bool | None]:
    if isinstance(value, datetime):
        return "m", value.isoformat()
    if isinstance(value, date):
        return "d", value.isoformat()
    return "v", value


def _unpack(kind: str, value: str) -> Scalar:
    unpack = {"m": datetime.fromisoformat, "d": date.fromisoformat, "v": _same}[kind]
    return unpack(value)


def _same(value: str) -> Scalar:
    return value
