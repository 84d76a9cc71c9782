"""What a stranger learns: by code, by file, and nothing besides."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator

import pypdfium2
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from lms import clock, db
from lms.accounts.models import Person
from lms.certificates import issuing, register
from lms.certificates.inspection import inspect_pdf
from lms.certificates.levels.raising import raise_levels
from lms.certificates.models import Certificate
from lms.certificates.numbering import code_from_bytes, display_code
from lms.certificates.verification import SIZE_LIMIT, PdfOutcome
from lms.certificates.verifying.offline import Anchors
from lms.courses.models import Enrolment
from lms.web.windows import Window
from tests.cast import Cast, csrf
from tests.certificates.authorities import Authorities
from tests.certificates.certify import file_of, issued, stored

pytestmark = pytest.mark.one_database

UNKNOWN = code_from_bytes(b"nobody has this code at all")


@pytest.fixture(autouse=True)
def _fresh_limits(cast: Cast) -> Iterator[None]:
    cast.app.extensions.pop("lms_verify_windows", None)
    yield
    cast.app.extensions.pop("lms_verify_windows", None)


@pytest.fixture
def stranger(cast: Cast) -> FlaskClient:
    return cast.client("anonymous")


def code_of(cast: Cast, certificate_id: int) -> str:
    with stored(cast, certificate_id) as certificate:
        return certificate.code


def upload(client: FlaskClient, data: bytes, **form: str) -> TestResponse:
    values = {"csrf_token": csrf(client), **form}
    boundary = "a-line-between-the-parts"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values.items()
    ]
    head = 'Content-Disposition: form-data; name="file"; filename="c.pdf"'
    parts += [f"--{boundary}\r\n{head}\r\n\r\n".encode(), data, f"\r\n--{boundary}--\r\n".encode()]
    return client.post(
        "/verify/file",
        data=b"".join(parts),
        content_type=f"multipart/form-data; boundary={boundary}",
    )


def end(cast: Cast, certificate_id: int, how: str) -> int:
    """End a certificate as the office would; return the id of what replaced it."""
    with cast.app.app_context():
        with db.writing() as session:
            row = session.get_one(Certificate, certificate_id)
            if how == "revoked":
                register.revoke(row, by=None, reason="Motiv ascuns", now=clock.now())
                return row.id
            row.enrolment.person.family_name = "Nume-Nou"
            place = session.get_one(Enrolment, row.enrolment_id)
            new = register.supersede(row, place, by=None, reason="Căsătorie", now=clock.now())
            new_id = new.id
        issuing.finish(new_id)
        return new_id


def test_a_valid_code_shows_all_that_is_printed(cast: Cast, stranger: FlaskClient) -> None:
    certificate_id = issued(cast)
    page = stranger.get(f"/v/{code_of(cast, certificate_id)}")
    text = page.text
    assert page.status_code == 200
    assert "Certificat valabil" in text
    with stored(cast, certificate_id) as certificate:
        facts = certificate.facts
    printed = [
        *(facts[k] for k in ("number", "holder", "course", "sentence", "place", "title")),
        *(m["title"] for m in facts["modules"]),
        *(s["name"] for s in facts["signatories"]),
        *facts["issuers"],
        *facts["programme_lines"],
        facts["verify_url"],
        facts["issuer_contact"],
    ]
    for field in printed:
        assert field in text, field
    assert f'href="mailto:{facts["issuer_contact"]}"' in text
    assert page.headers["X-Robots-Tag"].startswith("noindex")
    assert page.headers["Cache-Control"] == "no-store"
    assert 'name="referrer" content="no-referrer"' in text


def test_the_seal_is_not_said_to_be_more_than_it_is(cast: Cast, stranger: FlaskClient) -> None:
    text = stranger.get(f"/v/{code_of(cast, issued(cast))}").text
    assert "nu este un sigiliu calificat" in text.lower()


def test_a_code_is_read_as_people_type_it(cast: Cast, stranger: FlaskClient) -> None:
    code = code_of(cast, issued(cast))
    typed = display_code(code).lower().replace("0", "o")
    answer = stranger.get("/verify", query_string={"code": f" {typed} "})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/v/{code}"
    assert "Certificat valabil" in stranger.get(f"/v/{typed}").text


def test_unknown_and_malformed_codes_can_t_be_told_apart(stranger: FlaskClient) -> None:
    def bare(path: str) -> tuple[int, str]:
        answer = stranger.get(path)
        # What was asked stands in the field again; the switch of language names its page, as ever.
        echoed = r'(name="(?:next|code)"[^>]*?) value="[^"]*"'
        return answer.status_code, re.sub(echoed, r"\1", answer.text)

    stranger.get("/verify")
    unknown = bare(f"/v/{UNKNOWN}")
    assert unknown[0] == 404
    assert bare(f"/v/{UNKNOWN[:-1]}{'0' if UNKNOWN[-1] != '0' else '1'}") == unknown
    assert bare("/v/" + "0" * 27) == unknown
    assert bare("/v/" + "*" * 27) == unknown
    assert bare("/v/" + "%ff" * 27) == unknown


def test_a_revoked_certificate_says_so_with_its_date_and_not_why(
    cast: Cast, stranger: FlaskClient
) -> None:
    certificate_id = issued(cast)
    end(cast, certificate_id, "revoked")
    text = stranger.get(f"/v/{code_of(cast, certificate_id)}").text
    assert "Certificat revocat" in text
    assert "Revocat la data de" in text
    assert "Motiv ascuns" not in text


def test_a_replaced_one_keeps_the_former_name_and_the_new_number(
    cast: Cast, stranger: FlaskClient
) -> None:
    old = issued(cast)
    new = end(cast, old, "superseded")
    text = stranger.get(f"/v/{code_of(cast, old)}").text
    assert "Certificat înlocuit" in text
    with stored(cast, new) as certificate:
        for hidden in ("Învățăcel", "Nume-Nou", certificate.number, certificate.code):
            assert hidden not in text
    assert "Maria Nume-Nou" in stranger.get(f"/v/{code_of(cast, new)}").text


def test_an_example_has_no_value(cast: Cast, stranger: FlaskClient) -> None:
    certificate_id = issued(cast)
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Certificate, certificate_id).is_model = True
    code = code_of(cast, certificate_id)
    assert "fără valoare" in stranger.get(f"/v/{code}").text
    plain = stranger.get(f"/v/{code}", headers={"Accept": "application/json"}).json
    assert (plain["status"], plain["is_valid"]) == ("model", False)


def test_a_number_without_its_file_shows_nobody(cast: Cast, stranger: FlaskClient) -> None:
    from tests.certificates.certify import complete

    complete(cast, cast.enrolments["learner"], tells=False)
    with cast.app.app_context():
        outcome = issuing.reserve(cast.enrolments["learner"])
    text = stranger.get(f"/v/{code_of(cast, outcome.certificate_id or 0)}").text
    assert "în pregătire" in text
    assert "Învățăcel" not in text


def test_a_program_gets_the_same_as_json(cast: Cast, stranger: FlaskClient) -> None:
    code = code_of(cast, issued(cast))
    plain = stranger.get(f"/v/{code}", headers={"Accept": "application/json"}).json
    assert (plain["status"], plain["is_valid"]) == ("valid", True)
    assert plain["printed"]["holder"] == "Maria Învățăcel"
    assert "mail" not in str(plain)
    unknown = stranger.get(f"/v/{UNKNOWN}", headers={"Accept": "application/json"})
    assert (unknown.status_code, unknown.json["status"]) == (404, "code_unknown")


# By file ---------------------------------------------------------------------------------------


def test_the_original_is_known_to_the_last_byte(cast: Cast, stranger: FlaskClient) -> None:
    data = file_of(cast, issued(cast))
    text = upload(stranger, data).text
    assert "Certificat valabil" in text
    assert "exact așa cum a fost emis" in text
    assert "Maria Învățăcel" in text


def test_one_changed_byte_is_refused(cast: Cast, stranger: FlaskClient) -> None:
    data = bytearray(file_of(cast, issued(cast)))
    data[len(data) // 3] ^= 1
    text = upload(stranger, bytes(data)).text
    assert "Certificat valabil" not in text
    assert "verdict-bad" in text
    assert "Maria Învățăcel" not in text.split("</header>")[-1]


def test_something_added_after_the_end_is_refused(cast: Cast, stranger: FlaskClient) -> None:
    text = upload(stranger, file_of(cast, issued(cast)) + b"\n%more").text
    assert "Fișierul a fost modificat" in text


def test_another_persons_file_is_not_the_one_asked_for(cast: Cast, stranger: FlaskClient) -> None:
    mine, theirs = issued(cast, "learner"), issued(cast, "classmate")
    text = upload(stranger, file_of(cast, theirs), code=code_of(cast, mine)).text
    assert "Fișierul aparține altui certificat" in text
    assert "Dan Coleg" not in text


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (b"hello", "Fișierul nu poate fi citit"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 50, "Aceasta este o imagine"),
        (b"%PDF-1.4\n" + b"0" * SIZE_LIMIT, "Fișierul este prea mare"),
    ],
    ids=["no PDF", "a picture", "too large"],
)
def test_what_is_no_certificate_is_told_apart_kindly(
    stranger: FlaskClient, data: bytes, title: str
) -> None:
    answer = upload(stranger, data)
    assert answer.status_code == 200
    assert title in answer.text


def test_an_unsigned_print_is_told_from_the_original(cast: Cast, stranger: FlaskClient) -> None:
    from lms.certificates.print_file import render_print_file

    certificate_id = issued(cast)
    with cast.app.app_context():
        row = db.session().get_one(Certificate, certificate_id)
        data = render_print_file([register.document_of(row)])
    assert "nu are semnătură electronică" in upload(stranger, data).text


def test_no_file_at_all_is_asked_for_again(stranger: FlaskClient) -> None:
    answer = stranger.post("/verify/file", data={"csrf_token": csrf(stranger)})
    assert answer.status_code == 422
    assert "Alegeți mai întâi un fișier" in answer.text


def test_without_its_token_a_file_is_not_looked_at(stranger: FlaskClient) -> None:
    answer = stranger.post("/verify/file", data={"file": (io.BytesIO(b"x"), "c.pdf")})
    assert answer.status_code == 400


def test_a_file_of_a_replaced_certificate_says_so(cast: Cast, stranger: FlaskClient) -> None:
    old = issued(cast)
    data = file_of(cast, old)
    end(cast, old, "superseded")
    assert "Certificat înlocuit" in upload(stranger, data).text


# Limits ----------------------------------------------------------------------------------------


def test_an_address_that_asks_too_often_waits(stranger: FlaskClient) -> None:
    answers = [stranger.get(f"/v/{UNKNOWN}").status_code for _ in range(62)]
    assert answers[:60] == [404] * 60
    assert answers[60:] == [429, 429]


def test_a_window_forgets_after_a_minute_and_keeps_addresses_apart() -> None:
    now = [0.0]
    window = Window(2, monotonic=lambda: now[0])
    assert [window.allows("a") for _ in range(3)] == [True, True, False]
    assert window.allows("b")
    now[0] = 61.0
    assert window.allows("a")


def test_the_person_who_was_erased_from_nothing_else_is_still_printed(
    cast: Cast, stranger: FlaskClient
) -> None:
    """What is printed is frozen: a later change of the person's name changes no answer."""
    certificate_id = issued(cast)
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Person, cast.persons["learner"]).family_name = "Altfel"
    text = stranger.get(f"/v/{code_of(cast, certificate_id)}").text
    assert "Maria Învățăcel" in text
    assert "Altfel" not in text


