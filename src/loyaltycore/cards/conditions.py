"""
Under which conditions cards of a template are used, whatever their type.

Owns what a merchant sets beside the rules: how long a card is valid, what it takes to
earn on it, and the form that is filled in when it is issued.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import attrs

from loyaltycore.cards.settings import flag, one_of
from loyaltycore.program.fields import FieldDefinition, check_form
from loyaltycore.values.expiry import FixedDate, Never, PeriodUnit, Rolling


__all__ = ["AfterInstall", "AfterIssue", "CardExpiry", "Conditions"]


@attrs.frozen
class _After:
    """So long after something; *n* and *unit* as in ``Rolling``."""

    n: int
    unit: PeriodUnit

    def __attrs_post_init__(self) -> None:
        self.period()

    def period(self) -> Rolling:
        """The same as a policy of the ledger: through the end of the last day."""
        return Rolling(self.n, self.unit)


@attrs.frozen
class AfterIssue(_After):
    """A card is valid for so long after it was issued."""


@attrs.frozen
class AfterInstall(_After):
    """A card is valid for so long after it was first installed; before, for good."""


CardExpiry: TypeAlias = Never | FixedDate | AfterIssue | AfterInstall


def _form(fields: Iterable[FieldDefinition]) -> tuple[FieldDefinition, ...]:
    form = tuple(fields)
    check_form(form)
    return form


@attrs.frozen(kw_only=True)
class Conditions:
    """
    What holds for all cards of a template.

    Attributes:
        expiry: when a card itself expires: ``Never``, ``FixedDate``, ``AfterIssue`` or
            ``AfterInstall``; the last valid day is a local day, and whole.
        require_installed_for_earn: nothing is earned before a card is on a phone.
        require_purchase_amount: nothing is earned without saying what was paid.
        forfeit_on_card_expiry: units end with their card; by default they stay on it.
        form: the fields that are asked for when a card is issued.

    Raises:
        InvalidValue: a setting that cannot be, by name.
    """

    expiry: CardExpiry = attrs.field(default=Never(), validator=one_of(CardExpiry))
    require_installed_for_earn: bool = attrs.field(default=False, validator=flag)
    require_purchase_amount: bool = attrs.field(default=False, validator=flag)
    forfeit_on_card_expiry: bool = attrs.field(default=False, validator=flag)
    form: tuple[FieldDefinition, ...] = attrs.field(default=(), converter=_form)
