"""
What a transaction entails on other cards, in the same write; and taking that back.

A coupon that turns into a stamp card issues one and puts a stamp on it.  Each such
transaction names its cause, so a void finds them and takes them back first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, assert_never

from loyaltycore.cards.commands import describe
from loyaltycore.ledger.decision import IssueCard, PostOn
from loyaltycore.posting.desk import Request
from loyaltycore.posting.issuing import issue
from loyaltycore.records import cards as card_records


if TYPE_CHECKING:
    from loyaltycore.ledger.decision import Effect
    from loyaltycore.ledger.transactions import Transaction
    from loyaltycore.ports import Session
    from loyaltycore.posting.desk import Desk

__all__ = ["PostOnCard", "follow"]


class PostOnCard(Protocol):
    """How a command is posted that follows from a transaction."""

    def __call__(
        self,
        session: Session,
        desk: Desk,
        request: Request,
        command: object,
        cause: str,
    ) -> None:
        """Post *command* on the request's card."""
        ...


def follow(
    session: Session, desk: Desk, cause: Transaction, effect: Effect, post: PostOnCard
) -> None:
    """
    Carry an effect out.

    Raises:
        Refusal: the other card's rules say no; then nothing at all is written.
        UnknownTemplate: the effect names a template that is not there.
    """
    match effect:
        case IssueCard(template_id, command):
            card = issue(session, desk, template_id, cause.customer_id, cause=cause.id)
        case PostOn(template_id, command):
            query = card_records.newest_of(
                desk.program.id, cause.customer_id, template_id
            )
            rows = session.select(query).rows
            card = (
                card_records.card_of(rows[0])
                if rows
                else issue(session, desk, template_id, cause.customer_id)
            )
        case _ as never:  # pragma: no cover : the union above is closed
            assert_never(never)
    if command is not None:
        facts = describe(command)
        request = Request(card_id=card.id, command=facts, source="system")
        post(session, desk, request, command, cause.id)
