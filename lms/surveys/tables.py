"""Results as rows of a file: figures and texts, never one person's answers side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lms.safety.sheets import Cell, Column
from lms.surveys.figures import Bar, QuestionFigures
from lms.surveys.questions import Question, Words
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _


def said(words: Words) -> str:
    """Return a text in the page's language; in Romanian where it has no other."""
    return words.get(current_locale()) or words.get("ro", "")


def bar_label(question: Question, bar: Bar) -> str:
    """Name an answer: an option's words, a scale's point with what its ends mean."""
    if bar.option is not None:
        return said(bar.option.label)
    ends = {question.least: question.low, question.most: question.high}
    words = said(ends[bar.point]) if bar.point in ends else ""
    return f"{bar.point} – {words}" if words else str(bar.point)


def columns() -> list[Column | str]:
    """Head the file's columns."""
    return [
        Column(_("Question"), 60),
        Column(_("Answer"), 60),
        _("How many"),
        _("Percent"),
        _("Mean"),
        _("Answers"),
    ]


def rows(questions: Sequence[QuestionFigures]) -> list[Sequence[Cell]]:
    """Return one row for each answer that could be given, and one for each text."""
    return [row for figures in questions for row in _rows(figures)]


def _rows(figures: QuestionFigures) -> Iterator[Sequence[Cell]]:
    question = said(figures.question.label)
    for bar in figures.bars:
        label = bar_label(figures.question, bar)
        yield [question, label, bar.count, bar.percent, figures.mean, figures.answered]
    for text in figures.texts:
        yield [question, text, None, None, None, figures.answered]
