"""What the ledger says: points, statements, what is owed, RFM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.cards.paying import Paying
from loyaltycore.customers.figures import POINT_SCALE
from loyaltycore.customers.statement import Statement
from loyaltycore.errors import InvalidMoment, InvalidValue, UnknownCard
from loyaltycore.insight.breakage import breakage
from loyaltycore.insight.liability import PointPrice, liability
from loyaltycore.insight.net_purchases import net_purchases, returned
from loyaltycore.insight.tiles import PointTotals
from loyaltycore.ledger.transactions import Unit
from loyaltycore.program.managers import Permission
from loyaltycore.records import cards as card_records
from loyaltycore.records import customers as customer_records
from loyaltycore.records import purchases as purchase_records
from loyaltycore.records import statements as records
from loyaltycore.records import templates as template_records
from loyaltycore.records.finding import everyone_who_became, resolved
from loyaltycore.records.people import all_aliases
from loyaltycore.records.streaming import stream
from loyaltycore.rfm.table import rfm
from loyaltycore.services.reports.dashboard import Dashboard
from loyaltycore.values.days import utc
from loyaltycore.values.quantity import from_units


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from loyaltycore.customers.statement import StatementLine
    from loyaltycore.insight.breakage import Breakage, EndedLot
    from loyaltycore.insight.liability import Liability, OpenLot
    from loyaltycore.ports import Session
    from loyaltycore.query.predicates import Row
    from loyaltycore.rfm.table import RfmTable

__all__ = ["Reports"]


class Reports(Dashboard):
    """
    What there is to read about the program; nothing here writes.

    Each report is of one snapshot of the store, whatever is posted meanwhile.
    """

    def points(self) -> PointTotals:
        """Return all points of the program, added up over its customers' totals."""
        query = customer_records.every_customer(self._shell.program_id)
        measures = customer_records.TOTAL_MEASURES
        (sums,) = self._shell.ask(
            lambda session: session.summarize(query, measures=measures),
            Permission.VIEW_STATISTICS,
        )
        return PointTotals(
            earned=from_units(sums["points_earned"], POINT_SCALE),
            redeemed=from_units(sums["points_redeemed"], POINT_SCALE),
            expired=from_units(sums["points_expired"], POINT_SCALE),
            outstanding=from_units(sums["points"], POINT_SCALE),
        )

    def statement(
        self,
        *,
        customer_id: str | None = None,
        card_id: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Statement:
        """
        Return a page of the points statement of a customer, or of one card.

        Args:
            limit: transactions a page, 1 to 10,000; the lines of one stay together.
            cursor: of the page before.

        Raises:
            UnknownCustomer, UnknownCard: there is no such one.
            InvalidValue: both or neither was named; or the limit or cursor cannot be.
        """
        if (customer_id is None) is (card_id is None):
            raise InvalidValue("customer_id", "name either a customer or a card.")
        return self._shell.ask(
            lambda session: self._statement(
                session, customer_id, card_id, limit, cursor
            ),
            Permission.VIEW_CUSTOMERS,
        )

    def liability(self, at: datetime | None = None) -> Liability:
        """
        Return outstanding points by the month in which they end, and their worth.

        Args:
            at: now, or later: what would be left then if nobody did anything.

        Raises:
            InvalidMoment: in the past; lots are only known as they are.
        """
        desk = self._shell.desk
        now = desk.now()
        moment = now if at is None else utc(at)
        if moment < now:
            message = "Lots are only known as they are; name a moment that is to come."
            raise InvalidMoment(message)
        program = desk.program

        def add_up(session: Session) -> Liability:
            prices = self._prices(session)
            lots = self._open_lots(session, prices, moment)
            return liability(
                lots, prices, at=moment, currency=program.currency, zone=program.zone
            )

        return self._shell.ask(add_up, Permission.VIEW_REVENUE)

    def breakage(self) -> Breakage:
        """
        Return the points that ended unused, by the month in which they ended.

        Points that slid to a later end with each visit are not among them: their lots
        have no end of their own.
        """
        desk = self._shell.desk
        program, now = desk.program, desk.now()

        def add_up(session: Session) -> Breakage:
            prices = self._prices(session)
            lots = self._ended_lots(session, prices, now)
            return breakage(
                lots, prices, at=now, currency=program.currency, zone=program.zone
            )

        return self._shell.ask(add_up, Permission.VIEW_REVENUE)

    def rfm(self, as_of: date, *, bins: int = 5) -> RfmTable:
        """
        Score all customers by their purchases up to a local day; see ``rfm.rfm``.

        A purchase that was voided since never happened, and what was refunded since is
        off its amount.

        Raises:
            InvalidValue: the day is no plain date, or the bins are not 2 to 20.
        """
        program_id = self._shell.program_id

        def score(session: Session) -> RfmTable:
            reversals = stream(session, purchase_records.every_reversal(program_id))
            back = returned(map(purchase_records.reversal_of, reversals))
            posted = stream(
                session, purchase_records.purchases_until(program_id, as_of)
            )
            aliases = all_aliases(session, program_id)
            bought = (
                one._replace(customer_id=aliases.get(one.customer_id, one.customer_id))
                for one in map(purchase_records.purchase_of, posted)
            )
            purchases = net_purchases(bought, back)
            return rfm(purchases, as_of=as_of, bins=bins)

        return self._shell.ask(score, Permission.VIEW_REVENUE)

    # -- inside ------------------------------------------------------------------------

    def _statement(
        self,
        session: Session,
        customer_id: str | None,
        card_id: str | None,
        limit: int,
        cursor: str | None,
    ) -> Statement:
        program_id = self._shell.program_id
        owner_id = self._customer_of(session, customer_id, card_id)
        everyone = everyone_who_became(session, program_id, owner_id)
        query = records.point_transactions(program_id, everyone, card_id, limit, cursor)
        page = session.select(query)
        return Statement(
            lines=tuple(self._lines(session, page.rows)), cursor=page.cursor
        )

    def _customer_of(
        self, session: Session, customer_id: str | None, card_id: str | None
    ) -> str:
        """Check the id that was given, and return the customer."""
        program_id = self._shell.program_id
        if card_id is not None:
            (card,) = session.get([card_records.card_ref(program_id, card_id)])
            if card is None:
                raise UnknownCard(card_id)
            return str(card["customer_id"])
        assert customer_id is not None, "one of the two was given"
        return str(resolved(session, program_id, customer_id)["id"])

    def _lines(
        self, session: Session, transactions: Sequence[Row]
    ) -> Iterator[StatementLine]:
        """Yield the lines of some transactions, in their order, the last line first."""
        versions: dict[str, list[int]] = {}
        for row in transactions:
            versions.setdefault(row["card_id"], []).append(row["version"])
        entries: dict[tuple[str, int], list[Row]] = {}
        for card_id, wanted in versions.items():
            query = records.point_entries(
                self._shell.program_id, card_id, tuple(wanted)
            )
            for row in stream(session, query):
                entries.setdefault((card_id, row["version"]), []).append(row)
        lots = self._lots_of(
            session, [row for rows in entries.values() for row in rows]
        )
        scales: dict[str, int] = {}
        zone = self._shell.desk.program.zone
        for row in transactions:
            template_id = row["template_id"]
            if template_id not in scales:
                scales[template_id] = self._point_scale(session, template_id)
            for entry in reversed(entries[row["card_id"], row["version"]]):
                lot = lots.get((entry["card_id"], entry["lot"]))
                yield records.line_of(
                    row, entry, lot, scale=scales[template_id], zone=zone
                )

    def _lots_of(
        self, session: Session, entries: Sequence[Row]
    ) -> dict[tuple[str, int | None], Row]:
        """Load the lots that entries opened."""
        keys = [
            (row["card_id"], row["lot"]) for row in entries if row["lot"] is not None
        ]
        program_id = self._shell.program_id
        refs = [card_records.lot_ref(program_id, *key) for key in keys]
        rows = session.get(refs)
        return {
            key: row for key, row in zip(keys, rows, strict=True) if row is not None
        }

    def _point_scale(self, session: Session, template_id: str) -> int:
        ref = template_records.template_ref(self._shell.program_id, template_id)
        (row,) = session.get([ref])
        assert row is not None, "a transaction's template stays"
        desk = self._shell.desk
        return desk.template(row).rules.scales(desk.program.currency)[Unit.POINT]

    def _prices(self, session: Session) -> dict[str, PointPrice]:
        """What points are, for each template that counts any."""
        desk = self._shell.desk
        prices: dict[str, PointPrice] = {}
        for row in stream(session, template_records.all_templates(desk.program.id)):
            rules = desk.template(row).rules
            scales = rules.scales(desk.program.currency)
            if Unit.POINT in scales:
                paying = getattr(rules, "paying", None)
                value = paying.value_per_point if isinstance(paying, Paying) else None
                scale = scales[Unit.POINT]
                prices[row["id"]] = PointPrice(scale=scale, value_per_point=value)
        return prices

    def _open_lots(
        self, session: Session, prices: dict[str, PointPrice], at: datetime
    ) -> Iterator[OpenLot]:
        for template_id in prices:
            query = records.open_point_lots(self._shell.program_id, template_id, at)
            for row in stream(session, query):
                yield records.open_lot_of(row, template_id)

    def _ended_lots(
        self, session: Session, prices: dict[str, PointPrice], at: datetime
    ) -> Iterator[EndedLot]:
        for template_id in prices:
            query = records.ended_point_lots(self._shell.program_id, template_id, at)
            for row in stream(session, query):
                yield records.ended_lot_of(row, template_id)
