"""What a posting is given, and what it gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs

from loyaltycore.errors import InvalidMoment, InvalidValue, UnknownTemplate
from loyaltycore.ledger.decision import Till
from loyaltycore.records import templates as template_records
from loyaltycore.values.days import utc
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from loyaltycore.cards.card import CardTemplate
    from loyaltycore.cards.contract import CardType
    from loyaltycore.errors import Refusal
    from loyaltycore.ledger.transactions import Facts, Transaction, Unit
    from loyaltycore.ports import Clock, Ids
    from loyaltycore.program.program import Program
    from loyaltycore.query.predicates import Row

__all__ = ["NOBODY", "By", "Desk", "Posted", "Quote", "Request", "Shown"]


@attrs.frozen(kw_only=True)
class By:
    """Who does something that nobody was named for, and where."""

    actor_id: str | None = None
    location_id: str | None = None


NOBODY: Final = By()


@attrs.frozen(kw_only=True)
class Desk:
    """
    What all postings of a program share.

    Attributes:
        card_types: the known card types by kind.
        templates: those that were read, by id, with the row that they were read from.
            A version number alone does not tell: one that was rolled back is given
            again, to other rules.
    """

    program: Program
    clock: Clock
    ids: Ids
    card_types: Mapping[str, type[CardType[Any]]]
    templates: dict[str, tuple[Row, CardTemplate]] = attrs.field(
        factory=dict[str, "tuple[Row, CardTemplate]"], eq=False, repr=False
    )

    def under(self, clock: Clock) -> Desk:
        """Return the same desk with another clock, sharing what was read."""
        return attrs.evolve(self, clock=clock)

    def now(self) -> datetime:
        """The present moment in UTC."""
        return utc(self.clock.now())

    def moment(self, field: str, moment: datetime, now: datetime) -> datetime:
        """
        Check a moment that a caller gave: aware, and not after *now*.

        Raises:
            InvalidMoment: it is naive or in the future.
        """
        moment = utc(moment)
        if moment > now:
            raise InvalidMoment(f"{field} lies in the future; check the clock.")
        return moment

    def known_template(self, row: Row) -> CardTemplate | None:
        """The template of a row, if its rules were read before."""
        read_from, template = self.templates.get(row["id"], (None, None))
        return template if read_from == row else None

    def template(self, row: Row) -> CardTemplate:
        """
        The template of a row; its rules are read once for each version.

        Raises:
            UnknownTemplate: of a card type that this program was not given.
        """
        known = self.known_template(row)
        if known is None:
            known = self.template_of(row)
            self.templates[known.id] = (row, known)
        return known

    def template_of(self, row: Row) -> CardTemplate:
        """
        Read a template, or an old version of one.

        Raises:
            UnknownTemplate: of a card type that this program was not given.
        """
        if row["kind"] not in self.card_types:
            raise UnknownTemplate(row["id"])
        return template_records.template_of(row, self.card_types)


def _check_text(field: str, value: object) -> None:
    if type(value) is not str or not value:
        raise InvalidValue(field, "give a text that is not empty, or leave it out.")
    if len(value) > _TEXT_MAX:
        raise InvalidValue(field, f"at most {_TEXT_MAX} characters.")


_TEXT_MAX = 255


@attrs.frozen(kw_only=True)
class Request:
    """
    What a caller asks to be posted.

    Attributes:
        command: as JSON data; see ``cards.commands.describe``.
        key: idempotency key, at most 255 characters; unique in the program.
        occurred_at: when it happened, if that was before now.
        source: api, scanner, dashboard, import, automation, referral, journey, system.
        is_quiet: nobody is told; its message counts as sent.
    """

    card_id: str
    command: Facts
    key: str | None = None
    receipt_id: str | None = None
    location_id: str | None = None
    terminal_id: str | None = None
    actor_id: str | None = None
    occurred_at: datetime | None = None
    source: str = "api"
    is_quiet: bool = False

    def __attrs_post_init__(self) -> None:
        for name in ("key", "receipt_id", "location_id", "terminal_id", "actor_id"):
            value = getattr(self, name)
            if value is not None:
                _check_text(name, value)

    def facts(self) -> Facts:
        """All that was asked, for the journal and for telling a replay."""
        facts: dict[str, object] = dict(self.command)
        for name in ("receipt_id", "location_id", "terminal_id"):
            value = getattr(self, name)
            if value is not None:
                facts[name] = value
        if self.occurred_at is not None:
            facts["occurred_at"] = utc(self.occurred_at).isoformat()
        return facts


@attrs.frozen(kw_only=True)
class Posted:
    """
    A transaction as it was written, and what the till shows.

    Attributes:
        replayed: nothing was written; the key, or the void, had been posted before.
    """

    transaction: Transaction
    scales: Mapping[Unit, int]
    replayed: bool = False

    @property
    def id(self) -> str:
        """The transaction's id."""
        return self.transaction.id

    @property
    def till(self) -> Till:
        """What the till shows."""
        return Till.of(self.transaction.till)

    @property
    def balances(self) -> dict[str, Decimal]:
        """Every unit's balance after the transaction; look up by ``"point"``."""
        return _decimals(self.transaction.till["balances"], self.scales)


@attrs.frozen(kw_only=True)
class Shown:
    """
    What the till shows of a card as it stands; nothing was asked of it.

    Attributes:
        ends_next: by unit, the first moment at which some of those that count no longer
            do, and how many smallest units that are; without units that never end.
    """

    till: Till
    scales: Mapping[Unit, int]
    ends_next: Mapping[Unit, tuple[datetime, int]]

    @property
    def next_expiry(self) -> dict[str, tuple[datetime, Decimal]]:
        """As *ends_next*, with numbers as people read them."""
        return {
            unit: (moment, from_units(n, self.scales[unit]))
            for unit, (moment, n) in self.ends_next.items()
        }

    @property
    def balances(self) -> dict[str, Decimal]:
        """Every unit's balance now; look up by ``"point"``."""
        return _decimals(self.till.balances, self.scales)


@attrs.frozen(kw_only=True)
class Quote:
    """
    What a command would do now; nothing was written.

    Attributes:
        refusal: why it would be refused, or None.
        till: what the till would show, or None.
    """

    refusal: Refusal | None
    till: Till | None
    scales: Mapping[Unit, int]

    @property
    def balances(self) -> dict[str, Decimal] | None:
        """Every unit's balance after the command, or None."""
        return None if self.till is None else _decimals(self.till.balances, self.scales)


def _decimals(
    balances: Mapping[Unit, int], scales: Mapping[Unit, int]
) -> dict[str, Decimal]:
    return {unit: from_units(balances[unit], scales[unit]) for unit in balances}
