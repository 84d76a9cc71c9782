"""The followed table is kept at hand, and never shows what somebody has changed since."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from bench.in_process import statements
from lms import clock, db
from lms.accounts.models import Person, Token
from lms.audit.services import record
from lms.courses import changes
from lms.courses.models import (
    Completion,
    Edition,
    Enrolment,
    Group,
    LessonProgress,
    PlaceChange,
    Programme,
    SubjectKind,
)
from lms.courses.services import progress
from lms.mail.models import MailMessage, MailState
from lms.participants.followed import followed
from lms.participants.reading import edition_table
from tests.cast import Cast
from tests.participants.test_following import fail_quiz, invite, write
from tests.participants.test_importing import ANA, DAN, bring_in, listed, the_edition
from tests.participants.test_pages import names_on


@pytest.fixture
def keeping(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    settings = replace(cast.app.config["LMS"], table_seconds=300)
    monkeypatch.setitem(cast.app.config, "LMS", settings)
    monkeypatch.setitem(cast.app.extensions, "lms_followed", {})
    return cast.client("registrar")


def rename(cast: Cast, name: str) -> None:
    write(
        cast,
        lambda: setattr(db.session().get_one(Person, cast.persons["learner"]), "family_name", name),
    )


def test_a_page_that_nobody_changed_is_read_and_drawn_once(
    cast: Cast, keeping: FlaskClient
) -> None:
    first = keeping.get("/editions/e1").text
    with statements(cast.app) as seen:
        again = keeping.get("/editions/e1").text
    assert len(seen) <= 4
    assert 'id="search"' in first
    assert names_on(keeping, "/editions/e1")
    assert len(again) == len(first)


def test_after_one_change_only_that_person_is_read_again(cast: Cast, keeping: FlaskClient) -> None:
    bring_in(cast, listed(ANA, DAN))
    keeping.get("/editions/e1")
    with cast.app.app_context():
        before = {r.enrolment_id: r for r in followed(the_edition(cast), now=clock.now()).rows}
    rename(cast, "Schimbat")
    assert "Schimbat" in keeping.get("/editions/e1").text
    with cast.app.app_context():
        after = {r.enrolment_id: r for r in followed(the_edition(cast), now=clock.now()).rows}
    changed = {place for place in after if after[place] is not before[place]}
    assert changed == {cast.enrolments["learner"]}


ANOTHER_PROCESS = """
import sys
from pathlib import Path
import sqlalchemy as sa
from lms import create_app, db
from lms.accounts.models import Person
from lms.config import Mode, Settings
app = create_app(Settings(mode=Mode.TEST, instance=Path(sys.argv[1]), database_url=sys.argv[2]))
with app.app_context():
    with db.writing() as session:
        session.get_one(Person, int(sys.argv[3])).family_name = "Departe"
    with db.writing() as session:
        mine = sa.update(Person).where(Person.id == int(sys.argv[4]))
        session.execute(mine.values(email="x@y.ro"))
    db.db.engine.dispose()
