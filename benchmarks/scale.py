"""
One program with many customers, and what each query of a CRM takes on it.

A first customer buys through our own API, and so do fifty others, hundreds of purchases
at once, which gives the rate of loading.  Everybody else is the first customer's rows
over again, under other ids, put in by ``Session.apply``: what is measured is the
queries, and building a million histories through the API would take hours.  Each
customer has a card, and two entries or four, three on average.
"""

from __future__ import annotations

import argparse
import resource
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeAlias

from benchmarks import listing, machine
from benchmarks.figures import Aim, Figure
from benchmarks.servers import server
from benchmarks.shop import shop_in
from loyaltycore import Intent, SqliteStore, cards
from loyaltycore.customers.customer import Person
from loyaltycore.customers.search_keys import folded_name, tokens_of
from loyaltycore.ports import Insert, Ref
from loyaltycore.posting.profiles import profile
from loyaltycore.query.predicates import And, Compare, Op, where
from loyaltycore.query.queries import Order, Query, count, total
from loyaltycore.records.finding import searched


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from loyaltycore import Loyalty
    from loyaltycore.ports import Session, Store
    from loyaltycore.query.predicates import Predicate

    Ask: TypeAlias = Callable[[Session, int], object]

__all__ = ["main"]

_BEGAN = datetime(2020, 1, 1, tzinfo=UTC)
_CHUNK = 500  # customers in one database transaction
_LOADED = 4_000  # postings through the API
_BATCH = 500
_TIMES = 41  # each query, with other values every time
_PAGE_AIM = Aim("<=", 5)
_PROFILE_AIM = Aim("<=", 10)
_FILTERS_AIM = Aim("<=", 20)
_LOAD_AIM = Aim(">=", 6_000)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, ask, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"))
    asked = parser.parse_args(arguments)
    customers, engine = asked.customers, asked.engine or "both"
    print(machine.described(), flush=True)
    figures: list[Figure] = []
    store: Any
    if engine != "postgres":
        with TemporaryDirectory(prefix="loyaltycore-scale-") as folder:
            store = SqliteStore(Path(folder) / "scale.db")
            figures += _measured("sqlite", store, customers)
            store.close()
    if engine != "sqlite":
        with server() as found:
            if found is not None:
                store = found.store()
                figures += _measured("postgres", store, customers, found.analyze)
    for figure in figures:
        print(f"BENCH {figure.name}={figure.text}")
    for figure in figures:
        print(f"{figure.name:36} {figure.text:>9}  {figure.verdict}  {figure.note}")
    return 0


def _measured(
    engine: str, store: Store, customers: int, settle: Callable[[], None] | None = None
) -> Iterator[Figure]:
    shop = shop_in(store)
    yield _load(engine, shop)
    before = _memory()
    started = perf_counter()
    rows = _build(shop, customers)
    seconds = perf_counter() - started
    yield Figure(
        name=f"scale_{engine}_rows_per_s",
        value=rows / seconds,
        digits=0,
        note=f"{rows:,} rows of {customers:,} customers in {seconds:.0f} s",
    )
    if settle is not None:
        settle()
    with store.session(write=False) as session:
        for name, (ask, aim) in _Questions(customers, shop).all().items():
            value = median(_milliseconds(session, ask, n) for n in range(_TIMES))
            yield Figure(
                name=f"scale_{engine}_{name}_ms", value=value, digits=3, aim=aim
            )
    yield from listing.measured(engine, shop, customers)
    yield Figure(
        name=f"scale_{engine}_memory_mb",
        value=_memory() - before,
        digits=0,
        note=f"grown beyond the {before:.0f} MB from before building",
    )


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# -- building --------------------------------------------------------------------------


