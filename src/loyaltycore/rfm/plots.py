"""
Pictures of a table of scores; needs the extra ``plots`` (matplotlib).

Owns how numbers are drawn; every picture takes the numbers that the table returns under
the same name, and computes none.  Each function draws on the axes it is given, or on
new ones, and returns them.

Colours are cividis and two of Okabe and Ito's, which colour-blind people tell apart;
two series differ in hatching too, and every bar and cell says its number, so that a
grey print can be read.

Example:
    >>> from datetime import date
    >>> from loyaltycore.rfm import Purchase, plots, rfm
    >>> table = rfm([Purchase("ada", date(2026, 3, 1), 1177)], as_of=date(2026, 3, 8))
    >>> axes = plots.heatmap(table.heatmap(), currency="EUR")
"""

# pyright: reportUnknownMemberType=false
# matplotlib leaves the types of its keyword arguments open.

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from loyaltycore.rfm.checks import check_choice
from loyaltycore.rfm.cuts import MEASURES
from loyaltycore.values.money import exponent


try:
    import matplotlib.pyplot as plt
    from matplotlib.colors import LogNorm, Normalize
except ModuleNotFoundError as error:
    if error.name != "matplotlib":
        raise
    message = "Plots need matplotlib: pip install 'loyaltycore[plots]'"
    raise ModuleNotFoundError(message, name="matplotlib") from error


if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.container import BarContainer

    from loyaltycore.rfm.distribution import Bar
    from loyaltycore.rfm.heatmap import Heatmap
    from loyaltycore.rfm.summary import SegmentSummary
    from loyaltycore.rfm.transitions import Transitions

__all__ = [
    "heatmap",
    "histogram",
    "medians",
    "order_distribution",
    "segments",
    "shares",
    "transitions",
]

#: What customers are measured by.
Measured: TypeAlias = Literal["recency", "frequency", "monetary"]

_BLUE: Final = "#0072B2"
_ORANGE: Final = "#E69F00"
_EDGE: Final = "#222222"
_COLOURS: Final = "cividis"
_DARK_MAX: Final = 0.55  # of the colour scale; above it, black text is read better
_NOTHING: Final = float("nan")
_LARGE: Final = 100  # from here on, decimals are not read
_ROOM: Final = 1.16  # for the numbers at the ends of bars
_UNITS: Final = {"recency": "days", "frequency": "purchases"}


def heatmap(
    heat: Heatmap, *, currency: str | None = None, ax: Axes | None = None
) -> Axes:
    """
    Draw recency by frequency: the colour is the mean money, the text says it.

    Args:
        heat: ``RfmTable.heatmap()``.
        currency: such as ``EUR``, to write money in its units; minor units without.
        ax: where to draw; new axes by default.

    Raises:
        CurrencyMismatch, InvalidValue: there is no such currency.
    """
    unit = _unit(currency)
    rows, columns = heat.shape
    means = [
        [heat.cell(row, column).mean_monetary for column in range(1, columns + 1)]
        for row in range(1, rows + 1)
    ]
    grid = [[_NOTHING if m is None else m / unit for m in row] for row in means]
    found = [mean for row in means for mean in row if mean is not None]
    # A few large customers would leave all other cells one colour on a linear scale.
    norm = LogNorm() if found and min(found) > 0 else Normalize()
    axes = _axes(ax, width=1.5 + 1.1 * columns, height=1.2 + 0.9 * rows)
    axes.imshow(grid, cmap=_COLOURS, norm=norm, origin="lower", aspect="auto")
    for cell in heat.cells:
        place = (cell.frequency - 1, cell.recency - 1)
        if cell.mean_monetary is None:
            axes.text(*place, "\N{EN DASH}", ha="center", va="center", color=_EDGE)
            continue
        mean = cell.mean_monetary / unit
        said = f"{_short(mean)}\n({cell.customers:,})"
        colour = _on(float(norm(mean)))
        axes.text(*place, said, ha="center", va="center", color=colour, fontsize=9)
    axes.set_xticks(range(columns), [str(score + 1) for score in range(columns)])
    axes.set_yticks(range(rows), [str(score + 1) for score in range(rows)])
    axes.set_xlabel("frequency score")
    axes.set_ylabel("recency score (high is recent)")
    axes.set_title(f"Mean money, {currency or 'minor units'} (customers)")
    return axes


