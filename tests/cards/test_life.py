"""What becomes of a card, and what it may be used for; no store is needed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from loyaltycore import Program, cards, errors
from loyaltycore.cards import life
from loyaltycore.cards.card import Card, CardStatus
from loyaltycore.cards.validity import check_living, decide_if_valid
from loyaltycore.ledger.decision import Context
from loyaltycore.program.customer_status import CustomerStatus
from loyaltycore.program.program import CustomerFacts


if TYPE_CHECKING:
    from collections.abc import Callable

BERLIN = ZoneInfo("Europe/Berlin")
PROGRAM = Program(id="cafe", currency="EUR", zone=BERLIN)
NOON = datetime(2026, 1, 31, 11, tzinfo=UTC)
DAY = timedelta(days=1)
PLAIN = cards.Conditions()
NEW = Card(id="c", serial="S", template_id="t", customer_id="ada", issued_at=NOON)
ISSUED, INSTALLED = CardStatus.ISSUED, CardStatus.INSTALLED
REMOVED, DELETED = CardStatus.REMOVED, CardStatus.DELETED


def card(status: CardStatus = ISSUED, **changes: Any) -> Card:
    """A card in the middle of its life."""
    installed_at = None if status is ISSUED else NOON
    return attrs.evolve(NEW, status=status, installed_at=installed_at, **changes)


def install(before: Card, conditions: cards.Conditions = PLAIN, **said: Any) -> Card:
    """Install a card a day after it was issued."""
    return life.install(before, conditions, at=NOON + DAY, zone=BERLIN, **said)


# -- from one status to the next -------------------------------------------------------

CHANGES: dict[str, Callable[[Card], Card]] = {
    "install": install,
    "remove": life.remove,
    "restore": life.restore,
    "delete": life.delete,
    "block": lambda card: life.block(card, "lost"),
    "unblock": life.unblock,
    "set_expiration": lambda card: life.set_expiration(card, None, BERLIN),
    "set_fields": lambda card: life.set_fields(card, PLAIN, {}),
}


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("install", ISSUED, INSTALLED),
        ("install", INSTALLED, INSTALLED),
        ("install", REMOVED, INSTALLED),
        ("remove", INSTALLED, REMOVED),
        ("remove", REMOVED, REMOVED),
        ("restore", REMOVED, INSTALLED),
        ("restore", INSTALLED, INSTALLED),
        ("restore", ISSUED, ISSUED),
        ("delete", ISSUED, DELETED),
        ("delete", INSTALLED, DELETED),
        ("delete", REMOVED, DELETED),
        ("delete", DELETED, DELETED),
        ("block", INSTALLED, INSTALLED),
        ("unblock", REMOVED, REMOVED),
        ("set_expiration", ISSUED, ISSUED),
        ("set_fields", ISSUED, ISSUED),
    ],
)
def test_a_change_leads_from_one_status_to_the_next(
    name: str, before: CardStatus, after: CardStatus
):
    """Issued, installed, removed and back, deleted; the rest is beside it."""
    assert after is CHANGES[name](card(before)).status


@pytest.mark.parametrize("name", sorted(CHANGES.keys() - {"delete"}))
def test_a_deleted_card_stays_as_it_is(name: str):
    """Whatever is wanted of it, it was deleted."""
    with pytest.raises(errors.CardDeleted) as caught:
        CHANGES[name](card(DELETED))

    assert {"card_id": "c"} == caught.value.details


def test_what_was_never_installed_is_not_removed():
    """There is no phone to take it off."""
    with pytest.raises(errors.CardNotInstalled) as caught:
        life.remove(NEW)

    assert {"card_id": NEW.id} == caught.value.details


def test_a_card_is_unblocked():
    """What stopped it is forgotten."""
    blocked = life.block(card(INSTALLED), "lost")

    assert card(INSTALLED) == life.unblock(blocked)


def test_a_second_time_changes_nothing():
    """To install, remove, block or delete twice is to do it once."""
    for name in ("install", "remove", "block", "delete"):
        once = CHANGES[name](card(INSTALLED, device="phone"))

        assert once == CHANGES[name](once)


def test_the_last_device_and_the_first_source_are_kept():
    """A device replaces the one before; what brought the customer here does not."""
    first = install(NEW, device="old phone", utm="utm_source=flyer")
    second = life.install(
        life.remove(first),
        PLAIN,
        at=NOON + 9 * DAY,
        zone=BERLIN,
        device="new phone",
        utm="utm_source=mail",
    )

    assert ("old phone", "utm_source=flyer") == (first.device, first.utm)
    assert ("new phone", "utm_source=flyer") == (second.device, second.utm)
    assert NOON + DAY == second.installed_at
    assert "new phone" == install(second).device


@pytest.mark.parametrize("field", ["device", "utm"])
@pytest.mark.parametrize("value", ["", "x" * 256, 7])
def test_what_is_said_of_a_phone_is_a_text(field: str, value: Any):
    """The error names what was meant."""
    with pytest.raises(errors.InvalidValue) as caught:
        install(NEW, **{field: value})

    assert field == caught.value.field
    said: dict[str, Any] = {field: "x" * 255}
    assert "x" * 255 == getattr(install(NEW, **said), field)


def test_where_a_customer_comes_from_is_a_text():
    """It is asked for when the card is issued, too."""
    with pytest.raises(errors.InvalidValue, match="^utm: "):
        life.issue(NEW, PLAIN, zone=BERLIN, fields=None, utm="")


@pytest.mark.parametrize("reason", [None, "", "  ", 7])
def test_a_block_has_a_reason(reason: Any):
    """Otherwise nobody knows when to unblock it."""
    with pytest.raises(errors.InvalidValue) as caught:
        life.block(NEW, reason)

    assert "reason" == caught.value.field


def test_a_card_does_not_print_what_is_personal():
    """Reason, device and fields stay out of a log."""
    known = card(INSTALLED, blocked="thief", device="phone", fields={"pet": "Rex"})

    for secret in ("thief", "phone", "Rex"):
        assert secret not in repr(known)
    assert {known} == {attrs.evolve(known)}


# -- dates -----------------------------------------------------------------------------


def issue(conditions: cards.Conditions) -> Card:
    """Issue a card at noon of 31 January 2026."""
    return life.issue(NEW, conditions, zone=BERLIN, fields={}, utm=None)


@pytest.mark.parametrize(
    ("expiry", "issued", "installed"),
    [
        (cards.Never(), None, None),
        (cards.FixedDate(date(2026, 3, 31)), "2026-03-31T22:00", "2026-03-31T22:00"),
        (cards.AfterIssue(1, "months"), "2026-02-28T23:00", "2026-02-28T23:00"),
        (cards.AfterIssue(0, "days"), "2026-01-31T23:00", "2026-01-31T23:00"),
        (cards.AfterInstall(1, "days"), None, "2026-02-02T23:00"),
    ],
)
def test_a_card_expires_with_its_last_local_day(
    expiry: Any, issued: str | None, installed: str | None
):
    """
    Issued on 31 January, installed on 1 February, in Berlin.

    One month after issue is through 28 February, which ends at 23:00 in UTC; 31 March
    is in summer time and ends at 22:00; a day after 1 February is through the 2nd.
    """

    def moment(text: str | None) -> datetime | None:
        return None if text is None else datetime.fromisoformat(text + "+00:00")

    conditions = cards.Conditions(expiry=expiry)
    new = issue(conditions)

    assert moment(issued) == new.expires_at
    assert moment(installed) == install(new, conditions).expires_at


def test_only_the_first_installation_dates_a_card():
    """Whoever removes a card and installs it again does not get more time."""
    conditions = cards.Conditions(expiry=cards.AfterInstall(10, "days"))
    first = install(issue(conditions), conditions)
    again = life.install(life.remove(first), conditions, at=NOON + 5 * DAY, zone=BERLIN)

    assert datetime(2026, 2, 11, 23, tzinfo=UTC) == first.expires_at
    assert first == again


def test_a_date_of_its_own_stays():
    """What was set by hand before the installation is not replaced by it."""
    conditions = cards.Conditions(expiry=cards.AfterInstall(10, "days"))
    own = life.set_expiration(issue(conditions), date(2026, 12, 31), BERLIN)

    assert datetime(2026, 12, 31, 23, tzinfo=UTC) == own.expires_at
    assert own.expires_at == install(own, conditions).expires_at
    assert life.set_expiration(own, None, BERLIN).expires_at is None


def test_a_card_is_expired_from_its_first_moment_after():
    """The instant itself is too late."""
    own = life.set_expiration(NEW, date(2026, 1, 31), BERLIN)
    midnight = datetime(2026, 1, 31, 23, tzinfo=UTC)

    assert not own.is_expired(midnight - timedelta(microseconds=1))
    assert own.is_expired(midnight)
    assert not NEW.is_expired(midnight)


@pytest.mark.parametrize(
    ("changes", "is_usable"),
    [
        ({}, True),
        ({"status": REMOVED}, True),
        ({"status": DELETED}, False),
        ({"blocked": "lost"}, False),
        ({"expires_at": NOON}, False),
        ({"expires_at": NOON + DAY}, True),
        ({"status": DELETED, "blocked": "lost", "expires_at": NOON}, False),
    ],
)
def test_a_card_that_lives_is_usable(changes: dict[str, Any], is_usable: bool):
    """It is not deleted, not blocked and not over; off the phone it counts still."""
    assert is_usable is attrs.evolve(NEW, **changes).is_usable(NOON)


# -- fields ----------------------------------------------------------------------------

FORM = cards.Conditions(
    form=(
        cards.FieldDefinition("pet", required=True),
        cards.FieldDefinition("born", type=cards.FieldType.DATE),
    )
)


def test_a_form_is_filled_in_when_a_card_is_issued():
    """What is required has to be there, and is there."""
    with pytest.raises(errors.InvalidFields):
        issue(FORM)
    filled = life.issue(NEW, FORM, zone=BERLIN, fields={"pet": "Rex"}, utm="u")

    assert ({"pet": "Rex"}, "u") == (filled.fields, filled.utm)


def test_fields_change_one_by_one():
    """What is not given stays."""
    filled = card(fields={"pet": "Rex"})
    changed = life.set_fields(filled, FORM, {"born": "2020-05-01"})

    assert {"pet": "Rex", "born": date(2020, 5, 1)} == changed.fields


def test_a_card_that_is_issued_again_asks_for_what_it_lacks():
    """Fields that were filled in stay; a required one that never was is needed now."""
    removed = card(REMOVED, fields={"pet": "Rex"})
    again = life.reissue(removed, FORM, {})
    with pytest.raises(errors.InvalidFields, match="pet: this is required"):
        life.reissue(card(REMOVED), FORM, {})

    assert (ISSUED, {"pet": "Rex"}) == (again.status, again.fields)


# -- what it may be used for -----------------------------------------------------------


def context_at(at: datetime) -> Context:
    """What a decision at this moment is told."""
    ada = CustomerFacts(id="ada")
    return Context(program=PROGRAM, at=at, occurred_at=at, customer=ada, issued_at=NOON)


def asked(
    used: Card, conditions: cards.Conditions, kind: cards.TransactionKind, at: datetime
) -> str | None:
    """Say with which code a card refuses to be used, if it does."""
    context = context_at(at)
    draft = cards.Draft(cards.Holding(digest="", last_at=NOON), context)
    till = cards.Till(text="", balances={})
    outcome = draft.outcome(kind, till)

    decided = decide_if_valid(used, conditions, context, lambda: outcome)
    if isinstance(decided, errors.Refusal):
        assert used.id == decided.details["card_id"]
        return decided.code
    assert outcome is decided
    return None


EARN, REDEEM = cards.TransactionKind.EARN, cards.TransactionKind.REDEEM
STRICT = cards.Conditions(require_installed_for_earn=True)
DATED = life.set_expiration(NEW, date(2026, 2, 1), BERLIN)
LAST = datetime(2026, 2, 1, 22, 59, 59, 999999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("used", "conditions", "kind", "at", "code"),
    [
        (NEW, PLAIN, EARN, NOON, None),
        (card(REMOVED), PLAIN, EARN, NOON, None),
        (card(DELETED), PLAIN, REDEEM, NOON, "card_deleted"),
        (card(DELETED, blocked="lost"), PLAIN, EARN, NOON, "card_deleted"),
        (card(INSTALLED, blocked="lost"), PLAIN, REDEEM, NOON, "card_blocked"),
        (DATED, PLAIN, EARN, LAST, None),
        (DATED, PLAIN, EARN, LAST + timedelta(microseconds=1), "card_expired"),
        (DATED, PLAIN, REDEEM, LAST + DAY, "card_expired"),
        (NEW, STRICT, EARN, NOON, "card_not_installed"),
        (card(REMOVED), STRICT, EARN, NOON, "card_not_installed"),
        (NEW, STRICT, REDEEM, NOON, None),
        (card(INSTALLED), STRICT, EARN, NOON, None),
    ],
)
def test_what_a_card_may_be_used_for(
    used: Card,
    conditions: cards.Conditions,
    kind: cards.TransactionKind,
    at: datetime,
    code: str | None,
):
    """Deleted, blocked and expired cards do nothing; some earn only on a phone."""
    assert code == asked(used, conditions, kind, at)


def test_an_earning_without_an_amount_is_refused_where_one_is_required():
    """A redemption has no amount to say."""
    conditions = cards.Conditions(require_purchase_amount=True)

    assert "purchase_amount_required" == asked(NEW, conditions, EARN, NOON)
    assert asked(NEW, conditions, REDEEM, NOON) is None


def test_an_expired_card_says_its_last_day():
    """The day is the program's, and the one on which it was still valid."""
    context = context_at(LAST + DAY)
    refusal = decide_if_valid(DATED, PLAIN, context, lambda: pytest.fail("not asked"))

    assert "This card was valid through 2026-02-01." == str(refusal)
    assert isinstance(refusal, errors.CardExpired)
    assert {
        "card_id": DATED.id,
        "last_day": date(2026, 2, 1),
        "expired_at": LAST + timedelta(microseconds=1),
    } == refusal.details


def test_a_card_of_somebody_who_is_stopped():
    """The refusal is about the customer, and says what they are."""
    blocked = CustomerFacts(id="ada", status=CustomerStatus.BLOCKED)
    context = attrs.evolve(context_at(NOON), customer=blocked)
    refusal = decide_if_valid(NEW, PLAIN, context, lambda: pytest.fail("not asked"))

    assert isinstance(refusal, errors.CustomerBlocked)
    assert {"customer_id": "ada", "status": "blocked"} == refusal.details


def test_a_refusal_of_the_rules_is_handed_on():
    """Conditions have nothing to add to it."""
    context = context_at(NOON)
    no = errors.BelowMinimum("Too few.")

    assert no is decide_if_valid(NEW, STRICT, context, lambda: no)


def test_a_deleted_card_does_not_live():
    """Voids and refunds ask no more than this."""
    check_living(card(REMOVED, blocked="lost"))
    with pytest.raises(errors.CardDeleted):
        check_living(card(DELETED))
