"""Filters as predicates: what the test of agreement does not come by."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from tests.conftest import NOON

from loyaltycore import MemoryStore, Program, SqliteStore, errors, filters
from loyaltycore.customers.filters import LEAVES_MAX, NODES_MAX, AllOf, AnyOf, Opposite
from loyaltycore.loyalty import Loyalty
from loyaltycore.query.predicates import And, Compare, Exists, Not, Op, Or
from loyaltycore.query.queries import Query
from loyaltycore.records.filters import living_customers, predicate_of


if TYPE_CHECKING:
    from loyaltycore.customers.filters import CustomerFilter
    from loyaltycore.query.predicates import Predicate

CAFE = Program(id="cafe", currency="EUR", zone="Europe/Berlin", phone_region="DE")
LEAP = datetime(2024, 2, 29, 12, tzinfo=UTC)


def terms(predicate: Predicate) -> int:
    """Count what a store counts."""
    match predicate:
        case And(parts) | Or(parts):
            return 1 + sum(map(terms, parts))
        case Not(part) | Exists(where=part):
            return 1 + terms(part)
        case _:
            return 1


@pytest.mark.parametrize(
    ("born", "years"),
    [(date(2006, 2, 28), 18), (date(2006, 3, 1), 17), (date(2004, 2, 29), 20)],
)
def test_ages_on_29_february(born: date, years: int):
    """CU-11: on a leap day 18 years ago is 28 February, in memory and in a store."""
    shop = Loyalty(MemoryStore(), CAFE).at(LEAP)
    one = shop.customers.register(birth_date=born)
    for asked in (years - 1, years, years + 1):
        filter_ = filters.age.is_(asked)

        assert (asked == years) is shop.filters.fits(filter_, one.id)
        assert int(asked == years) == shop.grid.count(filter_).customers


def test_a_unique_contact_is_looked_up_where_it_is_unique():
    """CU-11: a whole phone, e-mail or external id is found by an index."""
    by_phone = predicate_of(filters.phone.is_("030 901820"), CAFE, NOON)
    by_part = predicate_of(filters.phone.starts_with("+4930"), CAFE, NOON)

    assert Compare("unique_phone", Op.EQ, "+4930901820") == by_phone
    assert Compare("phone", Op.STARTS_WITH, "+4930") == by_part


WIDEST: list[CustomerFilter] = [
    ~filters.activity.is_not("inactive"),
    filters.balance("point").of("t").between(1, 2),
    filters.consent("email", "marketing").is_not_given(),
    filters.joined.not_on(date(2026, 3, 1)),
    filters.age.between(18, 30),
    filters.card_blocked.of("t").is_(value=False),
]


@pytest.mark.parametrize("leaf", WIDEST, ids=repr)
def test_the_largest_filter_is_one_that_stores_answer(leaf: CustomerFilter, tmp_path):
    """CU-11: what passes our limits passes those of every store."""
    widest: CustomerFilter = AnyOf(
        [Opposite(leaf) if n % 2 else leaf for n in range(LEAVES_MAX)]
    )
    try:
        where = living_customers(widest, CAFE, NOON)
    except errors.InvalidFilter:
        widest = AllOf([leaf] * ((NODES_MAX - 1) // 3))
        where = living_customers(widest, CAFE, NOON)
    assert terms(where) > LEAVES_MAX

    store = SqliteStore(tmp_path / "shop.db", durability="process")
    for each in (store, MemoryStore()):
        with each.session(write=False) as session:
            assert [] == session.select(Query("customer", where)).rows
    store.close()
