"""The registrar's side: who has not answered, answers from paper, corrections, files."""

from __future__ import annotations

import io
from datetime import date

import pikepdf
import pytest
import sqlalchemy as sa

from lms import db
from lms.accounts.traces import TRACES
from lms.audit.models import AuditDetail, AuditEntry
from lms.courses.models import Edition, Enrolment, Programme
from lms.entry import queries
from lms.entry.models import EntryRecord, EntrySettings, NationalNumberRow, Source
from lms.entry.national_number import read_number
from lms.entry.services import numbers
from lms.safety.sheets import read_table, write_csv
from tests.cast import EPOCH, csrf
from tests.entry.asked import (
    ANSWERS,
    ESF,
    ESF_PLUS,
    FIRST_PAGE,
    NOW,
    SECOND_PAGE,
    VALID_CNP,
    ask,
    shipped,
)

LIST = "/editions/e1/entry"


def post(client, url, **data):
    return client.post(url, data={"csrf_token": csrf(client), **data})


def page_of(cast, part="learner"):
    return f"/participants/{cast.enrolments[part]}/entry"


def record_of(cast, part="learner"):
    with cast.app.app_context():
        found = (
            db.session()
            .scalars(sa.select(EntryRecord).where(EntryRecord.person_id == cast.persons[part]))
            .one_or_none()
        )
        if found is not None:
            assert found.corrections is not None
        return found


def audit(cast, action):
    with cast.app.app_context():
        return list(
            db.session().scalars(
                sa.select(AuditDetail.values)
                .join(AuditEntry)
                .where(AuditEntry.action == action)
                .order_by(AuditEntry.id)
            )
        )


@pytest.fixture
def office(cast):
    ask(cast)
    return cast.client("registrar")


def enter(cast, client, part="learner", **changes):
    form = {**FIRST_PAGE, **SECOND_PAGE, "entered_on": "2026-10-01", **changes}
    return post(client, page_of(cast, part), **{k: v for k, v in form.items() if v})


def test_a_programme_that_asks_nothing_says_so_and_leads_to_the_choice(cast):
    page = cast.client("registrar").get(LIST).text
    assert "nu întreabă nimic la intrare" in page
    assert f"/programmes/{cast.programme_id}/entry" in page


def test_the_list_says_who_has_not_answered_and_what_is_missing(cast, office):
    enter(cast, office, **{"q-education": "", "q-rural": ""})
    page = office.get(LIST).text
    assert "Ultima școală absolvită; Unde locuiți?" in page
    assert "Dan" in office.get(f"{LIST}?state=not_answered").text
    assert "Dan" not in office.get(f"{LIST}?state=begun").text
    assert "Maria" in office.get(f"{LIST}?state=open&search=invatacel").text
    assert "Nu se potrivește nimeni" in office.get(f"{LIST}?state=answered").text


def test_answers_from_a_signed_form_are_frozen_with_the_forms_day(cast, office):
    enter(cast, office)
    kept = record_of(cast)
    assert kept.answers == ANSWERS
    assert kept.entered_on == date(2026, 10, 1)
    assert kept.source is Source.REGISTRAR
    assert kept.completed_at is not None
    assert cast.client("learner").get("/courses/curs/1-modul/1-1-lectie").status_code == 200


def test_on_paper_the_questions_that_one_may_refuse_can_stay_empty(cast, office):
    enter(cast, office, **dict.fromkeys(SECOND_PAGE, ""))
    assert record_of(cast).completed_at is not None


def test_a_draft_from_paper_is_finished_by_the_participant(cast, office):
    enter(cast, office, **dict.fromkeys(SECOND_PAGE, ""), **{"q-education": ""})
    assert record_of(cast).completed_at is None
    client = cast.client("learner")
    assert 'value="1985"' in client.get("/learn/entry/e1").text
    post(client, "/learn/entry/e1", **FIRST_PAGE)
    post(client, "/learn/entry/e1/2", **SECOND_PAGE)
    kept = record_of(cast)
    assert kept.completed_at is not None
    assert kept.entered_on == date(2026, 10, 1), "as on the paper"