def test_a_house_counts_once_however_many_addresses_it_has(cast: Cast) -> None:
    client = cast.client("anonymous")
    for number in range(60):
        env = {"REMOTE_ADDR": f"2001:db8:1:2::{number:x}"}
        assert client.get(f"/v/{UNKNOWN}", environ_base=env).status_code == 404
    env = {"REMOTE_ADDR": "2001:db8:1:2:ffff::1"}
    assert client.get(f"/v/{UNKNOWN}", environ_base=env).status_code == 429
    env = {"REMOTE_ADDR": "2001:db8:1:3::1"}
    assert client.get(f"/v/{UNKNOWN}", environ_base=env).status_code == 404


# A picture, and a QR code that leads elsewhere ------------------------------------------------


def photograph(data: bytes) -> bytes:
    with pypdfium2.PdfDocument(data) as document:
        page = document[0].render(scale=2.0).to_pil()
    out = io.BytesIO()
    page.convert("RGB").save(out, "JPEG", quality=70)
    return out.getvalue()


def test_a_photograph_is_compared_with_the_register(cast: Cast, stranger: FlaskClient) -> None:
    picture = photograph(file_of(cast, issued(cast)))
    text = upload(stranger, picture).text
    assert "Aceasta este o imagine; comparați cu registrul" in text
    assert "Registrul spune:" in text
    assert "Maria Învățăcel" in text
    assert "exact așa cum a fost emis" not in text


