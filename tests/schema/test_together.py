"""Changes that are put together come to what they came to one by one."""

from __future__ import annotations

from datetime import timedelta

from loyaltycore.ports import Add, Insert, Ref, Update
from loyaltycore.schema.together import put_together
from loyaltycore.testing import contract_rows as a


ADA = Ref("customer", ("program_id", "id"), (a.CAFE, "ada"))


def test_nothing():
    """No changes, none."""
    assert [] == put_together([])


def test_rows_of_a_collection():
    """They are one insertion, which comes before what is changed."""
    first, second = a.counter("a"), a.counter("b")
    lot = a.lot(1)
    add = Add(a.counter_ref("c"), {"used": 1})

    assert [
        Insert("counter", [first, second]),
        Insert("lot", [lot]),
        add,
    ] == put_together(
        [
            Insert("counter", [first]),
            add,
            Insert("lot", [lot]),
            Insert("counter", [second]),
        ]
    )


def test_updates_of_a_row():
    """The later value counts, and the version that the first one expects."""
    assert [Update(ADA, {"version": 3, "city": "Bonn", "gender": "f"}, 1)] == (
        put_together(
            [
                Update(ADA, {"version": 2, "city": "Ulm"}, 1),
                Update(ADA, {"version": 3, "city": "Bonn", "gender": "f"}, 2),
            ]
        )
    )


def test_additions_to_a_row():
    """They are added up, the latest moment stays, and so do all means."""
    later = a.T0 + timedelta(hours=1)
    mean = {"rating": ("rating_sum", "rating_count")}

    assert [
        Add(ADA, {"points": 5, "visits": 1}, {}, {"last": later, "first": a.T0}, mean)
    ] == put_together(
        [
            Add(ADA, {"points": 2}, {}, {"last": later}),
            Add(ADA, {"points": 3, "visits": 1}, {}, {"last": a.T0, "first": a.T0}),
            Add(ADA, {}, {}, {}, mean),
        ]
    )
