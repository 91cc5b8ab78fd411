"""Which values a store keeps to the letter, and which it refuses."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import pytest

from loyaltycore.errors import UnsupportedValue
from loyaltycore.ports import Add, Delete, Insert, Ref, Update
from loyaltycore.query.predicates import Compare, Op, where
from loyaltycore.query.queries import Query
from loyaltycore.testing import contract_rows as a


if TYPE_CHECKING:
    from loyaltycore.ports import Store

__all__ = ["HOSTILE", "SCRIPTS", "ValueContract"]


class _Kind(enum.StrEnum):
    STAMP = "stamp"


class _Number(enum.IntEnum):
    ONE = 1


class _Moment(datetime):
    """A moment of somebody else's class."""


HOSTILE: Final[dict[str, tuple[str, str, object]]] = {
    "text-nul": ("card", "digest", "\0"),
    "text-nul-inside": ("card", "digest", "a\0b"),
    "text-high-surrogate": ("card", "digest", "\ud800"),
    "text-low-surrogate": ("card", "digest", "ab\udfff"),
    "text-surrogate-pair": ("card", "digest", "\ud83d\ude00"),
    "text-too-long": ("card", "digest", "x" * 513),
    "text-too-long-astral": ("card", "digest", "\U0001f600" * 513),
    "text-bytes": ("card", "digest", b"bytes"),
    "text-integer": ("card", "digest", 7),
    "text-float": ("card", "digest", 1.5),
    "text-boolean": ("card", "digest", True),
    "text-none": ("card", "digest", None),
    "text-list": ("card", "digest", ["a"]),
    "text-enum": ("card", "digest", _Kind.STAMP),
    "text-moment": ("card", "digest", a.T0),
    "nullable-text-nul": ("customer", "unique_phone", "\0"),
    "nullable-text-too-long": ("customer", "source", "x" * 513),
    "nullable-text-integer": ("customer", "source", 0),
    "integer-float": ("card", "next_lot", 1.0),
    "integer-fraction": ("card", "next_lot", 1.5),
    "integer-nan": ("card", "next_lot", float("nan")),
    "integer-infinity": ("card", "next_lot", float("inf")),
    "integer-boolean": ("card", "next_lot", True),
    "integer-text": ("card", "next_lot", "7"),
    "integer-decimal": ("card", "next_lot", Decimal(1)),
    "integer-enum": ("card", "next_lot", _Number.ONE),
    "integer-54-bits": ("card", "next_lot", 2**53),
    "integer-minus-54-bits": ("card", "next_lot", -(2**53)),
    "integer-64-bits": ("card", "next_lot", 2**63),
    "integer-none": ("card", "next_lot", None),
    "boolean-one": ("lot", "is_open", 1),
    "boolean-zero": ("lot", "is_open", 0),
    "boolean-text": ("lot", "is_open", "true"),
    "boolean-none": ("lot", "is_open", None),
    "moment-naive": ("card", "last_at", datetime(2026, 1, 1)),  # noqa: DTZ001 - the case
    "moment-offset": (
        "card",
        "last_at",
        datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2))),
    ),
    "moment-zone": ("card", "last_at", datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC"))),
    "moment-subclass": ("card", "last_at", _Moment(2026, 1, 1, tzinfo=UTC)),
    "moment-day": ("card", "last_at", date(2026, 1, 1)),
    "moment-text": ("card", "last_at", "2026-01-01T00:00:00+00:00"),
    "moment-number": ("card", "last_at", 1_767_225_600),
    "moment-none": ("card", "last_at", None),
    "day-moment": ("customer", "birth_date", a.T0),
    "day-text": ("customer", "birth_date", "2026-01-01"),
    "day-number": ("customer", "birth_date", 739_617),
    "json-dict": ("card", "totals", {}),
    "json-list": ("card", "totals", []),
    "json-nul": ("card", "totals", '"\0"'),
    "json-surrogate": ("card", "totals", '"\ud800"'),
    "json-too-long": ("card", "totals", "1" * (64 * 1024 + 1)),
    "json-too-many-bytes": ("card", "totals", "é" * (32 * 1024 + 1)),
    "json-none": ("card", "totals", None),
}

