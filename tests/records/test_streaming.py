"""Rows a page at a time, and only those that were asked for."""

from __future__ import annotations

import pytest

from loyaltycore import MemoryStore
from loyaltycore.errors import Corrupt
from loyaltycore.ports import Page
from loyaltycore.query.predicates import Compare, Op, where
from loyaltycore.query.queries import Query
from loyaltycore.records.streaming import stream
from loyaltycore.stores.memory_session import MemorySession
from loyaltycore.testing import contract_rows as a


class Damaged(MemorySession):
    """A session that answers with a row of another program."""

    def __init__(self) -> None:
        """Be open."""

    def select(self, query: Query) -> Page:
        """Answer, whatever was asked."""
        del query
        return Page([a.counter("n"), a.counter("n", program_id="cade")], None)


def test_all_pages():
    """Every row comes once, in order, over several pages."""
    store = MemoryStore()
    rows = [a.counter(name) for name in "abcde"]
    a.fill(store, "counter", rows)
    query = Query("counter", where(program_id=a.CAFE), limit=2)

    with store.session(write=False) as session:
        assert list(stream(session, query)) == rows


def test_a_row_of_another_program():
    """What an index brings that was not asked for is damage, and is said to be."""
    with pytest.raises(Corrupt, match="not where it belongs"):
        list(stream(Damaged(), Query("counter", where(program_id=a.CAFE))))


def test_rows_of_any_program():
    """Where no program was named, rows of any are fine."""
    query = Query("counter", Compare("used", Op.GE, 0))

    assert len(list(stream(Damaged(), query))) == 2
