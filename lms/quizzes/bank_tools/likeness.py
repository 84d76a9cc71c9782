"""Questions that are there twice: the same words and key, or nearly the same words.

Nearly the same is said of two questions of which so many words agree that the words of both stand
in no worse a ratio than `NEAR` to those of either (Jaccard). Pairs are found without comparing all
with all: two such sets must share one of their rarest words, so only those are looked up.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.quizzes.bank_tools.payloads import Payload, names_of_ids, plain

NEAR = 0.7
MOST_PAIRS = 500
_STEM = 6  # of a word: Romanian bends its ends
_WORDS = re.compile(r"\w+")
_NOT_COMPARED = frozenset(
    {
        "id",
        "feedback",
        "general_feedback",
        "other_feedback",
        "feedback_true",
        "feedback_false",
        "hints",
        "marks",
        "scoring",
        "notes",
        "template",
    }
)
_ASKS = frozenset({"stem", "text"})
_UNORDERED = frozenset({"options", "statements", "stems", "views", "answers"})


@dataclass(frozen=True)
class Print:
    """What a question is recognised by: a digest of words and key, and its words."""

    exact: str
    words: frozenset[str]


@dataclass(frozen=True, order=True)
class Likeness:
    """How alike two questions are, from 0 to 1; exact ones have the same words and key."""

    is_exact: bool
    score: float


def folded(text: str) -> str:
    """Reduce a text to its words: no capitals, no diacritics, no signs between them."""
    apart = unicodedata.normalize("NFD", plain(text).casefold())
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return " ".join(_WORDS.findall(bare))


def print_of(payload: Payload) -> Print:
    """Take the print of a stored question of any type."""
    names = {key: folded(text) for key, text in names_of_ids(payload).items()}
    reduced = _reduced(payload, names)
    written = json.dumps(reduced, ensure_ascii=False, sort_keys=True)
    return Print(
        hashlib.sha256(written.encode()).hexdigest(),
        frozenset(_words(payload, "", is_top=True)),
    )


def _reduced(value: Any, names: Mapping[str, str], name: str = "") -> Any:
    """Leave of a question what makes it this one: folded words, key, order where it counts."""
    if isinstance(value, Mapping):
        return {
            key: _reduced(each, names, key)
            for key, each in value.items()
            if key not in _NOT_COMPARED
        }
    if isinstance(value, list):
        rows = [_reduced(each, names, name) for each in value]
        if name in _UNORDERED:
            rows.sort(key=lambda row: json.dumps(row, ensure_ascii=False, sort_keys=True))
        return rows
    if isinstance(value, str):
        if name == "answer" and value in names:
            return names[value]
        return folded(value) or value.strip()
    return value


def _words(value: Any, name: str, *, is_top: bool = False) -> Iterator[str]:
    """Give a question's words, those that ask apart from those that answer."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            if key not in _NOT_COMPARED:
                yield from _words(each, key if not is_top or key in _ASKS else f"-{key}")
    elif isinstance(value, list):
        for each in value:
            yield from _words(each, "row" if isinstance(each, Mapping) else name)
    elif isinstance(value, str) and name in {"stem", "text", "value", "label"}:
        sign = "?" if name == "stem" else "="
        yield from (f"{sign}{word[:_STEM]}" for word in folded(value).split())


class Index:
    """Prints by name, ready to be asked which of them are like a question."""

    def __init__(self, prints: Mapping[int, Print], near: float = NEAR) -> None:
        self._prints = dict(prints)
        self._near = near
        counts: Counter[str] = Counter()
        for each in self._prints.values():
            counts.update(each.words)
        self._rank = {word: (count, word) for word, count in counts.items()}
        self._exact: dict[str, list[int]] = {}
        self._rare: dict[str, list[int]] = {}
        for name, each in self._prints.items():
            self._exact.setdefault(each.exact, []).append(name)
            for word in self._prefix(each.words):
                self._rare.setdefault(word, []).append(name)

    def _prefix(self, words: frozenset[str]) -> Sequence[str]:
        """Return the rarest words of a set: sets as near as asked share one of them."""
        if not words:
            return ()
        ordered = sorted(words, key=lambda word: self._rank.get(word, (0, word)))
        return ordered[: len(words) - math.ceil(self._near * len(words)) + 1]

    def like(self, asked: Print) -> list[tuple[int, Likeness]]:
        """Return the questions that are like one, the likest first."""
        exact = dict.fromkeys(self._exact.get(asked.exact, ()), Likeness(True, 1.0))
        found = {**self._nearly(asked), **exact}
        return sorted(found.items(), key=lambda pair: pair[1], reverse=True)

    def _nearly(self, asked: Print) -> dict[int, Likeness]:
        found: dict[int, Likeness] = {}
        seen: set[int] = set()
        least = self._near * len(asked.words)
        for word in self._prefix(asked.words):
            for name in self._rare.get(word, ()):
                if name in seen:
                    continue
                seen.add(name)
                words = self._prints[name].words
                if not least <= len(words) <= len(asked.words) / self._near:
                    continue
                common = len(words & asked.words)
                score = common / (len(words) + len(asked.words) - common)
                if score >= self._near:
                    found[name] = Likeness(False, score)
        return found

    def pairs(
        self,
        own: Collection[int] | None = None,
        *,
        but: Collection[tuple[int, int]] = (),
        most: int = MOST_PAIRS,
    ) -> list[tuple[int, int, Likeness]]:
        """Return pairs of like questions, the likest first, each once; no more than `most`.

        One of each pair is among `own`, where that is given; pairs in `but` (the lower first) are
        left out. Of a group with the same words each is paired with one of the others alone, and
        the first of it stands for all where words are nearly the same.
        """
        ours = self._prints.keys() if own is None else own
        groups = [
            sorted(group, key=lambda name: (name not in ours, name))
            for group in self._exact.values()
        ]
        groups = [group for group in groups if group[0] in ours]
        heads = {group[0] for group in groups}
        foreign = {group[0] for group in self._exact.values()} - heads
        found: list[tuple[int, int, Likeness]] = []
        for group in groups:
            found += _paired(group, but)
        done: set[int] = set()
        for head in sorted(heads):
            if len(found) >= most:
                break
            done.add(head)
            for other, likeness in self._nearly(self._prints[head]).items():
                is_asked = other in heads or other in foreign
                if is_asked and other not in done and _pair(head, other) not in but:
                    found.append((head, other, likeness))
        found.sort(key=lambda pair: pair[2], reverse=True)
        return found[:most]


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _paired(
    group: Sequence[int], but: Collection[tuple[int, int]]
) -> Iterator[tuple[int, int, Likeness]]:
    for place, name in enumerate(group):
        free = (other for other in group[:place] if _pair(other, name) not in but)
        other = next(free, None)
        if other is not None:
            yield other, name, Likeness(True, 1.0)
