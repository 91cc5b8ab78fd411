"""
How a table shows itself in a notebook.

Owns a fragment of HTML; the numbers come from the table's own reports.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from loyaltycore.rfm.caveats import RfmWarning
    from loyaltycore.rfm.cuts import Cuts
    from loyaltycore.rfm.spec import RfmSpec
    from loyaltycore.rfm.summary import SegmentSummary

__all__ = ["html_of"]

_UNITS = "days, counts, minor units"
_COLUMNS = (
    "segment",
    "customers",
    "orders",
    "revenue",
    "average order",
    "% of customers",
    "% of revenue",
    "median recency",
    "median frequency",
    "median monetary",
)


def html_of(
    spec: RfmSpec,
    cuts: Cuts,
    warnings: Sequence[RfmWarning],
    summaries: Sequence[SegmentSummary] | None,
    customers: int,
) -> str:
    """
    Write the fragment; every text in it is escaped.

    Args:
        spec: how the table was asked for.
        cuts: where its scores change.
        warnings: why to read it with care.
        summaries: of the segments; ``None`` where no table of ours fits the scores.
        customers: how many are scored.
    """
    window = f"{spec.since} to {spec.as_of}" if spec.since else f"up to {spec.as_of}"
    parts = [
        f"<p><b>RFM</b> of {customers:,} customers, {escape(window)} ({_UNITS})</p>",
        _table(
            ("measure", "scores change above"),
            [
                (name, ", ".join(f"{cut:,}" for cut in values))
                for name, values in (
                    ("recency", cuts.recency),
                    ("frequency", cuts.frequency),
                    ("monetary", cuts.monetary),
                )
            ],
        ),
    ]
    if summaries is not None:
        parts.append(_table(_COLUMNS, map(_cells, summaries)))
    if warnings:
        items = "".join(f"<li>{escape(str(one))}</li>" for one in warnings)
        parts.append(f"<ul>{items}</ul>")
    return "<div>" + "".join(parts) + "</div>"


def _cells(one: SegmentSummary) -> tuple[str, ...]:
    """Write the numbers of one segment."""
    return (
        one.segment,
        f"{one.customers:,}",
        f"{one.orders:,}",
        f"{one.revenue:,}",
        _number(one.average_order),
        f"{one.share_of_customers:.1%}",
        f"{one.share_of_revenue:.1%}",
        _number(one.median_recency_days),
        _number(one.median_frequency),
        _number(one.median_monetary),
    )


def _number(value: float | None) -> str:
    """Write a number, or a dash where there is none."""
    if value is None:
        return "\N{EN DASH}"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write rows of text; numbers stand to the right, the first column does not."""
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    lines = (
        "<tr>"
        + "".join(
            f'<td style="text-align:{"right" if place else "left"}">{escape(cell)}</td>'
            for place, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    header = f"<thead><tr>{titles}</tr></thead>"
    return f"<table>{header}<tbody>{''.join(lines)}</tbody></table>"
