"""What is said where a membership is in a status in which something cannot be had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.cards.subscription import MembershipStatus
from loyaltycore.errors import NotAvailable
from loyaltycore.values.days import local_day


if TYPE_CHECKING:
    from loyaltycore.cards.subscription import Subscription
    from loyaltycore.ledger.decision import Context

__all__ = ["not_let_in", "not_now"]

_REMEDIES: Final = {
    MembershipStatus.NONE: "subscribe first",
    MembershipStatus.PENDING: "come back when it begins",
    MembershipStatus.LOCKED: "unlock it when it is paid",
    MembershipStatus.EXPIRED: "subscribe again",
    MembershipStatus.CANCELLED: "subscribe again",
}


def not_now(status: MembershipStatus, remedy: str) -> NotAvailable:
    """Say that a membership is in a status in which something cannot be had."""
    if status is MembershipStatus.NONE:
        return NotAvailable(f"There is no membership yet; {remedy}.", status=status)
    return NotAvailable(f"The membership is {status}; {remedy}.", status=status)


def not_let_in(
    status: MembershipStatus, now: Subscription | None, context: Context
) -> NotAvailable:
    """Say why nobody comes in; a visit before what is agreed now has nowhere to go."""
    today = local_day(context.at, context.zone)
    if now is None or status is not MembershipStatus.PENDING or today < now.starts:
        return not_now(status, _REMEDIES[status])
    message = (
        f"The visit of {context.local_day} was before this membership, which began on "
        f"{now.starts}; report visits before the membership is begun anew."
    )
    return NotAvailable(message, status=status)
