"""Benefits, and what each takes off an order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore import Money, cards, errors
from loyaltycore.cards.benefits import check_benefit


def order_of(*lines: tuple[str, str, int]) -> cards.Order:
    """An order of (sku, price, quantity)."""
    return cards.Order(lines=[cards.Line(*line) for line in lines])


def off(
    benefit: cards.Benefit, order: cards.Order | str, **level: Any
) -> tuple[int, ...]:
    """What a benefit takes off each line, in cents."""
    order = cards.Order(order) if isinstance(order, str) else order
    return cards.discount_of(benefit, order.bill("EUR"), **level)


def refused_field(benefit: cards.Benefit, currency: str) -> str | None:
    """Name the field that a currency cannot hold."""
    try:
        check_benefit(benefit, currency)
    except errors.InvalidValue as refused:
        return refused.field
    return None


class TestPercent:
    @pytest.mark.parametrize(
        ("order", "discount"), [("100", 15_00), ("75", 15_00), ("50", 10_00), ("0", 0)]
    )
    def test_at_most(self, order, discount):
        """20 % with at most 15.00 takes 15.00 off 100.00, and 10.00 off 50.00."""
        assert (discount,) == off(cards.Percent(20, max_discount=15), order)

    def test_a_cap_is_shared_by_what_the_lines_give(self):
        """Of 20.00 and 10.00, a cap of 15.00 leaves 10.00 and 5.00."""
        order = order_of(("a", "100", 1), ("b", "50", 1))

        assert (10_00, 5_00) == off(cards.Percent(20, max_discount=15), order)

    def test_rounded_on_each_line(self):
        """10 % of 1.06, 2.06, 3.06, 4.06 is 1.04 by line and 1.02 on the total."""
        prices = ("1.06", "2.06", "3.06", "4.06")
        order = order_of(*(("a", price, 1) for price in prices))
        by_line = cards.RoundingLevel.LINE

        assert 1_04 == sum(off(cards.Percent(10), order, level=by_line))
        assert 1_02 == sum(off(cards.Percent(10), order))


class TestAmountOff:
    @pytest.mark.parametrize(
        ("prices", "expected"),
        [
            (("50", "50", "50"), (3_33, 3_33, 3_34)),
            (("20", "45", "60"), (1_60, 3_60, 4_80)),
            (("4", "3", "0"), (4_00, 3_00, 0)),
        ],
    )
    def test_shared_among_the_lines(self, prices, expected):
        """10.00 off is shared by size, and takes no more than there is."""
        order = order_of(*(("a", price, 1) for price in prices))

        assert expected == off(cards.AmountOff(10), order)


class TestNewPrice:
    @pytest.mark.parametrize(
        ("order", "discount"), [("12.50", 7_50), ("5.00", 0), ("4.00", 0)]
    )
    def test_of_the_order(self, order, discount):
        """An order for 5.00, where it is dearer."""
        assert (discount,) == off(cards.NewPrice(5), order)

    def test_of_an_article(self):
        """Two coffees at 3.50 for 1.00 each are 5.00 off; one for 0.80 stays."""
        order = order_of(
            ("coffee", "3.50", 2), ("cake", "4.20", 1), ("coffee", "0.80", 1)
        )

        assert (5_00, 0, 0) == off(cards.NewPrice(1, sku="coffee"), order)


class TestFreeItem:
    def test_the_cheapest_pieces_are_free(self):
        """Of a coffee at 4.00 and two at 3.00, the free one is one of 3.00."""
        order = order_of(("coffee", "4", 1), ("coffee", "3", 2), ("cake", "2", 1))

        assert (0, 3_00, 0) == off(cards.FreeItem("coffee"), order)
        assert (4_00, 6_00, 0) == off(cards.FreeItem("coffee", 5), order)

    def test_a_piece_of_a_discounted_line(self):
        """One of three pieces that come to 1.00 is 0.33, two are 0.67."""
        bill = order_of(("coffee", "1", 3)).bill("EUR").less((2_00,))

        assert (33,) == cards.discount_of(cards.FreeItem("coffee"), bill)
        assert (67,) == cards.discount_of(cards.FreeItem("coffee", 2), bill)

    def test_without_lines_nothing_is_free(self):
        """A total does not say what was bought."""
        assert (0,) == off(cards.FreeItem("coffee"), "10")


class TestUnits:
    def test_nothing_comes_off(self):
        """Units go to another card, and the order costs what it did."""
        benefit = cards.Units("template", cards.Unit.STAMP, 1)

        assert (0, 0) == off(benefit, order_of(("a", "1", 1), ("b", "2", 1)))


class TestRules:
    @pytest.mark.parametrize(
        ("make", "says"),
        [
            (lambda: cards.Percent(0), "percent: above 0"),
            (lambda: cards.Percent(101), "percent: A percentage"),
            (lambda: cards.Percent("0.001"), "percent: .*decimals"),
            (lambda: cards.Percent(5, max_discount=0), "max_discount: above 0"),
            (lambda: cards.AmountOff(0), "amount: above 0"),
            (lambda: cards.NewPrice(-1), "price: not below 0"),
            (lambda: cards.NewPrice(1, sku=" "), "sku: say it"),
            (lambda: cards.FreeItem(""), "sku: say it in a word"),
            (lambda: cards.FreeItem("a", 0), "n: a whole number"),
            (lambda: cards.FreeItem("a", 1001), "n: a whole number, 1 to 1000"),
            (lambda: cards.Units("", cards.Unit.STAMP, 1), "template_id: say it"),
            (lambda: cards.Units("t", "stamp", 1), "unit: one of Unit.STAMP"),  # pyright: ignore[reportArgumentType]
            (lambda: cards.Units("t", cards.Unit.STAMP, 0), "n: above 0"),
        ],
    )
    def test_what_cannot_be_is_named(self, make, says):
        """A benefit that makes no sense is refused by the name of the field."""
        with pytest.raises(errors.InvalidValue, match=says):
            make()

    @pytest.mark.parametrize(
        ("benefit", "field"),
        [
            (cards.Percent(5, max_discount="1.5"), "max_discount"),
            (cards.AmountOff("1.5"), "amount"),
            (cards.NewPrice("1.5"), "price"),
            (cards.Percent("5.5"), None),
            (cards.FreeItem("a"), None),
            (cards.Units("t", cards.Unit.POINT, "0.5"), None),
        ],
    )
    def test_half_a_coin_is_refused(self, benefit, field):
        """An amount that the currency cannot hold is refused by its field's name."""
        assert None is refused_field(benefit, "EUR")
        assert field == refused_field(benefit, "JPY")

    def test_money_of_another_currency_is_refused(self):
        """10.00 USD off make no sense where euros are counted."""
        with pytest.raises(errors.CurrencyMismatch):
            check_benefit(cards.AmountOff(Money("10.00", "USD")), "EUR")


