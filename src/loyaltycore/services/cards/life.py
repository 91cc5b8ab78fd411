"""Cards over their life: from being issued to being deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltycore.cards import life
from loyaltycore.posting import change_card, issue_card
from loyaltycore.program.managers import Permission


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from loyaltycore.cards.card import Card, CardTemplate
    from loyaltycore.shell import Shell

__all__ = ["CardLife"]


class CardLife:
    """
    What becomes of a card.

    Every method but ``issue`` raises ``UnknownCard`` where there is no such card, and,
    ``delete`` apart, ``CardDeleted`` where it was deleted.  Each change leaves a
    message in the outbox; what changes nothing leaves none.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def issue(
        self,
        template_id: str,
        *,
        to: str,
        fields: Mapping[str, object] | None = None,
        utm: str | None = None,
    ) -> Card:
        """
        Issue a card of a template to a customer, with a new serial number.

        A card of this template that the customer had and removed is not issued twice:
        it comes back as it was, and waits to be installed again.

        Args:
            to: the customer's id.
            fields: what the form of the template is filled in with, by name.
            utm: where the customer came from, such as ``utm_source=flyer``.

        Raises:
            UnknownTemplate, UnknownCustomer: there is no such one.
            InvalidFields: naming every bad field of the form.
            DuplicateField: another card has the value of a unique field.
        """
        shell, given = self._shell, fields or {}
        return shell.write(
            lambda session: issue_card(
                session, shell.desk, template_id, to, given, utm, by=shell.by
            ),
            Permission.ADD_CUSTOMER,
        )

    def install(
        self, card_id: str, *, device: str | None = None, utm: str | None = None
    ) -> Card:
        """
        Put a card on a phone; one that was removed is restored by that.

        Args:
            device: on which, such as ``iPhone 15``.
            utm: where the customer came from; only the first one told is kept.
        """
        now, zone = self._shell.desk.now(), self._shell.desk.program.zone

        def change(card: Card, template: CardTemplate) -> Card:
            return life.install(
                card, template.conditions, at=now, zone=zone, device=device, utm=utm
            )

        return self._change(card_id, "installed", change)

    def remove(self, card_id: str) -> Card:
        """
        Take a card off the phone; its units stay.

        Raises:
            CardNotInstalled: it was never on one.
        """
        return self._change(card_id, "removed", lambda card, _: life.remove(card))

    def restore(self, card_id: str) -> Card:
        """Put a removed card back on the phone that it was on."""
        return self._change(card_id, "restored", lambda card, _: life.restore(card))

    def delete(self, card_id: str) -> Card:
        """
        Switch a card off for good, though it may still be on a phone.

        Its journal stays, and its serial number is never given again.  The values of
        its unique fields are free for another card.
        """
        return self._change(
            card_id, "deleted", lambda card, _: life.delete(card), Permission.DELETE
        )

    def block(self, card_id: str, reason: str) -> Card:
        """
        Stop a card from being used; what was posted can still be voided and refunded.

        Args:
            reason: 1 to 255 characters, for your staff.
        """
        return self._change(
            card_id, "blocked", lambda card, _: life.block(card, reason)
        )

    def unblock(self, card_id: str) -> Card:
        """Let a blocked card be used again."""
        return self._change(card_id, "unblocked", lambda card, _: life.unblock(card))

    def set_expiration(self, card_id: str, last_day: date | None) -> Card:
        """
        Give a card a last valid day of its own, whatever its template says.

        Args:
            last_day: in the program's zone, valid to its end; None: the card does not
                expire.
        """
        zone = self._shell.desk.program.zone
        return self._change(
            card_id,
            "dated",
            lambda card, _: life.set_expiration(card, last_day, zone),
        )

    def set_fields(self, card_id: str, fields: Mapping[str, object]) -> Card:
        """
        Change what the form was filled in with.

        Args:
            fields: by name; what is not given stays, None empties a field.

        Raises:
            InvalidFields: naming every bad field.
            DuplicateField: another card has the value of a unique field.
        """

        def change(card: Card, template: CardTemplate) -> Card:
            return life.set_fields(card, template.conditions, fields)

        return self._change(card_id, "filled_in", change)

    def _change(
        self,
        card_id: str,
        what: str,
        change: Callable[[Card, CardTemplate], Card],
        permission: Permission = Permission.EDIT,
    ) -> Card:
        desk, topic = self._shell.desk, f"card.{what}"
        by = self._shell.manager_id
        return self._shell.write(
            lambda session: change_card(session, desk, card_id, topic, change, by),
            permission,
        )
