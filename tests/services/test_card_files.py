"""Balances and transactions of another system, brought in on cards."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from loyaltycore import Loyalty, cards
from loyaltycore.errors import InvalidValue, UnknownTemplate
from loyaltycore.io.card_rules import CardImport, Means
from loyaltycore.io.cell_values import DateOrder, NumberStyle
from loyaltycore.io.reading import Reading
from loyaltycore.testing.doubles import RecordingNotifier


if TYPE_CHECKING:
    from loyaltycore.customers.customer import Customer
    from loyaltycore.io.import_report import ImportReport

PEOPLE = "first name,phone,external id\nAda,030 901820,A\nBob,030 901821,B\n"
TIERS = (cards.Tier("Basic", 0, 1), cards.Tier("Gold", 100, 5))


@pytest.fixture
def ada(shop: Loyalty) -> Customer:
    """Ada, and Bob beside her."""
    shop.files.import_customers(PEOPLE)
    found = shop.customers.find(external_id="A")
    assert found is not None
    return found


@pytest.fixture
def points(shop: Loyalty) -> str:
    """A cashback template with tiers."""
    return shop.templates.create("Points", cards.Cashback(tiers=TIERS)).id


@pytest.fixture
def coffee(shop: Loyalty) -> str:
    """A stamp template of ten."""
    rules = cards.Stamp(stamps_required=10, reward="Coffee")
    return shop.templates.create("Coffee", rules).id


def counts(report: ImportReport) -> tuple[int, int, int]:
    """Posted, unchanged, failed."""
    return report.created, report.unchanged, report.failed


def codes(report: ImportReport) -> list[tuple[int, str]]:
    """Where and why rows failed."""
    return [(error.line, error.code) for error in report.errors]


def balances(shop: Loyalty, customer: Customer) -> dict[str, Decimal]:
    """What the customer's only card holds."""
    (card,) = shop.cards.of(customer.id)
    shown = shop.cards.show(card.id).balances
    return {unit: amount for unit, amount in shown.items() if amount}


class TestTotals:
    def test_points_and_the_spend_that_sets_the_tier(
        self, shop: Loyalty, ada: Customer, points: str
    ):
        """Each unit has a column of its own; spend raises the tier."""
        text = "external id,points,spend\nA,12.50,150.00\n"
        report = shop.files.import_cards(
            text, CardImport(template_id=points), import_id="x"
        )

        assert (1, 0, 0) == counts(report)
        assert {"point": Decimal("12.50"), "spend": 150} == balances(shop, ada)
        (card,) = shop.cards.of(ada.id)
        assert "Gold" in str(shop.cards.show(card.id).till)
        assert not shop.verify().problems

    def test_a_total_is_what_there_is_afterwards(
        self, shop: Loyalty, ada: Customer, coffee: str
    ):
        """A card that has stamps gets or loses the difference; or nothing changes."""
        rules = CardImport(template_id=coffee)
        card = shop.cards.issue(coffee, to=ada.id)
        shop.cards.add_stamps(card.id, 3)

        for import_id, stamps, expected in (("a", 7, 1), ("b", 2, 1), ("c", 2, 0)):
            text = f"phone,stamps\n030 901820,{stamps}\n"
            report = shop.files.import_cards(text, rules, import_id=import_id)

            assert (expected, 1 - expected, 0) == counts(report)
            assert {"stamp": stamps} == balances(shop, ada)
        assert not shop.verify().problems

    def test_the_same_customer_twice(self, shop: Loyalty, ada: Customer, coffee: str):
        """Two totals for one customer: the second is refused, whoever it names."""
        text = "phone,external id,stamps\n030 901820,,2\n,A,3\n"
        rules = CardImport(template_id=coffee)
        report = shop.files.import_cards(text, rules, import_id="x", batch_rows=1)

        assert [(3, "duplicate_in_file")] == codes(report)
        assert {"stamp": 2} == balances(shop, ada)

    def test_a_second_call_does_nothing(
        self, shop: Loyalty, ada: Customer, coffee: str
    ):
        """A finished import is told again; a row is never counted twice."""
        text = "external id,stamps\nA,2\nB,1\n"
        rules = CardImport(template_id=coffee, means=Means.MORE)
        first = shop.files.import_cards(text, rules, import_id="x")
        again = shop.files.import_cards(text, rules, import_id="x")

        assert (False, True) == (first.is_replay, again.is_replay)
        assert (2, 0, 0) == counts(first) == counts(again)
        assert {"stamp": 2} == balances(shop, ada)

    def test_a_dry_run(self, shop: Loyalty, ada: Customer, coffee: str):
        """What is planned is what is done, and until then nothing is."""
        text = "external id,stamps,points\nA,2,\nB,1.5,\nC,1,\nA,,1\n"
        rules = CardImport(template_id=coffee, means=Means.MORE)
        dry = shop.files.import_cards(text, rules, import_id="x", dry_run=True)

        assert [] == shop.cards.of(ada.id)
        real = shop.files.import_cards(text, rules, import_id="x")
        assert codes(dry) == codes(real)
        assert counts(dry) == counts(real) == (1, 0, 3)


