"""Scores and segments kept on customers, on each store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore import Loyalty, MemoryStore, Program, cards
from loyaltycore.errors import InvalidValue, Unavailable
from loyaltycore.insight.verification import Check
from loyaltycore.ports import Delete, Insert, Update
from loyaltycore.query.predicates import And, where
from loyaltycore.query.queries import Query
from loyaltycore.records import scores as records
from loyaltycore.records.scores import in_segment
from loyaltycore.rfm import RF10, SHOPIFY11, VISITS9, Score
from loyaltycore.services import scores as service


if TYPE_CHECKING:
    from loyaltycore.insight.customer_scores import CustomerScore
    from loyaltycore.insight.verification import Problem
    from loyaltycore.ports import Ref

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NAMES = ("ada", "bob", "cyd", "dan", "eve")


def filled(shop: Loyalty) -> dict[str, str]:
    """Five customers; the n-th bought n times, the last time n days ago."""
    template = shop.at(NOON - 90 * DAY).templates.create(
        "Points", cards.Cashback(percent=3)
    )
    ids: dict[str, str] = {}
    for n, name in enumerate(NAMES, 1):
        then = shop.at(NOON - 80 * DAY)
        ids[name] = then.customers.register(first_name=name).id
        card = then.cards.issue(template.id, to=ids[name])
        for k in reversed(range(n)):
            moment = NOON - (n + 10 * k) * DAY
            shop.at(moment).cards.record_purchase(card.id, f"{n}.00")
    return ids


def kept(shop: Loyalty) -> list[CustomerScore]:
    """Every row of scores."""
    with shop.store.session(write=False) as session:
        query = attrs.evolve(records.scores_in_order(shop.program.id), limit=10_000)
        page = session.select(query)
    return [records.score_of(row) for row in page.rows]


def only_purchase(shop: Loyalty, customer_id: str) -> str:
    """The id of the one purchase that a customer made."""
    bought = where(program_id=shop.program.id, customer_id=customer_id, kind="earn")
    with shop.store.session(write=False) as session:
        (row,) = session.select(Query("transaction", bought)).rows
    return str(row["id"])


class TestRefresh:
    """Two ways through the purchases."""

    def test_scores_are_the_reports(self, shop: Loyalty):
        """What is kept equals what the report computes in memory."""
        filled(shop)

        report = shop.scores.refresh()

        table = shop.reports.rfm(date(2026, 3, 2))
        assert [
            (row.customer_id, row.score, row.habit.monetary, row.habit.orders)
            for row in table.rows
        ] == [
            (one.customer_id, one.score, one.monetary, one.orders) for one in kept(shop)
        ]
        assert table.cuts == report.run.cuts
        assert (5, 5, 5) == (report.customers, report.changed, report.moved)

    def test_one_customer(self, shop: Loyalty):
        """A customer's scores can be asked for; who never bought has none."""
        ids = filled(shop)
        nobody = shop.customers.register(first_name="fay")
        shop.scores.refresh()
        ada = shop.scores.of(ids["ada"])

        assert ada is not None
        assert (Score(5, 1, 1), "new") == (ada.score, ada.segment)
        assert (date(2026, 3, 1), 100) == (ada.last_purchase, ada.revenue)
        assert date(2026, 3, 2) == ada.segment_since
        assert shop.scores.of(nobody.id) is None

    def test_twice_writes_nothing(self, shop: Loyalty):
        """A second refresh of the same day finds nothing to write."""
        filled(shop)
        shop.scores.refresh()

        again = shop.scores.refresh()

        assert (5, 0, 0) == (again.customers, again.changed, again.moved)

    def test_a_day_later_writes_nothing(self, shop: Loyalty):
        """Nobody buys, so all grow older alike: no row changes, only the run does."""
        filled(shop)
        shop.scores.refresh()

        later = shop.at(NOON + DAY)
        again = later.scores.refresh()

        assert (5, 0) == (again.customers, again.changed)
        run = later.scores.last_run()
        assert run == again.run
        assert date(2026, 3, 3) == again.run.as_of

    def test_only_changed_rows(self, shop: Loyalty):
        """One purchase writes its customer, and whom it overtakes; the rest stay."""
        ids = filled(shop)
        shop.scores.refresh()
        before = {one.customer_id: one for one in kept(shop)}
        template = shop.templates.create("More", cards.Cashback(percent=1))
        card = shop.cards.issue(template.id, to=ids["eve"])
        shop.cards.record_purchase(card.id, "5.00")

        report = shop.scores.refresh()

        after = {one.customer_id: one for one in kept(shop)}
        differ = [one for one in after if before[one] != after[one]]
        assert len(differ) == report.changed < 6
        assert ids["eve"] in differ
        assert [2] * len(differ) == [after[one].version for one in differ]

    def test_a_void_takes_the_scores_away(self, shop: Loyalty):
        """Whose only purchase is voided has no scores any more, and has left."""
        ids = filled(shop)
        shop.scores.refresh()
        with shop.store.session(write=False) as session:
            (row,) = session.select(
                Query(
                    "transaction",
                    where(
                        program_id=shop.program.id, customer_id=ids["ada"], kind="earn"
                    ),
                )
            ).rows
        shop.transactions.void(row["id"])

        report = shop.scores.refresh()

        assert shop.scores.of(ids["ada"]) is None
        assert 4 == report.customers
        left = [one for one in shop.scores.changes() if one.entered is None]
        assert [(ids["ada"], "new")] == [(one.customer_id, one.left) for one in left]

    def test_amended_upwards(self, shop: Loyalty):
        """An amount that was corrected upwards counts as corrected."""
        ids = filled(shop)
        with shop.store.session(write=False) as session:
            mine = where(
                program_id=shop.program.id, customer_id=ids["ada"], kind="earn"
            )
            (row,) = session.select(Query("transaction", mine)).rows
        shop.transactions.amend(row["id"], "7.00")
        shop.scores.refresh()
        ada = shop.scores.of(ids["ada"])

        assert ada is not None
        assert 700 == ada.revenue
        assert 700 == shop.reports.rfm(date(2026, 3, 2)).rows[0].habit.monetary

    def test_pages_and_portions(self, shop: Loyalty, monkeypatch: pytest.MonkeyPatch):
        """Pages of two rows and writes of one customer come to the same."""
        filled(shop)
        monkeypatch.setattr(records, "_ROWS_A_PAGE", 2)
        monkeypatch.setattr(service, "_CUSTOMERS_A_WRITE", 1)

        report = shop.scores.refresh()

        assert (5, 5, 5) == (report.customers, report.changed, report.moved)
        table = shop.reports.rfm(date(2026, 3, 2))
        assert [row.score for row in table.rows] == [one.score for one in kept(shop)]

    def test_looking_back(self, shop: Loyalty):
        """An earlier day leaves out what was bought after it."""
        filled(shop)

        report = shop.scores.refresh(date(2026, 2, 27))

        assert date(2026, 2, 27) == report.run.as_of
        assert 4 == report.customers  # ada and bob bought later, bob also before

    def test_other_scales(self, shop: Loyalty):
        """Fixed cuts and other tables are kept with the run, and come back from it."""
        filled(shop)

        shop.scores.refresh(method="fixed", segments=VISITS9)

        run = shop.scores.last_run()
        assert run is not None
        assert (VISITS9, "fixed") == (run.segments, run.spec.method)
        assert {"beginners", "growths"} >= {one.segment for one in kept(shop)}

    def test_lost_races_write_no_event(self, shop: Loyalty):
        """Rows that another refresh wrote meanwhile are left to it, events and all."""
        filled(shop)
        inner = shop.scores
        original = service.differences

        def slow(before: Any, after: Any) -> Any:
            found = list(original(before, after))
            if not kept(shop):
                service.differences = original
                inner.refresh()
            return iter(found)

        service.differences = slow
        try:
            report = shop.scores.refresh()
        finally:
            service.differences = original

        assert (5, 0, 0) == (report.customers, report.changed, report.moved)
        assert 5 == len(shop.scores.changes())

    @pytest.mark.parametrize("has_scores", [False, True])
    def test_who_is_merged_meanwhile_gets_none(self, shop: Loyalty, has_scores: bool):
        """CU-18: an alias is not scored, and no event tells that it was."""
        ids = filled(shop)
        if has_scores:
            shop.scores.refresh()
            more = shop.templates.create("More", cards.Cashback(percent=1))
            card = shop.cards.issue(more.id, to=ids["ada"])
            shop.cards.record_purchase(card.id, "9.00")
        told = shop.scores.changes()
        original = service.differences

        def slow(before: Any, after: Any) -> Any:
            found = list(original(before, after))
            assert ids["ada"] in {one.customer_id for one in found}
            shop.customers.merge(ids["ada"], into=ids["bob"])
            return iter(found)

        service.differences = slow
        try:
            report = shop.scores.refresh()
        finally:
            service.differences = original

        assert sorted(ids.values())[1:] == [one.customer_id for one in kept(shop)]
        assert report.customers == 5  # as many as were found
        moved = {one.customer_id for one in shop.scores.changes()[len(told) :]}
        assert ids["ada"] not in moved
        assert () == shop.at(NOON + 2 * DAY).verify().problems  # it ran alone
        again = shop.scores.refresh()
        bob = shop.scores.of(ids["bob"])
        assert bob is not None
        assert (4, 3 + has_scores) == (again.customers, bob.orders)  # ada's and bob's

    def test_a_merge_is_no_reason_to_doubt(self, shop: Loyalty):
        """Scores that a merge took away first were not left to another refresh."""
        ids = filled(shop)
        shop.scores.refresh()
        shop.transactions.void(only_purchase(shop, ids["ada"]))
        original = service.differences

        def slow(before: Any, after: Any) -> Any:
            found = list(original(before, after))
            shop.customers.merge(ids["ada"], into=ids["bob"])
            return iter(found)

        service.differences = slow
        try:
            shop.scores.refresh()
        finally:
            service.differences = original

        assert () == shop.at(NOON + 2 * DAY).verify().problems

    @pytest.mark.parametrize(
        ("choices", "remedy"),
        [
            (
                {"method": "ntile"},
                "method: 'ntile' has no cuts to score by",
            ),
            ({"bins": 4}, "segments: has 5x5x5 scores, not 4x4x4"),
            ({"as_of": NOON}, "as_of: is a moment, not a day"),
        ],
    )
    def test_refuses(self, shop: Loyalty, choices: Any, remedy: str):
        """Choices that cannot be kept are refused before anything is read."""
        with pytest.raises(InvalidValue, match=remedy):
            shop.scores.refresh(**choices)

    def test_nobody(self, shop: Loyalty):
        """A programme without purchases has nobody to score, and says so."""
        report = shop.scores.refresh()

        assert (0, 0, 0) == (report.customers, report.changed, report.moved)
        assert shop.scores.last_run() == report.run


