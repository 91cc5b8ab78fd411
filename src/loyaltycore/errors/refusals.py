"""Refusals: a rule says no, and nothing was written; see ``loyaltycore.errors``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.errors.root import LoyaltyError


if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from decimal import Decimal

__all__ = [
    "AlreadyRedeemed",
    "AlreadyReviewed",
    "BelowMinimum",
    "CardBlocked",
    "CardDeleted",
    "CardExpired",
    "CardNotInstalled",
    "CommandNotSupported",
    "CustomerBlocked",
    "CustomerGone",
    "CustomerHasInstalledCard",
    "DeadLink",
    "DuplicateCustomer",
    "DuplicateField",
    "DuplicateKeyMismatch",
    "ExceedsHold",
    "InsufficientBalance",
    "LimitReached",
    "NotAvailable",
    "NotCombinable",
    "NotEligible",
    "NotMergeable",
    "NotReversible",
    "NotTheAuthor",
    "OutstandingUnits",
    "PermissionDenied",
    "PurchaseAmountRequired",
    "QuotaReached",
    "Refusal",
    "TakesNothing",
]


class Refusal(LoyaltyError):
    """
    A rule says no, and nothing was written.

    A decision returns it as a value; services raise it; ``quote`` hands it out.
    """

    def __str__(self) -> str:
        return self.message


class InsufficientBalance(Refusal):
    """More was asked for than there is."""

    def __init__(self, *, unit: str, available: str, asked: str) -> None:
        super().__init__(
            f"{available} {unit}, {asked} asked",
            unit=unit,
            available=available,
            asked=asked,
        )


class BelowMinimum(Refusal):
    """Less was asked for than the card's rules allow."""


class LimitReached(Refusal):
    """A limit of the card's rules is used up."""

    def __init__(
        self,
        limit: str,
        *,
        used: int | Decimal,
        at_most: int | Decimal,
        resets_at: datetime | None = None,
    ) -> None:
        again = f" It opens again at {resets_at.isoformat()}." if resets_at else ""
        super().__init__(
            f"The limit of {at_most} {limit} is reached ({used} used).{again}",
            limit=limit,
            used=used,
            at_most=at_most,
            resets_at=resets_at,
        )


class NotReversible(Refusal):
    """The transaction cannot be voided or refunded, or not by that much."""


class ExceedsHold(Refusal):
    """More was to be captured than the hold reserves."""

    def __init__(self, *, held: str, asked: str) -> None:
        super().__init__(
            f"{held} is held and {asked} was to be captured; capture less.",
            held=held,
            asked=asked,
        )


class NotCombinable(Refusal):
    """The offer may not be combined with those that the order has already."""


class TakesNothing(Refusal):
    """The offer takes nothing off this order, and is only used where it does."""


class NotAvailable(Refusal):
    """What was asked for cannot be had now: it has ended, was used, or is locked."""

    def __init__(self, message: str, *, status: str) -> None:
        super().__init__(message, status=status)


class AlreadyRedeemed(Refusal):
    """All uses of a coupon were redeemed before."""


class NotEligible(Refusal):
    """The offer is not for the customer who asks for it."""


class CommandNotSupported(Refusal):
    """The card's type does not know this command."""


class CustomerBlocked(Refusal):
    """The customer is blocked, deactivated, deleted or gone; nothing is posted."""

    def __init__(self, customer_id: str, status: str) -> None:
        message = f"This customer is {status} and neither earns nor redeems."
        super().__init__(message, customer_id=customer_id, status=status)


class CustomerGone(Refusal):
    """The customer was deleted or erased; nothing is written about them."""

    def __init__(self, customer_id: str, status: str) -> None:
        message = f"This customer is {status}; nothing can be changed about them."
        super().__init__(message, customer_id=customer_id, status=status)


class CustomerHasInstalledCard(Refusal):
    """A customer with a card on a phone is not deleted; the card has to be first."""

    def __init__(self, customer_id: str, card_ids: Sequence[str]) -> None:
        many = "a card" if len(card_ids) == 1 else f"{len(card_ids)} cards"
        message = f"This customer has {many} on a phone; delete that first."
        super().__init__(message, customer_id=customer_id, card_ids=list(card_ids))


