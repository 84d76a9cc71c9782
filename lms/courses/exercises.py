"""What a lesson's exercise asks for, and the trace that it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Words = Mapping[str, str]  # a text in both languages


class Trace(StrEnum):
    """What is handed in: a text, a file, a word that it was done, or a form of named fields."""

    TEXT = "text"
    FILE = "file"
    TICK = "tick"
    FORM = "form"


class ExerciseState(StrEnum):
    """How far a learner has come with an exercise."""

    BEGUN = "begun"
    HANDED_IN = "handed_in"
    COMMENTED = "commented"  # the trainer has closed it
    REOPENED = "reopened"  # the trainer has asked for another version

    @property
    def is_handed_in(self) -> bool:
        """Whether something was handed in that counts as done."""
        return self is not ExerciseState.BEGUN


@dataclass(frozen=True)
class FormField:
    """One field of an exercise that is a form."""

    id: str
    label: Words
    hint: Words
    rows: int

    def label_in(self, locale: str) -> str:
        """The label in a language."""
        return in_language(self.label, locale)

    def hint_in(self, locale: str) -> str:
        """The hint in a language."""
        return in_language(self.hint, locale)


@dataclass(frozen=True)
class Exercise:
    """An exercise as its lesson states it."""

    title: Words
    trace: Trace
    prompt: Words
    paper: str = ""  # the id of a working paper to use
    fields: tuple[FormField, ...] = ()
    is_proposal: bool = False  # a form that is gathered from everybody, for the debates

    def title_in(self, locale: str) -> str:
        """The title in a language."""
        return in_language(self.title, locale)

    def prompt_in(self, locale: str) -> str:
        """What exactly to hand in, in a language."""
        return in_language(self.prompt, locale)

    def as_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return {
            "title": dict(self.title),
            "trace": self.trace.value,
            "prompt": dict(self.prompt),
            "paper": self.paper,
            "proposal": self.is_proposal,
            "fields": [
                {"id": f.id, "label": dict(f.label), "hint": dict(f.hint), "rows": f.rows}
                for f in self.fields
            ],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Exercise:
        """Rebuild what was stored."""
        return cls(
            title=stored["title"],
            trace=Trace(stored["trace"]),
            prompt=stored["prompt"],
            paper=stored["paper"],
            is_proposal=stored.get("proposal", False),
            fields=tuple(
                FormField(f["id"], f["label"], f["hint"], f["rows"]) for f in stored["fields"]
            ),
        )


def in_language(words: Words, locale: str) -> str:
    """Return a text in a language, or in Romanian where it has no other."""
    return words.get(locale) or words.get("ro", "")
