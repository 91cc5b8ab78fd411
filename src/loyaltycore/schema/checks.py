"""
Which values a row may hold, and how a row is named.

Every store calls these before it does anything, so that all of them refuse the same.
They run for every row of every posting.  So each set of columns gets a function that
only tells good from doubtful, written out column by column; what is doubtful then goes
the long way, value by value, to a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from loyaltycore.errors import UnsupportedValue
from loyaltycore.schema.tables import (
    INTEGER_MAX,
    JSON_BYTES_MAX,
    TEXT_LENGTH_MAX,
    Collection,
    ColumnType,
)


if TYPE_CHECKING:
    from loyaltycore.query.predicates import Row, Scalar

__all__ = ["JUDGES_MAX", "check_ref", "check_row", "check_values", "problem_with"]

JUDGES_MAX: Final = 512  # a collection; more would be somebody's endless combinations
_JSON_SURELY_FITS: Final = (
    JSON_BYTES_MAX // 4
)  # characters; each has four bytes at most

_Judge = Callable[[Any], bool]


def check_row(collection: Collection, row: Row) -> None:
    """
    Refuse a row that is incomplete or holds what not every store could keep.

    Raises:
        UnsupportedValue: see ``check_values``; or a column is missing.
    """
    is_good = collection.judges.get(None) or _judge_row(collection)
    if len(row) == len(collection.columns):
        try:
            if is_good(row):
                return
        except KeyError:
            pass  # a column is missing and another too many
    for name, value in row.items():
        _check_one(collection, name, value)
    missing = sorted(collection.by_name.keys() - row.keys())
    if missing:
        message = f"{collection.name}: no value for {', '.join(missing)}."
        raise UnsupportedValue(message, collection=collection.name, columns=missing)


def check_values(collection: Collection, values: Row) -> None:
    """
    Refuse values that some store would change or refuse.

    That is: an unknown column; None where it is not allowed; a value of another type
    (a bool is no integer, a datetime no day, a float nothing); an integer beyond 53
    bits; a text with NUL or a lone surrogate, or too long; a moment that is not in UTC.

    Raises:
        UnsupportedValue: naming collection and column, never the value.
    """
    names = tuple(values)
    is_good = collection.judges.get(names)
    if is_good is not None and is_good(values):
        return
    for name, value in values.items():
        _check_one(collection, name, value)
    if is_good is None:
        if len(collection.judges) >= JUDGES_MAX:
            collection.judges.clear()
        collection.judges[names] = _judge(
            collection, {name: repr(name) for name in names}
        )


def check_ref(
    collection: Collection, columns: Sequence[str], values: Sequence[Scalar]
) -> None:
    """
    Refuse what does not name one row: by its key or a declared unique, no None.

    Raises:
        UnsupportedValue: as ``check_values`` does; or the columns name no single row.
    """
    named = tuple(columns)
    is_good = collection.ref_judges.get(named)
    if is_good is not None and len(values) == len(named) and is_good(values):
        return
    listed = ", ".join(named)
    if named != collection.key and named not in collection.uniques:
        raise _unsupported(collection, listed, "neither the key nor a declared unique")
    if len(named) != len(values):
        raise _unsupported(collection, listed, "one value a column")
    for name, value in zip(named, values, strict=True):
        if value is None:
            raise _unsupported(collection, name, "a row is not named by nothing")
        _check_one(collection, name, value)
    places = {name: str(place) for place, name in enumerate(named)}
    collection.ref_judges[named] = _judge(collection, places, is_ref=True)


def problem_with(type_: ColumnType, value: object) -> str | None:
    """Why a value (not None) cannot be in a column of this type; None: it can."""
    return _CHECKS[type_](value)


def _check_one(collection: Collection, name: str, value: object) -> None:
    column = collection.by_name.get(name)
    if column is None:
        raise _unsupported(collection, name, "there is no such column")
    if value is None:
        if not column.nullable:
            raise _unsupported(collection, name, "it is never empty")
        return
    problem = _CHECKS[column.type](value)
    if problem:
        raise _unsupported(collection, name, problem)


def _unsupported(collection: Collection, column: str, problem: str) -> UnsupportedValue:
    message = f"{collection.name}.{column}: {problem}."
    return UnsupportedValue(message, collection=collection.name, column=column)


# -- good or doubtful ------------------------------------------------------------------


def _judge_row(collection: Collection) -> _Judge:
    names = {name: repr(name) for name in collection.by_name}
    judge = collection.judges[None] = _judge(collection, names)
    return judge


def _judge(
    collection: Collection, places: Mapping[str, str], *, is_ref: bool = False
) -> _Judge:
    """
    Write a function that says at once whether all values are good.

    Args:
        places: how each column is subscripted; a name, or a number in a ref.
    """
    variables = {name: f"v{number}" for number, name in enumerate(places)}
    lines = [f"{variables[name]} = values[{place}]" for name, place in places.items()]
    texts: list[str] = []
    jsons: list[str] = []
    for name, variable in variables.items():
        column = collection.by_name[name]
        test = _TESTS[column.type].format(v=variable)
        if column.nullable and not is_ref:
            test = f"{variable} is None or {test}"
        lines.append(f"if not ({test}): return False")
        if column.type is ColumnType.TEXT:
            texts.append(variable)
        elif column.type is ColumnType.JSON:
            jsons.append(variable)
    for several, most in ((texts, TEXT_LENGTH_MAX), (jsons, _JSON_SURELY_FITS)):
        if several:
            # all in one: a None among them reads as None, which hurts nobody
            lines.append(f"text = f'{''.join(f'{{{one}}}' for one in several)}'")
            shorter = " and ".join(
                f"({v} is None or len({v}) <= {most})" for v in several
            )
            lines.append(f"if len(text) > {most} and not ({shorter}): return False")
            lines.append("if not is_text(text): return False")
    lines.append("return True")
    source = "def judge(values):\n " + "\n ".join(lines)
    scope: dict[str, Any] = {
        "date": date,
        "datetime": datetime,
        "UTC": UTC,
        "is_text": _is_text,
    }
    # Generated from our own declarations, no value among them: three times as fast as
    # the same in loops, and most of what a posting costs in memory is this.
    exec(source, scope)  # noqa: S102
    judge: _Judge = scope["judge"]
    return judge


_TESTS: Final = {
    ColumnType.TEXT: "type({v}) is str",
    ColumnType.JSON: "type({v}) is str",
    ColumnType.INTEGER: (
        f"type({{v}}) is int and -{INTEGER_MAX} <= {{v}} <= {INTEGER_MAX}"
    ),
    ColumnType.BOOLEAN: "type({v}) is bool",
    ColumnType.MOMENT: "type({v}) is datetime and {v}.tzinfo is UTC",
    ColumnType.DAY: "type({v}) is date",
}


def _is_text(text: str) -> bool:
    return (text.isascii() and "\0" not in text) or _check_characters(text) is None


# -- one value -------------------------------------------------------------------------


def _check_text(value: object) -> str | None:
    if type(value) is not str:
        return "it takes text"
    if len(value) > TEXT_LENGTH_MAX:
        return f"at most {TEXT_LENGTH_MAX} characters"
    return _check_characters(value)


def _check_json(value: object) -> str | None:
    if type(value) is not str:
        return "it takes JSON as text"
    if len(value) > JSON_BYTES_MAX:
        return f"at most {JSON_BYTES_MAX} bytes"
    problem = _check_characters(value)
    if problem is None and len(value.encode()) > JSON_BYTES_MAX:
        return f"at most {JSON_BYTES_MAX} bytes"
    return problem


def _check_characters(value: str) -> str | None:
    if "\0" in value:
        return "it takes no NUL character"
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return "it takes no lone surrogate"
    return None


def _check_integer(value: object) -> str | None:
    if type(value) is not int:
        return "it takes a whole number"
    return None if -INTEGER_MAX <= value <= INTEGER_MAX else "beyond 53 bits"


def _check_boolean(value: object) -> str | None:
    return None if type(value) is bool else "it takes True or False"


def _check_moment(value: object) -> str | None:
    if type(value) is not datetime:
        return "it takes a datetime"
    return None if value.tzinfo is UTC else "it takes a moment in UTC"


def _check_day(value: object) -> str | None:
    return None if type(value) is date else "it takes a date"


_CHECKS: Final[Mapping[ColumnType, Callable[[object], str | None]]] = {
    ColumnType.TEXT: _check_text,
    ColumnType.INTEGER: _check_integer,
    ColumnType.BOOLEAN: _check_boolean,
    ColumnType.MOMENT: _check_moment,
    ColumnType.DAY: _check_day,
    ColumnType.JSON: _check_json,
}
