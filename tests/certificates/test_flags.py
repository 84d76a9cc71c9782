"""Rules and grades change after a certificate: it is flagged for the registrar, never revoked."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from lms import clock, db
from lms.audit.models import AuditEntry
from lms.certificates import flags, issuing, register, traces
from lms.certificates.models import Award, Certificate, CertificateFlag
from lms.certificates.states import CertificateState, FlagOutcome
from lms.courses.models import (
    Completion,
    CompletionCondition,
    ConditionKind,
    Edition,
    Enrolment,
    Lesson,
    LessonProgress,
)
from tests.cast import Cast, csrf
from tests.certificates.certify import issued, stored
from tests.certificates.reading import text_of


def post(client: FlaskClient, path: str, **form: Any) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf(client), **form})


def earned(cast: Cast, part: str = "learner") -> int:
    """Read every lesson of a course that asks for its lessons alone, and get the certificate."""
    with cast.app.app_context(), db.writing() as session:
        edition = session.get_one(Edition, cast.edition_id)
        session.execute(
            sa.delete(CompletionCondition).where(
                CompletionCondition.course_id == edition.course_id,
                CompletionCondition.kind == ConditionKind.QUIZZES_PASSED,
            )
        )
        lessons = session.scalars(sa.select(Lesson).where(Lesson.course_id == edition.course_id))
        session.add_all(
            LessonProgress(
                enrolment_id=cast.enrolments[part],
                lesson_id=lesson.id,
                first_opened_at=clock.now(),
                last_active_at=clock.now(),
                read_at=clock.now(),
            )
            for lesson in lessons
        )
    certificate_id = issued(cast, part)
    with cast.app.app_context(), db.writing() as session:
        session.execute(
            sa.update(Completion)
            .where(Completion.enrolment_id == cast.enrolments[part])
            .values(evidence={"lessons_read": ["4", "4"]})
        )
    return certificate_id


def ask_for_hours(cast: Cast, hours: int = 12) -> None:
    """Change the course's rule: hours count from now on."""
    with cast.app.app_context(), db.writing() as session:
        edition = session.get_one(Edition, cast.edition_id)
        edition.hours_required = hours
        edition.course.version += 1  # what is kept of the outline is read anew
        asked = sa.select(CompletionCondition.id).where(
            CompletionCondition.course_id == edition.course_id,
            CompletionCondition.kind == ConditionKind.HOURS_ATTENDED,
        )
        if session.scalar(asked) is None:
            session.add(
                CompletionCondition(
                    course_id=edition.course_id,
                    position=3,
                    kind=ConditionKind.HOURS_ATTENDED,
                    parameters={},
                )
            )


def look(cast: Cast) -> list[flags.Flagged]:
    with cast.app.app_context():
        flags.review_all()
        found = flags.flagged_of(cast.edition_id)
        db.end_reading()
    return found


def outcomes(cast: Cast) -> list[FlagOutcome | None]:
    with cast.app.app_context():
        return list(
            db.session().scalars(sa.select(CertificateFlag.outcome).order_by(CertificateFlag.id))
        )


def test_while_all_is_met_nothing_is_flagged(cast: Cast) -> None:
    earned(cast)
    assert look(cast) == []


def test_a_changed_rule_flags_and_takes_nothing_back(cast: Cast) -> None:
    certificate_id = earned(cast)
    ask_for_hours(cast)
    (flagged,) = look(cast)
    assert look(cast) == [flagged], "flagged once"
    assert flagged.missing == (flags.Missing("hours_attended", "0.00", "12.00"),)
    with stored(cast, certificate_id) as certificate:
        assert certificate.state is CertificateState.VALID
        acts = db.session().scalars(sa.select(AuditEntry.action)).all()
    assert acts.count("certificate.flagged") == 1
    registrar = cast.client("registrar")
    page = registrar.get("/editions/e1/certificates").get_data(as_text=True)
    assert "De verificat" in page
    assert "Ore de prezență: 0 din 12 azi; atunci nu se cerea." in page
    page = registrar.get(f"/certificates/{certificate_id}").get_data(as_text=True)
    assert "De verificat: azi nu ar mai fi obținut" in page
    own = cast.client("learner").get(f"/certificates/{certificate_id}").get_data(as_text=True)
    assert "De verificat" not in own


def test_what_was_read_and_is_so_no_longer_says_then_and_now(cast: Cast) -> None:
    earned(cast)
    with cast.app.app_context(), db.writing() as session:
        session.execute(sa.update(LessonProgress).values(read_at=None))
    look(cast)
    page = cast.client("registrar").get("/editions/e1/certificates").get_data(as_text=True)
    assert "Lecții citite: 0 din 4 azi, 4 din 4 la data obținerii." in page


def test_kept_with_a_reason_it_is_not_asked_again_but_for_more(cast: Cast) -> None:
    earned(cast)
    ask_for_hours(cast)
    (flagged,) = look(cast)
    registrar = cast.client("registrar")
    kept = "/editions/e1/certificates/kept"
    assert post(registrar, kept, flag=flagged.flag_id, reason="").status_code == 422
    assert post(registrar, kept, reason="Fără bifă").status_code == 302
    assert outcomes(cast) == [None]
    for _twice in range(2):
        answer = post(registrar, kept, flag=flagged.flag_id, reason="Regula e mai nouă")
        assert answer.status_code == 302
    assert outcomes(cast) == [FlagOutcome.KEPT]
    assert look(cast) == []
    ask_for_hours(cast, 15)
    assert len(look(cast)) == 1
    with cast.app.app_context():
        acts = db.session().scalars(sa.select(AuditEntry.action)).all()
    assert list(acts).count("certificate.kept") == 1


