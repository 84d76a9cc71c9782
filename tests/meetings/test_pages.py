"""The pages of meetings: set, ticked, imported, printed, shown to learners."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from pikepdf import Pdf
from werkzeug.test import TestResponse

from lms import clock, db
from lms.audit.models import AuditEntry
from lms.courses.models import Enrolment
from lms.files.models import StoredFile
from lms.meetings.models import Meeting
from lms.safety.sheets import read_table, write_csv
from tests.access.samples import PNG
from tests.cast import EPOCH, Cast, make_person
from tests.meetings.meeting import (
    DURING,
    ENDS,
    ask_for_hours,
    code_of,
    flashed,
    hours_of,
    ledger_of,
    make_group,
    mark,
    meet,
    post,
    presences,
)

FORM = {
    "title": "Dosarul de finanțare",
    "group_id": "0",
    "on": "2026-07-09",
    "starts": "09:30",
    "ends": "13:00",
    "hours": "",
    "place": "Sala de consiliu",
    "trainers": "Petru Formator\n\nAna Exemplu",
    "grace_minutes": "20",
}


def soup(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def fields_of(client: FlaskClient, meeting_id: int, query: str = "") -> dict[str, list[str]]:
    """Return what a meeting's form would send as it is drawn."""
    form = soup(client.get(f"/meetings/{meeting_id}{query}")).select_one("form[data-bulk]")
    found: dict[str, list[str]] = {}
    for field in form.select("input[name]"):
        if field.get("type") == "checkbox" and not field.has_attr("checked"):
            continue
        found.setdefault(field["name"], []).append(field.get("value", ""))
    found.pop("csrf_token")
    return found


# Set and changed -------------------------------------------------------------------------------


def test_the_registrar_sets_a_meeting_in_the_programmes_time(cast):
    client = cast.client("registrar")
    group = make_group(cast, "learner")
    answer = post(client, "/editions/e1/meetings/new", **{**FORM, "group_id": str(group)})
    assert answer.status_code == 303
    page = flashed(client, answer)
    assert "9 iulie 2026, 09:30–13:00" in page
    assert "3,5 ore" in page
    with cast.app.app_context():
        made = db.session().scalars(sa.select(Meeting)).one()
        assert made.starts_at == datetime(2026, 7, 9, 6, 30, tzinfo=UTC)
        assert made.hours == Decimal("3.5")
        assert made.trainers == ["Petru Formator", "Ana Exemplu"]
        assert (made.group_id, made.grace_minutes) == (group, 20)
    listed = client.get("/editions/e1/meetings").text
    assert "Dosarul de finanțare" in listed
    assert "Grupa 1" in listed


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ends": "09:00"}, "Se termină după ce începe"),
        ({"place": ""}, "Spuneți unde"),
        ({"link": "javascript:alert(1)"}, "O adresă începe cu https://"),
        ({"hours": "0"}, "mai mult de zero ore"),
        ({"hours": "multe"}, "Scrieți orele ca număr"),
        ({"title": ""}, "Completați acest câmp."),
        ({"group_id": "987"}, ""),
        ({"grace_minutes": "500"}, "120"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_set(cast, change, said):
    client = cast.client("registrar")
    answer = post(client, "/editions/e1/meetings/new", **{**FORM, **change})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="2026-07-09"' in answer.text, "what was typed is still there"
    with cast.app.app_context():
        assert db.session().scalars(sa.select(Meeting)).all() == []


def test_the_form_knows_the_groups_place_and_trainers(cast):
    group = make_group(cast)
    with cast.app.app_context(), db.writing() as session:
        session.execute(sa.text("UPDATE groups SET place = 'Casa de cultură'"))
    page = cast.client("registrar").get(f"/editions/e1/meetings/new?group={group}")
    assert soup(page).find("input", {"name": "place"})["value"] == "Casa de cultură"


def test_a_meeting_is_changed_and_its_hours_only_with_a_reason(cast):
    client, meeting = cast.client("registrar"), meet(cast)
    mark(cast, meeting, {"learner": 3}, "trainer")
    assert 'value="10:00' in client.get(f"/meetings/{meeting}/edit").text
    changed = {**FORM, "hours": "2"}
    refused = post(client, f"/meetings/{meeting}/edit", **changed)
    assert refused.status_code == 422
    assert "Spuneți de ce se schimbă orele" in refused.text
    assert hours_of(cast, "learner") == 3
    done = post(client, f"/meetings/{meeting}/edit", **changed, reason="pauze lungi")
    assert done.status_code == 303
    assert hours_of(cast, "learner") == 2


def test_what_is_to_come_stands_before_what_is_over_and_the_next_is_marked(cast):
    now = clock.now()

    def around(title: str, hours: int) -> int:
        starts = now + timedelta(hours=hours)
        return meet(cast, title=title, starts_at=starts, ends_at=starts + timedelta(hours=2))

    around("Veche", -90)
    around("Recentă", -40)
    called_off = around("Anulată", 5)
    around("Apropiată", 9)
    around("Târzie", 90)
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Meeting, called_off).cancelled_at = now
    rows = soup(cast.client("registrar").get("/editions/e1/meetings")).select("tbody tr th")
    names = [row.a.get_text() for row in rows]
    assert names == ["Anulată", "Apropiată", "Târzie", "Recentă", "Veche"]
    assert [row.a.get_text() for row in rows if "următoarea" in row.get_text()] == ["Apropiată"]


