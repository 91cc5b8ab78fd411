"""Customers who are merged, deleted or erased while something else begins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import rows_of

from loyaltycore import Loyalty, Program, cards, errors, filters
from loyaltycore.importing import customers
from loyaltycore.posting import merging, people, registering, segmenting
from loyaltycore.records import scores as score_records
from loyaltycore.records import segments as records
from loyaltycore.services import scores
from loyaltycore.shell import Shell


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from types import ModuleType

    from loyaltycore.customers.customer import Customer
    from loyaltycore.ports import Store

CAFE = Program(id="cafe", currency="EUR", zone="UTC")


@pytest.fixture(params=["postgres", "mysql"])
def shop(request: pytest.FixtureRequest) -> Loyalty:
    """A café on each server, where two can write at once."""
    store: Store = request.getfixturevalue(request.param)
    return Loyalty(store, CAFE)


class Meanwhile:
    """Something that is done in another thread, as soon as a function is reached."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._pool = ThreadPoolExecutor(1)
        self._has_begun = False
        self.done: list[Future[Any]] = []

    def at(
        self,
        where: ModuleType | type,
        name: str,
        other: Callable[[], object],
        *,
        before: bool = False,
    ) -> None:
        """Begin it when the function has returned, or *before*, and wait a little."""
        function = getattr(where, name)

        def begin() -> None:
            if not self._has_begun:
                self._has_begun = True
                self.done.append(self._pool.submit(other))
                wait(self.done, timeout=0.2)

        def watched(*args: Any, **options: Any) -> Any:
            if before:
                begin()
            result = function(*args, **options)
            begin()
            return result

        self._monkeypatch.setattr(where, name, watched)

    def end(self) -> None:
        """Wait until it is done; raise what it raised."""
        self._pool.shutdown()
        for each in self.done:
            each.result()


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Iterator[Meanwhile]:
    """Something else, at the worst moment."""
    made = Meanwhile(monkeypatch)
    yield made
    made.end()


@pytest.fixture
def ada(shop: Loyalty) -> Customer:
    """Whom it is about."""
    return shop.customers.register(first_name="Ada", phone="+4930901820")


@pytest.fixture
def twin(shop: Loyalty) -> Customer:
    """Who turns out to be her."""
    return shop.customers.register(first_name="Adah", phone="+4930901821")


@pytest.mark.parametrize("leave", ["erase", "delete"])
def test_who_leaves_is_merged_meanwhile(
    shop: Loyalty, ada: Customer, twin: Customer, meanwhile: Meanwhile, leave: str
) -> None:
    """CU-08, CU-18, CU-19: then who they turned out to be leaves, and not an alias."""
    meanwhile.at(
        people, "the_customer", lambda: shop.customers.merge(ada.id, into=twin.id)
    )
    gone = getattr(shop.customers, leave)(ada.id)
    meanwhile.end()

    assert twin.id == gone.id
    assert not gone.is_living
    assert not shop.customers.get(ada.id).is_living
    assert 0 == shop.reports.tiles().customers
    assert () == shop.verify().problems


@pytest.mark.parametrize("how", ["add", "create_static", "refresh"])
@pytest.mark.parametrize("leave", ["erase", "delete", "merge"])
def test_who_enters_a_segment_leaves_meanwhile(
    shop: Loyalty,
    ada: Customer,
    twin: Customer,
    meanwhile: Meanwhile,
    leave: str,
    how: str,
) -> None:
    """CU-12: nobody who is gone is in a segment, whoever was first."""
    rich = shop.segments.create("Reachable", filters.phone.is_(ada.person.phone or ""))
    friends = shop.segments.create_static("Friends")
    into = {"into": twin.id} if leave == "merge" else {}
    meanwhile.at(
        segmenting,
        "let_in",
        lambda: getattr(shop.customers, leave)(ada.id, **into),
        before=True,
    )
    match how:
        case "add":
            shop.segments.add(friends.id, [ada.id])
        case "create_static":
            shop.segments.create_static("Guests", [ada.id])
        case _:
            shop.segments.refresh(rich.id)
    meanwhile.end()
    inside = {row["customer_id"] for row in rows_of(shop.store)["segment_member"]}

    assert inside == ({twin.id} if leave == "merge" else set())
    assert () == shop.verify().problems


def test_a_filter_is_changed_while_it_is_asked(
    shop: Loyalty, ada: Customer, twin: Customer, meanwhile: Meanwhile
) -> None:
    """CU-12: nobody enters by a filter that was given up in the meantime."""
    one = shop.segments.create("One", filters.phone.is_(ada.person.phone or ""))
    other = filters.phone.is_(twin.person.phone or "")
    meanwhile.at(
        records, "newcomers", lambda: shop.segments.change(one.id, filter=other)
    )
    shop.segments.refresh(one.id)
    meanwhile.end()

    assert [twin.id] == [each.id for each in shop.segments.members(one.id).customers]
    assert [True] == [each.has_entered for each in shop.segments.changes(one.id)]


