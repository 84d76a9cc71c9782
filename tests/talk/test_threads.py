"""Questions to the trainer: asked, answered, shown, told by mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from lms import clock, db
from lms.courses.models import Edition, Enrolment, EnrolmentState
from lms.mail import sending
from lms.mail.models import MailMessage, MailState
from lms.messages.models import ReminderPlan
from lms.talk.models import Post, Thread
from lms.talk.stopping import TALK_MAIL
from lms.web import csrf
from tests.cast import Cast
from tests.messages.people import post
from tests.talk.talking import LESSON, ask, asked, give_addresses, threads


def no_rest(cast: Cast) -> None:
    """Let mails go at any hour, so that the tests' own hour doesn't matter."""
    with cast.app.app_context(), db.writing() as session:
        session.add(
            ReminderPlan(edition_id=cast.edition_id, quiet_from=0, quiet_to=0, on_weekends=True)
        )


def mails(cast: Cast) -> list[MailMessage]:
    with cast.app.app_context():
        return list(db.session().scalars(sa.select(MailMessage).order_by(MailMessage.id)))


def test_a_question_waits_for_the_trainer_and_its_answer_comes_back(cast: Cast) -> None:
    href = asked(cast)
    trainer = cast.client("trainer")
    inbox = trainer.get("/threads").text
    assert "Ce e cofinanțarea?" in inbox
    assert "Maria Învățăcel" in inbox
    assert post(trainer, f"{href}/replies", text="Vedeți lecția 2.", key="r").status_code == 303
    page = cast.client("learner").get(href).text
    assert "Vedeți lecția 2." in page
    assert "Petru Formator" in page
    assert "Ce e cofinanțarea?" not in trainer.get("/threads").text
    assert "Ce e cofinanțarea?" in trainer.get("/threads?state=answered").text
    assert "Ce e cofinanțarea?" in cast.client("learner").get("/learn/threads").text


def test_nobody_else_finds_it(cast: Cast) -> None:
    href = asked(cast)
    for part in ("classmate", "learner_of_other", "trainer_of_other"):
        client = cast.client(part)
        assert client.get(href).status_code == 404
        assert post(client, f"{href}/replies", text="Eu", key="r").status_code == 404
    assert "Ce e cofinanțarea?" not in cast.client("classmate").get(LESSON).text
    assert "Ce e cofinanțarea?" not in cast.client("trainer_of_other").get("/threads").text


def test_what_is_shown_to_the_edition_names_no_asker(cast: Cast) -> None:
    href = asked(cast)
    trainer, classmate = cast.client("trainer"), cast.client("classmate")
    post(trainer, f"{href}/sharing", do="show")
    page = classmate.get(href)
    assert page.status_code == 200
    assert "Maria" not in page.text
    listed = classmate.get(LESSON).text + classmate.get("/learn/threads").text
    assert "Ce e cofinanțarea?" in listed
    assert "Maria" not in listed
    assert post(classmate, f"{href}/replies", text="Eu", key="r").status_code == 403
    assert cast.client("learner_of_other").get(href).status_code == 404
    post(trainer, f"{href}/sharing", do="hide")
    assert classmate.get(href).status_code == 404


def test_whoever_has_left_reads_nothing_of_the_edition_any_more(cast: Cast) -> None:
    href = asked(cast)
    post(cast.client("trainer"), f"{href}/sharing", do="show")
    with cast.app.app_context(), db.writing() as session:
        place = session.get_one(Enrolment, cast.enrolments["classmate"])
        place.state = EnrolmentState.WITHDRAWN
    assert cast.client("classmate").get(href).status_code == 404


def test_two_clicks_ask_once_and_answer_once(cast: Cast) -> None:
    client, trainer = cast.client("learner"), cast.client("trainer")
    places = {ask(client, key="aceeasi").headers["Location"] for _ in range(2)}
    assert len(places) == 1
    (href,) = places
    for _ in range(2):
        post(trainer, f"{href}/replies", text="Da.", key="r1")
    assert len(threads(cast)) == 1
    with cast.app.app_context():
        assert db.session().scalar(sa.select(sa.func.count(Post.id))) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  \n\u200b ", "Nu s-a trimis nimic"),
        ("x" * 10_000, "Textul are 10.000 de caractere; încap 4.000"),
    ],
)
def test_no_words_and_too_many_are_told_and_kept(cast: Cast, text: str, said: str) -> None:
    answer = ask(cast.client("learner"), text)
    assert answer.status_code == 422
    assert said in answer.text
    assert threads(cast) == []
    if text.strip("\u200b \n"):
        assert text in answer.text


def test_a_sixth_question_in_ten_minutes_is_kept_on_the_page(cast: Cast) -> None:
    client = cast.client("learner")
    for number in range(5):
        assert ask(client, f"Întrebarea {number}", key=f"k{number}").status_code == 303
    answer = ask(client, "A șasea întrebare", key="k6")
    assert answer.status_code == 429
    assert "A șasea întrebare" in answer.text
    assert len(threads(cast)) == 5


def test_markup_stays_words_and_addresses_become_links(cast: Cast) -> None:
    href = asked(cast, text="<b>Bună</b> https://exemplu.example/a?b=1&c=2.")
    page = cast.client("learner").get(href).text
    assert "&lt;b&gt;Bună&lt;/b&gt;" in page
    assert '<a href="https://exemplu.example/a?b=1&amp;c=2" rel="nofollow' in page


def test_asking_on_opens_it_again_and_anybody_of_the_two_settles_it(cast: Cast) -> None:
    href = asked(cast)
    learner, trainer = cast.client("learner"), cast.client("trainer")
    post(trainer, f"{href}/replies", text="Da.", key="r1")
    assert not threads(cast)[0].is_open
    post(learner, f"{href}/replies", text="Dar de ce?", key="r2")
    assert threads(cast)[0].is_open
    post(learner, f"{href}/state", do="answered")
    assert not threads(cast)[0].is_open
    post(trainer, f"{href}/state", do="open")
    assert threads(cast)[0].is_open


def test_an_answer_is_said_to_have_helped_once_by_each(cast: Cast) -> None:
    href = asked(cast)
    learner, trainer = cast.client("learner"), cast.client("trainer")
    post(trainer, f"{href}/replies", text="Da.", key="r1")
    post(learner, f"{href}/replies", text="Mulțumesc.", key="r2")
    post(trainer, f"{href}/sharing", do="show")
    with cast.app.app_context():
        answer, thanks = db.session().scalars(sa.select(Post.id).order_by(Post.id))
    for part in ("learner", "learner", "classmate"):
        post(cast.client(part), f"{href}/answers/{answer}/helpful", do="mark")
    assert "a ajutat 2 persoane" in learner.get(href).text
    post(learner, f"{href}/answers/{answer}/helpful", do="unmark")
    assert "a ajutat o persoană" in learner.get(href).text
    assert post(learner, f"{href}/answers/{thanks}/helpful", do="mark").status_code == 404
    assert post(trainer, f"{href}/answers/{answer}/helpful", do="mark").status_code == 403


def test_trainer_and_asker_are_told_by_mail_with_a_link_that_ends_it(cast: Cast) -> None:
    no_rest(cast)
    give_addresses(cast, "learner", "trainer")
    href = asked(cast)
    post(cast.client("trainer"), f"{href}/replies", text="Vedeți lecția 2.", key="r")
    first, second = mails(cast)
    assert first.person_id == cast.persons["trainer"]
    assert "Maria Învățăcel" in first.text
    assert "Ce e cofinanțarea?" in first.text
    assert second.person_id == cast.persons["learner"]
    assert "Vedeți lecția 2." in second.text
    assert all(mail.stop_url and mail.stop_url in mail.text for mail in (first, second))
    with cast.app.app_context():
        token = TALK_MAIL.token_of(cast.persons["learner"])
    client = cast.app.test_client()
    assert client.get(f"/threads/mail/stop/{token}").status_code == 200
    assert client.post(f"/threads/mail/stop/{token}").status_code == 302  # as mail programs do
    with cast.app.app_context():
        sending.send_waiting()
        states = dict(
            db.session().execute(sa.select(MailMessage.person_id, MailMessage.state)).all()
        )
    assert states[cast.persons["learner"]] is MailState.WITHDRAWN
    assert states[cast.persons["trainer"]] is MailState.WAITING
    post(cast.client("trainer"), f"{href}/replies", text="Și lecția 3.", key="r2")
    assert len(mails(cast)) == 2
    assert client.get("/threads/mail/stop/1-abc").status_code == 404


def test_at_night_a_mail_waits_for_the_morning(cast: Cast, monkeypatch) -> None:
    give_addresses(cast, "trainer")
    night = datetime(2026, 5, 14, 20, 30, tzinfo=UTC)
    monkeypatch.setattr("lms.clock.now", lambda: night)
    asked(cast)
    (mail,) = mails(cast)
    assert mail.next_try_at == datetime(2026, 5, 15, 5, 0, tzinfo=UTC)
    assert mail.waiting_since == mail.next_try_at


def test_whoever_shares_an_address_is_not_written_to(cast: Cast) -> None:
    no_rest(cast)
    give_addresses(cast, "learner", "classmate")
    with cast.app.app_context(), db.writing() as session:
        session.execute(sa.text("UPDATE persons SET email = 'birou@exemplu.example'"))
    href = asked(cast)
    post(cast.client("trainer"), f"{href}/replies", text="Da.", key="r")
    assert mails(cast) == []


def test_the_trainers_list_is_narrowed_and_searched(cast: Cast) -> None:
    asked(cast, text="Ce e cofinanțarea?")
    asked(cast, "classmate", "Unde semnez?")
    trainer = cast.client("trainer")
    found = trainer.get("/threads?search=cofinantarea").text
    assert "Ce e cofinanțarea?" in found
    assert "Unde semnez?" not in found
    assert "Unde semnez?" in trainer.get("/threads?search=coleg").text
    assert "Unde semnez?" not in trainer.get("/threads?at=test").text
    assert "Unde semnez?" in trainer.get("/threads?edition=e1&at=lesson").text
    assert trainer.get("/threads?state=x&at=y&page=0").status_code == 200
    assert "nicio contestație nu așteaptă" in found


def test_the_database_gives_no_test_away(cast: Cast) -> None:
    with cast.app.app_context():
        checks = {c.name for c in Thread.__table__.constraints}
    assert "ck_talk_threads_gives_no_test_away" in checks
    with cast.app.app_context():
        assert db.session().get(Edition, cast.edition_id) is not None


def test_what_was_typed_is_kept_when_the_sign_in_has_ended(cast: Cast) -> None:
    form = {"text": "Un text lung <b>", "key": "k"}
    nobody = cast.app.test_client()
    answer = nobody.post(LESSON, data=form)
    assert answer.status_code == 400
    assert "Un text lung &lt;b&gt;" in answer.text
    assert f"/sign-in?next={LESSON}" in answer.text
    nobody.set_cookie("sid", "a-sign-in-that-ended")
    with cast.app.app_context():
        form["csrf_token"] = csrf.derive("a-sign-in-that-ended")
    answer = nobody.post(LESSON, data=form)
    assert answer.status_code == 401
    assert "Un text lung &lt;b&gt;" in answer.text
    learner = cast.client("learner")
    answer = learner.post(LESSON, data={"text": "Un text lung", "key": "k"})
    assert answer.status_code == 400
    assert "Sunteți în contul" in answer.text
    assert threads(cast) == []
    assert post(learner, LESSON, text="Un text lung", key="k").status_code == 303
    assert nobody.get(LESSON).status_code == 302


def test_the_trainers_home_says_how_many_wait_and_since_when(cast: Cast) -> None:
    trainer = cast.client("trainer")
    assert "așteaptă răspuns" not in trainer.get("/teaching").text
    href = asked(cast)
    asked(cast, "classmate", "Unde semnez?")
    page = trainer.get("/teaching").text
    assert "2 întrebări așteaptă răspuns" in page
    assert "Cea mai veche a venit astăzi." in page
    with clock.stopped_at(clock.now() + timedelta(days=3)):
        post(cast.client("learner"), f"{href}/replies", text="Mai întreb o dată.", key="r")
        assert "Cea mai veche așteaptă de 3 zile." in trainer.get("/teaching").text
        post(trainer, f"{href}/replies", text="Da.", key="r2")
        page = trainer.get("/teaching").text
    assert "1 întrebare așteaptă răspuns" in page
    assert "Așteaptă de 3 zile." in page
    assert "așteaptă răspuns" not in cast.client("trainer_of_other").get("/teaching").text


def test_a_learner_in_another_edition_keeps_what_they_asked(cast: Cast) -> None:
    href = asked(cast)
    post(cast.client("trainer"), f"{href}/sharing", do="show")
    with cast.app.app_context(), db.writing() as session:
        place = session.get_one(Enrolment, cast.enrolments["learner"])
        place.state = EnrolmentState.WITHDRAWN
    learner = cast.client("learner")
    assert learner.get(href).status_code == 200
    assert "Ce e cofinanțarea?" in learner.get("/learn/threads").text
    assert post(learner, f"{href}/replies", text="Mulțumesc.", key="r").status_code == 303
    assert "Ce e cofinanțarea?" in cast.client("classmate").get(LESSON).text


def test_an_answer_stands_on_the_askers_home_for_two_weeks(cast: Cast) -> None:
    href = asked(cast)
    learner = cast.client("learner")
    assert "Formatorul v-a răspuns" not in learner.get("/learn").text
    post(cast.client("trainer"), f"{href}/replies", text="Da.", key="r")
    home = learner.get("/learn").text
    assert "Formatorul v-a răspuns" in home
    assert "1 răspuns nou" in home
    assert f'href="{href}"' in home
    assert "Ce e cofinanțarea?" in home
    assert "Formatorul v-a răspuns" not in cast.client("classmate").get("/learn").text
    with clock.stopped_at(clock.now() + timedelta(days=15)):
        later = learner.get("/learn").text
        assert "Formatorul v-a răspuns" not in later
        assert "răspuns nou" not in later