class OutstandingUnits(Refusal):
    """A card of the customer has units that are held, or that do not count yet."""

    def __init__(self, customer_id: str, card_ids: Sequence[str]) -> None:
        message = (
            "Units on this customer's cards are held or do not count yet; settle them, "
            "or pass release=True."
        )
        super().__init__(message, customer_id=customer_id, card_ids=list(card_ids))


class NotMergeable(Refusal):
    """Two customers cannot become one: they are one, or one of them is gone."""

    def __init__(self, message: str, *, source_id: str, target_id: str) -> None:
        super().__init__(message, source_id=source_id, target_id=target_id)


class NotTheAuthor(Refusal):
    """A note is changed and deleted by who wrote it, and by nobody else."""

    def __init__(self, note_id: str, author_id: str | None) -> None:
        message = "Only who wrote a note may change or delete it."
        super().__init__(message, note_id=note_id, author_id=author_id)


class AlreadyReviewed(Refusal):
    """The visit was reviewed before; one is reviewed once."""

    def __init__(self, transaction_id: str, review_id: str) -> None:
        message = "This visit was reviewed before."
        super().__init__(message, transaction_id=transaction_id, review_id=review_id)


class DeadLink(Refusal):
    """A link led to a card that was deleted, or to a customer who is gone."""

    def __init__(self, purpose: str, subject_id: str, status: str) -> None:
        message = f"What this link led to is {status}; ask for a new one."
        super().__init__(
            message, purpose=str(purpose), subject_id=subject_id, status=status
        )


class PermissionDenied(Refusal):
    """A manager is not allowed to do this, or not at this location."""

    def __init__(
        self,
        manager_id: str,
        permission: str | None,
        location_id: str | None = None,
        *,
        is_place: bool = False,
    ) -> None:
        if permission is None:
            message = "No manager may do that, only your own backend."
        elif is_place:
            message = "This manager is bound to other places; act at one of theirs."
        else:
            message = f"This manager may not do that; it takes {str(permission)!r}."
        super().__init__(
            message,
            manager_id=manager_id,
            permission=None if permission is None else str(permission),
            location_id=location_id,
        )


class QuotaReached(Refusal):
    """The program has as many as its plan allows."""

    def __init__(self, quota: str, at_most: int) -> None:
        super().__init__(
            f"This program may have {at_most} {quota}, and has them.",
            quota=quota,
            at_most=at_most,
        )


class CardDeleted(Refusal):
    """The card was deleted: it no longer functions, though it may be on a phone."""

    def __init__(self, card_id: str) -> None:
        super().__init__("This card was deleted; issue a new one.", card_id=card_id)


class CardBlocked(Refusal):
    """The card was blocked by hand; the card itself knows the reason."""

    def __init__(self, card_id: str) -> None:
        super().__init__("This card is blocked; unblock it first.", card_id=card_id)


class CardExpired(Refusal):
    """The card is past its last day: it can be read, voided and refunded on."""

    def __init__(self, card_id: str, last_day: date, expired_at: datetime) -> None:
        message = f"This card was valid through {last_day.isoformat()}."
        data = {"last_day": last_day, "expired_at": expired_at}
        super().__init__(message, card_id=card_id, **data)


class CardNotInstalled(Refusal):
    """The card is not installed on a phone, and what was asked needs that."""

    def __init__(self, card_id: str) -> None:
        message = "This card is not installed on a phone; it has to be, for this."
        super().__init__(message, card_id=card_id)


class PurchaseAmountRequired(Refusal):
    """The template wants to know the amount of the purchase that earns."""

    def __init__(self, card_id: str) -> None:
        message = "This card earns on purchases; say how much was paid."
        super().__init__(message, card_id=card_id)


class DuplicateField(Refusal):
    """Another one, the card or customer ``owner_id``, has this value already."""

    def __init__(self, field: str, owner_id: str) -> None:
        message = f"{owner_id} already has this {field}."
        super().__init__(message, field=field, owner_id=owner_id)


class DuplicateKeyMismatch(Refusal):
    """The idempotency key was used before, for another request."""

    def __init__(self, key: str, transaction_id: str) -> None:
        super().__init__(
            f"The key {key!r} already stands for another request; use a new key.",
            key=key,
            transaction_id=transaction_id,
        )


class DuplicateCustomer(Refusal):
    """Another living customer has this phone, e-mail address or external id."""

    def __init__(self, field: str, customer_id: str) -> None:
        super().__init__(
            f"Customer {customer_id} already has this {field}.",
            field=field,
            customer_id=customer_id,
        )
