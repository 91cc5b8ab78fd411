"""
The facade: one program on one store.

Composes the services, each created on first use.  Holds no rules.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from loyaltycore.cards import CARD_TYPES
from loyaltycore.errors import InvalidValue
from loyaltycore.posting import Desk
from loyaltycore.program.program import Program
from loyaltycore.services.cards import Cards
from loyaltycore.services.customers import Customers
from loyaltycore.services.messages import Messages
from loyaltycore.services.templates import Templates
from loyaltycore.services.transactions import Transactions
from loyaltycore.services.upkeep import Upkeep
from loyaltycore.shell import Shell
from loyaltycore.system import FixedClock, SystemClock, SystemIds
from loyaltycore.values.ids import id_text


if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from datetime import datetime

    from loyaltycore.cards.contract import CardType
    from loyaltycore.insight.verification import VerifyReport
    from loyaltycore.ports import Clock, Ids, Store
    from loyaltycore.services.columns import Columns
    from loyaltycore.services.consents import Consents
    from loyaltycore.services.feedback import Feedback
    from loyaltycore.services.files import Files
    from loyaltycore.services.filters import SavedFilters
    from loyaltycore.services.grid import Grid
    from loyaltycore.services.links import Links
    from loyaltycore.services.locations import Locations
    from loyaltycore.services.managers import Managers
    from loyaltycore.services.notes import Notes
    from loyaltycore.services.reports import Reports
    from loyaltycore.services.rewards import Rewards
    from loyaltycore.services.scores import Scores
    from loyaltycore.services.segments import Segments
    from loyaltycore.services.tags import Tags

__all__ = ["Loyalty"]


class Loyalty:
    """
    A loyalty programme on a store.

    Args:
        store: where everything is kept.
        program: whose programme it is.
        card_types: the card types to know; add your own to ``cards.CARD_TYPES``.
        clock: where the time comes from; the machine's by default.
        ids: where ids and random bytes come from; the machine's by default.

    Raises:
        InvalidValue: the store or the program is something else, or two card types are
            of one kind.
    """

    def __init__(
        self,
        store: Store,
        program: Program,
        *,
        card_types: Iterable[type[CardType[Any]]] = CARD_TYPES,
        clock: Clock | None = None,
        ids: Ids | None = None,
    ) -> None:
        if not isinstance(program, Program):  # pyright: ignore[reportUnnecessaryIsInstance]
            message = f"Loyalty(store, program) takes a Program, not {program!r}."
            raise InvalidValue("program", message)
        _check_store(store)
        self._shell = Shell(
            store=store,
            desk=Desk(
                program=program,
                clock=clock or SystemClock(),
                ids=ids or SystemIds(),
                card_types=_by_kind(card_types),
            ),
        )

    @property
    def program(self) -> Program:
        """Whose programme it is."""
        return self._shell.desk.program

    @property
    def store(self) -> Store:
        """Where everything is kept."""
        return self._shell.store

    # -- services ----------------------------------------------------------------------

    @cached_property
    def customers(self) -> Customers:
        """Register customers and find them."""
        return Customers(self._shell)

    @cached_property
    def templates(self) -> Templates:
        """Create the rules under which cards are issued."""
        return Templates(self._shell)

    @cached_property
    def cards(self) -> Cards:
        """Issue cards and use them."""
        return Cards(self._shell)

    @cached_property
    def transactions(self) -> Transactions:
        """Look at transactions and take them back."""
        return Transactions(self._shell)

    @cached_property
    def rewards(self) -> Rewards:
        """Look at rewards and vouchers, and grant what is due."""
        from loyaltycore.services.rewards import Rewards  # noqa: PLC0415 - start-up time

        return Rewards(self._shell)

    @cached_property
    def notes(self) -> Notes:
        """Write notes about customers, and be reminded."""
        from loyaltycore.services.notes import Notes  # noqa: PLC0415 - start-up time

        return Notes(self._shell)

    @cached_property
    def tags(self) -> Tags:
        """Put tags on customers."""
        from loyaltycore.services.tags import Tags  # noqa: PLC0415 - start-up time

        return Tags(self._shell)

    @cached_property
    def consents(self) -> Consents:
        """Note down what customers allow."""
        from loyaltycore.services.consents import (  # noqa: PLC0415 - start-up time
            Consents,
        )

        return Consents(self._shell)

    @cached_property
    def feedback(self) -> Feedback:
        """Note down what customers say of their visits."""
        from loyaltycore.services.feedback import (  # noqa: PLC0415 - start-up time
            Feedback,
        )

        return Feedback(self._shell)

    @cached_property
    def reports(self) -> Reports:
        """Read figures: tiles, statements, what is owed, RFM."""
        from loyaltycore.services.reports import Reports  # noqa: PLC0415 - start-up time

        return Reports(self._shell)

    @cached_property
    def files(self) -> Files:
        """Bring files in, and write them."""
        from loyaltycore.services.files import Files  # noqa: PLC0415 - start-up time

        return Files(self._shell)

    @cached_property
    def links(self) -> Links:
        """Make links to sign up, install a card and bring a friend, and follow them."""
        from loyaltycore.services.links import Links  # noqa: PLC0415 - start-up time

        return Links(self._shell)

    @cached_property
    def columns(self) -> Columns:
        """Read the store in columns, for data frames."""
        from loyaltycore.services.columns import Columns  # noqa: PLC0415 - start-up time

        return Columns(self._shell)

    @cached_property
    def scores(self) -> Scores:
        """Keep RFM scores and segments on customers."""
        from loyaltycore.services.scores import Scores  # noqa: PLC0415 - start-up time

        return Scores(self._shell)

    @cached_property
    def filters(self) -> SavedFilters:
        """Save filters under a name, and ask one of one customer."""
        from loyaltycore.services.filters import (  # noqa: PLC0415 - start-up time
            SavedFilters,
        )

        return SavedFilters(self._shell)

    @cached_property
    def segments(self) -> Segments:
        """Keep segments: filters with a name, and lists of customers."""
        from loyaltycore.services.segments import (  # noqa: PLC0415 - start-up time
            Segments,
        )

        return Segments(self._shell)

    @cached_property
    def grid(self) -> Grid:
        """List customers by columns, filtered, sorted and in pages."""
        from loyaltycore.services.grid import Grid  # noqa: PLC0415 - start-up time

        return Grid(self._shell)

    @cached_property
    def managers(self) -> Managers:
        """Say who may do what where, and look at what they did."""
        from loyaltycore.services.managers import Managers  # noqa: PLC0415 - likewise

        return Managers(self._shell)

    @cached_property
    def locations(self) -> Locations:
        """Name the places where things happen, and the tills there."""
        from loyaltycore.services.locations import Locations  # noqa: PLC0415 - likewise

        return Locations(self._shell)

    @cached_property
    def upkeep(self) -> Upkeep:
        """Post what time makes due on cards that nobody touches."""
        return Upkeep(self._shell)

    @cached_property
    def messages(self) -> Messages:
        """Hand out the messages that postings have left in the outbox."""
        return Messages(self._shell)

    def verify(self) -> VerifyReport:
        """
        Add the whole journal up again and compare it with everything stored.

        See ``docs/explanation/proof.md`` for what this proves and what it cannot.

        Raises:
            StoreError: the store could not be read.
        """
        from loyaltycore.services.verification import (  # noqa: PLC0415 - start-up time
            Verification,
        )

        return Verification(self._shell).verify()

    # -- the same program, otherwise ---------------------------------------------------

    def at(self, moment: datetime) -> Loyalty:
        """Return the same programme under a clock that stands at *moment*."""
        desk = self._shell.desk.under(FixedClock(moment))
        return self._over(attrs.evolve(self._shell, desk=desk))

    def as_manager(self, manager_id: str, location: str | None = None) -> Loyalty:
        """
        Return the same programme, where everything is done by a manager.

        What they write names them, what they may not do is refused, and figures are
        those of the location that is given.  Who signs in is your backend's to find
        out; whoever holds this object, or the one that it came from, can ask for
        another.

        Args:
            location: the id of the place where they are; whoever is bound to places
                has to be at one of theirs.

        Raises:
            PermissionDenied: from what is called on it, as are ``UnknownManager`` and
                ``UnknownLocation``.
        """
        shell = attrs.evolve(
            self._shell,
            manager_id=id_text("manager_id", manager_id),
            location_id=None if location is None else id_text("location_id", location),
        )
        return self._over(shell)

    def bind(self, handle: object) -> Loyalty:
        """
        Return the same programme inside your own open database transaction.

        What is posted there is committed or rolled back with everything else in it; a
        refusal leaves it usable.  Nothing is retried.

        Args:
            handle: what the store takes, such as a ``sqlite3.Connection``.
        """
        store = self._shell.store.bind(handle)
        shell = attrs.evolve(self._shell, store=store, session=None, retries=False)
        return self._over(shell)

    @contextmanager
    def batch(self) -> Generator[Loyalty, None, None]:
        """
        Open one database transaction for everything inside the block.

        All of it stays, or nothing; many postings in one batch are many times faster
        than one by one, and faster still with ``cards.post_many``.  A batch of a batch
        is a part of it: it is undone alone when it fails, and with the outer one.
        """
        with self._shell.joined() as shell:
            yield self._over(shell)

    def _over(self, shell: Shell) -> Loyalty:
        other = object.__new__(Loyalty)
        other._shell = shell
        return other


def _check_store(store: object) -> None:
    """Refuse at once what would fail at the first posting, in other words."""
    if isinstance(store, type):
        found = f"the class {store.__name__} itself"
    elif not callable(getattr(store, "session", None)):
        found = f"a {type(store).__name__}"
    else:
        return
    message = f"pass a store, such as SqliteStore('coffee.db'), not {found}."
    raise InvalidValue("store", message)


def _by_kind(
    card_types: Iterable[type[CardType[Any]]],
) -> dict[str, type[CardType[Any]]]:
    by_kind: dict[str, type[CardType[Any]]] = {}
    for card_type in card_types:
        if card_type.kind in by_kind:
            raise InvalidValue("card_types", f"two are of the kind {card_type.kind!r}.")
        by_kind[card_type.kind] = card_type
    return by_kind