def test_a_meeting_is_called_off_with_a_reason_and_learners_no_longer_see_it(cast):
    client, meeting = cast.client("registrar"), meet(cast)
    learner = cast.client("learner")
    assert "Limitele din art. 6" in learner.get("/learn/meetings").text
    post(client, f"/meetings/{meeting}/cancel", reason="")
    assert "Limitele din art. 6" in learner.get("/learn/meetings").text
    post(client, f"/meetings/{meeting}/cancel", reason="drumul este închis")
    assert "Limitele din art. 6" not in learner.get("/learn/meetings").text
    page = client.get(f"/meetings/{meeting}").text
    assert "drumul este închis" in page
    assert "data-bulk" not in page


# Ticked ----------------------------------------------------------------------------------------


def test_the_trainer_ticks_who_was_there(cast):
    meeting, client = meet(cast), cast.client("trainer")
    fields = fields_of(client, meeting)
    fields["present"] = [str(cast.enrolments["learner"]), str(cast.enrolments["classmate"])]
    fields[f"hours-{cast.enrolments['classmate']}"] = ["1,5"]
    answer = post(client, f"/meetings/{meeting}/presence", **fields)
    assert answer.status_code == 303
    assert "A fost consemnată prezența pentru 2 persoane." in flashed(client, answer)
    assert hours_of(cast, "learner") == 3
    assert hours_of(cast, "classmate") == Decimal("1.5")
    assert fields_of(client, meeting)[f"hours-{cast.enrolments['classmate']}"] == ["1,5"]


def test_the_same_form_again_changes_nothing(cast):
    meeting, client = meet(cast), cast.client("trainer")
    fields = {**fields_of(client, meeting), "present": [str(cast.enrolments["learner"])]}
    post(client, f"/meetings/{meeting}/presence", **fields)
    again = post(client, f"/meetings/{meeting}/presence", **fields)
    assert "Nu s-a schimbat nimic." in flashed(client, again)
    assert len(ledger_of(cast, "learner")) == 1


def test_two_people_with_the_page_open_do_not_undo_each_other(cast):
    meeting = meet(cast)
    trainer, registrar = cast.client("trainer"), cast.client("registrar")
    first, second = fields_of(trainer, meeting), fields_of(registrar, meeting)
    first["present"] = [str(cast.enrolments["learner"])]
    second["present"] = [str(cast.enrolments["classmate"])]
    post(trainer, f"/meetings/{meeting}/presence", **first)
    post(registrar, f"/meetings/{meeting}/presence", **second)
    assert hours_of(cast, "learner") == 3, "the second page did not know of this tick"
    assert hours_of(cast, "classmate") == 3


