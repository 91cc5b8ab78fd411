"""Files of customers under the form that a program asks for, on every store."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import NOON, rows_of

from loyaltycore import Loyalty, MemoryStore, Program, cards
from loyaltycore.customers.customer import Customer, Person
from loyaltycore.io.customer_plan import Unchanged, Update, plan_customers
from loyaltycore.io.customer_rules import CustomerImport
from loyaltycore.io.customers_out import (
    CustomerLine,
    customer_template,
    customers_csv,
)
from loyaltycore.io.report import Failed
from loyaltycore.program.customer_form import CustomerForm
from loyaltycore.program.customer_status import CustomerStatus
from loyaltycore.records.customers import customer_changes


if TYPE_CHECKING:
    from loyaltycore.ports import Store

FORM = CustomerForm(
    required=("last_name",),
    fields=(
        cards.FieldDefinition("club", type=cards.FieldType.INTEGER, unique=True),
        cards.FieldDefinition(
            "milk", type=cards.FieldType.CHOICE, choices=("cow", "oat")
        ),
        cards.FieldDefinition("discount", type=cards.FieldType.DECIMAL),
        cards.FieldDefinition("wants_post", type=cards.FieldType.BOOLEAN),
        cards.FieldDefinition("since", type=cards.FieldType.DATE),
        cards.FieldDefinition("mobile", required=True),
    ),
)
HEADER = "external id,last name,club,milk,discount,wants post,since,own mobile\n"
ADA = "A,Lovelace,7,oat,1.50,yes,2020-02-29,x\n"
CAFE = Program(
    id="cafe",
    currency="EUR",
    zone="Europe/Berlin",
    phone_region="DE",
    customer_form=FORM,
)


@pytest.fixture
def shop(store: Store) -> Loyalty:
    """A café that asks for much."""
    return Loyalty(store, CAFE).at(NOON)


class TestIn:
    """``import_customers``."""

    def test_own_fields_are_read_as_their_types(self, shop: Loyalty) -> None:
        """CU-01: by their names; one that means something else is called own ...."""
        report = shop.files.import_customers(HEADER + ADA)
        ada = shop.customers.find(external_id="A")

        assert 1 == report.created
        assert ada is not None
        assert {
            "club": 7,
            "milk": "oat",
            "discount": Decimal("1.50"),
            "wants_post": True,
            "since": date(2020, 2, 29),
            "mobile": "x",
        } == ada.fields
        assert not shop.verify().problems

    @pytest.mark.parametrize(
        ("row", "wrong"),
        [
            ("B,,1,,,,,\n", "last name missing_required, own mobile missing_required"),
            ("B,Byron,7,,,,,x\n", "club duplicate_field"),
            (
                "B,Byron,7.5,goat,a lot,maybe,29.2.2020,x\n",
                (
                    "club invalid_field, discount invalid_number, milk invalid_field, "
                    "since invalid_date, wants post invalid_field"
                ),
            ),
        ],
        ids=["missing", "taken", "malformed"],
    )
    def test_a_row_that_does_not_fit_is_reported(
        self, row: str, wrong: str, shop: Loyalty, store: Store
    ) -> None:
        """CU-01: an import keeps to the same form, and names every bad cell."""
        shop.files.import_customers(HEADER + ADA)
        before = rows_of(store)
        report = shop.files.import_customers(HEADER + row)

        assert wrong == ", ".join(
            sorted(f"{error.column} {error.code}" for error in report.errors)
        )
        assert before == rows_of(store)

    def test_a_value_occurs_once_in_a_file_too(self, shop: Loyalty) -> None:
        """Across batches as well; what a row says of its own customer is no other's."""
        others = "B,Byron,8,,,,,x\nC,Clark,8,,,,,x\nD,Dean,9,,,,,x\n"
        report = shop.files.import_customers(
            HEADER + ADA + others + "A,Lovelace,7,cow,,,,x\n",
            CustomerImport(duplicates="last"),  # type: ignore[arg-type]
            batch_rows=2,
        )

        assert [("club", "duplicate_field", 4)] == [
            (error.column, error.code, error.line) for error in report.errors
        ]
        again = shop.files.import_customers(HEADER + ADA.replace("oat", "cow"))
        assert (0, 1) == (again.created, again.failed + again.updated)

    def test_cells_empty_fields_only_where_that_is_asked_for(
        self, shop: Loyalty
    ) -> None:
        """``clear`` empties an own field, but none that is required."""
        shop.files.import_customers(HEADER + ADA)
        row = "external id,club,own mobile\nA,,\n"
        left = shop.files.import_customers(row)
        cleared = shop.files.import_customers(
            "external id,club\nA,\n", CustomerImport(clear=frozenset({"field.club"}))
        )
        refused = shop.files.import_customers(
            row, CustomerImport(clear=frozenset({"field.mobile"}))
        )
        ada = shop.customers.find(external_id="A")

        assert (1, 1, 1) == (left.unchanged, cleared.updated, refused.failed)
        assert ada is not None
        assert "club" not in ada.fields
        assert "x" == ada.fields["mobile"]
        shop.customers.register(last_name="Bar", fields={"club": 7, "mobile": "y"})

    def test_who_is_in_no_list_is_not_brought_back(
        self, store: Store, shop: Loyalty
    ) -> None:
        """A file with the id of somebody erased does not make them a person again."""
        ada = shop.customers.register(last_name="Lovelace", fields={"mobile": "x"})
        gone = attrs.evolve(ada, status=CustomerStatus.ERASED, person=Person())
        with store.session() as session:
            session.apply(customer_changes(CAFE, ada, gone))
        before = rows_of(store)
        report = shop.files.import_customers(f"id,last name\n{ada.id},Lovelace\n")

        assert ["unknown_id"] == [error.code for error in report.errors]
        assert before == rows_of(store)


