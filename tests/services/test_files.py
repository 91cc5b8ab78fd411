"""Customers in and out through a store."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyaltycore import Loyalty, MemoryStore, Program
from loyaltycore.customers.consents import Channel
from loyaltycore.errors import FileUnreadable, InvalidValue
from loyaltycore.importing.customers import CustomerWork
from loyaltycore.io.customer_rules import CustomerImport


if TYPE_CHECKING:
    from loyaltycore.io.import_report import ImportReport
    from loyaltycore.ports import Store

FILE = (
    "first name,last name,phone,email\n"
    "Ada,Lovelace,030 901820,ada@example.com\n"
    "Bob,,030 901821,\n"
    "Eve,,12,\n"
    "Dan,,030 901823,dan@example.com\n"
)


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    """Created, updated, unchanged, skipped, failed."""
    return (
        report.created,
        report.updated,
        report.unchanged,
        report.skipped,
        report.failed,
    )


def text_of(parts: Any) -> str:
    """Join what is written piece by piece."""
    return "".join(parts)


class TestIn:
    def test_customers_arrive(self, shop: Loyalty):
        """Good rows become customers who are found; bad ones are reported."""
        report = shop.files.import_customers(FILE)

        assert (3, 0, 0, 0, 1) == counts(report)
        assert [(4, "phone", "invalid_phone", 3)] == [
            (e.line, e.column, e.code, e.record) for e in report.errors
        ]
        (ada,) = shop.customers.search("lovel")
        assert ("+4930901820", "import") == (ada.phone, ada.person.source)
        assert not shop.verify().problems

    def test_again_is_unchanged(self, shop: Loyalty):
        """The same file a second time changes nothing."""
        shop.files.import_customers(FILE)

        assert (0, 0, 3, 0, 1) == counts(shop.files.import_customers(FILE))

    def test_an_update_is_found_by_its_new_words(self, shop: Loyalty):
        """Who changed is found by what is new, and no longer by what was."""
        shop.files.import_customers(FILE)

        report = shop.files.import_customers(
            "phone,last name,email\n030 901820,Byron,ada@example.org\n"
        )

        assert (0, 1, 0, 0, 0) == counts(report)
        assert [] == shop.customers.search("lovel")
        assert ["Byron"] == [c.last_name for c in shop.customers.search("byr")]
        assert shop.customers.find(email="ada@example.com") is None
        assert not shop.verify().problems

    def test_a_dry_run_writes_nothing(self, shop: Loyalty):
        """A dry run says what the real one then does."""
        dry = shop.files.import_customers(FILE, dry_run=True)
        planned = list(shop.files.plan_customers(FILE))

        assert ([], None) == shop.customers.page()
        assert dry.is_dry_run
        assert 4 == len(planned)
        assert counts(dry) == counts(shop.files.import_customers(FILE))

    def test_all_or_nothing(self, shop: Loyalty):
        """With one row that fails nothing is written; without one, everything is."""
        report = shop.files.import_customers(FILE, all_or_nothing=True)

        assert (3, 0, 0, 0, 1) == counts(report)
        assert report.is_dry_run
        assert ([], None) == shop.customers.page()

        good = FILE.replace("Eve,,12,", "Eve,,030 901822,")
        report = shop.files.import_customers(good, all_or_nothing=True)
        assert (4, 0, 0, 0, 0) == counts(report)
        assert not report.is_dry_run

    def test_inside_a_batch(self, shop: Loyalty):
        """An import joins the transaction that its caller has open."""
        with shop.batch() as batch:
            batch.files.import_customers(FILE)
            report = batch.files.import_customers(
                "phone,first name\n030 901820,A\n", all_or_nothing=True
            )

        assert (0, 1, 0, 0, 0) == counts(report)

    def test_failed_rows_can_be_mended(self, shop: Loyalty):
        """The failed rows come back as a file, which goes in once it is mended."""
        text = FILE.replace("Dan,", "=Dan,").replace("030 901823", "99")
        failed = io.StringIO(newline="")
        shop.files.import_customers(text, failed_to=failed, batch_rows=1)

        written = failed.getvalue()
        assert "'=Dan,,99,dan@example.com,5,The phone" in written
        mended = written.replace(",12,", ",030 901822,").replace(",99,", ",030 901823,")
        assert (2, 0, 0, 0, 0) == counts(shop.files.import_customers(mended))
        assert shop.customers.find(email="dan@example.com").first_name == "=Dan"  # type: ignore[union-attr]

    def test_progress(self, shop: Loyalty):
        """After each batch the lines done and all lines are told."""
        told: list[tuple[int, int]] = []

        def tell(done: int, lines: int) -> None:
            told.append((done, lines))

        shop.files.import_customers(FILE, batch_rows=2, on_progress=tell)

        assert [(3, 6), (5, 6)] == told

    def test_step_by_step(self, shop: Loyalty):
        """Who wants to stop in between drives the steps."""
        steps = shop.files.importing_customers(FILE, batch_rows=2)

        assert (2, 0, 0, 0, 0) == counts(next(steps))
        assert 2 == len(shop.customers.page()[0])
        assert (3, 0, 0, 0, 1) == counts(list(steps)[-1])

    def test_unreadable(self, shop: Loyalty):
        """A file that is none is refused before anything is written."""
        with pytest.raises(FileUnreadable):
            shop.files.import_customers(b"PK\x03\x04")

        assert ([], None) == shop.customers.page()

    def test_a_file_that_cannot_be_read_twice(self, shop: Loyalty):
        """Text files and pipes are refused with advice."""
        with pytest.raises(InvalidValue, match="binary mode"):
            shop.files.import_customers(io.TextIOWrapper(io.BytesIO(b"x")))  # type: ignore[arg-type]
        with pytest.raises(InvalidValue, match="twice"):
            shop.files.import_customers(object())  # type: ignore[arg-type]

    def test_the_file_stays_open(self, shop: Loyalty):
        """A file that was lent is not closed."""
        file = io.BytesIO(FILE.encode())
        shop.files.import_customers(file)

        assert not file.closed

    @pytest.mark.parametrize(
        "options", [{"batch_rows": 0}, {"batch_rows": 9_999}, {"import_id": ""}]
    )
    def test_options_that_cannot_be(self, shop: Loyalty, options: dict[str, Any]):
        """Numbers and names out of range are refused."""
        with pytest.raises(InvalidValue):
            shop.files.import_customers(FILE, **options)


def test_a_customer_who_changed_meanwhile(shop: Loyalty, monkeypatch: Any):
    """A change that somebody else made is not overwritten; the batch is done again."""
    shop.files.import_customers(FILE)
    plan = CustomerWork.plan
    stale: list[Any] = []

    def plan_once_stale(self: Any, session: Any, batch: Any) -> Any:
        planned = plan(self, session, batch)
        if not stale:
            stale.extend(planned)
            (row,) = stale
            older = attrs.evolve(row.customer, version=99)
            return [row._replace(customer=older)]
        return planned

    monkeypatch.setattr(CustomerWork, "plan", plan_once_stale)
    report = shop.files.import_customers("phone,first name\n030 901820,Eva\n")

    assert (0, 1, 0, 0, 0) == counts(report)
    assert shop.customers.find(phone="030 901820").first_name == "Eva"  # type: ignore[union-attr]


class TestGoingOn:
    def test_after_a_crash(self, shop: Loyalty):
        """The same import goes on where it stopped, and counts as if it never had."""
        rows = "".join(f"N{n},,+49309{n:05}00,\n" for n in range(10))
        text = FILE + rows + "Again,,030 901820,\n"
        steps = shop.files.importing_customers(text, batch_rows=3, import_id="spring")
        next(steps)
        next(steps)
        steps.close()  # type: ignore[attr-defined]

        report = shop.files.import_customers(text, batch_rows=4, import_id="spring")

        assert (13, 0, 0, 0, 2) == counts(report)
        assert (2, 1) == (report.error_count, len(report.errors))
        assert 13 == len(shop.customers.page()[0])

    def test_a_finished_one_is_told_again(self, shop: Loyalty):
        """A finished import returns its counts and does nothing."""
        first = shop.files.import_customers(FILE, import_id="spring")
        again = shop.files.import_customers(FILE, import_id="spring")

        assert counts(first) == counts(again)
        assert (False, True) == (first.is_replay, again.is_replay)

    def test_another_file(self, shop: Loyalty):
        """An import's name stands for one file."""
        shop.files.import_customers(FILE, import_id="spring")

        with pytest.raises(InvalidValue, match="another file"):
            shop.files.import_customers(FILE + "\n", import_id="spring")

    def test_a_file_without_rows(self, shop: Loyalty):
        """A header alone is an import that is finished at once."""
        report = shop.files.import_customers("phone\n", import_id="none")

        assert (0, 0, 0, 0, 0) == counts(report)
        assert shop.files.import_customers("phone\n", import_id="none").is_replay


