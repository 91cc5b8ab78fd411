"""
What may change from one version of a template to the next.

Amounts in the ledger are whole numbers of the smallest unit, so the decimals of a unit
stay for good; and a card does not turn into one of another kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loyaltycore.errors import InvalidValue


if TYPE_CHECKING:
    from loyaltycore.cards.contract import CardType

__all__ = ["check_change"]


def check_change(before: CardType[Any], after: CardType[Any], currency: str) -> None:
    """
    Refuse rules that cannot follow those before them.

    Raises:
        InvalidValue: of ``kind``, or of ``scales``.
    """
    if after.kind != before.kind:
        message = f"a {before.kind} card stays one; create a template for {after.kind}."
        raise InvalidValue("kind", message)
    scales = after.scales(currency)
    for unit, scale in before.scales(currency).items():
        if scales.get(unit) != scale:
            message = f"{unit}s stay as they are, with {scale} decimals."
            raise InvalidValue("scales", message)