def test_all_and_none_need_no_script(cast):
    meeting, client = meet(cast), cast.client("trainer")
    assert len(fields_of(client, meeting, "?tick=all")["present"]) == 2
    mark(cast, meeting, {"learner": 3}, "trainer")
    assert "present" not in fields_of(client, meeting, "?tick=none")


def test_a_tick_taken_away_asks_for_a_reason_and_loses_nothing_typed(cast):
    meeting, client = meet(cast), cast.client("trainer")
    mark(cast, meeting, {"learner": 3}, "trainer")
    fields = {**fields_of(client, meeting), "present": [str(cast.enrolments["classmate"])]}
    refused = post(client, f"/meetings/{meeting}/presence", **fields)
    assert refused.status_code == 422
    assert "spuneți de ce" in refused.text
    ticked = soup(refused).select("input[name=present][checked]")
    assert [t["value"] for t in ticked] == [str(cast.enrolments["classmate"])]
    fields["reason"] = "semnătura era a altcuiva"
    assert post(client, f"/meetings/{meeting}/presence", **fields).status_code == 303
    assert (hours_of(cast, "learner"), hours_of(cast, "classmate")) == (0, 3)
    page = client.get(f"/meetings/{meeting}").text
    assert "semnătura era a altcuiva" in page
    assert "−3" in page


@pytest.mark.parametrize("hours", ["abc", "4", "-1"])
def test_hours_that_are_none_are_said_and_kept_in_the_form(cast, hours):
    meeting, client = meet(cast), cast.client("trainer")
    learner = cast.enrolments["learner"]
    fields = {**fields_of(client, meeting), "present": [str(learner)], f"hours-{learner}": hours}
    answer = post(client, f"/meetings/{meeting}/presence", **fields)
    assert answer.status_code == 422
    assert f'value="{hours}"' in answer.text
    assert hours_of(cast, "learner") == 0


def test_somebody_of_another_group_can_be_added(cast):
    meeting = meet(cast, group_id=make_group(cast, "learner"))
    client = cast.client("trainer")
    page = soup(client.get(f"/meetings/{meeting}"))
    assert len(page.select("ul.presence > li")) == 1
    fields = {**fields_of(client, meeting), "guest": str(cast.enrolments["classmate"])}
    assert post(client, f"/meetings/{meeting}/presence", **fields).status_code == 303
    assert hours_of(cast, "classmate") == 3
    assert "din altă grupă" in client.get(f"/meetings/{meeting}").text
    assert "Limitele din art. 6" in cast.client("classmate").get("/learn/meetings").text


def test_odd_lines_are_refused(cast):
    meeting, client = meet(cast), cast.client("trainer")
    stranger = str(cast.enrolments["learner_of_other"])
    answer = post(client, f"/meetings/{meeting}/presence", line=stranger, present=stranger)
    assert answer.status_code == 422
    assert presences(cast, meeting) == []


def test_the_auditor_sees_and_changes_nothing(cast):
    meeting, client = meet(cast), cast.client("auditor")
    mark(cast, meeting, {"learner": 3}, "trainer")
    page = client.get(f"/meetings/{meeting}")
    assert "prezent" in page.text
    assert soup(page).select("input[name=present]") == []
    assert post(client, f"/meetings/{meeting}/presence").status_code == 403


# On paper --------------------------------------------------------------------------------------


def test_the_sheet_to_sign_is_in_romanian_order_with_rows_left_free(cast):
    meeting = meet(cast)
    answer = cast.client("trainer").get(f"/meetings/{meeting}/sheet.pdf")
    assert answer.mimetype == "application/pdf"
    assert "attachment" in answer.headers["Content-Disposition"]
    with Pdf.open(io.BytesIO(answer.data)) as pdf:
        assert len(pdf.pages) == 1


