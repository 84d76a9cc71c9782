"""A file whose many small objects are kept in compressed streams, and its table in one too.

Without it the structure of sheets to print would take more room than all that is drawn on them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

from lms.certificates.drawing.objects import HEADER, Objects, array, reference, stream

_TOGETHER: Final = 200
_IN_FILE, _IN_STREAM = 1, 2  # kinds of entries of the table


def packed(objects: Objects, root: int, info: int) -> bytes:
    """Write the file; the same objects are the same bytes."""
    bodies = dict(objects.bodies())
    small = [number for number, body in bodies.items() if not body.endswith(b"endstream")]
    entries: dict[int, tuple[int, int, int]] = {}
    written = list(_by_themselves(bodies, set(small)))
    size = objects.size
    for start in range(0, len(small), _TOGETHER):
        size += 1
        group = small[start : start + _TOGETHER]
        written.append((size, _together([(number, bodies[number]) for number in group])))
        entries |= {number: (_IN_STREAM, size, at) for at, number in enumerate(group)}
    parts, at = [HEADER], len(HEADER)
    for number, body in written:
        entries[number] = (_IN_FILE, at, 0)
        parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        at += len(parts[-1])
    identity = hashlib.sha256(b"".join(parts)).hexdigest()[:32].upper().encode()
    table = size + 1
    entries[table] = (_IN_FILE, at, 0)
    free = (0, 0, 65535)  # the first, and a number that was taken and never told
    rows = [free, *(entries.get(number, free) for number in range(1, table + 1))]
    head = {
        "Type": b"/XRef",
        "Size": b"%d" % (table + 1),
        "W": b"[1 4 2]",
        "Root": reference(root),
        "Info": reference(info),
        "ID": array((b"<%b>" % identity, b"<%b>" % identity)),
    }
    body = stream(b"".join(_row(*row) for row in rows), head)
    end = b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, body, at)
    return b"".join((*parts, end))


def _by_themselves(bodies: dict[int, bytes], small: set[int]) -> Iterator[tuple[int, bytes]]:
    return ((number, body) for number, body in bodies.items() if number not in small)


def _together(group: Sequence[tuple[int, bytes]]) -> bytes:
    """Write a stream that holds objects: first where each begins, then all of them."""
    places, at = [], 0
    for number, body in group:
        places.append(b"%d %d" % (number, at))
        at += len(body) + 1
    first = b" ".join(places) + b"\n"
    head = {"Type": b"/ObjStm", "N": b"%d" % len(group), "First": b"%d" % len(first)}
    return stream(first + b"\n".join(body for _, body in group), head)


def _row(kind: int, first: int, second: int) -> bytes:
    return kind.to_bytes(1, "big") + first.to_bytes(4, "big") + second.to_bytes(2, "big")
