"""Setting a programme up: who may, what happens, twice, and on bad input."""

from __future__ import annotations

import io
from datetime import date

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image

from lms import db
from lms.audit.models import AuditEntry
from lms.certificates.models import Award, Certificate, CertificateState
from lms.courses.events import programme_completed
from lms.courses.models import (
    Course,
    Edition,
    Enrolment,
    Group,
    IssuingMode,
    Programme,
    ProgrammeLogo,
)
from tests.cast import EPOCH, Cast, csrf

FORM = {
    "title": "Programul de probă",
    "short_name": "Probă",
    "funder": "Finanțatorul de exemplu",
    "contract_number": "1/2026",
    "project_code": "123",
    "issuers": "Asociația Exemplu\r\n\r\n  Fundația   Model ",
    "issuer_contact": "contact@exemplu.example",
    "place": "Valea Plopilor",
    "funding_statement": "Finanțat ca exemplu.",
    "certificate_title": "Certificat de participare",
    "certificate_series": "tst",
    "zone": "Europe/Bucharest",
    "retain_until": "2036-12-31",
    "signatory_1_name": "Ana Exemplu",
    "signatory_1_function": "reprezentant legal",
    "signatory_2_name": "Ion Exemplu",
    "signatory_2_function": "manager de proiect",
}


def post(client: FlaskClient, url: str, **data: object):  # type: ignore[no-untyped-def]
    return client.post(url, data={"csrf_token": csrf(client), **data})


def programme(cast: Cast, programme_id: int | None = None) -> Programme:
    with cast.app.app_context():
        found = db.session().get_one(Programme, programme_id or cast.programme_id)
        assert found.signatories is not None
        assert found.logos is not None
        return found


@pytest.fixture
def opened(cast: Cast) -> Cast:
    """The cast's programme, open for changes."""
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Programme, cast.programme_id).completed_at = None
    return cast


def count(cast: Cast, model: type) -> int:
    with cast.app.app_context():
        return db.session().scalar(sa.select(sa.func.count()).select_from(model)) or 0


def recorded(cast: Cast, action: str) -> int:
    with cast.app.app_context():
        statement = (
            sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.action == action)
        )
        return db.session().scalar(statement) or 0


# --- Programmes ------------------------------------------------------------------------------


def test_a_programme_is_created_and_can_be_completed_later(cast: Cast) -> None:
    client = cast.client("registrar")
    answer = post(
        client,
        "/programmes/new",
        title="Nou",
        short_name="Nou",
        certificate_title="Certificat",
        certificate_series="N26",
        zone="Europe/Bucharest",
    )
    assert answer.status_code == 302
    page = client.get(answer.location).text
    assert "Creați o ediție" in page
    assert "Finanțatorul" in page
    assert count(cast, Programme) == 2


def test_a_series_is_one_programmes_and_of_letters_and_digits(cast: Cast) -> None:
    client = cast.client("registrar")
    for series in ("tst", "ȘȚ", "", "A-B", "ABCDEFGHIJKLM"):
        assert (
            post(client, "/programmes/new", **{**FORM, "certificate_series": series}).status_code
            == 200
        )
    assert count(cast, Programme) == 1


def test_what_is_printed_is_saved_line_by_line(opened: Cast) -> None:
    client = opened.client("registrar")
    assert post(client, f"/programmes/{opened.programme_id}/edit", **FORM).status_code == 302
    saved = programme(opened)
    assert saved.issuers == ["Asociația Exemplu", "Fundația Model"]
    assert saved.certificate_series == "TST"
    assert saved.retain_until == date(2036, 12, 31)
    post(
        client,
        f"/programmes/{opened.programme_id}/edit",
        **{**FORM, "signatory_2_name": "", "signatory_2_function": ""},
    )
    assert [s.name for s in programme(opened).signatories] == ["Ana Exemplu"]
    post(client, f"/programmes/{opened.programme_id}/edit", **{**FORM, "issuers": "a\nb\nc\nd\ne"})
    assert len(programme(opened).issuers) == 2


