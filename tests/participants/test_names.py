"""Names that wait: reminded at most once a day, confirmed on paper, holding up nobody."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from lms import clock, db
from lms.accounts.models import NameConfirmation, NameForm, Person
from lms.certificates import bulk
from lms.certificates.models import Certificate
from lms.certificates.states import CertificateState
from lms.courses.models import Edition, Enrolment, IssuingMode, Release
from lms.mail.models import MailMessage
from tests.access.samples import PNG
from tests.cast import Cast, csrf
from tests.certificates.certify import complete
from tests.certificates.reading import text_of

TODAY = clock.today("Europe/Bucharest").isoformat()
NAMES = "/editions/e1/names"


def post(client: FlaskClient, path: str, **form: Any) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf(client), **form})


@pytest.fixture
def unnamed(cast: Cast) -> Cast:
    """Both learners have completed an edition that releases; neither has confirmed the name."""
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Edition, cast.edition_id).issuing = IssuingMode.RELEASE
        for part, address in (("learner", "maria@exemplu.example"), ("classmate", None)):
            person = session.get_one(Person, cast.persons[part])
            person.name_confirmed_at, person.email = None, address
    for part in ("learner", "classmate"):
        complete(cast, cast.enrolments[part])
    return cast


def ids(cast: Cast, *parts: str) -> list[str]:
    return [str(cast.enrolments[part]) for part in parts]


def mails(cast: Cast) -> list[MailMessage]:
    with cast.app.app_context():
        statement = sa.select(MailMessage).where(MailMessage.event.startswith("name-reminder"))
        return list(db.session().scalars(statement))


def states(cast: Cast) -> list[CertificateState]:
    with cast.app.app_context():
        return list(db.session().scalars(sa.select(Certificate.state)))


# Reminders -------------------------------------------------------------------------------------


def test_all_with_an_address_are_reminded_by_one_click_once_a_day(unnamed: Cast) -> None:
    client = unnamed.client("registrar")
    page = client.get(NAMES).text
    assert "2 participanți nu și-au confirmat numele" in page
    for _twice in range(2):
        post(client, f"{NAMES}/reminders", all="yes")
    (mail,) = mails(unnamed)
    assert mail.to_address == "maria@exemplu.example"
    assert "Confirmați numele de pe certificat" in mail.subject
    assert "Maria Învățăcel" in mail.text
    assert "/welcome" in mail.text
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        post(unnamed.client("registrar"), f"{NAMES}/reminders", all="yes")
    assert len(mails(unnamed)) == 2


def test_those_ticked_are_reminded_and_the_rest_explained(unnamed: Cast) -> None:
    client = unnamed.client("registrar")
    answer = post(client, f"{NAMES}/reminders", id=ids(unnamed, "learner", "classmate"))
    page = client.get(answer.location).text
    assert "1 mesaj de amintire este pe drum" in page
    assert "1 persoană a fost lăsată deoparte" in page
    answer = post(client, f"{NAMES}/reminders")
    assert "Nu este bifat nimeni" in client.get(answer.location).text


def test_whoever_has_confirmed_or_was_never_in_gets_no_reminder(unnamed: Cast) -> None:
    with unnamed.app.app_context(), db.writing() as session:
        learner = session.get_one(Person, unnamed.persons["learner"])
        learner.password_hash = None
    client = unnamed.client("registrar")
    post(client, f"{NAMES}/reminders", all="yes")
    assert mails(unnamed) == []


def test_whoever_a_rule_has_reminded_today_is_left_alone(unnamed: Cast) -> None:
    with unnamed.app.app_context(), db.writing() as session:
        session.add(
            MailMessage(
                event="reminder:1:name:2026",
                person_id=unnamed.persons["learner"],
                to_address="maria@exemplu.example",
                subject="x",
                text="x",
                next_try_at=clock.now(),
                waiting_since=clock.now(),
                created_at=clock.now(),
            )
        )
    post(unnamed.client("registrar"), f"{NAMES}/reminders", all="yes")
    assert mails(unnamed) == []


# On paper --------------------------------------------------------------------------------------


def test_the_list_to_sign_shows_the_names_as_they_will_be_printed(unnamed: Cast) -> None:
    answer = post(unnamed.client("registrar"), f"{NAMES}/list")
    assert answer.mimetype == "application/pdf"
    text = text_of(answer.data)
    assert "Maria Învățăcel" in text
    assert "Numele așa cum se va tipări" in re.sub(r"\s+", " ", text)


def test_a_name_signed_on_paper_counts_and_the_certificate_follows(unnamed: Cast) -> None:
    client = unnamed.client("registrar")
    everybody = ids(unnamed, "learner", "classmate")
    decision = {"released_on": TODAY, "decision_number": "42/2026", "reason": "comisia"}
    post(client, "/editions/e1/releases", id=everybody, **decision)
    assert states(unnamed) == []
    page = client.get("/editions/e1/releases").text
    assert "Aprobați, dar încă în așteptare" in page
    assert page.count("confirmarea numelui") + page.count("numele nu este confirmat") >= 2
    scan = FileStorage(io.BytesIO(PNG), "formular.png")
    answer = post(client, NAMES, id=ids(unnamed, "learner"), signed_on=TODAY, scan=scan)
    assert answer.status_code == 302
    assert states(unnamed) == [CertificateState.VALID]  # the other holds up nobody
    page = client.get(NAMES).text
    assert "formular.png" in page
    (href,) = re.findall(r"/editions/e1/names/forms/\d+", page)
    assert cast_bytes(unnamed, href) == PNG
    with unnamed.app.app_context():
        (kept,) = db.session().scalars(sa.select(NameConfirmation))
        assert (kept.given_names, kept.family_name) == ("Maria", "Învățăcel")
        assert db.session().get_one(Person, kept.person_id).name_confirmed_at is not None


def cast_bytes(cast: Cast, href: str) -> bytes:
    return cast.client("auditor").get(href).data


def test_two_clicks_confirm_once(unnamed: Cast) -> None:
    client = unnamed.client("registrar")
    for _twice in range(2):
        post(client, NAMES, id=ids(unnamed, "learner"), signed_on=TODAY)
    with unnamed.app.app_context():
        assert db.session().scalar(sa.select(sa.func.count(NameForm.id))) == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"id": []}, "Nu este bifat nimeni"),
        ({"signed_on": ""}, "Încă nu s-a confirmat niciun nume"),
        ({"signed_on": "3000-01-01"}, "Data este în viitor"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_confirmed(
    unnamed: Cast, change: dict[str, Any], sentence: str
) -> None:
    form = {"id": ids(unnamed, "learner"), "signed_on": TODAY} | change
    answer = post(unnamed.client("registrar"), NAMES, **form)
    assert answer.status_code == 422
    assert sentence in answer.text
    with unnamed.app.app_context():
        assert db.session().scalar(sa.select(sa.func.count(NameForm.id))) == 0


def test_what_is_no_scan_is_refused_with_the_ticks_kept(unnamed: Cast) -> None:
    scan = FileStorage(io.BytesIO(b"MZ a program"), "formular.pdf")
    answer = post(
        unnamed.client("registrar"), NAMES, id=ids(unnamed, "learner"), signed_on=TODAY, scan=scan
    )
    assert answer.status_code == 422
    assert f'value="{unnamed.enrolments["learner"]}" data-tick checked' in answer.text


def test_another_editions_places_and_ones_own_name_are_left_alone(unnamed: Cast) -> None:
    with unnamed.app.app_context(), db.writing() as session:
        for part in ("registrar", "learner_of_other"):
            session.get_one(Person, unnamed.persons[part]).name_confirmed_at = None
        place = Enrolment(
            person_id=unnamed.persons["registrar"],
            edition_id=unnamed.edition_id,
            enrolled_at=clock.now(),
            hours_attended=0,
        )
        session.add(place)
        session.flush()
        unnamed.enrolments["registrar"] = place.id
    client = unnamed.client("registrar")
    post(client, NAMES, id=ids(unnamed, "registrar", "learner_of_other"), signed_on=TODAY)
    with unnamed.app.app_context():
        for part in ("registrar", "learner_of_other"):
            assert db.session().get_one(Person, unnamed.persons[part]).name_confirmed_at is None


# Releasing -------------------------------------------------------------------------------------


def test_a_second_list_is_released_later(unnamed: Cast) -> None:
    client = unnamed.client("registrar")
    post(client, NAMES, id=ids(unnamed, "learner", "classmate"), signed_on=TODAY)
    for part, number in (("learner", "42/2026"), ("classmate", "57/2026")):
        decision = {"released_on": TODAY, "decision_number": number, "reason": "comisia"}
        post(client, "/editions/e1/releases", id=ids(unnamed, part), **decision)
    page = client.get("/editions/e1/releases").text
    assert "42/2026" in page
    assert "57/2026" in page
    assert states(unnamed) == [CertificateState.VALID] * 2


def test_the_page_says_who_waits_and_for_what(unnamed: Cast) -> None:
    page = unnamed.client("auditor").get("/editions/e1/releases").text
    assert page.count("numele nu este confirmat") == 2
    assert 'type="checkbox"' not in page  # an auditor looks


def run(cast: Cast, *arguments: str) -> Any:
    return cast.app.test_cli_runner().invoke(args=["certificate", "release", *arguments])


def test_the_command_releases_all_who_wait(unnamed: Cast) -> None:
    given = ["--edition", "e1", "--reason", "comisia", "--by", "registrar"]
    done = run(unnamed, *given, "--decision", "42/2026")
    assert done.output == "Released: 2.\n", done.output
    assert "Nobody of these waits" in run(unnamed, *given).output
    with unnamed.app.app_context():
        assert db.session().scalars(sa.select(Release)).one().decision_number == "42/2026"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--edition", "e2", "--reason", "x", "--by", "registrar"], "at completion"),
        (["--edition", "nope", "--reason", "x", "--by", "registrar"], "no edition"),
        (["--edition", "e1", "--reason", " ", "--by", "registrar"], "needs its reason"),
        (["--edition", "e1", "--reason", "x", "--by", "trainer"], "No registrar"),
        (
            ["--edition", "e1", "--reason", "x", "--by", "registrar", "--on", "3000-01-01"],
            "to come",
        ),
    ],
)
def test_the_command_refuses_in_one_sentence(
    unnamed: Cast, arguments: list[str], sentence: str
) -> None:
    done = run(unnamed, *arguments)
    assert done.exit_code != 0
    assert sentence in done.output
    with unnamed.app.app_context():
        assert db.session().scalars(sa.select(Release)).all() == []


def test_the_sweep_issues_what_the_command_released(unnamed: Cast) -> None:
    client = unnamed.client("registrar")
    post(client, NAMES, id=ids(unnamed, "learner", "classmate"), signed_on=TODAY)
    run(unnamed, "--edition", "e1", "--reason", "comisia", "--by", "registrar")
    with unnamed.app.app_context():
        bulk.sweep()
    assert states(unnamed) == [CertificateState.VALID] * 2
