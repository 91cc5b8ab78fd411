"""
What may change from one version of a template to the next.

Amounts in the ledger are whole numbers of the smallest unit, so the decimals of a unit
stay for good; a card does not turn into one of another kind; and what is filled in
already stays readable and, where it was said to be, unique.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.errors import InvalidValue


if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyaltycore.cards.card import CardTemplate

__all__ = ["check_change"]


def check_change(
    earlier: Sequence[CardTemplate], after: CardTemplate, currency: str
) -> None:
    """
    Refuse a version that cannot follow those before it.

    Args:
        earlier: all of them, in rising order.

    Raises:
        InvalidValue: of ``kind``, ``scales`` or ``form``, or what the type says.
    """
    before, rules = earlier[-1].rules, after.rules
    if rules.kind != before.kind:
        message = f"a {before.kind} card stays one; create a template for {rules.kind}."
        raise InvalidValue("kind", message)
    scales = rules.scales(currency)
    for unit, scale in before.scales(currency).items():
        if scales.get(unit) != scale:
            message = f"{unit}s stay as they are, with {scale} decimals."
            raise InvalidValue("scales", message)
    for version in earlier:
        rules.check_after(version.rules)
    form = {field.name: field for field in after.conditions.form}
    for version in earlier:
        for field in version.conditions.form:
            new = form.get(field.name, field)
            if (new.type, new.unique) != (field.type, field.unique):
                message = f"{field.name} keeps its type, and stays unique or does not."
                raise InvalidValue("form", message)
