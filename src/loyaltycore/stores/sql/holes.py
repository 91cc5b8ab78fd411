"""
Places for values in a statement, and statements that were compiled.

Holes are numbered in the order in which they are made; values come in this order, and a
statement knows in which one its driver wants them.
"""

from __future__ import annotations

import re
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa


if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.elements import ClauseElement

__all__ = ["ONE", "Holes", "Statement"]

#: For what has to be selected but means nothing.
ONE: Final[sa.ColumnElement[int]] = sa.literal_column("1", sa.Integer())

_HOLE: Final = re.compile(r"p(\d+)")


class Holes:
    """Makes holes, one after another."""

    __slots__ = ("_made",)

    def __init__(self) -> None:
        self._made = 0

    def new(self, column: sa.ColumnElement[Any]) -> sa.BindParameter[Any]:
        """Make a hole for a value of this column."""
        return self._new(column.type)

    def number(self) -> sa.BindParameter[Any]:
        """Make a hole for a number that is no column's."""
        return self._new(sa.BigInteger())

    def _new(self, type_: Any) -> sa.BindParameter[Any]:
        self._made += 1
        return sa.bindparam(f"p{self._made - 1}", type_=type_)


class Statement:
    """
    A text of one dialect.

    Args:
        element: what it says, its holes made by one ``Holes``.
    """

    __slots__ = ("_arrange", "text")

    def __init__(self, element: ClauseElement, dialect: Dialect) -> None:
        compiled = element.compile(dialect=dialect)
        self.text = str(compiled)
        names: list[str] | None = getattr(compiled, "positiontup", None)
        self._arrange: Callable[[Sequence[Any]], Any] = (
            _named({**(compiled.params or {})})
            if names is None
            else _placed(names, compiled)
        )

    def arguments(self, values: Sequence[Any]) -> Any:
        """Give values, in the order of the holes, as the driver wants them."""
        return self._arrange(values)


def _placed(names: list[str], compiled: Any) -> Callable[[Sequence[Any]], Any]:
    """By place; a hole may be there twice, or not at all where SQL is simpler so."""
    holes = [_hole(name) for name in names]
    places = [place for place in holes if place is not None]
    if len(places) < len(holes):  # a constant of the dialect's, such as OFFSET 0
        constants = compiled.params
        return lambda values: tuple(
            constants[name] if place is None else values[place]
            for name, place in zip(names, holes, strict=True)
        )
    if len(places) > 1:
        return itemgetter(*places)
    return lambda values: tuple(values[place] for place in places)


def _named(constants: dict[str, Any]) -> Callable[[Sequence[Any]], Any]:
    holes = [(name, _hole(name)) for name in constants]
    return lambda values: {
        name: constants[name] if place is None else values[place]
        for name, place in holes
    }


def _hole(name: str) -> int | None:
    found = _HOLE.fullmatch(name)
    return None if found is None else int(found.group(1))
