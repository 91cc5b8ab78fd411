"""Segments: dynamic and static, who enters and who leaves, on every store."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import attrs
import pytest
from tests.conftest import NOON, rows_of

from loyaltycore import Loyalty, cards, errors, filters
from loyaltycore.customers.segments import SEGMENTS_MAX, SegmentKind
from loyaltycore.insight.verification import Check
from loyaltycore.ports import Delete, Insert, Update
from loyaltycore.posting import segmenting
from loyaltycore.program.managers import Manager, Permission
from loyaltycore.records.customers import customer_ref
from loyaltycore.records.managers import manager_row
from loyaltycore.records.segments import membership_ref, segment_ref


if TYPE_CHECKING:
    from loyaltycore.ports import Store

RICH = filters.points.at_least(1)


@pytest.fixture
def people(shop: Loyalty) -> list[str]:
    """Five customers."""
    return [shop.customers.register(first_name=f"C{n}").id for n in range(5)]


@pytest.fixture
def wallets(shop: Loyalty, people: list[str]) -> list[str]:
    """A cashback card for each."""
    points = shop.templates.create("Points", cards.Cashback(percent=10))
    return [shop.cards.issue(points.id, to=each).id for each in people]


def ids_in(shop: Loyalty, segment_id: str) -> list[str]:
    """Who is in a segment, a small page at a time."""
    found: list[str] = []
    cursor = None
    while True:
        page = shop.segments.members(segment_id, limit=2, cursor=cursor)
        found += [one.id for one in page.customers]
        cursor = page.cursor
        if cursor is None:
            return found


def moves(shop: Loyalty, segment_id: str | None = None) -> list[tuple[str, bool]]:
    """Who entered (True) and who left."""
    changes = shop.segments.changes(segment_id)
    return [(one.customer_id, one.has_entered) for one in changes]


def make_gone(shop: Loyalty, customer_id: str) -> None:
    """Take a customer out of every list, as their deletion does."""
    ref = customer_ref(shop.program.id, customer_id)
    with shop.store.session() as session:
        session.apply([Update(ref, {"status": "deleted", "is_living": False})])


class TestDynamic:
    """Segments that follow a filter."""

    def test_a_refresh_lets_in_and_out(
        self, shop: Loyalty, people: list[str], wallets: list[str]
    ):
        """CU-12: who satisfies the filter enters once, who does not leaves once."""
        rich = shop.segments.create("Rich", RICH)
        first = shop.cards.record_purchase(wallets[0], "10.00")
        shop.cards.record_purchase(wallets[1], "10.00")
        (report,) = shop.segments.refresh()

        assert (2, 0, 2) == (report.entered, report.left, report.segment.members)
        assert NOON == report.segment.refreshed_at
        assert people[:2] == ids_in(shop, rich.id)
        (again,) = shop.segments.refresh(rich.id)
        assert (0, 0) == (again.entered, again.left)
        shop.transactions.void(first.id)
        shop.cards.record_purchase(wallets[4], "10.00")
        (third,) = shop.segments.refresh(rich.id)
        assert (1, 1, 2) == (third.entered, third.left, third.segment.members)
        assert [people[1], people[4]] == ids_in(shop, rich.id)
        assert [
            (people[0], True),
            (people[1], True),
            (people[0], False),
            (people[4], True),
        ] == moves(shop, rich.id)
        assert () == shop.verify().problems

    def test_a_refresh_without_changes_writes_its_moment_only(
        self, shop: Loyalty, store: Store, wallets: list[str]
    ):
        """CU-12: rows that are right already are not written again."""
        rich = shop.segments.create("Rich", RICH)
        shop.cards.record_purchase(wallets[0], "10.00")
        shop.segments.refresh()
        before = rows_of(store)
        later = shop.at(NOON + timedelta(days=1))
        later.segments.refresh()
        after = rows_of(store)
        before["segment"][0]["refreshed_at"] = NOON + timedelta(days=1)

        assert before == after
        assert rich.id == before["segment"][0]["id"]

    def test_more_customers_than_one_write_holds(self, shop: Loyalty):
        """CU-12: a refresh goes through pages, and nobody is passed over."""
        with shop.batch() as batch:
            for _ in range(1_003):
                batch.customers.register()
        everybody = shop.segments.create("Everybody", filters.everybody)
        (report,) = shop.segments.refresh()

        assert (1_003, 1_003) == (report.entered, report.segment.members)
        shop.segments.change(everybody.id, filter=RICH)
        (report,) = shop.segments.refresh()
        assert (1_003, 0) == (report.left, report.segment.members)
        changes = shop.segments.changes(limit=10_000)
        assert 2_006 == len({one.id for one in changes})

    def test_time_alone_lets_out(self, shop: Loyalty, people: list[str]):
        """CU-12: who joined within the last week leaves when the week is over."""
        new = shop.segments.create("New", filters.joined.within_last(7))
        shop.segments.refresh()
        assert people == ids_in(shop, new.id)
        later = shop.at(NOON + timedelta(days=7))
        (report,) = later.segments.refresh()

        assert (0, 5) == (report.entered, report.left)

    def test_a_segment_is_a_filter_for_another(
        self, shop: Loyalty, people: list[str], wallets: list[str]
    ):
        """CU-12: the members of a segment can be filtered by."""
        listed = shop.segments.create_static("Listed", people[:3])
        both = shop.segments.create("Both", RICH & filters.segment.is_(listed.id))
        for each in wallets[2:]:
            shop.cards.record_purchase(each, "10.00")
        shop.segments.refresh(both.id)

        assert [people[2]] == ids_in(shop, both.id)
        assert ["Both", "Listed"] == [one.name for one in shop.segments.of(people[2])]


class TestStatic:
    """Segments that are lists."""

    def test_customers_are_listed_by_hand(self, shop: Loyalty, people: list[str]):
        """CU-12: adding and removing counts and notes down each change once."""
        listed = shop.segments.create_static("Listed", [people[0], people[0]])

        assert (SegmentKind.STATIC, 1) == (listed.kind, listed.members)
        assert listed == shop.segments.get(listed.id)
        assert 1 == shop.segments.add(listed.id, people[:2])
        assert 0 == shop.segments.add(listed.id, people[:2])
        assert 1 == shop.segments.remove(listed.id, [people[0], people[4]])
        assert 1 == shop.segments.get(listed.id).members
        assert [people[1]] == ids_in(shop, listed.id)
        assert [
            (people[0], True),
            (people[1], True),
            (people[0], False),
        ] == moves(shop)
        assert () == shop.verify().problems

    def test_who_is_gone_leaves(self, shop: Loyalty, people: list[str]):
        """CU-12: whoever is deleted is not shown, and leaves."""
        listed = shop.segments.create_static("Listed", people)
        make_gone(shop, people[0])
        assert people[1:] == ids_in(shop, listed.id)
        with shop.store.session() as session:
            desk = shop._shell.desk
            assert 1 == segmenting.leave_all(session, desk, people[0])
            assert 0 == segmenting.leave_all(session, desk, people[0])
        make_gone(shop, people[1])
        (report,) = shop.segments.refresh()

        assert (0, 1, 3) == (report.entered, report.left, report.segment.members)
        assert [(people[0], False), (people[1], False)] == moves(shop)[-2:]

    def test_the_deleted_the_erased_and_the_merged_leave(
        self, shop: Loyalty, people: list[str]
    ):
        """CU-12: each leaves in the same write, once; a merged one makes room."""
        listed = shop.segments.create_static("Listed", people[:4])
        shop.customers.delete(people[0])
        shop.customers.erase(people[1])
        shop.customers.merge(people[2], into=people[3])
        shop.customers.merge(people[3], into=people[4])
        shop.customers.restore(people[0])
        assert 0 == shop.segments.add(listed.id, [people[2], people[4]])
        assert ["Listed"] == [one.name for one in shop.segments.of(people[2])]

        assert [people[4]] == ids_in(shop, listed.id)
        assert 1 == shop.segments.get(listed.id).members
        assert [
            (people[0], False),
            (people[1], False),
            (people[2], False),
            (people[3], False),
            (people[4], True),
        ] == moves(shop)[4:]
        assert () == shop.verify().problems

    def test_only_living_customers_are_listed(self, shop: Loyalty, people: list[str]):
        """CU-12: nobody is listed of those who are not there, or gone."""
        listed = shop.segments.create_static("Listed")
        make_gone(shop, people[0])
        with pytest.raises(errors.UnknownCustomer):
            shop.segments.add(listed.id, [people[1], "nobody"])
        with pytest.raises(errors.CustomerGone):
            shop.segments.add(listed.id, people[:2])
        with pytest.raises(errors.UnknownCustomer):
            shop.segments.create_static("Other", ["nobody"])

        assert (0, []) == (shop.segments.get(listed.id).members, moves(shop))
        assert ["Listed"] == [one.name for one in shop.segments.all()]


class TestManaging:
    """Names, limits, kinds and permissions."""

    def test_names_are_unique(self, shop: Loyalty):
        """CU-12: the refusal says which segment has the name."""
        rich = shop.segments.create("Rich", RICH)
        poor = shop.segments.create("Poor", ~RICH)
        with pytest.raises(errors.DuplicateField) as caught:
            shop.segments.create_static(" Rich ")
        with pytest.raises(errors.DuplicateField):
            shop.segments.change(poor.id, name="Rich")

        assert rich.id == caught.value.details["owner_id"]
        changed = shop.segments.change(poor.id, name="Others")
        assert ("Others", 2, ~RICH) == (changed.name, changed.version, changed.filter)
        assert changed == shop.segments.get(poor.id)
        assert "Others" == shop.segments.change(poor.id, name="Others").name

    @pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 201, None])
    def test_a_name_is_one_line(self, shop: Loyalty, name: str):
        """An empty, long or broken name is refused."""
        with pytest.raises(errors.InvalidValue, match="name"):
            shop.segments.create(name, RICH)

    def test_a_kind_stays(self, shop: Loyalty, people: list[str]):
        """CU-12: nobody is listed in a dynamic segment, nor a static one filtered."""
        rich = shop.segments.create("Rich", RICH)
        listed = shop.segments.create_static("Listed")
        for ask in (
            lambda: shop.segments.add(rich.id, people),
            lambda: shop.segments.remove(rich.id, people),
            lambda: shop.segments.change(listed.id, filter=RICH),
        ):
            with pytest.raises(errors.InvalidValue, match="segment_id"):
                ask()

    @pytest.mark.parametrize("ids", ["c-1", [f"c-{n}" for n in range(1_001)]])
    def test_a_call_has_a_limit(self, shop: Loyalty, ids: list[str]):
        """A list is a list, and no longer than 1,000."""
        with pytest.raises(errors.InvalidValue, match="customers"):
            shop.segments.create_static("Listed", ids)

    def test_a_deleted_segment_is_gone(self, shop: Loyalty, store: Store):
        """CU-12: with all its members, however many, and nobody has left."""
        with shop.batch() as batch:
            ids = [batch.customers.register().id for _ in range(600)]
        listed = shop.segments.create_static("Listed", ids)
        shop.segments.delete(listed.id)

        assert [] == shop.segments.all()
        assert [] == rows_of(store)["segment_member"]
        assert {True} == {one.has_entered for one in shop.segments.changes(limit=999)}
        for ask in (
            lambda: shop.segments.get(listed.id),
            lambda: shop.segments.delete(listed.id),
            lambda: shop.segments.members(listed.id),
            lambda: shop.segments.add(listed.id, ids),
            lambda: shop.segments.refresh(listed.id),
            lambda: shop.segments.change(listed.id, name="x"),
            lambda: shop.segments.changes(listed.id),
        ):
            with pytest.raises(errors.UnknownSegment):
                ask()

    def test_there_is_a_limit(self, shop: Loyalty):
        """Nobody fills the table of segments."""
        with shop.batch() as batch:
            for number in range(SEGMENTS_MAX):
                batch.segments.create(f"S {number:03}", RICH)
        with pytest.raises(errors.QuotaReached):
            shop.segments.create("One more", RICH)

        assert SEGMENTS_MAX == len(shop.segments.all())

    def test_managers_need_permissions(self, shop: Loyalty, people: list[str]):
        """CU-12: seeing takes one permission, changing another."""
        manager = Manager(
            id="mia",
            version=1,
            name="Mia",
            permissions=frozenset({Permission.VIEW_CUSTOMERS}),
            created_at=NOON,
        )
        with shop.store.session() as session:
            session.apply([Insert("manager", [manager_row("corner-cafe", manager)])])
        listed = shop.segments.create_static("Listed", people)
        mia = shop._over(attrs.evolve(shop._shell, manager_id="mia"))

        assert people == ids_in(mia, listed.id)
        for ask in (
            lambda: mia.segments.create("Rich", RICH),
            lambda: mia.segments.remove(listed.id, people),
            lambda: mia.segments.refresh(listed.id),
            lambda: mia.segments.delete(listed.id),
        ):
            with pytest.raises(errors.PermissionDenied):
                ask()


class TestChanges:
    """``segments.changes``."""

    def test_reading_goes_on_behind_the_last(self, shop: Loyalty, people: list[str]):
        """CU-12: each change is read once, of one segment or of all."""
        one = shop.segments.create_static("One", people[:2])
        two = shop.segments.create_static("Two", people[2:])
        changes = shop.segments.changes()

        assert people == [each.customer_id for each in changes]
        assert NOON.date() == changes[0].on
        assert changes[3:] == shop.segments.changes(after=changes[2].id)
        assert changes[:2] == shop.segments.changes(one.id)
        assert changes[2:3] == shop.segments.changes(two.id, limit=1)

    def test_a_segment_has_to_be_there(self, shop: Loyalty):
        """CU-12: a mistyped id is no segment in which nothing ever happens."""
        with pytest.raises(errors.UnknownSegment) as caught:
            shop.segments.changes("no such")

        assert "no such" == caught.value.details["id"]

    def test_changes_of_scores_are_apart(
        self, shop: Loyalty, people: list[str], wallets: list[str]
    ):
        """CU-12: RFM segments have a list of their own."""
        shop.segments.create_static("One", people[:1])
        shop.cards.record_purchase(wallets[0], "10.00")
        shop.scores.refresh()

        assert [(people[0], True)] == moves(shop)
        assert ["new"] == [each.entered for each in shop.scores.changes()]


def test_verify_finds_a_wrong_number_of_members(shop: Loyalty, people: list[str]):
    """CU-12: what is counted is counted again."""
    listed = shop.segments.create_static("Listed", people)
    program_id = shop.program.id
    with shop.store.session() as session:
        session.apply([Delete(membership_ref(program_id, listed.id, people[0]))])
    (problem,) = shop.verify().problems

    assert (Check.TOTALS, "segment", listed.id) == (
        problem.check,
        problem.collection,
        problem.id,
    )


def test_verify_finds_members_of_nothing(shop: Loyalty, people: list[str]):
    """CU-12: a member belongs to a segment that is there."""
    listed = shop.segments.create_static("Listed", people[:1])
    with shop.store.session() as session:
        session.apply([Delete(segment_ref(shop.program.id, listed.id))])
    (problem,) = shop.verify().problems

    assert (Check.REFERENCE, "segment_member") == (problem.check, problem.collection)


@pytest.mark.parametrize("status", ["deleted", "erased", "merged"])
def test_verify_finds_members_who_are_gone(
    shop: Loyalty, people: list[str], status: str
):
    """CU-12: whoever is gone is in no segment; the finding says what lets them out."""
    listed = shop.segments.create_static("Listed", people)
    ref = customer_ref(shop.program.id, people[0])
    with shop.store.session() as session:
        session.apply([Update(ref, {"status": status, "is_living": False})])
    (problem,) = (
        each for each in shop.verify().problems if each.collection == "segment_member"
    )

    assert (Check.REFERENCE, f"{listed.id}/{people[0]}") == (problem.check, problem.id)
    assert f"its customer is {status}" in problem.message
    shop.segments.refresh(listed.id)
    after = {each.collection for each in shop.verify().problems}
    assert "segment_member" not in after
