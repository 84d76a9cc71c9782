"""Quizzes as items of modules, for the course's pages and its conditions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from lms import clock, db
from lms.courses.activities import NO_DAY, NO_INSTANT, Activity, ActivityKind, Edge, Narrow
from lms.courses.models import Course
from lms.courses.tries import Tries
from lms.db import ScaledDecimal
from lms.quizzes.models import Attempt, PaperResult, Quiz, QuizPlace, QuizVersion
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.quizzes.rules.settings import parse_settings
from lms.quizzes.services.percents import always_shown, shown_now
from lms.quizzes.services.unpassed import unpassed_now

PREFIX = "quiz:"


def key_of(quiz_id: int) -> str:
    """The quiz's key in the registry."""
    return f"{PREFIX}{quiz_id}"


class QuizProvider:
    """Answers what courses ask of quizzes."""

    def outline(self, course_id: int) -> Mapping[int | Edge, list[Activity]]:
        """Return the published quizzes by module, and the course's tests by edge."""
        rows = db.session().execute(
            sa.select(Quiz, Course.slug, QuizVersion.settings)
            .join(Course, Course.id == Quiz.course_id)
            .outerjoin(QuizVersion, QuizVersion.id == Quiz.current_version_id)
            .where(
                Quiz.course_id == course_id,
                Quiz.published_at.is_not(None),
                Quiz.withdrawn_at.is_(None),
            )
            .order_by(Quiz.position)
        )
        found: dict[int | Edge, list[Activity]] = {}
        for quiz, slug, stored in rows:
            settings = parse_settings(stored or {})
            is_at_start = quiz.place is QuizPlace.START
            place = Edge(quiz.place.value) if quiz.is_course_test else quiz.module_id
            assert place is not None
            found.setdefault(place, []).append(
                Activity(
                    key=key_of(quiz.id),
                    title_ro=quiz.title_ro,
                    title_en=quiz.title_en,
                    href=f"/courses/{slug}/quizzes/{quiz.slug}",
                    position=quiz.position,
                    kind=ActivityKind.TEST if quiz.is_course_test else ActivityKind.QUIZ,
                    shows_percent=always_shown(settings, is_at_start=is_at_start),
                    counts=settings.counts or quiz.is_course_test,
                )
            )
        return found

    def percents_shown(self, enrolment_id: int, keys: Collection[str]) -> frozenset[str]:
        """Tell of which quizzes the learner is shown the marks now."""
        ids = {int(key.removeprefix(PREFIX)) for key in keys if key.startswith(PREFIX)}
        if not ids:
            return frozenset()
        return frozenset(map(key_of, shown_now(enrolment_id, ids, now=clock.now())))

    def unpassed(self, enrolment_id: int, keys: Collection[str]) -> Mapping[str, Tries]:
        """Tell which quizzes were tried and not passed, and how often they may be tried again."""
        ids = {int(key.removeprefix(PREFIX)) for key in keys if key.startswith(PREFIX)}
        found = unpassed_now(enrolment_id, ids, now=clock.now()) if ids else {}
        return {key_of(quiz_id): tries for quiz_id, tries in found.items()}

    def standings(self, narrow: Narrow) -> sa.Select[*tuple[Any, ...]]:
        """Select each quiz that an enrolment has begun or taken on paper, with its best result.

        What has no pass mark is done once it is submitted.
        """
        is_submitted = Attempt.state == AttemptState.SUBMITTED
        is_done = sa.and_(is_submitted, sa.func.coalesce(Attempt.passed, sa.true()))
        online = sa.select(
            Attempt.enrolment_id,
            Attempt.quiz_id,
            sa.case((is_done, 1), else_=0).label("done"),
            sa.case((is_submitted, Attempt.percent)).label("percent"),
            sa.cast(sa.null(), ScaledDecimal(2)).label("paper"),
        ).where(narrow(Attempt.enrolment_id))
        on_paper = sa.select(
            PaperResult.enrolment_id,
            PaperResult.quiz_id,
            sa.case((sa.func.coalesce(PaperResult.passed, sa.true()), 1), else_=0),
            sa.cast(sa.null(), ScaledDecimal(2)),
            PaperResult.percent,
        ).where(narrow(PaperResult.enrolment_id), PaperResult.revoked_at.is_(None))
        both = sa.union_all(online, on_paper).subquery()
        best = sa.func.max(both.c.percent)
        paper = sa.func.max(both.c.paper)
        is_paper = sa.and_(paper.is_not(None), sa.or_(best.is_(None), paper > best))
        return sa.select(
            both.c.enrolment_id,
            (sa.literal(PREFIX) + sa.cast(both.c.quiz_id, sa.String)).label("key"),
            sa.func.max(both.c.done).label("done"),
            sa.case((is_paper, paper), else_=best).label("percent"),
            sa.case((is_paper, 1), else_=0).label("on_paper"),
        ).group_by(both.c.enrolment_id, both.c.quiz_id)

    def dates(self, narrow: Narrow) -> sa.Select[*tuple[Any, ...]]:
        """Select when each quiz was first passed or taken; what was on paper has a day alone."""
        is_done = sa.and_(
            Attempt.state == AttemptState.SUBMITTED, sa.func.coalesce(Attempt.passed, sa.true())
        )
        online = sa.select(
            Attempt.quiz_id, Attempt.submitted_at.label("at"), NO_DAY.label("day")
        ).where(narrow(Attempt.enrolment_id), is_done)
        on_paper = sa.select(PaperResult.quiz_id, NO_INSTANT, PaperResult.taken_on).where(
            narrow(PaperResult.enrolment_id),
            PaperResult.revoked_at.is_(None),
            sa.func.coalesce(PaperResult.passed, sa.true()),
        )
        both = sa.union_all(online, on_paper).subquery()
        return sa.select(
            (sa.literal(PREFIX) + sa.cast(both.c.quiz_id, sa.String)).label("key"),
            sa.func.min(both.c.at).label("at"),
            sa.func.min(both.c.day).label("day"),
        ).group_by(both.c.quiz_id)
