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
    │   ├── InvalidFilter                no such field, or not compared like that
    │   └── FileUnreadable               not a file of the kind that was asked for
    ├── NotFound (LookupError)         an id that the program does not have
    │   ├── UnknownCustomer
    │   ├── UnknownCard
    │   ├── UnknownTemplate
    │   ├── UnknownTransaction
    │   ├── UnknownNote
    │   ├── UnknownManager
    │   ├── UnknownLocation
    │   ├── UnknownSegment
    │   ├── UnknownFilter
    │   ├── UnknownLink
    │   └── UnknownTerminal
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
    │   ├── CustomerBlocked              blocked, deactivated or gone
    │   ├── CustomerGone                 deleted or erased
    │   ├── CustomerHasInstalledCard     its card has to be deleted first
    │   ├── OutstandingUnits             units are held, or wait until they count
    │   ├── NotMergeable                 oneself, or somebody who is gone
    │   ├── NotTheAuthor                 a note is changed by who wrote it
    │   ├── AlreadyReviewed              a visit is reviewed once
    │   ├── DeadLink                     it led to a card or customer who is gone
    │   ├── PermissionDenied             not the manager's to do, or not there
    │   ├── QuotaReached                 the plan allows no more
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

from loyaltycore.errors.refusals import (
    AlreadyRedeemed,
    AlreadyReviewed,
    BelowMinimum,
    CardBlocked,
    CardDeleted,
    CardExpired,
    CardNotInstalled,
    CommandNotSupported,
    CustomerBlocked,
    CustomerGone,
    CustomerHasInstalledCard,
    DeadLink,
    DuplicateCustomer,
    DuplicateField,
    DuplicateKeyMismatch,
    ExceedsHold,
    InsufficientBalance,
    LimitReached,
    NotAvailable,
    NotCombinable,
    NotEligible,
    NotMergeable,
    NotReversible,
    NotTheAuthor,
    OutstandingUnits,
    PermissionDenied,
    PurchaseAmountRequired,
    QuotaReached,
    Refusal,
    TakesNothing,
)
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
    from collections.abc import Mapping, Sequence

__all__ = [
    "AlreadyRedeemed",
    "AlreadyReviewed",
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
    "CustomerBlocked",
    "CustomerGone",
    "CustomerHasInstalledCard",
    "DeadLink",
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
    "InvalidFilter",
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
    "NotMergeable",
    "NotReversible",
    "NotTheAuthor",
    "OutstandingUnits",
    "PermissionDenied",
    "PurchaseAmountRequired",
    "QuotaReached",
    "Refusal",
    "SchemaTooNew",
    "SchemaTooOld",
    "StoreError",
    "TakesNothing",
    "Unavailable",
    "UnknownCard",
    "UnknownCustomer",
    "UnknownFilter",
    "UnknownLink",
    "UnknownLocation",
    "UnknownManager",
    "UnknownNote",
    "UnknownSegment",
    "UnknownTemplate",
    "UnknownTerminal",
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


class InvalidFilter(InvalidInput):
    """
    A filter names a field that is not there, or compares one as it cannot be.

    Attributes:
        field: which one.
        admitted: what would be taken: fields, operators or values.
    """

    def __init__(
        self, field: str, op: str | None, message: str, admitted: Sequence[str] = ()
    ) -> None:
        compared = field if op is None else f"{field} {op}"
        super().__init__(
            f"{compared}: {message}", field=field, op=op, admitted=tuple(admitted)
        )
        self.field = field
        self.admitted = tuple(admitted)


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


class UnknownNote(NotFound):
    """No such note."""

    noun = "note"


class UnknownManager(NotFound):
    """No such manager."""

    noun = "manager"


class UnknownLocation(NotFound):
    """No such location."""

    noun = "location"


class UnknownSegment(NotFound):
    """No such segment."""

    noun = "segment"


class UnknownFilter(NotFound):
    """No such saved filter."""

    noun = "saved filter"


class UnknownLink(NotFound):
    """No such link; its token is not repeated, for it may have been guessed at."""

    noun = "link"

    def __init__(self) -> None:
        super().__init__("that was given", by="token")
        self.message = "No link has this token in this program."
        self.args = (self.message,)


class UnknownTerminal(NotFound):
    """No such terminal."""

    noun = "terminal"
