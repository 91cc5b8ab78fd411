"""Managers: seats, what they may do where, and that everything knows who did it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import NOON, rows_of

from loyaltycore import Loyalty, MemoryStore, Program, cards, errors
from loyaltycore.io.card_rules import CardImport, Means
from loyaltycore.program.managers import CASHIER, OWNER, SUPERVISOR, Permission
from loyaltycore.program.quotas import Quotas


if TYPE_CHECKING:
    from loyaltycore.ports import Store
    from loyaltycore.program.locations import Location
    from loyaltycore.program.managers import Manager


@pytest.fixture
def mitte(shop: Loyalty) -> Location:
    """A shop in Mitte."""
    return shop.locations.add("Mitte")


@pytest.fixture
def eva(shop: Loyalty) -> Manager:
    """A cashier who works everywhere."""
    return shop.managers.add("Eva", permissions=CASHIER, email="Eva@Example.com")


@pytest.fixture
def card_id(shop: Loyalty) -> str:
    """A customer's points card, ten percent."""
    template = shop.templates.create("Points", cards.Cashback(percent=10))
    return shop.cards.issue(template.id, to=shop.customers.register().id).id


class TestSeats:
    def test_a_manager_is_kept_as_said(self, shop: Loyalty, mitte: Location):
        """EN-09: name trimmed, e-mail in its one form, permissions by name as well."""
        bob = shop.managers.add(
            " Bob ",
            permissions=["earn", Permission.VOID],
            locations=mitte.id,
            email="Bob@Example.com",
        )

        assert ("Bob", "bob@example.com") == (bob.name, bob.email)
        assert {Permission.EARN, Permission.VOID} == bob.permissions
        assert {mitte.id} == bob.locations
        assert bob == shop.managers.get(bob.id)

    def test_what_is_edited_and_what_stays(self, shop: Loyalty, eva: Manager):
        """EN-09: what is not given stays; None leaves nobody's address."""
        ava = shop.managers.edit(eva.id, name="Ava")
        bare = shop.managers.edit(eva.id, email=None, permissions=OWNER, locations=())

        assert ("Ava", eva.email, CASHIER) == (ava.name, ava.email, ava.permissions)
        assert (None, OWNER, 3) == (bare.email, bare.permissions, bare.version)
        assert bare == shop.managers.edit(eva.id) == shop.managers.get(eva.id)

    def test_a_seat_is_freed_and_the_history_stays(
        self, shop: Loyalty, eva: Manager, card_id: str
    ):
        """EN-09: a deleted manager does nothing more, and what they did names them."""
        sale = shop.as_manager(eva.id).cards.record_purchase(card_id, "10.00")
        gone = shop.managers.delete(eva.id)

        with pytest.raises(errors.PermissionDenied):
            shop.as_manager(eva.id).cards.record_purchase(card_id, "10.00")
        assert [] == shop.managers.list()
        assert [gone] == shop.managers.list(deleted=True)
        assert gone == shop.managers.delete(eva.id)
        assert eva.id == shop.transactions.get(sale.id).actor_id
        (did,) = shop.managers.statistics(NOON.date(), NOON.date(), manager=eva.id)
        assert 1 == did.transactions

    def test_a_manager_comes_back(self, shop: Loyalty, eva: Manager):
        """EN-09: whoever was deleted by mistake has seat and permissions again."""
        shop.managers.delete(eva.id)
        back = shop.managers.restore(eva.id)

        assert back.has_seat
        assert eva.permissions == back.permissions
        assert [back] == shop.managers.list()

    def test_an_address_is_one_managers(self, shop: Loyalty, eva: Manager):
        """EN-09: two cannot sign in with one address, unless the other one is gone."""
        with pytest.raises(errors.DuplicateField) as caught:
            shop.managers.add("Ava", permissions=(), email="eva@example.com")
        shop.managers.delete(eva.id)
        shop.managers.add("Ava", permissions=(), email="eva@example.com")
        with pytest.raises(errors.DuplicateField):
            shop.managers.restore(eva.id)

        assert {"field": "email", "owner_id": eva.id} == caught.value.details

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"name": ""}, "name"),
            ({"name": "a\nb"}, "name"),
            ({"name": "x" * 201}, "name"),
            ({"name": 7}, "name"),
            ({"permissions": ["fly"]}, "permissions"),
            ({"permissions": 7}, "permissions"),
            ({"locations": [7]}, "locations"),
            ({"locations": [str(n) for n in range(201)]}, "locations"),
        ],
    )
    def test_what_cannot_be(
        self, shop: Loyalty, eva: Manager, fields: dict, field: str
    ):
        """EN-09: a bad field is named, and nothing is written."""
        with pytest.raises(errors.InvalidValue) as caught:
            shop.managers.edit(eva.id, **fields)

        assert field == caught.value.field
        assert eva == shop.managers.get(eva.id)

    def test_who_is_not_there(self, shop: Loyalty, card_id: str):
        """EN-09: an unknown manager, or place of one, is a typed error."""
        for ask in (
            lambda: shop.managers.get("nobody"),
            lambda: shop.managers.edit("nobody", name="Ava"),
            lambda: shop.managers.delete("nobody"),
            lambda: shop.as_manager("nobody").cards.show(card_id),
        ):
            with pytest.raises(errors.UnknownManager):
                ask()
        with pytest.raises(errors.UnknownLocation):
            shop.managers.add("Eva", permissions=(), locations=["nowhere"])

    def test_no_repr_tells_a_name(self, eva: Manager):
        """Name and address of a manager are in no log line."""
        assert "Eva" not in repr(eva)
        assert "eva@" not in repr(eva)


