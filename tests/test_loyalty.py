"""The facade: batches, other clocks, and the caller's own database transaction."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import NOON, rows_of

from loyaltycore import Loyalty, MemoryStore, Program, SqliteStore, cards, errors
from loyaltycore.errors import Conflict
from loyaltycore.shell import TRIES_MAX


if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from loyaltycore.ports import MigrationReport, Session, Store, StoreInfo


def stamp_card(shop: Loyalty) -> str:
    """A new stamp card."""
    template = shop.templates.create("Coffee", cards.Stamp(reward="Free coffee"))
    return shop.cards.issue(template.id, to=shop.customers.register().id).id


def stamp_then_claim(shop: Loyalty, card: str) -> None:
    """Add a stamp and claim a reward that is not there, in one batch."""
    with shop.batch() as batch:
        batch.cards.add_stamps(card)
        batch.cards.claim_reward(card)


def batch_and_fail(shop: Loyalty, card: str) -> None:
    """Add a stamp in a batch of a batch, and fail outside of it."""
    with shop.batch() as batch:
        with batch.batch() as inner:
            inner.cards.add_stamps(card, key="lost")
        raise ZeroDivisionError


class TestBatch:
    """``Loyalty.batch``."""

    def test_everything_in_a_batch_stays(self, shop: Loyalty) -> None:
        """What was posted in a batch is there after it."""
        card = stamp_card(shop)
        with shop.batch() as batch:
            for _ in range(3):
                batch.cards.add_stamps(card)
            assert batch.cards.quote(card, cards.SubtractStamps(3)).refusal is None

        assert shop.cards.add_stamps(card).balances["stamp"] == 4  # type: ignore[index]

    def test_an_error_in_a_batch_undoes_all_of_it(
        self, shop: Loyalty, store: Store
    ) -> None:
        """All or nothing."""
        card = stamp_card(shop)
        before = rows_of(store)
        with pytest.raises(errors.InsufficientBalance):
            stamp_then_claim(shop, card)

        assert rows_of(store) == before

    def test_a_refusal_that_is_caught_leaves_the_batch_usable(
        self, shop: Loyalty
    ) -> None:
        """A refused command writes nothing, so the others stay."""
        card = stamp_card(shop)
        with shop.batch() as batch:
            batch.cards.add_stamps(card)
            with pytest.raises(errors.InsufficientBalance):
                batch.cards.claim_reward(card)
            batch.cards.add_stamps(card)

        assert shop.cards.add_stamps(card).balances["stamp"] == 3  # type: ignore[index]

    def test_a_batch_can_replay_history(self, shop: Loyalty) -> None:
        """Inside a batch the clock can be set for each posting."""
        card = stamp_card(shop)
        with shop.batch() as batch:
            later = batch.at(NOON + timedelta(days=1)).cards.add_stamps(card)

        assert later.transaction.recorded_at == NOON + timedelta(days=1)

    def test_a_batch_of_a_batch_is_a_part_of_it(self, shop: Loyalty) -> None:
        """What fails in the inner one is undone alone; the outer one takes all."""
        card = stamp_card(shop)
        with shop.batch() as batch:
            with batch.batch() as inner:
                inner.cards.add_stamps(card, key="kept")
            with pytest.raises(errors.InsufficientBalance):
                stamp_then_claim(batch, card)
        with pytest.raises(ZeroDivisionError):
            batch_and_fail(shop, card)

        assert shop.cards.add_stamps(card).balances["stamp"] == 2  # type: ignore[index]
        assert not shop.cards.add_stamps(card, key="lost").replayed
        assert shop.cards.add_stamps(card, key="kept").replayed


class TestBind:
    """``Loyalty.bind`` with a connection of the sqlite3 module."""

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        """A database file with a table of the host's own."""
        path = tmp_path / "host.db"
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY)")
        connection.close()
        return path

    @pytest.fixture
    def host(self, file: Path, program: Program) -> Loyalty:
        """The programme in the host's database file."""
        return Loyalty(SqliteStore(file), program).at(NOON)

    def test_order_and_stamp_commit_together(self, file: Path, host: Loyalty) -> None:
        """Neither is there before the host commits, both are after."""
        card = stamp_card(host)
        connection = sqlite3.connect(file)
        with connection:
            connection.execute("INSERT INTO orders DEFAULT VALUES")
            host.bind(connection).cards.add_stamps(card, key="order/1")
            assert host.cards.quote(card, cards.SubtractStamps(1)).refusal is not None
        connection.close()

        assert host.cards.add_stamps(card, key="order/1").replayed

    def test_a_batch_can_bind(self, file: Path, host: Loyalty) -> None:
        """What is bound works in the transaction it was given, not in the batch."""
        card = stamp_card(host)
        connection = sqlite3.connect(file, timeout=0)
        with host.batch() as batch, pytest.raises(errors.Unavailable):
            batch.bind(connection).cards.add_stamps(card)  # the batch is writing
        connection.close()

        assert host.cards.show(card).balances["stamp"] == 0

    def test_order_and_stamp_roll_back_together(
        self, file: Path, host: Loyalty
    ) -> None:
        """When the host rolls back, the stamp was never there."""
        card = stamp_card(host)
        before = rows_of(host.store)
        connection = sqlite3.connect(file)
        connection.execute("INSERT INTO orders DEFAULT VALUES")
        host.bind(connection).cards.add_stamps(card)
        connection.rollback()
        orders = connection.execute("SELECT count(*) FROM orders").fetchone()
        connection.close()

        assert orders == (0,)
        assert rows_of(host.store) == before

    def test_who_forgets_bind_is_told_of_it(self, file: Path, program: Program) -> None:
        """Beside the host's own transaction nothing is posted, and bind is named."""
        host = Loyalty(SqliteStore(file, timeout=0.01), program)
        card = stamp_card(host)
        connection = sqlite3.connect(file)
        connection.execute("INSERT INTO orders DEFAULT VALUES")
        with pytest.raises(errors.Unavailable) as caught:
            host.cards.add_stamps(card)
        connection.close()

        assert caught.value.details == {"waited": True}
        assert caught.value.message == (
            "The database was locked for longer than 0.01 s; try again, or, if it is "
            "your own transaction, use shop.bind(connection)."
        )

    def test_a_refusal_leaves_the_hosts_transaction_usable(
        self, file: Path, host: Loyalty
    ) -> None:
        """The order commits although the reward was refused."""
        card = stamp_card(host)
        connection = sqlite3.connect(file)
        with connection:
            connection.execute("INSERT INTO orders DEFAULT VALUES")
            with pytest.raises(errors.InsufficientBalance):
                host.bind(connection).cards.claim_reward(card)
        orders = connection.execute("SELECT count(*) FROM orders").fetchone()
        connection.close()

        assert orders == (1,)


