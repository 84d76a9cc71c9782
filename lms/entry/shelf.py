"""Which indicator sets there are: those shipped, and those in the instance's own folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lms.entry.indicator_sets import IndicatorSet
from lms.entry.set_file import Fault, Found, SetRefused, read_set

SHIPPED = Path(__file__).parent / "sets"
OWN = "indicator-sets"


@dataclass(frozen=True)
class SetFile:
    """A file on the shelf: a set, or the faults for which it is none."""

    path: Path
    text: str
    found: IndicatorSet | None
    faults: tuple[Found, ...] = ()


@lru_cache(maxsize=64)
def parsed(text: str) -> IndicatorSet:
    """Read a set, once in the process for each text."""
    return read_set(text)


def read_file(path: Path) -> SetFile:
    """Read one file, faults and all."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return SetFile(path, "", None, (Found(1, Fault.NOT_YAML),))
    try:
        return SetFile(path, text, parsed(text))
    except SetRefused as refused:
        return SetFile(path, text, None, tuple(refused.faults))


def shelf(instance: Path) -> list[SetFile]:
    """Return every file: the instance's own take the place of shipped ones with their id."""
    own = instance / OWN
    files = [read_file(path) for path in sorted(own.glob("*.yaml"))] if own.is_dir() else []
    taken = {file.found.id for file in files if file.found}
    shipped = (read_file(path) for path in sorted(SHIPPED.glob("*.yaml"), reverse=True))
    return [*(f for f in shipped if f.found and f.found.id not in taken), *files]


def text_of(instance: Path, set_id: str) -> str | None:
    """Return the text of the set with an id; None where there is none."""
    for file in shelf(instance):
        if file.found is not None and file.found.id == set_id:
            return file.text
    return None
