"""A design's text, kept beside the files that are made of it: it must outlive its tables."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from lms.certificates.designs.design import Design
from lms.certificates.designs.reading import design_from_text
from lms.files import store


def keep(design: Design, root: Path) -> None:
    """Keep a design's text in the store."""
    if not store.path_of(root, design.sha256).exists():
        store.put(root, design.text.encode())


def kept(root: Path, sha256: str) -> Design | None:
    """Find a design in the store."""
    try:
        return read(store.get(root, sha256).decode())
    except FileNotFoundError:
        return None


@lru_cache(maxsize=64)
def read(text: str) -> Design:
    """Read a design that was checked when it was written."""
    return design_from_text(text)
