"""Filters as values: how they are written, refused, and kept as JSON."""

from __future__ import annotations

import json
import operator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import attrs
import pytest

from loyaltycore import Filter, Program, cards, errors, filters
from loyaltycore.cards.card import Card, CardStatus
from loyaltycore.customers.customer import Customer, Person
from loyaltycore.customers.filter_facts import CardFacts, FilterFacts, ScoreFacts
from loyaltycore.customers.filter_kinds import FIELDS, FilterOp
from loyaltycore.customers.filter_matching import age_on, matches
from loyaltycore.customers.filter_tests import Moment, check_filter
from loyaltycore.customers.filter_words import Filters
from loyaltycore.customers.filters import (
    DEPTH_MAX,
    LEAVES_MAX,
    NODES_MAX,
    AllOf,
    AnyOf,
    Opposite,
    check_size,
    dumps,
    from_dict,
    leaves,
    loads,
)
from loyaltycore.ledger.transactions import Unit
from loyaltycore.program.customer_form import CustomerForm
from loyaltycore.program.customer_status import Activity, CustomerStatus


AT = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)  # 23:30 in Berlin
CAFE = Program(
    id="cafe",
    currency="EUR",
    zone="Europe/Berlin",
    phone_region="DE",
    customer_form=CustomerForm(
        fields=(
            cards.FieldDefinition("pet"),
            cards.FieldDefinition("cups", type=cards.FieldType.INTEGER),
            cards.FieldDefinition("height", type=cards.FieldType.DECIMAL),
            cards.FieldDefinition("member", type=cards.FieldType.BOOLEAN),
            cards.FieldDefinition("since", type=cards.FieldType.DATE),
            cards.FieldDefinition(
                "size", type=cards.FieldType.CHOICE, choices=("S", "M")
            ),
        )
    ),
)
ADA = Customer(
    id="ada",
    version=1,
    person=Person(
        first_name="Zoë",
        last_name="Lovelace",
        phone="+4930901820",
        email="zoe@example.com",
        birth_date=date(2008, 2, 29),
        source="till",
    ),
    registered_at=datetime(2026, 2, 28, 23, 30, tzinfo=UTC),  # 1 March in Berlin
    referral_code="R",
    location_id="l-1",
    fields={
        "pet": "cat",
        "cups": 3,
        "height": Decimal("1.70"),
        "member": True,
        "since": date(2026, 3, 1),
        "size": "S",
    },
    points=1_000_000,
    purchases=2,
    purchase_value=1_001,
    average_value=501,
    rating=433,
)
CARD = Card(
    id="card",
    serial="A1B2",
    template_id="coffee",
    customer_id="ada",
    issued_at=AT,
    status=CardStatus.INSTALLED,
)
GONE = attrs.evolve(CARD, id="gone", serial="G0NE", status=CardStatus.DELETED)
FACTS = FilterFacts(
    customer=ADA,
    cards=(
        CardFacts(card=CARD, balances={Unit.STAMP: 5, Unit.POINT: 15_000}, uses=2),
        CardFacts(card=GONE, balances={Unit.STAMP: 9}, tier="Gold"),
    ),
    tags=frozenset({"vip"}),
    consents={("email", "marketing"): True},
    scores=ScoreFacts(recency=5, frequency=4, monetary=3, segment="champions"),
    segments=frozenset({"s-1"}),
)


class TestAlgebra:
    """``&``, ``|``, ``~``."""

    def test_words_and_names_make_the_same_filter(self):
        """CU-11: the words are another way to write the same value."""
        words = (
            filters.points.at_least(100)
            & filters.tags.has("vip")
            & ~filters.status.is_("blocked")
        )
        names = AllOf(
            (
                Filter("points", "ge", 100),
                Filter("tags", "has_tag", "vip"),
                Opposite(Filter("status", "eq", "blocked")),
            )
        )

        assert names == words
        assert hash(names) == hash(words)

    def test_chains_stay_flat(self):
        """Terms that are connected alike are terms of one connection."""
        a, b, c = (Filter("points", "eq", n) for n in range(3))

        assert AnyOf((a, b, c)) == a | b | c == a | (b | c)
        assert AnyOf((AllOf((a, b)), c)) == a & b | c

    def test_twice_the_opposite_is_the_filter(self):
        """No pile of negations grows."""
        one = filters.points.at_least(1)

        assert one == ~~one

    def test_words_of_python_are_refused(self):
        """``and`` would silently drop the first filter."""
        with pytest.raises(TypeError, match="& \\| ~"):
            bool(filters.points.at_least(1))

    @pytest.mark.parametrize("other", [None, True, "vip", {}])
    def test_only_filters_are_connected(self, other: object):
        """What is no filter is named by its type, never by its content."""
        with pytest.raises(errors.InvalidFilter, match=type(other).__name__):
            operator.and_(filters.points.at_least(1), other)

    def test_nobody_and_everybody(self):
        """No term at all is everybody for ``AllOf``, nobody for ``AnyOf``."""
        assert matches(filters.everybody, FACTS, AT, CAFE)
        assert not matches(AnyOf(), FACTS, AT, CAFE)


