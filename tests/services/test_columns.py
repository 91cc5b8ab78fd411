"""What the store holds, as columns for data frames."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from loyaltycore import Loyalty, cards
from loyaltycore.errors import InvalidValue
from loyaltycore.rfm import Purchase, rfm


if TYPE_CHECKING:
    from collections.abc import Iterable

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def busy(shop: Loyalty) -> Loyalty:
    """Ada bought thrice, of which one was voided and one refunded; Bob once."""
    template = shop.templates.create("Points", cards.Cashback(percent=3))
    ada = shop.customers.register(first_name="Ada", email="ada@example.org")
    bob = shop.customers.register(first_name="Bob")
    mine, his = (shop.cards.issue(template.id, to=one.id) for one in (ada, bob))
    shop.cards.record_purchase(mine.id, "10.00")
    gone = shop.cards.record_purchase(mine.id, "99.00")
    part = shop.at(NOON + DAY).cards.record_purchase(mine.id, "20.00")
    shop.at(NOON + DAY).cards.record_purchase(his.id, "5.00")
    shop.at(NOON + DAY).transactions.void(gone.id)
    shop.at(NOON + 2 * DAY).transactions.refund(part.id, "5.00")
    return shop.at(NOON + 3 * DAY)


def together(portions: Iterable[dict[str, list[Any]]]) -> dict[str, list[Any]]:
    """Put portions one behind the other."""
    whole: dict[str, list[Any]] = {}
    for portion in portions:
        for name, values in portion.items():
            whole.setdefault(name, []).extend(values)
    return whole


@pytest.mark.parametrize("rows", [1, 2, 10_000])
def test_purchases(busy: Loyalty, rows: int):
    """Purchases are net of voids, with what was refunded beside the amount."""
    found = together(busy.columns.purchases(rows=rows))

    ids = together(busy.columns.customers())["id"]
    assert {
        "customer_id": [ids[0], ids[0], ids[1]],
        "on": [date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 3)],
        "amount": [1000, 2000, 500],
        "refunded": [0, 500, 0],
    } == found


def test_purchases_until(busy: Loyalty):
    """Purchases after a day are left out."""
    found = together(busy.columns.purchases(date(2026, 3, 2)))

    assert [1000] == found["amount"]


def test_purchases_are_what_rfm_takes(busy: Loyalty):
    """Scores of the columns are those of the report."""
    columns = together(busy.columns.purchases())
    rows = [Purchase(*row) for row in zip(*columns.values(), strict=True)]

    today = date(2026, 3, 5)
    assert busy.reports.rfm(today).rows == rfm(rows, as_of=today).rows


@pytest.mark.parametrize("rows", [1, 4, 10_000])
def test_transactions(busy: Loyalty, rows: int):
    """Every transaction has a row, whatever its kind, in portions of so many."""
    portions = list(busy.columns.transactions(rows=rows))
    found = together(portions)

    assert ["earn", "earn", "earn", "earn", "void", "refund"] == found["kind"]
    assert [1000, 9900, 2000, 500, -9900, -500] == found["purchase_amount"]
    assert {len(values) for values in found.values()} == {6}
    assert max(len(portion["id"]) for portion in portions) == min(rows, 6)


def test_customers(busy: Loyalty):
    """Customers come with totals, and without a word of who they are."""
    found = together(busy.columns.customers(rows=1))

    assert [2, 1] == found["purchases"]
    assert [2500, 500] == found["purchase_value"]
    assert {"first_name", "email", "phone", "external_id", "birth_date"}.isdisjoint(
        found
    )


def test_personal_data_where_asked_for(busy: Loyalty):
    """Names and addresses are there when they are asked for."""
    found = together(busy.columns.customers(personal=True))

    assert ["Ada", "Bob"] == found["first_name"]
    assert ["ada@example.org", None] == found["email"]


def test_nothing(shop: Loyalty):
    """An empty store yields no portion."""
    assert [] == list(shop.columns.purchases())
    assert [] == list(shop.columns.transactions())
    assert [] == list(shop.columns.customers())


@pytest.mark.parametrize("rows", [0, 10_001, True, "all"])
def test_refuses(shop: Loyalty, rows: Any):
    """A portion has one row to ten thousand."""
    for portions in (
        shop.columns.purchases(rows=rows),
        shop.columns.transactions(rows=rows),
        shop.columns.customers(rows=rows),
    ):
        with pytest.raises(InvalidValue, match=r"rows: 1 to 10,000 a portion\."):
            list(portions)


@pytest.mark.parametrize("engine", ["pandas", "polars", "pyarrow", "duckdb"])
def test_data_frames_take_them(busy: Loyalty, engine: str):
    """The columns go into each kind of frame as they are, and from there into RFM."""
    reason = f"needs {engine}: make frames"
    module = pytest.importorskip(engine, reason=reason)
    pytest.importorskip("narwhals", reason="needs narwhals: make frames")
    from loyaltycore.rfm.dataframe import rfm_table

    (columns,) = busy.columns.purchases()
    match engine:
        case "pandas":
            frame = module.DataFrame(columns).astype({"on": "datetime64[us]"})
        case "pyarrow":
            frame = module.table(columns)
        case "duckdb":
            arrow = pytest.importorskip("pyarrow", reason="needs pyarrow: make frames")
            frame = module.from_arrow(arrow.table(columns))
        case _:
            frame = module.DataFrame(columns)

    today = date(2026, 3, 5)
    table = rfm_table(frame, as_of=today, refunded="refunded")
    assert busy.reports.rfm(today).rows == table.rows
