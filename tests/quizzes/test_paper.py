"""A quiz taken on paper: counts like an attempt, is none, and says so wherever it stands."""

from __future__ import annotations

import io
import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from bench.in_process import statements
from lms import db
from lms.accounts.traces import TRACES
from lms.audit.models import AuditEntry
from lms.courses import queries as course_queries
from lms.courses.models import Completion, CompletionCondition, ConditionKind, SubjectKind
from lms.courses.services.progress import locked_enrolment
from lms.files.models import StoredFile
from lms.quizzes import queries
from lms.quizzes.errors import PaperInFuture, PaperTwice
from lms.quizzes.models import Attempt, PaperResult, Quiz, QuizPlace
from lms.quizzes.paper.paper_score import ScoreFault, ScoreRefused, read_score
from lms.quizzes.services import paper as services
from lms.quizzes.services.paper import PaperData
from lms.safety.sheets import read_table
from tests.access.samples import PNG
from tests.cast import csrf
from tests.factories import make_quiz

NOW = datetime(2026, 5, 14, 9, 0, tzinfo=UTC)
DAY = date(2026, 5, 14)
QUIZ = "/courses/curs/quizzes/proba"
FORM = {
    "taken_on": "2026-05-14",
    "place": "Sala de consiliu",
    "earned": "8",
    "possible": "10",
    "reason": "în sală nu a fost rețea",
}


@pytest.fixture
def quiz_id(app, cast):
    with app.app_context(), db.writing():
        return make_quiz(cast.module_ids[0], pass_mark=70)


def post(client, path, **data):
    return client.post(path, data={"csrf_token": csrf(client), **data})


def write(cast, quiz_id, *, part="learner", **more):
    given = {"percent": Decimal(80), "taken_on": DAY, "place": "Sala", "reason": "rețea", **more}
    with cast.app.app_context(), db.writing() as session:
        place = locked_enrolment(cast.enrolments[part])
        quiz = session.get_one(Quiz, quiz_id)
        return services.record_paper(
            place, quiz, PaperData(**given), by=cast.persons["registrar"], now=NOW, today=DAY
        ).id


def standing(cast, part="learner"):
    with cast.app.app_context():
        return course_queries.standing_of(course_queries.place_by_id(cast.enrolments[part]))


def state(cast, quiz_id, part="learner"):
    return standing(cast, part).states.get(f"quiz:{quiz_id}")


def papers(cast):
    with cast.app.app_context():
        return list(db.session().scalars(sa.select(PaperResult).order_by(PaperResult.id)))


def where(cast, quiz_id, part="learner"):
    return f"/enrolments/{cast.enrolments[part]}/quizzes/{quiz_id}/paper"


# The result as it is typed ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        (("", "", ""), ScoreFault.MISSING),
        (("8", "", ""), ScoreFault.HALF),
        (("", "10", ""), ScoreFault.HALF),
        (("8", "10", "80"), ScoreFault.BOTH),
        (("opt", "10", ""), ScoreFault.NOT_A_NUMBER),
        (("11", "10", ""), ScoreFault.MORE_THAN_ALL),
        (("0", "0", ""), ScoreFault.MORE_THAN_ALL),
        (("", "", "101"), ScoreFault.MORE_THAN_ALL),
        (("-1", "10", ""), ScoreFault.NOT_A_NUMBER),
    ],
)
def test_what_is_no_result_is_refused(typed, fault):
    with pytest.raises(ScoreRefused) as refused:
        read_score(*typed)
    assert refused.value.fault is fault


def test_a_result_is_points_of_possible_or_per_cent():
    assert read_score("7,5", "10", "").earned == Decimal("7.5")
    assert read_score("", "", "66,67 %").percent == Decimal("66.67")


# Counting --------------------------------------------------------------------------------------


def test_a_paper_passes_the_quiz_and_is_no_attempt(cast, quiz_id):
    write(cast, quiz_id, percent=None, earned=Decimal(7), possible=Decimal(10))
    found = state(cast, quiz_id)
    assert (found.is_done, found.percent, found.is_on_paper) == (True, Decimal(70), True)
    with cast.app.app_context():
        assert db.session().scalars(sa.select(Attempt)).all() == []
        assert queries.attempts_of(cast.enrolments["learner"]) == []


def test_a_hair_under_the_mark_is_not_passed_whatever_the_rounding(cast, quiz_id):
    write(cast, quiz_id, percent=None, earned=Decimal("69.996"), possible=Decimal(100))
    (held,) = papers(cast)
    assert held.percent == Decimal("69.99")
    assert held.passed is False
    assert not state(cast, quiz_id).is_done


