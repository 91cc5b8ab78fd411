"""What a card does with packages of visits: sell them, and take them back."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import attrs

from loyaltycore.cards.contract import CardType
from loyaltycore.cards.packages import (
    Package,
    PackageRefund,
    check_packages,
    given_packages,
    worth_of,
)
from loyaltycore.cards.settings import (
    above_zero,
    an_expiry,
    check_amount,
    member_of,
)
from loyaltycore.errors import InvalidValue, Refusal
from loyaltycore.ledger.taking_back import not_reversible
from loyaltycore.ledger.transactions import EntryKind, TransactionKind, Unit
from loyaltycore.values.expiry import ExpiryPolicy, Never
from loyaltycore.values.money import Amount, minor_units, optional_amount


if TYPE_CHECKING:
    from loyaltycore.cards.multipass_commands import AddVisits
    from loyaltycore.ledger.decision import Outcome
    from loyaltycore.ledger.draft import Draft
    from loyaltycore.ledger.original import Original

__all__ = ["Packaged"]

CommandT = TypeVar("CommandT")


@attrs.frozen(kw_only=True)
class Packaged(CardType[CommandT]):
    """
    Rules of visits that are paid beforehand.

    Attributes:
        packages: at most 100 that are sold; visits can be sold without one, too.
        visit_expiry: when visits stop counting whose package does not say it.
        package_refund: what unused visits are worth when they are given back.
        list_price: of a single visit; needed where used ones are counted by it.

    Raises:
        InvalidValue, InvalidAmount: a field that cannot be.
    """

    packages: tuple[Package, ...] = attrs.field(
        default=(), converter=given_packages, validator=check_packages
    )
    visit_expiry: ExpiryPolicy = attrs.field(default=Never(), validator=an_expiry)
    package_refund: PackageRefund = attrs.field(
        default=PackageRefund.PRO_RATA, validator=member_of(PackageRefund)
    )
    list_price: Amount | None = attrs.field(
        default=None, converter=optional_amount, validator=above_zero
    )

    def __attrs_post_init__(self) -> None:
        is_needed = self.package_refund is PackageRefund.LIST_PRICE
        if is_needed and self.list_price is None:
            raise InvalidValue("list_price", "say what a single visit costs.")

    def check(self, currency: str) -> None:
        """See ``CardType.check``."""
        super().check(currency)
        check_amount("list_price", self.list_price, currency)
        for package in self.packages:
            check_amount("price", package.price, currency)

    def expiry_of(self, unit: Unit, draft: Draft) -> ExpiryPolicy:
        """See ``CardType.expiry_of``."""
        if unit is Unit.VISIT:
            return self.visit_expiry
        return super().expiry_of(unit, draft)

    def sell(self, draft: Draft, command: AddVisits) -> Outcome:
        """
        Credit visits that know their package, and pin how they are given back.

        Raises:
            InvalidValue: the card has no package of that name.
        """
        package, currency = self._package(command.package), draft.context.currency
        n, paid = command.n, command.purchase_amount
        expiry, rule = self.visit_expiry, ""
        if package is not None:
            n = n or package.visits
            paid = package.price if paid is None else paid
            expiry, rule = package.validity or expiry, package.name
        assert n is not None, "a command says how many visits, or which package"
        draft.credit(Unit.VISIT, n, rule=rule, expiry=expiry)
        pinned: dict[str, object] = {"returns": self.package_refund.value}
        if self.list_price is not None:
            pinned["list_price"] = minor_units(self.list_price, currency)
        return draft.outcome(
            TransactionKind.EARN,
            self.till(draft),
            purchase_amount=None if paid is None else minor_units(paid, currency),
            pinned=pinned,
        )

    def refund_of(
        self, draft: Draft, original: Original, asked: int | None
    ) -> int | Refusal:
        """Give unused visits of a sale back for what they are worth."""
        if asked is not None or original.redeemed:
            return super().refund_of(draft, original, asked)
        sale, pinned = original.entries[0], original.transaction.pinned
        assert sale.lot is not None, "a sale of visits opens a lot of them"
        lot = draft.lot(sale.lot)
        kept = original.stands()[0]
        worth = worth_of(pinned, original.net, kept, lot.remaining)
        if not worth:
            why = f"{lot.remaining} visits of it are left, which are worth nothing."
            return not_reversible(original.transaction, why)
        draft.take_from(lot, lot.remaining, kind=EntryKind.CLAWBACK, reverses=0)
        return worth

    def _package(self, name: str | None) -> Package | None:
        if name is None:
            return None
        for package in self.packages:
            if package.name == name:
                return package
        names = ", ".join(package.name for package in self.packages) or "none"
        raise InvalidValue("package", f"one that the card sells: {names}.")
