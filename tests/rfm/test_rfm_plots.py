"""Pictures: what is drawn equals what the table says, number by number."""

from __future__ import annotations

import importlib
import os
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from loyaltycore.errors import InvalidValue
from loyaltycore.rfm import Purchase, RfmTable, rfm


if TYPE_CHECKING:
    from collections.abc import Iterator

DASH = "\N{EN DASH}"


@pytest.fixture
def plots() -> Iterator[Any]:
    """Draw without a screen, and put the paper away afterwards."""
    if not os.environ.get("LOYALTYCORE_FRAMES"):
        pytest.importorskip("matplotlib", reason="needs matplotlib: make frames")
    matplotlib = importlib.import_module("matplotlib")
    before = matplotlib.get_backend()
    matplotlib.use("Agg")
    yield importlib.import_module("loyaltycore.rfm.plots")
    importlib.import_module("matplotlib.pyplot").close("all")
    matplotlib.use(before)


@pytest.fixture(scope="module")
def table() -> RfmTable:
    """Score 25 customers, some of them much better than others."""
    return rfm(bought(), as_of=date(2026, 3, 31))


def bought() -> list[Purchase]:
    """Make purchases that reach many cells."""
    return [
        Purchase(f"c{n:02}", date(2026, 1, 1 + (n * 7 + k) % 28), 100 + n * n * 10 + k)
        for n in range(25)
        for k in range(1 + n % 6)
    ]


def texts_of(axes: Any) -> list[str]:
    """Read everything that is written inside the axes."""
    return [text.get_text() for text in axes.texts]


def names_of(labels: Any) -> list[str]:
    """Read the labels of an axis."""
    return [label.get_text() for label in labels]


def test_heatmap(plots: Any, table: RfmTable) -> None:
    """Each cell's colour is the mean in euros; its text says mean and customers."""
    heat = table.heatmap()

    axes = plots.heatmap(heat, currency="EUR")

    (image,) = axes.images
    drawn = image.get_array()
    for cell in heat.cells:
        place = (cell.recency - 1, cell.frequency - 1)
        assert (cell.mean_monetary is None) == bool(drawn.mask[place])
        if cell.mean_monetary is not None:
            assert cell.mean_monetary / 100 == pytest.approx(float(drawn[place]))
    said = [
        DASH
        if cell.mean_monetary is None
        else f"{number(cell.mean_monetary / 100)}\n({cell.customers})"
        for cell in heat.cells
    ]
    assert said == texts_of(axes)
    assert "Mean money, EUR (customers)" == axes.get_title()
    assert ["1", "2", "3", "4", "5"] == names_of(axes.get_yticklabels())
    assert "lower" == image.origin, "the best recency is at the top"


def number(value: float) -> str:
    """Write a number as the pictures do."""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.2f}"


def test_heatmap_of_debts(plots: Any) -> None:
    """Where refunds exceed purchases there is no logarithm, and still a picture."""
    rows = [Purchase("ada", date(2026, 3, 1), 5), Purchase("ada", date(2026, 3, 2), -9)]

    axes = plots.heatmap(rfm(rows, as_of=date(2026, 3, 31)).heatmap())

    assert "-4\n(1)" in texts_of(axes)
    assert "Mean money, minor units (customers)" == axes.get_title()


def test_segments(plots: Any, table: RfmTable) -> None:
    """Each bar is as long as its segment has customers, and says their share."""
    summary = table.summary()

    axes = plots.segments(summary)

    assert [one.customers for one in summary] == [
        bar.get_width() for bar in axes.patches
    ]
    assert [one.segment for one in summary] == names_of(axes.get_yticklabels())
    assert [
        f"{one.customers} ({one.share_of_customers:.1%})" for one in summary
    ] == texts_of(axes)
    assert axes.yaxis_inverted(), "the table's first segment is at the top"


def test_shares(plots: Any, table: RfmTable) -> None:
    """Customers and revenue have bars of their own, told apart by hatching too."""
    summary = table.summary()

    axes = plots.shares(summary)

    customers, revenue = axes.containers
    assert [100 * one.share_of_customers for one in summary] == [
        bar.get_width() for bar in customers
    ]
    assert [100 * one.share_of_revenue for one in summary] == [
        bar.get_width() for bar in revenue
    ]
    assert {None} == {bar.get_hatch() or None for bar in customers}
    assert {"//"} == {bar.get_hatch() for bar in revenue}
    assert ["customers", "revenue"] == names_of(axes.get_legend().get_texts())


