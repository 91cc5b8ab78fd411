"""Saved filters, and filters that are asked of one customer, on every store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest
from tests.conftest import NOON

from loyaltycore import Loyalty, cards, errors, filters
from loyaltycore.customers.saved_filters import FILTERS_MAX
from loyaltycore.ports import Insert
from loyaltycore.program.managers import Manager, Permission
from loyaltycore.records.managers import manager_row


if TYPE_CHECKING:
    from loyaltycore import Program
    from loyaltycore.customers.filters import CustomerFilter
    from loyaltycore.ports import Store

RICH = filters.points.at_least(100)
POOR = ~RICH


def acting(shop: Loyalty, manager_id: str, *permissions: Permission) -> Loyalty:
    """Take somebody on, and act as them."""
    manager = Manager(
        id=manager_id,
        version=1,
        name="Mia",
        permissions=frozenset(permissions),
        created_at=NOON,
    )
    with shop.store.session() as session:
        session.apply([Insert("manager", [manager_row(shop.program.id, manager)])])
    return shop._over(attrs.evolve(shop._shell, manager_id=manager_id))


class TestSaved:
    """``filters.save``, ``get``, ``all`` and ``delete``."""

    def test_a_filter_is_kept_under_its_name(self, shop: Loyalty):
        """CU-11: "My Filters" are saved, found, replaced and deleted by name."""
        saved = shop.filters.save(" Rich ", RICH)

        assert ("Rich", RICH, None) == (saved.name, saved.filter, saved.manager_id)
        assert saved == shop.filters.get("Rich")
        shop.filters.save("Rich", POOR)
        assert [("Rich", POOR)] == [(s.name, s.filter) for s in shop.filters.all()]
        shop.filters.delete("Rich")
        assert [] == shop.filters.all()

    def test_a_name_that_is_not_there(self, shop: Loyalty):
        """Getting and deleting both name what is missing."""
        for ask in (shop.filters.get, shop.filters.delete):
            with pytest.raises(errors.UnknownFilter, match="the name 'Rich'"):
                ask("Rich")

    def test_each_manager_has_their_own(self, shop: Loyalty):
        """CU-11: a manager's own filter is theirs, and stands before everybody's."""
        mia = acting(shop, "mia", Permission.VIEW_CUSTOMERS)
        tom = acting(shop, "tom", Permission.VIEW_CUSTOMERS, Permission.SETTINGS)
        mia.filters.save("Rich", RICH)
        tom.filters.save("Rich", POOR, shared=True)
        tom.filters.save("Mine", RICH)

        assert RICH == mia.filters.get("Rich").filter
        assert POOR == tom.filters.get("Rich").filter == shop.filters.get("Rich").filter
        assert ["Rich", "Rich"] == [one.name for one in mia.filters.all()]
        assert ["Mine", "Rich"] == [one.name for one in tom.filters.all()]
        mia.filters.delete("Rich")
        assert POOR == mia.filters.get("Rich").filter

    def test_everybodys_take_a_permission(self, shop: Loyalty):
        """Only who may change settings saves or deletes for others."""
        mia = acting(shop, "mia", Permission.VIEW_CUSTOMERS)
        shop.filters.save("Rich", RICH)
        for ask in (
            lambda: mia.filters.save("Poor", POOR, shared=True),
            lambda: mia.filters.delete("Rich", shared=True),
        ):
            with pytest.raises(errors.PermissionDenied):
                ask()

        assert ["Rich"] == [one.name for one in shop.filters.all()]

    def test_what_the_program_cannot_answer_is_not_saved(self, shop: Loyalty):
        """CU-11: an unknown field of the program's own is refused at once."""
        with pytest.raises(errors.InvalidFilter, match="no field of this name"):
            shop.filters.save("Pets", filters.field("pet").is_("cat"))
        with pytest.raises(errors.InvalidValue, match="name"):
            shop.filters.save("", RICH)

        assert [] == shop.filters.all()

    def test_there_is_a_limit(self, shop: Loyalty):
        """Nobody fills the table; replacing still works."""
        with shop.batch() as batch:
            for number in range(FILTERS_MAX):
                batch.filters.save(f"F {number}", RICH)
        with pytest.raises(errors.QuotaReached):
            shop.filters.save("One more", RICH)

        assert POOR == shop.filters.save("F 0", POOR).filter


