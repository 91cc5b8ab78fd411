"""Custom fields: what a definition may be, and what may stand in a field."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from loyaltycore.errors import InvalidFields, InvalidValue
from loyaltycore.program.fields import (
    FieldDefinition,
    FieldType,
    check_form,
    filled_in,
)


SIZE = FieldDefinition("size", type=FieldType.CHOICE, choices=("S", "M", "L"))


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        (FieldType.TEXT, " Rex ", "Rex"),
        (FieldType.INTEGER, -7, -7),
        (FieldType.INTEGER, 2**53 - 1, 2**53 - 1),
        (FieldType.DECIMAL, "1.50", Decimal("1.50")),
        (FieldType.DECIMAL, 2, Decimal(2)),
        (FieldType.DECIMAL, Decimal("0.1"), Decimal("0.1")),
        (FieldType.BOOLEAN, False, False),
        (FieldType.DATE, date(2026, 3, 1), date(2026, 3, 1)),
        (FieldType.DATE, "2026-03-01", date(2026, 3, 1)),
    ],
)
def test_what_is_written_is_kept_as_its_type(kind: FieldType, written: Any, kept: Any):
    """Text loses the blanks around it; decimals and dates may come as text."""
    read = FieldDefinition("field", type=kind).read(written)

    assert kept == read
    assert kind is FieldType.DECIMAL or kept.__class__ is read.__class__


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (FieldType.TEXT, "  "),
        (FieldType.TEXT, "x" * 256),
        (FieldType.TEXT, 3),
        (FieldType.INTEGER, True),
        (FieldType.INTEGER, "3"),
        (FieldType.INTEGER, 2**53),
        (FieldType.DECIMAL, 1.5),
        (FieldType.DECIMAL, "a lot"),
        (FieldType.BOOLEAN, 1),
        (FieldType.BOOLEAN, "yes"),
        (FieldType.DATE, "1 March"),
        (FieldType.DATE, 20260301),
        (FieldType.DATE, datetime(2026, 3, 1)),  # noqa: DTZ001 - it is refused
    ],
)
def test_what_cannot_stand_there_is_refused_and_not_repeated(
    kind: FieldType, written: Any
):
    """The error names the field and says what may stand there."""
    with pytest.raises(InvalidValue) as caught:
        FieldDefinition("pet", type=kind).read(written)

    assert "pet" == caught.value.field
    assert repr(written) not in caught.value.message


def test_a_choice_is_one_of_its_choices():
    """Blanks around it do not matter; anything else is refused with the choices."""
    with pytest.raises(InvalidValue) as caught:
        SIZE.read("XXL")

    assert "M" == SIZE.read(" M ")
    assert "size: one of S, M, L." == str(caught.value)


@pytest.mark.parametrize(
    ("field", "definition"),
    [
        ("name", {"name": "Pet"}),
        ("name", {"name": ""}),
        ("name", {"name": "a" * 41}),
        ("name", {"name": 3}),
        ("type", {"name": "pet", "type": "string"}),
        ("required", {"name": "pet", "required": 1}),
        ("unique", {"name": "pet", "unique": "yes"}),
        ("unique", {"name": "pet", "type": FieldType.BOOLEAN, "unique": True}),
        ("choices", {"name": "pet", "choices": ("cat",)}),
        ("choices", {"name": "pet", "type": FieldType.CHOICE}),
        ("choices", {"name": "p", "type": FieldType.CHOICE, "choices": ("a", "a")}),
        ("choices", {"name": "p", "type": FieldType.CHOICE, "choices": ("a", " ")}),
        ("choices", {"name": "p", "type": FieldType.CHOICE, "choices": "yes"}),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(
    field: str, definition: dict[str, Any]
):
    """The error names the setting."""
    with pytest.raises(InvalidValue) as caught:
        FieldDefinition(**definition)

    assert field == caught.value.field


@pytest.mark.parametrize(
    "form",
    [
        (SIZE, SIZE),
        (SIZE, "pet"),
        tuple(FieldDefinition(f"field_{n}") for n in range(51)),
    ],
)
def test_a_form_that_makes_no_sense_is_refused(form: Any):
    """A name stands for one field, and there are at most fifty."""
    with pytest.raises(InvalidValue) as caught:
        check_form(form)

    assert "form" == caught.value.field


FORM = (FieldDefinition("pet", required=True), SIZE, FieldDefinition("note"))


def test_a_form_is_filled_in():
    """What is left out is not there; what is not required may be None."""
    check_form(FORM)

    assert {"pet": "Rex", "size": "M"} == filled_in(
        FORM, {"size": "M", "pet": "Rex", "note": None}
    )


def test_every_bad_field_is_named_at_once():
    """A person who fills in a form mends it once."""
    with pytest.raises(InvalidFields) as caught:
        filled_in(FORM, {"size": "XXL", "colour": "red"})

    assert {
        "pet": "pet: this is required.",
        "size": "size: one of S, M, L.",
        "colour": "colour: there is no such field; there are pet, size, note.",
    } == caught.value.problems
    assert "invalid_fields" == caught.value.code


def test_what_is_not_given_stays():
    """A change names what changes; None takes a value away."""
    kept = {"pet": "Rex", "size": "M"}

    assert {"pet": "Rex", "note": "barks"} == filled_in(
        FORM, {"size": None, "note": "barks"}, kept
    )
    assert {"pet": "Rex", "size": "M"} == kept


def test_what_is_required_stays():
    """A required field changes, but it is never empty again."""
    with pytest.raises(InvalidFields, match="pet: this is required."):
        filled_in(FORM, {"pet": None}, {"pet": "Rex"})


def test_a_form_without_fields_takes_none():
    """The sentence says that there are none."""
    with pytest.raises(InvalidFields, match="there are none"):
        filled_in((), {"pet": "Rex"})


def test_a_type_may_be_named_by_its_word() -> None:
    """What JSON or a settings file says is as good as the member."""
    field = FieldDefinition("shoe", type="integer")

    assert field == FieldDefinition("shoe", type=FieldType.INTEGER)
