"""Transactions out, and a whole program from one store to another."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from loyaltycore import Loyalty, MemoryStore, Program, SqliteStore, cards
from loyaltycore.errors import FileUnreadable, InvalidValue, UnknownTemplate
from loyaltycore.records import dumping
from loyaltycore.schema import VERSION


if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from loyaltycore.ports import Store

START = datetime(2025, 3, 1, 9, tzinfo=UTC)


def lively(shop: Loyalty) -> tuple[str, str]:
    """Let a small programme live for a while; return its two templates."""
    day = shop.at(START)
    points = day.templates.create(
        "Points", cards.Cashback(percent=3, points_expiry=cards.Rolling(6, "months"))
    )
    coffee = day.templates.create(
        "Coffee", cards.Stamp(stamps_required=3, reward="Coffee")
    )
    ada = day.customers.register(
        first_name="=Ada", phone="030 901820", external_id="A-1"
    )
    wallet = day.cards.issue(points.id, to=ada.id)
    stamps = day.cards.issue(coffee.id, to=ada.id)
    sale = day.cards.record_purchase(wallet.id, "49.90", receipt_id="R-7", location="m")
    day.cards.add_stamps(stamps.id, 4)
    day.transactions.refund(sale.id, "20.00")
    day.files.import_customers("phone,first name\n030 901821,Bob\n", import_id="spring")
    shop.at(START + timedelta(days=300)).upkeep.sweep()
    return points.id, coffee.id


def table(parts: Iterable[str]) -> list[dict[str, str]]:
    """Read CSV text."""
    return list(csv.DictReader(io.StringIO("".join(parts), newline="")))


def picked(row: dict[str, str], *names: str) -> tuple[str, ...]:
    """Some cells of a row."""
    return tuple(row[name] for name in names)


class TestTransactions:
    def test_all_of_them(self, store: Store, program: Program):
        """One row a transaction, with what it is about and what it changed."""
        shop = Loyalty(store, program)
        lively(shop)

        rows = table(shop.files.export_transactions())

        wanted = ("kind", "template", "purchase amount", "point", "stamp", "reward")
        assert [
            ("earn", "Points", "49.90", "1.49", "", ""),
            ("earn", "Coffee", "", "", "1", "1"),
            ("refund", "Points", "-20.00", "-0.60", "", ""),
            ("expire", "Points", "", "-0.89", "", ""),
        ] == [picked(row, *wanted) for row in rows]
        assert ("2025-03-01T10:00:00+01:00", "R-7", "m", "'=Ada", "A-1") == picked(
            rows[0], "occurred at", "receipt", "location", "first name", "external id"
        )
        assert rows[0]["transaction"] == rows[2]["reverses"]

    def test_of_one_template(self, store: Store, program: Program):
        """Everything on the cards of one template, whoever has them."""
        shop = Loyalty(store, program)
        _, coffee = lively(shop)

        rows = table(shop.files.export_transactions(coffee))

        assert ["Coffee"] == [row["template"] for row in rows]

    def test_over_pages(self, program: Program, monkeypatch: pytest.MonkeyPatch):
        """More rows than a page has come out once each, in order."""
        monkeypatch.setattr("loyaltycore.services.files.outgoing._PAGE", 2)
        shop = Loyalty(MemoryStore(), program)
        lively(shop)

        ids = [row["transaction"] for row in table(shop.files.export_transactions())]

        assert sorted(set(ids)) == ids
        assert 4 == len(ids)

    def test_an_unknown_template(self, shop: Loyalty):
        """A template that there is not is an error, not an empty file."""
        with pytest.raises(UnknownTemplate):
            shop.files.export_transactions("none")


class TestDump:
    @pytest.mark.parametrize("way", ["memory to sqlite", "sqlite to memory"])
    def test_between_two_stores(self, way: str, tmp_path: Path, program: Program):
        """A program that moved is proved, and says the same when it is dumped again."""
        stores: list[Store] = [MemoryStore(), SqliteStore(tmp_path / "cafe.db")]
        if way == "sqlite to memory":
            stores.reverse()
        here, there = (Loyalty(each, program) for each in stores)
        lively(here)

        count = there.files.load(here.files.dump())

        assert not there.verify().problems
        assert list(here.files.dump()) == list(there.files.dump())
        assert count == len(list(there.files.dump())) - 2
        assert there.customers.find(phone="030 901821").first_name == "Bob"  # type: ignore[union-attr]
        assert there.files.import_customers(
            "phone,first name\n030 901821,Bob\n", import_id="spring"
        ).is_replay
        for each in stores:
            each.close()

    def test_life_goes_on(self, program: Program):
        """A program that moved is one that can be posted on."""
        here, there = Loyalty(MemoryStore(), program), Loyalty(MemoryStore(), program)
        lively(here)
        there.files.load(here.files.dump())

        ada = there.customers.search("901820")[0]
        wallet, stamps = there.cards.of(ada.id)
        there.cards.record_purchase(wallet.id, "10.00")

        assert 1 == there.cards.show(stamps.id).balances["reward"]
        assert not there.verify().problems

    def test_under_another_name(self, program: Program):
        """A dump can become another program of the same currency and zone."""
        here = Loyalty(MemoryStore(), program)
        lively(here)
        copy = Loyalty(here.store, attrs.evolve(program, id="copy"))

        copy.files.load(list(here.files.dump()))

        assert not copy.verify().problems
        assert not here.verify().problems

    def test_inside_a_batch(self, program: Program):
        """Dump and load join the transaction that is open."""
        here, there = Loyalty(MemoryStore(), program), Loyalty(MemoryStore(), program)
        with here.batch() as batch:
            lively(batch)
            lines = list(batch.files.dump())
        with there.batch() as batch:
            batch.files.load(lines)

        assert list(there.files.dump()) == lines

    def test_not_over_something(self, shop: Loyalty):
        """A program that has rows is not filled."""
        shop.customers.register(first_name="Ada")

        with pytest.raises(InvalidValue, match="empty"):
            shop.files.load(list(shop.files.dump()))

    @pytest.mark.parametrize(
        ("field", "value"), [("currency", "USD"), ("zone", "Europe/Rome")]
    )
    def test_of_another_kind(self, program: Program, field: str, value: Any):
        """Amounts and days would mean something else."""
        here = Loyalty(MemoryStore(), program)
        there = Loyalty(MemoryStore(), attrs.evolve(program, **{field: value}))

        with pytest.raises(InvalidValue) as caught:
            there.files.load(here.files.dump())

        assert field == caught.value.field

    @pytest.mark.parametrize(
        "damage",
        ["no header", "cut off", "a row less", "another value", "no JSON", "no table",
         "no column", "too little", "wrong type", "not a row"],
    )  # fmt: skip
    def test_damaged(self, shop: Loyalty, program: Program, damage: str):
        """A dump that is not whole is refused whole."""
        lively(shop)
        header, *rows, last = list(shop.files.dump())
        at = next(n for n, row in enumerate(rows) if '["customer"' in row)
        lines = {
            "no header": ["{}\n", *rows, last],
            "cut off": [header, *rows],
            "a row less": [header, *rows[1:], last],
            "another value": [header, *[r.replace("Bob", "Bab") for r in rows], last],
            "no JSON": [header, "{", *rows, last],
            "no table": [header, '["x",{}]\n', *rows, last],
            "no column": [header, '["customer",{"x":1}]\n', *rows, last],
            "too little": [header, '["customer",{"id":"x"}]\n', *rows, last],
            "wrong type": [header, rows[at].replace('"version":1', '"version":"1"')],
            "not a row": [header, "7\n", *rows, last],
        }[damage]
        there = Loyalty(MemoryStore(), program)

        with pytest.raises(FileUnreadable) as caught:
            there.files.load(lines)

        expected = "header" if damage == "no header" else "damaged"
        assert expected == caught.value.details["reason"]
        assert ([], None) == there.customers.page()

    @pytest.mark.parametrize(
        ("name", "number"),
        [("version", dumping.FORMAT_VERSION + 1), ("schema", VERSION + 1)],
    )
    def test_of_a_later_version(self, shop: Loyalty, name: str, number: int):
        """What a later version wrote is not half understood."""
        header, *rest = shop.files.dump()
        later = json.dumps({**json.loads(header), name: number})

        with pytest.raises(FileUnreadable) as caught:
            shop.files.load([later, *rest])

        assert "version" == caught.value.details["reason"]

    def test_nothing_at_all(self, shop: Loyalty):
        """An empty file is no dump."""
        with pytest.raises(FileUnreadable):
            shop.files.load([])

    def test_many_rows(self, program: Program, monkeypatch: pytest.MonkeyPatch):
        """Rows are written in portions, however many there are."""
        monkeypatch.setattr(dumping, "_ROWS_A_PAGE", 2)
        here, there = Loyalty(MemoryStore(), program), Loyalty(MemoryStore(), program)
        lively(here)

        there.files.load(here.files.dump())

        assert not there.verify().problems
