"""What ``verify`` finds when somebody has been at the tables behind our back."""

from __future__ import annotations

import json
import shutil
import sqlite3
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from loyaltycore import Loyalty, MemoryStore, Program, SqliteStore, cards
from loyaltycore.insight.verification import Check, Problem
from loyaltycore.ports import Page
from loyaltycore.program.customer_form import CustomerForm
from loyaltycore.schema import COLLECTIONS, ColumnType
from loyaltycore.stores.sqlite_session import SqliteSession


if TYPE_CHECKING:
    from loyaltycore.query.queries import Query


#: What a file was, who came and went, and what people said: no journal says it again.
WITHOUT_PROOF = {
    "import_run",
    "segment_change",
    "customer_tag",
    "note",
    "activity",
    "link",
    "location",
    "terminal",
    "manager",
    "column_set",
    "saved_filter",
    "segment",
    "segment_member",
}
CAFE = Program(
    id="cafe",
    currency="EUR",
    zone="Europe/Berlin",
    phone_region="DE",
    customer_form=CustomerForm(fields=(cards.FieldDefinition("pet", unique=True),)),
)
START = datetime(2025, 3, 1, 9, tzinfo=UTC)

# What nothing else in the store repeats cannot be proved; proof.md says so.
UNPROVED = {
    "program": {"zone", "created_at"},
    "customer": {
        "version",
        "registered_at",
        "registered_by",  # with the day and the location: in the sums of the day
        "location_id",
        "source",
        "utm",
        "gender",
        "status_reason",
        "activity",
        "device",
        "referral_code",
    },
    "review": {
        "id",
        "version",
        "card_id",
        "transaction_id",
        "text",
        "recorded_at",
    },
    "consent_change": {"id", "source", "actor_id"},
    "card": {
        "issued_at",
        "status",
        "blocked",
        "device",
        "installed_at",
        "expires_at",
        "utm",
        "fields",
    },
    "message": {"due_at", "holder", "attempts", "sent_at"},
    # a customer may have bought nothing that counts, and so have no scores
    "rfm_score": {"program_id", "version", "segment_since"},
    "rfm_run": {"scored_at", "begun_at"},
    **{
        name: {column.name for column in COLLECTIONS[name].columns}
        for name in WITHOUT_PROOF
    },
}
PROVED = [
    pytest.param(name, column.name, id=f"{name}.{column.name}")
    for name, collection in COLLECTIONS.items()
    for column in collection.columns
    if column.name not in UNPROVED.get(name, ())
]


