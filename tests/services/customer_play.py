"""Two programmes side by side, and what is known of them without asking them."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from tests.conftest import NOON, rows_of

from loyaltycore import Loyalty, MemoryStore, Program, SqliteStore, cards, errors
from loyaltycore.program.customer_form import CustomerForm
from loyaltycore.program.quotas import Quotas
from loyaltycore.values.ids import IdSequence


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from loyaltycore.ports import Store

FORM = CustomerForm(
    fields=(
        cards.FieldDefinition("badge", type=cards.FieldType.INTEGER, unique=True),
        cards.FieldDefinition("pet"),
    )
)
CAFE = Program(
    id="cafe",
    currency="EUR",
    zone="Europe/Berlin",
    phone_region="DE",
    customer_form=FORM,
    quotas=Quotas(seats=2, customers=6, locations=2),
    inactive_after=30,
)
RULES: dict[str, cards.CardType[Any]] = {
    "points": cards.Cashback(percent=10, points_expiry=cards.Rolling(1, "months")),
    "stamps": cards.Stamp(reward="Coffee"),
    "coupon": cards.Coupon(offer=cards.Percent(10), uses=3, per_customer=2),
}
UNIQUE = ("phone", "email", "external_id")


class SeededIds:
    """Ids that come in the same order wherever the same things happen."""

    def __init__(self) -> None:
        self._sequence, self._random = IdSequence(), Random(5)

    def new(self, at: datetime) -> str:
        """Return an id above all earlier ones."""
        ms = (at - NOON) // timedelta(milliseconds=1) + 10**12
        return self._sequence.next(ms, self.random)

    def random(self, n: int) -> bytes:
        """Return the next bytes."""
        return self._random.randbytes(n)


class Answer:
    """What came of something that was asked of both."""

    def __init__(self, value: Any, refused: errors.LoyaltyError | None) -> None:
        self.value, self.refused = value, refused

    @property
    def code(self) -> str | None:
        """Why it was refused."""
        return None if self.refused is None else self.refused.code

    def told(self) -> object:
        """All of it, to compare."""
        if self.refused is None:
            return self.value
        return self.refused.code, self.refused.message, self.refused.details


class Twins:
    """
    The same programme in memory and in SQLite.

    Attributes:
        now: what both clocks show.
    """

    def __init__(self) -> None:
        self.stores: tuple[Store, ...] = (MemoryStore(), SqliteStore(":memory:"))
        self._ids = [SeededIds() for _ in self.stores]
        self.now = NOON

    @property
    def shops(self) -> list[Loyalty]:
        """Both, now."""
        return [
            Loyalty(store, CAFE, ids=ids).at(self.now)
            for store, ids in zip(self.stores, self._ids, strict=True)
        ]

    def ask(self, question: Callable[[Loyalty], Any]) -> Answer:
        """Ask both, compare the answers, and return them."""
        answers = [self._asked(question, shop) for shop in self.shops]
        here, there = (answer.told() for answer in answers)

        assert here == there
        return answers[0]

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Every row, which is the same in both."""
        here, there = (
            {name: sorted(rows, key=repr) for name, rows in rows_of(store).items()}
            for store in self.stores
        )

        assert here == there
        return here

    def close(self) -> None:
        """Let go of both stores."""
        for store in self.stores:
            store.close()

    @staticmethod
    def _asked(question: Callable[[Loyalty], Any], shop: Loyalty) -> Answer:
        try:
            return Answer(question(shop), None)
        except errors.LoyaltyError as error:
            return Answer(None, error)


class Known:
    """What rows say of customers, read by plain loops over all of them."""

    def __init__(self, rows: dict[str, list[dict[str, Any]]]) -> None:
        self._rows = rows
        self.customers = {row["id"]: row for row in rows["customer"]}

    @property
    def members(self) -> set[str]:
        """Who is in a segment."""
        return {row["customer_id"] for row in self._rows["segment_member"]}

    def end(self, customer_id: str) -> str:
        """Who somebody turned out to be."""
        while (into := self.customers[customer_id]["merged_into"]) is not None:
            customer_id = into
        return customer_id

    def holders(self, field: str, value: object) -> set[str]:
        """Who is living and has something, as themselves or as who they were."""
        return {
            self.end(row["id"])
            for row in self.customers.values()
            if row[field] == value and self.customers[self.end(row["id"])]["is_living"]
        }

    def purchases(self, customer_id: str) -> tuple[int, int]:
        """How many purchases stand, and what is left of them."""
        owners = {row["id"]: row["customer_id"] for row in self._rows["card"]}
        back: dict[str, int] = defaultdict(int)
        voided = set()
        for row in self._rows["transaction"]:
            if row["reverses"] is not None:
                back[row["reverses"]] -= row["purchase_amount"] or 0
                if row["kind"] == "void":
                    voided.add(row["reverses"])
        left = [
            (row["purchase_amount"], row["purchase_amount"] - back[row["id"]])
            for row in self._rows["transaction"]
            if owners[row["card_id"]] == customer_id
            and row["reverses"] is None
            and row["purchase_amount"] is not None
            and row["id"] not in voided
        ]
        standing = [net for paid, net in left if net or not paid]
        return len(standing), sum(standing)

    def points(self, customer_id: str) -> tuple[int, int, int, int]:
        """Points left, earned, redeemed and expired on cards that are not deleted."""
        left = earned = redeemed = expired = 0
        for entry in self._entries(customer_id):
            amount, kind = entry["amount"], entry["kind"]
            left += amount
            if kind in {"earn", "bonus", "adjust"} and amount > 0:
                earned += amount
            if kind in {"redeem", "restore"}:
                redeemed -= amount
            if kind == "capture":
                redeemed += sum(taken for _, taken in _takes(entry))
            if kind == "expire":
                expired -= amount
        return left, earned, redeemed, expired

    def _entries(self, customer_id: str) -> Iterator[dict[str, Any]]:
        cards_ = {
            row["id"]
            for row in self._rows["card"]
            if row["customer_id"] == customer_id and row["status"] != "deleted"
        }
        for entry in self._rows["entry"]:
            if entry["card_id"] in cards_ and entry["unit"] == "point":
                yield entry


def _takes(entry: dict[str, Any]) -> list[tuple[int, int]]:
    return [(number, taken) for number, taken in json.loads(entry["takes"])]
