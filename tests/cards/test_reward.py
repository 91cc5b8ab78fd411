"""Reward cards; the worked examples are among the vectors."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from loyaltycore import Money, cards, errors
from loyaltycore.testing.card_play import Player


DAYS = timedelta(days=1)
TEA = cards.RewardTier("tea", "Tea", 10, cards.AmountOff(3))
OFF = cards.RewardTier("off", "20 % off", 50, cards.Percent(20, max_discount=15))


def tea(**settings) -> cards.RewardTier:
    """Ten points buy tea."""
    return cards.RewardTier("tea", "Tea", 10, **settings)


def play(*tiers, points=0, **settings) -> Player:
    """Play with a card of these tiers that has so many points."""
    player = Player(cards.Reward(tiers=tiers or (TEA, OFF), **settings))
    if points:
        player.ask(cards.AddPoints(points))
    return player


class TestRules:
    @pytest.mark.parametrize(
        ("settings", "says"),
        [
            ({"tiers": ()}, "tiers: 1 to 100"),
            ({"tiers": ("tea",)}, "tiers: each is a RewardTier"),
            ({"tiers": (TEA, TEA)}, "tiers: each has an id"),
            ({"tiers": (OFF, TEA)}, "tiers: give them in order"),
            ({"auto_redeem": "cake"}, "auto_redeem: there is no tier cake"),
            (
                {
                    "tiers": [cards.RewardTier("a", "A", 0, usage_limit=1)],
                    "auto_redeem": "a",
                },
                "auto_redeem: a tier that costs nothing",
            ),
            ({"grants": [cards.OnBirthday("cake")]}, "grants: there is no tier"),
            ({"grants": [3]}, "grants: each is one of OnJoining"),
            ({"grants": [cards.OnBirthday("tea")] * 2}, "grants: two give the same"),
            ({"grants": [cards.OnBirthday("tea")] * 101}, "grants: at most 100"),
            ({"mode": cards.Visit()}, "mode: an instance of SpendPoints"),
        ],
    )
    def test_what_cannot_be_is_named(self, settings, says):
        """Rules that make no sense are refused by the name of the field."""
        with pytest.raises(errors.InvalidValue, match=says):
            cards.Reward(**{"tiers": (TEA, OFF), **settings})

    def test_points_have_no_percentage(self):
        """An hour that adds percentage points is none of a reward card."""
        hour = cards.HappyHour(
            [cards.Weekday.MONDAY], "08:00", "09:00", cards.PercentPoints(5)
        )
        with pytest.raises(errors.InvalidValue, match="happy_hours: .*Multiplier"):
            cards.Reward(tiers=(TEA,), happy_hours=[hour])

    @pytest.mark.parametrize(
        ("settings", "says"),
        [
            ({"id": "a/b"}, "id: .*without a slash"),
            ({"id": "a" * 65}, "id: at most 64"),
            ({"id": 3}, "id: "),
            ({"id": " "}, "id: say it"),
            ({"threshold": 0}, "usage_limit: a reward for 0 points"),
            ({"threshold": -1}, "threshold: not below 0"),
            (
                {"benefit": cards.Units("x", cards.Unit.STAMP, 1)},
                "benefit: one of Percent, AmountOff, NewPrice, FreeItem, or None",
            ),
            ({"valid_from": "2026-01-01"}, "valid_from: a date"),
            (
                {"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)},
                "valid_to: not before",
            ),
            ({"usage_window": "day"}, "usage_window: one of UsageWindow.EVER"),
            ({"stock": -1}, "stock: a whole number"),
        ],
    )
    def test_a_tier_that_cannot_be_is_named(self, settings, says):
        """A line of the catalogue that makes no sense is refused by its field."""
        with pytest.raises(errors.InvalidValue, match=says):
            cards.RewardTier(**{"id": "a", "name": "A", "threshold": 1, **settings})

    @pytest.mark.parametrize(
        ("settings", "field"),
        [
            ({"tiers": [cards.RewardTier("a", "A", "0.5")]}, "threshold"),
            (
                {"tiers": [cards.RewardTier("a", "A", 1, cards.AmountOff("0.001"))]},
                "amount",
            ),
            ({"tiers": [TEA], "mode": cards.SpendPoints("0.001")}, "per"),
        ],
    )
    def test_what_the_currency_cannot_hold_is_named(self, settings, field):
        """Half a point, or a tenth of a cent, is refused when a template is made."""
        with pytest.raises(errors.InvalidValue) as refused:
            Player(cards.Reward(**settings))

        assert field == refused.value.field

    def test_what_can_just_be(self):
        """The longest id, one day, and as many tiers and grants as there may be."""
        day = date(2026, 2, 1)
        tier = cards.RewardTier("a" * 64, "A", 1, valid_from=day, valid_to=day)
        tiers = [cards.RewardTier(f"t{n}", "A", 1) for n in range(100)]
        grants = [cards.OnTag(f"tag{n}", "t0") for n in range(100)]
        rules = cards.Reward(tiers=tiers, grants=grants)

        assert tier.closed(day) is None
        assert (100, 100) == (len(rules.tiers), len(rules.grants))


class TestEarning:
    def test_by_hand_a_purchase_earns_nothing(self):
        """Where staff say how many, a purchase is recorded with no points."""
        sale = play().ask(cards.RecordPurchase(50))

        assert (0, 50_00) == (
            sale.balances["point"],
            sale.transaction.purchase_amount,
        )

    def test_each_visit(self):
        """Two visits at 3 points earn 6, and a purchase is one visit."""
        player = play(mode=cards.VisitPoints(3))
        player.ask(cards.CheckIn(2))

        assert 9 == player.ask(cards.RecordPurchase(1)).balances["point"]

    def test_a_refund_is_recomputed(self):
        """25.00 at 2 per 10.00 earn 4; of the 14.00 left after a refund, 2 stay."""
        player = play(mode=cards.SpendPoints(10, 2))
        sale = player.ask(cards.RecordPurchase(25))

        assert 4 == sale.balances["point"]
        assert 2 == player.refund(sale, "11").balances["point"]

    def test_a_visit_is_not_repriced(self):
        """Points of a visit stay when its purchase is refunded in part."""
        player = play(mode=cards.VisitPoints(3))
        sale = player.ask(cards.RecordPurchase(25))

        assert 3 == player.refund(sale, "11").balances["point"]

    def test_a_happy_hour_is_pinned(self):
        """Twice as many on a whole day; a refund prices with what was then."""
        hour = cards.HappyHour(
            list(cards.Weekday), "00:00", "00:00", cards.Multiplier(2)
        )
        player = play(mode=cards.SpendPoints(10, 2), happy_hours=[hour])
        sale = player.ask(cards.RecordPurchase(25))

        assert 8 == sale.balances["point"]
        assert 4 == player.refund(sale, "11").balances["point"]

    @pytest.mark.parametrize(
        ("mechanic", "mode", "command", "points"),
        [
            ("VISIT", cards.VisitPoints(3), cards.CheckIn(), 6),
            ("SPEND", cards.VisitPoints(3), cards.CheckIn(), 3),
            ("VISIT", cards.SpendPoints(10), cards.RecordPurchase(20), 2),
            ("SPEND", cards.SpendPoints(10), cards.RecordPurchase(20), 4),
        ],
    )
    def test_a_happy_hour_of_one_mechanic(self, mechanic, mode, command, points):
        """From 23:00 on by the shop's clock, visits or purchases earn twice."""
        hour = cards.HappyHour(
            [cards.Weekday.SATURDAY],
            "23:00",
            "00:00",
            cards.Multiplier(2),
            mechanics=[cards.Mechanic[mechanic]],
        )

        earned = play(mode=mode, happy_hours=[hour]).ask(command)

        assert points == earned.balances["point"]

    @pytest.mark.parametrize(
        ("mode", "command", "points"),
        [
            (cards.VisitPoints(3), cards.CheckIn(), "3.00"),
            (cards.SpendPoints(10, 3), cards.RecordPurchase(25), "6.00"),
            (cards.SpendPoints("0.01"), cards.RecordPurchase(0), "0.00"),
        ],
    )
    def test_whole_points_on_a_card_of_two_decimals(self, mode, command, points):
        """Modes count whole points, whatever the decimals of the card."""
        earned = play(mode=mode, points_scale=2).ask(command)

        assert points == str(earned.balances["point"])

    def test_a_limit_has_the_decimals_of_points(self):
        """Of 3.0 points, 2.5 are earned."""
        limits = cards.EarnLimits(per_day="2.5")
        player = play(mode=cards.VisitPoints(3), points_scale=1, limits=limits)

        assert "2.5" == str(player.ask(cards.CheckIn()).balances["point"])

    def test_limits_reject(self):
        """A purchase too small is refused, and so is one that earns too much."""
        limits = cards.EarnLimits(min_purchase=5, per_transaction=10)
        player = play(mode=cards.SpendPoints(1), limits=limits)
        with pytest.raises(errors.BelowMinimum):
            player.ask(cards.RecordPurchase(4))
        with pytest.raises(errors.LimitReached):
            player.ask(cards.RecordPurchase(11))

        assert 10 == player.ask(cards.RecordPurchase(10)).balances["point"]

    def test_points_with_decimals(self):
        """On a card of one decimal, half a point buys what costs half a point."""
        half = cards.RewardTier("half", "Half", "0.5")
        player = play(half, points_scale=1)
        player.ask(cards.AddPoints("0.7"))

        claim = player.ask(cards.ClaimVoucher("half"))
        assert Decimal("0.2") == claim.balances["point"]


