"""
Filters: which customers are meant, as values that can be combined, kept and sent.

``filters.points.at_least(100) & filters.tags.has("vip")`` and ``Filter("points", "ge",
100) & Filter("tags", "has_tag", "vip")`` are the same value.  Logic is two-valued: what
is not known satisfies no comparison, so ``~`` of one is satisfied by it.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeGuard, cast

import attrs

from loyaltycore.customers.filter_kinds import FIELDS, FilterOp, Kind
from loyaltycore.customers.filter_values import FilterValue, read_of, read_value
from loyaltycore.errors import InvalidFilter


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from loyaltycore.customers.filter_kinds import FieldSpec

__all__ = [
    "DEPTH_MAX",
    "LEAVES_MAX",
    "NODES_MAX",
    "AllOf",
    "AnyOf",
    "CustomerFilter",
    "Filter",
    "Opposite",
    "check_size",
    "dumps",
    "from_dict",
    "leaves",
    "loads",
]

#: The most comparisons in a filter.
LEAVES_MAX: Final = 20
#: The most comparisons and connections in a filter.
NODES_MAX: Final = 40
#: How deep connections may be nested.
DEPTH_MAX: Final = 10

_JSON_MAX: Final = 60_000
# Of all that ISO 8601 allows: a day, or a moment with its zone.
_DATED: Final = re.compile(
    r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d))?", re.ASCII
)


def _tuple(terms: Iterable[CustomerFilter]) -> tuple[CustomerFilter, ...]:
    return tuple(terms)


class _Combined:
    """What connects filters."""

    __slots__ = ()

    def __and__(self, other: CustomerFilter) -> AllOf:
        return AllOf((*_terms(AllOf, self), *_terms(AllOf, other)))

    def __or__(self, other: CustomerFilter) -> AnyOf:
        return AnyOf((*_terms(AnyOf, self), *_terms(AnyOf, other)))

    def __invert__(self) -> CustomerFilter:
        return Opposite(cast("CustomerFilter", self))

    def __bool__(self) -> bool:
        raise TypeError("Connect filters by & | ~, not by and, or, not.")


@attrs.frozen(init=False, repr=False)
class Filter(_Combined):
    """
    One field of a customer, compared with a value.

    Args:
        field: a name of ``FIELDS``.
        op: one of the operators that the field admits.
        value: of the field's type; several for ``in``, a pair for ``between``.
        of: what the field has to be told, such as ``unit="stamp"`` for a balance.

    Raises:
        InvalidFilter: no such field, operator or value; it says what is admitted.
    """

    field: str
    op: FilterOp
    value: FilterValue
    of: tuple[tuple[str, str], ...]

    def __init__(self, field: str, op: str, value: object, /, **of: object) -> None:
        spec = _spec(field)
        admitted = [each.value for each in spec.operators]
        if op not in admitted:
            by = ", ".join(admitted)
            raise InvalidFilter(field, str(op), f"it is compared by {by}.", admitted)
        op = FilterOp(op)
        value = read_value(spec, op, value)
        self.__attrs_init__(field, op, value, read_of(spec, of))  # pyright: ignore[reportAttributeAccessIssue,reportUnknownMemberType]

    def __repr__(self) -> str:
        shown = "..." if self.spec.is_personal else repr(self.value)
        of = "".join(f", {name}={value!r}" for name, value in self.of)
        return f"Filter({self.field!r}, {self.op.value!r}, {shown}{of})"

    @property
    def spec(self) -> FieldSpec:
        """What there is to know of the field."""
        return FIELDS[self.field]

    def said(self, name: str) -> str | None:
        """What the field was told, or None."""
        return dict(self.of).get(name)

    def to_dict(self) -> dict[str, Any]:
        """As JSON data; ``from_dict`` reads it."""
        found = {"field": self.field, "op": self.op.value, "value": _plain(self.value)}
        return {**found, "of": dict(self.of)} if self.of else found


@attrs.frozen
class AllOf(_Combined):
    """All of the filters; everybody when there are none."""

    terms: tuple[CustomerFilter, ...] = attrs.field(default=(), converter=_tuple)

    def to_dict(self) -> dict[str, Any]:
        """As JSON data; ``from_dict`` reads it."""
        return {"all": [term.to_dict() for term in self.terms]}


@attrs.frozen
class AnyOf(_Combined):
    """Any of the filters; nobody when there are none."""

    terms: tuple[CustomerFilter, ...] = attrs.field(default=(), converter=_tuple)

    def to_dict(self) -> dict[str, Any]:
        """As JSON data; ``from_dict`` reads it."""
        return {"any": [term.to_dict() for term in self.terms]}


@attrs.frozen
class Opposite(_Combined):
    """Whoever the filter does not mean."""

    term: CustomerFilter

    def __invert__(self) -> CustomerFilter:
        return self.term

    def to_dict(self) -> dict[str, Any]:
        """As JSON data; ``from_dict`` reads it."""
        return {"not": self.term.to_dict()}


CustomerFilter: TypeAlias = Filter | AllOf | AnyOf | Opposite


def leaves(filter_: CustomerFilter) -> Iterator[Filter]:
    """Yield the comparisons, from left to right."""
    match filter_:
        case AllOf(terms) | AnyOf(terms):
            for term in terms:
                yield from leaves(term)
        case Opposite(term):
            yield from leaves(term)
        case _:
            yield filter_


def check_size(filter_: object) -> CustomerFilter:
    """
    Refuse what no store would be asked, and what is no filter at all.

    Raises:
        InvalidFilter: naming the limit.
    """
    nodes = comparisons = 0
    waiting: list[tuple[Any, int]] = [(filter_, 1)]
    while waiting:
        node, depth = waiting.pop()
        nodes += 1
        if nodes > NODES_MAX or depth > DEPTH_MAX:
            message = f"at most {NODES_MAX} parts, nested at most {DEPTH_MAX} deep."
            raise InvalidFilter("filter", None, message)
        match node:
            case Filter():
                comparisons += 1
            case AllOf(terms) | AnyOf(terms):
                waiting += [(term, depth + 1) for term in terms]
            case Opposite(term):
                waiting.append((term, depth + 1))
            case _:
                found = type(node).__name__
                message = f"a Filter, or several connected by & | ~, not {found}."
                raise InvalidFilter("filter", None, message)
    if comparisons > LEAVES_MAX:
        raise InvalidFilter("filter", None, f"at most {LEAVES_MAX} comparisons.")
    return filter_  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


# -- JSON ------------------------------------------------------------------------------


def dumps(filter_: CustomerFilter) -> str:
    """
    As JSON.

    Raises:
        InvalidFilter: it is too large to be kept.
    """
    text = json.dumps(
        check_size(filter_).to_dict(), ensure_ascii=False, separators=(",", ":")
    )
    if len(text.encode()) > _JSON_MAX:
        message = f"at most {_JSON_MAX} bytes of JSON; name fewer values."
        raise InvalidFilter("filter", None, message)
    return text


def loads(text: str) -> CustomerFilter:
    """
    Read what ``dumps`` wrote; ``from_dict`` reads JSON that was parsed already.

    Raises:
        InvalidFilter: it is no JSON, or no filter.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidFilter("filter", None, "it is not JSON.") from None
    except TypeError:
        message = f"it takes JSON as text, not {type(text).__name__}; see from_dict."
        raise InvalidFilter("filter", None, message) from None
    return from_dict(found)


