"""
Filters in words: ``filters.points.at_least(100) & filters.tags.has("vip")``.

Every name of ``FIELDS`` is an attribute of ``filters``, with a method for each operator
that it admits; each method makes a ``Filter``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from loyaltycore.customers.filters import AllOf, Filter


if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from decimal import Decimal

__all__ = ["Filters", "filters"]


@attrs.frozen
class _Words:
    """A field, and what it has to be told."""

    _field: str
    _of: tuple[tuple[str, str], ...] = ()

    def _by(self, op: str, value: object) -> Filter:
        return Filter(self._field, op, value, **dict(self._of))

    def is_known(self) -> Filter:
        """There is a value."""
        return self._by("is_null", value=False)

    def is_missing(self) -> Filter:
        """There is no value."""
        return self._by("is_null", value=True)


class _Equal(_Words):
    """What can be the same or not."""

    def is_(self, value: object) -> Filter:
        """The value is this one."""
        return self._by("eq", value)

    def is_not(self, value: object) -> Filter:
        """The value is not this one, or there is none."""
        return self._by("ne", value)


class _Word(_Equal):
    """One of some words."""

    def one_of(self, values: Iterable[object]) -> Filter:
        """The value is one of these."""
        return self._by("in", list(values))

    def none_of(self, values: Iterable[object]) -> Filter:
        """The value is none of these, or there is none."""
        return self._by("not_in", list(values))


class _WordOfCard(_Word):
    def of(self, template_id: str) -> _WordOfCard:
        """Look at cards of this template only."""
        return _WordOfCard(self._field, (("template", template_id),))


class _Text(_Word):
    """Text."""

    def contains(self, part: str) -> Filter:
        """The text has this inside."""
        return self._by("contains", part)

    def starts_with(self, start: str) -> Filter:
        """The text begins like this."""
        return self._by("starts_with", start)


class _Ordered(_Equal):
    """What has an order."""

    def between(self, low: object, high: object) -> Filter:
        """The value is from the one to the other, both included."""
        return self._by("between", (low, high))

    def more_than(self, value: object) -> Filter:
        """The value is above."""
        return self._by("gt", value)

    def at_least(self, value: object) -> Filter:
        """The value is this or above."""
        return self._by("ge", value)

    def less_than(self, value: object) -> Filter:
        """The value is below."""
        return self._by("lt", value)

    def at_most(self, value: object) -> Filter:
        """The value is this or below."""
        return self._by("le", value)


class _Number(_Ordered):
    """A number; exact, so no floats."""

    def one_of(self, values: Iterable[int | str | Decimal]) -> Filter:
        """The number is one of these."""
        return self._by("in", list(values))

    def none_of(self, values: Iterable[int | str | Decimal]) -> Filter:
        """The number is none of these, or there is none."""
        return self._by("not_in", list(values))


class _NumberOfCard(_Number):
    def of(self, template_id: str) -> _NumberOfCard:
        """Look at cards of this template only."""
        return _NumberOfCard(self._field, (*self._of, ("template", template_id)))


class _Dated(_Words):
    """A day or a moment; a moment is compared with days of the program's zone, too."""

    def on(self, day: date | datetime) -> Filter:
        """It is on this day."""
        return self._by("eq", day)

    def not_on(self, day: date | datetime) -> Filter:
        """It is on another day, or there is none."""
        return self._by("ne", day)

    def before(self, day: date | datetime) -> Filter:
        """It is earlier."""
        return self._by("before", day)

    def until(self, day: date | datetime) -> Filter:
        """It is on this day or earlier."""
        return self._by("le", day)

    def since(self, day: date | datetime) -> Filter:
        """It is on this day or later."""
        return self._by("ge", day)

    def after(self, day: date | datetime) -> Filter:
        """It is later."""
        return self._by("after", day)

    def between(self, low: date | datetime, high: date | datetime) -> Filter:
        """It is from the one to the other, both included."""
        return self._by("between", (low, high))

    def within_last(self, days: int) -> Filter:
        """It is not more than so many days ago, and not in the future."""
        return self._by("within_last", days)


