"""A quiz's attempts and answers for spreadsheets: one row for each attempt."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lms.quizzes.models import Quiz
from lms.quizzes.question_types.protocol import Question
from lms.quizzes.question_types.registry import rules_for
from lms.quizzes.results import words
from lms.quizzes.results.files import Say, stem_of, title_of
from lms.quizzes.results.listing import AttemptRow
from lms.quizzes.results.loading import Asked, Given
from lms.safety.html import plain_text
from lms.safety.sheets import Cell, Column, write_csv, write_xlsx
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _

ToZone = Callable[[Any], Any]


def _columns() -> list[Column | str]:
    return [
        _("Name"),
        _("Organisation"),
        _("Group"),
        _("Edition"),
        _("Attempt"),
        _("State"),
        _("Started"),
        _("Submitted"),
        _("Minutes"),
        _("Points"),
        _("Of points"),
        _("Result (%)"),
    ]


def _cells(row: AttemptRow, to_zone: ToZone) -> list[Cell]:
    took = row.took
    minutes = None if took is None else Decimal(round(took.total_seconds())) / 60
    return [
        row.listed_name,
        row.organisation,
        row.group,
        row.edition,
        _("on paper") if row.is_on_paper else row.number,
        words.standing_words(row.standing),
        None if row.is_on_paper else to_zone(row.started_at),
        row.taken_on or (None if row.submitted_at is None else to_zone(row.submitted_at)),
        None if minutes is None else minutes.quantize(Decimal("0.1")),
        row.earned,
        row.possible,
        row.percent,
    ]


def attempts_file(rows: Sequence[AttemptRow], quiz: Quiz, form: str, to_zone: ToZone) -> bytes:
    """Write the list of attempts."""
    return _written(quiz, _columns(), [_cells(row, to_zone) for row in rows], form)


@dataclass(frozen=True)
class Answered:
    """What an answers' file is made of, beside the list."""

    asked: Sequence[Asked]
    given: Mapping[int, Sequence[Given]]  # by attempt
    say: Say


def answers_file(
    rows: Sequence[AttemptRow], answered: Answered, quiz: Quiz, form: str, to_zone: ToZone
) -> bytes:
    """Write the list with each answer in words, and what it earned beside it."""
    locale = current_locale()
    met = {one.version_id for given in answered.given.values() for one in given}
    asked = [one for one in answered.asked if one.version_id in met]
    columns = _columns()
    for one in asked:
        stem = stem_of(one.words.in_language(locale))
        version = f" v{one.number}" if one.number > 1 else ""
        columns += [
            Column(f"{one.content_id}{version}: {stem}"[:200], 40, wraps=True),
            _("%(id)s: points", id=f"{one.content_id}{version}"),
        ]
    worded = _Wording(answered, locale)
    cells = [
        [*_cells(row, to_zone), *worded.of_attempt(asked, answered.given.get(row.id, ()))]
        for row in rows
        if not row.is_on_paper  # whose answers are on the paper
    ]
    return _written(quiz, columns, cells, form)


class _Wording:
    """Says answers; each different one is read and worded once."""

    def __init__(self, answered: Answered, locale: str) -> None:
        self.say, self.kept = answered.say, dict[Given, str]()
        self.questions = {one.version_id: one.words.in_language(locale) for one in answered.asked}

    def of_attempt(self, asked: Sequence[Asked], given: Sequence[Given]) -> list[Cell]:
        by_version = {one.version_id: one for one in given}
        cells: list[Cell] = []
        for one in asked:
            mine = by_version.get(one.version_id)
            if mine is None:
                cells += [None, None]
                continue
            question = self.questions[one.version_id]
            earned = None if mine.fraction is None else question.marks * mine.fraction
            cells += [self._words(question, mine), _points(earned)]
        return cells

    def _words(self, question: Question, given: Given) -> str:
        found = self.kept.get(given)
        if found is None:
            payload = json.loads(given.payload) if given.payload else {}
            rules = rules_for(question)
            drawn = rules.as_drawn(question, given.order) if given.order else question
            texts = rules.response_text(drawn, payload)
            said = (" ".join(plain_text(self.say(question.type, text)).split()) for text in texts)
            found = self.kept[given] = "; ".join(said)
        return found


def _points(earned: Decimal | None) -> Decimal | None:
    return None if earned is None else earned.quantize(Decimal("0.0001")).normalize() + 0


def _written(
    quiz: Quiz, columns: Sequence[Column | str], cells: Sequence[Sequence[Cell]], form: str
) -> bytes:
    if form == "csv":
        return write_csv(columns, cells)
    return write_xlsx(title_of(quiz), columns, cells)
