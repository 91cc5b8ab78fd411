"""Filters under a name, for everybody or for one manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs


if TYPE_CHECKING:
    from datetime import datetime

    from loyaltycore.customers.filters import CustomerFilter

__all__ = ["FILTERS_MAX", "SavedFilter"]

#: The most filters that a manager, or the program for everybody, may save.
FILTERS_MAX: Final = 200


@attrs.frozen(kw_only=True)
class SavedFilter:
    """
    A filter with a name.

    Attributes:
        manager_id: whose it is; None: everybody's.
    """

    name: str
    filter: CustomerFilter
    manager_id: str | None
    saved_at: datetime
