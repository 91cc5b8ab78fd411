"""
The worked examples of the specification, from the JSON files here, on both stores.

A vector has rules and steps.  A step has a moment (``at``), what is asked, and what is
expected: balances, debts and lots behind it, the entries of its transaction by unit,
what the till shows, or the code of a refusal.  Numbers are text, as people write them.
A vector with policies gives the moment of earning and the moment of expiry.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from loyaltycore import Loyalty, Program, cards, errors
from loyaltycore.testing.card_history import read_history
from loyaltycore.values.days import local_day
from loyaltycore.values.expiry import expires_at
from loyaltycore.values.money import amount_text, minor_units
from loyaltycore.values.quantity import from_units, to_units


VECTORS = [
    vector
    for path in sorted(Path(__file__).parent.glob("*.json"))
    for vector in json.loads(path.read_text("utf-8"))
]
POSTED = [vector for vector in VECTORS if "steps" in vector]
POLICIES = [
    (vector["id"], case)
    for vector in VECTORS
    if "policies" in vector
    for case in vector["policies"]
]

ENUMS = {
    *("PackageRefund", "RateAt", "RoundUp", "RoundingLevel", "Shortfall"),
    *("SpendBasis", "Unit", "Upgrade", "Use", "Weekday"),
}


def name_of(vector: Mapping[str, Any]) -> str:
    """Name a vector by its id, and its case where there are several."""
    return " ".join((vector["id"], vector.get("case", ""))).strip()


def built(value: Any) -> Any:
    """Make settings and commands of JSON: ``type`` names the class, in ``cards``."""
    if isinstance(value, list):
        return tuple(map(built, value))
    if isinstance(value, str) and value.partition(".")[0] in ENUMS:
        enum, _, member = value.partition(".")
        return getattr(cards, enum)[member]
    if not isinstance(value, dict):
        return value
    fields = {name: built(field) for name, field in value.items() if name != "type"}
    if "last_day" in fields:
        fields["last_day"] = date.fromisoformat(fields["last_day"])
    return getattr(cards, value["type"])(**fields)


class Scene:
    """One customer with one card or more, and the transactions by their names."""

    def __init__(self, store: Any, vector: Mapping[str, Any]) -> None:
        program = Program(id="p", currency=vector["currency"], zone=vector["zone"])
        opened = datetime(2018, 1, 1, tzinfo=UTC)
        self.shop = Loyalty(store, program).at(opened)
        rules = vector["rules"]
        if "other" in vector:
            other = self.shop.templates.create("Other", built(vector["other"]))
            rules = json.loads(json.dumps(rules).replace('"other"', f'"{other.id}"'))
        self.rules = built(rules)
        self.template = self.shop.templates.create("Card", self.rules)
        self.customer = self.shop.customers.register(first_name="Ada").id
        self.card = self.issued()
        self.names: dict[str, str] = {}
        self.shares: list[str] = []

    def issued(self) -> str:
        """Issue another card to the customer."""
        return self.shop.cards.issue(self.template.id, to=self.customer).id

    def carry_out(self, step: Mapping[str, Any]) -> dict[str, Any]:
        """Do what a step asks and say what came of it, in the vector's own words."""
        if "redeemable" in step:
            return self.redeemable(step)
        shop = self.shop.at(datetime.fromisoformat(step["at"]))
        if "card" in step:
            self.card = self.issued()
        if "quote" in step:
            quote = shop.cards.quote(self.card, built(step["quote"]))
            return {} if quote.balances is None else {"balances": quote.balances}
        try:
            posted = self.posted(shop, step)
        except errors.Refusal as refusal:
            return {"refusal": refusal.code}
        if "name" in step:
            self.names[step["name"]] = posted.id
        return self.seen(posted)

    def posted(self, shop: Loyalty, step: Mapping[str, Any]) -> Any:
        """Ask for what a step says."""
        for verb in ("void", "refund", "amend", "capture"):
            if verb in step:
                ask = getattr(shop.transactions, verb)
                amount = {"amount": self.share(step)} if "amount" in step else {}
                return ask(self.names[step[verb]], **amount)
        options: dict[str, Any] = {}
        if "occurred_at" in step:
            options["occurred_at"] = datetime.fromisoformat(step["occurred_at"])
        if "location" in step:
            options["location"] = step["location"]
        return shop.cards.post(self.card, built(self.priced(step)), **options)

    def share(self, step: Mapping[str, Any]) -> str:
        """Of an amount that goes back to several tenders, the share of the first."""
        currency = self.shop.program.currency
        tenders = [minor_units(paid, currency) for paid in step.get("tenders", ())]
        if not tenders:
            return str(step["amount"])
        shares = cards.split_refund(minor_units(step["amount"], currency), tenders)
        self.shares = [amount_text(share, currency) for share in shares]
        return self.shares[0]

    def priced(self, step: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give a command what its order comes to after the offers on it."""
        if "order" not in step:
            return step["do"]
        currency, order = self.shop.program.currency, cards.Order(step["order"])
        taken = cards.apply_offers(built(step["offers"]), order, currency)
        off = sum(each.discount for each in taken)
        due = minor_units(step["order"], currency) - off
        return {**step["do"], "order_total": amount_text(due, currency)}

    def seen(self, posted: Any) -> dict[str, Any]:
        """Write down all that a vector may expect of a transaction."""
        currency = self.shop.program.currency
        scales = self.rules.scales(currency)
        holding = read_history(self.shop, self.card).holding
        entries: dict[str, list[list[str]]] = {unit.value: [] for unit in scales}
        for entry in posted.transaction.entries:
            amount = str(from_units(entry.amount, scales[entry.unit]))
            entries[entry.unit.value].append([entry.kind.value, amount])
        till, customer = posted.till, self.shop.customers.get(self.customer)
        bought = posted.transaction.purchase_amount
        return {
            "others": [
                self.shop.cards.show(card.id).till.text
                for card in self.shop.cards.of(self.customer)
                if card.id != self.card
            ],
            "customer": [
                str(customer.purchases),
                amount_text(customer.purchase_value, currency),
            ],
            "by_line": [amount_text(off, currency) for off in till.by_line],
            "balances": {unit: str(n) for unit, n in posted.balances.items()},
            "debts": {
                unit: str(from_units(total.debt, scales[unit]))
                for unit, total in holding.totals.items()
            },
            "lots": {
                str(lot.number): str(from_units(lot.remaining, scales[lot.unit]))
                for lot in holding.lots.values()
            },
            "entries": entries,
            "rewards": [list(reward) for reward in till.rewards],
            "tier": till.tier,
            "status": till.status,
            "shares": self.shares,
            "pay_out": till.pay_out and amount_text(till.pay_out, currency),
            "text": till.text,
            "bought": bought and amount_text(bought, currency),
            "pay": None if till.pay is None else amount_text(till.pay, currency),
            "discount": till.discount and amount_text(till.discount, currency),
        }

    def redeemable(self, step: Mapping[str, Any]) -> dict[str, Any]:
        """Ask the rules how many points an order would take."""
        currency = self.shop.program.currency
        scale = self.rules.scales(currency)[cards.Unit.POINT]
        units = self.rules.redeemable(
            to_units(step["redeemable"], scale),
            minor_units(step["order_total"], currency),
            currency,
        )
        return {"redeemable": str(from_units(units, scale))}


def matching(expected: Mapping[str, Any], seen: Mapping[str, Any]) -> dict[str, Any]:
    """Leave of what was seen only what the vector speaks of."""
    found: dict[str, Any] = {}
    for name, value in expected.items():
        saw = seen.get(name)
        if isinstance(value, dict) and isinstance(saw, Mapping) and name != "lots":
            saw = {
                key: str(saw[key]) if name != "entries" else saw[key]
                for key in value
                if key in saw
            }
        found[name] = saw
    return found


class TestWorkedExamples:
    @pytest.mark.parametrize("vector", POSTED, ids=name_of)
    def test_posted(self, store, vector):
        """Every step of the example comes to what the specification says."""
        scene = Scene(store, vector)

        for step in vector["steps"]:
            seen = scene.carry_out(step)
            expected = step.get("expect", {})
            if isinstance(expected, str):
                expected = {"redeemable": expected}
            assert expected == matching(expected, seen), step

    @pytest.mark.parametrize(("name", "case"), POLICIES)
    def test_policy(self, name, case):
        """A policy turns the moment of earning into the moment of expiry."""
        zone = ZoneInfo(case["zone"])
        earned_at = datetime.fromisoformat(case["earned_at"])

        gone = expires_at(built(case["policy"]), earned_at, zone)

        assert gone is not None
        assert datetime.fromisoformat(case["expires_at"]) == gone
        last = local_day(gone - timedelta(microseconds=1), zone)
        assert date.fromisoformat(case["last_day"]) == last

    @pytest.mark.parametrize(("name", "case"), POLICIES)
    def test_policy_on_a_card(self, store, name, case):
        """Points count up to the last instant before they expire, and not at it."""
        rules = {"type": "Cashback", "percent": "1", "points_expiry": case["policy"]}
        vector = {"currency": "EUR", "zone": case["zone"], "rules": rules}
        gone = datetime.fromisoformat(case["expires_at"])
        just_before = gone - timedelta(microseconds=1)
        nothing = {"type": "AddPoints", "points": "0"}
        scene = Scene(store, vector)

        scene.carry_out(
            {"at": case["earned_at"], "do": {"type": "AddPoints", "points": "7"}}
        )
        left = [
            scene.carry_out({"at": moment.isoformat(), "quote": nothing})
            for moment in (just_before, gone)
        ]

        assert ["7.00", "0.00"] == [str(each["balances"]["point"]) for each in left]


def test_every_worked_example_has_a_vector():
    """The script that looks for missing ones finds none."""
    script = Path(__file__).parents[2] / "scripts" / "check_vectors.py"
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False
    )

    assert (0, "vectors: 65 of 65 examples\n") == (done.returncode, done.stdout)


def test_a_vector_has_a_name_of_its_own():
    """Vectors of one id are told apart by their case."""
    names = [name_of(vector) for vector in VECTORS]

    assert sorted(set(names)) == sorted(names)
