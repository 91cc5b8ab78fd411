"""
QR codes of links, as SVG and PNG; needs the extra ``qr``.

Owns the drawing; what is drawn is any text, such as ``link.url``.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

from loyaltycore.errors import InvalidValue


try:
    import segno
except ModuleNotFoundError as error:
    if error.name != "segno":
        raise
    message = "QR codes need segno: pip install 'loyaltycore[qr]'"
    raise ModuleNotFoundError(message, name="segno") from error


__all__ = ["TEXT_MAX", "png", "svg"]

#: The most characters of a text; a code of more is hard to scan from a poster.
TEXT_MAX: Final = 500

_SCALE_MAX: Final = 100


def svg(text: str, *, scale: int = 8) -> str:
    """
    Draw a text as an SVG image of its own, black on white.

    Args:
        text: such as ``link.url``; 1 to 500 characters.
        scale: pixels for each module, 1 to 100.

    Raises:
        InvalidValue: the text or the scale cannot be.
    """
    return _drawn(text, "svg", scale).decode()


def png(text: str, *, scale: int = 8) -> bytes:
    """
    Draw a text as a PNG image, black on white.

    Args:
        text: such as ``link.url``; 1 to 500 characters.
        scale: pixels for each module, 1 to 100.

    Raises:
        InvalidValue: the text or the scale cannot be.
    """
    return _drawn(text, "png", scale)


def _drawn(text: str, kind: str, scale: int) -> bytes:
    if not isinstance(text, str) or not 1 <= len(text) <= TEXT_MAX:  # pyright: ignore[reportUnnecessaryIsInstance]
        message = f"a text of 1 to {TEXT_MAX} characters, such as link.url."
        raise InvalidValue("text", message)
    if type(scale) is not int or not 1 <= scale <= _SCALE_MAX:
        raise InvalidValue("scale", f"1 to {_SCALE_MAX} pixels.")
    # Level M: about a seventh of the code may be dirty or torn.
    code = segno.make_qr(text, error="m")
    drawn = BytesIO()
    code.save(drawn, kind=kind, scale=scale, dark="#000", light="#fff")
    return drawn.getvalue()