class TestOut:
    def test_the_template_creates_nobody(self, shop: Loyalty):
        """Brought in as it is, the template's example is skipped."""
        template = text_of(shop.files.customer_template())

        assert (0, 0, 0, 1, 0) == counts(shop.files.import_customers(template))
        mended = template.replace("skip", "")
        assert (1, 0, 0, 0, 0) == counts(shop.files.import_customers(mended))

    def test_an_export_is_read_back(self, shop: Loyalty):
        """What was exported comes back as all unchanged."""
        shop.customers.register(
            first_name="=Ada", last_name="'-Lovelace", birth_date=date(1985, 12, 10)
        )
        shop.files.import_customers(FILE)

        exported = text_of(shop.files.export_customers())

        assert "'=Ada,''-Lovelace,,,1985-12-10,," in exported
        report = shop.files.import_customers(exported)
        assert (0, 0, 4, 0, 0) == counts(report)
        assert {"purchases", "points"} <= set(report.unused)


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40
)
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "first_name": NAMES | st.text("'=+-@＝ 1.", max_size=8),  # noqa: RUF001
            "last_name": NAMES,
            "source": NAMES,
            "birth_date": st.none() | st.dates(),
            "tags": st.sets(NAMES.filter(str.strip), max_size=3),
            "consents": st.dictionaries(
                st.tuples(
                    st.sampled_from(Channel), st.from_regex(r"\A[a-z][a-z0-9_-]{0,9}\Z")
                ),
                st.booleans(),
                max_size=3,
            ),
        }
    ),
    min_size=1,
    max_size=5,
)


@given(PEOPLE)
@settings(max_examples=150)
def test_whatever_is_exported_comes_back_unchanged(people: list[dict[str, Any]]):
    """Names and tags of any script, emoji, formulas and consents survive both ways."""
    shop = Loyalty(
        MemoryStore(),
        Program(id="cafe", currency="EUR", zone="Europe/Berlin", phone_region="DE"),
    )
    for number, person in enumerate(people):
        consents = person.pop("consents")
        new = shop.customers.register(external_id=f"=E{number}", **person)
        for about, is_given in consents.items():
            say = shop.consents.give if is_given else shop.consents.withdraw
            say(new.id, *about)

    report = shop.files.import_customers(text_of(shop.files.export_customers()))

    assert (0, 0, len(people), 0, 0) == counts(report)


def test_two_stores_agree(store: Store, program: Program):
    """A file exported from one store fills another one."""
    shop = Loyalty(store, program)
    shop.files.import_customers(FILE)
    other = Loyalty(MemoryStore(), program)

    report = other.files.import_customers(
        text_of(shop.files.export_customers()), CustomerImport(columns={"id": None})
    )

    assert (3, 0, 0, 0, 0) == counts(report)
