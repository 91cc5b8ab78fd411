"""
From a caller's frame to purchases in columns of ours, or an error before any work.

Owns which columns and types are taken, and what is refused; knows no score.

Engines disagree about what is wrong: some raise on NaN, some drop it; some parse text
as dates; some move a moment into the zone of their session; sums of 32 bits wrap
around.  So types are read off the schema first, and one pass over the data looks for
bad rows; only then anything is computed, in whole numbers of 64 bits.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import narwhals as nw

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm.dataframe.inspection import MINOR, TEXT, Inspection
from loyaltycore.rfm.dataframe.zones import in_zone


if TYPE_CHECKING:
    from collections.abc import Iterator

    from narwhals.dtypes import DType

    from loyaltycore.rfm.dataframe.inspection import AnyFrame, Source
    from loyaltycore.rfm.spec import RfmSpec

__all__ = ["purchases_in"]


def purchases_in(frame: AnyFrame, source: Source, spec: RfmSpec) -> AnyFrame:
    """
    Take the purchases of the window out of a frame.

    Returns:
        A lazy frame where the caller's is lazy, with the columns ``customer_id``,
        ``on`` (days or naive local moments), ``amount`` and, where the caller has it,
        ``refunded``, both 64-bit integers of minor units.

    Raises:
        InvalidValue: a column is not there, of another type, or has rows that cannot
            be counted; the field is the column's name.
    """
    schema = _checked_schema(frame, source)
    if source.zone is not None:
        frame = in_zone(frame, source.on, schema[source.on], source.zone)
    columns = frame.select(*_columns(source, schema))
    before = _first_moment_after(spec.as_of, schema[source.on])
    inside = _in_window(spec, before, schema[source.on])
    Inspection(
        columns=columns,
        source=source,
        kinds=schema,
        spec=spec,
        inside=inside,
        before=before,
    ).check()
    numbers = [name for name in ("amount", "refunded") if name in _names(source)]
    columns = columns.with_columns(nw.col(name).cast(nw.Int64) for name in numbers)
    return columns.filter(inside)


def _names(source: Source) -> dict[str, str]:
    """Return the caller's names by ours."""
    names = {"customer_id": source.customer_id, "on": source.on}
    names["amount"] = source.amount
    if source.refunded is not None:
        names["refunded"] = source.refunded
    return names


def _columns(source: Source, schema: dict[str, DType]) -> Iterator[nw.Expr]:
    """Yield the caller's columns under our names, ids as plain text or numbers."""
    for ours, theirs in _names(source).items():
        column = nw.col(theirs)
        if isinstance(schema[theirs], (nw.Categorical, nw.Enum)):
            column = column.cast(nw.String)
        yield column.alias(ours)


def _checked_schema(frame: AnyFrame, source: Source) -> dict[str, DType]:
    """Refuse columns that are not there or of a type that cannot be counted."""
    schema = dict(frame.collect_schema())
    wanted = [
        (source.customer_id, _is_id, "text or whole numbers; cast it"),
        (source.on, _is_days, "dates; parse it first, by a format that you know"),
        (source.amount, _is_money, f"whole numbers; {MINOR}"),
    ]
    if source.refunded is not None:
        wanted.append((source.refunded, _is_money, f"whole numbers; {MINOR}"))
    for column, fits, expected in wanted:
        if column not in schema:
            there = ", ".join(map(repr, schema))
            raise InvalidValue(column, f"is no column of the frame; there are {there}")
        if not fits(schema[column]):
            raise InvalidValue(column, f"is no column of {expected}")
    moments = schema[source.on]
    if isinstance(moments, nw.Datetime) and moments.time_zone and source.zone is None:
        remedy = "pass zone='Europe/Berlin' or the like"
        message = "has moments aware of their zone, so their day depends on the shop's"
        raise InvalidValue(source.on, f"{message}; {remedy}")
    return schema


def _is_id(kind: DType) -> bool:
    """Tell types of ids from others."""
    return isinstance(kind, TEXT) or kind.is_integer()


def _is_days(kind: DType) -> bool:
    """Tell types of days from others."""
    return isinstance(kind, (nw.Date, nw.Datetime))


def _is_money(kind: DType) -> bool:
    """Tell types of money from others; decimals mean that somebody counts in euros."""
    return kind.is_integer() or kind.is_float()


def _first_moment_after(day: date, kind: DType) -> date | datetime:
    """Return the first value of a column of days or moments that is after a day."""
    last = min(day, date.max - timedelta(days=1))  # nothing is after the calendar's end
    return _literal(last + timedelta(days=1), kind)


def _literal(day: date, kind: DType) -> date | datetime:
    """Return the beginning of a day, as the column has it."""
    if isinstance(kind, nw.Datetime):
        return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - local time
    return day


def _in_window(spec: RfmSpec, before: date | datetime, kind: DType) -> nw.Expr:
    """Tell the rows of the window from the others."""
    inside = nw.col("on") < nw.lit(before)
    if spec.since is not None:
        inside &= nw.col("on") >= nw.lit(_literal(spec.since, kind))
    return inside
