"""Rewards of a programme: what can be claimed, what became of it, what is granted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from loyaltycore import Loyalty, Program, cards, errors


MORNING = datetime(2026, 5, 5, 8, tzinfo=UTC)
TEA = cards.RewardTier("tea", "Tea", 10)
CAKE = cards.RewardTier("cake", "Cake", 30, stock=1)


class Scene:
    """A shop with a reward card."""

    def __init__(self, store, **settings):
        program = Program(id="p", currency="EUR", zone="Europe/Berlin")
        self.always = Loyalty(store, program)
        self.shop = self.always.at(MORNING)
        rules = cards.Reward(tiers=(TEA, CAKE), **settings)
        self.template = self.shop.templates.create("Points", rules)
        born = date(1990, 5, 5)
        self.ada = self.shop.customers.register(first_name="Ada", birth_date=born)
        self.card = self.shop.cards.issue(self.template.id, to=self.ada.id)

    def later(self, **time) -> Loyalty:
        """The same shop after some time."""
        return self.always.at(MORNING + timedelta(**time))


class TestAvailable:
    def test_each_with_its_reason(self, store):
        """Of 20 points tea can be claimed and cake cannot, which says why."""
        scene = Scene(store)
        scene.shop.cards.add_points(scene.card.id, 20)
        found = [
            (tier.id, quote.refusal and quote.refusal.code)
            for tier, quote in scene.shop.rewards.available(scene.card.id)
        ]

        assert [("tea", None), ("cake", "insufficient_balance")] == found

    def test_only_of_reward_cards(self, store):
        """A stamp card has no catalogue."""
        scene = Scene(store)
        stamps = scene.shop.templates.create("Stamps", cards.Stamp(reward="Tea"))
        other = scene.shop.cards.issue(stamps.id, to=scene.ada.id)
        for ask in (scene.shop.rewards.available, scene.shop.rewards.history):
            with pytest.raises(errors.CommandNotSupported, match="no catalogue"):
                ask(other.id)


class TestHistory:
    def test_the_whole_way_of_vouchers(self, store):
        """Issued, reserved, used, taken back and expired: each is what it is."""
        scene = Scene(store, voucher_validity=cards.Rolling(5, "days"))
        shop, card = scene.shop, scene.card.id
        shop.cards.add_points(card, 100)
        claims = [shop.cards.claim_voucher(card, "tea").id for _ in range(6)]
        used = shop.cards.use_voucher(card, claims[0])
        shop.rewards.cancel(claims[1])
        held = shop.cards.reserve_voucher(card, claims[2])
        captured = shop.transactions.capture(held.id)
        shop.cards.reserve_voucher(card, claims[3])
        released = shop.cards.reserve_voucher(card, claims[4])
        shop.transactions.release(released.id)
        given_back = shop.cards.use_voucher(card, claims[5])
        shop.transactions.void(given_back.id)
        shop.cards.grant_voucher(card, "cake")
        found = [
            (each.tier, each.cost, each.status.value, each.used_in)
            for each in shop.rewards.history(card)
        ]
        later = scene.later(days=9)
        later.upkeep.sweep()
        then = [each.status.value for each in later.rewards.history(card)]

        assert [
            ("tea", 10, "used", used.id),
            ("tea", 10, "void", None),
            ("tea", 10, "used", captured.id),
            ("tea", 10, "reserved", None),
            ("tea", 10, "issued", None),
            ("tea", 10, "issued", None),
            ("cake", 0, "issued", None),
        ] == found
        assert ["used", "void", "used", *["expired"] * 4] == then
        assert {MORNING} == {each.claimed_at for each in shop.rewards.history(card)}
        assert [MORNING, None, MORNING, *[None] * 4] == [
            each.used_at for each in shop.rewards.history(card)
        ]

    def test_several_in_one_lot(self, store):
        """Three vouchers that were claimed together are used one by one."""
        scene = Scene(store, auto_redeem="tea")
        added = scene.shop.cards.add_points(scene.card.id, 35)
        used = scene.shop.cards.use_voucher(scene.card.id, added.id)
        found = scene.shop.rewards.history(scene.card.id)

        assert ["used", "issued", "issued"] == [each.status.value for each in found]
        assert {(added.id, 10)} == {(each.voucher, each.cost) for each in found}
        assert [MORNING, None, None] == [each.used_at for each in found]
        assert used.id == found[0].used_in


class TestCancel:
    def test_points_come_back(self, store):
        """A voucher that was not used is void, and its points are there again."""
        scene = Scene(store)
        scene.shop.cards.add_points(scene.card.id, 20)
        claim = scene.shop.cards.claim_voucher(scene.card.id, "tea")

        assert 20 == scene.shop.rewards.cancel(claim.id, actor="eve").balances["point"]

    def test_what_is_no_voucher(self, store):
        """A purchase is not voided by the name of a voucher, and nothing is nothing."""
        scene = Scene(store, auto_redeem="tea")
        added = scene.shop.cards.add_points(scene.card.id, 20)
        with pytest.raises(errors.NotReversible, match="no voucher"):
            scene.shop.rewards.cancel(added.id)
        with pytest.raises(errors.UnknownTransaction):
            scene.shop.rewards.cancel("nothing")


class TestGrantDue:
    GRANTS = (
        cards.OnJoining("tea", since=date(2026, 5, 1)),
        cards.OnBirthday("cake"),
        cards.OnTag("vip", "tea", repeat=True),
    )

    def test_everything_once(self, store):
        """A birthday, a first day and a tag give a voucher each; asking again, none."""
        scene = Scene(store, grants=self.GRANTS)
        tags = {"vip": date(2026, 5, 5)}
        first = scene.shop.rewards.grant_due(scene.ada.id, tags=tags)
        again = scene.later(days=1).rewards.grant_due(scene.ada.id, tags=tags)
        tags = {"vip": date(2026, 5, 7)}
        retagged = scene.later(days=2).rewards.grant_due(scene.ada.id, tags=tags)

        assert [1, 2, 3] == [posted.balances["reward"] for posted in first]
        assert {"automation"} == {posted.transaction.source for posted in first}
        assert [] == again
        assert [4] == [posted.balances["reward"] for posted in retagged]

    def test_what_was_voided_stays_void(self, store):
        """A grant that staff took back is not made again by itself."""
        scene = Scene(store, grants=self.GRANTS[:1])
        (granted,) = scene.shop.rewards.grant_due(scene.ada.id)
        scene.shop.rewards.cancel(granted.id)

        assert [] == scene.shop.rewards.grant_due(scene.ada.id)

    def test_out_of_stock(self, store):
        """What is out of stock is not granted, and the rest is."""
        scene = Scene(store, grants=self.GRANTS[:2])
        scene.shop.cards.grant_voucher(scene.card.id, "cake")
        granted = scene.shop.rewards.grant_due(scene.ada.id)

        assert [2] == [posted.balances["reward"] for posted in granted]

    def test_other_cards_and_customers(self, store):
        """Cards without a catalogue are passed over, and nobody is nobody."""
        scene = Scene(store)
        stamps = scene.shop.templates.create("Stamps", cards.Stamp(reward="Tea"))
        scene.shop.cards.issue(stamps.id, to=scene.ada.id)

        assert [] == scene.shop.rewards.grant_due(scene.ada.id)
        with pytest.raises(errors.UnknownCustomer):
            scene.shop.rewards.grant_due("nobody")
