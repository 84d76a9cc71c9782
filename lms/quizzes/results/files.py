"""A quiz's statistics and attempts as files for spreadsheets."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from lms import clock
from lms.quizzes.models import Quiz
from lms.quizzes.question_types.protocol import Question
from lms.quizzes.results import words
from lms.quizzes.results.report import QuestionReport, QuizReport
from lms.quizzes.results.words import FigureLine
from lms.quizzes.statistics.responses import Line
from lms.safety.html import plain_text
from lms.safety.sheets import Cell, Column, write_book, write_csv
from lms.web.i18n import current_locale, format_datetime
from lms.web.i18n import gettext as _

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


Say = Callable[[str, str], str]
"""Writes a value of an answer to a type of question as the page's language does."""


def title_of(quiz: Quiz) -> str:
    """The quiz's title in the page's language."""
    return quiz.title_en if current_locale() == "en" else quiz.title_ro


def _decimal(value: float | None) -> Decimal | None:
    if value is None:
        return None
    return Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)


# Statistics ------------------------------------------------------------------------------------


def statistics_file(report: QuizReport, quiz: Quiz, form: str, say: Say) -> bytes:
    """Write the figures: a workbook of three sheets, or the questions alone as CSV."""
    if form == "csv":
        return write_csv(_question_columns(report), _question_rows(report))
    return write_book(
        [
            (_("Test"), _test_columns(quiz), _test_rows(report)),
            (_("Questions"), _question_columns(report), _question_rows(report)),
            (_("Answers"), _answer_columns(), _answer_rows(report, say)),
        ]
    )


def _test_columns(quiz: Quiz) -> list[Column | str]:
    return [
        Column(title_of(quiz), 44, wraps=True),
        _("Value"),
        _("From"),
        _("To"),
        Column(_("What it says"), 90, wraps=True),
    ]


def _test_rows(report: QuizReport) -> list[list[Cell]]:
    whole = report.statistics.whole
    rows: list[list[Cell]] = [
        [_("Attempts counted"), whole.attempts, None, None, words.which_words(report.which)],
        [_("Editions"), None, None, None, _edition_words(report)],
        [_("As it stood on"), None, None, None, format_datetime(clock.now())],
    ]
    rows += [_figure_row(line) for line in words.test_lines(report)]
    rows += [[None, None, None, None, said] for _kind, said in words.advice_on_test(report)]
    return rows


def _edition_words(report: QuizReport) -> str:
    return report.scope.edition or "; ".join(title for _id, title in report.scope.editions)


def _figure_row(line: FigureLine) -> list[Cell]:
    interval = line.interval
    return [
        f"{line.label} (%)" if line.unit else line.label,
        _decimal(line.value),
        _decimal(interval.low if interval else None),
        _decimal(interval.high if interval else None),
        line.says,
    ]


def _question_columns(report: QuizReport) -> list[Column | str]:
    columns: list[Column | str] = [
        _("No."),
        _("Id"),
        _("Version"),
        _("Question type"),
        Column(_("Question"), 60, wraps=True),
        _("Answers"),
        _("Left open"),
        _("Facility (%)"),
        _("Facility, from (%)"),
        _("Facility, to (%)"),
        _("By guessing (%)"),
        _("Standard deviation (%)"),
        _("Discrimination (%)"),
        _("Discrimination, from (%)"),
        _("Discrimination, to (%)"),
        _("Discriminative efficiency (%)"),
        _("Intended weight (%)"),
        _("Effective weight (%)"),
        _("Reliability without it (%)"),
        Column(_("What to look at"), 40, wraps=True),
    ]
    for split in report.splits:
        columns += [
            _("Facility: %(group)s", group=words.group_words(split.by, group.name))
            for group in split.groups
        ]
    return columns


def _question_rows(report: QuizReport) -> list[list[Cell]]:
    return [_question_row(report, question) for question in report.questions]


def _question_row(report: QuizReport, question: QuestionReport) -> list[Cell]:
    of, place, asked = question.of, question.of.place, question.asked
    facility, discrimination = of.facility_interval, of.discrimination_interval
    row: list[Cell] = [
        question.number,
        asked.content_id,
        asked.number,
        asked.words.ro.type,
        stem_of(asked.words.in_language(current_locale())),
        question.table.met,
        question.table.unanswered,
        _decimal(of.facility),
        _decimal(facility.low if facility else None),
        _decimal(facility.high if facility else None),
        _decimal(of.guess),
        _decimal(of.deviation),
        _decimal(of.discrimination),
        _decimal(discrimination.low if discrimination else None),
        _decimal(discrimination.high if discrimination else None),
        _decimal(of.efficiency),
        _decimal(place.intended if place else None),
        _decimal(place.effective if place else None),
        _decimal(place.consistency_without if place else None),
        "; ".join(words.hint_short(hint) for hint in question.hints),
    ]
    for split in report.splits:
        for group in split.groups:
            share = group.items.get(asked.version_id)
            row.append(_decimal(share.mean if share else None))
    return row


def stem_of(question: Question) -> str:
    """A question's own text without its markup."""
    return " ".join(plain_text(question.stem).split())


def _answer_columns() -> list[Column | str]:
    return [
        _("No."),
        _("Id"),
        Column(_("Answer"), 70, wraps=True),
        _("Right"),
        _("Credit (%)"),
        _("Chosen"),
        _("Chosen (%)"),
        _("Weaker third"),
        _("Stronger third"),
        _("Mean result of those who chose it (%)"),
    ]


def _line_words(question: QuestionReport, line: Line, say: Say) -> str:
    said = _("left open") if line.is_blank else _("in own words")
    if line.text and not line.is_blank:
        said = say(question.asked.words.ro.type, line.text)
    part = f"{plain_text(line.part)}: " if line.part else ""
    return " ".join(f"{part}{plain_text(said)}".split())


def _answer_rows(report: QuizReport, say: Say) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for question in report.questions:
        for line in question.table.lines:
            rows.append(
                [
                    question.number,
                    question.asked.content_id,
                    _line_words(question, line, say),
                    _("yes") if line.is_right else _("no"),
                    _decimal(100 * float(line.credit)),
                    line.chosen,
                    _decimal(line.share),
                    line.weaker,
                    line.stronger,
                    _decimal(line.mean),
                ]
            )
    return rows