LINES = st.builds(
    cards.Line,
    st.sampled_from(["coffee", "cake", "tea"]),
    st.decimals(0, 1000, places=2),
    st.integers(1, 5),
)
ORDERS = st.one_of(
    st.builds(cards.Order, st.decimals(0, 5000, places=2)),
    st.lists(LINES, min_size=1, max_size=6).map(lambda lines: cards.Order(lines=lines)),
)
ABOVE_0 = st.decimals("0.01", 300, places=2)
BENEFITS = st.one_of(
    st.builds(
        cards.Percent,
        st.decimals("0.01", 100, places=2),
        max_discount=st.none() | ABOVE_0,
    ),
    st.builds(cards.AmountOff, ABOVE_0),
    st.builds(cards.NewPrice, ABOVE_0, sku=st.sampled_from([None, "coffee", "cake"])),
    st.builds(cards.FreeItem, st.sampled_from(["coffee", "cake"]), st.integers(1, 7)),
    st.just(cards.Units("t", cards.Unit.STAMP, 1)),
)


class TestLaws:
    @given(benefit=BENEFITS, order=ORDERS, level=st.sampled_from(cards.RoundingLevel))
    def test_no_line_gives_more_than_it_has(self, benefit, order, level):
        """Each line gives between nothing and all of it, so the order does too."""
        bill = order.bill("EUR")
        by_line = cards.discount_of(benefit, bill, level)

        assert len(bill.lines) == len(by_line)
        assert all(
            0 <= n <= line for n, line in zip(by_line, bill.amounts, strict=True)
        )
        assert 0 <= bill.less(by_line).total <= bill.total

    @given(percent=st.decimals("0.01", 100, places=2), most=ABOVE_0, order=ORDERS)
    def test_a_cap_holds(self, percent, most, order):
        """A percentage with a cap is the lower of the two."""
        bill = order.bill("EUR")
        free = sum(cards.discount_of(cards.Percent(percent), bill))
        capped = cards.discount_of(cards.Percent(percent, max_discount=most), bill)

        assert min(free, int(most * 100)) == sum(capped)

    @given(price=ABOVE_0, order=ORDERS)
    def test_a_new_price_is_the_price(self, price, order):
        """What is left to pay is the new price, or less where the order was less."""
        bill = order.bill("EUR")
        left = bill.less(cards.discount_of(cards.NewPrice(price), bill))

        assert min(bill.total, int(price * 100)) == left.total
