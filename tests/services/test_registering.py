"""What a program asks of its customers, on every store."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from tests.conftest import NOON, rows_of

from loyaltycore import Loyalty, Program, cards, errors
from loyaltycore.customers.activity import ActivityKind
from loyaltycore.customers.customer import Person
from loyaltycore.ports import Insert, Ref, Update
from loyaltycore.posting.registering import write_customer
from loyaltycore.program.customer_form import NAMED_AND_REACHABLE, CustomerForm
from loyaltycore.program.customer_status import CustomerStatus
from loyaltycore.query.queries import Query


if TYPE_CHECKING:
    from loyaltycore.ports import Store

FIELDS = (
    cards.FieldDefinition("club", type=cards.FieldType.INTEGER, unique=True),
    cards.FieldDefinition("milk", type=cards.FieldType.CHOICE, choices=("cow", "oat")),
    cards.FieldDefinition("discount", type=cards.FieldType.DECIMAL, unique=True),
    cards.FieldDefinition("wants_post", type=cards.FieldType.BOOLEAN),
    cards.FieldDefinition("since", type=cards.FieldType.DATE),
    cards.FieldDefinition("pet"),
)


def under(store: Store, program: Program, form: CustomerForm) -> Loyalty:
    """The café, asking for something else."""
    return Loyalty(store, attrs.evolve(program, customer_form=form)).at(NOON)


def place(store: Store, program: Program, name: str, *, is_gone: bool = False) -> None:
    """Register a location by hand."""
    row = {
        "program_id": program.id,
        "id": name,
        "version": 1,
        "name": name,
        "kind": "physical",
        "latitude": None,
        "longitude": None,
        "address": None,
        "created_at": NOON,
        "deleted_at": NOON if is_gone else None,
    }
    with store.session() as session:
        session.apply([Insert("location", [row])])


class TestRequired:
    """``CustomerForm.required``."""

    def test_all_that_is_wrong_is_said_at_once(
        self, store: Store, program: Program
    ) -> None:
        """CU-01: every bad and every missing field is in one error, and no value."""
        asked = CustomerForm(
            required=("first_name", "last_name", "phone", "email"),
            fields=(*FIELDS, cards.FieldDefinition("shoe", required=True)),
        )
        shop = under(store, program, asked)
        before = rows_of(store)
        with pytest.raises(errors.InvalidFields) as caught:
            shop.customers.register(
                first_name="Zyx\nwvu",
                phone="call-Zyx",
                email="zyx at example",
                birth_date="1815-12-10",  # type: ignore[typeddict-item]
                gender=7,  # type: ignore[typeddict-item]
                source="x" * 201,
                status=CustomerStatus.ERASED,
                tags=["vip", " "],
                fields={"club": "seven", "milk": "goat", "horse": "Zyx"},
            )

        assert {
            "first_name",
            "last_name",
            "phone",
            "email",
            "birth_date",
            "gender",
            "source",
            "status",
            "tags",
            "club",
            "milk",
            "horse",
            "shoe",
        } == set(caught.value.problems)
        assert "zyx" not in str(caught.value).lower()
        assert before == rows_of(store)

    def test_the_preset_asks_for_name_phone_and_mail(
        self, store: Store, program: Program
    ) -> None:
        """Blank is missing; whoever gives all four is registered."""
        shop = under(store, program, NAMED_AND_REACHABLE)
        with pytest.raises(errors.InvalidFields) as caught:
            shop.customers.register(first_name="Ada", last_name="  ", phone=" ")
        ada = shop.customers.register(
            first_name="Ada",
            last_name="Lovelace",
            phone="030 901820",
            email="ada@example.com",
        )

        assert ["last_name", "phone", "email"] == list(caught.value.problems)
        assert ada == shop.customers.get(ada.id)

    def test_a_field_that_there_is_not(self, shop: Loyalty) -> None:
        """A typing error is a TypeError that names it, as with any function."""
        with pytest.raises(TypeError, match="fist_name"):
            shop.customers.register(fist_name="Ada")  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="points"):
            shop.customers.edit(shop.customers.register().id, points=7)  # type: ignore[call-arg]

    @pytest.mark.parametrize("tags", ["vip", ["a"] * 3 + [f"t{n}" for n in range(101)]])
    def test_tags_that_cannot_be(self, tags: Any, shop: Loyalty) -> None:
        """One text is no list of them, and there is a limit."""
        with pytest.raises(errors.InvalidFields) as caught:
            shop.customers.register(tags=tags)

        assert ["tags"] == list(caught.value.problems)


class TestRegistration:
    """What else can be said of a new customer."""

    def test_everything_that_is_said_is_kept(
        self, store: Store, program: Program
    ) -> None:
        """CU-01: names, contacts, own fields, place, source, status, tags, device."""
        shop = under(store, program, CustomerForm(fields=FIELDS))
        ada = shop.customers.register(
            first_name="Ada",
            last_name="Lovelace",
            phone="030 901820",
            email="ada@example.com",
            external_id="A-1",
            birth_date=date(1815, 12, 10),
            gender="female",
            source="QR code",
            utm="utm_source=flyer",
            device="iPhone 15",
            location="mitte",
            status=CustomerStatus.BLOCKED,
            status_reason="fraud",
            tags=[" vip ", "coffee", "vip"],
            fields={
                "club": 7,
                "milk": "oat",
                "discount": "1.50",
                "wants_post": False,
                "since": "2020-02-29",
                "pet": " Rex ",
            },
        )

        assert ada == shop.customers.get(ada.id)
        assert (
            Person(
                first_name="Ada",
                last_name="Lovelace",
                phone="+4930901820",
                email="ada@example.com",
                external_id="A-1",
                birth_date=date(1815, 12, 10),
                gender="female",
                source="QR code",
                utm="utm_source=flyer",
            )
            == ada.person
        )
        assert {
            "club": 7,
            "milk": "oat",
            "discount": Decimal("1.50"),
            "wants_post": False,
            "since": date(2020, 2, 29),
            "pet": "Rex",
        } == ada.fields
        assert ("mitte", "iPhone 15", "fraud") == (
            ada.location_id,
            ada.device,
            ada.status_reason,
        )
        assert CustomerStatus.BLOCKED is ada.status
        assert ("coffee", "vip") == shop.customers.profile(ada.id).tags
        assert not shop.verify().problems

    def test_everybody_has_a_referral_code_of_their_own(self, shop: Loyalty) -> None:
        """It is made at registration, and leads back to them in any notation."""
        made = [shop.customers.register() for _ in range(20)]

        assert 20 == len({one.referral_code for one in made})
        assert made[7] == shop.customers.find(
            referral_code=f" {made[7].referral_code[:5].lower()}-"
            f"{made[7].referral_code[5:]} "
        )

    def test_a_place_has_to_be_known_where_places_are(
        self, store: Store, program: Program, shop: Loyalty
    ) -> None:
        """Any place is taken until one is registered; then only those."""
        place(store, program, "closed", is_gone=True)
        assert "mitte" == shop.customers.register(location="mitte").location_id
        place(store, program, "wedding")
        before = rows_of(store)
        for unknown in ("mitte", "closed"):
            with pytest.raises(errors.UnknownLocation):
                shop.customers.register(location=unknown)

        assert before == rows_of(store)
        assert "wedding" == shop.customers.register(location="wedding").location_id
        assert shop.customers.register().location_id is None


class TestUnique:
    """``CustomerForm.unique`` and unique fields of the program's own."""

    def test_a_value_of_an_own_field_occurs_once(
        self, store: Store, program: Program
    ) -> None:
        """CU-01: the refusal names who has it; 1.5 and 1.50 are the same number."""
        shop = under(store, program, CustomerForm(fields=FIELDS))
        ada = shop.customers.register(fields={"club": 7, "discount": "1.5"})
        before = rows_of(store)
        with pytest.raises(errors.DuplicateField) as caught:
            shop.customers.register(fields={"discount": "1.50"})

        assert {"field": "discount", "owner_id": ada.id} == caught.value.details
        assert before == rows_of(store)
        shop.customers.register(fields={"club": 8, "pet": "Rex"})
        shop.customers.register(fields={"pet": "Rex"})

    def test_what_is_let_go_is_free_for_others(
        self, store: Store, program: Program
    ) -> None:
        """An edit takes the new value and frees the old one."""
        shop = under(store, program, CustomerForm(fields=FIELDS))
        ada = shop.customers.register(phone="030 901820", fields={"club": 7})
        bob = shop.customers.register(phone="030 901821")
        with pytest.raises(errors.DuplicateField):
            shop.customers.edit(bob.id, fields={"club": 7})
        with pytest.raises(errors.DuplicateCustomer):
            shop.customers.edit(bob.id, phone="0049 30 901820")
        shop.customers.edit(ada.id, phone=None, fields={"club": 8})
        bob = shop.customers.edit(bob.id, phone="030 901820", fields={"club": 7})

        assert bob == shop.customers.find(phone="030 901820")
        assert ({"club": 7}, "+4930901820") == (bob.fields, bob.phone)
        assert not shop.verify().problems

    def test_a_program_may_let_families_share_a_phone(
        self, store: Store, program: Program
    ) -> None:
        """Only what the program wants unique is; the first one is found first."""
        shop = under(store, program, CustomerForm(unique=("external_id",)))
        ada = shop.customers.register(phone="030 901820", external_id="A")
        bob = shop.customers.register(phone="030 901820", external_id="B")
        with pytest.raises(errors.DuplicateCustomer):
            shop.customers.register(external_id="A")

        assert [ada, bob] == shop.customers.find_all(phone="030/901820")
        assert ada == shop.customers.find(phone="030/901820")
        report = shop.files.import_customers(
            "phone,name\n030901820,\n0309018,\n030901820,\n"
        )
        assert 3 == report.created

    def test_who_is_in_no_list_holds_nothing(
        self, store: Store, program: Program
    ) -> None:
        """What verify expects of somebody deleted: no unique value is theirs."""
        from loyaltycore.records.customers import customer_changes

        shop = under(store, program, CustomerForm(fields=FIELDS))
        ada = shop.customers.register(phone="030 901820", fields={"club": 7})
        gone = attrs.evolve(ada, status=CustomerStatus.DELETED)
        with store.session() as session:
            session.apply(customer_changes(shop.program, ada, gone))
        bob = shop.customers.register(phone="030 901820", fields={"club": 7})

        assert [bob] == shop.customers.search("901820")