class TestQuota:
    @pytest.fixture
    def small(self, store: Store) -> Loyalty:
        """A plan with two seats, two locations and two customers."""
        quotas = Quotas(seats=2, locations=2, customers=2)
        program = Program(id="small", currency="EUR", zone="UTC", quotas=quotas)
        return Loyalty(store, program).at(NOON)

    def test_seats(self, small: Loyalty):
        """EN-16: a third manager is refused until one of the two is gone."""
        eva = small.managers.add("Eva", permissions=())
        small.managers.add("Bob", permissions=())
        with pytest.raises(errors.QuotaReached) as caught:
            small.managers.add("Ava", permissions=())
        small.managers.delete(eva.id)
        small.managers.add("Ava", permissions=())
        with pytest.raises(errors.QuotaReached):
            small.managers.restore(eva.id)

        assert ("seats", 2) == tuple(caught.value.details.values())
        assert ["Bob", "Ava"] == [each.name for each in small.managers.list()]
        assert () == small.verify().problems

    def test_locations(self, small: Loyalty):
        """EN-16: a third location is refused; one that was deleted makes room."""
        first = small.locations.add("1")
        small.locations.add("2")
        with pytest.raises(errors.QuotaReached):
            small.locations.add("3")
        small.locations.delete(first.id)
        small.locations.add("3")
        with pytest.raises(errors.QuotaReached) as caught:
            small.locations.restore(first.id)

        assert ("locations", 2) == tuple(caught.value.details.values())
        assert () == small.verify().problems

    def test_customers(self, small: Loyalty, store: Store):
        """EN-16: a third customer is refused, and nothing of them is written."""
        small.customers.register(first_name="Ada")
        small.customers.register(first_name="Bob")
        before = rows_of(store)
        with pytest.raises(errors.QuotaReached) as caught:
            small.customers.register(first_name="Cem")

        assert ("customers", 2) == tuple(caught.value.details.values())
        assert before == rows_of(store)
        assert () == small.verify().problems

    def test_customers_who_leave_and_come_back(self, small: Loyalty):
        """EN-16: whoever is deleted makes room, and is restored where there is some."""
        ada = small.customers.register()
        bob = small.customers.register()
        small.customers.delete(ada.id)
        cem = small.customers.register()
        with pytest.raises(errors.QuotaReached):
            small.customers.restore(ada.id)
        small.customers.merge(cem.id, into=bob.id)
        small.customers.restore(ada.id)

        assert 2 == small.reports.tiles().customers
        assert () == small.verify().problems

    def test_customers_in_a_file(self, small: Loyalty):
        """EN-16: rows beyond the plan fail one by one, dry run or not."""
        small.customers.register(first_name="Ada")
        rows = "Email\nb@example.com\nc@example.com\nd@example.com\n"
        tried = small.files.import_customers(rows, dry_run=True, batch_rows=1)
        done = small.files.import_customers(rows, batch_rows=1)

        for report in (tried, done):
            assert (1, 2) == (report.created, report.failed)
            assert {"quota_reached"} == {each.code for each in report.errors}
        assert 2 == small.reports.tiles().customers

    def test_a_plan_may_be_changed(self, store: Store, small: Loyalty):
        """EN-16: numbers are kept without a limit too, so that one can be set later."""
        free = Loyalty(store, Program(id="small", currency="EUR", zone="UTC")).at(NOON)
        for n in range(5):
            free.customers.register(external_id=str(n))
        with pytest.raises(errors.QuotaReached):
            small.customers.register()

        assert 5 == free.reports.tiles().customers