SCRIPTS: Final[dict[str, str]] = {
    "empty": "",
    "blank": " ",
    "blank-after": "a ",
    "blank-before": " a",
    "latin": "Zoë Müller-Łukasz",
    "turkish": "\u0130stanbul \u0131s\u0131",
    "composed": "\u00e9",
    "decomposed": "e\u0301",
    "greek": "Σίσυφος ς",
    "cyrillic": "Ёжик",
    "hebrew": "שָׁלוֹם",
    "arabic": "مرحبا\u200f",
    "devanagari": "नमस्ते",
    "thai": "สวัสดี",
    "chinese": "你好世界",
    "rare-chinese": "\U00020000\U0002a6d6",
    "japanese": "ｱｲｳ アイウ 日本",
    "korean": "한글 \u1112\u1161\u11ab",
    "emoji": "👩\u200d👩\u200d👧 🇩🇪",
    "sql": "Robert'); DROP TABLE loyalty_card;--\"`[]",
    "wildcards": "100%_\\*?",
    "controls": "\x01\t\n\r\x1f\x7f\x85",
    "separators": "\u2028\u2029\ufeff",
    "noncharacters": "\ufffe\uffff\U0010ffff",
    "number": "0123",
    "null": "NULL",
}

_ROWS: Final = {
    "card": a.card("card"),
    "customer": a.customer("ada"),
    "lot": a.lot(1),
}
_REFS: Final = {
    "card": Ref("card", ("program_id", "id"), (a.CAFE, "card")),
    "customer": a.customer_ref("ada"),
    "lot": Ref("lot", ("program_id", "card_id", "number"), (a.CAFE, "card", 1)),
}


