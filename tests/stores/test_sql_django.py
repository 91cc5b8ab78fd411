"""The contract of every store inside Django's transactions, with Django itself."""

# ruff: noqa: PT012 - a session is part of what raises, with all that is in it

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import django
import pytest
from django.conf import settings
from django.db import connections
from django.db import transaction as of_django
from tests.stores.conftest import anew

from loyaltycore.errors import InvalidValue, StoreError, Unavailable
from loyaltycore.ports import Insert
from loyaltycore.testing import contract_rows as a
from loyaltycore.testing.store_contract import StoreContract


if TYPE_CHECKING:
    from collections.abc import Iterator

    from loyaltycore.stores.sql import SqlStore


atomic: Any = of_django.atomic


class DjangoStore:
    """A store whose every session is ``atomic()``, as a view of Django's would be."""

    def __init__(self, store: SqlStore, alias: str) -> None:
        self.store = store
        self._alias = alias
        self._is_closed = False

    @property
    def info(self):
        """As the store."""
        return self.store.info

    @contextmanager
    def session(self, *, write: bool = True):
        """Begin as Django does, and bind."""
        if self._is_closed:
            raise Unavailable("It is closed.")
        connection = connections[self._alias]
        try:
            with atomic(using=self._alias):
                if not write and connection.vendor == "postgresql":
                    with connection.cursor() as cursor:
                        cursor.execute(
                            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
                        )
                with self.store.bind(connection).session(write=write) as session:
                    yield session
        finally:
            if threading.current_thread() is not threading.main_thread():
                connection.close()

    def bind(self, handle):
        """As the store."""
        return self.store.bind(handle)

    def migrate(self, *, dry_run: bool = False):
        """As the store."""
        return self.store.migrate(dry_run=dry_run)

    def close(self) -> None:
        """Django keeps its connections."""
        self._is_closed = True


@pytest.fixture(scope="module")
def configured(postgres_engine) -> None:
    """Tell Django where PostgreSQL is."""
    url = postgres_engine.url
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.database,
        "HOST": url.host,
        "PORT": url.port or 5432,
        "USER": url.username or "",
        "PASSWORD": url.password or "",
    }
    if not settings.configured:
        settings.configure(DATABASES={"default": database}, USE_TZ=True)
        django.setup()


@pytest.fixture
def store(configured, one_postgres) -> Iterator[DjangoStore]:
    """An empty store, used through Django's default connection."""
    yield DjangoStore(anew(one_postgres), "default")
    connections["default"].close()


class TestDjangoOnPostgreSql(StoreContract):
    @pytest.fixture
    def store(self, store):
        """An empty store inside Django's transactions."""
        return store

    @contextmanager
    def transaction(self, store):
        """Django's connection, in a transaction."""
        with atomic():
            yield connections["default"]


def test_outside_of_atomic(store: DjangoStore):
    """Where Django commits every statement, nothing is written."""
    bound = store.store.bind(connections["default"])

    with pytest.raises(InvalidValue, match="atomic") as caught, bound.session():
        pass
    assert caught.value.field == "handle"
    with bound.session(write=False) as session:
        assert session.get([a.counter_ref("n")]) == [None]


def test_django_rolls_back(store: DjangoStore):
    """What a view does is undone with the view."""
    connection = connections["default"]
    with pytest.raises(ZeroDivisionError), atomic():
        with store.store.bind(connection).session() as session:
            session.apply([Insert("counter", [a.counter("n")])])
        raise ZeroDivisionError

    assert a.every(store, "counter") == []


def test_a_refusal_leaves_atomic_usable(store: DjangoStore):
    """After a change that failed, Django's own statements run and are committed."""
    connection = connections["default"]
    with atomic():
        bound = store.store.bind(connection)
        a.fill(bound, "counter", [a.counter("n")])
        with pytest.raises(StoreError):
            a.fill(bound, "counter", [a.counter("n")])
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)

    assert a.every(store, "counter") == [a.counter("n")]


def test_what_is_to_be_rolled_back(store: DjangoStore):
    """Where Django would refuse to ask, so do we: it would be lost without a word."""
    bound = store.store.bind(connections["default"])
    with atomic():
        of_django.set_rollback(True)
        with pytest.raises(Unavailable), bound.session():
            pass

    assert a.every(store, "counter") == []


def test_another_thread(store: DjangoStore):
    """A connection of another thread is refused in our words."""
    bound = store.store.bind(connections["default"])
    caught: list[BaseException] = []

    def read() -> None:
        try:
            a.every(bound, "counter")
        except StoreError as error:
            caught.append(error)

    connections["default"].ensure_connection()
    thread = threading.Thread(target=read)
    thread.start()
    thread.join()

    assert [type(error) for error in caught] == [Unavailable]


def test_a_connection_that_breaks(store: DjangoStore):
    """Django is told, so that it looks at a connection that it keeps."""
    connection = connections["default"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (number,) = cursor.fetchone()
    connection.close_at = None  # kept for good, as CONN_MAX_AGE=None says
    with store.store._engine.connect() as other:
        other.exec_driver_sql(f"SELECT pg_terminate_backend({number}, 5000)")

    with pytest.raises(Unavailable):
        a.every(store.store.bind(connection), "counter")
    connection.close_if_unusable_or_obsolete()
    assert a.every(store.store.bind(connection), "counter") == []