def test_what_is_completed_by_it_says_on_what_it_rests(cast, quiz_id):
    with cast.app.app_context(), db.writing() as session:
        session.execute(sa.delete(CompletionCondition).filter_by(course_id=cast.course_id))
        session.add(
            CompletionCondition(
                course_id=cast.course_id,
                position=1,
                kind=ConditionKind.QUIZZES_PASSED,
                parameters={},
            )
        )
    write(cast, quiz_id)
    with cast.app.app_context():
        rows = db.session().scalars(
            sa.select(Completion).where(Completion.kind != SubjectKind.LESSON)
        )
        evidence = {row.kind: row.evidence for row in rows}
    assert evidence[SubjectKind.MODULE]["on_paper"] == [f"quiz:{quiz_id}"]
    assert evidence[SubjectKind.COURSE]["on_paper"] == [f"quiz:{quiz_id}"]


def test_a_revoked_paper_no_longer_counts_and_what_was_earned_stays(cast, quiz_id):
    with cast.app.app_context(), db.writing() as session:
        session.execute(sa.delete(CompletionCondition).filter_by(course_id=cast.course_id))
        session.add(
            CompletionCondition(
                course_id=cast.course_id,
                position=1,
                kind=ConditionKind.QUIZZES_PASSED,
                parameters={},
            )
        )
    result_id = write(cast, quiz_id)
    client = cast.client("trainer")
    post(client, f"/paper-results/{result_id}/revoke", reason="")
    assert papers(cast)[0].revoked_at is None
    post(client, f"/paper-results/{result_id}/revoke", reason="altcineva a scris")
    post(client, f"/paper-results/{result_id}/revoke", reason="a doua oară")
    (held,) = papers(cast)
    assert held.revoke_reason == "altcineva a scris"
    assert state(cast, quiz_id) is None
    assert standing(cast).completed_at is not None
    assert "altcineva a scris" in client.get(f"/paper-results/{result_id}").text
    write(cast, quiz_id)  # the same day can be written down anew


def test_the_best_result_counts_and_says_which_it_is(cast, quiz_id):
    from tests.quizzes.test_course_tests import take

    write(cast, quiz_id, percent=Decimal(60))
    assert state(cast, quiz_id).is_on_paper
    take(cast.app, cast.client("learner"), QUIZ, right=5)
    found = state(cast, quiz_id)
    assert (found.percent, found.is_on_paper, found.is_done) == (Decimal(100), False, True)


def test_a_day_ahead_and_a_second_paper_of_a_day_are_refused(cast, quiz_id):
    with pytest.raises(PaperInFuture):
        write(cast, quiz_id, taken_on=date(2026, 5, 15))
    first = write(cast, quiz_id)
    with pytest.raises(PaperTwice) as refused:
        write(cast, quiz_id, percent=Decimal(90))
    assert refused.value.result_id == first
    write(cast, quiz_id, taken_on=date(2026, 5, 13))
    assert len(papers(cast)) == 2


def test_two_people_at_once_write_one_result(cast, quiz_id):
    outcomes, start = [], threading.Barrier(2)

    def go() -> None:
        start.wait()
        try:
            outcomes.append(write(cast, quiz_id))
        except PaperTwice:
            outcomes.append("twice")

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("twice") == 1
    assert len(papers(cast)) == 1


def test_tests_of_the_whole_course_can_be_taken_on_paper(cast):
    with cast.app.app_context(), db.writing():
        course = {"course_id": cast.course_id, "attempts": 1}
        first = make_quiz(None, slug="t1", place=QuizPlace.START, pass_mark="none", **course)
        last = make_quiz(None, slug="t2", place=QuizPlace.END, pass_mark="none", **course)
    client = cast.client("learner")
    write(cast, first, percent=Decimal(40))
    page = client.get("/courses/curs/quizzes/t1").text
    assert "Dat pe hârtie" in page
    assert "40" not in BeautifulSoup(page, "html.parser").find("main").text, "until the last one"
    assert "/start" not in page
    assert post(client, "/courses/curs/quizzes/t1/start").location.endswith("/t1")
    assert papers(cast)[0].passed is None
    write(cast, last, percent=Decimal(75))
    assert "40 %" in client.get("/courses/curs/quizzes/t1").text.replace("\xa0", " ")
    course_page = client.get("/courses/curs").text
    assert course_page.count("pe hârtie") >= 1


# The pages -------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["trainer", "registrar"])
def test_it_is_written_down_with_its_scan_and_shown_as_on_paper(cast, quiz_id, part):
    client = cast.client(part)
    assert client.get(where(cast, quiz_id)).status_code == 200
    sent = post(client, where(cast, quiz_id), **FORM, scan=(io.BytesIO(PNG), "test.png"))
    assert sent.status_code == 303
    page = client.get(sent.location).text
    assert "80 %" in page.replace("\xa0", " ")
    assert "8 din 10" in page
    assert "test.png" in page
    person = client.get(f"/participants/{cast.enrolments['learner']}").text
    assert "pe hârtie, 14.05.2026" in person
    learner = cast.client("learner")
    assert "pe hârtie" in learner.get(QUIZ).text
    assert "pe hârtie" in learner.get("/courses/curs").text
    with cast.app.app_context():
        (kept,) = db.session().scalars(sa.select(StoredFile)).all()
    scan = client.get(f"{sent.location}/scans/{kept.id}")
    assert scan.data == PNG
    assert scan.headers["Content-Disposition"].startswith("attachment")
    assert learner.get(f"{sent.location}/scans/{kept.id}").status_code == 403


