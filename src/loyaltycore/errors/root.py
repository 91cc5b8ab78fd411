"""What all errors of the package are."""

from __future__ import annotations

import re
from typing import Any, ClassVar


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

    def __reduce__(self) -> tuple[Any, ...]:
        """
        Say how to make it again from what it holds, as copy and pickle ask.

        By itself Python would call the class with the sentence, which is not what
        every class takes: a worker's refusal would break the pool that it is sent by.
        """
        return _again, (type(self), self.args, self.__dict__)


def _again(
    kind: type[LoyaltyError], args: tuple[Any, ...], attributes: dict[str, Any]
) -> LoyaltyError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(attributes)
    return error