class Unlucky:
    """A store whose first sessions lose their race."""

    def __init__(self, times: int) -> None:
        self.inner = MemoryStore()
        self.times = times

    @property
    def info(self) -> StoreInfo:
        """The inner store's."""
        return self.inner.info

    def session(self, *, write: bool = True) -> AbstractContextManager[Session]:
        """Lose the race, or let the inner store do it."""
        if write and self.times:
            self.times -= 1
            raise Conflict("Somebody else was faster.")
        return self.inner.session(write=write)

    def bind(self, handle: object) -> Store:
        """Stay as unlucky; *handle* does not matter."""
        del handle
        return self

    def migrate(self, *, dry_run: bool = False) -> MigrationReport:
        """The inner store's."""
        return self.inner.migrate(dry_run=dry_run)

    def close(self) -> None:
        """The inner store's."""
        self.inner.close()


class TestRetries:
    """Lost races are run again, up to a limit."""

    def test_a_lost_race_is_run_again(self, program: Program) -> None:
        """The caller does not notice all but the last loss."""
        shop = Loyalty(Unlucky(TRIES_MAX - 1), program)

        assert shop.customers.register(external_id="1").version == 1

    def test_there_is_an_end_to_trying(self, program: Program) -> None:
        """After eight losses the conflict is the caller's."""
        shop = Loyalty(Unlucky(TRIES_MAX), program)
        with pytest.raises(Conflict) as caught:
            shop.customers.register()

        assert caught.value.code == "conflict"

    def test_nothing_is_run_again_in_the_callers_transaction(
        self, program: Program
    ) -> None:
        """A bound programme hands the first conflict out."""
        store = Unlucky(1)
        with pytest.raises(Conflict):
            Loyalty(store, program).bind(object()).customers.register()

        assert store.times == 0


def test_the_programme_and_its_store_can_be_asked_for(shop: Loyalty) -> None:
    """What went in at construction is there."""
    assert shop.program.id == "corner-cafe"
    assert shop.store.info.engine in {"memory", "sqlite"}


def test_arguments_in_the_wrong_order_are_told_so(program: Program) -> None:
    """The error says which way round a programme is opened."""
    swapped: Any = MemoryStore()
    with pytest.raises(errors.InvalidValue) as caught:
        Loyalty(program, swapped)  # type: ignore[arg-type]

    assert "Loyalty(store, program)" in str(caught.value)


@pytest.mark.parametrize(
    ("store", "found"),
    [
        ("coffee.db", "a str"),
        (None, "a NoneType"),
        (SqliteStore, "the class SqliteStore itself"),
    ],
)
def test_a_store_that_is_none(program: Program, store: Any, found: str) -> None:
    """A path or a class is refused when the facade is made, with what to pass."""
    with pytest.raises(errors.InvalidValue) as caught:
        Loyalty(store, program)

    advice = "pass a store, such as SqliteStore('coffee.db')"
    assert caught.value.message == f"store: {advice}, not {found}."
