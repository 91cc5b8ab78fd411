"""What the rows of a file say of their customers' tags and consents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from loyaltycore.customers.belongings import Belongings
from loyaltycore.io.consent_columns import CONSENT
from loyaltycore.io.customer_columns import TAGS
from loyaltycore.io.customer_rules import Tagging


if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["BelongingsTold"]


class BelongingsTold:
    """
    What belongs to a customer behind each row of one file.

    Args:
        fields: of the file's columns.
        tagging: what the tags of a row do to those that there are.
    """

    def __init__(self, fields: Collection[str], tagging: Tagging) -> None:
        self._consents = [
            (field, field.removeprefix(CONSENT))
            for field in fields
            if field.startswith(CONSENT)
        ]
        self._has_tags = TAGS in fields
        self._tagging = tagging

    def __bool__(self) -> bool:
        return self._has_tags or bool(self._consents)

    def behind(self, values: Mapping[str, Any], had: Belongings) -> Belongings:
        """Say what there is behind a row; what it says nothing of stays."""
        consents = {
            about: values[field] for field, about in self._consents if field in values
        }
        return Belongings(
            self._tags(values, had.tags) if TAGS in values else had.tags,
            {**had.consents, **consents},
        )

    def _tags(self, values: Mapping[str, Any], had: frozenset[str]) -> frozenset[str]:
        if values[TAGS] is None:  # an empty cell that empties
            return frozenset()
        said = frozenset(values[TAGS])
        match self._tagging:
            case Tagging.ADD:
                return had | said
            case Tagging.REPLACE:
                return said
            case Tagging.REMOVE:
                return had - said
            case _ as never:  # pragma: no cover : the enum above is closed
                assert_never(never)
