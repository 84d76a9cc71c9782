"""What trainers and the office see of the answers: whole groups, figures, files, the shell."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from lms import db
from lms.audit.models import AuditDetail, AuditEntry
from lms.courses.models import Edition
from lms.safety.sheets import read_table
from lms.surveys import services
from tests.surveys import asked

EDITION = "/editions/e1/questionnaire"
COURSE = "/courses/curs/questionnaire/results"
EVIL = '=HYPERLINK("http://rau.example")'


def answered(cast, people: int, edition_id: int = 0, **more: object) -> None:
    for number, place in enumerate(asked.people(cast, people, edition_id)):
        text = {"altceva": f"Textul {number}."} if number % 2 else {}
        asked.submit(cast.app, place, {"util": 5, "ritm": "bun", **text, **more})


def end(cast) -> None:
    with cast.app.app_context():
        with db.writing() as session:
            session.get_one(Edition, cast.edition_id).ends_on = date(2026, 3, 2)
        ids = services.settled_ids(date(2026, 12, 1))
        db.end_reading()
        for box_id in ids:
            with db.writing():
                services.settle(box_id)


def test_before_a_group_is_complete_nothing_is_shown_but_how_many(survey):
    answered(survey, 9)
    page = survey.client("trainer").get(EDITION).text
    assert "Încă nu sunt răspunsuri de arătat" in page
    assert "se arată mai târziu" in page
    assert "Util?" not in page
    assert "Textul" not in page
    assert "XLSX" not in page


def test_figures_are_shown_of_whole_groups(survey):
    answered(survey, 12)
    page = survey.client("trainer").get(EDITION).text
    assert "media 5,00" in page
    assert "5 răspunsuri" in page
    assert page.count('<table class="bars">') == 3
    assert 'role="img" aria-label="100\N{NO-BREAK SPACE}%"' in page
    assert "au trimis, din 14" in page  # twelve, and the cast's two
    end(survey)
    page = survey.client("trainer").get(EDITION).text
    assert "12 răspunsuri" in page
    assert "se arată mai târziu" not in page
    assert len(set(re.findall(r"Textul \d+", page))) == 6


def test_a_course_with_few_answers_shows_none_of_them_even_at_the_end(survey):
    answered(survey, 4)
    end(survey)
    page = survey.client("registrar").get(EDITION).text
    assert "Textul" not in page
    assert "survey-result" not in page


def test_a_course_gathers_its_editions(survey):
    with survey.app.app_context(), db.writing() as session:
        session.get_one(Edition, survey.other_edition_id).course_id = survey.course_id
    answered(survey, 10)
    answered(survey, 10, survey.other_edition_id, util=1)
    page = survey.client("registrar").get(COURSE).text
    assert "10 răspunsuri" in page
    assert "media 3,00" in page
    assert "5 răspunsuri" in survey.client("registrar").get(EDITION).text


def test_texts_are_shown_as_text(survey):
    answered(survey, 10, altceva="<script>alert(1)</script>\n\nDoi")
    page = survey.client("trainer").get(EDITION).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>Doi" in page
    assert "de 5 ori" in page


def test_who_does_not_train_the_course_sees_nothing(survey):
    answered(survey, 10)
    for address in (EDITION, COURSE, f"{EDITION}.csv", f"{COURSE}.xlsx"):
        assert survey.client("trainer_of_other").get(address).status_code == 404
        assert survey.client("learner").get(address).status_code == 404
    assert survey.client("auditor").get(COURSE).status_code == 200


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_holds_figures_and_texts_and_never_a_persons_answers_side_by_side(survey, kind):
    answered(survey, 10, altceva=EVIL)
    answer = survey.client("trainer").get(f"{EDITION}.{kind}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    table = read_table(answer.data, f"x.{kind}")
    assert table.columns == ("Întrebare", "Răspuns", "Câte", "Procent", "Medie", "Răspunsuri")
    rows = [row.cells for row in table.rows]
    best = next(r for r in rows if r[:2] == ("Util?", "5 – foarte"))
    assert [Decimal(cell.replace(",", ".")) for cell in best[2:]] == [5, 100, 5, 5]
    assert [r[1] for r in rows if r[0] == "Altceva?"] == [EVIL] * 5  # read back as it was written
    if kind == "csv":
        assert b"'=HYPERLINK" in answer.data
    with survey.app.app_context():
        entry = db.session().scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (entry.action, entry.object_type) == ("survey.exported", "editions")
        values = db.session().get(AuditDetail, entry.id).values
        assert set(values) == {"kind", "rows"}


def test_a_file_of_answers_that_wait_is_empty(survey):
    answered(survey, 6)
    assert len(survey.client("owner").get(f"{COURSE}.csv").text.splitlines()) == 1


def test_the_shell_tells_the_same(survey):
    answered(survey, 11)
    runner = survey.app.test_cli_runner()
    told = json.loads(runner.invoke(args=["survey", "results", "e1", "--json"]).output)
    counts = [told[name] for name in ("places", "submitted", "shown", "waiting", "lost")]
    assert counts == [13, 11, 5, 6, 0]
    util = told["questions"][0]
    assert (util["id"], util["answered"], Decimal(util["mean"])) == ("util", 5, 5)
    assert util["answers"][4] == {
        "value": 5,
        "label": "5 – foarte (en)",
        "count": 5,
        "percent": "100.0",
    }
    assert "mean 5.00" in runner.invoke(args=["survey", "results", "e1"]).output
    refused = runner.invoke(args=["survey", "results", "nicaieri"])
    assert refused.exit_code == 1
    assert "no edition" in refused.output
    assert "no questionnaire" in runner.invoke(args=["survey", "results", "e2"]).output


def test_pages_of_results_ask_few_questions_of_the_database(survey):
    answered(survey, 10)
    client = survey.client("trainer")
    client.get(EDITION)
    counted: list[str] = []
    with survey.app.app_context():
        engine = db.db.engine

    def count(_connection, _cursor, statement, *_more):
        counted.append(statement)

    sa.event.listen(engine, "before_cursor_execute", count)
    try:
        for address in (EDITION, COURSE):
            counted.clear()
            client.get(address)
            asked_of_it = [s for s in counted if s.startswith("SELECT")]
            assert len(asked_of_it) <= 9, asked_of_it
    finally:
        sa.event.remove(engine, "before_cursor_execute", count)
