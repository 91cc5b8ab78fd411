"""The customers' screen in any order, on two stores side by side."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.services.customer_play import CAFE, RULES, UNIQUE, Known, Twins

from loyaltycore import Loyalty, filters
from loyaltycore.ledger.transactions import Unit


if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.services.customer_play import Answer

EMAIL = "ada@example.com"
WHO = st.integers(0, 11)
PEOPLE = st.fixed_dictionaries(
    {},
    optional={
        "first_name": st.sampled_from(["Ada", "Bob", None]),
        "last_name": st.sampled_from(["Lovelace", "Ade", None]),
        "phone": st.sampled_from(["+4930901820", "+4930901821", None]),
        "email": st.sampled_from(["ada@example.com", "bob@example.com", None]),
        "external_id": st.sampled_from(["E-1", "E-2", None]),
        "gender": st.sampled_from(["female", None]),
        "fields": st.fixed_dictionaries(
            {}, optional={"badge": st.integers(1, 2), "pet": st.just("Rex")}
        ),
    },
)
FILTERS = (
    filters.points.at_least(1),
    ~filters.points.at_least(1),
    filters.name.contains("ad"),
    filters.phone.is_known(),
    filters.field("badge").is_known(),
    filters.tags.has("vip"),
    filters.activity.is_("inactive"),
    filters.status.is_("open") & filters.stamps.at_least(1),
    filters.consent("sms", "marketing").is_given(),
    filters.rating.at_least(3) | filters.purchases.more_than(1),
    filters.card_status.is_("installed"),
    filters.average_value.at_least(10),
    filters.last_transaction.within_last(9),
)
SAID = [
    "note",
    "tag",
    "untag",
    "give",
    "no",
    "rate",
    "block",
    "rest",
    "reopen",
    "reopen",
    "away",
]
STAMPS = ["keep", "sum"]
SCALE = RULES["points"].scales("EUR")[Unit.POINT]
KINDS = {
    "buy": "points",
    "pay": "points",
    "hold": "points",
    "stamp": "stamps",
    "claim": "stamps",
    "coupon": "coupon",
}
PAUSES = (timedelta(), timedelta(minutes=20), timedelta(days=9), timedelta(days=40))


class CustomerMachine(RuleBasedStateMachine):
    """Customers of a café, and all that managers do with them."""

    def __init__(self) -> None:
        super().__init__()
        self.twins = Twins()
        self.people: list[str] = []
        self.into: dict[str, str] = {}
        self.gone: set[str] = set()
        self.templates: dict[str, str] = {}
        self.cards: dict[str, str] = {}
        self.posted: list[str] = []
        self.tokens: dict[str, str] = {}
        self.segments: list[str] = []

    # -- what is known -----------------------------------------------------------------

    def ask(self, question: Callable[[Loyalty], Any]) -> Answer:
        """Ask both programmes."""
        return self.twins.ask(question)

    def known(self) -> Known:
        """Everything, as the rows say it."""
        return Known(self.twins.rows())

    def one(self, who: int, *but: str) -> str:
        """Return the id of somebody living, or now and then of anybody."""
        among = sorted(self.living.difference(but)) if who < 10 else []
        among = among or self.people
        return among[who % len(among)]

    def end(self, customer_id: str) -> str:
        """Return who somebody turned out to be."""
        while customer_id in self.into:
            customer_id = self.into[customer_id]
        return customer_id

    @property
    def living(self) -> set[str]:
        """Who is in every list."""
        return set(self.people) - set(self.into) - self.gone

    def taken(self, known: Known, person: dict[str, Any], but: str = "") -> bool:
        """Has somebody else something that only one may have?"""
        others = set()
        for name in UNIQUE:
            if person.get(name) is not None:
                others |= known.holders(name, person[name])
        badge = person.get("fields", {}).get("badge")
        return bool(others - {but}) or badge in {
            found.get("badge")
            for each in self.living - {but}
            for found in [self.fields_of(known, each)]
            if badge is not None
        }

    @staticmethod
    def fields_of(known: Known, customer_id: str) -> dict[str, Any]:
        """Return what the programme's own fields of somebody are."""
        found: dict[str, Any] = json.loads(known.customers[customer_id]["fields"])
        return found

    # -- who they are ------------------------------------------------------------------

    @initialize()
    def open(self) -> None:
        """Create a template of each kind, and two customers."""
        for kind, rules in RULES.items():
            made = self.ask(lambda shop, k=kind, r=rules: shop.templates.create(k, r))
            self.templates[kind] = made.value.id
        self.register({"first_name": "Ada", "phone": "+4930901820"})
        self.register({"first_name": "Bob", "email": "bob@example.com"})
        self.register({"last_name": "Ade", "phone": "+4930901821", "email": EMAIL})
        for kind in ("points", "points", "stamps", "stamps", "coupon"):
            self.issue(len(self.cards), kind)
        for which, what in enumerate(("buy", "buy", "stamp", "stamp")):
            self.use(which, what, 7)

    @rule(person=PEOPLE)
    def register(self, person: dict[str, Any]) -> None:
        """CU-01: somebody new comes; whose phone is another's, or too many, do not."""
        known, is_full = self.known(), len(self.living) >= (CAFE.quotas.customers or 0)
        came = self.ask(lambda shop: shop.customers.register(**person))

        if self.taken(known, person):
            assert came.code in {"duplicate_customer", "duplicate_field"}
        elif is_full:
            assert "quota_reached" == came.code
        else:
            self.people.append(came.value.id)

    @precondition(lambda self: self.gone or self.into)
    @rule(who=WHO)
    def replace(self, who: int) -> None:
        """CU-08, CU-18: somebody new has what one who is not living any more had."""
        lost = sorted(self.gone | {*self.into})
        row = self.known().customers[lost[who % len(lost)]]
        self.register({name: row[name] for name in UNIQUE})

    @rule(who=WHO, person=PEOPLE)
    def edit(self, who: int, person: dict[str, Any]) -> None:
        """CU-05: somebody has moved."""
        known, end = self.known(), self.end(self.one(who))
        done = self.ask(lambda shop: shop.customers.edit(self.one(who), **person))

        if end in self.gone:
            assert "customer_gone" == done.code
        else:
            assert self.taken(known, person, end) is (done.refused is not None)

    @rule(who=WHO, what=st.sampled_from(SAID))
    def say(self, who: int, what: str) -> None:
        """CU-05, CU-07: something is said of somebody, who may be stopped for it."""
        whose = self.one(who)
        asks: dict[str, Callable[[Loyalty], Any]] = {
            "note": lambda shop: shop.notes.add(whose, "Likes tea"),
            "tag": lambda shop: shop.tags.add(whose, "vip"),
            "untag": lambda shop: shop.tags.remove(whose, "vip"),
            "give": lambda shop: shop.consents.give(whose, "sms"),
            "no": lambda shop: shop.consents.withdraw(whose, "sms"),
            "rate": lambda shop: shop.feedback.record(whose, 4, text="Good"),
            "block": lambda shop: shop.customers.block(whose, "Fraud"),
            "rest": lambda shop: shop.customers.deactivate(whose, "Away"),
            "reopen": lambda shop: shop.customers.reopen(whose),
            "away": lambda shop: shop.customers.set_activity(whose, "inactive"),
        }
        said = self.ask(asks[what])

        assert (self.end(whose) in self.gone) is (said.code == "customer_gone")

    # -- who they are no longer --------------------------------------------------------

    @precondition(lambda self: len(self.living) > 1)
    @rule(who=WHO)
    def delete(self, who: int) -> None:
        """CU-08: somebody leaves."""
        whose = self.one(who)
        if self.ask(lambda shop: shop.customers.delete(whose)).refused is None:
            self.gone.add(self.end(whose))

    @precondition(lambda self: self.gone)
    @rule(who=WHO)
    def restore(self, who: int) -> None:
        """CU-08: somebody comes back, where nobody is in their place."""
        lost = sorted(self.gone)
        whose, known = lost[who % len(lost)], self.known()
        row = known.customers[whose]
        person = {name: row[name] for name in UNIQUE}
        person["fields"] = self.fields_of(known, whose)
        is_free = not self.taken(known, person, whose)
        is_full = len(self.living) >= (CAFE.quotas.customers or 0)
        back = self.ask(lambda shop: shop.customers.restore(whose))

        if row["status"] == "deleted":
            assert (is_free and not is_full) is (back.refused is None)
        if back.refused is None:
            self.gone.discard(whose)

    @precondition(lambda self: len(self.living) > 2)
    @rule(
        who=WHO,
        balance=st.sampled_from(["keep", "forfeit"]),
        release=st.booleans(),
    )
    def erase(self, who: int, balance: str, release: bool) -> None:
        """CU-19: somebody wants to be forgotten."""
        whose = self.one(who)
        done = self.ask(
            lambda shop: shop.customers.erase(whose, balance=balance, release=release)
        )
        if done.refused is None:
            self.gone.add(self.end(whose))
        else:
            assert "outstanding_units" == done.code
            assert not release

    @rule(
        who=WHO, other=WHO, fill=st.booleans(), stamps=st.sampled_from(["keep", "sum"])
    )
    def merge(self, who: int, other: int, fill: bool, stamps: str) -> None:
        """CU-18: two turn out to be one."""
        source = target = self.one(who)
        if other:
            target = self.one(other, *{source} & self.living)
        done = self.ask(
            lambda shop: shop.customers.merge(
                source, into=target, fill=fill, stamps=stamps
            )
        )
        if source != target and {source, target} <= self.living:
            assert None is done.refused or stamps == "sum"
        else:
            assert "not_mergeable" == done.code
        if done.refused is None:
            self.into[source] = target

    # -- cards -------------------------------------------------------------------------

    @rule(who=WHO, kind=st.sampled_from([*RULES]))
    def issue(self, who: int, kind: str) -> None:
        """Somebody gets a card."""
        whose = self.one(who)
        made = self.ask(lambda shop: shop.cards.issue(self.templates[kind], to=whose))
        if made.refused is None and made.value.id not in self.cards:
            self.cards[made.value.id] = kind

    @precondition(lambda self: self.cards)
    @rule(which=WHO, what=st.sampled_from(["install", "remove", "delete", "unblock"]))
    def handle(self, which: int, what: str) -> None:
        """A card is put on a phone, or comes off it."""
        card = [*self.cards][which % len(self.cards)]
        self.ask(lambda shop: getattr(shop.cards, what)(card))

    @precondition(lambda self: self.cards)
    @rule(
        which=WHO,
        what=st.sampled_from([*KINDS]),
        n=st.integers(1, 12),
    )
    def use(self, which: int, what: str, n: int) -> None:
        """A card is used at the till; some cannot be."""
        kind = KINDS[what]
        fit = [card for card, of in self.cards.items() if of == kind]
        card = fit[which % len(fit)]
        receipt = f"R-{n}"
        asks: dict[str, Callable[[Loyalty], Any]] = {
            "buy": lambda s: s.cards.record_purchase(card, n, receipt_id=receipt),
            "stamp": lambda s: s.cards.add_stamps(card, n),
            "claim": lambda s: s.cards.claim_reward(card),
            "coupon": lambda s: s.cards.redeem_coupon(card, n),
            "pay": lambda s: s.cards.subtract_points(card, n),
            "hold": lambda s: s.cards.hold(card, 1),
        }
        done = self.ask(asks[what])
        if done.refused is None:
            self.posted.append(done.value.id)

    @precondition(lambda self: self.posted)
    @rule(which=WHO, what=st.sampled_from(["void", "refund", "capture", "release"]))
    def take_back(self, which: int, what: str) -> None:
        """What was posted is taken back, all or a part, or settled."""
        one = self.posted[-1 - which % len(self.posted)]
        some = [1] if what == "refund" and which % 2 else []
        self.ask(lambda shop: getattr(shop.transactions, what)(one, *some))

    # -- lists, links, places ----------------------------------------------------------

    @rule(who=WHO, other=WHO, which=WHO)
    def list_some(self, who: int, other: int, which: int) -> None:
        """CU-12: a list is made, or somebody is put on it."""
        ids = [self.one(who), self.one(other)]
        if len(self.segments) < 4:
            name = f"List {len(self.segments)}"
            made = self.ask(lambda shop: shop.segments.create_static(name, ids))
            if made.refused is None:
                self.segments.append(made.value.id)
        else:
            segment = self.segments[which % len(self.segments)]
            self.ask(lambda shop: shop.segments.add(segment, ids))
            self.ask(lambda shop: shop.segments.remove(segment, ids[:1]))

    @rule(means=st.sampled_from(FILTERS))
    def watch(self, means: Any) -> None:
        """CU-12: a segment is made of a filter, and all are refreshed."""
        if len(self.segments) < 4:
            name = f"Segment {len(self.segments)}"
            made = self.ask(lambda shop: shop.segments.create(name, means))
            self.segments.append(made.value.id)
        for refreshed in self.ask(lambda shop: shop.segments.refresh()).value:
            segment = refreshed.segment
            page = self.ask(lambda shop, s=segment: shop.segments.members(s.id)).value
            inside = {customer.id for customer in page.customers}
            assert segment.members == len(inside)
            if segment.filter is not None:
                assert inside == self.meant(segment.filter)

    def meant(self, means: Any) -> set[str]:
        """Return whom a filter means, asked of one after the other."""
        return {
            each
            for each in self.living
            if self.ask(lambda shop, c=each: shop.filters.fits(means, c)).value
        }

    @rule(who=WHO)
    def link(self, who: int) -> None:
        """CU-16: somebody passes a link on."""
        whose = self.one(who)
        made = self.ask(lambda shop: shop.links.referral(whose))
        if self.end(whose) in self.gone:
            assert "dead_link" == made.code
        else:
            self.tokens[made.value.token] = whose

    @rule(what=st.sampled_from(["managers", "locations"]), which=WHO)
    def hire(self, what: str, which: int) -> None:
        """EN-16: a manager or a location comes, goes or comes back."""
        there = self.ask(lambda shop: getattr(shop, what).list(deleted=True)).value
        open_ = [each for each in there if each.deleted_at is None]
        rights = {"permissions": ()} if what == "managers" else {}
        if which > 2 or not there:
            came = self.ask(lambda shop: getattr(shop, what).add("Eva", **rights))
            assert (len(open_) < 2) is (came.refused is None)
            return
        one = there[which % len(there)]
        step = "restore" if one.deleted_at is not None else "delete"
        self.ask(lambda shop: getattr(getattr(shop, what), step)(one.id))

    @rule(pause=st.sampled_from(PAUSES), sweep=st.booleans())
    def wait(self, pause: timedelta, sweep: bool) -> None:
        """Time goes by."""
        self.twins.now += pause
        if sweep:
            self.ask(lambda shop: shop.upkeep.sweep())

    # -- what holds --------------------------------------------------------------------

    @precondition(lambda self: self.people)
    @invariant()
    def numbers_hold(self) -> None:
        """The tile and the list count whoever is living."""
        for count in (
            lambda shop: shop.reports.tiles().customers,
            lambda shop: shop.grid.count().customers,
        ):
            assert len(self.living) == self.ask(count).value

    @rule(means=st.sampled_from(FILTERS))
    def look(self, means: Any) -> None:
        """CU-10, CU-11: a list shows whom its filter means, and all is proved."""
        page = self.ask(lambda shop: shop.grid.page(filter=means, count="exact")).value

        assert self.meant(means) == {row.customer_id for row in page.rows}
        assert len(page.rows) == page.count.customers
        self.prove()

    def prove(self) -> None:
        """Everything is where it has to be, and nobody where they must not."""
        for shop in self.twins.shops:
            assert () == shop.verify().problems
        known = self.known()
        self.prove_search(known)
        assert known.members <= self.living
        for each in self.people:
            end = self.end(each)
            assert end == known.end(each)
            assert end == self.ask(lambda shop, c=each: shop.customers.get(c).id).value
            shown = self.ask(lambda shop, c=each: shop.customers.profile(c)).value
            self.ask(lambda shop, c=each: shop.customers.feed(c))
            self.ask(lambda shop, c=each: shop.customers.transactions(c))
            if end in self.living:
                self.prove_totals(known, end, shown.totals)
        for token, whose in self.tokens.items():
            led = self.ask(lambda shop, t=token: shop.links.resolve(t))
            if self.end(whose) in self.living:
                assert self.end(whose) == led.value.customer.id
            else:
                assert led.code in {"dead_link", "unknown_link"}

    def prove_search(self, known: Known) -> None:
        """CU-03: living customers are found, and nobody else."""
        for text in ("ada", "bob ade", "1820", "E-1", "ada@ex", "R-3"):
            found = self.ask(lambda shop, t=text: shop.customers.search(t)).value
            assert {each.id for each in found} <= self.living
        for field, value in (
            ("phone", "+4930901820"),
            ("phone", "+4930901821"),
            ("email", "ada@example.com"),
            ("external_id", "E-1"),
        ):
            clue: Any = {field: value}
            found = self.ask(lambda shop, c=clue: shop.customers.find_all(**c)).value
            assert known.holders(field, value) == {each.id for each in found}
            assert len(found) < 2

    @staticmethod
    def prove_totals(known: Known, whose: str, totals: Any) -> None:
        """CU-04: the profile says what the journal adds up to."""
        left, earned, redeemed, expired = known.points(whose)
        purchases, value = known.purchases(whose)

        assert (purchases, value) == (totals.purchases, totals.value.minor)
        assert earned == totals.points_lifetime.scaleb(SCALE)
        assert redeemed == totals.points_redeemed.scaleb(SCALE)
        # What has fallen due and is not posted yet is shown as expired.
        shown = (totals.points_available + totals.points_expired).scaleb(SCALE)
        assert Decimal(left + expired) == shown

    def teardown(self) -> None:
        """In the end everything is proved."""
        if self.people:
            self.prove()
        self.twins.close()


def run(examples: int, steps: int) -> None:
    """Play so many histories of so many steps."""
    run_state_machine_as_test(
        CustomerMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


def test_forty_histories_of_thirty_steps() -> None:
    """Whatever managers do in whatever order, everything adds up on both stores."""
    run(examples=40, steps=30)


@pytest.mark.soak
def test_two_thousand_histories_of_sixty_steps() -> None:
    """As above, for a night."""
    run(examples=2_000, steps=60)
