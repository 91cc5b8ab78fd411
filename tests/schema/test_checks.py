"""The values that a row may hold: fast for good rows, exact for bad ones."""

from __future__ import annotations

from itertools import islice, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.errors import UnsupportedValue
from loyaltycore.schema import COLLECTIONS, check_ref, check_row, check_values, checks
from loyaltycore.testing import contract_rows as a
from loyaltycore.testing.contract_values import HOSTILE


ROWS = {"card": a.card("card"), "customer": a.customer("ada"), "lot": a.lot(1)}
JSON_FITS = 64 * 1024


@pytest.mark.parametrize("collection", ROWS)
def test_good_rows(collection: str):
    """A good row is good the first time and every other, in any order of columns."""
    row = ROWS[collection]
    for each in (row, dict(reversed(row.items())), row):
        check_row(COLLECTIONS[collection], each)
        check_values(COLLECTIONS[collection], each)


@pytest.mark.parametrize("case", HOSTILE)
def test_one_bad_value(case: str):
    """One bad value is found in a row whose shape was good before."""
    name, column, value = HOSTILE[case]
    collection = COLLECTIONS[name]
    check_row(collection, ROWS[name])
    for check, values in (
        (check_row, {**ROWS[name], column: value}),
        (check_values, {column: value}),
    ):
        for _ in range(2):
            with pytest.raises(UnsupportedValue) as caught:
                check(collection, values)
            assert caught.value.details == {"collection": name, "column": column}
            assert repr(value) not in str(caught.value) or value in {None, 0, 1, 7}


@pytest.mark.parametrize(
    ("changes", "column"),
    [({"digest": ...}, "digest"), ({"digest": ..., "other": 1}, "other")],
)
def test_missing_and_unknown_columns(changes, column: str):
    """A row has every column and no others, also when the count is right."""
    row = {
        name: value
        for name, value in {**ROWS["card"], **changes}.items()
        if value is not ...
    }

    with pytest.raises(UnsupportedValue, match=column):
        check_row(COLLECTIONS["card"], row)


def test_long_texts_side_by_side():
    """Texts are measured one by one, however long they are together."""
    row = {**ROWS["customer"], "first_name": "x" * 512, "last_name": "é" * 512}
    check_row(COLLECTIONS["customer"], row)
    check_values(COLLECTIONS["customer"], row)

    with pytest.raises(UnsupportedValue, match="first_name"):
        check_row(COLLECTIONS["customer"], {**row, "first_name": "x" * 513})


@pytest.mark.parametrize(
    ("text", "is_good"),
    [
        ("x" * JSON_FITS, True),
        ("x" * (JSON_FITS + 1), False),
        ("é" * (JSON_FITS // 2), True),
        ("é" * (JSON_FITS // 2) + "x", False),
        ("😀" * (JSON_FITS // 4), True),
    ],
)
def test_long_json(text: str, *, is_good: bool):
    """JSON is measured in bytes."""
    for _ in range(2):
        if is_good:
            check_values(COLLECTIONS["card"], {"totals": text})
        else:
            with pytest.raises(UnsupportedValue, match="bytes"):
                check_values(COLLECTIONS["card"], {"totals": text})


@given(st.text(max_size=600))
def test_any_text(text: str):
    """The fast way and the long way agree about every text."""
    problem = checks.problem_with(COLLECTIONS["card"].by_name["digest"].type, text)
    try:
        check_row(COLLECTIONS["card"], {**ROWS["card"], "digest": text})
    except UnsupportedValue:
        assert problem is not None
    else:
        assert problem is None


def test_endless_combinations():
    """Somebody who makes up ever new sets of columns does not fill the memory."""
    collection = COLLECTIONS["customer"]
    names = [name for name, column in collection.by_name.items() if column.nullable]
    for order in islice(permutations(names, 4), 800):
        check_values(collection, dict.fromkeys(order))

    assert len(collection.judges) <= 512


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        (("program_id", "id"), ("p",)),
        (("program_id", "id"), ("p", "c", "x")),
        (("program_id", "id"), ("p", None)),
        (("program_id", "id"), ("p", 1)),
        (("program_id", "id"), ("p", "\0")),
        (("id", "program_id"), ("p", "c")),
        (("program_id",), ("p",)),
        ((), ()),
    ],
)
def test_bad_refs(columns, values):
    """A ref names a row by the key or a unique, in the declared order, with values."""
    collection = COLLECTIONS["card"]
    check_ref(collection, ("program_id", "id"), ("p", "c"))
    check_ref(collection, ("program_id", "serial"), ["p", "s"])
    for _ in range(2):
        with pytest.raises(UnsupportedValue):
            check_ref(collection, columns, values)
