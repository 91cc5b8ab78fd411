"""Reading the journal of a card."""

from __future__ import annotations

import pytest

from loyaltycore import cards, errors


@pytest.fixture
def card(shop) -> str:
    """A card with five transactions."""
    template = shop.templates.create("Points", cards.Cashback(percent=10))
    card = shop.cards.issue(template.id, to=shop.customers.register().id)
    for euros in range(1, 6):
        shop.cards.record_purchase(card.id, euros)
    return card.id


class TestOfCard:
    def test_oldest_first_with_their_entries(self, shop, card):
        """Each is what a look at it alone gives."""
        found = shop.transactions.of_card(card)

        assert [1, 2, 3, 4, 5] == [each.version for each in found]
        assert found == [shop.transactions.get(each.id) for each in found]

    def test_in_pages(self, shop, card):
        """The last version of a page is where the next one begins."""
        first = shop.transactions.of_card(card, limit=3)
        second = shop.transactions.of_card(card, after=first[-1].version, limit=3)
        third = shop.transactions.of_card(card, after=second[-1].version)

        assert [[1, 2, 3], [4, 5], []] == [
            [each.version for each in page] for page in (first, second, third)
        ]

    @pytest.mark.parametrize("limit", [0, 1_001, True])
    def test_a_page_has_a_limit(self, shop, card, limit):
        """Anything but 1 to 1,000 is refused."""
        with pytest.raises(errors.InvalidValue, match="limit: 1 to 1,000"):
            shop.transactions.of_card(card, limit=limit)
