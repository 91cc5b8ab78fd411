"""How a table is declared."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import attrs


if TYPE_CHECKING:
    from collections.abc import Mapping


__all__ = [
    "INTEGER_MAX",
    "JSON_BYTES_MAX",
    "TEXT_LENGTH_MAX",
    "Collection",
    "Column",
    "ColumnType",
    "Index",
    "columns",
]

INTEGER_MAX: Final = 2**53 - 1
TEXT_LENGTH_MAX: Final = 512
JSON_BYTES_MAX: Final = 64 * 1024


class ColumnType(StrEnum):
    """
    What a column holds.

    ``text`` up to 512 characters, compared by code points; ``integer`` within 53 bits;
    ``boolean``; ``moment`` an aware datetime in UTC; ``day`` a date; ``json`` a text
    that holds JSON, up to 64 kB, kept to the letter and never compared.
    """

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    MOMENT = "moment"
    DAY = "day"
    JSON = "json"


@attrs.frozen
class Column:
    """One column; ``nullable`` ones may hold None, and no index is sorted by them."""

    name: str
    type: ColumnType
    nullable: bool = False


_TYPES: Final = {
    "text": ColumnType.TEXT,
    "int": ColumnType.INTEGER,
    "bool": ColumnType.BOOLEAN,
    "moment": ColumnType.MOMENT,
    "day": ColumnType.DAY,
    "json": ColumnType.JSON,
}


def columns(**types: str) -> tuple[Column, ...]:
    """Read ``name="int"`` and ``name="int?"`` (nullable); ``program_id`` leads."""
    return tuple(
        Column(name, _TYPES[written.removesuffix("?")], nullable=written.endswith("?"))
        for name, written in {"program_id": "text", **types}.items()
    )


@attrs.frozen(kw_only=True)
class Index:
    """
    What is looked up fast: equal values in *by*, then sorted by *order*.

    A SQL store makes one index over both lists.
    """

    by: tuple[str, ...]
    order: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Collection:
    """
    One table.

    Attributes:
        key: the primary key's columns; ``program_id`` leads, so that a distributed
            engine can shard by it.
        uniques: further combinations that occur once; rows with a None in one of the
            columns do not count.
        append_only: rows are never changed or deleted.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    uniques: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[Index, ...] = ()
    append_only: bool = False
    by_name: Mapping[str, Column] = attrs.field(init=False, eq=False, repr=False)
    # What the checks have found out about sets of columns; no part of the value.
    judges: dict[Any, Any] = attrs.field(
        init=False, eq=False, repr=False, factory=dict[Any, Any]
    )
    ref_judges: dict[Any, Any] = attrs.field(
        init=False, eq=False, repr=False, factory=dict[Any, Any]
    )
    # What an addition starts from, and what has to be given for it.
    blank: Mapping[str, int | None] = attrs.field(init=False, eq=False, repr=False)
    required: frozenset[str] = attrs.field(init=False, eq=False, repr=False)
    addable: set[tuple[str, ...]] = attrs.field(
        init=False, eq=False, repr=False, factory=set[tuple[str, ...]]
    )

    def __attrs_post_init__(self) -> None:
        by_name = {column.name: column for column in self.columns}
        object.__setattr__(self, "by_name", by_name)
        blank = {
            column.name: 0 if column.type is ColumnType.INTEGER else None
            for column in self.columns
        }
        object.__setattr__(self, "blank", blank)
        required = {
            column.name
            for column in self.columns
            if not column.nullable and blank[column.name] is None
        }
        object.__setattr__(self, "required", frozenset(required - {*self.key}))