def live(store: MemoryStore | SqliteStore) -> Loyalty:
    """Run a small programme in which everything happens once."""
    shop = Loyalty(store, CAFE)
    day = shop.at(START)
    wallets = day.templates.create(
        "Wallet",
        cards.Cashback(
            tiers=(cards.Tier("Basic", 0, 3), cards.Tier("Gold", 50, 5)),
            points_expiry=cards.Rolling(6, "months"),
            shortfall=cards.Shortfall.DEBT,
        ),
    )
    coffees = day.templates.create(
        "Coffee",
        cards.Stamp(
            stamps_required=3,
            reward="Coffee",
            mode=cards.Visit(),
            one_checkin_per_day=True,
            stamp_life=cards.Rolling(1, "years"),
        ),
        conditions=cards.Conditions(form=(cards.FieldDefinition("pet", unique=True),)),
    )
    ada = day.customers.register(
        first_name="Ada",
        last_name="Lovelace",
        phone="030 901820",
        email="ada@example.com",
        external_id="A-1",
        birth_date=date(1815, 12, 10),
        fields={"pet": "Rex"},
        location="mitte",
    )
    bob = day.customers.register(first_name="Bob", phone="030 901821")
    wallet = day.cards.issue(wallets.id, to=ada.id).id
    stamps = day.cards.issue(coffees.id, to=ada.id, fields={"pet": "Rex"}).id
    other = day.cards.issue(wallets.id, to=bob.id).id

    cem = day.customers.register(first_name="Cem", phone="030 901822")
    third = day.cards.issue(wallets.id, to=cem.id).id
    day.cards.record_purchase(third, "8.00", location="mitte")
    day.consents.give(cem.id, "sms")
    day.consents.give(ada.id, "email", source="till")
    day.feedback.record(cem.id, 3)
    day.customers.merge(cem.id, into=bob.id)

    day.managers.add("Eva", permissions=())
    day.locations.add("Mitte")
    day.templates.change(wallets.id, name="Purse")
    day.templates.change(coffees.id, name="Tea")
    day.cards.install(stamps, device="phone")
    first = day.cards.record_purchase(
        wallet, "60.00", key="t/1", location="mitte", actor="eva", receipt_id="R-1"
    )
    for n in range(4):
        shop.at(START + timedelta(days=n)).cards.check_in(stamps, key=f"s/{n}")
    day = shop.at(START + timedelta(days=10))
    day.cards.claim_reward(stamps)
    day.transactions.void(day.cards.check_in(stamps).id)
    redeemed = day.cards.redeem_points(wallet, "1.00", order_total="20.00")
    day.cards.record_purchase(wallet, "20.00", key="t/2", receipt_id="R-2")
    day.cards.record_purchase(other, "35.00", key="t/3", terminal="till-1")
    day.feedback.record(ada.id, 5, "Lovely", transaction_id=first.id)
    day.transactions.refund(first.id, "10.00", key="t/4")
    day.transactions.void(redeemed.id)
    day.cards.redeem_points(wallet, "2.00")
    day.transactions.void(first.id, actor="ines")  # of what is spent: a debt
    day.cards.record_purchase(wallet, "30.00")  # which this repays
    later = shop.at(START + timedelta(days=300))
    later.cards.record_purchase(other, "12.00")  # after the points before expired
    later.cards.record_purchase(wallet, "5.00")
    later.scores.refresh()
    return shop


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programme in a file that is closed."""
    path = tmp_path_factory.mktemp("verify") / "cafe.db"
    store = SqliteStore(path, durability="process")
    live(store)
    store.close()
    return path


@pytest.fixture
def path(original: Path, tmp_path: Path) -> Path:
    """A copy of the file, to be tampered with."""
    return Path(shutil.copy(original, tmp_path / "cafe.db"))


def problems_of(path: Path) -> tuple[Problem, ...]:
    """Verify the file."""
    store = SqliteStore(path)
    try:
        return Loyalty(store, CAFE).verify().problems
    finally:
        store.close()


def run(path: Path, *statements: tuple[str, *tuple[Any, ...]]) -> None:
    """Change the file as nobody should."""
    connection = sqlite3.connect(path)
    with connection:
        for text, *parameters in statements:
            assert connection.execute(text, parameters).rowcount
    connection.close()


@pytest.mark.parametrize(
    ("collection", "value"), [("entry", "x"), ("transaction", None)]
)
def test_a_number_that_is_none(path: Path, collection: str, value: Any):
    """What a damaged file holds instead of a number is a problem and no error."""
    real = SqliteSession.select

    def damaged(session: SqliteSession, query: Query) -> Page:
        page = real(session, query)
        if query.collection != collection:
            return page
        return Page([{**row, "version": value} for row in page.rows], page.cursor)

    with patch.object(SqliteSession, "select", damaged):
        problems = problems_of(path)

    assert Check.UNREADABLE in {each.check for each in problems}


@pytest.mark.parametrize("collection", ["card", "transaction"])
def test_a_list_that_says_something_else_than_the_row(path: Path, collection: str):
    """Engines answer lists from indexes, so each row is asked for by its id as well."""
    real = SqliteSession.get

    def damaged(session: SqliteSession, refs: Any, *, lock: bool = False) -> Any:
        return [
            {**row, "digest": "0"}
            if row is not None
            and (ref.collection, ref.columns) == (collection, ("program_id", "id"))
            else row
            for ref, row in zip(refs, real(session, refs, lock=lock), strict=True)
        ]

    with patch.object(SqliteSession, "get", damaged):
        problems = problems_of(path)

    assert {(Check.KEY, collection)} == {
        (each.check, each.collection) for each in problems
    }
    assert len(problems) == len(rows_of(path, collection))


def rows_of(path: Path, collection: str) -> list[dict[str, Any]]:
    """Read all rows of a table, as SQLite keeps them."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    rows = connection.execute(f'SELECT * FROM "loyalty_{collection}"').fetchall()
    connection.close()
    return [dict(row) for row in rows]


def flip(path: Path, collection: str, row: dict[str, Any], **values: Any) -> None:
    """Give one row other values."""
    key = COLLECTIONS[collection].key
    sets = ", ".join(f'"{name}" = ?' for name in values)
    named = " AND ".join(f'"{name}" = ?' for name in key)
    text = f'UPDATE "loyalty_{collection}" SET {sets} WHERE {named}'
    run(path, (text, *values.values(), *(row[name] for name in key)))


