"""EN-09: what every method of the facade needs, proved by asking all of them."""

from __future__ import annotations

import inspect
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from loyaltycore import Intent, Loyalty, MemoryStore, Program, cards, filters
from loyaltycore.cards import all_commands
from loyaltycore.cards.asking import permission_of
from loyaltycore.errors import InvalidInput, LoyaltyError, PermissionDenied
from loyaltycore.io.card_rules import CardImport, Means
from loyaltycore.ledger import commands as ledger_commands
from loyaltycore.program.managers import OWNER, Permission


if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "permissions.md"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TODAY = date(2026, 3, 2)
RICH = filters.points.at_least(100)

#: What reads nothing and writes nothing, and why.
PURE = {"files.customer_template": "an empty file to fill in, the same for everybody"}
#: What no manager may do: the work of a timer, moving a whole program, and following
#: a link, which a customer has opened.
HOST_ONLY = {
    "links.resolve",
    "files.dump",
    "files.load",
    "messages.dispatch",
    "upkeep.sweep",
    "verify",
}


class Shop:
    """A small programme, to ask everything of."""

    def __init__(self) -> None:
        program = Program(id="cafe", currency="EUR", zone="UTC", phone_region="DE")
        self.shop = Loyalty(MemoryStore(), program).at(NOON)
        self.coffee = self.shop.templates.create("Coffee", cards.Stamp(reward="Tea")).id
        self.mitte = self.shop.locations.add("Mitte").id
        self.till = self.shop.locations.add_terminal(self.mitte, "1").id
        self.eva = self.shop.managers.add("Eva", permissions=()).id
        self.ada = self.shop.customers.register(first_name="Ada").id
        self.bob = self.shop.customers.register(first_name="Bob").id
        self.friends = self.shop.segments.create_static("Old friends").id
        self.note = self.shop.notes.add(self.ada, "Likes milk").id
        self.link = self.shop.links.referral(self.ada).token
        self.card = self.shop.cards.issue(self.coffee, to=self.ada).id
        self.sale = self.shop.cards.add_stamps(self.card, 2).id

    def as_somebody(self, *permissions: Permission) -> Loyalty:
        """The programme, as somebody who may do so much and no more."""
        somebody = self.shop.managers.add("Somebody", permissions=permissions)
        return self.shop.as_manager(somebody.id)


class Nobody:
    """A notifier that is never told anything."""

    def send(self, message: object) -> None:
        """Be told."""


