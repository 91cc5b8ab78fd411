"""A tier by spend, as a template writes it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from loyaltycore.cards.settings import one_of, percentage, several
from loyaltycore.errors import InvalidValue
from loyaltycore.values.expiry import ExpiryPolicy
from loyaltycore.values.money import Amount, amount_of, number_of
from loyaltycore.values.quantity import decimal_of


if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["TIERS_MAX", "Tier", "given", "tiers_of"]

TIERS_MAX = 20


@attrs.frozen
class Tier:
    """
    A percentage from a spend on.

    Attributes:
        name: as the till shows it.
        spend_from: in the program's currency.
        percent: 0 to 100, with at most two decimals.
        points_expiry: when points that are earned in it stop counting, if the template
            does not say it for all.
    """

    name: str
    spend_from: Amount = attrs.field(converter=amount_of)
    percent: Decimal = attrs.field(converter=decimal_of, validator=percentage)
    points_expiry: ExpiryPolicy | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(one_of(ExpiryPolicy)),
        kw_only=True,
    )


def given(tiers: Iterable[Tier]) -> tuple[Tier, ...]:
    """
    Take a list as well as a tuple.

    Raises:
        InvalidValue: something else is among them.
    """
    return several("tiers", tiers, Tier)


def tiers_of(tiers: tuple[Tier, ...], percent: Decimal | None) -> tuple[Tier, ...]:
    """
    The tiers of a template, or the one that a single percentage stands for.

    Raises:
        InvalidValue: both or neither is given, there are more than 20, the first does
            not start at 0, or they do not rise.
    """
    if (percent is None) is not bool(tiers):
        raise InvalidValue("tiers", "give either percent or tiers.")
    if percent is not None:
        return (Tier("", 0, percent),)
    starts = [number_of(tier.spend_from) for tier in tiers]
    if len(tiers) > TIERS_MAX:
        raise InvalidValue("tiers", f"at most {TIERS_MAX}, not {len(tiers)}.")
    if starts[0] != 0:
        raise InvalidValue("tiers", "the first one starts at a spend of 0.")
    if starts != sorted(set(starts)):
        raise InvalidValue(
            "tiers", "each starts at a higher spend than the one before."
        )
    return tiers
