"""
Columns of consents: one for each channel and purpose.

``consent email`` is consent to marketing by e-mail, ``consent sms service`` to the
purpose that the shop calls service.
"""

from __future__ import annotations

import re
from typing import Final

from loyaltycore.customers.consents import MARKETING, Channel
from loyaltycore.customers.words import name
from loyaltycore.errors import InvalidValue
from loyaltycore.io.columns import Column, Holds


__all__ = ["CONSENT", "MARKETING_COLUMNS", "column_about", "consent_column"]

#: In front of what a consent is about: the field of its column.
CONSENT: Final = "consent."

_read = re.compile(
    rf"consent[ ._-]+({'|'.join(Channel)})(?:[ ._-]+(.*))?", re.IGNORECASE
).fullmatch


def consent_column(title: str) -> Column | None:
    """Find the column of a consent by the name that a header gives it, or its field."""
    found = _read(title.strip())
    if found is None:
        return None
    try:
        purpose = name("purpose", (found[2] or MARKETING).lower())
    except InvalidValue:
        return None
    return column_about(f"{found[1].lower()}.{purpose}")


def column_about(about: str) -> Column:
    """Return the column of a consent, such as ``email.marketing``."""
    channel, _, purpose = about.partition(".")
    words = (channel,) if purpose == MARKETING else (channel, purpose)
    return Column(
        field=f"{CONSENT}{about}",
        title=f"consent {' '.join(words)}",
        holds=Holds.FLAG,
        sample="yes" if channel == Channel.EMAIL else "",
    )


#: The columns that every file has.
MARKETING_COLUMNS: Final = tuple(
    column_about(f"{channel.value}.{MARKETING}") for channel in Channel
)
