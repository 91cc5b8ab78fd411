"""
A whole program as lines of JSON, between any two stores.

Owns the form of a dump.  The first line says what it is, each further one is a row,
and the last one counts them and holds their SHA-256, so that a dump that was cut off or
changed is told from a whole one.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import attrs

from loyaltycore.errors import FileUnreadable
from loyaltycore.ledger.sealing import canonical
from loyaltycore.ports import Insert
from loyaltycore.query.predicates import where
from loyaltycore.query.queries import Query
from loyaltycore.records.streaming import stream
from loyaltycore.schema import COLLECTIONS, VERSION, Collection, ColumnType
from loyaltycore.schema.checks import check_row


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from loyaltycore.ports import Session
    from loyaltycore.program.program import Program
    from loyaltycore.query.predicates import Row

__all__ = [
    "FORMAT_VERSION",
    "DumpHeader",
    "any_row",
    "dumped",
    "header_of",
    "insertions",
    "rows_of",
]

#: Of the form of the lines; the tables have a version of their own beside it.
FORMAT_VERSION: Final = 1

_FORMAT: Final = "loyaltycore dump"
_ROWS_A_PAGE: Final = 2_000
_TENANT: Final = "program_id"


@attrs.frozen(kw_only=True)
class DumpHeader:
    """
    Whose dump it is.

    Attributes:
        schema: number of the tables' last step.
    """

    program: str
    currency: str
    zone: str
    schema: int


def dumped(session: Session, program: Program) -> Iterator[str]:
    """Yield the lines of a program's dump, table by table."""
    header = {
        "format": _FORMAT,
        "version": FORMAT_VERSION,
        "schema": VERSION,
        "program": program.id,
        "currency": program.currency,
        "zone": program.zone.key,
    }
    yield f"{canonical(header)}\n"
    digest, count = sha256(), 0
    for collection in COLLECTIONS.values():
        query = Query(collection.name, where(program_id=program.id), limit=_ROWS_A_PAGE)
        for row in stream(session, query):
            line = f"{canonical([collection.name, _plain(row)])}\n"
            digest.update(line.encode())
            count += 1
            yield line
    yield f"{canonical({'rows': count, 'sha256': digest.hexdigest()})}\n"


def header_of(line: str) -> DumpHeader:
    """
    Read the first line.

    Raises:
        FileUnreadable: it is no dump, or one of a later version.
    """
    found: Any = _parsed(line, 1)
    try:
        kind = found["format"]
        header = DumpHeader(
            program=found["program"],
            currency=found["currency"],
            zone=found["zone"],
            schema=found["schema"],
        )
        is_later = found["version"] > FORMAT_VERSION or header.schema > VERSION
    except (KeyError, TypeError):
        kind, header, is_later = None, None, False
    if kind != _FORMAT or header is None:
        raise FileUnreadable("The file is no dump of a program.", reason="header")
    if is_later:
        message = "The dump is of a later version; install the one that wrote it."
        raise FileUnreadable(message, reason="version")
    return header


def rows_of(lines: Iterable[str], program_id: str) -> Iterator[tuple[str, Row]]:
    """
    Yield collection and row for each line after the first.

    Args:
        program_id: whose rows they become.

    Raises:
        FileUnreadable: a line is no row, or the last one does not fit; ``line`` says
            where.
    """
    digest, count = sha256(), 0
    for number, line in enumerate(lines, start=2):
        found = _parsed(line, number)
        if isinstance(found, dict):
            if found != {"rows": count, "sha256": digest.hexdigest()}:
                message = "The dump has been changed; take another copy."
                raise FileUnreadable(message, reason="damaged", line=number)
            return
        digest.update(line.encode())
        count += 1
        yield _row(found, program_id, number)
    message = "The dump has no last line; it was cut off."
    raise FileUnreadable(message, reason="damaged", line=count + 2)


def insertions(rows: Iterable[tuple[str, Row]]) -> Iterator[Insert]:
    """Gather rows that follow one another in the same collection."""
    name, batch = "", list[Any]()
    for collection, row in rows:
        if batch and (collection != name or len(batch) == _ROWS_A_PAGE):
            yield Insert(name, batch)
            batch = []
        name = collection
        batch.append(row)
    if batch:
        yield Insert(name, batch)


def any_row(session: Session, program_id: str) -> bool:
    """Say whether a program has anything in the store."""
    return any(
        session.select(Query(name, where(program_id=program_id), limit=1)).rows
        for name in COLLECTIONS
    )


def _plain(row: Row) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date | datetime) else value
        for name, value in row.items()
        if name != _TENANT
    }


def _parsed(line: str, number: int) -> Any:
    with suppress(ValueError, RecursionError):
        return json.loads(line)
    # Outside of it, so that the error does not lead to the line by way of its context.
    message = f"Line {number} of the dump is not JSON."
    raise FileUnreadable(message, reason="damaged", line=number)


def _row(found: Any, program_id: str, number: int) -> tuple[str, Row]:
    with suppress(TypeError, ValueError, KeyError, AttributeError):
        name, values = found
        collection = COLLECTIONS[name]
        row = {_TENANT: program_id, **_typed(collection, values)}
        check_row(collection, row)
        return name, row
    message = f"Line {number} of the dump is no row of this version's tables."
    raise FileUnreadable(message, reason="damaged", line=number)


def _typed(collection: Collection, values: dict[str, Any]) -> dict[str, Any]:
    """Give days and moments their types; a column that came later is empty."""
    row: dict[str, Any] = dict.fromkeys(collection.by_name.keys() - {_TENANT})
    for name, value in values.items():
        match collection.by_name[name].type:
            case ColumnType.MOMENT if value is not None:
                row[name] = datetime.fromisoformat(value)
            case ColumnType.DAY if value is not None:
                row[name] = date.fromisoformat(value)
            case _:
                row[name] = value
    return row
