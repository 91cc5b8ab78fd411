"""What managers did: transactions of some days, and who counts for them."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from loyaltycore.customers.figures import UNCOUNTED_SOURCES
from loyaltycore.insight.manager_statistics import Flows, Kind
from loyaltycore.ledger.transactions import TransactionKind
from loyaltycore.query.predicates import And, Compare, Not, Op, is_in, where
from loyaltycore.query.queries import Order, Query, count, highest
from loyaltycore.records.streaming import stream
from loyaltycore.records.templates import template_ref
from loyaltycore.records.transaction_lines import entries_by_place
from loyaltycore.records.verification import chunks
from loyaltycore.values.days import start_of
from loyaltycore.values.ids import first_id_at


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from loyaltycore.cards.card import CardTemplate
    from loyaltycore.ledger.transactions import Unit
    from loyaltycore.ports import Session
    from loyaltycore.program.program import Program
    from loyaltycore.query.predicates import Row

__all__ = ["customers_of", "flows_of", "kinds_of", "posted_between"]

_PAGE = 1_000


def posted_between(
    program: Program,
    first: date,
    last: date,
    only: Mapping[str, str | None],
    *,
    is_own: bool = False,
) -> Query:
    """
    Transactions of some local days that somebody asked for here, in order of time.

    An id is no earlier than the moment that its transaction tells of, so what was
    recorded before the first of the days is passed over by the key.

    Args:
        only: columns and what they hold; None is whatever they hold.
        is_own: only those that take nothing back.
    """
    columns = {name: value for name, value in only.items() if value is not None}
    terms = [
        *where(program_id=program.id, **columns).terms,
        Compare("id", Op.GE, first_id_at(start_of(first, program.zone))),
        Compare("local_day", Op.GE, first),
        Compare("local_day", Op.LE, last),
        Not(is_in("source", tuple(sorted(UNCOUNTED_SOURCES)))),
    ]
    if is_own:
        terms.append(Compare("reverses", Op.EQ, None))
    return Query("transaction", And(tuple(terms)), (Order("id"),), _PAGE)


def kinds_of(session: Session, posted: Query) -> list[Kind]:
    """How many of each kind everybody posted, and when the last of them happened."""
    rows = session.summarize(
        posted,
        by=("actor_id", "kind"),
        measures={"n": count(), "last": highest("occurred_at")},
    )
    return [
        Kind(row["actor_id"], TransactionKind(row["kind"]), row["n"], row["last"])
        for row in rows
    ]


def customers_of(session: Session, posted: Query) -> Mapping[str | None, int]:
    """On how many customers' cards everybody posted."""
    rows = session.summarize(
        posted, by=("actor_id", "customer_id"), measures={"n": count()}
    )
    return Counter(row["actor_id"] for row in rows)


def flows_of(
    session: Session,
    program: Program,
    posted: Query,
    template_of: Callable[[Row], CardTemplate],
    only: Mapping[str, str | None],
) -> dict[str | None, Flows]:
    """
    Read transactions with their entries, and add up the units of everybody.

    Args:
        posted: whoever asked for them: what is taken back counts for somebody else.
        only: for whom and where, as ``posted_between`` takes it.
    """
    found: dict[str | None, Flows] = {}
    scales: dict[str, Mapping[Unit, int]] = {}
    for page in chunks(stream(session, posted), _PAGE):
        entries = entries_by_place(session, program.id, page)
        for row in page:
            counts_for = _counts_for(row)
            actor_id = counts_for["actor_id"]
            is_wanted = all(
                value in {None, counts_for[name]} for name, value in only.items()
            )
            own = entries.get((row["card_id"], row["version"]), ())
            if own and is_wanted:
                template_id = row["template_id"]
                if template_id not in scales:
                    (template,) = session.get([template_ref(program.id, template_id)])
                    assert template is not None, "a transaction's template stays"
                    rules = template_of(template).rules
                    scales[template_id] = rules.scales(program.currency)
                flows = found.setdefault(actor_id, Flows())
                flows.add(TransactionKind(row["kind"]), own, scales[template_id])
    return found


def _counts_for(row: Row) -> Mapping[str, str | None]:
    """Whose figures a transaction is in, and of which location."""
    if row["reverses"] is None:
        return row
    pinned: dict[str, Mapping[str, str | None]] = json.loads(row["pinned"])
    return pinned.get("counted_for", row)
