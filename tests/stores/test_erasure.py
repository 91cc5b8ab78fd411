"""CU-19: an erased person is gone from the store, byte for byte."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from tests.conftest import rows_of

from loyaltycore import Loyalty, MemoryStore, Program, SqliteStore, cards, errors
from loyaltycore.program.customer_form import CustomerForm
from loyaltycore.program.fields import FieldDefinition
from loyaltycore.records.quotas import QUOTA


if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import sqlalchemy as sa

    from loyaltycore.ports import Store
    from loyaltycore.stores.sql import SqlStore

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CAFE = Program(
    id="cafe",
    currency="EUR",
    zone="Europe/Berlin",
    phone_region="DE",
    customer_form=CustomerForm(
        fields=(FieldDefinition("pet", unique=True), FieldDefinition("bike"))
    ),
)
# Each is planted once, and occurs nowhere else in what a store writes.
MARKERS = {
    "first_name": "Quetzalina",
    "last_name": "Przybyszewska",
    "phone": "+4915112345677",
    "email": "quetzalina@zq-example.com",
    "external_id": "crm-zq-4711",
    "gender": "gender-zq",
    "source": "source-zq",
    "utm": "utm-zq-campaign",
    "pet": "Xolotlzq",
    "bike": "bike-zq-red",
    "device": "device-zq-phone",
    "note": "note-zq: likes window seats",
    "edited": "edited-zq: likes the terrace",
    "review": "review-zq: lovely soup",
    "card_field": "cardfield-zq",
    "card_device": "carddevice-zq",
    "card_utm": "cardutm-zq",
    "blocked": "blocked-zq: found on a bench",
    "reason": "reason-zq: stole a spoon",
    "alias_name": "Xiomarazq",
    "alias_email": "xiomara@zq-example.com",
    "old_name": "Oldnamezq",
}


def live(shop: Loyalty) -> str:
    """Let one person leave every kind of trace, among others; return their id."""
    form = cards.Conditions(form=(cards.FieldDefinition("pet", unique=True),))
    wallet = shop.templates.create(
        "Wallet", cards.Cashback(percent=10), conditions=form
    ).id
    for n in range(20):
        other = shop.customers.register(first_name=f"Other {n}").id
        shop.notes.add(other, f"A note {n}")
    names = ("last_name", "phone", "email", "external_id", "gender", "source", "utm")
    contact: dict[str, Any] = {name: MARKERS[name] for name in names}
    person = shop.customers.register(
        **contact,
        first_name=MARKERS["old_name"],
        device=MARKERS["device"],
        birth_date=date(1969, 7, 21),
        fields={"pet": MARKERS["pet"], "bike": MARKERS["bike"]},
    ).id
    shop.customers.edit(person, first_name=MARKERS["first_name"])
    card = shop.cards.issue(
        wallet,
        to=person,
        fields={"pet": MARKERS["card_field"]},
        utm=MARKERS["card_utm"],
    ).id
    shop.cards.install(card, device=MARKERS["card_device"])
    bought = shop.cards.record_purchase(card, "40.00", receipt_id="R-1").id
    shop.cards.redeem_points(card, "1.00")
    note = shop.notes.add(person, MARKERS["note"])
    shop.notes.edit(note.id, MARKERS["edited"])
    shop.tags.add(person, "regular")
    shop.consents.give(person, "email", source="till")
    shop.feedback.record(person, 4, MARKERS["review"], transaction_id=bought)
    alias = shop.customers.register(
        first_name=MARKERS["alias_name"], email=MARKERS["alias_email"]
    ).id
    theirs = shop.cards.issue(wallet, to=alias).id
    shop.cards.record_purchase(theirs, "5.00")
    shop.customers.merge(alias, into=person, fill=False)
    shop.customers.block(person, MARKERS["reason"])
    shop.cards.block(card, MARKERS["blocked"])
    return person


def found_in(text: bytes) -> list[str]:
    """Say which markers occur, in any case, backwards and as JSON too."""
    text = text.lower()
    found = []
    for name, marker in MARKERS.items():
        plain = marker.lower()
        digits = plain.lstrip("+")
        if any(
            form.encode() in text for form in {plain, digits, digits[::-1], plain[::-1]}
        ):
            found.append(name)
    return found


def totals_of(store: Store) -> dict[str, object]:
    """The ledger, and everything that is added up, but how many there are."""
    picture = rows_of(store)
    kept = ("transaction", "entry", "lot", "counter", "template_version")
    figures = [
        {name: value for name, value in row.items() if name != "living"}
        for row in picture["day_figure"]
        if any(row[name] for name in ("customers", "transactions", "reviews"))
    ]
    sums = [
        {name: row[name] for name in row if row[name] and name in _TOTALS}
        for row in picture["customer"]
    ]
    ratings = sorted(row["rating"] for row in picture["review"])
    picture["counter"] = [
        row for row in picture["counter"] if not row["name"].startswith(QUOTA)
    ]
    return {
        **{name: picture[name] for name in kept},
        "figures": figures,
        "sums": sums,
        "ratings": ratings,
    }


_TOTALS = {
    "id",
    "transactions",
    "purchases",
    "purchase_value",
    "average_value",
    "points",
    "points_earned",
    "points_redeemed",
    "reviews",
    "rating_sum",
    "rating",
}


def files_of(path: Path) -> bytes:
    """Everything that SQLite has in its files."""
    files = sorted(path.parent.glob(f"{path.name}*"))
    return b"\n".join(file.read_bytes() for file in files)


def births_in(store: Store) -> list[tuple[str, str]]:
    """The days of birth of all customers, with and without the year."""
    return [
        (str(row["birth_date"]), row["birthday"])
        for row in rows_of(store)["customer"]
        if (row["birth_date"], row["birthday"]) != (None, None)
    ]


class TestEveryStore:
    """What is in the rows."""

    @pytest.fixture(params=["memory", "sqlite", "postgres", "mysql"])
    def store(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
        """Give each store in turn."""
        if request.param == "memory":
            yield MemoryStore()
        elif request.param == "sqlite":
            store = SqliteStore(tmp_path / "rows.db", durability="process")
            yield store
            store.close()
        else:
            yield request.getfixturevalue(request.param)

    def test_no_row_tells_of_the_person(self, store: Store) -> None:
        """CU-19: no marker is in any row; the ledger, totals and days are unchanged."""
        shop = Loyalty(store, CAFE).at(NOON)
        person = live(shop)
        missing = set(MARKERS) - set(found_in(repr(rows_of(store)).encode()))
        before = totals_of(store)

        assert {"note", "old_name", "device"} == missing  # which were overwritten
        assert [("1969-07-21", "07-21")] == births_in(store)
        erased = shop.customers.erase(person)
        assert [] == found_in(repr(rows_of(store)).encode())
        assert before == totals_of(store)
        assert () == shop.verify().problems
        assert ("erased", None) == (erased.status, erased.phone)
        assert [] == births_in(store)

    def test_again_and_whatever_was_before(self, store: Store) -> None:
        """CU-19: erasing twice is fine, and so is erasing who was deleted before."""
        shop = Loyalty(store, CAFE).at(NOON)
        person = live(shop)
        for card in shop.customers.profile(person).cards:
            shop.cards.delete(card.card.id)
        shop.customers.delete(person)
        erased = shop.customers.erase(person)
        before = rows_of(store)

        assert erased == shop.customers.erase(person)
        assert before == rows_of(store)
        assert [] == found_in(repr(before).encode())
        assert () == shop.verify().problems


def test_no_byte_is_left_in_the_files_of_sqlite(tmp_path: Path) -> None:
    """CU-19: after a scrub no marker is in the file, its log or its index."""
    path = tmp_path / "cafe.db"
    store = SqliteStore(path)
    shop = Loyalty(store, CAFE).at(NOON)
    person = live(shop)
    before = totals_of(store)
    assert set(MARKERS) == set(found_in(files_of(path)))
    shop.customers.erase(person)
    store.scrub()

    assert [] == found_in(files_of(path))
    assert before == totals_of(store)
    assert () == shop.verify().problems
    store.close()
    assert [] == found_in(files_of(path))


def test_emptying_the_log_is_enough_for_what_is_new(tmp_path: Path) -> None:
    """CU-19: without writing the file anew, the log is emptied and rows are wiped."""
    path = tmp_path / "cafe.db"
    store = SqliteStore(path)
    shop = Loyalty(store, CAFE).at(NOON)
    shop.customers.erase(live(shop))
    store.scrub(rewrite=False)

    assert [] == found_in(files_of(path))
    store.close()


def test_a_scrub_waits_for_nobody_for_ever(tmp_path: Path) -> None:
    """Whoever still reads what was there keeps it there; the scrub says so."""
    store = SqliteStore(tmp_path / "cafe.db", timeout=0.1)
    shop = Loyalty(store, CAFE).at(NOON)
    live(shop)
    with store.session(write=False) as session:
        session.get([])
        shop.customers.register()
        with pytest.raises(errors.Unavailable):
            store.scrub()
    store.scrub()
    memory = SqliteStore(":memory:")
    Loyalty(memory, CAFE).customers.register()
    memory.scrub()
    memory.close()
    store.close()


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="there is no pg_dump")
def test_no_byte_is_in_a_dump_of_postgresql(
    postgres: SqlStore, postgres_engine: sa.Engine, postgres_schema: str
) -> None:
    """CU-19: no marker is in what ``pg_dump`` writes of our tables."""
    shop = Loyalty(postgres, CAFE).at(NOON)
    person = live(shop)

    def dump() -> bytes:
        url = postgres_engine.url.set(drivername="postgresql")
        text = url.render_as_string(hide_password=False)
        command = ["pg_dump", "--schema", postgres_schema, "--dbname", text]
        return subprocess.run(command, capture_output=True, check=True).stdout

    assert set(MARKERS) - {"note", "old_name", "device"} == set(found_in(dump()))
    shop.customers.erase(person)

    assert [] == found_in(dump())
    assert b"R-1" in dump()


class TestWhatBecomesOfIt:
    """Cards, links, units, consents."""

    @pytest.fixture
    def shop(self) -> Loyalty:
        """The café in memory."""
        return Loyalty(MemoryStore(), CAFE).at(NOON)

    @pytest.fixture
    def person(self, shop: Loyalty) -> str:
        """Somebody who left every trace."""
        return live(shop)

    def test_nothing_leads_there(self, shop: Loyalty, person: str) -> None:
        """CU-19: no contact, code or link finds them; their contacts are free."""
        code = shop.customers.get(person).referral_code
        (card, _) = shop.customers.profile(person).cards
        shop.links.referral(person)
        shop.links.install(card.card.id)
        shop.customers.erase(person)

        assert [] == rows_of(shop.store)["link"]
        assert None is shop.customers.find(referral_code=code)
        for marker in ("phone", "email", "external_id", "alias_email"):
            assert [] == shop.customers.search(MARKERS[marker])
        shop.customers.register(phone=MARKERS["phone"], email=MARKERS["alias_email"])
        with pytest.raises(errors.CustomerGone):
            shop.notes.add(person, "x")
        with pytest.raises(errors.CustomerGone):
            shop.customers.restore(person)
        with pytest.raises(errors.CardDeleted):
            shop.cards.record_purchase(card.card.id, "5.00")

    def test_units_are_kept_or_forfeited(self, shop: Loyalty, person: str) -> None:
        """CU-19: units stay in the books, or are dropped by a transaction."""
        other = live_again(shop)
        assert 3.5 == shop.customers.get(person).points / 10_000
        kept = shop.customers.erase(person)
        dropped = shop.customers.erase(other, balance="forfeit")

        assert (35000, 0) == (kept.points, dropped.points)
        assert 0 == dropped.points_expired
        (entry,) = [
            row
            for row in rows_of(shop.store)["entry"]
            if (row["kind"], row["unit"]) == ("forfeit", "point")
        ]
        assert (-200, 0) == (entry["amount"], entry["balance_after"])
        assert () == shop.verify().problems
        with pytest.raises(errors.InvalidValue):
            shop.customers.erase(other, balance="burn")

    def test_held_units_stand_in_the_way(self, shop: Loyalty) -> None:
        """CU-19: an open hold, or pending units, are refused unless released."""
        rules = cards.Cashback(percent=10, pending=cards.After(7, "days"))
        template = shop.templates.create("Later", rules).id
        ada = shop.customers.register().id
        card = shop.cards.issue(template, to=ada).id
        shop.cards.record_purchase(card, "40.00")
        later = shop.at(NOON + timedelta(days=8))
        later.cards.hold(card, "1.00")
        before = rows_of(shop.store)

        with pytest.raises(errors.OutstandingUnits) as caught:
            later.customers.erase(ada)
        assert {"customer_id": ada, "card_ids": [card]} == caught.value.details
        assert before == rows_of(shop.store)
        later.cards.record_purchase(card, "10.00")
        erased = later.customers.erase(ada, release=True)
        assert 40000 == erased.points
        much_later = shop.at(NOON + timedelta(days=30))
        much_later.upkeep.sweep()
        assert 50000 == shop.customers.get(ada).points
        assert () == shop.verify().problems

    def test_pending_units_are_forfeited_too(self, shop: Loyalty) -> None:
        """CU-19: with ``forfeit``, what would have counted later counts never."""
        rules = cards.Cashback(percent=10, pending=cards.After(7, "days"))
        ada = shop.customers.register().id
        card = shop.cards.issue(shop.templates.create("Later", rules).id, to=ada).id
        shop.cards.record_purchase(card, "40.00")
        shop.customers.erase(ada, balance="forfeit", release=True)
        shop.at(NOON + timedelta(days=30)).upkeep.sweep()

        assert 0 == shop.customers.get(ada).points
        assert () == shop.verify().problems

    def test_consents_end_and_their_history_stays(
        self, shop: Loyalty, person: str
    ) -> None:
        """CU-19, CU-20: what was allowed is withdrawn; that it was can be shown."""
        shop.customers.erase(person)

        assert not shop.consents.is_given(person, "email")
        assert [(False, "erasure"), (True, "till")] == [
            (each.is_given, each.source)
            for each in shop.consents.history(person).changes
        ]

    def test_an_alias_stands_for_the_person(self, shop: Loyalty, person: str) -> None:
        """CU-18, CU-19: whoever is named by a former id is erased whole."""
        (alias,) = [
            row["id"] for row in rows_of(shop.store)["customer"] if row["merged_into"]
        ]
        erased = shop.customers.erase(alias)

        assert person == erased.id
        assert [] == found_in(repr(rows_of(shop.store)).encode())

    def test_the_feed_says_that_it_was_done(self, shop: Loyalty, person: str) -> None:
        """CU-05, CU-19: what remains says that somebody was erased, and when."""
        shop.customers.erase(person)

        assert "erase" in {entry.kind for entry in shop.customers.feed(person).entries}


def live_again(shop: Loyalty) -> str:
    """Somebody with points and nothing else."""
    (template, *_) = shop.templates.list()
    ada = shop.customers.register().id
    card = shop.cards.issue(template.id, to=ada).id
    shop.cards.record_purchase(card, "20.00")
    return ada


def test_a_program_without_a_form_is_erased_too() -> None:
    """CU-19: who said nothing has nothing to lose but their place in lists."""
    shop = Loyalty(MemoryStore(), attrs.evolve(CAFE, customer_form=CustomerForm()))
    nobody = shop.customers.register().id

    assert "erased" == shop.customers.erase(nobody).status
    assert ([], None) == shop.customers.page()
