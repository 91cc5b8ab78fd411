"""Trying again: what the shell does when somebody else was faster."""

from __future__ import annotations

from contextlib import contextmanager

import attrs
import pytest

from loyaltycore import Loyalty, MemoryStore, Program
from loyaltycore.errors import Conflict, Duplicate, Unavailable
from loyaltycore.ports import Insert
from loyaltycore.shell import TRIES_MAX
from loyaltycore.testing import contract_rows as a


CAFE = Program(id="cafe", currency="EUR", zone="UTC")


@attrs.define
class Racing:
    """Work that somebody else is faster at, a few times."""

    losses: int
    error: Exception
    tries: int = 0

    def __call__(self, session):
        """Insert a counter, and lose."""
        self.tries += 1
        session.apply([Insert("counter", [a.counter(f"try {self.tries}")])])
        if self.tries <= self.losses:
            raise self.error


class Breaking(MemoryStore):
    """A store whose connection breaks while it commits, after it has."""

    @contextmanager
    def session(self, *, write: bool = True):
        """Commit, then say that nobody knows."""
        with super().session(write=write) as session:
            yield session
        if write:
            raise Unavailable("The connection broke.", in_doubt=True)


@pytest.mark.parametrize("error", [Conflict("x."), Duplicate("x."), Unavailable("x.")])
def test_a_lost_race_is_run_again(error: Exception):
    """What was lost is undone and decided anew, until it is won."""
    store = MemoryStore()
    work = Racing(2, error)

    Loyalty(store, CAFE)._shell.write(work)

    assert a.every(store, "counter") == [a.counter("try 3")]


def test_a_race_that_is_always_lost():
    """After eight tries the failure is handed on."""
    work = Racing(99, Conflict("x."))

    with pytest.raises(Conflict):
        Loyalty(MemoryStore(), CAFE)._shell.write(work)
    assert work.tries == TRIES_MAX


def test_what_may_have_been_done_is_not_tried_again():
    """Where the commit is in doubt, only the caller's key can tell; so it is raised."""
    store = Breaking()
    work = Racing(0, Conflict("x."))

    with pytest.raises(Unavailable) as caught:
        Loyalty(store, CAFE)._shell.write(work)

    assert caught.value.details == {"in_doubt": True}
    assert work.tries == 1
    assert a.every(store, "counter") == [a.counter("try 1")]


def test_what_was_waited_for_is_not_waited_for_again():
    """A store's timeout is the whole wait: not eight times as long."""
    work = Racing(1, Unavailable("It is locked.", waited=True))

    with pytest.raises(Unavailable, match="locked"):
        Loyalty(MemoryStore(), CAFE)._shell.write(work)
    assert work.tries == 1


@pytest.mark.parametrize("error", [Conflict("x."), Duplicate("x.")])
def test_a_batch_goes_on_after_a_lost_race(error: Exception):
    """Inside a batch the one part is undone and run again; the others stay."""
    store = MemoryStore()
    work = Racing(1, error)

    with Loyalty(store, CAFE).batch() as batch:
        batch._shell.write(Racing(0, error))
        batch._shell.write(work)

    names = [row["name"] for row in a.every(store, "counter")]
    assert names == ["try 1", "try 2"]


def test_a_batch_gives_up_too():
    """A part that loses every time fails, and the batch can still be kept."""
    store = MemoryStore()
    work = Racing(99, Conflict("x."))

    with Loyalty(store, CAFE).batch() as batch:
        with pytest.raises(Conflict):
            batch._shell.write(work)
        batch._shell.write(Racing(0, Conflict("x.")))

    assert work.tries == TRIES_MAX
    assert a.every(store, "counter") == [a.counter("try 1")]


def test_a_bound_store_is_not_tried_again():
    """In the caller's transaction a lost race is the caller's to run again."""
    store = MemoryStore()
    work = Racing(1, Conflict("x."))

    with store.session() as handle, pytest.raises(Conflict):
        Loyalty(store, CAFE).bind(handle)._shell.write(work)
    assert work.tries == 1
