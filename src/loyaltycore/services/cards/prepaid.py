"""What is done with multipasses and certificates, spelled out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Unpack

from loyaltycore.cards.certificate_commands import Activate, LoadMoney, RedeemMoney
from loyaltycore.cards.multipass_commands import (
    AddVisits,
    RedeemVisits,
    SubtractVisits,
)


if TYPE_CHECKING:
    from loyaltycore.cards.commands import AmountLike
    from loyaltycore.posting import Posted
    from loyaltycore.services.cards.till import Options

__all__ = ["PrepaidCards"]


class PrepaidCards(ABC):
    """Commands of cards that are paid beforehand, one line each."""

    @abstractmethod
    def post(self, card_id: str, command: object, **options: Unpack[Options]) -> Posted:
        """Do what a command says and return the transaction."""

    def add_visits(
        self,
        card_id: str,
        n: int | None = None,
        *,
        package: str | None = None,
        purchase_amount: AmountLike | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``AddVisits``."""
        command = AddVisits(n, package=package, purchase_amount=purchase_amount)
        return self.post(card_id, command, **options)

    def redeem_visits(
        self, card_id: str, n: int = 1, **options: Unpack[Options]
    ) -> Posted:
        """Post ``RedeemVisits``."""
        return self.post(card_id, RedeemVisits(n), **options)

    def subtract_visits(
        self, card_id: str, n: int = 1, **options: Unpack[Options]
    ) -> Posted:
        """Post ``SubtractVisits``."""
        return self.post(card_id, SubtractVisits(n), **options)

    def activate(
        self,
        card_id: str,
        *,
        purchase_amount: AmountLike | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``Activate``."""
        command = Activate(purchase_amount=purchase_amount)
        return self.post(card_id, command, **options)

    def load_money(
        self,
        card_id: str,
        amount: AmountLike,
        *,
        purchase_amount: AmountLike | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``LoadMoney``."""
        command = LoadMoney(amount, purchase_amount=purchase_amount)
        return self.post(card_id, command, **options)

    def redeem_money(
        self,
        card_id: str,
        amount: AmountLike | None = None,
        *,
        order_total: AmountLike | None = None,
        **options: Unpack[Options],
    ) -> Posted:
        """Post ``RedeemMoney``."""
        command = RedeemMoney(amount, order_total=order_total)
        return self.post(card_id, command, **options)
