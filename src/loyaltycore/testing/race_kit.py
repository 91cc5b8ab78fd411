"""
Races: several at once want what only one can have.

Owns the kinds of races, how one is run, and how it is judged.  A kind is a line of
data; a card type that can be raced for something new adds one to its own tuple.

    kit = RACES["last reward"]
    assert not run_race(kit, shop).problems
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any, Final

import attrs

from loyaltycore import cards
from loyaltycore.errors import LoyaltyError, Refusal


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from loyaltycore.loyalty import Loyalty
    from loyaltycore.posting import Posted

__all__ = ["RACERS", "RACES", "Race", "RaceResult", "run_race"]

RACERS: Final = 8


@attrs.frozen
class Race:
    """
    What is raced for.

    Attributes:
        rules: the card type's; a card is issued under them.
        run: what every racer does, given the shop, the card's id, and what *before*
            returned.
        losers: the code of the refusal that all but one get; None: they get the
            winner's transaction, replayed.
        before: sets the scene.
    """

    name: str
    rules: Any
    run: Callable[[Loyalty, str, Any], Posted]
    losers: str | None
    before: Callable[[Loyalty, str], Any] = lambda _shop, _card: None


@attrs.frozen(kw_only=True)
class RaceResult:
    """
    How a race ended.

    Attributes:
        winners: ids of the transactions that were written.
        replays: ids that those got who were told of an earlier one.
        refusals: codes.
        failures: errors that are no refusals, such as a store that gave up.
    """

    race: Race
    winners: tuple[str, ...]
    replays: tuple[str, ...]
    refusals: tuple[str, ...]
    failures: tuple[LoyaltyError, ...]

    @property
    def problems(self) -> list[str]:
        """Whatever is not as it should be, in sentences; empty: one won."""
        found: list[str] = []
        if len(self.winners) != 1:
            found.append(f"{self.race.name}: {len(self.winners)} won.")
        if self.failures:
            found.append(f"{self.race.name}: {self.failures[0]!r}.")
        if self.race.losers is None:
            if self.refusals or {*self.replays} - {*self.winners}:
                found.append(f"{self.race.name}: a loser was not told of the winner.")
        elif self.replays or {*self.refusals} - {self.race.losers}:
            found.append(f"{self.race.name}: refused with {sorted({*self.refusals})}.")
        return found


def run_race(race: Race, shop: Loyalty, *, racers: int = RACERS) -> RaceResult:
    """
    Run a race on a new card, all racers at the same moment, each in a thread.

    Args:
        shop: the programme; a new customer, card and template are made in it.
    """
    template = shop.templates.create(race.name, race.rules)
    card = shop.cards.issue(template.id, to=shop.customers.register().id).id
    scene = race.before(shop, card)
    start = Barrier(racers)

    def racer(_: int) -> Posted | LoyaltyError:
        start.wait()
        try:
            return race.run(shop, card, scene)
        except LoyaltyError as error:
            return error

    with ThreadPoolExecutor(racers) as pool:
        return _judged(race, list(pool.map(racer, range(racers))))


def _judged(race: Race, results: Sequence[Posted | LoyaltyError]) -> RaceResult:
    posted = [each for each in results if not isinstance(each, LoyaltyError)]
    errors = [each for each in results if isinstance(each, LoyaltyError)]
    return RaceResult(
        race=race,
        winners=tuple(each.id for each in posted if not each.replayed),
        replays=tuple(each.id for each in posted if each.replayed),
        refusals=tuple(each.code for each in errors if isinstance(each, Refusal)),
        failures=tuple(each for each in errors if not isinstance(each, Refusal)),
    )


def _a_sale(shop: Loyalty, card: str) -> str:
    return shop.cards.record_purchase(card, "100.00").id


def _a_hold(shop: Loyalty, card: str) -> str:
    _a_sale(shop, card)
    return shop.cards.hold(card, "6.00").id


def _more_cards(shop: Loyalty, card: str) -> list[str]:
    """Issue one card of the same template for each racer."""
    template = shop.cards.get(card).template_id
    return [
        shop.cards.issue(template, to=shop.customers.register().id).id
        for _ in range(RACERS)
    ]


_COFFEE: Final = cards.Stamp(reward="Free coffee")
_DAILY: Final = cards.Stamp(reward="Free coffee", one_checkin_per_day=True)
_POINTS: Final = cards.Cashback(percent=10)
_COUPON: Final = cards.Coupon(offer=cards.Percent(10))
_CAMPAIGN: Final = cards.Coupon(offer=cards.Percent(10), max_redemptions=1)

_KINDS: Final = (
    Race(
        "last reward",
        _COFFEE,
        lambda shop, card, _: shop.cards.claim_reward(card),
        "insufficient_balance",
        lambda shop, card: shop.cards.post(card, cards.AddRewards()),
    ),
    Race(
        "one check-in a day",
        _DAILY,
        lambda shop, card, _: shop.cards.add_stamps(card),
        "limit_reached",
    ),
    Race(
        "points balance",
        _POINTS,
        lambda shop, card, _: shop.cards.redeem_points(card, "6.00"),
        "insufficient_balance",
        _a_sale,
    ),
    Race(
        "refund twice",
        _POINTS,
        lambda shop, _, sale: shop.transactions.refund(sale, "60.00"),
        "not_reversible",
        _a_sale,
    ),
    Race(
        "void twice",
        _POINTS,
        lambda shop, _, sale: shop.transactions.void(sale),
        None,
        _a_sale,
    ),
    Race(
        "capture twice",
        _POINTS,
        lambda shop, _, hold: shop.transactions.capture(hold),
        "not_reversible",
        _a_hold,
    ),
    Race(
        "certificate balance",
        cards.Certificate(initial="10.00"),
        lambda shop, card, _: shop.cards.post(card, cards.RedeemMoney("6.00")),
        "insufficient_balance",
    ),
    Race(
        "last visit",
        cards.Multipass(),
        lambda shop, card, _: shop.cards.post(card, cards.RedeemVisits()),
        "insufficient_balance",
        lambda shop, card: shop.cards.post(card, cards.AddVisits(1)),
    ),
    Race(
        "single-use coupon",
        _COUPON,
        lambda shop, card, _: shop.cards.post(card, cards.RedeemCoupon(10)),
        "already_redeemed",
    ),
    Race(
        "campaign limit",
        _CAMPAIGN,
        lambda shop, _, free: shop.cards.post(free.pop(), cards.RedeemCoupon(10)),
        "limit_reached",
        _more_cards,
    ),
    Race(
        "same key",
        _POINTS,
        lambda shop, card, _: shop.cards.record_purchase(card, "5.00", key=card),
        None,
    ),
)

#: Every kind by its name.
RACES: Final[Mapping[str, Race]] = {race.name: race for race in _KINDS}
