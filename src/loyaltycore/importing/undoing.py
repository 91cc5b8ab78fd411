"""Take back what an import has posted: every transaction is voided, newest first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import attrs

from loyaltycore.cards.commands import describe
from loyaltycore.errors import Refusal
from loyaltycore.importing.cards import key_prefix
from loyaltycore.ledger.commands import Void
from loyaltycore.posting import Request, reverse
from loyaltycore.program.managers import Permission
from loyaltycore.records.journal import transactions_of_import


if TYPE_CHECKING:
    from loyaltycore.ports import Page, Session
    from loyaltycore.query.queries import Query
    from loyaltycore.shell import Shell

__all__ = ["Undone", "undo_import"]

_BATCH = 200


@attrs.frozen(kw_only=True)
class Undone:
    """
    What became of an import that was taken back.

    Attributes:
        voided: transactions that are void now; those that were before count too.
        refused: transactions that cannot be voided, each with the reason.
    """

    voided: int
    refused: tuple[tuple[str, str], ...]


def undo_import(shell: Shell, import_id: str) -> Undone:
    """Void all transactions of an import, a batch at a time; twice does no harm."""
    query = transactions_of_import(shell.program_id, key_prefix(import_id), _BATCH)
    voided, refused = 0, list[tuple[str, str]]()
    while True:
        page, reasons = shell.write(
            partial(_void_page, shell, query), Permission.IMPORT
        )
        voided += len(page.rows) - len(reasons)
        refused += reasons
        if page.cursor is None:
            return Undone(voided=voided, refused=tuple(refused))
        query = attrs.evolve(query, cursor=page.cursor)


def _void_page(
    shell: Shell, query: Query, session: Session
) -> tuple[Page, list[tuple[str, str]]]:
    page = session.select(query)
    refused: list[tuple[str, str]] = []
    for row in page.rows:
        command = Void(row["id"])
        request = Request(
            card_id="",
            command=describe(command),
            actor_id=shell.manager_id,
            source="import",
            is_quiet=True,
        )
        try:
            reverse(session, shell.desk, request, command)
        except Refusal as error:
            refused.append((row["id"], error.message))
    return page, refused