def test_an_entry_in_the_future_is_refused_and_nothing_typed_is_lost(cast, office):
    answer = enter(cast, office, entered_on="2999-01-01")
    assert answer.status_code == 422
    assert "Această dată este în viitor" in answer.text
    assert 'value="1985"' in answer.text
    assert record_of(cast) is None


def test_a_correction_wants_a_reason_and_stands_beside(cast, office):
    enter(cast, office)
    refused = enter(cast, office, **{"q-rural": "town"})
    assert refused.status_code == 422
    assert "Scrieți de ce se corectează" in refused.text
    enter(cast, office, **{"q-rural": "town", "reason": "Formularul spune altfel"})
    kept = record_of(cast)
    assert kept.answers["rural"] == "village", "what was said at entry stays"
    assert [c.answers for c in kept.corrections] == [{"rural": "town"}]
    page = office.get(page_of(cast)).text
    assert "la intrare: la sat (în comună)" in page
    assert "Formularul spune altfel" in page
    written = audit(cast, "entry.corrected")
    assert written == [{"changed": ["rural"], "reason": "Formularul spune altfel"}]
    with cast.app.app_context():
        figures = queries.tally_of(shipped(ESF_PLUS), programme_id=cast.programme_id)
    assert figures.total("EECO17") == 0
    assert figures.counted == 1


def test_a_correction_that_changes_nothing_leaves_no_trace(cast, office):
    enter(cast, office)
    enter(cast, office, reason="Din greșeală")
    assert record_of(cast).corrections == []


def test_correcting_the_day_of_entry_moves_the_age(cast, office):
    enter(cast, office, **{"q-birth-day": "2", "q-birth-month": "10", "q-birth-year": "1971"})
    with cast.app.app_context():
        before = queries.tally_of(shipped(ESF_PLUS), programme_id=cast.programme_id)
    enter(
        cast,
        office,
        **{"q-birth-day": "2", "q-birth-month": "10", "q-birth-year": "1971"},
        entered_on="2026-10-03",
        reason="Data de pe formular",
    )
    with cast.app.app_context():
        after = queries.tally_of(shipped(ESF_PLUS), programme_id=cast.programme_id)
    assert (before.total("EECO08"), after.total("EECO08")) == (0, 1)


def test_somebody_on_two_editions_is_counted_once(cast, office):
    with cast.app.app_context(), db.writing() as session:
        session.add(
            Enrolment(
                person_id=cast.persons["learner"],
                edition_id=cast.other_edition_id,
                enrolled_at=EPOCH,
                hours_attended=0,
            )
        )
    enter(cast, office)
    with cast.app.app_context():
        asked = shipped(ESF_PLUS)
        whole = queries.tally_of(asked, programme_id=cast.programme_id)
        assert whole.counted == 1
        for edition_id in (cast.edition_id, cast.other_edition_id):
            part = queries.tally_of(asked, programme_id=cast.programme_id, edition_id=edition_id)
            assert part.counted == 1


def test_reminders_find_who_is_waited_for(cast, office):
    enter(cast, office)
    with cast.app.app_context():
        assert queries.waited_for(cast.edition_id) == [cast.enrolments["classmate"]]


def test_the_list_takes_a_fixed_number_of_statements(cast, office):
    from sqlalchemy import event

    def count() -> int:
        sent: list[str] = []

        def see(_c, _cursor, statement, *_more):
            sent.append(statement)

        with cast.app.app_context():
            engine = db.db.engine
        event.listen(engine, "before_cursor_execute", see)
        office.get(LIST)
        event.remove(engine, "before_cursor_execute", see)
        return len([s for s in sent if s.lstrip().upper().startswith("SELECT")])

    few = count()
    with cast.app.app_context(), db.writing() as session:
        from tests.cast import make_person

        for number in range(30):
            person = make_person("Om", f"Numărul {number}", sign_in_name=f"om-{number}")
            session.flush()
            session.add(
                Enrolment(
                    person_id=person.id,
                    edition_id=cast.edition_id,
                    enrolled_at=EPOCH,
                    hours_attended=0,
                )
            )
    assert count() == few
    assert few <= 8


