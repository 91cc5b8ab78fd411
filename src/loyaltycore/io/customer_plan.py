"""
What each row of a file of customers would do.

Owns the decision: create, update, leave unchanged, skip, or refuse.  Writes nothing and
asks nobody: whoever is known is passed in, so a dry run and a real one decide alike.

A customer is recognised by the first of the identity's fields that is known.  Where two
fields of a row lead to two customers, the row is refused, never guessed at.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import attrs

from loyaltycore.customers.belongings import NO_BELONGINGS, Belongings
from loyaltycore.customers.customer import Customer, Person
from loyaltycore.customers.tags import TAGS_MAX
from loyaltycore.io.cell_values import Action
from loyaltycore.io.customer_columns import ACTION, OWN, TAGS, own_field
from loyaltycore.io.customer_rules import (
    CustomerImport,
    Duplicates,
    OnMatch,
    OnNew,
    customer_rows,
)
from loyaltycore.io.planned_belongings import BelongingsTold
from loyaltycore.io.planned_customers import (
    Create,
    Identity,
    Known,
    PlannedRow,
    Unchanged,
    Update,
    identities_in,
    identities_of,
    recognised_by,
    unique_values,
)
from loyaltycore.io.report import Failed, Skipped
from loyaltycore.io.seen import Seen


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from loyaltycore.io.sources import Source
    from loyaltycore.io.table_rows import TableRow, TableRows
    from loyaltycore.program.customer_form import CustomerForm
    from loyaltycore.program.program import Program

__all__ = [
    "Create",
    "CustomerPlanner",
    "PlannedRow",
    "Unchanged",
    "Update",
    "plan_customers",
]

_BATCH_ROWS: Final = 50
_PERSON: Final = frozenset(field.name for field in attrs.fields(Person))
_SOURCE: Final = "import"
_SET_ONCE: Final = ("source", "utm")


def plan_customers(
    source: Source,
    rules: CustomerImport,
    program: Program,
    *,
    known: Iterable[Customer] = (),
    belongings: Mapping[str, Belongings] = MappingProxyType({}),
) -> Iterator[PlannedRow]:
    """
    Yield what each row of a file would do, in its order.

    Args:
        known: the customers that there are.
        belongings: their tags and consents, by the customer's id.

    Raises:
        FileUnreadable: the file cannot be read at all; before the first row.
    """
    form = program.customer_form
    by_identity: dict[Identity, Customer] = {}
    taken: dict[Identity, str] = {}
    for customer in known:
        for identity in identities_of(customer, form):
            by_identity[identity] = customer
        taken |= dict.fromkeys(unique_values(form, customer.fields), customer.id)
    rows = customer_rows(source, rules, program)
    planner = CustomerPlanner(rows, rules, form)
    return _planned(rows, planner, Known(by_identity, taken, belongings))


def _planned(
    rows: TableRows, planner: CustomerPlanner, known: Known
) -> Iterator[PlannedRow]:
    for batch in rows.batches(_BATCH_ROWS):
        yield from planner.plan(batch, known)
        planner.settle()


class CustomerPlanner:
    """
    Plans one file, a batch of rows after the other.

    ``plan`` may be asked again about the same batch, when what it led to could not be
    written; ``settle`` says that it was.
    """

    def __init__(
        self, rows: TableRows, rules: CustomerImport, form: CustomerForm
    ) -> None:
        self._rows = rows
        self._rules = rules
        self._form = form
        self._is_asked = bool(form.required or form.fields)
        self._recognise_by = recognised_by(form, rows.names)
        self._beside = [field for field in rows.names if field not in _PERSON]
        self._own = [
            (field, field.removeprefix(OWN))
            for field in rows.names
            if field.startswith(OWN)
        ]
        self._told = BelongingsTold(rows.names, rules.tags)
        self._seen = Seen[Identity](rows.file.survey.lines)
        self._last = self._last_lines() if rules.duplicates is Duplicates.LAST else None

    def plan(self, rows: Sequence[TableRow], known: Known) -> list[PlannedRow]:
        """Decide what rows do."""
        self._seen.take_back()
        return [self._plan(row, known) for row in rows]

    @property
    def asks_belongings(self) -> bool:
        """Do rows speak of tags or consents?"""
        return bool(self._told)

    def settle(self) -> None:
        """Take the last plan as carried out."""
        self._seen.settle()

    # -- one row -----------------------------------------------------------------------

    def _plan(self, row: TableRow, known: Known) -> PlannedRow:
        if row.values.get(ACTION) is Action.SKIP:
            return Skipped(row.line, "action")
        if row.errors:
            return Failed(row.line, row.errors, row.cells)
        identities = identities_in(row, self._recognise_by)
        customers = known.customers
        found = [(i[0], customers[i]) for i in identities if i in customers]
        for _, customer in found:
            identities += identities_of(customer, self._form)
        mark = self._seen.mark
        duplicate = self._duplicate(row, identities)
        if duplicate is not None:
            return duplicate
        planned = self._decided(row, found, known)
        if isinstance(planned, Failed):  # nobody's way is barred by a row that is wrong
            self._seen.take_back(mark)
        return planned

    def _decided(
        self,
        row: TableRow,
        found: Sequence[tuple[str, Customer]],
        known: Known,
    ) -> PlannedRow:
        """Decide what a row does whose customer is on no other line."""
        match, problem = self._match(row, found)
        if problem is not None:
            return problem
        if match is None:
            planned = self._new(row)
        else:
            had = known.belongings.get(match.id, NO_BELONGINGS)
            planned = self._known(row, match, had)
        if self._told and isinstance(planned, Create | Update):
            problem = self._too_many(row, planned)
            if problem is not None:
                return problem
        if self._is_asked and isinstance(planned, Create | Update):
            return self._unfit(row, planned, known.taken) or planned
        return planned

    def _unfit(
        self, row: TableRow, planned: Create | Update, taken: Mapping[Identity, str]
    ) -> Failed | None:
        """Say what the program's form has against it: what is missing, or not free."""
        form, errors = self._form, list[Failed]()
        asked = [(name, getattr(planned.person, name)) for name in form.required]
        asked += [
            (own_field(field.name), planned.fields.get(field.name))
            for field in form.fields
            if field.required
        ]
        is_new = isinstance(planned, Create)
        for field, value in asked:
            if value is None and (is_new or field in row.values):
                message = f"The program requires {field.removeprefix(OWN)}."
                errors.append(
                    self._rows.failed(row, "missing_required", message, field)
                )
        owner = None if isinstance(planned, Create) else planned.customer.id
        for identity in unique_values(form, planned.fields):
            field = identity[0]
            if taken.get(identity, owner) != owner:
                message = f"Customer {taken[identity]} already has this."
                errors.append(self._rows.failed(row, "duplicate_field", message, field))
                continue
            first = self._seen.add((identity,), row.line)
            if first is not None:
                message = f"The customer on line {first[1]} has the same; correct one."
                errors.append(self._rows.failed(row, "duplicate_field", message, field))
        if not errors:
            return None
        return Failed(
            row.line,
            tuple(error for each in errors for error in each.errors),
            row.cells,
        )

    def _duplicate(
        self, row: TableRow, identities: Sequence[Identity]
    ) -> PlannedRow | None:
        """Note whose line it is; say what becomes of it where they have another."""
        if self._last is not None:
            lasts = map(self._last.line_of, identities)
            if any(last is not None and last > row.line for last in lasts):
                return Skipped(row.line, "duplicate")
        first = self._seen.add(identities, row.line)
        if first is None:
            return None
        if self._rules.duplicates is Duplicates.FIRST:
            return Skipped(row.line, "duplicate")
        (field, _), line = first
        message = (
            f"The same customer is on line {line}; leave one of the rows out, or"
            " say which one counts."
        )
        return self._rows.failed(row, "duplicate_in_file", message, field)

    def _match(
        self, row: TableRow, found: Sequence[tuple[str, Customer]]
    ) -> tuple[Customer | None, Failed | None]:
        """Find whose row it is, by the order of the identity."""
        if not found and "id" not in row.values:
            return None, None
        by_field = dict(found)
        if "id" in row.values and "id" not in by_field:
            message = "No customer has this id; leave the cell empty for a new one."
            return None, self._rows.failed(row, "unknown_id", message, "id")
        match, via = None, ""
        for field in self._rules.identity:
            if field in by_field:
                match, via = by_field[field], field
                break
        for field, customer in found:
            if match is None or customer.id != match.id:
                message = "Another customer has this; the row would be two people."
                return None, self._rows.failed(row, "identity_conflict", message, field)
        ours = row.values.get("external_id")
        if match is not None and via != "external_id" and ours:
            theirs = match.person.external_id
            if theirs is not None and theirs != ours:
                message = (
                    f"The customer with this {via} has another external id; correct"
                    " the one that is wrong."
                )
                return None, self._rows.failed(
                    row, "identity_conflict", message, "external_id"
                )
        return match, None

    def _new(self, row: TableRow) -> PlannedRow:
        action = row.values.get(ACTION)
        on_new = self._rules.on_new if action is None else OnNew.CREATE
        if action is Action.UPDATE or on_new is OnNew.ERROR:
            message = "No customer is known by what the row says of them."
            return self._rows.failed(row, "unknown_customer", message)
        if on_new is OnNew.SKIP:
            return Skipped(row.line, "new")
        values = row.values
        if not (
            values.get("phone") or values.get("email") or values.get("external_id")
        ):
            message = "Give a phone, an e-mail address or an external id."
            return self._rows.failed(row, "no_identity", message)
        facts = dict(values)
        for field in self._beside:
            facts.pop(field, None)
        facts["source"] = facts.get("source") or _SOURCE
        fields = {
            name: value
            for field, name in self._own
            if (value := values.get(field)) is not None
        }
        told = self._told
        return Create(
            row.line,
            Person(**facts),
            values.get("registered_at"),
            fields,
            told.behind(values, NO_BELONGINGS) if told else NO_BELONGINGS,
        )

    def _known(self, row: TableRow, customer: Customer, had: Belongings) -> PlannedRow:
        action = row.values.get(ACTION)
        on_match = self._rules.on_match if action is None else OnMatch.UPDATE
        if action is Action.CREATE or on_match is OnMatch.ERROR:
            message = f"The customer is known already, as {customer.id}."
            return self._rows.failed(row, "already_exists", message)
        if on_match is OnMatch.SKIP:
            return Skipped(row.line, "known")
        before = customer.person
        values = row.values
        changes = {
            field: value
            for field, value in values.items()
            if field in _PERSON and getattr(before, field) != value
        }
        for name in _SET_ONCE:
            if getattr(before, name) is not None:
                changes.pop(name, None)
        own: dict[str, Any] = dict(customer.fields)
        own |= {name: values[field] for field, name in self._own if field in values}
        fields = {name: value for name, value in own.items() if value is not None}
        will = self._told.behind(values, had) if self._told else had
        if not changes and fields == customer.fields and will == had:
            return Unchanged(row.line, customer.id)
        person = attrs.evolve(before, **changes)
        return Update(row.line, customer, person, fields, had, will)

    def _too_many(self, row: TableRow, planned: Create | Update) -> Failed | None:
        tags = planned.belongings.tags
        had = planned.had.tags if isinstance(planned, Update) else ()
        if len(tags) <= max(len(had), TAGS_MAX):
            return None
        message = f"The customer would have {len(tags)} tags; {TAGS_MAX} is the most."
        return self._rows.failed(row, "too_many_tags", message, TAGS)

    # -- the rest ----------------------------------------------------------------------

    def _last_lines(self) -> Seen[Identity]:
        """Read the file once to know on which line each customer is last."""
        last = Seen[Identity](self._rows.file.survey.lines)
        for row in self._rows:
            if not row.errors and row.values.get(ACTION) is not Action.SKIP:
                last.put(identities_in(row, self._recognise_by), row.line)
        return last