CALLS: dict[str, Callable[[Loyalty, Shop], object]] = {
    "verify": lambda x, _: x.verify(),
    # customers
    "customers.register": lambda x, _: x.customers.register(),
    "customers.get": lambda x, s: x.customers.get(s.ada),
    "customers.find": lambda x, _: x.customers.find(email="ada@example.com"),
    "customers.search": lambda x, _: x.customers.search("ada"),
    "customers.page": lambda x, _: x.customers.page(),
    "customers.edit": lambda x, s: x.customers.edit(s.ada, gender="x"),
    "customers.find_all": lambda x, _: x.customers.find_all(name="ada"),
    "customers.profile": lambda x, s: x.customers.profile(s.ada),
    "customers.feed": lambda x, s: x.customers.feed(s.ada),
    "customers.transactions": lambda x, s: x.customers.transactions(s.ada),
    "customers.deactivate": lambda x, s: x.customers.deactivate(s.ada, "asked"),
    "customers.block": lambda x, s: x.customers.block(s.ada, "fraud"),
    "customers.reopen": lambda x, s: x.customers.reopen(s.ada),
    "customers.set_activity": lambda x, s: x.customers.set_activity(s.ada, "active"),
    "customers.delete": lambda x, s: x.customers.delete(s.ada),
    "customers.restore": lambda x, s: x.customers.restore(s.ada),
    "customers.erase": lambda x, s: x.customers.erase(s.ada),
    "customers.merge": lambda x, s: x.customers.merge(s.bob, into=s.ada),
    "customers.export_person": lambda x, s: x.customers.export_person(s.ada),
    # what is known of customers
    "notes.add": lambda x, s: x.notes.add(s.ada, "Likes tea"),
    "notes.edit": lambda x, s: x.notes.edit(s.note, "Likes coffee"),
    "notes.delete": lambda x, s: x.notes.delete(s.note),
    "notes.of_customer": lambda x, s: x.notes.of_customer(s.ada),
    "notes.due": lambda x, _: x.notes.due(),
    "tags.add": lambda x, s: x.tags.add(s.ada, "vip"),
    "tags.remove": lambda x, s: x.tags.remove(s.ada, "vip"),
    "tags.replace": lambda x, s: x.tags.replace(s.ada, ["vip"]),
    "tags.of_customer": lambda x, s: x.tags.of_customer(s.ada),
    "consents.give": lambda x, s: x.consents.give(s.ada, "sms"),
    "consents.withdraw": lambda x, s: x.consents.withdraw(s.ada, "sms"),
    "consents.is_given": lambda x, s: x.consents.is_given(s.ada, "sms"),
    "consents.of_customer": lambda x, s: x.consents.of_customer(s.ada),
    "consents.history": lambda x, s: x.consents.history(s.ada),
    "feedback.record": lambda x, s: x.feedback.record(s.ada, 5),
    "feedback.of_customer": lambda x, s: x.feedback.of_customer(s.ada),
    "feedback.page": lambda x, _: x.feedback.page(),
    "links.sign_up": lambda x, _: x.links.sign_up(),
    "links.install": lambda x, s: x.links.install(s.card),
    "links.referral": lambda x, s: x.links.referral(s.ada),
    "links.resolve": lambda x, s: x.links.resolve(s.link),
    # lists, filters and segments
    "grid.page": lambda x, _: x.grid.page(),
    "grid.count": lambda x, _: x.grid.count(),
    "grid.save_columns": lambda x, _: x.grid.save_columns("mine", ["user_name"]),
    "grid.column_sets": lambda x, _: x.grid.column_sets(),
    "grid.delete_columns": lambda x, _: x.grid.delete_columns("mine"),
    "filters.save": lambda x, _: x.filters.save("rich", RICH),
    "filters.get": lambda x, _: x.filters.get("rich"),
    "filters.all": lambda x, _: x.filters.all(),
    "filters.fits": lambda x, s: x.filters.fits(RICH, s.ada),
    "filters.delete": lambda x, _: x.filters.delete("rich"),
    "segments.create": lambda x, _: x.segments.create("Rich", RICH),
    "segments.create_static": lambda x, _: x.segments.create_static("Friends"),
    "segments.get": lambda x, s: x.segments.get(s.friends),
    "segments.all": lambda x, _: x.segments.all(),
    "segments.of": lambda x, s: x.segments.of(s.ada),
    "segments.change": lambda x, s: x.segments.change(s.friends, name="Foes"),
    "segments.delete": lambda x, s: x.segments.delete(s.friends),
    "segments.members": lambda x, s: x.segments.members(s.friends),
    "segments.add": lambda x, s: x.segments.add(s.friends, [s.ada]),
    "segments.remove": lambda x, s: x.segments.remove(s.friends, [s.ada]),
    "segments.refresh": lambda x, _: x.segments.refresh(),
    "segments.changes": lambda x, _: x.segments.changes(),
    # templates
    "templates.create": lambda x, _: x.templates.create("T", cards.Stamp(reward="Tea")),
    "templates.change": lambda x, s: x.templates.change(s.coffee, name="Tea"),
    "templates.get": lambda x, s: x.templates.get(s.coffee),
    "templates.list": lambda x, _: x.templates.list(),
    # cards
    "cards.issue": lambda x, s: x.cards.issue(s.coffee, to=s.ada),
    "cards.install": lambda x, s: x.cards.install(s.card),
    "cards.remove": lambda x, s: x.cards.remove(s.card),
    "cards.restore": lambda x, s: x.cards.restore(s.card),
    "cards.delete": lambda x, s: x.cards.delete(s.card),
    "cards.block": lambda x, s: x.cards.block(s.card, "lost"),
    "cards.unblock": lambda x, s: x.cards.unblock(s.card),
    "cards.set_expiration": lambda x, s: x.cards.set_expiration(s.card, None),
    "cards.set_fields": lambda x, s: x.cards.set_fields(s.card, {}),
    "cards.get": lambda x, s: x.cards.get(s.card),
    "cards.scan": lambda x, _: x.cards.scan("0000-0000"),
    "cards.of": lambda x, s: x.cards.of(s.ada),
    "cards.show": lambda x, s: x.cards.show(s.card),
    "cards.actions": lambda x, s: x.cards.actions(s.card),
    "cards.post": lambda x, s: x.cards.post(s.card, cards.AddStamps(1)),
    "cards.post_many": lambda x, s: x.cards.post_many(
        [Intent(s.card, cards.AddStamps(1))]
    ),
    "cards.quote": lambda x, s: x.cards.quote(s.card, cards.AddStamps(1)),
    "cards.record_purchase": lambda x, s: x.cards.record_purchase(s.card, "1.00"),
    "cards.check_in": lambda x, s: x.cards.check_in(s.card),
    "cards.add_stamps": lambda x, s: x.cards.add_stamps(s.card),
    "cards.subtract_stamps": lambda x, s: x.cards.subtract_stamps(s.card),
    "cards.claim_reward": lambda x, s: x.cards.claim_reward(s.card),
    "cards.add_points": lambda x, s: x.cards.add_points(s.card, 1),
    "cards.subtract_points": lambda x, s: x.cards.subtract_points(s.card, 1),
    "cards.redeem_points": lambda x, s: x.cards.redeem_points(s.card, 1),
    "cards.redeem_coupon": lambda x, s: x.cards.redeem_coupon(s.card),
    "cards.reserve_coupon": lambda x, s: x.cards.reserve_coupon(s.card),
    "cards.record_order": lambda x, s: x.cards.record_order(s.card, "1.00"),
    "cards.set_tier": lambda x, s: x.cards.set_tier(s.card, "Gold"),
    "cards.claim_voucher": lambda x, s: x.cards.claim_voucher(s.card, "tea"),
    "cards.use_voucher": lambda x, s: x.cards.use_voucher(s.card),
    "cards.reserve_voucher": lambda x, s: x.cards.reserve_voucher(s.card),
    "cards.grant_voucher": lambda x, s: x.cards.grant_voucher(s.card, "tea"),
    "cards.subscribe": lambda x, s: x.cards.subscribe(s.card),
    "cards.renew": lambda x, s: x.cards.renew(s.card),
    "cards.change_tier": lambda x, s: x.cards.change_tier(s.card, "Gold"),
    "cards.cancel_membership": lambda x, s: x.cards.cancel_membership(s.card),
    "cards.adjust": lambda x, s: x.cards.adjust(s.card, "stamp", 1),
    "cards.hold": lambda x, s: x.cards.hold(s.card, 1),
    "cards.transfer": lambda x, s: x.cards.transfer(s.card, 1, to="other"),
    "cards.add_visits": lambda x, s: x.cards.add_visits(s.card, 1),
    "cards.redeem_visits": lambda x, s: x.cards.redeem_visits(s.card),
    "cards.subtract_visits": lambda x, s: x.cards.subtract_visits(s.card),
    "cards.activate": lambda x, s: x.cards.activate(s.card),
    "cards.load_money": lambda x, s: x.cards.load_money(s.card, "1.00"),
    "cards.redeem_money": lambda x, s: x.cards.redeem_money(s.card, "1.00"),
    # transactions
    "transactions.get": lambda x, s: x.transactions.get(s.sale),
    "transactions.of_card": lambda x, s: x.transactions.of_card(s.card),
    "transactions.void": lambda x, s: x.transactions.void(s.sale),
    "transactions.refund": lambda x, s: x.transactions.refund(s.sale),
    "transactions.amend": lambda x, s: x.transactions.amend(s.sale, "1.00"),
    "transactions.capture": lambda x, s: x.transactions.capture(s.sale),
    "transactions.release": lambda x, s: x.transactions.release(s.sale),
    # rewards
    "rewards.available": lambda x, s: x.rewards.available(s.card),
    "rewards.history": lambda x, s: x.rewards.history(s.card),
    "rewards.cancel": lambda x, s: x.rewards.cancel(s.sale),
    "rewards.grant_tagged": lambda x, s: (
        s.shop.tags.add(s.ada, "vip"),
        x.rewards.grant_tagged("vip"),
    ),
    "rewards.grant_due": lambda x, s: x.rewards.grant_due(s.ada),
    # reports
    "reports.tiles": lambda x, _: x.reports.tiles(),
    "reports.days": lambda x, _: x.reports.days(TODAY, TODAY),
    "reports.days_by": lambda x, _: x.reports.days_by("manager", TODAY, TODAY),
    "reports.points": lambda x, _: x.reports.points(),
    "reports.statement": lambda x, s: x.reports.statement(card_id=s.card),
    "reports.liability": lambda x, _: x.reports.liability(),
    "reports.breakage": lambda x, _: x.reports.breakage(),
    "reports.rfm": lambda x, _: x.reports.rfm(TODAY),
    # files
    "files.plan_customers": lambda x, _: [*x.files.plan_customers("Email\na@b.de")],
    "files.import_customers": lambda x, _: x.files.import_customers("Email\na@b.de"),
    "files.importing_customers": lambda x, _: [
        *x.files.importing_customers("Email\na@b.de")
    ],
    "files.import_cards": lambda x, s: x.files.import_cards(
        "External id,Stamps\n7,3",
        CardImport(template_id=s.coffee, means=Means.TOTAL),
        import_id="i",
    ),
    "files.undo_import": lambda x, _: x.files.undo_import("i"),
    "files.export_customers": lambda x, _: [*x.files.export_customers()],
    "files.export_cards": lambda x, s: [*x.files.export_cards(s.coffee)],
    "files.export_transactions": lambda x, s: [*x.files.export_transactions(s.coffee)],
    "files.dump": lambda x, _: [*x.files.dump()],
    "files.load": lambda x, s: x.files.load([*s.shop.files.dump()]),
    # columns and scores
    "columns.purchases": lambda x, _: [*x.columns.purchases()],
    "columns.transactions": lambda x, _: [*x.columns.transactions()],
    "columns.customers": lambda x, _: [*x.columns.customers(personal=True)],
    "scores.refresh": lambda x, _: x.scores.refresh(),
    "scores.of": lambda x, s: x.scores.of(s.ada),
    "scores.last_run": lambda x, _: x.scores.last_run(),
    "scores.members": lambda x, _: x.scores.members("champions"),
    "scores.changes": lambda x, _: x.scores.changes(),
    # managers and locations
    "managers.add": lambda x, _: x.managers.add("Bob", permissions=()),
    "managers.edit": lambda x, s: x.managers.edit(s.eva, name="Ava", permissions=()),
    "managers.delete": lambda x, s: x.managers.delete(s.eva),
    "managers.restore": lambda x, s: x.managers.restore(s.eva),
    "managers.get": lambda x, s: x.managers.get(s.eva),
    "managers.list": lambda x, _: x.managers.list(),
    "managers.statistics": lambda x, _: x.managers.statistics(TODAY, TODAY, units=True),
    "locations.add": lambda x, _: x.locations.add("Wedding"),
    "locations.edit": lambda x, s: x.locations.edit(s.mitte, name="Moabit"),
    "locations.delete": lambda x, s: x.locations.delete(s.mitte),
    "locations.restore": lambda x, s: x.locations.restore(s.mitte),
    "locations.get": lambda x, s: x.locations.get(s.mitte),
    "locations.list": lambda x, _: x.locations.list(),
    "locations.nearest": lambda x, _: x.locations.nearest("52.5", "13.4"),
    "locations.add_terminal": lambda x, s: x.locations.add_terminal(s.mitte, "2"),
    "locations.delete_terminal": lambda x, s: x.locations.delete_terminal(s.till),
    "locations.terminals": lambda x, s: x.locations.terminals(s.mitte),
    # the outbox and the timer
    "messages.dispatch": lambda x, _: x.messages.dispatch(Nobody()),
    "upkeep.sweep": lambda x, _: x.upkeep.sweep(),
}