"""


def test_what_another_process_writes_is_seen_at_once(cast: Cast, keeping: FlaskClient) -> None:
    assert "Departe" not in keeping.get("/editions/e1").text
    settings = cast.app.config["LMS"]
    people = (str(cast.persons["learner"]), str(cast.persons["classmate"]))
    subprocess.run(
        [sys.executable, "-c", ANOTHER_PROCESS, settings.instance, settings.database_url, *people],
        check=True,
        capture_output=True,
    )
    assert "Departe" in keeping.get("/editions/e1").text
    assert len(names_on(keeping, "/editions/e1?search=x%40y.ro")) == 1


def place(cast: Cast) -> Enrolment:
    return db.session().get_one(Enrolment, cast.enrolments["learner"])


def read_a_lesson(cast: Cast) -> None:
    progress.record_activity(place(cast), cast.lesson_ids[0], now=clock.now())
    found = db.session().get_one(LessonProgress, (place(cast).id, cast.lesson_ids[0]))
    found.read_at = clock.now()


def complete(cast: Cast) -> None:
    db.session().add(
        Completion(
            enrolment_id=place(cast).id,
            kind=SubjectKind.COURSE,
            subject_id=the_edition(cast).course_id,
            earned_at=clock.now(),
            content_version=1,
            evidence={},
        )
    )


def of_learner(model: type[MailMessage] | type[Token], cast: Cast) -> sa.Update:
    return sa.update(model).where(model.person_id == cast.persons["learner"])


def share_an_address(cast: Cast) -> None:
    mine = db.session().get_one(Person, cast.persons["learner"])
    other = db.session().get_one(Person, cast.persons["classmate"])
    mine.email = other.email = "birou@primaria.example"


ACTS: dict[str, Callable[[Cast], object]] = {
    "a lesson is read": read_a_lesson,
    "the course is completed": complete,
    "an invitation's mail fails, in a statement": lambda cast: db.session().execute(
        of_learner(MailMessage, cast).values(state=MailState.FAILED, event="account.invited:1")
    ),
    "a link is opened, in a statement": lambda cast: db.session().execute(
        of_learner(Token, cast).values(opened_at=clock.now())
    ),
    "two come to share an address": share_an_address,
    "a place is given up": lambda cast: setattr(place(cast), "withdrawn_on", clock.now().date()),
    "a group is renamed": lambda cast: setattr(
        db.session().scalars(sa.select(Group)).first(), "name", "Altfel"
    ),
    "the last day moves": lambda cast: setattr(
        db.session().get_one(Edition, cast.edition_id),
        "ends_on",
        clock.now().date() + timedelta(days=400),
    ),
    "people are changed in one statement": lambda _cast: db.session().execute(
        sa.update(Person).values(phone="0700 000 000")
    ),
    "the programme is completed, in a statement": lambda _cast: db.session().execute(
        sa.update(Programme).values(completed_at=None)
    ),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_the_table_at_hand_is_the_table_read_anew(
    cast: Cast, keeping: FlaskClient, act: Callable[[Cast], object]
) -> None:
    bring_in(cast, listed(ANA, DAN))
    keeping.get("/editions/e1")
    write(cast, lambda: act(cast))
    now = clock.now()
    with cast.app.test_request_context():
        edition = the_edition(cast)
        at_hand, anew = followed(edition, now=now), edition_table(edition, now=now)
        assert at_hand.rows == anew.rows
        assert at_hand.forecast == anew.forecast
        assert at_hand.figures == anew.figures
        assert (at_hand.groups, at_hand.shared) == (anew.groups, anew.shared)


def test_who_comes_and_who_goes_is_seen_with_filters_at_once(
    cast: Cast, keeping: FlaskClient
) -> None:
    assert names_on(keeping, "/editions/e1?state=blocked") == []
    bring_in(cast, listed(ANA))
    assert "Plopeanu Ana" in names_on(keeping, "/editions/e1?state=not_invited")
    invite(cast, "Plopeanu")
    assert "Plopeanu Ana" not in names_on(keeping, "/editions/e1?state=not_invited")
    assert "Plopeanu Ana" in names_on(keeping, "/editions/e1?state=invited")
    fail_quiz(cast, 2)
    assert names_on(keeping, "/editions/e1?state=blocked") == ["Învățăcel Maria"]


def test_a_change_of_another_edition_leaves_the_page_as_drawn(
    cast: Cast, keeping: FlaskClient
) -> None:
    keeping.get("/editions/e1")
    with cast.app.app_context():
        kept = followed(the_edition(cast), now=clock.now())
    elsewhere = cast.enrolments["learner_of_other"]
    write(cast, lambda: setattr(db.session().get_one(Enrolment, elsewhere), "function", "alta"))
    with cast.app.app_context():
        assert followed(the_edition(cast), now=clock.now()) is kept


def test_a_write_that_was_open_during_a_look_is_seen_once_it_is_done(
    cast: Cast, keeping: FlaskClient
) -> None:
    begun, looked = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with cast.app.app_context(), db.writing() as session:
            session.get_one(Person, cast.persons["learner"]).family_name = "Încet"
            session.flush()
            begun.set()
            assert looked.wait(30)

    thread = threading.Thread(target=write_slowly)
    thread.start()
    assert begun.wait(30)
    assert "Încet" not in keeping.get("/editions/e1").text
    if db_of(cast) == "postgresql":  # others go on writing meanwhile
        write(cast, lambda: setattr(place_of(cast, "classmate"), "function", "alta"))
    assert "Încet" not in keeping.get("/editions/e1").text
    looked.set()
    thread.join()
    assert "Încet" in keeping.get("/editions/e1").text


def db_of(cast: Cast) -> str:
    with cast.app.app_context():
        return db.db.engine.dialect.name


def place_of(cast: Cast, part: str) -> Enrolment:
    return db.session().get_one(Enrolment, cast.enrolments[part])


def test_what_was_rolled_back_leaves_no_word(cast: Cast) -> None:
    def break_off() -> None:
        place(cast).function = "nimic"
        db.session().flush()
        raise ZeroDivisionError

    with cast.app.app_context():
        mark = changes.since(None).mark
    with pytest.raises(ZeroDivisionError):
        write(cast, break_off)
    write(cast, lambda: record("site.backed_up", by=None))
    with cast.app.app_context():
        assert not changes.since(mark)


def test_time_alone_is_looked_at_after_some_minutes(
    cast: Cast, keeping: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(cast, lambda: setattr(place(cast), "last_activity_at", clock.now()))
    keeping.get("/editions/e1")
    later = clock.now() + timedelta(days=14)
    with cast.app.app_context():
        (row,) = [
            r
            for r in followed(the_edition(cast), now=later).rows
            if r.enrolment_id == cast.enrolments["learner"]
        ]
    assert row.stage.value == "quiet"


def test_after_very_many_changes_everything_is_read_anew(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MOST", 2)
    with cast.app.app_context():
        mark = changes.since(None).mark
    bring_in(cast, listed(ANA, DAN))
    with cast.app.app_context():
        found = changes.since(mark)
        assert found.is_everything
        assert not changes.since(found.mark)


def test_old_words_go_and_the_newest_stays(cast: Cast) -> None:
    rename(cast, "Unu")
    rename(cast, "Doi")
    with cast.app.app_context():
        mark = changes.since(None).mark
    write(cast, lambda: changes.forget(clock.now() + timedelta(days=2)))
    with cast.app.app_context():
        assert db.session().scalar(sa.select(sa.func.count()).select_from(PlaceChange)) == 1
    rename(cast, "Trei")
    with cast.app.app_context():
        assert changes.since(mark).people == {cast.persons["learner"]}


def test_every_table_that_the_page_reads_is_followed(cast: Cast, keeping: FlaskClient) -> None:
    bring_in(cast, listed(ANA))
    fail_quiz(cast, 2)
    with statements(cast.app) as seen:
        keeping.get("/editions/e1")
    read = {
        name for text in seen for name in re.findall(r"(?:FROM|JOIN) \(?([a-z_]+)\b", text)
    } & db.Base.metadata.tables.keys()
    of_who_asks = {"sessions", "role_grants", "place_changes"}
    by_version = {
        "modules",
        "lessons",
        "completion_conditions",
        "glossary_terms",
    }  # the course's own row changes
    assert {"enrolments", "attempts", "lesson_progress"} <= read
    assert sorted(read - of_who_asks - by_version - changes.FOLLOWED.keys()) == []


def test_each_language_and_each_reader_has_its_own_page(cast: Cast, keeping: FlaskClient) -> None:
    registrar = keeping.get("/editions/e1").text
    auditor = cast.client("auditor").get("/editions/e1").text
    assert 'name="id"' in registrar
    assert 'name="id"' not in auditor
    again = keeping.get("/editions/e1").text
    assert 'name="id"' in again
    write(
        cast, lambda: setattr(db.session().get_one(Person, cast.persons["auditor"]), "locale", "en")
    )
    assert "no activity for 14 days" in cast.client("auditor").get("/editions/e1").text
    assert "fără activitate de 14 zile" in keeping.get("/editions/e1").text
