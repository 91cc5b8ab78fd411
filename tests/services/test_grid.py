"""Lists of customers: columns, order, pages, counts and sets of columns."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from tests.conftest import NOON
from tests.stores.filtering import AT, CAFE, SIZE, Drawer, Population, build, fill

from loyaltycore import Loyalty, MemoryStore, Money, SqliteStore, cards, errors, filters
from loyaltycore.customers.grid import COLUMNS, DEFAULT_COLUMNS, GridCount
from loyaltycore.ports import Insert, Update
from loyaltycore.program.customer_form import CustomerForm
from loyaltycore.program.managers import Manager, Permission
from loyaltycore.records.customers import customer_ref
from loyaltycore.records.managers import manager_row
from loyaltycore.values.sorting import sort_text


if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loyaltycore.ports import Store

FORM = CustomerForm(fields=(cards.FieldDefinition("pet"),))
SORTS = [name for name, column in COLUMNS.items() if column.sort]
FIELDS = ["field.pet", "field.cups", "field.height", "field.member", "field.wedding"]


@pytest.fixture(scope="module")
def population() -> Population:
    """Customers of all sorts."""
    return build(11)


@pytest.fixture(params=["memory", "sqlite"])
def crowd(
    request: pytest.FixtureRequest, population: Population, tmp_path: Path
) -> Iterator[Loyalty]:
    """A programme with these customers."""
    store: Store = MemoryStore()
    if request.param == "sqlite":
        store = SqliteStore(tmp_path / "crowd.db", durability="process")
    fill(store, population)
    with store.session() as session:
        rows = [
            {
                "program_id": CAFE.id,
                "id": f"s-{n}",
                "version": 1,
                "name": f"Segment {n}",
                "kind": "static",
                "filter": None,
                "members": 0,
                "created_at": AT,
                "refreshed_at": None,
            }
            for n in (1, 2, 3)
        ]
        session.apply([Insert("segment", rows)])
    yield Loyalty(store, CAFE).at(AT)
    store.close()


def whole(shop: Loyalty, columns: tuple[str, ...], **how: Any) -> list[Any]:
    """Every row of a list, seven at a time."""
    rows: list[Any] = []
    cursor = None
    while True:
        page = shop.grid.page(columns, limit=7, cursor=cursor, **how)
        assert page.rows or not rows
        rows += page.rows
        cursor = page.cursor
        if cursor is None:
            return rows


class TestCells:
    """What a row shows."""

    def test_a_row_shows_what_was_asked_in_this_order(self, store: Store, program: Any):
        """CU-10: columns are chosen and ordered by the caller."""
        cafe = attrs.evolve(program, customer_form=FORM)
        shop = Loyalty(store, cafe).at(NOON)
        template = shop.templates.create("Points", cards.Cashback(percent=10))
        ada = shop.customers.register(
            first_name="Ada",
            last_name="Lovelace",
            birth_date=date(1990, 12, 10),
            utm="spring",
            fields={"pet": "cat"},
        )
        card = shop.cards.issue(template.id, to=ada.id)
        gone = shop.cards.issue(template.id, to=ada.id)
        shop.cards.delete(gone.id)
        shop.cards.record_purchase(card.id, "25.00")
        shop.segments.create_static("Friends", [ada.id])
        shop.scores.refresh()
        with shop.store.session() as session:
            tag = {"customer_id": ada.id, "tag": "vip", "tagged_at": NOON}
            session.apply([Insert("customer_tag", [{"program_id": cafe.id, **tag}])])
            ref = customer_ref(cafe.id, ada.id)
            session.apply([Update(ref, {"rating": 433})])
        columns = (
            "points",
            "user_name",
            "field.pet",
            "birth_date",
            "utm",
            "rating",
            "tags",
            "segments",
            "purchase_value",
            "average_value",
            "rfm_segment",
            "activity",
            "joined",
        )
        page = shop.grid.page(columns)
        (row,) = page.rows

        assert columns == page.columns == tuple(row.values)
        assert [
            Decimal("2.5000"),
            "Ada Lovelace",
            "cat",
            date(1990, 12, 10),
            "spring",
            Decimal("4.33"),
            ("vip",),
            ("Friends",),
            Money("25.00", "EUR"),
            Money("25.00", "EUR"),
            "new",
            "active",
            NOON,
        ] == list(row)
        (shown,) = shop.grid.page(("cards",)).rows[0]["cards"]  # type: ignore[misc]
        assert (card.id, "issued", False, False) == (
            shown.id,
            shown.status,
            shown.is_blocked,
            shown.is_expired,
        )

    def test_every_column_can_be_shown(self, crowd: Loyalty, population: Population):
        """CU-10: all columns at once, for everybody who lives."""
        rows = whole(crowd, (*COLUMNS, *FIELDS))

        assert population.living == {row.customer_id for row in rows}
        assert any(row["cards"] for row in rows)
        assert any(row["segments"] for row in rows)
        assert any(row["monetary_score"] for row in rows)
        facts = population.facts[rows[0].customer_id]
        assert facts.customer.fields.get("pet") == rows[0]["field.pet"]
        assert tuple(sorted(facts.tags)) == rows[0]["tags"]

    def test_personal_data_is_in_no_repr(self, crowd: Loyalty):
        """CU-10: a row in a log line shows an id."""
        row = crowd.grid.page(("phone", "email", "user_name")).rows[0]

        assert "@" not in repr(row)
        assert f"GridRow(customer_id={row.customer_id!r})" == repr(row)


class TestOrder:
    """Sorting and paging."""

    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("sort", [*SORTS, *FIELDS])
    def test_any_column_with_an_order_sorts(
        self, crowd: Loyalty, population: Population, sort: str, descending: bool
    ):
        """CU-10: by every column, through all pages, with and without a filter."""
        for filter_ in (None, filters.status.is_("open") | filters.name.contains("a")):
            rows = whole(
                crowd, (sort,), sort=sort, descending=descending, filter=filter_
            )
            meant = population.living
            if filter_ is not None:
                meant = population.meant_in_memory(filter_)
                assert 0 < len(meant) < len(population.living)
            assert len(rows) == len(meant)
            assert meant == {row.customer_id for row in rows}
            shown = [place(population, sort, row.customer_id) for row in rows]
            assert sorted(shown, reverse=descending) == shown

    @pytest.mark.parametrize("sort", ["cards", "tags", "segments", "activity"])
    def test_what_has_no_order_says_so(self, crowd: Loyalty, sort: str):
        """CU-10: lists cannot be sorted by what is no single stored value."""
        with pytest.raises(errors.InvalidValue, match=f"sort: {sort} has no order"):
            crowd.grid.page(sort=sort)

    @pytest.mark.parametrize(
        "columns", [(), "points", ("points", "points"), ("x",), (5,)]
    )
    def test_columns_that_are_not_there(self, crowd: Loyalty, columns: Any):
        """CU-10: unknown columns are refused with those that there are."""
        with pytest.raises(errors.InvalidValue, match="columns"):
            crowd.grid.page(columns)
        with pytest.raises(errors.InvalidValue, match=r"sort: .* field\.pet"):
            crowd.grid.page(sort="field.colour")

    @pytest.mark.parametrize("sort", ["points", "field.pet", "rfm_segment"])
    def test_a_cursor_belongs_to_its_list(self, crowd: Loyalty, sort: str):
        """CU-10: a cursor of another order, or nonsense, is refused."""
        other = crowd.grid.page(limit=2, sort="joined").cursor
        for cursor in (other, "x", "0x", "1", "9"):
            if cursor == "1" and sort != "points":
                continue  # the beginning of its second part
            with pytest.raises(errors.InvalidValue):
                crowd.grid.page(sort=sort, cursor=cursor)

    @pytest.mark.parametrize("limit", [0, -1, 10_001])
    @pytest.mark.parametrize("sort", ["points", "field.pet"])
    def test_a_page_has_a_limit(self, crowd: Loyalty, sort: str, limit: int):
        """CU-10: no page is empty by wish, nor larger than a store gives."""
        with pytest.raises(errors.InvalidValue, match="limit"):
            crowd.grid.page(sort=sort, limit=limit)


class TestCount:
    """Counting."""

    def test_counts_are_asked_for(self, crowd: Loyalty, population: Population):
        """CU-10: none by default, exact, or up to a number."""
        n = len(population.living)
        assert None is crowd.grid.page().count
        assert (
            GridCount(customers=n, is_exact=True)
            == crowd.grid.page(count="exact", limit=1).count
        )
        assert (
            GridCount(customers=n, is_exact=True)
            == crowd.grid.page(count="capped").count
        )

        assert GridCount(customers=5, is_exact=False) == crowd.grid.count(at_most=5)
        assert GridCount(customers=n, is_exact=True) == crowd.grid.count(at_most=n)

    def test_counts_follow_the_filter(self, crowd: Loyalty, population: Population):
        """CU-10: what is counted is what the filter means."""
        drawer = Drawer(population, Random(1))
        for _ in range(30):
            filter_ = drawer.tree()
            n = len(population.meant_in_memory(filter_))

            assert n == crowd.grid.count(filter_).customers
            assert n == crowd.grid.count(filter_, at_most=SIZE).customers

    def test_what_cannot_be_counted(self, crowd: Loyalty):
        """CU-10: a limit out of its range, or another word, is refused."""
        with pytest.raises(errors.InvalidValue):
            crowd.grid.page(count="some")  # type: ignore[arg-type]
        for at_most in (0, 10_000, True):
            with pytest.raises(errors.InvalidValue):
                crowd.grid.count(at_most=at_most)


class TestColumnSets:
    """Columns that are saved."""

    def test_a_set_is_saved_for_each_manager(self, shop: Loyalty):
        """CU-10: everybody's, and a manager's own in its place."""
        may = frozenset({Permission.VIEW_CUSTOMERS})
        with shop.store.session() as session:
            manager = Manager(
                id="mia", version=1, name="Mia", permissions=may, created_at=NOON
            )
            session.apply([Insert("manager", [manager_row(shop.program.id, manager)])])
        mia = shop._over(attrs.evolve(shop._shell, manager_id="mia"))
        shop.grid.save_columns("Short", ("user_name", "phone"))
        mia.grid.save_columns(" Short ", ("phone",))
        mia.grid.save_columns("Long", tuple(COLUMNS))
        mia.grid.save_columns("Short", ("points", "user_name"))

        assert {"Short": ("user_name", "phone")} == shop.grid.column_sets()
        assert {"Short": ("points", "user_name"), "Long": tuple(COLUMNS)} == (
            mia.grid.column_sets()
        )
        assert mia.grid.delete_columns("Short")
        assert not mia.grid.delete_columns("Short")
        assert ("user_name", "phone") == mia.grid.column_sets()["Short"]
        with pytest.raises(errors.PermissionDenied):
            mia.grid.save_columns("Short", ("phone",), shared=True)

    def test_only_columns_are_saved(self, shop: Loyalty):
        """CU-10: a set names columns that there are, and has a name."""
        with pytest.raises(errors.InvalidValue, match="columns"):
            shop.grid.save_columns("Short", ("colour",))
        with pytest.raises(errors.InvalidValue, match="name"):
            shop.grid.save_columns("", DEFAULT_COLUMNS)

        assert {} == shop.grid.column_sets()

    def test_there_is_a_limit(self, shop: Loyalty):
        """CU-10: nobody fills the table."""
        with shop.batch() as batch:
            for number in range(50):
                batch.grid.save_columns(f"Set {number}", DEFAULT_COLUMNS)
        with pytest.raises(errors.QuotaReached):
            shop.grid.save_columns("One more", DEFAULT_COLUMNS)


def test_new_customers_do_not_disturb_a_page(shop: Loyalty):
    """CU-10: a keyset page goes on where it ended, whoever registers meanwhile."""
    made = [
        shop.customers.register(registered_at=NOON - timedelta(days=n)).id
        for n in range(5)
    ]
    first = shop.grid.page(("id",), limit=2)
    shop.customers.register()
    second = shop.grid.page(("id",), limit=9, cursor=first.cursor)

    assert made == [row.customer_id for row in (*first.rows, *second.rows)]


def place(population: Population, sort: str, customer_id: str) -> tuple[bool, Any]:
    """Where somebody stands: without a value first, then by the stored value."""
    facts = population.facts[customer_id]
    customer = facts.customer
    value: Any
    if sort.startswith("field."):
        value = customer.fields.get(sort.removeprefix("field."))
        value = None if value is None else sort_text(value)
    elif sort in {"rfm_segment", "recency_score", "frequency_score", "monetary_score"}:
        name = sort.removeprefix("rfm_").removesuffix("_score")
        value = getattr(facts.scores, name, None)
    else:
        (row,) = (r for r in population.rows["customer"] if r["id"] == customer_id)
        value = row[COLUMNS[sort].sort or ""]
    return (value is not None, value) if value is not None else (False, 0)
