"""
Lists, filters and segments over many customers, through the public API.

Each list is asked for with all the columns of a first screen, cards included.  One
customer in ten is tagged ``vip`` and one in a thousand ``rare``; half of them have the
points that are asked for.  A filter that means few makes a page walk far, which is
shown by the figures without an aim.
"""

from __future__ import annotations

import resource
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.figures import Aim, Figure
from loyaltycore.customers.filter_words import filters


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from typing import Any

    from loyaltycore import Loyalty

__all__ = ["measured", "tags_of"]

_TIMES = 41
_TIMES_SLOW = 3
_PAGE = Aim("<=", 5)
_TWO_FILTERS = Aim("<=", 20)


def tags_of(customer_id: str, number: int, at: datetime) -> list[dict[str, Any]]:
    """Tag one in ten, and one in a thousand."""
    tags = {"vip": 10, "rare": 1_000}
    return [
        {
            "program_id": "bench",
            "customer_id": customer_id,
            "tag": tag,
            "tagged_at": at,
        }
        for tag, every in tags.items()
        if number % every == 0
    ]


def measured(engine: str, shop: Loyalty, customers: int) -> Iterator[Figure]:
    """Measure pages, counts and the refresh of a segment."""
    rich, vip, rare = (
        filters.points.at_least(5),
        filters.tags.has("vip"),
        filters.tags.has("rare"),
    )

    def by_email(number: int) -> object:
        n = (number * 7_919 + 1) % customers
        return shop.grid.page(filter=filters.email.is_(f"ada{n}@example.org"))

    quick: dict[str, tuple[Callable[[int], object], Aim | None]] = {
        "list_page_50": (lambda _: shop.grid.page(), _PAGE),
        "list_by_name_50": (lambda _: shop.grid.page(sort="user_name"), _PAGE),
        "list_two_filters_50": (
            lambda _: shop.grid.page(filter=rich & vip),
            _TWO_FILTERS,
        ),
        "list_filter_by_email": (by_email, _PAGE),
    }
    slow: dict[str, Callable[[int], object]] = {
        "list_rare_tag_50": lambda _: shop.grid.page(filter=rich & rare),
        "list_by_points_50": lambda _: shop.grid.page(sort="points"),
        "list_counted_to_1000": lambda _: shop.grid.count(rich & vip, at_most=1_000),
        "list_counted": lambda _: shop.grid.count(rich & vip),
    }
    for name, (ask, aim) in quick.items():
        value = median(_milliseconds(ask, n) for n in range(_TIMES))
        yield Figure(name=f"scale_{engine}_{name}_ms", value=value, digits=3, aim=aim)
    for name, question in slow.items():
        value = median(_milliseconds(question, n) for n in range(_TIMES_SLOW))
        yield Figure(name=f"scale_{engine}_{name}_ms", value=value, digits=1)
    yield from _refreshed(engine, shop)


def _refreshed(engine: str, shop: Loyalty) -> Iterator[Figure]:
    segment = shop.segments.create("Rich", filters.points.at_least(5))
    before, started = _memory(), perf_counter()
    (report,) = shop.segments.refresh(segment.id)
    seconds = perf_counter() - started
    yield Figure(
        name=f"scale_{engine}_segment_members_per_s",
        value=report.entered / seconds,
        digits=0,
        note=f"{report.entered:,} entered; {_memory() - before:.0f} MB grown",
    )
    started = perf_counter()
    shop.segments.refresh(segment.id)
    yield Figure(
        name=f"scale_{engine}_segment_unchanged_s",
        value=perf_counter() - started,
        digits=2,
        note="a refresh that has nothing to write",
    )


def _milliseconds(ask: Callable[[int], object], number: int) -> float:
    started = perf_counter()
    ask(number)
    return (perf_counter() - started) * 1_000


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
