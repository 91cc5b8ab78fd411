"""What all errors of the package are."""

from __future__ import annotations

import re
from typing import ClassVar


__all__ = ["LoyaltyError"]


class LoyaltyError(Exception):
    """
    Anything that this package raises on purpose.

    Attributes:
        code: stable, snake case, the class's name.
        message: one sentence.
        details: the data behind the sentence, by name.
    """

    code: ClassVar[str] = "loyalty_error"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.code = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
