"""
Filters as predicates over rows of customers.

Each field has one place where its values are: a column of the customer, or rows of
another collection that belong to them.  ``customers.filter_matching`` says the same of
one customer in memory, and a test holds the two against each other.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias, assert_never

from loyaltycore.cards.card import CardStatus
from loyaltycore.customers.filter_tests import Moment, check_filter, question_of
from loyaltycore.customers.filters import AllOf, AnyOf, Filter, Opposite
from loyaltycore.ledger.transactions import Unit
from loyaltycore.program.customer_form import UNIQUE_FIELDS
from loyaltycore.program.customer_status import Activity
from loyaltycore.query.predicates import And, Compare, Exists, Not, Op, Or, where
from loyaltycore.records.cards import BALANCE_COLUMNS
from loyaltycore.values.sorting import sort_text


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from loyaltycore.customers.filters import CustomerFilter
    from loyaltycore.program.program import Program
    from loyaltycore.query.predicates import Predicate

    Place: TypeAlias = Callable[[Filter, "Tests", Moment], Predicate]

__all__ = ["living_customers", "predicate_of"]

Tests: TypeAlias = tuple[tuple[Op, Any], ...]

_OF_CUSTOMER: Final = (("program_id", "program_id"), ("customer_id", "id"))


def predicate_of(filter_: CustomerFilter, program: Program, at: datetime) -> Predicate:
    """
    Say a filter of the columns of a customer.

    Args:
        at: when it is asked; ages and "within the last days" depend on it.

    Raises:
        InvalidFilter: the program cannot answer this filter.
    """
    when = Moment(program, at)
    return _said(check_filter(filter_, when), when)


def living_customers(
    filter_: CustomerFilter | None, program: Program, at: datetime
) -> And:
    """
    Living customers of a program, those that a filter means.

    Raises:
        InvalidFilter: the program cannot answer this filter.
    """
    terms = where(program_id=program.id, is_living=True).terms
    if filter_ is None:
        return And(terms)
    return And((*terms, predicate_of(filter_, program, at)))


def _said(filter_: CustomerFilter, when: Moment) -> Predicate:
    match filter_:
        case AllOf(terms):
            return And(tuple(_said(term, when) for term in terms))
        case AnyOf(terms):
            return Or(tuple(_said(term, when) for term in terms))
        case Opposite(term):
            return Not(_said(term, when))
        case Filter():
            question = question_of(filter_, when)
            said = _PLACES[filter_.field](filter_, question.tests, when)
            return Not(said) if question.is_negated else said
        case _ as never:  # pragma: no cover : the union above is closed
            assert_never(never)


def _compared(column: str, tests: Tests) -> Predicate:
    """All tests hold of the column; without any, there is something in it."""
    if not tests:
        return Compare(column, Op.NE, None)
    terms = tuple(Compare(column, op, value) for op, value in tests)
    return terms[0] if len(terms) == 1 else And(terms)


# -- columns of the customer -----------------------------------------------------------


def _column(column: str) -> Place:
    return lambda _, tests, __: _compared(column, tests)


def _contact(field: str) -> Place:
    """A contact; the column in which it is unique has an index."""

    def said(_: Filter, tests: Tests, when: Moment) -> Predicate:
        is_unique = field in when.program.customer_form.unique
        is_whole = all(op in {Op.EQ, Op.IN} for op, _ in tests)
        column = f"unique_{field}" if tests and is_unique and is_whole else field
        return _compared(column, tests)

    return said


def _name(_: Filter, tests: Tests, __: Moment) -> Predicate:
    if not tests:
        return Compare("folded_name", Op.NE, "")
    return _compared("folded_name", tests)


def _age(_: Filter, tests: Tests, when: Moment) -> Predicate:
    """Years as days of birth: to be 18 is to be born at least 18 years ago."""
    if not tests:
        return Compare("birth_date", Op.NE, None)
    return And(
        tuple(_born(op, years, when.on) for op, years in tests)  # pyright: ignore[reportUnknownArgumentType]
    )


def _born(op: Op, years: int, on: date) -> Predicate:
    this, next_ = _years_before(on, years), _years_before(on, years + 1)
    match op:
        case Op.GE:
            return Compare("birth_date", Op.LE, this)
        case Op.GT:
            return Compare("birth_date", Op.LE, next_)
        case Op.LT:
            return Compare("birth_date", Op.GT, this)
        case Op.LE:
            return Compare("birth_date", Op.GT, next_)
        case _:
            assert op is Op.EQ, "an age is compared by nothing else"
            return And(
                (
                    Compare("birth_date", Op.LE, this),
                    Compare("birth_date", Op.GT, next_),
                )
            )


def _years_before(on: date, years: int) -> date:
    """The same day so many years ago, and 28 February where there was no 29th."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return on.replace(year=on.year - years, day=28)


