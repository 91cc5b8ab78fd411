"""Imports that were given an id: of which file, how far, and what came of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import attrs

from loyaltycore.ledger.sealing import canonical
from loyaltycore.ports import Insert, Ref, Update


if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from loyaltycore.query.predicates import Row

__all__ = ["ImportRun", "run_begun", "run_of", "run_ref", "run_went_on"]


@attrs.frozen(kw_only=True)
class ImportRun:
    """
    How far an import has come.

    Attributes:
        subject: ``customers``, ``balances`` or ``transactions``.
        digest: SHA-256 of the file.
        line: up to here everything is done.
        counts: of rows, by what became of them.
        finished_at: None while it is under way, or was broken off.
    """

    id: str
    subject: str
    digest: str
    line: int
    counts: Mapping[str, int]
    finished_at: datetime | None


def run_ref(program_id: str, import_id: str) -> Ref:
    """One import."""
    return Ref("import_run", ("program_id", "id"), (program_id, import_id))


def run_begun(program_id: str, run: ImportRun, at: datetime) -> Insert:
    """Note an import down."""
    row = {
        "program_id": program_id,
        "id": run.id,
        "subject": run.subject,
        "digest": run.digest,
        "started_at": at,
        **_progress(run),
    }
    return Insert("import_run", [row])


def run_went_on(program_id: str, run: ImportRun) -> Update:
    """Note how far an import has come."""
    return Update(run_ref(program_id, run.id), _progress(run))


def run_of(row: Row) -> ImportRun:
    """The opposite of ``run_begun``."""
    return ImportRun(
        id=row["id"],
        subject=row["subject"],
        digest=row["digest"],
        line=row["line"],
        counts=json.loads(row["counts"]),
        finished_at=row["finished_at"],
    )


def _progress(run: ImportRun) -> Row:
    return {
        "line": run.line,
        "counts": canonical(dict(run.counts)),
        "finished_at": run.finished_at,
    }
