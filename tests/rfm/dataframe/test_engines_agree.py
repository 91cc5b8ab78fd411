"""Real purchases on every engine: the same rows as plain Python and as DuckDB's SQL."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from loyaltycore.rfm import R_RFM_A, RF10, VISITS9, Purchase, RfmTable, rfm


if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.rfm.dataframe.conftest import Engine

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore:.*:FutureWarning"),
]

REPOSITORY = Path(__file__).resolve().parents[3]

#: Name, day to look from, and how its file becomes customer_id, on and amount.
DATA = {
    "cdnow": (date(1998, 6, 30), "cdnow_master.csv", "customer_id, date, amount"),
    "orders": (
        date(2006, 12, 31),
        "rfm_data_orders.csv",
        "customer_id, order_date, revenue",
    ),
    "apparel": (
        date(2010, 12, 31),
        "clvtools_apparelTrans.csv",
        '"Id", "Date", "Price"',
    ),
    "retail": (date(2011, 12, 31), "online_retail.parquet", ""),
}

#: One line an invoice, its lines rounded once; cancellations are refunds.
INVOICES = """
    SELECT CAST(CustomerID AS VARCHAR) AS customer_id,
        CAST(min(InvoiceDate) AS DATE) AS "on",
        CAST(sum(Quantity * CAST(UnitPrice * 1000 AS BIGINT)) // 10 AS BIGINT) AS amount
    FROM '{path}' WHERE CustomerID IS NOT NULL GROUP BY CustomerID, InvoiceNo
"""

FILE = """
    SELECT CAST({0} AS VARCHAR) AS customer_id, CAST({1} AS DATE) AS "on",
        CAST(CAST({2} AS DECIMAL(18, 2)) * 100 AS BIGINT) AS amount
    FROM read_csv('{path}', header = true, all_varchar = true)
"""

#: Written by hand: what the default choices mean, in one query.
BY_HAND = """
    WITH purchase AS (
        SELECT customer_id, sum(amount) AS monetary,
            count(*) FILTER (amount >= 0) AS frequency,
            date_diff('day', max("on") FILTER (amount >= 0), DATE '{as_of}') AS recency
        FROM bought GROUP BY customer_id
    ), customer AS (SELECT * FROM purchase WHERE frequency > 0), score AS (
        SELECT *,
            5 - 5 * (rank() OVER (ORDER BY recency) - 1) // count(*) OVER () AS r,
            1 + 5 * (rank() OVER (ORDER BY frequency) - 1) // count(*) OVER () AS f,
            1 + 5 * (rank() OVER (ORDER BY monetary) - 1) // count(*) OVER () AS m
        FROM customer
    )
    SELECT customer_id, recency, frequency, monetary, frequency, monetary, r, f, m,
        CASE WHEN r = 5 AND f >= 4 THEN 'champions'
            WHEN r >= 3 AND f >= 4 THEN 'loyal'
            WHEN r >= 4 AND f >= 2 THEN 'potential_loyalists'
            WHEN r = 5 THEN 'new' WHEN r = 4 THEN 'promising'
            WHEN r = 3 AND f = 3 THEN 'need_attention'
            WHEN r = 3 THEN 'about_to_sleep'
            WHEN f = 5 THEN 'cant_lose' WHEN f >= 3 THEN 'at_risk'
            ELSE 'hibernating' END
    FROM score
"""

#: Purchases and refunds of all kinds, few enough for every choice on every engine.
SMALL: list[tuple[str, date, int, int]] = [
    ("ada", date(2026, 3, 30), 1250, 0),
    ("ada", date(2026, 3, 30), 990, 90),
    ("ada", date(2026, 2, 28), 1, 0),
    ("bob", date(2026, 3, 28), 480, 480),
    ("cyd", date(2024, 2, 29), 2300, 0),
    ("cyd", date(2025, 12, 31), 3100, 600),
    ("cyd", date(2026, 3, 31), -900, 0),
    ("dan", date(2025, 11, 3), 0, 0),
    ("dan", date(2026, 1, 1), -701, 0),
    ("dan", date(2025, 11, 3), 200, 0),
    ("eve", date(2026, 3, 29), -500, 0),
    ("fay", date(1999, 12, 31), 500, 0),
    ("gus", date(2000, 1, 1), 500, 0),
    ("hal", date(2026, 3, 31), 12345678901, 1),
    ("ivy", date(2026, 4, 1), 700, 0),
]

CHOICES: list[dict[str, Any]] = [
    {},
    {"bins": 3},
    {"method": "quantile", "bins": 4},
    {"method": "ntile"},
    {"method": "ntile", "bins": 12},
    {"method": "fixed"},
    {"compat": "r-rfm"},
    {"refunds": "exclude", "frequency": "days"},
    {"monetary": "mean", "since": date(2025, 11, 3)},
]


@pytest.fixture(scope="module")
def arrow() -> Callable[[str], Any]:
    """Read a data set as an Arrow table, once."""
    duckdb = pytest.importorskip("duckdb", reason="needs duckdb: make frames")
    pytest.importorskip("pyarrow", reason="needs pyarrow: make frames")
    named = os.environ.get("LOYALTYCORE_DATA")
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "data"
    kept: dict[str, Any] = {}

    def table(name: str) -> Any:
        _, file, columns = DATA[name]
        path = folder / file
        if not path.is_file():
            pytest.skip(f"no {file}: set LOYALTYCORE_DATA to the folder with real data")
        if name not in kept:
            query = FILE.format(*columns.split(", "), path=path) if columns else ""
            query = query or INVOICES.format(path=path)
            kept[name] = duckdb.sql(query).to_arrow_table()
        return kept[name]

    return table


@pytest.fixture(scope="module")
def plain(arrow: Callable[[str], Any]) -> Callable[[str], RfmTable]:
    """Score a data set in plain Python, once."""
    kept: dict[str, RfmTable] = {}

    def table(name: str) -> RfmTable:
        columns = arrow(name).to_pydict()
        if name not in kept:
            rows = map(Purchase, *columns.values())
            kept[name] = rfm(rows, as_of=DATA[name][0])
        return kept[name]

    return table


def lines_of(table: RfmTable, segments: Any = RF10) -> dict[Any, tuple[Any, ...]]:
    """Spell a table of plain Python out as the engines' frames are read."""
    rows = zip(*table.columns(segments).values(), strict=True)
    return {customer_id: tuple(rest) for customer_id, *rest in rows}


@pytest.mark.parametrize("name", DATA)
def test_real_purchases(
    engine: Engine,
    name: str,
    arrow: Callable[[str], Any],
    plain: Callable[[str], RfmTable],
) -> None:
    """Every customer's line equals that of plain Python, in the caller's own type."""
    from loyaltycore.rfm.dataframe import rfm_frame

    frame = engine.of_arrow(arrow(name))
    found = rfm_frame(frame, as_of=DATA[name][0])

    assert type(found) is type(frame)
    assert lines_of(plain(name)) == engine.lines(found)


@pytest.mark.parametrize("name", DATA)
def test_query_by_hand(
    name: str, arrow: Callable[[str], Any], plain: Callable[[str], RfmTable]
) -> None:
    """Plain Python equals a DuckDB query that was written by hand."""
    duckdb = pytest.importorskip("duckdb", reason="needs duckdb: make frames")
    with duckdb.connect() as connection:
        connection.register("bought", arrow(name))
        query = BY_HAND.format(as_of=DATA[name][0])
        rows = connection.execute(query).fetchall()

    assert lines_of(plain(name)) == {
        customer_id: tuple(rest) for customer_id, *rest in rows
    }


@pytest.mark.parametrize("choices", CHOICES, ids=str)
def test_every_choice(quick_engine: Engine, choices: dict[str, Any]) -> None:
    """Whatever the choices, lines and cuts equal those of plain Python."""
    check_choices(quick_engine, choices)


@pytest.mark.parametrize("choices", CHOICES[3:4] + CHOICES[6:], ids=str)
def test_choices_on_a_cluster(slow_engine: Engine, choices: dict[str, Any]) -> None:
    """So they do on engines of many machines, for each way through them."""
    check_choices(slow_engine, choices)


def check_choices(engine: Engine, choices: dict[str, Any]) -> None:
    """Score the small purchases on an engine, and compare with plain Python."""
    from loyaltycore.rfm.dataframe import rfm_cuts, rfm_frame

    as_of = date(2026, 3, 31)
    names = ("customer_id", "on", "amount", "refunded")
    columns: dict[str, list[Any]] = dict(
        zip(names, map(list, zip(*SMALL, strict=True)), strict=True)
    )
    expected = rfm(
        [Purchase(*row) for row in SMALL], as_of=as_of, later="exclude", **choices
    )
    tables = {(5, 5, 5): R_RFM_A, (4, 3, 1): VISITS9}
    segments = tables.get(expected.cuts.shape)
    frame = engine.frame(columns)
    asked = {"as_of": as_of, "refunded": "refunded", "later": "exclude", **choices}

    found = rfm_frame(frame, segments=segments, **asked)

    assert lines_of(expected, segments) == engine.lines(found)
    assert expected.cuts == rfm_cuts(frame, **asked)


def test_nobody(quick_engine: Engine) -> None:
    """A frame without purchases in the window gives a frame without lines."""
    from loyaltycore.rfm.dataframe import rfm_cuts, rfm_frame

    frame = quick_engine.frame(
        {"customer_id": ["ada"], "on": [date(2026, 3, 1)], "amount": [-1]}
    )

    found = rfm_frame(frame, as_of=date(2026, 3, 31))

    assert {} == quick_engine.lines(found)
    assert () == rfm_cuts(frame, as_of=date(2026, 3, 31)).monetary


def test_table(quick_engine: Engine) -> None:
    """A frame comes into plain Python as the table that plain Python makes."""
    from loyaltycore.rfm.dataframe import rfm_table

    rows = [Purchase(f"c{n % 7}", date(2026, 3, 1 + n), 100 * n) for n in range(20)]
    columns = {
        "who": [row.customer_id for row in rows],
        "day": [row.on for row in rows],
        "cents": [row.amount for row in rows],
    }
    frame = quick_engine.frame(columns)

    found = rfm_table(
        with_days(frame, quick_engine.name),
        as_of=date(2026, 3, 31),
        customer_id="who",
        on="day",
        amount="cents",
    )

    assert rfm(rows, as_of=date(2026, 3, 31)) == found


def with_days(frame: Any, name: str) -> Any:
    """Let pandas and Dask know that a column of objects holds dates."""
    if name == "pandas":
        return frame.assign(day=frame["day"].astype("datetime64[us]"))
    if name == "dask":
        return frame.assign(day=frame["day"].astype("datetime64[us]"))
    return frame
