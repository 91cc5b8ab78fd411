"""
How the cells of each column are read, made once for a file.

What a column says over and over, such as a day or a name, is read once and then
remembered; what tells rows apart is read each time.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias, assert_never

from loyaltycore.io import cell_values as cells
from loyaltycore.io.columns import Holds
from loyaltycore.io.remembering import Remembered
from loyaltycore.values.contact import check_region


if TYPE_CHECKING:
    from collections.abc import Callable

    from loyaltycore.io.columns import Column
    from loyaltycore.io.reading import Reading
    from loyaltycore.program.program import Program

__all__ = ["NOTHING", "CellReader", "reader_for"]

#: What a cell says that leaves its field as it is.
NOTHING: Final = object()

#: Takes a cell as it was written, and raises ``BadCell``.
CellReader: TypeAlias = "Callable[[str], Any]"


def reader_for(
    column: Column, reading: Reading, program: Program, *, clears: bool
) -> CellReader | None:
    """
    Return what reads a cell of the column; None: it is only ever written.

    Args:
        clears: whether an empty cell empties the field.

    Raises:
        InvalidValue: the phone region is none.
    """
    parse = _parser_for(column, reading, program)
    if parse is None:
        return None
    empty = None if clears else NOTHING

    def read(cell: str) -> object:
        text = cell.strip()
        return parse(text) if text else empty

    return read if column.tells_apart else Remembered(read).__getitem__


def _parser_for(
    column: Column, reading: Reading, program: Program
) -> Callable[[str], object] | None:
    """Return what reads the text of a cell, if any does."""
    region = reading.phone_region or program.phone_region
    order, zone = reading.date_order, program.zone
    parse: Callable[[str], object] | None = None
    match column.holds:
        case Holds.TEXT:
            parse = cells.text_of
        case Holds.PHONE:
            check_region(region)
            parse = partial(cells.phone_of, region=region)
        case Holds.EMAIL:
            parse = cells.email_of
        case Holds.DAY:
            parse = partial(cells.day_of, order=order)
        case Holds.MOMENT:
            parse = partial(cells.moment_of, order=order, zone=zone)
        case Holds.NUMBER:
            parse = partial(cells.number_of, style=reading.numbers)
        case Holds.ACTION:
            parse = cells.action_of
        case Holds.FLAG:
            parse = cells.flag_of
        case Holds.TAGS:
            parse = cells.tags_in
        case Holds.OWN:
            assert column.definition is not None, "a field of the program's own has one"
            parse = partial(
                cells.own_of,
                definition=column.definition,
                order=order,
                style=reading.numbers,
            )
        case Holds.FIGURE:
            pass
        case _ as never:  # pragma: no cover : the enum above is closed
            assert_never(never)
    return parse
