"""
Card templates; rules become JSON through cattrs.

A value that is one of several classes (an expiry policy, a stamp mode) carries its
class name as ``type``.
"""

from __future__ import annotations

import json
from datetime import date, time
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, get_origin

from loyaltycore.cards.benefits import Benefit
from loyaltycore.cards.card import CardTemplate
from loyaltycore.cards.conditions import CardExpiry, Conditions
from loyaltycore.cards.grants import Grant
from loyaltycore.cards.loaded_money import Activation
from loyaltycore.cards.point_modes import PointMode
from loyaltycore.cards.reward_tier import RewardBenefit
from loyaltycore.cards.stamp_modes import Mode
from loyaltycore.ledger.happy_effects import HappyEffect
from loyaltycore.ledger.returning import Returning
from loyaltycore.ledger.sealing import canonical
from loyaltycore.ports import Ref
from loyaltycore.query.predicates import where
from loyaltycore.query.queries import Order, Query
from loyaltycore.values.expiry import ExpiryPolicy, PendingPolicy
from loyaltycore.values.ids import id_text
from loyaltycore.values.money import Amount, Money


if TYPE_CHECKING:
    from collections.abc import Mapping

    from cattrs import Converter

    from loyaltycore.cards.contract import CardType
    from loyaltycore.query.predicates import Row

__all__ = [
    "all_templates",
    "template_of",
    "template_ref",
    "template_row",
    "version_ref",
    "versions_of",
]


# Settings that are one of several classes.
_UNIONS = (
    Activation,
    Benefit,
    CardExpiry,
    ExpiryPolicy,
    Grant,
    HappyEffect,
    Mode,
    PendingPolicy,
    PointMode,
    Returning,
    RewardBenefit,
)


def template_ref(program_id: str, template_id: str) -> Ref:
    """One template."""
    return Ref(
        "template",
        ("program_id", "id"),
        (program_id, id_text("template_id", template_id)),
    )


def version_ref(program_id: str, template_id: str, version: int) -> Ref:
    """One version of a template."""
    return Ref(
        "template_version",
        ("program_id", "id", "version"),
        (program_id, id_text("template_id", template_id), version),
    )


def all_templates(program_id: str) -> Query:
    """Templates by age."""
    return Query(
        "template", where(program_id=program_id), (Order("created_at"), Order("id"))
    )


def versions_of(program_id: str, template_id: str) -> Query:
    """All versions of a template, in rising order."""
    return Query(
        "template_version",
        where(program_id=program_id, id=template_id),
        (Order("version"),),
    )


def template_row(program_id: str, template: CardTemplate) -> Row:
    """A version of a template, in the table of templates or of their versions."""
    return {
        "program_id": program_id,
        "id": template.id,
        "version": template.version,
        "kind": template.rules.kind,
        "name": template.name,
        "rules": canonical(_converter().unstructure(template.rules)),
        "conditions": canonical(_converter().unstructure(template.conditions)),
        "created_at": template.created_at,
        "changed_at": template.changed_at,
    }


def template_of(
    row: Row, card_types: Mapping[str, type[CardType[Any]]]
) -> CardTemplate:
    """
    The opposite of ``template_row``.

    Args:
        card_types: the classes by kind; the row's kind is among them.
    """
    rules_type = card_types[row["kind"]]
    return CardTemplate(
        id=row["id"],
        name=row["name"],
        version=row["version"],
        rules=_converter().structure(json.loads(row["rules"]), rules_type),
        conditions=_converter().structure(json.loads(row["conditions"]), Conditions),
        created_at=row["created_at"],
        changed_at=row["changed_at"],
    )


@cache
def _converter() -> Converter:
    from cattrs import Converter  # noqa: PLC0415 - start-up time
    from cattrs.strategies import configure_tagged_union  # noqa: PLC0415 - start-up time

    converter = Converter(forbid_extra_keys=True)
    converter.register_unstructure_hook(Decimal, str)
    converter.register_structure_hook(Decimal, lambda value, _: Decimal(value))
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_structure_hook(date, lambda value, _: date.fromisoformat(value))
    converter.register_unstructure_hook(time, time.isoformat)
    converter.register_structure_hook(time, lambda value, _: time.fromisoformat(value))
    converter.register_unstructure_hook(Amount, _unstructure_amount)
    converter.register_structure_hook(Amount, lambda value, _: _structure_amount(value))
    converter.register_unstructure_hook_func(_is_frozenset, sorted)
    for union in _UNIONS:
        configure_tagged_union(union, converter, tag_name="type")
        _allow_none(converter, union)
    return converter


def _allow_none(converter: Converter, union: Any) -> None:
    """Let a setting be left out that is one of several classes."""

    def is_optional(declared: Any) -> bool:
        return bool(declared == union | None)

    def structure(value: Any, _: Any) -> Any:
        return None if value is None else converter.structure(value, union)

    def unstructure(value: Any) -> Any:
        return None if value is None else converter.unstructure(value, union)

    converter.register_structure_hook_func(is_optional, structure)
    converter.register_unstructure_hook_func(is_optional, unstructure)


def _is_frozenset(declared: Any) -> bool:
    return get_origin(declared) is frozenset


def _unstructure_amount(amount: Amount) -> str | list[str]:
    if isinstance(amount, Money):
        return [str(amount.amount), amount.currency]
    return str(amount)


def _structure_amount(value: str | list[str]) -> Amount:
    if isinstance(value, str):
        return Decimal(value)
    number, currency = value
    return Money(Decimal(number), currency)
