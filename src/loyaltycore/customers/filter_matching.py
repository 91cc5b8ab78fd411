"""Does a customer satisfy a filter?  Answered in memory, of what is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, assert_never

from loyaltycore.cards.card import CardStatus
from loyaltycore.customers.filter_tests import Moment, check_filter, question_of
from loyaltycore.customers.filters import AllOf, AnyOf, Filter, Opposite
from loyaltycore.customers.profile import activity_of
from loyaltycore.customers.search_keys import folded_name
from loyaltycore.ledger.transactions import Unit
from loyaltycore.query.predicates import Op


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date, datetime

    from loyaltycore.customers.filter_facts import CardFacts, FilterFacts
    from loyaltycore.customers.filters import CustomerFilter
    from loyaltycore.program.program import Program

__all__ = ["age_on", "matcher", "matches"]


def matches(
    filter_: CustomerFilter, facts: FilterFacts, at: datetime, program: Program
) -> bool:
    """
    Does the customer satisfy the filter?

    Args:
        at: when it is asked; ages and "within the last days" depend on it.

    Raises:
        InvalidFilter: the program cannot answer this filter.
    """
    return matcher(filter_, at, program)(facts)


def matcher(
    filter_: CustomerFilter, at: datetime, program: Program
) -> Callable[[FilterFacts], bool]:
    """
    Make ready to ask many customers; see ``matches``.

    Raises:
        InvalidFilter: the program cannot answer this filter.
    """
    when = Moment(program, at)
    return _asking(check_filter(filter_, when), when)


def age_on(born: date, on: date) -> int:
    """Years on a day; who was born on 29 February is a year older on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _asking(filter_: CustomerFilter, when: Moment) -> Callable[[FilterFacts], bool]:
    match filter_:
        case AllOf(terms):
            every = [_asking(term, when) for term in terms]
            return lambda facts: all(ask(facts) for ask in every)
        case AnyOf(terms):
            some = [_asking(term, when) for term in terms]
            return lambda facts: any(ask(facts) for ask in some)
        case Opposite(term):
            one = _asking(term, when)
            return lambda facts: not one(facts)
        case Filter():
            return _comparing(filter_, when)
        case _ as never:  # pragma: no cover : the union above is closed
            assert_never(never)


def _comparing(leaf: Filter, when: Moment) -> Callable[[FilterFacts], bool]:
    question = question_of(leaf, when)

    def ask(facts: FilterFacts) -> bool:
        is_so = any(
            all(_fits(value, op, wanted) for op, wanted in question.tests)
            for value in _values(leaf, facts, when)
            if value is not None
        )
        return is_so is not question.is_negated

    return ask


def _fits(value: Any, op: Op, wanted: Any) -> bool:
    match op:
        case Op.EQ:
            return bool(value == wanted)
        case Op.LT:
            return bool(value < wanted)
        case Op.LE:
            return bool(value <= wanted)
        case Op.GT:
            return bool(value > wanted)
        case Op.GE:
            return bool(value >= wanted)
        case Op.IN:
            return value in wanted
        case Op.STARTS_WITH:
            return bool(value.startswith(wanted))
        case Op.CONTAINS:
            return wanted in value
        case Op.NE:  # pragma: no cover : no question asks for it
            return bool(value != wanted)
        case _ as never:  # pragma: no cover : the enum above is closed
            assert_never(never)


# -- the values of each field ----------------------------------------------------------


def _values(leaf: Filter, facts: FilterFacts, when: Moment) -> Iterable[Any]:
    """What the customer has in the field; None stands for nothing."""
    customer = facts.customer
    if leaf.field in _OF_PERSON:
        return (getattr(customer.person, leaf.field),)
    if leaf.field in _OF_CUSTOMER:
        return (getattr(customer, _OF_CUSTOMER[leaf.field]),)
    if leaf.field in _OF_SCORES:
        return (getattr(facts.scores, _OF_SCORES[leaf.field], None),)
    if leaf.field in _OF_CARD:
        cards = _cards(leaf, facts)
        return (_OF_CARD[leaf.field](each, leaf, when) for each in cards)
    return _OTHERS[leaf.field](leaf, facts, when)


def _cards(leaf: Filter, facts: FilterFacts) -> Iterator[CardFacts]:
    """The customer's cards that the field is about."""
    template = leaf.said("template")
    for each in facts.cards:
        is_deleted = each.card.status is CardStatus.DELETED
        if is_deleted and leaf.field not in _ALSO_DELETED:
            continue
        if template is None or each.card.template_id == template:
            yield each


def _birthday(_: Filter, facts: FilterFacts, __: Moment) -> tuple[str | None]:
    born = facts.customer.person.birth_date
    return (None if born is None else f"{born:%m-%d}",)


def _age(_: Filter, facts: FilterFacts, when: Moment) -> tuple[int | None]:
    born = facts.customer.person.birth_date
    return (None if born is None else age_on(born, when.on),)


def _activity(_: Filter, facts: FilterFacts, when: Moment) -> tuple[str]:
    return (activity_of(facts.customer, when.at, when.program.inactive_after),)


def _consent(leaf: Filter, facts: FilterFacts, _: Moment) -> tuple[bool]:
    key = (leaf.said("channel") or "", leaf.said("purpose") or "")
    return (facts.consents.get(key, False),)


_OF_PERSON: Final = frozenset(
    {
        "phone",
        "email",
        "external_id",
        "birth_date",
        "gender",
        "source",
        "utm",
    }
)
_OF_CUSTOMER: Final = {
    "device": "device",
    "location": "location_id",
    "registered_by": "registered_by",
    "joined": "registered_at",
    "status": "status",
    "points": "points",
    "points_earned": "points_earned",
    "points_redeemed": "points_redeemed",
    "points_expired": "points_expired",
    "transactions": "transactions",
    "purchases": "purchases",
    "purchase_value": "purchase_value",
    "average_value": "average_value",
    "last_transaction": "last_transaction_at",
    "reviews": "reviews",
    "rating": "rating",
}
_OF_SCORES: Final = {
    "rfm_segment": "segment",
    "recency_score": "recency",
    "frequency_score": "frequency",
    "monetary_score": "monetary",
}
_ALSO_DELETED: Final = frozenset({"serial", "card_status"})
_OF_CARD: Final[Mapping[str, Callable[[CardFacts, Filter, Moment], Any]]] = {
    "balance": lambda each, leaf, _: each.balances.get(
        Unit(leaf.said("unit") or ""), 0
    ),
    "stamps": lambda each, _, __: each.balances.get(Unit.STAMP, 0),
    "unused_rewards": lambda each, _, __: each.balances.get(Unit.REWARD, 0),
    "uses": lambda each, _, __: each.uses,
    "tier": lambda each, _, __: each.tier,
    "serial": lambda each, _, __: each.card.serial,
    "card_status": lambda each, _, __: each.card.status,
    "card_template": lambda each, _, __: each.card.template_id,
    "card_blocked": lambda each, _, __: each.card.is_blocked,
    "card_expired": lambda each, _, when: each.card.is_expired(when.at),
}
_OTHERS: Final[Mapping[str, Callable[[Filter, FilterFacts, Moment], Iterable[Any]]]] = {
    "name": lambda _, facts, __: (folded_name(facts.customer.person) or None,),
    "birthday": _birthday,
    "age": _age,
    "activity": _activity,
    "consent": _consent,
    "tags": lambda _, facts, __: facts.tags,
    "segment": lambda _, facts, __: facts.segments,
    "field": lambda leaf, facts, _: (
        facts.customer.fields.get(leaf.said("name") or ""),
    ),
}
