"""A trainer sets a quiz: rules, what learners see and when, each edition's dates and password."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from lms import clock, db
from lms.audit.models import AuditEntry
from lms.courses.models import ContentItem, ContentKind, Course
from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.models import Attempt, Quiz, QuizVersion, QuizWindow
from lms.quizzes.rules.review import FeedbackTime, Moment, Shown
from lms.quizzes.rules.settings import Behaviour, Navigation, Overdue, QuizSettings, parse_settings
from tests.cast import EPOCH, csrf
from tests.factories import FIVE_TYPES, make_quiz

QUIZ = "/courses/curs/quizzes/proba"
USUAL = {
    "preset": "after_submission",
    "pass_mark": "70",
    "attempts": "3",
    "method": "best",
    "behaviour": "deferred",
    "penalty": "33,33333",
    "layout": "all",
    "navigation": "free",
    "shuffle_questions": "y",
    "shuffle_options": "y",
    "overdue": "submit",
    "late_submission": "1440",
    "dispute_days": "",
}


@pytest.fixture
def quiz_id(app, cast):
    with app.app_context(), db.writing():
        return make_quiz(cast.module_ids[0])


def post(client, path, data=None):
    return client.post(path, data={"csrf_token": csrf(client), **(data or {})})


def settings_now(app, quiz_id) -> QuizSettings:
    with app.app_context():
        quiz = db.session().get_one(Quiz, quiz_id)
        return parse_settings(db.session().get_one(QuizVersion, quiz.current_version_id).settings)


def versions(app, quiz_id) -> int:
    with app.app_context():
        count = sa.select(sa.func.count()).where(QuizVersion.quiz_id == quiz_id)
        return db.session().scalar(count)


def test_every_rule_is_set_and_makes_a_version(app, cast, quiz_id):
    trainer = cast.client("trainer")
    answer = post(
        trainer,
        f"{QUIZ}/settings",
        {
            **USUAL,
            "preset": "after_close",
            "pass_mark": "66,5",
            "attempts": "",
            "method": "average",
            "time_limit": "45",
            "draw": "4",
            "behaviour": "interactive",
            "penalty": "25",
            "navigation": "sequential",
            "shuffle_options": "",
            "overdue": "wait",
            "late_submission": "90",
            "grace": "0",
            "delay_first": "60",
            "delay_later": "1440",
            "dispute_days": "0",
        },
    )
    assert answer.status_code == 303
    assert settings_now(app, quiz_id) == QuizSettings(
        feedback=FeedbackTime.AFTER_CLOSE,
        pass_mark=Decimal("66.5"),
        attempts=None,
        method="average",
        time_limit=45,
        draw=4,
        behaviour=Behaviour.INTERACTIVE,
        penalty=Decimal(25),
        navigation=Navigation.SEQUENTIAL,
        shuffle_options=False,
        overdue=Overdue.WAIT,
        late_submission=90,
        grace=0,
        delay_first=60,
        delay_later=1440,
        dispute_days=0,
    )
    assert versions(app, quiz_id) == 2
    page = trainer.get(f"{QUIZ}/settings").text
    assert 'value="66,5"' in page
    with app.app_context():
        made = db.session().scalars(sa.select(AuditEntry.action)).all()
    assert "quiz.settings_changed" in made


def test_the_same_settings_again_make_no_version(app, cast, quiz_id):
    assert post(cast.client("trainer"), f"{QUIZ}/settings", USUAL).status_code == 303
    assert versions(app, quiz_id) == 1


def test_the_page_sends_back_what_it_shows(app, cast, quiz_id):
    """The form as it is drawn, sent untouched, changes nothing."""
    trainer = cast.client("trainer")
    page = BeautifulSoup(trainer.get(f"{QUIZ}/settings").text, "html.parser")
    form = page.select_one("form.rules")
    data: dict[str, list[str]] = {}
    for field in form.select("input[name], select[name]"):
        if field.name == "select":
            value = field.select_one("option[selected]")["value"]
        elif field.get("type") in {"radio", "checkbox"} and not field.has_attr("checked"):
            continue
        else:
            value = field.get("value", "")
        data.setdefault(field["name"], []).append(value)
    assert trainer.post(f"{QUIZ}/settings", data=data).status_code == 303
    assert versions(app, quiz_id) == 1


def test_a_table_of_ones_own_is_kept_with_what_each_thing_needs(app, cast, quiz_id):
    ticks = ["right_after.marks", "right_after.feedback", "later.attempt", "later.correctness"]
    post(cast.client("trainer"), f"{QUIZ}/settings", {**USUAL, "preset": "custom", "shows": ticks})
    shown = settings_now(app, quiz_id).shown
    assert shown.at(Moment.RIGHT_AFTER) == {Shown.MARKS}  # feedback needs the answers
    assert shown.at(Moment.LATER) == {Shown.ATTEMPT, Shown.CORRECTNESS}
    assert shown.at(Moment.AFTER_CLOSE) == set()
    page = cast.client("trainer").get(f"{QUIZ}/settings").text
    chosen = BeautifulSoup(page, "html.parser").select_one("[name=preset][checked]")
    assert chosen["value"] == "custom"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pass_mark": "multe"}, "număr"),
        ({"pass_mark": ""}, "promovează"),
        ({"pass_mark": "101"}, "prea mic sau prea mare"),
        ({"attempts": "0"}, "prea mic sau prea mare"),
        ({"attempts": "1,5"}, "număr întreg"),
        ({"time_limit": "999999"}, "prea mic sau prea mare"),
        ({"behaviour": "telepathy"}, ""),
        ({"preset": "all_at_once"}, ""),
        ({"preset": "at_once"}, "se verifică"),  # explained at once, and nothing is checked
    ],
)
def test_a_wrong_rule_is_refused_at_its_field_and_nothing_changes(
    app, cast, quiz_id, changed, said
):
    answer = post(cast.client("trainer"), f"{QUIZ}/settings", {**USUAL, **changed})
    assert answer.status_code == 422
    summary = BeautifulSoup(answer.text, "html.parser").select_one(".error-summary")
    assert said in summary.text
    assert versions(app, quiz_id) == 1


def test_the_preview_is_drawn_anew_without_saving(app, cast, quiz_id):
    answer = post(
        cast.client("trainer"), f"{QUIZ}/settings", {**USUAL, "preset": "never", "preview": "1"}
    )
    page = BeautifulSoup(answer.text, "html.parser")
    right_after = page.select_one('[data-moment="right_after"]')
    assert right_after.select_one('[data-thing="attempt"]').has_attr("hidden")
    assert not right_after.select_one('[data-thing="overall"]').has_attr("hidden")
    assert versions(app, quiz_id) == 1


def test_the_head_of_the_file_follows_and_the_rest_stays_byte_for_byte(app, cast, quiz_id):
    with app.app_context(), db.writing() as session:
        session.add(
            ContentItem(
                course_id=cast.course_id,
                path="modules/1/quiz.gift",
                kind=ContentKind.QUIZ,
                content_id="proba",
                source=FIVE_TYPES.encode(),
                source_hash="0" * 64,
                base_hash="0" * 64,
                changed_at=EPOCH,
            )
        )
    before = course_version(app, cast)
    post(
        cast.client("trainer"),
        f"{QUIZ}/settings",
        {**USUAL, "preset": "never", "time_limit": "20", "navigation": "sequential"},
    )
    with app.app_context():
        item = db.session().scalars(sa.select(ContentItem)).one()
        text = item.source.decode()
    assert text.endswith(FIVE_TYPES.split("---\n", 2)[2])
    assert read_gift(text).settings == settings_now(app, quiz_id)
    assert read_gift(text).title == {"ro": "Testul de probă", "en": "Sample test"}
    assert item.source_hash != item.base_hash
    assert course_version(app, cast) == before + 1


def course_version(app, cast) -> int:
    with app.app_context():
        return db.session().get_one(Course, cast.course_id).version


def test_an_editions_dates_and_password_are_set_and_open_attempts_follow(app, cast, quiz_id):
    learner, trainer = cast.client("learner"), cast.client("trainer")
    now = EPOCH + timedelta(days=1)
    dates = f"{QUIZ}/editions/{cast.edition_id}/dates"
    with clock.stopped_at(now):
        started = post(learner, f"{QUIZ}/start")
        attempt_id = int(started.location.rsplit("/", 1)[1])
        answer = post(
            trainer,
            dates,
            {
                "opens_on": "2026-03-01",
                "closes_on": "2026-03-05",
                "closes": "18:00",
                "password": "plop",
            },
        )
    assert answer.status_code == 303
    with app.app_context():
        window = db.session().scalars(sa.select(QuizWindow)).one()
        assert window.closes_at.isoformat() == "2026-03-05T16:00:00+00:00"  # 18:00 in Bucharest
        assert "plop" not in window.password_digest
        assert db.session().get_one(Attempt, attempt_id).due_at == window.closes_at
    assert "Parolă" in trainer.get(f"{QUIZ}/settings").text
    kept = post(trainer, dates, {"closes_on": "2026-03-06"})
    assert kept.status_code == 303
    with app.app_context():
        assert db.session().scalars(sa.select(QuizWindow.password_digest)).one()
    post(trainer, dates, {"closes_on": "2026-03-06", "no_password": "y"})
    with app.app_context():
        assert db.session().scalars(sa.select(QuizWindow.password_digest)).one() is None


def test_a_test_closes_after_it_opens(app, cast, quiz_id):
    answer = post(
        cast.client("trainer"),
        f"{QUIZ}/editions/{cast.edition_id}/dates",
        {"opens_on": "2026-03-05", "closes_on": "2026-03-04"},
    )
    assert answer.status_code == 422
    assert "Închiderea trebuie să fie după deschidere." in answer.text
    odd = post(
        cast.client("trainer"),
        f"{QUIZ}/editions/{cast.edition_id}/dates",
        {"opens_on": "mâine"},
    )
    assert odd.status_code == 422
    with app.app_context():
        assert not db.session().scalars(sa.select(QuizWindow)).all()


def test_another_courses_edition_is_not_there(cast, quiz_id):
    answer = post(
        cast.client("trainer"), f"{QUIZ}/editions/{cast.other_edition_id}/dates", {"opens_on": ""}
    )
    assert answer.status_code == 404