class TestRefusals:
    """What is no filter says what is admitted."""

    def test_a_field_that_is_not_there(self):
        """CU-11: the sentence lists the fields."""
        with pytest.raises(errors.InvalidFilter) as caught:
            Filter("colour", "eq", "red")

        assert "colour: there is no such field; there are name, phone" in str(
            caught.value
        )
        assert tuple(FIELDS) == caught.value.admitted
        assert caught.value.code == "invalid_filter"

    def test_an_operator_that_does_not_fit(self):
        """CU-11: field, operator and what is admitted."""
        with pytest.raises(errors.InvalidFilter) as caught:
            Filter("points", "contains", "1")

        assert caught.value.details["field"] == "points"
        assert caught.value.details["op"] == "contains"
        assert "between" in caught.value.admitted
        assert "contains" not in caught.value.admitted

    @pytest.mark.parametrize(
        ("field", "op", "value", "of"),
        [
            ("points", "eq", 1.5, {}),
            ("points", "eq", True, {}),
            ("points", "eq", "many", {}),
            ("points", "eq", None, {}),
            ("points", "eq", 2**53, {}),
            ("points", "eq", Decimal("NaN"), {}),
            ("points", "in", [], {}),
            ("points", "in", list(range(101)), {}),
            ("points", "in", 5, {}),
            ("source", "in", "till", {}),
            ("points", "between", 5, {}),
            ("points", "between", (5, 4), {}),
            ("points", "between", (1, 2, 3), {}),
            ("joined", "between", (date(2026, 3, 1), AT), {}),
            ("joined", "before", datetime(2026, 3, 1), {}),  # noqa: DTZ001 - naive
            ("joined", "before", "2026-03-01", {}),
            ("joined", "within_last", 0, {}),
            ("joined", "within_last", True, {}),
            ("birth_date", "eq", AT, {}),
            ("birthday", "birthday_in", 13, {}),
            ("birthday", "birthday_in", "3", {}),
            ("age", "ge", 151, {}),
            ("age", "ge", "18", {}),
            ("status", "eq", "gone", {}),
            ("status", "is_null", True, {}),
            ("source", "is_null", 1, {}),
            ("source", "eq", "", {}),
            ("source", "eq", "  ", {}),
            ("source", "eq", "a\nb", {}),
            ("source", "eq", "x" * 201, {}),
            ("source", "eq", 5, {}),
            ("name", "contains", "\u0301", {}),
            ("email", "eq", "nobody", {}),
            ("phone", "contains", "abc", {}),
            ("serial", "eq", "--", {}),
            ("card_blocked", "eq", 1, {}),
            ("balance", "eq", 1, {}),
            ("balance", "eq", 1, {"unit": "gold"}),
            ("stamps", "eq", 1, {"template": ""}),
            ("stamps", "eq", 1, {"unit": "stamp"}),
            ("points", "eq", 1, {"template": "x"}),
            ("consent", "eq", True, {"channel": "email"}),
            ("field", "eq", 1.5, {"name": "cups"}),
            ("field", "contains", 5, {"name": "pet"}),
            ("field", "eq", 2**53, {"name": "cups"}),
            ("field", "eq", Decimal("Infinity"), {"name": "height"}),
            (5, "eq", 1, {}),
        ],
    )
    def test_a_value_that_does_not_fit(
        self, field: str, op: str, value: object, of: dict[str, str]
    ):
        """CU-11: a wrong value is refused when the filter is made."""
        with pytest.raises(errors.InvalidFilter) as caught:
            Filter(field, op, value, **of)

        assert str(caught.value).endswith(".")

    @pytest.mark.parametrize(
        "filter_",
        [
            filters.phone.is_("12"),
            filters.points.is_("1.00005"),
            filters.rating.is_("4.333"),
            filters.purchase_value.at_least("1.005"),
            filters.balance("money").at_least("1.005"),
            filters.field("colour").is_("red"),
            filters.field("pet").at_least(5),
            filters.field("pet").is_(5),
            filters.field("cups").contains("5"),
            filters.field("cups").is_("five"),
            filters.field("cups").between(5, 4),
            filters.field("size").is_("XL"),
            filters.field("since").is_("soon"),
        ],
        ids=repr,
    )
    def test_what_the_program_cannot_answer(self, filter_: Filter):
        """CU-11: what depends on the program is refused when it is used."""
        with pytest.raises(errors.InvalidFilter):
            check_filter(filter_, Moment(CAFE, AT))

    def test_limits(self):
        """CU-11: so many comparisons, so deep."""
        leaf = Filter("points", "ge", 1)
        wide = AnyOf([leaf] * (LEAVES_MAX + 1))
        many = AnyOf([AnyOf()] * NODES_MAX)
        deep: object = leaf
        for _ in range(DEPTH_MAX):
            deep = AllOf((deep,))  # type: ignore[arg-type]
        for each in (wide, many, deep, "points", AllOf(("points",))):  # type: ignore[arg-type]
            with pytest.raises(errors.InvalidFilter):
                check_size(each)

    def test_a_filter_too_long_to_keep(self):
        """CU-11: what no row could hold is refused with a remedy."""
        long = filters.source.one_of([f"{n:03}{'x' * 190}" for n in range(100)])
        with pytest.raises(errors.InvalidFilter, match="fewer values"):
            dumps(AnyOf([long] * 5))

    def test_personal_values_are_in_no_repr(self):
        """A filter in a log line hides names, phones and fields of the form."""
        shown = repr(filters.phone.is_("030 901820") & filters.points.at_least(7))

        assert "901820" not in shown
        assert "Filter('points', 'ge', 7)" in shown


