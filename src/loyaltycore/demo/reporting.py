"""What the demo prints: figures as lines of text, each block under its title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.values.days import local_day
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from loyaltycore.customers.customer import Customer
    from loyaltycore.customers.statement import Statement
    from loyaltycore.demo.recompute import Count
    from loyaltycore.insight.liability import Liability
    from loyaltycore.insight.tiles import PointTotals, Tiles
    from loyaltycore.rfm.table import RfmTable
    from loyaltycore.values.money import Money

__all__ = [
    "compared",
    "differences",
    "liability_lines",
    "rfm_lines",
    "statement_lines",
    "tile_lines",
]

_POINT_SCALE: Final = 2
_FIGURES: Final = ("earned", "redeemed", "expired", "outstanding")


def tile_lines(tiles: Tiles) -> Iterator[str]:
    """The program at a glance."""
    yield "The program at a glance"
    yield f"  customers       {tiles.customers:>12,}"
    yield f"  transactions    {tiles.transactions:>12,}"
    yield f"  purchases       {tiles.purchases:>12,}"
    yield f"  purchase value  {_money(tiles.purchase_value):>16}"
    yield f"  on average      {_money(tiles.average):>16}"


def statement_lines(
    customer: Customer, statement: Statement, zone: ZoneInfo
) -> Iterator[str]:
    """The newest lines of a customer's statement, by local day."""
    yield f"Points statement of customer {customer.person.external_id}, newest first"
    yield "  created     type      points  points left  expires on"
    for line in statement.lines:
        left = "" if line.points_left is None else str(line.points_left)
        ends = "" if line.expires_on is None else line.expires_on.isoformat()
        created = local_day(line.created_at, zone)
        text = f"{created}  {line.type:<8}{line.points:>8}{left:>13}"
        yield f"  {text}  {ends}".rstrip()
    if statement.cursor is not None:
        yield "  ..."


def rfm_lines(table: RfmTable) -> Iterator[str]:
    """How many customers each segment has."""
    yield f"RFM segments on {table.spec.as_of}"
    yield "  segment              customers   share   of revenue"
    for segment in table.summary():
        shares = f"{segment.share_of_customers:>8.1%}{segment.share_of_revenue:>13.1%}"
        yield f"  {segment.segment:<20}{segment.customers:>10,}{shares}"


def liability_lines(liability: Liability) -> Iterator[str]:
    """What is owed, by the month in which it ends."""
    yield "Outstanding points by the month in which they expire"
    for month in liability.months:
        name = "never" if month.month is None else f"{month.month:%Y-%m}"
        yield f"  {name:<9}{month.points:>12,.2f}  worth {_money(month.worth):>14}"
    total, worth = liability.points, _money(liability.worth)
    yield f"  {'in all':<9}{total:>12,.2f}  worth {worth:>14}"


def compared(totals: PointTotals, count: Count) -> Iterator[str]:
    """The ledger's points beside those counted from the file."""
    yield "Points             in the ledger   counted from the CSV"
    for name in _FIGURES:
        counted = from_units(getattr(count, name), _POINT_SCALE)
        yield f"  {name:<12}{getattr(totals, name):>18,.2f}{counted:>23,.2f}"


def differences(
    tiles: Tiles, totals: PointTotals, liability: Liability, count: Count
) -> list[str]:
    """
    Name every figure that the program and the independent count disagree about.

    The liability is added up from the lots, the totals from the customers; so what is
    outstanding is compared twice.
    """
    value = tiles.purchase_value
    pairs: list[tuple[str, object, object]] = [
        ("customers", tiles.customers, count.customers),
        ("purchases", tiles.purchases, count.purchases),
        ("purchase value in cents", value and value.minor, count.purchase_value),
    ]
    pairs += [
        (
            f"points {name}",
            getattr(totals, name),
            from_units(getattr(count, name), _POINT_SCALE),
        )
        for name in _FIGURES
    ]
    outstanding = from_units(count.outstanding, _POINT_SCALE)
    pairs.append(("points in open lots", liability.points, outstanding))
    return [
        f"{name}: {ours} in the program, {counted} counted from the CSV"
        for name, ours, counted in pairs
        if ours != counted
    ]


def _money(money: Money | None) -> str:
    return "" if money is None else f"{money.amount:,.2f} {money.currency}"
