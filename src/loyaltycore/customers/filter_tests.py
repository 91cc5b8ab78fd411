"""
What a comparison asks of each value of its field: the program, the day and the moment.

Here phones get their country code, days become moments of the program's zone, amounts
become smallest units, and fields of the program's own become what its form says.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import attrs

from loyaltycore.customers.figures import POINT_SCALE
from loyaltycore.customers.filter_kinds import (
    OPERATORS,
    FilterOp,
    Kind,
    kind_of_type,
)
from loyaltycore.customers.filters import Filter, check_size, leaves
from loyaltycore.errors import (
    InvalidAmount,
    InvalidFilter,
    InvalidPhone,
    InvalidValue,
)
from loyaltycore.ledger.transactions import Unit
from loyaltycore.query.predicates import Op
from loyaltycore.values.contact import parse_phone
from loyaltycore.values.days import end_of, local_day, start_of
from loyaltycore.values.money import exponent
from loyaltycore.values.quantity import to_units


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from loyaltycore.customers.filters import CustomerFilter
    from loyaltycore.program.fields import FieldDefinition
    from loyaltycore.program.program import Program

__all__ = ["Moment", "Question", "check_filter", "question_of"]

_FOLDED_MAX: Final = 255
_NEGATED: Final = {
    FilterOp.NE: FilterOp.EQ,
    FilterOp.NOT_IN: FilterOp.IN,
}
_OPS: Final[Mapping[FilterOp, Op]] = {
    FilterOp.EQ: Op.EQ,
    FilterOp.HAS_TAG: Op.EQ,
    FilterOp.LT: Op.LT,
    FilterOp.BEFORE: Op.LT,
    FilterOp.LE: Op.LE,
    FilterOp.GT: Op.GT,
    FilterOp.AFTER: Op.GT,
    FilterOp.GE: Op.GE,
    FilterOp.IN: Op.IN,
    FilterOp.STARTS_WITH: Op.STARTS_WITH,
    FilterOp.CONTAINS: Op.CONTAINS,
}


@attrs.frozen
class Moment:
    """When somebody asks, and in which program."""

    program: Program
    at: datetime

    @property
    def on(self) -> date:
        """The local day."""
        return local_day(self.at, self.program.zone)


@attrs.frozen
class Question:
    """
    What is asked of a field.

    Attributes:
        tests: all of them have to hold of one value; none: there is a value.
        is_negated: the opposite is meant.
    """

    tests: tuple[tuple[Op, Any], ...]
    is_negated: bool = False


def check_filter(filter_: object, when: Moment) -> CustomerFilter:
    """
    Refuse a filter that this program cannot answer.

    Raises:
        InvalidFilter: naming the field, the operator and what is admitted.
    """
    checked = check_size(filter_)
    for leaf in leaves(checked):
        question_of(leaf, when)
    return checked


def question_of(leaf: Filter, when: Moment) -> Question:
    """
    Say what a comparison asks of each value of its field.

    Raises:
        InvalidFilter: the program has no such field, or no such value.
    """
    kind, op = leaf.spec.kind, leaf.op
    read: Callable[[Any], Any]
    if kind is Kind.CUSTOM:
        definition = _definition(leaf, when.program)
        kind = kind_of_type(definition.type)
        if op not in OPERATORS[kind]:
            admitted = [each.value for each in OPERATORS[kind]]
            name, by = leaf.said("name"), ", ".join(admitted)
            message = f"{name} is compared by {by}."
            raise InvalidFilter(leaf.field, op, message, admitted)
        read = _reader_of_form(leaf, definition)
    else:
        read = _reader(leaf, when.program)
    if op is FilterOp.IS_NULL:
        return Question((), is_negated=leaf.value is True)
    plain = _NEGATED.get(op, op)
    tests = _tests(kind, plain, leaf.value, read, when)
    return Question(tests, is_negated=plain is not op)


def _tests(
    kind: Kind, op: FilterOp, value: Any, read: Callable[[Any], Any], when: Moment
) -> tuple[tuple[Op, Any], ...]:
    match op:
        case FilterOp.IN:
            return ((Op.IN, tuple(dict.fromkeys(map(read, value)))),)
        case FilterOp.WITHIN_LAST if kind is Kind.MOMENT:
            return ((Op.GT, when.at - timedelta(days=value)), (Op.LE, when.at))
        case FilterOp.WITHIN_LAST:
            return ((Op.GT, when.on - timedelta(days=value)), (Op.LE, when.on))
        case FilterOp.BIRTHDAY_IN:
            return ((Op.STARTS_WITH, f"{value:02}-"),)
        case FilterOp.CONTAINS | FilterOp.STARTS_WITH:
            whole = value[:_FOLDED_MAX] if kind is Kind.NAME else value
            return ((_OPS[op], whole),)
        case FilterOp.BETWEEN:
            low, high = value
            lowest = _tests(kind, FilterOp.GE, low, read, when)
            return lowest + _tests(kind, FilterOp.LE, high, read, when)
        case _ if kind is Kind.MOMENT and not isinstance(value, datetime):
            return _of_day(_OPS[op], value, when)
        case _:
            return ((_OPS[op], read(value)),)


def _of_day(op: Op, day: date, when: Moment) -> tuple[tuple[Op, datetime], ...]:
    """Compare moments with a whole local day."""
    start, end = start_of(day, when.program.zone), end_of(day, when.program.zone)
    match op:
        case Op.LT:
            return ((Op.LT, start),)
        case Op.LE:
            return ((Op.LT, end),)
        case Op.GT:
            return ((Op.GE, end),)
        case Op.GE:
            return ((Op.GE, start),)
        case _:
            return ((Op.GE, start), (Op.LT, end))


# -- values ----------------------------------------------------------------------------


def _reader(leaf: Filter, program: Program) -> Callable[[Any], Any]:
    """How a value of the field is kept."""
    spec = leaf.spec

    def phone(value: str) -> str:
        try:
            return parse_phone(value, program.phone_region)
        except InvalidPhone as error:
            raise InvalidFilter(leaf.field, leaf.op, error.message) from None

    def units(value: Any) -> int:
        try:
            return to_units(value, _scale(leaf, program))
        except InvalidAmount as error:
            raise InvalidFilter(leaf.field, leaf.op, error.message) from None

    match spec.kind:
        case Kind.PHONE:
            return phone
        case Kind.NUMBER:
            return units
        case Kind.NAME:
            return _folded
        case _:
            return _as_it_is


def _scale(leaf: Filter, program: Program) -> int:
    """Decimals of a number."""
    scale, unit = leaf.spec.scale, leaf.said("unit")
    if isinstance(scale, int):
        return scale
    if scale == "money" or unit in {Unit.MONEY, Unit.SPEND}:
        return exponent(program.currency)
    return POINT_SCALE if unit == Unit.POINT else 0


def _definition(leaf: Filter, program: Program) -> FieldDefinition:
    form = {field.name: field for field in program.customer_form.fields}
    definition = form.get(leaf.said("name") or "")
    if definition is None:
        has = ", ".join(form) or "none"
        message = f"this program has no field of this name; it has {has}."
        raise InvalidFilter(leaf.field, leaf.op, message, tuple(form))
    return definition


def _reader_of_form(leaf: Filter, definition: FieldDefinition) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        try:
            return definition.read(value)
        except InvalidValue as error:
            raise InvalidFilter(leaf.field, leaf.op, error.message) from None

    if leaf.op is FilterOp.BETWEEN:
        low, high = map(read, leaf.value)  # type: ignore[arg-type]
        if low > high:
            message = "it takes the lowest and the highest value."
            raise InvalidFilter(leaf.field, leaf.op, message)
    return read


def _folded(value: str) -> str:
    return value[:_FOLDED_MAX]


def _as_it_is(value: Any) -> Any:
    return value
