"""The story from the first purchase to the last line, and whether it came out right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.demo import reporting
from loyaltycore.demo.programme import CDNOW
from loyaltycore.demo.progress import Progress, Stopwatch
from loyaltycore.demo.recompute import Count, recompute
from loyaltycore.demo.replay import Replay, end_of_history
from loyaltycore.demo.sample import purchases
from loyaltycore.loyalty import Loyalty
from loyaltycore.values.days import start_of


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TextIO

    from loyaltycore.customers.customer import Customer
    from loyaltycore.ports import Store

__all__ = ["run"]

_LINES = 12
_CUSTOMERS_A_PAGE = 1_000
_SHOWN_MAX = 20


def run(
    store: Store, text: str, out: TextIO, *, count: Callable[[str], Count] = recompute
) -> bool:
    """
    Replay a file of purchases into a store, report, and compare.

    Args:
        store: empty, or one that this was run on before, with the same file.
        text: of the file; see ``data/README.md``.
        out: where everything is said.
        count: counts the points of the file in another way.

    Returns:
        Whether the points agree, and the store was verified without a problem.
    """
    watch = Stopwatch()
    rows = purchases(text)
    shop = Loyalty(store, CDNOW)
    replay = Replay(shop)
    replay.run(rows, Progress("purchases replayed", len(rows), out))
    seconds = watch.lap("replay")
    written = replay.posted + replay.found
    speed = f"{written / seconds:,.0f} a second"
    _say(out, [f"transactions: {replay.posted:,} new, {replay.found:,} known; {speed}"])
    end = end_of_history(rows)
    shop = shop.at(start_of(end, CDNOW.zone))
    tiles, totals = shop.reports.tiles(), shop.reports.points()
    liability = shop.reports.liability()
    table = shop.reports.rfm(rows[-1].on)
    customer = _most_telling(shop)
    statement = shop.reports.statement(customer_id=customer.id, limit=_LINES)
    watch.lap("reports")
    _say(out, reporting.tile_lines(tiles))
    _say(out, reporting.statement_lines(customer, statement, CDNOW.zone))
    _say(out, reporting.rfm_lines(table))
    _say(out, reporting.liability_lines(liability))
    counted = count(text)
    watch.lap("counting again")
    _say(out, reporting.compared(totals, counted))
    verified = shop.verify()
    watch.lap("verify")
    wrong = reporting.differences(tiles, totals, liability, counted)
    _say(
        out,
        [
            f"verify: {verified}",
            *(f"  {problem}" for problem in verified.problems[:_SHOWN_MAX]),
            *(f"differs: {one}" for one in wrong),
            f"took: {watch}",
        ],
    )
    return not wrong and not verified.problems


def _most_telling(shop: Loyalty) -> Customer:
    """
    Pick the customer whose statement shows the most.

    Of those with points left, redeemed and expired, the one with most points left; if
    there is none, the one with most points left of all.
    """
    return max(_customers(shop), key=_telling)


def _telling(customer: Customer) -> tuple[bool, int, str]:
    moved = (customer.points, customer.points_redeemed, customer.points_expired)
    return all(moved), customer.points, customer.person.external_id or ""


def _customers(shop: Loyalty) -> Iterator[Customer]:
    cursor: str | None = None
    while True:
        found, cursor = shop.customers.page(limit=_CUSTOMERS_A_PAGE, cursor=cursor)
        yield from found
        if cursor is None:
            return


def _say(out: TextIO, lines: Iterable[str]) -> None:
    """Print a block, with an empty line after it."""
    out.writelines(f"{line}\n" for line in (*lines, ""))
    out.flush()
