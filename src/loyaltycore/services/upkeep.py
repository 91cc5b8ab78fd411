"""Upkeep: what falls due on cards that nobody touches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.errors import InvalidValue, NotFound
from loyaltycore.posting import post_due_only
from loyaltycore.records import cards as records


if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from loyaltycore.ports import Page
    from loyaltycore.shell import Shell

__all__ = ["SweepReport", "Upkeep"]

_PAGE: Final = 200
_LIMIT_MAX: Final = 1_000_000
_SKIPPED_MAX: Final = 100


@attrs.frozen(kw_only=True)
class SweepReport:
    """
    What one sweep did; ``str()`` is one line for a log.

    Attributes:
        cards: on how many something was posted.
        transactions: how many were posted.
        skipped: ids of cards, the first hundred, on which nothing could be posted
            because they are of a card type that this program was not given.
        is_complete: nothing else is due; if not, sweep again.
    """

    cards: int = 0
    transactions: int = 0
    skipped: tuple[str, ...] = ()
    is_complete: bool = True

    def __str__(self) -> str:
        skipped = f", {len(self.skipped)} cards skipped" if self.skipped else ""
        more = "" if self.is_complete else "; more is due"
        done = f"{self.transactions:,} transactions on {self.cards:,} cards"
        return f"{done}{skipped}{more}"


class Upkeep:
    """Work that time makes necessary; run it by a timer, as often as you like."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def sweep(self, *, limit: int = 1_000) -> SweepReport:
        """
        Post what has fallen due, such as expiries, on the cards longest overdue.

        Each card is written by itself, so a sweep never keeps a till waiting for long,
        and several sweeps at once, or one after another, post everything once.  A card
        that is used needs no sweep: a command posts what is due before it.

        Args:
            limit: how many cards at most, 1 to 1,000,000.

        Raises:
            InvalidValue: the limit.
            StoreError: the store could not be written; what was posted before stays.
        """
        if type(limit) is not int or not 1 <= limit <= _LIMIT_MAX:
            raise InvalidValue("limit", f"1 to {_LIMIT_MAX:,} cards.")
        tried = cards = transactions = 0
        skipped: list[str] = []
        is_complete = True
        for card_id in self._due(self._shell.desk.now()):
            if tried == limit:
                is_complete = False
                break
            try:
                posted = self._post(card_id)
            except NotFound:
                skipped += [card_id] * (len(skipped) < _SKIPPED_MAX)
                continue
            tried += 1
            transactions += posted
            cards += posted > 0
        return SweepReport(
            cards=cards,
            transactions=transactions,
            skipped=tuple(skipped),
            is_complete=is_complete,
        )

    def _due(self, at: datetime) -> Iterator[str]:
        """Ids of the cards that are due, a page at a time, no session left open."""
        page = self._page(at, None)
        yield from (row["id"] for row in page.rows)
        while page.cursor is not None:
            page = self._page(at, page.cursor)
            yield from (row["id"] for row in page.rows)

    def _page(self, at: datetime, cursor: str | None) -> Page:
        query = records.due_cards(self._shell.program_id, at, _PAGE, cursor)
        return self._shell.read(lambda session: session.select(query))

    def _post(self, card_id: str) -> int:
        desk = self._shell.desk
        return self._shell.write(lambda session: post_due_only(session, desk, card_id))
