"""
The columns of a list of customers: what they show, and by what they are sorted.

Owns the table of columns and the values that a cell holds; where rows come from is the
affair of ``records.grid``.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import attrs

from loyaltycore.customers.figures import POINT_SCALE
from loyaltycore.customers.profile import activity_of
from loyaltycore.errors import InvalidValue
from loyaltycore.values.money import Money
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from loyaltycore.cards.card import CardStatus
    from loyaltycore.customers.customer import Customer
    from loyaltycore.customers.filter_facts import FilterFacts
    from loyaltycore.program.program import Program

__all__ = [
    "COLUMNS",
    "COLUMNS_MAX",
    "DEFAULT_COLUMNS",
    "FIELD",
    "Asked",
    "GridCard",
    "GridColumn",
    "GridCount",
    "GridPage",
    "GridRow",
    "cells",
    "columns_of",
    "sort_of",
]

#: The most columns of a list.
COLUMNS_MAX: Final = 60
#: What comes before the name of a field of the program's own.
FIELD: Final = "field."


@attrs.frozen(kw_only=True)
class GridCard:
    """A card of a customer, as a list shows it; deleted ones are not shown."""

    id: str
    serial: str
    template_id: str
    status: CardStatus
    is_blocked: bool
    is_expired: bool
    tier: str | None


@attrs.frozen(kw_only=True)
class GridRow:
    """
    A customer in a list.

    Attributes:
        values: by the name of the column, in the order that was asked for.
    """

    customer_id: str
    values: Mapping[str, object] = attrs.field(repr=False, hash=False)

    def __getitem__(self, column: str) -> object:
        return self.values[column]

    def __iter__(self) -> Iterator[object]:
        return iter(self.values.values())


@attrs.frozen(kw_only=True)
class GridCount:
    """
    How many customers a list has.

    Attributes:
        is_exact: else there are more than that.
    """

    customers: int
    is_exact: bool


@attrs.frozen(kw_only=True)
class GridPage:
    """
    A page of a list of customers.

    Attributes:
        cursor: what to pass for the next page; None behind the last one.
        count: of the whole list, where it was asked for.
    """

    columns: tuple[str, ...]
    rows: tuple[GridRow, ...]
    cursor: str | None
    count: GridCount | None = None


@attrs.frozen
class Asked:
    """What a cell is worked out of."""

    facts: FilterFacts
    program: Program
    at: datetime
    segments: tuple[str, ...]

    @property
    def customer(self) -> Customer:
        """Whose row it is."""
        return self.facts.customer


@attrs.frozen(kw_only=True)
class GridColumn:
    """
    One column.

    Attributes:
        read: works the cell out.
        sort: the column of the table of customers, or of scores, by which it is sorted;
            None where it has no order.
        needs: what has to be read beside the customers: cards, tags, scores, segments.
    """

    name: str
    read: Callable[[Asked], object]
    sort: str | None = None
    needs: str | None = None


def _of_customer(name: str, attribute: str, sort: str | None = None) -> GridColumn:
    def read(asked: Asked) -> object:
        found: object = getattr(asked.customer, attribute)
        return found

    return GridColumn(name=name, read=read, sort=sort or attribute)


def _of_person(name: str) -> GridColumn:
    def read(asked: Asked) -> object:
        found: object = getattr(asked.customer.person, name)
        return found

    return GridColumn(name=name, read=read, sort=name)


def _points(name: str) -> GridColumn:
    def read(asked: Asked) -> object:
        return from_units(getattr(asked.customer, name), POINT_SCALE)

    return GridColumn(name=name, read=read, sort=name)


def _money(name: str) -> GridColumn:
    def read(asked: Asked) -> object:
        minor: int | None = getattr(asked.customer, name)
        currency = asked.program.currency
        return None if minor is None else Money.of_minor(minor, currency)

    return GridColumn(name=name, read=read, sort=name)


def _score(name: str, attribute: str, column: str) -> GridColumn:
    def read(asked: Asked) -> object:
        found: object = getattr(asked.facts.scores, attribute, None)
        return found

    return GridColumn(name=name, read=read, sort=column, needs="scores")


def _user_name(asked: Asked) -> str:
    names = (asked.customer.first_name, asked.customer.last_name)
    return " ".join(name for name in names if name)


def _rating(asked: Asked) -> object:
    hundredths = asked.customer.rating
    return None if hundredths is None else from_units(hundredths, 2)


def _cards(asked: Asked) -> tuple[GridCard, ...]:
    return tuple(
        GridCard(
            id=each.card.id,
            serial=each.card.serial,
            template_id=each.card.template_id,
            status=each.card.status,
            is_blocked=each.card.is_blocked,
            is_expired=each.card.is_expired(asked.at),
            tier=each.tier,
        )
        for each in asked.facts.cards
        if each.card.status.value != "deleted"
    )


def _activity(asked: Asked) -> object:
    return activity_of(asked.customer, asked.at, asked.program.inactive_after)


_COLUMNS: Final = (
    _of_customer("id", "id"),
    GridColumn(name="user_name", read=_user_name, sort="folded_name"),
    _of_person("first_name"),
    _of_person("last_name"),
    _of_customer("joined", "registered_at"),
    _of_person("birth_date"),
    _of_person("phone"),
    _of_person("email"),
    _of_person("external_id"),
    _of_person("gender"),
    _of_person("source"),
    _of_person("utm"),
    _of_customer("device", "device"),
    _of_customer("location", "location_id"),
    _of_customer("registered_by", "registered_by"),
    _of_customer("referral_code", "referral_code"),
    _of_customer("status", "status"),
    GridColumn(name="activity", read=_activity),
    GridColumn(name="rating", read=_rating, sort="rating"),
    _of_customer("reviews", "reviews"),
    _points("points"),
    _points("points_earned"),
    _points("points_redeemed"),
    _points("points_expired"),
    _of_customer("transactions", "transactions"),
    _of_customer("last_transaction", "last_transaction_at"),
    _of_customer("purchases", "purchases"),
    _money("purchase_value"),
    _money("average_value"),
    GridColumn(name="cards", read=_cards, needs="cards"),
    GridColumn(
        name="tags", read=lambda asked: tuple(sorted(asked.facts.tags)), needs="tags"
    ),
    GridColumn(name="segments", read=lambda asked: asked.segments, needs="segments"),
    _score("rfm_segment", "segment", "segment"),
    _score("recency_score", "recency", "recency_score"),
    _score("frequency_score", "frequency", "frequency_score"),
    _score("monetary_score", "monetary", "monetary_score"),
)

#: Every column but those of the program's own fields, by name.
COLUMNS: Final[Mapping[str, GridColumn]] = MappingProxyType(
    {column.name: column for column in _COLUMNS}
)

#: What a list shows where nobody chose.
DEFAULT_COLUMNS: Final = (
    "user_name",
    "joined",
    "phone",
    "email",
    "cards",
    "points",
    "last_transaction",
)


def columns_of(names: Sequence[str], program: Program) -> tuple[GridColumn, ...]:
    """
    Look columns up, each once and in this order.

    Raises:
        InvalidValue: there is no such column, too many, or one twice.
    """
    if isinstance(names, str) or not 1 <= len(names) <= COLUMNS_MAX:
        raise InvalidValue("columns", f"a list of 1 to {COLUMNS_MAX} names.")
    if len(set(names)) < len(names):
        raise InvalidValue("columns", "each column once.")
    return tuple(_column(name, program) for name in names)


def sort_of(name: str, program: Program) -> GridColumn:
    """
    Look the column up by which a list is sorted.

    Raises:
        InvalidValue: there is no such column, or it has no order.
    """
    column = _column(name, program, "sort")
    if column.sort is None:
        message = f"{name} has no order; sort by another column."
        raise InvalidValue("sort", message)
    return column


def cells(columns: Sequence[GridColumn], asked: Asked) -> GridRow:
    """Work out the row of a customer."""
    values: dict[str, Any] = {each.name: each.read(asked) for each in columns}
    return GridRow(customer_id=asked.customer.id, values=values)


def _column(name: object, program: Program, argument: str = "columns") -> GridColumn:
    column = COLUMNS.get(name) if isinstance(name, str) else None
    if column is not None:
        return column
    form = [f"{FIELD}{field.name}" for field in program.customer_form.fields]
    if isinstance(name, str) and name in form:
        return _own_field(name)
    known = ", ".join((*COLUMNS, *form))
    message = f"there is no column {_quoted(name)}; there are {known}."
    raise InvalidValue(argument, message)


def _quoted(name: object) -> str:
    """Repeat what is a name; else somebody's data may stand there."""
    is_name = isinstance(name, str) and name.replace(".", "_").isidentifier()
    return f"{name!r}" if is_name else "like that"


def _own_field(name: str) -> GridColumn:
    field = name.removeprefix(FIELD)
    return GridColumn(
        name=name, read=lambda asked: asked.customer.fields.get(field), sort=name
    )
