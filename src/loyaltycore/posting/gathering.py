"""
A session that lets changes wait, so that those of many postings are few statements.

It answers from the rows that it knows, as what waits will leave them, and hands all of
it over at the end; or earlier, where the store itself has to be asked or told.  It
promises what the port says of a session, with one difference: a change that the store
refuses is refused when it is handed over, and with it everything else that waits.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from loyaltycore.errors import Conflict, Unavailable
from loyaltycore.ports import Add, Change, Insert, Session, Update
from loyaltycore.posting.known_rows import UNKNOWN, KnownRows
from loyaltycore.schema import COLLECTIONS
from loyaltycore.schema.changes import added, check_add
from loyaltycore.schema.together import put_together


if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from datetime import datetime

    from loyaltycore.ports import Page, Ref
    from loyaltycore.query.predicates import Row
    from loyaltycore.query.queries import Measure, Query

__all__ = ["gathering"]


@contextmanager
def gathering(session: Session) -> Generator[Session]:
    """
    Let the changes inside wait, and carry out at the end what still does.

    Args:
        session: a writing one, which nobody else uses meanwhile.

    Raises:
        Conflict, Duplicate: at the end, somebody else was faster.
    """
    gathered = _Gathering(session)
    try:
        yield gathered
        gathered.hand_over()
    finally:
        gathered.is_open = False


class _Part:
    """
    A part that may be undone.

    Attributes:
        waits_from: how many changes waited when it began.
        mark: what was known then.
        real: the store's own part, once something was handed over inside.
    """

    __slots__ = ("mark", "real", "waits_from")

    def __init__(self, waits_from: int, mark: int) -> None:
        self.waits_from = waits_from
        self.mark = mark
        self.real: ExitStack | None = None


class _Gathering(Session):
    """See the module."""

    def __init__(self, session: Session) -> None:
        self.is_open = True
        self._session = session
        self._known = KnownRows()
        self._waiting: list[Change] = []
        self._collections: set[str] = set()  # of what waits
        self._added: set[str] = set()  # those with additions
        self._kinds: dict[Ref, type[Change]] = {}  # what waits for a row
        self._parts: list[_Part] = []

    # -- questions ---------------------------------------------------------------------

    def get(self, refs: Sequence[Ref], *, lock: bool = False) -> list[Row | None]:
        """Rows as they will be; only those that are not known yet are asked for."""
        self._check_open()
        rows = [self._known.get(ref) for ref in refs]
        missing = [
            ref
            for ref, row in zip(refs, rows, strict=True)
            if row is UNKNOWN
            or (lock and row and not self._known.is_held(ref.collection, row))
        ]
        if not missing:
            return rows
        if any(ref.collection in self._collections for ref in missing):
            self.hand_over()
        found = self._session.get(missing, lock=lock)
        for ref, row in zip(missing, found, strict=True):
            self._known.learn(ref, row, is_held=lock and row is not None)
        return [self._known.get(ref) for ref in refs]

    def select(self, query: Query) -> Page:
        """One page, with everything in it that waited."""
        self.hand_over()
        return self._session.select(query)

    def summarize(
        self, query: Query, *, by: Sequence[str] = (), measures: Mapping[str, Measure]
    ) -> list[Row]:
        """Measures, with everything in them that waited."""
        self.hand_over()
        return self._session.summarize(query, by=by, measures=measures)

    # -- changes -----------------------------------------------------------------------

    def apply(self, changes: Sequence[Change]) -> list[int]:
        """Let changes wait whose results are certain; carry the others out."""
        self._check_open()
        return [self._take(change) for change in changes]

    def lease(
        self,
        collection: str,
        program_id: str,
        *,
        due: datetime,
        limit: int,
        holder: str,
        until: datetime,
    ) -> list[Row]:
        """Take rows that are due, in the store."""
        self._go_below(collection)
        return self._session.lease(
            collection, program_id, due=due, limit=limit, holder=holder, until=until
        )

    def _take(self, change: Change) -> int:
        if isinstance(change, Insert):
            name = change.collection
            if change.on_duplicate == "error" and name in COLLECTIONS:
                return self._insert(change)
        else:
            name = change.ref.collection
            if isinstance(change, Update) and self._is_certain(change):
                return self._update(change)
            if isinstance(change, Add) and not change.at_most and name in COLLECTIONS:
                return self._add(change)
        self._go_below(name)
        (done,) = self._session.apply([change])
        return done

    def _check_open(self) -> None:
        if not self.is_open:
            raise Unavailable("This session has ended; open another one.")

    def _insert(self, change: Insert) -> int:
        rows = [dict(row) for row in change.rows]  # the caller's may be changed later
        for row in rows:
            self._known.doubt(change.collection, row)
        self._wait(Insert(change.collection, rows), change.collection)
        return len(rows)

    def _is_certain(self, change: Update) -> bool:
        """Is the row there, and can nobody be in the way, not even by a unique?"""
        row = self._known.get(change.ref)
        if row is None or row is UNKNOWN:
            return False
        collection = COLLECTIONS[change.ref.collection]
        is_plain = change.ref.columns == collection.key and not any(
            name in unique for unique in collection.uniques for name in change.values
        )
        return is_plain and self._known.is_held(collection.name, row)

    def _update(self, change: Update) -> int:
        before = self._known.get(change.ref)
        if change.expect is not None and before["version"] != change.expect:
            return 0
        self._wait(change, change.ref.collection, change.ref)
        self._known.change(change.ref, {**before, **change.values})
        return 1

    def _add(self, change: Add) -> int:
        ref = change.ref
        collection = COLLECTIONS[ref.collection]
        check_add(collection, change)
        self._wait(change, collection.name, ref)
        before = self._known.get(ref)
        if before is not UNKNOWN:
            after = added(collection, change, before)
            assert after is not None, "it has no limits"
            self._known.change(ref, after)
        return 1

    def _wait(self, change: Change, collection: str, ref: Ref | None = None) -> None:
        """Let a change wait; what could not be put together with it goes before."""
        kind = type(change)
        if ref is None:
            clashes = collection in self._added
        else:
            clashes = self._kinds.get(ref, kind) is not kind
        if clashes:
            self.hand_over()
        self._waiting.append(change)
        self._collections.add(collection)
        if ref is not None:
            self._kinds[ref] = kind
        if kind is Add:
            self._added.add(collection)

    # -- handing over ------------------------------------------------------------------

    def hand_over(self) -> None:
        """
        Carry out what waits.

        Raises:
            Conflict, Duplicate: somebody else was faster.
        """
        if self._waiting:
            self._reach()
            self._carry_out(self._waiting)
            self._waiting.clear()
            self._collections.clear()
            self._added.clear()
            self._kinds.clear()

    def _go_below(self, collection: str) -> None:
        """Let the store change rows of a collection by itself."""
        self.hand_over()
        self._reach()
        self._known.forget(collection)

    def _reach(self) -> None:
        """Begin the store's own parts, each behind what waited when ours began."""
        done = 0
        for part in self._parts:
            if part.real is None:
                self._carry_out(self._waiting[done : part.waits_from])
                done = part.waits_from
                part.real = ExitStack()
                part.real.enter_context(self._session.savepoint())
            part.waits_from = 0
        del self._waiting[:done]

    def _carry_out(self, changes: Sequence[Change]) -> None:
        whole = put_together(changes)
        if not whole:
            return
        for change, done in zip(whole, self._session.apply(whole), strict=True):
            if done != (len(change.rows) if isinstance(change, Insert) else 1):
                raise Conflict("A row changed in the meantime; ask again.")

    # -- parts -------------------------------------------------------------------------

    @contextmanager
    def savepoint(self) -> Generator[None]:
        """A part; what waits of it when it fails is never handed over."""
        part = _Part(len(self._waiting), self._known.mark())
        self._parts.append(part)
        try:
            yield
            if part.real is not None:
                part.real.close()
        except BaseException as error:
            self._parts.pop()
            del self._waiting[part.waits_from :]
            self._known.undo(part.mark)
            if part.real is not None:
                part.real.__exit__(type(error), error, error.__traceback__)
            raise
        self._parts.pop()
        self._known.keep()
