"""Reading without a line: counted in order, once, by the rule of all reading; safely off."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from lms import clock, db
from lms.accounts.models import SignInSession
from lms.courses.models import Enrolment, LessonProgress, OfflineSitting
from lms.courses.offline_rules import seconds_of, sittings_of
from lms.errors import Unusable
from lms.web.pages import error_page_without_database
from tests.cast import EPOCH, csrf

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ADDRESS = "/courses/curs/offline-reading"


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def sitting(key, lesson, begun, minutes, *, read=False, module="1-modul"):
    signs = [begun + timedelta(minutes=m) for m in range(minutes + 1)]
    return {
        "key": key,
        "module": module,
        "lesson": f"{lesson}-lectie",
        "signs": [ms(s) for s in signs],
        "read_at": ms(signs[-1]) if read else None,
    }


def tell(client, *sittings, now=NOW, sent_at=None):
    told = json.dumps({"sent_at": ms(sent_at or now), "sittings": list(sittings)})
    with clock.stopped_at(now):
        return client.post(ADDRESS, data={"csrf_token": csrf(client), "told": told})


def progress_of(app, cast, part="learner"):
    with app.app_context():
        rows = db.session().scalars(
            sa.select(LessonProgress).where(LessonProgress.enrolment_id == cast.enrolments[part])
        )
        return {row.lesson_id: row for row in rows}


def test_what_was_read_is_counted_and_marked_at_its_own_time(app, cast):
    begun = NOW - timedelta(hours=5)
    answer = tell(cast.client("learner"), sitting("aaaaaaaa", "1-1", begun, 10, read=True))
    assert answer.json == {"taken": 1}
    row = progress_of(app, cast)[cast.lesson_ids[0]]
    assert (row.active_seconds, row.first_opened_at) == (600, begun)
    assert row.read_at == begun + timedelta(minutes=10)
    with app.app_context():
        place = db.session().get(Enrolment, cast.enrolments["learner"])
        assert place.first_activity_at == begun
        assert place.last_lesson_id == cast.lesson_ids[0]


def test_told_again_it_changes_nothing_and_grown_it_adds_the_rest(app, cast):
    client, begun = cast.client("learner"), NOW - timedelta(hours=5)
    for minutes, seconds in ((10, 600), (10, 600), (15, 900), (5, 900)):
        assert tell(client, sitting("aaaaaaaa", "1-1", begun, minutes)).status_code == 200
        assert progress_of(app, cast)[cast.lesson_ids[0]].active_seconds == seconds
    with app.app_context():
        assert len(db.session().scalars(sa.select(OfflineSitting)).all()) == 1


def test_lessons_open_one_after_another_in_the_order_in_which_they_were_read(app, cast):
    at = [NOW - timedelta(hours=h) for h in (5, 4, 3)]
    told = [
        sitting("cccccccc", "2-1", at[2], 3, read=True, module="2-modul"),
        sitting("bbbbbbbb", "1-2", at[1], 3, read=True),
        sitting("aaaaaaaa", "1-1", at[0], 3, read=True),
    ]
    assert tell(cast.client("learner"), *told).json == {"taken": 3}
    found = progress_of(app, cast)
    assert [found[i].read_at is not None for i in cast.lesson_ids[:3]] == [True] * 3


def test_a_closed_or_missing_lesson_is_passed_over(app, cast):
    begun = NOW - timedelta(hours=1)
    told = [
        sitting("aaaaaaaa", "2-1", begun, 3, read=True, module="2-modul"),
        sitting("bbbbbbbb", "9-9", begun, 3),
        sitting("dddddddd", "1-1", begun, 3),
    ]
    assert tell(cast.client("learner"), *told).json == {"taken": 1}
    assert list(progress_of(app, cast)) == [cast.lesson_ids[0]]


def test_what_was_read_before_there_was_the_place_is_not_its_reading(app, cast):
    begun = EPOCH - timedelta(hours=1)
    now = EPOCH + timedelta(hours=1)
    told = sitting("aaaaaaaa", "1-1", begun, 10, read=True)
    assert tell(cast.client("learner"), told, now=now).json == {"taken": 0}
    assert progress_of(app, cast) == {}


def test_two_devices_at_once_count_once(app, cast):
    client, begun = cast.client("learner"), NOW - timedelta(hours=5)
    tell(client, sitting("aaaaaaaa", "1-1", begun, 10))
    tell(client, sitting("bbbbbbbb", "1-1", begun + timedelta(seconds=30), 9))
    assert progress_of(app, cast)[cast.lesson_ids[0]].active_seconds == 600


def test_later_reading_online_stays_the_last(app, cast):
    client = cast.client("learner")
    with clock.stopped_at(NOW):
        client.get("/courses/curs/1-modul/1-2-lectie")
    tell(client, sitting("aaaaaaaa", "1-1", NOW - timedelta(hours=5), 10))
    with app.app_context():
        place = db.session().get(Enrolment, cast.enrolments["learner"])
        assert (place.last_lesson_id, place.last_activity_at) == (cast.lesson_ids[1], NOW)


def test_a_wrong_clock_is_put_right_and_the_future_is_not_believed():
    far = NOW + timedelta(days=400)
    told = {"sent_at": ms(far), "sittings": [sitting("aaaaaaaa", "1-1", far, 2)]}
    (found,) = sittings_of(json.dumps(told), now=NOW)
    assert found.signs == (NOW, NOW, NOW)  # two of the three would have been to come
    told["sittings"] = [sitting("aaaaaaaa", "1-1", far - timedelta(days=100), 2)]
    assert sittings_of(json.dumps(told), now=NOW) == []


def test_nothing_was_read_before_it_was_opened():
    told = sitting("aaaaaaaa", "1-1", NOW - timedelta(hours=1), 2)
    told["read_at"] = ms(NOW - timedelta(days=60))
    (found,) = sittings_of(json.dumps({"sent_at": ms(NOW), "sittings": [told]}), now=NOW)
    assert found.read_at == found.begun_at


@pytest.mark.parametrize(
    "told",
    [
        "",
        "[]",
        "null",
        "{",
        "[" * 100_000,
        '{"sent_at": "x", "sittings": []}',
        '{"sent_at": true, "sittings": []}',
        '{"sent_at": 1e400, "sittings": []}',
        '{"sent_at": 0, "sittings": {}}',
        '{"sent_at": 0, "sittings": ["x"]}',
        '{"sent_at": 0, "sittings": [{"key": "../..", "module": "a", "lesson": "", "signs": []}]}',
        '{"sent_at": 0, "sittings": [{"key": "aaaaaaaa", "module": "", "lesson": "", "signs": 1}]}',
    ],
)
def test_nonsense_is_refused(cast, told):
    with pytest.raises(Unusable):
        sittings_of(told, now=NOW)


def test_a_pause_earns_nothing_and_what_another_sitting_covers_counts_once():
    at = [NOW + timedelta(minutes=m) for m in (0, 1, 2, 20, 21)]
    assert seconds_of(at) == 180
    assert seconds_of(at, [(at[3], at[4])]) == 120
    assert seconds_of([]) == 0


def test_a_copy_kept_for_later_is_no_visit(app, cast):
    client = cast.client("learner")
    page = client.get("/courses/curs/1-modul/1-1-lectie", headers={"X-Keep": "1"})
    assert page.status_code == 200
    assert progress_of(app, cast) == {}


def test_a_module_says_what_it_takes(cast):
    client = cast.client("learner")
    told = client.get("/courses/curs/1-modul/offline.json").json
    assert [lesson["href"] for lesson in told["lessons"]] == [
        "/courses/curs/1-modul/1-1-lectie",
        "/courses/curs/1-modul/1-2-lectie",
    ]
    assert all(lesson["bytes"] > 10_000 for lesson in told["lessons"])
    assert told["shared"] > 10_000
    assert client.get("/courses/curs/2-modul/offline.json").status_code == 404  # closed yet
    assert cast.client("trainer").get("/courses/curs/1-modul/offline.json").status_code == 404


def marks(page: str) -> bool:
    return 'id="kept"' in page


def test_only_one_s_own_computer_may_keep_and_each_person_has_a_mark_of_their_own(app, cast):
    mine = cast.client("learner").get("/learn").text
    other = cast.client("classmate").get("/learn").text
    assert marks(mine)
    assert mine.split('data-mark="')[1][:16] != other.split('data-mark="')[1][:16]
    assert not marks(cast.client("trainer").get("/courses/curs").text)
    assert not marks(app.test_client().get("/sign-in").text)
    with app.app_context(), db.writing() as session:
        session.execute(sa.update(SignInSession).values(is_own_device=False))
    client = cast.client("learner")
    with app.app_context(), db.writing() as session:
        session.execute(sa.update(SignInSession).values(is_own_device=False))
    assert not marks(client.get("/learn").text)


def test_the_site_can_switch_it_off(app, cast, monkeypatch):
    client = cast.client("learner")
    worker = client.get("/offline-worker.js")
    assert worker.mimetype == "text/javascript"
    assert worker.headers["Cache-Control"] == "no-cache"
    assert "respondWith" in worker.text
    lesson = "/courses/curs/1-modul/1-1-lectie"
    client.get(lesson)
    seen = {"If-None-Match": client.get(lesson).headers["ETag"]}
    assert client.get(lesson, headers=seen).status_code == 304
    off = app.config["LMS"].__class__(**{**vars(app.config["LMS"]), "offline_reading": False})
    monkeypatch.setitem(app.config, "LMS", off)
    assert "unregister" in client.get("/offline-worker.js").text
    assert not marks(client.get("/learn").text)
    drawn = client.get(lesson, headers=seen)  # the page that the browser holds says the contrary
    assert drawn.status_code == 200
    assert not marks(drawn.text)


def test_a_page_drawn_in_a_fault_does_not_say_whose_copies_may_stay(app):
    with app.test_request_context("/learn"):
        assert 'data-mark="?"' in error_page_without_database(503).get_data(as_text=True)
    assert 'id="kept"' not in app.test_client().get("/v/AAAA").text
