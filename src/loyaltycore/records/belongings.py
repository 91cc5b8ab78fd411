"""Rows beside the cards: whether what they belong to is there and counts them right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.insight.program_proof import check_counters
from loyaltycore.insight.verification import Check
from loyaltycore.query.queries import count
from loyaltycore.records import segments as segment_records
from loyaltycore.records import verification as records
from loyaltycore.records.cards import card_ref
from loyaltycore.records.customers import customer_ref
from loyaltycore.records.locations import all_locations
from loyaltycore.records.managers import all_managers
from loyaltycore.records.quotas import QUOTA, quota_name
from loyaltycore.records.streaming import stream


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.insight.verification import Findings
    from loyaltycore.ports import Session

__all__ = ["prove_counters", "prove_references", "prove_segments"]

_PAGE: Final = 500


def prove_references(session: Session, program_id: str, findings: Findings) -> None:
    """No row points at one that is not there."""
    for each in records.REFERENCES:
        for row in stream(session, records.orphans(program_id, each)):
            named = "/".join(str(row[our]) for _, our in each.on)
            message = f"it belongs to {each.other} {named}, which is not there."
            where = records.row_id(each.collection, row)
            findings.add(Check.REFERENCE, each.collection, where, message)


def prove_segments(session: Session, program_id: str, findings: Findings) -> None:
    """The members of each segment are counted right, and none of them is gone."""
    for row in stream(session, segment_records.every_segment(program_id)):
        query = segment_records.members_of(program_id, row["id"], _PAGE)
        (found,) = session.summarize(query, measures={"n": count()})
        if row["members"] != found["n"]:
            message = f"it counts {row['members']} members; there are {found['n']}."
            findings.add(Check.TOTALS, "segment", row["id"], message)
    for row in stream(session, segment_records.members_gone(program_id)):
        (customer,) = session.get([customer_ref(program_id, row["customer_id"])])
        assert customer is not None, "it was asked for by what its customer is"
        message = f"its customer is {customer['status']}; refresh the segment."
        where = records.row_id("segment_member", row)
        findings.add(Check.REFERENCE, "segment_member", where, message)


def prove_counters(
    session: Session,
    program_id: str,
    counted: Mapping[str, int],
    customers: Mapping[str, int],
    findings: Findings,
) -> None:
    """
    Counters of several cards and of the plan add up, and those of one card have a card.

    Args:
        counted: what the journal comes to, of counters of several cards.
        customers: who lives, by the counter of the plan.
    """
    shared: dict[str, int] = {}
    quotas: dict[str, int] = {}
    for rows in records.chunks(
        stream(session, records.all_counters(program_id)), _PAGE
    ):
        findings.count("counters", len(rows))
        used = {row["name"]: row["used"] for row in rows}
        quotas |= {each: n for each, n in used.items() if each.startswith(QUOTA)}
        shared |= {each: n for each, n in used.items() if ":" in each}
        of_card = [*(used.keys() - quotas.keys() - shared.keys())]
        refs = [card_ref(program_id, name.partition("/")[0]) for name in of_card]
        for name, card in zip(of_card, session.get(refs), strict=True):
            if card is None:
                message = "it counts for a card that is not there."
                findings.add(Check.REFERENCE, "counter", name, message)
    check_counters("the journal of all cards", shared, counted, findings)
    there = {**customers, **_seats(session, program_id)}
    check_counters("the program", quotas, there, findings)


def _seats(session: Session, program_id: str) -> dict[str, int]:
    """Count what a plan may limit, beside customers."""
    queries = {
        "seats": all_managers(program_id),
        "locations": all_locations(program_id),
    }
    return {
        quota_name(quota): sum(
            row["deleted_at"] is None for row in stream(session, query)
        )
        for quota, query in queries.items()
    }