def test_a_persons_own_data_holds_what_was_doubted_and_decided(cast: Cast) -> None:
    earned(cast)
    ask_for_hours(cast)
    (flagged,) = look(cast)
    kept = "/editions/e1/certificates/kept"
    post(cast.client("registrar"), kept, flag=flagged.flag_id, reason="Regula e mai nouă")
    with cast.app.app_context():
        (told,) = traces.export(cast.persons["learner"]).values["flags"]
        assert traces.export(cast.persons["classmate"]).values["flags"] == []
    assert (told["outcome"], told["reason"]) == ("kept", "Regula e mai nouă")
    assert told["not_met"][0][0] == "hours_attended"
    assert set(told) == {"number", "raised_at", "not_met", "closed_at", "outcome", "reason"}


def test_what_is_met_again_closes_by_itself(cast: Cast) -> None:
    earned(cast)
    ask_for_hours(cast)
    assert len(look(cast)) == 1
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Enrolment, cast.enrolments["learner"]).hours_attended = 12
    assert look(cast) == []
    assert outcomes(cast) == [FlagOutcome.CLEARED]


def test_revoking_or_correcting_decides_it(cast: Cast) -> None:
    first, second = earned(cast), earned(cast, "classmate")
    ask_for_hours(cast)
    assert len(look(cast)) == 2
    with cast.app.app_context():
        with db.writing() as session:
            row = session.get_one(Certificate, first)
            register.revoke(row, by=None, reason="Ore lipsă", now=clock.now())
        with db.writing() as session:
            row = session.get_one(Certificate, second)
            place = session.get_one(Enrolment, row.enrolment_id)
            new_id = register.supersede(row, place, by=None, reason="X", now=clock.now()).id
        issuing.finish(new_id)
    assert outcomes(cast) == [FlagOutcome.REVOKED, FlagOutcome.CORRECTED]


def test_the_auditor_sees_and_does_not_decide(cast: Cast) -> None:
    earned(cast)
    ask_for_hours(cast)
    (flagged,) = look(cast)
    auditor = cast.client("auditor")
    page = auditor.get("/editions/e1/certificates").get_data(as_text=True)
    assert "De verificat" in page
    assert 'name="flag"' not in page
    answer = post(
        auditor, "/editions/e1/certificates/kept", flag=flagged.flag_id, reason="Eu hotărăsc"
    )
    assert answer.status_code == 403
    assert outcomes(cast) == [None]


def test_nobody_decides_on_the_own_certificate(cast: Cast) -> None:
    earned(cast)
    ask_for_hours(cast)
    (flagged,) = look(cast)
    with cast.app.app_context(), db.writing():
        count = flags.keep_all(
            [flagged.flag_id], cast.edition_id, by=cast.persons["learner"], reason="Al meu"
        )
    assert count == 0


def test_another_editions_flags_are_not_touched(cast: Cast) -> None:
    earned(cast)
    ask_for_hours(cast)
    (flagged,) = look(cast)
    with cast.app.app_context(), db.writing():
        assert flags.keep_all([flagged.flag_id], cast.edition_id + 1, by=1, reason="X") == 0


# One valid certificate, by constraint ----------------------------------------------------------


def copied(session: sa.orm.Session, certificate_id: int, state: str, **more: Any) -> None:
    """Insert a certificate's row once more by plain SQL, under another number."""
    columns = [c.name for c in Certificate.__table__.columns if c.name != "id"]
    values = {
        "state": f"'{state}'",
        "serial": "serial + 100",
        "number": "'TST-X'",
        "code": "'X'",
        "status_index": "NULL",
        "supersedes_id": "NULL",
        **more,
    }
    picked = ", ".join(values.get(name, name) for name in columns)
    session.execute(
        sa.text(
            f"INSERT INTO certificates (id, {', '.join(columns)}) "
            f"SELECT 999, {picked} FROM certificates WHERE id = {certificate_id}"
        )
    )


@pytest.mark.parametrize("state", ["valid", "reserved"])
def test_the_database_refuses_a_second_standing_certificate(cast: Cast, state: str) -> None:
    certificate_id = issued(cast)
    with cast.app.app_context(), pytest.raises(IntegrityError), db.writing() as session:
        copied(session, certificate_id, state)


@pytest.mark.parametrize("state", ["revoked", "superseded", "void"])
def test_beside_those_that_ended_there_may_be_one_that_stands(cast: Cast, state: str) -> None:
    certificate_id = issued(cast)
    with cast.app.app_context(), db.writing() as session:
        copied(session, certificate_id, state)


def test_the_database_refuses_a_number_twice(cast: Cast) -> None:
    certificate_id = issued(cast)
    with cast.app.app_context(), pytest.raises(IntegrityError), db.writing() as session:
        copied(session, certificate_id, "revoked", serial="serial")


def test_the_database_refuses_a_second_place_and_a_second_award(cast: Cast) -> None:
    issued(cast)
    with cast.app.app_context():
        with pytest.raises(IntegrityError), db.writing() as session:
            session.add(Award(edition_id=cast.edition_id, module_id=None))
        with pytest.raises(IntegrityError), db.writing() as session:
            session.add(
                Enrolment(
                    person_id=cast.persons["learner"],
                    edition_id=cast.edition_id,
                    enrolled_at=clock.now(),
                    hours_attended=0,
                )
            )


def test_the_register_is_taken_as_a_list_to_sign(cast: Cast) -> None:
    issued(cast)
    answer = cast.client("registrar").get("/register/export.pdf")
    assert answer.mimetype == "application/pdf"
    text = " ".join(text_of(answer.data).split())
    for word in ("Registrul certificatelor", "TST-", "Semnătur", "Întocmit de"):
        assert word in text, text
