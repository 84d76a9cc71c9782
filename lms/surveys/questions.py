"""What a questionnaire asks, and whether answers fit it."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST_TEXT = 2000
LEAST, MOST = 1, 5  # a scale that says nothing else
WIDEST_SCALE = 11

Words = Mapping[str, str]  # a text by language
Answer = int | str  # a point of a scale, an option's id, a text
Answers = Mapping[str, Answer]  # by question; what was left out is not there

_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class QuestionKind(enum.StrEnum):
    """How a question is answered."""

    SCALE = "scale"
    CHOICE = "choice"
    TEXT = "text"


@dataclass(frozen=True)
class Option:
    """One of the answers of a choice."""

    id: str
    label: Words


@dataclass(frozen=True)
class Question:
    """One question; `low` and `high` say what the ends of a scale mean."""

    id: str
    kind: QuestionKind
    label: Words
    is_required: bool = True
    hint: Words = field(default_factory=dict)
    section: Words = field(default_factory=dict)  # a heading above the question
    least: int = LEAST
    most: int = MOST
    low: Words = field(default_factory=dict)
    high: Words = field(default_factory=dict)
    options: tuple[Option, ...] = ()

    @property
    def points(self) -> range:
        """The points of a scale, from the lowest."""
        return range(self.least, self.most + 1)

    @property
    def field(self) -> str:
        """The question's name in a form."""
        return f"q-{self.id}"


@dataclass(frozen=True)
class Questionnaire:
    """A questionnaire in all its languages."""

    id: str
    title: Words
    intro: Words
    questions: tuple[Question, ...]


class Fault(enum.StrEnum):
    """Why an answer can't be taken."""

    MISSING = "missing"
    NOT_OFFERED = "not_offered"
    TOO_LONG = "too_long"


@dataclass(frozen=True)
class Read:
    """What was read of a form: the answers that fit, and what is wrong, by question."""

    answers: Answers
    faults: Mapping[str, Fault]


def read_answers(questionnaire: Questionnaire, given: Mapping[str, str]) -> Read:
    """Read what was typed, by question id; an empty answer is no answer."""
    answers: dict[str, Answer] = {}
    faults: dict[str, Fault] = {}
    for question in questionnaire.questions:
        answer = _read_one(question, given.get(question.id, ""))
        if isinstance(answer, Fault):
            faults[question.id] = answer
        elif answer is not None:
            answers[question.id] = answer
    return Read(answers, faults)


def _read_one(question: Question, text: str) -> Answer | Fault | None:
    text = _UNUSABLE.sub("", text.replace("\r\n", "\n")).strip()
    if not text:
        return Fault.MISSING if question.is_required else None
    match question.kind:
        case QuestionKind.SCALE:
            points = {str(point): point for point in question.points}
            return points.get(text, Fault.NOT_OFFERED)
        case QuestionKind.CHOICE:
            return text if text in {o.id for o in question.options} else Fault.NOT_OFFERED
        case QuestionKind.TEXT:
            return text if len(text) <= LONGEST_TEXT else Fault.TOO_LONG


# Kept as plain values ------------------------------------------------------------------------


def dump(questionnaire: Questionnaire) -> dict[str, Any]:
    """Write a questionnaire as values that JSON can hold; equal ones are written alike."""
    return {
        "id": questionnaire.id,
        "title": dict(questionnaire.title),
        "intro": dict(questionnaire.intro),
        "questions": [_dump_question(question) for question in questionnaire.questions],
    }


def _dump_question(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "kind": question.kind.value,
        "label": dict(question.label),
        "required": question.is_required,
        "hint": dict(question.hint),
        "section": dict(question.section),
        "least": question.least,
        "most": question.most,
        "low": dict(question.low),
        "high": dict(question.high),
        "options": [{"id": o.id, "label": dict(o.label)} for o in question.options],
    }


def load(values: Mapping[str, Any]) -> Questionnaire:
    """Return what `dump` was given."""
    return Questionnaire(
        id=values["id"],
        title=values["title"],
        intro=values["intro"],
        questions=tuple(_load_question(each) for each in values["questions"]),
    )


def _load_question(values: Mapping[str, Any]) -> Question:
    return Question(
        id=values["id"],
        kind=QuestionKind(values["kind"]),
        label=values["label"],
        is_required=values["required"],
        hint=values["hint"],
        section=values["section"],
        least=values["least"],
        most=values["most"],
        low=values["low"],
        high=values["high"],
        options=tuple(Option(o["id"], o["label"]) for o in values["options"]),
    )
