"""What a customer has beside their own facts: tags, and what they said on consents."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple


if TYPE_CHECKING:
    from collections.abc import Mapping

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


#: Of somebody who is new.
NO_BELONGINGS = Belongings()
