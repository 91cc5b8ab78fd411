"""
From a caller's frame to purchases in columns of ours, or an error before any work.

Owns which columns and types are taken, and what is refused; knows no score.

Engines disagree about what is wrong: some raise on NaN, some drop it; some parse text
as dates; some move a moment into the zone of their session; sums of 32 bits wrap
around.  So types are read off the schema first, and one pass over the data counts every
kind of bad row; only then anything is computed, in whole numbers of 64 bits.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import attrs
import narwhals as nw

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm.dataframe.zones import in_zone
from loyaltycore.rfm.purchases import AMOUNT_MAX


if TYPE_CHECKING:
    from narwhals.dtypes import DType

    from loyaltycore.rfm.spec import RfmSpec

__all__ = ["AnyFrame", "Source", "purchases_in"]

AnyFrame = nw.DataFrame[Any] | nw.LazyFrame[Any]

_SUM_MAX: Final = 2.0**62
_TEXT: Final = (nw.String, nw.Categorical, nw.Enum)
_MINOR: Final = "count in minor units: 11.77 is 1177"


@attrs.frozen(kw_only=True)
class Source:
    """
    Where in a caller's frame the purchases are.

    Attributes:
        customer_id: the column of text or whole numbers that says who.
        on: the column of days, or of moments: naive ones are the shop's local time,
            aware ones need a zone.
        amount: the column of minor units; negative is a refund that stands alone.
        refunded: the column of minor units given back of the same row, or None.
        zone: the shop's zone, such as ``Europe/Berlin``, for aware moments.
    """

    customer_id: str
    on: str
    amount: str
    refunded: str | None
    zone: str | None


def purchases_in(frame: AnyFrame, source: Source, spec: RfmSpec) -> AnyFrame:
    """
    Take the purchases of the window out of a frame.

    Returns:
        A lazy frame where the caller's is lazy, with the columns ``customer_id``,
        ``on`` (days or naive local moments), ``amount`` and ``refunded`` (both 64-bit
        integers of minor units).

    Raises:
        InvalidValue: a column is not there, of another type, or has rows that cannot
            be counted; the field is the column's name.
    """
    schema = _checked_schema(frame, source)
    amount, refunded = nw.col(source.amount), _refunded(source)
    if source.zone is not None:
        frame = in_zone(frame, source.on, schema[source.on], source.zone)
    customer = nw.col(source.customer_id)
    if isinstance(schema[source.customer_id], _TEXT):
        customer = customer.cast(nw.String)
    columns = frame.select(
        customer.alias("customer_id"),
        nw.col(source.on).alias("on"),
        amount.alias("amount"),
        refunded.alias("refunded"),
    )
    before = _first_moment_after(spec.as_of, schema[source.on])
    _check_rows(columns, source, schema, spec, before)
    columns = columns.with_columns(
        nw.col("amount").cast(nw.Int64), nw.col("refunded").cast(nw.Int64)
    )
    return columns.filter(_in_window(spec, before, schema[source.on]))


def _refunded(source: Source) -> nw.Expr:
    """Return the column of what was given back, or nothing for every row."""
    return nw.lit(0) if source.refunded is None else nw.col(source.refunded)


def _checked_schema(frame: AnyFrame, source: Source) -> dict[str, DType]:
    """Refuse columns that are not there or of a type that cannot be counted."""
    schema = dict(frame.collect_schema())
    wanted = [
        (source.customer_id, _is_id, "text or whole numbers; cast it"),
        (source.on, _is_days, "dates; parse it first, by a format that you know"),
        (source.amount, _is_money, f"whole numbers; {_MINOR}"),
    ]
    if source.refunded is not None:
        wanted.append((source.refunded, _is_money, f"whole numbers; {_MINOR}"))
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
    return isinstance(kind, _TEXT) or kind.is_integer()


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


def _check_rows(
    columns: AnyFrame,
    source: Source,
    schema: dict[str, DType],
    spec: RfmSpec,
    before: date | datetime,
) -> None:
    """Count every kind of bad row in one pass, and refuse the first that there is."""
    amount = nw.col("amount").cast(nw.Float64)
    refunded = nw.col("refunded").cast(nw.Float64)
    is_text = isinstance(schema[source.customer_id], _TEXT)
    counts = {
        "nobody": _if(nw.col("customer_id").is_null()),
        "blank": _if(nw.col("customer_id") == "") if is_text else nw.lit(0),
        "undated": _if(nw.col("on").is_null()),
        "later": _if(nw.col("on") >= nw.lit(before)),
        "large": _if((amount * 0 == 0) & ~_is_small(amount)),
        "amount": _unless(_is_whole(amount)),
        "refunded": _unless(_is_whole(refunded)),
        "over": _unless((refunded == 0) | ((refunded > 0) & (refunded <= amount))),
    }
    if spec.refunds == "error":
        inside = _in_window(spec, before, schema[source.on])
        counts["refund"] = _if(inside & ((amount < 0) | (refunded > 0)))
    total = nw.when(amount >= 0).then(amount).otherwise(-amount).alias("total")
    named = [count.alias(name) for name, count in counts.items()]
    one_row = columns.select(*named, total).select(nw.all().sum())
    found = one_row.lazy().collect().rows(named=True)[0]
    for name, message in _messages(source, spec).items():
        rows = int(found.get(name) or 0)
        if rows:
            column, said = message
            noun = "row" if rows == 1 else "rows"
            raise InvalidValue(column, f"{rows:,} {noun} {said}")
    if float(found["total"] or 0) > _SUM_MAX:
        remedy = "score a part of the purchases, or count in larger units"
        raise InvalidValue(source.amount, f"does not add up within 64 bits; {remedy}")


def _if(is_bad: nw.Expr) -> nw.Expr:
    """Count a row that is known to be bad."""
    return nw.when(is_bad).then(1).otherwise(0)


def _unless(is_good: nw.Expr) -> nw.Expr:
    """Count a row that is not known to be good, such as a missing one."""
    return nw.when(is_good).then(0).otherwise(1)


def _is_small(number: nw.Expr) -> nw.Expr:
    """Tell what is kept exactly; not a number is neither small nor, times 0, zero."""
    return (number <= AMOUNT_MAX) & (number >= -AMOUNT_MAX)


def _is_whole(number: nw.Expr) -> nw.Expr:
    """Tell small whole numbers; some engines cannot round others."""
    small = nw.when(_is_small(number)).then(number).otherwise(0.5)
    return small == small.round(0)


def _messages(source: Source, spec: RfmSpec) -> dict[str, tuple[str, str]]:
    """Say what each kind of bad row is and what to do, in the order of the checks."""
    refunded = source.refunded or source.amount
    later = f"after as_of, {spec.as_of}; mend the day, or pass later='exclude'"
    messages = {
        "nobody": (source.customer_id, "without an id; leave rows of nobody out"),
        "blank": (source.customer_id, "with a blank id; leave rows of nobody out"),
        "undated": (source.on, "without a day; leave them out or find out their day"),
        "later": (source.on, later),
        "large": (source.amount, f"beyond {AMOUNT_MAX} minor units either way"),
        "amount": (source.amount, f"missing or no whole number; {_MINOR}"),
        "refunded": (refunded, f"missing or no whole number; {_MINOR}, none is 0"),
        "over": (refunded, "not from zero to the amount; pass what was given back"),
        "refund": (source.amount, "with a refund; pass refunds='net' or 'exclude'"),
    }
    if spec.later == "exclude":
        del messages["later"]
    return messages
