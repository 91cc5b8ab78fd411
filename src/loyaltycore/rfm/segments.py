"""
From scores to segments: tables of rectangles, proven to name every cell once.

Owns the tables and their proof; knows no purchase and no customer.

A table has a version because merchants build campaigns on its names: moving a boundary
is a new version, never an edit.
"""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast, get_args

import attrs

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm.checks import check_choice, check_name, check_number, check_tuple
from loyaltycore.rfm.cuts import BINS_MAX, MEASURES, Score, Shape, check_shape
from loyaltycore.rfm.plain import check_keys, list_of, numbers_of, value_of


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = [
    "Coverage",
    "OnOverlap",
    "Rectangle",
    "SegmentTable",
    "Span",
    "coverage",
]

#: The lowest and the highest score of a range, both included.
Span: TypeAlias = tuple[int, int]

#: What to do where two rectangles meet: refuse the table, or take the first of them.
OnOverlap: TypeAlias = Literal["refuse", "first"]

_VERSION_MAX = 1_000_000
_SHOWN_MAX = 12


@attrs.frozen(kw_only=True)
class Rectangle:
    """
    A block of cells that belongs to one segment.

    Attributes:
        segment: its name; several rectangles may share one.
        recency: lowest and highest recency score, both included.
        frequency: lowest and highest frequency score, both included.
        monetary: lowest and highest monetary score, both included.

    Raises:
        InvalidValue: the name is blank, or a range is upside down or starts below 1.
    """

    segment: str
    recency: Span
    frequency: Span
    monetary: Span

    def __attrs_post_init__(self) -> None:
        check_name("segment", self.segment, "name the segment")
        _check_span("recency", self.recency)
        _check_span("frequency", self.frequency)
        _check_span("monetary", self.monetary)

    def to_dict(self) -> dict[str, object]:
        """Return a dictionary that JSON can hold, for :meth:`from_dict`."""
        return {
            "segment": self.segment,
            "recency": list(self.recency),
            "frequency": list(self.frequency),
            "monetary": list(self.monetary),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Rectangle:
        """
        Read back what :meth:`to_dict` wrote.

        Raises:
            InvalidValue: a key is missing, unknown or holds something else.
        """
        check_keys(data, ("segment", *MEASURES))
        spans: dict[str, Any] = {name: numbers_of(data, name) for name in MEASURES}
        return cls(segment=value_of(data, "segment", str), **spans)

    @property
    def highest(self) -> Score:
        """The cell with the highest scores."""
        return Score(self.recency[1], self.frequency[1], self.monetary[1])

    def cells(self) -> Iterator[Score]:
        """Yield every cell of the block, lowest first."""
        spans = (self.recency, self.frequency, self.monetary)
        return _cells([range(lowest, highest + 1) for lowest, highest in spans])


@attrs.frozen(kw_only=True)
class Coverage:
    """
    How far a set of rectangles is from naming every cell exactly once.

    Attributes:
        gaps: cells of no rectangle, lowest first.
        overlaps: cells of two or more rectangles, lowest first.
    """

    gaps: tuple[Score, ...]
    overlaps: tuple[Score, ...]

    @property
    def is_partition(self) -> bool:
        """Whether every cell has exactly one rectangle."""
        return not self.gaps and not self.overlaps


def coverage(rectangles: Iterable[Rectangle], shape: Shape) -> Coverage:
    """
    Find the cells that rectangles leave out or name more than once.

    Args:
        rectangles: in any order.
        shape: how many scores recency, frequency and monetary value have.

    Returns:
        The gaps and the overlaps within the shape.

    Raises:
        InvalidValue: the shape is not three numbers from 1 to 20.
    """
    check_shape(shape)
    named = Counter(cell for rectangle in rectangles for cell in rectangle.cells())
    cells = tuple(_cells([range(1, bins + 1) for bins in shape]))
    return Coverage(
        gaps=tuple(cell for cell in cells if not named[cell]),
        overlaps=tuple(cell for cell in cells if named[cell] > 1),
    )


def _compiled(table: SegmentTable) -> dict[Score, str]:
    """Check a table and spell it out, cell by cell."""
    _check_table(table)
    found = coverage(table.rectangles, table.shape)
    gaps = () if table.default is not None else found.gaps
    overlaps = () if table.on_overlap == "first" else found.overlaps
    if gaps or overlaps:
        raise InvalidValue("rectangles", _uncovered(gaps, overlaps))
    segments = dict.fromkeys(found.gaps, table.default or "")
    for rectangle in table.rectangles:
        for cell in rectangle.cells():
            segments.setdefault(cell, rectangle.segment)
    return segments


@attrs.frozen(kw_only=True)
class SegmentTable:
    """
    Names for all combinations of scores: each cell has exactly one.

    Attributes:
        name: of the table.
        version: 1 or more; another boundary or name is another version.
        shape: how many scores recency, frequency and monetary value have.
        rectangles: in the order in which reports list the segments.
        on_overlap: ``"refuse"`` a cell of two rectangles, or give it to the
            ``"first"`` of them.
        default: the segment of cells that no rectangle names; ``None`` refuses them.

    Raises:
        InvalidValue: a name is blank, a rectangle reaches outside the shape, or cells
            are left out or named twice without leave; the message lists them.

    Example:
        >>> halves = SegmentTable(
        ...     name="halves",
        ...     version=1,
        ...     shape=(2, 1, 1),
        ...     rectangles=(
        ...         Rectangle(
        ...             segment="here",
        ...             recency=(2, 2),
        ...             frequency=(1, 1),
        ...             monetary=(1, 1),
        ...         ),
        ...     ),
        ...     default="gone",
        ... )
        >>> halves.segment(Score(1, 1, 1))
        'gone'
    """

    name: str
    version: int
    shape: Shape
    rectangles: tuple[Rectangle, ...]
    on_overlap: OnOverlap = "refuse"
    default: str | None = None
    _segments: dict[Score, str] = attrs.field(
        init=False,
        repr=False,
        eq=False,
        default=attrs.Factory(_compiled, takes_self=True),
    )

    @property
    def names(self) -> tuple[str, ...]:
        """The segments, in the order of the rectangles; the default comes last."""
        names = [rectangle.segment for rectangle in self.rectangles]
        if self.default is not None:
            names.append(self.default)
        return tuple(dict.fromkeys(names))

    def segment(self, score: Score) -> str:
        """
        Name the segment of a score.

        Args:
            score: of a table with as many bins as this one's shape.

        Raises:
            InvalidValue: the score lies outside the shape.
        """
        try:
            return self._segments[score]
        except KeyError:
            shape = "x".join(map(str, self.shape))
            remedy = f"the table {self.name!r} has {shape} scores; use its bins"
            raise InvalidValue("score", f"{score} has no cell; {remedy}") from None

    def to_dict(self) -> dict[str, object]:
        """Return a dictionary that JSON can hold, for :meth:`from_dict`."""
        return {
            "name": self.name,
            "version": self.version,
            "shape": list(self.shape),
            "rectangles": [rectangle.to_dict() for rectangle in self.rectangles],
            "on_overlap": self.on_overlap,
            "default": self.default,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> SegmentTable:
        """
        Read back what :meth:`to_dict` wrote; it is proved anew.

        Raises:
            InvalidValue: a key is missing, unknown or holds something else, or the
                rectangles leave cells out or name them twice.
        """
        check_keys(data, [name.alias for name in attrs.fields(cls) if name.init])
        fields: dict[str, Any] = dict(data)
        fields["shape"] = numbers_of(data, "shape")
        fields["rectangles"] = tuple(
            Rectangle.from_dict(cast("Mapping[str, object]", one))
            for one in list_of(data, "rectangles")
        )
        return cls(**fields)


def _check_table(table: SegmentTable) -> None:
    """Refuse what cannot be spelled out at all."""
    check_name("name", table.name, "name the table")
    check_number("version", table.version, at_least=1, at_most=_VERSION_MAX)
    check_shape(table.shape)
    check_choice("on_overlap", table.on_overlap, get_args(OnOverlap))
    check_tuple("rectangles", table.rectangles, "pass Rectangle values in a tuple")
    if table.default is not None:
        check_name("default", table.default, "name a segment, or pass None")
    for rectangle in table.rectangles:
        highest = rectangle.highest
        scores = (highest.recency, highest.frequency, highest.monetary)
        if any(score > bins for score, bins in zip(scores, table.shape, strict=True)):
            shape = "x".join(map(str, table.shape))
            message = f"{rectangle.segment!r} reaches {highest}; end it within {shape}"
            raise InvalidValue("rectangles", message)


def _check_span(field: str, span: Span) -> None:
    """Refuse a range that has no cell."""
    remedy = "pass the lowest and the highest score"
    check_tuple(field, span, remedy)
    try:
        lowest, highest = span
    except ValueError:
        raise InvalidValue(field, f"is no pair; {remedy}") from None
    check_number(field, lowest, at_least=1, at_most=BINS_MAX)
    check_number(field, highest, at_least=lowest, at_most=BINS_MAX)


def _cells(ranges: list[range]) -> Iterator[Score]:
    """Yield the cells of three ranges of scores."""
    return (Score(*scores) for scores in product(*ranges))


def _uncovered(gaps: tuple[Score, ...], overlaps: tuple[Score, ...]) -> str:
    """Say which cells are wrong and what to do about them."""
    parts: list[str] = []
    if gaps:
        remedy = "add rectangles or pass default="
        parts.append(f"{_listed(gaps)} in no rectangle ({remedy})")
    if overlaps:
        remedy = "shrink rectangles or pass on_overlap='first'"
        parts.append(f"{_listed(overlaps)} in two or more ({remedy})")
    return "; ".join(parts)


def _listed(cells: tuple[Score, ...]) -> str:
    """Count cells and show the first of them."""
    shown = ", ".join(map(str, cells[:_SHOWN_MAX]))
    more = len(cells) - _SHOWN_MAX
    tail = f" and {more} more" if more > 0 else ""
    noun = "cell" if len(cells) == 1 else "cells"
    return f"{len(cells)} {noun} RFM {shown}{tail}"