class TestJson:
    """``dumps``, ``loads``, ``to_dict``, ``from_dict``."""

    @pytest.mark.parametrize(
        "filter_",
        [
            filters.points.between("1.5", 2),
            filters.joined.since(date(2026, 3, 1)),
            filters.joined.before(AT.astimezone(ZoneInfo("Asia/Tokyo"))),
            filters.birth_date.between(date(1990, 1, 1), date(1999, 12, 31)),
            filters.field("since").on(date(2026, 3, 1)),
            filters.field("height").at_least(Decimal("1.70")),
            filters.balance("point").of("coffee").at_least(5),
            filters.consent("email", "marketing").is_given(),
            ~(filters.name.contains("李") | filters.everybody),
            AnyOf(),
        ],
        ids=repr,
    )
    def test_there_and_back(self, filter_):
        """CU-11: what is read is what was written."""
        assert filter_ == loads(dumps(filter_))
        assert filter_ == from_dict(json.loads(json.dumps(filter_.to_dict())))

    @pytest.mark.parametrize(
        "moment",
        [
            "2026-03-02T22:30:00+00:00",
            "2026-03-02T22:30:00.000Z",
            "2026-03-02T23:30:00+01:00",
        ],
    )
    def test_moments_as_others_write_them(self, moment: str):
        """CU-11: what a browser calls a moment is read as the same moment."""
        data = {"field": "joined", "op": "before", "value": moment}

        assert filters.joined.before(AT) == from_dict(data)

    def test_the_form(self):
        """CU-11: the JSON is what a screen would write by hand."""
        filter_ = filters.stamps.of("t-1").at_least(3) & ~filters.tags.has("vip")

        assert filter_.to_dict() == {
            "all": [
                {
                    "field": "stamps",
                    "op": "ge",
                    "value": 3,
                    "of": {"template": "t-1"},
                },
                {"not": {"field": "tags", "op": "has_tag", "value": "vip"}},
            ]
        }

    @pytest.mark.parametrize(
        "data",
        [
            None,
            [],
            "points",
            {},
            {"all": {}},
            {"any": 5},
            {"not": []},
            {"all": [], "any": []},
            {"not": {"all": []}, "x": 1},
            {"field": "points", "op": "ge"},
            {"field": "points", "op": "ge", "value": 1, "more": 1},
            {"field": "points", "op": "ge", "value": 1, "of": []},
            {"field": "points", "op": "ge", "value": 1.5},
            {"field": "points", "op": ["ge"], "value": 1},
            {"field": "colour", "op": "ge", "value": 1},
            {"field": "joined", "op": "before", "value": "20260301"},
            {"field": "joined", "op": "before", "value": "2026-W10-1"},
            {"field": "joined", "op": "before", "value": "2026-02-30"},
            {"field": "joined", "op": "before", "value": "2026-03-01T10:00"},
            {"all": [{"field": "points"}]},
        ],
    )
    def test_what_is_no_filter(self, data: object):
        """CU-11: reading is strict; nothing is guessed and nothing passed over."""
        with pytest.raises(errors.InvalidFilter):
            from_dict(data)

    @pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "null"])
    def test_what_is_no_json(self, text: str):
        """Damaged text is a typed error, however deep."""
        with pytest.raises(errors.InvalidFilter):
            loads(text)

    def test_too_deep_is_refused_while_reading(self):
        """A hostile depth costs nothing."""
        text = '{"not":' * 500 + '{"all":[]}' + "}" * 500
        with pytest.raises(errors.InvalidFilter, match="deep"):
            loads(text)