def test_a_title_with_reserved_words_is_warned_of(opened: Cast) -> None:
    client = opened.client("registrar")
    post(
        client,
        f"/programmes/{opened.programme_id}/edit",
        **{**FORM, "certificate_title": "Certificat de absolvire"},
    )
    assert "absolvire" in client.get(f"/programmes/{opened.programme_id}").text


@pytest.mark.parametrize(
    ("part", "sees", "edits"),
    [
        ("anonymous", 302, 302),
        ("learner", 404, 404),
        ("trainer", 404, 404),
        ("registrar", 200, 302),
        ("auditor", 200, 403),
        ("owner", 200, 302),
    ],
)
def test_who_sees_and_who_edits_a_programme(opened: Cast, part: str, sees: int, edits: int) -> None:
    client = opened.client(part)
    url = f"/programmes/{opened.programme_id}"
    assert client.get(url).status_code == sees
    assert post(client, f"{url}/edit", **FORM).status_code == edits
    assert (programme(opened).funder is not None) is (part in ("registrar", "owner"))


def test_what_is_declared_complete_is_not_edited(cast: Cast) -> None:
    client = cast.client("registrar")
    url = f"/programmes/{cast.programme_id}"
    post(client, f"{url}/edit", **{**FORM, "place": "Altundeva"})
    assert programme(cast).place == "Valea Plopilor"
    assert "Redeschideți-l mai întâi" in client.get(url).text


