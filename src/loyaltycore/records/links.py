"""Links by their tokens, and by what they lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.customers.links import Link, LinkPurpose
from loyaltycore.ports import Insert, Ref


if TYPE_CHECKING:
    from loyaltycore.program.program import Program
    from loyaltycore.query.predicates import Row

__all__ = ["link_of", "link_to", "new_link", "token_ref"]


def token_ref(program_id: str, token: str) -> Ref:
    """The link with a token."""
    return Ref("link", ("program_id", "token"), (program_id, token))


def link_to(program_id: str, purpose: LinkPurpose, subject_id: str) -> Ref:
    """The link that leads somewhere for a purpose."""
    columns = ("program_id", "purpose", "subject_id")
    return Ref("link", columns, (program_id, purpose.value, subject_id))


def new_link(program_id: str, link: Link) -> Insert:
    """A link."""
    row = {
        "program_id": program_id,
        "token": link.token,
        "purpose": link.purpose.value,
        "subject_id": link.subject_id,
        "created_at": link.created_at,
    }
    return Insert("link", [row])


def link_of(program: Program, row: Row) -> Link:
    """A link as it is written under the program's present base."""
    base, token = program.link_base, row["token"]
    return Link(
        token=token,
        purpose=LinkPurpose(row["purpose"]),
        subject_id=row["subject_id"],
        created_at=row["created_at"],
        url=None if base is None else f"{base.rstrip('/')}/{token}",
    )
