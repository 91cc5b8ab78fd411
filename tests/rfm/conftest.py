"""Real purchases for the tests of scores; where they are absent, tests skip."""

from __future__ import annotations

import csv
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from loyaltycore.rfm import Purchase, RfmTable, rfm


REPOSITORY = Path(__file__).resolve().parents[2]


def rows_of(name: str) -> list[dict[str, str]]:
    """Read a file of the data folder, or skip the test that asks for it."""
    named = os.environ.get("LOYALTYCORE_DATA")
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "data"
    path = folder / name
    if not path.is_file():
        pytest.skip(f"no {name}: set LOYALTYCORE_DATA to the folder with real data")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cents(amount: str) -> int:
    """Read an amount of money as minor units, exactly."""
    return int(Decimal(amount) * 100)


def purchases_of(name: str, day: str, amount: str) -> list[Purchase]:
    """Read the purchases of a file, given the names of its columns."""
    return [
        Purchase(
            row["customer_id"], date.fromisoformat(row[day]), amount=cents(row[amount])
        )
        for row in rows_of(name)
    ]


@pytest.fixture(scope="session")
def cdnow() -> list[Purchase]:
    """Read 6,919 purchases of 2,357 customers of a CD shop, 1997 to June 1998."""
    return purchases_of("cdnow_sample.csv", "date", "amount")


@pytest.fixture(scope="session")
def cdnow_master() -> list[Purchase]:
    """Read 69,659 purchases of 23,570 customers, whom the sample is drawn from."""
    return purchases_of("cdnow_master.csv", "date", "amount")


@pytest.fixture(scope="session")
def orders() -> list[Purchase]:
    """Read 4,906 orders of 995 invented customers, as R's package shows them."""
    return purchases_of("rfm_data_orders.csv", "order_date", "revenue")


@pytest.fixture(scope="session")
def orders_table(orders: list[Purchase]) -> RfmTable:
    """Score the orders at the end of 2006, the day R's package was asked for."""
    return rfm(orders, as_of=date(2006, 12, 31))


@pytest.fixture(scope="session")
def r_table() -> dict[str, dict[str, str]]:
    """Read what R's package computed for the orders, by customer."""
    rows = rows_of("golden/rrfm_orders_table.csv")
    return {row["customer_id"]: row for row in rows}


@pytest.fixture(scope="session")
def r_segments() -> dict[str, dict[str, str]]:
    """Read the segment and score that R's package gave each customer of the orders."""
    rows = rows_of("golden/rrfm_orders_segments_A.csv")
    return {row["customer_id"]: row for row in rows}


@pytest.fixture(scope="session")
def r_summary() -> list[dict[str, str]]:
    """Read what R's package reported on each segment of the orders."""
    return rows_of("golden/rrfm_orders_segment_summary_A.csv")


@pytest.fixture(scope="session")
def r_thresholds() -> list[dict[str, str]]:
    """Read the thresholds that R's package found for the orders, worst bin first."""
    return rows_of("golden/rrfm_orders_threshold.csv")


@pytest.fixture(scope="session")
def compat(orders: list[Purchase]) -> RfmTable:
    """Score the orders as R does; it was given whole dollars."""
    return rfm(orders, as_of=date(2006, 12, 31), compat="r-rfm")