class TestRows:
    def test_what_can_be_wrong(self, shop: Loyalty, ada: Customer, coffee: str):
        """Every row that cannot be posted is reported and leaves its card alone."""
        text = (
            "external id,phone,serial,stamps,points,occurred at,_action\n"
            "Z,,,1,,,\n"
            "A,030 901821,,1,,,\n"
            ",,NOPE,1,,,\n"
            "A,,,,,,\n"
            "A,,,1.5,,,\n"
            "A,,,,1,,\n"
            "A,,,-1,,,\n"
            "A,,,1,,2027-01-01,\n"
            "A,,,x,,,\n"
            "A,,,1,,,skip\n"
        )
        report = shop.files.import_cards(
            text, CardImport(template_id=coffee), import_id="x"
        )

        assert [
            (2, "unknown_customer"),
            (3, "identity_conflict"),
            (4, "unknown_card"),
            (5, "missing_value"),
            (6, "invalid_amount"),
            (7, "invalid_value"),
            (8, "invalid_amount"),
            (9, "invalid_moment"),
            (10, "invalid_number"),
        ] == codes(report)
        assert 1 == report.skipped
        assert [] == shop.cards.of(ada.id)

    def test_half_a_row_is_not_posted(self, shop: Loyalty, ada: Customer, points: str):
        """Where one unit of a row is refused, the others are not posted either."""
        text = "external id,points,stamps\nA,5,5\n"
        shop.cards.issue(points, to=ada.id)
        report = shop.files.import_cards(
            text, CardImport(template_id=points), import_id="x"
        )

        assert [(2, "invalid_value")] == codes(report)
        assert {} == balances(shop, ada)

    def test_by_serial_number(self, shop: Loyalty, ada: Customer, coffee: str):
        """A serial number names one of several cards, in any notation."""
        one, two = (shop.cards.issue(coffee, to=ada.id) for _ in range(2))
        text = f"serial,external id,stamps\n{two.serial.lower()},,3\n,A,4\n"
        report = shop.files.import_cards(
            text, CardImport(template_id=coffee, means="more"), import_id="x"
        )

        assert [(3, "several_cards")] == codes(report)
        assert (0, 3) == tuple(
            shop.cards.show(card.id).balances["stamp"] for card in (one, two)
        )

    def test_no_card_is_issued(self, shop: Loyalty, ada: Customer, coffee: str):
        """Who has no card gets none where that is not wanted."""
        rules = CardImport(template_id=coffee, issue_cards=False)
        report = shop.files.import_cards(
            "phone,stamps\n030 901820,1\n", rules, import_id="x"
        )

        assert [(2, "unknown_card")] == codes(report)

    def test_a_card_of_another_template(
        self, shop: Loyalty, ada: Customer, coffee: str, points: str
    ):
        """A serial number of another template is none here."""
        card = shop.cards.issue(points, to=ada.id)
        report = shop.files.import_cards(
            f"serial,stamps\n{card.serial},1\n",
            CardImport(template_id=coffee),
            import_id="x",
        )

        assert [(2, "unknown_card")] == codes(report)

    def test_all_or_nothing(self, shop: Loyalty, ada: Customer, coffee: str):
        """With one failed row no card is touched."""
        text = "external id,stamps\nA,1\nZ,1\n"
        failed = io.StringIO(newline="")
        report = shop.files.import_cards(
            text,
            CardImport(template_id=coffee),
            import_id="x",
            all_or_nothing=True,
            failed_to=failed,
        )

        assert (1, 0, 1) == counts(report)
        assert [] == shop.cards.of(ada.id)
        assert "Z,1,3,No customer" in failed.getvalue()


