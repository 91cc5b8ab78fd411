"""What can be done with a card now, and why the rest cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.errors import InvalidInput, Refusal
from loyaltycore.posting.account import open_account
from loyaltycore.posting.deciding import decider, decision_on, if_valid


if TYPE_CHECKING:
    from loyaltycore.errors import LoyaltyError
    from loyaltycore.ports import Session
    from loyaltycore.posting.account import Account
    from loyaltycore.posting.deciding import Decision
    from loyaltycore.posting.desk import Desk

__all__ = ["Action", "actions"]


@attrs.frozen(kw_only=True)
class Action:
    """
    One kind of command, and whether the smallest of its kind would be accepted.

    Attributes:
        name: the command's class, such as ``ClaimReward``.
        command: the smallest one, which was tried.
        reason: why not, or None.
    """

    name: str
    command: object
    reason: LoyaltyError | None = None

    @property
    def is_possible(self) -> bool:
        """Can it be done now?"""
        return self.reason is None

    @property
    def code(self) -> str | None:
        """The reason's code, or None."""
        return None if self.reason is None else self.reason.code

    def __str__(self) -> str:
        return self.name if self.reason is None else f"{self.name}: {self.reason}"


def actions(session: Session, desk: Desk, card_id: str) -> tuple[Action, ...]:
    """Try the smallest of each command that the card's type takes; write nothing."""
    account = open_account(session, desk, card_id, None, lock=False)
    decision = decision_on(session, desk, account)
    rules, currency = account.template.rules, desk.program.currency
    return tuple(
        _tried(decision, account, rules.smallest(each, currency))
        for each in rules.commands
    )


def _tried(decision: Decision, account: Account, command: object) -> Action:
    reason: LoyaltyError | None = None
    try:
        outcome = decision.take(if_valid(account, decider(command)))
    except InvalidInput as error:
        reason = error
    else:
        reason = outcome if isinstance(outcome, Refusal) else None
    return Action(name=type(command).__name__, command=command, reason=reason)
