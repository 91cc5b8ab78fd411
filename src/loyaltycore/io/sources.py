"""
Bytes of a file, and the text in them.

Owns which encoding a file is in and whether it is text at all.  A file is read through
once before its first row is used, so that one that turns out unreadable in the middle
is refused before anything is done with its beginning.
"""

from __future__ import annotations

import codecs
import hashlib
from contextlib import suppress
from io import BufferedReader, BytesIO, RawIOBase, TextIOWrapper
from typing import TYPE_CHECKING, BinaryIO, Final, TypeAlias

import attrs

from loyaltycore.errors import FileUnreadable, InvalidValue


if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import WriteableBuffer

__all__ = ["Source", "Survey", "binary", "lines_of", "survey"]

#: A file open for reading bytes, its bytes, or its text.
Source: TypeAlias = "BinaryIO | bytes | str"

_CHUNK: Final = 1 << 20
_SAMPLE: Final = 4_096
_BUFFER: Final = 1 << 16
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BOM: Final = "\ufeff"
_SIGNATURES: Final = (
    (b"PK\x03\x04", "a workbook or an archive; save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook; save the sheet as CSV"),
    (b"%PDF", "a PDF; export the table as CSV"),
    (b"\x1f\x8b", "compressed; unpack it first"),
)


@attrs.frozen(kw_only=True)
class Survey:
    """
    What a file is, found by reading it to its end.

    Attributes:
        encoding: as Python calls it.
        digest: SHA-256 of its bytes, to tell it from another one.
        lines: how many.
    """

    encoding: str
    digest: str
    lines: int


def binary(source: Source) -> BinaryIO:
    """
    Return a file of bytes that can be read again from its beginning.

    Raises:
        InvalidValue: it is open as text, or cannot be read twice.
        FileUnreadable: text with half a character in it.
    """
    if isinstance(source, str):
        try:
            return BytesIO(source.encode())
        except UnicodeEncodeError:
            message = "The text has half a character in it; give the file's bytes."
            raise FileUnreadable(message) from None
    if isinstance(source, bytes):
        return BytesIO(source)
    if isinstance(getattr(source, "encoding", None), str):
        raise InvalidValue("source", "open the file in binary mode, open(name, 'rb').")
    if not (hasattr(source, "seekable") and source.seekable()):
        message = "pass a file that can be read twice, its bytes or its text."
        raise InvalidValue("source", message)
    return source


def survey(file: BinaryIO, encoding: str | None = None, *, lines_max: int) -> Survey:
    """
    Read a file through and say what it is.

    Args:
        encoding: as declared, or None.
        lines_max: a longer file is refused.

    Raises:
        FileUnreadable: empty, no text, of another encoding, or too long; ``details``
            hold ``reason`` and, for a wrong encoding, ``line``.
    """
    file.seek(0)
    head = file.read(_SAMPLE)
    found = encoding or _encoding_of(head)
    decoder = codecs.getincrementaldecoder(found)("strict")
    digest = hashlib.sha256()
    lines = 0
    chunk = head
    while True:
        digest.update(chunk)
        text = None
        with suppress(UnicodeError):  # which repeats the bytes, also as a context
            text = decoder.decode(chunk, final=not chunk)
        if text is None:
            raise _wrong_encoding(found, encoding, lines + 1)
        breaks = max(text.count("\n"), text.count("\r"))
        lines += breaks
        if lines > lines_max:
            message = f"The file has more than {lines_max} lines; split it."
            raise FileUnreadable(message, reason="too_long")
        if not breaks and len(text) == _CHUNK:
            message = "The file has a line of a megabyte; it is not a table."
            raise FileUnreadable(message, reason="binary")
        if not chunk:
            return Survey(encoding=found, digest=digest.hexdigest(), lines=lines + 1)
        chunk = file.read(_CHUNK)


def lines_of(file: BinaryIO, encoding: str) -> Iterator[str]:
    """Yield the lines of a file from its beginning, their ends as they are."""
    file.seek(0)
    buffered = BufferedReader(_Lent(file), _BUFFER)
    with TextIOWrapper(buffered, encoding=encoding, newline="") as text:
        yield text.readline().removeprefix(_BOM)
        yield from text


class _Lent(RawIOBase):
    """Somebody else's file: it is read and never closed."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file

    def readable(self) -> bool:
        """Nothing but that."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill *buffer* as far as the file goes."""
        view = memoryview(buffer)
        found = self._file.read(len(view))
        view[: len(found)] = found
        return len(found)


def _encoding_of(head: bytes) -> str:
    if not head:
        raise FileUnreadable("The file is empty.", reason="empty")
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            raise FileUnreadable(f"The file is {kind}.", reason="binary")
    if b"\0" in head:
        return _sixteen_bits(head)
    return "utf-8"


def _sixteen_bits(head: bytes) -> str:
    """Say which of a pair of bytes is empty in nearly every pair."""
    pairs = len(head) // 2
    for encoding, high in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if high.count(0) * 2 > pairs:
            return encoding
    if head.count(0) * 8 > len(head):
        raise FileUnreadable("The file is not text.", reason="binary")
    return "utf-8"


def _wrong_encoding(found: str, declared: str | None, line: int) -> FileUnreadable:
    if declared is None:
        message = (
            "The file is not UTF-8; save it as CSV UTF-8, or name its encoding, such as"
            " cp1252."
        )
    else:
        message = f"The file is not {declared} text; name its encoding."
    return FileUnreadable(message, reason="encoding", encoding=found, line=line)