def drop(path: Path, collection: str, row: dict[str, Any]) -> None:
    """Take one row away."""
    key = COLLECTIONS[collection].key
    named = " AND ".join(f'"{name}" = ?' for name in key)
    text = f'DELETE FROM "loyalty_{collection}" WHERE {named}'
    run(path, (text, *(row[name] for name in key)))


def other_value(collection: str, column: str, value: Any) -> Any:
    """Think of another value that the column could hold."""
    declared = COLLECTIONS[collection].by_name[column]
    match declared.type:
        case ColumnType.INTEGER:
            return (value or 0) + 1_000
        case ColumnType.BOOLEAN:
            return 1 - value
        case ColumnType.DAY if value is None:
            return START.date().isoformat()
        case ColumnType.DAY:
            return (date.fromisoformat(value) + timedelta(days=1)).isoformat()
        case ColumnType.MOMENT if column == "next_due_at":
            return "9999-12-31T00:00:00.000000+00:00"
        case ColumnType.MOMENT:
            moment = START if value is None else datetime.fromisoformat(value)
            return (moment + timedelta(hours=5)).isoformat("T", "microseconds")
        case ColumnType.JSON:
            known = json.loads(value)
            more = [*known, [1, 1]] if isinstance(known, list) else {**known, "x": 1}
            return json.dumps(more, sort_keys=True, separators=(",", ":"))
        case ColumnType.TEXT:
            return f"{value or ''}x"


def is_telling(collection: str, column: str, row: dict[str, Any]) -> bool:
    """Leave out rows in which another value would be as true as this one."""
    if (collection, column) == ("card", "next_due_at"):
        return row["next_due_at"] < "9999"
    if collection == "day_figure":
        return any(row[name] for name in ("transactions", "points_expired"))
    if collection == "message":  # a change of a card's life is not repeated
        return row["topic"] != "card.installed" or column == "card_id"
    if collection == "counter":
        return row["used"] != 0
    if (collection, column) == ("customer", "fields"):  # of an alias nobody looks
        return row["merged_into"] is None
    if collection == "consent_change":  # what was said before is not repeated
        return row["channel"] != "sms" or row["source"] == "merge"
    if (collection, column) in {("card", "customer_id"), ("card", "tier")}:
        return row["version"] > 0
    if collection == "template_version":  # an old one is not repeated
        return row["version"] == 2 or column in {"id", "version", "program_id", ""}
    return True


def names(problem: Problem, row: dict[str, Any]) -> bool:
    """Does the problem say which row it is about, or whose?"""
    known = ("id", "card_id", "customer_id", "template_id", "name", "day", "program_id")
    known += ("local_day",)  # of a review, which is counted on its day
    places = [str(row[name]).split("/")[0] for name in known if row.get(name)]
    return any(place in str(problem) for place in places)


# -- nothing is wrong ------------------------------------------------------------------


def test_a_program_in_memory_is_proved():
    """Whatever the engine wrote by itself, it proves."""
    report = live(MemoryStore()).verify()

    assert () == report.problems
    assert (3, 4) == (report.customers, report.cards)
    assert report.transactions == report.messages
    assert report.entries > report.transactions
    assert min(report.lots, report.day_figures, report.counters) > 3


def test_a_report_is_one_line():
    """A report can be logged: what was found, and in how much."""
    text = str(live(MemoryStore()).verify())

    assert text.startswith("0 problems in 3 customers, 4 cards, ")
    assert " day figures, " in text


def test_the_programme_in_a_file_is_proved(path: Path):
    """The file that the tests below tamper with is sound before."""
    assert () == problems_of(path)


def test_an_empty_program_is_proved():
    """Nothing is a program too."""
    report = Loyalty(MemoryStore(), CAFE).verify()

    assert () == report.problems
    assert 0 == report.transactions


def test_programs_on_one_store_are_proved_one_by_one():
    """The rows of another program are none of this one's."""
    store = MemoryStore()
    live(store)
    bar = Loyalty(store, Program(id="bar", currency="USD", zone="UTC"))
    bar.customers.register(first_name="Cem")

    report = bar.verify()

    assert () == report.problems
    assert (1, 0) == (report.customers, report.transactions)


