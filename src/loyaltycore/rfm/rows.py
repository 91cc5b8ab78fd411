"""One customer's line in a table of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs


if TYPE_CHECKING:
    from loyaltycore.rfm.cuts import Score
    from loyaltycore.rfm.purchases import Habit


__all__ = ["RfmRow"]


@attrs.frozen
class RfmRow:
    """
    One customer's habit and its scores.

    Attributes:
        habit: what the purchases come to.
        score: where that stands among all customers of the table.
    """

    habit: Habit
    score: Score

    @property
    def customer_id(self) -> str:
        """Who."""
        return self.habit.customer_id