class _Birthday(_Words):
    """A birthday, whatever the year."""

    def in_month(self, month: int) -> Filter:
        """It is in this month, 1 to 12."""
        return self._by("birthday_in", month)


class _Tags(_Words):
    """Tags."""

    def has(self, tag: str) -> Filter:
        """The customer has the tag."""
        return self._by("has_tag", tag)

    def any_of(self, tags: Iterable[str]) -> Filter:
        """The customer has one of the tags."""
        return self._by("in", list(tags))

    def none_of(self, tags: Iterable[str]) -> Filter:
        """The customer has none of the tags."""
        return self._by("not_in", list(tags))


class _Flag(_Words):
    """Yes or no."""

    def is_(self, value: bool) -> Filter:  # noqa: FBT001 - the value itself
        """It is so, or not."""
        return self._by("eq", value)

    def of(self, template_id: str) -> _Flag:
        """Look at cards of this template only."""
        return _Flag(self._field, (("template", template_id),))


class _Consent(_Words):
    """Consent to be written to by a channel, for a purpose."""

    def is_given(self) -> Filter:
        """It was given and not taken back."""
        return self._by("eq", value=True)

    def is_not_given(self) -> Filter:
        """It was never given, or was taken back."""
        return self._by("eq", value=False)


class _Custom(_Text, _Ordered, _Dated):
    """A field of the program's own; its type decides what it is compared by."""


class Filters:
    """The words of filters; there is one, ``filters``."""

    everybody: Final = AllOf()
    name: Final = _Text("name")
    phone: Final = _Text("phone")
    email: Final = _Text("email")
    external_id: Final = _Text("external_id")
    birth_date: Final = _Dated("birth_date")
    birthday: Final = _Birthday("birthday")
    age: Final = _Ordered("age")
    gender: Final = _Text("gender")
    source: Final = _Text("source")
    utm: Final = _Text("utm")
    device: Final = _Text("device")
    location: Final = _Word("location")
    registered_by: Final = _Word("registered_by")
    joined: Final = _Dated("joined")
    status: Final = _Word("status")
    activity: Final = _Word("activity")
    points: Final = _Number("points")
    points_earned: Final = _Number("points_earned")
    points_redeemed: Final = _Number("points_redeemed")
    points_expired: Final = _Number("points_expired")
    transactions: Final = _Number("transactions")
    purchases: Final = _Number("purchases")
    purchase_value: Final = _Number("purchase_value")
    average_value: Final = _Number("average_value")
    last_transaction: Final = _Dated("last_transaction")
    reviews: Final = _Number("reviews")
    rating: Final = _Number("rating")
    tags: Final = _Tags("tags")
    segment: Final = _Word("segment")
    rfm_segment: Final = _Word("rfm_segment")
    recency_score: Final = _Number("recency_score")
    frequency_score: Final = _Number("frequency_score")
    monetary_score: Final = _Number("monetary_score")
    stamps: Final = _NumberOfCard("stamps")
    unused_rewards: Final = _NumberOfCard("unused_rewards")
    uses: Final = _NumberOfCard("uses")
    tier: Final = _WordOfCard("tier")
    serial: Final = _Text("serial")
    card_status: Final = _WordOfCard("card_status")
    card_template: Final = _Word("card_template")
    card_blocked: Final = _Flag("card_blocked")
    card_expired: Final = _Flag("card_expired")

    def balance(self, unit: str) -> _NumberOfCard:
        """What is on a card, in one unit, such as ``point``."""
        return _NumberOfCard("balance", (("unit", unit),))

    def consent(self, channel: str, purpose: str) -> _Consent:
        """Consent to be written to by a channel, for a purpose."""
        return _Consent("consent", (("channel", channel), ("purpose", purpose)))

    def field(self, name: str) -> _Custom:
        """A field of the program's own."""
        return _Custom("field", (("name", name),))


filters: Final = Filters()