class TestActing:
    def test_everything_knows_who_did_it(
        self, shop: Loyalty, eva: Manager, mitte: Location, card_id: str
    ):
        """EN-09: transactions and registrations name the manager and the place."""
        staff = shop.as_manager(eva.id, mitte.id)
        sale = staff.cards.record_purchase(card_id, "10.00").transaction
        ada = staff.customers.register(first_name="Ada")
        shop.managers.edit(eva.id, permissions=SUPERVISOR)
        void = staff.transactions.void(sale.id).transaction

        for each in (sale, void):
            assert (eva.id, mitte.id) == (each.actor_id, each.location_id)
        assert (eva.id, mitte.id) == (ada.registered_by, ada.location_id)

    def test_what_a_card_opens_with_names_the_manager(
        self, shop: Loyalty, eva: Manager, mitte: Location
    ):
        """EN-09: welcome points are posted by whoever issues the card."""
        rules = cards.Cashback(percent=10, welcome_points="5.00")
        template = shop.templates.create("Points", rules)
        ada = shop.customers.register()
        card = shop.as_manager(eva.id, mitte.id).cards.issue(template.id, to=ada.id)

        (opening,) = shop.transactions.of_card(card.id)
        assert (eva.id, mitte.id) == (opening.actor_id, opening.location_id)

    def test_an_import_names_the_manager(self, shop: Loyalty, card_id: str):
        """EN-09: who brings a file in is the actor of its rows, and of undoing it."""
        mia = shop.managers.add("Mia", permissions=OWNER)
        staff = shop.as_manager(mia.id)
        staff.files.import_customers("Email\nada@example.com")
        template_id = shop.cards.get(card_id).template_id
        rules = CardImport(template_id=template_id, means=Means.TOTAL, issue_cards=True)
        rows = "Email,Points\nada@example.com,5\n"
        report = staff.files.import_cards(rows, rules, import_id="old")
        staff.files.undo_import("old")
        ada = shop.customers.find(email="ada@example.com")

        assert 1 == report.created
        assert ada is not None
        assert mia.id == ada.registered_by
        (card,) = shop.cards.of(ada.id)
        journal = shop.transactions.of_card(card.id)
        assert ["import", "void"] == [each.kind for each in journal]
        assert {mia.id} == {each.actor_id for each in journal}

    def test_grants_name_the_manager(self, shop: Loyalty, eva: Manager):
        """EN-09: a grant that falls due at the till names who was there."""
        rules = cards.Reward(
            tiers=(cards.RewardTier("tea", "Tea", 1, cards.AmountOff("1.00")),),
            grants=(cards.OnJoining("tea", since=NOON.date()),),
        )
        template = shop.templates.create("Rewards", rules)
        ada = shop.customers.register()
        shop.cards.issue(template.id, to=ada.id)

        (posted,) = shop.as_manager(eva.id).rewards.grant_due(ada.id)
        assert eva.id == posted.transaction.actor_id

    def test_nobody_acts_for_somebody_else(
        self, shop: Loyalty, eva: Manager, card_id: str
    ):
        """EN-09: another actor than the manager is refused; the same one is not."""
        staff = shop.as_manager(eva.id)
        with pytest.raises(errors.InvalidValue) as caught:
            staff.cards.record_purchase(card_id, "10.00", actor="bob")
        named = staff.cards.record_purchase(card_id, "10.00", actor=eva.id)

        assert "actor" == caught.value.field
        assert eva.id == named.transaction.actor_id

    def test_a_host_names_whom_it_likes(self, shop: Loyalty, card_id: str):
        """EN-09: without ``as_manager``, the actor and the location are any text."""
        sale = shop.cards.record_purchase(
            card_id, "10.00", actor="till girl", location="the corner"
        )

        assert "till girl" == sale.transaction.actor_id
        assert "the corner" == sale.transaction.location_id

    def test_a_command_takes_its_own_permission(
        self, shop: Loyalty, eva: Manager, card_id: str, store: Store
    ):
        """EN-09: a cashier earns and redeems, and neither adjusts, voids nor amends."""
        staff = shop.as_manager(eva.id)
        sale = staff.cards.record_purchase(card_id, "50.00")
        staff.cards.redeem_points(card_id, "1.00")
        before = rows_of(store)
        for needs, ask in (
            ("adjust", lambda: staff.cards.subtract_points(card_id, "1.00")),
            ("adjust", lambda: staff.cards.adjust(card_id, "point", "1.00")),
            ("void", lambda: staff.transactions.void(sale.id)),
            ("void", lambda: staff.transactions.refund(sale.id, "1.00")),
            ("amend", lambda: staff.transactions.amend(sale.id, "1.00")),
            ("settings", lambda: staff.templates.change("x", name="y")),
        ):
            with pytest.raises(errors.PermissionDenied) as caught:
                ask()
            assert needs == caught.value.details["permission"]

        assert before == rows_of(store)

    def test_a_permission_that_is_taken_away_is_gone_at_once(
        self, shop: Loyalty, eva: Manager, card_id: str
    ):
        """EN-09: the same object is asked anew for every call, also in a batch."""
        staff = shop.as_manager(eva.id)
        staff.cards.record_purchase(card_id, "1.00")
        shop.managers.edit(eva.id, permissions=())
        with pytest.raises(errors.PermissionDenied):
            staff.cards.record_purchase(card_id, "1.00")
        with pytest.raises(errors.PermissionDenied), staff.batch() as batch:
            batch.cards.record_purchase(card_id, "1.00")
        with pytest.raises(errors.PermissionDenied):
            staff.at(NOON + timedelta(days=1)).cards.show(card_id)

    def test_money_is_hidden_from_who_may_not_see_it(self, shop: Loyalty, card_id: str):
        """EN-09: figures without amounts for whoever has statistics alone."""
        shop.cards.record_purchase(card_id, "10.00", actor="x")
        bob = shop.managers.add("Bob", permissions=[Permission.VIEW_STATISTICS])
        staff, today = shop.as_manager(bob.id), NOON.date()
        tiles = staff.reports.tiles()
        (day,) = staff.reports.days(today, today)
        (did,) = staff.managers.statistics(today, today, manager="x")

        assert (1, 1, 1) == (tiles.purchases, day.purchases, did.purchases)
        assert None is tiles.purchase_value is tiles.average
        assert None is day.revenue is did.revenue
        assert "10.00 EUR" == str(shop.reports.tiles().purchase_value)


