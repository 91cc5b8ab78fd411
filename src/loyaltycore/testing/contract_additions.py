"""What a store does when it is told to add to a row, to raise it, to keep a mean."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import permutations
from typing import TYPE_CHECKING, Any, Final

import pytest

from loyaltycore.errors import UnsupportedValue
from loyaltycore.ports import Add, Ref
from loyaltycore.testing import contract_rows as a


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.ports import Store

__all__ = ["MEANS", "AdditionContract"]

_N: Final = a.counter_ref("n")
_ADA: Final = a.customer_ref("ada")
_PHONE: Final = Ref(
    "customer", ("program_id", "unique_phone"), (a.CAFE, "+493012345678")
)
_DAY: Final = date(2026, 1, 31)
_TICK: Final = timedelta(microseconds=1)
_LARGEST: Final = 2**53 - 1

#: A sum, a number of parts, and the mean: halves go away from zero.
MEANS: Final[tuple[tuple[int, int, int | None], ...]] = (
    (0, 0, None),
    (7, 0, None),
    (7, -1, None),
    (0, 3, 0),
    (1, 3, 0),
    (2, 3, 1),
    (3, 3, 1),
    (9, 4, 2),
    (10, 4, 3),
    (11, 4, 3),
    (1, 2, 1),
    (-1, 2, -1),
    (-1, 3, 0),
    (-5, 2, -3),
    (-7, 3, -2),
    (-8, 3, -3),
    (_LARGEST, 1, _LARGEST),
    (_LARGEST, 2, 2**52),
    (_LARGEST, _LARGEST, 1),
    (1, _LARGEST, 0),
    (-_LARGEST, 2, -(2**52)),
)

_MEAN: Final = {"average_value": ("purchase_value", "purchases")}


class AdditionContract:
    """Additions, and what else happens in the same breath."""

    # -- deltas and limits -------------------------------------------------------------

    def test_add_makes_a_row(self, store: Store) -> None:
        """The first addition makes the row, with zero in the other numbers."""
        on = date(2026, 1, 31)

        assert a.change(store, Add(a.day_figure_ref(on), {"purchases": 2})) == [1]
        assert a.every(store, "day_figure") == [a.day_figure(on, purchases=2)]

    def test_add_of_nothing_makes_a_row(self, store: Store) -> None:
        """An addition of nothing makes sure that there is a row."""
        add = Add(a.counter_ref("n"), {})

        assert a.change(store, add, add) == [1, 1]
        assert a.every(store, "counter") == [a.counter("n", 0)]

    def test_add_commutes(self, store: Store) -> None:
        """Additions in any order, up and down, come to the same sum."""
        up, down = (
            Add(a.counter_ref("n"), {"used": 7}),
            Add(a.counter_ref("n"), {"used": -9}),
        )
        other = [Add(a.counter_ref("m"), {"used": each}) for each in (-9, 7)]

        assert a.change(store, up, down, *other) == [1, 1, 1, 1]
        assert a.every(store, "counter") == [a.counter("m", -2), a.counter("n", -2)]

    def test_add_up_to_a_limit(self, store: Store) -> None:
        """The limit itself is reached, and then the answer is 0 and nothing changes."""
        add = Add(a.counter_ref("n"), {"used": 2}, at_most={"used": 4})

        assert a.change(store, add, add, add) == [1, 1, 0]
        assert a.every(store, "counter") == [a.counter("n", 4)]

    def test_add_beyond_a_limit_at_once(self, store: Store) -> None:
        """A first addition that passes the limit makes no row."""
        add = Add(a.counter_ref("n"), {"used": 5}, at_most={"used": 4})

        assert a.change(store, add) == [0]
        assert a.every(store, "counter") == []

    def test_add_from_below_to_a_limit(self, store: Store) -> None:
        """The limit is on the sum, so a large addition to a small number is fine."""
        a.fill(store, "counter", [a.counter("n", -3)])
        add = Add(a.counter_ref("n"), {"used": 5}, at_most={"used": 4})

        assert a.change(store, add, add) == [1, 0]
        assert a.every(store, "counter") == [a.counter("n", 2)]

    def test_add_with_several_limits(self, store: Store) -> None:
        """One limit in the way stops all, also one on a column not added to."""
        on = date(2026, 1, 31)
        deltas = {"purchases": 1, "purchase_value": 60}
        limits = {"purchases": 9, "purchase_value": 100}
        ref = a.day_figure_ref(on)

        done = a.change(
            store,
            Add(ref, deltas, limits),
            Add(ref, deltas, limits),
            Add(ref, {"purchases": 1}, {"purchase_value": 59}),
            Add(ref, {"purchases": 1}, {"purchase_value": 60}),
        )

        assert done == [1, 0, 0, 1]
        expected = a.day_figure(on, purchases=2, purchase_value=60)
        assert a.every(store, "day_figure") == [expected]

    def test_add_to_a_row_with_more_in_it(self, store: Store) -> None:
        """An addition changes its columns only; a row that needs more is not made."""
        a.fill(store, "customer", [a.customer("ada", first_name="Ada", points=3)])
        ref = a.customer_ref("ada")
        adds = [
            Add(ref, {"points": 4, "purchases": 1}),
            Add(ref, {"points": 1}, at_most={"points": 7}),
        ]

        assert a.change(store, *adds) == [1, 0]
        expected = a.customer("ada", first_name="Ada", points=7, purchases=1)
        assert a.one(store, ref) == expected
        with pytest.raises(UnsupportedValue):
            a.change(store, Add(a.customer_ref("bob"), {"points": 1}))

    def test_add_beyond_the_numbers(self, store: Store) -> None:
        """A sum that not every store could keep is refused, and nothing is lost."""
        a.fill(store, "counter", [a.counter("n", 2**53 - 1)])

        with pytest.raises(UnsupportedValue):
            a.change(store, Add(a.counter_ref("n"), {"used": 1}))
        assert a.every(store, "counter") == [a.counter("n", 2**53 - 1)]

    # -- raised ------------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("column", "before", "value", "after"),
        [
            pytest.param("birth_date", None, _DAY, _DAY, id="no-day"),
            pytest.param("birth_date", _DAY, date(2026, 2, 1), date(2026, 2, 1)),
            pytest.param("birth_date", _DAY, date(2025, 12, 31), _DAY),
            pytest.param("birth_date", _DAY, _DAY, _DAY, id="same-day"),
            pytest.param("registered_at", a.T0, a.T0 + _TICK, a.T0 + _TICK),
            pytest.param("registered_at", a.T0, a.T0 - _TICK, a.T0),
            pytest.param("registered_at", a.T0, a.NEVER, a.NEVER, id="never"),
            pytest.param("points", 3, 4, 4),
            pytest.param("points", 9, 10, 10, id="no-text"),
            pytest.param("points", 3, 2, 3),
            pytest.param("points", -3, 0, 0, id="from-below-zero"),
            pytest.param("points", 0, _LARGEST, _LARGEST, id="largest"),
        ],
    )
    def test_raise(
        self, store: Store, column: str, before: Any, value: Any, after: Any
    ) -> None:
        """The larger of the two stays, and nothing is smaller than a value."""
        a.fill(store, "customer", [a.customer("ada", **{column: before})])

        assert a.change(store, Add(_ADA, {}, raises={column: value})) == [1]
        assert a.one(store, _ADA) == a.customer("ada", **{column: after})

    def test_raise_a_moment_that_is_missing(self, store: Store) -> None:
        """A column without a moment gets its first one, which only later ones move."""
        a.fill(store, "message", [a.message("m")])
        ref = Ref("message", ("program_id", "id"), (a.CAFE, "m"))

        adds = [
            Add(ref, {"attempts": 1}, raises={"sent_at": a.T0 + hours * a.HOUR})
            for hours in (2, 1, 3, 0)
        ]

        assert a.change(store, *adds) == [1, 1, 1, 1]
        expected = a.message("m", attempts=4, sent_at=a.T0 + 3 * a.HOUR)
        assert a.one(store, ref) == expected

    def test_raise_makes_a_row(self, store: Store) -> None:
        """A row that is made has what it is raised to, and zero in other numbers."""
        figures = a.day_figure_ref(_DAY)
        changes = [
            Add(_N, {}, raises={"used": 3}),
            Add(_N, {}, raises={"used": 2}),
            Add(figures, {"purchases": 2}, raises={"purchase_value": 5}),
            Add(figures, {"purchases": 2}, raises={"purchase_value": 4}),
        ]

        assert a.change(store, *changes) == [1, 1, 1, 1]
        assert a.every(store, "counter") == [a.counter("n", 3)]
        expected = a.day_figure(_DAY, purchases=4, purchase_value=5)
        assert a.every(store, "day_figure") == [expected]

    def test_raise_no_row_that_needs_more(self, store: Store) -> None:
        """Where more has to be known, a raise makes no row."""
        with pytest.raises(UnsupportedValue):
            a.change(store, Add(_ADA, {}, raises={"points": 1}))
        assert a.every(store, "customer") == []

    def test_raise_several(self, store: Store) -> None:
        """Every column is raised by itself, beside what is added."""
        before = a.customer("ada", purchases=5, points=5, birth_date=_DAY)
        a.fill(store, "customer", [before])
        later: Mapping[str, Any] = {
            "purchases": 4,
            "points": 6,
            "birth_date": date(2026, 2, 1),
        }

        done = a.change(store, Add(_ADA, {"points_earned": 2}, raises=later))

        assert done == [1]
        after = {"points": 6, "birth_date": date(2026, 2, 1), "points_earned": 2}
        assert a.one(store, _ADA) == before | after

    def test_raise_in_any_order(self, store: Store) -> None:
        """Additions that raise come to the same, whichever comes first."""
        names = ["-".join(map(str, order)) for order in permutations((1, 5, 3))]
        for name in names:
            for number in map(int, name.split("-")):
                raised = Add(a.counter_ref(name), {}, raises={"used": number})
                assert a.change(store, raised) == [1]

        assert {row["used"] for row in a.every(store, "counter")} == {5}

    def test_raise_up_to_a_limit(self, store: Store) -> None:
        """A limit is on the number afterwards, whether it was added up or raised."""
        limit = {"used": 4}
        raised = [Add(_N, {}, limit, raises={"used": number}) for number in (5, 4, 5)]

        assert a.change(store, *raised) == [0, 1, 0]
        assert a.every(store, "counter") == [a.counter("n", 4)]

    def test_a_limit_stops_the_raise_too(self, store: Store) -> None:
        """Where a limit is in the way nothing changes, raised columns included."""
        row = a.customer("ada", points=3)
        a.fill(store, "customer", [row])
        add = Add(_ADA, {"points": 2}, {"points": 4}, {"registered_at": a.T0 + a.HOUR})

        assert a.change(store, add) == [0]
        assert a.one(store, _ADA) == row

    # -- means -------------------------------------------------------------------------

    def test_means(self, store: Store) -> None:
        """A mean is of what the two columns hold after the addition."""
        before: list[dict[str, Any]] = []
        after: list[dict[str, Any]] = []
        adds: list[Add] = []
        for number, (value, purchases, mean) in enumerate(MEANS):
            name, delta = f"c{number:02}", 3 if value > 0 else -3
            row = a.customer(name, purchases=purchases, average_value=77)
            before.append(row | {"purchase_value": value - delta})
            after.append(row | {"purchase_value": value, "average_value": mean})
            deltas = {"purchase_value": delta}
            adds.append(Add(a.customer_ref(name), deltas, means=_MEAN))
        a.fill(store, "customer", before)

        assert a.change(store, *adds) == [1] * len(MEANS)
        assert a.every(store, "customer") == after

    def test_mean_of_two_sums(self, store: Store) -> None:
        """Both columns are added to, and a limit in the way leaves the mean alone."""
        a.fill(store, "customer", [a.customer("ada")])
        means: list[Any] = []
        for value, purchases in ((10, 1), (5, 1), (0, 1), (-15, -2), (0, -1)):
            deltas = {"purchase_value": value, "purchases": purchases}
            assert a.change(store, Add(_ADA, deltas, means=_MEAN)) == [1]
            means.append((a.one(store, _ADA) or {})["average_value"])
        stopped = Add(_ADA, {"purchases": 1}, {"purchases": 0}, means=_MEAN)

        assert means == [10, 8, 5, 0, None]
        assert a.change(store, stopped) == [0]
        assert (a.one(store, _ADA) or {})["average_value"] is None

    def test_mean_of_what_is_raised(self, store: Store) -> None:
        """A mean sees what was raised in the same breath, and needs no addition."""
        row = a.customer("ada", purchases=4, purchase_value=10)
        a.fill(store, "customer", [row])
        raises: list[Mapping[str, int]] = [{}, {"purchases": 5}, {"purchase_value": 13}]
        for raised, mean in zip(raises, (3, 2, 3), strict=True):
            assert a.change(store, Add(_ADA, {}, raises=raised, means=_MEAN)) == [1]
            assert (a.one(store, _ADA) or {})["average_value"] == mean

    # -- what is refused ---------------------------------------------------------------

    @pytest.mark.parametrize(
        "refused",
        [
            pytest.param(Add(_N, {"name": 1}), id="to-the-key"),
            pytest.param(Add(_N, {"nothing": 1}), id="to-nothing"),
            pytest.param(Add(a.day_figure_ref(_DAY), {"slot": 1}), id="to-slot"),
            pytest.param(Add(_PHONE, {"points": 1}), id="by-unique"),
            pytest.param(Add(_N, {"used": None}), id="nothing"),  # type: ignore[dict-item]
            pytest.param(Add(_N, {"used": 1}, {"name": 1}), id="limit-of-the-key"),
            pytest.param(Add(_N, {}, raises={"nothing": 1}), id="raise-nothing"),
            pytest.param(Add(_N, {}, raises={"name": "m"}), id="raise-the-key"),
            pytest.param(Add(_N, {"used": 1}, raises={"used": 1}), id="raise-and-add"),
            pytest.param(Add(_N, {}, raises={"used": -1}), id="raise-below-zero"),
            pytest.param(Add(_N, {}, raises={"used": True}), id="raise-to-true"),
            pytest.param(Add(_N, {}, raises={"used": 2**53}), id="raise-too-far"),
            pytest.param(
                Add(_ADA, {}, raises={"unique_phone": "1"}), id="raise-a-text"
            ),
            pytest.param(
                Add(_ADA, {}, raises={"birth_date": None}), id="raise-to-none"
            ),
            pytest.param(Add(_ADA, {}, raises={"birth_date": a.T0}), id="raise-a-day"),
            pytest.param(
                Add(_ADA, {}, raises={"registered_at": datetime(2026, 1, 31)}),  # noqa: DTZ001 - which is what is refused
                id="raise-without-zone",
            ),
            pytest.param(
                Add(a.day_figure_ref(_DAY), {}, raises={"day": _DAY}),
                id="raise-the-day-of-the-key",
            ),
            pytest.param(
                Add(_ADA, {}, means={"points": ("purchase_value", "purchases")}),
                id="mean-that-is-never-none",
            ),
            pytest.param(
                Add(_ADA, {}, means={"nothing": ("purchase_value", "purchases")}),
                id="mean-that-is-not-there",
            ),
            pytest.param(
                Add(_ADA, {}, means={"unique_phone": ("purchase_value", "purchases")}),
                id="mean-as-a-text",
            ),
        ],
    )
    def test_malformed_additions(self, store: Store, refused: Add) -> None:
        """What no store could add is refused, whether or not the row is there."""
        with pytest.raises(UnsupportedValue):
            a.change(store, refused)
        ada = a.customer("ada", unique_phone="+493012345678")
        a.fill(store, "customer", [ada])
        a.fill(store, "counter", [a.counter("n", 1)])

        with pytest.raises(UnsupportedValue):
            a.change(store, refused)
        assert a.every(store, "customer") == [ada]
        assert a.every(store, "counter") == [a.counter("n", 1)]

    @pytest.mark.parametrize(
        "refused",
        [
            pytest.param(Add(_ADA, {"average_value": 1}, means=_MEAN), id="added-to"),
            pytest.param(Add(_ADA, {}, {"average_value": 1}, means=_MEAN), id="limit"),
            pytest.param(
                Add(_ADA, {}, raises={"average_value": 1}, means=_MEAN), id="raised"
            ),
            pytest.param(
                Add(_ADA, {}, means={"average_value": ("nothing", "purchases")}),
                id="of-nothing",
            ),
            pytest.param(
                Add(_ADA, {}, means={"average_value": ("unique_phone", "purchases")}),
                id="of-a-text",
            ),
            pytest.param(
                Add(_ADA, {}, means={"average_value": ("average_value", "purchases")}),
                id="of-itself",
            ),
        ],
    )
    def test_malformed_means(self, store: Store, refused: Add) -> None:
        """A mean is only a mean, and only of numbers."""
        ada = a.customer("ada")
        a.fill(store, "customer", [ada])

        with pytest.raises(UnsupportedValue):
            a.change(store, refused)
        assert a.every(store, "customer") == [ada]
