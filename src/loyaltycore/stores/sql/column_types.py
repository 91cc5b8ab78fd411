"""
Column types of the tables, as each engine holds them.

Owns which type a declared one becomes.  Whoever selects from the tables with SQLAlchemy
gets the values that a session gives: moments aware and in UTC, days, booleans.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from loyaltycore.schema.tables import TEXT_LENGTH_MAX, ColumnType
from loyaltycore.stores.codecs import AS_TEXT, Conversions


if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

__all__ = ["MYSQL", "POSTGRESQL", "column_type", "comparable", "is_mariadb"]


def _without_zone(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


#: A moment is written without its zone, which is always UTC: so what a server is told
#: about the time zone of a connection, which may be the caller's, changes nothing.
POSTGRESQL: Final = Conversions(
    encoders={ColumnType.MOMENT: _without_zone},
    decoders={ColumnType.MOMENT: _in_utc},
)

MYSQL: Final = Conversions(
    encoders={ColumnType.MOMENT: _without_zone},
    decoders={ColumnType.MOMENT: _in_utc, ColumnType.BOOLEAN: bool},
)

_BY_DIALECT: Final[Mapping[str, Conversions]] = {
    "mariadb": MYSQL,
    "mysql": MYSQL,
    "postgresql": POSTGRESQL,
    "sqlite": AS_TEXT,
}


def is_mariadb(dialect: Dialect) -> bool:
    """Is it MariaDB, which names its collations otherwise than MySQL?"""
    return dialect.name == "mariadb" or bool(getattr(dialect, "is_mariadb", False))


class _Declared(sa.TypeDecorator[Any]):
    """A declared type: what it becomes depends on the engine."""

    impl: Any = sa.Text
    cache_ok = True
    declared: ColumnType

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            is_number = self.declared in {ColumnType.INTEGER, ColumnType.BOOLEAN}
            return dialect.type_descriptor(sa.INTEGER() if is_number else sa.TEXT())
        return dialect.type_descriptor(self.of_server(dialect))

    def of_server(self, dialect: Dialect) -> TypeEngine[Any]:
        """Give the type on a server."""
        raise NotImplementedError

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> Any:
        convert = _BY_DIALECT[dialect.name].encoders.get(self.declared)
        return value if convert is None or value is None else convert(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any:
        convert = _BY_DIALECT[dialect.name].decoders.get(self.declared)
        return value if convert is None or value is None else convert(value)


class _Text(_Declared):
    """Compared by code points, blanks at the end included."""

    declared = ColumnType.TEXT
    impl = sa.String
    cache_ok = True

    def of_server(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return sa.String(TEXT_LENGTH_MAX, collation="C")
        return mysql.VARCHAR(TEXT_LENGTH_MAX, charset="utf8mb4", collation=_no(dialect))


class _Json(_Declared):
    """A text that is kept to the letter, which a column of JSON would not do."""

    declared = ColumnType.JSON
    impl = sa.Text
    cache_ok = True

    def of_server(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return sa.Text(collation="C")
        return mysql.MEDIUMTEXT(charset="utf8mb4", collation=_no(dialect))


class _Integer(_Declared):
    declared = ColumnType.INTEGER
    impl = sa.BigInteger
    cache_ok = True

    def of_server(self, dialect: Dialect) -> TypeEngine[Any]:  # noqa: ARG002 - one for all
        return sa.BigInteger()


class _Boolean(_Declared):
    declared = ColumnType.BOOLEAN
    impl = sa.Boolean
    cache_ok = True

    def of_server(self, dialect: Dialect) -> TypeEngine[Any]:  # noqa: ARG002 - one for all
        return sa.Boolean()


class _Moment(_Declared):
    declared = ColumnType.MOMENT
    impl = sa.DateTime
    cache_ok = True

    def of_server(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return sa.DateTime(timezone=False)
        return mysql.DATETIME(fsp=6)


class _Day(_Declared):
    declared = ColumnType.DAY
    impl = sa.Date
    cache_ok = True

    def of_server(self, dialect: Dialect) -> TypeEngine[Any]:  # noqa: ARG002 - one for all
        return sa.Date()


def _no(dialect: Dialect) -> str:
    """A collation by code points that does not pad with blanks."""
    return "utf8mb4_nopad_bin" if is_mariadb(dialect) else "utf8mb4_0900_bin"


_TYPES: Final[Mapping[ColumnType, type[_Declared]]] = {
    each.declared: each for each in (_Text, _Json, _Integer, _Boolean, _Moment, _Day)
}


def column_type(declared: ColumnType) -> sa.TypeDecorator[Any]:
    """Give SQLAlchemy's type for a declared one."""
    return _TYPES[declared]()


def comparable(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Make a number of a boolean, since not every engine knows the larger of two."""
    is_boolean = isinstance(column.type, _Boolean)
    return sa.cast(column, sa.Integer) if is_boolean else column
