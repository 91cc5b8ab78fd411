"""Card templates: the rules under which cards are issued."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loyaltycore.cards.card import CardTemplate
from loyaltycore.cards.contract import CardType
from loyaltycore.errors import InvalidValue, UnknownTemplate
from loyaltycore.ports import Insert
from loyaltycore.records import templates as records
from loyaltycore.records.programs import found_program


if TYPE_CHECKING:
    from loyaltycore.ports import Session
    from loyaltycore.shell import Shell

__all__ = ["Templates"]

_NAME_MAX = 200


class Templates:
    """Card templates of the program."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def create(self, name: str, rules: CardType[Any]) -> CardTemplate:
        """
        Create a template, version 1.

        Raises:
            InvalidValue: no name, or a card type that this programme was not given.
            InvalidAmount: an amount in the rules that the currency cannot hold.
        """
        desk = self._shell.desk
        if not isinstance(rules, CardType):  # pyright: ignore[reportUnnecessaryIsInstance]
            message = "pass a card type with its settings: cards.Stamp(reward='Tea')."
            raise InvalidValue("rules", message)
        if not name.strip() or len(name) > _NAME_MAX:
            raise InvalidValue("name", f"1 to {_NAME_MAX} characters.")
        if desk.card_types.get(rules.kind) is not type(rules):
            known = ", ".join(sorted(desk.card_types))
            message = f"{rules.kind!r} is not among this program's card types: {known}."
            raise InvalidValue("rules", message)
        rules.check(desk.program.currency)
        now = desk.now()
        template = CardTemplate(
            id=desk.ids.new(now), name=name, version=1, rules=rules, created_at=now
        )
        row = records.template_row(self._shell.program_id, template)

        def insert(session: Session) -> CardTemplate:
            found_program(session, desk.program, now)
            session.apply([Insert("template", [row])])
            return template

        return self._shell.write(insert)

    def get(self, template_id: str) -> CardTemplate:
        """
        Return a template.

        Raises:
            UnknownTemplate: there is none with this id.
        """
        ref = records.template_ref(self._shell.program_id, template_id)
        (row,) = self._shell.read(lambda session: session.get([ref]))
        if row is None:
            raise UnknownTemplate(template_id)
        return self._shell.desk.template(row)

    def list(self) -> list[CardTemplate]:
        """Return all templates, oldest first."""
        query = records.all_templates(self._shell.program_id)
        rows = self._shell.read(lambda session: session.select(query)).rows
        return [self._shell.desk.template(row) for row in rows]
