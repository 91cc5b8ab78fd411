"""
How many seats, customers and locations there are, and whether there is room for more.

Numbers are kept in counters, in the write that they count.  Those of customers are
spread over several rows, so that two registrations do not wait for one another where
nobody asked for a limit.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, Literal

from loyaltycore.errors import QuotaReached
from loyaltycore.ports import Add, Ref
from loyaltycore.records.figures import SLOTS, slot_of


if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyaltycore.customers.customer import Customer
    from loyaltycore.ports import Session
    from loyaltycore.program.program import Program

__all__ = ["QUOTA", "Quota", "living_counts", "make_room", "quota_name", "room", "take"]

Quota = Literal["seats", "locations"]

#: What the names of these counters begin with.
QUOTA: Final = "quota/"


def quota_name(quota: str, slot: int | None = None) -> str:
    """The name of a counter."""
    return f"{QUOTA}{quota}" if slot is None else f"{QUOTA}{quota}/{slot}"


def living_counts(
    program_id: str, customers: Iterable[Customer], change: int = 1
) -> list[Add]:
    """Count customers who are living now, or with -1 no longer."""
    counted = Counter(slot_of(each.id) for each in customers if each.is_living)
    return [
        Add(_ref(program_id, quota_name("customers", slot)), {"used": n * change})
        for slot, n in sorted(counted.items())
    ]


def room(session: Session, program: Program, *, hold: bool = False) -> int | None:
    """
    How many more customers may live; None is no limit.

    Args:
        hold: nobody else takes any of it until the session is over.
    """
    at_most = program.quotas.customers
    if at_most is None:
        return None
    slots = (quota_name("customers", slot) for slot in range(SLOTS))
    refs = [_ref(program.id, name) for name in slots]
    if hold:  # who comes second waits here, also where there is no row yet
        session.apply([Add(refs[0], {"used": 0})])
    rows = session.get(refs, lock=hold)
    there: int = sum(row["used"] for row in rows if row is not None)
    return max(0, at_most - there)


def make_room(session: Session, program: Program, n: int = 1) -> None:
    """
    See to it that so many more customers may live, before they do.

    Raises:
        QuotaReached: the plan has not room for them.
    """
    left = room(session, program, hold=True)
    if left is not None and left < n:
        raise QuotaReached("customers", program.quotas.customers or 0)


def take(session: Session, program: Program, quota: Quota, n: int = 1) -> None:
    """
    Take a seat or a location of the plan, or with -1 give one back.

    With 0 nothing is taken; but as ever, who comes second waits for the first.

    Raises:
        QuotaReached: the plan has no more of them.
    """
    at_most: int | None = getattr(program.quotas, quota)
    limits = {"used": at_most} if at_most is not None and n > 0 else {}
    ref = _ref(program.id, quota_name(quota))
    if session.apply([Add(ref, {"used": n}, limits)]) == [0]:
        assert at_most is not None, "without a limit there is room"
        raise QuotaReached(quota, at_most)


def _ref(program_id: str, name: str) -> Ref:
    return Ref("counter", ("program_id", "name"), (program_id, name))
