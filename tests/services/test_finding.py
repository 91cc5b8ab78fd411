"""Finding customers by whatever is known of them, on every store."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from tests.conftest import NOON

from loyaltycore import Loyalty, cards, errors
from loyaltycore.customers.activity import ActivityKind
from loyaltycore.ports import Ref, Update
from loyaltycore.program.customer_status import CustomerStatus
from loyaltycore.records.customers import customer_changes
from loyaltycore.records.finding import everyone_who_became, resolved


if TYPE_CHECKING:
    from loyaltycore.cards.card import Card
    from loyaltycore.customers.customer import Customer
    from loyaltycore.ports import Store


@pytest.fixture
def ada(shop: Loyalty) -> Customer:
    """Ada, and somebody else."""
    one = shop.customers.register(
        first_name="Ada Zoë",
        last_name="Lovelace-King",
        phone="030 901820",
        email="ada@example.com",
        external_id="CRM 9/a",
    )
    shop.customers.register(
        first_name="Alan", last_name="Turing", phone="030 111222", external_id="T"
    )
    return one


@pytest.fixture
def wallet(shop: Loyalty, ada: Customer) -> Card:
    """Ada's card, with one purchase on it."""
    template = shop.templates.create("Points", cards.Cashback(percent=3))
    card = shop.cards.issue(template.id, to=ada.id)
    shop.cards.record_purchase(card.id, "49.90", receipt_id="R 7/2026")
    return card


def merge(store: Store, shop: Loyalty, source: Customer, target: Customer) -> None:
    """Make one turn out to be the other, as a merge would leave the rows."""
    gone = attrs.evolve(source, status=CustomerStatus.MERGED, merged_into=target.id)
    with store.session() as session:
        session.apply(customer_changes(shop.program, source, gone))


class TestFind:
    """``customers.find`` and ``find_all``."""

    @pytest.mark.parametrize(
        "clue",
        [
            {"phone": "+49 30 901820"},
            {"phone": "(030) 90 18 20"},
            {"phone": "0049-30-901820"},
            {"phone_ending": "1820"},
            {"phone_ending": "90 18 20"},
            {"phone_ending": "030 901820"},
            {"email": " ADA@Example.com "},
            {"external_id": "CRM 9/a"},
            {"name": "LOVEL"},
            {"name": "king zoe"},
            {"name": "ada love"},
            {"receipt_id": "R 7/2026"},
        ],
        ids=str,
    )
    def test_by_what_is_known(
        self, clue: Any, shop: Loyalty, ada: Customer, wallet: Card
    ) -> None:
        """CU-02: each leads to Ada, and to nobody else."""
        assert [ada.id] == [one.id for one in shop.customers.find_all(**clue)]
        assert ada.id == shop.customers.find(**clue).id  # type: ignore[union-attr]

    def test_by_what_is_printed(
        self, shop: Loyalty, ada: Customer, wallet: Card
    ) -> None:
        """CU-02: a serial number and a referral code, in any notation."""
        for clue in (
            {"serial": wallet.serial},
            {"serial": f" {wallet.serial[:4].lower()}-{wallet.serial[4:]}"},
            {"referral_code": ada.referral_code.lower()},
            {"id": ada.id},
        ):
            assert ada.id == shop.customers.find(**clue).id  # type: ignore[arg-type,union-attr]

    @pytest.mark.parametrize(
        "clue",
        [
            {},
            {"phone": None},
            {"email": "  "},
            {"phone": "030 999999"},
            {"phone_ending": "9999"},
            {"email": "other@example.com"},
            {"external_id": "CRM"},
            {"external_id": "a\x00b"},
            {"name": "lace"},
            {"name": "ada turing"},
            {"receipt_id": "R 7"},
            {"serial": "no code"},
            {"serial": "0000000000000"},
            {"referral_code": "ABC"},
            {"id": "nobody"},
        ],
        ids=str,
    )
    def test_what_leads_to_nobody(
        self, clue: Any, shop: Loyalty, ada: Customer, wallet: Card
    ) -> None:
        """None, never somebody who merely looks alike."""
        assert shop.customers.find(**clue) is None

    @pytest.mark.parametrize(
        ("clue", "error"),
        [
            ({"phone": "not a phone"}, errors.InvalidPhone),
            ({"email": "nobody"}, errors.InvalidEmail),
            ({"phone_ending": "182"}, errors.InvalidValue),
            ({"phone_ending": "x"}, errors.InvalidValue),
            ({"name": 7}, errors.InvalidValue),
            ({"name": "x" * 256}, errors.InvalidValue),
            ({"name": "ada", "email": "a@example.com"}, errors.InvalidValue),
            ({"name": "ada", "limit": 0}, errors.InvalidValue),
            ({"shoe": "39"}, TypeError),
        ],
        ids=str,
    )
    def test_what_cannot_be_a_clue(
        self, clue: Any, error: type[Exception], shop: Loyalty
    ) -> None:
        """It is refused, without repeating it."""
        with pytest.raises(error):
            shop.customers.find_all(**clue)

    def test_only_the_living_are_found(
        self, store: Store, shop: Loyalty, ada: Customer, wallet: Card
    ) -> None:
        """Whoever was deleted is found by nothing, not by their receipts either."""
        ada = shop.customers.get(ada.id)
        gone = attrs.evolve(ada, status=CustomerStatus.DELETED)
        with store.session() as session:
            session.apply(customer_changes(shop.program, ada, gone))

        for clue in (
            {"phone": "030 901820"},
            {"receipt_id": "R 7/2026"},
            {"serial": wallet.serial},
            {"id": ada.id},
            {"referral_code": ada.referral_code},
        ):
            assert shop.customers.find(**clue) is None  # type: ignore[arg-type]
        assert [] == shop.customers.search("lovelace")
        assert [] == shop.customers.search("R 7/2026")


