"""The tables themselves; ``docs/explanation/tables.md`` says what each is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.schema import card_tables, customer_tables, program_tables


if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyaltycore.schema.tables import Collection

__all__ = ["COLLECTIONS"]

COLLECTIONS: Final[Mapping[str, Collection]] = {
    collection.name: collection
    for collection in (
        program_tables.PROGRAM,
        customer_tables.CUSTOMER,
        customer_tables.SEARCH_TOKEN,
        card_tables.TEMPLATE,
        card_tables.TEMPLATE_VERSION,
        card_tables.CARD,
        program_tables.UNIQUE_FIELD,
        card_tables.LOT,
        card_tables.TRANSACTION,
        card_tables.ENTRY,
        program_tables.COUNTER,
        program_tables.DAY_FIGURE,
        program_tables.MESSAGE,
        program_tables.IMPORT_RUN,
        customer_tables.RFM_SCORE,
        customer_tables.RFM_RUN,
        customer_tables.SEGMENT_CHANGE,
        customer_tables.FIELD_VALUE,
        customer_tables.CUSTOMER_TAG,
        customer_tables.CONSENT,
        customer_tables.CONSENT_CHANGE,
        customer_tables.NOTE,
        customer_tables.REVIEW,
        customer_tables.ACTIVITY,
        customer_tables.LINK,
        program_tables.LOCATION,
        program_tables.TERMINAL,
        program_tables.MANAGER,
        program_tables.COLUMN_SET,
        customer_tables.SAVED_FILTER,
        customer_tables.SEGMENT,
        customer_tables.SEGMENT_MEMBER,
    )
}