def test_a_batch_is_proved_before_it_is_kept():
    """Inside a batch, what was written so far is what is verified."""
    shop = live(MemoryStore())
    with shop.batch() as batch:
        dan = batch.customers.register(first_name="Dan")
        report = batch.verify()

    assert () == report.problems
    assert dan.id
    assert 4 == report.customers


# -- one value is changed --------------------------------------------------------------


@pytest.mark.parametrize(("collection", "column"), PROVED)
def test_a_changed_value_is_found(path: Path, collection: str, column: str):
    """A value that is proved cannot be changed unnoticed, and the place is named."""
    rows = [
        row for row in rows_of(path, collection) if is_telling(collection, column, row)
    ]
    chosen = {id(row): row for row in (rows[0], rows[len(rows) // 2], rows[-1])}

    for row in chosen.values():
        value = other_value(collection, column, row[column])
        flip(path, collection, row, **{column: value})
        problems = problems_of(path)
        changed = {**row, column: value}
        back = {column: row[column]}
        flip(path, collection, changed, **back)

        assert any(names(each, row) or names(each, changed) for each in problems)
    assert () == problems_of(path)


@pytest.mark.parametrize("unit", ["point", "spend"])
def test_another_unit_is_found(path: Path, unit: str):
    """An entry or a lot in another unit that exists is found as well."""
    for collection in ("entry", "lot"):
        row = next(each for each in rows_of(path, collection) if each["unit"] != unit)
        flip(path, collection, row, unit=unit)

        assert any(each.collection == collection for each in problems_of(path))
        flip(path, collection, row, unit=row["unit"])


@pytest.mark.parametrize(
    ("collection", "column"),
    [("transaction", "till"), ("transaction", "command"), ("entry", "takes")],
)
def test_json_is_kept_to_the_letter(path: Path, collection: str, column: str):
    """A blank more in stored JSON means the same and is not what was sealed."""
    row = rows_of(path, collection)[0]
    flip(path, collection, row, **{column: row[column] + " "})

    (problem,) = problems_of(path)
    assert Check.CHAIN == problem.check


@pytest.mark.parametrize(
    ("collection", "column", "value"),
    [
        ("transaction", "kind", "gift"),
        ("transaction", "pinned", "[]"),
        ("transaction", "pinned", '{"purchases":"two"}'),
        ("transaction", "command", "no JSON"),
        ("transaction", "till", "{}"),
        ("entry", "takes", "[1]"),
        ("entry", "takes", '[[1,"b"]]'),
        ("entry", "unit", "gold"),
        ("card", "totals", "[]"),
        ("card", "totals", '{"gold":[1]}'),
        ("lot", "unit", "gold"),
        ("template", "rules", "{}"),
        ("template", "rules", '{"percent":"three"}'),
        ("template", "kind", "punchcard"),
    ],
)
def test_nonsense_is_a_problem_and_no_crash(
    path: Path, collection: str, column: str, value: str
):
    """A row that cannot be read is reported, and the rest is checked all the same."""
    row = rows_of(path, collection)[0]
    flip(path, collection, row, **{column: value})

    problems = problems_of(path)

    assert {Check.UNREADABLE, Check.LOT} & {each.check for each in problems}
    assert any(names(each, row) for each in problems)


# -- rows are gone, added or exchanged -------------------------------------------------


@pytest.mark.parametrize(
    "collection", sorted(COLLECTIONS.keys() - WITHOUT_PROOF - {"rfm_score"})
)
def test_a_missing_row_is_found(path: Path, collection: str):
    """No row can be taken away unnoticed, whichever table it is in."""
    rows = [row for row in rows_of(path, collection) if is_telling(collection, "", row)]
    for row in (rows[0], rows[-1]):
        kept = Path(shutil.copy(path, path.with_name("kept.db")))
        drop(kept, collection, row)

        assert any(names(each, row) for each in problems_of(kept))


@pytest.mark.parametrize(
    ("collection", "changes"),
    [
        ("lot", {"number": 99, "remaining": 0, "is_open": 0}),
        ("entry", {"version": 99}),
        ("message", {"id": "nobody"}),
        ("counter", {"name": "nobody/checkin"}),
        ("search_token", {"token": "name:eve"}),
    ],
)
def test_a_row_too_many_is_found(path: Path, collection: str, changes: dict[str, Any]):
    """A row that no posting wrote is found."""
    rows = [row for row in rows_of(path, collection) if is_telling(collection, "", row)]
    row = {**rows[0], **changes}
    marks = ", ".join("?" * len(row))
    listed = ", ".join(f'"{name}"' for name in row)
    text = f'INSERT INTO "loyalty_{collection}" ({listed}) VALUES ({marks})'
    run(path, (text, *row.values()))

    assert any(names(each, row) for each in problems_of(path))


def test_exchanged_transactions_are_found(path: Path):
    """Two transactions of a card cannot change places, entries and all."""
    card_id = rows_of(path, "entry")[0]["card_id"]
    exchange = (
        "UPDATE {} SET version = CASE version WHEN 901 THEN 2 ELSE 1 END "
        "WHERE card_id = ? AND version IN (901, 902)"
    )
    away = (
        "UPDATE {} SET version = version + 900 WHERE card_id = ? AND version IN (1, 2)"
    )
    run(
        path,
        *(
            (text.format(f'"loyalty_{table}"'), card_id)
            for text in (away, exchange)
            for table in ("transaction", "entry")
        ),
    )

    chain = [each for each in problems_of(path) if each.check is Check.CHAIN]
    assert len(chain) >= 2


def test_the_last_transaction_is_missed(path: Path):
    """A card says how far it is, so a journal that ends too early is found."""
    row = max(rows_of(path, "transaction"), key=lambda each: each["recorded_at"])
    drop(path, "transaction", row)

    checks = {(each.collection, each.check) for each in problems_of(path)}
    assert ("card", Check.STATE) in checks
    assert ("entry", Check.REFERENCE) in checks
    assert ("message", Check.REFERENCE) in checks


def test_another_currency_is_found(path: Path):
    """A program that counts in another currency than its rows is one problem."""
    store = SqliteStore(path)
    problems = Loyalty(store, Program(id="cafe", currency="USD", zone="UTC")).verify()
    store.close()

    assert ("program", Check.STATE) in {
        (each.collection, each.check) for each in problems.problems
    }


def test_a_replay_that_would_find_another_transaction_is_found():
    """In a store without uniques, a key that stands for two transactions is found."""
    store = MemoryStore()
    shop = live(store)
    table = store.tables["transaction"]
    row, other = [row for row in table.rows.values() if row["idempotency_key"]][:2]
    table.rows[table.key_of(other)] = {
        **other,
        "idempotency_key": row["idempotency_key"],
    }

    found = [each for each in shop.verify().problems if each.check is Check.KEY]
    assert [other["id"]] == [each.id for each in found]


def test_problems_are_counted_and_not_all_kept(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A ruined file does not fill the memory: what is beyond the limit is counted."""
    monkeypatch.setattr("loyaltycore.insight.verification.PROBLEMS_MAX", 5)
    run(path, ('UPDATE "loyalty_transaction" SET source = ?', "elsewhere"))
    store = SqliteStore(path)
    report = Loyalty(store, CAFE).verify()
    store.close()

    assert 5 == len(report.problems)
    assert report.omitted > 10
    assert str(report).startswith(f"{5 + report.omitted} problems in ")


def test_a_problem_is_one_line(path: Path):
    """A problem names the place, says what is wrong, and what was checked."""
    row = rows_of(path, "card")[0]
    flip(path, "card", row, next_lot=77)

    (problem,) = problems_of(path)

    assert f"card {row['id']}" == problem.where
    assert str(problem).startswith(f"card {row['id']}: its next_lot is 77; ")
    assert str(problem).endswith("[state]")


def test_a_problem_tells_nothing_about_a_person(path: Path):
    """Not even where a name or a phone number is what was changed."""
    row = next(each for each in rows_of(path, "customer") if each["email"])
    flip(path, "customer", row, first_name="Eve", phone="+4930000000")

    told = " ".join(map(str, problems_of(path)))

    assert row["id"] in told
    for value in ("Eve", "Ada", "4930", "901820", "example.com"):
        assert value not in told


def test_long_cards_are_read_in_pages(tmp_path: Path):
    """A card with more entries than a page holds is proved across the pages."""
    store = SqliteStore(tmp_path / "long.db", durability="process")
    shop = Loyalty(store, CAFE)
    template = shop.templates.create("Points", cards.Cashback(percent=1))
    card = shop.cards.issue(template.id, to=shop.customers.register().id)
    with shop.batch() as batch:
        record = partial(batch.cards.record_purchase, card.id, "3.00")
        for n in range(1_100):
            record(key=f"till/{n}")

    report = shop.verify()
    store.close()

    assert () == report.problems
    assert (1_100, 2_200) == (report.transactions, report.entries)
