"""Where a module's questions burn: what is most often wrong, and what is most contested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from lms import db
from lms.courses.models import Edition, Enrolment
from lms.quizzes.models import Attempt, AttemptItem, Dispute, DisputeState, Quiz, QuizVersion
from lms.quizzes.provider import PREFIX
from lms.quizzes.results.report import QuestionReport, QuizReport, report_of
from lms.quizzes.results.scope import Scope, Which
from lms.quizzes.rules.settings import parse_settings
from lms.quizzes.statistics.scores import scaled


@dataclass(frozen=True)
class Spot:
    """A question, with how often it was not answered fully right, and how often contested."""

    question: QuestionReport
    wrong: int
    contested: int
    waiting: int  # contested and not answered yet

    @property
    def share(self) -> float:
        """How many in a hundred answers were not fully right."""
        answers = self.question.of.marked
        return 100 * self.wrong / answers if answers else 0.0

    @property
    def is_of_few(self) -> bool:
        """Whether too few answered it."""
        return self.question.of.is_of_few


@dataclass(frozen=True)
class TestSpots:
    """A test's questions by where they burn."""

    title_ro: str
    title_en: str
    slug: str
    tried: int
    wrong: tuple[Spot, ...]  # the worst first
    contested: tuple[Spot, ...]  # the most contested first

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro


def hot_spots(
    edition: Edition, keys: Collection[str], *, locale: str, most: int = 10
) -> list[TestSpots]:
    """Read where the tests with these keys burn in an edition: a fixed number of statements each.

    First attempts count, as on the page of statistics.
    """
    ids = [int(key.removeprefix(PREFIX)) for key in keys if key.startswith(PREFIX)]
    if not ids:
        return []
    rows = db.session().execute(
        sa.select(Quiz, QuizVersion.settings)
        .outerjoin(QuizVersion, QuizVersion.id == Quiz.current_version_id)
        .where(Quiz.id.in_(ids))
        .order_by(Quiz.position, Quiz.id)
    )
    disputes = _disputes(edition.id, ids)
    found = []
    for quiz, settings in rows.all():
        scope = Scope(quiz.id, quiz.course_id, ((edition.id, edition.title),), edition.id)
        pass_mark = parse_settings(settings or {}).pass_mark
        report = report_of(scope, Which.FIRST, pass_mark, locale=locale)
        found.append(_of_test(quiz, report, disputes, most))
    return found


def _of_test(
    quiz: Quiz, report: QuizReport, disputes: Mapping[int, tuple[int, int]], most: int
) -> TestSpots:
    wrong = _wrong(report)
    spots = []
    for question in report.questions:
        key = question.asked.version_id
        contested, waiting = disputes.get(key, (0, 0))
        spots.append(Spot(question, wrong[key], contested, waiting))
    burning = [spot for spot in spots if spot.wrong]
    burning.sort(key=lambda s: (s.is_of_few, -s.share, -s.wrong, s.question.number))
    disputed = [spot for spot in spots if spot.contested]
    disputed.sort(key=lambda s: (-s.waiting, -s.contested, s.question.number))
    return TestSpots(
        title_ro=quiz.title_ro,
        title_en=quiz.title_en,
        slug=quiz.slug,
        tried=report.tried,
        wrong=tuple(burning[:most]),
        contested=tuple(disputed[:most]),
    )


def _wrong(report: QuizReport) -> Counter[Hashable]:
    """Count the marked answers to each question that earned less than all of it."""
    possible: dict[Hashable, int] = {
        q.asked.version_id: scaled(q.asked.words.ro.marks) for q in report.questions
    }
    wrong: Counter[Hashable] = Counter()
    for cells in report.statistics.sheet.attempts:
        for cell in cells:
            if cell.is_left_out or cell.earned is None or cell.item not in possible:
                continue
            wrong[cell.item] += cell.earned < possible[cell.item]
    return wrong


def _disputes(edition_id: int, quiz_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Count what an edition's learners contest, by version of a question: all, and still open."""
    is_open = sa.case((Dispute.state == DisputeState.OPEN, 1), else_=0)
    rows = db.session().execute(
        sa.select(AttemptItem.question_version_id, sa.func.count(), sa.func.sum(is_open))
        .join(AttemptItem, AttemptItem.id == Dispute.item_id)
        .join(Attempt, Attempt.id == Dispute.attempt_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(Enrolment.edition_id == edition_id, Attempt.quiz_id.in_(quiz_ids))
        .group_by(AttemptItem.question_version_id)
    )
    return {row[0]: (row[1], int(row[2] or 0)) for row in rows}
