"""Tags and consents in files of customers, and files of segments and of cards."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest

from loyaltycore import Loyalty, MemoryStore, Program, cards
from loyaltycore.customers.consents import Channel
from loyaltycore.errors import InvalidValue, UnknownSegment, UnknownTemplate
from loyaltycore.importing import customers as work
from loyaltycore.io.cell_values import BadCell, tags_in, tags_text
from loyaltycore.io.customer_plan import Create, Update
from loyaltycore.io.customer_rules import CustomerImport, Tagging
from loyaltycore.io.report import Failed
from loyaltycore.ports import Insert


if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyaltycore.ports import Store


def table(parts: Iterable[str]) -> list[dict[str, str]]:
    """Read CSV text."""
    return list(csv.DictReader(io.StringIO("".join(parts), newline="")))


def error_of(shop: Loyalty, text: str, **rules: Any) -> tuple[str | None, str]:
    """Column and code of what is wrong with a file of one row."""
    (error,) = shop.files.import_customers(text, CustomerImport(**rules)).errors
    return error.column, error.code


class TestTags:
    FILE = 'external id,tags\nA,"regular, =tea"\nB,\n'

    def test_who_is_new(self, store: Store, program: Program):
        """Tags of a row are put on the customer whom it creates."""
        shop = Loyalty(store, program)
        shop.files.import_customers(self.FILE)

        ada, bob = (shop.customers.find(external_id=each) for each in "AB")
        assert {"regular", "=tea"} == set(shop.tags.of_customer(ada.id))  # type: ignore[union-attr]
        assert {} == shop.tags.of_customer(bob.id)  # type: ignore[union-attr]
        assert not shop.verify().problems

    @pytest.mark.parametrize(
        ("tagging", "expected"),
        [
            (Tagging.ADD, {"regular", "=tea", "vip"}),
            (Tagging.REPLACE, {"regular", "=tea"}),
            (Tagging.REMOVE, {"vip"}),
        ],
    )
    def test_who_has_some(
        self, store: Store, program: Program, tagging: Tagging, expected: set[str]
    ):
        """They are added, are all that stays, or are taken off; and again unchanged."""
        shop = Loyalty(store, program)
        ada = shop.customers.register(external_id="A")
        shop.tags.add(ada.id, "vip", "regular")
        rules = CustomerImport(tags=tagging)
        text = 'external id,tags\nA,"regular, =tea"\n'

        (planned,) = shop.files.plan_customers(text, rules)
        first = shop.files.import_customers(text, rules)
        again = shop.files.import_customers(text, rules)

        assert isinstance(planned, Update)
        assert {"tags": (["regular", "vip"], sorted(expected))} == planned.changes
        assert (1, 1) == (first.updated, again.unchanged)
        assert expected == set(shop.tags.of_customer(ada.id))
        assert not shop.verify().problems

    def test_an_empty_cell(self, shop: Loyalty):
        """It leaves tags on, unless the field is to be emptied."""
        shop.files.import_customers(self.FILE)
        text = "external id,tags\nA,\n"

        kept = shop.files.import_customers(text)
        emptied = shop.files.import_customers(text, CustomerImport(clear={"tags"}))

        assert (1, 1) == (kept.unchanged, emptied.updated)

    def test_what_cannot_be(self, shop: Loyalty):
        """Too long a tag, an open quote, and too many of them are named."""
        many = ", ".join(f"t{number}" for number in range(100))
        for wrong in ("x" * 65, "a\nb", '"a', f"{many}, one more"):
            with pytest.raises(BadCell):
                tags_in(wrong)
        shop.files.import_customers(f'external id,tags\nA,"{many}"\n')

        assert ("tags", "too_many_tags") == error_of(shop, "external id,tags\nA,x\n")

    def test_any_tag_survives_its_cell(self):
        """Commas and quotes in a tag are read as they were written."""
        tags = ("a,b", 'say "x"', '"', "'", "plain", ", x".strip())

        assert tags == tags_in(tags_text(tags))


class TestConsents:
    FILE = "external id,consent email,consent_sms_service\nA,yes,no\nB,,\n"

    def test_who_is_new(self, store: Store, program: Program):
        """What a row says is noted, and what it does not say is not."""
        shop = Loyalty(store, program)
        shop.files.import_customers(self.FILE)

        ada, bob = (shop.customers.find(external_id=each) for each in "AB")
        assert shop.consents.is_given(ada.id, "email")  # type: ignore[union-attr]
        said = shop.consents.history(ada.id).changes  # type: ignore[union-attr]
        assert {
            (Channel.EMAIL, "marketing", True, "import"),
            (Channel.SMS, "service", False, "import"),
        } == {(each.channel, each.purpose, each.is_given, each.source) for each in said}
        assert () == shop.consents.of_customer(bob.id)  # type: ignore[union-attr]
        assert not shop.verify().problems

    def test_who_said_something_else(self, store: Store, program: Program):
        """A consent is withdrawn by no, once."""
        shop = Loyalty(store, program)
        shop.files.import_customers(self.FILE)
        text = "external id,consent email\nA,no\n"

        (planned,) = shop.files.plan_customers(text)
        first = shop.files.import_customers(text)
        again = shop.files.import_customers(text)

        assert isinstance(planned, Update)
        assert {"consent.email.marketing": (True, False)} == planned.changes
        assert (1, 1) == (first.updated, again.unchanged)
        ada = shop.customers.find(external_id="A")
        assert not shop.consents.is_given(ada.id, "email")  # type: ignore[union-attr]
        assert not shop.verify().problems

    def test_a_column_of_another_name(self, shop: Loyalty):
        """A column of consents is named like any other."""
        rules = CustomerImport(columns={"Newsletter": "consent.email.newsletter"})
        bad, good = shop.files.plan_customers(
            "phone,Newsletter\n030 901820,Y\n030 901820,Yes\n", rules
        )

        assert isinstance(bad, Failed)
        assert ("Newsletter", "invalid_flag") == (
            bad.errors[0].column,
            bad.errors[0].code,
        )
        assert isinstance(good, Create)
        assert {"email.newsletter": True} == good.belongings.consents

    def test_none_is_emptied(self):
        """Silence is no withdrawal."""
        with pytest.raises(InvalidValue, match="in words"):
            CustomerImport(clear={"consent.email.marketing"})

    def test_what_is_no_consent(self, shop: Loyalty):
        """A channel or purpose that there cannot be is a column of somebody else's."""
        report = shop.files.import_customers(
            "phone,consent fax,consent email 4 you\n030 901820,x,y\n"
        )

        assert ("consent fax", "consent email 4 you") == report.unused