def test_a_photograph_of_a_replaced_one_keeps_the_former_name(
    cast: Cast, stranger: FlaskClient
) -> None:
    old = issued(cast)
    picture = photograph(file_of(cast, old))
    end(cast, old, "superseded")
    text = upload(stranger, picture).text
    assert "Certificat înlocuit" in text
    assert "Învățăcel" not in text


def test_a_picture_without_a_readable_qr_code_is_shown_beside_the_field_for_its_code(
    cast: Cast, stranger: FlaskClient
) -> None:
    """Nothing is kept: the picture is in this one answer, and in none for programs."""
    picture = Image.effect_noise((800, 600), 60)
    out = io.BytesIO()
    picture.save(out, "PNG")
    page = upload(stranger, out.getvalue()).text
    assert "Scrieți codul pe care îl vedeți" in page
    assert page.count('name="code"') == 1, "one field, at the picture"
    (shown,) = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page)
    with Image.open(io.BytesIO(base64.b64decode(shown))) as image:
        assert image.size == (800, 600)
    values = {"csrf_token": csrf(stranger), "file": (io.BytesIO(out.getvalue()), "c.png")}
    plain = stranger.post("/verify/file", data=values, headers={"Accept": "application/json"})
    assert plain.json is not None
    assert plain.json["status"] == "image_only"
    assert shown[:60] not in plain.text


