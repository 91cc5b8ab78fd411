"""Phone numbers and e-mail addresses."""

from __future__ import annotations

import subprocess
import sys
import traceback
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.errors import InvalidEmail, InvalidPhone, InvalidValue
from loyaltycore.values.contact import (
    mask_email,
    mask_phone,
    parse_email,
    parse_phone,
)


if TYPE_CHECKING:
    from collections.abc import Callable


class TestParsePhone:
    """Reading a phone number."""

    @pytest.mark.parametrize(
        ("text", "region", "expected"),
        [
            ("030 901820", "DE", "+4930901820"),
            ("+49 30 901820", None, "+4930901820"),
            ("+49 30 901820", "US", "+4930901820"),
            ("(030) 90-18.20/", "DE", "+4930901820"),
            ("0049 30 901820", "DE", "+4930901820"),
            ("\u202a+49\u00a030\u2011901820\u202c", None, "+4930901820"),
            ("\uff0b\uff14\uff19 30 901820", None, "+4930901820"),
            ("\u0660\u0663\u0660 901820", "DE", "+4930901820"),
            ("06 698 82 123", "IT", "+390669882123"),
            ("(212) 736-5000", "US", "+12127365000"),
        ],
    )
    def test_normalises(self, text: str, region: str | None, expected: str) -> None:
        """One number in many spellings is one E.164 text."""
        assert expected == parse_phone(text, region)

    @pytest.mark.parametrize(
        ("text", "region", "advice"),
        [
            ("030 901820", None, "no country code"),
            ("", "DE", "empty"),
            (" \u200e ", "DE", "empty"),
            ("+", "DE", "not a phone number"),
            ("1", "DE", "not a phone number"),
            ("+999123456789", "DE", "unknown country code"),
            ("+999123456789", None, "unknown country code"),
            ("+49 1", None, "too short"),
            ("+1 555 123", None, "too short"),
            ("736-5000", "US", "area code"),
            ("+1 555 012 345 678", None, "too long"),
            ("0" * 65, "DE", "too long"),
            ("0" * 50, "DE", "too long"),
            ("9" * 19, "DE", "too long"),
            ("+800 1234", None, "too short"),
            ("030 901820 x5", "DE", "letters"),
            ("030 901820#5", "DE", "letters"),
            ("1-800-FLOWERS", "US", "letters"),
            ("030\x00901820", "DE", "letters"),
            ("\ud800", "DE", "letters"),
            (None, "DE", "string, not NoneType"),
            (30901820, "DE", "string, not int"),
        ],
    )
    def test_refuses_and_says_why(
        self, text: Any, region: str | None, advice: str
    ) -> None:
        """Each refusal names its own reason."""
        with pytest.raises(InvalidPhone, match=advice):
            parse_phone(text, region)

    def test_refuses_a_length_that_the_country_lacks(self) -> None:
        """A length between those that a country has is refused."""
        with pytest.raises(InvalidPhone, match="as many digits"):
            parse_phone("+47 222222", None)

    @pytest.mark.parametrize("region", ["XX", "de", "", "DEU"])
    def test_refuses_an_unknown_region(self, region: str) -> None:
        """A wrong region is the program's mistake, not the number's."""
        with pytest.raises(InvalidValue, match="region: must be a two-letter"):
            parse_phone("030 901820", region)

    @given(st.text(max_size=40), st.sampled_from([None, "DE", "US"]))
    def test_any_text_is_read_or_refused(self, text: str, region: str | None) -> None:
        """Any text gives E.164, which reads back as itself, or an InvalidPhone."""
        try:
            phone = parse_phone(text, region)
        except InvalidPhone:
            return

        assert phone == parse_phone(phone, None)


