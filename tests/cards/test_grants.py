"""What a card is due for nothing, as a function of the customer and the day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from loyaltycore import cards, errors


def due(grant, on, state=None, **facts):
    """What is due, as pairs of occasion and mark."""
    known = cards.GrantFacts(**{"registered_on": date(2026, 1, 10), **facts})
    return [
        (command.occasion, command.mark)
        for command in cards.due_grants([grant], known, on, state or {})
    ]


class TestJoining:
    def test_new_customers_once(self):
        """Who registered since that day is new, once, and who came before is not."""
        grant = cards.OnJoining("tea", since=date(2026, 1, 10))
        on = date(2026, 3, 1)
        state = {"grant/joining/tea": "once"}

        assert [("joining/tea", "once")] == due(grant, on)
        assert [] == due(grant, on, state)
        assert [] == due(grant, on, registered_on=date(2026, 1, 9))
        assert [] == due(grant, date(2026, 1, 9))

    @pytest.mark.parametrize("since", [None, "2026-01-10"])
    def test_since_is_a_day(self, since):
        """Without a day nobody is new."""
        with pytest.raises(errors.InvalidValue, match="since"):
            cards.OnJoining("tea", since=since)


class TestBirthday:
    GRANT = cards.OnBirthday("tea", within=3)

    @pytest.mark.parametrize(
        ("on", "is_due"),
        [
            (date(2026, 5, 4), False),
            (date(2026, 5, 5), True),
            (date(2026, 5, 7), True),
            (date(2026, 5, 8), False),
        ],
    )
    def test_on_the_day_and_shortly_after(self, on, is_due):
        """A birthday on 5 May is celebrated on that day and the two behind it."""
        found = due(self.GRANT, on, birth_date=date(1990, 5, 5))

        assert ([("birthday/tea", "2026-05-05")] if is_due else []) == found

    def test_around_new_year(self):
        """31 December is still celebrated on 1 January, as that of the year before."""
        found = due(self.GRANT, date(2027, 1, 1), birth_date=date(1990, 12, 31))

        assert [("birthday/tea", "2026-12-31")] == found

    def test_never_before_birth(self):
        """The day of birth is no birthday, and without one there is none."""
        assert [] == due(self.GRANT, date(2026, 5, 5), birth_date=date(2026, 5, 5))
        assert [] == due(self.GRANT, date(2026, 5, 5))

    @pytest.mark.parametrize(
        ("leap_day", "year", "mark"),
        [
            (cards.LeapDay.FEB28, 2026, "2026-02-28"),
            (cards.LeapDay.MAR1, 2026, "2026-03-01"),
            (cards.LeapDay.SKIP, 2026, None),
            (cards.LeapDay.SKIP, 2028, "2028-02-29"),
            (cards.LeapDay.MAR1, 2028, "2028-02-29"),
        ],
    )
    def test_on_29_february(self, leap_day, year, mark):
        """In a year without one it is the day before, the day after, or not at all."""
        grant = cards.OnBirthday("tea", leap_day=leap_day, within=1)
        days = (date(year, 2, 27) + timedelta(days=n) for n in range(4))
        found = [
            mark
            for day in days
            for _, mark in due(grant, day, birth_date=date(2000, 2, 29))
        ]

        assert ([] if mark is None else [mark]) == found

    def test_a_birth_date_that_moves(self):
        """Who celebrated on 5 May waits 330 days, whatever the new date of birth."""
        state = {"grant/birthday/tea": "2026-05-05"}
        moved = {"birth_date": date(1990, 6, 1)}
        later = {"birth_date": date(1990, 4, 1)}

        assert [] == due(self.GRANT, date(2026, 5, 5), state, **moved)
        assert [] == due(self.GRANT, date(2026, 6, 1), state, **moved)
        assert [("birthday/tea", "2027-04-01")] == due(
            self.GRANT, date(2027, 4, 1), state, **later
        )
        for day, is_due in ((30, False), (31, True)):
            near = date(2027, 3, day)
            found = due(self.GRANT, near, state, birth_date=near.replace(year=1990))
            assert is_due == bool(found)

    def test_it_is_not_celebrated_for_months(self):
        """More than 60 days are no birthday."""
        with pytest.raises(errors.InvalidValue, match="within"):
            cards.OnBirthday("tea", within=61)


class TestTag:
    def test_once(self):
        """Everybody who has the tag, once, also where it was put on again."""
        grant, on = cards.OnTag("vip", "tea"), date(2026, 3, 1)
        tags = {"tags": {"vip": date(2026, 2, 1)}}
        again = {"tags": {"vip": date(2026, 2, 20)}}

        assert [("tag/vip/tea", "once")] == due(grant, on, **tags)
        assert [] == due(grant, on, {"grant/tag/vip/tea": "once"}, **again)
        assert [] == due(grant, on, tags={"regular": on})
        assert [] == due(grant, date(2026, 1, 1), **tags)

    def test_again_where_it_is_said(self):
        """With repeat, the tag put on again is another occasion."""
        grant, on = cards.OnTag("vip", "tea", repeat=True), date(2026, 3, 1)
        state = {"grant/tag/vip/tea": "2026-02-01"}
        first, second = {"vip": date(2026, 2, 1)}, {"vip": date(2026, 2, 20)}

        assert [("tag/vip/tea", "2026-02-01")] == due(grant, on, tags=first)
        assert [] == due(grant, on, state, tags=first)
        assert [("tag/vip/tea", "2026-02-20")] == due(grant, on, state, tags=second)

    def test_a_tag_is_short(self):
        """The tag is part of a key, which has a length."""
        with pytest.raises(errors.InvalidValue, match="tag: at most 64"):
            cards.OnTag("v" * 65, "tea")

        assert "v" * 64 == cards.OnTag("v" * 64, "tea").tag

    @pytest.mark.parametrize("tag", ["", " ", 7])
    def test_a_tag_is_a_word(self, tag):
        """What says nothing is no tag."""
        with pytest.raises(errors.InvalidValue, match="tag: say it"):
            cards.OnTag(tag, "tea")