@pytest.mark.parametrize("step", ["register", "restore"])
def test_a_phone_is_given_once(
    shop: Loyalty, ada: Customer, meanwhile: Meanwhile, step: str
) -> None:
    """CU-08: who is restored and who registers with their phone; one has it."""
    shop.customers.delete(ada.id)
    steps: dict[str, Callable[[], object]] = {
        "register": lambda: shop.customers.register(phone="+4930901820"),
        "restore": lambda: shop.customers.restore(ada.id),
    }
    (other,) = steps.keys() - {step}
    meanwhile.at(registering, "check_free", steps[other])
    with pytest.raises(errors.DuplicateCustomer):
        steps[step]()
    meanwhile.end()

    assert 1 == len(shop.customers.find_all(phone="+4930901820"))
    assert () == shop.verify().problems


@pytest.mark.parametrize(
    ("where", "name", "before"),
    [(scores.Scores, "_write", True), (score_records, "change_to", False)],
)
def test_who_is_scored_is_merged_meanwhile(
    shop: Loyalty,
    ada: Customer,
    twin: Customer,
    meanwhile: Meanwhile,
    where: ModuleType | type,
    name: str,
    before: bool,
) -> None:
    """CU-18: an alias has no scores, whether the merge or the write was first."""
    template = shop.templates.create("Points", cards.Cashback(percent=3))
    for each in (ada, twin):
        card = shop.cards.issue(template.id, to=each.id)
        shop.cards.record_purchase(card.id, "10.00")
    meanwhile.at(
        where,
        name,
        lambda: shop.customers.merge(ada.id, into=twin.id),
        before=before,
    )
    shop.scores.refresh()
    meanwhile.end()

    scored = [row["customer_id"] for row in rows_of(shop.store)["rfm_score"]]
    assert [twin.id] == scored
    assert () == shop.verify().problems


@pytest.mark.parametrize("name", ["recognised", "planned_changes"])
@pytest.mark.parametrize("step", ["purchase", "tag", "merge"])
def test_a_file_gives_for_a_tag_meanwhile(
    shop: Loyalty,
    ada: Customer,
    twin: Customer,
    meanwhile: Meanwhile,
    name: str,
    step: str,
) -> None:
    """CU-07: once, whatever the till does with the card while the file is written."""
    rules = cards.Reward(
        tiers=[cards.RewardTier("cake", "Cake", 100)],
        grants=[cards.OnTag("vip", "cake")],
    )
    card = shop.cards.issue(shop.templates.create("Rewards", rules).id, to=ada.id)
    steps: dict[str, Callable[[], object]] = {
        "purchase": lambda: shop.cards.record_purchase(card.id, "10.00"),
        "tag": lambda: shop.tags.add(ada.id, "vip"),
        "merge": lambda: shop.customers.merge(ada.id, into=twin.id),
    }
    meanwhile.at(customers, name, steps[step])
    report = shop.files.import_customers("phone,tags\n+4930901820,vip\n")
    meanwhile.end()

    assert 0 == report.failed
    assert ["cake"] == [each.tier for each in shop.rewards.history(card.id)]
    assert {"vip"} == set(shop.tags.of_customer(ada.id))
    assert () == shop.verify().problems


def test_a_file_and_a_till_wait_in_turn(
    shop: Loyalty,
    ada: Customer,
    meanwhile: Meanwhile,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """CU-07: cards before customers, so that neither has to begin anew."""
    rules = cards.Reward(
        tiers=[cards.RewardTier("cake", "Cake", 100)],
        grants=[cards.OnTag("vip", "cake")],
    )
    card = shop.cards.issue(shop.templates.create("Rewards", rules).id, to=ada.id)
    pauses: list[int] = []
    monkeypatch.setattr(Shell, "_pause", lambda _, tries: pauses.append(tries))
    meanwhile.at(
        customers,
        "planned_changes",
        lambda: shop.cards.record_purchase(card.id, "10.00"),
    )
    shop.files.import_customers("phone,tags\n+4930901820,vip\n")
    meanwhile.end()

    assert [] == pauses
    assert 1 == shop.customers.get(ada.id).purchases


@pytest.mark.parametrize("reached", ["with_cards", "move_all"])
def test_a_purchase_while_its_customer_is_merged(
    shop: Loyalty, ada: Customer, twin: Customer, meanwhile: Meanwhile, reached: str
) -> None:
    """CU-18: it counts for who they turned out to be, whichever was first."""
    template = shop.templates.create("Points", cards.Cashback(percent=3))
    card = shop.cards.issue(template.id, to=ada.id)
    meanwhile.at(merging, reached, lambda: shop.cards.record_purchase(card.id, "10.00"))
    shop.customers.merge(ada.id, into=twin.id)
    meanwhile.end()

    assert 1 == shop.customers.get(twin.id).purchases
    assert () == shop.verify().problems