# --- Files -----------------------------------------------------------------------------------


def test_the_export_holds_answers_and_codes_and_is_recorded(cast, office):
    enter(cast, office)
    table = read_table(office.get(f"{LIST}.xlsx").data, "x.xlsx")
    at = table.columns.index
    rows = {row.cells[at("Prenume")]: row.cells for row in table.rows}
    maria = rows["Maria"]
    assert maria[at("Lucrați în prezent?")] == "Da: ca angajat sau pe cont propriu"
    assert maria[at("Aparțineți unei minorități (de exemplu, romă)?")] == "Nu doresc să răspund"
    assert (maria[at("EECO05")], maria[at("EECO02")]) == ("1", "0")
    assert rows["Dan"][at("EECO01")] == "0"
    assert "CNP" not in table.columns
    csv = office.get(f"{LIST}.csv?state=answered")
    assert len(read_table(csv.data, "x.csv").rows) == 1
    assert [v["rows"] for v in audit(cast, "entry.exported")] == [2, 1]


def test_a_name_like_a_formula_stays_a_name(cast, office):
    from lms.accounts.models import Person

    with cast.app.app_context(), db.writing() as session:
        session.get_one(Person, cast.persons["learner"]).family_name = "=1+1"
    assert b"\n'=1+1;" in office.get(f"{LIST}.csv").data.replace(b"\r", b"")


def pages(data: bytes) -> int:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            box = [float(v) for v in page.mediabox]
            assert (round(box[2]), round(box[3])) == (595, 842)
        return len(pdf.pages)


@pytest.mark.parametrize("set_id", [ESF, ESF_PLUS])
@pytest.mark.parametrize("purpose", ["", "Pentru lista participanților cerută de contract."])
def test_the_form_for_signing_is_one_page_a_person(cast, set_id, purpose):
    long_notice = "Un text mai lung decât cel propus. " * 30
    ask(cast, set_id, purpose=purpose, notice_ro=long_notice)
    client = cast.client("registrar")
    assert pages(client.get(f"{LIST}/form.pdf").data) == 1
    assert pages(client.get(f"{page_of(cast)}/form.pdf").data) == 1
    assert pages(post(client, f"{LIST}/forms", all="yes").data) == 2
    one = post(client, f"{LIST}/forms", id=str(cast.enrolments["learner"]))
    assert pages(one.data) == 1
    assert post(client, f"{LIST}/forms").status_code == 302


def test_a_form_never_holds_a_national_number(cast):
    from bench.learner import words_of_pdf

    ask(cast, purpose="Pentru listă.")
    with cast.app.app_context(), db.writing() as session:
        place = session.get_one(Enrolment, cast.enrolments["learner"])
        numbers.give(place, read_number(VALID_CNP, today=NOW.date()), by=None, now=NOW)
    text = "".join(words_of_pdf(cast.client("registrar").get(f"{page_of(cast)}/form.pdf").data))
    assert "Învățăcel" in text
    assert VALID_CNP not in "".join(text.split())


# --- The list that is filled in --------------------------------------------------------------

HEADINGS = ["Nume de intrare", "Data nașterii", "Genul", "Lucrați în prezent?"]
MORE = ["Ultima școală absolvită", "Unde locuiți?", "Aveți o locuință în care puteți rămâne?"]
ROW = ["learner", "27.03.1985", "femeie", "da: ca angajat sau pe cont propriu"]
REST = ["ISCED 6", "LA SAT", "da"]


def upload(client, rows, headings=None, name="l.csv"):
    data = write_csv(headings or [*HEADINGS, *MORE], rows)
    return post(client, f"{LIST}/import", file=(io.BytesIO(data), name))


def keep(client, page):
    rows = page.text.partition('name="rows" value="')[2].partition('"')[0]
    return post(client, f"{LIST}/import/keep", rows=rows)


