"""Finding customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from loyaltycore.customers.clues import Clues, check_search, the_clue
from loyaltycore.program.managers import Permission
from loyaltycore.records.finding import by_clue, searched
from loyaltycore.services.customers.register import CustomerRegister


if TYPE_CHECKING:
    from loyaltycore.customers.customer import Customer

__all__ = ["CustomerFinder"]


class CustomerFinder(CustomerRegister):
    """Who is meant; only living customers are found."""

    def find(self, **clue: Unpack[Clues]) -> Customer | None:
        """
        Return the one customer whom a clue leads to, or None.

        Of several the one who registered first; ``find_all`` returns all of them.

        Args:
            clue: one of ``Clues``; None leads to nobody.

        Raises:
            InvalidPhone, InvalidEmail, InvalidValue: it cannot be such a thing; or more
                than one was given.
        """
        found = self.find_all(**clue)
        return found[0] if found else None

    def find_all(self, *, limit: int = 50, **clue: Unpack[Clues]) -> list[Customer]:
        """
        Return the customers whom a clue leads to, in the order of registration.

        Args:
            limit: how many at most, 1 to 500.

        Raises:
            InvalidPhone, InvalidEmail, InvalidValue: as ``find``; or the limit.
        """
        program = self._shell.desk.program
        name, value = the_clue(clue, limit)
        if value is None:
            return []
        return self._shell.read(
            lambda session: by_clue(session, program, name, value, limit),
            Permission.VIEW_CUSTOMERS,
        )

    def search(self, text: str, *, limit: int = 50) -> list[Customer]:
        """
        Return customers that a search box's text fits, at most *limit*.

        The whole text may be a receipt id, a card's serial number, a referral code or
        an external id; whom it leads to comes first.  Otherwise every word has to fit:
        it is the beginning of any word of the name (case and accents aside), of the
        e-mail address or of the external id, or the last digits of the phone, at least
        four.  Those who registered first come first, as far as all were looked at:
        where more than *limit* fit, which of them come is not said.

        Raises:
            InvalidValue: it is no text; or the limit.
        """
        program = self._shell.desk.program
        check_search(text, limit)
        return self._shell.read(
            lambda session: searched(session, program, text.strip(), limit),
            Permission.VIEW_CUSTOMERS,
        )
