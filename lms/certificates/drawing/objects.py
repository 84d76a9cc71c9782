"""The grammar of a PDF file: names, strings, streams, indirect objects and their table."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

HEADER: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_REGULAR: Final = frozenset(
    b"!\"$&'*+,-.0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ\\^_`abcdefghijklmnopqrstuvwxyz|~"
)


def name(text: str) -> bytes:
    """Write a name; what isn't a regular character is escaped."""
    written = (bytes((b,)) if b in _REGULAR else b"#%02X" % b for b in text.encode())
    return b"/" + b"".join(written)


def string(text: str) -> bytes:
    """Write a text string: as it is where it is ASCII, else as UTF-16."""
    if text.isascii():
        data = text.encode()
        for sign in (b"\\", b"(", b")"):
            data = data.replace(sign, b"\\" + sign)
        return b"(" + data.replace(b"\r", b"\\r").replace(b"\n", b"\\n") + b")"
    return b"<FEFF" + text.encode("utf-16-be").hex().upper().encode() + b">"


def reference(number: int) -> bytes:
    """Point at an indirect object."""
    return b"%d 0 R" % number


def array(parts: Iterable[bytes]) -> bytes:
    """Write an array."""
    return b"[" + b" ".join(parts) + b"]"


def dictionary(entries: Mapping[str, bytes]) -> bytes:
    """Write a dictionary, its keys in the order given."""
    return b"<<" + b"".join(b"/%b %b" % (key.encode(), entries[key]) for key in entries) + b">>"


def numbers(figures: Iterable[float]) -> bytes:
    """Write an array of figures, rounded to a hundredth."""
    return array(b"%.2f" % figure for figure in figures)


def stream(data: bytes, entries: Mapping[str, bytes] | None = None, *, level: int = 9) -> bytes:
    """Write a compressed stream, with an end of line before its end as PDF/A asks."""
    packed = zlib.compress(data, level)
    return _stream(packed, {**(entries or {}), "Filter": b"/FlateDecode"})


def plain_stream(data: bytes, entries: Mapping[str, bytes] | None = None) -> bytes:
    """Write a stream that every program can read without unpacking it."""
    return _stream(data, entries or {})


def _stream(data: bytes, entries: Mapping[str, bytes]) -> bytes:
    head = dictionary({**entries, "Length": b"%d" % len(data)})
    return head + b"\nstream\n" + data + b"\nendstream"


class Objects:
    """Indirect objects by number; a number may be taken before what it stands for is known."""

    def __init__(self) -> None:
        self._bodies: list[bytes | None] = []

    def take(self) -> int:
        """Take the next number."""
        self._bodies.append(None)
        return len(self._bodies)

    def add(self, body: bytes) -> int:
        """Add an object; return its number."""
        self._bodies.append(body)
        return len(self._bodies)

    def put(self, number: int, body: bytes) -> None:
        """Say what a taken number stands for."""
        self._bodies[number - 1] = body

    @property
    def size(self) -> int:
        """How many numbers were taken."""
        return len(self._bodies)

    def bodies(self) -> Iterator[tuple[int, bytes]]:
        """List the objects by number; one that was taken and never told is left out."""
        for number, body in enumerate(self._bodies, 1):
            if body is not None:
                yield number, body

    def written(self) -> Iterator[tuple[int, bytes]]:
        """List the objects as they stand in the file."""
        for number, body in self.bodies():
            yield number, b"%d 0 obj\n%b\nendobj\n" % (number, body)


def table_lines(offsets: Iterable[int]) -> bytes:
    """Write lines of the table that says where each object begins."""
    return b"".join([b"%010d 00000 n \n" % offset for offset in offsets])


def table(lines: bytes, size: int) -> bytes:
    """Write the whole table, of `size` objects and the free one before them."""
    return b"xref\n0 %d\n0000000000 65535 f \n%b" % (size + 1, lines)


def trailer(size: int, root: int, info: int, identity: str, at: int) -> bytes:
    """Write the end of the file; `identity` is 32 hexadecimal digits."""
    key = identity.encode()
    return (
        b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID [<%b> <%b>]>>\nstartxref\n%d\n%%%%EOF\n"
    ) % (size + 1, root, info, key, key, at)