class TestHistory:
    def test_purchases_are_priced(self, shop: Loyalty, ada: Customer, points: str):
        """Purchases earn by the card's rules, at the time when they happened."""
        text = (
            "external id;date;amount;order\n"
            "A;1.2.2026;80,00;R-1\n"
            "A;2.2.2026;40,00;R-2\n"
            "A;3.2.2026;100,00;R-3\n"
        )
        rules = CardImport(
            template_id=points,
            means=Means.PURCHASE,
            reading=Reading(date_order=DateOrder.DMY, numbers=NumberStyle.COMMA),
        )
        report = shop.files.import_cards(text, rules, import_id="x")

        assert (3, 0, 0) == counts(report)
        # 0.80 and 0.40 at 1 %, then Gold: 5.00 at 5 %
        assert Decimal("6.20") == balances(shop, ada)["point"]
        assert (3, 22_000) == (
            shop.customers.get(ada.id).purchases,
            shop.customers.get(ada.id).purchase_value,
        )
        assert not shop.verify().problems

    def test_units_as_they_were_recorded(
        self, shop: Loyalty, ada: Customer, points: str
    ):
        """History comes in as the other system counted it."""
        text = "external id,date,points\nA,2026-02-01,3\nA,2026-02-02,4\n"
        rules = CardImport(template_id=points, means=Means.MORE)
        shop.files.import_cards(text, rules, import_id="x")

        assert {"point": 7} == balances(shop, ada)

    @pytest.mark.parametrize("has_card", [True, False])
    def test_the_rules_of_the_card_hold(
        self, shop: Loyalty, ada: Customer, has_card: bool
    ):
        """A purchase that the card's limits refuse is a failed row, also at first."""
        limits = cards.EarnLimits(min_purchase=5, per_day=100)
        rules = cards.Cashback(percent=1, limits=limits)
        template = shop.templates.create("Limited", rules).id
        if has_card:
            shop.cards.issue(template, to=ada.id)
        text = "external id,amount\nA,4.00\nA,6.00\n"
        report = shop.files.import_cards(
            text, CardImport(template_id=template, means="purchase"), import_id="x"
        )

        assert [(2, "below_minimum")] == codes(report)
        assert Decimal("0.06") == balances(shop, ada)["point"]

    def test_after_a_crash(self, shop: Loyalty, ada: Customer, coffee: str):
        """What was posted before a crash is not posted again when it goes on."""
        text = "external id,stamps\nA,1\nB,1\nA,1\n"
        rules = CardImport(template_id=coffee, means=Means.MORE)

        def crash(done: int, lines: int) -> None:
            message = f"{done} of {lines}"
            raise RuntimeError(message)

        with pytest.raises(RuntimeError, match="3 of 5"):
            shop.files.import_cards(
                text, rules, import_id="x", batch_rows=2, on_progress=crash
            )
        report = shop.files.import_cards(text, rules, import_id="x")

        assert (3, 0, 0) == counts(report)
        assert {"stamp": 2} == balances(shop, ada)

    def test_an_amount_that_is_none(self, shop: Loyalty, ada: Customer, points: str):
        """Below 0 or half a cent is refused, with or without a card."""
        rules = CardImport(template_id=points, means=Means.PURCHASE)
        text = "external id,amount\nA,-1\nB,0.001\n"
        shop.cards.issue(points, to=ada.id)
        report = shop.files.import_cards(text, rules, import_id="x")

        assert [(2, "invalid_amount"), (3, "invalid_amount")] == codes(report)