def test_the_same_form_twice_is_one_result(cast, quiz_id):
    client = cast.client("registrar")
    first = post(client, where(cast, quiz_id), **FORM)
    second = post(client, where(cast, quiz_id), **FORM)
    assert first.location == second.location
    assert "deja consemnată" in client.get(second.location).text
    assert len(papers(cast)) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reason": ""}, "Completați acest câmp."),
        ({"place": ""}, "Completați acest câmp."),
        ({"taken_on": "2999-01-01"}, "Ziua este în viitor."),
        ({"earned": "11"}, "mai mare decât se poate obține"),
        ({"possible": ""}, "Scrieți amândouă"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written_down(cast, quiz_id, change, said):
    client = cast.client("registrar")
    answer = post(client, where(cast, quiz_id), **{**FORM, **change})
    assert answer.status_code == 422
    assert said in answer.text
    assert papers(cast) == []


def test_a_scan_that_is_none_keeps_all_back(cast, quiz_id):
    client = cast.client("registrar")
    sent = post(client, where(cast, quiz_id), **FORM, scan=(io.BytesIO(b"MZ"), "test.pdf"))
    assert sent.status_code == 422
    assert papers(cast) == []


def test_strangers_find_nothing_and_nobody_writes_their_own(cast, quiz_id):
    result_id = write(cast, quiz_id)
    for part in ("classmate", "learner_of_other", "trainer_of_other"):
        client = cast.client(part)
        assert client.get(f"/paper-results/{result_id}").status_code == 404
        assert post(client, where(cast, quiz_id), **FORM).status_code == 404
    assert post(cast.client("learner"), where(cast, quiz_id), **FORM).status_code == 403
    assert post(cast.client("auditor"), where(cast, quiz_id), **FORM).status_code == 403
    assert cast.client("auditor").get(f"/paper-results/{result_id}").status_code == 200


def test_a_quiz_of_another_course_is_a_missing_page(cast, quiz_id):
    client = cast.client("registrar")
    assert post(client, where(cast, quiz_id, "learner_of_other"), **FORM).status_code == 404


def test_a_persons_file_holds_their_papers(cast, quiz_id):
    write(cast, quiz_id)
    with cast.app.test_request_context():
        trace = TRACES["paper_results"]
        held = trace.export(cast.persons["learner"])
        assert held.values["results"][0]["percent"] == "80.00"
        assert len(trace.keeps(cast.persons["learner"])) == 1
        assert trace.keeps(cast.persons["classmate"]) == []


def test_the_tests_on_paper_of_an_edition_are_handed_out_and_that_is_recorded(cast, quiz_id):
    first = write(cast, quiz_id, reason="=fără rețea")
    write(cast, quiz_id, part="classmate", taken_on=date(2026, 5, 13))
    registrar = cast.client("registrar")
    post(registrar, f"/paper-results/{first}/revoke", reason="foaia altcuiva")
    page = registrar.get("/editions/e1/meetings").text
    assert "1 test dat pe hârtie" in page
    client = cast.client("trainer")
    for form in ("xlsx", "csv"):
        data = client.get(f"/editions/e1/paper-results.{form}").data
        table = read_table(data, f"p.{form}")
        found = [dict(zip(table.columns, row.cells, strict=False)) for row in table.rows]
        assert [row["Prenume"] for row in found] == ["Dan", "Maria"]
        assert found[1]["Motivul revocării"] == "foaia altcuiva"
        assert found[1]["Motiv"] == "=fără rețea"
        assert found[0]["Data"].startswith("2026-05-13")
    assert "'=fără rețea" in data.decode("utf-8-sig")
    with cast.app.app_context():
        acts = sa.select(AuditEntry.actor_id).where(AuditEntry.action == "paper_results.exported")
        assert db.session().scalars(acts).all() == [cast.persons["trainer"]] * 2


def test_a_list_of_tests_on_paper_asks_as_much_for_many_as_for_one(cast, quiz_id):
    client, asked = cast.client("registrar"), []
    write(cast, quiz_id)
    client.get("/editions/e1/paper-results.csv")
    for days in ((), range(1, 12)):
        for day in days:
            write(cast, quiz_id, taken_on=date(2026, 4, day))
        with statements(cast.app) as seen:
            client.get("/editions/e1/paper-results.csv")
        asked.append(len([s for s in seen if s.startswith("SELECT")]))
    assert asked[0] == asked[1]
