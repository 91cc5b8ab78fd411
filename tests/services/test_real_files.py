"""Two real files of a public data set, in by mapping their columns, and in again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from tests.stores.conftest import POSTGRES, schema_of_our_own, server

from loyaltycore import Loyalty, Program, SqliteStore, cards
from loyaltycore.io.card_rules import CardImport, Means
from loyaltycore.io.customer_rules import CustomerImport, Duplicates
from loyaltycore.stores.sql import SqlStore


if TYPE_CHECKING:
    from collections.abc import Iterator

    from loyaltycore.ports import Store

DATA = Path(os.environ.get("LOYALTYCORE_DATA", ""))
pytestmark = pytest.mark.skipif(
    not (DATA / "rfm_data_customer.csv").is_file(),
    reason="no real data; LOYALTYCORE_DATA names its folder",
)

SHOP = Program(id="shop", currency="USD", zone="America/New_York", phone_region="US")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store as a shop has one: a file, or a server."""
    if request.param == "sqlite":
        file = SqliteStore(tmp_path / "shop.db", durability="process")
        yield file
        file.close()
        return
    engine = server("LOYALTYCORE_TEST_POSTGRES", POSTGRES)
    with schema_of_our_own(engine) as schema:
        tables = SqlStore(engine, schema=schema)
        tables.migrate()
        yield tables
        tables.close()
    engine.dispose()


def count_anew(store: Store) -> None:
    """Tell a server's planner how large its tables have become, as autovacuum would."""
    if isinstance(store, SqlStore):
        engine = server("LOYALTYCORE_TEST_POSTGRES", POSTGRES)
        with engine.begin() as connection:
            connection.execute(sa.text("ANALYZE"))
        engine.dispose()


def test_people_and_their_orders(store: Store):
    """39,999 people and 4,906 orders go in, and again without any change."""
    shop = Loyalty(store, SHOP)
    template = shop.templates.create("Points", cards.Cashback(percent=3))
    people = CustomerImport(columns={"customer_id": "external_id"})
    buyers = CustomerImport(
        columns={"customer_id": "external_id"}, duplicates=Duplicates.FIRST
    )
    orders = CardImport(
        template_id=template.id,
        means=Means.PURCHASE,
        columns={
            "customer_id": "external_id",
            "order_date": "occurred_at",
            "revenue": "amount",
        },
    )
    with (
        (DATA / "rfm_data_customer.csv").open("rb") as customers,
        (DATA / "rfm_data_orders.csv").open("rb") as sales,
    ):
        first = shop.files.import_customers(customers, people)
        count_anew(store)
        again = shop.files.import_customers(customers, people)
        who = shop.files.import_customers(sales, buyers)
        posted = shop.files.import_cards(sales, orders, import_id="orders")
        repeated = shop.files.import_cards(sales, orders, import_id="orders")

    assert (39_999, 0) == (first.created, first.failed)
    assert (39_999, 0, 0) == (again.unchanged, again.updated, again.failed)
    assert (995, 3_911, 0) == (who.created, who.skipped, who.failed)
    assert (4_906, 0) == (posted.created, posted.failed)
    assert repeated.is_replay
    report = shop.verify()
    assert not report.problems
    assert 4_906 == report.transactions
