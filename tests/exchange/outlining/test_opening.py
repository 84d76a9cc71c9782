"""When modules open: said in the outline and for an edition, told, and held by the server."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from lms import clock, db
from lms.courses.models import BinnedPart, Edition, Module
from lms.exchange.course_files import read_course
from lms.exchange.problems import Reason
from tests.cast import csrf
from tests.exchange.outlining.test_learners import (  # noqa: F401 -- fixtures
    FIRST,
    client,
    learner,
    read,
    take,
)
from tests.exchange.outlining.test_outline import (  # noqa: F401 -- fixtures
    act,
    course_id,
    done,
    exported,
    order,
    trainer,
    two_modules,
)
from tests.exchange.sample import import_files, store_digest
from tests.home.test_home import ahead

IN_TWO = "/courses/proba/2-mersul/2-1-a"
QUIZ = "/courses/proba/quizzes/proba-q1"
PAGE = "/editions/mijloc/opening"
# Midnight of 15 January in Bucharest is 22:00 of the day before in UTC.
BEFORE = datetime(2027, 1, 14, 21, 59, 59, tzinfo=UTC)
AFTER = datetime(2027, 1, 14, 22, 0, tzinfo=UTC)


def opened(trainer, **more):  # noqa: F811
    """Set when modules open, by their number: on1, after2 …"""
    said = {f"{name}:proba-m{key[-1]}": "" for key in more for name in ("on", "after")}
    said |= {f"{key[:-1]}:proba-m{key[-1]}": value for key, value in more.items()}
    return done(trainer, "titles", **said)


def all_at_once(trainer):  # noqa: F811
    done(trainer, "conditions", **{"ask:lessons_read": "1", "ask:quizzes_passed": "1"})


def set_days(browser, app, **choices):
    with app.app_context():
        ids = dict(db.session().execute(sa.select(Module.content_id, Module.id)).all())
        db.end_reading()
    data = {"csrf_token": csrf(browser)}
    for name, day in choices.items():
        number = ids[f"proba-{name}"]
        data[f"choice-{number}"] = {"": "none", "course": "course"}.get(day, "own")
        data[f"day-{number}"] = day
    return browser.post(PAGE, data=data)


# In the course's texts -------------------------------------------------------------------------


def test_days_and_what_comes_first_are_written_into_the_course(app, course_id, trainer):  # noqa: F811
    page = opened(trainer, on2="2027-01-15", after2="proba-m1")
    assert "se deschide la 15 ianuarie 2027, după modulul 1" in page
    text = exported(app, course_id)["course.yaml"].decode()
    assert "opening:\n  2-mersul:\n    from: 2027-01-15\n    after: 1-inceputul\n" in text
    with app.app_context():
        row = db.session().scalar(sa.select(Module).where(Module.content_id == "proba-m2"))
        assert (row.opens_on, row.opens_after) == (date(2027, 1, 15), "proba-m1")
        db.end_reading()
    opened(trainer, on2="", after2="")
    assert "opening" not in exported(app, course_id)["course.yaml"].decode()


def test_a_day_may_be_written_as_people_write_it(app, course_id, trainer):  # noqa: F811
    opened(trainer, on2="15.1.2027")
    assert "from: 2027-01-15" in exported(app, course_id)["course.yaml"].decode()


@pytest.mark.parametrize(
    "day", ["mâine", "2027-02-30", "31.2.2027", "15/01/2027", "0", "１５.01.2027"]
)
def test_what_is_no_day_changes_nothing(app, course_id, trainer, day):  # noqa: F811
    answer = act(trainer, "titles", **{"on:proba-m2": day})
    assert answer.status_code == 302
    assert "nu este o zi" in trainer.get(answer.location).text
    assert "opening" not in exported(app, course_id)["course.yaml"].decode()


def test_days_go_with_their_modules(app, course_id, trainer):  # noqa: F811
    opened(trainer, on1="2027-01-15")
    done(trainer, "up:proba-m2")
    with app.app_context():
        mine = sa.select(Module.content_id, Module.opens_on).where(Module.course_id == course_id)
        days = dict(db.session().execute(mine).all())
    assert days == {"proba-m1": date(2027, 1, 15), "proba-m2": None}


def test_a_module_comes_back_from_the_bin_with_its_day_and_who_waited_for_it(
    app,
    course_id,  # noqa: F811
    trainer,  # noqa: F811
):
    opened(trainer, on1="2027-01-15", after2="proba-m1", on2="2027-02-01")
    before = exported(app, course_id)["course.yaml"].decode().partition("opening:")[2]
    done(trainer, "remove:proba-m1")
    text = exported(app, course_id)["course.yaml"].decode()
    assert "2-mersul:\n    from: 2027-02-01\n" in text
    assert "after" not in text
    with app.app_context():
        row = db.session().scalar(sa.select(BinnedPart.id))
        db.end_reading()
    done(trainer, f"restore:{row}")
    assert exported(app, course_id)["course.yaml"].decode().partition("opening:")[2] == before


def test_a_copy_has_no_day(app, course_id, trainer):  # noqa: F811
    opened(trainer, on2="2027-01-15")
    done(trainer, "copy:proba-m2")
    with app.app_context():
        days = dict(db.session().execute(sa.select(Module.content_id, Module.opens_on)).all())
    assert days["proba-mersul"] is None


def test_modules_that_would_wait_for_each_other_are_refused(app, course_id, trainer):  # noqa: F811
    all_at_once(trainer)
    opened(trainer, after2="proba-m1")
    answer = act(trainer, "titles", **{"on:proba-m1": "", "after:proba-m1": "proba-m2"})
    assert answer.status_code == 422
    assert "ar aștepta un modul" in answer.text


def test_an_order_in_which_a_module_would_wait_for_a_later_one_is_refused(
    app,
    course_id,  # noqa: F811
    trainer,  # noqa: F811
):
    opened(trainer, after2="proba-m1")
    assert act(trainer, "up:proba-m2").status_code == 422
    assert [m for m, _lessons in order(app, course_id)] == ["proba-m1", "proba-m2"]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("{9-altul: {from: 2027-01-15}}", Reason.UNKNOWN_MODULE),
        ("{2-mersul: {after: 9-altul}}", Reason.UNKNOWN_MODULE),
        ("{2-mersul: {after: 2-mersul}}", Reason.UNKNOWN_MODULE),
        ("{1-inceputul: {after: 2-mersul}}", Reason.WAITS_IN_CIRCLE),
        ("{2-mersul: {from: 15.01.2027}}", Reason.BAD_DATE),
        ("{2-mersul: {}}", Reason.MISSING_KEY),
        ("{2-mersul: {when: 2027-01-15}}", Reason.UNKNOWN_KEY),
        ("{2-mersul: 2027-01-15}", Reason.WRONG_KIND),
        ("[2-mersul]", Reason.WRONG_KIND),
    ],
)
def test_what_is_wrong_with_the_opening_is_named_with_its_line(written, reason):
    course = two_modules()
    course["course.yaml"] += f"opening: {written}\n".encode()
    found = read_course(course)
    assert found.course is None
    assert {(p.path, p.line, p.reason) for p in found.errors} >= {("course.yaml", 7, reason)}


def test_a_folder_with_days_is_imported(app, cast):
    course = two_modules()
    course["course.yaml"] += b"opening: {2-mersul: {from: 2027-01-15, after: 1-inceputul}}\n"
    with app.app_context():
        import_files(course)
        row = db.session().scalar(sa.select(Module).where(Module.content_id == "proba-m2"))
        assert (row.opens_on, row.opens_after) == (date(2027, 1, 15), "proba-m1")


# What learners meet ----------------------------------------------------------------------------


def test_a_module_opens_at_midnight_in_bucharest(app, client, learner, trainer):  # noqa: F811
    all_at_once(trainer)
    opened(trainer, on2="2027-01-15")
    with clock.stopped_at(BEFORE):
        answer = client.get(IN_TWO)
        assert answer.status_code == 302
        page = client.get(answer.location).text
        assert (
            page.count("Se deschide la 15 ianuarie 2027.") == 2
        )  # said at once, and at the module
        assert "se deschide la 15 ianuarie 2027" in client.get("/learn").text
        assert IN_TWO not in page
        assert client.post(f"{IN_TWO}/read", data={"csrf_token": csrf(client)}).status_code == 302
    with clock.stopped_at(AFTER):
        assert client.get(IN_TWO).status_code == 200
        assert "Se deschide la" not in client.get("/courses/proba").text


def test_home_says_when_it_goes_on_where_all_that_is_open_is_done(app, client, learner, trainer):  # noqa: F811
    opened(trainer, on2="2027-01-15")
    read(client, FIRST)
    read(client, "/courses/proba/1-inceputul/1-2-al-doilea-pas")
    assert take(app, client) == 100
    with clock.stopped_at(BEFORE):
        page = client.get("/learn").text
        assert "Ce urmează" in page
        assert "Se deschide la 15 ianuarie 2027." in page
    with clock.stopped_at(AFTER):
        assert IN_TWO in client.get("/learn").text


def test_opening_days_stand_among_what_comes_next(app, client, learner, trainer):  # noqa: F811
    all_at_once(trainer)
    opened(trainer, on2="2027-01-15")
    with clock.stopped_at(BEFORE):
        text = ahead(client.get("/learn").text)
        assert "2. Mersul Se deschide la 15 ianuarie 2027. mâine" in text
    with clock.stopped_at(AFTER):
        assert "Mersul" not in ahead(client.get("/learn").text)


def test_a_module_waits_for_another_one(app, client, learner, trainer):  # noqa: F811
    all_at_once(trainer)
    opened(trainer, after2="proba-m1")
    answer = client.get(IN_TWO)
    assert answer.status_code == 302
    assert "Se deschide după ce încheiați „Începutul”." in client.get(answer.location).text
    read(client, FIRST)
    read(client, "/courses/proba/1-inceputul/1-2-al-doilea-pas")
    take(app, client)
    assert client.get(IN_TWO).status_code == 200


def test_the_test_of_a_closed_module_is_refused_by_the_server(app, client, learner, trainer):  # noqa: F811
    opened(trainer, on1="2027-01-15")
    with app.app_context():
        before = store_digest()
    with clock.stopped_at(BEFORE):
        answer = client.post(f"{QUIZ}/start", data={"csrf_token": csrf(client)})
        assert answer.status_code == 302
        assert "/attempts/" not in answer.location
        assert "Se deschide la 15 ianuarie 2027." in client.get(answer.location).text
    with app.app_context():
        assert store_digest() == before
    with clock.stopped_at(AFTER):
        assert take(app, client) == 100


def test_who_has_begun_a_module_goes_on_whatever_day_is_set(app, client, learner, trainer):  # noqa: F811
    client.get(FIRST)
    opened(trainer, on1="2027-01-15")
    with clock.stopped_at(BEFORE):
        assert client.get(FIRST).status_code == 200
        assert client.get("/courses/proba/1-inceputul/1-2-al-doilea-pas").status_code == 200
        assert take(app, client) == 100


def test_a_trainer_reads_what_is_closed(app, learner, trainer):  # noqa: F811
    opened(trainer, on1="2999-01-15")
    assert trainer.get(FIRST).status_code == 200


# An edition's own days -------------------------------------------------------------------------


def test_an_edition_has_days_of_its_own(app, client, learner, trainer):  # noqa: F811
    all_at_once(trainer)
    opened(trainer, on2="2027-03-01")
    assert set_days(trainer, app, m2="2027-01-15").status_code == 302
    assert 'value="2027-01-15"' in trainer.get(PAGE).text
    assert "un modul se deschide altfel aici" in trainer.get("/courses/proba/outline").text
    with clock.stopped_at(BEFORE):
        assert client.get(IN_TWO).status_code == 302
    with clock.stopped_at(AFTER):
        assert client.get(IN_TWO).status_code == 200


def test_an_edition_may_have_no_day_where_the_course_has_one(app, client, learner, trainer):  # noqa: F811
    all_at_once(trainer)
    opened(trainer, on2="2999-03-01")
    set_days(trainer, app, m2="")
    assert client.get(IN_TWO).status_code == 200
    set_days(trainer, app, m2="course")
    assert client.get("/courses/proba/2-mersul/2-2-b").status_code == 200  # it was begun
    with app.app_context():
        assert db.session().scalar(sa.select(Edition.opening).filter_by(slug="mijloc")) == {}


@pytest.mark.parametrize("choice", ["course", None])
def test_a_day_that_is_typed_alone_counts_and_is_said(app, learner, trainer, choice):  # noqa: F811
    with app.app_context():
        number = db.session().scalar(sa.select(Module.id).where(Module.content_id == "proba-m2"))
        db.end_reading()
    sent = {f"day-{number}": "2026-12-15", "csrf_token": csrf(trainer)}
    sent |= {f"choice-{number}": choice} if choice else {}
    said = trainer.post(PAGE, data=sent, follow_redirects=True).text
    assert "Salvat. Modulul 2 se deschide la 15 decembrie 2026." in said
    with app.app_context():
        opening = db.session().scalar(sa.select(Edition.opening).filter_by(slug="mijloc"))
        db.end_reading()
    assert opening == {"proba-m2": "2026-12-15"}
    back = {**sent, f"choice-{number}": "course"}  # the circle was chosen, the day stays typed
    said = trainer.post(PAGE, data=back, follow_redirects=True).text
    assert "Salvat. Modulul 2 se deschide fără o zi anume." in said


def test_a_word_that_is_no_day_is_named_though_no_circle_was_chosen(app, learner, trainer):  # noqa: F811
    with app.app_context():
        number = db.session().scalar(sa.select(Module.id).where(Module.content_id == "proba-m2"))
        db.end_reading()
    sent = {f"day-{number}": "poimâine", "csrf_token": csrf(trainer)}
    answer = trainer.post(PAGE, data=sent)
    assert answer.status_code == 422
    assert "Alegeți ziua" in answer.text


@pytest.mark.parametrize("day", ["", "mâine", "2027-13-01", "20270115"])
def test_a_day_that_is_none_is_named_and_nothing_saved(app, learner, trainer, day):  # noqa: F811
    with app.app_context():
        number = db.session().scalar(sa.select(Module.id).where(Module.content_id == "proba-m2"))
        db.end_reading()
    sent = {f"choice-{number}": "own", f"day-{number}": day, "csrf_token": csrf(trainer)}
    answer = trainer.post(PAGE, data=sent)
    assert answer.status_code == 422
    assert "Alegeți ziua" in answer.text
    with app.app_context():
        assert db.session().scalar(sa.select(Edition.opening).filter_by(slug="mijloc")) == {}


def test_what_is_said_of_a_module_in_the_bin_waits_for_it(app, learner, trainer):  # noqa: F811
    set_days(trainer, app, m1="2027-01-15")
    done(trainer, "remove:proba-m1")
    set_days(trainer, app, m2="2027-02-01")
    with app.app_context():
        said = db.session().scalar(sa.select(Edition.opening).filter_by(slug="mijloc"))
    assert said == {"proba-m1": "2027-01-15", "proba-m2": "2027-02-01"}
