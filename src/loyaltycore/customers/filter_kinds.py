"""
What customers can be filtered by, and how: the fields and the operators as a table.

A field gives each customer a set of values; most give one or none, cards and tags
several.  A comparison holds when one of the values satisfies it; ``ne`` and ``not_in``
are the opposites of ``eq`` and ``in``, and ``is_null`` says that there is no value.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.customers.figures import POINT_SCALE
from loyaltycore.program.fields import FieldType


if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "FIELDS",
    "OPERATORS",
    "FieldSpec",
    "FilterOp",
    "Kind",
    "kind_of_type",
]


class FilterOp(StrEnum):
    """
    How the values of a field are compared.

    Attributes:
        BETWEEN: both ends count.
        CONTAINS: the text is somewhere inside; of names and e-mails without case.
        IS_NULL: there is no value; with False, there is one.
        WITHIN_LAST: so many days back from now, and not later than now.
        BIRTHDAY_IN: a month, 1 to 12.
    """

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    IN = "in"
    NOT_IN = "not_in"
    BETWEEN = "between"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    IS_NULL = "is_null"
    WITHIN_LAST = "within_last"
    BEFORE = "before"
    AFTER = "after"
    BIRTHDAY_IN = "birthday_in"
    HAS_TAG = "has_tag"


class Kind(StrEnum):
    """
    What sort of values a field has.

    Attributes:
        WORD: one of some words, or an id.
        CODE: a serial number, in any notation.
        DAY: a local day.
        MOMENT: compared with a day of the program's zone, or with a moment.
        CUSTOM: what the program's own form says.
    """

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    TEXT = "text"
    WORD = "word"
    CODE = "code"
    NUMBER = "number"
    AGE = "age"
    DAY = "day"
    MOMENT = "moment"
    FLAG = "flag"
    BIRTHDAY = "birthday"
    TAG = "tag"
    CUSTOM = "custom"


_O = FilterOp
_ANY_OF: Final = (_O.EQ, _O.NE, _O.IN, _O.NOT_IN)
_TEXT: Final = (*_ANY_OF, _O.CONTAINS, _O.STARTS_WITH, _O.IS_NULL)
_ORDERED: Final = (_O.EQ, _O.NE, _O.LT, _O.LE, _O.GT, _O.GE, _O.BETWEEN)
_DATED: Final = (*_ORDERED, _O.BEFORE, _O.AFTER, _O.WITHIN_LAST, _O.IS_NULL)

#: Which operators values of a kind are compared by.
OPERATORS: Final[Mapping[Kind, tuple[FilterOp, ...]]] = MappingProxyType(
    {
        Kind.NAME: _TEXT,
        Kind.PHONE: _TEXT,
        Kind.EMAIL: _TEXT,
        Kind.TEXT: _TEXT,
        Kind.WORD: (*_ANY_OF, _O.IS_NULL),
        Kind.CODE: _TEXT,
        Kind.NUMBER: (*_ORDERED, _O.IN, _O.NOT_IN, _O.IS_NULL),
        Kind.AGE: (*_ORDERED, _O.IS_NULL),
        Kind.DAY: _DATED,
        Kind.MOMENT: _DATED,
        Kind.FLAG: (_O.EQ, _O.NE, _O.IS_NULL),
        Kind.BIRTHDAY: (_O.BIRTHDAY_IN, _O.IS_NULL),
        Kind.TAG: (_O.HAS_TAG, _O.IN, _O.NOT_IN, _O.IS_NULL),
        Kind.CUSTOM: tuple(
            op for op in FilterOp if op not in {_O.BIRTHDAY_IN, _O.HAS_TAG}
        ),
    }
)

_KIND_OF_TYPE: Final = {
    FieldType.TEXT: Kind.TEXT,
    FieldType.INTEGER: Kind.NUMBER,
    FieldType.DECIMAL: Kind.NUMBER,
    FieldType.BOOLEAN: Kind.FLAG,
    FieldType.DATE: Kind.DAY,
    FieldType.CHOICE: Kind.WORD,
}


def kind_of_type(type_: FieldType) -> Kind:
    """What sort of values a field of the program's own form has."""
    return _KIND_OF_TYPE[type_]


