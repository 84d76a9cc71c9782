"""Quizzes as items of modules, for the course's pages and its conditions."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from flask import url_for

from lms import db
from lms.courses.activities import Activity, ActivityState
from lms.courses.models import Course
from lms.quizzes import queries
from lms.quizzes.attempt_rules import AttemptState
from lms.quizzes.models import Quiz
from lms.web.i18n import format_percent


def key_of(quiz_id: int) -> str:
    """The quiz's key in the registry."""
    return f"quiz:{quiz_id}"


class QuizProvider:
    """Answers what courses ask of quizzes."""

    def outline(self, course_id: int) -> Mapping[int, list[Activity]]:
        """Return the published quizzes by module."""
        rows = db.session().execute(
            sa.select(Quiz, Course.slug)
            .join(Course, Course.id == Quiz.course_id)
            .where(
                Quiz.course_id == course_id,
                Quiz.published_at.is_not(None),
                Quiz.withdrawn_at.is_(None),
            )
            .order_by(Quiz.position)
        )
        found: dict[int, list[Activity]] = {}
        for quiz, slug in rows:
            found.setdefault(quiz.module_id, []).append(
                Activity(
                    key=key_of(quiz.id),
                    title_ro=quiz.title_ro,
                    title_en=quiz.title_en,
                    href=f"/courses/{slug}/quizzes/{quiz.slug}",
                    position=quiz.position,
                )
            )
        return found

    def states(self, enrolment_id: int) -> Mapping[str, ActivityState]:
        """Return how an enrolment stands with the quizzes it has begun."""
        found: dict[str, ActivityState] = {}
        best: dict[int, object] = {}
        for line in queries.attempts_of(enrolment_id):
            if line.state is AttemptState.SUBMITTED and line.percent is not None:
                known = best.get(line.quiz_id)
                if known is None or line.percent > known:  # type: ignore[operator]
                    best[line.quiz_id] = line.percent
            known_state = found.get(key_of(line.quiz_id))
            percent = best.get(line.quiz_id)
            found[key_of(line.quiz_id)] = ActivityState(
                is_passed=bool(line.passed) or bool(known_state and known_state.is_passed),
                is_begun=True,
                note=format_percent(percent) if percent is not None else "",  # type: ignore[arg-type]
            )
        return found

    def passed_by(self, edition_id: int) -> Mapping[int, set[str]]:
        """Return what each enrolment of an edition has passed."""
        return {
            enrolment_id: {key_of(i) for i in quiz_ids}
            for enrolment_id, quiz_ids in queries.passed_by_edition(edition_id).items()
        }


def quiz_href(slug: str, quiz_slug: str) -> str:
    """The address of a quiz's first page."""
    return url_for("quizzes.quiz", slug=slug, quiz_slug=quiz_slug)
