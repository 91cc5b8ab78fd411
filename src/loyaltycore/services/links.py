"""Links to sign up, to install a card, and to bring a friend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.customers.links import Link, LinkPurpose, sign_up_subject
from loyaltycore.errors import InvalidValue
from loyaltycore.posting.linking import follow_link, link_to
from loyaltycore.program.managers import Permission
from loyaltycore.values.ids import id_text


if TYPE_CHECKING:
    from loyaltycore.customers.links import Destination
    from loyaltycore.shell import Shell

__all__ = ["Links"]

_LOCATION_MAX = 255


class Links:
    """
    Links of the program.

    Each is made when it is first asked for, and is the same ever after.  Its address is
    the program's ``link_base`` and the token; ``io.qr`` draws it.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def sign_up(
        self, *, template_id: str | None = None, location: str | None = None
    ) -> Link:
        """
        Return the link under which people sign up.

        Args:
            template_id: of the card that they are after.
            location: where the link hangs, to tell one poster from another.

        Raises:
            UnknownTemplate, UnknownLocation: there is no such one.
        """
        if template_id is not None:
            id_text("template_id", template_id)
        if location is not None and (
            not isinstance(location, str) or len(location) > _LOCATION_MAX  # pyright: ignore[reportUnnecessaryIsInstance]
        ):
            raise InvalidValue("location", f"at most {_LOCATION_MAX} characters.")
        return self._link(LinkPurpose.SIGN_UP, sign_up_subject(template_id, location))

    def install(self, card_id: str) -> Link:
        """
        Return the link under which a customer puts a card on their phone.

        Raises:
            UnknownCard: there is no such card.
            DeadLink: it was deleted, or its customer is gone.
        """
        return self._link(LinkPurpose.INSTALL, id_text("card_id", card_id))

    def referral(self, customer_id: str) -> Link:
        """
        Return the link that a customer passes on to friends.

        Raises:
            UnknownCustomer: there is no such customer.
            DeadLink: they are gone.
        """
        return self._link(LinkPurpose.REFERRAL, id_text("customer_id", customer_id))

    def resolve(self, token: str) -> Destination:
        """
        Say where a link leads: what is signed up for, the card, or the customer.

        Args:
            token: the last part of the address, in any notation.

        Raises:
            UnknownLink: there is none with this token.
            DeadLink: the card was deleted, or the customer is gone.
            UnknownLocation: a sign-up link hangs where you are no longer.
        """
        desk = self._shell.desk
        return self._shell.read(lambda session: follow_link(session, desk, token))

    def _link(self, purpose: LinkPurpose, subject_id: str) -> Link:
        desk = self._shell.desk
        return self._shell.write(
            lambda session: link_to(session, desk, purpose, subject_id),
            Permission.VIEW_CUSTOMERS,
        )