class TestSegments:
    """Who is where, and who came and went."""

    def test_members(self, shop: Loyalty):
        """The customers of segments come in pages, by registration."""
        ids = filled(shop)
        shop.scores.refresh()
        first = shop.scores.members("new", "promising", "at_risk", limit=1)
        rest = shop.scores.members("new", "promising", "at_risk", cursor=first.cursor)

        assert [ids["ada"]] == [one.id for one in first.customers]
        assert rest.cursor is None
        assert ids["ada"] not in [one.id for one in rest.customers]
        assert () == shop.scores.members("champions_of_nothing").customers

    def test_in_a_query_of_customers(self, shop: Loyalty):
        """A segment is a predicate like any other, also among customers' totals."""
        ids = filled(shop)
        shop.scores.refresh()
        terms = (
            *where(program_id=shop.program.id, purchases=1).terms,
            in_segment("new"),
        )
        with shop.store.session(write=False) as session:
            page = session.select(Query("customer", And(terms)))

        assert [ids["ada"]] == [row["id"] for row in page.rows]

    def test_changes(self, shop: Loyalty):
        """Who enters and who leaves is told once, and can be read on from anywhere."""
        ids = filled(shop)
        shop.scores.refresh()
        entered = shop.scores.changes()
        template = shop.templates.create("More", cards.Cashback(percent=1))
        card = shop.cards.issue(template.id, to=ids["cyd"])
        shop.cards.record_purchase(card.id, "9.00")
        later = shop.at(NOON + DAY)
        later.scores.refresh()

        moved = later.scores.changes(after=entered[-1].id)

        assert {None} == {one.left for one in entered}
        assert set(ids.values()) == {one.customer_id for one in entered}
        mine = [one for one in moved if one.customer_id == ids["cyd"]]
        assert [("need_attention", date(2026, 3, 3))] == [
            (one.left, one.on) for one in mine
        ]
        assert [] == later.scores.changes(after=moved[-1].id)

    def test_a_table_of_another_name_moves_everybody(self, shop: Loyalty):
        """Segments of another table are other segments, from that day on."""
        filled(shop)
        shop.scores.refresh()
        later = shop.at(NOON + DAY)

        report = later.scores.refresh(segments=SHOPIFY11)

        same = {"champions", "loyal", "new", "promising", "at_risk"}
        stayed = [one for one in kept(shop) if one.segment_since == date(2026, 3, 2)]
        assert 5 - len(stayed) == report.moved
        assert {one.segment for one in stayed} <= same

    def test_scores_at_the_till(self, shop: Loyalty):
        """The cuts of the last run score one customer, without a refresh."""
        filled(shop)
        shop.scores.refresh()
        run = shop.scores.last_run()
        assert run is not None

        score = run.cuts.score(recency=0, frequency=9, monetary=99_999)

        assert "champions" == run.segments.segment(score)
        assert shop.scores.last_run() is not None

    def test_no_run_yet(self, shop: Loyalty):
        """Before the first refresh there is no run."""
        assert shop.scores.last_run() is None

    def test_verify_finds_scores_of_nobody(self, shop: Loyalty):
        """A row of scores whose customer is not there is a problem."""
        ids = filled(shop)
        shop.scores.refresh()
        assert not shop.verify().problems
        row = {
            "program_id": shop.program.id,
            "customer_id": "nobody",
            "version": 1,
            "segment": "new",
            "segment_since": date(2026, 3, 2),
            "last_purchase": date(2026, 3, 2),
            **dict.fromkeys(("orders", "revenue", "frequency", "monetary"), 1),
            **{f"{one}_score": 1 for one in ("recency", "frequency", "monetary")},
        }
        with shop.store.session() as session:
            session.apply([Insert("rfm_score", [row])])

        problems = shop.verify().problems
        assert Check.REFERENCE in {each.check for each in problems}
        assert {"rfm_score nobody"} == {each.where for each in problems}
        assert 5 == len(ids)


