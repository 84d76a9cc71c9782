"""The pages, files and command of the reports, as people use them."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from openpyxl import load_workbook
from sqlalchemy import event

from lms import db
from lms.audit.models import AuditDetail, AuditEntry
from lms.cli import main
from lms.db import db as store
from lms.reports.catalogue import KINDS
from lms.reports.views import blueprint
from lms.safety.sheets import read_table
from tests.cast import make_person
from tests.certificates.reading import text_of
from tests.reports.cohort import SECOND, fill

REPORTS = "/editions/e1/reports"
FORMS = ("pdf", "xlsx", "csv")


@pytest.fixture
def cohort(cast):
    fill(cast)
    return cast


@pytest.fixture
def auditor(cohort):
    return cohort.client("auditor")


def drawn(answer):
    assert answer.status_code == 200, answer.text[:300]
    return BeautifulSoup(answer.data, "html.parser")


def figures_of(page):
    """Links to people, with the number that each shows."""
    return {a.get("href"): a.get_text() for a in page.select("a[href*='figure=']")}


def test_an_edition_s_report_leads_to_the_programme_s_and_keeps_its_filter(auditor, cohort):
    listed = drawn(auditor.get(REPORTS)).main
    assert "Câți au terminat" in listed.get_text()
    first = listed.select_one("a[href^='/programmes/'], table")
    assert first.name == "a", "the way to all editions stands above the table"
    page = drawn(auditor.get(f"{REPORTS}/progress?county=IS&group=1"))
    (link,) = page.main.select("a[href^='/programmes/'][href*='/reports/']")
    assert link["href"].endswith("/reports/progress?county=IS")
    there = drawn(auditor.get(link["href"])).main
    assert "Numai: județul Iași" in there.get_text()
    assert not there.select("a[href*='/reports/progress?county=IS']")
    trainer = cohort.client("trainer")
    assert not drawn(trainer.get(f"{REPORTS}/progress")).main.select("a[href^='/programmes/']")


def test_the_list_leads_to_every_report_and_its_files(auditor):
    page = drawn(auditor.get(REPORTS))
    for kind in KINDS:
        assert page.select(f"a[href='{REPORTS}/{kind}']"), kind
        for form in FORMS:
            assert page.select(f"a[href='{REPORTS}/{kind}.{form}']"), (kind, form)


@pytest.mark.parametrize("kind", KINDS)
def test_each_report_is_a_page_and_three_files(auditor, kind):
    page = drawn(auditor.get(f"{REPORTS}/{kind}"))
    title = page.select("h2")[0].get_text()
    assert auditor.get(f"{REPORTS}/{kind}.pdf").data.startswith(b"%PDF-")
    assert title in text_of(auditor.get(f"{REPORTS}/{kind}.pdf").data)
    book = load_workbook(io.BytesIO(auditor.get(f"{REPORTS}/{kind}.xlsx").data))
    assert book.worksheets[0]["A1"].value == title
    assert auditor.get(f"{REPORTS}/{kind}.csv").data.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "satisfaction"])
def test_every_plot_has_a_name_a_description_and_its_figures_in_a_table(auditor, kind):
    page = drawn(auditor.get(f"{REPORTS}/{kind}"))
    plots = page.select("svg.plot")
    assert plots
    ids = [element.get("id") for element in page.select("[id]")]
    assert [name for name, number in Counter(ids).items() if number > 1] == []
    for plot in plots:
        assert plot.get("role") == "img"
        said = [page.find(id=name) for name in plot.get("aria-labelledby").split()]
        assert all(element.get_text().strip() for element in said)
        section = next(a for a in plot.parents if a.name == "section")
        assert section.select("table.table tbody tr")


@pytest.mark.parametrize("where", ["edition", "programme"])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "satisfaction"])
def test_a_count_and_its_list_agree_and_the_list_is_a_file(auditor, cohort, kind, where):
    base = REPORTS if where == "edition" else f"/programmes/{cohort.programme_id}/reports"
    links = figures_of(drawn(auditor.get(f"{base}/{kind}")))
    assert links
    for href, said in list(links.items())[:8]:
        page = drawn(auditor.get(href))
        rows = page.select("table.table tbody tr")
        csv = page.select("a[href*='people.csv']")[0].get("href")
        table = read_table(auditor.get(csv).data, "lista.csv")
        assert len(table.rows) == len(rows) > 0
        if not re.search(r"mean|gain|hours|total|attempts|best", href):
            assert len(rows) == int(said), href


def test_the_people_behind_a_figure_are_named_and_nothing_in_their_list_is_a_formula(auditor):
    href = f"{REPORTS}/progress/people"
    page = auditor.get(f"{href}?figure=head.people.n").text
    assert "=5 Ana5" in page
    assert "@" not in page.partition("<main")[2].partition("</main>")[0], "no addresses"
    data = auditor.get(f"{href}.csv?figure=head.people.n").data
    assert b"\n'=5 Ana5;" in data.replace(b"\r", b"")
    assert b";'=Prim" in data
    book = load_workbook(io.BytesIO(auditor.get(f"{href}.xlsx?figure=head.people.n").data))
    cell = next(row[0] for row in book.worksheets[0].iter_rows() if row[0].value == "=5 Ana5")
    assert cell.data_type == "s"
    assert auditor.get(f"{href}.pdf?figure=head.people.n").data.startswith(b"%PDF-")


def test_a_list_with_marks_says_what_each_brings(auditor):
    page = drawn(auditor.get(f"{REPORTS}/results"))
    href = next(h for h in figures_of(page) if ".mean" in h)
    listed = drawn(auditor.get(href))
    assert listed.select("thead th")[-1].get_text() == "Cea mai bună notă"
    assert all(row.select("td")[-1].get_text() != "—" for row in listed.select("tbody tr"))


def test_a_month_is_said_in_words(auditor):
    page = drawn(auditor.get(f"{REPORTS}/certificates"))
    heads = [th.get_text(strip=True) for th in page.select("tbody th")]
    assert "iunie 2026" in heads


def test_a_long_list_has_pages_and_its_file_everybody(auditor, monkeypatch):
    monkeypatch.setattr(blueprint, "PER_PAGE", 4)
    href = f"{REPORTS}/progress/people?figure=head.people.n&county=BT"
    names = []
    while href:
        page = drawn(auditor.get(href))
        names += [row.th.get_text() for row in page.select("main tbody tr")]
        href = next((a["href"] for a in page.select("a[rel=next]")), None)
    csv = page.select("a[href*='people.csv']")[0]["href"]
    assert len(names) > 8
    assert names == [row.cells[0] for row in read_table(auditor.get(csv).data, "l.csv").rows]
    odd = auditor.get(f"{REPORTS}/progress/people?figure=head.people.n&page=99999999")
    assert odd.status_code == 200


def test_filters_narrow_the_page_its_lists_and_its_files(auditor):
    whole = figures_of(drawn(auditor.get(f"{REPORTS}/progress")))
    narrow = drawn(auditor.get(f"{REPORTS}/progress?county=BT"))
    links = figures_of(narrow)
    everybody = next(said for href, said in whole.items() if "head.people" in href)
    some = next((href, said) for href, said in links.items() if "head.people" in href)
    assert int(some[1]) < int(everybody)
    assert "county=BT" in some[0]
    assert "județul Botoșani" in narrow.get_text()
    assert "județul Botoșani" in drawn(auditor.get(some[0])).get_text()
    pdf = next(a.get("href") for a in narrow.select("a[href*='progress.pdf']"))
    assert "județul Botoșani" in text_of(auditor.get(pdf).data)


@pytest.mark.parametrize(
    "query",
    ["group=abc", "group=99999999999999999999", "county=ZZ", "organisation='--", "group=7"],
)
def test_odd_filters_count_nobody_or_everybody_and_never_fail(auditor, query):
    for kind in KINDS:
        assert auditor.get(f"{REPORTS}/{kind}?{query}").status_code == 200, kind


def test_satisfaction_lists_nobody_and_narrows_nothing(auditor):
    page = auditor.get(f"{REPORTS}/satisfaction?county=BT&group=1")
    assert "figure=" not in page.text
    assert 'name="county"' not in page.text
    assert "Botoșani" not in page.text.partition("<main")[2]
    assert auditor.get(f"{REPORTS}/satisfaction/people?figure=head.shown.n").status_code == 404
    assert auditor.get(f"{REPORTS}/satisfaction/people.csv").status_code == 404


@pytest.mark.parametrize("figure", ["", "head", "head.people.x", "x" * 5000, "c1.m1.share"])
def test_a_figure_that_is_none_or_has_no_list_is_not_found(auditor, figure):
    for path in ("people", "people.csv"):
        answer = auditor.get(f"{REPORTS}/progress/{path}", query_string={"figure": figure})
        assert answer.status_code == 404


def test_a_trainer_sees_the_reports_but_no_indicators(cohort):
    trainer = cohort.client("trainer")
    page = trainer.get(REPORTS)
    assert f"{REPORTS}/progress" in page.text
    assert f"{REPORTS}/participants" not in page.text
    assert trainer.get(f"{REPORTS}/progress").status_code == 200
    for path in ("participants", "participants.csv", "participants/people?figure=head.counted.n"):
        assert trainer.get(f"{REPORTS}/{path}").status_code == 403, path
    assert trainer.get(f"/programmes/{cohort.programme_id}/reports").status_code == 404


def test_of_a_few_people_no_percentage_is_said(auditor):
    page = drawn(auditor.get(f"/editions/{SECOND}/reports/progress"))
    row = page.select("section.report-part tbody tr")[0]
    assert row.select("td")[-1].get_text() == "—"
    assert "din 4" in row.get_text()
    assert "La mai puțin de 10 persoane" in page.get_text()


def test_a_programme_that_asks_nothing_says_so(cast):
    page = cast.client("auditor").get(f"{REPORTS}/participants")
    assert "nu întreabă nimic la intrare" in page.text
    assert cast.client("auditor").get(f"{REPORTS}/participants.pdf").data.startswith(b"%PDF-")


def test_an_empty_edition_has_reports_without_figures(cast):
    client = cast.client("registrar")
    for kind in KINDS:
        assert client.get(f"/editions/e2/reports/{kind}").status_code == 200, kind
        for form in FORMS:
            assert client.get(f"/editions/e2/reports/{kind}.{form}").status_code == 200


def test_taking_a_file_is_recorded(auditor, cohort):
    auditor.get(f"{REPORTS}/progress.pdf")
    auditor.get(f"{REPORTS}/progress/people.csv?figure=head.people.n")
    with cohort.app.app_context():
        said = [
            (action, values)
            for action, values in db.session().execute(
                sa.select(AuditEntry.action, AuditDetail.values)
                .join(AuditDetail)
                .where(AuditEntry.action.startswith("report."))
                .order_by(AuditEntry.id)
            )
        ]
    assert said == [
        ("report.exported", {"report": "progress", "kind": "pdf"}),
        (
            "report.people_exported",
            {"report": "progress", "kind": "csv", "figure": "head.people.n"},
        ),
    ]


# --- The shell -------------------------------------------------------------------------------


def run(cast, *arguments):
    return cast.app.test_cli_runner().invoke(main, ["report", *arguments])


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf", "json"])
def test_the_command_writes_what_the_page_hands_out(cohort, tmp_path, form):
    path = tmp_path / f"raport.{form}"
    answer = run(cohort, "progress", "e1", "--format", form, "-o", str(path))
    assert answer.exit_code == 0, answer.output
    if form in ("csv", "xlsx"):
        page = cohort.client("auditor").get(f"{REPORTS}/progress.{form}")
        if form == "csv":
            assert path.read_bytes() == page.data
    elif form == "json":
        said = json.loads(path.read_text(encoding="utf-8"))
        assert said["report"] == "progress"
        assert {f["key"]: f["value"] for f in said["figures"]}["head.people.n"] == 29
    else:
        assert path.read_bytes().startswith(b"%PDF-")


def test_a_whole_programme_is_written_with_each_person_once(cohort):
    answer = run(cohort, "progress", "e1", "--format", "json", "--programme", "--language", "en")
    said = json.loads(answer.output)
    assert said["editions"] == ["e1", "e2", SECOND]
    by_key = {f["key"]: f["value"] for f in said["figures"]}
    assert by_key["head.people.n"] == 31, "one who came back, and one on another course"
    assert by_key["head.withdrawn.n"] == 2


def test_an_unknown_edition_is_refused_in_one_sentence(cohort):
    answer = run(cohort, "progress", "nu-exista")
    assert answer.exit_code == 1
    assert "There is no edition" in answer.output


# --- What it costs ---------------------------------------------------------------------------


@contextmanager
def counted(app):
    statements: list[str] = []

    def note(_conn, _cursor, statement, *_more):
        statements.append(statement)

    with app.app_context():
        engine = store.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


MOST = {
    "participants": 12,
    "progress": 10,
    "results": 10,
    "tests": 10,
    "hours": 10,
    "satisfaction": 12,
    "certificates": 10,
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_takes_few_statements_whatever_the_number_of_people(cast, kind):
    client = cast.client("auditor")
    fill(cast)
    client.get(f"{REPORTS}/{kind}")
    with counted(cast.app) as few:
        client.get(f"{REPORTS}/{kind}")
    with cast.app.app_context(), db.writing() as session:
        for number in range(20):
            person = make_person(f"Om{number}", "Nou", sign_in_name=f"nou{number}")
            session.flush()
            values = {"p": person.id, "e": cast.edition_id}
            session.execute(
                sa.text(
                    """INSERT INTO enrolments (person_id, edition_id, state, enrolled_at,
                    hours_attended) SELECT :p, :e, 'active', min(enrolled_at), 0
                    FROM enrolments"""
                ),
                values,
            )
    with counted(cast.app) as many:
        client.get(f"{REPORTS}/{kind}")
    assert len(many) == len(few)
    assert len(few) <= MOST[kind], "\n".join(few)
