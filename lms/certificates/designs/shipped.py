"""The designs that come with the software; what was shipped once stays readable for good."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from lms.certificates.designs.design import Design
from lms.certificates.designs.reading import design_from_text

_FOLDER: Final = Path(__file__).parent / "shipped"

DEFAULT: Final = "landscape"
KEYS: Final = ("landscape", "portrait", "supplement")
"""In the order in which they are offered; a file beside them is an earlier version of one."""


@cache
def shipped(key: str) -> Design:
    """Return a design by the name of its file."""
    return design_from_text((_FOLDER / f"{key}.json").read_text(encoding="utf-8"))


def default() -> Design:
    """Return the design of a programme that has chosen none."""
    return shipped(DEFAULT)


@cache
def _all() -> dict[str, str]:
    return {shipped(path.stem).sha256: path.stem for path in sorted(_FOLDER.glob("*.json"))}


def by_hash(sha256: str) -> Design | None:
    """Return the shipped design of a hash, or None."""
    key = _all().get(sha256)
    return shipped(key) if key else None


def key_of(design: Design) -> str | None:
    """Return the key of a design that was shipped."""
    return _all().get(design.sha256)