class TestPlaces:
    @pytest.fixture
    def ines(self, shop: Loyalty, mitte: Location) -> Manager:
        """A supervisor who works in Mitte only."""
        return shop.managers.add("Ines", permissions=SUPERVISOR, locations=[mitte.id])

    def test_who_is_bound_acts_there_alone(
        self, shop: Loyalty, ines: Manager, mitte: Location, card_id: str
    ):
        """EN-09: at one of theirs, by default or by option; nowhere else."""
        wedding = shop.locations.add("Wedding")
        there = shop.as_manager(ines.id, mitte.id)
        there.cards.record_purchase(card_id, "1.00")
        shop.as_manager(ines.id).cards.record_purchase(
            card_id, "1.00", location=mitte.id
        )
        options: Any
        for staff, options in (
            (shop.as_manager(ines.id), {}),
            (shop.as_manager(ines.id, wedding.id), {}),
            (there, {"location": wedding.id}),
        ):
            with pytest.raises(errors.PermissionDenied) as caught:
                staff.cards.record_purchase(card_id, "1.00", **options)
            with pytest.raises(errors.PermissionDenied):
                staff.customers.register(**options)

        assert wedding.id == caught.value.details["location_id"]
        assert 2 == shop.reports.tiles().transactions

    def test_a_place_has_to_be_known(
        self, shop: Loyalty, eva: Manager, mitte: Location, card_id: str
    ):
        """EN-09: a manager acts at a location that there is, and that is in use."""
        for ask in (
            lambda: shop.as_manager(eva.id, "nowhere").cards.show(card_id),
            lambda: shop.as_manager(eva.id).cards.check_in(card_id, location="x"),
        ):
            with pytest.raises(errors.UnknownLocation):
                ask()
        shop.locations.delete(mitte.id)
        with pytest.raises(errors.UnknownLocation):
            shop.as_manager(eva.id, mitte.id).cards.show(card_id)

    def test_figures_are_those_of_the_place(
        self, shop: Loyalty, ines: Manager, mitte: Location, card_id: str
    ):
        """EN-09: tiles, days and statistics are of where the manager is."""
        wedding, today = shop.locations.add("Wedding"), NOON.date()
        shop.cards.record_purchase(card_id, "1.00", location=mitte.id)
        shop.cards.record_purchase(card_id, "2.00", location=wedding.id)
        there = shop.as_manager(ines.id, mitte.id)
        (day,) = there.reports.days(today, today)
        (did,) = there.managers.statistics(today, today)
        with pytest.raises(errors.PermissionDenied):
            there.reports.days(today, today, location=wedding.id)
        with pytest.raises(errors.PermissionDenied):
            there.managers.statistics(today, today, location=wedding.id)

        assert "1.00 EUR" == str(there.reports.tiles().purchase_value)
        assert "1.00 EUR" == str(day.revenue) == str(did.revenue)


