"""
Custom fields of cards: as JSON on the card, and a row for each value that is unique.

A value that JSON has no type for carries its own: ``["date", "2026-03-01"]``.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from loyaltycore.ledger.sealing import canonical
from loyaltycore.ports import Ref


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.cards.card import Card, CardTemplate
    from loyaltycore.program.fields import FieldValue
    from loyaltycore.query.predicates import Row

__all__ = [
    "fields_of",
    "fields_text",
    "unique_refs",
    "unique_row",
]

_NONE = "{}"


def fields_text(fields: Mapping[str, FieldValue]) -> str:
    """Fields as JSON."""
    return canonical({name: _plain(value) for name, value in fields.items()})


def fields_of(text: str) -> dict[str, FieldValue]:
    """The opposite of ``fields_text``."""
    if text == _NONE:
        return {}
    return {name: _value(plain) for name, plain in json.loads(text).items()}


def unique_refs(program_id: str, template: CardTemplate, card: Card) -> list[Ref]:
    """One row for each value that a card has in a field that is unique."""
    return [
        Ref(
            "unique_field",
            ("program_id", "template_id", "name", "value"),
            (program_id, template.id, field.name, _compared(card.fields[field.name])),
        )
        for field in template.conditions.form
        if field.unique and field.name in card.fields
    ]


def unique_row(ref: Ref, card_id: str) -> Row:
    """A value that a card has."""
    return {**dict(zip(ref.columns, ref.values, strict=True)), "card_id": card_id}


def _compared(value: FieldValue) -> str:
    """A value as it is compared: 1.5 and 1.50 are the same number."""
    match value:
        case Decimal():
            return format(value.normalize(), "f")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _plain(value: FieldValue) -> object:
    match value:
        case Decimal():
            return ["decimal", str(value)]
        case date():
            return ["date", value.isoformat()]
        case _:
            return value


def _value(plain: object) -> FieldValue:
    match plain:
        case ["decimal", str(text)]:
            return Decimal(text)
        case ["date", str(text)]:
            return date.fromisoformat(text)
        case str() | int():
            return plain
        case _:
            raise ValueError("A field holds text, a number, a date, true or false.")
