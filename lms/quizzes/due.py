"""Until when quizzes may be taken, for a learner's home."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from lms.courses import due
from lms.courses.activities import Activity
from lms.courses.due import Due, Row
from lms.courses.models import Enrolment
from lms.courses.queries import Standing
from lms.quizzes.models import Attempt, QuizOverride, QuizWindow
from lms.quizzes.provider import PREFIX, key_of
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.quizzes.rules.settings import QuizSettings
from lms.quizzes.services.terms import Held
from lms.web.i18n import current_locale, format_datetime
from lms.web.i18n import gettext as _

_WINDOW, _OWN, _GROUP, _OPEN = "quiz:window", "quiz:own", "quiz:group", "quiz:open"
_RULES: Final = QuizSettings()  # dates stand beside a quiz's own rules, never among them


class QuizDates:
    """Answers what a learner's home asks of quizzes."""

    def rows(self) -> Sequence[sa.Select[*tuple[Any, ...]]]:
        """Select the dates of editions, what people and groups were granted, what runs out."""
        windows = (
            sa.select(
                Enrolment.id,
                sa.literal(_WINDOW),
                QuizWindow.quiz_id,
                QuizWindow.opens_at,
                QuizWindow.closes_at,
                due.NO_TEXT,
                due.NO_TEXT,
            )
            .join(QuizWindow, QuizWindow.edition_id == Enrolment.edition_id)
            .where(Enrolment.id.in_(due.PLACES))
        )
        granted = (
            sa.select(
                Enrolment.id,
                sa.case((QuizOverride.enrolment_id.is_not(None), _OWN), else_=_GROUP),
                QuizOverride.quiz_id,
                due.NO_TIME,
                due.NO_TIME,
                due.NO_TEXT,
                sa.cast(QuizOverride.terms, sa.String),
            )
            .join(
                QuizOverride,
                QuizOverride.concerns(),
            )
            .where(Enrolment.id.in_(due.PLACES), QuizOverride.taken_back_at.is_(None))
        )
        running = sa.select(
            Attempt.enrolment_id,
            sa.literal(_OPEN),
            Attempt.quiz_id,
            due.NO_TIME,
            Attempt.due_at,
            due.NO_TEXT,
            due.NO_TEXT,
        ).where(
            Attempt.enrolment_id.in_(due.PLACES),
            Attempt.state == AttemptState.OPEN,
            Attempt.due_at > due.NOW,
        )
        return windows, granted, running

    def tell(self, standing: Standing, rows: Sequence[Row], now: datetime) -> list[Due]:
        """Say of each quiz that is not done until when it may be taken, or from when on."""
        held: dict[str, Held] = {}
        running: dict[str, datetime] = {}
        for row in rows:
            if not row.source.startswith(PREFIX):
                continue
            key = key_of(row.number)
            if row.source == _OPEN:
                assert row.until is not None
                running[key] = row.until
                continue
            mine = held.setdefault(key, Held())
            if row.source == _WINDOW:
                mine.opens_at, mine.closes_at = row.at, row.until
            else:
                mine.add(json.loads(row.note or "{}"), is_own=row.source == _OWN)
        told = []
        for activity in standing.outline.activities:
            if activity.key in running:
                told.append(_running(activity, running[activity.key]))
            elif activity.key in held and not standing.is_done(activity):
                found = _told(activity, held[activity.key], now)
                told += [found] if found else []
        return told


def _running(activity: Activity, until: datetime) -> Due:
    said = _("begun; it can be submitted until %(when)s", when=format_datetime(until))
    return Due(until, activity.title(current_locale()), said, activity.href, "quiz")


def _told(activity: Activity, held: Held, now: datetime) -> Due | None:
    terms = held.terms(_RULES)
    title = activity.title(current_locale())
    if terms.opens_at and terms.opens_at > now:
        said = _("opens on %(when)s", when=format_datetime(terms.opens_at))
        return Due(terms.opens_at, title, said, activity.href, "quiz")
    if terms.closes_at is None:
        return None
    if terms.closes_at <= now:
        said = _(
            "closed on %(when)s; your trainer can open it", when=format_datetime(terms.closes_at)
        )
        return Due(terms.closes_at, title, said, activity.href, "quiz", is_late=True)
    said = _("to be taken until %(when)s", when=format_datetime(terms.closes_at))
    return Due(terms.closes_at, title, said, activity.href, "quiz")