class TestFeed:
    """CU-05: what a file changes stands in the feed as what somebody changes does."""

    NEW = "external id,first name,tags,consent email\nA,Ada,vip,yes\nB,Bob,,\n"

    def feed_of(self, shop: Loyalty, external_id: str) -> list[tuple[str, Any, Any]]:
        """What happened to a customer, the latest first."""
        customer = shop.customers.find(external_id=external_id)
        assert customer is not None
        entries = shop.customers.feed(customer.id).entries
        return [(each.kind.value, each.details, each.actor_id) for each in entries]

    def test_who_is_new_signs_up(self, shop: Loyalty):
        """As whoever is registered with tags does; their source says that it was so."""
        shop.customers.register(external_id="R", tags=["vip"])
        shop.files.import_customers(self.NEW)
        sign_up = ("sign_up", {"location_id": None}, None)

        assert [[sign_up]] * 3 == [self.feed_of(shop, each) for each in "ARB"]
        found = [shop.customers.find(external_id=each) for each in "AB"]
        assert ["import"] * 2 == [one.person.source for one in found if one]

    def test_who_is_known_was_edited(self, shop: Loyalty):
        """Fields by name, tags and consents each have their entry, by whom it was."""
        shop.files.import_customers(self.NEW)
        eva = shop.managers.add("Eva", permissions=["import"])
        shop.as_manager(eva.id).files.import_customers(
            "external id,last name,phone,tags,consent email,consent sms\n"
            "A,Byron,030 901820,old,no,no\n"
            "B,,,,,\n",
            CustomerImport(tags=Tagging.REPLACE),
        )
        by = {"source": "import"}
        *told, (kind, _, _) = self.feed_of(shop, "A")

        assert "sign_up" == kind
        assert [
            (
                "consent",
                {"channel": "sms", "purpose": "marketing", "is_given": False, **by},
                eva.id,
            ),
            (
                "consent",
                {"channel": "email", "purpose": "marketing", "is_given": False, **by},
                eva.id,
            ),
            ("tag", {"added": ["old"], "removed": ["vip"], **by}, eva.id),
            ("edit", {"fields": ["last_name", "phone"], **by}, eva.id),
        ] == told
        assert ["sign_up"] == [kind for kind, *_ in self.feed_of(shop, "B")]
        assert not shop.verify().problems

    def test_again_nothing_happened(self, shop: Loyalty):
        """A file that changes nothing, and a dry run, leave no entry."""
        shop.files.import_customers(self.NEW)
        shop.files.import_customers(self.NEW)
        shop.files.import_customers("external id,first name\nA,Eve\n", dry_run=True)

        assert 1 == len(self.feed_of(shop, "A"))

    def test_a_batch_tells_the_feed_at_once(
        self, shop: Loyalty, monkeypatch: pytest.MonkeyPatch
    ):
        """Entries of all rows are put in by one insertion, behind the updates."""
        shop.files.import_customers(self.NEW)
        wrote: list[Any] = []
        planned = work.planned_changes

        def seen(*args: Any) -> Any:
            changes, updates = planned(*args)
            wrote.extend(changes)
            return changes, updates

        monkeypatch.setattr(work, "planned_changes", seen)
        shop.files.import_customers("external id,first name,tags\nA,Eve,x\nB,Max,y\n")
        collections = [each.collection for each in wrote if isinstance(each, Insert)]

        assert 1 == collections.count("activity")


