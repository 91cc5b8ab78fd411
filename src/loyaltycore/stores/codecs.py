"""
Values of columns on their way into an engine and back.

Owns how a row becomes a list of parameters and a list of results a row.  Which values
an engine takes as they are, and what becomes of the others, is a pair of tables.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from loyaltycore.errors import Corrupt
from loyaltycore.schema.tables import Collection, ColumnType


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from loyaltycore.query.predicates import Row

__all__ = ["AS_TEXT", "Codec", "Conversions"]


class Conversions(NamedTuple):
    """
    What an engine's driver cannot take or give as it is, by type of column.

    Attributes:
        encoders: turn our values (never None) into the driver's.
        decoders: turn the driver's (never None) into ours.
    """

    encoders: Mapping[ColumnType, Callable[[Any], Any]]
    decoders: Mapping[ColumnType, Callable[[Any], Any]]

    def encoded(self, collection: Collection, name: str, value: Any) -> Any:
        """Turn one value of a column into the driver's."""
        convert = self.encoders.get(collection.by_name[name].type)
        return value if convert is None or value is None else convert(value)

    def decoded(self, collection: Collection, name: str, value: Any) -> Any:
        """Turn one value of the driver's into a column's."""
        convert = self.decoders.get(collection.by_name[name].type)
        return value if convert is None or value is None else convert(value)


@lru_cache(maxsize=1024)  # one posting writes the same moment many times over
def _moment_text(moment: datetime) -> str:
    return moment.isoformat("T", "microseconds")  # of one width, so that text sorts


#: For engines that know texts and integers only, as SQLite does.
AS_TEXT: Final = Conversions(
    encoders={
        ColumnType.MOMENT: _moment_text,
        ColumnType.DAY: date.isoformat,
        ColumnType.BOOLEAN: int,
    },
    decoders={
        ColumnType.MOMENT: datetime.fromisoformat,
        ColumnType.DAY: date.fromisoformat,
        ColumnType.BOOLEAN: bool,
    },
)


class Codec:
    """Values of some columns, there and back."""

    __slots__ = ("_decoders", "_encoders", "_pick", "names")

    def __init__(
        self, conversions: Conversions, collection: Collection, names: tuple[str, ...]
    ) -> None:
        self.names = names
        self._pick: Callable[[Row], tuple[Any, ...]] = itemgetter(*names)
        if len(names) == 1:
            (only,) = names
            self._pick = lambda row: (row[only],)
        types = [collection.by_name[name].type for name in names]
        self._encoders = _converters(types, conversions.encoders)
        self._decoders = _converters(types, conversions.decoders)

    def encode(self, values: Iterable[Any]) -> list[Any]:
        """Turn values, in the order of the columns, into the driver's."""
        encoded = list(values)
        for place, convert in self._encoders:
            value = encoded[place]
            if value is not None:
                encoded[place] = convert(value)
        return encoded

    def encode_row(self, row: Row) -> list[Any]:
        """Turn the columns of a row into the driver's values, in their order."""
        return self.encode(self._pick(row))

    def row(self, values: Sequence[Any]) -> dict[str, Any]:
        """
        Turn what the engine holds into a row.

        Raises:
            Corrupt: a column holds what was never written there.
        """
        row = dict(zip(self.names, values, strict=True))
        name = ""
        try:
            for place, convert in self._decoders:
                value = values[place]
                if value is not None:
                    name = self.names[place]
                    row[name] = convert(value)
        except (AttributeError, TypeError, ValueError):
            message = f"The column {name} holds what cannot be read."
            raise Corrupt(message, column=name) from None
        return row


def _converters(
    types: list[ColumnType], by_type: Mapping[ColumnType, Callable[[Any], Any]]
) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
    return tuple(
        (place, by_type[type_]) for place, type_ in enumerate(types) if type_ in by_type
    )
