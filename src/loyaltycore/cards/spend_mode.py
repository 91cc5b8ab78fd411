"""
Stamps for money spent, and what is left over until it is enough for another one.

What is carried stays on the card as spend, and each full *per* of it turns into stamps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

import attrs

from loyaltycore.cards.settings import above_zero, whole
from loyaltycore.ledger.happy_effects import happy_steps, happy_units
from loyaltycore.ledger.transactions import Unit
from loyaltycore.values.money import Amount, amount_of, minor_units


if TYPE_CHECKING:
    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.transactions import Facts
    from loyaltycore.values.expiry import ExpiryPolicy

__all__ = ["Spend", "add_stamps", "stamps_carried", "step_of"]

_at_least_one = whole(1)


@attrs.frozen
class Spend:
    """
    So many stamps for each full *per* spent.

    14.00 and then 17.00 at one stamp per 10.00 earn two stamps; with the remainder
    carried they earn three, and 1.00 is left over.

    Attributes:
        per: in the program's currency, above 0.
        stamps: 1 or more.
        carry_remainder: what is left over counts towards the next stamp.
    """

    per: Amount = attrs.field(converter=amount_of, validator=above_zero)
    stamps: int = attrs.field(default=1, validator=_at_least_one)
    carry_remainder: bool = False


def stamps_carried(mode: object, draft: Draft, happy: Facts) -> int:
    """How many stamps the spend on the card comes to; none where none is carried."""
    if not is_carried(mode):
        return 0
    per = minor_units(mode.per, draft.context.currency)
    return happy_units(happy, max(0, draft.balance(Unit.SPEND) // per * mode.stamps))


def step_of(mode: object, happy: Facts) -> int:
    """What is carried turns into so many stamps at a time, or into one."""
    if is_carried(mode):
        return max(1, happy_units(happy, mode.stamps))
    return 1


def add_stamps(
    mode: object, n: int, draft: Draft, life: ExpiryPolicy, happy: Facts
) -> None:
    """
    Credit stamps, or turn the spend that is carried for them into some.

    Args:
        life: when the stamps stop counting.
    """
    if n and is_carried(mode):
        steps = happy_steps(happy, n, mode.stamps)
        spend = steps * minor_units(mode.per, draft.context.currency)
        draft.convert(Unit.SPEND, spend, into=Unit.STAMP, n=n, expiry=life)
    else:
        draft.credit(Unit.STAMP, n, expiry=life)


def is_carried(mode: object) -> TypeGuard[Spend]:
    """Does what is left over of a purchase count towards the next stamp?"""
    return isinstance(mode, Spend) and mode.carry_remainder
