"""
How an engine is spoken to: what its statements can do, and what its errors mean.

One file an engine says these; everything else here is the same for all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol

from loyaltycore.errors import Duplicate, InvalidValue, StoreError, Unavailable


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy.engine import Dialect

    from loyaltycore.ports import StoreInfo
    from loyaltycore.stores.codecs import Conversions

__all__ = ["EngineName", "Manners", "Names", "duplicate", "failures", "manners_of"]


EngineName = Literal["postgresql", "mysql", "sqlite"]


class Names(NamedTuple):
    """
    What things are called in the database.

    Attributes:
        constraints: the collection and the columns behind each.
    """

    prefix: str
    constraints: Mapping[str, tuple[str, tuple[str, ...]]]


class Manners(Protocol):
    """
    What differs between engines.

    Attributes:
        writes_together: whether one statement can carry several changes.
        upserts: whether an insert can add to the row in its way, under a condition.
        compares_rows: whether ``(a, b) > (x, y)`` is found through an index.
        sorts_nulls_last: whether NULL is the greatest value.
        finds_with: the function that says where in a text another is.
        guesses_rare: whether every equality is taken for a rare one.
        skips_locked: whether rows that somebody else holds can be left out.
        is_innodb: whether an index holds at most 3072 bytes.
        creates_inside: whether tables can be made inside a transaction.
        replaces_savepoints: whether one takes the place of another of its name.
        sets_again: how a savepoint is moved to the present; ``{}`` is its name.
    """

    name: EngineName
    conversions: Conversions
    writes_together: bool
    upserts: bool
    compares_rows: bool
    sorts_nulls_last: bool
    finds_with: str
    guesses_rare: bool
    skips_locked: bool
    is_innodb: bool
    creates_inside: bool
    replaces_savepoints: bool
    sets_again: tuple[str, ...]

    def begin(self, connection: Any, cursor: Any, *, is_writing: bool) -> None:
        """
        Begin a transaction of ours: to write what is true now, or to read a snapshot.

        Raises:
            InvalidValue: the connection commits every statement by itself.
        """
        ...

    def join(self, connection: Any, cursor: Any, *, is_writing: bool) -> str:
        """
        See to it that the caller's transaction has begun.

        Returns:
            The lock that plain reads need there to see what is true now.

        Raises:
            InvalidValue: the connection commits every statement by itself.
        """
        ...

    def translated(self, error: BaseException, names: Names) -> StoreError:
        """Say a driver's error as the port does."""
        ...

    def has_table(self, cursor: Any, name: str, schema: str | None) -> bool:
        """Is there a table of this name?"""
        ...

    def queue(self, cursor: Any, name: str) -> None:
        """Wait until nobody else migrates the tables of this name."""
        ...

    def leave_queue(self, cursor: Any, name: str) -> None:
        """Let the next one in, where the end of the transaction does not."""
        ...

    def prepare(self, cursor: Any, schema: str | None) -> None:
        """Do what has to be done once, before the first table is made."""
        ...

    def info(self, cursor: Any) -> StoreInfo:
        """Ask for version and durability."""
        ...


def manners_of(dialect: Dialect) -> Manners:
    """
    Find the manners of a dialect's engine.

    Raises:
        InvalidValue: nobody has told them.
    """
    from loyaltycore.stores.sql.mysql import MySql  # noqa: PLC0415 - they import us
    from loyaltycore.stores.sql.postgresql import PostgreSql  # noqa: PLC0415
    from loyaltycore.stores.sql.sqlite import Sqlite  # noqa: PLC0415

    known: Mapping[str, Callable[[], Manners]] = {
        "postgresql": PostgreSql,
        "mysql": MySql,
        "mariadb": MySql,
        "sqlite": Sqlite,
    }
    if dialect.name not in known:
        message = f"postgresql, mysql, mariadb or sqlite, not {dialect.name}."
        raise InvalidValue("engine", message)
    return known[dialect.name]()


BUSY: Final = "Somebody else holds what is needed; try again."
WAITED: Final = (
    "A timeout of the database has passed; try again, or, if it is your own "
    "transaction that holds what is needed, use shop.bind(connection)."
)
FAILED: Final = "The transaction has failed before; roll it back and begin another one."
GONE: Final = "The database server cannot be reached; try again."
FASTER: Final = "Somebody else was faster; decide anew and try again."
READ_ONLY: Final = "The database lets us only read; connect where it can be written to."
UNPREPARED: Final = (
    "Somebody between us and the server mixes up prepared statements; turn them off: "
    "prepare_threshold=None."
)
FULL: Final = "The disk of the database is full; free some space, then try again."
TABLES: Final = "The tables are not those of this package; check schema and prefix."
DAMAGED: Final = "The database says that it is damaged; restore a copy."
REFUSED: Final = "The engine refuses a value."


def duplicate(name: str, names: Names) -> Duplicate:
    """Say which key or unique is taken, by the name of its constraint."""
    collection, columns = names.constraints.get(name, ("a table", ()))
    what = ", ".join(columns) or "values"
    message = f"Another row of {collection} has the same {what}."
    return Duplicate(message, collection=collection, columns=columns)


def waited() -> Unavailable:
    """Say that a timeout has passed, which is not to be waited for eight times."""
    return Unavailable(WAITED, waited=True)


def failures(
    *kinds: tuple[type[StoreError], str, Iterable[Any]],
) -> dict[Any, tuple[type[StoreError], str]]:
    """Turn (error, sentence, codes) around: a look-up by code."""
    return {code: (kind, message) for kind, message, codes in kinds for code in codes}
