"""Files of answers: what is exported, and the list that is filled in and imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lms.courses.models import Edition
from lms.entry import rules, words
from lms.entry.indicator_sets import IndicatorSet, Kind, Question
from lms.entry.queries import EntryLine, EntryState
from lms.safety.sheets import Cell, Column, write_csv, write_xlsx
from lms.web.i18n import gettext as _


def _headings() -> list[str]:
    return [
        *(_("Family name"), _("Given names"), _("Sign-in name"), _("E-mail")),
        *(_("Organisation"), _("Day of entry")),
    ]


def _known(line: EntryLine) -> list[Cell]:
    return [
        *(line.family_name, line.given_names, line.sign_in_name, line.email),
        *(line.organisation, line.entered_on),
    ]


def _said(line: EntryLine, asked: IndicatorSet) -> list[Cell]:
    return [_answer(q, line.answers.get(q.id, "")) for q in asked.questions]


def _answer(question: Question, value: str) -> Cell:
    """Write an answer in words; a date of birth as a date."""
    born = rules.born_on(value) if question.kind is Kind.BIRTH and value else None
    return born or words.answer_words(question, value)


def export_file(
    edition: Edition,
    asked: IndicatorSet,
    lines: Sequence[EntryLine],
    kind: str,
    *,
    national_numbers: Mapping[int, str] | None = None,
) -> bytes:
    """Write answers and what is counted from them; whole national numbers where they are given."""
    columns: list[Column | str] = [
        *_headings(),
        *(words.label_of(q) for q in asked.questions),
        *(_("State"), _("Source"), _("Corrections")),
        *(i.code for i in asked.indicators if not i.is_dropped),
    ]
    rows = [_export_row(line, asked) for line in lines]
    if national_numbers is not None:
        columns.append("CNP")
        numbered = [national_numbers.get(line.person_id, "") for line in lines]
        rows = [[*row, number] for row, number in zip(rows, numbered, strict=True)]
    if kind == "csv":
        return write_csv(columns, rows)
    return write_xlsx(edition.title, columns, rows)


def _export_row(line: EntryLine, asked: IndicatorSet) -> list[Cell]:
    codes: frozenset[str] = frozenset()
    if line.entered_on is not None and line.state is EntryState.ANSWERED:
        codes = rules.indicators_of(asked, line.answers, on=line.entered_on)
    return [
        *_known(line),
        *_said(line, asked),
        words.state_word(line.state)[1],
        words.source_word(line.source) if line.source else "",
        line.corrections,
        *(int(i.code in codes) for i in asked.indicators if not i.is_dropped),
    ]


def model_file(edition: Edition, asked: IndicatorSet, lines: Sequence[EntryLine]) -> bytes:
    """Write the list to fill in: everybody who is waited for, with what is known."""
    waited = [
        line for line in lines if line.state is not EntryState.ANSWERED and not line.is_withdrawn
    ]
    columns = [Column(h, 22) for h in [*_headings(), *(words.label_of(q) for q in asked.questions)]]
    rows = [[*_known(line), *_said(line, asked)] for line in waited]
    return write_xlsx(edition.title, columns, rows)
