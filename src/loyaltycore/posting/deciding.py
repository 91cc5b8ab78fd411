"""Load what a decision misses until it can be taken, after what has fallen due."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from loyaltycore.cards.any_card import decide_any
from loyaltycore.cards.validity import decide_if_valid
from loyaltycore.errors import CommandNotSupported, Refusal
from loyaltycore.ledger.commands import CardCommand
from loyaltycore.ledger.decision import Context, Missing, MoreLots, Outcome
from loyaltycore.ledger.due import post_due
from loyaltycore.ledger.taking import counts
from loyaltycore.posting.account import Loader
from loyaltycore.posting.desk import Request
from loyaltycore.posting.writing import Step
from loyaltycore.values.days import NEVER


if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from loyaltycore.cards.card import CardTemplate
    from loyaltycore.ledger.holding import Holding
    from loyaltycore.ledger.transactions import Unit
    from loyaltycore.ports import Session
    from loyaltycore.posting.account import Account
    from loyaltycore.posting.desk import Desk

__all__ = ["Decide", "Decision", "decider", "decision_on", "if_valid"]

Decide: TypeAlias = "Callable[[CardTemplate, Holding, Context], Outcome | Refusal]"

T = TypeVar("T")

_DUE = {"type": "Due"}


def decider(command: object) -> Decide:
    """How a command is decided: by the card's type, or by the ledger for all types."""

    def decide(
        template: CardTemplate, holding: Holding, context: Context
    ) -> Outcome | Refusal:
        rules = template.rules
        if isinstance(command, CardCommand):
            return decide_any(rules, holding, command, context)
        if not isinstance(command, rules.commands):
            name = type(command).__name__
            has = ", ".join(each.__name__ for each in rules.commands)
            message = f"A {rules.kind} card has no {name}; it has {has}."
            return CommandNotSupported(message, command=name)
        return rules.decide(holding, command, context)

    return decide


def if_valid(account: Account, decide: Decide) -> Decide:
    """Ask the card, and the conditions of its template, beside the rules."""

    def decide_all(
        template: CardTemplate, holding: Holding, context: Context
    ) -> Outcome | Refusal:
        rules = partial(decide, template, holding, context)
        return decide_if_valid(account.card, template.conditions, context, rules)

    return decide_all


class Decision:
    """
    One card at a moment, with what has fallen due on it posted in memory.

    Attributes:
        holding: as it is now.
        context: of what is asked now.
        steps: what fell due.
        next_due_at: nothing else falls due before.
    """

    def __init__(
        self,
        session: Session,
        desk: Desk,
        account: Account,
        context: Context,
        *,
        ends_now: bool = False,
    ) -> None:
        self._loader = Loader(session, desk.program.id, account.card)
        self._account = account
        self.holding = account.holding
        self.context = context
        self.steps: list[Step] = []
        self.next_due_at = account.next_due_at
        if ends_now or context.at >= account.next_due_at:
            self._post_due(ends_now=ends_now)

    def take(self, decide: Decide) -> Outcome | Refusal:
        """Decide, loading whatever is missing on the way."""
        template = self._account.template
        return self._seeing_all(lambda: decide(template, self.holding, self.context))

    def _post_due(self, *, ends_now: bool) -> None:
        at, card = self.context.at, self._account.card
        ends_at = at if ends_now else card.expires_at or NEVER
        conditions = self._account.template.conditions
        forfeits = ends_now or conditions.forfeit_on_card_expiry
        self.holding, self.next_due_at = self._loader.due(
            self.holding, at, every=forfeits and ends_at <= at
        )
        if ends_at > at:
            self.next_due_at = min(self.next_due_at, ends_at)
        end = ends_at if forfeits else NEVER
        card_id = card.id
        request = Request(card_id=card_id, command=_DUE, source="system")
        rules = self._account.template.rules

        def all_due() -> list[tuple[datetime, Outcome]]:
            opened_by = self._loader.opened_by
            return list(post_due(self.holding, self.context, rules, opened_by, end))

        due = self._seeing_all(all_due)
        self.steps = [Step(instant, outcome, request) for instant, outcome in due]
        for _, outcome in due:
            self.holding = outcome.after
            self.context = self.context.behind(outcome)

    def next_expiry(self) -> dict[Unit, tuple[datetime, int]]:
        """By unit, when some of those that count end next, and how many then."""
        found: dict[Unit, tuple[datetime, int]] = {}
        for unit, total in self.holding.totals.items():
            if total.remaining > total.pending:
                first, units = self._soonest_of(unit)
                if first < NEVER:
                    found[unit] = (first, units)
        return found

    def _soonest_of(self, unit: Unit) -> tuple[datetime, int]:
        """When the first of a unit's lots end, and what is left in those."""
        while True:
            deadline = self.holding.total(unit).deadline
            ends: Counter[datetime] = Counter()
            for lot in self.holding.lots.values():
                if counts(lot, unit):
                    own = deadline if lot.slides else lot.expires_at
                    ends[own or NEVER] += lot.remaining
            first = min(ends, default=NEVER)
            last_loaded = self.holding.loaded_to.get(unit)
            is_known = last_loaded is not None and last_loaded[0] > first
            if is_known or unit in self.holding.complete:
                return first, ends[first]
            need = MoreLots(unit)
            self.holding, _ = self._loader.load(need, self.holding, self.context)

    def _seeing_all(self, decide: Callable[[], T]) -> T:
        while True:
            try:
                return decide()
            except Missing as missing:
                self.holding, self.context = self._loader.load(
                    missing.need, self.holding, self.context
                )


def decision_on(
    session: Session,
    desk: Desk,
    account: Account,
    *,
    occurred_at: datetime | None = None,
    location_id: str | None = None,
    ends_now: bool = False,
) -> Decision:
    """
    Stand before a card at the desk's present moment.

    Args:
        ends_now: everything on it is forfeited at this moment.

    Raises:
        InvalidMoment: *occurred_at* is naive or in the future.
    """
    now = desk.now()
    at = max(now, account.holding.last_at)
    happened = at
    if occurred_at is not None:
        happened = desk.moment("occurred_at", occurred_at, now)
    context = Context(
        program=desk.program,
        at=at,
        occurred_at=happened,
        customer=account.customer,
        issued_at=account.card.issued_at,
        location_id=location_id,
    )
    return Decision(session, desk, account, context, ends_now=ends_now)
