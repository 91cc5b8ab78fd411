"""
Customers of all sorts, and filters over all that is known of them.

A population is built through the services, and by rows where those would take too long;
filters are drawn from what its customers have, so that most of them mean somebody and
not everybody.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

import attrs

from loyaltycore import Loyalty, MemoryStore, Program, cards
from loyaltycore.customers.filter_kinds import (
    FIELDS,
    OPERATORS,
    FieldSpec,
    FilterOp,
    Kind,
    kind_of_type,
)
from loyaltycore.customers.filter_matching import matcher
from loyaltycore.customers.filters import AllOf, AnyOf, CustomerFilter, Filter, Opposite
from loyaltycore.ledger.transactions import Unit
from loyaltycore.ports import Insert, Update
from loyaltycore.program.customer_form import CustomerForm
from loyaltycore.program.fields import FieldDefinition, FieldType
from loyaltycore.query.queries import Query
from loyaltycore.records.customers import customer_ref
from loyaltycore.records.filter_facts import filter_facts
from loyaltycore.records.filters import living_customers
from loyaltycore.schema import COLLECTIONS
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from collections.abc import Callable

    from loyaltycore.customers.customer import Customer
    from loyaltycore.customers.filter_facts import CardFacts, FilterFacts
    from loyaltycore.ports import Session, Store

# Midnight in Berlin, so that days begin, cards end and people grow older just now.
AT = datetime(2026, 3, 2, 23, tzinfo=UTC)
FORM = (
    FieldDefinition("pet"),
    FieldDefinition("cups", type=FieldType.INTEGER),
    FieldDefinition("height", type=FieldType.DECIMAL),
    FieldDefinition("member", type=FieldType.BOOLEAN),
    FieldDefinition("wedding", type=FieldType.DATE),
    FieldDefinition("size", type=FieldType.CHOICE, choices=("S", "M", "L")),
)
CAFE = Program(
    id="cafe",
    currency="EUR",
    zone="Europe/Berlin",
    phone_region="DE",
    inactive_after=30,
    customer_form=CustomerForm(fields=FORM, unique=("phone", "email")),
)
SIZE = 24
_FIRST = (
    "Ada",
    "Zoë",
    "ZOE",
    "李",
    "Ναταλία",
    "Emmy",
    "Al_an",
    "O'Brien",
    "🦊",
    "Ad%a",
)
_LAST = ("Lovelace", "Noether", "Nöther", "Turing", "Łukasiewicz", "de la Cruz", None)
_PETS = ("cat", "Cat", "dog", "two cats", "c_t", "Ä")
_TAGS = ("vip", "new", "VIP", "late")
_SEGMENTS = ("s-1", "s-2", "s-3")
_CONSENTS = (("email", "marketing"), ("sms", "marketing"), ("email", "surveys"))


@attrs.frozen(eq=False)
class Population:
    """Customers, as rows of every table and as what filters may know of each."""

    rows: dict[str, list[dict[str, Any]]]
    facts: dict[str, FilterFacts]
    living: frozenset[str]
    templates: tuple[str, ...]

    def meant_in_memory(self, filter_: CustomerFilter) -> frozenset[str]:
        """Ask each living customer."""
        is_meant = matcher(filter_, AT, CAFE)
        return frozenset(id_ for id_ in self.living if is_meant(self.facts[id_]))


def meant_in_store(session: Session, filter_: CustomerFilter) -> frozenset[str]:
    """Ask the store."""
    query = Query("customer", living_customers(filter_, CAFE, AT), limit=10_000)
    return frozenset(row["id"] for row in session.select(query).rows)


def fill(store: Store, population: Population) -> None:
    """Put all rows into an empty store."""
    with store.session() as session:
        for name, rows in population.rows.items():
            if rows:
                session.apply([Insert(name, rows)])


# -- a population ----------------------------------------------------------------------


def build(seed: int) -> Population:
    """Build some customers with everything that filters ask for."""
    chance, store = Random(seed), MemoryStore()
    shop = Loyalty(store, CAFE).at(AT - timedelta(days=200))
    templates = _templates(shop)
    made = [_register(shop, chance, number) for number in range(SIZE)]
    for customer_id in made:
        for template_id in chance.sample(
            sorted(templates), chance.choice((0, 1, 2, 3))
        ):
            _play(shop, chance, templates[template_id], template_id, customer_id)
    with store.session() as session:
        for customer_id in made:
            _add_rows(session, chance, customer_id)
    with store.session(write=False) as session:
        found = session.select(Query("customer", limit=10_000)).rows
        facts = {row["id"]: filter_facts(session, row) for row in found}
        rows = {
            name: [dict(row) for row in session.select(Query(name, limit=10_000)).rows]
            for name in COLLECTIONS
        }
    living = frozenset(row["id"] for row in found if row["is_living"])
    return Population(rows, facts, living, tuple(templates))


def _templates(shop: Loyalty) -> dict[str, str]:
    rules = {
        "stamp": cards.Stamp(stamps_required=3, reward="Coffee"),
        "cashback": cards.Cashback(
            tiers=(cards.Tier("Basic", 0, 3), cards.Tier("Gold", 60, 5)),
            points_scale=2,
        ),
        "certificate": cards.Certificate(initial=20),
        "multipass": cards.Multipass(packages=(cards.Package("Ten", 10, 50),)),
        "coupon": cards.Coupon(offer=cards.Percent(10), uses=9, per_customer=9),
    }
    return {shop.templates.create(kind, each).id: kind for kind, each in rules.items()}


def _register(shop: Loyalty, chance: Random, number: int) -> str:
    def maybe(value: Any) -> Any:
        return value if chance.random() < 0.7 else None

    born = date(
        chance.randint(1950, 2015), chance.randint(1, 12), chance.randint(1, 28)
    )
    fields = {
        "pet": maybe(chance.choice(_PETS)),
        "cups": maybe(chance.randint(-3, 40)),
        "height": maybe(Decimal(chance.randint(-200, 20_000)).scaleb(-2)),
        "member": maybe(chance.random() < 0.5),
        "wedding": maybe(date(2026, 3, 2) - timedelta(days=chance.randint(-40, 90))),
        "size": maybe(chance.choice("SML")),
    }
    joined = AT - timedelta(days=chance.choice((200, 90, 40, 30, 10, 1)), hours=number)
    customer = shop.at(AT).customers.register(
        first_name=maybe(chance.choice(_FIRST)),
        last_name=chance.choice(_LAST),
        phone=maybe(f"+49 30 90{chance.randint(10, 99)}{number:02}"),
        email=maybe(f"{chance.choice(('ada', 'Emmy', 'zo.e'))}{number}@example.com"),
        external_id=maybe(f"crm-{number % 7}"),
        birth_date=maybe(chance.choice((born, date(2004, 2, 29), date(2008, 3, 3)))),
        gender=maybe(chance.choice(("f", "m", "x"))),
        source=maybe(chance.choice(("till", "QR code", "import"))),
        utm=maybe(chance.choice(("spring", "spring-2", "autumn"))),
        location=maybe(chance.choice(("l-1", "l-2"))),
        registered_at=joined,
        fields=fields,
    )
    return customer.id


def _play(
    shop: Loyalty, chance: Random, kind: str, template_id: str, customer_id: str
) -> None:
    card = shop.cards.issue(template_id, to=customer_id)
    for days in sorted(chance.choices((0, 1, 29, 30, 31, 99), k=chance.randint(0, 4)))[
        ::-1
    ]:
        then = shop.at(AT - timedelta(days=days)).cards
        match kind:
            case "stamp":
                then.add_stamps(card.id, chance.randint(1, 4))
            case "cashback":
                then.record_purchase(card.id, chance.choice(("12.34", "50.00")))
            case "multipass":
                then.add_visits(card.id, chance.randint(2, 3), purchase_amount="10")
                then.redeem_visits(card.id, 1)
            case "coupon":
                then.redeem_coupon(card.id, "30.00")
            case _:
                then.redeem_money(card.id, "4.50")
    _live(shop.at(AT).cards, chance, card.id)


def _live(service: Any, chance: Random, card_id: str) -> None:
    if chance.random() < 0.6:
        service.install(card_id, device=chance.choice(("iPhone", "Pixel 9")))
        if chance.random() < 0.3:
            service.remove(card_id)
    if chance.random() < 0.2:
        service.set_expiration(card_id, date(2026, 3, chance.choice((2, 3))))
    if chance.random() < 0.3:
        service.block(card_id, "lost")
    if chance.random() < 0.2:
        service.delete(card_id)


def _add_rows(session: Session, chance: Random, customer_id: str) -> None:
    """What other services write, as they would."""
    key = {"program_id": CAFE.id, "customer_id": customer_id}
    tags = chance.sample(_TAGS, chance.randint(0, 2))
    segments = chance.sample(_SEGMENTS, chance.randint(0, 2))
    consents = chance.sample(_CONSENTS, chance.randint(0, 3))
    changes: list[Any] = [
        Insert("customer_tag", [{**key, "tag": tag, "tagged_at": AT} for tag in tags]),
        Insert(
            "segment_member",
            [{**key, "segment_id": each, "since": AT} for each in segments],
        ),
        Insert(
            "consent",
            [
                {
                    **key,
                    "channel": channel,
                    "purpose": purpose,
                    "is_given": chance.random() < 0.6,
                    "changed_at": AT,
                }
                for channel, purpose in consents
            ],
        ),
    ]
    if chance.random() < 0.7:
        changes.append(Insert("rfm_score", [_scores(key, chance)]))
    rating = chance.choice((None, 100, 433, 500))
    status = chance.choice(("open",) * 6 + ("deactivated", "blocked", "blocked"))
    is_living = chance.random() < 0.9
    ref = customer_ref(CAFE.id, customer_id)
    values = {
        "status": status if is_living else "deleted",
        "is_living": is_living,
        "activity": chance.choice((None, None, "active", "inactive")),
        "device": chance.choice((None, "iPhone", "Pixel 9")),
        "registered_by": chance.choice((None, "m-1", "m-2")),
        "rating": rating,
        "reviews": 0 if rating is None else chance.randint(1, 3),
        "points_expired": chance.choice((0, 15_000)),
        "points_redeemed": chance.choice((0, 20_000, 25_000)),
    }
    changes.append(Update(ref, values))
    if not is_living:
        changes.append(
            Update(ref, {f"unique_{name}": None for name in ("phone", "email")})
        )
    session.apply([each for each in changes if getattr(each, "rows", True)])


def _scores(key: dict[str, Any], chance: Random) -> dict[str, Any]:
    day = date(2026, 2, 1)
    return {
        **key,
        "version": 1,
        "last_purchase": day,
        "orders": 2,
        "revenue": 500,
        "frequency": 2,
        "monetary": 500,
        "recency_score": chance.randint(1, 5),
        "frequency_score": chance.randint(1, 5),
        "monetary_score": chance.randint(1, 5),
        "segment": chance.choice(("champions", "loyal", "at_risk")),
        "segment_since": day,
    }


# -- filters ---------------------------------------------------------------------------


def comparisons() -> list[tuple[str, str, FilterOp]]:
    """Each field, with what it is told (a field of the form), and each operator."""
    found = [
        (name, "", op)
        for name, spec in FIELDS.items()
        if spec.kind is not Kind.CUSTOM
        for op in spec.operators
    ]
    return found + [
        ("field", definition.name, op)
        for definition in FORM
        for op in OPERATORS[kind_of_type(definition.type)]
    ]


class Drawer:
    """Draws filters over one population."""

    def __init__(self, population: Population, chance: Random) -> None:
        self._population = population
        self._chance = chance

    def leaf(self, field: str, name: str, op: FilterOp) -> Filter:
        """Draw a comparison."""
        spec = FIELDS[field]
        of: dict[str, str] = {"name": name} if name else {}
        if field == "consent":
            of = dict(zip(spec.needs, self._chance.choice(_CONSENTS), strict=True))
        if field == "balance":
            of["unit"] = self._chance.choice(list(Unit)).value
        if "template" in spec.may_take and self._chance.random() < 0.4:
            of["template"] = self._chance.choice(self._population.templates)
        return Filter(field, op, self._value(spec, of, op), **of)

    def tree(self, depth: int = 3) -> CustomerFilter:
        """Draw a filter of several comparisons."""
        if depth == 0 or self._chance.random() < 0.2:
            return self.leaf(*self._chance.choice(comparisons()))
        if self._chance.random() < 0.25:
            return Opposite(self.tree(depth - 1))
        connection = self._chance.choice((AllOf, AnyOf, AnyOf))
        return connection((self.tree(depth - 1), self.tree(depth - 1)))

    def _value(self, spec: FieldSpec, of: dict[str, str], op: FilterOp) -> Any:
        chance = self._chance
        match op:
            case FilterOp.IS_NULL:
                return chance.random() < 0.5
            case FilterOp.WITHIN_LAST:
                return chance.choice((1, 30, 31, 95, 400))
            case FilterOp.BIRTHDAY_IN:
                return chance.choice((2, 3, 7))
            case FilterOp.BETWEEN:
                low, high = self._one(spec, of), self._one(spec, of)
                if isinstance(low, datetime) is not isinstance(high, datetime):
                    low = high
                return tuple(sorted((low, high)))
            case FilterOp.IN | FilterOp.NOT_IN:
                return [self._one(spec, of) for _ in range(chance.randint(1, 3))]
            case FilterOp.CONTAINS | FilterOp.STARTS_WITH:
                text = str(self._one(spec, of))
                start = 0
                if op is FilterOp.CONTAINS:
                    start = chance.randrange(len(text))
                part = text[start : start + chance.randint(1, 4)].strip()
                return "+49" if part == "+" else part or "a"
            case _:
                return self._one(spec, of)

    def _one(self, spec: FieldSpec, of: dict[str, str]) -> Any:
        """One value that the field could have, mostly one that it has somewhere."""
        chance = self._chance
        if spec.words:
            return chance.choice(spec.words)
        values = [each for each in self._values(spec.name, of) if each is not None]
        if spec.kind is Kind.MOMENT and chance.random() < 0.5:
            values = [each.date() for each in values]
        return chance.choice(values)

    def _values(self, field: str, of: dict[str, str]) -> list[Any]:
        """What the customers have in a field, or could have."""
        found = [each.customer for each in self._population.facts.values()]
        owned = [
            each for facts in self._population.facts.values() for each in facts.cards
        ]
        if field in _DRAWN:
            return _DRAWN[field]
        if field in _OF_CUSTOMERS:
            return [_OF_CUSTOMERS[field](one) for one in found]
        if field in _OF_CARDS:
            return [_OF_CARDS[field](each) for each in owned]
        if field == "card_template":
            return list(self._population.templates)
        if field == "field":
            return [one.fields.get(of["name"]) for one in found]
        if field == "balance":
            unit = Unit(of["unit"])
            scale = {Unit.POINT: 4, Unit.MONEY: 2, Unit.SPEND: 2}.get(unit, 0)
            return [from_units(each.balances[unit], scale) for each in owned]
        return [getattr(one.person, field, getattr(one, field, None)) for one in found]


def _scaled(name: str, scale: int) -> Callable[[Customer], Decimal | None]:
    def read(customer: Customer) -> Decimal | None:
        units = getattr(customer, name)
        return None if units is None else from_units(units, scale)

    return read


def _named(customer: Customer) -> str | None:
    first = customer.first_name
    return None if first is None else f"{first} {customer.last_name}"


_DRAWN: dict[str, list[Any]] = {
    "age": [0, 11, 17, 18, 22, 30, 45, 70],
    "tags": list(_TAGS),
    "consent": [True, False],
    "card_blocked": [True, False],
    "card_expired": [True, False],
    "segment": list(_SEGMENTS),
    "rfm_segment": ["champions", "loyal", "at_risk"],
    "recency_score": [1, 2, 3, 4, 5],
    "frequency_score": [1, 2, 3, 4, 5],
    "monetary_score": [1, 2, 3, 4, 5],
    "tier": ["Basic", "Gold"],
}
_OF_CUSTOMERS: dict[str, Callable[[Customer], Any]] = {
    "name": _named,
    "location": lambda one: one.location_id,
    "joined": lambda one: one.registered_at,
    "last_transaction": lambda one: one.last_transaction_at,
    **{
        name: _scaled(name, 4)
        for name in ("points", "points_earned", "points_redeemed", "points_expired")
    },
    **{
        name: _scaled(name, 2) for name in ("purchase_value", "average_value", "rating")
    },
}
_OF_CARDS: dict[str, Callable[[CardFacts], Any]] = {
    "stamps": lambda each: each.balances[Unit.STAMP],
    "unused_rewards": lambda each: each.balances[Unit.REWARD],
    "uses": lambda each: each.uses,
    "serial": lambda each: each.card.serial,
}
