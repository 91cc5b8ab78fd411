"""
What a verification finds, and what it reports.

Owns the kinds of checks and the report.  The checks themselves are in ``card_proof``
(one card, from its journal) and ``program_proof`` (what is added up over cards).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import attrs


__all__ = ["PROBLEMS_MAX", "Check", "Findings", "Problem", "VerifyReport"]

PROBLEMS_MAX: Final = 1_000


class Check(StrEnum):
    """
    What was checked when a problem was found; the values are stable.

    ``unreadable``: a row holds what it never should.  ``sequence``: versions without a
    gap, moments that never go back.  ``chain``: the digests.  ``fingerprint`` and
    ``key``: idempotency.  ``balance``: running and final balances.  ``lot``: what is
    left of each lot.  ``expiry``: nothing is spent late or expires early.
    ``reversal``: voids and refunds.  ``state``: a card's own columns.  ``reference``: a
    row that points at another.  ``message``: the outbox.  ``counter``, ``totals`` and
    ``figures``: what is counted beside the journal.  ``search``: what a customer is
    found by.  ``score``: scores, and the refresh that they come from.
    """

    UNREADABLE = "unreadable"
    SEQUENCE = "sequence"
    CHAIN = "chain"
    FINGERPRINT = "fingerprint"
    KEY = "key"
    BALANCE = "balance"
    LOT = "lot"
    EXPIRY = "expiry"
    REVERSAL = "reversal"
    STATE = "state"
    REFERENCE = "reference"
    MESSAGE = "message"
    COUNTER = "counter"
    TOTALS = "totals"
    FIGURES = "figures"
    SEARCH = "search"
    SCORE = "score"


@attrs.frozen(kw_only=True)
class Problem:
    """
    One thing that does not add up; ``str()`` is one line for a log.

    Attributes:
        collection: the table of the row in question.
        id: the row in it: its key without the program, parts divided by ``/``.
        message: what is wrong and what to do, in ids and numbers, no personal data.
    """

    check: Check
    collection: str
    id: str
    message: str

    @property
    def where(self) -> str:
        """The place: collection and id."""
        return f"{self.collection} {self.id}"

    def __str__(self) -> str:
        return f"{self.where}: {self.message} [{self.check}]"


@attrs.frozen(kw_only=True)
class VerifyReport:
    """
    What was checked and what was found.

    Attributes:
        problems: in the order in which they were found, at most ``PROBLEMS_MAX``.
        omitted: how many more there were.
        customers: how many were checked; the other numbers likewise.
    """

    problems: tuple[Problem, ...] = ()
    omitted: int = 0
    customers: int = 0
    cards: int = 0
    transactions: int = 0
    entries: int = 0
    lots: int = 0
    messages: int = 0
    day_figures: int = 0
    counters: int = 0

    def __str__(self) -> str:
        checked = ", ".join(
            f"{getattr(self, name):,} {name.replace('_', ' ')}" for name in _COUNTED
        )
        return f"{len(self.problems) + self.omitted} problems in {checked}"


_COUNTED = tuple(
    field.name
    for field in attrs.fields(VerifyReport)
    if field.name not in {"problems", "omitted"}
)


class Findings:
    """Problems as they turn up, and how many rows were looked at."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []
        self._omitted = 0
        self._counts = dict.fromkeys(_COUNTED, 0)

    def add(self, check: Check, collection: str, id: str, message: str) -> None:  # noqa: A002 - the field's name everywhere
        """Note a problem."""
        if len(self._problems) >= PROBLEMS_MAX:
            self._omitted += 1
            return
        self._problems.append(
            Problem(check=check, collection=collection, id=id, message=message)
        )

    def count(self, name: str, n: int = 1) -> None:
        """Note that rows were checked; *name* is the report's field."""
        self._counts[name] += n

    def report(self) -> VerifyReport:
        """Everything so far."""
        return VerifyReport(
            problems=tuple(self._problems), omitted=self._omitted, **self._counts
        )
