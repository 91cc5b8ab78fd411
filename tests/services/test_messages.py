"""The outbox: every posting is told of, at least once, card by card in order."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

import pytest

from loyaltycore import Loyalty, MemoryStore, Program, SqliteStore, cards
from loyaltycore.engagement.messages import LEASE
from loyaltycore.errors import InvalidValue, Unavailable
from loyaltycore.services.messages import DispatchReport
from loyaltycore.testing.doubles import FailingNotifier, RecordingNotifier


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CAFE = Program(id="cafe", currency="EUR", zone="UTC")
START = datetime(2025, 1, 10, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Ticking:
    """A clock that somebody moves."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        """Return where it was put."""
        return self.moment


class Calling:
    """A notifier that does something of its own."""

    def __init__(self, call: Callable[[Mapping[str, object]], object]) -> None:
        self._call = call

    def send(self, message: Mapping[str, object]) -> None:
        """Do it."""
        self._call(message)


@pytest.fixture
def clock() -> Ticking:
    """The clock of the programme."""
    return Ticking()


@pytest.fixture
def shop(store: Any, clock: Ticking) -> Loyalty:
    """A programme on each store."""
    return Loyalty(store, CAFE, clock=clock)


def issued(shop: Loyalty, n: int = 1) -> list[str]:
    """Issue stamp cards."""
    template = shop.templates.create("Coffee", cards.Stamp(reward="Coffee"))
    owner = shop.customers.register(first_name="Ada", phone="+4930901820")
    return [shop.cards.issue(template.id, to=owner.id).id for _ in range(n)]


def test_nothing_is_due(shop: Loyalty):
    """An empty outbox is emptied at once."""
    assert DispatchReport() == shop.messages.dispatch(RecordingNotifier())


def test_a_message_tells_of_a_posting(shop: Loyalty):
    """It has the transaction's id and numbers, fit for JSON, and nothing personal."""
    (card,) = issued(shop)
    done = shop.cards.add_stamps(card, 2)
    notifier = RecordingNotifier()

    report = shop.messages.dispatch(notifier)

    (message,) = notifier.messages
    assert (1, 0, 0) == (report.sent, report.failed, report.waiting)
    assert {
        "id": done.id,
        "program_id": "cafe",
        "topic": "transaction.earn",
        "card_id": card,
        "card_version": 1,
        "created_at": START.isoformat(),
        "attempts": 0,
        "payload": {
            "transaction_id": done.id,
            "card_id": card,
            "customer_id": done.transaction.customer_id,
            "kind": "earn",
            "version": 1,
            "balances": {"reward": 0, "spend": 0, "stamp": 2},
        },
    } == message
    assert "Ada" not in json.dumps(message)


def test_a_sent_message_does_not_come_again(shop: Loyalty):
    """What the notifier took is not due any more, however late it is."""
    (card,) = issued(shop)
    shop.cards.add_stamps(card, 2)
    notifier = RecordingNotifier()
    shop.messages.dispatch(notifier)

    later = shop.at(START + timedelta(days=9_000))

    assert DispatchReport() == later.messages.dispatch(notifier)
    assert 1 == len(notifier.messages)
    assert not shop.verify().problems


def test_messages_of_a_card_come_in_order(shop: Loyalty):
    """Whatever order cards were used in, each one's versions rise."""
    first, second = issued(shop, 2)
    for card in (first, second, second, first, second):
        shop.cards.add_stamps(card, 1)
    notifier = RecordingNotifier()

    report = shop.messages.dispatch(notifier)

    assert 5 == report.sent
    assert [1, 2] == notifier.of(first)
    assert [1, 2, 3] == notifier.of(second)


def test_a_limit_leaves_the_rest_for_later(shop: Loyalty):
    """The longest due come first, and order holds across dispatches."""
    first, second = issued(shop, 2)
    for card in (first, second, second, first, second):
        shop.cards.add_stamps(card, 1)
    notifier = RecordingNotifier()

    sent = [shop.messages.dispatch(notifier, limit=2).sent for _ in range(4)]

    assert [2, 2, 1, 0] == sent
    assert [1, 2] == notifier.of(first)
    assert [1, 2, 3] == notifier.of(second)


def test_a_failed_message_comes_again_and_later_ones_wait(
    shop: Loyalty, clock: Ticking
):
    """One card's messages wait for the one that failed; another card's do not."""
    first, second = issued(shop, 2)
    for card in (first, first, first, second):
        shop.cards.add_stamps(card, 1)
    notifier = FailingNotifier()

    report = shop.messages.dispatch(notifier)

    assert (1, 1, 2) == (report.sent, report.failed, report.waiting)
    (failure,) = report.failures
    assert (first, "ConnectionError") == (failure.card_id, failure.error)
    assert START + MINUTE == failure.retry_at
    assert [] == notifier.of(first)
    assert [1] == notifier.of(second)
    assert DispatchReport() == shop.messages.dispatch(notifier)
    clock.moment = failure.retry_at
    assert 3 == shop.messages.dispatch(notifier).sent
    assert [1, 2, 3] == notifier.of(first)
    assert 1 == notifier.messages[1]["attempts"]


