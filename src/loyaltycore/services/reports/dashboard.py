"""The dashboard: tiles, and figures over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict, Unpack

from loyaltycore.insight.days import Span, Split, check_days, one_of, series
from loyaltycore.insight.tiles import tiles
from loyaltycore.program.managers import Permission
from loyaltycore.records import figures as records


if TYPE_CHECKING:
    from datetime import date

    from loyaltycore.insight.days import SpanFigures
    from loyaltycore.insight.tiles import Tiles
    from loyaltycore.ports import Session
    from loyaltycore.query.predicates import Row
    from loyaltycore.shell import Shell

__all__ = ["Dashboard", "Only"]


class Only(TypedDict, total=False):
    """
    What to look at; what is not given is all of them.

    Attributes:
        template: the id of a card template; new customers belong to none.
        location: the id of a location, or whatever was named as one.
        manager: the id of a manager, or whatever was named as the actor.
    """

    template: str
    location: str
    manager: str


class Dashboard:
    """What is read off day figures, which every posting keeps in its own write."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def tiles(self) -> Tiles:
        """
        Return the program at a glance, from figures that every posting keeps.

        A manager at a location sees what was done there, and money only with
        ``VIEW_REVENUE``.
        """
        shell = self._shell
        query = records.program_figures(shell.program_id, shell.location_id)

        def load(session: Session) -> Tiles:
            (sums,) = session.summarize(query, measures=records.TILE_MEASURES)
            return tiles(sums, self._currency(session))

        return shell.ask(load, Permission.VIEW_STATISTICS)

    def days(
        self,
        first: date,
        last: date,
        *,
        by: Span | str = Span.DAY,
        **only: Unpack[Only],
    ) -> tuple[SpanFigures, ...]:
        """
        Return what happened from one local day to another, oldest first.

        Days on which nothing happened are there with zeros.  Managers see money only
        with ``VIEW_REVENUE``, and at a location what was done there.

        Args:
            first, last: at most 3,660 days.
            by: ``day``, ``week`` (from Monday) or ``month``; the first and the last
                one may be cut off by the days that were asked for.
            only: what to look at, by default everything; see ``Only``.

        Raises:
            InvalidValue: a day or a span that cannot be.
        """
        return self._days(None, first, last, by, only).get("", ())

    def days_by(
        self,
        split: Split | str,
        first: date,
        last: date,
        *,
        by: Span | str = Span.DAY,
        **only: Unpack[Only],
    ) -> dict[str, tuple[SpanFigures, ...]]:
        """
        Return what ``days`` does for each template, location or manager by itself.

        Args:
            split: ``template``, ``location`` or ``manager``.

        Returns:
            By id, those that did anything; what belongs to none, such as new customers
            to a template, is under an empty text.

        Raises:
            InvalidValue: a day, a span or a split that cannot be.
        """
        known = one_of(Split, "split", split)
        return self._days(known, first, last, by, only)

    # -- inside ------------------------------------------------------------------------

    def _days(
        self, split: Split | None, first: date, last: date, by: Span | str, only: Only
    ) -> dict[str, tuple[SpanFigures, ...]]:
        check_days(first, last)
        span = one_of(Span, "by", by)
        shell = self._shell.standing_at(only.get("location"))
        columns = {
            "template_id": only.get("template"),
            "location_id": only.get("location", shell.location_id),
            "actor_id": only.get("manager"),
        }
        query = records.figures_between(shell.program_id, first, last, columns)
        measures = records.TILE_MEASURES
        column = None if split is None else records.COLUMN_OF[split]

        def load(session: Session) -> dict[str, tuple[SpanFigures, ...]]:
            names = ("day",) if column is None else (column, "day")
            rows = session.summarize(query, by=names, measures=measures)
            apart: dict[str, list[Row]] = {} if column else {"": []}
            for row in rows:
                apart.setdefault(row[column] if column else "", []).append(row)
            currency = self._currency(session)
            return {
                key: series(rows, first, last, span, currency)
                for key, rows in apart.items()
            }

        return shell.ask(load, Permission.VIEW_STATISTICS)

    def _currency(self, session: Session) -> str | None:
        """What money is in, for those who may see it."""
        sees = self._shell.may(session, Permission.VIEW_REVENUE)
        return self._shell.desk.program.currency if sees else None
