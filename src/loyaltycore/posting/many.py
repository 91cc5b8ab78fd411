"""Post many requests in one write: what they need is read at once, and written so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from loyaltycore.errors import LoyaltyError, StoreError
from loyaltycore.ledger.commands import Transfer
from loyaltycore.posting.deciding import decider
from loyaltycore.posting.gathering import gathering
from loyaltycore.posting.routine import post
from loyaltycore.posting.transferring import transfer
from loyaltycore.records import cards as card_records
from loyaltycore.records import customers as customer_records
from loyaltycore.records import journal
from loyaltycore.records import templates as template_records


if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from loyaltycore.ports import Session
    from loyaltycore.posting.desk import Desk, Posted, Request

__all__ = ["Asked", "look_ahead", "post_many"]


class Asked(NamedTuple):
    """A request, and the command that it describes."""

    request: Request
    command: object


def post_many(
    session: Session, desk: Desk, asked: Sequence[Asked]
) -> list[Posted | LoyaltyError]:
    """
    Post requests in order; return for each what was posted, or why it was not.

    What is refused leaves nothing behind, and the rest is written.

    Raises:
        StoreError: nothing at all was written.
    """
    with gathering(session) as gathered:
        card_ids = {request.card_id for request, _ in asked}
        card_ids |= {each.to for _, each in asked if isinstance(each, Transfer)}
        keys = {request.key for request, _ in asked if request.key is not None}
        look_ahead(gathered, desk, card_ids, keys)
        return [_post(gathered, desk, each) for each in asked]


def _post(session: Session, desk: Desk, asked: Asked) -> Posted | LoyaltyError:
    request, command = asked
    try:
        with session.savepoint():
            if isinstance(command, Transfer):
                return transfer(session, desk, request, command)
            return post(session, desk, request, decider(command))
    except StoreError:
        raise
    except LoyaltyError as error:
        return error


def look_ahead(
    session: Session, desk: Desk, card_ids: Collection[str], keys: Collection[str]
) -> None:
    """
    Lock cards in one order, and read what ``open_account`` will ask for.

    Args:
        session: one that remembers it; see ``gathering``.
        keys: idempotency keys of what is going to be posted.
    """
    program_id = desk.program.id
    refs = [card_records.card_ref(program_id, card_id) for card_id in sorted(card_ids)]
    cards = [card for card in session.get(refs, lock=True) if card is not None]
    refs = [
        template_records.template_ref(program_id, template_id)
        for template_id in sorted({card["template_id"] for card in cards})
    ]
    refs += [
        customer_records.customer_ref(program_id, customer_id)
        for customer_id in sorted({card["customer_id"] for card in cards})
    ]
    refs += [journal.key_ref(program_id, key) for key in sorted(keys)]
    session.get(refs)