def segments(summaries: Sequence[SegmentSummary], *, ax: Axes | None = None) -> Axes:
    """
    Draw how many customers each segment has.

    Args:
        summaries: ``RfmTable.summary()``.
        ax: where to draw; new axes by default.
    """
    axes = _axes(ax, width=7, height=1.2 + 0.36 * len(summaries))
    counts = [one.customers for one in summaries]
    bars = axes.barh([one.segment for one in summaries], counts, color=_BLUE)
    said = [f"{one.customers:,} ({one.share_of_customers:.1%})" for one in summaries]
    axes.bar_label(bars, said, padding=3, fontsize=9)
    axes.set_xlabel("customers")
    return _from_the_top(axes, max(counts, default=0))


def shares(summaries: Sequence[SegmentSummary], *, ax: Axes | None = None) -> Axes:
    """
    Draw each segment's share of the customers against its share of the revenue.

    Args:
        summaries: ``RfmTable.summary()``.
        ax: where to draw; new axes by default.
    """
    axes = _axes(ax, width=7.5, height=1.4 + 0.55 * len(summaries))
    places = range(len(summaries))
    customers = [100 * one.share_of_customers for one in summaries]
    revenue = [100 * one.share_of_revenue for one in summaries]
    above = [place - 0.2 for place in places]
    below = [place + 0.2 for place in places]
    for position, values, label, colour, hatch in (
        (above, customers, "customers", _BLUE, ""),
        (below, revenue, "revenue", _ORANGE, "//"),
    ):
        bars = axes.barh(
            position,
            values,
            0.38,
            label=label,
            color=colour,
            hatch=hatch,
            edgecolor=_EDGE,
        )
        axes.bar_label(bars, [f"{v:.1f} %" for v in values], padding=3, fontsize=8)
    axes.set_yticks(places, [one.segment for one in summaries])
    axes.set_xlabel("% of all")
    axes.legend(loc="best", frameon=False)
    return _from_the_top(axes, max([*customers, *revenue], default=0))