class TestEdit:
    """``customers.edit``."""

    def test_only_what_is_given_changes(self, store: Store, program: Program) -> None:
        """CU-05: None empties, what is not named stays, and the version counts."""
        shop = under(store, program, CustomerForm(fields=FIELDS))
        ada = shop.customers.register(
            first_name="Ada",
            last_name="Byron",
            email="ada@example.com",
            fields={"club": 7, "pet": "Rex"},
        )
        changed = shop.customers.edit(
            ada.id,
            last_name="Lovelace",
            email=None,
            fields={"pet": None, "milk": "oat"},
        )

        assert changed == shop.customers.get(ada.id)
        assert 2 == changed.version
        assert ("Ada", "Lovelace", None) == (
            changed.first_name,
            changed.last_name,
            changed.email,
        )
        assert {"club": 7, "milk": "oat"} == changed.fields
        assert [] == shop.customers.search("byron")
        assert [changed] == shop.customers.search("lovel")
        assert not shop.verify().problems

    def test_the_feed_says_which_fields_and_no_value(
        self, store: Store, program: Program
    ) -> None:
        """CU-05: an edit is in the activity feed, by the names of what changed."""
        shop = under(store, program, CustomerForm(fields=FIELDS))
        ada = shop.customers.register(first_name="Ada", fields={"pet": "Rex"})
        shop.at(NOON + timedelta(hours=1)).customers.edit(
            ada.id, first_name="Eda", phone="030 901820", fields={"pet": "Max"}
        )
        edit, sign_up = shop.customers.feed(ada.id).entries

        assert ActivityKind.SIGN_UP is sign_up.kind
        assert ActivityKind.EDIT is edit.kind
        assert {"fields": ["first_name", "phone", "pet"]} == edit.details
        assert NOON + timedelta(hours=1) == edit.happened_at

    def test_nothing_changed_is_nothing_written(
        self, store: Store, shop: Loyalty
    ) -> None:
        """Saying the same again, in another notation too, leaves every row alone."""
        ada = shop.customers.register(first_name="Ada", phone="030 901820", utm="x")
        before = rows_of(store)

        assert ada == shop.customers.edit(ada.id)
        assert ada == shop.customers.edit(
            ada.id, first_name=" Ada ", phone="0049 (30) 901820", utm="x"
        )
        assert before == rows_of(store)

    def test_how_they_came_is_told_once(self, store: Store, shop: Loyalty) -> None:
        """Source and UTM can be added later, and then stay."""
        ada = shop.customers.register()
        ada = shop.customers.edit(ada.id, source="till", utm="utm_source=flyer")
        before = rows_of(store)
        with pytest.raises(errors.InvalidFields) as caught:
            shop.customers.edit(ada.id, source=None, utm="other", gender=7)  # type: ignore[typeddict-item]

        assert {"source", "utm", "gender"} == set(caught.value.problems)
        assert before == rows_of(store)

    def test_what_is_required_is_not_emptied(
        self, store: Store, program: Program
    ) -> None:
        """Nor is it asked for where it was not named: old customers can be edited."""
        shop = under(store, program, CustomerForm())
        old = shop.customers.register(first_name="Ada")
        shop = under(store, program, NAMED_AND_REACHABLE)
        with pytest.raises(errors.InvalidFields) as caught:
            shop.customers.edit(old.id, first_name=" ", last_name=None)

        assert ["first_name", "last_name"] == list(caught.value.problems)
        assert "Eda" == shop.customers.edit(old.id, first_name="Eda").first_name

    def test_who_was_changed_meanwhile_is_not_overwritten(
        self, store: Store, shop: Loyalty
    ) -> None:
        """What follows from an old version is a conflict, and writes nothing."""
        old = shop.customers.register(first_name="Ada")
        shop.customers.edit(old.id, first_name="Eda")
        person = attrs.evolve(old.person, first_name="Ida")
        before = rows_of(store)
        with pytest.raises(errors.Conflict), store.session() as session:
            write_customer(
                session, shop._shell.desk, old, attrs.evolve(old, person=person)
            )

        assert before == rows_of(store)

    def test_who_is_gone_is_not_edited(self, store: Store, shop: Loyalty) -> None:
        """Nobody of this id, and somebody who was deleted, have errors of their own."""
        ada = shop.customers.register(first_name="Ada")
        ref = Ref("customer", ("program_id", "id"), (shop.program.id, ada.id))
        with store.session() as session:
            session.apply([Update(ref, {"status": "deleted", "is_living": False})])
        with pytest.raises(errors.UnknownCustomer):
            shop.customers.edit("nobody", first_name="Eda")
        with pytest.raises(errors.CustomerGone, match="deleted"):
            shop.customers.edit(ada.id, first_name="Eda")


