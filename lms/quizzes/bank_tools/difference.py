"""How two forms of a question differ: its texts word by word, its key and rules value by value.

It works on stored payloads of any type: lists of rows (options, pairs, gaps …) are matched by id,
then by words, then by place; what refers to another row by its id is compared by that row's words.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from lms.quizzes.bank_tools.payloads import TEXTS, Payload, names_of_ids, plain

_WORDS = re.compile(r"\w+(?:[.,]\d+)*|\s+|[^\w\s]")
_ALIKE = 0.5  # how much of two rows' words must agree for one to be the other, mended
_REFERS = frozenset({"answer"})  # holds another row's id


class Kind(StrEnum):
    """Say which of the two a run of words belongs to."""

    SAME = "same"
    OUT = "out"
    IN = "in"


class Fate(StrEnum):
    """Say what became of a row."""

    SAME = "same"
    CHANGED = "changed"
    MOVED = "moved"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Run:
    """Words that stand in both texts, or in one."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class TextChange:
    """A text before and after; `is_looks` where the words are the same and their looks are not."""

    name: str
    runs: tuple[Run, ...]
    is_looks: bool = False

    @property
    def before(self) -> str:
        """The older text."""
        return "".join(run.text for run in self.runs if run.kind is not Kind.IN)

    @property
    def after(self) -> str:
        """The newer text."""
        return "".join(run.text for run in self.runs if run.kind is not Kind.OUT)

    @property
    def is_changed(self) -> bool:
        """Whether anything differs."""
        return self.is_looks or any(run.kind is not Kind.SAME for run in self.runs)


@dataclass(frozen=True)
class ValueChange:
    """A value that differs, as the two questions hold it; None where one has none."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class RowChange:
    """A row of a list in both questions, or in one; `number` is its place where it stands last.

    `value` names a row that has a value in the place of words, where both have the same.
    """

    of: str
    number: int
    fate: Fate
    texts: tuple[TextChange, ...] = ()
    values: tuple[ValueChange, ...] = ()
    inner: tuple[RowChange, ...] = ()
    value: Any = None


@dataclass(frozen=True)
class Difference:
    """All that differs between two questions; rows that stayed are among the rows."""

    texts: tuple[TextChange, ...] = ()
    values: tuple[ValueChange, ...] = ()
    rows: tuple[RowChange, ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Whether the two say the same."""
        is_same = all(row.fate is Fate.SAME for row in self.rows)
        return is_same and not self.values and not any(text.is_changed for text in self.texts)