def test_a_scan_is_attached_by_what_it_holds_and_handed_out_to_be_stored(cast):
    meeting, client = meet(cast), cast.client("trainer")
    for name in ("lista.png", "lista-2.png"):
        sent = post(client, f"/meetings/{meeting}/scans", scan=(io.BytesIO(PNG), name))
        assert sent.status_code == 303
    with cast.app.app_context():
        (kept,) = db.session().scalars(sa.select(StoredFile)).all()
        assert (kept.owner_type, kept.owner_id, kept.media_type) == (
            "meetings",
            meeting,
            "image/png",
        )
    got = client.get(f"/meetings/{meeting}/scans/{kept.id}")
    assert got.data == PNG
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert cast.client("learner").get(f"/meetings/{meeting}/scans/{kept.id}").status_code == 404
    wrong = post(client, f"/meetings/{meeting}/scans", scan=(io.BytesIO(b"<svg/>"), "lista.png"))
    assert wrong.status_code == 422
    assert "O scanare este un PDF" in wrong.text


def test_a_scan_of_one_meeting_is_not_anothers(cast):
    meeting, other, client = meet(cast), meet(cast), cast.client("trainer")
    post(client, f"/meetings/{meeting}/scans", scan=(io.BytesIO(PNG), "lista.png"))
    with cast.app.app_context():
        kept = db.session().scalars(sa.select(StoredFile.id)).one()
    assert client.get(f"/meetings/{other}/scans/{kept}").status_code == 404


# From a list -----------------------------------------------------------------------------------


def check_list(client: FlaskClient, meeting: int, rows: list[list[str]], *headings: str):
    data = write_csv(headings or ("Nume", "Prenume", "Prezent", "Ore"), rows)
    file = (io.BytesIO(data), "prezenta.csv")
    return post(client, f"/meetings/{meeting}/import", file=file)


def keep(client: FlaskClient, meeting: int, checked: TestResponse, **more: str) -> TestResponse:
    rows = soup(checked).find("input", {"name": "rows"})["value"]
    return post(client, f"/meetings/{meeting}/import/keep", rows=rows, **more)


def test_a_list_is_shown_first_and_then_kept_whole(cast):
    meeting, client = meet(cast), cast.client("trainer")
    checked = check_list(
        client, meeting, [["ÎNVĂȚĂCEL", "Maria", "da", ""], ["Coleg", "Dan", "", "2"]]
    )
    assert checked.status_code == 200
    assert hours_of(cast, "learner") == 0, "nothing is kept by looking"
    done = keep(client, meeting, checked)
    assert "pentru 2 persoane" in flashed(client, done)
    assert (hours_of(cast, "learner"), hours_of(cast, "classmate")) == (3, 2)
    assert "dintr-o listă" in client.get(f"/meetings/{meeting}").text
    again = check_list(client, meeting, [["Învățăcel", "Maria", "da", ""]])
    assert "Lista nu spune nimic nou" in again.text


def test_a_wrong_row_keeps_all_back(cast):
    meeting, client = meet(cast), cast.client("trainer")
    rows = [
        ["Învățăcel", "Maria", "da", ""],
        ["Învățăcel", "Maria", "da", ""],
        ["Nimeni", "Nicu", "da", ""],
        ["Coleg", "Dan", "poate", ""],
    ]
    page = check_list(client, meeting, rows)
    assert "aceeași persoană" in page.text
    assert "„poate” nu este nici da, nici nu" in page.text
    assert soup(page).find("input", {"name": "rows"}) is None


def test_a_correction_from_a_list_asks_for_a_reason(cast):
    meeting, client = meet(cast), cast.client("trainer")
    mark(cast, meeting, {"learner": 3}, "trainer")
    checked = check_list(client, meeting, [["Învățăcel", "Maria", "nu", ""]])
    assert "este consemnat 3, lista spune 0" in checked.text
    assert keep(client, meeting, checked).status_code == 422
    assert hours_of(cast, "learner") == 3
    assert keep(client, meeting, checked, reason="lista semnată").status_code == 303
    assert hours_of(cast, "learner") == 0


def test_the_list_to_fill_in_can_be_sent_back(cast):
    meeting, client = meet(cast), cast.client("trainer")
    mark(cast, meeting, {"classmate": 2}, "trainer")
    for kind in ("xlsx", "csv"):
        file = client.get(f"/meetings/{meeting}/presence.{kind}")
        table = read_table(file.data, f"p.{kind}")
        assert table.columns[:6] == (
            *("Nume", "Prenume", "Nume de intrare"),
            *("Organizația", "Prezent", "Ore"),
        )
        assert [row.cells[4] for row in table.rows] == ["da", ""]
        back = post(
            client, f"/meetings/{meeting}/import", file=(io.BytesIO(file.data), f"p.{kind}")
        )
        assert "Lista nu spune nimic nou" in back.text