def test_a_plan_says_what_changes_in_own_fields() -> None:
    """Names of the program's own fields have ``fields.`` in front."""
    known = customer("c", {"club": 7, "mobile": "x"})
    (row,) = plan_customers(
        "id,club,milk,utm\nc,8,oat,flyer\n", CustomerImport(), CAFE, known=[known]
    )

    assert isinstance(row, Update)
    assert {
        "utm": (None, "flyer"),
        "field.club": (7, 8),
        "field.milk": (None, "oat"),
    } == row.changes


def test_a_value_of_somebody_known_is_not_free() -> None:
    """A dry plan over known customers refuses what the real import would."""
    known = [customer("a", {"club": 7, "mobile": "x"}), customer("b", {"mobile": "y"})]
    rows = list(
        plan_customers("id,club\nb,7\na,7\n", CustomerImport(), CAFE, known=known)
    )

    assert isinstance(rows[0], Failed)
    assert "duplicate_field" == rows[0].errors[0].code
    assert Unchanged(3, "a") == rows[1]


def test_the_template_shows_own_columns_and_creates_nobody() -> None:
    """A file to fill in has a column for each field of the program's own."""
    text = "".join(customer_template(CAFE))
    shop = Loyalty(MemoryStore(), CAFE).at(NOON)
    report = shop.files.import_customers(text)

    assert "club,milk,discount,wants_post,since,own mobile" in text
    assert (0, 0, 1) == (report.created, report.failed, report.skipped)


def customer(id_: str, fields: dict[str, Any], **person: Any) -> Customer:
    """Somebody."""
    return Customer(
        id=id_,
        version=1,
        person=Person(last_name="Somebody", **person),
        registered_at=NOON,
        referral_code=id_,
        fields=fields,
    )


LINE = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")),
    min_size=1,
    max_size=40,
)
VALUES = {
    "club": st.integers(-(2**53) + 1, 2**53 - 1),
    "milk": st.sampled_from(("cow", "oat")),
    "discount": st.decimals(-1000, 1000, places=3),
    "wants_post": st.booleans(),
    "since": st.dates(),
    "mobile": LINE,
}


@settings(max_examples=200, deadline=None)
@given(st.fixed_dictionaries({}, optional=VALUES), LINE, LINE)
def test_what_is_written_is_read_back_as_unchanged(
    fields: dict[str, Any], gender: str, utm: str
) -> None:
    """CU-01: gender, UTM and own fields come back from a file as they were."""
    fields.setdefault("mobile", "x")
    known = customer("c", fields, gender=gender, utm=utm)
    text = "".join(customers_csv([CustomerLine(known)], CAFE))

    assert [Unchanged(2, "c")] == list(
        plan_customers(text, CustomerImport(), CAFE, known=[known])
    )
