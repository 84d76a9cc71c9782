"""Writing to a selection: looked at before, sent once, its history kept."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from lms import db
from lms.accounts.models import Token
from lms.audit.models import AuditEntry
from lms.mail.models import MailMessage, MailState
from lms.messages.models import Message, MessageRecipient
from tests.cast import EPOCH, Cast
from tests.messages.people import enrol, post

WORDS = {
    "subject": "Pentru {nume}",
    "text": "Bună ziua, {nume},\n\nvă lipsesc: {ce lipsește}, până la {termen}.\n\n{link}",
}


@pytest.fixture
def people(cast: Cast) -> Cast:
    enrol(cast, "Ana")
    enrol(cast, "Barbu", email=None)
    enrol(cast, "Corina", email="birou@exemplu.example")
    enrol(cast, "Doru", email="Birou@exemplu.example")
    enrol(cast, "Elena", suspended_at=EPOCH)
    enrol(cast, "Florin", state="withdrawn")
    enrol(cast, "Gina", password_hash=None, name_confirmed_at=None)
    enrol(cast, "Horia", locale="en")
    return cast


def all_ids(cast: Cast) -> str:
    return ",".join(str(i) for i in cast.enrolments.values())


def sent_mails(cast: Cast) -> dict[str, MailMessage]:
    with cast.app.app_context():
        rows = db.session().scalars(
            sa.select(MailMessage).where(MailMessage.event.startswith("message:"))
        )
        return {row.to_address.partition("@")[0]: row for row in rows}


def test_the_filters_of_the_table_lead_to_a_message_to_those_shown(people: Cast) -> None:
    client = people.client("registrar")
    table = BeautifulSoup(client.get("/editions/e1?state=not_in").text, "html.parser")
    link = table.select_one("a[href*='/messages/new']")
    assert link is not None
    assert link["href"] == "/editions/e1/messages/new?state=not_in"
    page = BeautifulSoup(client.get(str(link["href"])).text, "html.parser")
    ids = page.select_one("input[name=ids]")
    assert ids is not None
    assert ids["value"] == str(people.enrolments["Gina"])
    assert "Îl primește 1 persoană" in page.text


def test_the_preview_says_who_gets_it_and_who_can_t_and_why(people: Cast) -> None:
    client = people.client("registrar")
    page = post(client, "/editions/e1/messages", ids=all_ids(people), key="k", **WORDS).text
    assert "Îl primesc 3 persoane" in page  # Ana, Gina, Horia
    for reason in (
        "nu au adresă: 3",  # the cast's two, and Barbu
        "adresă folosită și de alții: 2",
        "cont suspendat: 1",
        "retras: 1",
    ):
        assert reason in page
    assert "Bună ziua, Ana Probă," in page
    assert "4 lecții" in page
    assert "20 decembrie 2026" in page
    other = post(
        client,
        "/editions/e1/messages",
        ids=all_ids(people),
        key="k",
        **{"as": people.enrolments["Gina"], **WORDS},
    ).text
    assert "Bună ziua, Gina Probă," in other
    assert "/link/" in other
    assert sent_mails(people) == {}


def test_whom_no_mail_reaches_can_be_called_and_written_to_before_and_after(people: Cast) -> None:
    client = people.client("registrar")
    form = {"ids": all_ids(people), "key": "fără", **WORDS}
    before = post(client, "/editions/e1/messages", **form)
    sent = post(client, "/editions/e1/messages", do="send", **form)
    for text in (before.text, client.get(sent.location).text):
        page = BeautifulSoup(text, "html.parser")
        letters = page.select_one("form[action='/editions/e1/letters']")
        assert letters is not None
        places = [str(box["value"]) for box in letters.select("input[name=id]")]
        assert len(places) == 5  # three have no address, two share one; nobody withdrawn
        link = page.select_one("a[href*='phones.pdf']")
        assert link is not None
        assert str(link["href"]).endswith(f"places={'-'.join(places)}")


def test_who_came_from_the_map_of_progress_goes_back_to_it(people: Cast) -> None:
    client = people.client("registrar")
    ids = {"id": list(map(str, people.enrolments.values()))}
    first = post(client, "/editions/e1/messages/new?back=progress", **ids)
    page = BeautifulSoup(first.text, "html.parser")
    assert page.select_one("a[href='/editions/e1/progress']") is not None
    form = page.select_one("form.form")
    assert form is not None
    assert form["action"] == "/editions/e1/messages?back=progress"
    plain = post(client, "/editions/e1/messages/new", **ids).text
    assert 'action="/editions/e1/messages"' in plain


def test_a_message_is_sent_once_under_a_double_click(people: Cast) -> None:
    client = people.client("registrar")
    form = {"ids": all_ids(people), "key": "doi", "do": "send", **WORDS}
    first = post(client, "/editions/e1/messages", **form)
    second = post(client, "/editions/e1/messages", **form)
    assert first.status_code == second.status_code == 302
    assert first.location == second.location
    mails = sent_mails(people)
    assert sorted(mails) == ["ana", "gina", "horia"]
    assert mails["ana"].subject == "Pentru Ana Probă"
    assert "vă lipsesc: 4 lecții" in mails["ana"].text
    assert "/courses/curs" in mails["ana"].text
    assert "/link/" in mails["gina"].text
    assert "/courses/curs" in mails["horia"].text
    assert "4 lessons" in mails["horia"].text
    assert all(mail.is_bulk for mail in mails.values())
    with people.app.app_context():
        session = db.session()
        assert session.scalar(sa.select(sa.func.count()).select_from(Message)) == 1
        lines = session.execute(
            sa.select(MessageRecipient.left_out, sa.func.count()).group_by(
                MessageRecipient.left_out
            )
        ).all()
        assert {why.value if why else None: count for why, count in lines} == {
            None: 3,
            "no_address": 2 + 1,
            "shared_address": 2,
            "suspended": 1,
            "withdrawn": 1,
        }
        assert session.scalars(
            sa.select(AuditEntry.action).where(AuditEntry.action == "message.sent")
        ).all() == ["message.sent"]
        assert session.scalar(sa.select(sa.func.count()).select_from(Token)) == 1


def test_english_words_go_to_those_who_chose_english(people: Cast) -> None:
    client = people.client("registrar")
    english = {"subject_en": "For {name}", "text_en": "Good day, {name}"}
    form = {"ids": all_ids(people), "key": "en", "do": "send", **WORDS, **english}
    assert post(client, "/editions/e1/messages", **form).status_code == 302
    mails = sent_mails(people)
    assert mails["horia"].subject == "For Horia Probă"
    assert mails["ana"].subject == "Pentru Ana Probă"


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"subject": ""}, id="no subject"),
        pytest.param({"text": "{numele}"}, id="braces that mean nothing"),
        pytest.param({"text": "x" * 5001}, id="too long"),
        pytest.param({"subject_en": "Only this"}, id="half an English"),
        pytest.param({"key": ""}, id="no key"),
    ],
)
def test_what_can_t_be_sent_is_shown_again_and_not_sent(people: Cast, wrong: dict) -> None:
    client = people.client("registrar")
    form = {"ids": all_ids(people), "key": "k", "do": "send", **WORDS, **wrong}
    assert post(client, "/editions/e1/messages", **form).status_code == 200
    assert sent_mails(people) == {}


def test_a_place_of_another_edition_or_an_odd_id_reaches_nobody(people: Cast) -> None:
    client = people.client("registrar")
    ids = f"{people.enrolments['learner_of_other']},x,99999999999999999999,²,-1"
    answer = post(client, "/editions/e1/messages", ids=ids, key="k", do="send", **WORDS)
    assert answer.status_code == 302
    assert answer.location.endswith("/editions/e1")
    assert sent_mails(people) == {}


def test_history_shows_each_mail_to_registrar_auditor_and_the_edition_s_trainer(
    people: Cast,
) -> None:
    form = {"ids": all_ids(people), "key": "h", "do": "send", **WORDS}
    where = post(people.client("registrar"), "/editions/e1/messages", **form).location
    with people.app.app_context(), db.writing() as session:
        mail = session.scalars(
            sa.select(MailMessage).where(MailMessage.to_address == "ana@exemplu.example")
        ).one()
        mail.state, mail.last_error = MailState.FAILED, "550 5.1.1 User unknown"
    for part in ("registrar", "auditor", "trainer"):
        client = people.client(part)
        assert "Pentru …" in client.get("/editions/e1/messages").text
        page = client.get(where).text
        assert "Adresa nu există." in page
        assert "ana@exemplu.example" not in page
        person = client.get(f"/participants/{people.enrolments['Ana']}").text
        assert "Pentru Ana Probă" in person
    assert people.client("trainer_of_other").get(where).status_code == 404
    assert people.client("learner").get(where).status_code == 404


def test_a_mail_that_failed_is_tried_again_once(people: Cast) -> None:
    client = people.client("registrar")
    form = {"ids": all_ids(people), "key": "again", "do": "send", **WORDS}
    post(client, "/editions/e1/messages", **form)
    with people.app.app_context(), db.writing() as session:
        mail = session.scalars(
            sa.select(MailMessage).where(MailMessage.to_address == "ana@exemplu.example")
        ).one()
        mail.state, mail.last_error = MailState.FAILED, "552 5.2.2 Mailbox full"
        mail_id = mail.id
    page = client.get("/mails?state=failed").text
    assert "Căsuța este plină." in page
    assert "552 5.2.2 Mailbox full" in page
    assert "<dt>netrimis</dt>" in page, "one e-mail"
    assert "<dt>trimise în ultimele 24 de ore</dt>" in page, "none"
    assert "ana@exemplu.example" in client.get("/mails?search=ANA").text
    assert "ana@exemplu.example" not in client.get("/mails?search=nimeni%25").text
    assert "ana@exemplu.example" in client.get("/mails?page=999").text
    for said in ("așteaptă să plece din nou", "nu a eșuat"):
        answer = post(client, f"/mails/{mail_id}/again")
        assert said in client.get(answer.location).text
    assert sent_mails(people)["ana"].state is MailState.WAITING
    assert people.client("auditor").get("/mails").status_code == 403


def test_lists_are_handed_out_as_files_and_it_is_recorded(people: Cast) -> None:
    client = people.client("registrar")
    form = {"ids": all_ids(people), "key": "f", "do": "send", **WORDS}
    where = post(client, "/editions/e1/messages", **form).location
    people_file = client.get(f"{where}.csv").data.decode("utf-8-sig")
    assert "Probă Ana" in people_file
    assert "adresă folosită și de alții" in people_file
    assert "exemplu.example" not in people_file
    assert "ana@exemplu.example" in client.get("/mails.csv?search=ana").data.decode("utf-8-sig")
    assert client.get("/mails.xlsx").data.startswith(b"PK")
    assert people.client("auditor").get("/mails.csv").status_code == 403
    with people.app.app_context():
        acts = db.session().scalars(
            sa.select(AuditEntry.action).where(AuditEntry.action.endswith(".exported"))
        )
        assert sorted(acts) == ["mails.exported", "mails.exported", "message.exported"]
