"""
Lists of customers: which rows in which order, and what is shown beside them.

Most columns are sorted by a column of the customer.  Scores and the program's own
fields are rows of another collection; such a list has two parts, customers without a
row and customers in the order of these rows, and the cursor says in which part it is.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.customers.grid import FIELD, Asked, GridCount
from loyaltycore.errors import InvalidValue
from loyaltycore.ledger.sealing import canonical
from loyaltycore.ports import Ref
from loyaltycore.query.predicates import And, Compare, Exists, Not, Op, is_in, where
from loyaltycore.query.queries import LIMIT_MAX, Order, Query, count
from loyaltycore.records.customers import customer_of, customer_ref
from loyaltycore.records.filter_facts import facts_of_rows
from loyaltycore.records.scores import score_ref
from loyaltycore.records.streaming import stream


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from loyaltycore.customers.grid import GridColumn
    from loyaltycore.ports import Session
    from loyaltycore.program.program import Program
    from loyaltycore.query.predicates import Predicate, Row

__all__ = [
    "Asking",
    "asked_of",
    "column_set_ref",
    "column_set_row",
    "column_sets",
    "columns_in",
    "counted",
    "page_of_rows",
]

_OF_CUSTOMER: Final = (("program_id", "program_id"), ("customer_id", "id"))
_CUSTOMER: Final = (("program_id", "program_id"), ("id", "customer_id"))
_SET_KEY: Final = ("program_id", "manager_id", "name")
_SETS_MAX: Final = 1_000


@attrs.frozen(kw_only=True)
class Asking:
    """
    A list of customers, sorted.

    Attributes:
        meant: which of the program's customers.
        sort: by which column.
    """

    program_id: str
    meant: And
    sort: GridColumn
    descending: bool


# -- rows ------------------------------------------------------------------------------


def page_of_rows(
    session: Session, asking: Asking, limit: int, cursor: str | None
) -> tuple[list[Row], str | None]:
    """
    Read a page of customers, and where the next one starts.

    Raises:
        InvalidValue: the limit or the cursor cannot be.
    """
    beside = _beside(asking)
    column, descending = asking.sort.sort, asking.descending
    if beside is None:
        assert column is not None, "a column without an order was refused"
        query = Query("customer", asking.meant, (Order(column, descending),), limit)
        page = session.select(attrs.evolve(query, cursor=cursor))
        return page.rows, page.cursor
    part, place = _place(cursor)
    parts = [_without(asking, beside, limit), _with(asking, beside, limit)]
    if descending:
        parts.reverse()
    rows: list[Row] = []
    while len(rows) < limit:
        query = attrs.evolve(parts[part], limit=limit - len(rows), cursor=place)
        page = session.select(query)
        rows += _customers(session, page.rows, query.collection)
        place = page.cursor
        if place is not None:
            return rows, f"{part}{place}"
        part += 1
        if part == len(parts):
            return rows, None
    return rows, str(part)


def _beside(asking: Asking) -> tuple[str, str, Predicate] | None:
    """The collection, the column and the rows in it by which the list is sorted."""
    column = asking.sort
    if column.name.startswith(FIELD):
        name = Compare("name", Op.EQ, column.name.removeprefix(FIELD))
        return "field_value", "value", name
    if column.needs == "scores" and column.sort is not None:
        return "rfm_score", column.sort, And()
    return None


def _without(asking: Asking, beside: tuple[str, str, Predicate], limit: int) -> Query:
    collection, _, those = beside
    alone = Not(Exists(collection, _OF_CUSTOMER, those))
    order = (Order("id", asking.descending),)
    return Query("customer", And((*asking.meant.terms, alone)), order, limit)


def _with(asking: Asking, beside: tuple[str, str, Predicate], limit: int) -> Query:
    collection, column, those = beside
    of_list = Exists("customer", _CUSTOMER, asking.meant)
    terms = (*where(program_id=asking.program_id).terms, those, of_list)
    order = (Order(column, asking.descending), Order("customer_id", asking.descending))
    return Query(collection, And(terms), order, limit)


def _customers(session: Session, rows: list[Row], collection: str) -> list[Row]:
    if collection == "customer":
        return rows
    refs = [customer_ref(row["program_id"], row["customer_id"]) for row in rows]
    return [row for row in session.get(refs) if row is not None]


def _place(cursor: str | None) -> tuple[int, str | None]:
    if cursor is None:
        return 0, None
    if cursor[:1] not in {"0", "1"}:
        raise InvalidValue("cursor", "it belongs to a list that is sorted otherwise.")
    return int(cursor[0]), cursor[1:] or None


def counted(session: Session, meant: And, at_most: int | None) -> GridCount:
    """
    Count the customers of a list, or no further than is asked.

    Raises:
        InvalidValue: *at_most* is below 1, or above what one page can hold.
    """
    if at_most is None:
        query = Query("customer", meant)
        (row,) = session.summarize(query, measures={"customers": count()})
        return GridCount(customers=row["customers"], is_exact=True)
    if type(at_most) is not int or not 1 <= at_most < LIMIT_MAX:
        raise InvalidValue("count_at_most", f"1 to {LIMIT_MAX - 1:,}.")
    found = len(session.select(Query("customer", meant, limit=at_most + 1)).rows)
    return GridCount(customers=min(found, at_most), is_exact=found <= at_most)


# -- what is shown beside --------------------------------------------------------------


def asked_of(
    session: Session,
    rows: Sequence[Row],
    needs: Iterable[str | None],
    program: Program,
    at: datetime,
) -> list[Asked]:
    """Read what the columns need beside the customers, a page of them together."""
    wanted, ids = set(needs), tuple(row["id"] for row in rows)

    def theirs(collection: str, order: str) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {each: [] for each in ids}
        if rows and collection in wanted:
            terms = where(program_id=program.id).terms
            of_page = And((*terms, is_in("customer_id", ids)))
            by = (Order("customer_id"), Order(order))
            for row in stream(session, Query(_NAMES[collection], of_page, by, 1_000)):
                found[row["customer_id"]].append(row)
        return found

    cards, tags = theirs("cards", "issued_at"), theirs("tags", "tag")
    members, names = theirs("segments", "segment_id"), dict[str, str]()
    if any(members.values()):
        query = Query("segment", where(program_id=program.id), limit=_SETS_MAX)
        names = {row["id"]: row["name"] for row in session.select(query).rows}
    refs = [score_ref(program.id, each) for each in ids if "scores" in wanted]
    scores = {row["customer_id"]: row for row in session.get(refs) if row is not None}
    asked: list[Asked] = []
    for row in rows:
        id_ = row["id"]
        facts = facts_of_rows(customer_of(row), cards[id_], tags[id_], scores.get(id_))
        segments = sorted(names[each["segment_id"]] for each in members[id_])
        asked.append(Asked(facts, program, at, tuple(segments)))
    return asked


_NAMES: Final = {"cards": "card", "tags": "customer_tag", "segments": "segment_member"}


# -- sets of columns -------------------------------------------------------------------


def column_set_ref(program_id: str, manager_id: str | None, name: str) -> Ref:
    """One set of columns; everybody's without a manager."""
    return Ref("column_set", _SET_KEY, (program_id, manager_id or "", name))


def column_set_row(ref: Ref, columns: Sequence[str]) -> Row:
    """A set of columns."""
    key = dict(zip(ref.columns, ref.values, strict=True))
    return {**key, "columns": canonical(list(columns))}


def columns_in(row: Row) -> tuple[str, ...]:
    """The columns of a set, in their order."""
    return tuple(json.loads(row["columns"]))


def column_sets(program_id: str, manager_ids: tuple[str, ...], limit: int) -> Query:
    """The sets of columns of some managers; "" stands for everybody."""
    terms = (*where(program_id=program_id).terms, is_in("manager_id", manager_ids))
    return Query("column_set", And(terms), (Order("manager_id"),), limit)