@pytest.mark.parametrize(
    ("measure", "field", "unit", "label"),
    [
        ("recency", "median_recency_days", 1, "median recency, days"),
        ("frequency", "median_frequency", 1, "median frequency, purchases"),
        ("monetary", "median_monetary", 100, "median monetary, EUR"),
    ],
)
def test_medians(
    plots: Any, table: RfmTable, measure: str, field: str, unit: int, label: str
) -> None:
    """Each bar is as long as the median, in the unit that the axis names."""
    summary = table.summary()

    axes = plots.medians(summary, measure, currency="EUR")

    expected = [getattr(one, field) for one in summary]
    assert [0 if value is None else value / unit for value in expected] == [
        bar.get_width() for bar in axes.patches
    ]
    assert [value is None for value in expected] == [
        said == DASH for said in texts_of(axes)
    ]
    assert label == axes.get_xlabel()


def test_order_distribution(plots: Any, table: RfmTable) -> None:
    """Each bar is as high as so many customers ordered that often."""
    bars = table.order_distribution(at_most=4)

    axes = plots.order_distribution(bars)

    assert [bar.customers for bar in bars] == [bar.get_height() for bar in axes.patches]
    assert ["1", "2", "3", f"4{DASH}6"] == names_of(axes.get_xticklabels())
    assert [str(bar.customers) for bar in bars] == texts_of(axes)


@pytest.mark.parametrize("measure", ["recency", "frequency", "monetary"])
def test_histogram(plots: Any, table: RfmTable, measure: str) -> None:
    """Each bar stands on its range and is as high as it has customers."""
    bars = table.histogram(measure, bars=6)

    axes = plots.histogram(bars, measure, currency="EUR")

    unit = 100 if measure == "monetary" else 1
    assert [bar.customers for bar in bars] == [bar.get_height() for bar in axes.patches]
    assert [bar.lowest / unit for bar in bars] == [bar.get_x() for bar in axes.patches]
    assert "customers" == axes.get_ylabel()


def test_transitions(plots: Any, table: RfmTable) -> None:
    """Each way's cell counts its customers; its colour is their share of the row."""
    earlier = rfm(bought(), as_of=date(2026, 1, 20), later="exclude")
    moves = table.transitions(earlier)

    axes = plots.transitions(moves)

    matrix = moves.matrix()
    (image,) = axes.images
    drawn = image.get_array()
    for row, counts in enumerate(matrix):
        for column, customers in enumerate(counts):
            if customers:
                share = customers / sum(counts)
                assert share == pytest.approx(float(drawn[row][column]))
    assert [str(n) for row in matrix for n in row if n] == texts_of(axes)
    assert list(moves.names) == names_of(axes.get_xticklabels())
    assert f"{moves.moved} customers moved" == axes.get_title()


@pytest.mark.parametrize(
    "name",
    [
        "heatmap",
        "segments",
        "shares",
        "medians",
        "order_distribution",
        "histogram",
        "transitions",
    ],
)
def test_on_the_callers_axes(plots: Any, table: RfmTable, name: str) -> None:
    """A picture is drawn where the caller says, and those axes are returned."""
    pyplot = importlib.import_module("matplotlib.pyplot")
    figure, axes = pyplot.subplots()
    earlier = rfm(bought(), as_of=date(2026, 1, 20), later="exclude")
    data: dict[str, tuple[Any, ...]] = {
        "heatmap": (table.heatmap(),),
        "segments": (table.summary(),),
        "shares": (table.summary(),),
        "medians": (table.summary(), "recency"),
        "order_distribution": (table.order_distribution(),),
        "histogram": (table.histogram("recency"), "recency"),
        "transitions": (table.transitions(earlier),),
    }

    assert axes is getattr(plots, name)(*data[name], ax=axes)
    assert [axes] == figure.axes
    figure.canvas.draw()


def test_nobody(plots: Any) -> None:
    """An empty table is drawn as well."""
    empty = rfm([], as_of=date(2026, 3, 31))

    assert {DASH} == set(texts_of(plots.heatmap(empty.heatmap())))
    assert {"0 (0.0%)"} == set(texts_of(plots.segments(empty.summary())))
    assert [] == list(plots.histogram(empty.histogram("recency"), "recency").patches)
    assert [] == list(plots.order_distribution(empty.order_distribution()).patches)


def test_refuses(plots: Any, table: RfmTable) -> None:
    """An unknown measure is refused with those that there are."""
    with pytest.raises(InvalidValue, match="measure: is 'age'; choose one of"):
        plots.medians(table.summary(), "age")
    with pytest.raises(InvalidValue, match="measure: is 'age'; choose one of"):
        plots.histogram((), "age")


@pytest.mark.parametrize("missing", ["matplotlib", "matplotlib.pyplot"])
def test_missing_packages(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without matplotlib one is told which extra to install; other errors stay."""
    for name in ("loyaltycore.rfm.plots", "matplotlib.pyplot"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(ModuleNotFoundError) as caught:
        importlib.import_module("loyaltycore.rfm.plots")

    told = "loyaltycore[plots]" in str(caught.value)
    assert told is (caught.value.name == "matplotlib")