def test_a_list_is_shown_row_by_row_and_then_kept(cast, office):
    page = upload(office, [[*ROW, *REST], ["classmate", "30–54 de ani", "bărbat", "", "", "", ""]])
    assert "Nu s-a păstrat nimic încă" in page.text
    assert record_of(cast) is None
    assert keep(office, page).status_code == 303
    assert record_of(cast).completed_at is not None
    assert record_of(cast).source is Source.IMPORT
    assert record_of(cast).answers["education"] == "isced-6"
    assert record_of(cast, "classmate").answers == {"birth": "from-30-to-54", "gender": "man"}
    assert keep(office, page).status_code == 303, "twice is once"
    assert [v["new"] for v in audit(cast, "entry.imported")] == [2, 0]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["nimeni", *ROW[1:], *REST], "nimeni din această ediție"),
        ([ROW[0], "31.02.1985", *ROW[2:], *REST], "nu este unul dintre răspunsuri"),
        ([ROW[0], "27.03.2985", *ROW[2:], *REST], "Această dată este în viitor"),
        ([*ROW[:2], "femeie/bărbat", ROW[3], *REST], "nu este unul dintre răspunsuri"),
        ([*ROW[:2], "nu doresc să răspund", ROW[3], *REST], "nu este unul dintre răspunsuri"),
    ],
)
def test_one_wrong_row_keeps_the_whole_list_back(cast, office, row, said):
    page = upload(office, [row, ["classmate", *ROW[1:], *REST]])
    assert said in page.text
    assert 'name="rows"' not in page.text
    assert record_of(cast, "classmate") is None


def test_the_same_person_in_two_rows_is_wrong(cast, office):
    page = upload(office, [[*ROW, *REST], [*ROW, *REST]])
    assert "aceeași persoană se află și pe un rând de mai sus" in page.text


def test_frozen_answers_are_left_alone_by_a_list(cast, office):
    enter(cast, office)
    page = upload(office, [[*ROW[:2], "bărbat", ROW[3], *REST]])
    assert "corectați pe pagina persoanei" in page.text
    assert record_of(cast).answers["gender"] == "woman"


def test_the_list_to_fill_in_comes_back_as_it_was_given(cast, office):
    model = office.get(f"{LIST}/import/model.xlsx").data
    table = read_table(model, "x.xlsx")
    assert len(table.rows) == 2
    page = post(office, f"{LIST}/import", file=(io.BytesIO(model), "x.xlsx"))
    assert "Lista nu spune nimic nou" in page.text


def test_an_export_can_be_imported_again(cast, office):
    enter(cast, office)
    data = office.get(f"{LIST}.xlsx").data
    page = post(office, f"{LIST}/import", file=(io.BytesIO(data), "x.xlsx"))
    assert "Lista nu spune nimic nou" in page.text


@pytest.mark.parametrize("rows", ["", "!!!", "eJwrKU0sKQEABe8CFQ==", "eJzLSM3JyQcABiwCFQ=="])
def test_a_tampered_list_is_not_there(cast, office, rows):
    assert post(office, f"{LIST}/import/keep", rows=rows).status_code == 404


def test_a_file_that_is_no_list_is_told_kindly(cast, office):
    assert "fișier" in post(office, f"{LIST}/import").text
    assert upload(office, [["x", "y"]], ["Una", "Alta"]).status_code == 200
    broken = post(office, f"{LIST}/import", file=(io.BytesIO(b"PK\x03\x04x"), "x.xlsx"))
    assert "Nu s-a importat nimic" in broken.text


def test_national_numbers_are_not_read_from_lists(cast):
    ask(cast, purpose="Pentru listă.")
    page = upload(cast.client("registrar"), [[*ROW, *REST, VALID_CNP]], [*HEADINGS, *MORE, "CNP"])
    assert VALID_CNP not in page.text
    keep(cast.client("registrar"), page)
    with cast.app.app_context():
        assert db.session().scalars(sa.select(NationalNumberRow)).all() == []


# --- What a programme asks -------------------------------------------------------------------


