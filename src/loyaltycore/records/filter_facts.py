"""What filters ask of one customer, read together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.customers.filter_facts import CardFacts, FilterFacts, ScoreFacts
from loyaltycore.ledger.transactions import Unit
from loyaltycore.query.predicates import where
from loyaltycore.query.queries import Query
from loyaltycore.records.cards import BALANCE_COLUMNS, card_of, cards_of_customer
from loyaltycore.records.customers import customer_of
from loyaltycore.records.scores import score_ref
from loyaltycore.records.streaming import stream


if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyaltycore.customers.customer import Customer
    from loyaltycore.ports import Session
    from loyaltycore.query.predicates import Row

__all__ = ["facts_of_rows", "filter_facts"]


def filter_facts(session: Session, row: Row) -> FilterFacts:
    """Read everything around a customer, given their row."""
    program_id, customer_id = row["program_id"], row["id"]
    cards = stream(session, cards_of_customer(program_id, customer_id))
    (scores,) = session.get([score_ref(program_id, customer_id)])
    theirs = where(program_id=program_id, customer_id=customer_id)

    def rows(collection: str) -> list[Row]:
        return list(stream(session, Query(collection, theirs)))

    facts = facts_of_rows(customer_of(row), cards, rows("customer_tag"), scores)
    return attrs.evolve(
        facts,
        consents={
            (each["channel"], each["purpose"]): each["is_given"]
            for each in rows("consent")
        },
        segments=frozenset(each["segment_id"] for each in rows("segment_member")),
    )


def facts_of_rows(
    customer: Customer, cards: Iterable[Row], tags: Iterable[Row], scores: Row | None
) -> FilterFacts:
    """Put together what was read already; consents and segments aside."""
    return FilterFacts(
        customer=customer,
        cards=tuple(map(_card_facts, cards)),
        tags=frozenset(each["tag"] for each in tags),
        scores=None if scores is None else _score_facts(scores),
    )


def _card_facts(row: Row) -> CardFacts:
    return CardFacts(
        card=card_of(row),
        balances={unit: row[BALANCE_COLUMNS[unit]] for unit in Unit},
        uses=row["uses"],
        tier=row["tier"],
    )


def _score_facts(row: Row) -> ScoreFacts:
    return ScoreFacts(
        recency=row["recency_score"],
        frequency=row["frequency_score"],
        monetary=row["monetary_score"],
        segment=row["segment"],
    )