class TestMeaning:
    """What each field asks of a customer."""

    @pytest.mark.parametrize(
        "filter_",
        [
            filters.name.is_("ZOE lovelace"),
            filters.name.contains("LOVE"),
            filters.name.starts_with("zoë"),
            filters.phone.is_("030 90 18 20"),
            filters.phone.starts_with("+49 (30)"),
            filters.phone.contains("901-8"),
            filters.email.is_("Zoe@Example.com"),
            filters.email.contains("@EXAMPLE"),
            filters.external_id.is_missing(),
            filters.gender.is_not("f"),
            filters.source.none_of(["import"]),
            filters.location.one_of(["l-1", "l-2"]),
            filters.birthday.in_month(2),
            filters.age.is_(18),
            filters.age.between(18, 20),
            filters.joined.on(date(2026, 3, 1)),
            filters.joined.until(date(2026, 3, 1)),
            filters.joined.since(date(2026, 3, 1)),
            filters.joined.after(date(2026, 2, 28)),
            filters.joined.before(date(2026, 3, 2)),
            filters.joined.not_on(date(2026, 2, 28)),
            filters.joined.between(date(2026, 3, 1), date(2026, 3, 1)),
            filters.joined.within_last(2),
            filters.joined.before(
                datetime(2026, 3, 1, 0, 30, 1, tzinfo=timezone(timedelta(hours=1)))
            ),
            filters.last_transaction.is_missing(),
            filters.activity.is_("active"),
            filters.status.is_("open"),
            filters.points.is_(100),
            filters.points.one_of(["100.0", 5]),
            filters.purchase_value.more_than(10),
            filters.average_value.at_most("5.01"),
            filters.rating.is_("4.33"),
            filters.tags.any_of(["vip", "new"]),
            filters.tags.none_of(["new"]),
            filters.consent("email", "marketing").is_given(),
            filters.consent("sms", "marketing").is_not_given(),
            filters.segment.is_("s-1"),
            filters.rfm_segment.is_("champions"),
            filters.recency_score.at_least(5),
            filters.balance("point").is_("1.5"),
            filters.balance("stamp").of("coffee").is_(5),
            filters.stamps.less_than(9),
            filters.unused_rewards.is_(0),
            filters.uses.is_(2),
            filters.tier.is_missing(),
            filters.serial.is_("a1-b2"),
            filters.serial.is_("gone"),
            filters.card_status.is_("deleted"),
            filters.card_template.is_("coffee"),
            filters.card_blocked.is_(False),
            filters.card_expired.of("coffee").is_(False),
            filters.field("pet").starts_with("c"),
            filters.field("cups").at_least(3),
            filters.field("height").is_("1.7"),
            filters.field("member").is_(True),
            filters.field("since").within_last(2),
            filters.field("size").one_of(["S"]),
        ],
        ids=repr,
    )
    def test_of_whom_it_is_true(self, filter_):
        """CU-11: each of these means Zoë, and its opposite does not."""
        assert matches(filter_, FACTS, AT, CAFE)
        assert not matches(~filter_, FACTS, AT, CAFE)

    @pytest.mark.parametrize(
        "filter_",
        [
            filters.age.at_least(19),
            filters.joined.on(date(2026, 2, 28)),
            filters.stamps.is_(9),
            filters.stamps.of("tea").at_least(0),
            filters.tier.is_("Gold"),
            filters.gender.is_("f"),
            filters.external_id.contains("a"),
            filters.last_transaction.before(date(2030, 1, 1)),
            filters.consent("email", "surveys").is_given(),
            filters.field("pet").is_("Cat"),
        ],
        ids=repr,
    )
    def test_of_whom_it_is_not(self, filter_):
        """CU-11: what is not known satisfies nothing, so its opposite is satisfied."""
        assert not matches(filter_, FACTS, AT, CAFE)
        assert matches(~filter_, FACTS, AT, CAFE)

    def test_midnight_begins_a_day(self):
        """CU-11: the first instant of a local day belongs to it, and to no other."""
        midnight = datetime(2026, 2, 28, 23, tzinfo=UTC)  # of 1 March in Berlin
        facts = attrs.evolve(FACTS, customer=attrs.evolve(ADA, registered_at=midnight))
        first, last = date(2026, 3, 1), date(2026, 2, 28)
        is_so = [
            filters.joined.on(first),
            filters.joined.since(first),
            filters.joined.until(first),
            filters.joined.after(last),
        ]
        is_not = [
            filters.joined.on(last),
            filters.joined.until(last),
            filters.joined.before(first),
            filters.joined.after(first),
        ]

        assert all(matches(each, facts, AT, CAFE) for each in is_so)
        assert not any(matches(each, facts, AT, CAFE) for each in is_not)
        within = [filters.joined.within_last(n) for n in (1, 2)]
        later = midnight + timedelta(days=1)
        assert [False, True] == [matches(one, facts, later, CAFE) for one in within]

    def test_a_birthday_on_29_february(self):
        """Who was born on a leap day is a year older on 1 March."""
        born = date(2008, 2, 29)

        assert (17, 18) == (
            age_on(born, date(2026, 2, 28)),
            age_on(born, date(2026, 3, 1)),
        )

    def test_activity_is_set_or_derived(self):
        """CU-15: 90 days after the last sign of life somebody is inactive."""
        later = ADA.registered_at + timedelta(days=90)
        sooner = later - timedelta(microseconds=1)
        by_hand = attrs.evolve(ADA, activity=Activity.ACTIVE)
        bought = attrs.evolve(ADA, last_transaction_at=AT)

        def is_active(customer: Customer, at: datetime) -> bool:
            facts = attrs.evolve(FACTS, customer=customer)
            return matches(filters.activity.is_("active"), facts, at, CAFE)

        assert is_active(ADA, sooner)
        assert not is_active(ADA, later)
        assert is_active(by_hand, later)
        assert is_active(bought, later)


