"""
Sessions with retries: what every service needs to reach the store.

``Conflict`` and ``Unavailable`` are retried from the beginning, with jitter, at most
eight times; never inside the caller's own database transaction, nor where the store has
waited its timeout already.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import attrs

from loyaltycore.errors import (
    Conflict,
    Duplicate,
    InvalidValue,
    Unavailable,
    UnknownLocation,
    UnknownManager,
)
from loyaltycore.posting import By
from loyaltycore.records.locations import location_ref
from loyaltycore.records.managers import manager_of, manager_ref
from loyaltycore.records.programs import check_program


if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from loyaltycore.errors import StoreError
    from loyaltycore.ports import Session, Store
    from loyaltycore.posting import Desk
    from loyaltycore.program.managers import Manager, Permission

__all__ = ["TRIES_MAX", "Shell"]

TRIES_MAX = 8
_FIRST_DELAY_SECONDS = 0.005

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Shell:
    """
    A program on a store.

    Attributes:
        session: an open session that everything joins, or None.
        retries: whether a lost race is run again; not where the caller owns the
            database transaction.
        manager_id: the manager who acts; None: the host itself, who may do everything.
            What is written or read for a manager needs a permission: work that names
            none is the host's alone.
        location_id: where they are.
    """

    store: Store
    desk: Desk
    session: Session | None = None
    retries: bool = True
    manager_id: str | None = None
    location_id: str | None = None

    @property
    def program_id(self) -> str:
        """The tenant."""
        return self.desk.program.id

    @property
    def by(self) -> By:
        """Who acts, and where."""
        return By(actor_id=self.manager_id, location_id=self.location_id)

    def standing_at(self, location_id: str | None) -> Shell:
        """Return the same shell where somebody says that something happens."""
        if self.manager_id is None or location_id in {None, self.location_id}:
            return self
        return attrs.evolve(self, location_id=location_id)

    def acting(self, actor_id: str | None) -> str | None:
        """
        Say who acts, where a caller may have named somebody.

        Raises:
            InvalidValue: a manager acts, and it was somebody else that was named.
        """
        if self.manager_id is None:
            return actor_id
        if actor_id not in {None, self.manager_id}:
            message = "everything here is done by the manager who acts; leave it out."
            raise InvalidValue("actor", message)
        return self.manager_id

    def may(self, session: Session, permission: Permission) -> bool:
        """Is it theirs to see, as a part of what they may see?"""
        if self.manager_id is None:
            return True
        return self._manager(session, self.manager_id).may(permission)

    def check(self, session: Session, permission: Permission) -> None:
        """
        See to it that something is theirs to do, where it is one part of a write.

        Raises:
            PermissionDenied: it is not, or not where they are.
        """
        if self.manager_id is not None:
            manager = self._manager(session, self.manager_id)
            manager.check(permission, self.location_id)

    def write(
        self, work: Callable[[Session], T], permission: Permission | None = None
    ) -> T:
        """
        Run *work* in a writing session; what it raises rolls it back.

        Args:
            permission: what a manager needs for it; asked in the same session.

        Raises:
            PermissionDenied: it is not theirs to do, or not where they are.
            UnknownManager, UnknownLocation: they are, or where they are is, not there.
        """
        if self.manager_id is not None:
            work = self._allowed(work, self.manager_id, permission)
        if self.session is not None:
            return self._write_within(self.session, work)
        for tries in range(1, TRIES_MAX + 1):
            try:
                with self.store.session() as session:
                    return work(session)
            except (Conflict, Duplicate, Unavailable) as error:
                if not self.retries or _is_final(error) or tries == TRIES_MAX:
                    raise
            self._pause(tries)
        raise AssertionError("the last try returns or raises")

    def _write_within(self, session: Session, work: Callable[[Session], T]) -> T:
        """Run *work* as a part of a session that goes on when somebody was faster."""
        for tries in range(1, TRIES_MAX + 1):
            try:
                with session.savepoint():
                    return work(session)
            except (Conflict, Duplicate):
                if tries == TRIES_MAX:
                    raise
            self._pause(tries)
        raise AssertionError("the last try returns or raises")

    def ask(
        self, work: Callable[[Session], T], permission: Permission | None = None
    ) -> T:
        """
        Read figures, which only mean something in the program's own currency.

        Args:
            permission: what a manager needs for it.

        Raises:
            InvalidValue: the program's currency is not the store's.
            PermissionDenied: it is not theirs to see.
        """

        def checked(session: Session) -> T:
            check_program(session, self.desk.program)
            return work(session)

        return self.read(checked, permission)

    def read(
        self, work: Callable[[Session], T], permission: Permission | None = None
    ) -> T:
        """
        Run *work* in a reading session: one snapshot.

        Raises:
            PermissionDenied: it is not theirs to see.
        """
        if self.manager_id is not None:
            work = self._allowed(work, self.manager_id, permission)
        if self.session is not None:
            return work(self.session)
        with self.store.session(write=False) as session:
            return work(session)

    @contextmanager
    def joined(self) -> Generator[Shell, None, None]:
        """
        Open one writing session for everything inside: all of it, or nothing.

        In an open session it is a part of that, which is undone alone when it fails.
        """
        if self.session is not None:
            with self.session.savepoint():
                yield self
            return
        with self.store.session() as session:
            yield attrs.evolve(self, session=session, retries=False)

    def _allowed(
        self,
        work: Callable[[Session], T],
        manager_id: str,
        permission: Permission | None,
    ) -> Callable[[Session], T]:
        """Ask first whether the manager may do it."""

        def allowed(session: Session) -> T:
            self._manager(session, manager_id).check(permission, self.location_id)
            return work(session)

        return allowed

    def _manager(self, session: Session, manager_id: str) -> Manager:
        """Load who acts, and see to it that there is such a place as where they are."""
        refs = [manager_ref(self.program_id, manager_id)]
        if self.location_id is not None:
            refs.append(location_ref(self.program_id, self.location_id))
        row, *places = session.get(refs)
        if row is None:
            raise UnknownManager(manager_id)
        for place in places:
            if place is None or place["deleted_at"] is not None:
                raise UnknownLocation(str(self.location_id))
        return manager_of(row)

    def _pause(self, tries: int) -> None:
        jitter = self.desk.ids.random(1)[0] / 255
        time.sleep(_FIRST_DELAY_SECONDS * 2 ** (tries - 1) * (0.5 + jitter))


def _is_final(error: StoreError) -> bool:
    """May it have been committed, or has the store waited as long as it was told to?"""
    return bool(error.details.get("in_doubt") or error.details.get("waited"))