class TestFits:
    """``filters.fits``."""

    def test_one_customer_is_asked(self, shop: Loyalty):
        """CU-11: whether somebody satisfies a filter, without a list."""
        ada = shop.customers.register(first_name="Ada")

        assert shop.filters.fits(filters.name.contains("AD"), ada.id)
        assert not shop.filters.fits(filters.points.at_least(1), ada.id)
        with pytest.raises(errors.UnknownCustomer):
            shop.filters.fits(RICH, "nobody")


def test_cards_are_seen_as_they_were_posted(shop: Loyalty):
    """CU-11: balances in their own unit and scale, uses, and the tier of each card."""
    points = shop.templates.create(
        "Points",
        cards.Cashback(
            tiers=(cards.Tier("Basic", 0, 5), cards.Tier("Gold", 100, 10)),
            points_scale=2,
        ),
    )
    stamps = shop.templates.create(
        "Coffee", cards.Stamp(stamps_required=2, reward="Coffee")
    )
    ada = shop.customers.register()
    wallet = shop.cards.issue(points.id, to=ada.id)
    coffee = shop.cards.issue(stamps.id, to=ada.id)

    def fit(*asked: CustomerFilter) -> bool:
        return all(shop.filters.fits(each, ada.id) for each in asked)

    assert fit(filters.tier.is_("Basic"), filters.balance("point").is_(0))
    sale = shop.cards.record_purchase(wallet.id, "110.50")
    assert fit(
        filters.tier.of(points.id).is_("Gold"),
        filters.balance("point").of(points.id).is_("5.52"),
        filters.balance("spend").is_("110.50"),
        filters.points.is_("5.52"),
    )
    shop.transactions.void(sale.id)
    assert fit(filters.tier.is_("Basic"), filters.balance("spend").is_(0))
    shop.cards.add_stamps(coffee.id, 3)
    assert fit(filters.stamps.is_(1), filters.unused_rewards.is_(1))
    claim = shop.cards.claim_reward(coffee.id)
    assert fit(filters.uses.is_(1), filters.unused_rewards.of(stamps.id).is_(0))
    shop.transactions.void(claim.id)
    assert fit(filters.uses.of(stamps.id).is_(0))
    assert () == shop.verify().problems


def test_an_id_is_a_value_like_any_other(shop: Loyalty):
    """CU-11: nobody satisfies a filter that names what is gone, and nothing raises."""
    ada = shop.customers.register()
    listed = shop.segments.create_static("Listed", [ada.id])
    named = filters.segment.is_(listed.id)
    shop.filters.save("Listed", named)
    both = shop.segments.create("Both", named)
    shop.segments.refresh(both.id)
    shop.segments.delete(listed.id)

    (report,) = shop.segments.refresh()
    assert (both.id, 0, 1) == (report.segment.id, report.entered, report.left)
    for one in (
        shop.filters.get("Listed").filter,
        filters.stamps.of("no-such-template").at_least(0),
        filters.card_template.is_("no-such-template"),
        filters.location.is_("no-such-location"),
        filters.registered_by.is_("no-such-manager"),
    ):
        assert not shop.filters.fits(one, ada.id)
        assert 0 == shop.grid.count(one).customers


def test_programs_do_not_see_each_other(shop: Loyalty, store: Store, program: Program):
    """A saved filter is its program's own."""
    shop.filters.save("Rich", RICH)
    other = Loyalty(store, attrs.evolve(program, id="other")).at(NOON)

    assert [] == other.filters.all()
