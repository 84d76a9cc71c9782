"""Versions of a quiz: a new one only where its rules, its questions or its sections differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from lms import db
from lms.quizzes.exchange.quiz_file import Section, slot_of
from lms.quizzes.models import Quiz, QuizQuestion, QuizVersion
from lms.quizzes.rules.sections import dump_sections, parse_sections
from lms.quizzes.rules.settings import QuizSettings, dump_settings
from lms.quizzes.services.prepared import is_enough_for

Asked = tuple[int, str | None, int]  # a question's version, its slot and its section


class Listed(NamedTuple):
    """A question in a quiz's file: its slot, the version it stays with, its section."""

    content_id: str
    slot: str | None = None
    pinned: int | None = None
    section: int = 0


@dataclass(frozen=True)
class Made:
    """What a version of a quiz is made of."""

    settings: QuizSettings
    asked: tuple[Asked, ...]
    sections: tuple[Section, ...] = ()


def renew(quiz: Quiz, made: Made, *, by: int | None, now: datetime) -> bool:
    """Make a new version where rules or questions differ; publish the quiz while it has enough."""
    session = db.session()
    dumped, sections = dump_settings(made.settings), dump_sections(made.sections)
    current = session.get(QuizVersion, quiz.current_version_id) if quiz.current_version_id else None
    is_renewed = (
        current is None
        or current.settings != dumped
        or list(current.sections) != sections
        or asked_in(current) != made.asked
    )
    if is_renewed:
        version = QuizVersion(
            quiz_id=quiz.id,
            number=1 if current is None else current.number + 1,
            settings=dumped,
            has_draws=bool(made.settings.draws),
            sections=sections,
            created_at=now,
            created_by_id=by,
        )
        version.questions = [
            QuizQuestion(
                position=position, question_version_id=version_id, slot=slot, section=section
            )
            for position, (version_id, slot, section) in enumerate(made.asked, 1)
        ]
        session.add(version)
        session.flush()  # the quiz points to its version
        quiz.current_version_id = version.id
    is_enough = is_enough_for(
        made.settings, (slot_of(str(version_id), slot) for version_id, slot, _at in made.asked)
    )
    if is_enough and quiz.published_at is None:
        quiz.published_at = now
    elif not is_enough and quiz.published_at is not None:
        quiz.published_at = None
    return is_renewed


def renew_settings(quiz: Quiz, settings: QuizSettings, *, by: int | None, now: datetime) -> bool:
    """Give a quiz other rules over the same questions; True where a version was made."""
    current = db.session().get(QuizVersion, quiz.current_version_id)
    asked = asked_in(current) if current is not None else ()
    sections = parse_sections(current.sections) if current is not None else ()
    return renew(quiz, Made(settings, asked, sections), by=by, now=now)


def asked_in(version: QuizVersion) -> tuple[Asked, ...]:
    """Return what a version asks, in order."""
    return tuple((q.question_version_id, q.slot, q.section) for q in version.questions)
