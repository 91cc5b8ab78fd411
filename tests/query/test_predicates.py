"""Predicates: two-valued logic over flat rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.query.predicates import (
    And,
    Compare,
    Exists,
    Not,
    Op,
    Or,
    Predicate,
    equalities,
    is_in,
    matches,
    where,
)


ROW = {"name": "Ada", "points": 5, "phone": None}


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        (Compare("name", "eq", "Ada"), True),
        (Compare("name", "eq", "ada"), False),
        (Compare("phone", "eq", None), True),
        (Compare("phone", "ne", None), False),
        (Compare("phone", "ne", "1"), True),
        (Compare("phone", "lt", "1"), False),
        (Compare("phone", "starts_with", ""), False),
        (Compare("phone", "in", ("1",)), False),
        (Compare("points", "lt", 5), False),
        (Compare("points", "le", 5), True),
        (Compare("points", "gt", 4), True),
        (Compare("points", "ge", 6), False),
        (Compare("points", "ge", None), False),
        (Compare("name", "starts_with", "Ad"), True),
        (Compare("name", "contains", "da"), True),
        (Compare("name", "contains", "DA"), False),
        (Compare("name", "contains", "_a"), False),
        (Compare("name", "contains", ""), True),
        (Compare("phone", "contains", ""), False),
        (Compare("phone", "contains", "1"), False),
        (is_in("name", ("Ada", "Bob")), True),
        (is_in("name", ()), False),
        (where(name="Ada", points=5), True),
        (where(name="Ada", phone="1"), False),
        (where(), True),
        (And(), True),
        (Or(), False),
        (Not(Compare("phone", "lt", "1")), True),
        (Not(Not(Compare("phone", "lt", "1"))), False),
    ],
)
def test_matches(predicate: Predicate, *, expected: bool):
    """A comparison with a missing value is false, and Not of that is true."""
    assert matches(predicate, ROW) is expected


def test_exists():
    """Who asks for other rows says how they are found."""
    asked = []

    def exists(term: Exists, row) -> bool:
        asked.append((term.collection, row["name"]))
        return True

    term = Exists("card", (("customer_id", "id"),))

    assert matches(And((Not(Not(term)), Or((term,)))), ROW, exists)
    assert asked == [("card", "Ada")] * 2
    with pytest.raises(AssertionError):
        matches(term, ROW)


def test_an_operator_that_is_none():
    """An operator is one of nine, by its name or as such."""
    assert Compare("a", "eq", 1) == Compare("a", Op.EQ, 1)
    with pytest.raises(ValueError, match="like"):
        Compare("a", "like", 1)


def test_equalities():
    """Columns bound to one value are found through any depth of And, and no further."""
    bound = And((where(a=1), And((where(b=None), Compare("c", "ge", 2)))))

    assert equalities(And((bound, Or((where(d=1),)), Not(where(e=1))))) == {
        "a": 1,
        "b": None,
    }


terms = st.builds(
    Compare,
    st.just("points"),
    st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]),
    st.none() | st.integers(-2, 2),
)
rows = st.fixed_dictionaries({"points": st.none() | st.integers(-2, 2)})


@given(terms, rows)
def test_not_is_the_opposite(term: Predicate, row):
    """There is no third value: a term or its opposite holds, and never both."""
    assert matches(term, row) is not matches(Not(term), row)


@given(st.lists(terms, max_size=4), rows)
def test_de_morgan(several: list[Predicate], row):
    """Not of an And is an Or of Nots, which three-valued logic gets wrong."""
    neither = Or(tuple(Not(term) for term in several))

    assert matches(Not(And(tuple(several))), row) is matches(neither, row)