class TestOwnCustomers:
    """A host that keeps its own customers registers nothing but an external id."""

    def test_every_feature_works_without_personal_data(
        self, store: Store, program: Program
    ) -> None:
        """DX-07: cards, points, statement, profile, links, RFM, files; none is kept."""
        shop = Loyalty(
            store, attrs.evolve(program, link_base="https://coffee.example/l")
        ).at(NOON)
        points = shop.templates.create("Points", cards.Cashback(percent=3))
        stamps = shop.templates.create(
            "Coffee", cards.Stamp(stamps_required=2, reward="1")
        )
        known = shop.customers.register(external_id="crm-7")
        wallet = shop.cards.issue(points.id, to=known.id)
        coffee = shop.cards.issue(stamps.id, to=known.id)
        shop.cards.install(wallet.id)
        sale = shop.cards.record_purchase(wallet.id, "49.90", receipt_id="R-7")
        shop.cards.redeem_points(wallet.id, "1.00", order_total="20.00")
        shop.cards.add_stamps(coffee.id, 2)
        shop.cards.claim_reward(coffee.id)
        shop.transactions.refund(sale.id, "4.90")
        shop.files.import_customers("external id\ncrm-8\n")
        shop.links.install(wallet.id)
        profile = shop.customers.profile(known.id)

        for found in (
            shop.customers.find(external_id="crm-7"),
            shop.customers.find(receipt_id="R-7"),
            shop.customers.find(serial=wallet.serial),
            shop.customers.search("crm-7")[0],
        ):
            assert found is not None
            assert known.id == found.id
        assert Decimal("45.00") == profile.totals.value.amount
        assert 2 == len(profile.cards)
        assert shop.reports.statement(customer_id=known.id).lines
        led_to = shop.links.resolve(shop.links.referral(known.id).token)
        assert known.id == led_to.customer.id  # type: ignore[union-attr]
        assert 1 == len(shop.reports.rfm(NOON.date()).rows)
        assert "crm-7" in "".join(shop.files.export_customers())
        assert not shop.verify().problems
        with store.session(write=False) as session:
            rows = session.select(Query("customer")).rows
            tokens = session.select(Query("search_token")).rows
        personal = (
            *("first_name", "last_name", "phone", "email", "birth_date", "gender"),
            *("unique_phone", "unique_email", "birthday", "device", "status_reason"),
        )
        assert {None} == {row[name] for row in rows for name in personal}
        assert {""} == {row["folded_name"] for row in rows}
        assert {"external:crm-7", "external:crm-8"} == {row["token"] for row in tokens}
