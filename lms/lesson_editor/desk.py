"""A lesson's text at the desk: what the form holds, read, with what is to be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lms.exchange import wording
from lms.exchange.lesson_saving import LessonBench, ReadLesson, read_text
from lms.lesson_editor import words
from lms.lesson_editor.advice import advise
from lms.lesson_editor.front import Parts, Place, place_of, put_together, taken_apart


@dataclass(frozen=True)
class Said:
    """One thing said of the text, and where in the form it stands."""

    place: Place
    sentence: str
    is_fault: bool


@dataclass(frozen=True)
class Desk:
    """A text on the desk."""

    bench: LessonBench
    parts: Parts
    base: str
    read: ReadLesson

    @property
    def text(self) -> str:
        """The whole file."""
        return self.read.text

    @property
    def is_changed(self) -> bool:
        """Whether it says something else than what is saved."""
        return self.text != self.bench.text

    @cached_property
    def said(self) -> tuple[Said, ...]:
        """All that is to be said, faults first, each kind in the text's order."""
        found = [
            Said(place_of(self.text, p.line), wording.sentence(p), p.is_error)
            for p in self.read.problems
        ]
        head = 0 if self.read.file is None else self._head
        if self.read.file is not None:
            for each in advise(self.read.file):
                place = place_of(self.text, head + each.line) if each.line else Place("minutes", 1)
                found.append(Said(place, words.advice_sentence(each), False))
        fields = ("title", "minutes", "draft", "rest", "body")
        return tuple(
            sorted(
                dict.fromkeys(found),
                key=lambda s: (not s.is_fault, fields.index(s.place.field), s.place.line),
            )
        )

    @property
    def _head(self) -> int:
        file = self.read.file
        body = file.body if file is not None else ""
        return self.text[: len(self.text) - len(body)].count("\n")

    @property
    def lines(self) -> dict[int, str]:
        """The lines of the text that stand out."""
        found: dict[int, str] = {}
        for each in self.said:
            if each.place.field == "body":
                found.setdefault(each.place.line, "bad" if each.is_fault else "warn")
        return found

    @property
    def summary(self) -> str:
        """Whether it waits to be saved, and how much there is to put right, in words."""
        faults = sum(each.is_fault for each in self.said)
        return words.summary(faults, len(self.said) - faults, is_changed=self.is_changed)


def desk_of_text(bench: LessonBench, text: str, base: str) -> Desk:
    """Lay a whole file on the desk."""
    return Desk(bench, taken_apart(text), base, read_text(bench, text))


def desk_of_parts(bench: LessonBench, parts: Parts, base: str) -> Desk:
    """Lay on the desk what a form holds."""
    return Desk(bench, parts, base, read_text(bench, put_together(parts, bench.text)))
