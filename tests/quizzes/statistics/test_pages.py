"""The trainer's pages of results and statistics: figures, lists, files; who may, how dear."""

from __future__ import annotations

import csv
import io
import time

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from openpyxl import load_workbook

from bench.in_process import statements
from lms import db
from lms.audit.models import AuditEntry
from lms.quizzes.corrections.proposal import Proposal
from lms.quizzes.corrections.standing import CorrectionKind
from lms.quizzes.models import Attempt, AttemptItem
from lms.quizzes.results.report import report_of
from lms.quizzes.results.scope import Scope, Which
from lms.quizzes.services import correcting
from tests.cast import EPOCH
from tests.factories import make_quiz
from tests.quizzes.statistics.made import make_attempts, single_choice_quiz

QUIZ = "/courses/curs/quizzes/proba"
PEOPLE = 36


@pytest.fixture
def taken(app, cast):
    with app.app_context(), db.writing():
        quiz_id = make_quiz(cast.module_ids[0], pass_mark="70")
        make_attempts(quiz_id, cast.edition_id, PEOPLE)
    return quiz_id


def page(client, path, **query):
    answer = client.get(path, query_string=query)
    assert answer.status_code == 200, path
    return BeautifulSoup(answer.text, "html.parser")


def sheet(client, path, **query):
    answer = client.get(path, query_string=query)
    assert answer.status_code == 200, path
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.data


def rows_of_csv(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))


def words(found) -> str:
    return " ".join(found.get_text(" ").split())


def part(found, name):
    """Find the part of a page under the heading of a name."""
    return found.find("h2", id=name).find_parent("section")


# Statistics.


def test_the_page_says_the_figures_and_a_line_for_each_question(app, cast, taken):
    found = page(cast.client("trainer"), f"{QUIZ}/statistics")
    assert "36 de încercări" in words(found)
    table = part(found, "questions").table
    assert len(table.tbody("tr")) == 5
    assert "Fidelitatea (alfa Cronbach)" in words(found)
    assert "ONG" in words(found)
    assert "Grupa A" in words(found)
    for drawn in found("svg", class_="plot"):
        assert drawn.title.text
        assert drawn.desc.text


def test_a_question_leads_to_its_answers(app, cast, taken):
    client = cast.client("trainer")
    found = page(client, f"{QUIZ}/statistics")
    link = part(found, "questions").tbody.find("a")
    one = page(client, link["href"])
    table = part(one, "answers").table
    options = [words(row.th) for row in table.tbody("tr")]
    assert len(options) == 3
    assert options[0] == "a) patru răspunsul corect"
    chosen = [
        int(row.find("td", attrs={"data-label": "Ales"}).text.split()[0])
        for row in table.tbody("tr")
    ]
    assert sum(chosen) == PEOPLE


def test_a_question_of_another_quiz_is_not_there(app, cast, taken):
    assert cast.client("trainer").get(f"{QUIZ}/statistics/999999").status_code == 404


def test_without_attempts_the_page_says_what_it_will_be_for(app, cast):
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0])
    client = cast.client("trainer")
    assert "Nicio încercare trimisă încă" in words(page(client, f"{QUIZ}/statistics"))
    assert "Nicio încercare încă" in words(page(client, f"{QUIZ}/attempts"))


def test_of_few_attempts_the_page_says_so_and_gives_no_advice(app, cast):
    with app.app_context(), db.writing():
        make_attempts(make_quiz(cast.module_ids[0]), cast.edition_id, 4)
    said = words(page(cast.client("trainer"), f"{QUIZ}/statistics"))
    assert "mai puțin de 10 încercări" in said
    assert said.count("prea puține răspunsuri") == 5


def test_what_waits_to_be_marked_is_counted_and_left_out(app, cast, taken):
    with app.app_context(), db.writing() as session:
        item = session.scalars(sa.select(AttemptItem).order_by(AttemptItem.id)).first()
        item.fraction = None
    said = words(page(cast.client("trainer"), f"{QUIZ}/statistics"))
    assert "1 încercare nu este socotită: ceva din ea așteaptă să fie notat." in said
    assert "35 de încercări" in said


