"""The registrar gathers proposals: who may, what is in the files, and whose name is not."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from bench.in_process import statements
from bench.learner import words_of_pdf
from lms import db
from lms.audit.models import AuditDetail, AuditEntry
from lms.courses.models import Enrolment
from tests.access.asking import ask
from tests.submissions.works import EXERCISE, give_exercise, open_exercise

PAGE = "/courses/curs/proposals"
ARTICLE, PROBLEM = "Art. 13, plata", "Pauza dintre contracte.\nDe la decembrie la aprilie."


def propose(cast, part: str, article: str = ARTICLE, problem: str = PROBLEM) -> None:
    client = cast.client(part)
    form = {**open_exercise(client), "f-articol": article, "f-problema": problem}
    assert ask(client, "POST", EXERCISE, form).status_code == 302


@pytest.fixture
def proposed(cast):
    give_exercise(cast, "form")
    propose(cast, "learner")
    propose(cast, "classmate", '=HYPERLINK("http://rau.example")', "+40 @SUM(A1)")
    return cast


def workbook(cast, query: str = "") -> list[list[object]]:
    answer = cast.client("registrar").get(f"{PAGE}.xlsx{query}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(answer.data)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_a_row_for_each_proposal_and_nobodys_name(proposed):
    head, first, second = workbook(proposed)
    assert head[3:5] == ["Tipul organizației", "Județul"]
    assert head[-2:] == ["Articolul", "Problema"]
    assert first[3:5] == ["autoritate publică", "Iași"]
    assert first[-2:] == [ARTICLE, PROBLEM]
    assert second[-2:] == ['=HYPERLINK("http://rau.example")', "+40 @SUM(A1)"]
    said = str([head, first, second])
    for secret in ("Învățăcel", "Coleg", "Primăria Orașului Valea Plopilor", "referent"):
        assert secret not in said


def test_a_formula_stays_text(proposed):
    answer = proposed.client("registrar").get(f"{PAGE}.xlsx")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    cell = next(c for row in sheet.iter_rows() for c in row if str(c.value).startswith("=HYPER"))
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_names_stand_there_by_choice_alone(proposed):
    said = str(workbook(proposed, "?names=1"))
    assert "Maria Învățăcel" in said
    assert "Primăria Orașului Valea Plopilor" in said
    page = proposed.client("registrar").get(PAGE).text
    assert "Maria Învățăcel" not in page
    assert "Maria Învățăcel" in proposed.client("registrar").get(f"{PAGE}?names=1").text


def test_the_book_holds_every_proposal(proposed):
    registrar = proposed.client("registrar")
    words = words_of_pdf(registrar.get(f"{PAGE}.pdf").data)
    assert "Propuneri pentru dezbateri" in words
    assert "2 propuneri" in words
    assert "De la decembrie la aprilie." in words
    assert "autoritate publică · Iași · predat la" in words
    assert "Învățăcel" not in words
    assert "Maria Învățăcel" in words_of_pdf(registrar.get(f"{PAGE}.pdf?names=1").data)


def test_only_the_newest_version_counts_and_no_draft(proposed):
    propose(proposed, "learner", problem="Altfel spus.")
    client = proposed.client("classmate")
    draft = {**open_exercise(client), "f-articol": "CIORNA", "f-problema": "x"}
    ask(client, "POST", f"{EXERCISE}/draft", draft)
    said = str(workbook(proposed))
    assert "Altfel spus." in said
    assert "De la decembrie" not in said
    assert "CIORNA" not in said


def test_the_way_to_the_page_shows_where_there_are_proposals(proposed):
    assert PAGE in proposed.client("registrar").get("/teaching").text
    assert PAGE not in proposed.client("trainer").get("/teaching").text


def test_an_edition_is_chosen(proposed):
    assert len(workbook(proposed, "?edition=e1")) == 3
    assert len(workbook(proposed, "?edition=e2")) == 1
    assert len(workbook(proposed, "?edition=nu-exista")) == 1


def test_texts_and_ticks_are_no_proposals(cast):
    give_exercise(cast, "text")
    client = cast.client("learner")
    ask(client, "POST", EXERCISE, {**open_exercise(client), "f-text": "O hartă"})
    assert len(workbook(cast)) == 1
    assert "Încă nicio propunere" in cast.client("registrar").get(PAGE).text
    assert cast.client("registrar").get(f"{PAGE}.pdf").status_code == 200


def test_a_form_that_is_no_proposal_stays_between_learner_and_trainer(cast):
    give_exercise(cast, "form", proposal=False)
    propose(cast, "learner")
    assert len(workbook(cast)) == 1
    assert PAGE not in cast.client("registrar").get("/teaching").text


def test_who_has_left_since_has_still_proposed(proposed):
    with proposed.app.app_context(), db.writing() as session:
        session.get_one(Enrolment, proposed.enrolments["learner"]).state = "withdrawn"
    assert len(workbook(proposed)) == 3


@pytest.mark.parametrize(
    ("part", "status"),
    [
        ("registrar", 200),
        ("auditor", 200),
        ("owner", 200),
        ("trainer", 403),
        ("trainer_of_other", 404),
        ("learner", 404),
        ("anonymous", 302),
    ],
)
def test_the_office_gathers_and_nobody_else(proposed, part, status):
    for path in (PAGE, f"{PAGE}.xlsx", f"{PAGE}.pdf?names=1"):
        assert proposed.client(part).get(path).status_code == status, path


def test_an_export_is_recorded_with_whether_it_names_people(proposed):
    proposed.client("registrar").get(f"{PAGE}.pdf?names=1&edition=e1")
    with proposed.app.app_context():
        values = db.session().scalar(
            sa.select(AuditDetail.values)
            .join(AuditEntry, AuditEntry.id == AuditDetail.entry_id)
            .where(AuditEntry.action == "proposals.exported")
        )
        db.session().rollback()
    assert (values["kind"], values["rows"], values["names"]) == ("pdf", 2, True)


def test_the_page_asks_few_questions(proposed):
    client = proposed.client("registrar")
    client.get(PAGE)
    with statements(proposed.app) as seen:
        assert client.get(PAGE).status_code == 200
    assert len(seen) <= 4, seen


def test_the_shell_writes_the_same_files(proposed, tmp_path):
    runner = proposed.app.test_cli_runner()
    for name in ("p.xlsx", "p.pdf"):
        done = runner.invoke(args=["proposals", "export", "e1", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
        assert "2 proposals written" in done.output
    assert "Învățăcel" not in words_of_pdf((tmp_path / "p.pdf").read_bytes())
    named = tmp_path / "n.pdf"
    runner.invoke(
        args=["proposals", "export", "e1", str(named), "--with-names", "--language", "en"]
    )
    words = words_of_pdf(named.read_bytes())
    assert "Maria Învățăcel" in words
    assert "Proposals for the debates" in words


@pytest.mark.parametrize(
    ("edition", "name", "words"),
    [
        ("nu-exista", "p.pdf", "There is no edition"),
        ("e1", "p.docx", "ends in .xlsx or .pdf"),
        ("e1", "este.pdf", "exists already"),
    ],
)
def test_the_shell_refuses_in_one_sentence(proposed, tmp_path, edition, name, words):
    (tmp_path / "este.pdf").write_bytes(b"vechi")
    target = tmp_path / name
    done = proposed.app.test_cli_runner().invoke(args=["proposals", "export", edition, str(target)])
    assert done.exit_code == 1
    assert words in done.output
    assert (tmp_path / "este.pdf").read_bytes() == b"vechi"
