"""
Managers: who acts for the merchant, and what they may do where.

Owns permissions, sets of them for the usual roles, and the question whether a manager
may do something; who the managers are is in the store.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypedDict

import attrs

from loyaltycore.errors import InvalidValue, PermissionDenied
from loyaltycore.program.names import name_of
from loyaltycore.values.contact import parse_email
from loyaltycore.values.ids import id_text


if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

__all__ = [
    "CASHIER",
    "OWNER",
    "SUPERVISOR",
    "Manager",
    "ManagerFields",
    "Permission",
    "changed",
]

_LOCATIONS_MAX: Final = 200


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


#: At the till: sign people up, count what they buy, hand out what they have.
CASHIER: Final = frozenset(
    {
        Permission.VIEW_CUSTOMERS,
        Permission.ADD_CUSTOMER,
        Permission.EARN,
        Permission.REDEEM,
    }
)
#: Puts right what went wrong at the till, and looks after the customers.
SUPERVISOR: Final = CASHIER | {
    Permission.VIEW_STATISTICS,
    Permission.VIEW_REVENUE,
    Permission.EDIT,
    Permission.DELETE,
    Permission.NOTES,
    Permission.ADJUST,
    Permission.VOID,
    Permission.AMEND,
    Permission.PUSH,
}
#: Everything.
OWNER: Final = frozenset(Permission)


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

    def check(self, permission: Permission | None, location_id: str | None) -> None:
        """
        Refuse what is not theirs to do, or not where they are.

        Args:
            permission: None is what no manager may do, only the host itself.

        Raises:
            PermissionDenied: as it says.
        """
        if permission is None or not self.may(permission):
            raise PermissionDenied(self.id, permission)
        if not self.may_act_at(location_id):
            raise PermissionDenied(self.id, permission, location_id, is_place=True)

    def check_over(self, other: Manager) -> None:
        """
        Refuse to give another manager what this one has not.

        So nobody raises themselves, or takes anything from whoever stands above them.

        Raises:
            PermissionDenied: naming a permission, or a place, that is beyond theirs.
        """
        beyond = sorted(other.permissions - self.permissions)
        if beyond:
            raise PermissionDenied(self.id, beyond[0])
        places = other.locations - self.locations
        if self.locations and (places or not other.locations):
            place = min(places, default=None)
            needed = Permission.MANAGE_MANAGERS
            raise PermissionDenied(self.id, needed, place, is_place=True)


class ManagerFields(TypedDict, total=False):
    """
    What can be said of a manager.

    Attributes:
        email: None for nobody's.
        permissions: what they may do, such as ``CASHIER``.
        locations: ids of where they may act; none of them, everywhere.
    """

    name: str
    email: str | None
    permissions: Iterable[Permission | str]
    locations: Iterable[str]


def changed(manager: Manager, fields: ManagerFields) -> Manager:
    """
    Say something else of a manager; what is not given stays.

    Raises:
        InvalidValue, InvalidEmail: a field that cannot be.
    """
    changes: dict[str, Any] = {}
    if "name" in fields:
        changes["name"] = name_of(fields["name"])
    if "email" in fields:
        email = fields["email"]
        changes["email"] = None if email is None else parse_email(email)
    if "permissions" in fields:
        changes["permissions"] = _permissions_of(fields["permissions"])
    if "locations" in fields:
        changes["locations"] = _locations_of(fields["locations"])
    return attrs.evolve(manager, **changes)


def _permissions_of(given: Iterable[Permission | str]) -> frozenset[Permission]:
    try:
        return frozenset(map(Permission, given))
    except (TypeError, ValueError):
        known = ", ".join(Permission)
        raise InvalidValue("permissions", f"some of {known}.") from None


def _locations_of(given: Iterable[str]) -> frozenset[str]:
    named = frozenset((given,) if isinstance(given, str) else given)
    if len(named) > _LOCATIONS_MAX:
        message = f"at most {_LOCATIONS_MAX}; none at all means everywhere."
        raise InvalidValue("locations", message)
    return frozenset(id_text("locations", each) for each in named)
