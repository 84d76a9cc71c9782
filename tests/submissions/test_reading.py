"""What a trainer does with works: find, read, comment, go on; who else may look."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bench.in_process import statements
from lms import db
from lms.accounts.models import Person
from lms.audit.models import AuditDetail, AuditEntry
from lms.courses.exercises import ExerciseState
from lms.courses.models import Enrolment, Group
from lms.mail.models import MailMessage
from tests.access.asking import ask
from tests.submissions.works import (
    comments,
    fields_of,
    give_exercise,
    rows,
    versions,
    works,
    write,
)


@pytest.fixture
def handed_in(cast):
    """Two works wait, the learner's before the classmate's; the learner has an address."""
    give_exercise(cast, "text")
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Person, cast.persons["learner"]).email = "maria@exemplu.example"
    write(cast.client("learner"), "Prima hartă")
    write(cast.client("classmate"), "A doua hartă")
    return [work.id for work in works(cast)]


def say(client, work, text="Bine.", *, page=None, **more):
    path = f"/submissions/{work}"
    page = fields_of(client.get(path).text) if page is None else page
    return ask(client, "POST", f"{path}/comments", {**page, "text": text, "do": "close", **more})


def test_the_queue_shows_what_waits_the_longest_first(cast, handed_in):
    page = cast.client("trainer").get("/submissions").text
    assert "2 lucrări" in page
    assert page.index("Maria Învățăcel") < page.index("Dan Coleg")
    assert "Nicio lucrare nu așteaptă" in cast.client("trainer_of_other").get("/submissions").text


def test_a_work_is_read_in_place_with_its_neighbours(cast, handed_in):
    first, second = handed_in
    trainer = cast.client("trainer")
    page = trainer.get(f"/submissions/{first}").text
    assert "Prima hartă" in page
    assert f'rel="next" accesskey="n" href="/submissions/{second}"' in page
    assert "Lucrarea următoare" in page
    assert "<summary>Cerința: 1.1 " in page
    assert 'rel="prev"' not in page
    assert f'href="/submissions/{first}"' in trainer.get(f"/submissions/{second}").text


def test_read_leads_to_the_next_and_then_back(cast, handed_in):
    first, second = handed_in
    trainer = cast.client("trainer")
    answer = ask(trainer, "POST", f"/submissions/{first}/read", {"version": "1"})
    assert answer.headers["Location"] == f"/submissions/{second}"
    answer = ask(trainer, "POST", f"/submissions/{second}/read", {"version": "1"})
    assert answer.headers["Location"] == "/submissions"
    assert "Nicio lucrare nu așteaptă" in trainer.get("/submissions").text
    assert (
        "Citit de formator"
        in cast.client("learner").get("/courses/curs/1-modul/1-1-lectie/exercise").text
    )
    assert works(cast)[0].state is ExerciseState.HANDED_IN


def test_a_comment_closes_the_exercise_and_is_told_once(cast, handed_in):
    first, _second = handed_in
    trainer = cast.client("trainer")
    page = fields_of(trainer.get(f"/submissions/{first}").text)
    for _twice in range(2):
        assert say(trainer, first, "O hartă clară.", page=page).status_code == 302
    (made,) = comments(cast)
    assert (made.text, made.reopens, made.version_number) == ("O hartă clară.", False, 1)
    (mail,) = rows(cast, MailMessage)
    assert mail.to_address == "maria@exemplu.example"
    assert mail.subject == "Formatorul v-a comentat lucrarea: Harta mea"
    assert "/courses/curs/1-modul/1-1-lectie/exercise" in mail.text
    assert "O hartă clară." not in mail.text
    assert works(cast)[0].state is ExerciseState.COMMENTED


def test_a_second_comment_is_a_second_mail(cast, handed_in):
    trainer = cast.client("trainer")
    say(trainer, handed_in[0], "Întâi.")
    say(trainer, handed_in[0], "Apoi.", do="reopen")
    assert [c.reopens for c in comments(cast)] == [False, True]
    assert len(rows(cast, MailMessage)) == 2
    assert works(cast)[0].state is ExerciseState.REOPENED


def test_who_has_no_address_is_told_by_the_page_alone(cast, handed_in):
    say(cast.client("trainer"), handed_in[1], "Bine.")
    assert len(comments(cast)) == 1
    assert rows(cast, MailMessage) == []


def test_a_comment_on_what_was_replaced_meanwhile_is_kept_and_not_sent(cast, handed_in):
    trainer = cast.client("trainer")
    page = fields_of(trainer.get(f"/submissions/{handed_in[0]}").text)
    write(cast.client("learner"), "Prima hartă, îndreptată")
    answer = say(trainer, handed_in[0], "Lipsește un actor.", page=page)
    assert answer.status_code == 409
    assert "Lipsește un actor." in answer.text
    assert "Prima hartă, îndreptată" in answer.text
    assert comments(cast) == []
    answer = ask(trainer, "POST", f"/submissions/{handed_in[0]}/read", {"version": "1"})
    assert answer.status_code == 409
    assert works(cast)[0].read_at is None


@pytest.mark.parametrize("text", ["", "  \n ", "a" * 5001])
def test_an_empty_or_endless_comment_is_refused_in_words(cast, handed_in, text):
    answer = say(cast.client("trainer"), handed_in[0], text)
    assert answer.status_code == 422
    assert "comentariu" in answer.text
    assert comments(cast) == []


@pytest.mark.parametrize("part", ["registrar", "auditor", "owner"])
def test_the_office_reads_and_says_nothing(cast, handed_in, part):
    client = cast.client(part)
    page = client.get(f"/submissions/{handed_in[0]}").text
    assert "Prima hartă" in page
    assert "<textarea" not in page
    assert say(client, handed_in[0], page={"version": "1"}).status_code == 403
    answer = ask(client, "POST", f"/submissions/{handed_in[0]}/read", {"version": "1"})
    assert answer.status_code == 403
    assert comments(cast) == []


def test_a_trainer_who_also_learns_does_not_comment_on_the_own_work(cast, handed_in):
    with cast.app.app_context(), db.writing() as session:
        place = session.get_one(Enrolment, cast.enrolments["learner"])
        place.person_id = cast.persons["trainer"]
    trainer = cast.client("trainer")
    assert say(trainer, handed_in[0], page={"version": "1"}).status_code == 403
    assert f"/submissions/{handed_in[0]}" not in trainer.get("/submissions?show=all").text


def test_the_queue_is_narrowed_by_exercise_group_edition_and_state(cast, handed_in):
    give_exercise(cast, "tick", lesson=1)
    ask(cast.client("learner"), "POST", "/courses/curs/1-modul/1-2-lectie/exercise", {})
    with cast.app.app_context(), db.writing() as session:
        group = Group(edition_id=cast.edition_id, name="Grupa 1", trainers=[])
        session.add(group)
        session.flush()
        session.get_one(Enrolment, cast.enrolments["classmate"]).group_id = group.id
        group_id = group.id
    trainer = cast.client("trainer")

    def shown(query: str) -> int:
        return trainer.get(f"/submissions?{query}").text.count('<th scope="row">')

    assert shown("") == 2
    assert shown("show=all") == 3
    assert shown(f"show=all&lesson={cast.lesson_ids[1]}") == 1
    assert shown(f"group={group_id}") == 1
    assert shown("edition=e1") == 2
    assert shown("edition=e2") == 0
    assert shown("show=commented") == 0
    say(trainer, handed_in[0])
    assert shown("show=commented") == 1
    assert shown("show=handed_in") == 2
    for odd in ("show=x", "lesson=x", "group=-1", "page=999", "lesson=" + "9" * 40, "edition=%00"):
        assert trainer.get(f"/submissions?{odd}").status_code in {200, 422}


def test_going_on_stays_within_what_was_asked_for(cast, handed_in):
    trainer = cast.client("trainer")
    lesson = f"lesson={cast.lesson_ids[0]}"
    path = f"/submissions/{handed_in[0]}/comments?{lesson}"
    answer = ask(trainer, "POST", path, {"text": "Bine.", "version": "1", "key": "k"})
    assert answer.headers["Location"] == f"/submissions/{handed_in[1]}?{lesson}"


def test_a_participants_page_lists_the_works(cast, handed_in):
    page = cast.client("trainer").get(f"/participants/{cast.enrolments['learner']}").text
    assert f"/submissions/{handed_in[0]}" in page


def test_the_record_says_who_and_never_what(cast, handed_in):
    say(cast.client("trainer"), handed_in[0], "O hartă clară.")
    with cast.app.app_context():
        found = db.session().execute(
            sa.select(AuditEntry.action, AuditDetail.values)
            .join(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
            .where(AuditEntry.action.like("submission.%"))
        )
        record = {row[0]: row[1] for row in found}
        db.session().rollback()
    assert set(record) == {"submission.handed_in", "submission.commented"}
    assert "hartă" not in str(record)


def test_a_works_markup_is_shown_as_typed(cast):
    give_exercise(cast, "text")
    canary = "<script>alert(1)</script>{{7*7}}"
    write(cast.client("learner"), canary)
    say(cast.client("trainer"), works(cast)[0].id, canary)
    for part, path in (
        ("trainer", f"/submissions/{works(cast)[0].id}"),
        ("learner", "/works"),
        ("learner", "/courses/curs/1-modul/1-1-lectie/exercise"),
    ):
        page = cast.client(part).get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page


MOST = {
    ("learner", "/courses/curs/1-modul/1-1-lectie"): 6,
    ("learner", "/courses/curs/1-modul/1-1-lectie/exercise"): 9,
    ("learner", "/courses/curs"): 5,
    ("learner", "/works"): 7,
    ("trainer", "/submissions"): 5,
    ("trainer", "/submissions/1"): 6,
}


@pytest.mark.parametrize(("part", "path"), MOST)
def test_a_page_asks_few_questions_however_many_works_there_are(cast, handed_in, part, path):
    say(cast.client("trainer"), handed_in[0])
    client = cast.client(part)
    path = path.replace("/submissions/1", f"/submissions/{handed_in[0]}")
    client.get(path)
    with statements(cast.app) as seen:
        assert client.get(path).status_code == 200
    assert (
        len(seen) <= MOST[part, path.replace(f"/submissions/{handed_in[0]}", "/submissions/1")]
    ), seen
    assert versions(cast)
