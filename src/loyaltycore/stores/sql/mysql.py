"""MariaDB and MySQL, with tables in InnoDB."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from loyaltycore.errors import (
    Conflict,
    Corrupt,
    InvalidValue,
    StoreError,
    Unavailable,
    UnsupportedValue,
    Unwritable,
)
from loyaltycore.ports import StoreInfo
from loyaltycore.stores.sql import manners as say
from loyaltycore.stores.sql.column_types import MYSQL
from loyaltycore.stores.sql.manners import duplicate, failures, waited


if TYPE_CHECKING:
    from loyaltycore.stores.sql.manners import EngineName, Names

__all__ = ["MySql"]

_QUEUE_SECONDS: Final = 60
_UNIQUE: Final = frozenset({1062, 1586})
_WAITED: Final = frozenset({1205, 1969, 3024})  # for a lock, for a statement
_BY_NUMBER: Final = failures(
    (Conflict, say.FASTER, (1213, 1020)),
    (Unavailable, say.BUSY, (1317, 3572)),
    (
        Unavailable,
        say.GONE,
        (0, 1040, 1053, 1152, 1158, 1159, 1160, 1161, 1927, 2002, 2003, 2006, 2013),
    ),
    (Unwritable, say.READ_ONLY, (1036, 1044, 1142, 1290, 1792, 1836)),
    (Unwritable, say.FULL, (1021, 1114)),
    (Corrupt, say.TABLES, (1054, 1146, 1049)),
    (Corrupt, say.DAMAGED, (126, 127, 1034, 1194)),
    (UnsupportedValue, say.REFUSED, (1048, 1264, 1292, 1366, 1406, 1690)),
)


class MySql:
    """Writes with READ COMMITTED, so that what follows a lock is read as it is now."""

    name: EngineName = "mysql"
    conversions = MYSQL
    writes_together = False
    upserts = False
    compares_rows = False
    sorts_nulls_last = False
    finds_with = "instr"
    guesses_rare = False
    skips_locked = True
    is_innodb = True
    creates_inside = False
    replaces_savepoints = True
    sets_again: tuple[str, ...] = (
        "SAVEPOINT {}",
    )  # it takes the place of the one before

    def begin(self, connection: Any, cursor: Any, *, is_writing: bool) -> None:
        """Begin with the isolation that this session needs, whatever the default."""
        del connection
        level = "READ COMMITTED" if is_writing else "REPEATABLE READ"
        cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
        snapshot = "" if is_writing else " WITH CONSISTENT SNAPSHOT, READ ONLY"
        cursor.execute(f"START TRANSACTION{snapshot}")

    def join(self, connection: Any, cursor: Any, *, is_writing: bool) -> str:
        """
        Find out whether plain reads are of the past.

        Under REPEATABLE READ, where the caller may have read before, they are; so what
        a decision is made from is read with a lock.
        """
        del connection
        cursor.execute(
            "SHOW SESSION VARIABLES WHERE Variable_name IN "
            "('autocommit', 'transaction_isolation', 'tx_isolation')"
        )
        found = dict(cursor.fetchall())
        level = found.get("transaction_isolation") or found.get("tx_isolation")
        if found["autocommit"] == "ON":
            message = (
                "begin a transaction on the connection first; it commits by itself."
            )
            raise InvalidValue("handle", message)
        return "share" if is_writing and level != "READ-COMMITTED" else ""

    def translated(self, error: BaseException, names: Names) -> StoreError:
        """By the server's number, or the client's."""
        number = error.args[0] if error.args else 0
        if number in _UNIQUE:
            named = re.search(r"for key '(?:[^']*\.)?(\w+)'", str(error.args[-1]))
            return duplicate(named.group(1) if named else "", names)
        if number in _WAITED:
            return waited()
        known = _BY_NUMBER.get(number)
        if known is None:
            return StoreError(f"The server reported error {number}.")
        kind, message = known
        return kind(message)

    def has_table(self, cursor: Any, name: str, schema: str | None) -> bool:
        """Look in the connection's database, or in the one named."""
        database = "DATABASE()" if schema is None else f"'{schema}'"
        cursor.execute(
            "SELECT COUNT(*) FROM information_schema.tables "
            f"WHERE table_schema = {database} AND table_name = '{name}'"
        )
        (found,) = cursor.fetchone()
        return bool(found)

    def queue(self, cursor: Any, name: str) -> None:
        """Take the server's lock of this name, which no commit lets go."""
        cursor.execute(f"SELECT GET_LOCK('{name}', {_QUEUE_SECONDS})")
        (taken,) = cursor.fetchone()
        if not taken:
            raise Unavailable("Somebody else migrates these tables; try again later.")

    def leave_queue(self, cursor: Any, name: str) -> None:
        """Let it go."""
        cursor.execute(f"SELECT RELEASE_LOCK('{name}')")
        cursor.fetchone()

    def prepare(self, cursor: Any, schema: str | None) -> None:
        """Leave the making of a database to whoever gives rights in it."""

    def info(self, cursor: Any) -> StoreInfo:
        """Ask the server what a commit survives."""
        cursor.execute("SELECT VERSION(), @@innodb_flush_log_at_trx_commit")
        version, flushes = cursor.fetchone()
        survives = int(flushes) == 1
        return StoreInfo(
            engine="mariadb" if "mariadb" in version.lower() else "mysql",
            version=version.split("-")[0],
            durability="power" if survives else "process",
            warnings=() if survives else (_WARNING,),
        )


_WARNING: Final = (
    "innodb_flush_log_at_trx_commit is not 1: a power cut loses last commits."
)
