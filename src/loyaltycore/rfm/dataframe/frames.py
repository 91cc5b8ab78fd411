"""
The whole way on a frame: purchases in, scored customers out, in the caller's type.

Owns the three calls; the steps lie in the sibling modules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm.columns import COLUMNS
from loyaltycore.rfm.dataframe.habits import habits_in
from loyaltycore.rfm.dataframe.inspection import Source
from loyaltycore.rfm.dataframe.purchases import purchases_in
from loyaltycore.rfm.dataframe.scores import cuts_in, scored, with_segment
from loyaltycore.rfm.presets import RF10
from loyaltycore.rfm.purchases import Habit
from loyaltycore.rfm.spec import RfmSpec
from loyaltycore.rfm.table import score_habits


if TYPE_CHECKING:
    from datetime import date
    from typing import Unpack

    from narwhals.typing import IntoFrame, IntoFrameT

    from loyaltycore.rfm.cuts import Cuts
    from loyaltycore.rfm.dataframe.inspection import AnyFrame
    from loyaltycore.rfm.segments import SegmentTable
    from loyaltycore.rfm.spec import Choices
    from loyaltycore.rfm.table import RfmTable

__all__ = ["rfm_cuts", "rfm_frame", "rfm_table"]


def rfm_frame(
    purchases: IntoFrameT,
    *,
    as_of: date,
    customer_id: str = "customer_id",
    on: str = "on",
    amount: str = "amount",
    refunded: str | None = None,
    zone: str | None = None,
    segments: SegmentTable | None = RF10,
    **choices: Unpack[Choices],
) -> IntoFrameT:
    """
    Score customers by the purchases in a frame; see ``loyaltycore.rfm.rfm``.

    The purchases are looked through once for what cannot be counted.  After that,
    polars, pandas, pyarrow, DuckDB and Ibis score by ranks within the frame, and what
    was lazy stays lazy; Dask and PySpark, and every engine where ranks are not the
    rule, are asked once more for the values that customers have.

    Args:
        purchases: pandas, polars, pyarrow, DuckDB, Ibis, Dask or PySpark.
        as_of: the local day to look at the customers.
        customer_id: the column of text or whole numbers that says who.
        on: the column of days; naive moments are the shop's local time.
        amount: the column of minor units; negative is a refund that stands alone.
        refunded: the column of minor units given back of the same row, if there is one.
        zone: the shop's zone, where moments are aware of theirs.
        segments: adds the column ``segment``; None leaves it out.
        **choices: as :class:`RfmSpec` explains them.

    Returns:
        A frame of the same type, one row for each customer, in no particular order:
        ``customer_id``, ``recency_days``, ``frequency``, ``monetary``, ``orders``,
        ``revenue``, the three scores, ``segment``.  All but the first and the last
        are 64-bit integers; money is in minor units.

    Raises:
        InvalidValue: a choice, a column or a row is not what it has to be; the message
            names the column and the remedy.
    """
    spec = RfmSpec(as_of=as_of, **choices)
    if segments is not None and segments.shape != spec.shape:
        given, own = ("x".join(map(str, s)) for s in (segments.shape, spec.shape))
        remedy = "pass a table of that shape, or None"
        raise InvalidValue("segments", f"has {given} scores, not {own}; {remedy}")
    source = Source(
        customer_id=customer_id, on=on, amount=amount, refunded=refunded, zone=zone
    )
    scores = scored(_habits(purchases, source, spec), spec).select(*COLUMNS)
    if segments is not None:
        scores = with_segment(scores, segments)
    native: IntoFrameT = scores.to_native()
    return native


def rfm_cuts(
    purchases: IntoFrame,
    *,
    as_of: date,
    customer_id: str = "customer_id",
    on: str = "on",
    amount: str = "amount",
    refunded: str | None = None,
    zone: str | None = None,
    **choices: Unpack[Choices],
) -> Cuts:
    """
    Find the cuts by which ``rfm_frame`` scores: to report, keep, and score on with.

    Raises:
        InvalidValue: as ``rfm_frame``.
    """
    spec = RfmSpec(as_of=as_of, **choices)
    source = Source(
        customer_id=customer_id, on=on, amount=amount, refunded=refunded, zone=zone
    )
    return cuts_in(_habits(purchases, source, spec), spec)


def rfm_table(
    purchases: IntoFrame,
    *,
    as_of: date,
    customer_id: str = "customer_id",
    on: str = "on",
    amount: str = "amount",
    refunded: str | None = None,
    zone: str | None = None,
    **choices: Unpack[Choices],
) -> RfmTable:
    """
    Score customers by the purchases in a frame, and bring them into plain Python.

    The frame's engine counts; the customers, with their ids as text, come over: for
    summaries, heat maps, transitions and plots.

    Raises:
        InvalidValue: as ``rfm_frame``.
    """
    spec = RfmSpec(as_of=as_of, **choices)
    source = Source(
        customer_id=customer_id, on=on, amount=amount, refunded=refunded, zone=zone
    )
    found = _habits(purchases, source, spec).lazy().collect()
    population = [_habit(*row) for row in found.iter_rows()]
    population.sort(key=_customer_id)
    return score_habits(population, spec)


def _habits(purchases: Any, source: Source, spec: RfmSpec) -> AnyFrame:
    """Count the purchases of the caller's frame."""
    try:
        frame: AnyFrame = nw.from_native(purchases)
    except TypeError:
        kind = type(purchases).__name__
        remedy = "pass pandas, polars, pyarrow, DuckDB, Ibis, Dask or PySpark"
        message = f"are of type {kind}, which is no data frame; {remedy}"
        raise InvalidValue("purchases", message) from None
    return habits_in(purchases_in(frame, source, spec), spec)


def _habit(customer_id: object, *numbers: int) -> Habit:
    """Make a habit of one row."""
    recency_days, frequency, monetary, orders, revenue = map(int, numbers)
    return Habit(
        customer_id=str(customer_id),
        recency_days=recency_days,
        frequency=frequency,
        monetary=monetary,
        orders=orders,
        revenue=revenue,
    )


def _customer_id(habit: Habit) -> str:
    """Sort key."""
    return habit.customer_id