@pytest.mark.parametrize("rows", ["", "abc", "e30="])
def test_rows_that_are_not_ours_are_a_missing_page(cast, rows):
    meeting, client = meet(cast), cast.client("trainer")
    assert post(client, f"/meetings/{meeting}/import/keep", rows=rows).status_code == 404


def test_a_list_of_something_else_is_refused(cast):
    meeting, client = meet(cast), cast.client("trainer")
    page = check_list(client, meeting, [["a", "b"]], "Fruct", "Preț")
    assert page.status_code == 422
    assert "Nicio coloană nu spune cine a fost" in page.text
    assert "Alegeți" in post(client, f"/meetings/{meeting}/import").text


# The learner -----------------------------------------------------------------------------------


def test_a_learner_types_the_code_and_sees_the_hours(cast):
    meeting, client = meet(cast), cast.client("learner")
    with clock.stopped_at(DURING):
        home = client.get("/learn").text
        assert "Întâlnire acum" in home
        answer = post(client, "/learn/presence", code=code_of(cast, meeting).lower())
        page = flashed(client, answer)
    assert "Sunteți prezent(ă) la „Limitele din art. 6”: 3 ore." in page
    assert "prezență: 3 ore, prin cod" in page
    assert "prin cod" in cast.client("trainer").get(f"/meetings/{meeting}").text
    assert (
        "prin cod"
        in cast.client("registrar").get(f"/participants/{cast.enrolments['learner']}").text
    )


def test_wrong_codes_are_counted_and_stopped(cast):
    meeting, client = meet(cast), cast.client("learner")
    with clock.stopped_at(DURING):
        for _try in range(5):
            answer = post(client, "/learn/presence", code="BBBBBB")
            assert "nu este codul uneia" in flashed(client, answer)
        answer = post(client, "/learn/presence", code=code_of(cast, meeting))
        assert "Prea multe coduri greșite" in flashed(client, answer)
    assert hours_of(cast, "learner") == 0


def test_a_late_code_says_until_when_it_was_taken(cast):
    meeting, client = meet(cast), cast.client("learner")
    with clock.stopped_at(ENDS + timedelta(hours=2)):
        answer = post(client, "/learn/presence", code=code_of(cast, meeting))
        assert "până la ora 13:15" in flashed(client, answer)


def test_the_code_page_shows_it_large_with_a_qr_code_that_fills_it_in(cast):
    meeting, code = meet(cast), ""
    page = soup(cast.client("trainer").get(f"/meetings/{meeting}/code"))
    code = code_of(cast, meeting)
    assert page.select_one(".wall-code").text == f"{code[:3]} {code[3:]}"
    assert page.select_one("svg.wall-qr path")["d"].startswith("M")
    filled = soup(cast.client("learner").get(f"/learn/meetings?code={code}"))
    assert filled.find("input", {"name": "code"})["value"] == code
    assert hours_of(cast, "learner") == 0, "a link alone writes nothing down"


def test_what_i_still_need_names_the_next_meeting(cast):
    ask_for_hours(cast, 3)
    make_group(cast, "classmate", name="Grupa 2")
    meeting = meet(cast)
    client = cast.client("learner")
    sentence = "Următoarea întâlnire: joi, 14 mai 2026, 10:00–13:00"
    with clock.stopped_at(DURING - timedelta(days=3)):
        home = client.get("/learn").text
        assert "14 mai 2026, 10:00–13:00" in home
        assert "Următoarea întâlnire" not in home, "it stands among what comes next, once"
        assert sentence in client.get("/courses/curs").text
    mark(cast, meeting, {"learner": 3}, "trainer")
    with clock.stopped_at(DURING - timedelta(days=3)):
        assert "14 mai 2026, 10:00–13:00" not in client.get("/learn").text
        assert "Următoarea întâlnire" not in client.get("/courses/curs").text