def public_methods() -> list[str]:
    """Every public method of the facade's services, and ``verify``."""
    shop = Shop().shop
    services = [
        name
        for name, value in vars(Loyalty).items()
        if isinstance(value, cached_property)
    ]
    return [
        "verify",
        *(
            f"{service}.{name}"
            for service in services
            for name, _ in inspect.getmembers(getattr(shop, service), callable)
            if not name.startswith("_")
        ),
    ]


def needed(name: str) -> str:
    """What a manager is told to be missing who has no permission at all."""
    shop = Shop()
    with pytest.raises(PermissionDenied) as caught:
        CALLS[name](shop.as_somebody(), shop)
    return str(caught.value.details["permission"])


def test_every_method_is_asked():
    """EN-09: a new method of a service has to say here how it is called, or why not."""
    assert sorted(public_methods()) == sorted([*CALLS, *PURE])


@pytest.mark.parametrize("name", sorted(CALLS))
def test_nothing_is_done_without_a_permission(name: str):
    """EN-09: whoever has no permission gets nothing out of any method."""
    expected = {"None"} if name in HOST_ONLY else set(map(str, Permission))

    assert needed(name) in expected


@pytest.mark.parametrize("name", sorted(CALLS.keys() - HOST_ONLY))
def test_the_permission_that_is_named_is_enough(name: str):
    """EN-09: with the one that the refusal names, nothing else is missing."""
    shop = Shop()
    # Nobody gives what they have not, nor changes whoever has more.
    somebody = shop.as_somebody(Permission(needed(name)))

    refusal: LoyaltyError | None = None

    try:
        CALLS[name](somebody, shop)
    except LoyaltyError as error:
        refusal = error

    assert not isinstance(refusal, PermissionDenied)


