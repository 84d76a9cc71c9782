"""Ways that need no reader of PDF: bytes, ends, other kinds of file, traps."""

from __future__ import annotations

import re
import zlib
from random import Random
from typing import Final

from bench.tampering.ways import Sample, put, way

# Bytes -----------------------------------------------------------------------------------------


@way("flips", 30)
def one_bit(chance: Random, sample: Sample) -> bytes:
    """Flip one bit anywhere."""
    data = bytearray(sample.data)
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


@way("flips", 8)
def some_bytes(chance: Random, sample: Sample) -> bytes:
    """Write other bytes over some."""
    data = bytearray(sample.data)
    for _ in range(chance.randint(1, 12)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


@way("flips", 6)
def in_the_words(chance: Random, sample: Sample) -> bytes:
    """Change a byte of the file's own grammar, outside streams and digits."""
    places = [m.start() for m in re.finditer(rb"/[A-Z][A-Za-z]+", sample.data)]
    at = chance.choice(places) + chance.randint(0, 4)
    return put(sample.data, at, bytes([chance.choice(b"/AZaz09 <>[]()")]), instead_of=1)


@way("flips", 4)
def moved_block(chance: Random, sample: Sample) -> bytes:
    """Swap two blocks of equal length."""
    length = chance.randint(1, 400)
    low, high = sorted(chance.randrange(len(sample.data) - length) for _ in range(2))
    data = bytearray(sample.data)
    data[low : low + length], data[high : high + length] = (
        data[high : high + length],
        data[low : low + length],
    )
    return bytes(data)


@way("flips", 4)
def inserted_or_cut(chance: Random, sample: Sample) -> bytes:
    """Put bytes in, or take some out."""
    at = chance.randrange(len(sample.data))
    if chance.random() < 0.5:
        return put(sample.data, at, chance.randbytes(chance.randint(1, 64)))
    return put(sample.data, at, b"", instead_of=chance.randint(1, 64))


@way("cut short", 6)
def cut_short(chance: Random, sample: Sample) -> bytes:
    """End the file early."""
    return sample.data[: chance.randrange(1, len(sample.data))]


@way("cut short", 2)
def end_again(chance: Random, sample: Sample) -> bytes:
    """End it early, and write an end after it."""
    return sample.data[: chance.randrange(200, len(sample.data))] + b"\nstartxref\n0\n%%EOF\n"


# Before and after ------------------------------------------------------------------------------

_HEADS: Final = (
    b"\n",
    b" ",
    b"\x00",
    b"\xef\xbb\xbf",
    b"%PDF-1.4\n",
    b"GIF89a;",
    b"\x89PNG\r\n\x1a\n",
)
_TAILS: Final = (b"\n", b" ", b"\x00", b"%", b"%%EOF\n", b"\r\n%%EOF\r\n", b"startxref\n9\n%%EOF\n")


@way("junk before", 4)
def junk_before(chance: Random, sample: Sample) -> bytes:
    """Put something before the header."""
    head = chance.choice((*_HEADS, chance.randbytes(chance.randint(1, 1200))))
    return head + sample.data


@way("junk after", 6)
def junk_after(chance: Random, sample: Sample) -> bytes:
    """Put something behind the end."""
    return sample.data + chance.choice((*_TAILS, chance.randbytes(chance.randint(1, 1200))))


@way("junk after", 2)
def without_its_last_line(chance: Random, sample: Sample) -> bytes:
    """Write the last line's end otherwise."""
    bare = sample.data.rstrip()
    return bare + chance.choice((b"", b"\r", b"\r\n", b"\n\n", b"\n ", b"\n\x00"))


@way("polyglot", 3)
def another_kind_too(chance: Random, sample: Sample) -> bytes:
    """Make a file that is a page, a program or an archive as well."""
    head = chance.choice((b"<!--", b"#!/bin/sh\nexit\n", b"MZ", b"PK\x03\x04", b"%!PS\n", b""))
    tail = chance.choice((b"--><script>alert(1)</script>", b"PK\x05\x06" + bytes(18), b"\xff\xd9"))
    return head + sample.data + tail


@way("polyglot", 2)
def two_in_one(chance: Random, sample: Sample) -> bytes:
    """Put two genuine files behind each other."""
    pair = [sample.data, sample.other]
    chance.shuffle(pair)
    return pair[0] + chance.choice((b"", b"\n", b"%")) + pair[1]


# Bombs -----------------------------------------------------------------------------------------


@way("bombs", 2)
def appended_bomb(chance: Random, sample: Sample) -> bytes:
    """Append a stream that unpacks to many megabytes, or brackets without end."""
    body = chance.choice(
        (zlib.compress(bytes(30_000_000), 9), b"[" * 50_000, b"<<" * 50_000, b"(" * 90_000)
    )
    return sample.data + b"\n9 0 obj<</Length %d>>stream\n%b\nendstream endobj\n%%%%EOF\n" % (
        len(body),
        body,
    )


@way("bombs", 2)
def table_in_a_circle(chance: Random, sample: Sample) -> bytes:
    """Append a table that names itself as the one before it."""
    at = len(sample.data)
    size = chance.choice((9, 10**9, 2**31))
    return sample.data + (
        b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size %d/Root 1 0 R/Prev %d>>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, at, at)
    )


LOOSE_BOMBS: Final = (
    b"%PDF-1.7\n" + b"[" * 200_000,
    b"%PDF-1.7\n" + b"<<" * 200_000,
    b"%PDF-1.7\nstartxref\n9\n%%EOF",
    b"%PDF-1.5\n1 0 obj<</Type/XRef/Size 9/W[1 9 9]/Root 1 0 R/Filter/FlateDecode/Length "
    + b"%d>>stream\n" % len(zlib.compress(bytes(80_000_000), 9))
    + zlib.compress(bytes(80_000_000), 9)
    + b"\nendstream endobj\nstartxref\n9\n%%EOF\n",
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>endobj\nxref\n0 2\n"
    b"0000000000 65535 f \n0000000009 00000 n \ntrailer<</Size 2/Root 1 0 R>>\n"
    b"startxref\n69\n%%EOF\n",
)
"""Files that are nothing but a trap, to be looked at under limits, in a process of their own."""