def _load(engine: str, shop: Loyalty) -> Figure:
    """Post a few thousand purchases, hundreds at once, as an import would."""
    rules = cards.Cashback(percent=3, points_expiry=cards.Rolling(6, "months"))
    template = shop.templates.create("Points", rules)
    owners = [shop.customers.register(first_name="Ada") for _ in range(50)]
    wallets = [shop.cards.issue(template.id, to=owner.id).id for owner in owners]
    started = perf_counter()
    for first in range(0, _LOADED, _BATCH):
        shop.cards.post_many(
            Intent(
                wallets[number % len(wallets)],
                cards.RecordPurchase("12.34"),
                key=f"load/{number}",
            )
            for number in range(first, first + _BATCH)
        )
    return Figure(
        name=f"scale_{engine}_load_per_s",
        value=_LOADED / (perf_counter() - started),
        digits=0,
        aim=_LOAD_AIM,
        note=f"postings through the API, {_BATCH} at once",
    )


class _Pattern:
    """The rows of one customer who has bought once."""

    def __init__(self, shop: Loyalty) -> None:
        (template, *_) = shop.templates.list()
        ada = shop.customers.register(first_name="Ada")
        card = shop.cards.issue(template.id, to=ada.id)
        shop.cards.record_purchase(card.id, "12.34", key="pattern", receipt_id="R-0")
        self.customer = self._one(shop, "customer", id=ada.id)
        self.card = self._one(shop, "card", id=card.id)
        self.transaction = self._one(shop, "transaction", card_id=card.id)
        self.entries = self._all(shop, "entry", card_id=card.id)
        self.lots = self._all(shop, "lot", card_id=card.id)

    def _one(self, shop: Loyalty, collection: str, **equal: Any) -> dict[str, Any]:
        (row,) = self._all(shop, collection, **equal)
        return row

    def _all(self, shop: Loyalty, name: str, **equal: Any) -> list[dict[str, Any]]:
        with shop.store.session(write=False) as session:
            query = Query(name, where(program_id=shop.program.id, **equal))
            return [dict(row) for row in session.select(query).rows]

    def rows(self, number: int, chance: Random) -> dict[str, list[dict[str, Any]]]:
        """The same customer again, under another id and with other figures."""
        person, card = f"c{number:09}", f"k{number:09}"
        at = _BEGAN + timedelta(minutes=number)
        due = at + timedelta(days=chance.randrange(400))
        program = {"program_id": self.customer["program_id"], "customer_id": person}
        versions = range(1, 2 + number % 2)
        who = Person(
            first_name=f"Ada{number % 5_000}{' Anna' * (number % 100 == 0)}",
            last_name=f"Lovelace{number}",
            phone=f"+4930{number:09}",
            email=f"ada{number}@example.org",
        )
        customer = {
            "id": person,
            **_of_person(who),
            "referral_code": f"R{number:09}",
            "registered_at": at,
            "points": chance.randrange(100_000),
        }
        transactions = [
            {
                **self.transaction,
                "id": f"t{number:09}/{version}",
                "card_id": card,
                "customer_id": person,
                "version": version,
                "idempotency_key": f"key/{number}/{version}",
                "receipt_id": f"R-{number}-{version}",
                "occurred_at": at + timedelta(hours=version),
            }
            for version in versions
        ]
        return {
            "customer": [{**self.customer, **customer}],
            "search_token": [
                {**program, "token": token} for token in sorted(tokens_of(who))
            ],
            "card": [
                {
                    **self.card,
                    "id": card,
                    "serial": f"S{number:09}",
                    "customer_id": person,
                    "next_due_at": due,
                }
            ],
            "transaction": transactions,
            "entry": [
                {**entry, "card_id": card, "version": version}
                for version in versions
                for entry in self.entries
            ],
            "lot": [{**lot, "card_id": card} for lot in self.lots],
            "customer_tag": listing.tags_of(person, number, at),
        }


def _of_person(person: Person) -> dict[str, Any]:
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "phone": person.phone,
        "email": person.email,
        "unique_phone": person.phone,
        "unique_email": person.email,
        "folded_name": folded_name(person),
    }


def _build(shop: Loyalty, customers: int) -> int:
    pattern, chance, rows = _Pattern(shop), Random("scale"), 0
    for first in range(0, customers, _CHUNK):
        gathered: dict[str, list[dict[str, Any]]] = {}
        for number in range(first, min(first + _CHUNK, customers)):
            for name, some in pattern.rows(number, chance).items():
                gathered.setdefault(name, []).extend(some)
        with shop.store.session() as session:
            inserts = [Insert(name, some) for name, some in gathered.items() if some]
            rows += sum(session.apply(inserts))
    return rows


