"""
Managers: who acts for the merchant, and what they may do where.

Owns permissions and the question whether a manager may do something; who the managers
are is in the store.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import attrs


if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Manager", "Permission"]


class Permission(StrEnum):
    """What a manager may do."""

    VIEW_CUSTOMERS = "view_customers"
    VIEW_STATISTICS = "view_statistics"
    VIEW_REVENUE = "view_revenue"
    ADD_CUSTOMER = "add_customer"
    EDIT = "edit"
    DELETE = "delete"
    ERASE = "erase"
    MERGE = "merge"
    NOTES = "notes"
    EARN = "earn"
    REDEEM = "redeem"
    ADJUST = "adjust"
    VOID = "void"
    AMEND = "amend"
    PUSH = "push"
    EXPORT = "export"
    IMPORT = "import"
    SETTINGS = "settings"
    MANAGE_MANAGERS = "manage_managers"


@attrs.frozen(kw_only=True)
class Manager:
    """
    A member of staff; a seat is a manager who was not deleted.

    Attributes:
        permissions: what they may do.
        locations: ids of where they may act; none named, everywhere.
        deleted_at: since when the seat is free again; what they did stays theirs.
    """

    id: str
    version: int
    name: str = attrs.field(repr=False)
    email: str | None = attrs.field(default=None, repr=False)
    permissions: frozenset[Permission]
    locations: frozenset[str] = frozenset()
    created_at: datetime
    deleted_at: datetime | None = None

    @property
    def has_seat(self) -> bool:
        """Do they still work here?"""
        return self.deleted_at is None

    def may(self, permission: Permission) -> bool:
        """Is it theirs to do?"""
        return self.has_seat and permission in self.permissions

    def may_act_at(self, location_id: str | None) -> bool:
        """
        Is it a place of theirs?

        Who is bound to places has to say at which they are.
        """
        return not self.locations or location_id in self.locations
