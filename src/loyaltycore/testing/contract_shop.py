"""A programme on the store: races at the till, retries, and books that add up."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from loyaltycore import cards
from loyaltycore.errors import Conflict, Duplicate, Refusal, Unavailable
from loyaltycore.loyalty import Loyalty
from loyaltycore.program.program import Program
from loyaltycore.testing import contract_rows as a
from loyaltycore.testing.race_kit import RACES, run_race


if TYPE_CHECKING:
    from collections.abc import Generator

    from loyaltycore.ports import Session, Store

__all__ = ["ShopContract"]

_CAFE = Program(id=a.CAFE, currency="EUR", zone="Europe/Berlin")


class _Losing:
    """A store that loses a few writing sessions when they are about to commit."""

    def __init__(self, store: Store, error: Exception, losses: int) -> None:
        self._store = store
        self._error = error
        self._losses = losses

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def session(self, *, write: bool = True) -> Generator[Session]:
        """Open one of the store's, and spoil its end."""
        with self._store.session(write=write) as session:
            yield session
            if write and self._losses:
                self._losses -= 1
                raise self._error


class ShopContract:
    """What a store is for."""

    @pytest.mark.parametrize("kind", RACES)
    def test_one_wins(self, store: Store, kind: str) -> None:
        """Of eight at the same moment exactly one gets what there is once."""
        shop = Loyalty(store, _CAFE)

        assert run_race(RACES[kind], shop).problems == []
        assert not shop.verify().problems

    @pytest.mark.parametrize("error", [Conflict, Duplicate, Unavailable])
    def test_a_lost_race_is_run_again(
        self, store: Store, error: type[Exception]
    ) -> None:
        """A session that was lost leaves nothing, and is done again by itself."""
        shop = Loyalty(store, _CAFE)
        template = shop.templates.create("Coffee", cards.Stamp(reward="Coffee"))
        card = shop.cards.issue(template.id, to=shop.customers.register().id).id
        losing: Any = _Losing(store, error("Somebody else was faster."), 3)

        Loyalty(losing, _CAFE).cards.add_stamps(card, 2)

        assert shop.cards.show(card).balances["stamp"] == 2  # noqa: PLR2004 - as added
        assert not shop.verify().problems

    def test_the_books_add_up(self, store: Store) -> None:
        """A little of everything, one by one and in a batch; then it is counted."""
        shop = Loyalty(store, _CAFE)
        template = shop.templates.create("Points", cards.Cashback(percent=10))
        ada = shop.customers.register(first_name="Ada", phone="+493012345678")
        card = shop.cards.issue(template.id, to=ada.id).id
        sale = shop.cards.record_purchase(card, "80.00", key="a", receipt_id="R-1")
        shop.cards.redeem_points(card, "3.00")
        shop.transactions.refund(sale.id, "20.00")
        with shop.batch() as batch:
            for number in range(20):
                batch.cards.record_purchase(card, "10.00", key=f"batch/{number}")
            with pytest.raises(Refusal):
                batch.cards.redeem_points(card, "999.00")
            again = batch.cards.record_purchase(
                card, "80.00", key="a", receipt_id="R-1"
            )
        shop.transactions.void(shop.cards.record_purchase(card, "5.00").id)

        assert again.replayed
        assert str(shop.cards.show(card).balances["point"]) == "23.00"
        assert [each.id for each in shop.customers.search("ada")] == [ada.id]
        assert not shop.verify().problems
