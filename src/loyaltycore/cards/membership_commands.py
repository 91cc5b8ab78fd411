"""What can be asked of a membership card; a visit is ``CheckIn``."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import attrs

from loyaltycore.cards.settings import a_day, flag, text
from loyaltycore.program.managers import Permission


__all__ = [
    "CancelMembership",
    "ChangeTier",
    "LockMembership",
    "RenewMembership",
    "SetMembershipEnd",
    "Subscribe",
    "UnlockMembership",
]


@attrs.frozen
class Subscribe:
    """
    Begin a membership, and pay its first period where there is no trial.

    Attributes:
        tier: by name; None is the lowest one.
        period: of one of its plans; None is the usual one.
        starts_on: the first local day; None is today.
        payment_ref: what the payment is called elsewhere.
    """

    tier: str | None = attrs.field(default=None, validator=text)
    period: str | None = attrs.field(default=None, validator=text)
    starts_on: date | None = attrs.field(default=None, validator=a_day, kw_only=True)
    payment_ref: str | None = attrs.field(default=None, validator=text, kw_only=True)


@attrs.frozen
class RenewMembership:
    """Pay one more period; a membership that has ended is subscribed again instead."""

    payment_ref: str | None = attrs.field(default=None, validator=text, kw_only=True)


@attrs.frozen
class ChangeTier:
    """
    Go up or down; when, and what of the visits, is the template's to say.

    Attributes:
        period: of one of the new tier's plans; None is the present one, if it has
            that, else its usual one.
    """

    tier: str = attrs.field(validator=text)
    period: str | None = attrs.field(default=None, validator=text)
    payment_ref: str | None = attrs.field(default=None, validator=text, kw_only=True)


@attrs.frozen
class CancelMembership:
    """
    End a membership.

    Attributes:
        at_period_end: with what is paid; or else now, and the transaction pins as
            ``unused`` how many minor units of the price were not used.
    """

    permission: ClassVar[Permission] = Permission.ADJUST
    at_period_end: bool = attrs.field(default=True, validator=flag)


@attrs.frozen
class SetMembershipEnd:
    """Set the last paid local day by hand; None is as many periods as were paid."""

    permission: ClassVar[Permission] = Permission.ADJUST
    last_day: date | None = attrs.field(default=None, validator=a_day)


@attrs.frozen
class LockMembership:
    """Let nobody in until it is unlocked, such as when a payment failed."""

    permission: ClassVar[Permission] = Permission.ADJUST


@attrs.frozen
class UnlockMembership:
    """Let its member in again."""

    permission: ClassVar[Permission] = Permission.ADJUST