class TestQuiet:
    @pytest.mark.parametrize(("notify", "expected"), [(False, 0), (True, 1)])
    def test_nobody_hears_of_it_unless_asked(
        self, shop: Loyalty, ada: Customer, coffee: str, notify: bool, expected: int
    ):
        """Messages are sent only where the import says so."""
        rules = CardImport(template_id=coffee, notify=notify)
        shop.files.import_cards("external id,stamps\nA,1\n", rules, import_id="x")
        notifier = RecordingNotifier()
        shop.messages.dispatch(notifier)

        assert expected == len(notifier.messages)
        assert not shop.verify().problems


class TestUndo:
    def test_everything_is_voided(
        self, shop: Loyalty, ada: Customer, coffee: str, points: str
    ):
        """Undoing leaves the cards as they were, by transactions of their own."""
        card = shop.cards.issue(coffee, to=ada.id)
        shop.cards.add_stamps(card.id, 3)
        text = "external id,stamps\nA,7\nB,9\n"
        shop.files.import_cards(text, CardImport(template_id=coffee), import_id="x")
        shop.files.import_cards(
            "external id,points\nB,9\n", CardImport(template_id=points), import_id="y"
        )

        undone = shop.files.undo_import("x")
        again = shop.files.undo_import("x")

        assert (
            (2, ()) == (undone.voided, undone.refused) == (again.voided, again.refused)
        )
        assert {"stamp": 3} == balances(shop, ada)
        assert 9 == shop.customers.page()[0][1].points // 10_000
        assert not shop.verify().problems

    def test_what_cannot_be_voided_is_named(
        self, shop: Loyalty, ada: Customer, program: Any
    ):
        """A transaction whose units are used, on a card that refuses, is reported."""
        rules = cards.Cashback(percent=1, shortfall=cards.Shortfall.REFUSE)
        template = shop.templates.create("Strict", rules).id
        shop.files.import_cards(
            "external id,points\nA,5\nB,6\n",
            CardImport(template_id=template),
            import_id="x",
        )
        (card,) = shop.cards.of(ada.id)
        shop.cards.redeem_points(card.id, 5, order_total="50.00")

        undone = shop.files.undo_import("x")

        assert 1 == undone.voided
        ((transaction_id, reason),) = undone.refused
        assert card.id == shop.transactions.get(transaction_id).card_id
        assert reason.endswith(".")

    def test_over_pages(
        self, shop: Loyalty, ada: Customer, coffee: str, monkeypatch: pytest.MonkeyPatch
    ):
        """However many transactions there are, each is voided once."""
        monkeypatch.setattr("loyaltycore.importing.undoing._BATCH", 2)
        text = "external id,stamps\n" + "A,1\n" * 5
        rules = CardImport(template_id=coffee, means=Means.MORE)
        shop.files.import_cards(text, rules, import_id="x")

        assert 5 == shop.files.undo_import("x").voided
        assert {} == balances(shop, ada)


def test_an_unknown_template(shop: Loyalty):
    """Without a template there is nothing to post on."""
    with pytest.raises(UnknownTemplate):
        shop.files.import_cards(
            "phone,stamps\n1,1\n", CardImport(template_id="none"), import_id="x"
        )


@pytest.mark.parametrize("identity", [(), ("first_name",)])
def test_rules_that_cannot_be(identity: tuple[str, ...]):
    """A card is found by whom it belongs to."""
    with pytest.raises(InvalidValue) as caught:
        CardImport(template_id="t", identity=identity)

    assert caught.value.field == "identity"


@pytest.mark.parametrize("import_id", ["a/b", "", "x" * 101])
def test_names_that_cannot_be(shop: Loyalty, coffee: str, import_id: str):
    """The name of an import is part of keys, so it has no slash."""
    with pytest.raises(InvalidValue):
        shop.files.import_cards(
            "phone,stamps\n1,1\n", CardImport(template_id=coffee), import_id=import_id
        )


def test_import_by_hand(shop: Loyalty, ada: Customer, coffee: str):
    """The command behind it can be posted by itself."""
    card = shop.cards.issue(coffee, to=ada.id)
    done = shop.at(shop._shell.desk.now() + timedelta(hours=1)).cards.post(
        card.id, cards.Import("stamp", 12)
    )

    assert "import" == done.transaction.kind
    assert (("Coffee", 1),) == done.till.rewards