class TestProof:
    """What ``verify`` finds of scores; what one row can be has tests of its own."""

    def change(self, shop: Loyalty, ref: Ref, **values: Any) -> None:
        """Write behind everybody's back."""
        with shop.store.session() as session:
            assert [1] == session.apply([Update(ref, values)])

    def test_scores_of_all_sorts_are_proved(self, shop: Loyalty):
        """Whatever was asked for, and whatever happened since, a refresh adds up."""
        ids = filled(shop)
        choices: list[dict[str, Any]] = [
            {},
            {"method": "fixed", "segments": VISITS9},
            {"method": "quantile", "segments": SHOPIFY11},
            {"frequency": "days", "monetary": "mean", "since": date(2026, 2, 1)},
            {"compat": "r-rfm"},
            {"as_of": date(2026, 2, 27), "refunds": "exclude"},
        ]
        for each in choices:
            shop.scores.refresh(**each)
            assert () == shop.verify().problems
        shop.transactions.void(only_purchase(shop, ids["ada"]))
        shop.customers.merge(ids["bob"], into=ids["cyd"])
        shop.customers.erase(ids["dan"])
        assert () == shop.verify().problems
        shop.at(NOON + DAY).scores.refresh()

        assert () == shop.verify().problems

    def test_a_score_that_does_not_follow(self, shop: Loyalty):
        """A changed row is named, and the next refresh mends it."""
        ids = filled(shop)
        shop.scores.refresh()
        ref = records.score_ref(shop.program.id, ids["ada"])
        self.change(shop, ref, segment="champions", monetary_score=5)

        (problem,) = shop.verify().problems
        assert (Check.SCORE, "rfm_score", ids["ada"]) == (
            problem.check,
            problem.collection,
            problem.id,
        )
        assert "scores are 515, champions; they should be 511, new" in problem.message
        assert 1 == shop.scores.refresh().changed
        assert () == shop.verify().problems

    def test_scores_of_an_alias(self, shop: Loyalty):
        """Who was merged has no scores of their own."""
        ids = filled(shop)
        shop.scores.refresh()
        ref = records.score_ref(shop.program.id, ids["ada"])
        with shop.store.session(write=False) as session:
            (row,) = session.get([ref])
        assert row is not None
        shop.customers.merge(ids["ada"], into=ids["bob"])
        with shop.store.session() as session:
            session.apply([Insert("rfm_score", [row])])

        (problem,) = shop.verify().problems
        assert (Check.REFERENCE, "rfm_score", ids["ada"]) == (
            problem.check,
            problem.collection,
            problem.id,
        )
        assert f"merged into {ids['bob']}" in problem.message
        shop.scores.refresh()
        assert () == shop.verify().problems

    @pytest.mark.parametrize(
        ("values", "check", "what"),
        [
            ({"as_of": date(2026, 3, 1)}, Check.SCORE, "its day"),
            ({"spec": "{}"}, Check.UNREADABLE, "never should"),
            ({"cuts": '{"shape": 5}'}, Check.UNREADABLE, "never should"),
            ({"segments": "[]"}, Check.UNREADABLE, "never should"),
        ],
    )
    def test_a_run_that_cannot_be(
        self, shop: Loyalty, values: dict[str, Any], check: Check, what: str
    ):
        """A refresh that was noted down wrongly is one problem, not one a customer."""
        filled(shop)
        shop.scores.refresh()
        self.change(shop, records.run_ref(shop.program.id), **values)

        (problem,) = shop.verify().problems
        assert (check, "rfm_run", shop.program.id) == (
            problem.check,
            problem.collection,
            problem.id,
        )
        assert what in problem.message

    def test_scores_without_a_run(self, shop: Loyalty):
        """Scores come from a refresh, which is noted down before them."""
        filled(shop)
        shop.scores.refresh()
        with shop.store.session() as session:
            session.apply([Delete(records.run_ref(shop.program.id))])

        (problem,) = shop.verify().problems
        assert (Check.REFERENCE, "rfm_run") == (problem.check, problem.collection)
        shop.scores.refresh()
        assert () == shop.verify().problems

    def test_while_a_refresh_is_under_way(
        self, shop: Loyalty, monkeypatch: pytest.MonkeyPatch
    ):
        """Scores of two refreshes are no problem until one was cut off for a day."""
        ids = filled(shop)
        shop.scores.refresh()
        later = shop.at(NOON + 10 * DAY)
        card = later.cards.issue(
            later.templates.create("More", cards.Cashback(percent=1)).id, to=ids["ada"]
        )
        later.cards.record_purchase(card.id, "9.00")
        monkeypatch.setattr(service, "_CUSTOMERS_A_WRITE", 1)
        write = service.Scores._write
        seen: list[tuple[Problem, ...]] = []

        def cut_off(self: Any, portion: Any, run: Any) -> Any:
            if seen:
                raise Unavailable("cut off", engine="test")
            wrote = write(self, portion, run)
            seen.append(later.verify().problems)
            return wrote

        with monkeypatch.context() as patch:
            patch.setattr(service.Scores, "_write", cut_off)
            with pytest.raises(Unavailable):
                later.scores.refresh()

        assert [()] == seen
        assert () == later.verify().problems
        (problem,) = shop.at(NOON + 11 * DAY + DAY).verify().problems
        assert (Check.SCORE, "rfm_run") == (problem.check, problem.collection)
        assert "2026-03-12T12:00:00+00:00" in problem.message
        later.scores.refresh()
        assert () == shop.at(NOON + 12 * DAY).verify().problems

    def test_two_refreshes_at_once(self, shop: Loyalty):
        """Which rows are whose is not known; the next one alone settles it."""
        ids = filled(shop)
        shop.scores.refresh()
        later = shop.at(NOON + timedelta(hours=1))
        original = service.differences

        def beside(before: Any, after: Any) -> Any:
            found = list(original(before, after))
            service.differences = original
            later.scores.refresh(method="fixed", segments=VISITS9)
            return iter(found)

        service.differences = beside
        try:
            shop.scores.refresh(segments=SHOPIFY11)
        finally:
            service.differences = original

        assert 5 == len(ids)
        assert () == later.verify().problems
        (problem,) = shop.at(NOON + 3 * DAY).verify().problems
        assert "rfm_run" == problem.collection
        shop.scores.refresh()
        assert () == shop.at(NOON + 3 * DAY).verify().problems


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 60), st.integers(1, 99)),
        max_size=12,
    ),
    st.integers(0, 30),
)
def test_incremental_equals_anew(rows: list[tuple[int, int, int]], days: int):
    """Refreshing now and again comes to the same rows as refreshing once."""
    cafe = Program(id="cafe", currency="EUR", zone="Europe/Berlin")
    often, once = Loyalty(MemoryStore(), cafe), Loyalty(MemoryStore(), cafe)
    pictures: list[list[tuple[int, Score, str]]] = []
    for shop in (often, once):
        opened = shop.at(NOON - 100 * DAY)
        template = opened.templates.create("P", cards.Cashback(percent=3))
        order = [opened.customers.register(first_name=name).id for name in NAMES]
        issued = [opened.cards.issue(template.id, to=one).id for one in order]
        for who, ago, amount in sorted(rows, key=lambda row: -row[1]):
            then = shop.at(NOON - ago * DAY)
            then.cards.record_purchase(issued[who], f"{amount}.00")
            if shop is often:
                then.scores.refresh()
        shop.at(NOON + days * DAY).scores.refresh()
        pictures.append(
            [
                (order.index(one.customer_id), one.score, one.segment)
                for one in kept(shop)
            ]
        )

    assert pictures[0] == pictures[1]
    assert {segment for _, _, segment in pictures[0]} <= set(RF10.names)
