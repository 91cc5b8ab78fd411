"""
One pass over the rows of a caller's frame, for what cannot be counted.

Owns what is refused and how it is said.  The first look asks for counts, minima and
maxima alone, which cost next to nothing; only where they show that something is wrong,
or cannot show that nothing is, every kind of bad row is counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
import narwhals as nw

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm.purchases import AMOUNT_MAX


if TYPE_CHECKING:
    from datetime import date, datetime

    from narwhals.dtypes import DType

    from loyaltycore.rfm.spec import RfmSpec

__all__ = ["MINOR", "TEXT", "AnyFrame", "Inspection", "Source"]

AnyFrame = nw.DataFrame[Any] | nw.LazyFrame[Any]

TEXT: Final = (nw.String, nw.Categorical, nw.Enum)
MINOR: Final = "count in minor units: 11.77 is 1177"

_SUM_MAX: Final = 2.0**62


@attrs.frozen(kw_only=True)
class Source:
    """
    Where in a caller's frame the purchases are.

    Attributes:
        customer_id: the column of text or whole numbers that says who.
        on: the column of days, or of moments: naive ones are the shop's local time,
            aware ones need a zone.
        amount: the column of minor units; negative is a refund that stands alone.
        refunded: the column of minor units given back of the same row, or None.
        zone: the shop's zone, such as ``Europe/Berlin``, for aware moments.
    """

    customer_id: str
    on: str
    amount: str
    refunded: str | None
    zone: str | None


@attrs.frozen(kw_only=True)
class Inspection:
    """
    What is known before the rows are looked at.

    Attributes:
        columns: ``customer_id``, ``on``, ``amount`` and perhaps ``refunded`` as the
            caller has them, moments in the shop's zone.
        source: what the caller calls them.
        kinds: the caller's types.
        spec: what is asked for.
        inside: tells the rows of the window.
        before: the first day or moment after it.
    """

    columns: AnyFrame
    source: Source
    kinds: dict[str, DType]
    spec: RfmSpec
    inside: nw.Expr
    before: date | datetime

    def check(self) -> None:
        """
        Refuse the first kind of bad row that there is.

        Raises:
            InvalidValue: named by the column, with how many rows there are.
        """
        if self._is_fine_at_first_sight():
            return
        found = self._one_row(self._counts())
        for name, (column, said) in _messages(self.source, self.spec).items():
            rows = int(found.get(name) or 0)
            if rows:
                noun = "row" if rows == 1 else "rows"
                raise InvalidValue(column, f"{rows:,} {noun} {said}")
        if float(found["total"] or 0) > _SUM_MAX:
            remedy = "score a part of the purchases, or count in larger units"
            message = f"does not add up within 64 bits; {remedy}"
            raise InvalidValue(self.source.amount, message)

    @property
    def _has_text_ids(self) -> bool:
        """Whether an id may be blank."""
        return isinstance(self.kinds[self.source.customer_id], TEXT)

    def _is_fine_at_first_sight(self) -> bool:
        """Tell whether counts, minima and maxima leave no room for a bad row."""
        is_plain = self.kinds[self.source.amount].is_integer()
        if not is_plain or self.source.refunded is not None:
            return False
        if self.spec.refunds == "error":
            return False
        amount, on = nw.col("amount"), nw.col("on")
        blank = (
            _if(nw.col("customer_id") == "").sum() if self._has_text_ids else nw.lit(0)
        )
        found = self._only_row(
            self.columns.select(
                nw.len().alias("rows"),
                nw.col("customer_id").count().alias("ids"),
                on.count().alias("days"),
                amount.count().alias("amounts"),
                blank.alias("blank"),
                (on.max() < nw.lit(self.before)).alias("is_past"),
                amount.min().alias("least"),
                amount.max().alias("most"),
            )
        )
        rows = found["rows"]
        if not rows:
            return True
        if {found["ids"], found["days"], found["amounts"]} != {rows} or found["blank"]:
            return False
        largest = max(abs(int(found["least"])), abs(int(found["most"])))
        is_past = bool(found["is_past"]) or self.spec.later == "exclude"
        return is_past and largest <= AMOUNT_MAX and largest * rows <= _SUM_MAX

    def _one_row(self, counts: dict[str, nw.Expr]) -> dict[str, Any]:
        """Add up a number of each row."""
        named = [count.alias(name) for name, count in counts.items()]
        return self._only_row(self.columns.select(*named).select(nw.all().sum()))

    def _only_row(self, frame: AnyFrame) -> dict[str, Any]:
        """Fetch the only row of a frame."""
        return frame.lazy().collect().rows(named=True)[0]

    def _counts(self) -> dict[str, nw.Expr]:
        """Return 1 for each row of a bad kind, and the size of its amount."""
        amount = nw.col("amount").cast(nw.Float64)
        counts = {
            "nobody": _if(nw.col("customer_id").is_null()),
            "undated": _if(nw.col("on").is_null()),
            "later": _if(nw.col("on") >= nw.lit(self.before)),
            "large": _if((amount * 0 == 0) & ~_is_small(amount)),
            "amount": _unless(_is_whole(amount)),
            "total": nw.when(amount >= 0).then(amount).otherwise(-amount),
        }
        if self._has_text_ids:
            counts["blank"] = _if(nw.col("customer_id") == "")
        is_refund = amount < 0
        if self.source.refunded is not None:
            back = nw.col("refunded").cast(nw.Float64)
            is_refund |= back > 0
            counts["refunded"] = _unless(_is_whole(back))
            counts["over"] = _unless((back == 0) | ((back > 0) & (back <= amount)))
        if self.spec.refunds == "error":
            counts["refund"] = _if(self.inside & is_refund)
        return counts


def _if(is_bad: nw.Expr) -> nw.Expr:
    """Count a row that is known to be bad."""
    return nw.when(is_bad).then(1).otherwise(0)


def _unless(is_good: nw.Expr) -> nw.Expr:
    """Count a row that is not known to be good, such as a missing one."""
    return nw.when(is_good).then(0).otherwise(1)


def _is_small(number: nw.Expr) -> nw.Expr:
    """Tell what is kept exactly; not a number is neither small nor, times 0, zero."""
    return (number <= AMOUNT_MAX) & (number >= -AMOUNT_MAX)


def _is_whole(number: nw.Expr) -> nw.Expr:
    """Tell small whole numbers; some engines cannot round others."""
    small = nw.when(_is_small(number)).then(number).otherwise(0.5)
    return small == small.round(0)


def _messages(source: Source, spec: RfmSpec) -> dict[str, tuple[str, str]]:
    """Say what each kind of bad row is and what to do, in the order of checks."""
    who, day, amount = source.customer_id, source.on, source.amount
    refunded = source.refunded or amount
    later = f"after as_of, {spec.as_of}; mend the day, or pass later='exclude'"
    messages = {
        "nobody": (who, "without an id; leave rows of nobody out"),
        "blank": (who, "with a blank id; leave rows of nobody out"),
        "undated": (day, "without a day; leave them out or find out their day"),
        "later": (day, later),
        "large": (amount, f"beyond {AMOUNT_MAX} minor units either way"),
        "amount": (amount, f"missing or no whole number; {MINOR}"),
        "refunded": (refunded, f"missing or no whole number; {MINOR}, none is 0"),
        "over": (refunded, "not from zero to the amount; pass what was given back"),
        "refund": (amount, "with a refund; pass refunds='net' or 'exclude'"),
    }
    if spec.later == "exclude":
        del messages["later"]
    return messages