@attrs.frozen(kw_only=True)
class FieldSpec:
    """
    One field that customers are filtered by.

    Attributes:
        needs: what has to be said beside the value, such as the unit of a balance.
        may_take: what may be said, such as the template of the cards in question.
        always: every customer has a value, so that ``is_null`` makes no sense.
        is_personal: its values are in no repr and no message.
        words: the only values there are, where these are known.
        scale: decimals of a number; "money": of the program's currency; "unit": of the
            unit that is named.
    """

    name: str
    kind: Kind
    needs: tuple[str, ...] = ()
    may_take: tuple[str, ...] = ()
    always: bool = False
    is_personal: bool = False
    words: tuple[str, ...] = ()
    scale: int | str = 0

    @property
    def operators(self) -> tuple[FilterOp, ...]:
        """By which it is compared."""
        admitted = OPERATORS[self.kind]
        if self.always:
            return tuple(op for op in admitted if op is not FilterOp.IS_NULL)
        return admitted


_STATUSES: Final = ("open", "deactivated", "blocked")
_OF_CARD: Final = ("template",)


def _always(name: str, kind: Kind, scale: int | str = 0) -> FieldSpec:
    return FieldSpec(name=name, kind=kind, scale=scale, always=True)


def _personal(name: str, kind: Kind) -> FieldSpec:
    return FieldSpec(name=name, kind=kind, is_personal=True)


def _of_card(name: str, kind: Kind, words: tuple[str, ...] = ()) -> FieldSpec:
    return FieldSpec(name=name, kind=kind, may_take=_OF_CARD, words=words)


_SPECS: Final = (
    _personal("name", Kind.NAME),
    _personal("phone", Kind.PHONE),
    _personal("email", Kind.EMAIL),
    _personal("external_id", Kind.TEXT),
    _personal("birth_date", Kind.DAY),
    _personal("birthday", Kind.BIRTHDAY),
    FieldSpec(name="age", kind=Kind.AGE),
    _personal("gender", Kind.TEXT),
    FieldSpec(name="source", kind=Kind.TEXT),
    FieldSpec(name="utm", kind=Kind.TEXT),
    _personal("device", Kind.TEXT),
    FieldSpec(name="location", kind=Kind.WORD),
    FieldSpec(name="registered_by", kind=Kind.WORD),
    _always("joined", Kind.MOMENT),
    FieldSpec(name="status", kind=Kind.WORD, words=_STATUSES, always=True),
    FieldSpec(
        name="activity", kind=Kind.WORD, words=("active", "inactive"), always=True
    ),
    _always("points", Kind.NUMBER, POINT_SCALE),
    _always("points_earned", Kind.NUMBER, POINT_SCALE),
    _always("points_redeemed", Kind.NUMBER, POINT_SCALE),
    _always("points_expired", Kind.NUMBER, POINT_SCALE),
    _always("transactions", Kind.NUMBER),
    _always("purchases", Kind.NUMBER),
    _always("purchase_value", Kind.NUMBER, "money"),
    FieldSpec(name="average_value", kind=Kind.NUMBER, scale="money"),
    FieldSpec(name="last_transaction", kind=Kind.MOMENT),
    _always("reviews", Kind.NUMBER),
    FieldSpec(name="rating", kind=Kind.NUMBER, scale=2),
    FieldSpec(name="tags", kind=Kind.TAG),
    FieldSpec(name="field", kind=Kind.CUSTOM, needs=("name",), is_personal=True),
    FieldSpec(
        name="consent", kind=Kind.FLAG, needs=("channel", "purpose"), always=True
    ),
    FieldSpec(name="segment", kind=Kind.WORD),
    FieldSpec(name="rfm_segment", kind=Kind.WORD),
    FieldSpec(name="recency_score", kind=Kind.NUMBER),
    FieldSpec(name="frequency_score", kind=Kind.NUMBER),
    FieldSpec(name="monetary_score", kind=Kind.NUMBER),
    FieldSpec(
        name="balance",
        kind=Kind.NUMBER,
        needs=("unit",),
        may_take=_OF_CARD,
        scale="unit",
    ),
    _of_card("stamps", Kind.NUMBER),
    _of_card("unused_rewards", Kind.NUMBER),
    _of_card("uses", Kind.NUMBER),
    _of_card("tier", Kind.WORD),
    FieldSpec(name="serial", kind=Kind.CODE),
    _of_card(
        "card_status", Kind.WORD, words=("issued", "installed", "removed", "deleted")
    ),
    FieldSpec(name="card_template", kind=Kind.WORD),
    _of_card("card_blocked", Kind.FLAG),
    _of_card("card_expired", Kind.FLAG),
)

#: Every field, by name.
FIELDS: Final[Mapping[str, FieldSpec]] = MappingProxyType(
    {spec.name: spec for spec in _SPECS}
)