class TestTable:
    """The table of fields and operators."""

    def test_every_field_has_its_words(self):
        """CU-11: no field is known to names alone."""
        words = {name for name in dir(Filters) if not name.startswith("_")}

        assert set(FIELDS) == words - {"everybody"}

    def test_every_word_makes_its_filter(self):
        """CU-11: the words and the names of operators say the same."""
        day, name = date(2026, 3, 1), {"name": "pet"}
        pet, custom = filters.field("pet"), "field"

        assert Filter("source", "is_null", False) == filters.source.is_known()
        assert Filter(custom, "le", "b", **name) == pet.at_most("b")
        assert Filter(custom, "gt", "b", **name) == pet.more_than("b")
        assert Filter(custom, "lt", "b", **name) == pet.less_than("b")
        assert Filter(custom, "before", "2026-03-01", **name) == pet.before(day)
        assert Filter("birth_date", "after", day) == filters.birth_date.after(day)
        assert Filter("reviews", "not_in", [1]) == filters.reviews.none_of([1])
        assert Filter("tier", "not_in", ["A"], template="t") == (
            filters.tier.of("t").none_of(["A"])
        )
        assert Filter("unused_rewards", "ne", 1) == filters.unused_rewards.is_not(1)

    def test_days_at_the_ends_of_the_calendar(self):
        """The first and the last day can be named; nobody joined before or after."""
        assert not matches(filters.joined.before(date.min), FACTS, AT, CAFE)
        assert matches(filters.joined.until(date.max), FACTS, AT, CAFE)

    def test_living_statuses_only(self):
        """Lists show living customers, so other statuses are no choice."""
        living = {status.value for status in CustomerStatus if status.is_living}

        assert living == set(FIELDS["status"].words)

    def test_every_operator_is_admitted_somewhere(self):
        """No operator is without a field."""
        admitted = {op for spec in FIELDS.values() for op in spec.operators}

        assert set(FilterOp) == admitted

    def test_leaves_come_from_left_to_right(self):
        """Every comparison is there once for each time it is written."""
        a, b = filters.points.is_(1), filters.points.is_(2)

        assert [a, b, a] == list(leaves(a & ~(b | a)))