def test_the_first_the_last_the_best_or_every_attempt_can_count(app, cast):
    with app.app_context(), db.writing() as session:
        quiz_id = make_quiz(cast.module_ids[0])
        made = make_attempts(quiz_id, cast.edition_id, 12, tries=3)
        results = {a.id: (a.enrolment_id, a.percent) for a in session.scalars(sa.select(Attempt))}
    client = cast.client("trainer")
    best: dict[int, object] = {}
    for attempt_id in made:
        place, percent = results[attempt_id]
        best[place] = max(best.get(place, percent), percent)
    mean = sum(best.values()) / 12 / 20  # of five points
    for which, count in (("first", 12), ("last", 12), ("best", 12), ("all", 36)):
        found = page(client, f"{QUIZ}/statistics", attempts=which)
        assert f"{count} de încercări" in words(found).replace("12 încercări", "12 de încercări")
        if which == "best":
            shown = found.find("dl", class_="figures").dd.text.split()[0]
            assert float(shown.replace(",", ".")) == pytest.approx(float(mean), abs=0.006)


@pytest.mark.parametrize("odd", ["x", "99999999999999999999", "-1", "'"])
def test_odd_choices_ask_for_nothing(app, cast, taken, odd):
    client = cast.client("trainer")
    query = {"edition": odd, "attempts": odd, "state": odd, "order": odd, "page": odd}
    assert "36 de încercări" in words(page(client, f"{QUIZ}/statistics", **query))
    listed = page(client, f"{QUIZ}/attempts", **query)
    assert words(listed) == words(page(client, f"{QUIZ}/attempts"))


def test_learners_are_refused_and_strangers_to_the_course_find_nothing(app, cast, taken):
    pages = ("statistics", "statistics.xlsx", "attempts", "attempts.csv", "attempts/answers.xlsx")
    for path in pages:
        assert cast.client("learner").get(f"{QUIZ}/{path}").status_code == 403
        assert cast.client("trainer_of_other").get(f"{QUIZ}/{path}").status_code == 404
        assert cast.client("auditor").get(f"{QUIZ}/{path}").status_code == 200


def test_the_workbook_has_the_test_the_questions_and_the_answers(app, cast, taken):
    client = cast.client("trainer")
    book = load_workbook(io.BytesIO(sheet(client, f"{QUIZ}/statistics.xlsx")))
    assert [s.title for s in book] == ["Test", "Întrebări", "Răspunsuri"]
    assert book["Întrebări"].max_row == 6
    lines = rows_of_csv(sheet(client, f"{QUIZ}/statistics.csv"))
    assert len(lines) == 6
    with app.app_context():
        acts = db.session().scalars(
            sa.select(AuditEntry).where(AuditEntry.action == "quiz.exported")
        )
        assert len(list(acts)) == 2


def test_a_question_left_out_by_a_correction_keeps_its_row_and_has_no_figures(app, cast, taken):
    with app.app_context():
        asked = list(
            db.session().execute(
                sa.select(AttemptItem.question_version_id, sa.func.count())
                .group_by(AttemptItem.question_version_id)
                .order_by(AttemptItem.question_version_id)
            )
        )
        proposal = Proposal(asked[0][0], CorrectionKind.QUESTION_LEFT_OUT)
        seen = correcting.look(proposal).seen
        db.end_reading()
        with db.writing():
            correcting.apply(
                proposal, reason="Prost pusă.", by=cast.persons["trainer"], seen=seen, now=EPOCH
            )
    client = cast.client("trainer")
    found = page(client, f"{QUIZ}/statistics")
    rows = part(found, "questions").tbody("tr")
    row = next(row for row in rows if "corectată între timp" in words(row))
    assert row.find("td", attrs={"data-label": "Răspuns corect"}).text == "—"
    assert "din 4" in words(found.find("dl", class_="figures"))
    assert "36 de încercări" in words(found)


# Attempts.


def test_the_list_is_narrowed_and_ordered_as_asked(app, cast, taken):
    client = cast.client("trainer")

    def names(**query):
        found = page(client, f"{QUIZ}/attempts", **query)
        return [row.th.a.text for row in found.select("table.table tbody tr")]

    everybody = names()
    assert len(everybody) == PEOPLE
    assert everybody == sorted(everybody)
    passed, failed = names(state="passed"), names(state="failed")
    assert len(passed) + len(failed) == PEOPLE
    assert not set(passed) & set(failed)
    assert names(search="plopilor") == [n for n in everybody if n in names(search="Primaria")]
    assert len(names(search="plopilor")) == PEOPLE // 2
    assert names(search="învățăcel aaaaj") == ["Învățăcel AAAAJ Ștefan"]
    assert names(search="nimeni de aici") == []
    with app.app_context():
        best = db.session().scalar(sa.select(sa.func.max(Attempt.percent)))
    first = page(client, f"{QUIZ}/attempts", order="result").select_one("table tbody tr")
    shown = first.find("td", attrs={"data-label": "Rezultat"}).text
    assert shown.split("\N{NO-BREAK SPACE}")[0].replace(",", ".") == format(best.normalize(), "f")