class ValueContract:
    """Hostile values, values at the bounds, and the writing of the world."""

    @pytest.mark.parametrize("case", HOSTILE)
    def test_hostile_values(self, store: Store, case: str) -> None:
        """A value that not every store could keep is refused, and nothing changes."""
        collection, column, value = HOSTILE[case]
        row = _ROWS[collection]
        a.fill(store, collection, [row])
        fresh = {**row, **_other_key(collection), column: value}

        with pytest.raises(UnsupportedValue) as caught:
            a.fill(store, collection, [fresh])
        assert caught.value.details == {"collection": collection, "column": column}
        with pytest.raises(UnsupportedValue):
            a.change(store, Update(_REFS[collection], {column: value}))
        assert a.every(store, collection) == [row]

    @pytest.mark.parametrize("case", [name for name in HOSTILE if "json" not in name])
    def test_hostile_values_in_questions(self, store: Store, case: str) -> None:
        """What a column could not hold, it is not compared with either."""
        collection, column, value = HOSTILE[case]
        a.fill(store, collection, [_ROWS[collection]])
        if value is None:
            return  # nothing at all may be asked for
        term = Compare(column, Op.GE, value)  # type: ignore[arg-type]

        with store.session(write=False) as session, pytest.raises(UnsupportedValue):
            session.select(Query(collection, where=term))

    @pytest.mark.parametrize(
        "value", ["\0", "\ud800", "x" * 513, 7, True, None, b"n", 1.0]
    )
    def test_hostile_values_in_keys(self, store: Store, value: Any) -> None:
        """What a key could not hold names no row, in whatever is asked or told."""
        ref = a.counter_ref(value)

        for change in (Update(ref, {"used": 1}), Add(ref, {"used": 1})):
            with pytest.raises(UnsupportedValue):
                a.change(store, change)
        with store.session() as session, pytest.raises(UnsupportedValue):
            session.get([ref])

    @pytest.mark.parametrize("value", [1.0, 1.5, True, "1", None, 2**53, Decimal(1)])
    def test_hostile_additions(self, store: Store, value: Any) -> None:
        """What is no whole number is neither added nor a limit."""
        ref = a.counter_ref("n")

        for change in (
            Add(ref, {"used": value}),
            Add(ref, {"used": 1}, at_most={"used": value}),
        ):
            with pytest.raises(UnsupportedValue):
                a.change(store, change)
        assert a.every(store, "counter") == []

    @pytest.mark.parametrize("value", [0, 2**53 - 1, -(2**53 - 1)])
    def test_numbers_at_the_bounds(self, store: Store, value: int) -> None:
        """The largest and the smallest number are kept exactly."""
        row = a.counter("n", value)
        a.fill(store, "counter", [row])

        found = a.one(store, a.counter_ref("n"))

        assert found == row
        assert found is not None
        assert type(found["used"]) is int

    @pytest.mark.parametrize("value", ["", "x" * 512, "\U0010ffff" * 512])
    def test_texts_at_the_bounds(self, store: Store, value: str) -> None:
        """The shortest and the longest text are kept, also in a key."""
        row = a.customer(value, first_name=value, unique_phone=value)
        a.fill(store, "customer", [row])

        assert a.one(store, a.customer_ref(value)) == row

    @pytest.mark.parametrize(
        "value",
        [
            datetime.min.replace(tzinfo=UTC),
            datetime.max.replace(tzinfo=UTC),
            datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
            datetime(2026, 3, 29, 1, 30, 0, 1, tzinfo=UTC),
            datetime(2024, 2, 29, tzinfo=UTC),
        ],
    )
    def test_moments_at_the_bounds(self, store: Store, value: datetime) -> None:
        """Moments are kept to the microsecond and come back in UTC."""
        a.fill(store, "customer", [a.customer("ada", registered_at=value)])

        found = a.one(store, a.customer_ref("ada"))

        assert found is not None
        assert found["registered_at"] == value
        assert type(found["registered_at"]) is datetime
        assert found["registered_at"].tzinfo is UTC

    @pytest.mark.parametrize("value", [date.min, date.max, date(2024, 2, 29)])
    def test_days_at_the_bounds(self, store: Store, value: date) -> None:
        """Days come back as days, also out of a key."""
        a.fill(store, "day_figure", [a.day_figure(value)])

        found = a.one(store, a.day_figure_ref(value))

        assert found is not None
        assert found["day"] == value
        assert type(found["day"]) is date

    @pytest.mark.parametrize("value", [True, False])
    def test_booleans(self, store: Store, *, value: bool) -> None:
        """True and False come back as such, not as numbers."""
        a.fill(store, "lot", [a.lot(1, is_open=value)])

        found = a.one(store, _REFS["lot"])

        assert found is not None
        assert found["is_open"] is value

    @pytest.mark.parametrize(
        "value",
        ["{}", ' {"b": 1.0, "a":\t1e400,"a":2} ', '"é"', "1" * (64 * 1024), "no JSON"],
        ids=["empty", "odd", "accent", "long", "none"],
    )
    def test_json_is_kept_to_the_letter(self, store: Store, value: str) -> None:
        """JSON is text to a store: spaces, order and numbers stay as they are."""
        a.fill(store, "card", [a.card("card", totals=value)])

        found = a.one(store, _REFS["card"])

        assert found is not None
        assert found["totals"] == value

    def test_every_script(self, store: Store) -> None:
        """Any writing is kept, and found by exactly itself."""
        rows = [a.counter(text, n) for n, text in enumerate(SCRIPTS.values())]
        a.fill(store, "counter", rows)

        with store.session(write=False) as session:
            found = session.get([a.counter_ref(text) for text in SCRIPTS.values()])

        assert found == rows

    def test_text_that_looks_alike(self, store: Store) -> None:
        """Case, accents, blanks and composition make different keys."""
        names = ["a", "A", "a ", " a", "á", "a\u0301", "\uff41", "", "ß", "ss"]
        a.fill(store, "counter", [a.counter(name) for name in names])

        found = [row["name"] for row in a.every(store, "counter")]

        assert found == sorted(names)

    @pytest.mark.parametrize("other", ["a ", "A", "á", "a\u200b"])
    def test_nearly_the_same_name(self, store: Store, other: str) -> None:
        """Whatever is asked or told by a name concerns no row of another name."""
        a.fill(store, "counter", [a.counter("a", 1), a.counter(other, 2)])
        ref = a.counter_ref("a")

        with store.session(write=False) as session:
            assert session.select(Query("counter", where(name="a"))).rows == [
                a.counter("a", 1)
            ]
        done = a.change(store, Update(ref, {"used": 5}), Add(ref, {"used": 1}))
        assert done == [1, 1]
        assert a.one(store, a.counter_ref(other)) == a.counter(other, 2)
        assert a.change(store, Delete(ref)) == [1]
        assert a.every(store, "counter") == [a.counter(other, 2)]

    def test_rows_are_whole(self, store: Store) -> None:
        """A row comes back with every column that was given and no others."""
        rows = {
            "program": a.program(),
            "template": a.template("coffee"),
            "card": a.card("card"),
            "message": a.message("m"),
            "search_token": a.token("ada", "ada"),
            "transaction": a.transaction("t", 1, receipt_id="R-7", purchase_amount=5),
        }
        for collection, row in rows.items():
            a.change(store, Insert(collection, [row]))

        assert [a.every(store, name) for name in rows] == [
            [row] for row in rows.values()
        ]


def _other_key(collection: str) -> dict[str, Any]:
    keys: dict[str, dict[str, Any]] = {
        "card": {"id": "other", "serial": "other"},
        "customer": {"id": "bob"},
        "lot": {"number": 2},
    }
    return keys[collection]
