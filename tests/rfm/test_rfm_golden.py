"""Real purchases, and what another implementation made of them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING

import pytest

from loyaltycore.rfm import (
    R_RFM_A,
    EmptyScore,
    Score,
    coverage,
    rfm,
)


if TYPE_CHECKING:
    from loyaltycore.rfm import Purchase, RfmTable

#: Where R's package adds 1 to an interpolated cut, and so scores one higher or lower.
DIFFER = {"Jerold Sporer", "Katlyn Mann", "Skylar Hoeger"}


def r_scores(row: dict[str, str]) -> Score:
    """Read the scores that R gave."""
    measures = ("recency", "frequency", "monetary")
    return Score(*(int(row[f"{measure}_score"]) for measure in measures))


class TestOrders:
    """The orders that R's package ships, at the end of 2006."""

    def test_habits_equal(
        self, orders_table: RfmTable, r_table: dict[str, dict[str, str]]
    ) -> None:
        """Recency, frequency and money equal R's for all 995 customers."""
        expected = {
            name: (
                int(row["recency_days"]),
                int(row["transaction_count"]),
                int(row["amount"]) * 100,
            )
            for name, row in r_table.items()
        }

        actual = {
            row.customer_id: (
                row.habit.recency_days,
                row.habit.frequency,
                row.habit.monetary,
            )
            for row in orders_table.rows
        }

        assert 995 == len(expected)
        assert expected == actual

    def test_scores_equal_but_three(
        self, orders_table: RfmTable, r_table: dict[str, dict[str, str]]
    ) -> None:
        """The scores equal R's for 992 of 995 customers; the others are known."""
        found = {
            row.customer_id
            for row in orders_table.rows
            if row.score != r_scores(r_table[row.customer_id])
        }

        assert DIFFER == found

    def test_all_differences_are_one_step(
        self, orders_table: RfmTable, r_table: dict[str, dict[str, str]]
    ) -> None:
        """The three customers differ from R by one step of one score."""
        for row in orders_table.rows:
            if row.customer_id in DIFFER:
                theirs = r_scores(r_table[row.customer_id])
                steps = (
                    abs(row.score.recency - theirs.recency),
                    abs(row.score.frequency - theirs.frequency),
                    abs(row.score.monetary - theirs.monetary),
                )

                assert 1 == sum(steps)

    def test_ten_segments(self, orders_table: RfmTable) -> None:
        """The ten segments share out all customers, orders and revenue."""
        found = orders_table.summary()

        assert 995 == sum(one.customers for one in found)
        assert 4906 == sum(one.orders for one in found)
        assert pytest.approx(1) == sum(one.share_of_customers for one in found)
        assert pytest.approx(1) == sum(one.share_of_revenue for one in found)
        assert () == orders_table.warnings


class TestCompat:
    """Scores as R gives them, for who moves from there."""

    def test_all_scores_equal(
        self, compat: RfmTable, r_table: dict[str, dict[str, str]]
    ) -> None:
        """The three scores equal R's for all 995 customers."""
        expected = {name: r_scores(row) for name, row in r_table.items()}

        assert 995 == len(expected)
        assert expected == {row.customer_id: row.score for row in compat.rows}

    def test_all_segments_equal(
        self, compat: RfmTable, r_segments: dict[str, dict[str, str]]
    ) -> None:
        """By R's own table, all 995 customers are in R's segment."""
        expected = {name: row["segment"] for name, row in r_segments.items()}

        assert expected == compat.segments(R_RFM_A)

    def test_summaries_equal(
        self, compat: RfmTable, r_summary: list[dict[str, str]]
    ) -> None:
        """Customers, orders, revenue and average order of each segment equal R's."""
        ours = {one.segment: one for one in compat.summary(R_RFM_A)}

        assert 10 == len(r_summary)
        for row in r_summary:
            one = ours[row["segment"]]
            assert int(row["customers"]) == one.customers
            assert int(row["orders"]) == one.orders
            assert int(row["revenue"]) * 100 == one.revenue
            assert round(float(row["aov"]) * 100) == one.average_order

    def test_cuts_are_below_thresholds(
        self, compat: RfmTable, r_thresholds: list[dict[str, str]]
    ) -> None:
        """A cut is the largest whole number of units below R's threshold."""
        uppers = r_thresholds[:-1]
        for measure, unit in (("recency", 1), ("frequency", 1), ("monetary", 100)):
            expected = tuple(
                ceil(Decimal(row[f"{measure}_upper"]) * unit) - 1 for row in uppers
            )

            assert expected == getattr(compat.cuts, measure)

    def test_rank_differs_for_three(
        self, compat: RfmTable, orders_table: RfmTable
    ) -> None:
        """The default rule differs from R's for the three known customers only."""
        pairs = zip(compat.rows, orders_table.rows, strict=True)

        assert DIFFER == {
            one.customer_id for one, other in pairs if one.score != other.score
        }

    def test_unit_matters(self, orders: list[Purchase], compat: RfmTable) -> None:
        """R adds 1 to its cuts, so dollars and cents score differently, as there."""
        cents = rfm(
            orders, as_of=date(2006, 12, 31), compat="r-rfm", compat_unit=1
        ).rows

        assert [row.score.monetary for row in cents] != [
            row.score.monetary for row in compat.rows
        ]


