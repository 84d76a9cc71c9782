"""The registrar's pages of participants: who may, what happens, twice, and on bad input."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from lms import clock, db
from lms.accounts.models import Person, PersonName, SignInSession, Token
from lms.audit.models import AuditEntry
from lms.courses.events import enrolment_changed, person_renamed
from lms.courses.models import (
    Completion,
    CompletionCondition,
    ConditionKind,
    Confirmation,
    Edition,
    Enrolment,
    EnrolmentState,
    IssuingMode,
    Release,
    SubjectKind,
)
from lms.demo_people import demo_roster_xlsx
from lms.files.models import StoredFile
from lms.mail.models import MailMessage, MailState
from lms.safety.sheets import read_table, write_csv
from tests.cast import EPOCH, Cast, csrf

HEADINGS = ["Nume", "Prenume", "E-mail", "Organizație", "Județ", "Grupa"]
TWO = [
    ["Plopeanu", "Ana", "ana@exemplu.example", "Asociația Izvorul", "Iași", "Grupa 1"],
    ["Fânețeanu", "Dan", "", "Primăria Comunei Exemplu", "Vaslui", "Grupa 1"],
]


def post(client: FlaskClient, url: str, **data: object):  # type: ignore[no-untyped-def]
    return client.post(url, data={"csrf_token": csrf(client), **data})


def upload(client: FlaskClient, data: bytes, name: str = "lista.csv"):  # type: ignore[no-untyped-def]
    return post(client, "/editions/e1/import", file=(io.BytesIO(data), name))


def one(cast: Cast, statement: sa.Select):  # type: ignore[no-untyped-def,type-arg]
    with cast.app.app_context():
        return db.session().scalars(statement).one()


def count(cast: Cast, model: type) -> int:
    with cast.app.app_context():
        return db.session().scalar(sa.select(sa.func.count()).select_from(model)) or 0


def place(cast: Cast, part: str = "learner") -> Enrolment:
    return one(cast, sa.select(Enrolment).where(Enrolment.id == cast.enrolments[part]))


def person_of(cast: Cast, part: str = "learner") -> Person:
    return one(cast, sa.select(Person).where(Person.id == cast.persons[part]))


# --- Import ----------------------------------------------------------------------------------


def test_a_registrar_uploads_looks_and_enrols(cast: Cast) -> None:
    client = cast.client("registrar")
    answer = upload(client, write_csv(HEADINGS, TWO))
    assert answer.status_code == 302
    page = client.get(answer.location)
    assert page.status_code == 200
    soup = BeautifulSoup(page.text, "html.parser")
    button = soup.find("button", attrs={"name": "do", "value": "enrol"})
    assert button is not None
    assert "2 participanți" in button.text
    assert count(cast, Enrolment) == 3
    plan = soup.find("input", attrs={"name": "plan"})["value"]  # type: ignore[index]
    done = post(client, answer.location, do="enrol", plan=plan)
    assert done.status_code == 302
    assert count(cast, Enrolment) == 5
    again = post(client, answer.location, do="enrol", plan=plan)
    assert again.status_code == 200
    assert count(cast, Enrolment) == 5
    assert count(cast, StoredFile) == 1


@pytest.mark.parametrize(
    ("part", "status"),
    [
        ("learner", 404),
        ("trainer", 403),
        ("trainer_of_other", 404),
        ("auditor", 403),
        ("owner", 302),
    ],
)
def test_who_may_import(cast: Cast, part: str, status: int) -> None:
    before = count(cast, StoredFile)
    assert upload(cast.client(part), write_csv(HEADINGS, TWO)).status_code == status
    assert (count(cast, StoredFile) > before) is (status == 302)


def test_a_stranger_is_led_to_sign_in(cast: Cast) -> None:
    assert cast.client("anonymous").get("/editions/e1/import").status_code == 302


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "gol.csv", "gol"),
        (b"\xd0\xcf\x11\xe0 xls", "vechi.xls", ".xls"),
        (b"PK\x03\x04 stricat", "stricat.xlsx", "deteriorat"),
    ],
)
def test_a_list_that_cannot_be_read_is_not_kept(
    cast: Cast, data: bytes, name: str, said: str
) -> None:
    answer = upload(cast.client("registrar"), data, name)
    assert answer.status_code == 200
    assert said in answer.text
    assert count(cast, StoredFile) == 0


@pytest.mark.parametrize(("target", "is_told"), [(3, True), (4, False), (None, False)])
def test_a_list_above_the_target_is_told_before_it_is_carried_out(
    cast: Cast, target: int | None, is_told: bool
) -> None:
    client = cast.client("registrar")
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Edition, cast.edition_id).target_number = target
    page = client.get(upload(client, write_csv(HEADINGS, TWO)).location).text
    assert ("participă 4 persoane; ținta ediției este 3" in page) is is_told


def test_a_plain_list_says_what_it_leaves_alone_and_asks_for_no_decision(cast: Cast) -> None:
    client = cast.client("registrar")
    plain = write_csv([*HEADINGS, "Mărime tricou"], [[*row, "M"] for row in TWO])
    where = upload(client, plain).location
    text = main_of(client, where)
    assert "Coloane lăsate deoparte: Mărime tricou (nu sunt necesare)." in text
    assert "Nu s-a citit totul" not in text
    assert "2 participanți nu sunt pe listă și rămân înscriși" in text
    assert "Verificați din nou cu aceste decizii" not in text
    asked = [TWO[0], ["Altul", "Ion", TWO[0][2], "", "", ""]]
    where = upload(client, write_csv(HEADINGS, asked)).location
    assert "Verificați din nou cu aceste decizii" in main_of(client, where)
    answered = post(client, where, **{"answer-3": "different", "show": ""}).text
    assert "Verificați din nou cu aceste decizii" in answered


def test_errors_name_row_and_column_and_nothing_is_imported(cast: Cast) -> None:
    client = cast.client("registrar")
    wrong = [TWO[0], ["Greșit", "Gigi", "nu-e-adresă", "", "Atlantida", ""]]
    where = upload(client, write_csv(HEADINGS, wrong)).location
    page = client.get(where).text
    assert "1 rând este greșit" in page
    assert "nu este o adresă de e-mail" in page
    assert "nu este un județ" in page
    assert 'value="enrol"' not in page
    post(client, where, do="enrol")
    assert count(cast, Enrolment) == 3


def test_a_question_is_answered_in_the_form(cast: Cast) -> None:
    client = cast.client("registrar")
    shared = [TWO[0], ["Altul", "Ion", TWO[0][2], "", "", ""]]
    where = upload(client, write_csv(HEADINGS, shared)).location
    assert "Aceeași persoană?" in client.get(where).text
    checked = post(client, where, **{"answer-3": "different", "show": ""})
    soup = BeautifulSoup(checked.text, "html.parser")
    plan = soup.find("input", attrs={"name": "plan"})["value"]  # type: ignore[index]
    assert (
        post(client, where, do="enrol", plan=plan, **{"answer-3": "different"}).status_code == 302
    )
    assert count(cast, Enrolment) == 5


def test_decisions_on_rows_that_a_filter_hides_are_kept(cast: Cast) -> None:
    client = cast.client("registrar")
    shared = [TWO[0], ["Altul", "Ion", TWO[0][2], "", "", ""]]
    where = upload(client, write_csv(HEADINGS, shared)).location
    shown = post(client, where, **{"answer-3": "different", "show": "wrong"})
    kept = BeautifulSoup(shown.text, "html.parser").find("input", attrs={"name": "answer-3"})
    assert kept is not None
    assert kept["value"] == "different"


def test_a_list_of_another_edition_is_not_there(cast: Cast) -> None:
    client = cast.client("registrar")
    where = upload(client, write_csv(HEADINGS, TWO)).location
    assert client.get(where.replace("/e1/", "/e2/")).status_code == 404


def test_the_model_can_be_imported_itself(cast: Cast) -> None:
    client = cast.client("registrar")
    model = client.get("/editions/e1/import/model.xlsx")
    assert model.status_code == 200
    where = upload(client, model.data, "model.xlsx").location
    assert 'value="enrol"' in client.get(where).text


def test_one_person_is_added_by_hand_once(cast: Cast) -> None:
    client = cast.client("registrar")
    data = {
        "family_name": "Țintaru",
        "given_names": "Ilinca",
        "email": "ilinca@exemplu.example",
        "county": "IS",
    }
    answer = post(client, "/editions/e1/participants/new", **data)
    assert answer.status_code == 302
    assert "/participants/" in answer.location
    post(client, "/editions/e1/participants/new", **data)
    assert count(cast, Enrolment) == 4


@pytest.mark.parametrize(("target", "is_told"), [(2, True), (3, False), (None, False)])
def test_who_is_enrolled_above_the_target_is_enrolled_and_it_is_said(
    cast: Cast, target: int | None, is_told: bool
) -> None:
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Edition, cast.edition_id).target_number = target
    client = cast.client("registrar")
    data = {"family_name": "Țintaru", "given_names": "Ilinca", "email": "ilinca@exemplu.example"}
    answer = post(client, "/editions/e1/participants/new", **data)
    said = "Cu acesta sunt înscriși 3 participanți; ținta ediției este 2."
    assert (said in client.get(answer.location).text) is is_told


def test_a_person_alike_is_asked_about_in_the_form(cast: Cast) -> None:
    client = cast.client("registrar")
    data = {"family_name": "Unu", "given_names": "Ana", "email": "birou@exemplu.example"}
    post(client, "/editions/e1/participants/new", **data)
    other = {**data, "given_names": "Maria"}
    asked = post(client, "/editions/e1/participants/new", **other)
    assert asked.status_code == 200
    assert "Aceeași persoană?" in asked.text
    assert count(cast, Enrolment) == 4
    assert (
        post(client, "/editions/e1/participants/new", answer="different", **other).status_code
        == 302
    )
    assert count(cast, Enrolment) == 5


# --- The table -------------------------------------------------------------------------------


def bring_in_160(cast: Cast) -> None:
    client = cast.client("registrar")
    where = upload(client, demo_roster_xlsx(), "lista.xlsx").location
    soup = BeautifulSoup(client.get(where).text, "html.parser")
    questions = {str(i["name"]) for i in soup.select("input[type=radio]")}
    answers = dict.fromkeys(questions, "different")
    checked = BeautifulSoup(post(client, where, show="", **answers).text, "html.parser")
    plan = checked.find("input", attrs={"name": "plan"})["value"]  # type: ignore[index]
    assert post(client, where, do="enrol", plan=plan, **answers).status_code == 302


def test_the_table_shows_160_people_in_romanian_order_with_a_fixed_number_of_statements(
    cast: Cast, app: Flask
) -> None:
    client = cast.client("registrar")
    client.get("/editions/e1")
    few = statements(app, client, "/editions/e1")
    bring_in_160(cast)
    client.get("/editions/e1")
    assert statements(app, client, "/editions/e1") == few
    assert few <= 17
    page = BeautifulSoup(client.get("/editions/e1").text, "html.parser")
    assert len(page.select("tbody td.check")) == 100
    rest = BeautifulSoup(client.get("/editions/e1?page=2").text, "html.parser")
    assert len(rest.select("tbody td.check")) == 62
    last = BeautifulSoup(client.get("/editions/e1?page=99").text, "html.parser")
    assert len(last.select("tbody td.check")) == 62


def statements(app: Flask, client: FlaskClient, url: str) -> int:
    asked: list[str] = []

    def note(_c, _cursor, statement, *_rest):  # type: ignore[no-untyped-def]
        asked.append(statement)

    with app.app_context():
        sa.event.listen(db.db.engine, "before_cursor_execute", note)
        try:
            assert client.get(url).status_code == 200
        finally:
            sa.event.remove(db.db.engine, "before_cursor_execute", note)
    return len(asked)


def names_on(client: FlaskClient, url: str) -> list[str]:
    return [a.text for a in BeautifulSoup(client.get(url).text, "html.parser").select("tbody th a")]


def test_the_table_is_narrowed_without_diacritics(cast: Cast) -> None:
    client = cast.client("registrar")
    assert names_on(client, "/editions/e1") == ["Coleg Dan", "Învățăcel Maria"]
    assert names_on(client, "/editions/e1?search=invatacel") == ["Învățăcel Maria"]
    assert names_on(client, "/editions/e1?search=plopilor%20dan") == ["Coleg Dan"]
    assert names_on(client, "/editions/e1?county=IS&kind=public_authority&state=quiet") == [
        "Coleg Dan",
        "Învățăcel Maria",
    ]
    assert names_on(client, "/editions/e1?state=completed") == []
    assert names_on(client, "/editions/e1?kind=ngo&group=none&page=x&sort=nonsense") == []


@pytest.mark.parametrize(
    ("part", "status"),
    [
        ("learner", 404),
        ("trainer", 200),
        ("trainer_of_other", 404),
        ("auditor", 200),
        ("owner", 200),
        ("anonymous", 302),
    ],
)
def test_who_sees_the_table_and_its_files(cast: Cast, part: str, status: int) -> None:
    client = cast.client(part)
    for url in ("/editions/e1", "/editions/e1/participants.xlsx", "/editions/e1/participants.csv"):
        assert client.get(url).status_code == status


@pytest.mark.parametrize("part", ["trainer", "auditor"])
def test_those_who_only_follow_get_no_buttons(cast: Cast, part: str) -> None:
    client = cast.client(part)
    main = BeautifulSoup(client.get("/editions/e1").text, "html.parser").main
    assert main is not None
    assert not main.select("form[method=post]")
    for url in ("/editions/e1/invitations", "/editions/e1/letters"):
        assert post(client, url, all="yes").status_code == 403
    assert count(cast, Token) == 0


def test_a_file_has_the_rows_of_the_screen_and_leaves_a_record(cast: Cast) -> None:
    client = cast.client("registrar")
    table = read_table(client.get("/editions/e1/participants.csv?search=coleg").data)
    assert [row.cells[0] for row in table.rows] == ["Coleg"]
    assert count_of(cast, "participants.exported") == 1


def test_a_workbook_says_whom_it_has_and_when_and_can_still_be_imported(cast: Cast) -> None:
    client = cast.client("registrar")
    data = client.get("/editions/e1/participants.xlsx?county=IS&search=coleg").data
    table = read_table(data)
    assert [row.cells[0] for row in table.rows] == ["Coleg"]
    assert table.columns[0] == "Nume"
    about = load_workbook(io.BytesIO(data)).worksheets[1]
    said = [str(cell.value) for row in about.iter_rows() for cell in row]
    assert "Numai: Iași, coleg" in said
    assert "1 participant" in said
    assert said[-1].startswith("Situația din ")
    everybody = client.get("/editions/e1/participants.xlsx").data
    about = load_workbook(io.BytesIO(everybody)).worksheets[1]
    assert not [c for row in about.iter_rows() for c in row if "Numai" in str(c.value)]
    assert "deja" in main_of(client, upload(client, data, "tabel.xlsx").location)


def test_the_page_s_own_links_to_files_keep_every_filter(cast: Cast) -> None:
    client = cast.client("registrar")
    asked = "kind=ngo&county=IS&search=a&state=learning"
    page = BeautifulSoup(client.get(f"/editions/e1?{asked}").text, "html.parser")
    files = [a["href"] for a in page.select("a[href*='participants.']")]
    assert len(files) == 2
    for href in files:
        path, _, query = str(href).partition("?")
        assert path.endswith(("participants.xlsx", "participants.csv"))
        assert set(asked.split("&")) <= set(query.split("&"))
        assert client.get(str(href)).status_code == 200


def count_of(cast: Cast, action: str) -> int:
    with cast.app.app_context():
        return (
            db.session().scalar(
                sa.select(sa.func.count())
                .select_from(AuditEntry)
                .where(AuditEntry.action == action)
            )
            or 0
        )


def test_the_list_of_editions_has_their_figures(cast: Cast) -> None:
    assert "Ediția e1" in cast.client("auditor").get("/editions").text
    mine = cast.client("trainer").get("/editions").text
    assert "Ediția e1" in mine
    assert "Ediția e2" not in mine
    assert cast.client("learner").get("/editions").status_code == 403


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [(-9, -1, "încheiată"), (-9, 0, "în curs"), (0, 9, "în curs"), (1, 9, "urmează")],
)
def test_an_edition_says_where_it_stands_on_its_days(
    cast: Cast, begins: int, ends: int, said: str
) -> None:
    client = cast.client("registrar")
    with cast.app.app_context(), db.writing() as session:
        edition = session.get_one(Edition, cast.edition_id)
        today = clock.today(edition.programme.zone)
        edition.starts_on = today + timedelta(days=begins)
        edition.ends_on = today + timedelta(days=ends)
    page = BeautifulSoup(client.get("/editions").text, "html.parser")
    (card,) = [c for c in page.select("section.card") if "Ediția e1" in c.text]
    assert next(s.text for s in card.select(".state")) == said


# --- Letting in ------------------------------------------------------------------------------


def two_new(cast: Cast) -> list[int]:
    client = cast.client("registrar")
    where = upload(client, write_csv(HEADINGS, TWO)).location
    plan = BeautifulSoup(client.get(where).text, "html.parser").find(
        "input", attrs={"name": "plan"}
    )
    assert plan is not None
    post(client, where, do="enrol", plan=plan["value"])
    with cast.app.app_context():
        return list(
            db.session().scalars(
                sa.select(Enrolment.id).where(Enrolment.id > max(cast.enrolments.values()))
            )
        )


def test_all_who_have_an_address_are_invited_once(cast: Cast) -> None:
    two_new(cast)
    client = cast.client("registrar")
    post(client, "/editions/e1/invitations", all="yes")
    assert count(cast, MailMessage) == 1
    post(client, "/editions/e1/invitations", all="yes")
    assert count(cast, MailMessage) == 1


def main_of(client: FlaskClient, url: str) -> str:
    main = BeautifulSoup(client.get(url).text, "html.parser").main
    assert main is not None
    return " ".join(main.text.split())


def test_an_enrolled_list_leads_to_its_invitations_with_their_numbers(cast: Cast) -> None:
    client = cast.client("registrar")
    assert "nu a fost invitat" not in main_of(client, "/editions/e1")
    two_new(cast)
    text = main_of(client, "/editions/e1")
    assert "2 participanți nu au fost invitați încă" in text
    assert "Invitați participantul cu e-mail propriu" in text
    assert "Scrisoare pentru participantul fără e-mail propriu" in text
    assert "toți cei din ediție" not in text
    narrowed = main_of(client, "/editions/e1?search=coleg")
    assert "Îi privește pe toți cei din ediție" in narrowed
    post(client, "/editions/e1/invitations", all="yes")
    text = main_of(client, "/editions/e1")
    assert "1 participant nu a fost invitat încă" in text
    assert "Invitați" not in text.partition("Scrisoare pentru")[0].partition("invitat încă")[2]
    post(client, "/editions/e1/letters", all="yes")
    assert "nu a fost invitat" not in main_of(client, "/editions/e1")


def test_the_message_after_an_import_is_in_the_page_s_language(cast: Cast) -> None:
    client = cast.client("registrar")
    where = upload(client, write_csv(HEADINGS, TWO)).location
    plan = BeautifulSoup(client.get(where).text, "html.parser").select_one("[name=plan]")
    assert plan is not None
    done = post(client, where, do="enrol", plan=plan["value"])
    text = client.get(done.location).text
    assert "2 participanți au fost înscriși. Pasul următor: trimiteți invitațiile." in text


def mail_states(cast: Cast) -> list[str]:
    with cast.app.app_context():
        return [m.value for m in db.session().scalars(sa.select(MailMessage.state))]


def withdraw(client: FlaskClient, place_id: int) -> None:
    post(client, f"/participants/{place_id}/withdraw", on="2026-11-30", reason="s-a mutat")


def test_who_withdraws_before_the_invitation_went_out_gets_none(cast: Cast) -> None:
    first = two_new(cast)[0]
    client = cast.client("registrar")
    post(client, "/editions/e1/invitations", all="yes")
    assert mail_states(cast) == ["waiting"]
    withdraw(client, first)
    assert mail_states(cast) == ["withdrawn"]
    assert one(cast, sa.select(Token)).withdrawn_at is not None
    assert "30.11.2026" in main_of(client, f"/participants/{first}")
    post(client, f"/participants/{first}/return", reason="a revenit")
    assert "1 participant" in main_of(client, "/editions/e1?state=not_invited&search=plopeanu")


def test_an_invitation_under_way_or_for_another_place_stays(cast: Cast) -> None:
    first = two_new(cast)[0]
    client = cast.client("registrar")
    post(client, "/editions/e1/invitations", all="yes")
    with cast.app.app_context(), db.writing() as session:
        place = session.get_one(Enrolment, first)
        edition = session.scalars(sa.select(Edition).where(Edition.slug == "e2")).one()
        other = Enrolment(
            edition_id=edition.id,
            person_id=place.person_id,
            hours_attended=Decimal(0),
            enrolled_at=EPOCH,
        )
        session.add(other)
        session.flush()
        second = other.id
    withdraw(client, first)
    assert mail_states(cast) == ["waiting"]
    with cast.app.app_context(), db.writing() as session:
        session.execute(sa.update(MailMessage).values(state=MailState.SENDING))
    withdraw(client, second)
    assert mail_states(cast) == ["sending"]
    assert one(cast, sa.select(Token)).withdrawn_at is None


def test_withdrawing_is_found_from_the_head_of_the_page_and_from_the_form(cast: Cast) -> None:
    client = cast.client("registrar")
    place_id = cast.enrolments["learner"]
    for url in (f"/participants/{place_id}", f"/participants/{place_id}/edit"):
        page = BeautifulSoup(client.get(url).text, "html.parser")
        links = page.find_all("a", string="Retragere sau înlocuire")
        assert [str(a["href"]).rpartition("#")[2] for a in links] == ["deeds"]
    withdraw(client, place_id)
    assert "Retragere sau înlocuire" not in client.get(f"/participants/{place_id}").text


def test_those_without_an_address_get_letters_in_one_pdf(cast: Cast) -> None:
    import pikepdf

    two_new(cast)
    client = cast.client("registrar")
    answer = post(client, "/editions/e1/letters", all="yes")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        assert len(pdf.pages) == 1
    assert one(cast, sa.select(Token)).is_printed
    assert post(client, "/editions/e1/letters", all="yes").status_code == 302


def test_a_selection_is_invited_and_accounts_in_use_are_passed_over(cast: Cast) -> None:
    ids = two_new(cast)
    client = cast.client("registrar")
    data = {
        "csrf_token": csrf(client),
        "id": [*map(str, ids), str(cast.enrolments["learner"]), "x", "99999"],
    }
    assert client.post("/editions/e1/invitations", data=data).status_code == 302
    assert count(cast, MailMessage) == 1


def test_a_place_of_another_edition_is_never_invited_through_this_one(cast: Cast) -> None:
    client = cast.client("registrar")
    post(client, "/editions/e1/invitations", id=str(cast.enrolments["learner_of_other"]))
    assert count(cast, Token) == 0


def test_a_new_code_is_shown_once_and_kept_nowhere(cast: Cast) -> None:
    ids = two_new(cast)
    client = cast.client("registrar")
    answer = post(client, f"/participants/{ids[1]}/code")
    assert answer.status_code == 200
    assert re.search(r"[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3}", answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    assert post(client, f"/participants/{ids[1]}/letter").mimetype == "application/pdf"
    assert count(cast, Token) == 2


@pytest.mark.parametrize("deed", ["code", "letter", "invitation"])
def test_a_registrar_opens_no_account_above_their_own(cast: Cast, deed: str) -> None:
    with cast.app.app_context(), db.writing() as session:
        made = session.get_one(Enrolment, cast.enrolments["classmate"])
        made.person_id = cast.persons["owner"]
    answer = post(cast.client("registrar"), f"/participants/{cast.enrolments['classmate']}/{deed}")
    assert answer.status_code == 403
    assert count(cast, Token) == 0


def test_an_invitation_without_an_address_is_explained(cast: Cast) -> None:
    ids = two_new(cast)
    client = cast.client("registrar")
    post(client, f"/participants/{ids[1]}/invitation")
    assert "Nu există adresă de e-mail" in client.get(f"/participants/{ids[1]}").text
    assert count(cast, MailMessage) == 0
    post(client, f"/participants/{ids[0]}/invitation")
    post(client, f"/participants/{ids[0]}/invitation")
    assert count(cast, MailMessage) == 1
    with clock.stopped_at(clock.now() + timedelta(minutes=2)):
        post(client, f"/participants/{ids[0]}/invitation")
    assert count(cast, MailMessage) == 2


# --- One participant -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "status"),
    [
        ("learner", 404),
        ("classmate", 404),
        ("trainer", 200),
        ("trainer_of_other", 404),
        ("registrar", 200),
        ("auditor", 200),
        ("owner", 200),
        ("anonymous", 302),
    ],
)
def test_who_sees_a_participant(cast: Cast, part: str, status: int) -> None:
    assert (
        cast.client(part).get(f"/participants/{cast.enrolments['learner']}").status_code == status
    )


def test_a_trainer_sees_no_office_matters(cast: Cast) -> None:
    url = f"/participants/{cast.enrolments['learner']}"
    assert "Istoric" not in cast.client("trainer").get(url).text
    assert "Istoric" in cast.client("auditor").get(url).text


DEEDS = [
    "edit",
    "hours",
    "withdraw",
    "suspend",
    "reactivate",
    "return",
    "invitation",
    "code",
    "letter",
]


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize(
    ("part", "status"),
    [("learner", 404), ("trainer", 403), ("trainer_of_other", 404), ("auditor", 403)],
)
def test_who_may_do_nothing_to_a_participant(cast: Cast, deed: str, part: str, status: int) -> None:
    before = count(cast, Token)
    answer = post(
        cast.client(part),
        f"/participants/{cast.enrolments['learner']}/{deed}",
        reason="x",
        hours="5",
        on="2026-05-01",
    )
    assert answer.status_code == status
    assert count(cast, Token) == before
    assert place(cast).state is EnrolmentState.ACTIVE


def edit_form(**changes: str) -> dict[str, str]:
    return {
        "family_name": "Învățăcel",
        "given_names": "Maria",
        "organisation": "Primăria Orașului Valea Plopilor",
        "function": "referent",
        "county": "IS",
        **changes,
    }


def test_a_name_is_changed_with_its_history_and_certificates_hear_of_it(cast: Cast) -> None:
    heard: list[int] = []

    def hear(person: Person) -> None:
        heard.append(person.id)

    client = cast.client("registrar")
    url = f"/participants/{cast.enrolments['learner']}/edit"
    assert "Motivul schimbării</label>" in client.get(url).text, "asked for at times: not optional"
    with person_renamed.connected_to(hear):
        missing = post(client, url, **edit_form(family_name="Nouă"))
        assert missing.status_code == 200
        assert heard == []
        assert (
            post(client, url, **edit_form(family_name="Nouă", reason="căsătorie")).status_code
            == 302
        )
        post(client, url, **edit_form(family_name="Nouă", reason="căsătorie"))
    assert person_of(cast).family_name == "Nouă"
    assert one(cast, sa.select(PersonName)).family_name == "Învățăcel"
    assert heard == [cast.persons["learner"]]


def test_an_address_changes_without_a_reason_and_entry_data_with_one(cast: Cast) -> None:
    client = cast.client("registrar")
    url = f"/participants/{cast.enrolments['learner']}/edit"
    assert (
        post(client, url, **edit_form(email="m@exemplu.example", phone="0740 000 001")).status_code
        == 302
    )
    assert person_of(cast).phone == "+40740000001"
    assert person_of(cast).sign_in_email == "m@exemplu.example"
    assert (
        post(client, url, **edit_form(email="m@exemplu.example", function="inspector")).status_code
        == 200
    )
    assert place(cast).function == "referent"
    post(
        client, url, **edit_form(email="m@exemplu.example", function="inspector", reason="greșeală")
    )
    assert place(cast).function == "inspector"
    assert post(client, url, **edit_form(email="fără adresă")).status_code == 200


def test_a_registrar_edits_no_owner(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Enrolment, cast.enrolments["classmate"]).person_id = cast.persons["owner"]
    url = f"/participants/{cast.enrolments['classmate']}/edit"
    assert post(cast.client("registrar"), url, **edit_form()).status_code == 403


def test_hours_are_written_the_romanian_way_with_a_reason(cast: Cast) -> None:
    client = cast.client("registrar")
    url = f"/participants/{cast.enrolments['learner']}/hours"
    for hours, reason in (
        ("18,5", ""),
        ("multe", "listă"),
        ("-1", "listă"),
        ("1,234", "listă"),
        ("NaN", "listă"),
    ):
        post(client, url, hours=hours, reason=reason)
    assert place(cast).hours_attended == 0
    post(client, url, hours="18,5", reason="lista din 14 mai")
    assert place(cast).hours_attended == Decimal("18.5")
    post(client, url, hours="18,5", reason="lista din 14 mai")
    assert count_of(cast, "enrolment.hours_set") == 1


def test_nobody_writes_down_their_own_hours(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Enrolment, cast.enrolments["classmate"]).person_id = cast.persons[
            "registrar"
        ]
    url = f"/participants/{cast.enrolments['classmate']}/hours"
    assert post(cast.client("registrar"), url, hours="5", reason="x").status_code == 403


def asks_for_word(cast: Cast, course_id: int) -> int:
    with cast.app.app_context(), db.writing() as session:
        condition = CompletionCondition(
            course_id=course_id,
            position=9,
            kind=ConditionKind.CONFIRMED_BY_REGISTRAR,
            parameters={},
        )
        session.add(condition)
        session.flush()
        return condition.id


def test_a_condition_is_confirmed_once_and_only_of_the_own_course(cast: Cast) -> None:
    own, other = asks_for_word(cast, cast.course_id), asks_for_word(cast, cast.other_course_id)
    client = cast.client("registrar")
    url = f"/participants/{cast.enrolments['learner']}/conditions/"
    assert post(client, f"{url}{other}", reason="x").status_code == 404
    assert post(client, f"{url}99999", reason="x").status_code == 404
    post(client, f"{url}{own}", reason="")
    assert count(cast, Confirmation) == 0
    post(client, f"{url}{own}", reason="proces-verbal")
    post(client, f"{url}{own}", reason="proces-verbal")
    assert one(cast, sa.select(Confirmation)).reason == "proces-verbal"


def test_somebody_is_withdrawn_with_a_reason_and_taken_back(cast: Cast) -> None:
    client = cast.client("registrar")
    url = f"/participants/{cast.enrolments['learner']}"
    post(client, f"{url}/withdraw", on="2026-05-14", reason="")
    post(client, f"{url}/withdraw", on="ieri", reason="x")
    assert place(cast).state is EnrolmentState.ACTIVE
    post(client, f"{url}/withdraw", on="2026-05-14", reason="la cerere")
    assert place(cast).state is EnrolmentState.WITHDRAWN
    assert "la cerere" in client.get(url).text
    assert names_on(client, "/editions/e1") == ["Coleg Dan"]
    assert names_on(client, "/editions/e1?state=withdrawn") == ["Învățăcel Maria"]
    post(client, f"{url}/return", reason="s-a întors")
    assert place(cast).state is EnrolmentState.ACTIVE
    assert place(cast).withdrawn_on is None


def test_suspending_ends_every_sign_in_at_once(cast: Cast) -> None:
    learner = cast.client("learner")
    client = cast.client("registrar")
    url = f"/participants/{cast.enrolments['learner']}"
    post(client, f"{url}/suspend", reason="")
    assert person_of(cast).suspended_at is None
    heard: list[int] = []

    def hear(enrolment: Enrolment) -> None:
        heard.append(enrolment.id)

    with enrolment_changed.connected_to(hear):
        post(client, f"{url}/suspend", reason="la cerere")
    assert heard == [cast.enrolments["learner"]]
    assert person_of(cast).suspended_at is not None
    with cast.app.app_context():
        held = sa.select(SignInSession.id).where(SignInSession.person_id == cast.persons["learner"])
        assert db.session().scalars(held).all() == []
    assert learner.get("/home").status_code in (302, 404)
    post(client, f"{url}/reactivate", reason="lămurit")
    assert person_of(cast).suspended_at is None


def test_nobody_suspends_oneself(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Enrolment, cast.enrolments["classmate"]).person_id = cast.persons[
            "registrar"
        ]
    url = f"/participants/{cast.enrolments['classmate']}/suspend"
    assert post(cast.client("registrar"), url, reason="x").status_code == 403


# --- Releases --------------------------------------------------------------------------------


@pytest.fixture
def completed(cast: Cast) -> Cast:
    """Both learners have completed, and the edition issues after a release."""
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Edition, cast.edition_id).issuing = IssuingMode.RELEASE
        for part in ("learner", "classmate"):
            session.add(
                Completion(
                    enrolment_id=cast.enrolments[part],
                    kind=SubjectKind.COURSE,
                    subject_id=cast.course_id,
                    earned_at=EPOCH,
                    content_version=1,
                    evidence={},
                )
            )
    return cast


DECISION = {
    "released_on": "2026-05-14",
    "decision_number": "42/2026",
    "reason": "hotărârea comisiei",
}


def test_those_ticked_are_released_once(completed: Cast) -> None:
    heard: list[int] = []

    def hear(enrolment: Enrolment) -> None:
        heard.append(enrolment.id)

    client = completed.client("registrar")
    assert "2 participanți au încheiat" in client.get("/editions/e1/releases").text
    mine = str(completed.enrolments["learner"])
    with enrolment_changed.connected_to(hear):
        assert post(client, "/editions/e1/releases", id=mine, **DECISION).status_code == 302
        assert post(client, "/editions/e1/releases", id=mine, **DECISION).status_code == 302
    assert heard == [completed.enrolments["learner"]]
    made = one(completed, sa.select(Release))
    assert made.decision_number == "42/2026"
    assert place(completed).release_id == made.id
    assert place(completed, "classmate").release_id is None
    assert "1 participant a încheiat" in client.get("/editions/e1/releases").text


@pytest.mark.parametrize(
    "change", [{"reason": ""}, {"released_on": "2999-01-01"}, {"released_on": "azi"}, {"id": ""}]
)
def test_a_release_without_date_reason_or_people_changes_nothing(
    completed: Cast, change: dict[str, str]
) -> None:
    client = completed.client("registrar")
    data = {"id": str(completed.enrolments["learner"]), **DECISION, **change}
    assert post(client, "/editions/e1/releases", **data).status_code == 200
    assert count(completed, Release) == 0


@pytest.mark.parametrize(
    ("part", "sees", "does"),
    [
        ("learner", 404, 404),
        ("trainer", 403, 403),
        ("trainer_of_other", 404, 404),
        ("auditor", 200, 403),
        ("owner", 200, 302),
    ],
)
def test_who_releases(completed: Cast, part: str, sees: int, does: int) -> None:
    client = completed.client(part)
    assert client.get("/editions/e1/releases").status_code == sees
    data = {"id": str(completed.enrolments["learner"]), **DECISION}
    assert post(client, "/editions/e1/releases", **data).status_code == does


def test_nobody_releases_themselves_or_places_elsewhere(completed: Cast) -> None:
    with completed.app.app_context(), db.writing() as session:
        session.get_one(Enrolment, completed.enrolments["classmate"]).person_id = completed.persons[
            "registrar"
        ]
    client = completed.client("registrar")
    ids = [str(completed.enrolments[p]) for p in ("classmate", "learner_of_other")]
    client.post("/editions/e1/releases", data={"csrf_token": csrf(client), "id": ids, **DECISION})
    assert count(completed, Release) == 0


def test_an_edition_that_issues_at_completion_has_nothing_to_release(cast: Cast) -> None:
    client = cast.client("registrar")
    post(client, "/editions/e1/releases", id=str(cast.enrolments["learner"]), **DECISION)
    assert count(cast, Release) == 0
    assert "la încheierea cursului" in client.get("/editions/e1/releases").text


# --- The record ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "status"),
    [
        ("learner", 403),
        ("trainer", 403),
        ("registrar", 200),
        ("auditor", 200),
        ("owner", 200),
        ("anonymous", 302),
    ],
)
def test_who_looks_into_the_record(cast: Cast, part: str, status: int) -> None:
    client = cast.client(part)
    for url in ("/audit", "/audit.csv", "/audit.xlsx"):
        assert client.get(url).status_code == status


def test_the_record_is_narrowed_and_exported_without_formulas(cast: Cast) -> None:
    client = cast.client("registrar")
    url = f"/participants/{cast.enrolments['learner']}/edit"
    post(client, url, **edit_form(family_name="Nouă", reason="=1+1"))
    post(client, url, **edit_form(family_name="Învățăcel", reason="înapoi"))
    page = BeautifulSoup(
        client.get("/audit?action=person.renamed&person=invatacel").text, "html.parser"
    )
    assert len(page.select("tbody tr")) == 2
    assert "înapoi" in page.select("tbody tr")[0].text
    assert not BeautifulSoup(
        client.get("/audit?row=x&page=-1&person=nimeni").text, "html.parser"
    ).select("tbody tr")
    exported = client.get("/audit.csv?action=person.renamed").data.decode("utf-8-sig")
    assert ";=1+1" not in exported
    assert count_of(cast, "audit.exported") == 1