@pytest.mark.parametrize("name", sorted(HOST_ONLY))
def test_what_is_left_to_the_host(name: str):
    """EN-09: not even an owner does what only the host itself does."""
    shop = Shop()
    owner = shop.as_somebody(*OWNER)

    with pytest.raises(PermissionDenied, match="only your own backend"):
        CALLS[name](owner, shop)
    if name != "files.load":  # which wants an empty program
        CALLS[name](shop.shop, shop)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_the_reference_says_what_a_method_needs(name: str):
    """EN-09: the table on the page is that of the code."""
    permission = "your backend alone" if name in HOST_ONLY else f"`{needed(name)}`"
    if name in {"cards.post", "cards.post_many", "cards.quote"}:
        permission = "that of the command"

    assert f"| `{name}` | {permission} |" in PAGE.read_text(encoding="utf-8")


def commands() -> list[type[Any]]:
    """Every command of ours."""
    ours = [getattr(all_commands, name) for name in all_commands.__all__]
    ledgers = (
        getattr(ledger_commands, name)
        for name in ledger_commands.__all__
        if name not in {"CardCommand", "TransactionCommand", "Receive"}
    )
    return [*ours, cards.SetTier, *ledgers]


@pytest.mark.parametrize("command", commands(), ids=lambda each: each.__name__)
def test_the_reference_says_what_a_command_needs(command: type[Any]):
    """EN-09: the table of commands is that of the code; unnamed is earn."""
    permission = getattr(command, "permission", Permission.EARN)

    assert f"| `{command.__name__}` | `{permission}` |" in PAGE.read_text("utf-8")


def test_a_command_from_elsewhere_names_its_own():
    """EN-09: a class outside the package says what it needs as ours do."""

    class Burn:
        permission = Permission.REDEEM

    class Named:
        permission = "redeem"  # a field of that name is no permission

    assert Permission.REDEEM == permission_of(Burn())
    assert Permission.EARN == permission_of(Named())


def test_a_field_that_cannot_be_is_told_first():
    """A command that cannot be is refused as it is made, whoever makes it."""
    shop = Shop()

    with pytest.raises(InvalidInput):
        shop.as_somebody().cards.add_stamps(shop.card, 0)
