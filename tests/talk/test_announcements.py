"""Announcements: on each learner's home page until read, by mail where chosen."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from lms import clock, db
from lms.mail.models import MailMessage, MailState
from lms.talk.models import Announcement
from tests.cast import Cast
from tests.messages.people import post
from tests.talk.talking import give_addresses

NEW = "/editions/e1/announcements/new"


def announce(cast: Cast, part: str = "trainer", **form: str):
    wanted = {"title": "Sală nouă", "text": "Etajul **2**.", "key": "k", "do": "publish", **form}
    return post(cast.client(part), NEW, **wanted)


def home(cast: Cast, part: str = "learner") -> str:
    return cast.client(part).get("/learn").text


def of_store(cast: Cast) -> list[Announcement]:
    with cast.app.app_context():
        return list(db.session().scalars(sa.select(Announcement).order_by(Announcement.id)))


def test_it_stands_on_the_home_page_until_it_is_read(cast: Cast) -> None:
    assert announce(cast).status_code == 303
    (made,) = of_store(cast)
    assert "Sală nouă" in home(cast)
    assert "<strong>2</strong>" in home(cast)
    assert "Sală nouă" not in home(cast, "learner_of_other")
    for _ in range(2):
        answer = post(cast.client("learner"), f"/announcements/{made.id}/read")
        assert answer.status_code == 303
    assert "Sală nouă" not in home(cast)
    assert "Sală nouă" in home(cast, "classmate")
    assert "Sală nouă" in cast.client("learner").get("/learn/announcements").text
    listed = cast.client("trainer").get("/editions/e1/announcements").text
    assert "l-a citit 1 persoană" in listed


def test_it_stands_under_the_next_step_and_not_above_it(cast: Cast) -> None:
    announce(cast)
    text = home(cast)
    assert text.index("Deschideți lecția") < text.index("Sală nouă")


def test_a_preview_changes_nothing_and_says_how_many_get_it(cast: Cast) -> None:
    give_addresses(cast, "learner")
    answer = announce(cast, do="preview", by_mail="y")
    assert answer.status_code == 200
    assert "<strong>2</strong>" in answer.text
    assert "2 cursanți îl văd" in answer.text
    assert "1 persoană îl primește pe e-mail" in answer.text
    assert of_store(cast) == []


def test_two_clicks_announce_once_and_mail_once(cast: Cast) -> None:
    give_addresses(cast, "learner", "classmate")
    for _ in range(2):
        announce(cast, "registrar", by_mail="y")
    (made,) = of_store(cast)
    assert made.mailed == 2
    with cast.app.app_context():
        mails = db.session().scalars(sa.select(MailMessage)).all()
    assert {m.person_id for m in mails} == {cast.persons["learner"], cast.persons["classmate"]}
    assert all("Etajul 2." in m.text and m.stop_url in m.text for m in mails)


def test_what_is_taken_back_is_shown_to_nobody_and_its_mails_stay(cast: Cast) -> None:
    give_addresses(cast, "learner")
    announce(cast, by_mail="y")
    (made,) = of_store(cast)
    post(cast.client("trainer"), f"/announcements/{made.id}/take-back")
    assert "Sală nouă" not in home(cast)
    assert "Sală nouă" not in cast.client("learner").get("/learn/announcements").text
    assert post(cast.client("learner"), f"/announcements/{made.id}/read").status_code == 404
    with cast.app.app_context():
        (state,) = db.session().scalars(sa.select(MailMessage.state))
    assert state is MailState.WITHDRAWN


def test_it_begins_and_ends_with_its_days(cast: Cast) -> None:
    today = clock.today("Europe/Bucharest")
    tomorrow, yesterday = today + timedelta(days=1), today - timedelta(days=1)
    announce(cast, shows_on=tomorrow.isoformat(), until_on=tomorrow.isoformat())
    assert "Sală nouă" not in home(cast)
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        assert "Sală nouă" in home(cast)
    with clock.stopped_at(clock.now() + timedelta(days=2)):
        assert "Sală nouă" not in home(cast)
    far = {"shows_on": "0001-01-01"}, {"until_on": "9999-12-31"}
    for form in ({"until_on": yesterday.isoformat()}, {"text": " "}, {"title": " "}, *far):
        assert announce(cast, key="x", **form).status_code == 422
    wrong = {"shows_on": tomorrow.isoformat(), "until_on": today.isoformat()}
    assert announce(cast, key="x", **wrong).status_code == 422
    assert len(of_store(cast)) == 1


def test_a_change_is_seen_and_nobody_is_told_again(cast: Cast) -> None:
    announce(cast, text="Etajul 2. <script>alert(1)</script>")
    (made,) = of_store(cast)
    assert "<script>alert" not in home(cast)
    trainer = cast.client("trainer")
    assert "Etajul 2." in trainer.get(f"/announcements/{made.id}/edit").text
    form = {"title": "Altă sală", "text": "Etajul 3.", "do": "publish"}
    assert post(trainer, f"/announcements/{made.id}/edit", **form).status_code == 303
    assert "Etajul 3." in home(cast)
    (changed,) = of_store(cast)
    assert changed.shows_from == made.shows_from
    assert changed.mailed == 0


def test_a_trainer_of_another_course_finds_none_of_it(cast: Cast) -> None:
    announce(cast)
    (made,) = of_store(cast)
    other = cast.client("trainer_of_other")
    assert other.get("/editions/e1/announcements").status_code == 404
    assert other.get(f"/announcements/{made.id}/edit").status_code == 404
    assert announce(cast, "learner", key="y").status_code == 404
    assert announce(cast, "auditor", key="y").status_code == 403


def test_a_long_one_does_not_push_the_next_step_away(cast: Cast) -> None:
    announce(cast, text="Un rând lung. " * 100)
    page = home(cast)
    assert "Citiți tot anunțul" in page
    for number in range(3):
        announce(cast, key=f"m{number}", title=f"Anunțul {number}")
    page = home(cast)
    assert "încă 2 anunțuri" in page
    assert "Anunțul 2" in page
    assert "Sală nouă" not in page


def test_a_table_that_grows_beyond_measure_is_refused_with_the_text_kept(cast: Cast) -> None:
    head = "|" + "a|" * 100 + "\n|" + "-|" * 100 + "\n"
    answer = announce(cast, text=head + "|\n" * 2000)
    assert answer.status_code == 422
    assert "Folosiți mai puține tabele" in answer.text
    assert of_store(cast) == []


def test_an_announcement_typed_before_the_sign_in_ended_is_kept(cast: Cast) -> None:
    client = cast.app.test_client()
    form = {"title": "Sală nouă", "text": "Etajul 2.", "key": "k", "do": "publish"}
    answer = client.post(NEW, data=form)
    assert answer.status_code == 400
    assert "Etajul 2." in answer.text
    assert 'name="title" value="Sală nouă"' in answer.text
    assert of_store(cast) == []
