"""Offers on one order: their terms, and what they leave when they come together."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore import Money, cards, errors


COMMON, NEVER, ALWAYS = cards.Stacking
INITIAL = cards.DiscountBase.INITIAL
PREVENT = cards.NoEffect.PREVENT

TEN_OFF = cards.AmountOff(10)


def taken(order: cards.Order | str, *offers: cards.Offer) -> tuple[cards.Taken, ...]:
    """Apply offers to an order in euros."""
    order = cards.Order(order) if isinstance(order, str) else order
    return cards.apply_offers(offers, order, "EUR")


def discounts(order: cards.Order | str, *offers: cards.Offer) -> list[int | str]:
    """Say what each offer takes off, or the code of what keeps it out."""
    return [
        each.discount if each.refusal is None else each.refusal.code
        for each in taken(order, *offers)
    ]


class TestTogether:
    def test_each_applies_to_what_is_left(self):
        """105: 10 % first leaves too little for 20 % from 100 on; 94.50 are left."""
        tenth = cards.Offer(cards.Percent(10))
        fifth = cards.Offer(cards.Percent(20), min_spend=100)

        assert [10_50, "below_minimum"] == discounts("105", tenth, fifth)
        assert [21_00, 8_40] == discounts("105", fifth, tenth)
        assert 75_60 == 105_00 - sum(
            each.discount for each in taken("105", fifth, tenth)
        )

    def test_the_lower_priority_goes_first(self):
        """Priority decides, and what is returned is in the order that was given."""
        tenth = cards.Offer(cards.Percent(10), priority=2)
        fifth = cards.Offer(cards.Percent(20), min_spend=100, priority=1)

        assert [8_40, 21_00] == discounts("105", tenth, fifth)

    def test_equal_priorities_go_as_given(self):
        """Without a priority, an offer is one of the first."""
        fifth = cards.Offer(cards.Percent(20), min_spend=100)
        tenth = cards.Offer(cards.Percent(10), priority=0)

        assert [21_00, 8_40] == discounts("105", fifth, tenth)
        assert [10_50, "below_minimum"] == discounts("105", tenth, fifth)

    def test_percentages_of_the_initial_order(self):
        """10 % and 20 % of the initial 105 are 31.50, and both minimums are met."""
        tenth = cards.Offer(cards.Percent(10))
        fifth = cards.Offer(cards.Percent(20), min_spend=100, discount_base=INITIAL)

        assert [10_50, 21_00] == discounts("105", tenth, fifth)

    def test_an_initial_percentage_stays_within_its_line(self):
        """A coffee that is free already gives nothing to 50 % of the initial order."""
        order = cards.Order(lines=[cards.Line("coffee", 4), cards.Line("cake", 6)])
        free = cards.Offer(cards.FreeItem("coffee"))
        half = cards.Offer(cards.Percent(50), discount_base=INITIAL)

        assert [(4_00, 0), (0, 3_00)] == [
            each.by_line for each in taken(order, free, half)
        ]

    def test_an_amount_is_off_what_is_left(self):
        """10.00 off is never more than what other offers have left."""
        offer = cards.Offer(TEN_OFF, discount_base=INITIAL)

        assert [10_00, 5_00] == discounts("15", offer, offer)

    @pytest.mark.parametrize(
        ("stackings", "expected"),
        [
            ((COMMON, COMMON), [1_00, 1_00]),
            ((COMMON, NEVER), [1_00, "not_combinable"]),
            ((NEVER, COMMON), [1_00, "not_combinable"]),
            ((NEVER, NEVER), [1_00, "not_combinable"]),
            ((NEVER, ALWAYS), [1_00, 1_00]),
            ((ALWAYS, NEVER), [1_00, 1_00]),
            ((ALWAYS, COMMON, ALWAYS), [1_00, 1_00, 1_00]),
            ((ALWAYS, NEVER, COMMON, ALWAYS), [1_00, 1_00, "not_combinable", 1_00]),
        ],
    )
    def test_what_goes_together(self, stackings, expected):
        """Common ones go together, one that never does alone, others with any."""
        offers = [cards.Offer(cards.AmountOff(1), stacking=each) for each in stackings]

        assert expected == discounts("100", *offers)

    def test_what_was_not_used_keeps_nobody_out(self):
        """An offer below its minimum leaves room for one that is never combined."""
        dear = cards.Offer(TEN_OFF, min_spend=200)
        alone = cards.Offer(TEN_OFF, stacking=NEVER)

        assert ["below_minimum", 10_00] == discounts("100", dear, alone)

    def test_no_offers(self):
        """An order without offers costs what it does."""
        assert () == taken("100")


class TestMinSpend:
    @pytest.mark.parametrize(
        ("total", "expected"), [("99.99", "below_minimum"), ("100", 10_00)]
    )
    def test_the_minimum_itself_is_enough(self, total, expected):
        """From 100.00 on means 100.00 and more."""
        assert [expected] == discounts(total, cards.Offer(TEN_OFF, min_spend=100))

    def test_the_refusal_says_what_is_missing(self):
        """A cashier reads both numbers; a programme finds them as data."""
        (only,) = taken("99.99", cards.Offer(TEN_OFF, min_spend=100))

        assert "The order has to come to 100.00 at least; it comes to 99.99." == str(
            only.refusal
        )
        assert only.refusal is not None
        assert {"min_spend": 100_00, "order": 99_99} == only.refusal.details


class TestNoEffect:
    FREE_TEA = cards.FreeItem("tea")

    def test_used_all_the_same(self):
        """By default an offer without effect is applied, and takes nothing."""
        assert [0] == discounts("10", cards.Offer(self.FREE_TEA))

    def test_kept_for_another_order(self):
        """An offer that prevents it is refused, and keeps nobody else out."""
        kept = cards.Offer(self.FREE_TEA, no_effect=PREVENT, stacking=NEVER)

        assert ["takes_nothing", 10_00] == discounts("20", kept, cards.Offer(TEN_OFF))

    def test_something_off_some_line_is_an_effect(self):
        """A free tea is worth something on an order that has other things too."""
        lines = [cards.Line("cake", 4), cards.Line("tea", 3)]
        offer = cards.Offer(self.FREE_TEA, no_effect=PREVENT)

        assert [3_00] == discounts(cards.Order(lines=lines), offer)

    def test_units_are_an_effect(self):
        """Units on another card are worth something, though the order costs as much."""
        stamp = cards.Units("template", cards.Unit.STAMP, 1)

        assert [0] == discounts("10", cards.Offer(stamp, no_effect=PREVENT))


class TestRules:
    @pytest.mark.parametrize(
        ("settings", "says"),
        [
            ({"benefit": 10}, "benefit: an instance of Percent"),
            ({"min_spend": 0}, "min_spend: above 0"),
            ({"stacking": "never"}, "stacking: one of Stacking.COMMON"),
            ({"priority": -1}, "priority: a whole number, 0 to 1000"),
            ({"discount_base": "initial"}, "discount_base: one of"),
            ({"no_effect": "prevent"}, "no_effect: one of"),
            ({"rounding_level": "line"}, "rounding_level: one of"),
        ],
    )
    def test_what_cannot_be_is_named(self, settings, says):
        """Terms that make no sense are refused by the name of the field."""
        with pytest.raises(errors.InvalidValue, match=says):
            cards.Offer(**{"benefit": TEN_OFF} | settings)

    @pytest.mark.parametrize(
        ("offer", "field"),
        [
            (cards.Offer(cards.AmountOff("0.5")), "amount"),
            (cards.Offer(TEN_OFF, min_spend="0.5"), "min_spend"),
        ],
    )
    def test_half_a_coin_is_refused(self, offer, field):
        """An amount that the currency cannot hold is refused by its field's name."""
        with pytest.raises(errors.InvalidValue, match=field):
            offer.check("JPY")

    def test_money_of_another_currency_is_refused(self):
        """A minimum in dollars makes no sense where euros are counted."""
        with pytest.raises(errors.CurrencyMismatch):
            cards.Offer(TEN_OFF, min_spend=Money("100.00", "USD")).check("EUR")