def medians(
    summaries: Sequence[SegmentSummary],
    measure: Measured,
    *,
    currency: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """
    Draw the median of a measure for each segment; an empty one has no bar.

    Args:
        summaries: ``RfmTable.summary()``.
        measure: ``recency``, ``frequency`` or ``monetary``.
        currency: such as ``EUR``, to write money in its units; minor units without.
        ax: where to draw; new axes by default.

    Raises:
        InvalidValue: there is no such measure.
    """
    check_choice("measure", measure, MEASURES)
    unit = _unit(currency) if measure == "monetary" else 1
    name = "median_recency_days" if measure == "recency" else f"median_{measure}"
    found: list[float | None] = [getattr(one, name) for one in summaries]
    values = [0.0 if value is None else value / unit for value in found]
    axes = _axes(ax, width=7, height=1.2 + 0.36 * len(summaries))
    bars = axes.barh([one.segment for one in summaries], values, color=_BLUE)
    said = [
        "\N{EN DASH}" if median is None else _short(value)
        for median, value in zip(found, values, strict=True)
    ]
    axes.bar_label(bars, said, padding=3, fontsize=9)
    axes.set_xlabel(f"median {_label(measure, currency)}")
    return _from_the_top(axes, max(values, default=0))


def order_distribution(bars: Sequence[Bar], *, ax: Axes | None = None) -> Axes:
    """
    Draw how many customers ordered once, twice, and so on.

    Args:
        bars: ``RfmTable.order_distribution()``.
        ax: where to draw; new axes by default.
    """
    axes = _axes(ax, width=1.5 + 0.55 * max(len(bars), 6), height=4)
    names = ["\N{EN DASH}".join(_ends(bar)) for bar in bars]
    drawn = axes.bar(names, [bar.customers for bar in bars], color=_BLUE)
    _count_above(axes, drawn)
    axes.set_xlabel("orders")
    return axes


def histogram(
    bars: Sequence[Bar],
    measure: Measured,
    *,
    currency: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """
    Draw how customers spread over a measure.

    Args:
        bars: ``RfmTable.histogram(measure)``.
        measure: which one, for the label.
        currency: such as ``EUR``, to write money in its units; minor units without.
        ax: where to draw; new axes by default.

    Raises:
        InvalidValue: there is no such measure.
    """
    check_choice("measure", measure, MEASURES)
    unit = _unit(currency) if measure == "monetary" else 1
    axes = _axes(ax, width=7, height=4)
    axes.bar(
        [bar.lowest / unit for bar in bars],
        [bar.customers for bar in bars],
        [(bar.highest + 1 - bar.lowest) / unit for bar in bars],
        align="edge",
        color=_BLUE,
        edgecolor="white",
    )
    axes.set_xlabel(_label(measure, currency))
    axes.set_ylabel("customers")
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def transitions(moves: Transitions, *, ax: Axes | None = None) -> Axes:
    """
    Draw who went from which segment (rows) to which (columns).

    The colour is the share of the customers of the row, white where nobody went; the
    text counts them.

    Args:
        moves: ``RfmTable.transitions(previous)``.
        ax: where to draw; new axes by default.
    """
    matrix = moves.matrix()
    grid = [[n / sum(row) if n else _NOTHING for n in row] for row in matrix]
    size = len(moves.names)
    axes = _axes(ax, width=2.5 + 0.75 * size, height=2 + 0.55 * size)
    axes.imshow(grid, cmap=_COLOURS, vmin=0, vmax=1, aspect="auto")
    for row, counts in enumerate(matrix):
        for column, customers in enumerate(counts):
            if customers:
                colour = "white" if grid[row][column] <= _DARK_MAX else "black"
                axes.text(
                    column,
                    row,
                    f"{customers:,}",
                    ha="center",
                    va="center",
                    color=colour,
                )
    axes.set_xticks(range(size), moves.names, rotation=40, ha="right")
    axes.set_yticks(range(size), moves.names)
    axes.set_xlabel("after")
    axes.set_ylabel("before")
    axes.set_title(f"{moves.moved:,} customers moved")
    return axes


def _axes(ax: Axes | None, *, width: float, height: float) -> Axes:
    """Take the caller's axes, or make some of a fitting size."""
    if ax is not None:
        return ax
    _, made = plt.subplots(figsize=(width, height), layout="constrained")
    return made


def _unit(currency: str | None) -> int:
    """Return how many minor units make one that people read."""
    return 1 if currency is None else 10 ** exponent(currency)


def _ends(bar: Bar) -> tuple[str, ...]:
    """Name the numbers between which a bar lies, one of them where they are one."""
    ends = (f"{bar.lowest:,}", f"{bar.highest:,}")
    return ends[:1] if bar.lowest == bar.highest else ends


def _short(value: float) -> str:
    """Write a number with as many decimals as people read."""
    is_coarse = abs(value) >= _LARGE or value == int(value)
    return f"{value:,.0f}" if is_coarse else f"{value:,.2f}"


def _on(shade: float) -> str:
    """Choose the colour of text on a shade from 0, dark, to 1, light."""
    return "white" if shade <= _DARK_MAX else "black"


def _label(measure: Measured, currency: str | None) -> str:
    """Name a measure and its unit."""
    return f"{measure}, {_UNITS.get(measure, currency or 'minor units')}"


def _from_the_top(axes: Axes, longest: float) -> Axes:
    """List the first bar at the top, and leave room for the numbers at their ends."""
    axes.invert_yaxis()
    axes.set_xlim(right=max(longest, 1e-9) * _ROOM)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def _count_above(axes: Axes, bars: BarContainer) -> None:
    """Write the counts above upright bars."""
    axes.bar_label(bars, fmt="{:,.0f}", padding=2, fontsize=9)
    axes.set_ylabel("customers")
    axes.spines[["top", "right"]].set_visible(False)
