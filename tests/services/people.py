"""What tests of customers share: managers who act."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from loyaltycore.ports import Insert
from loyaltycore.program.managers import Manager, Permission
from loyaltycore.records.managers import manager_row
from loyaltycore.records.quotas import take


if TYPE_CHECKING:
    from loyaltycore import Loyalty


def acting(
    shop: Loyalty, manager_id: str, *permissions: Permission, has_left: bool = False
) -> Loyalty:
    """Let a manager act, who is put into the store if they are not there yet."""
    now = shop._shell.desk.now()
    manager = Manager(
        id=manager_id,
        version=1,
        name=manager_id.title(),
        permissions=frozenset(permissions or Permission),
        created_at=now,
        deleted_at=now if has_left else None,
    )
    row = manager_row(shop.program.id, manager)
    with shop.store.session() as session:
        (is_new,) = session.apply([Insert("manager", [row], on_duplicate="ignore")])
        if is_new and manager.has_seat:
            take(session, shop.program, "seats")
    return shop._over(attrs.evolve(shop._shell, manager_id=manager_id))


def leave(shop: Loyalty, manager_id: str) -> None:
    """Delete a manager."""
    shop.managers.delete(manager_id)
