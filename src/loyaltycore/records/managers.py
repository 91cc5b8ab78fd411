"""Managers of the program."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from loyaltycore.ports import Ref
from loyaltycore.program.managers import Manager, Permission
from loyaltycore.values.ids import id_text


if TYPE_CHECKING:
    from loyaltycore.query.predicates import Row

__all__ = ["manager_of", "manager_ref", "manager_row"]


def manager_ref(program_id: str, manager_id: str) -> Ref:
    """One manager."""
    return Ref(
        "manager", ("program_id", "id"), (program_id, id_text("manager_id", manager_id))
    )


def manager_row(program_id: str, manager: Manager) -> Row:
    """A manager."""
    return {
        "program_id": program_id,
        "id": manager.id,
        "version": manager.version,
        "name": manager.name,
        "email": manager.email,
        "permissions": json.dumps(sorted(manager.permissions)),
        "locations": json.dumps(sorted(manager.locations)),
        "created_at": manager.created_at,
        "deleted_at": manager.deleted_at,
    }


def manager_of(row: Row) -> Manager:
    """The opposite of ``manager_row``."""
    return Manager(
        id=row["id"],
        version=row["version"],
        name=row["name"],
        email=row["email"],
        permissions=frozenset(map(Permission, json.loads(row["permissions"]))),
        locations=frozenset(json.loads(row["locations"])),
        created_at=row["created_at"],
        deleted_at=row["deleted_at"],
    )
