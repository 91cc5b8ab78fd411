"""The tables themselves; ``docs/explanation/tables.md`` says what each is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.schema.tables import Collection, Column, ColumnType, Index


if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COLLECTIONS"]

_TYPES: Final = {
    "text": ColumnType.TEXT,
    "int": ColumnType.INTEGER,
    "bool": ColumnType.BOOLEAN,
    "moment": ColumnType.MOMENT,
    "day": ColumnType.DAY,
    "json": ColumnType.JSON,
}


def _columns(**types: str) -> tuple[Column, ...]:
    """Read ``name="int"`` and ``name="int?"`` (nullable); ``program_id`` leads."""
    return tuple(
        Column(name, _TYPES[written.removesuffix("?")], nullable=written.endswith("?"))
        for name, written in {"program_id": "text", **types}.items()
    )


_PROGRAM = Collection(
    name="program",
    columns=_columns(currency="text", zone="text", created_at="moment"),
    key=("program_id",),
)

_CUSTOMER = Collection(
    name="customer",
    columns=_columns(
        id="text",
        version="int",
        first_name="text?",
        last_name="text?",
        phone="text?",
        email="text?",
        external_id="text?",
        birth_date="day?",
        source="text?",
        registered_at="moment",
        purchases="int",
        purchase_value="int",
        points="int",
        points_earned="int",
        points_redeemed="int",
        points_expired="int",
    ),
    key=("program_id", "id"),
    uniques=(
        ("program_id", "phone"),
        ("program_id", "email"),
        ("program_id", "external_id"),
    ),
    indexes=(Index(by=("program_id",), order=("registered_at", "id")),),
)

_SEARCH_TOKEN = Collection(
    name="search_token",
    columns=_columns(token="text", customer_id="text"),
    key=("program_id", "token", "customer_id"),
    indexes=(Index(by=("program_id", "customer_id")),),
)

_A_TEMPLATE = _columns(
    id="text",
    version="int",
    kind="text",
    name="text",
    rules="json",
    conditions="json",
    created_at="moment",
    changed_at="moment",
)

_TEMPLATE = Collection(
    name="template",
    columns=_A_TEMPLATE,
    key=("program_id", "id"),
    indexes=(Index(by=("program_id",), order=("created_at", "id")),),
)

_TEMPLATE_VERSION = Collection(
    name="template_version",
    columns=_A_TEMPLATE,
    key=("program_id", "id", "version"),
    append_only=True,
)

_CARD = Collection(
    name="card",
    columns=_columns(
        id="text",
        serial="text",
        template_id="text",
        customer_id="text",
        issued_at="moment",
        status="text",
        blocked="text?",
        device="text?",
        installed_at="moment?",
        expires_at="moment",
        utm="text?",
        fields="json",
        version="int",
        digest="text",
        last_at="moment",
        next_lot="int",
        next_due_at="moment",
        totals="json",
        state="json",
    ),
    key=("program_id", "id"),
    uniques=(("program_id", "serial"),),
    indexes=(
        Index(by=("program_id", "customer_id"), order=("issued_at", "id")),
        Index(by=("program_id",), order=("next_due_at", "id")),
    ),
)

_UNIQUE_FIELD = Collection(
    name="unique_field",
    columns=_columns(template_id="text", name="text", value="text", card_id="text"),
    key=("program_id", "template_id", "name", "value"),
)

_LOT = Collection(
    name="lot",
    columns=_columns(
        card_id="text",
        number="int",
        unit="text",
        rule="text",
        amount="int",
        remaining="int",
        expired="int",
        earned_at="moment",
        expires_at="moment",
        available_from="moment?",
        slides="bool",
        version="int",
        state="text",
        is_open="bool",
        due_at="moment",
    ),
    key=("program_id", "card_id", "number"),
    indexes=(
        Index(
            by=("program_id", "card_id", "is_open", "state", "unit"),
            order=("due_at", "earned_at", "number"),
        ),
    ),
)

_TRANSACTION = Collection(
    name="transaction",
    columns=_columns(
        id="text",
        card_id="text",
        version="int",
        customer_id="text",
        template_id="text",
        template_version="int",
        kind="text",
        source="text",
        occurred_at="moment",
        recorded_at="moment",
        local_day="day",
        actor_id="text?",
        location_id="text?",
        terminal_id="text?",
        receipt_id="text?",
        purchase_amount="int?",
        reverses="text?",
        cause="text?",
        idempotency_key="text?",
        fingerprint="text",
        command="json",
        pinned="json",
        state="json",
        till="json",
        digest="text",
    ),
    key=("program_id", "id"),
    uniques=(
        ("program_id", "card_id", "version"),
        ("program_id", "idempotency_key"),
    ),
    indexes=(
        Index(by=("program_id", "customer_id"), order=("occurred_at", "id")),
        Index(by=("program_id", "reverses")),
        Index(by=("program_id", "cause")),
        Index(by=("program_id", "receipt_id")),
    ),
    append_only=True,
)

_ENTRY = Collection(
    name="entry",
    columns=_columns(
        card_id="text",
        version="int",
        number="int",
        unit="text",
        kind="text",
        rule="text",
        amount="int",
        takes="json",
        lot="int?",
        pending="int",
        earned_at="moment?",
        available_from="moment?",
        expires_at="moment?",
        hold="int?",
        deadline="moment?",
        reverses="int?",
        balance_after="int",
    ),
    key=("program_id", "card_id", "version", "number"),
    append_only=True,
)

_COUNTER = Collection(
    name="counter",
    columns=_columns(name="text", used="int"),
    key=("program_id", "name"),
)

_DAY_FIGURE = Collection(
    name="day_figure",
    columns=_columns(
        day="day",
        template_id="text",
        location_id="text",
        actor_id="text",
        slot="int",
        transactions="int",
        purchases="int",
        purchase_value="int",
        points_earned="int",
        points_redeemed="int",
        points_expired="int",
    ),
    key=("program_id", "day", "template_id", "location_id", "actor_id", "slot"),
)

_MESSAGE = Collection(
    name="message",
    columns=_columns(
        id="text",
        card_id="text",
        card_version="int",
        topic="text",
        payload="json",
        created_at="moment",
        due_at="moment",
        holder="text?",
        attempts="int",
        sent_at="moment?",
    ),
    key=("program_id", "id"),
    indexes=(Index(by=("program_id",), order=("due_at", "id")),),
)

_IMPORT_RUN = Collection(
    name="import_run",
    columns=_columns(
        id="text",
        subject="text",
        digest="text",
        line="int",
        counts="json",
        started_at="moment",
        finished_at="moment?",
    ),
    key=("program_id", "id"),
)

_RFM_SCORE = Collection(
    name="rfm_score",
    columns=_columns(
        customer_id="text",
        version="int",
        last_purchase="day",
        orders="int",
        revenue="int",
        frequency="int",
        monetary="int",
        recency_score="int",
        frequency_score="int",
        monetary_score="int",
        segment="text",
        segment_since="day",
    ),
    key=("program_id", "customer_id"),
    indexes=(Index(by=("program_id", "segment"), order=("customer_id",)),),
)

_RFM_RUN = Collection(
    name="rfm_run",
    columns=_columns(
        as_of="day", spec="json", cuts="json", segments="json", scored_at="moment"
    ),
    key=("program_id",),
)

_SEGMENT_CHANGE = Collection(
    name="segment_change",
    columns=_columns(
        id="text",
        customer_id="text",
        left="text?",
        entered="text?",
        on="day",
        recorded_at="moment",
    ),
    key=("program_id", "id"),
    indexes=(Index(by=("program_id", "customer_id")),),
)

COLLECTIONS: Final[Mapping[str, Collection]] = {
    collection.name: collection
    for collection in (
        _PROGRAM,
        _CUSTOMER,
        _SEARCH_TOKEN,
        _TEMPLATE,
        _TEMPLATE_VERSION,
        _CARD,
        _UNIQUE_FIELD,
        _LOT,
        _TRANSACTION,
        _ENTRY,
        _COUNTER,
        _DAY_FIGURE,
        _MESSAGE,
        _IMPORT_RUN,
        _RFM_SCORE,
        _RFM_RUN,
        _SEGMENT_CHANGE,
    )
}
