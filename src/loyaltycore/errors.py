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
    │   ├── CommandNotSupported          this card type has no such command
    │   ├── DuplicateKeyMismatch         the idempotency key was used for something else
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

import re
from typing import TYPE_CHECKING, ClassVar


if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

__all__ = [
    "AppendOnly",
    "BelowMinimum",
    "CommandNotSupported",
    "ConfirmMismatch",
    "Conflict",
    "Corrupt",
    "CurrencyMismatch",
    "Duplicate",
    "DuplicateCustomer",
    "DuplicateKeyMismatch",
    "ExceedsHold",
    "FileUnreadable",
    "InsufficientBalance",
    "InvalidAmount",
    "InvalidEmail",
    "InvalidInput",
    "InvalidMoment",
    "InvalidPhone",
    "InvalidValue",
    "LimitReached",
    "LoyaltyError",
    "NotCombinable",
    "NotFound",
    "NotReversible",
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


class LoyaltyError(Exception):
    """
    Anything that this package raises on purpose.

    Attributes:
        code: stable, snake case, the class's name.
        message: one sentence.
        details: the data behind the sentence, by name.
    """

    code: ClassVar[str] = "loyalty_error"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.code = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


# -- malformed input -----------------------------------------------------------------


class InvalidInput(LoyaltyError, ValueError):
    """What was passed in is malformed; the caller can mend it."""


class InvalidValue(InvalidInput):
    """A named field holds something it cannot hold."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}", field=field)
        self.field = field


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
    """An id that this program does not have."""

    noun: ClassVar[str] = "record"

    def __init__(self, id: str) -> None:  # noqa: A002 - the field's name everywhere
        super().__init__(f"No {self.noun} has the id {id!r} in this program.", id=id)
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


class CommandNotSupported(Refusal):
    """The card's type does not know this command."""


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


# -- the store -----------------------------------------------------------------------


class StoreError(LoyaltyError):
    """The store could not do its work; what it was asked for was not half done."""


class Conflict(StoreError):
    """A row changed since it was read; reading and deciding again is safe."""


class Unavailable(StoreError):
    """The store is locked or cannot be reached; trying again later is safe."""


class Duplicate(StoreError):
    """
    A key or a declared unique is taken.

    Attributes:
        details: ``collection``, and ``columns`` where the engine names them.
    """


class Unwritable(StoreError):
    """The store is read-only or out of space."""


class Corrupt(StoreError):
    """The file is not a database, or a damaged one."""


class AppendOnly(StoreError):
    """Somebody tried to change or delete a row of the journal."""


class UnsupportedValue(StoreError, ValueError):
    """A value that not every store could keep unchanged."""


class SchemaTooNew(StoreError):
    """The tables were written by a later version of this package."""


class SchemaTooOld(StoreError):
    """The tables were written by an earlier version; run ``migrate()`` first."""
