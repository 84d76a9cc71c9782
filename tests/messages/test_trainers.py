"""A trainer writes to learners, and never opens an account by it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from lms import clock, db
from lms.access import Role
from lms.accounts.models import RoleGrant, Token
from lms.courses.models import Edition
from lms.mail.models import MailMessage
from lms.messages.errors import LinkNotOffered
from lms.messages.models import Message
from lms.messages.placeholders import Placeholder, used
from lms.messages.services.sending import Draft, send_message
from lms.participants.reading import edition_table
from tests.cast import EPOCH, Cast
from tests.messages.people import enrol, post

WORDS = {"subject": "Pentru {nume}", "text": "Bună ziua, {nume}, până la {termen}."}
REFUSED = "{link} deschide contul unui participant, de aceea îl trimite numai secretariatul."


@pytest.fixture
def people(cast: Cast) -> Cast:
    enrol(cast, "Ana")
    enrol(cast, "Gina", password_hash=None, name_confirmed_at=None)
    return cast


def ids_of(cast: Cast) -> str:
    return ",".join(str(cast.enrolments[name]) for name in ("Ana", "Gina"))


def nothing_was_sent(cast: Cast) -> bool:
    with cast.app.app_context():
        session = db.session()
        counted = [
            session.scalar(sa.select(sa.func.count()).select_from(model))
            for model in (Message, Token, MailMessage)
        ]
        return counted == [0, 0, 0]


def test_a_trainer_s_message_reaches_who_never_came_in_without_a_link(people: Cast) -> None:
    client = people.client("trainer")
    form = {"ids": ids_of(people), "key": "t", "do": "send", **WORDS}
    assert post(client, "/editions/e1/messages", **form).status_code == 302
    with people.app.app_context():
        mails = db.session().scalars(sa.select(MailMessage)).all()
        assert {mail.to_address for mail in mails} == {
            "ana@exemplu.example",
            "gina@exemplu.example",
        }
        assert not any("/link/" in mail.text or "/sign-in" in mail.text for mail in mails)
        assert db.session().scalar(sa.select(sa.func.count()).select_from(Token)) == 0


@pytest.mark.parametrize(
    "asking",
    [
        pytest.param({"text": "Intrați aici: {link}"}, id="text"),
        pytest.param({"subject": "{LINK}"}, id="subject"),
        pytest.param({"text": "{ Link }"}, id="written oddly"),
        pytest.param({"subject_en": "For you", "text_en": "Go on: {link}"}, id="English text"),
        pytest.param({"subject_en": "{link}", "text_en": "Go on"}, id="English subject"),
    ],
)
@pytest.mark.parametrize("do", ["preview", "send"])
def test_a_trainer_s_text_that_asks_for_a_link_is_refused_and_kept(
    people: Cast, asking: dict[str, str], do: str
) -> None:
    client = people.client("trainer")
    form = {"ids": ids_of(people), "key": "t", "do": do, **WORDS, **asking}
    answer = post(client, "/editions/e1/messages", **form)
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 200
    assert REFUSED in page.text
    assert page.select_one("textarea[name=text]").text.strip() == form["text"]  # type: ignore[union-attr]
    assert not page.select("#preview")
    assert nothing_was_sent(people)


def test_the_link_is_offered_to_who_may_invite_alone(people: Cast) -> None:
    for part, offers in (("registrar", True), ("trainer", False)):
        page = people.client(part).get("/editions/e1/messages/new?search=Ana")
        places = BeautifulSoup(page.text, "html.parser").select("#fill-in + dl dt")
        assert ("{link}" in [place.text for place in places]) is offers


def test_a_trainer_who_is_also_of_the_office_may_send_links(people: Cast) -> None:
    with people.app.app_context(), db.writing() as session:
        session.add(
            RoleGrant(person_id=people.persons["trainer"], role=Role.REGISTRAR, granted_at=EPOCH)
        )
    client = people.client("trainer")
    form = {"ids": ids_of(people), "key": "o", "do": "send", **WORDS, "text": "{link}"}
    assert post(client, "/editions/e1/messages", **form).status_code == 302


@pytest.mark.parametrize("state", ["not_in", "quiet", "not_complete", "learning", ""])
def test_the_words_that_a_trainer_begins_with_ask_for_no_link(people: Cast, state: str) -> None:
    page = people.client("trainer").get(f"/editions/e1/messages/new?state={state}&search=")
    form = BeautifulSoup(page.text, "html.parser")
    typed = [field.text for field in form.select("textarea")]
    typed += [str(field.get("value", "")) for field in form.select("input[type=text]")]
    assert Placeholder.LINK not in used(*typed)


@pytest.mark.parametrize(
    "draft",
    [
        pytest.param(Draft("S", "{link}"), id="text"),
        pytest.param(Draft("{link}", "T"), id="subject"),
        pytest.param(Draft("S", "T", "S", "{ link }"), id="English text"),
        pytest.param(Draft("S", "T", "{LINK}", "T"), id="English subject"),
    ],
)
def test_the_service_refuses_a_link_of_who_may_not_invite(people: Cast, draft: Draft) -> None:
    with people.app.test_request_context(), db.writing() as session:
        edition = session.get_one(Edition, people.edition_id)
        rows = edition_table(edition, now=clock.now()).rows
        with pytest.raises(LinkNotOffered):
            send_message(
                edition,
                rows,
                draft,
                key="s",
                may_invite=False,
                by=people.persons["trainer"],
                now=clock.now(),
            )
    assert nothing_was_sent(people)


def test_a_trainer_writes_to_no_learner_of_an_edition_that_another_teaches(people: Cast) -> None:
    client = people.client("trainer")
    theirs = people.enrolments["learner_of_other"]
    form = {"ids": str(theirs), "key": "x", "do": "send", **WORDS}
    assert post(client, "/editions/e2/messages", **form).status_code == 404
    assert post(client, "/editions/e1/messages", **form).location.endswith("/editions/e1")
    assert nothing_was_sent(people)


def test_who_writes_to_those_stuck_where_nobody_is_comes_back_to_the_map(people: Cast) -> None:
    answer = people.client("trainer").get("/editions/e1/messages/new?stuck=blocked")
    assert answer.location.endswith("/editions/e1/progress")