def with_number(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        award = Award(edition_id=cast.edition_id)
        session.add(award)
        session.flush()
        session.add(
            Certificate(
                enrolment_id=cast.enrolments["learner"],
                award_id=award.id,
                state=CertificateState.VOID,
                series="TST",
                year=2026,
                serial=1,
                number="TST-2026-000001-X",
                code="0" * 27,
                verify_url="http://exemplu.example/v",
                is_model=False,
                facts={},
                reserved_at=EPOCH,
                issued_on=date(2026, 3, 2),
            )
        )


def test_a_series_stays_once_a_number_was_given(opened: Cast) -> None:
    with_number(opened)
    client = opened.client("registrar")
    url = f"/programmes/{opened.programme_id}/edit"
    assert post(client, url, **{**FORM, "certificate_series": "ALTA"}).status_code == 200
    assert programme(opened).certificate_series == "TST"
    assert post(client, url, **FORM).status_code == 302


def test_declaring_complete_is_refused_with_the_list_of_what_is_missing(opened: Cast) -> None:
    client = opened.client("registrar")
    url = f"/programmes/{opened.programme_id}"
    post(client, f"{url}/complete")
    assert programme(opened).completed_at is None
    assert "Lipsesc: Finanțatorul" in client.get(url).text


def test_a_programme_is_declared_complete_once_and_reopened_with_a_reason(opened: Cast) -> None:
    heard: list[int] = []

    def hear(sent: Programme) -> None:
        heard.append(sent.id)

    client = opened.client("registrar")
    url = f"/programmes/{opened.programme_id}"
    post(client, f"{url}/edit", **FORM)
    with programme_completed.connected_to(hear):
        post(client, f"{url}/complete")
        post(client, f"{url}/complete")
    assert heard == [opened.programme_id]
    assert recorded(opened, "programme.completed") == 1
    post(client, f"{url}/reopen", reason="")
    assert programme(opened).completed_at is not None
    post(client, f"{url}/reopen", reason="greșeală în titlu")
    assert programme(opened).completed_at is None


@pytest.mark.parametrize("part", ["auditor", "learner", "trainer"])
def test_who_declares_nothing(cast: Cast, part: str) -> None:
    client = cast.client(part)
    status = 403 if part == "auditor" else 404
    assert post(client, f"/programmes/{cast.programme_id}/reopen", reason="x").status_code == status
    assert post(client, f"/programmes/{cast.programme_id}/complete").status_code == status
    assert programme(cast).completed_at is not None


# --- Logos -----------------------------------------------------------------------------------


def picture(size: tuple[int, int] = (300, 120), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, kind)
    return out.getvalue()


def set_logo(
    client: FlaskClient, cast: Cast, data: bytes, slot: int = 1, alt: str = "Siglă de exemplu"
):  # type: ignore[no-untyped-def]
    return post(
        client,
        f"/programmes/{cast.programme_id}/logos/{slot}",
        picture=(io.BytesIO(data), "sigla.png"),
        alt_text=alt,
    )


DRAWN = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 60" data-by="x">
<path d="M0 0h90v60z" fill="navy"/></svg>"""


def test_a_drawing_is_kept_as_outlines_and_shown(opened: Cast) -> None:
    client = opened.client("registrar")
    set_logo(client, opened, DRAWN)
    shown = client.get(f"/programmes/{opened.programme_id}/logos/1.png")
    assert shown.mimetype == "image/svg+xml"
    assert b"data-by" not in shown.data
    assert b'fill="#000080"' in shown.data
    assert "script-src 'self'" in shown.headers["Content-Security-Policy"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_is_kept_clean_and_shown(opened: Cast, kind: str) -> None:
    client = opened.client("registrar")
    set_logo(client, opened, picture(kind=kind) + b"<script>alert(1)</script>")
    shown = client.get(f"/programmes/{opened.programme_id}/logos/1.png")
    assert shown.mimetype == "image/png"
    assert b"script" not in shown.data
    assert Image.open(io.BytesIO(shown.data)).size == (300, 120)
    set_logo(client, opened, picture((200, 200)), alt="Altă siglă")
    assert [g.alt_text for g in programme(opened).logos] == ["Altă siglă"]
    post(client, f"/programmes/{opened.programme_id}/logos/1/remove")
    assert count(opened, ProgrammeLogo) == 0
    assert client.get(f"/programmes/{opened.programme_id}/logos/1.png").status_code == 404


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"GIF89a", "nici imagine PNG, nici JPG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "nu se pot tipări întocmai"),
        (DRAWN.replace(b"<path", b"<text/><path"), "nu se pot tipări întocmai (text)"),
        (picture((20, 20)), "sub 60 de pixeli"),
        (picture((4100, 100)), "peste 4000 de pixeli"),
        (picture()[:60], "nici imagine PNG, nici JPG"),
    ],
)
def test_a_hostile_picture_is_refused_in_words(opened: Cast, data: bytes, said: str) -> None:
    client = opened.client("registrar")
    set_logo(client, opened, data)
    assert said in client.get(f"/programmes/{opened.programme_id}").text
    assert count(opened, ProgrammeLogo) == 0


def test_a_logo_needs_words_a_slot_and_an_open_programme(opened: Cast) -> None:
    client = opened.client("registrar")
    set_logo(client, opened, picture(), alt="")
    assert set_logo(client, opened, picture(), slot=9).status_code == 404
    assert set_logo(opened.client("auditor"), opened, picture()).status_code == 403
    with opened.app.app_context(), db.writing() as session:
        session.get_one(Programme, opened.programme_id).completed_at = EPOCH
    set_logo(client, opened, picture())
    assert count(opened, ProgrammeLogo) == 0


# --- Editions and groups ---------------------------------------------------------------------


def edition_form(cast: Cast, **changes: str) -> dict[str, str]:
    return {
        "title": "Ediția nouă",
        "slug": "noua-2026",
        "course_id": str(cast.course_id),
        "starts_on": "2026-05-01",
        "ends_on": "2026-09-30",
        "target_number": "160",
        "issuing": "release",
        "hours_required": "18,5",
        **changes,
    }


def test_an_edition_is_created_and_leads_to_its_participants(cast: Cast) -> None:
    client = cast.client("registrar")
    asked = client.get(f"/programmes/{cast.programme_id}/editions/new").text
    assert "Creați ediția</button>" in asked
    answer = post(client, f"/programmes/{cast.programme_id}/editions/new", **edition_form(cast))
    assert answer.location == "/editions/noua-2026"
    page = client.get(answer.location).text
    assert "Importați participanți" in page
    assert str(client.get("/editions/noua-2026/edit").status_code) == "200"
    again = post(client, f"/programmes/{cast.programme_id}/editions/new", **edition_form(cast))
    assert again.status_code == 200
    assert count(cast, Edition) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"slug": "Cu Spații"},
        {"slug": "../x"},
        {"ends_on": "2026-01-01"},
        {"course_id": "999"},
        {"hours_required": "mult"},
        {"issuing": "never"},
        {"starts_on": ""},
        {"target_number": "0"},
    ],
)
def test_an_edition_that_makes_no_sense_is_not_created(cast: Cast, change: dict[str, str]) -> None:
    client = cast.client("registrar")
    answer = post(
        client, f"/programmes/{cast.programme_id}/editions/new", **edition_form(cast, **change)
    )
    assert answer.status_code == 200
    assert count(cast, Edition) == 2


def test_an_editions_course_stays_once_somebody_takes_part(cast: Cast) -> None:
    client = cast.client("registrar")
    other = edition_form(cast, slug="e1", course_id=str(cast.other_course_id))
    assert post(client, "/editions/e1/edit", **other).status_code == 200
    assert post(client, "/editions/e1/edit", **edition_form(cast, slug="e1")).status_code == 302
    with cast.app.app_context():
        edition = db.session().get_one(Edition, cast.edition_id)
        assert edition.issuing is IssuingMode.RELEASE
        assert edition.course_id == cast.course_id


def test_groups_are_made_changed_and_named_once(cast: Cast) -> None:
    client = cast.client("registrar")
    data = {
        "name": "Grupa 1",
        "place": "Iași",
        "trainers": "Petru Formator\nElena Alt",
        "starts_on": "2026-05-01",
    }
    assert post(client, "/editions/e1/groups", **data).status_code == 302
    assert post(client, "/editions/e1/groups", **data).status_code == 200
    with cast.app.app_context():
        group = db.session().scalars(sa.select(Group)).one()
        assert group.trainers == ["Petru Formator", "Elena Alt"]
    assert "Modificați: Grupa 1</h2>" in client.get(f"/editions/e1/groups/{group.id}").text
    assert (
        post(client, f"/editions/e1/groups/{group.id}", **{**data, "name": "Grupa unu"}).status_code
        == 302
    )
    assert client.get(f"/editions/e2/groups/{group.id}").status_code == 404
    assert "Grupa unu" in cast.client("auditor").get("/editions/e1/groups").text


@pytest.mark.parametrize(
    ("part", "status"),
    [
        ("learner", 404),
        ("trainer", 403),
        ("trainer_of_other", 404),
        ("auditor", 403),
        ("anonymous", 302),
    ],
)
def test_who_sets_nothing_up(cast: Cast, part: str, status: int) -> None:
    client = cast.client(part)
    assert post(client, "/editions/e1/edit", **edition_form(cast, slug="e1")).status_code == status
    assert post(client, "/editions/e1/groups", name="X").status_code == status
    assert count(cast, Group) == 0


def test_a_new_site_shows_the_way(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        for model in (Enrolment, Edition):
            session.execute(sa.delete(model))
    client = cast.client("registrar")
    assert f"/programmes/{cast.programme_id}/editions/new" in client.get("/editions").text
    with cast.app.app_context():
        assert db.session().scalar(sa.select(sa.func.count()).select_from(Course)) == 2


@pytest.mark.parametrize(("part", "is_told"), [("registrar", True), ("auditor", False)])
def test_only_who_may_reopen_a_programme_is_told_to(cast, part, is_told):
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Programme, cast.programme_id).completed_at = EPOCH
    page = cast.client(part).get(f"/programmes/{cast.programme_id}/signatories").text
    assert ("redeschideți-l" in page) is is_told
    facts = cast.client(part).get(f"/programmes/{cast.programme_id}").text
    assert "necompletat" in facts
    assert ">lipsește<" not in facts