def words_changed(before: str, after: str) -> tuple[Run, ...]:
    """Compare two plain texts word by word."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    runs: list[Run] = []
    for tag, first, last, begin, end in matcher.get_opcodes():
        if tag == "equal":
            runs.append(Run(Kind.SAME, "".join(old[first:last])))
            continue
        out, came = "".join(old[first:last]), "".join(new[begin:end])
        runs += [Run(Kind.OUT, out)] if out else []
        runs += [Run(Kind.IN, came)] if came else []
    return tuple(_joined(runs))


def _joined(runs: Sequence[Run]) -> list[Run]:
    """Read a space or a sign between two changed words as changed with them."""
    found: list[Run] = []
    for at, run in enumerate(runs):
        is_mere = run.kind is Kind.SAME and not any(sign.isalnum() for sign in run.text)
        between = is_mere and 0 < at < len(runs) - 1
        found += [Run(Kind.OUT, run.text), Run(Kind.IN, run.text)] if between else [run]
    joined: list[Run] = []
    pending: dict[Kind, str] = {}
    for run in [*found, Run(Kind.SAME, "")]:
        if run.kind is not Kind.SAME:
            pending[run.kind] = pending.get(run.kind, "") + run.text
            continue
        joined += [Run(kind, pending[kind]) for kind in (Kind.OUT, Kind.IN) if kind in pending]
        pending = {}
        joined += [run] if run.text else []
    return joined


def differ(before: Payload, after: Payload) -> Difference:
    """Compare two stored questions."""
    comparing = _Comparing(names_of_ids(before), names_of_ids(after))
    return Difference(
        texts=comparing.texts(before, after),
        values=comparing.values(before, after),
        rows=comparing.rows(before, after),
    )


@dataclass(frozen=True)
class _Comparing:
    """Two questions: what their ids stand for."""

    old: Mapping[str, str]
    new: Mapping[str, str]

    def texts(self, before: Payload, after: Payload) -> tuple[TextChange, ...]:
        """Compare texts; those that both lack are left out."""
        found = []
        for name in _names(before, after):
            if name not in TEXTS:
                continue
            old, new = str(before.get(name) or ""), str(after.get(name) or "")
            words = words_changed(plain(old), plain(new))
            is_looks = old != new and all(run.kind is Kind.SAME for run in words)
            if words or is_looks:
                found.append(TextChange(name, words, is_looks))
        return tuple(found)

    def values(self, before: Payload, after: Payload) -> tuple[ValueChange, ...]:
        """Compare what is no text and no row."""
        found = []
        for name in _names(before, after):
            old, new = before.get(name), after.get(name)
            if name in TEXTS or name == "id" or _is_rows(old) or _is_rows(new):
                continue
            if name in _REFERS:
                old = self.old.get(str(old), old)
                new = self.new.get(str(new), new)
            if old != new and not (_is_nothing(old) and _is_nothing(new)):
                found.append(ValueChange(name, old, new))
        return tuple(found)

    def rows(self, before: Payload, after: Payload) -> tuple[RowChange, ...]:
        """Compare lists, row by row: the newer one's order, then what is gone."""
        found: list[RowChange] = []
        for name in _names(before, after):
            old, new = before.get(name), after.get(name)
            if _is_rows(old) or _is_rows(new):
                found += self._list(name, _as_rows(old), _as_rows(new))
        return tuple(found)

    def _list(
        self, name: str, before: Sequence[Payload], after: Sequence[Payload]
    ) -> list[RowChange]:
        pairs = _matched(before, after)
        stays = _in_order([pairs[place] for place in sorted(pairs)])
        found = []
        for place, row in enumerate(after):
            old = pairs.get(place)
            if old is None:
                found.append(self._row(name, place + 1, {}, row, Fate.ADDED))
                continue
            change = self._row(name, place + 1, before[old], row, None)
            if change.fate is Fate.SAME and old not in stays:
                change = replace(change, fate=Fate.MOVED)
            found.append(change)
        gone = sorted(set(range(len(before))) - set(pairs.values()))
        found += [self._row(name, at + 1, before[at], {}, Fate.REMOVED) for at in gone]
        return found

    def _row(
        self, name: str, number: int, before: Payload, after: Payload, fate: Fate | None
    ) -> RowChange:
        texts, values = self.texts(before, after), self.values(before, after)
        inner = self.rows(before, after)
        is_same = not values and not any(text.is_changed for text in texts)
        is_same = is_same and all(row.fate is Fate.SAME for row in inner)
        known = fate or (Fate.SAME if is_same else Fate.CHANGED)
        value = after.get("value") if after.get("value") == before.get("value") else None
        return RowChange(name, number, known, texts, values, inner, value)


def _names(before: Payload, after: Payload) -> list[str]:
    return list(dict.fromkeys((*after, *before)))


def _is_rows(value: object) -> bool:
    return isinstance(value, list)


def _is_nothing(value: object) -> bool:
    return value is None or value == ""


def _as_rows(value: object) -> list[Payload]:
    """Make rows of a list; plain values are rows of one text."""
    listed = value if isinstance(value, list) else []
    return [row if isinstance(row, Mapping) else {"text": str(row)} for row in listed]


def _said(row: Payload) -> str:
    said = row.get("text", row.get("label", row.get("value", "")))
    return plain(str(said)) or " ".join(_said(r) for v in row.values() for r in _as_rows(v))


def _matched(before: Sequence[Payload], after: Sequence[Payload]) -> dict[int, int]:
    """Match rows: place in the newer list to place in the older one."""
    pairs: dict[int, int] = {}
    left = dict(enumerate(before))

    def take(place: int, old: int | None) -> None:
        if old is not None:
            pairs[place] = old
            del left[old]

    for key in ("id", None):
        for place, row in enumerate(after):
            if place in pairs or (key and not row.get(key)):
                continue
            wanted = row[key] if key else _said(row)
            same = (at for at, r in left.items() if (r.get(key) if key else _said(r)) == wanted)
            take(place, next(same, None))
    for place, row in enumerate(after):
        if place not in pairs and left:
            take(place, _nearest(row, place, left))
    return pairs


def _nearest(row: Payload, place: int, left: Mapping[int, Payload]) -> int | None:
    if place in left and not row.get("id"):
        return place  # what has no name of its own is known by its place
    words = _WORDS.findall(_said(row))
    scores = {
        at: difflib.SequenceMatcher(None, words, _WORDS.findall(_said(old)), False).ratio()
        for at, old in left.items()
    }
    best = max(scores, key=lambda at: (scores[at], -abs(at - place)))
    return best if scores[best] >= _ALIKE else None


def _in_order(places: Sequence[int]) -> set[int]:
    """Return the most places that stand in rising order: the others have moved."""
    best: list[list[int]] = [[]]
    for place in places:
        before = [run for run in best if not run or run[-1] < place]
        best.append([*_longest(before), place])
    return set(_longest(best))


def _longest(runs: Sequence[list[int]]) -> list[int]:
    return max(runs, key=len)
