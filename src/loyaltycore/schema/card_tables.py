"""Tables of cards and of their journal."""

from __future__ import annotations

from loyaltycore.schema.tables import Collection, Index, columns


__all__ = [
    "CARD",
    "ENTRY",
    "LOT",
    "TEMPLATE",
    "TEMPLATE_VERSION",
    "TRANSACTION",
]

_A_TEMPLATE = columns(
    id="text",
    version="int",
    kind="text",
    name="text",
    rules="json",
    conditions="json",
    created_at="moment",
    changed_at="moment",
)

TEMPLATE = Collection(
    name="template",
    columns=_A_TEMPLATE,
    key=("program_id", "id"),
    indexes=(Index(by=("program_id",), order=("created_at", "id")),),
)

TEMPLATE_VERSION = Collection(
    name="template_version",
    columns=_A_TEMPLATE,
    key=("program_id", "id", "version"),
    append_only=True,
)

CARD = Collection(
    name="card",
    columns=columns(
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
        stamp_balance="int",
        reward_balance="int",
        visit_balance="int",
        point_balance="int",
        money_balance="int",
        spend_balance="int",
        use_balance="int",
        uses="int",
        tier="text?",
    ),
    key=("program_id", "id"),
    uniques=(("program_id", "serial"),),
    indexes=(
        Index(by=("program_id", "customer_id"), order=("issued_at", "id")),
        Index(by=("program_id",), order=("next_due_at", "id")),
    ),
)

LOT = Collection(
    name="lot",
    columns=columns(
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

TRANSACTION = Collection(
    name="transaction",
    columns=columns(
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

ENTRY = Collection(
    name="entry",
    columns=columns(
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