def from_dict(data: object) -> CustomerFilter:
    """
    Read what ``to_dict`` gave.

    Raises:
        InvalidFilter: something else stands there, or too much of it.
    """
    return check_size(_read(data, 1))


def _read(data: object, depth: int) -> CustomerFilter:
    if depth > DEPTH_MAX:
        message = f"nested at most {DEPTH_MAX} deep."
        raise InvalidFilter("filter", None, message)
    if _is_object(data):
        names = sorted(data)
        if names == ["all"] and _is_list(data["all"]):
            return AllOf([_read(term, depth + 1) for term in data["all"]])
        if names == ["any"] and _is_list(data["any"]):
            return AnyOf([_read(term, depth + 1) for term in data["any"]])
        if names == ["not"]:
            return Opposite(_read(data["not"], depth + 1))
        of = data.get("of", {})
        if sorted({*names, "of"}) == ["field", "of", "op", "value"] and _is_object(of):
            spec = _spec(data["field"])
            return Filter(spec.name, data["op"], _typed(spec, data["value"]), **of)
    message = "all, any or not; or field, op, value and, where needed, of."
    raise InvalidFilter("filter", None, message)


def _is_object(data: object) -> TypeGuard[dict[str, Any]]:
    if not isinstance(data, dict):
        return False
    return all(type(name) is str for name in cast("dict[object, object]", data))


def _is_list(data: object) -> TypeGuard[list[Any]]:
    return isinstance(data, list)


def _is_tuple(data: object) -> TypeGuard[tuple[Any, ...]]:
    return isinstance(data, tuple)


def _plain(value: object) -> object:
    if _is_tuple(value):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def _typed(spec: FieldSpec, value: object) -> object:
    """Give days and moments their types back; what is none is refused later."""
    if _is_list(value):
        return tuple(_typed(spec, one) for one in value)
    if not isinstance(value, str) or spec.kind not in {Kind.DAY, Kind.MOMENT}:
        return value
    found = _DATED.fullmatch(value)
    try:
        if found is None:
            return value
        return datetime.fromisoformat(value) if found[1] else date.fromisoformat(value)
    except ValueError:  # such as 30 February
        return value


# -- inside ----------------------------------------------------------------------------


def _spec(field: object) -> FieldSpec:
    spec = FIELDS.get(field) if isinstance(field, str) else None
    if spec is None:
        name = field if isinstance(field, str) and field.isidentifier() else "field"
        message = f"there is no such field; there are {', '.join(FIELDS)}."
        raise InvalidFilter(name, None, message, tuple(FIELDS))
    return spec


def _terms(connection: type[AllOf | AnyOf], filter_: object) -> tuple[Any, ...]:
    """The terms of a filter that is connected alike, so that chains stay flat."""
    if isinstance(filter_, connection):
        return filter_.terms
    if not isinstance(filter_, _Combined):
        found = type(filter_).__name__
        message = f"& and | connect filters with filters, not with {found}."
        raise InvalidFilter("filter", None, message)
    return (filter_,)