class TestParseEmail:
    """Reading an e-mail address."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (" Ada.Lovelace@Example.COM ", "ada.lovelace@example.com"),
            ("ada+shop@example.com", "ada+shop@example.com"),
            ("J\u00dcRGEN@example.com", "j\u00fcrgen@example.com"),
            ("ju\u0308rgen@example.com", "j\u00fcrgen@example.com"),
            ("\u0130da@example.com", "i\u0307da@example.com"),
            ("a@xn--bcher-kva.de", "a@b\u00fccher.de"),
        ],
    )
    def test_normalises(self, text: str, expected: str) -> None:
        """One address in many spellings is one text in lower case."""
        assert expected == parse_email(text)

    @pytest.mark.parametrize(
        ("text", "advice"),
        [
            ("", "empty"),
            (" \t", "empty"),
            ("ada.example.com", "no @"),
            ("a@b@example.com", "more than one @"),
            ("a da@example.com", "blank"),
            ("@example.com", "nothing before"),
            ("ada@", "nothing after"),
            ("ada@localhost", "without a point"),
            ("ada@example.test", "reserved domain"),
            ("a..b@example.com", "not one that mail"),
            ("ada@example.com.", "not one that mail"),
            ("ada@exa_mple.com", "not one that mail"),
            ("Ada<ada@example.com>", "not one that mail"),
            ("ada@example.com\x00", "not one that mail"),
            ("\ud800@example.com", "not one that mail"),
            ("a" * 250 + "@example.com", "too long"),
            ("\u0130" * 110 + "@example.com", "too long"),
            (None, "string, not NoneType"),
            (b"ada@example.com", "string, not bytes"),
        ],
    )
    def test_refuses_and_says_why(self, text: Any, advice: str) -> None:
        """Each refusal names its own reason."""
        with pytest.raises(InvalidEmail, match=advice):
            parse_email(text)

    @given(st.emails() | st.text(max_size=30) | st.text().map(lambda t: f"{t}@x.de"))
    def test_any_text_is_read_or_refused(self, text: str) -> None:
        """Any text gives an address, which reads back as itself, or InvalidEmail."""
        try:
            email = parse_email(text)
        except InvalidEmail:
            return

        assert email == parse_email(email)


class TestPrivacy:
    """What errors and masks give away."""

    @pytest.mark.parametrize(
        ("parse", "text"),
        [
            (partial(parse_phone, region=None), "0309018201"),
            (partial(parse_phone, region=None), "+999555777333"),
            (partial(parse_phone, region="DE"), "+49309018203090182030"),
            (partial(parse_phone, region="DE"), "Lovelace"),
            (parse_email, "Lovelace"),
            (parse_email, "Lovelace@localhost"),
            (parse_email, "Love\x00lace@example.com"),
            (parse_email, "Lovelace@exam_ple.com"),
        ],
    )
    def test_errors_do_not_repeat_the_text(
        self, parse: Callable[[str], str], text: str
    ) -> None:
        """No printed traceback of a refusal holds the text or a part of it."""
        with pytest.raises((InvalidPhone, InvalidEmail)) as refusal:
            parse(text)

        error = refusal.value
        printed = "".join(traceback.format_exception_only(error)) + repr(error.args)
        assert error.__context__ is None
        assert error.__cause__ is None
        assert text not in printed
        assert "Love" not in printed
        assert "_" not in str(error)

    @pytest.mark.parametrize(
        ("phone", "expected"),
        [
            ("+4930901820", "+***20"),
            ("030901820", "***20"),
            ("+12345", "+***"),
            ("", "***"),
        ],
    )
    def test_mask_phone(self, phone: str, expected: str) -> None:
        """Two digits of a number stay, and none of a very short one."""
        assert expected == mask_phone(phone)

    @pytest.mark.parametrize(
        ("email", "expected"),
        [
            ("ada@example.com", "a***@e***.com"),
            ("al@me.co.uk", "***@m***.uk"),
            ("ada@localhost", "a***@***"),
            ("nobody", "***"),
            ("", "***"),
            ("@", "***@***"),
        ],
    )
    def test_mask_email(self, email: str, expected: str) -> None:
        """The first letters and the last part of the domain stay."""
        assert expected == mask_email(email)


def test_importing_loads_no_parser() -> None:
    """The two parsers are loaded when a contact is parsed, not at start-up."""
    program = (
        "import sys, loyaltycore.values.contact;"
        "print('phonenumbers' in sys.modules, 'email_validator' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ":".join(path for path in sys.path if path)},
    )

    assert "False False" == done.stdout.strip()
