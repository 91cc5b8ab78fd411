"""Cards at the till: find them, show them, and post on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from loyaltycore.cards import commands as asked
from loyaltycore.cards.card import CardStatus
from loyaltycore.cards.commands import describe
from loyaltycore.cards.order_commands import RecordOrder, RedeemCoupon, ReserveCoupon
from loyaltycore.cards.tier_by_hand import SetTier
from loyaltycore.cards.validity import check_living
from loyaltycore.errors import UnknownCard
from loyaltycore.ledger.commands import Adjust, Hold, Transfer
from loyaltycore.posting import (
    Request,
    actions,
    decider,
    post,
    quote,
    show,
    transfer,
)
from loyaltycore.records import cards as records
from loyaltycore.services.cards.life import CardLife
from loyaltycore.services.cards.prepaid import PrepaidCards
from loyaltycore.values.codes import normalise_code


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime
    from decimal import Decimal

    from loyaltycore.cards.card import Card
    from loyaltycore.cards.commands import AmountLike
    from loyaltycore.cards.offers import Offer
    from loyaltycore.cards.orders import Order
    from loyaltycore.ledger.transactions import Unit
    from loyaltycore.ports import Ref
    from loyaltycore.posting import Action, Posted, Quote, Shown

__all__ = ["Cards", "Options"]


class Options(TypedDict, total=False):
    """
    What goes with any command.

    Attributes:
        key: your name for this intent; the same key again returns the first result.
        receipt_id: of the sale.
        location: where it happened.
        terminal: at which till.
        actor: the member of staff.
        occurred_at: when it happened, if that was before now.
        source: scanner, dashboard, api (the default), import, ...
    """

    key: str
    receipt_id: str
    location: str
    terminal: str
    actor: str
    occurred_at: datetime
    source: str


class Cards(CardLife, PrepaidCards):
    """Cards of the program."""

    def get(self, card_id: str) -> Card:
        """
        Return a card, even one that was deleted.

        Raises:
            UnknownCard: there is none with this id.
        """
        return self._one(records.card_ref(self._shell.program_id, card_id), card_id)

    def scan(self, serial: str) -> Card:
        """
        Return the card with a serial number, typed or scanned in any notation.

        Raises:
            UnknownCard: there is none.
            CardDeleted: it was deleted and no longer functions.
        """
        code = normalise_code(serial)
        card = self._one(records.serial_ref(self._shell.program_id, code), serial)
        check_living(card)
        return card

    def of(self, customer_id: str) -> list[Card]:
        """Return a customer's cards that were not deleted, oldest first."""
        query = records.cards_of_customer(self._shell.program_id, customer_id)
        rows = self._shell.read(lambda session: session.select(query)).rows
        cards = [records.card_of(row) for row in rows]
        return [card for card in cards if card.status is not CardStatus.DELETED]

    def show(self, card_id: str) -> Shown:
        """
        Return balances and till of a card as it stands now, without changing it.

        Raises:
            UnknownCard: there is no such card.
        """
        desk = self._shell.desk
        return self._shell.read(lambda session: show(session, desk, card_id))

    def actions(self, card_id: str) -> tuple[Action, ...]:
        """
        Say what can be done with a card now, and why the rest cannot.

        The smallest command of each kind that the card's type takes is tried, one stamp
        or one cent, and nothing is written.  A larger one may still be refused:
        ``quote`` tells.

        Raises:
            UnknownCard: there is no such card.
        """
        desk = self._shell.desk
        return self._shell.read(lambda session: actions(session, desk, card_id))

    def post(self, card_id: str, command: object, **options: Unpack[Options]) -> Posted:
        """
        Do what a command says and return the transaction.

        Args:
            options: ``key``, ``receipt_id``, ``location``, ``terminal``, ``actor``,
                ``occurred_at`` and ``source``; see ``Options``.  Only a key keeps a
                retry from counting twice; a receipt id is a label.

        Raises:
            Refusal: a rule says no; nothing was written.
            InvalidInput: something is malformed.
            UnknownCard: there is no such card.
        """
        desk, request = self._shell.desk, _request(card_id, command, options)
        if isinstance(command, Transfer):
            return self._shell.write(
                lambda session: transfer(session, desk, request, command)
            )
        decide = decider(command)
        return self._shell.write(lambda session: post(session, desk, request, decide))

    def quote(self, card_id: str, command: object, **options: Unpack[Options]) -> Quote:
        """Say what ``post`` would do now, without doing it."""
        request = _request(card_id, command, options)
        decide = decider(command)
        return self._shell.read(
            lambda session: quote(session, self._shell.desk, request, decide)
        )

    # -- the same, spelled out ---------------------------------------------------------

    def record_purchase(
        self,
        card_id: str,
        amount: AmountLike,
        *,
        items: Mapping[str, int] | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``RecordPurchase``."""
        command = asked.RecordPurchase(amount, items=items or {})
        return self.post(card_id, command, **options)

    def check_in(self, card_id: str, **options: Unpack[Options]) -> Posted:
        """Post ``CheckIn``."""
        return self.post(card_id, asked.CheckIn(), **options)

    def add_stamps(
        self,
        card_id: str,
        n: int = 1,
        *,
        purchase_amount: AmountLike | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``AddStamps``."""
        command = asked.AddStamps(n, purchase_amount=purchase_amount)
        return self.post(card_id, command, **options)

    def subtract_stamps(
        self, card_id: str, n: int = 1, **options: Unpack[Options]
    ) -> Posted:
        """Post ``SubtractStamps``."""
        return self.post(card_id, asked.SubtractStamps(n), **options)

    def claim_reward(
        self,
        card_id: str,
        milestone: int | None = None,
        *,
        n: int = 1,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``ClaimReward``."""
        return self.post(card_id, asked.ClaimReward(milestone, n=n), **options)

    def add_points(
        self, card_id: str, points: Decimal | int | str, **options: Unpack[Options]
    ) -> Posted:
        """Post ``AddPoints``."""
        return self.post(card_id, asked.AddPoints(points), **options)

    def subtract_points(
        self, card_id: str, points: Decimal | int | str, **options: Unpack[Options]
    ) -> Posted:
        """Post ``SubtractPoints``."""
        return self.post(card_id, asked.SubtractPoints(points), **options)

    def redeem_points(
        self,
        card_id: str,
        points: Decimal | int | str,
        *,
        order_total: AmountLike | None = None,
        confirm: Decimal | int | str | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``RedeemPoints``."""
        command = asked.RedeemPoints(points, order_total=order_total, confirm=confirm)
        return self.post(card_id, command, **options)

    def redeem_coupon(
        self,
        card_id: str,
        order: Order | AmountLike | None = None,
        *,
        beside: Iterable[Offer] = (),
        presented_by: str | None = None,
        purchase_amount: AmountLike | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``RedeemCoupon``."""
        command = RedeemCoupon(
            order,
            beside=beside,
            presented_by=presented_by,
            purchase_amount=purchase_amount,
        )
        return self.post(card_id, command, **options)

    def reserve_coupon(
        self,
        card_id: str,
        order: Order | AmountLike | None = None,
        *,
        beside: Iterable[Offer] = (),
        presented_by: str | None = None,
        minutes: int = 15,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``ReserveCoupon``; capture or release it with its transaction's id."""
        command = ReserveCoupon(
            order, beside=beside, presented_by=presented_by, minutes=minutes
        )
        return self.post(card_id, command, **options)

    def record_order(
        self, card_id: str, order: Order | AmountLike, **options: Unpack[Options]
    ) -> Posted:
        """Post ``RecordOrder``."""
        return self.post(card_id, RecordOrder(order), **options)

    def set_tier(
        self,
        card_id: str,
        tier: str | None,
        *,
        until: date | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``SetTier``."""
        return self.post(card_id, SetTier(tier, until=until), **options)

    # -- on cards of any type ----------------------------------------------------------

    def adjust(
        self,
        card_id: str,
        unit: Unit | str,
        amount: AmountLike,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``Adjust``: units by hand, up or down."""
        return self.post(card_id, Adjust(unit, amount), **options)

    def hold(
        self,
        card_id: str,
        amount: AmountLike,
        *,
        unit: Unit | str | None = None,
        minutes: int = 15,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``Hold``; capture or release it with its transaction's id."""
        command = Hold(amount, unit=unit, minutes=minutes)
        return self.post(card_id, command, **options)

    def transfer(
        self,
        card_id: str,
        amount: AmountLike,
        *,
        to: str,
        unit: Unit | str | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``Transfer``; the transaction is the one of the card that sends."""
        return self.post(card_id, Transfer(to, amount, unit), **options)

    def _one(self, ref: Ref, asked_for: str) -> Card:
        (row,) = self._shell.read(lambda session: session.get([ref]))
        if row is None:
            raise UnknownCard(asked_for)
        return records.card_of(row)


_FIELDS = {"location": "location_id", "terminal": "terminal_id", "actor": "actor_id"}


def _request(card_id: str, command: object, options: Options) -> Request:
    """
    Put together what was asked.

    Raises:
        TypeError: an option that there is not, as for any function.
    """
    unknown = options.keys() - Options.__optional_keys__
    if unknown:
        known = ", ".join(sorted(Options.__optional_keys__))
        message = f"unknown option {', '.join(sorted(unknown))}; there are {known}"
        raise TypeError(message)
    given: dict[str, Any] = {
        _FIELDS.get(name, name): value for name, value in options.items()
    }
    return Request(card_id=card_id, command=describe(command), **given)
