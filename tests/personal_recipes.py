"""
How every public method of every service is called, for the test of personal data.

A recipe is a function of a scene; the first of a method has to succeed, the others are
bad calls.  A new method needs a recipe, or the test fails.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

from loyaltycore import Intent, Loyalty, MemoryStore, Program, cards, filters
from loyaltycore.io.card_rules import CardImport
from loyaltycore.program.customer_form import CustomerForm
from loyaltycore.program.fields import FieldDefinition, FieldType
from loyaltycore.testing.doubles import RecordingNotifier


if TYPE_CHECKING:
    from collections.abc import Callable

    from loyaltycore.customers.filters import CustomerFilter

NOON: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY: Final = date(2026, 3, 2)

Recipe: TypeAlias = "Callable[[Scene], object]"


@attrs.frozen
class Markers:
    """
    What is planted; nothing of it may be told.

    Attributes:
        word: letters of some script, different in every run.
        digits: eight of them.
    """

    word: str
    digits: str

    def text(self, what: str) -> str:
        """A marker for a field."""
        return f"{self.word}-{what}"

    @property
    def phone(self) -> str:
        """A number that can be one."""
        return f"+49151{self.digits}"

    @property
    def email(self) -> str:
        """An address that can be one."""
        return f"m{self.digits}m@example.com"

    @property
    def born(self) -> date:
        """A day that occurs nowhere else."""
        return date(1907, 5, 22)

    def person(self, what: str = "") -> dict[str, Any]:
        """Every personal field of a registration."""
        return {
            "first_name": self.text(f"first{what}"),
            "last_name": self.text(f"last{what}"),
            "phone": self.phone,
            "email": self.email,
            "external_id": self.text(f"external{what}"),
            "birth_date": self.born,
            "gender": self.text("gender"),
            "device": self.text("device"),
            "fields": {"pet": self.text("pet"), "bike": self.text("bike")},
        }

    def told_by(self, text: str) -> bool:
        """Does a text tell anything of them?"""
        folded = text.casefold()
        word, digits = self.word.casefold(), self.digits
        escaped = ascii(self.word)[1:-1].casefold()
        born = ("1907-05-22", "1907, 5, 22")
        forms = (word, escaped, digits, digits[::-1], word[::-1], *born)
        return any(form in folded for form in forms)


class Scene:
    """A shop in which somebody has left every kind of trace."""

    def __init__(self, markers: Markers) -> None:
        self.markers = markers
        form = CustomerForm(
            fields=(
                FieldDefinition("pet", unique=True),
                FieldDefinition("bike"),
                FieldDefinition("size", type=FieldType.CHOICE, choices=("S", "L")),
            )
        )
        program = Program(
            id="cafe",
            currency="EUR",
            zone="Europe/Berlin",
            phone_region="DE",
            customer_form=form,
        )
        self.store = MemoryStore()
        self.shop = Loyalty(self.store, program).at(NOON)
        shop = self.shop
        self.ada = shop.customers.register(**markers.person()).id
        self.bob = shop.customers.register(first_name=markers.text("bob")).id
        self.note = shop.notes.add(self.ada, markers.text("note")).id
        shop.consents.give(self.ada, "sms")
        shop.feedback.record(self.ada, 4, markers.text("review"))
        own = cards.Conditions(form=(cards.FieldDefinition("pet", unique=True),))
        rules = cards.Cashback(percent=10)
        self.wallets = shop.templates.create("Wallet", rules, conditions=own).id
        self.wallet = shop.cards.issue(
            self.wallets, to=self.ada, fields={"pet": markers.text("cardpet")}
        ).id
        shop.cards.install(self.wallet, device=markers.text("carddevice"))
        self.bought = shop.cards.record_purchase(
            self.wallet, "100.00", receipt_id="R-1"
        ).id

    def card(self, rules: Any, to: str | None = None) -> str:
        """Issue a card of rules of its own."""
        template = self.shop.templates.create(rules.kind, rules)
        return self.shop.cards.issue(template.id, to=to or self.ada).id

    @property
    def stamps(self) -> str:
        """A card with a reward to claim and a stamp."""
        card = self.card(cards.Stamp(stamps_required=3, reward="Tea"))
        self.shop.cards.add_stamps(card, 4)
        return card

    @property
    def rewards(self) -> str:
        """A card with points for what is in its catalogue."""
        rules = cards.Reward(
            tiers=[cards.RewardTier("tea", "Tea", 10)],
            grants=[cards.OnTag("vip", "tea"), cards.OnBirthday("tea")],
        )
        card = self.card(rules)
        self.shop.cards.add_points(card, 100)
        return card

    @property
    def visits(self) -> str:
        """A card with visits."""
        package = cards.Package("Ten", 10, "200.00")
        card = self.card(cards.Multipass(packages=[package]))
        self.shop.cards.add_visits(card, package="Ten", purchase_amount="200.00")
        return card

    @property
    def money(self) -> str:
        """A card with money."""
        return self.card(cards.Certificate(initial="50.00"))

    @property
    def gift(self) -> str:
        """A card with money that waits to be activated."""
        rules = cards.Certificate(initial="50.00", activation=cards.OnPayment())
        return self.card(rules)

    @property
    def coupon(self) -> str:
        """A coupon."""
        return self.card(cards.Coupon(offer=cards.Percent(10)))

    @property
    def discount(self) -> str:
        """A card with tiers."""
        return self.card(cards.Discount(tiers=[cards.Tier("Basic", 0, 5)]))

    @property
    def member(self) -> str:
        """A membership that was agreed to."""
        plan = cards.Plan("month", "35.00", 30)
        tiers = [
            cards.MembershipTier("Basic", [plan]),
            cards.MembershipTier("Premium", [plan]),
        ]
        card = self.card(cards.Membership(tiers=tiers))
        self.shop.cards.subscribe(card, "Basic", "month")
        return card

    @property
    def voucher(self) -> str:
        """A voucher that was claimed."""
        return self.shop.cards.claim_voucher(self.rewards, "tea").id

    @property
    def hold(self) -> str:
        """Units that are reserved."""
        return self.shop.cards.hold(self.wallet, "1.00").id

    @property
    def people_file(self) -> str:
        """A file of customers with a bad row."""
        marked = self.markers
        return (
            "first name,last name,phone,e-mail\n"
            f"{marked.text('filed')},x,030 901877,f@example.com\n"
            f"{marked.text('bad')},x,{marked.text('nophone')},{marked.text('nomail')}\n"
        )

    @property
    def balances_file(self) -> str:
        """A file of balances with a bad row."""
        marked = self.markers
        return f"phone,points\n{marked.phone},12\n{marked.text('nobody')},x\n"

    def manager(self, **values: Any) -> str:
        """Give somebody a seat, who may look at customers."""
        given = {"name": "Eva", "permissions": ["view_customers"], **values}
        return self.shop.managers.add(**given).id

    @property
    def staff(self) -> str:
        """A manager with a name and an address."""
        marked = self.markers
        return self.manager(name=marked.text("staff"), email=f"{marked.word}@x.example")

    @property
    def filter(self) -> CustomerFilter:
        """A filter that names somebody."""
        marked = self.markers
        own = filters.field("pet").contains(marked.word)
        return (
            filters.name.contains(marked.word) | filters.phone.is_(marked.phone) | own
        )

    @property
    def friends(self) -> str:
        """A segment with somebody in it."""
        return self.shop.segments.create_static("Old friends", [self.ada]).id

    @property
    def place(self) -> str:
        """A location."""
        return self.shop.locations.add("Mitte").id

    def wrong(self, **values: object) -> object:
        """Register somebody who cannot be."""
        return self.shop.customers.register(**values)  # type: ignore[arg-type]

    def merged(self, **options: Any) -> object:
        """Merge one into the other."""
        return self.shop.customers.merge(self.bob, into=self.ada, **options)


CUSTOMERS: Final[dict[str, tuple[Recipe, ...]]] = {
    "customers.register": (
        lambda s: s.shop.customers.register(first_name=s.markers.text("new")),
        lambda s: s.wrong(**s.markers.person("again")),
        lambda s: s.wrong(phone=s.markers.text("nophone")),
        lambda s: s.wrong(phone=s.markers.phone * 3),
        lambda s: s.wrong(email=s.markers.text("nomail")),
        lambda s: s.wrong(email=f"{s.markers.text('x')}@example.com@"),
        lambda s: s.wrong(first_name=s.markers.text("a\x00b")),
        lambda s: s.wrong(last_name=s.markers.text("x") * 200),
        lambda s: s.wrong(birth_date=s.markers.text("born")),
        lambda s: s.wrong(birth_date=str(s.markers.born)),
        lambda s: s.wrong(gender=[s.markers.text("x")]),
        lambda s: s.wrong(fields={"pet": s.markers.text("pet")}),
        lambda s: s.wrong(fields={"size": s.markers.text("size")}),
        lambda s: s.wrong(fields={"pet": s.markers.text("x") * 100}),
    ),
    "customers.edit": (
        lambda s: s.shop.customers.edit(s.bob, first_name=s.markers.text("new")),
        lambda s: s.shop.customers.edit(s.bob, phone=s.markers.phone),
        lambda s: s.shop.customers.edit(s.bob, email=s.markers.text("nomail")),
        lambda s: s.shop.customers.edit(s.bob, fields={"pet": s.markers.text("pet")}),
    ),
    "customers.get": (lambda s: s.shop.customers.get(s.ada),),
    "customers.find": (
        lambda s: s.shop.customers.find(phone=s.markers.phone),
        lambda s: s.shop.customers.find(phone=s.markers.text("nophone")),
        lambda s: s.shop.customers.find(email=s.markers.text("nomail")),
        lambda s: s.shop.customers.find(name=s.markers.text("x") * 500),
    ),
    "customers.find_all": (
        lambda s: s.shop.customers.find_all(name=s.markers.word),
        lambda s: s.shop.customers.find_all(phone_ending=s.markers.text("x")),
    ),
    "customers.search": (
        lambda s: s.shop.customers.search(s.markers.word),
        lambda s: s.shop.customers.search(s.markers.text("x") * 500),
    ),
    "customers.page": (lambda s: s.shop.customers.page(),),
    "customers.profile": (lambda s: s.shop.customers.profile(s.ada),),
    "customers.feed": (lambda s: s.shop.customers.feed(s.ada),),
    "customers.transactions": (lambda s: s.shop.customers.transactions(s.ada),),
    "customers.deactivate": (
        lambda s: s.shop.customers.deactivate(s.ada, s.markers.text("reason")),
        lambda s: s.shop.customers.deactivate(s.ada, s.markers.text("a\nb")),
    ),
    "customers.block": (
        lambda s: s.shop.customers.block(s.ada, s.markers.text("reason")),
        lambda s: s.shop.customers.block(s.ada, s.markers.text("x") * 100),
    ),
    "customers.reopen": (lambda s: s.shop.customers.reopen(s.ada),),
    "customers.set_activity": (
        lambda s: s.shop.customers.set_activity(s.ada, "inactive"),
        lambda s: s.shop.customers.set_activity(s.ada, s.markers.text("x")),
    ),
    "customers.delete": (
        lambda s: s.shop.customers.delete(s.bob),
        lambda s: s.shop.customers.delete(s.ada),
    ),
    "customers.restore": (
        lambda s: (s.shop.customers.delete(s.bob), s.shop.customers.restore(s.bob)),
    ),
    "customers.erase": (
        lambda s: s.shop.customers.erase(s.ada),
        lambda s: (s.hold, s.shop.customers.erase(s.ada)),
    ),
    "customers.merge": (
        lambda s: s.merged(),
        lambda s: (s.merged(), s.merged()),
        lambda s: s.merged(stamps=s.markers.text("x")),
    ),
    "customers.export_person": (lambda s: s.shop.customers.export_person(s.ada),),
    "notes.add": (
        lambda s: s.shop.notes.add(s.ada, s.markers.text("another")),
        lambda s: s.shop.notes.add(s.ada, s.markers.text("a\x00b")),
        lambda s: s.shop.notes.add(s.ada, "x", kind=s.markers.text("kind")),
        lambda s: s.shop.notes.add(s.ada, s.markers.text("x"), kind="reminder"),
    ),
    "notes.edit": (
        lambda s: s.shop.notes.edit(s.note, s.markers.text("other")),
        lambda s: s.shop.notes.edit(s.note, s.markers.text("x") * 5_000),
    ),
    "notes.delete": (lambda s: s.shop.notes.delete(s.note),),
    "notes.of_customer": (lambda s: s.shop.notes.of_customer(s.ada),),
    "notes.due": (lambda s: s.shop.notes.due(),),
    "tags.add": (
        lambda s: s.shop.tags.add(s.ada, "vip"),
        lambda s: s.shop.tags.add(s.ada, s.markers.text("x") * 50),
    ),
    "tags.remove": (lambda s: s.shop.tags.remove(s.ada, "vip"),),
    "tags.replace": (lambda s: s.shop.tags.replace(s.ada, ["vip"]),),
    "tags.of_customer": (lambda s: s.shop.tags.of_customer(s.ada),),
    "consents.give": (
        lambda s: s.shop.consents.give(s.ada, "email", source="till"),
        lambda s: s.shop.consents.give(s.ada, s.markers.text("x")),
        lambda s: s.shop.consents.give(s.ada, "email", s.markers.text("X!")),
        lambda s: s.shop.consents.give(s.ada, "email", source=s.markers.email),
    ),
    "consents.withdraw": (lambda s: s.shop.consents.withdraw(s.ada, "sms"),),
    "consents.is_given": (lambda s: s.shop.consents.is_given(s.ada, "sms"),),
    "consents.of_customer": (lambda s: s.shop.consents.of_customer(s.ada),),
    "consents.history": (lambda s: s.shop.consents.history(s.ada),),
    "feedback.record": (
        lambda s: s.shop.feedback.record(s.ada, 5, s.markers.text("lovely")),
        lambda s: s.shop.feedback.record(s.ada, 9, s.markers.text("lovely")),
        lambda s: s.shop.feedback.record(s.ada, 5, s.markers.text("a\x00b")),
    ),
    "feedback.of_customer": (lambda s: s.shop.feedback.of_customer(s.ada),),
    "feedback.page": (lambda s: s.shop.feedback.page(),),
    "links.install": (lambda s: s.shop.links.install(s.wallet),),
    "links.referral": (lambda s: s.shop.links.referral(s.ada),),
    "links.resolve": (
        lambda s: s.shop.links.resolve(s.shop.links.referral(s.ada).token),
        lambda s: s.shop.links.resolve(s.markers.text("token")),
    ),
    "links.sign_up": (lambda s: s.shop.links.sign_up(),),
}

CARDS: Final[dict[str, tuple[Recipe, ...]]] = {
    "cards.issue": (
        lambda s: s.shop.cards.issue(
            s.wallets, to=s.bob, fields={"pet": s.markers.text("other")}
        ),
        lambda s: s.shop.cards.issue(
            s.wallets, to=s.bob, fields={"pet": s.markers.text("cardpet")}
        ),
        lambda s: s.shop.cards.issue(
            s.wallets, to=s.bob, fields={"pet": s.markers.text("x") * 99}
        ),
    ),
    "cards.install": (
        lambda s: s.shop.cards.install(s.wallet, device=s.markers.text("phone")),
        lambda s: s.shop.cards.install(s.wallet, device=s.markers.text("x") * 99),
    ),
    "cards.set_fields": (
        lambda s: s.shop.cards.set_fields(s.wallet, {"pet": s.markers.text("cat")}),
        lambda s: s.shop.cards.set_fields(s.wallet, {"pet": [s.markers.text("cat")]}),
    ),
    "cards.block": (
        lambda s: s.shop.cards.block(s.wallet, s.markers.text("bench")),
        lambda s: s.shop.cards.block(s.wallet, s.markers.text("x") * 99),
    ),
    "cards.unblock": (lambda s: s.shop.cards.unblock(s.wallet),),
    "cards.get": (lambda s: s.shop.cards.get(s.wallet),),
    "cards.of": (lambda s: s.shop.cards.of(s.ada),),
    "cards.scan": (lambda s: s.shop.cards.scan(s.shop.cards.get(s.wallet).serial),),
    "cards.show": (lambda s: s.shop.cards.show(s.wallet),),
    "cards.actions": (lambda s: s.shop.cards.actions(s.wallet),),
    "cards.remove": (lambda s: s.shop.cards.remove(s.wallet),),
    "cards.restore": (lambda s: s.shop.cards.restore(s.wallet),),
    "cards.delete": (lambda s: s.shop.cards.delete(s.wallet),),
    "cards.set_expiration": (
        lambda s: s.shop.cards.set_expiration(s.wallet, DAY + timedelta(days=9)),
    ),
    "cards.post": (
        lambda s: s.shop.cards.post(s.wallet, cards.RedeemPoints("1.00")),
        lambda s: s.shop.cards.post(s.wallet, cards.RedeemPoints("9999.00")),
    ),
    "cards.post_many": (
        lambda s: s.shop.cards.post_many(
            [
                Intent(s.wallet, cards.RecordPurchase("5.00")),
                Intent(s.wallet, cards.RedeemPoints("9999.00")),
            ]
        ),
        lambda s: s.shop.cards.post_many(
            [Intent(s.wallet, s.markers.text("buy"))]  # no command at all
        ),
    ),
    "cards.quote": (
        lambda s: s.shop.cards.quote(s.wallet, cards.RedeemPoints("9999.00")),
    ),
    "cards.record_purchase": (
        lambda s: s.shop.cards.record_purchase(s.wallet, "5.00"),
        lambda s: s.shop.cards.record_purchase(s.wallet, "-5.00"),
    ),
    "cards.record_order": (lambda s: s.shop.cards.record_order(s.discount, "20.00"),),
    "cards.add_stamps": (lambda s: s.shop.cards.add_stamps(s.stamps, 1),),
    "cards.subtract_stamps": (
        lambda s: s.shop.cards.subtract_stamps(s.stamps, 1),
        lambda s: s.shop.cards.subtract_stamps(s.stamps, 99),
    ),
    "cards.check_in": (lambda s: s.shop.cards.check_in(s.member),),
    "cards.claim_reward": (lambda s: s.shop.cards.claim_reward(s.stamps),),
    "cards.add_points": (lambda s: s.shop.cards.add_points(s.wallet, 5),),
    "cards.subtract_points": (lambda s: s.shop.cards.subtract_points(s.wallet, 1),),
    "cards.redeem_points": (
        lambda s: s.shop.cards.redeem_points(s.wallet, "1.00"),
        lambda s: s.shop.cards.redeem_points(s.wallet, "1.00", confirm="2.00"),
    ),
    "cards.adjust": (lambda s: s.shop.cards.adjust(s.wallet, "point", 5),),
    "cards.hold": (lambda s: s.shop.cards.hold(s.wallet, "1.00"),),
    "cards.transfer": (
        lambda s: s.shop.cards.transfer(
            s.wallet, "1.00", to=s.shop.cards.issue(s.wallets, to=s.bob).id
        ),
        lambda s: s.shop.cards.transfer(s.wallet, "1.00", to=s.wallet),
    ),
    "cards.set_tier": (
        lambda s: s.shop.cards.set_tier(s.discount, "Basic"),
        lambda s: s.shop.cards.set_tier(s.wallet, "None"),
    ),
    "cards.add_visits": (lambda s: s.shop.cards.add_visits(s.visits, 2),),
    "cards.subtract_visits": (lambda s: s.shop.cards.subtract_visits(s.visits),),
    "cards.redeem_visits": (
        lambda s: s.shop.cards.redeem_visits(s.visits),
        lambda s: s.shop.cards.redeem_visits(s.visits, 99),
    ),
    "cards.activate": (
        lambda s: s.shop.cards.activate(s.gift, purchase_amount="50.00"),
    ),
    "cards.load_money": (
        lambda s: s.shop.cards.load_money(
            s.card(cards.Certificate(reloadable=True)), "20.00"
        ),
        lambda s: s.shop.cards.load_money(s.money, "20.00"),
    ),
    "cards.redeem_money": (
        lambda s: s.shop.cards.redeem_money(s.money, "5.00"),
        lambda s: s.shop.cards.redeem_money(s.money, "500.00"),
    ),
    "cards.redeem_coupon": (
        lambda s: s.shop.cards.redeem_coupon(s.coupon, "20.00", presented_by=s.ada),
        lambda s: s.shop.cards.redeem_coupon(s.coupon, "20.00", presented_by=s.bob),
    ),
    "cards.reserve_coupon": (lambda s: s.shop.cards.reserve_coupon(s.coupon, "20.00"),),
    "cards.claim_voucher": (lambda s: s.shop.cards.claim_voucher(s.rewards, "tea"),),
    "cards.grant_voucher": (lambda s: s.shop.cards.grant_voucher(s.rewards, "tea"),),
    "cards.use_voucher": (
        lambda s: s.shop.cards.use_voucher(s.shop.transactions.get(s.voucher).card_id),
    ),
    "cards.reserve_voucher": (
        lambda s: s.shop.cards.reserve_voucher(
            s.shop.transactions.get(s.voucher).card_id
        ),
    ),
    "cards.subscribe": (
        lambda s: s.member,
        lambda s: s.shop.cards.subscribe(s.member, "Basic", "year"),
    ),
    "cards.renew": (
        lambda s: s.shop.at(NOON + timedelta(days=25)).cards.renew(s.member),
    ),
    "cards.change_tier": (lambda s: s.shop.cards.change_tier(s.member, "Premium"),),
    "cards.cancel_membership": (lambda s: s.shop.cards.cancel_membership(s.member),),
    "rewards.available": (lambda s: s.shop.rewards.available(s.rewards),),
    "rewards.history": (
        lambda s: s.shop.rewards.history(s.shop.transactions.get(s.voucher).card_id),
    ),
    "rewards.cancel": (lambda s: s.shop.rewards.cancel(s.voucher),),
    "rewards.grant_due": (lambda s: (s.rewards, s.shop.rewards.grant_due(s.ada)),),
    "rewards.grant_tagged": (
        lambda s: (s.shop.tags.add(s.ada, "vip"), s.shop.rewards.grant_tagged("vip")),
    ),
    "transactions.get": (lambda s: s.shop.transactions.get(s.bought),),
    "transactions.of_card": (lambda s: s.shop.transactions.of_card(s.wallet),),
    "transactions.void": (lambda s: s.shop.transactions.void(s.bought),),
    "transactions.refund": (
        lambda s: s.shop.transactions.refund(s.bought, "10.00"),
        lambda s: s.shop.transactions.refund(s.bought, "9999.00"),
    ),
    "transactions.amend": (lambda s: s.shop.transactions.amend(s.bought, "90.00"),),
    "transactions.capture": (
        lambda s: s.shop.transactions.capture(s.hold),
        lambda s: s.shop.transactions.capture(s.hold, "99.00"),
    ),
    "transactions.release": (lambda s: s.shop.transactions.release(s.hold),),
}

PROGRAM: Final[dict[str, tuple[Recipe, ...]]] = {
    "templates.create": (
        lambda s: s.shop.templates.create("Tea", cards.Stamp(reward="Tea")),
    ),
    "templates.change": (lambda s: s.shop.templates.change(s.wallets, name="Purse"),),
    "templates.get": (lambda s: s.shop.templates.get(s.wallets),),
    "templates.list": (lambda s: s.shop.templates.list(),),
    "files.plan_customers": (
        lambda s: list(s.shop.files.plan_customers(s.people_file)),
    ),
    "files.import_customers": (
        lambda s: s.shop.files.import_customers(s.people_file),
        lambda s: s.shop.files.import_customers(s.people_file, all_or_nothing=True),
        lambda s: s.shop.files.import_customers(s.markers.text("no header")),
        lambda s: s.shop.files.import_customers(b"\xff" + s.people_file.encode()),
    ),
    "files.importing_customers": (
        lambda s: list(s.shop.files.importing_customers(s.people_file)),
    ),
    "files.import_cards": (
        lambda s: s.shop.files.import_cards(
            s.balances_file, CardImport(template_id=s.wallets), import_id="old till"
        ),
        lambda s: s.shop.files.import_cards(
            s.markers.text("x"), CardImport(template_id=s.wallets), import_id="x"
        ),
    ),
    "files.undo_import": (lambda s: s.shop.files.undo_import("old till"),),
    "files.customer_template": (lambda s: list(s.shop.files.customer_template()),),
    "files.export_customers": (lambda s: list(s.shop.files.export_customers()),),
    "files.export_cards": (lambda s: list(s.shop.files.export_cards(s.wallets)),),
    "files.export_transactions": (lambda s: list(s.shop.files.export_transactions()),),
    "files.dump": (lambda s: list(s.shop.files.dump()),),
    "files.load": (
        lambda s: Loyalty(MemoryStore(), s.shop.program).files.load(
            s.shop.files.dump()
        ),
        lambda s: s.shop.files.load(s.shop.files.dump()),
        lambda s: s.shop.files.load([s.markers.text("x")]),
        lambda s: Loyalty(MemoryStore(), s.shop.program).files.load(
            [line.replace("customer", s.markers.text("x")) for line in _dump(s)]
        ),
    ),
    "columns.customers": (
        lambda s: list(s.shop.columns.customers()),
        lambda s: list(s.shop.columns.customers(rows=0)),
    ),
    "columns.purchases": (lambda s: list(s.shop.columns.purchases()),),
    "columns.transactions": (lambda s: list(s.shop.columns.transactions()),),
    "reports.tiles": (lambda s: s.shop.reports.tiles(),),
    "reports.points": (lambda s: s.shop.reports.points(),),
    "reports.statement": (lambda s: s.shop.reports.statement(customer_id=s.ada),),
    "reports.liability": (lambda s: s.shop.reports.liability(),),
    "reports.breakage": (lambda s: s.shop.reports.breakage(),),
    "reports.rfm": (lambda s: s.shop.reports.rfm(DAY),),
    "scores.refresh": (lambda s: s.shop.scores.refresh(),),
    "scores.of": (lambda s: (s.shop.scores.refresh(), s.shop.scores.of(s.ada)),),
    "scores.last_run": (lambda s: (s.shop.scores.refresh(), s.shop.scores.last_run()),),
    "scores.members": (
        lambda s: (s.shop.scores.refresh(), s.shop.scores.members("new", "champions")),
    ),
    "scores.changes": (lambda s: (s.shop.scores.refresh(), s.shop.scores.changes()),),
    "reports.days": (lambda s: s.shop.reports.days(DAY, DAY),),
    "reports.days_by": (lambda s: s.shop.reports.days_by("manager", DAY, DAY),),
    "grid.page": (
        lambda s: s.shop.grid.page(
            ["user_name", "phone", "email", "birth_date", "device", "utm", "tags"]
        ),
        lambda s: s.shop.grid.page(filter=s.filter),
        lambda s: s.shop.grid.page([s.markers.text("column")]),
        lambda s: s.shop.grid.page(sort=s.markers.text("column")),
    ),
    "grid.count": (
        lambda s: s.shop.grid.count(s.filter),
        lambda s: s.shop.grid.count(filters.phone.is_(s.markers.text("nophone"))),
        lambda s: s.shop.grid.count(filters.email.is_(s.markers.text("nomail"))),
        lambda s: filters.name.contains(f"{s.markers.word}\n"),
        lambda s: filters.birth_date.on(s.markers.word),  # type: ignore[arg-type]
        lambda s: filters.points.at_least(s.markers.word),
        lambda s: filters.status.is_(s.markers.word),
        lambda s: s.shop.grid.count(filters.field("size").is_(s.markers.word)),
        lambda s: filters.gender.is_known() & s.markers.word,  # type: ignore[operator]
        lambda s: s.shop.grid.page(cursor=s.markers.word),
    ),
    "grid.save_columns": (lambda s: s.shop.grid.save_columns("mine", ["user_name"]),),
    "grid.column_sets": (lambda s: s.shop.grid.column_sets(),),
    "grid.delete_columns": (lambda s: s.shop.grid.delete_columns("mine"),),
    "filters.save": (lambda s: s.shop.filters.save("mine", s.filter),),
    "filters.get": (
        lambda s: (s.shop.filters.save("mine", s.filter), s.shop.filters.get("mine")),
    ),
    "filters.all": (
        lambda s: (s.shop.filters.save("mine", s.filter), s.shop.filters.all()),
    ),
    "filters.delete": (
        lambda s: (
            s.shop.filters.save("mine", s.filter),
            s.shop.filters.delete("mine"),
        ),
    ),
    "filters.fits": (
        lambda s: s.shop.filters.fits(s.filter, s.ada),
        lambda s: s.shop.filters.fits(filters.phone.is_(s.markers.text("x")), s.ada),
    ),
    "segments.create": (lambda s: s.shop.segments.create("Hers", s.filter),),
    "segments.create_static": (
        lambda s: s.shop.segments.create_static("Friends", [s.ada]),
        lambda s: s.shop.segments.create_static("Friends", ["nobody"]),
    ),
    "segments.get": (lambda s: s.shop.segments.get(s.friends),),
    "segments.all": (lambda s: (s.friends, s.shop.segments.all()),),
    "segments.of": (lambda s: (s.friends, s.shop.segments.of(s.ada)),),
    "segments.change": (lambda s: s.shop.segments.change(s.friends, name="Foes"),),
    "segments.delete": (lambda s: s.shop.segments.delete(s.friends),),
    "segments.members": (lambda s: s.shop.segments.members(s.friends),),
    "segments.add": (lambda s: s.shop.segments.add(s.friends, [s.bob]),),
    "segments.remove": (lambda s: s.shop.segments.remove(s.friends, [s.ada]),),
    "segments.refresh": (
        lambda s: (s.shop.segments.create("Hers", s.filter), s.shop.segments.refresh()),
    ),
    "segments.changes": (lambda s: (s.friends, s.shop.segments.changes()),),
    "managers.add": (
        lambda s: s.manager(name=s.markers.text("staff")),
        lambda s: s.manager(email=s.markers.text("nomail")),
        lambda s: s.manager(name=s.markers.text("a\x00b")),
    ),
    "managers.edit": (
        lambda s: s.shop.managers.edit(s.staff, name=s.markers.text("staff")),
        lambda s: s.shop.managers.edit(s.staff, email=s.markers.text("nomail")),
    ),
    "managers.delete": (lambda s: s.shop.managers.delete(s.staff),),
    "managers.restore": (lambda s: s.shop.managers.restore(s.staff),),
    "managers.get": (lambda s: s.shop.managers.get(s.staff),),
    "managers.list": (lambda s: (s.staff, s.shop.managers.list()),),
    "managers.statistics": (lambda s: s.shop.managers.statistics(DAY, DAY),),
    "as_manager": (
        lambda s: s.shop.as_manager(s.staff).customers.profile(s.ada),
        lambda s: s.shop.as_manager(s.staff).customers.erase(s.ada),
    ),
    "locations.add": (
        lambda s: s.shop.locations.add("Mitte"),
        lambda s: s.shop.locations.add("x" * 999),
    ),
    "locations.edit": (lambda s: s.shop.locations.edit(s.place, name="Moabit"),),
    "locations.delete": (lambda s: s.shop.locations.delete(s.place),),
    "locations.restore": (lambda s: s.shop.locations.restore(s.place),),
    "locations.get": (lambda s: s.shop.locations.get(s.place),),
    "locations.list": (lambda s: (s.place, s.shop.locations.list()),),
    "locations.nearest": (lambda s: (s.place, s.shop.locations.nearest("52", "13")),),
    "locations.add_terminal": (lambda s: s.shop.locations.add_terminal(s.place, "1"),),
    "locations.delete_terminal": (
        lambda s: s.shop.locations.delete_terminal(
            s.shop.locations.add_terminal(s.place, "1").id
        ),
    ),
    "locations.terminals": (lambda s: s.shop.locations.terminals(s.place),),
    "upkeep.sweep": (lambda s: s.shop.upkeep.sweep(),),
    "messages.dispatch": (lambda s: s.shop.messages.dispatch(RecordingNotifier()),),
    "verify": (lambda s: s.shop.verify(),),
}

RECIPES: Final = {**CUSTOMERS, **CARDS, **PROGRAM}

#: What is asked for in order to get the data itself, as plain text or values.
RETURN_DATA: Final = frozenset(
    {
        "customers.export_person",
        "files.export_customers",
        "files.export_cards",
        "files.export_transactions",
        "files.dump",
    }
)


def _dump(scene: Scene) -> list[str]:
    return list(scene.shop.files.dump())
