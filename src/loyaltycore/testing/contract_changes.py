"""What a store does when it is told to change rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from loyaltycore.errors import AppendOnly, Duplicate, UnsupportedValue
from loyaltycore.ports import Add, Delete, Insert, Ref, Update
from loyaltycore.testing import contract_rows as a


if TYPE_CHECKING:
    from loyaltycore.ports import Change, Store

__all__ = ["ChangeContract"]

_PHONE = Ref("customer", ("program_id", "unique_phone"), (a.CAFE, "+493012345678"))


class ChangeContract:
    """Inserts, updates and deletions, and what comes back from them."""

    # -- insert ------------------------------------------------------------------------

    def test_insert_counts(self, store: Store) -> None:
        """An insert answers how many rows it inserted, and none is fine."""
        rows = [a.counter(str(number)) for number in range(5)]

        assert a.change(store, Insert("counter", rows), Insert("counter", [])) == [5, 0]
        assert a.every(store, "counter") == rows

    def test_insert_duplicate_key(self, store: Store) -> None:
        """A taken key is refused, and the refusal names collection and columns."""
        a.fill(store, "counter", [a.counter("n", 1)])

        with pytest.raises(Duplicate) as caught:
            a.fill(store, "counter", [a.counter("m"), a.counter("n", 2)])

        assert caught.value.details["collection"] == "counter"
        assert caught.value.details["columns"] == ("program_id", "name")
        assert a.every(store, "counter") == [a.counter("n", 1)]

    def test_insert_duplicate_unique(self, store: Store) -> None:
        """A taken unique is refused, and the refusal does not repeat its value."""
        a.fill(store, "customer", [a.customer("ada", unique_phone="+493012345678")])

        with pytest.raises(Duplicate) as caught:
            a.fill(store, "customer", [a.customer("bob", unique_phone="+493012345678")])

        assert caught.value.details["columns"] == ("program_id", "unique_phone")
        assert "+4930" not in str(caught.value)

    def test_insert_same_row_twice(self, store: Store) -> None:
        """Two rows of one insert collide as those of two do."""
        with pytest.raises(Duplicate):
            a.fill(store, "counter", [a.counter("n", 1), a.counter("n", 2)])

        assert a.every(store, "counter") == []

    def test_insert_ignoring_duplicates(self, store: Store) -> None:
        """Ignored rows leave the old ones alone, whether key or unique is taken."""
        ada = a.customer("ada", unique_phone="1", first_name="Ada")
        a.fill(store, "customer", [ada])
        rows = [
            a.customer("ada", first_name="Other"),
            a.customer("bob", unique_phone="1"),
            a.customer("cid", unique_phone="2"),
            a.customer("dan", unique_phone="2"),
        ]

        done = a.change(store, Insert("customer", rows, on_duplicate="ignore"))

        assert done == [1]
        assert a.every(store, "customer") == [ada, rows[2]]

    def test_missing_values_are_not_unique(self, store: Store) -> None:
        """Any number of rows may leave a unique empty."""
        rows = [a.customer(name) for name in "abc"]
        a.fill(store, "customer", rows)

        assert a.every(store, "customer") == rows

    def test_given_rows_are_copied(self, store: Store) -> None:
        """What the caller does to a row afterwards does not reach the store."""
        row = a.counter("n", 1)
        with store.session() as session:
            session.apply([Insert("counter", [row])])
            row["used"] = 99

        assert a.one(store, a.counter_ref("n")) == a.counter("n", 1)

    # -- update ------------------------------------------------------------------------

    def test_update(self, store: Store) -> None:
        """An update changes the columns it names and no others."""
        a.fill(
            store, "customer", [a.customer("ada", first_name="Ada", unique_phone="1")]
        )
        update = Update(a.customer_ref("ada"), {"unique_phone": None, "points": 7})

        assert a.change(store, update) == [1]
        expected = a.customer("ada", first_name="Ada", points=7)
        assert a.one(store, a.customer_ref("ada")) == expected

    def test_update_by_unique(self, store: Store) -> None:
        """A unique names the row to update, even when it is what changes."""
        a.fill(store, "customer", [a.customer("ada", unique_phone="+493012345678")])

        done = a.change(
            store, Update(_PHONE, {"unique_phone": "2"}), Update(_PHONE, {"points": 1})
        )

        assert done == [1, 0]
        assert a.one(store, a.customer_ref("ada")) == a.customer(
            "ada", unique_phone="2"
        )

    def test_update_nothing(self, store: Store) -> None:
        """An update of a row that is not there answers 0 and makes none."""
        assert a.change(store, Update(a.counter_ref("n"), {"used": 1})) == [0]
        assert a.every(store, "counter") == []

    def test_update_no_columns(self, store: Store) -> None:
        """An update without values only tells whether the row is there."""
        a.fill(store, "counter", [a.counter("n", 1)])

        done = a.change(
            store, Update(a.counter_ref("n"), {}), Update(a.counter_ref("m"), {})
        )

        assert done == [1, 0]
        assert a.every(store, "counter") == [a.counter("n", 1)]

    def test_update_of_a_version(self, store: Store) -> None:
        """An update that expects a version happens once, then answers 0."""
        a.fill(store, "customer", [a.customer("ada")])
        ref = a.customer_ref("ada")
        update = Update(ref, {"version": 2, "points": 5}, expect=1)

        assert a.change(store, update, update) == [1, 0]
        assert a.one(store, ref) == a.customer("ada", version=2, points=5)

    @pytest.mark.parametrize("expect", [0, 1, 3])
    def test_update_of_another_version(self, store: Store, expect: int) -> None:
        """An update that expects an earlier or a later version does not happen."""
        row = a.customer("ada", version=2)
        a.fill(store, "customer", [row])
        update = Update(a.customer_ref("ada"), {"points": 5}, expect=expect)

        assert a.change(store, update) == [0]
        assert a.one(store, a.customer_ref("ada")) == row

    def test_update_to_what_is_taken(self, store: Store) -> None:
        """A unique cannot be changed to another row's, but to its own it can."""
        rows = [
            a.customer("ada", unique_phone="1"),
            a.customer("bob", unique_phone="2"),
        ]
        a.fill(store, "customer", rows)

        assert a.change(
            store, Update(a.customer_ref("ada"), {"unique_phone": "1"})
        ) == [1]
        with pytest.raises(Duplicate):
            a.change(store, Update(a.customer_ref("ada"), {"unique_phone": "2"}))
        assert a.every(store, "customer") == rows

    def test_update_frees_a_unique(self, store: Store) -> None:
        """What a row gives up, another may have in the same call."""
        a.fill(store, "customer", [a.customer("ada", unique_phone="1")])

        done = a.change(
            store,
            Update(a.customer_ref("ada"), {"unique_phone": "2"}),
            Insert("customer", [a.customer("bob", unique_phone="1")]),
        )

        assert done == [1, 1]

    # -- delete ------------------------------------------------------------------------

    def test_delete(self, store: Store) -> None:
        """A deletion answers 1, then 0, and frees key and uniques."""
        ada = a.customer("ada", unique_phone="1")
        a.fill(store, "customer", [ada])
        delete = Delete(a.customer_ref("ada"))

        done = a.change(store, delete, delete, Insert("customer", [ada]))

        assert done == [1, 0, 1]

    # -- all of them -------------------------------------------------------------------

    def test_changes_happen_in_order(self, store: Store) -> None:
        """Each change sees what the ones before it did."""
        ref = a.counter_ref("n")

        done = a.change(
            store,
            Update(ref, {"used": 1}),
            Insert("counter", [a.counter("n", 2)]),
            Add(ref, {"used": 3}),
            Update(ref, {"used": 9}),
            Delete(ref),
            Add(ref, {"used": 4}),
        )

        assert done == [0, 1, 1, 1, 1, 1]
        assert a.every(store, "counter") == [a.counter("n", 4)]

    @pytest.mark.parametrize(
        "refused",
        [
            pytest.param(Update(a.transaction_ref("t"), {"kind": "x"}), id="update"),
            pytest.param(Delete(a.transaction_ref("t")), id="delete"),
            pytest.param(Add(a.transaction_ref("t"), {"version": 1}), id="add"),
        ],
    )
    def test_the_journal_is_append_only(self, store: Store, refused: Change) -> None:
        """Rows of the journal are inserted, and after that they stay as they are."""
        row = a.transaction("t", 1)
        a.fill(store, "transaction", [row])

        with pytest.raises(AppendOnly):
            a.change(store, refused)
        assert a.every(store, "transaction") == [row]

    def test_two_transactions_of_one_version(self, store: Store) -> None:
        """A version of a card occurs once, so that nobody can lose an update."""
        a.fill(store, "transaction", [a.transaction("t", 1)])

        with pytest.raises(Duplicate) as caught:
            a.fill(store, "transaction", [a.transaction("u", 1)])
        assert caught.value.details["columns"] == ("program_id", "card_id", "version")

    @pytest.mark.parametrize(
        "refused",
        [
            pytest.param(Insert("nothing", []), id="no-collection"),
            pytest.param(
                Update(Ref("customer", ("source",), ("x",)), {}), id="update-no-row"
            ),
            pytest.param(Update(a.counter_ref("n"), {"nothing": 1}), id="no-column"),
            pytest.param(Update(a.counter_ref("n"), {"name": "m"}), id="of-the-key"),
            pytest.param(
                Update(a.counter_ref("n"), {"used": 1}, expect=1), id="no-version"
            ),
            pytest.param(
                Insert("counter", [{"program_id": a.CAFE, "name": "m"}]), id="too-few"
            ),
            pytest.param(
                Insert("counter", [a.counter("m", other=1)]), id="one-too-many"
            ),
            pytest.param(
                Insert("counter", [{"program_id": a.CAFE, "name": "m", "use": 1}]),
                id="another",
            ),
        ],
    )
    def test_malformed_changes(self, store: Store, refused: Change) -> None:
        """What no store could carry out is refused before anything happens."""
        a.fill(store, "counter", [a.counter("n", 1)])

        with pytest.raises(UnsupportedValue):
            a.change(store, refused)
        assert a.every(store, "counter") == [a.counter("n", 1)]
