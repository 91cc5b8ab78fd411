"""
The laws that every card type has to pass, ours and yours.

A card type of your own is put under them by inheriting::

    class TestPunch(CardLaws):
        card_type = Punch

        def samples(self):
            return {"plain": Punch(), "short": Punch(visits_expire=Rolling(1, "weeks"))}

        def commands(self, rules):
            return {AddVisits: st.builds(AddVisits, st.integers(1, 9))}

Each sample is put through generated histories of these commands: late ones, voids,
refunds and upkeep among them.  A type without a sample fails, and so does one with a
command that ``commands`` does not draw.  Needs pytest and Hypothesis.
"""

from __future__ import annotations

import sys

import pytest


# Said before they are imported, so that a failing assertion shows both sides.
_MODULES = {f"loyaltycore.testing.card_{part}" for part in ("law_suite", "proofs")}
pytest.register_assert_rewrite(*(_MODULES - sys.modules.keys()))

from loyaltycore.testing.card_law_suite import CardLawSuite  # noqa: E402


__all__ = ["CardLaws"]


class CardLaws(CardLawSuite):
    """
    Inherit it, name the type, and give it samples and commands.

    Attributes:
        card_type: what is put under the laws.
        program: in which it is used; another currency or zone may be given.
        examples: how many histories each law is tried on, for each sample.
    """
