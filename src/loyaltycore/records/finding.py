"""
Who is meant: by an id that may have been somebody else's, by search keys, by papers.

Merged customers stay in the store and point at who they turned out to be; here is the
one place that follows them, in both directions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, assert_never

from loyaltycore.customers.customer import is_one_line
from loyaltycore.customers.search_keys import (
    DIGITS_MIN,
    WORDS_MAX,
    endings_of,
    exact_token,
    fold,
    tokens_for,
)
from loyaltycore.errors import InvalidValue, UnknownCustomer
from loyaltycore.ports import Ref
from loyaltycore.query.predicates import And, Compare, Exists, Op, Or, where
from loyaltycore.query.queries import Order, Query
from loyaltycore.records.cards import card_ref, serial_ref
from loyaltycore.records.customers import customer_of, customer_ref, unique_ref
from loyaltycore.records.journal import receipt_transactions
from loyaltycore.values.codes import is_code, normalise_code
from loyaltycore.values.contact import parse_email, parse_phone


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from loyaltycore.customers.clues import Clue
    from loyaltycore.customers.customer import Customer
    from loyaltycore.ports import Session
    from loyaltycore.program.program import Program
    from loyaltycore.query.predicates import Row

__all__ = [
    "by_clue",
    "code_ref",
    "everyone_who_became",
    "living",
    "resolved",
    "searched",
]

_MERGES_MAX: Final = 100
_FEW: Final = 100
_FEWEST: Final = 20
_PAGES_MAX: Final = 100
_OF_CUSTOMER: Final = (("program_id", "program_id"), ("customer_id", "customer_id"))


# -- who an id stands for --------------------------------------------------------------


def resolved(
    session: Session, program_id: str, customer_id: str, *, lock: bool = False
) -> Row:
    """
    Load a customer, or who they turned out to be, however often they were merged.

    Args:
        lock: nobody else changes the one who is returned.

    Raises:
        UnknownCustomer: there is none with this id, or the merges lead nowhere.
    """
    row = _followed(session, program_id, customer_id, lock=lock)
    if row is None:
        raise UnknownCustomer(customer_id)
    return row


def _followed(
    session: Session, program_id: str, customer_id: str, *, lock: bool = False
) -> Row | None:
    """Follow merges to their end; None where there is none, as in a circle."""
    at = customer_id
    for _ in range(_MERGES_MAX):
        (row,) = session.get([customer_ref(program_id, at)], lock=lock)
        if row is None or row["merged_into"] is None:
            return row
        at = row["merged_into"]
    return None


def everyone_who_became(
    session: Session, program_id: str, customer_id: str
) -> tuple[str, ...]:
    """
    Return a customer's id, and those of all who were merged into them.

    The journal names people as they were known then; this is how all of a customer's
    history is found.
    """
    found = [customer_id]
    for each in found:  # which grows meanwhile
        those = where(program_id=program_id, merged_into=each)
        rows = session.select(Query("customer", those, limit=_MERGES_MAX)).rows
        found += [row["id"] for row in rows if row["id"] not in found]
        if len(found) > _MERGES_MAX:
            break
    return tuple(found)


def living(
    session: Session, program_id: str, customer_ids: Iterable[str]
) -> list[Customer]:
    """Load those who are in lists, each once, as who they turned out to be."""
    found: dict[str, Customer] = {}
    refs = [customer_ref(program_id, each) for each in dict.fromkeys(customer_ids)]
    for row in session.get(refs):
        them = row
        if row is not None and row["merged_into"] is not None:
            them = _followed(session, program_id, row["merged_into"])
        if them is not None and them["is_living"]:
            found.setdefault(them["id"], customer_of(them))
    return list(found.values())


# -- whom something leads to -----------------------------------------------------------


def by_clue(
    session: Session, program: Program, clue: Clue, value: str, limit: int
) -> list[Customer]:
    """
    Load the living customers whom a clue leads to, first registered first.

    Raises:
        InvalidPhone, InvalidEmail, InvalidValue: it cannot be such a thing.
    """
    if not is_one_line(value):
        return []
    ids = _ids_by(session, program, clue, value, limit)
    return sorted(living(session, program.id, ids), key=_age)[:limit]


def searched(
    session: Session, program: Program, text: str, limit: int
) -> list[Customer]:
    """
    Load the living customers whom a search box's text fits.

    Whom the whole text leads to come first, and then first registered first.
    """
    if not text or not is_one_line(text):
        return []
    exactly = _ids_exactly(session, program.id, text)
    words = tokens_for(text, program.phone_region)
    likely = _by_tokens(session, program.id, words, limit)
    found = living(session, program.id, (*exactly, *likely))
    first = {customer.id for customer in living(session, program.id, exactly)}
    found.sort(key=lambda customer: (customer.id not in first, *_age(customer)))
    return found[:limit]


def _ids_exactly(session: Session, program_id: str, text: str) -> list[str]:
    """Ids of those whom the whole text leads to, at most two questions in all."""
    refs = [unique_ref(program_id, "external_id", text)]
    if is_code(text):
        code = normalise_code(text)
        refs += [code_ref(program_id, code), serial_ref(program_id, code)]
    rows = [row for row in session.get(refs) if row is not None]
    ids = [row.get("customer_id") or row["id"] for row in rows]
    return ids + _by_receipt(session, program_id, text)


def _ids_by(
    session: Session, program: Program, clue: Clue, value: str, limit: int
) -> list[str]:
    program_id = program.id
    match clue:
        case "id":
            return [value]
        case "phone":
            phone = parse_phone(value, program.phone_region)
            return _by_contact(session, program_id, clue, phone)
        case "email":
            return _by_contact(session, program_id, clue, parse_email(value))
        case "external_id":
            return _by_contact(session, program_id, clue, value)
        case "phone_ending":
            endings = endings_of(value)
            if not endings:
                raise InvalidValue(clue, f"at least {DIGITS_MIN} digits of a phone.")
            return _by_tokens(session, program_id, [endings], limit)
        case "name":
            words = [(f"name:{word}",) for word in fold(value).split()[:WORDS_MAX]]
            return _by_tokens(session, program_id, words, limit)
        case "receipt_id":
            return _by_receipt(session, program_id, value)
        case "serial":
            return _by_serial(session, program_id, value)
        case "referral_code":
            return _by_referral_code(session, program_id, value)
        case _ as never:  # pragma: no cover : the clues are closed
            assert_never(never)


def _age(customer: Customer) -> tuple[datetime, str]:
    return customer.registered_at, customer.id


# -- by what is known exactly ----------------------------------------------------------


def _by_receipt(session: Session, program_id: str, receipt_id: str) -> list[str]:
    """Ids of the customers on whose cards a receipt was posted."""
    rows = session.select(receipt_transactions(program_id, receipt_id)).rows
    cards = dict.fromkeys(row["card_id"] for row in rows)
    # A card goes with its customer when they are merged; its journal does not.
    refs: list[Ref] = [card_ref(program_id, each) for each in cards]
    return [row["customer_id"] for row in session.get(refs) if row is not None]


def _by_serial(session: Session, program_id: str, serial: str) -> list[str]:
    """The id of the customer who has the card with a serial number, in any notation."""
    if not is_code(serial):
        return []
    (card,) = session.get([serial_ref(program_id, normalise_code(serial))])
    return [] if card is None else [card["customer_id"]]


def _by_referral_code(session: Session, program_id: str, code: str) -> list[str]:
    """The id of the customer who passes a code on, in any notation."""
    if not is_code(code):
        return []
    (customer,) = session.get([code_ref(program_id, normalise_code(code))])
    return [] if customer is None else [customer["id"]]


def code_ref(program_id: str, code: str) -> Ref:
    """Whoever passes this referral code on."""
    return Ref("customer", ("program_id", "referral_code"), (program_id, code))


def _by_contact(session: Session, program_id: str, field: str, value: str) -> list[str]:
    """
    Ids of the customers who have this phone, e-mail address or external id.

    Args:
        value: in the form in which it is kept.
    """
    (row,) = session.get([unique_ref(program_id, field, value)])
    if row is not None:
        return [row["id"]]
    token = exact_token(field, value)
    query = Query("search_token", where(program_id=program_id, token=token), limit=_FEW)
    return [each["customer_id"] for each in session.select(query).rows]


# -- by search keys --------------------------------------------------------------------


def _by_tokens(
    session: Session, program_id: str, words: Sequence[Sequence[str]], limit: int
) -> list[str]:
    """
    Ids of customers whom every word fits, at most *limit*.

    The rarest word is walked through, and of each customer it fits the others are
    asked, so that a first name that thousands have costs as little as a rare one.

    Args:
        words: for each the beginnings of tokens, one of which has to be there.
    """
    if not words:
        return []
    rarest = _rarest(session, program_id, words)
    others = [word for place, word in enumerate(words) if place != rarest]
    found: dict[str, None] = {}
    for start in words[rarest]:
        cursor: str | None = None
        for _ in range(_PAGES_MAX):
            asked = _tokens(program_id, start, others, max(limit, _FEWEST), cursor)
            page = session.select(asked)
            found |= dict.fromkeys(row["customer_id"] for row in page.rows)
            cursor = page.cursor
            if cursor is None or len(found) >= limit:
                break
        if len(found) >= limit:
            break
    return list(found)[:limit]


def _rarest(session: Session, program_id: str, words: Sequence[Sequence[str]]) -> int:
    """Say which word to begin with; long ones are asked first, as they are rarer."""
    if len(words) == 1:
        return 0
    best, fewest = 0, _FEW * 10
    places = sorted(range(len(words)), key=lambda place: -len(words[place][0]))
    for place in places:
        n = 0
        for start in words[place]:
            n += len(session.select(_tokens(program_id, start, (), _FEW)).rows)
        if n < fewest:
            best, fewest = place, n
        if n < _FEW:
            break
    return best


def _tokens(
    program_id: str,
    start: str,
    others: Sequence[Sequence[str]],
    limit: int,
    cursor: str | None = None,
) -> Query:
    terms: list[Any] = [
        *where(program_id=program_id).terms,
        Compare("token", Op.STARTS_WITH, start),
    ]
    for word in others:
        any_of = Or(tuple(Compare("token", Op.STARTS_WITH, each) for each in word))
        terms.append(Exists("search_token", _OF_CUSTOMER, any_of))
    order = (Order("token"), Order("customer_id"))
    return Query("search_token", And(tuple(terms)), order, limit, cursor)
