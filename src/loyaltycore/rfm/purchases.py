"""
From purchases to what each customer's habit is: how recent, how often, how much.

Owns what counts as a purchase and what a refund does; knows no score.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, NoReturn, assert_never

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm.checks import check_day, check_name, check_whole


if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyaltycore.rfm.spec import RfmSpec

__all__ = ["AMOUNT_MAX", "Habit", "Purchase", "habits", "mean_half_up"]

#: The most minor units of one row: what every store and JSON keep exactly.
AMOUNT_MAX: Final = 2**53 - 1

_MINOR_UNITS = "count in minor units: 11.77 is 1177"


@attrs.frozen
class Purchase:
    """
    One purchase of one customer, or one refund that stands alone.

    A purchase that was voided never happened: leave it out.  One that was refunded,
    in part or in full, did happen: it stays a purchase and only its money shrinks.

    Attributes:
        customer_id: who bought; not blank.
        on: the shop's local day.
        amount: minor units.  Zero is a purchase; a negative amount is a refund row,
            which never makes anybody recent or frequent.  At most 2**53 - 1 either
            way.
        refunded: minor units of this purchase that were given back, whenever that
            was; from zero to ``amount``.

    Raises:
        InvalidValue: the id is missing, the day is no plain date, the money is no
            ``int`` or beyond its limit, or more was refunded than was paid.

    Example:
        >>> Purchase("ada", date(2026, 3, 1), 1177, refunded=177).net
        1000
    """

    customer_id: str
    on: date
    amount: int
    refunded: int = 0

    def __attrs_post_init__(self) -> None:
        # One question where all is well: rows are many, and calls are what they cost.
        who, amount, refunded = self.customer_id, self.amount, self.refunded
        if not (
            type(who) is str
            and type(self.on) is date
            and type(amount) is type(refunded) is int
            and -AMOUNT_MAX <= amount <= AMOUNT_MAX
            and (not refunded or 0 < refunded <= amount)
            and who
            and not who.isspace()
        ):
            _check_fields(self)

    @property
    def net(self) -> int:
        """Minor units that are left of it."""
        return self.amount - self.refunded

    @property
    def is_refund(self) -> bool:
        """Whether the row is a refund that stands alone."""
        return self.amount < 0


def _check_fields(row: Purchase) -> None:
    """Refuse the first field that is not what it has to be; say what to pass."""
    check_name("customer_id", row.customer_id, "leave rows of nobody out")
    check_day("on", row.on)
    check_whole("amount", row.amount, _MINOR_UNITS)
    check_whole("refunded", row.refunded, _MINOR_UNITS)
    if not -AMOUNT_MAX <= row.amount <= AMOUNT_MAX:
        remedy = f"pass at most {AMOUNT_MAX} minor units either way"
        raise InvalidValue("amount", f"is too large to keep exactly; {remedy}")
    if row.refunded and not 0 < row.refunded <= row.amount:
        remedy = "pass a further refund as a row of its own, amount negative"
        raise InvalidValue("refunded", f"is not from zero to amount; {remedy}")


@attrs.frozen(kw_only=True)
class Habit:
    """
    What one customer's purchases come to, as of one day.

    Attributes:
        customer_id: who.
        recency_days: calendar days from the last purchase to ``as_of``; 0 is the
            same day, and it is never negative.
        frequency: how many purchases, or days with one, as the spec says; at least 1.
        monetary: minor units, the sum or the mean as the spec says.
        orders: how many purchases.
        revenue: minor units of all purchases, less refunds if the spec nets them; it
            may be negative.
    """

    customer_id: str
    recency_days: int
    frequency: int
    monetary: int
    orders: int
    revenue: int


@attrs.define
class _Tally:
    """What was counted of one customer so far."""

    latest: date = date.min
    orders: int = 0
    paid: int = 0
    returned: int = 0
    days: int = 0


def habits(purchases: Iterable[Purchase], spec: RfmSpec) -> tuple[Habit, ...]:
    """
    Sum up each customer's purchases within the window of the spec.

    A row before the window counts for nothing, nor does one after it where the spec
    excludes those.  Who has nothing but refunds in it is not a customer of that window,
    and has no habit.

    Args:
        purchases: in any order; read once.
        spec: the day, the window and what is counted.

    Returns:
        One habit per customer with a purchase, by ascending customer id.

    Raises:
        InvalidValue: a row is no :class:`Purchase`, or is after ``as_of`` or carries a
            refund although the spec forbids that.
    """
    tallies = _tallies(purchases, spec)
    return tuple(
        _habit(customer_id, tally, spec)
        for customer_id, tally in sorted(tallies.items())
        if tally.orders
    )


def mean_half_up(total: int, count: int) -> int:
    """
    Divide minor units among a count, to the nearest one; halves go up.

    Args:
        total: minor units, of either sign.
        count: at least 1.

    Returns:
        Minor units.

    Example:
        >>> mean_half_up(1001, 2), mean_half_up(-1001, 2)
        (501, -500)
    """
    return (2 * total + count) // (2 * count)


def _tallies(purchases: Iterable[Purchase], spec: RfmSpec) -> dict[str, _Tally]:
    """Count every row once; the only loop that grows with the purchases."""
    first, last = spec.first_day, spec.as_of
    by_days = spec.frequency == "days"
    forbidden = spec.refunds == "error"
    later_forbidden = spec.later == "error"
    seen: set[tuple[str, date]] = set()
    tallies: dict[str, _Tally] = {}
    known = tallies.get
    for index, row in enumerate(purchases):
        if type(row) is not Purchase:
            _check_row(index, row)
        on, amount, refunded = row.on, row.amount, row.refunded
        if not first <= on <= last:
            if on > last and later_forbidden:
                _refuse_later(index, last)
            continue
        if forbidden and (amount < 0 or refunded):
            _refuse_refund(index)
        customer_id = row.customer_id
        tally = known(customer_id)
        if tally is None:
            tally = tallies[customer_id] = _Tally()
        if amount < 0:
            tally.returned -= amount
            continue
        tally.orders += 1
        tally.paid += amount
        if refunded:
            tally.returned += refunded
        if on > tally.latest:  # noqa: PLR1730 - max() would be half of the loop
            tally.latest = on
        if by_days and (customer_id, on) not in seen:
            seen.add((customer_id, on))
            tally.days += 1
    return tallies


def _refuse_later(index: int, as_of: date) -> NoReturn:
    """Refuse a row of a day that is still to come."""
    remedy = "mend its day, or pass later='exclude' to look back to that day"
    raise InvalidValue("on", f"row {index} is after as_of, {as_of}; {remedy}")


def _refuse_refund(index: int) -> NoReturn:
    """Refuse a refund where the spec forbids them."""
    remedy = "pass refunds='net' or refunds='exclude'"
    message = f"row {index} carries a refund, which this spec forbids; {remedy}"
    raise InvalidValue("purchases", message)


def _check_row(index: int, row: object) -> None:
    """Refuse a row of another shape before it is counted wrongly."""
    if not isinstance(row, Purchase):
        remedy = "pass Purchase(customer_id, on, amount)"
        message = f"row {index} is a {type(row).__name__}; {remedy}"
        raise InvalidValue("purchases", message)


def _habit(customer_id: str, tally: _Tally, spec: RfmSpec) -> Habit:
    """Turn what was counted into what the spec asked for."""
    match spec.refunds:
        case "net":
            revenue = tally.paid - tally.returned
        case "exclude" | "error":
            revenue = tally.paid
        case _:  # pragma: no cover - the spec refuses other names
            assert_never(spec.refunds)
    match spec.frequency:
        case "purchases":
            frequency = tally.orders
        case "days":
            frequency = tally.days
        case _:  # pragma: no cover - the spec refuses other names
            assert_never(spec.frequency)
    match spec.monetary:
        case "sum":
            monetary = revenue
        case "mean":
            monetary = mean_half_up(revenue, tally.orders)
        case _:  # pragma: no cover - the spec refuses other names
            assert_never(spec.monetary)
    return Habit(
        customer_id=customer_id,
        recency_days=(spec.as_of - tally.latest).days,
        frequency=frequency,
        monetary=monetary,
        orders=tally.orders,
        revenue=revenue,
    )
