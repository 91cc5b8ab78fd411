"""Managers of the program."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from loyaltycore.ports import Ref
from loyaltycore.program.managers import Manager, Permission
from loyaltycore.query.predicates import where
from loyaltycore.query.queries import Order, Query
from loyaltycore.values.ids import id_text


if TYPE_CHECKING:
    from loyaltycore.query.predicates import Row

__all__ = [
    "all_managers",
    "manager_of",
    "manager_ref",
    "manager_row",
    "manager_values",
    "managers_called",
]

_PAGE = 500


def manager_ref(program_id: str, manager_id: str) -> Ref:
    """One manager."""
    return Ref(
        "manager", ("program_id", "id"), (program_id, id_text("manager_id", manager_id))
    )


def all_managers(program_id: str) -> Query:
    """Every manager there ever was, who came first first."""
    order = (Order("created_at"), Order("id"))
    return Query("manager", where(program_id=program_id), order, _PAGE)


def managers_called(program_id: str, email: str) -> Query:
    """Managers with an e-mail address."""
    return Query("manager", where(program_id=program_id, email=email), (), _PAGE)


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


def manager_values(manager: Manager) -> Row:
    """All of a manager that may change."""
    row = manager_row("", manager)
    return {name: row[name] for name in row if name not in {"program_id", "id"}}


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
