"""Card templates: the rules under which cards are issued."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from loyaltycore.cards.card import CardTemplate
from loyaltycore.cards.conditions import Conditions
from loyaltycore.cards.contract import CardType
from loyaltycore.cards.versions import check_change
from loyaltycore.errors import InvalidValue, UnknownTemplate
from loyaltycore.ports import Insert, Update
from loyaltycore.program.managers import Permission
from loyaltycore.records import templates as records
from loyaltycore.records.programs import check_program, found_program
from loyaltycore.records.streaming import stream


if TYPE_CHECKING:
    from loyaltycore.ports import Session
    from loyaltycore.shell import Shell

__all__ = ["Templates"]

_NAME_MAX = 200


class Templates:
    """Card templates of the program."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def create(
        self, name: str, rules: CardType[Any], *, conditions: Conditions | None = None
    ) -> CardTemplate:
        """
        Create a template, version 1.

        Args:
            conditions: what holds for its cards beside the rules; by default nothing.

        Raises:
            InvalidValue: no name, or a card type that this programme was not given.
            InvalidAmount: an amount in the rules that the currency cannot hold.
            UnknownTemplate: the rules name a template that is not there.
        """
        desk = self._shell.desk
        now = desk.now()
        template = CardTemplate(
            id=desk.ids.new(now),
            name=name,
            version=1,
            rules=rules,
            conditions=Conditions() if conditions is None else conditions,
            created_at=now,
            changed_at=now,
        )
        self._check(template)
        row = records.template_row(self._shell.program_id, template)

        def insert(session: Session) -> CardTemplate:
            found_program(session, desk.program, now)
            self._check_named(session, rules)
            session.apply(
                [Insert("template", [row]), Insert("template_version", [row])]
            )
            return template

        return self._shell.write(insert, Permission.SETTINGS)

    def change(
        self,
        template_id: str,
        *,
        name: str | None = None,
        rules: CardType[Any] | None = None,
        conditions: Conditions | None = None,
    ) -> CardTemplate:
        """
        Make the next version of a template; what is not given stays as it is.

        Existing cards follow the newest version at once.  Transactions keep the version
        that priced them, so a later refund prices as they did.  Where nothing is
        different, there is no new version.

        Raises:
            InvalidValue: as ``create``; or the kind of card, the decimals of a unit, or
                the type or uniqueness of a field would change, which they never do.
            UnknownTemplate: there is none with this id, or the rules name one that is
                not there.
        """
        given: dict[str, Any] = {
            "name": name,
            "rules": rules,
            "conditions": conditions,
        }
        changes = {field: value for field, value in given.items() if value is not None}
        desk, program_id = self._shell.desk, self._shell.program_id
        ref = records.template_ref(program_id, template_id)
        now = desk.now()

        def write(session: Session) -> CardTemplate:
            check_program(session, desk.program)
            (row,) = session.get([ref], lock=True)
            if row is None:
                raise UnknownTemplate(template_id)
            before = desk.template(row)
            after = attrs.evolve(before, **changes)
            if after == before:
                return before
            after = attrs.evolve(after, version=before.version + 1, changed_at=now)
            self._check(after)
            self._check_named(session, after.rules)
            query = records.versions_of(program_id, template_id)
            earlier = [desk.template_of(each) for each in stream(session, query)]
            check_change(earlier, after, desk.program.currency)
            row = records.template_row(program_id, after)
            values = {
                column: row[column] for column in row if column not in ref.columns
            }
            session.apply([Update(ref, values), Insert("template_version", [row])])
            return after

        return self._shell.write(write, Permission.SETTINGS)

    def get(self, template_id: str, *, version: int | None = None) -> CardTemplate:
        """
        Return a template: the newest version, or the one that is asked for.

        Raises:
            UnknownTemplate: there is none with this id, or no such version.
        """
        program_id = self._shell.program_id
        ref = records.template_ref(program_id, template_id)
        if version is not None:
            ref = records.version_ref(program_id, template_id, version)
        (row,) = self._shell.read(
            lambda session: session.get([ref]), Permission.VIEW_CUSTOMERS
        )
        if row is None:
            raise UnknownTemplate(template_id)
        desk = self._shell.desk
        return desk.template(row) if version is None else desk.template_of(row)

    def list(self) -> list[CardTemplate]:
        """Return the newest version of all templates, oldest template first."""
        query = records.all_templates(self._shell.program_id)
        page = self._shell.read(
            lambda session: session.select(query), Permission.VIEW_CUSTOMERS
        )
        return [self._shell.desk.template(row) for row in page.rows]

    def _check(self, template: CardTemplate) -> None:
        desk, name, rules = self._shell.desk, template.name, template.rules
        if not isinstance(rules, CardType):  # pyright: ignore[reportUnnecessaryIsInstance]
            message = "pass a card type with its settings: cards.Stamp(reward='Tea')."
            raise InvalidValue("rules", message)
        if not isinstance(template.conditions, Conditions):  # pyright: ignore[reportUnnecessaryIsInstance]
            message = "pass cards.Conditions(...), or leave them out."
            raise InvalidValue("conditions", message)
        if not name.strip() or len(name) > _NAME_MAX:
            raise InvalidValue("name", f"1 to {_NAME_MAX} characters.")
        if desk.card_types.get(rules.kind) is not type(rules):
            known = ", ".join(sorted(desk.card_types))
            message = f"{rules.kind!r} is not among this program's card types: {known}."
            raise InvalidValue("rules", message)
        rules.check(desk.program.currency)

    def _check_named(self, session: Session, rules: CardType[Any]) -> None:
        """
        Refuse rules that would fail at the till, for want of a template they name.

        Raises:
            UnknownTemplate: naming the first that is not there.
        """
        program_id = self._shell.program_id
        for named in rules.templates_named():
            if not any(session.get([records.template_ref(program_id, named)])):
                raise UnknownTemplate(named)