# Files and figures -----------------------------------------------------------------------------


def test_lists_are_exported_and_the_export_of_hours_is_recorded(cast):
    meeting = meet(cast, group_id=make_group(cast, "learner"))
    mark(cast, meeting, {"learner": 3}, "trainer")
    client = cast.client("trainer")
    for kind in ("xlsx", "csv"):
        listed = read_table(client.get(f"/editions/e1/meetings.{kind}").data, f"m.{kind}")
        assert listed.rows[0].cells[2:4] == ("Grupa 1", "Limitele din art. 6")
        hours = read_table(client.get(f"/editions/e1/attendance.{kind}").data, f"a.{kind}")
        by_name = {row.cells[0]: row.cells for row in hours.rows}
        assert Decimal(by_name["Învățăcel"][-1].replace(",", ".")) == 3
        assert by_name["Coleg"][5] == ""
    with cast.app.app_context():
        recorded = sa.select(sa.func.count()).where(AuditEntry.action == "attendance.exported")
        assert db.session().scalar(recorded) == 2


def bring_in(cast: Cast, number: int) -> None:
    with cast.app.app_context(), db.writing() as session:
        for n in range(number):
            person = make_person("Ana", f"Om {n}", sign_in_name=f"om-{n}")
            session.flush()
            session.add(
                Enrolment(
                    person_id=person.id,
                    edition_id=cast.edition_id,
                    enrolled_at=EPOCH,
                    hours_attended=Decimal(0),
                )
            )


def statements(cast: Cast, client: FlaskClient, url: str) -> int:
    asked: list[str] = []

    def note(_c, _cursor, statement, *_rest):
        asked.append(statement)

    with cast.app.app_context():
        sa.event.listen(db.db.engine, "before_cursor_execute", note)
        try:
            assert client.get(url).status_code == 200
        finally:
            sa.event.remove(db.db.engine, "before_cursor_execute", note)
    return len(asked)


def test_a_meeting_of_160_is_shown_in_as_many_statements_as_one_of_two(cast):
    meeting, client = meet(cast), cast.client("trainer")
    pages = (f"/meetings/{meeting}", "/editions/e1/meetings", f"/meetings/{meeting}/sheet.pdf")
    few = [statements(cast, client, url) for url in pages for _warm in (0, 1)][1::2]
    bring_in(cast, 158)
    meet(cast, title="Alta")
    assert [statements(cast, client, url) for url in pages] == few
    assert few[0] <= 7
    assert few[1] <= 8
    page = soup(client.get(f"/meetings/{meeting}"))
    assert len(page.select("ul.presence > li")) == 160
    with Pdf.open(io.BytesIO(client.get(f"/meetings/{meeting}/sheet.pdf").data)) as pdf:
        assert len(pdf.pages) >= 7


def test_160_are_ticked_in_one_go(cast):
    ask_for_hours(cast, 3)
    meeting, client = meet(cast), cast.client("trainer")
    bring_in(cast, 158)
    fields = fields_of(client, meeting, "?tick=all")
    answer = post(client, f"/meetings/{meeting}/presence", **fields)
    assert "pentru 160 de persoane" in flashed(client, answer)
    with cast.app.app_context():
        hours = sa.select(sa.func.sum(Enrolment.hours_attended)).where(
            Enrolment.edition_id == cast.edition_id
        )
        assert db.session().scalar(hours) == 480


def test_a_trainer_of_another_course_finds_nothing(cast):
    meeting, client = meet(cast), cast.client("trainer_of_other")
    for url in ("", "/code", "/sheet.pdf", "/import"):
        assert client.get(f"/meetings/{meeting}{url}").status_code == 404
    assert post(client, f"/meetings/{meeting}/presence").status_code == 404


def test_the_record_says_who_wrote_down_what(cast):
    meeting = meet(cast)
    mark(cast, meeting, {"learner": 3}, "trainer")
    page = cast.client("auditor").get(f"/audit?table=meetings&row={meeting}")
    assert "Prezență consemnată" in page.text
    assert "Limitele din art. 6" in page.text