def lively(shop: Loyalty) -> str:
    """Let two of three customers have something, and be in a segment."""
    shop.files.import_customers(
        "external id,tags,consent email,consent post service\n"
        'A,"b, a",yes,no\nB,,,\nC,c,no,\n'
    )
    ada, _, cleo = (shop.customers.find(external_id=each) for each in "ABC")
    return shop.segments.create_static("Few", [ada.id, cleo.id]).id  # type: ignore[union-attr]


class TestOut:
    def test_both_go_out_and_come_back(self, store: Store, program: Program):
        """What was exported is unchanged here, and makes the same customers there."""
        shop, there = Loyalty(store, program), Loyalty(MemoryStore(), program)
        lively(shop)

        text = "".join(shop.files.export_customers())
        there.files.import_customers(text, CustomerImport(columns={"id": None}))

        assert 3 == shop.files.import_customers(text).unchanged
        rows = table(there.files.export_customers())
        names = ("external id", "tags", "consent email", "consent post service")
        assert [
            ("A", "a, b", "yes", "no"),
            ("B", "", "", ""),
            ("C", "c", "no", ""),
        ] == [tuple(row[name] for name in names) for row in rows]

    def test_those_of_a_segment(
        self, program: Program, monkeypatch: pytest.MonkeyPatch
    ):
        """Only the members of a segment go out, with the same columns, over pages."""
        monkeypatch.setattr("loyaltycore.services.files.outgoing._PAGE", 1)
        shop = Loyalty(MemoryStore(), program)
        few = lively(shop)

        rows = table(shop.files.export_customers(few))

        assert ["A", "C"] == sorted(row["external id"] for row in rows)
        assert rows[0].keys() == table(shop.files.export_customers())[0].keys()

    def test_a_segment_that_there_is_not(self, shop: Loyalty):
        """It is an error, not an empty file."""
        with pytest.raises(UnknownSegment):
            shop.files.export_customers("none")


class TestCardsOut:
    def test_codes_of_coupons(self, store: Store, program: Program):
        """Each card of a template has a row, with its code, its owner and its uses."""
        shop = Loyalty(store, program)
        spring = shop.templates.create(
            "Spring", cards.Coupon(offer=cards.Percent(10), uses=3)
        )
        ada = shop.customers.register(first_name="=Ada", external_id="A")
        coupon = shop.cards.issue(spring.id, to=ada.id)

        (row,) = table(shop.files.export_cards(spring.id))

        assert coupon.serial == row["serial"]
        assert ("'=Ada", "A", "issued", "0") == tuple(
            row[name] for name in ("first name", "external id", "status", "used")
        )

    def test_what_cards_hold(self, program: Program, monkeypatch: pytest.MonkeyPatch):
        """Balances have their unit's decimals; more cards than a page come out once."""
        monkeypatch.setattr("loyaltycore.services.files.outgoing._PAGE", 1)
        shop = Loyalty(MemoryStore(), program)
        points = shop.templates.create("Points", cards.Cashback(percent=3))
        for name in "AB":
            customer = shop.customers.register(external_id=name)
            card = shop.cards.issue(points.id, to=customer.id)
            shop.cards.record_purchase(card.id, "49.90", receipt_id=name)

        rows = table(shop.files.export_cards(points.id))

        assert ["A", "B"] == [row["external id"] for row in rows]
        assert {("1.49", "")} == {(row["point"], row["stamp"]) for row in rows}

    def test_a_template_that_there_is_not(self, shop: Loyalty):
        """It is an error, not an empty file."""
        with pytest.raises(UnknownTemplate):
            shop.files.export_cards("none")