def test_a_new_message_waits_for_an_older_one_that_failed(
    shop: Loyalty, clock: Ticking
):
    """What is posted after a failure does not overtake what failed."""
    (card,) = issued(shop)
    shop.cards.add_stamps(card, 1)
    notifier = FailingNotifier()
    shop.messages.dispatch(notifier)
    shop.cards.add_stamps(card, 1)
    shop.cards.add_stamps(card, 1)

    early = shop.messages.dispatch(notifier)
    clock.moment += MINUTE
    late = shop.messages.dispatch(notifier)

    assert (0, 2) == (early.sent, early.waiting)
    assert 3 == late.sent
    assert [1, 2, 3] == notifier.of(card)


def test_a_small_limit_finds_what_others_wait_for(shop: Loyalty, clock: Ticking):
    """With room for one message, the one that blocks the others is found and sent."""
    (card,) = issued(shop)
    shop.cards.add_stamps(card, 1)
    notifier = FailingNotifier()
    shop.messages.dispatch(notifier)
    shop.cards.add_stamps(card, 1)
    clock.moment += 2 * MINUTE

    for _ in range(3):
        shop.messages.dispatch(notifier, limit=1)

    assert [1, 2] == notifier.of(card)


def test_the_delay_grows(shop: Loyalty, clock: Ticking):
    """After 1, 2, 4 ... minutes, and at most six hours, a message comes again."""
    (card,) = issued(shop)
    shop.cards.add_stamps(card, 1)
    notifier = FailingNotifier(times=12)
    delays = []
    for _ in range(12):
        (failure,) = shop.messages.dispatch(notifier).failures
        delays.append((failure.retry_at - clock.moment) // MINUTE)
        clock.moment = failure.retry_at

    assert [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360] == delays
    assert 1 == shop.messages.dispatch(notifier).sent
    assert 12 == notifier.messages[0]["attempts"]


def test_two_senders_do_not_share_a_message(shop: Loyalty):
    """While one sends, another finds nothing of that card, not even what is new."""
    (card,) = issued(shop)
    shop.cards.add_stamps(card, 1)
    reports, other = [], RecordingNotifier()

    def meanwhile(message: Mapping[str, object]) -> None:
        shop.cards.add_stamps(card, 1)
        reports.append(shop.messages.dispatch(other))

    assert 1 == shop.messages.dispatch(Calling(meanwhile)).sent

    assert [DispatchReport(waiting=1)] == reports
    assert [] == other.messages


def test_many_senders_at_once_keep_the_order(tmp_path):
    """Six senders side by side send each message once, and each card's in order."""
    store = SqliteStore(tmp_path / "shop.db", durability="process")
    shop = Loyalty(store, CAFE)
    some = issued(shop, 5)
    with shop.batch() as batch:
        for n in range(100):
            batch.cards.add_stamps(some[n % 5], 1)
    notifier, start = RecordingNotifier(), Barrier(6)
    moment = datetime.now(UTC) + MINUTE
    due = shop.at(moment)

    def send() -> None:
        start.wait()
        while due.messages.dispatch(notifier, limit=7).sent:
            pass

    threads = [Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for second in range(1, 20):
        later = shop.at(moment + timedelta(seconds=second))
        later.messages.dispatch(notifier)
    store.close()

    assert 100 == len(notifier.ids) == len(set(notifier.ids))
    assert [list(range(1, 21))] * 5 == [notifier.of(card) for card in some]


def test_what_waits_for_another_sender_is_soon_due(shop: Loyalty, clock: Ticking):
    """A message that was passed over because of another sender comes a second later."""
    (card,) = issued(shop)
    shop.cards.add_stamps(card, 1)
    notifier = RecordingNotifier()

    def meanwhile(message: Mapping[str, object]) -> None:
        shop.cards.add_stamps(card, 1)
        shop.messages.dispatch(notifier)

    shop.messages.dispatch(Calling(meanwhile))
    now = shop.messages.dispatch(notifier)
    clock.moment += timedelta(seconds=1)
    soon = shop.messages.dispatch(notifier)

    assert (0, 1) == (now.sent, soon.sent)


def test_a_sender_that_dies_loses_nothing(shop: Loyalty, clock: Ticking):
    """What was leased and not noted as sent is due again within a minute."""
    (card,) = issued(shop)
    for _ in range(3):
        shop.cards.add_stamps(card, 1)
    seen = RecordingNotifier()

    def die(message: Mapping[str, object]) -> None:
        seen.send(message)
        if message["card_version"] == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shop.messages.dispatch(Calling(die))
    assert DispatchReport() == shop.messages.dispatch(seen)
    clock.moment += LEASE
    assert 2 == shop.messages.dispatch(seen).sent
    assert [1, 2, 2, 3] == seen.of(card)


def test_a_slow_sender_stops_when_its_lease_is_over(shop: Loyalty, clock: Ticking):
    """Past its time the rest is somebody else's, so it is not sent twice at once."""
    (card,) = issued(shop)
    for _ in range(4):
        shop.cards.add_stamps(card, 1)
    notifier = RecordingNotifier()

    def slowly(message: Mapping[str, object]) -> None:
        notifier.send(message)
        clock.moment += LEASE / 2

    report = shop.messages.dispatch(Calling(slowly))

    assert (2, 0, 2) == (report.sent, report.failed, report.waiting)
    assert 2 == shop.messages.dispatch(notifier).sent
    assert [1, 2, 3, 4] == notifier.of(card)


def test_a_failure_after_the_lease_changes_nothing(shop: Loyalty, clock: Ticking):
    """Who fails when another one has taken over leaves that one's work alone."""
    (card,) = issued(shop)
    shop.cards.add_stamps(card, 1)
    other = RecordingNotifier()

    def too_slow(message: Mapping[str, object]) -> None:
        clock.moment += LEASE
        shop.messages.dispatch(other)
        raise TimeoutError

    report = shop.messages.dispatch(Calling(too_slow))

    assert 1 == report.failed
    assert [1] == other.of(card)
    clock.moment += timedelta(days=1)
    assert DispatchReport() == shop.messages.dispatch(other)


def test_an_error_is_told_by_its_name_only(shop: Loyalty):
    """What an exception says may repeat what should not be in a log."""
    (card,) = issued(shop)
    shop.cards.add_stamps(card, 1)
    notifier = FailingNotifier(error=ValueError("Ada's number is 030 901820"))

    report = shop.messages.dispatch(notifier)

    assert "ValueError" == report.failures[0].error
    assert "Ada" not in repr(report)
    assert "0 sent, 1 failed, 0 waiting" == str(report)


def test_no_session_is_open_while_sending(shop: Loyalty, store: Any):
    """A notifier may itself use the programme: nothing is locked meanwhile."""
    first, second = issued(shop, 2)
    shop.cards.add_stamps(first, 1)

    def use(message: Mapping[str, object]) -> None:
        shop.cards.add_stamps(second, 1)

    assert 1 == shop.messages.dispatch(Calling(use)).sent
    assert 1 == shop.messages.dispatch(RecordingNotifier()).sent


def test_programs_on_one_store_keep_their_messages(store: Any):
    """A dispatch sees its own program's messages, however many others there are."""
    cafe = Loyalty(store, CAFE).at(START)
    bar = Loyalty(store, Program(id="bar", currency="EUR", zone="UTC")).at(START)
    (in_cafe,), (in_bar,) = issued(cafe), issued(bar)
    for _ in range(5):
        bar.cards.add_stamps(in_bar, 1)
    cafe.cards.add_stamps(in_cafe, 1)
    notifier = RecordingNotifier()

    assert 1 == cafe.messages.dispatch(notifier, limit=2).sent
    assert ["cafe"] == [message["program_id"] for message in notifier.messages]
    assert 5 == bar.messages.dispatch(notifier).sent


@pytest.mark.parametrize("collection", ["message", "transaction"])
def test_a_message_whose_forerunner_is_gone_is_sent(collection: str):
    """A host may clear old messages away; the next one does not wait for them."""
    store = MemoryStore()
    shop = Loyalty(store, CAFE).at(START)
    (card,) = issued(shop)
    first = shop.cards.add_stamps(card, 1)
    shop.messages.dispatch(FailingNotifier())
    shop.cards.add_stamps(card, 1)
    store.tables[collection].remove(("cafe", first.id))
    notifier = RecordingNotifier()

    assert 1 == shop.messages.dispatch(notifier).sent
    assert [2] == notifier.of(card)


def test_a_batch_sends_nothing(shop: Loyalty):
    """What may still be rolled back is not told of."""
    issued(shop)
    with (
        shop.batch() as batch,
        pytest.raises(Unavailable, match=r"outside of batch\(\)"),
    ):
        batch.messages.dispatch(RecordingNotifier())


def test_a_bound_programme_sends_nothing(tmp_path):
    """Inside somebody else's transaction nothing is sent either."""
    store = SqliteStore(tmp_path / "shop.db", durability="process")
    shop = Loyalty(store, CAFE)
    issued(shop)
    connection = sqlite3.connect(tmp_path / "shop.db")

    with pytest.raises(Unavailable, match=r"and bind\(\)"):
        shop.bind(connection).messages.dispatch(RecordingNotifier())
    connection.close()
    store.close()


@pytest.mark.parametrize("limit", [0, -1, 1_001, True, "5"])
def test_a_limit_that_is_none(limit: Any):
    """A limit is a whole number from one to a thousand."""
    with pytest.raises(InvalidValue, match="limit: 1 to 1,000 messages."):
        Loyalty(MemoryStore(), CAFE).messages.dispatch(RecordingNotifier(), limit=limit)


@pytest.mark.parametrize("notifier", [print, None, object()])
def test_a_notifier_that_is_none(shop: Loyalty, notifier: Any):
    """What cannot send is refused before a message is leased, so none is delayed."""
    (card,) = issued(shop)
    shop.cards.add_stamps(card, 1)

    with pytest.raises(InvalidValue, match=r"notifier: pass an object with send"):
        shop.messages.dispatch(notifier)
    assert 1 == shop.messages.dispatch(RecordingNotifier()).sent