class TestClaiming:
    def test_what_the_till_shows(self):
        """The till names points, vouchers that wait, and what can be claimed."""
        player = play(points=35)
        first = player.ask(cards.ClaimVoucher("tea"))
        second = player.ask(cards.ClaimVoucher("tea"))

        assert "25 points, 1 voucher, Tea to claim, Tea" == str(first.till)
        assert "15 points, 2 vouchers, Tea to claim, Tea" == str(second.till)

    def test_what_can_be_claimed(self):
        """A reward for nothing once, others as often as the points are enough."""
        free = cards.RewardTier("hello", "Hello", 0, usage_limit=1)
        one = cards.RewardTier("one", "One", 1)
        shown = [play(free, one, points=n).ask(cards.AddPoints(0)) for n in (0, 3)]

        assert [(("Hello", 1),), (("Hello", 1), ("One", 3))] == [
            done.till.rewards for done in shown
        ]

    def test_an_unknown_tier(self):
        """A tier that the catalogue lacks is named with those that it has."""
        with pytest.raises(errors.InvalidValue, match="tier: this card has tea, off"):
            play().ask(cards.ClaimVoucher("cake"))

    def test_on_an_order_at_once(self):
        """A claim with an order uses its voucher; the void gives the points back."""
        player = play(points=50)
        claim = player.ask(cards.ClaimVoucher("off", cards.Order(100)))
        voided = player.void(claim)

        assert "off" == claim.transaction.pinned["voucher"]
        assert (15_00, 85_00) == (claim.till.discount, claim.till.pay)
        assert "0 points, 20 % off, 15.00 EUR off" == str(claim.till)
        assert {"point": 0, "reward": 0} == claim.balances
        assert {"point": 50, "reward": 0} == voided.balances

    @pytest.mark.parametrize(
        ("window", "again_after"),
        [("DAY", 1), ("WEEK", 2), ("MONTH", 28), ("YEAR", 365)],
    )
    def test_a_window_begins_anew(self, window, again_after):
        """What is used up today can be claimed again in the next window."""
        tier = tea(usage_limit=1, usage_window=cards.UsageWindow[window])
        player = play(tier, points=30)
        player.ask(cards.ClaimVoucher("tea"))
        with pytest.raises(errors.LimitReached) as refused:
            player.ask(cards.ClaimVoucher("tea"))
        resets_at: Any = refused.value.details["resets_at"]

        assert player.ask(cards.ClaimVoucher("tea"), after=again_after * DAYS)
        assert resets_at <= player.now

    def test_the_limit_is_the_customer_s(self):
        """Two cards of a customer share a limit; another customer has their own."""
        player = play(tea(usage_limit=1), points=10)
        player.ask(cards.ClaimVoucher("tea"))
        shop, card = player.shop, player.shop.cards.get(player.card_id)
        found = {}
        for name in ("Ada", "Bob"):
            to = card.customer_id
            if name == "Bob":
                to = shop.customers.register(first_name=name).id
            other = shop.cards.issue(card.template_id, to=to)
            shop.cards.add_points(other.id, 10)
            quote = shop.cards.quote(other.id, cards.ClaimVoucher("tea"))
            found[name] = quote.refusal and quote.refusal.code

        assert {"Ada": "limit_reached", "Bob": None} == found

    def test_each_limit_is_counted_by_itself(self):
        """Three in stock of each; a customer has one a day, counted in Berlin."""
        tiers = [
            tea(usage_limit=1, usage_window=cards.UsageWindow.DAY, stock=3),
            cards.RewardTier("cake", "Cake", 10, stock=3),
        ]
        player = play(*tiers, points=100)
        for tier in ("tea", "cake", "cake", "cake"):
            player.ask(cards.ClaimVoucher(tier))
        with pytest.raises(errors.LimitReached) as today:
            player.ask(cards.ClaimVoucher("tea"))
        with pytest.raises(errors.LimitReached) as stock:
            player.ask(cards.ClaimVoucher("cake"))

        assert {
            "limit": "claims of Tea a day",
            "used": 1,
            "at_most": 1,
            "resets_at": datetime(2026, 1, 31, 23, tzinfo=UTC),
        } == today.value.details
        assert {
            "limit": "Cake in stock",
            "used": 3,
            "at_most": 3,
            "resets_at": None,
        } == stock.value.details

    def test_stock_is_shared(self):
        """What two customers can have between them once, the second one cannot."""
        player = play(tea(stock=1), points=10)
        shop, card = player.shop, player.shop.cards.get(player.card_id)
        bob = shop.customers.register(first_name="Bob")
        other = shop.cards.issue(card.template_id, to=bob.id)
        shop.cards.add_points(other.id, 10)
        claim = player.ask(cards.ClaimVoucher("tea"))
        with pytest.raises(errors.LimitReached, match="1 Tea in stock"):
            shop.cards.claim_voucher(other.id, "tea")
        player.void(claim)

        assert 1 == shop.cards.claim_voucher(other.id, "tea").balances["reward"]

    @pytest.mark.parametrize(
        ("settings", "status"),
        [
            ({"valid_from": date(2026, 2, 2)}, "not_begun"),
            ({"valid_to": date(2026, 1, 30)}, "ended"),
        ],
    )
    def test_out_of_its_season(self, settings, status):
        """Before its first day and after its last one a reward cannot be claimed."""
        player = play(tea(**settings), points=10)
        with pytest.raises(errors.NotAvailable) as refused:
            player.ask(cards.ClaimVoucher("tea"))

        assert status == refused.value.details["status"]
        assert () == player.shop.cards.show(player.card_id).till.rewards

    def test_by_itself(self):
        """35 points at 10 each become three vouchers, one of which each use takes."""
        player = play(tea(), auto_redeem="tea")
        added = player.ask(cards.AddPoints(35))
        used = player.ask(cards.UseVoucher(added.id))

        assert {"point": 5, "reward": 3} == added.balances
        assert {"point": 5, "reward": 2} == used.balances

    def test_by_itself_within_limits(self):
        """Points that the limit does not let be claimed stay points."""
        once = play(tea(usage_limit=4), auto_redeem="tea")
        once.ask(cards.AddPoints(15))
        assert {"point": 10, "reward": 4} == once.ask(cards.AddPoints(35)).balances
        player = play(tea(usage_limit=2), auto_redeem="tea")

        assert {"point": 15, "reward": 2} == player.ask(cards.AddPoints(35)).balances
        assert {"point": 25, "reward": 2} == player.ask(cards.AddPoints(10)).balances

    def test_by_itself_when_points_begin_to_count(self):
        """Two lots that begin to count unseen share a limit of one claim."""
        player = play(
            tea(usage_limit=1),
            auto_redeem="tea",
            mode=cards.VisitPoints(10),
            pending=cards.After(3, "days"),
        )
        player.ask(cards.CheckIn())
        player.ask(cards.CheckIn(), after=DAYS)
        later = player.ask(cards.AddPoints(1), after=30 * DAYS)

        assert {"point": 11, "reward": 1} == later.balances
        assert not player.shop.verify().problems