def test_a_programme_chooses_its_set(cast):
    client = cast.client("registrar")
    path = f"/programmes/{cast.programme_id}/entry"
    assert "FSE 2014–2020" in client.get(path).text
    assert post(client, path, set_id=ESF, notice_ro="Pentru raport.").status_code == 303
    assert "CO01" in client.get(path).text
    assert "Pentru raport." in cast.client("learner").get("/learn/entry/e1").text
    assert post(client, path, set_id="-").status_code == 303
    assert cast.client("learner").get("/learn/entry/e1").status_code == 404


def test_a_set_stays_once_somebody_has_answered(cast, office):
    enter(cast, office)
    path = f"/programmes/{cast.programme_id}/entry"
    for other in (ESF, "-"):
        assert "1 persoană a răspuns deja" in post(office, path, set_id=other).text
    assert post(office, path, set_id=ESF_PLUS).status_code == 303
    with cast.app.app_context():
        assert db.session().get_one(EntrySettings, cast.programme_id).set_id == ESF_PLUS


def test_a_national_number_is_never_asked_without_a_purpose(cast):
    client = cast.client("registrar")
    path = f"/programmes/{cast.programme_id}/entry"
    page = post(client, path, set_id=ESF_PLUS, asks_national_number="y")
    assert "Scrieți pentru ce este numărul" in page.text
    assert post(client, path, set_id="nu-exista").status_code == 200
    with cast.app.app_context():
        assert db.session().get(EntrySettings, cast.programme_id) is None


def test_a_faulty_file_is_told_with_its_lines(cast):
    own = cast.app.config["LMS"].folder("indicator-sets")
    (own / "gresit.yaml").write_text("id: gresit\ntitle: [\n")
    try:
        page = cast.client("registrar").get(f"/programmes/{cast.programme_id}/entry").text
        assert "gresit.yaml" in page
        assert "Rândul 3" in page
    finally:
        (own / "gresit.yaml").unlink()


# --- Seen elsewhere --------------------------------------------------------------------------


def test_the_participants_page_shows_the_entry_to_the_office_alone(cast, office):
    path = f"/participants/{cast.enrolments['learner']}"
    assert page_of(cast) in office.get(path).text
    assert page_of(cast) not in cast.client("trainer").get(path).text


def test_a_persons_file_and_erasure(cast):
    ask(cast, purpose="Pentru listă.")
    client = cast.client("registrar")
    enter(cast, client)
    post(client, f"{page_of(cast)[:-6]}/national-number", national_number=VALID_CNP)
    trace, person_id = TRACES["entry"], cast.persons["learner"]
    with cast.app.test_request_context():
        held = trace.export(person_id).values
        assert held["entries"][0]["at_entry"] == ANSWERS
        assert held["national_numbers"] == ["•••••••••6087"]
        assert len(trace.keeps(person_id)) == 1
        db.end_reading()
        with db.writing():
            removed = trace.erase(person_id)
        assert sorted(removed.values()) == [0, 1]
        assert trace.export(person_id).values["national_numbers"] == []
        db.end_reading()
        with db.writing() as session:
            programme = session.get_one(Programme, cast.programme_id)
            programme.retain_until = date(2020, 1, 1)
        assert trace.keeps(person_id) == []
        db.end_reading()
        with db.writing():
            assert sum(trace.erase(person_id).values()) == 1
    assert record_of(cast) is None


def test_a_trainer_sees_no_answers(cast, office):
    enter(cast, office)
    client = cast.client("trainer")
    for path in (LIST, page_of(cast), f"{LIST}.csv", f"{page_of(cast)}/form.pdf"):
        assert client.get(path).status_code == 403
    with cast.app.app_context():
        assert db.session().get_one(Edition, cast.edition_id).slug == "e1"


def test_nothing_answered_is_one_sentence_to_who_only_reads(cast, office):
    page = cast.client("auditor").get(f"/participants/{cast.enrolments['learner']}/entry")
    assert page.status_code == 200
    assert "Nu s-a răspuns la niciuna dintre cele" in page.text