def _activity(_: Filter, tests: Tests, when: Moment) -> Predicate:
    ((op, wanted),) = tests
    words = set(wanted if op is Op.IN else (wanted,))
    if len(words) == len(Activity):
        return And()
    return _is(Activity(words.pop()), when)


def _is(activity: Activity, when: Moment) -> Predicate:
    since = when.at - timedelta(days=when.program.inactive_after)
    seen: Predicate = Or(
        (
            Compare("last_transaction_at", Op.GT, since),
            Compare("registered_at", Op.GT, since),
        )
    )
    if activity is Activity.INACTIVE:
        seen = Not(seen)
    by_hand = Compare("activity", Op.EQ, activity.value)
    return Or((by_hand, And((Compare("activity", Op.EQ, None), seen))))


# -- rows that belong to the customer --------------------------------------------------


def _row(collection: str, column: str) -> Place:
    def said(_: Filter, tests: Tests, __: Moment) -> Predicate:
        return Exists(collection, _OF_CUSTOMER, _compared(column, tests))

    return said


def _consent(leaf: Filter, tests: Tests, _: Moment) -> Predicate:
    """Consent is none until it is given."""
    wanted = tests[0][1]
    given = where(
        channel=leaf.said("channel"), purpose=leaf.said("purpose"), is_given=True
    )
    said = Exists("consent", _OF_CUSTOMER, given)
    return said if wanted else Not(said)


def _field(leaf: Filter, tests: Tests, _: Moment) -> Predicate:
    """A field of the program's own, whose value is kept as a text that sorts."""
    terms = where(name=leaf.said("name")).terms
    if tests:
        sortable = tuple((op, _sortable(op, value)) for op, value in tests)
        terms += (_compared("value", sortable),)
    return Exists("field_value", _OF_CUSTOMER, And(terms))


def _sortable(op: Op, value: Any) -> Any:
    return tuple(map(sort_text, value)) if op is Op.IN else sort_text(value)


def _card(
    said: Callable[[Filter, Tests, Moment], tuple[Predicate, ...]],
    *,
    also_deleted: bool = False,
) -> Place:
    def on_a_card(leaf: Filter, tests: Tests, when: Moment) -> Predicate:
        terms = said(leaf, tests, when)
        if not also_deleted:
            gone = CardStatus.DELETED.value
            terms = (Compare("status", Op.NE, gone), *terms)
        template = leaf.said("template")
        if template is not None:
            terms = (Compare("template_id", Op.EQ, template), *terms)
        return Exists("card", _OF_CUSTOMER, And(terms))

    return on_a_card


def _card_column(column: str, *, also_deleted: bool = False) -> Place:
    return _card(
        lambda _, tests, __: (_compared(column, tests),), also_deleted=also_deleted
    )


def _balance(leaf: Filter, tests: Tests, _: Moment) -> tuple[Predicate, ...]:
    return (_compared(BALANCE_COLUMNS[Unit(leaf.said("unit") or "")], tests),)


def _is_blocked(_: Filter, tests: Tests, __: Moment) -> tuple[Predicate, ...]:
    if not tests:
        return ()
    return (Compare("blocked", Op.NE if tests[0][1] else Op.EQ, None),)


def _is_expired(_: Filter, tests: Tests, when: Moment) -> tuple[Predicate, ...]:
    if not tests:
        return ()
    return (Compare("expires_at", Op.LE if tests[0][1] else Op.GT, when.at),)


_PLACES: Final[Mapping[str, Place]] = {
    **{
        name: _column(name)
        for name in (
            "birth_date",
            "birthday",
            "gender",
            "source",
            "utm",
            "device",
            "registered_by",
            "status",
            "points",
            "points_earned",
            "points_redeemed",
            "points_expired",
            "transactions",
            "purchases",
            "purchase_value",
            "average_value",
            "reviews",
            "rating",
        )
    },
    **{name: _contact(name) for name in UNIQUE_FIELDS},
    "name": _name,
    "age": _age,
    "location": _column("location_id"),
    "joined": _column("registered_at"),
    "last_transaction": _column("last_transaction_at"),
    "activity": _activity,
    "tags": _row("customer_tag", "tag"),
    "segment": _row("segment_member", "segment_id"),
    "rfm_segment": _row("rfm_score", "segment"),
    "recency_score": _row("rfm_score", "recency_score"),
    "frequency_score": _row("rfm_score", "frequency_score"),
    "monetary_score": _row("rfm_score", "monetary_score"),
    "consent": _consent,
    "field": _field,
    "balance": _card(_balance),
    "stamps": _card_column(BALANCE_COLUMNS[Unit.STAMP]),
    "unused_rewards": _card_column(BALANCE_COLUMNS[Unit.REWARD]),
    "uses": _card_column("uses"),
    "tier": _card_column("tier"),
    "serial": _card_column("serial", also_deleted=True),
    "card_status": _card_column("status", also_deleted=True),
    "card_template": _card_column("template_id"),
    "card_blocked": _card(_is_blocked),
    "card_expired": _card(_is_expired),
}
