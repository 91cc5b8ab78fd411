"""
The tables in one database: their statements, their version, and how they are made.

Owns what is built once and kept.  Runs on cursors that somebody else has put in a
transaction.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable

from loyaltycore.errors import InvalidValue
from loyaltycore.stores.sql.cursors import marking
from loyaltycore.stores.sql.manners import Manners, Names, manners_of
from loyaltycore.stores.sql.statements import Statements
from loyaltycore.stores.sql.tables import constraint_columns, tables_of
from loyaltycore.stores.versions import Versions


if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Dialect

    from loyaltycore.schema.migrations import Step
    from loyaltycore.schema.tables import Collection

__all__ = ["Database"]

_NAME: Final = re.compile(r"(?!sqlite_|pg_)[a-z_][a-z0-9_]{0,31}")


class Database(Versions):
    """
    The tables of one prefix and schema, up to the last of *steps*.

    Attributes:
        metadata: the tables, for whoever wants to see them with SQLAlchemy or Alembic.
        lock_name: what two processes that migrate the same tables agree on.
    """

    def __init__(
        self,
        dialect: Dialect,
        *,
        prefix: str,
        schema: str | None,
        steps: tuple[Step, ...],
    ) -> None:
        super().__init__(steps)
        for field, name in (("prefix", prefix), ("schema", schema)):
            if name is not None and not _NAME.fullmatch(name):
                raise InvalidValue(field, "up to 32 small letters, digits and _.")
        self.dialect = dialect
        self.manners: Manners = manners_of(dialect)
        self.prefix, self.schema = prefix, schema
        self.metadata = tables_of(
            self.collections.values(),
            prefix=prefix,
            schema=schema,
            is_innodb=self.manners.is_innodb,
        )
        self.names = Names(
            prefix, constraint_columns(self.collections.values(), prefix)
        )
        self.lock_name = f"loyaltycore {schema or ''} {prefix}"
        self._log = sa.Table(
            f"{prefix}migration",
            self.metadata,
            sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
            sa.Column("name", sa.String(255), nullable=False),
        )
        self._statements: dict[tuple[str, str, str | None], Statements] = {}

    def statements(self, dialect: Dialect, paramstyle: str | None) -> Statements:
        """Find the statements for a driver; they differ in how holes are marked."""
        kind = (dialect.name, dialect.driver, paramstyle)
        found = self._statements.get(kind)
        if found is None:
            found = self._statements[kind] = Statements(
                marking(dialect, paramstyle), self.manners, self.table, self.collections
            )
        return found

    def table(self, collection: str) -> sa.Table:
        """Find a collection's table."""
        name = f"{self.prefix}{collection}"
        return self.metadata.tables[f"{self.schema}.{name}" if self.schema else name]

    def version_in(self, cursor: Any) -> int:
        """Find which version the tables have; 0: there are none."""
        if not self.manners.has_table(cursor, self._log.name, self.schema):
            return 0
        highest = sa.select(sa.func.max(self._log.c.number))
        cursor.execute(str(highest.compile(dialect=self.dialect)))
        (version,) = cursor.fetchone()
        return version or 0

    def take_steps(self, cursor: Any, version: int) -> Iterator[Step]:
        """Carry out every step after *version*; yield each when it has been."""
        dialect = self.dialect
        self.manners.prepare(cursor, self.schema)
        create = CreateTable(self._log, if_not_exists=True)
        cursor.execute(str(create.compile(dialect=dialect)))
        for step in self.after(version):
            for collection in step.create:
                for text in self._creating(collection, dialect):
                    cursor.execute(text)
            log = self._log.insert().values(
                number=sa.literal_column(str(step.number)),
                name=sa.literal(step.name),
            )
            compiled = log.compile(
                dialect=dialect, compile_kwargs={"literal_binds": True}
            )
            cursor.execute(str(compiled))
            yield step

    def _creating(self, collection: Collection, dialect: Dialect) -> Iterator[str]:
        """Say how a table is made; one that an interrupted step has made may stay."""
        table = self.table(collection.name)
        again = not self.manners.creates_inside
        yield str(CreateTable(table, if_not_exists=again).compile(dialect=dialect))
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            create = CreateIndex(index, if_not_exists=again)
            yield str(create.compile(dialect=dialect))
