"""
From purchases in columns to one row per customer.

Owns the grouping, in sums and maxima alone, which every engine can do in parts; what is
counted, is said in ``loyaltycore.rfm.purchases``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

import narwhals as nw


if TYPE_CHECKING:
    from loyaltycore.rfm.dataframe.inspection import AnyFrame
    from loyaltycore.rfm.spec import RfmSpec

__all__ = ["habits_in"]


def habits_in(purchases: AnyFrame, spec: RfmSpec) -> AnyFrame:
    """
    Sum up each customer's purchases.

    Args:
        purchases: of the window, as ``purchases_in`` returns them.
        spec: what is counted.

    Returns:
        The columns ``customer_id``, ``recency_days``, ``frequency``, ``monetary``,
        ``orders`` and ``revenue``; integers but for the id.
    """
    bought = nw.col("amount") >= 0
    has_refunded = "refunded" in purchases.collect_schema()
    rows = purchases.select(
        "customer_id",
        "on",
        nw.when(bought).then(nw.col("on")).alias("latest"),
        nw.when(bought).then(1).otherwise(0).cast(nw.Int64).alias("orders"),
        _worth(spec, has_refunded=has_refunded).alias("revenue"),
    )
    summed = ["orders", "revenue"]
    if spec.frequency == "days":
        rows = _by_day(rows)
        summed.append("days")
    customers = rows.group_by("customer_id").agg(
        nw.col("latest").max(), *(nw.col(name).sum() for name in summed)
    )
    frequency = "days" if spec.frequency == "days" else "orders"
    return customers.filter(nw.col("orders") > 0).select(
        "customer_id",
        (spec.as_of.toordinal() - _ordinal("latest")).alias("recency_days"),
        nw.col(frequency).cast(nw.Int64).alias("frequency"),
        _monetary(spec).alias("monetary"),
        nw.col("orders").cast(nw.Int64),
        nw.col("revenue").cast(nw.Int64),
    )


def _worth(spec: RfmSpec, *, has_refunded: bool) -> nw.Expr:
    """Return what a row adds to the revenue."""
    amount = nw.col("amount")
    match spec.refunds:
        case "net":
            return amount - nw.col("refunded") if has_refunded else amount
        case "exclude" | "error":
            return nw.when(amount >= 0).then(amount).otherwise(0)
        case _:  # pragma: no cover - the spec refuses other names
            assert_never(spec.refunds)


def _by_day(rows: AnyFrame) -> AnyFrame:
    """Group by customer and day first, so that a day counts once."""
    days = rows.with_columns(_ordinal("on").alias("day"))
    grouped = days.group_by("customer_id", "day").agg(
        nw.col("latest").max(), nw.col("orders").sum(), nw.col("revenue").sum()
    )
    return grouped.with_columns(
        nw.when(nw.col("orders") > 0).then(1).otherwise(0).cast(nw.Int64).alias("days")
    )


def _monetary(spec: RfmSpec) -> nw.Expr:
    """Return the sum, or the mean to the nearest minor unit, halves going up."""
    total, count = nw.col("revenue").cast(nw.Int64), nw.col("orders").cast(nw.Int64)
    match spec.monetary:
        case "sum":
            return total
        case "mean":
            return _floor(2 * total + count, 2 * count)
        case _:  # pragma: no cover - the spec refuses other names
            assert_never(spec.monetary)


def _floor(number: nw.Expr, by: nw.Expr) -> nw.Expr:
    """Divide downwards; some engines divide towards zero, and some as floats."""
    guess = (number // by).cast(nw.Int64)
    rest = number - guess * by
    return (
        nw.when(rest < 0)
        .then(guess - 1)
        .when(rest >= by)
        .then(guess + 1)
        .otherwise(guess)
    )


def _ordinal(column: str) -> nw.Expr:
    """Return ``date.toordinal()``: engines differ in how dates are subtracted."""
    year = nw.col(column).dt.year().cast(nw.Int64) - 1
    leap_days = year // 4 - year // 100 + year // 400
    return 365 * year + leap_days + nw.col(column).dt.ordinal_day().cast(nw.Int64)