AMOUNTS = st.decimals("0.01", 120, places=2)
ORDERS = st.lists(
    st.builds(
        cards.Line,
        st.sampled_from(["tea", "cake"]),
        st.decimals(0, 60, places=2),
        st.integers(1, 3),
    ),
    min_size=1,
    max_size=4,
).map(lambda lines: cards.Order(lines=lines))
OFFERS = st.lists(
    st.builds(
        cards.Offer,
        st.one_of(
            st.builds(cards.Percent, st.decimals(1, 100, places=2)),
            st.builds(cards.AmountOff, AMOUNTS),
            st.builds(cards.NewPrice, AMOUNTS, sku=st.sampled_from([None, "tea"])),
            st.builds(cards.FreeItem, st.just("tea"), st.integers(1, 4)),
        ),
        min_spend=st.none() | AMOUNTS,
        stacking=st.sampled_from(cards.Stacking),
        priority=st.integers(0, 2),
        discount_base=st.sampled_from(cards.DiscountBase),
        no_effect=st.sampled_from(cards.NoEffect),
        rounding_level=st.sampled_from(cards.RoundingLevel),
    ),
    max_size=5,
)


class TestLaws:
    @given(order=ORDERS, offers=OFFERS)
    def test_nothing_falls_below_0(self, order, offers):
        """Whatever comes together, each line gives between nothing and all of it."""
        left = order.bill("EUR")
        for each in taken(order, *offers):
            assert all(n >= 0 for n in each.by_line)
            left = left.less(each.by_line)

        assert all(0 <= n for n in left.amounts)

    @given(order=ORDERS, offers=OFFERS)
    def test_the_company_is_allowed(self, order, offers):
        """Beside one that is never combined there are only those that always are."""
        used = [
            offer.stacking
            for offer, each in zip(offers, taken(order, *offers), strict=True)
            if each.refusal is None
        ]
        others = [each for each in used if each is not ALWAYS]

        assert NEVER not in others or [NEVER] == others

    @given(order=ORDERS, offers=OFFERS)
    def test_what_is_kept_out_takes_nothing(self, order, offers):
        """An offer that is refused changes nothing for the others."""
        before = taken(order, *offers)
        used = [
            (offer, each)
            for offer, each in zip(offers, before, strict=True)
            if each.refusal is None
        ]

        assert tuple(each for _, each in used) == taken(
            order, *(offer for offer, _ in used)
        )

    @given(percents=st.lists(st.integers(1, 100), max_size=4), order=ORDERS)
    def test_initial_percentages_go_in_any_order(self, percents, order):
        """Percentages of the initial order take as much in whatever order they come."""
        offers = [
            cards.Offer(cards.Percent(each), discount_base=INITIAL) for each in percents
        ]
        totals = {
            sum(each.discount for each in taken(order, *given))
            for given in permutations(offers)
        }

        assert 1 == len(totals)
