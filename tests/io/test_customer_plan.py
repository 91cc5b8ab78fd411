"""What rows do to customers who are known: pure decisions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest

from loyaltycore import Program
from loyaltycore.customers.customer import Customer, Person
from loyaltycore.errors import FileUnreadable, InvalidValue
from loyaltycore.io.customer_plan import (
    Create,
    PlannedRow,
    Unchanged,
    Update,
    plan_customers,
)
from loyaltycore.io.customer_rules import CustomerImport, Duplicates, OnMatch, OnNew
from loyaltycore.io.report import Failed, Skipped


CAFE = Program(id="cafe", currency="EUR", zone="Europe/Berlin", phone_region="DE")
ADA = Customer(
    referral_code="ADA",
    id="c-ada",
    version=1,
    registered_at=datetime(2026, 3, 1, tzinfo=UTC),
    person=Person(
        first_name="Ada",
        last_name="Lovelace",
        phone="+4930901820",
        email="ada@example.com",
        external_id="A-1",
        birth_date=date(1985, 12, 10),
        source="till",
    ),
)
BOB = Customer(
    referral_code="BOB",
    id="c-bob",
    version=1,
    registered_at=datetime(2026, 3, 2, tzinfo=UTC),
    person=Person(first_name="Bob", phone="+4930901821", email="bob@example.com"),
)


def plan(text: str, **rules: Any) -> list[PlannedRow]:
    """Plan a file for a program that knows Ada and Bob."""
    return list(plan_customers(text, CustomerImport(**rules), CAFE, known=[ADA, BOB]))


def one(text: str, **rules: Any) -> PlannedRow:
    """Plan a file of one row."""
    (row,) = plan(text, **rules)
    return row


def code(row: PlannedRow) -> tuple[str | None, str]:
    """Where and why a row failed."""
    assert isinstance(row, Failed)
    return row.errors[0].column, row.errors[0].code


class TestMatching:
    @pytest.mark.parametrize(
        "row",
        ["c-ada,,,", ",A-1,,", ",,030 901820,", ",,,ADA@example.com", "c-ada,A-1,,"],
    )
    def test_any_identity_is_enough(self, row: str):
        """A customer is recognised by id, external id, phone or e-mail."""
        assert Unchanged(2, "c-ada") == one(f"id,external id,phone,email\n{row}\n")

    def test_two_people_in_one_row(self):
        """A phone of one and an e-mail of another are refused, never guessed at."""
        row = one("phone,email\n030 901820,bob@example.com\n")

        assert ("email", "identity_conflict") == code(row)

    def test_a_phone_that_changed(self):
        """Who is recognised by e-mail may have another phone now."""
        row = one("phone,email\n030 901899,ada@example.com\n")

        assert isinstance(row, Update)
        assert {"phone": ("+4930901820", "+4930901899")} == row.changes

    def test_another_external_id(self):
        """The same phone under another external id is somebody else, or a mistake."""
        row = one("external id,phone\nA-2,030 901820\n")

        assert ("external id", "identity_conflict") == code(row)

    def test_an_external_id_that_is_new(self):
        """Who had no external id gets one."""
        row = one("external id,phone\nB-1,030 901821\n")

        assert isinstance(row, Update)
        assert {"external_id": (None, "B-1")} == row.changes

    def test_identity_as_declared(self):
        """What is no part of the identity does not recognise anybody, but is unique."""
        row = one("external id,phone\nX-9,030 901820\n", identity=("external_id",))

        assert ("phone", "identity_conflict") == code(row)

    def test_columns_as_declared(self):
        """The caller names columns, and says which do not count."""
        text = "Kunde,phone,email\nA-1,garbage,ada@example.com\n"
        row = one(text, columns={"Kunde": "external_id", "phone": None})

        assert Unchanged(2, "c-ada") == row


class TestRules:
    def test_update(self):
        """What differs is changed; the rest and the first source stay."""
        row = one(
            "phone,first name,last name,source\n030 901820,Augusta,Lovelace,web\n"
        )

        assert isinstance(row, Update)
        assert {"first_name": ("Ada", "Augusta")} == row.changes
        assert "till" == row.person.source

    def test_empty_cells(self):
        """An empty cell leaves what is there, unless its field is to be cleared."""
        text = "phone,last name,date of birth\n030 901820,,\n"

        cleared = one(text, clear={"birth_date"})

        assert Unchanged(2, "c-ada") == one(text)
        assert isinstance(cleared, Update)
        assert {"birth_date": (date(1985, 12, 10), None)} == cleared.changes

    @pytest.mark.parametrize(
        ("on_match", "expected"),
        [(OnMatch.SKIP, "known"), (OnMatch.ERROR, "already_exists")],
    )
    def test_on_match(self, on_match: OnMatch, expected: str):
        """Whoever is known can be skipped, or be an error."""
        row = one("phone\n030 901820\n", on_match=on_match)

        found = row.reason if isinstance(row, Skipped) else code(row)[1]
        assert expected == found

    @pytest.mark.parametrize(
        ("on_new", "expected"),
        [(OnNew.SKIP, "new"), (OnNew.ERROR, "unknown_customer")],
    )
    def test_on_new(self, on_new: OnNew, expected: str):
        """Whoever is new can be skipped, or be an error."""
        row = one("phone\n030 901899\n", on_new=on_new)

        found = row.reason if isinstance(row, Skipped) else code(row)[1]
        assert expected == found

    def test_an_instruction_overrules(self):
        """A row that says what is to be done with it is done so."""
        text = "phone,first name,_action\n030 901820,A,merge\n030 901899,B,merge\n"
        planned = plan(text, on_match="skip", on_new="skip")

        assert [Update, Create] == [type(row) for row in planned]

    def test_create_whom_we_know(self):
        """A row that asks to create a known customer fails."""
        row = one("phone,_action\n030 901820,create\n")

        assert (None, "already_exists") == code(row)

    def test_registration(self):
        """The moment of registration counts for new customers only."""
        text = "phone,registered at\n030 901899,2020-05-01\n030 901820,2020-05-01\n"
        new, known = plan(text)

        assert isinstance(new, Create)
        assert datetime(2020, 4, 30, 22, tzinfo=UTC) == new.registered_at
        assert Unchanged(3, "c-ada") == known


class TestTwice:
    TEXT = (
        "phone,email,first name\n"
        "030 901820,,A\n"
        "030 901899,,N\n"
        ",ada@example.com,B\n"
        "030 901899,,M\n"
    )

    def test_the_first_line_is_named(self):
        """The second row of a customer fails, also when it names them otherwise."""
        planned = plan(self.TEXT)

        assert [Update, Create, Failed, Failed] == [type(row) for row in planned]
        assert [("email", "duplicate_in_file"), ("phone", "duplicate_in_file")] == [
            code(row) for row in planned[2:]
        ]
        assert "line 2" in planned[2].errors[0].message  # type: ignore[union-attr]
        assert "line 3" in planned[3].errors[0].message  # type: ignore[union-attr]

    def test_the_first_counts(self):
        """Later rows of a customer can be skipped."""
        planned = plan(self.TEXT, duplicates=Duplicates.FIRST)

        assert [Update, Create, Skipped, Skipped] == [type(row) for row in planned]

    def test_the_last_counts(self):
        """Earlier rows can be skipped, also when they name the customer otherwise."""
        planned = plan(self.TEXT, duplicates=Duplicates.LAST)

        assert [Skipped, Skipped, Update, Create] == [type(row) for row in planned]

    def test_a_failed_row_does_not_count(self):
        """A row that is wrong is in nobody's way."""
        planned = plan("phone,email\n030 901899,nope\n030 901899,n@example.com\n")

        assert [Failed, Create] == [type(row) for row in planned]

    def test_over_many_batches(self):
        """Rows are compared with all before them, not with their neighbours only."""
        numbers = [f"+4930{n}" for n in range(1_000_000, 1_001_500)]
        planned = plan("phone\n" + "\n".join([*numbers, numbers[0]]) + "\n")

        assert {Create} == {type(row) for row in planned[:-1]}
        assert ("phone", "duplicate_in_file") == code(planned[-1])


def test_planning_changes_nobody():
    """A customer who was passed in is not changed by planning."""
    before = attrs.evolve(ADA)
    plan("phone,first name\n030 901820,Augusta\n")

    assert before == ADA


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"identity": ()}, "identity"),
        ({"identity": ("first_name",)}, "identity"),
        ({"clear": {"id"}}, "clear"),
        ({"columns": {"phone": "telephone"}}, "columns"),
    ],
)
def test_rules_that_cannot_be(rules: dict[str, Any], field: str):
    """Rules name what a customer has."""
    with pytest.raises(InvalidValue) as caught:
        plan("phone\n1\n", **rules)

    assert field == caught.value.field


def test_a_column_named_twice():
    """A column of ours that the caller gives to another one as well is refused."""
    with pytest.raises(FileUnreadable) as caught:
        plan("Kunde,external id\n1,2\n", columns={"Kunde": "external_id"})

    assert "external id" == caught.value.details["column"]
