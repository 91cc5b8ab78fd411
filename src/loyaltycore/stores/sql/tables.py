"""
The declared collections as SQLAlchemy's tables.

Owns keys, uniques and indexes as an engine can have them.  Knows no connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from loyaltycore.schema.tables import TEXT_LENGTH_MAX, Collection, ColumnType
from loyaltycore.stores.sql.column_types import column_type


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["SURROGATE", "constraint_columns", "tables_of"]

#: What a row is called where its key is too long for an index of InnoDB's.
SURROGATE: Final = "row_number"

_INNODB_BYTES_MAX: Final = 3072
_TEXT_BYTES_MAX: Final = 4 * TEXT_LENGTH_MAX
_OTHER_BYTES_MAX: Final = 8


def tables_of(
    collections: Iterable[Collection],
    *,
    prefix: str,
    schema: str | None,
    is_innodb: bool,
) -> sa.MetaData:
    """
    Build the tables of collections, by their names.

    Args:
        is_innodb: whether an index holds at most 3072 bytes, as InnoDB's do.
    """
    metadata = sa.MetaData(schema=schema)
    for collection in collections:
        make = _innodb_table if is_innodb else _table
        make(metadata, collection, f"{prefix}{collection.name}")
    return metadata


def constraint_columns(
    collections: Iterable[Collection], prefix: str
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Find the collection and the columns behind the name of a constraint."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for collection in collections:
        name = f"{prefix}{collection.name}"
        found[f"{name}_pkey"] = collection.name, collection.key
        for number, unique in enumerate(collection.uniques, 1):
            found[f"{name}_unique_{number}"] = collection.name, unique
    return found


def _table(metadata: sa.MetaData, collection: Collection, name: str) -> None:
    table = sa.Table(
        name,
        metadata,
        *_columns(collection),
        sa.PrimaryKeyConstraint(*collection.key, name=f"{name}_pkey"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    for number, unique in enumerate(collection.uniques, 1):
        _index(table, collection, f"{name}_unique_{number}", unique, unique=True)
    for number, index in enumerate(collection.indexes, 1):
        columns = dict.fromkeys((*index.by, *index.order, *collection.key))
        _index(table, collection, f"{name}_index_{number}", tuple(columns), index.by)


def _index(
    table: sa.Table,
    collection: Collection,
    name: str,
    columns: Sequence[str],
    present: Sequence[str] | None = None,
    *,
    unique: bool = False,
) -> None:
    """Leave rows out of an index that nobody looks up in it: those with a NULL."""
    terms = [
        table.c[column].is_not(None)
        for column in (columns if present is None else present)
        if collection.by_name[column].nullable
    ]
    where = sa.and_(*terms) if terms else None
    sa.Index(
        name,
        *(table.c[column] for column in columns),
        unique=unique,
        postgresql_where=where,
        sqlite_where=where,
    )


def _columns(collection: Collection) -> Iterator[sa.Column[Any]]:
    for column in collection.columns:
        type_ = column_type(column.type)
        yield sa.Column(column.name, type_, nullable=column.nullable)


# -- InnoDB ----------------------------------------------------------------------------


def _innodb_table(metadata: sa.MetaData, collection: Collection, name: str) -> None:
    """
    Build a table whose keys may be longer than an index.

    What has to be unique is so by a digest, which the server computes; what is looked
    up is found by the beginnings of its texts.
    """
    key_fits = _fits(collection, collection.key)
    surrogate = sa.Column(SURROGATE, sa.BigInteger(), primary_key=True)
    key = sa.PrimaryKeyConstraint(*collection.key, name=f"{name}_pkey")
    columns = list(_columns(collection))
    table = sa.Table(
        name,
        metadata,
        *((*columns, key) if key_fits else (surrogate, *columns)),
        mysql_engine="InnoDB",
        mariadb_engine="InnoDB",
    )
    uniques = {f"{name}_unique_{n}": u for n, u in enumerate(collection.uniques, 1)}
    if not key_fits:
        uniques = {f"{name}_pkey": collection.key, **uniques}
    for each, unique in uniques.items():
        if _fits(collection, unique):
            sa.Index(each, *(table.c[column] for column in unique), unique=True)
        else:
            _digest(table, each, each.removeprefix(f"{name}_"), unique)
            _beginnings(table, collection, f"{each}_by", unique)
    for number, index in enumerate(collection.indexes, 1):
        listed = dict.fromkeys((*index.by, *index.order, *collection.key))
        _beginnings(table, collection, f"{name}_index_{number}", tuple(listed))


def _digest(table: sa.Table, name: str, column: str, of: Sequence[str]) -> None:
    """Make values unique together; one that is NULL makes the digest NULL."""
    listed = ", char(0), ".join(f"`{each}`" for each in of)
    expression = f"unhex(sha2(concat({listed}), 256))"
    digest: sa.Column[Any] = sa.Column(
        f"{column}_digest", sa.BINARY(32), sa.Computed(expression, persisted=True)
    )
    table.append_column(digest)
    sa.Index(name, digest, unique=True)


def _beginnings(
    table: sa.Table, collection: Collection, name: str, columns: Sequence[str]
) -> None:
    """Make an index over as much of each text as there is room for."""
    texts = [c for c in columns if collection.by_name[c].type is ColumnType.TEXT]
    room = _INNODB_BYTES_MAX - _OTHER_BYTES_MAX * (len(columns) - len(texts))
    lengths: dict[str, int] = {}
    if not _fits(collection, columns):
        lengths = dict.fromkeys(texts, room // len(texts) // 4)
    sa.Index(
        name,
        *(table.c[column] for column in columns),
        mysql_length=lengths,
        mariadb_length=lengths,
    )


def _fits(collection: Collection, columns: Sequence[str]) -> bool:
    sizes = [
        _TEXT_BYTES_MAX
        if collection.by_name[column].type is ColumnType.TEXT
        else _OTHER_BYTES_MAX
        for column in columns
    ]
    return sum(sizes) <= _INNODB_BYTES_MAX
