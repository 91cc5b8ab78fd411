"""Tables of customers, and of what is known of them and around them."""

from __future__ import annotations

from loyaltycore.schema.tables import Collection, Index, columns


__all__ = [
    "ACTIVITY",
    "CONSENT",
    "CONSENT_CHANGE",
    "CUSTOMER",
    "CUSTOMER_TAG",
    "FIELD_VALUE",
    "LINK",
    "NOTE",
    "REVIEW",
    "RFM_RUN",
    "RFM_SCORE",
    "SAVED_FILTER",
    "SEARCH_TOKEN",
    "SEGMENT",
    "SEGMENT_CHANGE",
    "SEGMENT_MEMBER",
]

CUSTOMER = Collection(
    name="customer",
    columns=columns(
        id="text",
        version="int",
        first_name="text?",
        last_name="text?",
        phone="text?",
        email="text?",
        external_id="text?",
        birth_date="day?",
        gender="text?",
        source="text?",
        utm="text?",
        location_id="text?",
        registered_by="text?",
        registered_at="moment",
        referral_code="text",
        status="text",
        status_reason="text?",
        is_living="bool",
        activity="text?",
        merged_into="text?",
        device="text?",
        fields="json",
        unique_phone="text?",
        unique_email="text?",
        unique_external_id="text?",
        folded_name="text",
        birthday="text?",
        transactions="int",
        last_transaction_at="moment?",
        purchases="int",
        purchase_value="int",
        average_value="int?",
        points="int",
        points_earned="int",
        points_redeemed="int",
        points_expired="int",
        reviews="int",
        rating_sum="int",
        rating="int?",
    ),
    key=("program_id", "id"),
    uniques=(
        ("program_id", "unique_phone"),
        ("program_id", "unique_email"),
        ("program_id", "unique_external_id"),
        ("program_id", "referral_code"),
    ),
    indexes=(
        Index(by=("program_id",), order=("registered_at", "id")),
        Index(by=("program_id",), order=("folded_name", "id")),
        Index(by=("program_id", "merged_into")),
    ),
)

SEARCH_TOKEN = Collection(
    name="search_token",
    columns=columns(token="text", customer_id="text"),
    key=("program_id", "token", "customer_id"),
    indexes=(Index(by=("program_id", "customer_id")),),
)

FIELD_VALUE = Collection(
    name="field_value",
    columns=columns(customer_id="text", name="text", value="text"),
    key=("program_id", "customer_id", "name"),
    indexes=(Index(by=("program_id", "name"), order=("value", "customer_id")),),
)

CUSTOMER_TAG = Collection(
    name="customer_tag",
    columns=columns(customer_id="text", tag="text", tagged_at="moment"),
    key=("program_id", "customer_id", "tag"),
    indexes=(Index(by=("program_id", "tag"), order=("customer_id",)),),
)

CONSENT = Collection(
    name="consent",
    columns=columns(
        customer_id="text",
        channel="text",
        purpose="text",
        is_given="bool",
        changed_at="moment",
    ),
    key=("program_id", "customer_id", "channel", "purpose"),
)

CONSENT_CHANGE = Collection(
    name="consent_change",
    columns=columns(
        id="text",
        customer_id="text",
        channel="text",
        purpose="text",
        is_given="bool",
        changed_at="moment",
        source="text?",
        actor_id="text?",
    ),
    key=("program_id", "id"),
    indexes=(Index(by=("program_id", "customer_id"), order=("changed_at", "id")),),
    append_only=True,
)

NOTE = Collection(
    name="note",
    columns=columns(
        id="text",
        version="int",
        customer_id="text",
        kind="text",
        text="json",
        due_on="day?",
        author_id="text?",
        created_at="moment",
        changed_at="moment",
    ),
    key=("program_id", "id"),
    indexes=(
        Index(by=("program_id", "customer_id"), order=("created_at", "id")),
        Index(by=("program_id", "due_on")),
    ),
)

REVIEW = Collection(
    name="review",
    columns=columns(
        id="text",
        version="int",
        customer_id="text",
        card_id="text?",
        transaction_id="text?",
        location_id="text?",
        actor_id="text?",
        rating="int",
        text="json",
        recorded_at="moment",
        local_day="day",
    ),
    key=("program_id", "id"),
    uniques=(("program_id", "transaction_id"),),
    indexes=(Index(by=("program_id", "customer_id"), order=("recorded_at", "id")),),
)

ACTIVITY = Collection(
    name="activity",
    columns=columns(
        id="text",
        customer_id="text",
        happened_at="moment",
        kind="text",
        subject_id="text?",
        details="json",
        actor_id="text?",
    ),
    key=("program_id", "id"),
    indexes=(Index(by=("program_id", "customer_id"), order=("happened_at", "id")),),
    append_only=True,
)

LINK = Collection(
    name="link",
    columns=columns(
        token="text", purpose="text", subject_id="text", created_at="moment"
    ),
    key=("program_id", "token"),
    uniques=(("program_id", "purpose", "subject_id"),),
)

RFM_SCORE = Collection(
    name="rfm_score",
    columns=columns(
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

RFM_RUN = Collection(
    name="rfm_run",
    columns=columns(
        as_of="day",
        spec="json",
        cuts="json",
        segments="json",
        scored_at="moment",
        begun_at="moment?",
    ),
    key=("program_id",),
)

SEGMENT_CHANGE = Collection(
    name="segment_change",
    columns=columns(
        id="text",
        customer_id="text",
        left="text?",
        entered="text?",
        on="day",
        recorded_at="moment",
        segment_id="text?",
    ),
    key=("program_id", "id"),
    indexes=(
        Index(by=("program_id", "customer_id")),
        Index(by=("program_id", "segment_id"), order=("id",)),
    ),
)

SAVED_FILTER = Collection(
    name="saved_filter",
    columns=columns(
        manager_id="text",
        name="text",
        filter="json",
        saved_at="moment",
    ),
    key=("program_id", "manager_id", "name"),
)

SEGMENT = Collection(
    name="segment",
    columns=columns(
        id="text",
        version="int",
        name="text",
        kind="text",
        filter="json?",
        members="int",
        created_at="moment",
        refreshed_at="moment?",
    ),
    key=("program_id", "id"),
    uniques=(("program_id", "name"),),
)

SEGMENT_MEMBER = Collection(
    name="segment_member",
    columns=columns(segment_id="text", customer_id="text", since="moment"),
    key=("program_id", "segment_id", "customer_id"),
    indexes=(Index(by=("program_id", "customer_id")),),
)