class TestAbove:
    def test_nobody_gives_what_they_have_not(self, shop: Loyalty, eva: Manager):
        """EN-09: a manager of managers neither raises anybody nor themselves."""
        some = {Permission.MANAGE_MANAGERS, *CASHIER}
        bob = shop.managers.add("Bob", permissions=some)
        mia = shop.managers.add("Mia", permissions=OWNER)
        staff = shop.as_manager(bob.id)
        cem = staff.managers.add("Cem", permissions=CASHIER)
        for ask in (
            lambda: staff.managers.add("Dan", permissions=OWNER),
            lambda: staff.managers.edit(eva.id, permissions=OWNER),
            lambda: staff.managers.edit(bob.id, permissions=OWNER),
            lambda: staff.managers.edit(mia.id, permissions=()),
            lambda: staff.managers.delete(mia.id),
        ):
            with pytest.raises(errors.PermissionDenied):
                ask()

        assert staff.managers.edit(cem.id, permissions=()).permissions == frozenset()
        assert mia == shop.managers.get(mia.id)

    def test_nobody_gives_places_that_are_not_theirs(
        self, shop: Loyalty, mitte: Location
    ):
        """EN-09: whoever is bound to places seats people at those, and nowhere else."""
        wedding = shop.locations.add("Wedding")
        lea = shop.managers.add("Lea", permissions=OWNER, locations=[mitte.id])
        staff = shop.as_manager(lea.id, mitte.id)
        staff.managers.add("Dan", permissions=CASHIER, locations=[mitte.id])
        for places in ([], [wedding.id], [mitte.id, wedding.id]):
            with pytest.raises(errors.PermissionDenied):
                staff.managers.add("Dan", permissions=CASHIER, locations=places)