class TestVouchers:
    def test_used_twice(self):
        """A voucher is used once, and its claim stays while it is used."""
        player = play(points=20)
        first = player.ask(cards.ClaimVoucher("tea"))
        player.ask(cards.ClaimVoucher("tea"))
        used = player.ask(cards.UseVoucher(first.id, cards.Order(2)))
        with pytest.raises(errors.NotAvailable, match="is used"):
            player.ask(cards.UseVoucher(first.id))
        with pytest.raises(errors.NotReversible, match="voucher was used"):
            player.void(first)
        player.void(used)

        assert (2_00, 0) == (used.till.discount, used.till.pay)
        assert {"point": 10, "reward": 1} == player.void(first).balances

    def test_of_another_card_or_none(self):
        """What is no voucher of the card is not used, whatever it is."""
        player = play(points=20)
        added = player.posted[0]
        for voucher in (added.id, "nothing"):
            with pytest.raises(errors.NotAvailable, match="has no voucher") as refused:
                player.ask(cards.UseVoucher(voucher))
            assert {"status": "unknown"} == refused.value.details
        with pytest.raises(errors.InsufficientBalance, match="0 vouchers, 1 asked"):
            player.ask(cards.UseVoucher())
        with pytest.raises(errors.InsufficientBalance):
            player.ask(cards.ReserveVoucher())

    def test_on_somebody_else_s_card(self):
        """A voucher of one card is none of another."""
        player = play(points=20)
        claim = player.ask(cards.ClaimVoucher("tea"))
        shop, card = player.shop, player.shop.cards.get(player.card_id)
        bob = shop.customers.register(first_name="Bob")
        other = shop.cards.issue(card.template_id, to=bob.id)
        with pytest.raises(errors.NotAvailable, match="has no voucher"):
            shop.cards.use_voucher(other.id, claim.id)

    def test_it_expires(self):
        """A voucher that counts for five days is gone after them."""
        player = play(points=20, voucher_validity=cards.Rolling(5, "days"))
        claim = player.ask(cards.ClaimVoucher("tea"))
        with pytest.raises(errors.NotAvailable, match="is expired"):
            player.ask(cards.UseVoucher(claim.id), after=6 * DAYS)
        with pytest.raises(errors.NotReversible):
            player.void(claim)

    def test_reported_after_its_end(self):
        """A claim reported so late that its voucher is gone can be voided at once."""
        player = play(points=20, voucher_validity=cards.Rolling(5, "days"))
        player.now += 8 * DAYS
        claim = player.ask(cards.ClaimVoucher("tea"), late=8 * DAYS)

        assert {"point": 10, "reward": 0} == claim.balances
        assert {"point": 20, "reward": 0} == player.void(claim).balances

    def test_reserved_and_confirmed(self):
        """A reserved voucher waits for its order: it is captured, or released."""
        player = play(points=20)
        claim = player.ask(cards.ClaimVoucher("tea"))
        held = player.ask(cards.ReserveVoucher(claim.id, cards.Order(10)))
        with pytest.raises(errors.NotAvailable):
            player.ask(cards.UseVoucher(held.id))
        released = player.shop.transactions.release(held.id)
        again = player.ask(cards.ReserveVoucher())
        captured = player.shop.transactions.capture(again.id)

        assert (3_00, 7_00) == (held.till.discount, held.till.pay)
        assert [0, 1, 0] == [
            posted.balances["reward"] for posted in (held, released, captured)
        ]

    def test_the_one_that_was_asked_for_is_reserved(self):
        """Of two vouchers, the other one can still be used."""
        player = play(points=20)
        first = player.ask(cards.ClaimVoucher("tea"))
        second = player.ask(cards.ClaimVoucher("tea"))
        player.ask(cards.ReserveVoucher(second.id))
        with pytest.raises(errors.NotAvailable):
            player.ask(cards.UseVoucher(second.id))

        assert 0 == player.ask(cards.UseVoucher(first.id)).balances["reward"]

    def test_a_reserved_voucher_is_not_called_used(self):
        """While one is reserved and another used, what is gone may be either."""
        player = play(points=20)
        claims = [player.ask(cards.ClaimVoucher("tea")) for _ in range(2)]
        said = []
        for command in (
            cards.ReserveVoucher(claims[0].id),
            cards.UseVoucher(claims[1].id),
        ):
            player.ask(command)
            with pytest.raises(errors.NotAvailable) as refused:
                player.ask(cards.UseVoucher(claims[0].id))
            said.append(refused.value.details["status"])

        assert ["reserved", "reserved or used"] == said

    def test_rewards_by_hand(self):
        """A reward of no tier counts as long as vouchers do, and takes nothing off."""
        player = play(voucher_validity=cards.Rolling(5, "days"))
        shop, card = player.shop, player.card_id
        shop.cards.adjust(card, "reward", 2)
        held = player.ask(cards.ReserveVoucher(order=cards.Order(10)))
        used = player.ask(cards.UseVoucher(order=cards.Order(10)))
        player.shop.transactions.release(held.id)
        player.now += 6 * DAYS

        assert (0, 0) == (held.till.discount, used.till.discount)
        assert 0 == player.shop.cards.show(card).balances["reward"]

    def test_a_gift_takes_nothing_off(self):
        """A reward without a benefit is handed over; the order stays as it is."""
        player = play(tea(), points=10)
        player.ask(cards.ClaimVoucher("tea"))
        used = player.ask(cards.UseVoucher(order=cards.Order(Money(10, "EUR"))))

        assert (0, 10_00) == (used.till.discount, used.till.pay)

    def test_a_tier_that_is_gone(self):
        """Vouchers outlive their tier: they are used, and take nothing off."""
        player = play(points=20)
        claim = player.ask(cards.ClaimVoucher("tea"))
        card = player.shop.cards.get(player.card_id)
        rules = cards.Reward(tiers=(OFF,))
        player.shop.templates.change(card.template_id, rules=rules)
        used = player.ask(cards.UseVoucher(claim.id, cards.Order(10)))

        assert (0, 10_00) == (used.till.discount, used.till.pay)

    def test_the_smallest_of_each_command(self):
        """The till lists what can be done, for the cheapest reward."""
        player = play(points=10)
        found = {
            action.name: action.is_possible
            for action in player.shop.cards.actions(player.card_id)
        }

        assert found["ClaimVoucher"]
        assert found["GrantVoucher"]
        assert not found["UseVoucher"]


class TestGranting:
    def test_by_hand(self):
        """A voucher for nothing takes no points, but is taken off the stock."""
        player = play(tea(usage_limit=1, stock=2))
        player.ask(cards.GrantVoucher("tea"))
        granted = player.ask(cards.GrantVoucher("tea"))
        assert "tea" == granted.transaction.pinned["voucher"]
        with pytest.raises(errors.LimitReached):
            player.ask(cards.GrantVoucher("tea"))

        assert {"point": 0, "reward": 2} == granted.balances

    def test_for_an_occasion_once(self):
        """The same occasion with the same mark is granted once, until it is voided."""
        player = play()
        grant = cards.GrantVoucher("tea", occasion="birthday/tea", mark="2026-02-01")
        first = player.ask(grant)
        with pytest.raises(errors.NotAvailable) as refused:
            player.ask(grant)
        player.void(first)

        assert "granted" == refused.value.details["status"]
        assert 1 == player.ask(grant).balances["reward"]
