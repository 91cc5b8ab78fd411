"""
Vouchers that customers get by themselves: when they join, on birthdays, for a tag.

What is due is a pure function of the customer, the day and what the card remembers of
earlier grants.  Each occasion has a name on the card and a mark: that of 29 February
2028 is granted once, however often somebody asks, and whoever moves their birth date
waits 330 days for the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final, TypeAlias, assert_never, get_args

import attrs

from loyaltycore.cards.birthdays import LeapDay, birthday_mark
from loyaltycore.cards.reward_commands import GrantVoucher
from loyaltycore.cards.settings import a_day, flag, member_of, one_of, text, whole
from loyaltycore.errors import InvalidValue


__all__ = [
    "Grant",
    "GrantFacts",
    "OnBirthday",
    "OnJoining",
    "OnTag",
    "due_grants",
    "grants_of",
    "state_name",
]

_GRANTS_MAX: Final = 100
_WITHIN_MAX: Final = 60
_TAG_MAX: Final = 64


def _check_tag(_: object, field: attrs.Attribute[Any], value: object) -> None:
    text(None, field, value)
    if isinstance(value, str) and len(value) > _TAG_MAX:
        raise InvalidValue(field.name, f"at most {_TAG_MAX} characters.")


@attrs.frozen
class OnJoining:
    """
    A voucher for every new customer, once.

    Attributes:
        tier: its id in the catalogue.
        since: the first local day of registration that counts; who came before that is
            not new.
    """

    tier: str = attrs.field(validator=text)
    since: date = attrs.field(validator=[one_of(date), a_day])


@attrs.frozen
class OnBirthday:
    """
    A voucher on every birthday.

    Attributes:
        leap_day: what 29 February is in other years.
        within: days, 1 to 60, from the birthday on in which it is still granted.
    """

    tier: str = attrs.field(validator=text)
    leap_day: LeapDay = attrs.field(
        default=LeapDay.FEB28, validator=member_of(LeapDay), kw_only=True
    )
    within: int = attrs.field(default=7, validator=whole(1, _WITHIN_MAX), kw_only=True)


@attrs.frozen
class OnTag:
    """
    A voucher for everybody with a tag, also for those who have it already.

    Taking the tag away leaves the voucher.

    Attributes:
        repeat: the tag put on again grants again.
    """

    tag: str = attrs.field(validator=_check_tag)
    tier: str = attrs.field(validator=text)
    repeat: bool = attrs.field(default=False, validator=flag, kw_only=True)


Grant: TypeAlias = OnJoining | OnBirthday | OnTag


@attrs.frozen
class GrantFacts:
    """
    What grants depend on.

    Attributes:
        registered_on: the local day.
        tags: the local day on which each was put on, by tag.
    """

    registered_on: date
    birth_date: date | None = attrs.field(default=None, repr=False)
    tags: Mapping[str, date] = attrs.field(factory=dict[str, date])


def grants_of(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """
    Check the grants of a template: each occasion gives a tier once.

    Raises:
        InvalidValue: too many, something else, or two alike.
    """
    given = tuple(grants)
    if len(given) > _GRANTS_MAX:
        raise InvalidValue("grants", f"at most {_GRANTS_MAX}, not {len(given)}.")
    if not all(isinstance(grant, get_args(Grant)) for grant in given):
        names = ", ".join(kind.__name__ for kind in get_args(Grant))
        raise InvalidValue("grants", f"each is one of {names}.")
    if len({_occasion(grant) for grant in given}) < len(given):
        raise InvalidValue("grants", "two give the same tier on the same occasion.")
    return given


def state_name(occasion: str) -> str:
    """The name under which a card remembers an occasion."""
    return f"grant/{occasion}"


def due_grants(
    grants: Iterable[Grant], facts: GrantFacts, on: date, state: Mapping[str, Any]
) -> Iterator[GrantVoucher]:
    """
    What a card is due on a day.

    Args:
        state: what the card remembers.

    Yields:
        Commands that a card takes once each.
    """
    for grant in grants:
        occasion = _occasion(grant)
        last = state.get(state_name(occasion))
        mark = _mark(grant, facts, on, last)
        if mark is not None and mark != last:
            yield GrantVoucher(grant.tier, occasion=occasion, mark=mark)


def _occasion(grant: Grant) -> str:
    match grant:
        case OnJoining():
            return f"joining/{grant.tier}"
        case OnBirthday():
            return f"birthday/{grant.tier}"
        case OnTag():
            return f"tag/{grant.tag}/{grant.tier}"
        case _ as never:  # pragma: no cover : the union above is closed
            assert_never(never)


def _mark(grant: Grant, facts: GrantFacts, on: date, last: str | None) -> str | None:
    """What of the occasion is to be granted on a day, or None."""
    match grant:
        case OnJoining(since=since):
            return "once" if since <= facts.registered_on <= on else None
        case OnBirthday():
            return birthday_mark(
                facts.birth_date, on, last, within=grant.within, leap_day=grant.leap_day
            )
        case OnTag(tag=tag, repeat=repeat):
            tagged_on = facts.tags.get(tag)
            if tagged_on is None or tagged_on > on:
                return None
            return tagged_on.isoformat() if repeat else "once"
        case _ as never:  # pragma: no cover : the union above is closed
            assert_never(never)
