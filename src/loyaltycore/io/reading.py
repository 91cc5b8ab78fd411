"""How a file is to be read, as far as it does not say so itself."""

from __future__ import annotations

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.io.cell_values import DateOrder, NumberStyle


__all__ = ["Reading"]


def _check_encoding(_: object, __: object, encoding: str | None) -> None:
    if encoding is not None:
        try:
            "".encode(encoding)
        except LookupError as error:
            message = "name one that Python knows, such as cp1252."
            raise InvalidValue("encoding", message) from error


def _check_delimiter(_: object, __: object, delimiter: str | None) -> None:
    if delimiter is not None and (
        len(delimiter) != 1 or delimiter in '"\r\n\0 ' or delimiter == "\ufeff"
    ):
        raise InvalidValue("delimiter", "one character, such as a comma.")


def _check_limit(_: object, attribute: attrs.Attribute[int], limit: int) -> None:
    if limit < 1:
        raise InvalidValue(attribute.name, "1 or more.")


@attrs.frozen(kw_only=True)
class Reading:
    """
    What the caller declares about a file; nothing of it is guessed.

    Attributes:
        encoding: such as ``cp1252``.  None: UTF-8, or UTF-16 where the file's first
            bytes show it; other files are refused rather than guessed at.
        delimiter: None: the one of ``, ; tab |`` that makes most of the columns known.
        date_order: how days are written.
        numbers: how numbers are written.
        phone_region: for numbers without a country code; None: the program's.
        columns_max: more columns are refused.
        cell_length_max: characters; a row with a longer cell is an error.
        lines_max: a longer file is refused.

    Raises:
        InvalidValue: one of them cannot be.
    """

    encoding: str | None = attrs.field(default=None, validator=_check_encoding)
    delimiter: str | None = attrs.field(default=None, validator=_check_delimiter)
    date_order: DateOrder = attrs.field(default=DateOrder.YMD, converter=DateOrder)
    numbers: NumberStyle = attrs.field(default=NumberStyle.PLAIN, converter=NumberStyle)
    phone_region: str | None = None
    columns_max: int = attrs.field(default=500, validator=_check_limit)
    cell_length_max: int = attrs.field(default=32_767, validator=_check_limit)
    lines_max: int = attrs.field(default=10_000_000, validator=_check_limit)
