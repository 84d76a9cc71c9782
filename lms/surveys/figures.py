"""What came of a question: how often each answer was given, the mean, the texts."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from lms.surveys.questions import Answers, Option, Question, QuestionKind, Questionnaire


@dataclass(frozen=True)
class Bar:
    """How often one answer was given; `point` is a scale's, `option` a choice's."""

    count: int
    percent: Decimal  # of those who answered the question
    point: int | None = None
    option: Option | None = None

    @property
    def width(self) -> int:
        """The percentage as a whole number, for drawing."""
        return int(self.percent.to_integral_value(ROUND_HALF_UP))


@dataclass(frozen=True)
class QuestionFigures:
    """A question with all answers to it: `answered` of `asked`; texts in an order of no meaning."""

    question: Question
    asked: int
    answered: int
    bars: tuple[Bar, ...] = ()
    mean: Decimal | None = None
    texts: tuple[str, ...] = ()

    @property
    def distinct_texts(self) -> dict[str, int]:
        """The texts, each once, with how often it was written; in the same order."""
        return dict(Counter(self.texts))


def gather(
    versions: Sequence[tuple[Questionnaire, Sequence[Answers]]],
) -> tuple[QuestionFigures, ...]:
    """Put the answers to all versions together, newest first; its words are the ones shown.

    A question is the same where its id and its kind are; one that is asked no more stands last.
    """
    known: dict[tuple[str, QuestionKind], Question] = {}
    asked: dict[tuple[str, QuestionKind], int] = {}
    given: dict[tuple[str, QuestionKind], list[int | str]] = {}
    options: dict[tuple[str, QuestionKind], dict[str, Option]] = {}
    for questionnaire, answers in versions:
        for question in questionnaire.questions:
            key = (question.id, question.kind)
            known.setdefault(key, question)
            asked[key] = asked.get(key, 0) + len(answers)
            given.setdefault(key, []).extend(a[question.id] for a in answers if question.id in a)
            for option in question.options:
                options.setdefault(key, {}).setdefault(option.id, option)
    return tuple(
        _figures(question, asked[key], given[key], list(options.get(key, {}).values()))
        for key, question in known.items()
    )


def _figures(
    question: Question, asked: int, given: Sequence[int | str], options: Sequence[Option]
) -> QuestionFigures:
    match question.kind:
        case QuestionKind.SCALE:
            points = sorted({*question.points, *(int(g) for g in given)})
            bars = [_bar(given, point, point=point) for point in points]
            mean = _mean([int(g) for g in given])
            return QuestionFigures(question, asked, len(given), tuple(bars), mean)
        case QuestionKind.CHOICE:
            bars = [_bar(given, option.id, option=option) for option in options]
            return QuestionFigures(question, asked, len(given), tuple(bars))
        case QuestionKind.TEXT:
            texts = _in_no_order(question.id, map(str, given))
            return QuestionFigures(question, asked, len(given), texts=texts)


def _bar(
    given: Sequence[int | str],
    value: int | str,
    *,
    point: int | None = None,
    option: Option | None = None,
) -> Bar:
    count = sum(1 for g in given if g == value)
    percent = Decimal(100 * count) / len(given) if given else Decimal(0)
    return Bar(count, percent.quantize(Decimal("0.1"), ROUND_HALF_UP), point, option)


def _mean(points: Sequence[int]) -> Decimal | None:
    if not points:
        return None
    return (Decimal(sum(points)) / len(points)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _in_no_order(question_id: str, texts: Iterable[str]) -> tuple[str, ...]:
    """Order texts by a digest: always alike, and never as they came or as another question's."""
    return tuple(
        sorted(texts, key=lambda text: hashlib.sha256(f"{question_id}\n{text}".encode()).digest())
    )