# -- asking ----------------------------------------------------------------------------


def _milliseconds(session: Session, ask: Ask, number: int) -> float:
    started = perf_counter()
    ask(session, number)
    return (perf_counter() - started) * 1_000


class _Questions:
    """Each query of the CRM, with values that differ from time to time."""

    def __init__(self, customers: int, shop: Loyalty) -> None:
        self._customers = customers
        self._desk = shop._shell.desk  # noqa: SLF001 - what services work with

    def all(self) -> dict[str, tuple[Ask, Aim | None]]:
        """Name, question and aim."""
        newest = (Order("registered_at", descending=True),)
        due = _here(Compare("next_due_at", Op.LE, _BEGAN + timedelta(days=4_000)))
        rich = _here(Compare("points", Op.GE, 50_000))
        pages: dict[str, Ask] = {
            "by_id": self._get("id", lambda n: f"c{n:09}"),
            "by_phone": self._search(lambda n: f"+49 30 {n:09}"),
            "by_email": self._search(lambda n: f"ada{n}@example.org"),
            "by_receipt": self._search(lambda n: f"R-{n}-1"),
            "name_prefix_50": self._search(lambda n: f"ada{n % 500}"),
            "common_name_50": self._search(lambda _: "anna"),
            "common_and_rare_name": self._search(lambda n: f"anna lovelace{n}"),
            "no_such_name": self._search(lambda n: f"zoe{n} anna"),
            "phone_last_7": self._search(lambda n: f"{n:09}"[-7:]),
            "grid_first_50": _page(Query("customer", _here(), newest, 50)),
            "grid_deep_50": self._deep,
            "filter_and_sort_50": _page(Query("customer", rich, newest, 50)),
            "statement_50": self._of_customer,
            "next_500_due": _page(Query("card", due, (Order("next_due_at"),), 500)),
        }
        return {
            **{name: (ask, _PAGE_AIM) for name, ask in pages.items()},
            "two_common_names_50": (
                self._search(lambda n: f"anna ada{n % 10}"),
                _FILTERS_AIM,
            ),
            "profile_and_statement": (self._profile, _PROFILE_AIM),
            "tile_totals": (_totals, None),
        }

    def _some(self, number: int) -> int:
        return (number * 7_919 + 1) % self._customers

    def _get(self, column: str, value: Callable[[int], str]) -> Ask:
        columns = ("program_id", column)
        return lambda session, n: session.get(
            [Ref("customer", columns, ("bench", value(self._some(n))))]
        )

    def _search(self, text: Callable[[int], str]) -> Ask:
        """What a search box asks, customers and all."""
        return lambda session, n: searched(
            session, self._desk.program, text(self._some(n)), 50
        )

    def _profile(self, session: Session, number: int) -> object:
        """A profile and the first page of the statement."""
        self._of_customer(session, number)
        return profile(session, self._desk, f"c{self._some(number):09}")

    def _deep(self, session: Session, number: int) -> object:
        at = _BEGAN + timedelta(minutes=self._some(number))
        later = _here(Compare("registered_at", Op.GE, at))
        order = (Order("registered_at"),)
        return session.select(Query("customer", later, order, limit=50))

    def _of_customer(self, session: Session, number: int) -> object:
        theirs = _here(where(customer_id=f"c{self._some(number):09}"))
        order = (Order("occurred_at", descending=True),)
        return session.select(Query("transaction", theirs, order, limit=50))


def _here(*terms: Predicate) -> And:
    return And((*where(program_id="bench").terms, *terms))


def _page(query: Query) -> Ask:
    return lambda session, _: session.select(query)


def _totals(session: Session, _: int) -> object:
    measures = {"n": count(), "points": total("points")}
    return session.summarize(Query("customer", _here()), measures=measures)


if __name__ == "__main__":
    sys.exit(main())
