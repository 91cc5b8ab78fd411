"""All card types in one state machine: every command in any order, on two stores."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from tests.cards import (
    test_laws,
    test_laws_certificate,
    test_laws_coupon,
    test_laws_discount,
    test_laws_membership,
    test_laws_multipass,
    test_laws_reward,
)

from loyaltycore import Program, cards
from loyaltycore.testing.card_laws import CardLaws
from loyaltycore.testing.card_machine import machine_of


PROGRAM = Program(id="laws", currency="EUR", zone="Europe/Berlin")
LAWS = (
    test_laws,
    test_laws_certificate,
    test_laws_coupon,
    test_laws_discount,
    test_laws_membership,
    test_laws_multipass,
    test_laws_reward,
)
SUITES = {
    suite.card_type: suite()
    for module in LAWS
    for suite in vars(module).values()
    if isinstance(suite, type) and issubclass(suite, CardLaws) and suite is not CardLaws
}


def samples_of(card_type):
    """Every sample of a type, with how its commands are drawn."""
    suite = SUITES[card_type]
    return [
        (rules, st.one_of(*suite.commands(rules).values()))
        for rules in suite.samples().values()
    ]


def run(samples, *, examples: int, steps: int) -> None:
    """Play so many histories of so many steps."""
    run_state_machine_as_test(
        machine_of(samples, PROGRAM),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


def test_every_type_takes_part():
    """A type of the package without samples would be put under no law."""
    assert set(cards.CARD_TYPES) == set(SUITES)


def test_three_hundred_histories_of_forty_steps():
    """After every step the laws hold, and both stores have come to the same."""
    run([each for kind in SUITES for each in samples_of(kind)], examples=300, steps=40)


@pytest.mark.soak
@pytest.mark.parametrize("card_type", cards.CARD_TYPES, ids=lambda kind: kind.kind)
def test_twenty_thousand_histories_of_sixty_steps(card_type):
    """As above, 20,000 in all, in parts that can run side by side."""
    run(samples_of(card_type), examples=20_000 // len(cards.CARD_TYPES), steps=60)
