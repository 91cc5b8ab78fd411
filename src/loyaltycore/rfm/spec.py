"""
The choices behind a table of scores: which day, which purchases, what is counted.

Owns the choices and their limits; knows no purchase and no population.
"""

from __future__ import annotations

from datetime import date
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    Literal,
    TypeAlias,
    TypedDict,
    assert_never,
    get_args,
)

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm.checks import check_choice, check_day, check_number
from loyaltycore.rfm.cuts import BINS_MAX, VISITS_CUTS, Cuts, Shape
from loyaltycore.rfm.plain import check_keys, day_of, mapping_of


if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Choices",
    "Compat",
    "Frequency",
    "Later",
    "Method",
    "Monetary",
    "Refunds",
    "RfmSpec",
    "Rule",
]

#: How scores come about: by rank, by quantile, dealt out as SQL does, by cuts that you
#: bring, or by the fixed grid of days and visits.
Method: TypeAlias = Literal["rank", "quantile", "ntile", "thresholds", "fixed"]

#: Whose scores to reproduce instead.
Compat: TypeAlias = Literal["r-rfm"]

#: What a spec comes to: a rule by which cuts are observed, or cuts that are given.
Rule: TypeAlias = Literal["rank", "quantile", "ntile", "r-rfm", "given"]

#: What a refund does: lower the money, nothing at all, or stop the work.
Refunds: TypeAlias = Literal["net", "exclude", "error"]

#: What a row after the day does: stop the work, or nothing at all.
Later: TypeAlias = Literal["error", "exclude"]

#: What frequency counts: purchases, or days with at least one purchase.
Frequency: TypeAlias = Literal["purchases", "days"]

#: What the monetary value is: the sum of the purchases, or their mean.
Monetary: TypeAlias = Literal["sum", "mean"]

_UNIT_MAX: Final = 10**4


class Choices(TypedDict, total=False):
    """The choices of ``RfmSpec`` beside the day, for whoever passes them on."""

    bins: int
    since: date | None
    method: Method
    thresholds: Cuts | None
    compat: Compat | None
    compat_unit: int
    refunds: Refunds
    later: Later
    frequency: Frequency
    monetary: Monetary


@attrs.frozen(kw_only=True)
class RfmSpec:
    """
    How a table of scores was asked for; two equal ones on equal data score equally.

    Attributes:
        as_of: the local day the customers are looked at.
        bins: how many scores each measure has, 2 to 20; cuts that are given have their
            own numbers.
        since: the first local day that counts; ``None`` counts from the beginning.
        method: ``"rank"`` never splits equal customers; ``"quantile"`` interpolates
            (type 7, as R, numpy and pandas do); ``"ntile"`` deals customers out as
            ``NTILE(n) OVER (ORDER BY value, customer_id)`` does; ``"thresholds"`` takes
            the cuts of ``thresholds``; ``"fixed"`` takes ``VISITS_CUTS``.
        thresholds: the cuts for the method of that name, for no other.
        compat: ``"r-rfm"`` scores as R's package ``rfm`` 0.3.0 does, instead of by a
            method.
        compat_unit: how many minor units R counted as 1: 100 where it was given euros,
            1 where it was given cents.  R adds 1 of that unit to each monetary cut.
        refunds: ``"net"`` lowers the monetary value, ``"exclude"`` leaves refunds
            out, ``"error"`` refuses data that has any.
        later: ``"error"`` refuses rows after ``as_of``, ``"exclude"`` leaves them out,
            as looking back to an earlier day needs.
        frequency: ``"purchases"``, or ``"days"`` with at least one purchase.
        monetary: ``"sum"``, or ``"mean"`` per purchase.

    Raises:
        InvalidValue: a day is no plain date, ``since`` is after ``as_of``, a number is
            out of its limits, a choice has another name, or two choices do not go
            together.
    """

    as_of: date
    bins: int = 5
    since: date | None = None
    method: Method = "rank"
    thresholds: Cuts | None = None
    compat: Compat | None = None
    compat_unit: int = 100
    refunds: Refunds = "net"
    later: Later = "error"
    frequency: Frequency = "purchases"
    monetary: Monetary = "sum"

    def __attrs_post_init__(self) -> None:
        check_day("as_of", self.as_of)
        check_number("bins", self.bins, at_least=2, at_most=BINS_MAX)
        check_choice("method", self.method, get_args(Method))
        check_choice("refunds", self.refunds, get_args(Refunds))
        check_choice("later", self.later, get_args(Later))
        check_choice("frequency", self.frequency, get_args(Frequency))
        check_choice("monetary", self.monetary, get_args(Monetary))
        check_number("compat_unit", self.compat_unit, at_least=1, at_most=_UNIT_MAX)
        if self.since is not None:
            check_day("since", self.since)
            if self.since > self.as_of:
                remedy = f"pass {self.as_of} or an earlier day"
                raise InvalidValue("since", f"is after as_of; {remedy}")
        _check_scale(self)

    @property
    def first_day(self) -> date:
        """The first local day that counts; the calendar's first without ``since``."""
        return date.min if self.since is None else self.since

    @property
    def rule(self) -> Rule:
        """What method and compatibility come to."""
        if self.compat is not None:
            return self.compat
        match self.method:
            case "thresholds" | "fixed":
                return "given"
            case "rank" | "quantile" | "ntile":
                return self.method
            case _:  # pragma: no cover - other names are refused
                assert_never(self.method)

    @property
    def given_cuts(self) -> Cuts | None:
        """The cuts that do not depend on the customers, or None."""
        return VISITS_CUTS if self.method == "fixed" else self.thresholds

    @property
    def shape(self) -> Shape:
        """How many scores recency, frequency and monetary value have."""
        given = self.given_cuts
        return (self.bins, self.bins, self.bins) if given is None else given.shape

    def to_dict(self) -> dict[str, object]:
        """Return a dictionary that JSON can hold, for :meth:`from_dict`."""
        data: dict[str, Any] = attrs.asdict(self, recurse=False)
        for name in ("as_of", "since"):
            if data[name] is not None:
                data[name] = data[name].isoformat()
        if self.thresholds is not None:
            data["thresholds"] = self.thresholds.to_dict()
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> RfmSpec:
        """
        Read back what :meth:`to_dict` wrote.

        Raises:
            InvalidValue: a key is missing, unknown or holds something else.
        """
        check_keys(data, [field.name for field in attrs.fields(cls)])
        fields: dict[str, Any] = dict(data)
        fields["as_of"] = day_of(data, "as_of")
        fields["since"] = None if data["since"] is None else day_of(data, "since")
        if data["thresholds"] is not None:
            fields["thresholds"] = Cuts.from_dict(mapping_of(data, "thresholds"))
        return cls(**fields)


def _check_scale(spec: RfmSpec) -> None:
    """Refuse choices that contradict one another."""
    if (spec.method == "thresholds") is (spec.thresholds is None):
        remedy = "pass thresholds=Cuts(...) with method='thresholds' and only with it"
        raise InvalidValue("thresholds", f"do not go with {spec.method!r}; {remedy}")
    if spec.thresholds is not None and type(spec.thresholds) is not Cuts:
        kind = type(spec.thresholds).__name__
        raise InvalidValue("thresholds", f"are of type {kind}; pass Cuts(...)")
    if spec.compat is not None:
        check_choice("compat", spec.compat, get_args(Compat))
        if spec.method != "rank":
            remedy = "pass either compat= or method="
            raise InvalidValue("compat", f"takes the place of a method; {remedy}")