def test_a_scanned_address_of_another_site_is_told(cast: Cast, stranger: FlaskClient) -> None:
    code = code_of(cast, issued(cast))
    foreign = f"https://certificate.example.net/v/{code}"
    text = stranger.get("/verify", query_string={"code": foreign}).text
    assert "Codul QR duce la altă adresă" in text
    assert "certificate.example.net" in text
    plain = stranger.get(
        "/verify", query_string={"code": foreign}, headers={"Accept": "application/json"}
    ).json
    assert plain["qr_leads_to"] == "certificate.example.net"


def test_only_these_pages_may_ask_for_the_camera(stranger: FlaskClient) -> None:
    assert "camera=(self)" in stranger.get("/verify").headers["Permissions-Policy"]
    assert "camera=()" in stranger.get("/sign-in").headers["Permissions-Policy"]


# What the page says of the seal ---------------------------------------------------------------


def test_timestamps_are_named_with_their_authority(
    cast: Cast, stranger: FlaskClient, offices: Authorities
) -> None:
    certificate_id = issued(cast)
    with cast.app.app_context():
        raise_levels()
        best = issuing.file_bytes(db.session().get_one(Certificate, certificate_id))
    assert best is not None
    text = upload(stranger, best).text
    assert "Certificat valabil" in text
    assert "Marcă Temporală Exemplu" in text
    assert "B-LTA" in text
    assert "O autoritate de marcare temporală confirmă" in text
    plain = stranger.get(
        f"/v/{code_of(cast, certificate_id)}", headers={"Accept": "application/json"}
    ).json
    assert [file["level"] for file in plain["files"]] == ["B-B", "B-T", "B-LT", "B-LTA"]


def test_the_seals_certificates_can_be_fetched_and_are_enough_offline(
    cast: Cast, stranger: FlaskClient
) -> None:
    data = file_of(cast, issued(cast))
    answer = stranger.get("/verify/seals.pem")
    assert answer.status_code == 200
    assert b"PRIVATE" not in answer.data
    seals = Anchors.of(answer.data).seals_for(data)
    assert inspect_pdf(data, trusted=seals).outcome is PdfOutcome.INTACT


def test_an_unknown_and_a_malformed_code_cost_the_same_questions(
    cast: Cast, stranger: FlaskClient
) -> None:
    def asked(path: str) -> list[str]:
        sent: list[str] = []

        def note(_c, _cursor, statement, *_more) -> None:
            sent.append(statement)

        with cast.app.app_context():
            engine = db.db.engine
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            stranger.get(path)
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)
        return sent

    stranger.get("/verify")
    unknown = asked(f"/v/{UNKNOWN}")
    assert unknown
    assert asked("/v/malformed") == unknown
