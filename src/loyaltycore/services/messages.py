"""
Emptying the outbox: messages leave through a notifier, at least once.

Leases first, delivers with no session open, and notes each outcome by itself, so that
a slow receiver holds nobody up.  A card's messages leave in the order of its versions:
one waits for the one before it, whoever is sending that.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.engagement.messages import LEASE, retry_at
from loyaltycore.errors import InvalidValue, Unavailable
from loyaltycore.ports import Update
from loyaltycore.records import journal
from loyaltycore.records import messages as records


if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from loyaltycore.engagement.messages import Message
    from loyaltycore.ports import Change, Notifier, Session
    from loyaltycore.query.predicates import Row
    from loyaltycore.shell import Shell

__all__ = ["DispatchReport", "Failure", "Messages"]

_LIMIT_MAX: Final = 1_000
_SOON: Final = timedelta(seconds=1)


@attrs.frozen(kw_only=True)
class Failure:
    """
    One message that was not delivered.

    Attributes:
        error: the name of the exception's class; never its text, which may repeat
            what should not be in a log.
        retry_at: when the message is due again.
    """

    message_id: str
    card_id: str
    error: str
    retry_at: datetime


@attrs.frozen(kw_only=True)
class DispatchReport:
    """
    What became of the messages that were due; ``str()`` is one line for a log.

    Attributes:
        sent: how many the notifier took.
        waiting: how many stay because one before them on their card is not sent yet, or
            because the lease ran out; they are due again by themselves.
        failures: those that the notifier raised on.
    """

    sent: int = 0
    waiting: int = 0
    failures: tuple[Failure, ...] = ()

    @property
    def failed(self) -> int:
        """How many the notifier raised on."""
        return len(self.failures)

    def __str__(self) -> str:
        return f"{self.sent} sent, {self.failed} failed, {self.waiting} waiting"


@attrs.frozen
class _Lease:
    """Who may send until when, and what, card by card."""

    holder: str
    until: datetime
    turns: list[list[Message]]
    blocked: int


class Messages:
    """The outbox of the program."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def dispatch(self, notifier: Notifier, *, limit: int = 100) -> DispatchReport:
        """
        Hand messages that are due to a notifier, the longest due first.

        Run it from a timer or a loop, in as many processes as you like.  A message
        that the notifier raises on comes again after 1, 2, 4 ... minutes, at most six
        hours; later ones of its card wait for it.  After a crash, what was being sent
        is due again within a minute.

        Args:
            limit: how many at most, 1 to 1,000.

        Raises:
            InvalidValue: the limit; or the notifier has no ``send``.
            Unavailable: inside ``batch()`` or ``bind()``, where a message could be sent
                and the posting it tells of be rolled back.
        """
        shell = self._shell
        if type(limit) is not int or not 1 <= limit <= _LIMIT_MAX:
            raise InvalidValue("limit", f"1 to {_LIMIT_MAX:,} messages.")
        if not callable(getattr(notifier, "send", None)):
            found = type(notifier).__name__
            message = f"pass an object with send(message), not a {found}."
            raise InvalidValue("notifier", message)
        if shell.session is not None or not shell.retries:
            message = "Messages leave outside of batch() and bind(); dispatch after it."
            raise Unavailable(message)
        lease = shell.write(lambda session: self._lease(session, limit))
        sent, waiting = 0, lease.blocked
        failures: list[Failure] = []
        for turn in lease.turns:
            done, failure = self._deliver(lease, turn, notifier)
            sent += done
            waiting += len(turn) - done
            if failure is not None:
                failures.append(failure)
                waiting -= 1
        return DispatchReport(sent=sent, waiting=waiting, failures=tuple(failures))

    # -- lease -----------------------------------------------------------------------

    def _lease(self, session: Session, limit: int) -> _Lease:
        """
        Take what is due, and leave what has to wait for another one.

        A store leases whatever is due; the order of each card is kept here.
        """
        desk, program_id = self._shell.desk, self._shell.program_id
        now = desk.now()
        holder, until = desk.ids.new(now), now + LEASE
        due = session.lease(
            "message", program_id, due=now, limit=limit, holder=holder, until=until
        )
        changes: list[Change] = []
        turns: list[list[Message]] = []
        blocked = 0
        for rows in _by_card(due):
            ready, due_at = self._ready(session, rows, now)
            if ready < len(rows):
                values = records.waiting_values(due_at)
                changes += self._updates(rows[ready:], values)
                blocked += len(rows) - ready
            turns.append([records.message_of_row(row) for row in rows[:ready]])
        session.apply(changes)
        return _Lease(holder, until, turns, blocked)

    def _ready(
        self, session: Session, rows: list[Row], now: datetime
    ) -> tuple[int, datetime]:
        """
        Count how many of a card's messages may leave, in order of version.

        A transaction waits for the one before it, a change of the card's life for the
        last transaction before it.

        Returns:
            (how many, when the first one that may not is worth another try): when the
            one before it is, or soon if somebody is sending that.
        """
        program_id = self._shell.program_id
        before: int | None = None
        for place, row in enumerate(rows):
            version = row["card_version"]
            version -= records.message_of_row(row).is_of_transaction
            if version and version != before:
                ref = journal.version_ref(program_id, row["card_id"], version)
                (transaction,) = session.get([ref])
                if transaction is not None:
                    ref = records.message_ref(program_id, transaction["id"])
                    (earlier,) = session.get([ref])
                    if earlier is not None and earlier["sent_at"] is None:
                        due_at = earlier["due_at"]
                        if earlier["holder"] is not None:
                            due_at = min(due_at, now + _SOON)
                        return place, due_at
            before = row["card_version"]
        return len(rows), now

    # -- deliver ---------------------------------------------------------------------

    def _deliver(
        self, lease: _Lease, turn: list[Message], notifier: Notifier
    ) -> tuple[int, Failure | None]:
        """Send one card's messages; return how many, and what stopped them."""
        desk, program_id = self._shell.desk, self._shell.program_id
        for place, message in enumerate(turn):
            if desk.now() >= lease.until:
                return place, None
            try:
                notifier.send(message.facts(program_id))
            except Exception as error:  # noqa: BLE001 - whatever it raises is its own
                failure = Failure(
                    message_id=message.id,
                    card_id=message.card_id,
                    error=type(error).__name__,
                    retry_at=retry_at(desk.now(), message.attempts),
                )
                self._put_back(lease, turn[place:], failure.retry_at)
                return place, failure
            self._note_sent(message)
        return len(turn), None

    def _note_sent(self, message: Message) -> None:
        ref = records.message_ref(self._shell.program_id, message.id)
        update = Update(ref, records.sent_values(self._shell.desk.now()))
        self._shell.write(lambda session: session.apply([update]))

    def _put_back(self, lease: _Lease, turn: list[Message], due_at: datetime) -> None:
        """The first of *turn* has failed; the others wait for it."""
        program_id = self._shell.program_id
        refs = [records.message_ref(program_id, message.id) for message in turn]

        def put_back(session: Session) -> None:
            rows = session.get(refs, lock=True)
            ours = [
                row for row in rows if row is not None and row["holder"] == lease.holder
            ]
            changes = self._updates(ours, records.waiting_values(due_at))
            if ours and ours[0]["id"] == turn[0].id:
                values = records.failed_values(turn[0].attempts + 1, due_at)
                changes += self._updates(ours[:1], values)
            session.apply(changes)

        self._shell.write(put_back)

    def _updates(self, rows: Iterable[Row], values: Row) -> list[Change]:
        program_id = self._shell.program_id
        return [
            Update(records.message_ref(program_id, row["id"]), values) for row in rows
        ]


def _by_card(rows: Iterable[Row]) -> list[list[Row]]:
    """Rows in order of card, version and age, one list a card, longest due first."""
    in_order = sorted(rows, key=itemgetter("card_id", "card_version", "id"))
    cards = [list(group) for _, group in groupby(in_order, key=itemgetter("card_id"))]
    return sorted(cards, key=lambda card: min(row["due_at"] for row in card))
