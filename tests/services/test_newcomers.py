"""What somebody new stumbles over: each mistake is told in words that mend it."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from loyaltycore import Loyalty, Program, SqliteStore, cards, errors
from loyaltycore.customers.filters import from_dict, loads
from loyaltycore.program.customer_form import CustomerForm
from loyaltycore.program.managers import CASHIER


if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from loyaltycore.ports import Store


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda shop: shop.grid.page(["name"]), "there is no column 'name'; there are"),
        (lambda shop: shop.grid.page(sort="-points"), "no column like that; there are"),
        (lambda shop: shop.grid.page("points"), "columns: a list of 1 to 60 names."),
        (lambda shop: shop.tags.add("x", ["vip"]), "tags: each a text, not list."),
        (lambda shop: shop.notes.due("2026-03-02"), "on: a datetime.date, not str."),
        (lambda shop: shop.locations.add("A", latitude=52.5), "no float, such as"),
        (lambda shop: shop.links.resolve("nonsense"), "No link has this token"),
        (lambda shop: shop.files.import_customers("ours.csv"), "an open file"),
        (lambda _: loads({"all": []}), "takes JSON as text, not dict; see from_dict."),  # type: ignore[arg-type]
        (lambda _: CustomerForm(fields=["shoe"]), "each a FieldDefinition"),  # type: ignore[list-item]
    ],
)
def test_the_error_says_what_to_do(
    ask: Callable[[Loyalty], Any], told: str, shop: Loyalty
) -> None:
    """Its message and its text are the same sentence."""
    with pytest.raises(errors.LoyaltyError) as caught:
        ask(shop)

    assert told in caught.value.message
    assert caught.value.message == str(caught.value)


def test_a_filter_from_a_screen_is_as_good_as_one_in_code(shop: Loyalty) -> None:
    """CU-11: JSON that a framework has parsed is read without writing it again."""
    ada = shop.customers.register()
    asked = from_dict({"all": [{"field": "points", "op": "ge", "value": 0}]})

    assert shop.filters.fits(asked, ada.id)


def test_a_customer_says_what_was_said_of_them(shop: Loyalty) -> None:
    """CU-01: what is registered is read by the same name."""
    said = {
        "external_id": "crm-7",
        "birth_date": date(1815, 12, 10),
        "gender": "female",
        "source": "till",
        "utm": "utm_source=flyer",
    }
    ada = shop.customers.register(**said)  # type: ignore[arg-type]

    assert said == {name: getattr(ada, name) for name in said}


def test_one_field_is_a_form(shop: Loyalty) -> None:
    """A definition alone is as good as one in a list."""
    shoe = cards.FieldDefinition("shoe", type="integer")

    assert CustomerForm(fields=[shoe]) == CustomerForm(fields=shoe)  # type: ignore[arg-type]


def test_a_manager_acts_inside_a_transaction_of_the_host(tmp_path: Path) -> None:
    """EN-09: who may not is refused, and the host's transaction goes on."""
    file = tmp_path / "host.db"
    program = Program(id="bakery", currency="EUR", zone="Europe/Vienna")
    shop = Loyalty(SqliteStore(file), program)
    bread = shop.templates.create("Bread", cards.Stamp(reward="Free loaf"))
    eva = shop.managers.add("Eva", permissions=CASHIER)
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY)")
    with connection:
        connection.execute("INSERT INTO orders DEFAULT VALUES")
        till = shop.bind(connection).as_manager(eva.id)
        ada = till.customers.register(first_name="Ada")
        card = till.cards.issue(bread.id, to=ada.id)
        stamped = till.cards.add_stamps(card.id, key="order/1")
        with pytest.raises(errors.PermissionDenied):
            till.transactions.void(stamped.id)

    assert (1,) == connection.execute("SELECT count(*) FROM orders").fetchone()
    assert eva.id == shop.transactions.get(stamped.id).actor_id
    connection.close()
    shop.store.close()


def test_a_field_of_whole_numbers_asks_for_one(store: Store) -> None:
    """A file with a word there is told so, and not how decimals are written."""
    form = CustomerForm(fields=[cards.FieldDefinition("shoe", type="integer")])
    shop = Loyalty(
        store, Program(id="x", currency="EUR", zone="UTC", customer_form=form)
    )
    report = shop.files.import_customers("first name,shoe\nBo,forty\n", dry_run=True)

    assert ["shoe: write a whole number."] == [one.message for one in report.errors]
    assert ["invalid_number"] == [one.code for one in report.errors]
