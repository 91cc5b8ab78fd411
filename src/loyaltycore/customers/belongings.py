"""What a customer has beside their own facts: tags, and what they said on consents."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from loyaltycore.customers.activity import ActivityKind
from loyaltycore.customers.tags import TagChange


if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["NO_BELONGINGS", "Belongings"]


class Belongings(NamedTuple):
    """
    Tags and consents of one customer.

    Attributes:
        consents: whether each was given, of those on which anything was said; by
            channel and purpose with a point between them: ``email.marketing``.
    """

    tags: frozenset[str] = frozenset()
    consents: Mapping[str, bool] = MappingProxyType({})

    def said_anew(self, had: Belongings) -> dict[str, bool]:
        """The consents on which something else was said before, or nothing."""
        return {
            about: is_given
            for about, is_given in self.consents.items()
            if had.consents.get(about) is not is_given
        }

    def told(
        self, had: Belongings
    ) -> Iterator[tuple[ActivityKind, Mapping[str, object]]]:
        """Yield what the feed says where a customer had something else before."""
        change = TagChange(
            tuple(sorted(self.tags - had.tags)), tuple(sorted(had.tags - self.tags))
        )
        if any(change):
            yield ActivityKind.TAG, change.facts()
        for about, is_given in self.said_anew(had).items():
            channel, _, purpose = about.partition(".")
            facts = {"channel": channel, "purpose": purpose, "is_given": is_given}
            yield ActivityKind.CONSENT, facts


#: Of somebody who is new.
NO_BELONGINGS = Belongings()
