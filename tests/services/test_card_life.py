"""Cards over their life, through the public API and on each store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import pytest
from tests.conftest import NOON, rows_of

from loyaltycore import Loyalty, MemoryStore, Program, cards, errors
from loyaltycore.cards.card import CardStatus
from loyaltycore.ports import Update
from loyaltycore.posting import issue_card
from loyaltycore.records.cards import card_ref
from loyaltycore.testing.doubles import FailingNotifier, RecordingNotifier


if TYPE_CHECKING:
    from collections.abc import Callable

    from loyaltycore.ports import Page, Session, Store
    from loyaltycore.query.queries import Query

RULES = cards.Cashback(percent=10)


def issued(
    shop: Loyalty, conditions: cards.Conditions | None = None, **more: Any
) -> str:
    """Issue a cashback card to somebody new."""
    template = shop.templates.create("Points", RULES, conditions=conditions)
    customer = shop.customers.register()
    return shop.cards.issue(template.id, to=customer.id, **more).id


def test_a_life(shop: Loyalty, store: Store):
    """Each step is on the card that is read afterwards, by anybody."""
    card = issued(shop, utm="utm_source=flyer")
    later = shop.at(NOON + timedelta(days=1))

    shop.cards.install(card, device="phone")
    shop.cards.set_expiration(card, date(2026, 12, 31))
    removed = later.cards.remove(card)
    restored = later.cards.restore(card)
    later.cards.block(card, "lost")
    blocked = Loyalty(store, shop.program).cards.get(card)
    unblocked = later.cards.unblock(card)

    assert CardStatus.REMOVED is removed.status
    assert CardStatus.INSTALLED is restored.status
    assert ("lost", True) == (blocked.blocked, blocked.is_blocked)
    assert restored == unblocked
    assert ("phone", NOON, "utm_source=flyer") == (
        unblocked.device,
        unblocked.installed_at,
        unblocked.utm,
    )
    assert datetime(2026, 12, 31, 23, tzinfo=UTC) == unblocked.expires_at
    assert () == shop.verify().problems


def test_a_deleted_card_no_longer_functions(shop: Loyalty, store: Store):
    """It is refused everywhere, keeps its journal, and can still be looked at."""
    card = issued(shop)
    sale = shop.cards.record_purchase(card, 100, key="till/1")
    deleted = shop.cards.delete(card)
    before = rows_of(store)
    refused: list[Callable[[], object]] = [
        lambda: shop.cards.scan(deleted.serial),
        lambda: shop.cards.record_purchase(card, 100),
        lambda: shop.cards.redeem_points(card, 1),
        lambda: shop.transactions.void(sale.id),
        lambda: shop.transactions.refund(sale.id, 1),
        lambda: shop.cards.install(card),
        lambda: shop.cards.remove(card),
        lambda: shop.cards.restore(card),
        lambda: shop.cards.block(card, "lost"),
        lambda: shop.cards.unblock(card),
        lambda: shop.cards.set_expiration(card, None),
        lambda: shop.cards.set_fields(card, {}),
    ]
    for refuse in refused:
        with pytest.raises(errors.CardDeleted) as caught:
            refuse()
        assert card == caught.value.details["card_id"]

    assert isinstance(
        shop.cards.quote(card, cards.RecordPurchase(1)).refusal, errors.CardDeleted
    )
    assert deleted == shop.cards.delete(card) == shop.cards.get(card)
    assert 10 == shop.cards.show(card).balances["point"]
    assert shop.cards.record_purchase(card, 100, key="till/1").replayed
    assert [] == shop.cards.of(deleted.customer_id)
    assert before == rows_of(store)
    assert () == shop.verify().problems


def test_units_on_a_deleted_card_still_expire(shop: Loyalty):
    """The books go on: what falls due is posted, whatever became of the card."""
    rules = cards.Cashback(percent=10, points_expiry=cards.Rolling(1, "days"))
    template = shop.templates.create("Short", rules)
    card = shop.cards.issue(template.id, to=shop.customers.register().id).id
    shop.cards.record_purchase(card, 100)
    shop.cards.delete(card)
    later = shop.at(NOON + timedelta(days=9))
    later.upkeep.sweep()

    assert 0 == later.cards.show(card).balances["point"]
    assert () == later.verify().problems


def test_a_blocked_card_is_not_used_and_can_be_put_right(shop: Loyalty):
    """What was posted by the thief is voided while the card is blocked."""
    card = issued(shop)
    sale = shop.cards.record_purchase(card, 100)
    shop.cards.block(card, "stolen")
    with pytest.raises(errors.CardBlocked):
        shop.cards.redeem_points(card, 1)
    voided = shop.transactions.void(sale.id)
    shop.cards.unblock(card)

    assert 0 == voided.balances["point"]
    assert 1 == shop.cards.record_purchase(card, 10).balances["point"]


def test_an_expired_card_is_read_voided_and_refunded(shop: Loyalty, store: Store):
    """10 points on 100; 40 back on an expired card leave 6; nothing else moves."""
    card = issued(shop, cards.Conditions(expiry=cards.AfterIssue(1, "months")))
    first = shop.cards.record_purchase(card, 100)
    second = shop.cards.record_purchase(card, 10)
    late = shop.at(datetime(2026, 4, 2, 22, tzinfo=UTC))  # 3 April begins in Berlin
    before = rows_of(store)
    for command in (cards.RecordPurchase(1), cards.RedeemPoints(1)):
        with pytest.raises(errors.CardExpired) as caught:
            late.cards.post(card, command)
        assert date(2026, 4, 2) == caught.value.details["last_day"]
        assert isinstance(late.cards.quote(card, command).refusal, errors.CardExpired)

    assert before == rows_of(store)
    assert 11 == late.cards.show(card).balances["point"]
    assert 7 == late.transactions.refund(first.id, 40).balances["point"]
    assert 6 == late.transactions.void(second.id).balances["point"]
    late.cards.set_expiration(card, date(2026, 4, 3))
    assert 7 == late.cards.record_purchase(card, 10).balances["point"]


def test_what_it_takes_to_earn(shop: Loyalty):
    """First the phone, then the amount; a correction by hand needs neither."""
    conditions = cards.Conditions(
        require_installed_for_earn=True, require_purchase_amount=True
    )
    template = shop.templates.create(
        "Coffee", cards.Stamp(reward="Coffee"), conditions=conditions
    )
    card = shop.cards.issue(template.id, to=shop.customers.register().id).id
    with pytest.raises(errors.CardNotInstalled):
        shop.cards.add_stamps(card, 1, purchase_amount=3)
    shop.cards.install(card)
    with pytest.raises(errors.PurchaseAmountRequired):
        shop.cards.add_stamps(card, 1)
    done = shop.cards.add_stamps(card, 1, purchase_amount=3)
    shop.cards.remove(card)
    with pytest.raises(errors.CardNotInstalled):
        shop.cards.add_stamps(card, 1, purchase_amount=3)

    assert 1 == done.balances["stamp"]
    assert 0 == shop.cards.subtract_stamps(card).balances["stamp"]


def test_conditions_of_the_newest_version_hold(shop: Loyalty):
    """A card that was issued before follows them too."""
    card = issued(shop)
    template = shop.cards.get(card).template_id
    strict = cards.Conditions(require_installed_for_earn=True)
    shop.cards.record_purchase(card, 10)
    shop.templates.change(template, conditions=strict)
    with pytest.raises(errors.CardNotInstalled):
        shop.cards.record_purchase(card, 10)

    shop.templates.change(template, conditions=cards.Conditions())
    assert 2 == shop.cards.record_purchase(card, 10).balances["point"]


def test_a_removed_card_comes_back_when_it_is_issued_again(shop: Loyalty):
    """It is the same card with its units and serial; it has to be installed again."""
    first = shop.cards.get(issued(shop))
    shop.cards.install(first.id, device="phone")
    shop.cards.record_purchase(first.id, 100)
    shop.cards.remove(first.id)
    again = shop.cards.issue(first.template_id, to=first.customer_id)

    assert (first.id, first.serial) == (again.id, again.serial)
    assert CardStatus.ISSUED is again.status
    assert again == shop.cards.get(first.id)
    assert 10 == shop.cards.show(again.id).balances["point"]
    assert CardStatus.INSTALLED is shop.cards.install(again.id).status


@pytest.mark.parametrize("status", ["issued", "installed", "deleted"])
def test_any_other_card_does_not_come_back(status: str, shop: Loyalty):
    """Whoever has a card may get a second one; a deleted one stays deleted."""
    first = shop.cards.get(issued(shop))
    if status == "installed":
        shop.cards.install(first.id)
    if status == "deleted":
        shop.cards.delete(first.id)
    again = shop.cards.issue(first.template_id, to=first.customer_id)

    assert first.id != again.id
    assert first.serial != again.serial
    assert status == shop.cards.get(first.id).status


def test_a_removed_card_of_somebody_else_does_not_come_back(shop: Loyalty):
    """Nor one of another template."""
    first = shop.cards.get(issued(shop))
    shop.cards.install(first.id)
    shop.cards.remove(first.id)
    other = shop.templates.create("Other", RULES)
    bob = shop.customers.register()

    assert first.id != shop.cards.issue(first.template_id, to=bob.id).id
    assert first.id != shop.cards.issue(other.id, to=first.customer_id).id


def test_a_serial_number_is_drawn_again(program: Program):
    """One that is taken, if only by a deleted card, is not given a second time."""

    class Few:
        """Random bytes that repeat themselves."""

        def __init__(self) -> None:
            self.drawn = [b"\0" * 8, b"\0" * 8, b"\1" * 8]
            self.number = 0

        def new(self, at: datetime) -> str:
            """Count."""
            self.number += 1
            return f"id-{self.number}"

        def random(self, n: int) -> bytes:
            """Take the next; a pause between tries takes one byte of its own."""
            return self.drawn.pop(0) if n == 8 else b"\0"

    shop = Loyalty(MemoryStore(), program, ids=Few())
    first = shop.cards.get(issued(shop))
    shop.cards.delete(first.id)
    second = shop.cards.issue(first.template_id, to=first.customer_id)

    assert first.serial != second.serial


def test_who_issues_needs_a_template_and_a_customer(shop: Loyalty):
    """Each is named where it is not there."""
    card = shop.cards.get(issued(shop))
    with pytest.raises(errors.UnknownTemplate):
        shop.cards.issue("nope", to=card.customer_id)
    with pytest.raises(errors.UnknownCustomer):
        shop.cards.issue(card.template_id, to="nobody")
    with pytest.raises(errors.UnknownCard):
        shop.cards.install("nope")


# -- fields ----------------------------------------------------------------------------

FORM = cards.Conditions(
    form=(
        cards.FieldDefinition("number", type=cards.FieldType.DECIMAL, unique=True),
        cards.FieldDefinition("born", type=cards.FieldType.DATE, unique=True),
        cards.FieldDefinition("tame", type=cards.FieldType.BOOLEAN),
        cards.FieldDefinition("pet", required=True),
        cards.FieldDefinition("age", type=cards.FieldType.INTEGER),
    )
)
FILLED = {
    "number": Decimal("1.50"),
    "born": date(2020, 2, 29),
    "tame": True,
    "pet": "Rex",
    "age": 6,
}


def test_fields_come_back_as_they_went_in(shop: Loyalty, store: Store):
    """Each has the type of its field, whoever reads it."""
    card = issued(shop, FORM, fields=FILLED)
    read = Loyalty(store, shop.program).cards.get(card)

    assert FILLED == read.fields
    assert {name: type(value) for name, value in FILLED.items()} == {
        name: type(value) for name, value in read.fields.items()
    }


def test_fields_that_somebody_has_spoilt_are_a_problem(
    shop: Loyalty, store: MemoryStore
):
    """A value that no field could hold is reported, and no crash."""
    card = issued(shop, FORM, fields=FILLED)
    with store.session() as session:
        ref = card_ref(shop.program.id, card)
        session.apply([Update(ref, {"fields": '{"pet":["colour","red"]}'})])

    assert card in {problem.id for problem in shop.verify().problems}


def test_a_form_that_is_not_filled_in_issues_nothing(shop: Loyalty, store: Store):
    """Every bad field is named, and not a row is written."""
    template = shop.templates.create("Points", RULES, conditions=FORM)
    customer = shop.customers.register()
    before = rows_of(store)
    with pytest.raises(errors.InvalidFields) as caught:
        shop.cards.issue(template.id, to=customer.id, fields={"age": "six"})

    assert {"pet", "age"} == caught.value.problems.keys()
    assert before == rows_of(store)


def two_with_a_form(shop: Loyalty) -> tuple[str, str, str]:
    """A template, and two cards of it; the first has the number 1.5."""
    template = shop.templates.create("Points", RULES, conditions=FORM)
    first, second = (
        shop.cards.issue(template.id, to=shop.customers.register().id, fields=fields).id
        for fields in ({"pet": "Rex", "number": "1.50"}, {"pet": "Rex"})
    )
    return template.id, first, second


def test_a_unique_value_occurs_once(shop: Loyalty, store: Store):
    """1.5 is 1.50; who has it is named, and nothing is written."""
    template, first, second = two_with_a_form(shop)
    bob = shop.customers.register().id
    before = rows_of(store)
    for refuse in (
        lambda: shop.cards.set_fields(second, {"number": "1.5"}),
        lambda: shop.cards.issue(
            template, to=bob, fields={"pet": "Tom", "number": "1.5"}
        ),
    ):
        with pytest.raises(errors.DuplicateField) as caught:
            refuse()
        assert {"field": "number", "owner_id": first} == caught.value.details

    assert before == rows_of(store)


def test_a_unique_value_is_free_again(shop: Loyalty):
    """When it is changed, emptied, or its card deleted; not when that is removed."""
    _, first, second = two_with_a_form(shop)
    shop.cards.install(first)
    shop.cards.remove(first)
    with pytest.raises(errors.DuplicateField):
        shop.cards.set_fields(second, {"number": "1.5"})
    shop.cards.set_fields(first, {"number": "1.5", "born": "2020-02-29"})
    shop.cards.set_fields(first, {"number": 2, "born": None})
    shop.cards.set_fields(second, {"number": "1.5", "born": "2020-02-29"})
    shop.cards.delete(first)
    shop.cards.set_fields(second, {"number": 2})

    assert 2 == shop.cards.get(second).fields["number"]
    assert () == shop.verify().problems


def test_templates_do_not_share_their_unique_values(shop: Loyalty):
    """A number is unique among the cards of its template."""
    _, first, _ = two_with_a_form(shop)
    _, third, _ = two_with_a_form(shop)

    assert shop.cards.get(first).fields == shop.cards.get(third).fields


def test_a_unique_value_is_taken_once_in_a_race(program: Program):
    """Of eight cards that want it at once, one gets it."""
    shop = Loyalty(MemoryStore(), program)
    template = shop.templates.create("Points", RULES, conditions=FORM)
    customer = shop.customers.register().id

    def take(number: int) -> bool:
        try:
            shop.cards.issue(template.id, to=customer, fields={"pet": "a", "number": 7})
        except errors.DuplicateField:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert 1 == sum(pool.map(take, range(8)))


# -- messages --------------------------------------------------------------------------


def test_each_change_is_told_once_and_in_order(shop: Loyalty):
    """Ids and a status, nothing personal; what changes nothing is not told."""
    card = issued(shop, FORM, fields={"pet": "Rex"})
    shop.cards.install(card, device="phone")
    shop.cards.install(card, device="phone")
    shop.cards.record_purchase(card, 10)
    shop.cards.record_purchase(card, 10)
    shop.cards.set_fields(card, {"pet": "Tom"})
    shop.cards.set_expiration(card, date(2026, 12, 31))
    shop.cards.block(card, "lost")
    shop.cards.unblock(card)
    shop.cards.remove(card)
    shop.cards.restore(card)
    shop.cards.record_purchase(card, 10)
    shop.cards.delete(card)
    notifier = RecordingNotifier()
    report = shop.messages.dispatch(notifier)

    told = [message["topic"] for message in notifier.messages]
    assert [
        "card.installed",
        "transaction.earn",
        "transaction.earn",
        "card.filled_in",
        "card.dated",
        "card.blocked",
        "card.unblocked",
        "card.removed",
        "card.restored",
        "transaction.earn",
        "card.deleted",
    ] == told
    assert 11 == report.sent
    kept = shop.cards.get(card)
    assert {
        "card_id": card,
        "customer_id": kept.customer_id,
        "template_id": kept.template_id,
        "status": "installed",
        "is_blocked": True,
        "expires_at": "2026-12-31T23:00:00+00:00",
    } == notifier.messages[5]["payload"]
    for secret in ("Rex", "Tom", "lost", "phone"):
        assert secret not in str(notifier.messages)


def test_a_change_waits_for_the_transaction_before_it(shop: Loyalty):
    """A posting that could not be told yet keeps what came after it back."""
    card = issued(shop)
    shop.cards.record_purchase(card, 10)
    shop.messages.dispatch(FailingNotifier())
    shop.cards.install(card)
    notifier = RecordingNotifier()
    early = shop.messages.dispatch(notifier)
    late = shop.at(NOON + timedelta(minutes=2)).messages.dispatch(notifier)

    assert (0, 1) == (early.sent, early.waiting)
    assert 2 == late.sent
    assert ["transaction.earn", "card.installed"] == [
        message["topic"] for message in notifier.messages
    ]


def test_a_card_that_comes_back_is_told_of(shop: Loyalty):
    """Issuing a removed card again restores it."""
    first = shop.cards.get(issued(shop))
    shop.cards.install(first.id)
    shop.cards.remove(first.id)
    shop.cards.issue(first.template_id, to=first.customer_id)
    notifier = RecordingNotifier()
    shop.messages.dispatch(notifier)

    assert ["card.installed", "card.removed", "card.restored"] == [
        message["topic"] for message in notifier.messages
    ]


# -- where several cards meet ----------------------------------------------------------


def test_neither_end_of_a_transfer_is_blocked(shop: Loyalty, store: Store):
    """Points leave no blocked card and come to none; nothing is written."""
    first, second = issued(shop), issued(shop)
    shop.cards.record_purchase(first, 100)
    shop.cards.block(second, "lost")
    before = rows_of(store)
    with pytest.raises(errors.CardBlocked) as caught:
        shop.cards.transfer(first, 5, to=second)
    assert second == caught.value.details["card_id"]
    assert before == rows_of(store)
    shop.cards.unblock(second)
    shop.cards.block(first, "lost")
    with pytest.raises(errors.CardBlocked):
        shop.cards.transfer(first, 5, to=second)
    shop.cards.unblock(first)

    assert 5 == shop.cards.transfer(first, 5, to=second).balances["point"]


def test_what_a_blocked_card_holds_is_settled(shop: Loyalty):
    """A hold is made on a good card, and captured or released on a blocked one."""
    card = issued(shop)
    shop.cards.record_purchase(card, 100)
    holds = [shop.cards.hold(card, 4).id for _ in range(2)]
    shop.cards.block(card, "lost")
    with pytest.raises(errors.CardBlocked):
        shop.cards.hold(card, 1)
    shop.transactions.capture(holds[0])

    assert 6 == shop.transactions.release(holds[1]).balances["point"]


@attrs.frozen
class Use:
    """Hand the ticket in."""


@attrs.frozen(kw_only=True)
class Ticket(cards.CardType[Use]):
    """
    A card that puts ten points on another one of the customer's.

    Attributes:
        then: the template of the other one, which is issued where there is none.
    """

    kind: ClassVar[str] = "ticket"
    commands: ClassVar[tuple[type, ...]] = (Use,)
    unit: ClassVar[cards.Unit] = cards.Unit.USE
    then: str

    def scales(self, currency):
        """Uses are whole."""
        return {cards.Unit.USE: 0}

    def decide(self, holding, command, context):
        """Count a use, and let ten points follow."""
        draft = cards.Draft(holding, context)
        draft.credit(cards.Unit.USE, 1)
        outcome = draft.outcome(cards.TransactionKind.REDEEM, self.till(draft))
        effect = cards.PostOn(self.then, cards.AddPoints(10))
        return attrs.evolve(outcome, effects=(effect,))

    def till(self, draft):
        """There is little to say."""
        return cards.Till(text="a ticket", balances=self.balances(draft))


def test_what_follows_never_goes_to_a_deleted_card(store: Store, program: Program):
    """
    The card that a ticket issues needs no form; when it is deleted there is another.

    A void of the ticket takes back the points of a card that was deleted since.
    """
    types = (*cards.CARD_TYPES, Ticket)
    shop = Loyalty(store, program, card_types=types).at(NOON)
    points = shop.templates.create("Points", RULES, conditions=FORM)
    tickets = shop.templates.create("Ticket", Ticket(then=points.id))
    ada = shop.customers.register().id
    ticket = shop.cards.issue(tickets.id, to=ada).id

    first = shop.cards.post(ticket, Use())
    (_, early) = shop.cards.of(ada)
    shop.cards.delete(early.id)
    shop.cards.post(ticket, Use())
    (_, late) = shop.cards.of(ada)

    assert early.id != late.id
    assert ({}, 10) == (late.fields, shop.cards.show(late.id).balances["point"])
    shop.transactions.void(first.id)
    assert 0 == shop.cards.show(early.id).balances["point"]
    shop.cards.block(late.id, "lost")
    with pytest.raises(errors.CardBlocked):
        shop.cards.post(ticket, Use())
    assert () == shop.verify().problems


class Hasty:
    """A session in which somebody restores every removed card that is found."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def __getattr__(self, name: str) -> Any:
        """Hand on what is not changed here."""
        return getattr(self.session, name)

    def select(self, query: Query) -> Page:
        """Find, and restore behind the asker's back."""
        page = self.session.select(query)
        self.session.apply(
            [
                Update(card_ref(row["program_id"], row["id"]), {"status": "installed"})
                for row in page.rows
            ]
        )
        return page


def test_a_card_that_was_restored_meanwhile_is_asked_for_anew(
    shop: Loyalty, store: Store
):
    """The session is begun again, and finds that there is nothing to bring back."""
    first = shop.cards.get(issued(shop))
    shop.cards.install(first.id)
    shop.cards.remove(first.id)
    desk, template, owner = shop._shell.desk, first.template_id, first.customer_id
    with store.session() as session:
        hasty: Any = Hasty(session)
        with pytest.raises(errors.Conflict):
            issue_card(hasty, desk, template, owner, {}, None)
