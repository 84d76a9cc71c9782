"""A learner's way through lessons: what is shown, what is recorded, what stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms import clock, db
from lms.courses.events import course_completed
from lms.courses.models import Completion, Course, Lesson, LessonProgress, SubjectKind
from tests.cast import EPOCH, csrf
from tests.factories import make_quiz

FIRST = "/courses/curs/1-modul/1-1-lectie"
SECOND_MODULE = "/courses/curs/2-modul/2-1-lectie"


def post(client, path, **data):
    return client.post(path, data={"csrf_token": csrf(client), **data})


def rows(app, model):
    with app.app_context():
        return db.session().scalars(sa.select(model)).all()


def test_home_leads_to_the_first_lesson(cast):
    page = cast.client("learner").get("/learn")
    assert page.status_code == 200
    assert f'href="{FIRST}"' in page.text


def test_someone_without_a_place_is_told_what_to_expect(cast):
    with cast.app.app_context(), db.writing():
        db.session().execute(sa.text("UPDATE enrolments SET state = 'withdrawn'"))
    page = cast.client("learner").get("/learn")
    assert page.status_code == 200
    assert "secretariat" in page.text


def test_opening_a_lesson_is_recorded_once(app, cast):
    client = cast.client("learner")
    client.get(FIRST)
    client.get(FIRST)
    (progress,) = rows(app, LessonProgress)
    assert progress.first_opened_at == progress.last_active_at
    assert progress.read_at is None


def test_reading_time_goes_to_the_lesson_that_was_open(app, cast):
    client = cast.client("learner")
    with clock.stopped_at(EPOCH):
        client.get(FIRST)
    with clock.stopped_at(EPOCH + timedelta(minutes=4)):
        client.get("/courses/curs/1-modul/1-2-lectie")
    with clock.stopped_at(EPOCH + timedelta(minutes=30)):
        client.get(FIRST)
    by_lesson = {p.lesson_id: p.active_seconds for p in rows(app, LessonProgress)}
    assert by_lesson == {cast.lesson_ids[0]: 240, cast.lesson_ids[1]: 0}


def test_a_lesson_is_marked_read_once_and_leads_on(app, cast):
    client = cast.client("learner")
    for _ in range(2):
        answer = post(client, f"{FIRST}/read")
        assert answer.status_code == 302
        assert answer.location.endswith("/1-2-lectie")
    kinds = [c.kind for c in rows(app, Completion)]
    assert kinds == [SubjectKind.LESSON]


def test_a_later_module_stays_closed_until_the_one_before_is_complete(cast):
    client = cast.client("learner")
    answer = client.get(SECOND_MODULE)
    assert answer.status_code == 302
    assert answer.location.endswith("/courses/curs")
    assert "Modulul 1" in client.get("/courses/curs").text
    post(client, f"{FIRST}/read")
    post(client, "/courses/curs/1-modul/1-2-lectie/read")
    assert client.get(SECOND_MODULE).status_code == 200


def test_an_unchanged_lesson_is_answered_without_being_drawn(cast):
    client = cast.client("learner")
    first = client.get(FIRST)
    again = client.get(FIRST, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    post(client, f"{FIRST}/read")
    assert client.get(FIRST, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_anothers_kept_page_never_answers_for_mine(cast):
    first = cast.client("learner").get(FIRST)
    mine = cast.client("classmate").get(FIRST, headers={"If-None-Match": first.headers["ETag"]})
    assert mine.status_code == 200


@pytest.mark.parametrize("part", ["learner_of_other", "trainer_of_other"])
def test_strangers_to_the_course_find_nothing(cast, part):
    client = cast.client(part)
    assert client.get(FIRST).status_code == 404
    assert client.get("/courses/curs").status_code == 404


def test_staff_read_lessons_without_leaving_progress(app, cast):
    for part in ("trainer", "registrar", "auditor", "owner"):
        assert cast.client(part).get(SECOND_MODULE).status_code == 200
    assert rows(app, LessonProgress) == []


def test_an_unpublished_lesson_is_hidden_from_learners_everywhere(app, cast):
    with app.app_context(), db.writing() as session:
        lesson = session.get(Lesson, cast.lesson_ids[0])
        lesson.is_published, lesson.title_ro = False, "CANARYTITLE"
        session.get(Course, cast.course_id).version += 1
    client = cast.client("learner")
    assert client.get(FIRST).status_code == 404
    for path in ("/learn", "/courses/curs", "/courses/curs/1-modul/1-2-lectie"):
        assert "CANARYTITLE" not in client.get(path).text
    assert cast.client("trainer").get(FIRST).status_code == 200


def test_the_last_condition_met_completes_the_course_in_the_same_request(app, cast):
    heard = []

    def listen(enrolment):
        heard.append(enrolment.id)

    course_completed.connect(listen)
    client = cast.client("learner")
    for module, lesson in (("1", "1-1"), ("1", "1-2"), ("2", "2-1"), ("2", "2-2")):
        assert heard == []
        post(client, f"/courses/curs/{module}-modul/{lesson}-lectie/read")
    course_completed.disconnect(listen)
    assert heard == [cast.enrolments["learner"]]
    (done,) = [c for c in rows(app, Completion) if c.kind is SubjectKind.COURSE]
    assert done.enrolment_id == cast.enrolments["learner"]


def test_what_was_earned_stays_when_content_is_added(app, cast):
    client = cast.client("learner")
    post(client, f"{FIRST}/read")
    post(client, "/courses/curs/1-modul/1-2-lectie/read")
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0])
    assert client.get(SECOND_MODULE).status_code == 200
