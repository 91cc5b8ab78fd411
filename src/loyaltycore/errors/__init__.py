"""
Every error of the package, in one place.

Owns what can go wrong and how it is said; knows nothing of the rest of the package.

Each class has a stable ``code`` (its name in snake case), one plain sentence that a
cashier or a developer can act on, and its data as ``details``.  Codes and class names
are public: they change only with a major version.  No message carries personal data.

::

    LoyaltyError
    ├── InvalidInput (ValueError)      what was passed in is malformed
    │   ├── InvalidValue                 a named field
    │   ├── InvalidFields                every bad field of a form, in one error
    │   ├── InvalidAmount                a quantity or an amount of money
    │   ├── InvalidMoment                a naive or impossible moment
    │   ├── InvalidPhone
    │   ├── InvalidEmail
    │   ├── CurrencyMismatch
    │   ├── ConfirmMismatch              the amount typed twice differs
    │   └── FileUnreadable               not a file of the kind that was asked for
    ├── NotFound (LookupError)         an id that the program does not have
    │   ├── UnknownCustomer
    │   ├── UnknownCard
    │   ├── UnknownTemplate
    │   └── UnknownTransaction
    ├── Refusal                        a rule says no; nothing was written
    │   ├── InsufficientBalance
    │   ├── BelowMinimum
    │   ├── LimitReached
    │   ├── NotReversible
    │   ├── ExceedsHold                  more is captured than is held
    │   ├── NotCombinable                not beside the offers that an order has
    │   ├── TakesNothing                 an offer would have no effect
    │   ├── NotAvailable                 not now: ended, used, locked or not begun
    │   ├── AlreadyRedeemed              what can be used so often was
    │   ├── NotEligible                  not for this customer
    │   ├── CommandNotSupported          this card type has no such command
    │   ├── CardDeleted                  the card no longer functions
    │   ├── CardBlocked
    │   ├── CardExpired
    │   ├── CardNotInstalled             it has to be on a phone for that
    │   ├── PurchaseAmountRequired       the card earns on purchases only
    │   ├── DuplicateKeyMismatch         the idempotency key was used for something else
    │   ├── DuplicateField               a unique custom field is taken
    │   └── DuplicateCustomer            a unique field is taken
    └── StoreError                     the store could not do its work
        ├── Conflict                     somebody else was faster; retry
        ├── Unavailable                  locked or unreachable; retry later
        ├── Duplicate                    a declared unique is taken
        ├── Unwritable                   read-only or full
        ├── Corrupt                      not a database, or a damaged one
        ├── AppendOnly                   the journal is never edited
        ├── UnsupportedValue             a value that some store could not keep
        ├── SchemaTooNew                 written by a later version
        └── SchemaTooOld                 ``migrate()`` has to run first
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from loyaltycore.errors.root import LoyaltyError
from loyaltycore.errors.store import (
    AppendOnly,
    Conflict,
    Corrupt,
    Duplicate,
    SchemaTooNew,
    SchemaTooOld,
    StoreError,
    Unavailable,
    UnsupportedValue,
    Unwritable,
)


if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from decimal import Decimal

__all__ = [
    "AlreadyRedeemed",
    "AppendOnly",
    "BelowMinimum",
    "CardBlocked",
    "CardDeleted",
    "CardExpired",
    "CardNotInstalled",
    "CommandNotSupported",
    "ConfirmMismatch",
    "Conflict",
    "Corrupt",
    "CurrencyMismatch",
    "Duplicate",
    "DuplicateCustomer",
    "DuplicateField",
    "DuplicateKeyMismatch",
    "ExceedsHold",
    "FileUnreadable",
    "InsufficientBalance",
    "InvalidAmount",
    "InvalidEmail",
    "InvalidFields",
    "InvalidInput",
    "InvalidMoment",
    "InvalidPhone",
    "InvalidValue",
    "LimitReached",
    "LoyaltyError",
    "NotAvailable",
    "NotCombinable",
    "NotEligible",
    "NotFound",
    "NotReversible",
    "PurchaseAmountRequired",
    "Refusal",
    "SchemaTooNew",
    "SchemaTooOld",
    "StoreError",
    "TakesNothing",
    "Unavailable",
    "UnknownCard",
    "UnknownCustomer",
    "UnknownTemplate",
    "UnknownTransaction",
    "UnsupportedValue",
    "Unwritable",
]


# -- malformed input -----------------------------------------------------------------


class InvalidInput(LoyaltyError, ValueError):
    """What was passed in is malformed; the caller can mend it."""


class InvalidValue(InvalidInput):
    """A named field holds something it cannot hold."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}", field=field)
        self.field = field


class InvalidFields(InvalidInput):
    """
    A form has bad fields; all of them are named at once.

    Attributes:
        problems: a sentence for each field, by its name; it does not repeat the value.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()), problems=dict(problems))
        self.problems = dict(problems)


class InvalidAmount(InvalidInput):
    """A quantity or an amount of money is not a number that can be kept exactly."""


class InvalidMoment(InvalidInput):
    """A moment has no time zone, or is not a moment at all."""


class InvalidPhone(InvalidInput):
    """A phone number cannot be one; the message never repeats it."""


class InvalidEmail(InvalidInput):
    """An e-mail address cannot be one; the message never repeats it."""


class CurrencyMismatch(InvalidInput):
    """Money of another currency than the program's was passed in."""

    def __init__(self, expected: str, given: str) -> None:
        super().__init__(
            f"This program counts in {expected}; {given} was given.",
            expected=expected,
            given=given,
        )


class ConfirmMismatch(InvalidInput):
    """An amount typed twice for safety differs between the two."""


class FileUnreadable(InvalidInput):
    """A file has no rows that could be read: not text, no header, or another header."""


# -- unknown ids ---------------------------------------------------------------------


class NotFound(LoyaltyError, LookupError):
    """
    An id that this program does not have.

    Args:
        by: what was looked for, where it is no id.
    """

    noun: ClassVar[str] = "record"

    def __init__(self, id: str, *, by: str = "id") -> None:  # noqa: A002 - the field's name everywhere
        super().__init__(f"No {self.noun} has the {by} {id!r} in this program.", id=id)
        self.id = id


class UnknownCustomer(NotFound):
    """No such customer."""

    noun = "customer"


class UnknownCard(NotFound):
    """No such card."""

    noun = "card"


class UnknownTemplate(NotFound):
    """No such card template."""

    noun = "card template"


class UnknownTransaction(NotFound):
    """No such transaction."""

    noun = "transaction"


# -- refusals by rule ----------------------------------------------------------------


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
