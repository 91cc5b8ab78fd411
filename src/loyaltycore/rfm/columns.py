"""
Scored customers as columns of plain values, and back.

Owns the names of the columns, which frames share; knows no frame.
"""

from __future__ import annotations

from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, cast

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm.checks import check_name, check_whole
from loyaltycore.rfm.cuts import Score
from loyaltycore.rfm.plain import check_keys, list_of
from loyaltycore.rfm.purchases import Habit
from loyaltycore.rfm.rows import RfmRow


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["COLUMNS", "columns_of", "rows_of"]

_HABIT: Final = (
    "customer_id",
    "recency_days",
    "frequency",
    "monetary",
    "orders",
    "revenue",
)
_SCORES: Final = {
    "recency_score": "score.recency",
    "frequency_score": "score.frequency",
    "monetary_score": "score.monetary",
}

#: The columns of a scored frame, in their order; a segment comes last.
COLUMNS: Final = (*_HABIT, *_SCORES)


def columns_of(rows: Sequence[RfmRow]) -> dict[str, list[Any]]:
    """Spell customers out as columns, one value for each customer."""
    paths = {**{name: f"habit.{name}" for name in _HABIT}, **_SCORES}
    return {name: list(map(attrgetter(path), rows)) for name, path in paths.items()}


def rows_of(data: Mapping[str, object]) -> tuple[RfmRow, ...]:
    """
    Read customers out of columns.

    Args:
        data: the columns of ``COLUMNS``, customer ids ascending.

    Raises:
        InvalidValue: a column is missing, unknown, of another length, or holds what is
            no whole number or no id.
    """
    check_keys(data, COLUMNS)
    columns = [list_of(data, name) for name in COLUMNS]
    if len({len(column) for column in columns}) > 1:
        raise InvalidValue("customers", "have columns of different lengths")
    for name, column in zip(COLUMNS[1:], columns[1:], strict=True):
        for value in column:
            check_whole(name, value, "pass whole numbers")
    ids = columns[0]
    for customer_id in ids:
        check_name("customer_id", customer_id, "leave rows of nobody out")
    if any(after <= before for before, after in pairwise(cast("list[str]", ids))):
        raise InvalidValue("customer_id", "does not ascend; sort the customers by it")
    return tuple(map(_row, *cast("list[list[Any]]", columns)))


def _row(
    customer_id: str,
    recency_days: int,
    frequency: int,
    monetary: int,
    orders: int,
    revenue: int,
    *scores: int,
) -> RfmRow:
    """Make one customer of one value from each column."""
    habit = Habit(
        customer_id=customer_id,
        recency_days=recency_days,
        frequency=frequency,
        monetary=monetary,
        orders=orders,
        revenue=revenue,
    )
    return RfmRow(habit, Score(*scores))