class TestSearch:
    """``customers.search``."""

    @pytest.mark.parametrize(
        "text",
        [
            "lovel",
            "ADA",
            "king ada",
            "zoe 1820",
            "030 90 18 20",
            "+49 (0)30 901820",
            "1820",
            "ada@ex",
            "ADA@EXAMPLE.COM",
            "CRM 9/a",
            "CRM",
            "R 7/2026",
            " lovelace ",
        ],
    )
    def test_one_box_finds_by_anything(
        self, text: str, shop: Loyalty, ada: Customer, wallet: Card
    ) -> None:
        """CU-02: name, phone, e-mail, external id and receipt, in one box."""
        assert [ada.id] == [one.id for one in shop.customers.search(text)]

    def test_a_scanner_may_type_into_it(
        self, shop: Loyalty, ada: Customer, wallet: Card
    ) -> None:
        """CU-02: serial numbers and referral codes are found as well."""
        for text in (wallet.serial, ada.referral_code, wallet.serial.lower()):
            assert [ada.id] == [one.id for one in shop.customers.search(text)]

    def test_a_common_first_name_and_a_rare_last_name(
        self, store: Store, shop: Loyalty
    ) -> None:
        """The rare one is found, though a thousand before it have the first name."""
        with shop.batch() as batch:
            for n in range(1_000):
                batch.customers.register(first_name="Ada", last_name=f"Smith{n}")
            rare = batch.customers.register(first_name="Ada", last_name="Zuse")
        both = shop.customers.search("ada smith", limit=500)

        assert [rare] == shop.customers.search("ada zuse")
        assert [rare] == shop.customers.search("zu ad")
        assert 500 == len({one.id for one in both})
        assert 50 == len(shop.customers.search("ada"))
        assert [] == shop.customers.search("ada turing")

    def test_who_the_whole_text_names_comes_first(self, shop: Loyalty) -> None:
        """An external id to the letter is before a name that begins so."""
        shop.customers.register(first_name="Max7", registered_at=NOON - timedelta(1))
        named = shop.customers.register(external_id="Max7")

        assert named == shop.customers.search("Max7")[0]
        assert 2 == len(shop.customers.search("Max7"))
        assert [named] == shop.customers.search("Max7", limit=1)

    @pytest.mark.parametrize("text", ["", "  ", "\x00", "a\nb", "\ud800", "9" * 255])
    def test_what_nobody_is_called(
        self, text: str, shop: Loyalty, ada: Customer
    ) -> None:
        """It finds nobody."""
        assert [] == shop.customers.search(text)

    @pytest.mark.parametrize("text", [7, None, "x" * 256])
    def test_what_no_box_holds(self, text: Any, shop: Loyalty) -> None:
        """It is refused."""
        with pytest.raises(errors.InvalidValue):
            shop.customers.search(text)


class TestMerged:
    """Customers who turned out to be somebody else."""

    def test_everything_of_theirs_leads_to_who_they_are(
        self, store: Store, shop: Loyalty, ada: Customer, wallet: Card
    ) -> None:
        """CU-02: id, phone, receipts and cards of one find the other, over chains."""
        eda = shop.customers.register(first_name="Eda", phone="030 333444")
        one = shop.customers.register(first_name="Ida", phone="030 555666")
        merge(store, shop, shop.customers.get(ada.id), eda)
        merge(store, shop, eda, one)

        for clue in (
            {"id": ada.id},
            {"id": eda.id},
            {"phone": "030 901820"},
            {"phone": "030 333444"},
            {"receipt_id": "R 7/2026"},
            {"serial": wallet.serial},
            {"referral_code": ada.referral_code},
            {"name": "lovelace"},
        ):
            assert one.id == shop.customers.find(**clue).id  # type: ignore[arg-type,union-attr]
        assert [one.id] == [each.id for each in shop.customers.search("ada zoe")]
        assert one.id == shop.customers.edit(ada.id, gender="female").id
        with store.session(write=False) as session:
            everyone = everyone_who_became(session, shop.program.id, one.id)
        assert {ada.id, eda.id, one.id} == {*everyone}
        assert one.id == everyone[0]
        kinds = [entry.kind for entry in shop.customers.feed(eda.id).entries]
        assert 3 == kinds.count(ActivityKind.SIGN_UP)
        assert 1 == kinds.count(ActivityKind.TRANSACTION)
        assert 1 == len(shop.customers.transactions(one.id).lines)
        assert 1 == len(shop.reports.statement(customer_id=ada.id).lines)

    def test_merges_that_go_in_a_circle_lead_nowhere(
        self, store: Store, shop: Loyalty
    ) -> None:
        """Rows that nobody should write do not hang a search."""
        ada, eda = shop.customers.register(), shop.customers.register()
        with store.session() as session:
            for one, other in ((ada, eda), (eda, ada)):
                ref = Ref("customer", ("program_id", "id"), (shop.program.id, one.id))
                session.apply([Update(ref, {"merged_into": other.id})])
        with (
            store.session(write=False) as session,
            pytest.raises(errors.UnknownCustomer),
        ):
            resolved(session, shop.program.id, ada.id)
        with store.session(write=False) as session:
            everyone = everyone_who_became(session, shop.program.id, ada.id)

        assert shop.customers.find(id=ada.id) is None
        assert (ada.id, eda.id) == everyone
