"""
Which version the tables have, and which one this package wants.

Owns what is refused and what is reported; how tables are made is each engine's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.errors import SchemaTooNew, SchemaTooOld
from loyaltycore.ports import MigrationReport


if TYPE_CHECKING:
    from loyaltycore.schema.migrations import Step

__all__ = ["Versions"]


class Versions:
    """The numbered steps to today's tables."""

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self.steps = steps
        self.version = steps[-1].number
        self.collections = {
            collection.name: collection for step in steps for collection in step.create
        }

    def after(self, version: int) -> tuple[Step, ...]:
        """List the steps that are missing."""
        return tuple(step for step in self.steps if step.number > version)

    def refuse_other(self, version: int) -> None:
        """
        Refuse tables of another version than ours; none at all are fine.

        Raises:
            SchemaTooNew, SchemaTooOld: as they say.
        """
        self.refuse_newer(version)
        if 0 < version < self.version:
            message = f"The tables have version {version}; migrate() brings them to "
            raise SchemaTooOld(f"{message}{self.version}.", version=version)

    def refuse_newer(self, version: int) -> None:
        """
        Refuse tables that a later version of this package has made.

        Raises:
            SchemaTooNew: naming their version.
        """
        if version > self.version:
            message = f"The tables have version {version}, newer than {self.version}; "
            raise SchemaTooNew(
                message + "install the version of loyaltycore that wrote them.",
                version=version,
            )

    def report(self, version: int) -> MigrationReport:
        """Say what the missing steps do from this version on."""
        names = tuple(step.name for step in self.after(version))
        return MigrationReport(
            before=version, after=max(version, self.version), steps=names
        )
