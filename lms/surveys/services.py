"""What can be done with a questionnaire: submit it once, let complete groups out, store a file's.

No act of this package is recorded with what was answered; that somebody has submitted stands in
`survey_submissions` and nowhere else.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.models import Edition
from lms.courses.services import progress
from lms.surveys import key_files, queries, sealing
from lms.surveys.grouping import GROUP, part
from lms.surveys.models import (
    Survey,
    SurveyAnswer,
    SurveyBox,
    SurveySubmission,
    SurveyVersion,
)
from lms.surveys.questions import Answers, Questionnaire, dump

_chance = secrets.SystemRandom()


def submit(
    enrolment_id: int, version: SurveyVersion, answers: Answers, *, now: datetime, zone: str
) -> bool:
    """Note that the questionnaire was submitted, and put its answers where nobody is named.

    False, with nothing changed, where it was submitted before: a second click is one submission.
    """
    session = db.session()
    enrolment = progress.locked_enrolment(enrolment_id)
    if queries.submitted_on(enrolment_id, version.survey_id) is not None:
        return False
    today = now.astimezone(ZoneInfo(zone)).date()
    session.add(
        SurveySubmission(enrolment_id=enrolment_id, survey_id=version.survey_id, submitted_on=today)
    )
    box = _locked_box(enrolment.edition_id, version.id)
    ends_on = session.scalar(sa.select(Edition.ends_on).where(Edition.id == enrolment.edition_id))
    _put(box, answers, is_closed=ends_on is not None and ends_on < today)
    session.flush()  # the review reads that it was submitted
    progress.review_completion(enrolment, now=now)
    return True


# The box ---------------------------------------------------------------------------------------


def _locked_box(edition_id: int, version_id: int) -> SurveyBox:
    """Return the edition's box for a version under its lock; made where there is none."""
    if db.session().get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    db.session().execute(
        insert(SurveyBox)
        .values(edition_id=edition_id, version_id=version_id, sealed=b"")
        .on_conflict_do_nothing()
    )
    statement = sa.select(SurveyBox).where(
        SurveyBox.edition_id == edition_id, SurveyBox.version_id == version_id
    )
    return db.session().scalars(statement.with_for_update()).one()


def _opened(box: SurveyBox) -> list[Answers]:
    """Return what waits in a box; what can't be opened any more is counted as lost."""
    if not box.waiting:
        return []
    key = key_files.read(box.key_name)
    if key is None:  # a restored backup: it never holds keys
        box.lost += box.waiting
        return []
    return sealing.unseal(box.sealed, key)


def _put(box: SurveyBox, more: Answers | None, *, is_closed: bool) -> None:
    """Add an answer to those that wait, let out whoever may leave, seal the rest anew."""
    waiting = _opened(box)
    if more is not None:
        waiting.append(more)
    _chance.shuffle(waiting)
    leaving, staying = part(waiting, is_closed=is_closed)
    if leaving:
        _let_out(box, leaving)
    old_key = box.key_name
    box.waiting, box.key_name, box.sealed = len(staying), "", b""
    if staying:
        box.key_name, key = key_files.make()
        box.sealed = sealing.seal(staying, key)
    db.after_commit(lambda: key_files.destroy(old_key))


def _let_out(box: SurveyBox, leaving: Iterable[Answers]) -> None:
    """Add a group to the edition's answers; all of them are written anew, in random order.

    So no row's version, key or place tells which group it came with.
    """
    session = db.session()
    kept = session.execute(
        sa.delete(SurveyAnswer)
        .where(SurveyAnswer.edition_id == box.edition_id)
        .returning(SurveyAnswer.version_id, SurveyAnswer.answers)
    )
    rows: list[dict[str, Any]] = [_row(box.edition_id, row[0], row[1]) for row in kept]
    rows += [_row(box.edition_id, box.version_id, answers) for answers in leaving]
    _chance.shuffle(rows)
    session.execute(sa.insert(SurveyAnswer), rows)


def _row(edition_id: int, version_id: int, answers: Answers) -> dict[str, Any]:
    return {
        "key": secrets.token_hex(16),
        "edition_id": edition_id,
        "version_id": version_id,
        "answers": dict(answers),
    }


def settled_ids(today: date) -> list[int]:
    """Return the boxes that get no more answers and hold enough to be let out.

    The edition has ended, or the questionnaire is asked in a newer version.
    """
    newer = sa.orm.aliased(SurveyVersion)
    statement = (
        sa.select(SurveyBox.id)
        .join(Edition, Edition.id == SurveyBox.edition_id)
        .join(SurveyVersion, SurveyVersion.id == SurveyBox.version_id)
        .where(
            SurveyBox.waiting >= GROUP,
            sa.or_(
                Edition.ends_on < today,
                sa.exists().where(
                    newer.survey_id == SurveyVersion.survey_id,
                    newer.number > SurveyVersion.number,
                ),
            ),
        )
    )
    return list(db.session().scalars(statement))


def settle(box_id: int) -> None:
    """Let out all that waits in a box that gets no more answers."""
    statement = sa.select(SurveyBox).where(SurveyBox.id == box_id).with_for_update()
    box = db.session().scalars(statement).one_or_none()
    if box is None or box.waiting < GROUP or key_files.read(box.key_name) is None:
        return  # without its key a box is left as it is: only whoever submits next gives it up
    _put(box, None, is_closed=True)


def destroy_stray_keys(*, now: datetime) -> int:
    """Destroy keys that a transaction left behind which never came to its end."""
    named = db.session().scalars(sa.select(SurveyBox.key_name).where(SurveyBox.key_name != ""))
    return key_files.destroy_strays(frozenset(named), now=now)


# The file --------------------------------------------------------------------------------------


def store_questionnaire(course_id: int, questionnaire: Questionnaire, *, now: datetime) -> None:
    """Store a course's questionnaire: in place while nobody has answered it, else as a version."""
    session = db.session()
    survey = session.scalars(
        sa.select(Survey).where(
            Survey.course_id == course_id, Survey.content_id == questionnaire.id
        )
    ).one_or_none()
    if survey is None:
        survey = Survey(course_id=course_id, content_id=questionnaire.id)
        session.add(survey)
    survey.title_ro, survey.title_en = questionnaire.title["ro"], questionnaire.title["en"]
    survey.withdrawn_at = None
    session.flush()  # versions need its id
    newest = queries.newest_version(survey.id, locked=True)
    content = dump(questionnaire)
    if newest is not None and newest.content == content:
        return
    if newest is not None and not queries.is_answered(newest.id):
        newest.content = content
        return
    number = newest.number + 1 if newest is not None else 1
    session.add(SurveyVersion(survey_id=survey.id, number=number, content=content, created_at=now))


def withdraw_questionnaires(course_id: int, *, but: str, now: datetime) -> None:
    """Take a course's other questionnaires away; what was answered stays."""
    db.session().execute(
        sa.update(Survey)
        .where(
            Survey.course_id == course_id,
            Survey.content_id != but,
            Survey.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )


def record_export(subject: Any, course_id: int, *, by: int, kind: str, rows: int) -> None:
    """Record that figures and texts were handed out as a file."""
    record("survey.exported", by=by, on=subject, course_id=course_id, kind=kind, rows=rows)