def test_an_open_attempt_stands_in_the_list_and_in_no_figure(app, cast, taken):
    from tests.quizzes.test_taking import start

    start(cast.client("learner"))
    client = cast.client("trainer")
    assert "37 de încercări" in words(page(client, f"{QUIZ}/attempts"))
    assert "în curs" in words(page(client, f"{QUIZ}/attempts", state="open"))
    assert "36 de încercări" in words(page(client, f"{QUIZ}/statistics"))


def test_the_answers_file_has_a_row_for_each_attempt_and_every_answer_in_words(app, cast, taken):
    lines = rows_of_csv(sheet(cast.client("trainer"), f"{QUIZ}/attempts/answers.csv"))
    assert len(lines) == PEOPLE + 1
    heads = lines[0]
    at = next(n for n, head in enumerate(heads) if head.startswith("proba-proba-1: "))
    assert {line[at] for line in lines[1:]} == {"patru", "trei"}
    assert {line[at + 1] for line in lines[1:]} == {"1", "0"}
    truth = next(n for n, head in enumerate(heads) if "Trei este par" in head)
    assert {line[truth] for line in lines[1:]} == {"Adevărat", "Fals"}


def test_nothing_in_a_file_is_a_formula(app, cast):
    text = "// [id:f-1]\nCât? {==1+1#Da.~\\=cmd|x}"
    with app.app_context(), db.writing():
        make_attempts(
            make_quiz(cast.module_ids[0], text=text.replace("==1", "=\\=1")), cast.edition_id, 6
        )
    client = cast.client("trainer")
    for path in ("attempts/answers", "statistics"):
        book = load_workbook(io.BytesIO(sheet(client, f"{QUIZ}/{path}.xlsx")))
        for one in book:
            assert all(cell.data_type != "f" for row in one.iter_rows() for cell in row)
    lines = rows_of_csv(sheet(client, f"{QUIZ}/attempts/answers.csv"))
    assert any(cell.startswith("'=") for line in lines for cell in line)
    assert not any(cell.startswith("=") for line in lines for cell in line)


@pytest.mark.parametrize(
    ("path", "most"),
    [("statistics", 12), ("attempts", 8), ("attempts/answers.csv", 19), ("statistics.csv", 19)],
)
def test_a_page_asks_the_database_so_often(app, cast, taken, path, most):
    client = cast.client("trainer")
    client.get(f"{QUIZ}/{path}")
    with statements(app) as seen:
        client.get(f"{QUIZ}/{path}")
    assert len(seen) <= most, seen


def test_many_attempts_cost_no_more_statements_and_are_paged(app, cast):
    with app.app_context(), db.writing():
        quiz_id = make_quiz(cast.module_ids[0], text=single_choice_quiz(3))
        make_attempts(quiz_id, cast.edition_id, 205)
    client = cast.client("trainer")
    first = page(client, f"{QUIZ}/attempts")
    assert len(first.select("table tbody tr")) == 50
    last = page(client, f"{QUIZ}/attempts", page=5)
    assert len(last.select("table tbody tr")) == 5
    with statements(app) as seen:
        client.get(f"{QUIZ}/attempts")
    assert len(seen) <= 8, seen


def test_of_160_people_and_50_questions_the_figures_take_less_than_a_second(app, cast):
    with app.app_context(), db.writing():
        quiz_id = make_quiz(cast.module_ids[0], text=single_choice_quiz(50))
        make_attempts(quiz_id, cast.edition_id, 160)
    scope = Scope(quiz_id, cast.course_id, ((cast.edition_id, "e1"),))
    with app.app_context():
        begun = time.process_time()  # what others do on the machine is left out
        report = report_of(scope, Which.FIRST, None, locale="ro")
        spent = time.process_time() - begun
    assert report.statistics.whole.attempts == 160
    assert len(report.questions) == 50
    assert spent < 1


@pytest.mark.parametrize("language", ["en", "ro"])
def test_the_pages_speak_both_languages(app, cast, taken, language):
    client = cast.client("trainer")
    client.set_cookie("lang", language)
    found = page(client, f"{QUIZ}/statistics")
    assert found.html["lang"] == language
    assert ("Reliability" in words(found)) == (language == "en")