class TestStatistics:
    def test_a_month_at_the_till(
        self, shop: Loyalty, eva: Manager, mitte: Location, card_id: str
    ):
        """
        EN-09: what Eva did, by hand.

        On the 2nd she sells 50.00 and 30.00 to one customer and 20.00 to another whom
        she signs up, and redeems 2.00 points.  On the 3rd a supervisor voids the 30.00
        and amends the 20.00 to 25.00.
        """
        ines = shop.managers.add("Ines", permissions=SUPERVISOR)
        there = shop.as_manager(eva.id, mitte.id)
        template_id = shop.cards.get(card_id).template_id
        there.cards.record_purchase(card_id, "50.00")
        wrong = there.cards.record_purchase(card_id, "30.00")
        bob = there.customers.register()
        other = there.cards.issue(template_id, to=bob.id).id
        low = there.cards.record_purchase(other, "20.00")
        paid = there.cards.redeem_points(card_id, "2.00")
        later = shop.at(NOON + timedelta(days=1)).as_manager(ines.id)
        later.transactions.void(wrong.id)
        later.transactions.amend(low.id, "25.00")
        first, last = NOON.date(), NOON.date() + timedelta(days=1)

        _, second = shop.managers.statistics(first, first, units=True)
        hers, supervised = shop.managers.statistics(last, last, units=True)
        both = shop.managers.statistics(first, last, manager=eva.id, units=True)[0]

        assert (eva.id, 1, 2, 4) == (
            second.manager_id,
            second.new_customers,
            second.customers,
            second.transactions,
        )
        assert {"earn": 3, "redeem": 1} == second.by_kind
        assert "100.00 EUR" == str(second.revenue)
        assert (3, 1, 0, 0) == (
            second.purchases,
            second.redemptions,
            second.voids,
            second.amends,
        )
        assert second.last_transaction_at == paid.transaction.occurred_at
        assert (10, 2) == (second.points_earned, second.points_redeemed)
        # The 30.00 is off hers on the day of the void, and so is 5.00 more.
        assert (eva.id, -1, -1, "-25.00 EUR", 0, 0) == (
            hers.manager_id,
            hers.transactions,
            hers.purchases,
            str(hers.revenue),
            hers.voids,
            hers.amends,
        )
        assert (ines.id, 0, "0.00 EUR", 1, 1) == (
            supervised.manager_id,
            supervised.transactions,
            str(supervised.revenue),
            supervised.voids,
            supervised.amends,
        )
        assert {"void": 1, "amend": 1} == supervised.by_kind
        assert (3, "75.00 EUR") == (both.transactions, str(both.revenue))
        assert both.units is not None
        points = both.units["point"]  # 5.00 + 3.00 + 2.00 - 3.00 + 0.50
        assert ("7.50", "2.00") == (str(points.added), str(points.taken))
        assert () == shop.verify().problems

    def test_what_others_named_is_counted_too(self, shop: Loyalty, card_id: str):
        """EN-09: a host's own names, and nobody, have their statistics."""
        today = NOON.date()
        shop.cards.record_purchase(card_id, "1.00", location="a", actor="till girl")
        shop.cards.record_purchase(card_id, "2.00", location="b")
        shop.cards.record_purchase(card_id, "4.00", source="import")
        nobody, named = shop.managers.statistics(today, today)
        (there,) = shop.managers.statistics(today, today, location="a", units=True)

        assert (None, "till girl") == (nobody.manager_id, named.manager_id)
        assert (1, 1) == (nobody.transactions, named.transactions)
        assert {"earn": 1} == nobody.by_kind  # the import is nobody's work
        assert "till girl" == there.manager_id
        assert there.units is not None
        assert "0.10" == str(there.units["point"].added)
        assert () == shop.managers.statistics(today, today, manager="eva")

    def test_what_was_redeemed_and_given_back(self, shop: Loyalty):
        """EN-09: units are net: a refund of a redemption is off what was taken."""
        today = NOON.date()
        template = shop.templates.create("Pass", cards.Multipass())
        card = shop.cards.issue(template.id, to=shop.customers.register().id).id
        shop.cards.add_visits(card, 10)
        used = shop.cards.redeem_visits(card, 3)
        shop.transactions.refund(used.id, 1)
        (did,) = shop.managers.statistics(today, today, units=True)

        assert did.units is not None
        visits = did.units["visit"]
        assert ("10", "2") == (str(visits.added), str(visits.taken))
        assert 1 == did.redemptions

    def test_days_that_cannot_be(self, shop: Loyalty):
        """The last day is not before the first one."""
        with pytest.raises(errors.InvalidValue):
            shop.managers.statistics(NOON.date(), NOON.date() - timedelta(days=1))


def test_seats_are_raced_for():
    """EN-16: of two who take the last seat at once, one has it."""
    quotas = Quotas(seats=1)
    program = Program(id="small", currency="EUR", zone="UTC", quotas=quotas)
    store = MemoryStore()
    shop = Loyalty(store, program)

    with store.session() as session:
        from loyaltycore.records.quotas import take

        take(session, program, "seats")
        with pytest.raises(errors.QuotaReached):
            take(session, program, "seats")
    with pytest.raises(errors.QuotaReached):
        shop.managers.add("Eva", permissions=())
