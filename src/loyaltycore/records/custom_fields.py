"""
Custom fields of cards and customers: as JSON, and a row for each value that is unique.

A value that JSON has no type for carries its own: ``["date", "2026-03-01"]``.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from loyaltycore.ledger.sealing import canonical
from loyaltycore.ports import Delete, Insert, Ref
from loyaltycore.program.fields import compared


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from loyaltycore.ports import Change
    from loyaltycore.program.fields import FieldDefinition, FieldValue

__all__ = [
    "CUSTOMER_FORM",
    "fields_of",
    "fields_text",
    "unique_changes",
    "unique_refs",
]

#: The form of a customer's unique fields; a template's is its id.
CUSTOMER_FORM = "customer"

_NONE = "{}"


def fields_text(fields: Mapping[str, FieldValue]) -> str:
    """Fields as JSON."""
    return canonical({name: _plain(value) for name, value in fields.items()})


def fields_of(text: str) -> dict[str, FieldValue]:
    """The opposite of ``fields_text``."""
    if text == _NONE:
        return {}
    return {name: _value(plain) for name, plain in json.loads(text).items()}


def unique_refs(
    program_id: str,
    form: str,
    definitions: Sequence[FieldDefinition],
    values: Mapping[str, FieldValue],
) -> list[Ref]:
    """
    One row for each value in a field that is unique.

    Args:
        form: the template's id, or ``CUSTOMER_FORM``.
    """
    return [
        Ref(
            "unique_field",
            ("program_id", "form", "name", "value"),
            (program_id, form, field.name, compared(values[field.name])),
        )
        for field in definitions
        if field.unique and field.name in values
    ]


def unique_changes(
    held: Sequence[Ref], wanted: Sequence[Ref], owner_id: str
) -> list[Change]:
    """Let go of values that a card or customer has no longer, and take new ones."""
    changes: list[Change] = [Delete(ref) for ref in held if ref not in wanted]
    rows = [
        {**dict(zip(ref.columns, ref.values, strict=True)), "owner_id": owner_id}
        for ref in wanted
        if ref not in held
    ]
    if rows:
        changes.append(Insert("unique_field", rows))
    return changes


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