class TestRTable:
    """R's own segment table, brought over for a merchant who moves from there."""

    def test_coverage(self) -> None:
        """The table leaves 10 of 125 cells out and names 58 more than once."""
        found = coverage(R_RFM_A.rectangles, (5, 5, 5))

        assert ["215", "241", "251", "252", "341", "351", "441", "451"] == [
            str(cell) for cell in found.gaps[:8]
        ]
        assert 10 == len(found.gaps)
        assert 58 == len(found.overlaps)
        assert not found.is_partition

    def test_segments_follow_scores(
        self, r_segments: dict[str, dict[str, str]]
    ) -> None:
        """Each score has the segment that R's package names for it."""
        for row in r_segments.values():
            score = Score(*map(int, row["rfm_score"]))

            assert row["segment"] == R_RFM_A.segment(score)

    def test_summary(
        self, orders_table: RfmTable, r_summary: list[dict[str, str]]
    ) -> None:
        """Customers and orders equal R's for all segments, give or take the three."""
        theirs = {row["segment"]: int(row["customers"]) for row in r_summary}
        ours = {one.segment: one.customers for one in orders_table.summary(R_RFM_A)}

        moved = sum(abs(ours[name] - theirs.get(name, 0)) for name in ours)

        assert moved <= 2 * len(DIFFER)

    def test_average_orders(
        self, orders_table: RfmTable, r_summary: list[dict[str, str]]
    ) -> None:
        """Segments of the same customers have R's revenue and average order."""
        theirs = {row["segment"]: row for row in r_summary}
        same = 0
        for one in orders_table.summary(R_RFM_A):
            row = theirs.get(one.segment)
            if row is None or one.orders != int(row["orders"]):
                continue
            same += 1

            assert int(row["revenue"]) * 100 == one.revenue
            assert round(float(row["aov"]) * 100) == one.average_order

        assert same >= 6


class TestCdnow:
    """A CD shop in which two of three customers bought once or twice."""

    DAY = date(1998, 6, 30)

    def test_sample(self, cdnow: list[Purchase]) -> None:
        """The sample has 2,357 customers with 6,919 purchases, none of them lost."""
        found = rfm(cdnow, as_of=self.DAY)

        assert 2357 == len(found.rows)
        assert 6919 == sum(row.habit.orders for row in found.rows)
        assert sum(row.amount for row in cdnow) == sum(
            row.habit.revenue for row in found.rows
        )

    def test_ties_never_split(self, cdnow: list[Purchase]) -> None:
        """Customers with equal habits have equal scores, however many they are."""
        pairs = {
            (row.habit.frequency, row.score.frequency)
            for row in rfm(cdnow, as_of=self.DAY).rows
        }

        assert {1} == set(Counter(frequency for frequency, _ in pairs).values())

    def test_master_has_an_honest_gap(self, cdnow_master: list[Purchase]) -> None:
        """More than two fifths bought once, so nobody has the frequency score 2."""
        found = rfm(cdnow_master, as_of=self.DAY)

        assert 23570 == len(found.rows)
        assert (EmptyScore(measure="frequency", score=2),) == found.warnings
        assert (1, 1, 2, 4) == found.cuts.frequency
