"""The program itself: what may never change about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.errors import InvalidValue
from loyaltycore.ports import Insert, Ref


if TYPE_CHECKING:
    from datetime import datetime

    from loyaltycore.ports import Session
    from loyaltycore.program.program import Program

__all__ = ["check_program", "found_program"]


def check_program(session: Session, program: Program) -> bool:
    """
    Compare a program with what the store knows of it; is it known at all?

    Raises:
        InvalidValue: the store's amounts are in another currency.
    """
    (row,) = session.get([_ref(program)])
    if row is not None and row["currency"] != program.currency:
        message = (
            f"program {program.id!r} counts in {row['currency']} in this store, "
            f"not in {program.currency}; a program's currency never changes."
        )
        raise InvalidValue("currency", message)
    return row is not None


def found_program(session: Session, program: Program, now: datetime) -> None:
    """Note down a program when its first template is created."""
    if not check_program(session, program):
        row = {
            "program_id": program.id,
            "currency": program.currency,
            "zone": program.zone.key,
            "created_at": now,
        }
        session.apply([Insert("program", [row], on_duplicate="ignore")])


def _ref(program: Program) -> Ref:
    return Ref("program", ("program_id",), (program.id,))
