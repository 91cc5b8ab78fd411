"""Where engines go their own ways: the same error or the same number on all of them."""

from __future__ import annotations

import importlib
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from loyaltycore.errors import InvalidValue


if TYPE_CHECKING:
    from tests.rfm.dataframe.conftest import Engine

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

TODAY = date(2026, 3, 31)
MARCH = date(2026, 3, 1)

#: Two good rows; each case spoils the second one.
GOOD: dict[str, list[Any]] = {
    "customer_id": ["ada", "bob"],
    "on": [MARCH, date(2026, 3, 2)],
    "amount": [1177, 500],
    "refunded": [0, 100],
}

#: What is spoilt, how rfm_frame is asked, the column at fault, and the whole sentence.
BAD: dict[str, tuple[dict[str, list[Any]], dict[str, Any], str]] = {
    "a fraction of a cent": (
        {"amount": [1177.0, 5.5]},
        {},
        "amount: 1 row missing or no whole number; count in minor units: 11.77 is 1177",
    ),
    "decimals of a euro": (
        {"amount": [Decimal("11.77"), Decimal("5.00")]},
        {},
        "amount: is no column of whole numbers; count in minor units: 11.77 is 1177",
    ),
    "not a number": (
        {"amount": [1177.0, float("nan")]},
        {},
        "amount: 1 row missing or no whole number; count in minor units: 11.77 is 1177",
    ),
    "no amount": (
        {"amount": [1177, None]},
        {},
        "amount: 1 row missing or no whole number; count in minor units: 11.77 is 1177",
    ),
    "amounts as text": (
        {"amount": ["1177", "500"]},
        {},
        "amount: is no column of whole numbers; count in minor units: 11.77 is 1177",
    ),
    "too large": (
        {"amount": [1177, 2**53]},
        {},
        "amount: 1 row beyond 9007199254740991 minor units either way",
    ),
    "infinite": (
        {"amount": [1177.0, float("inf")]},
        {},
        "amount: 1 row missing or no whole number; count in minor units: 11.77 is 1177",
    ),
    "dates as text": (
        {"on": ["2026-03-01", "2026-03-02"]},
        {},
        "on: is no column of dates; parse it first, by a format that you know",
    ),
    "no day": (
        {"on": [MARCH, None]},
        {},
        "on: 1 row without a day; leave them out or find out their day",
    ),
    "a day to come": (
        {"on": [MARCH, date(2026, 4, 1)]},
        {},
        "on: 1 row after as_of, 2026-03-31; mend the day, or pass later='exclude'",
    ),
    "aware moments": (
        {"on": [datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)]},
        {},
        (
            "on: has moments aware of their zone, so their day depends on the shop's; "
            "pass zone='Europe/Berlin' or the like"
        ),
    ),
    "no such zone": (
        {},
        {"zone": "Europe/Atlantis"},
        (
            "zone: is 'Europe/Atlantis', which is no zone; "
            "pass a name such as 'Europe/Berlin'"
        ),
    ),
    "nobody": (
        {"customer_id": ["ada", None]},
        {},
        "customer_id: 1 row without an id; leave rows of nobody out",
    ),
    "a blank id": (
        {"customer_id": ["ada", ""]},
        {},
        "customer_id: 1 row with a blank id; leave rows of nobody out",
    ),
    "ids as floats": (
        {"customer_id": [1.0, 2.0]},
        {},
        "customer_id: is no column of text or whole numbers; cast it",
    ),
    "an unknown column": (
        {},
        {"amount": "total"},
        (
            "total: is no column of the frame; "
            "there are 'customer_id', 'on', 'amount', 'refunded'"
        ),
    ),
    "more given back than paid": (
        {"refunded": [0, 501]},
        {"refunded": "refunded"},
        "refunded: 1 row not from zero to the amount; pass what was given back",
    ),
    "given back on a refund": (
        {"amount": [1177, -500], "refunded": [0, 500]},
        {"refunded": "refunded"},
        "refunded: 1 row not from zero to the amount; pass what was given back",
    ),
    "nothing said of what was given back": (
        {"refunded": [0, None]},
        {"refunded": "refunded"},
        (
            "refunded: 1 row missing or no whole number; "
            "count in minor units: 11.77 is 1177, none is 0"
        ),
    ),
    "a refund that is forbidden": (
        {"amount": [1177, -500]},
        {"refunds": "error"},
        "amount: 1 row with a refund; pass refunds='net' or 'exclude'",
    ),
    "sums beyond 64 bits": (
        {name: values * 300 for name, values in GOOD.items()}
        | {"amount": [2**53 - 1] * 600},
        {},
        (
            "amount: does not add up within 64 bits; "
            "score a part of the purchases, or count in larger units"
        ),
    ),
    "segments of another shape": (
        {},
        {"bins": 4},
        "segments: has 5x5x5 scores, not 4x4x4; pass a table of that shape, or None",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_refuses(engine: Engine, case: str) -> None:
    """Bad input is one and the same sentence on every engine, naming the column."""
    from loyaltycore.rfm.dataframe import rfm_frame

    spoilt, choices, sentence = BAD[case]
    frame = engine.frame(GOOD | spoilt)

    with pytest.raises(InvalidValue) as caught:
        rfm_frame(frame, as_of=TODAY, **choices)

    assert sentence == str(caught.value)
    assert sentence.split(":", maxsplit=1)[0] == caught.value.field


def test_refuses_what_is_no_frame() -> None:
    """A list of purchases is told from a frame."""
    pytest.importorskip("narwhals", reason="needs narwhals: make frames")
    from loyaltycore.rfm.dataframe import rfm_frame

    anything: Any = [1, 2]

    with pytest.raises(InvalidValue, match="purchases: are of type list, which is no"):
        rfm_frame(anything, as_of=TODAY)


@pytest.mark.parametrize(
    ("zone", "recencies"),
    [("Asia/Tokyo", {"ada": 30, "bob": 29}), ("America/Lima", {"ada": 31, "bob": 30})],
)
def test_aware_moments(
    engine: Engine, zone: str, recencies: dict[str, int], monkeypatch: Any
) -> None:
    """The day is that of the shop's zone, whatever zone the engine's session is in."""
    from loyaltycore.rfm.dataframe import rfm_frame

    moments = [
        datetime(2026, 2, 28, 23, 30, tzinfo=UTC),  # 1 March in Tokyo
        datetime(2026, 3, 1, 16, 0, tzinfo=UTC),  # 2 March in Tokyo
    ]
    frame = engine.frame(GOOD | {"on": moments})
    if engine.name == "ibis":
        with pytest.raises(InvalidValue, match="on: has aware moments; turn it into"):
            rfm_frame(frame, as_of=TODAY, zone=zone)
        return

    found = engine.lines(rfm_frame(frame, as_of=TODAY, zone=zone))

    assert recencies == {name: line[0] for name, line in found.items()}


def test_naive_moments(quick_engine: Engine) -> None:
    """Naive moments are the shop's local time, and the whole last day counts."""
    from loyaltycore.rfm.dataframe import rfm_frame

    moments = [datetime(2026, 3, 31, 23, 59, 59), datetime(2026, 3, 30, 0, 0)]  # noqa: DTZ001
    frame = quick_engine.frame(GOOD | {"on": moments})

    found = quick_engine.lines(rfm_frame(frame, as_of=TODAY, zone="Asia/Tokyo"))

    assert {"ada": 0, "bob": 1} == {name: line[0] for name, line in found.items()}


def test_narrow_integers(quick_engine: Engine) -> None:
    """Amounts of 32 bits add up beyond 32 bits."""
    from loyaltycore.rfm.dataframe import rfm_frame

    pyarrow = pytest.importorskip("pyarrow", reason="needs pyarrow: make frames")
    large = 2**31 - 1
    table = pyarrow.table(
        {
            "customer_id": ["ada"] * 3,
            "on": [MARCH] * 3,
            "amount": pyarrow.array([large] * 3, pyarrow.int32()),
        }
    )

    found = quick_engine.lines(rfm_frame(quick_engine.of_arrow(table), as_of=TODAY))

    assert 3 * large == found["ada"][2]


def test_whole_floats(quick_engine: Engine) -> None:
    """Floats that are whole numbers count exactly, and come out as integers."""
    from loyaltycore.rfm.dataframe import rfm_frame

    frame = quick_engine.frame(GOOD | {"amount": [float(2**53 - 1), -0.0]})

    found = quick_engine.lines(rfm_frame(frame, as_of=TODAY))

    assert [2**53 - 1, 0] == [found[name][2] for name in ("ada", "bob")]
    assert {int} == {type(value) for line in found.values() for value in line[:-1]}


def test_mean_rounds_alike(quick_engine: Engine) -> None:
    """Half a cent goes up, below zero too, on engines that divide towards zero too."""
    from loyaltycore.rfm.dataframe import rfm_frame

    rows = {
        "customer_id": ["ada", "ada", "bob", "bob", "bob", "cyd", "cyd"],
        "on": [MARCH] * 7,
        "amount": [2, 3, 0, 0, -5, 2**53 - 1, 2**53 - 2],
    }

    found = quick_engine.lines(
        rfm_frame(quick_engine.frame(rows), as_of=TODAY, monetary="mean")
    )

    assert {"ada": 3, "bob": -2, "cyd": 2**53 - 1} == {
        name: line[2] for name, line in found.items()
    }


def test_ids_as_numbers(quick_engine: Engine) -> None:
    """Ids that are whole numbers come out as they went in."""
    from loyaltycore.rfm.dataframe import rfm_frame, rfm_table

    frame = quick_engine.frame(GOOD | {"customer_id": [2, 10]})

    assert {2, 10} == set(quick_engine.lines(rfm_frame(frame, as_of=TODAY)))
    assert ["10", "2"] == [
        row.customer_id for row in rfm_table(frame, as_of=TODAY).rows
    ]


def test_further_columns(quick_engine: Engine) -> None:
    """A column that varies within a customer neither doubles lines nor comes along."""
    from loyaltycore.rfm.dataframe import rfm_frame

    rows = {name: values * 2 for name, values in GOOD.items()}
    rows["city"] = ["Bonn", "Köln", "Ulm", "Jena"]

    found = rfm_frame(quick_engine.frame(rows), as_of=TODAY, segments=None)

    assert {"ada", "bob"} == set(quick_engine.lines(found))
    assert 8 == len(next(iter(quick_engine.lines(found).values())))


def test_refunds_make_nobody_recent(quick_engine: Engine) -> None:
    """A refund row raises neither recency nor frequency, and lowers the money."""
    from loyaltycore.rfm.dataframe import rfm_frame

    rows = {
        "customer_id": ["ada", "ada", "bob"],
        "on": [MARCH, TODAY, TODAY],
        "amount": [1000, -3000, -1],
    }

    found = quick_engine.lines(rfm_frame(quick_engine.frame(rows), as_of=TODAY))

    assert {"ada": (30, 1, -2000)} == {name: line[:3] for name, line in found.items()}


def test_order_and_ids_do_not_matter(quick_engine: Engine) -> None:
    """Rows and ids turned round give the same customers the same scores."""
    from loyaltycore.rfm.dataframe import rfm_frame

    ids = [f"c{n:03}" for n in range(60)]
    rows = {
        "customer_id": ids,
        "on": [date(2026, 3, 1 + n % 5) for n in range(60)],
        "amount": [n % 4 for n in range(60)],
    }
    turned = {name: values[::-1] for name, values in rows.items()}
    turned["customer_id"] = ids

    before = quick_engine.lines(rfm_frame(quick_engine.frame(rows), as_of=TODAY))
    after = quick_engine.lines(rfm_frame(quick_engine.frame(turned), as_of=TODAY))

    assert before == dict(zip(ids, [after[name] for name in ids[::-1]], strict=True))


@pytest.mark.parametrize("missing", ["narwhals", "loyaltycore.rfm.dataframe.scores"])
def test_missing_packages(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without narwhals one is told which extra to install; other errors stay."""
    for name in [*sys.modules]:
        if name.startswith("loyaltycore.rfm.dataframe"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(ModuleNotFoundError) as caught:
        importlib.import_module("loyaltycore.rfm.dataframe")

    told = "loyaltycore[dataframe]" in str(caught.value)
    assert told is (caught.value.name == "narwhals")
