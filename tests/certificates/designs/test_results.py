"""Results on the annex: the best that counts in each module, and only where it is wanted."""

from __future__ import annotations

from decimal import Decimal

from lms import clock, db
from lms.certificates import drafting
from lms.certificates.designs.models import DesignChoice
from lms.courses.models import Edition, Enrolment
from lms.quizzes.models import Attempt, PaperResult, Quiz, QuizVersion
from tests.cast import Cast
from tests.certificates.certify import file_of, issued
from tests.certificates.reading import text_of


def take(cast: Cast) -> None:
    """Let the learner pass the first module's quiz twice here and fail once on paper."""
    now, by = clock.now(), cast.persons["registrar"]
    with cast.app.app_context(), db.writing() as session:
        quiz = Quiz(
            course_id=cast.course_id,
            module_id=cast.module_ids[0],
            content_id="q1",
            slug="q1",
            title_ro="Test",
            title_en="Test",
        )
        session.add(quiz)
        session.flush()
        version = QuizVersion(quiz_id=quiz.id, number=1, settings={}, created_at=now)
        session.add(version)
        session.flush()
        quiz.current_version_id = version.id
        place = {
            "enrolment_id": cast.enrolments["learner"],
            "quiz_id": quiz.id,
            "quiz_version_id": version.id,
        }
        for number, percent, passed in ((1, "70", True), (2, "92.46", True), (3, "99", False)):
            session.add(
                Attempt(
                    **place,
                    number=number,
                    seed=number,
                    state="submitted",
                    started_at=now,
                    submitted_at=now,
                    percent=Decimal(percent),
                    passed=passed,
                )
            )
        session.add(
            PaperResult(
                **place,
                taken_on=now.date(),
                place="Sala",
                percent=Decimal(100),
                passed=True,
                reason="x",
                recorded_at=now,
                recorded_by_id=by,
                revoked_at=now,
                revoked_by_id=by,
                revoke_reason="greșit",
            )
        )


def choose(cast: Cast, *, shows_results: bool) -> None:
    with cast.app.app_context(), db.writing() as session:
        edition = session.get_one(Edition, cast.edition_id)
        session.add(
            DesignChoice(
                programme_id=edition.programme_id,
                shipped="supplement",
                shows_results=shows_results,
                chosen_at=clock.now(),
                chosen_by_id=cast.persons["registrar"],
            )
        )


def results(cast: Cast) -> list[str]:
    with cast.app.app_context():
        enrolment = db.session().get_one(Enrolment, cast.enrolments["learner"])
        today = clock.now().date()
        document = drafting.draft(enrolment, None, issued_on=today, is_model=False)
        return [module.result for module in document.modules]


def test_without_the_programmes_word_no_result_is_printed(cast: Cast) -> None:
    take(cast)
    assert set(results(cast)) == {""}
    choose(cast, shows_results=False)
    assert set(results(cast)) == {""}


def test_the_best_passed_result_that_stands_is_printed(cast: Cast) -> None:
    take(cast)
    choose(cast, shows_results=True)
    assert results(cast) == ["92,5 %", ""]
    assert "Rezultat: 92,5 %" in text_of(file_of(cast, issued(cast)), 1)
