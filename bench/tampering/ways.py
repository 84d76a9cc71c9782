"""What the ways of changing a sealed file have in common.

Each takes chance and a genuine file, and returns another; None where it can't be done to this one.
What it returns must never be taken for genuine, whoever is asked; the few results that equal a
genuine file are left out by the caller.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Final

import pikepdf
from asn1crypto import cms

from lms.certificates.signing.pades import PadesSeal

Way = Callable[[Random, "Sample"], bytes | None]
WAYS: Final[dict[str, list[tuple[int, Way]]]] = {}

SIGNATORIES: Final = "signatories' containers"
"""The one family that needs a file which a signatory has signed too."""

RANGE: Final = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


@dataclass(frozen=True)
class Sample:
    """A genuine file, another of the same seal, its unsigned form, and a forger's seals."""

    name: str
    data: bytes
    other: bytes
    unsigned: bytes
    forgers: tuple[PadesSeal, ...]
    at: datetime
    needs_pin: bool = False  # a signatory has signed it too: who has the root alone refuses it

    @property
    def gap(self) -> tuple[int, int]:
        """Where the first signature's digits stand, with their brackets."""
        found = RANGE.search(self.data)
        assert found is not None
        return int(found[2]), int(found[3])

    @property
    def first_end(self) -> int:
        """Where the first revision ends."""
        found = RANGE.search(self.data)
        assert found is not None
        return int(found[3]) + int(found[4])


def way(family: str, weight: int = 1) -> Callable[[Way], Way]:
    """Enter a way under its family; of more weight where it has more to vary."""

    def enter(made: Way) -> Way:
        WAYS.setdefault(family, []).append((weight, made))
        return made

    return enter


def put(data: bytes, at: int, new: bytes, *, instead_of: int = 0) -> bytes:
    return data[:at] + new + data[at + instead_of :]


def digits_of(sample: Sample) -> bytes:
    """Return the digits of the first signature's container, with its padding."""
    first, second = sample.gap
    return sample.data[first + 1 : second - 1]


def with_digits(sample: Sample, digits: bytes) -> bytes | None:
    """Put other digits into the same room; None where they don't fit."""
    first, second = sample.gap
    room = second - first - 2
    if len(digits) > room:
        return None
    return put(sample.data, first + 1, digits.ljust(room, b"0"), instead_of=room)


def container_of(sample: Sample) -> cms.ContentInfo:
    """Read the first signature's container."""
    return cms.ContentInfo.load(bytes.fromhex(digits_of(sample).decode()))


def saved(sample: Sample, change: Callable[[Any], None] | None, **options: Any) -> bytes:
    """Save the file with an editor, changed before or as it is."""
    out = io.BytesIO()
    with warnings.catch_warnings(), pikepdf.open(io.BytesIO(sample.data)) as pdf:
        warnings.simplefilter("ignore", pikepdf.PageCopyWarning)  # what is broken is meant to be
        if change is not None:
            change(pdf)
        pdf.save(out, **options)
    return out.getvalue()
