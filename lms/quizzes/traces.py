"""Attempts at tests: handed out with their answers; erased, the marks alone stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import current_app
from markupsafe import Markup

from lms import db
from lms.accounts.traces import Exported, plain_rows, register_trace
from lms.audit import services as audit
from lms.courses.traces import places_of
from lms.files import services as files
from lms.files import store
from lms.files.models import StoredFile
from lms.quizzes.forms.override_forms import words_of
from lms.quizzes.models import (
    Attempt,
    AttemptAllowance,
    AttemptItem,
    QuestionRevision,
    Quiz,
    QuizOverride,
    ResponseTry,
    ResponseVersion,
)
from lms.web.i18n import gettext as _


def _attempts(person_id: int) -> list[int]:
    return list(
        db.session().scalars(
            sa.select(Attempt.id).where(Attempt.enrolment_id.in_(places_of(person_id)))
        )
    )


def export(person_id: int) -> Exported:
    """Return attempts with every answer as it was saved, and extra attempts given."""
    attempts = (
        sa.select(
            Attempt.id.label("attempt"),
            Attempt.enrolment_id.label("place"),
            Quiz.title_ro.label("test"),
            Attempt.number,
            Attempt.state,
            Attempt.started_at,
            Attempt.submitted_at,
            Attempt.earned,
            Attempt.possible,
            Attempt.percent,
            Attempt.passed,
        )
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Attempt.enrolment_id.in_(places_of(person_id)))
        .order_by(Attempt.id)
    )
    allowances = (
        sa.select(Quiz.title_ro.label("test"), AttemptAllowance.reason, AttemptAllowance.granted_at)
        .join(Quiz, Quiz.id == AttemptAllowance.quiz_id)
        .where(AttemptAllowance.enrolment_id.in_(places_of(person_id)))
        .order_by(AttemptAllowance.id)
    )
    granted = (
        sa.select(
            Quiz.title_ro.label("test"),
            QuizOverride.terms,
            QuizOverride.reason,
            QuizOverride.granted_at,
            QuizOverride.taken_back_at,
        )
        .join(Quiz, Quiz.id == QuizOverride.quiz_id)
        .where(QuizOverride.enrolment_id.in_(places_of(person_id)))
        .order_by(QuizOverride.id)
    )
    return Exported(
        {
            "attempts": plain_rows(attempts),
            "answers": _answers(person_id),
            "extra_attempts": plain_rows(allowances),
            "other_terms": [
                {**row, "terms": ", ".join(words_of(row["terms"]))} for row in plain_rows(granted)
            ],
        },
        _files(person_id),
    )


def _of_answers(person_id: int) -> sa.ColumnElement[bool]:
    """Select the files handed in as answers, also those that others took the place of."""
    items = sa.select(AttemptItem.id).where(AttemptItem.attempt_id.in_(_attempts(person_id)))
    return sa.and_(
        StoredFile.owner_type == AttemptItem.__tablename__, StoredFile.owner_id.in_(items)
    )


def _files(person_id: int) -> dict[str, bytes]:
    """Return the files; their answers name them by their SHA-256."""
    statement = (
        sa.select(AttemptItem.attempt_id, AttemptItem.position, StoredFile.sha256, StoredFile.name)
        .join(AttemptItem, AttemptItem.id == StoredFile.owner_id)
        .where(_of_answers(person_id))
        .order_by(StoredFile.id)
    )
    folder = current_app.config["LMS"].folder("files")
    return {
        f"{attempt}-{position}-{sha256[:12]}-{name}": store.get(folder, sha256)
        for attempt, position, sha256, name in db.session().execute(statement)
    }


def _answers(person_id: int) -> list[dict[str, Any]]:
    statement = (
        sa.select(
            AttemptItem.attempt_id.label("attempt"),
            AttemptItem.position.label("question_number"),
            ResponseVersion.sequence,
            ResponseVersion.received_at,
            ResponseVersion.payload.label("answer"),
            QuestionRevision.payload.label("asked"),
        )
        .join(AttemptItem, AttemptItem.id == ResponseVersion.item_id)
        .join(QuestionRevision, QuestionRevision.id == ResponseVersion.revision_id)
        .where(AttemptItem.attempt_id.in_(_attempts(person_id)))
        .order_by(AttemptItem.attempt_id, AttemptItem.position, ResponseVersion.sequence)
    )
    rows = plain_rows(statement)
    return [{**row, "asked": _prompt(row["asked"])} for row in rows]


def _prompt(payload: Mapping[str, Any]) -> str:
    """Return a question's text alone: its key is nobody's data."""
    return Markup(payload.get("stem", "")).striptags()  # noqa: S704 -- only to take the tags off


def erase(person_id: int) -> Mapping[str, int]:
    """Remove the answers and the reasons; attempts keep their marks."""
    attempts, places = _attempts(person_id), places_of(person_id)
    items = sa.select(AttemptItem.id).where(AttemptItem.attempt_id.in_(attempts))
    answers = db.deleted(sa.delete(ResponseVersion).where(ResponseVersion.item_id.in_(items)))
    answers += db.deleted(sa.delete(ResponseTry).where(ResponseTry.item_id.in_(items)))
    handed_in = db.session().scalars(sa.select(StoredFile.id).where(_of_answers(person_id)))
    gone = files.forget(handed_in.all())
    given = sa.update(AttemptAllowance).where(AttemptAllowance.enrolment_id.in_(places))
    db.deleted(given.values(reason=""))
    granted = sa.update(QuizOverride).where(QuizOverride.enrolment_id.in_(places))
    db.deleted(granted.values(reason=""))
    audit.erase_details("attempts", attempts)
    return {_("saved answers"): answers, _("files handed in"): gone}


def removes(_person_id: int) -> Sequence[str]:
    """Say what goes."""
    return [
        _(
            "Every answer to a test with its files, and the reasons for extra attempts and "
            "adjusted conditions."
        )
    ]


def keeps(person_id: int) -> Sequence[str]:
    """Say what stays, where there were attempts."""
    if not _attempts(person_id):
        return ()
    return [_("Without a name: the tests taken, with their dates and marks.")]


def register() -> None:
    """Tell the registry."""
    register_trace(
        "tests",
        lambda: _("Tests"),
        export=export,
        erase=erase,
        removes=removes,
        keeps=keeps,
        tables=(
            *("attempts", "attempt_items", "response_versions", "attempt_allowances"),
            *("response_tries", "quiz_overrides", "quiz_imports", "quiz_windows"),
            *("quiz_versions", "question_revisions"),
        ),
    )
