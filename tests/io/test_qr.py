"""QR codes: what is drawn says what it should."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from loyaltycore.errors import InvalidValue


qr = pytest.importorskip("loyaltycore.io.qr", reason="needs segno")

URL = "https://coffee.example/l/TFAN20QA02J44VRC9G5J8"


def test_an_svg_is_an_image_of_its_own():
    """CU-16: one root element with a size, well formed."""
    root = ET.fromstring(qr.svg(URL, scale=4))  # noqa: S314 - our own drawing

    assert "{http://www.w3.org/2000/svg}svg" == root.tag
    assert root.attrib["width"] == root.attrib["height"]


def modules_of(png: bytes, scale: int) -> list[list[bool]]:
    """Read a drawing of one bit a pixel back: dark modules, border and all."""
    at, data, width = 8, b"", 0
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        chunk = png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, _, depth, colour = struct.unpack(">IIBB", chunk[:10])
            assert (1, 0) == (depth, colour)
        data += chunk if kind == b"IDAT" else b""
        at += length + 12
    row_bytes = (width + 7) // 8 + 1
    raw = zlib.decompress(data)
    rows = [bytes(row_bytes - 1)]
    for n in range(width):
        row = raw[n * row_bytes : (n + 1) * row_bytes]
        assert row[0] in {0, 2}, "as it is, or what it differs by from the one above"
        above = rows[-1] if row[0] else bytes(row_bytes)
        rows.append(bytes(a + b & 255 for a, b in zip(row[1:], above, strict=False)))
    del rows[0]
    middles = range(scale // 2, width, scale)
    return [[not rows[y][x // 8] >> (7 - x % 8) & 1 for x in middles] for y in middles]


def test_a_png_has_the_same_modules_as_the_code():
    """CU-16: pixel for pixel what segno says that this text is, with a border."""
    import segno

    code = segno.make_qr(URL, error="m")
    should = [[bool(cell) for cell in row] for row in code.matrix_iter(border=4)]

    assert should == modules_of(qr.png(URL, scale=5), 5)


@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        ("text", {"text": ""}),
        ("text", {"text": "x" * 501}),
        ("text", {"text": None}),
        ("scale", {"text": URL, "scale": 0}),
        ("scale", {"text": URL, "scale": 1.5}),
    ],
)
def test_what_cannot_be_drawn(field: str, arguments: Any):
    """It is refused, by name; a link without a base is None."""
    for draw in (qr.svg, qr.png):
        with pytest.raises(InvalidValue) as caught:
            draw(**arguments)

        assert field == caught.value.field


def test_without_segno_the_error_names_the_extra():
    """Nothing else of the package needs it, and the remedy is in the sentence."""
    program = (
        "import sys; sys.modules['segno'] = None\n"
        "import loyaltycore.services.links\n"
        "try:\n    import loyaltycore.io.qr\n"
        "except ModuleNotFoundError as error:\n    print(error)\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert "QR codes need segno: pip install 'loyaltycore[qr]'\n" == shown
