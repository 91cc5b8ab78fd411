"""Tables of the program itself: staff and places, figures, outbox, imports."""

from __future__ import annotations

from loyaltycore.schema.tables import Collection, Index, columns


__all__ = [
    "COLUMN_SET",
    "COUNTER",
    "DAY_FIGURE",
    "IMPORT_RUN",
    "LOCATION",
    "MANAGER",
    "MESSAGE",
    "PROGRAM",
    "TERMINAL",
    "UNIQUE_FIELD",
]

PROGRAM = Collection(
    name="program",
    columns=columns(currency="text", zone="text", created_at="moment"),
    key=("program_id",),
)

LOCATION = Collection(
    name="location",
    columns=columns(
        id="text",
        version="int",
        name="text",
        kind="text",
        latitude="int?",
        longitude="int?",
        address="text?",
        created_at="moment",
        deleted_at="moment?",
    ),
    key=("program_id", "id"),
    indexes=(Index(by=("program_id",), order=("created_at", "id")),),
)

TERMINAL = Collection(
    name="terminal",
    columns=columns(
        id="text",
        location_id="text",
        name="text",
        created_at="moment",
        deleted_at="moment?",
    ),
    key=("program_id", "id"),
    indexes=(Index(by=("program_id", "location_id"), order=("created_at", "id")),),
)

MANAGER = Collection(
    name="manager",
    columns=columns(
        id="text",
        version="int",
        name="text",
        email="text?",
        permissions="json",
        locations="json",
        created_at="moment",
        deleted_at="moment?",
    ),
    key=("program_id", "id"),
    indexes=(Index(by=("program_id",), order=("created_at", "id")),),
)

COLUMN_SET = Collection(
    name="column_set",
    columns=columns(manager_id="text", name="text", columns="json"),
    key=("program_id", "manager_id", "name"),
)

DAY_FIGURE = Collection(
    name="day_figure",
    columns=columns(
        day="day",
        template_id="text",
        location_id="text",
        actor_id="text",
        slot="int",
        customers="int",
        living="int",
        transactions="int",
        purchases="int",
        purchase_value="int",
        redemptions="int",
        voids="int",
        amends="int",
        reviews="int",
        rating_sum="int",
        points_earned="int",
        points_redeemed="int",
        points_expired="int",
    ),
    key=("program_id", "day", "template_id", "location_id", "actor_id", "slot"),
)

MESSAGE = Collection(
    name="message",
    columns=columns(
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

IMPORT_RUN = Collection(
    name="import_run",
    columns=columns(
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

COUNTER = Collection(
    name="counter",
    columns=columns(name="text", used="int"),
    key=("program_id", "name"),
)

UNIQUE_FIELD = Collection(
    name="unique_field",
    columns=columns(form="text", name="text", value="text", owner_id="text"),
    key=("program_id", "form", "name", "value"),
)
