"""
The choices behind a table of scores: which day, which purchases, what is counted.

Owns the choices and their limits; knows no purchase and no score.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal, TypeAlias, get_args

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm.checks import check_choice, check_day, check_number


__all__ = ["BINS_MAX", "Frequency", "Monetary", "Refunds", "RfmSpec"]

#: What a refund does: lower the money, nothing at all, or stop the work.
Refunds: TypeAlias = Literal["net", "exclude", "error"]

#: What frequency counts: purchases, or days with at least one purchase.
Frequency: TypeAlias = Literal["purchases", "days"]

#: What the monetary value is: the sum of the purchases, or their mean.
Monetary: TypeAlias = Literal["sum", "mean"]

#: The finest scale: twenty scores, 8,000 cells in a segment table.
BINS_MAX: Final = 20


@attrs.frozen(kw_only=True)
class RfmSpec:
    """
    How a table of scores was asked for; two equal ones on equal data score equally.

    Attributes:
        as_of: the local day the customers are looked at; later rows are left out.
        bins: how many scores each measure has, 2 to 20.
        since: the first local day that counts; ``None`` counts from the beginning.
        refunds: ``"net"`` lowers the monetary value, ``"exclude"`` leaves refunds
            out, ``"error"`` refuses data that has any.
        frequency: ``"purchases"``, or ``"days"`` with at least one purchase.
        monetary: ``"sum"``, or ``"mean"`` per purchase.

    Raises:
        InvalidValue: a day is no plain date, ``since`` is after ``as_of``, ``bins`` is
            out of its limits, or a choice has another name.
    """

    as_of: date
    bins: int = 5
    since: date | None = None
    refunds: Refunds = "net"
    frequency: Frequency = "purchases"
    monetary: Monetary = "sum"

    def __attrs_post_init__(self) -> None:
        check_day("as_of", self.as_of)
        check_number("bins", self.bins, at_least=2, at_most=BINS_MAX)
        check_choice("refunds", self.refunds, get_args(Refunds))
        check_choice("frequency", self.frequency, get_args(Frequency))
        check_choice("monetary", self.monetary, get_args(Monetary))
        if self.since is not None:
            check_day("since", self.since)
            if self.since > self.as_of:
                remedy = f"pass {self.as_of} or an earlier day"
                raise InvalidValue("since", f"is after as_of; {remedy}")

    @property
    def first_day(self) -> date:
        """The first local day that counts; the calendar's first without ``since``."""
        return date.min if self.since is None else self.since
