"""The independent count: by hand, against the programme, and truly independent."""

from __future__ import annotations

import ast
import io
import sys
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from loyaltycore import MemoryStore
from loyaltycore.demo import recompute as module
from loyaltycore.demo.recompute import Count, recompute
from loyaltycore.demo.story import run


# Ada earns 1 % of 100.00, then 3 % of 100.00 and of 300.00, as 100.00 and 200.00 were
# spent before: 13.00.  With the third purchase she takes out half, 6.50: all that ends
# on 31 July and 1 August, and 2.50 of the 9.00.  Bob's 0.50 end on 15 July.
BY_HAND = """\
customer_id,date,amount,quantity
ada,1997-01-31,100.00,1
ada,1997-02-01,100.00,1
ada,1997-07-31,300.00,1
bob,1997-01-15,50.00,1
"""


def test_an_example_by_hand():
    """Tiers, clamped months, half of the points and expiry as worked out above."""
    assert Count(
        customers=2,
        purchases=4,
        purchase_value=55_000,
        earned=1_350,
        redeemed=650,
        expired=50,
        outstanding=650,
    ) == recompute(BY_HAND)


def test_the_programme_agrees_with_the_example():
    """The programme comes to the same numbers by its own way."""
    assert run(MemoryStore(), BY_HAND, io.StringIO())


def test_it_imports_nothing_of_ours():
    """The count is independent: it needs the standard library only."""
    path = Path(module.__file__)
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
        )
    }

    assert imported <= sys.stdlib_module_names


rows = st.lists(
    st.tuples(
        st.sampled_from(["ada", "bob"]),
        st.dates(min_value=date(1997, 7, 1), max_value=date(1998, 3, 31)),
        st.integers(0, 60_000),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(rows)
def test_both_agree_on_any_history(drawn):
    """Whatever was bought when, ledger and independent count agree."""
    lines = ["customer_id,date,amount,quantity"]
    lines += [
        f"{who},{day},{cents // 100}.{cents % 100:02},1" for who, day, cents in drawn
    ]

    assert run(MemoryStore(), "\n".join(lines) + "\n", io.StringIO())
