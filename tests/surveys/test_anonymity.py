"""Who reads the raw tables, files and logs can't tell whose an answer is."""

from __future__ import annotations

import json
import os
import secrets
import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from lms import clock, db
from lms.backup.manifest import instance_files
from lms.courses.models import Edition
from lms.db import Base
from lms.jobs import queue
from lms.surveys import key_files, queries, services
from lms.surveys.models import SurveyAnswer, SurveyBox, SurveySubmission
from tests.cast import csrf
from tests.surveys import asked

PEOPLE = 23


def mark(number: int) -> str:
    return f"semn{number:02}canar"


def answers_of(number: int) -> dict[str, Any]:
    return {"util": 1 + number % 5, "ritm": "bun", "altceva": f"Eu sunt {mark(number)}."}


def submit_in_turn(cast, people: int = PEOPLE) -> list[int]:
    places = asked.people(cast, people)
    for number, place in enumerate(places):
        assert asked.submit(cast.app, place, answers_of(number))
    return places


def shown_marks(app: Flask) -> list[int]:
    """Return whose answers stand in the table, in the order in which the database gives them."""
    with app.app_context(), db.db.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT answers FROM survey_answers").all()
        connection.rollback()
    found = [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in rows]
    return [int(each["altceva"].removeprefix("Eu sunt semn")[:2]) for each in found]


def raw_rows(app: Flask, table: str, *columns: str) -> list[tuple[Any, ...]]:
    with app.app_context(), db.db.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT {', '.join(columns)} FROM {table}").all()
        connection.rollback()
    return [tuple(row) for row in rows]


def everything_but_answers(app: Flask) -> str:
    """Return every row of every other table as text, what is sealed as it stands."""
    with app.app_context(), db.db.engine.connect() as connection:
        found = [
            repr(connection.execute(table.select()).all())
            for table in Base.metadata.sorted_tables
            if table.name != SurveyAnswer.__tablename__
        ]
        connection.rollback()
    return "\n".join(found)


def stored_bytes(app: Flask) -> bytes:
    """Return all that the database has on the disk: pages, write-ahead logs, what it threw away."""
    with app.app_context():
        url = db.db.engine.url
        if url.drivername == "sqlite":
            path = Path(str(url.database))
            files = [p for p in path.parent.glob(path.name + "*") if p.suffix != ".lock"]
            return b"".join(p.read_bytes() for p in files)
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("CHECKPOINT")
            folder = Path(connection.exec_driver_sql("SHOW data_directory").scalar_one())
            oid = connection.exec_driver_sql(
                "SELECT oid FROM pg_database WHERE datname = current_database()"
            ).scalar_one()
            wal = connection.exec_driver_sql("SELECT pg_walfile_name(pg_current_wal_lsn())")
            newest = folder / "pg_wal" / wal.scalar_one()
        engine.dispose()
        own = sorted((folder / "base" / str(oid)).iterdir())
        return b"".join(p.read_bytes() for p in (*own, newest) if p.is_file())


# What stands in the tables ---------------------------------------------------------------------


def test_the_two_tables_have_nothing_in_common_that_could_link_them():
    fact, answer = SurveySubmission.__table__, SurveyAnswer.__table__
    assert {c.name for c in fact.columns} == {"enrolment_id", "survey_id", "submitted_on"}
    assert {c.name for c in answer.columns} == {"key", "edition_id", "version_id", "answers"}
    assert isinstance(fact.c.submitted_on.type, sa.Date)
    referred = {key.column.table.name for key in answer.foreign_keys}
    assert referred == {"editions", "survey_versions"}


def test_rows_tell_neither_by_order_nor_by_version_nor_by_key_who_wrote_them(survey, database):
    submit_in_turn(survey)
    there = shown_marks(survey.app)
    assert len(there) == 15  # five of each ten; eight wait
    assert there != sorted(there)
    by_key = [n for _key, n in sorted(zip(_keys(survey.app), there, strict=True))]
    assert by_key != sorted(there)
    if database == "postgresql":
        versions = raw_rows(survey.app, "survey_answers", "xmin::text", "cmin::text")
        assert len({xmin for xmin, _cmin in versions}) == 1
        places = raw_rows(survey.app, "survey_answers", "ctid::text", "answers")
        order = [int(a["altceva"].removeprefix("Eu sunt semn")[:2]) for _c, a in sorted(places)]
        assert order != sorted(order)
        boxes = raw_rows(survey.app, "survey_boxes", "waiting", "sealed")
        assert [waiting for waiting, _sealed in boxes] == [8]


def _keys(app: Flask) -> list[str]:
    return [key for (key,) in raw_rows(app, "survey_answers", "key")]


def test_all_of_an_editions_answers_are_written_anew_with_each_group(survey):
    submit_in_turn(survey, 10)
    before = set(_keys(survey.app))
    submit_in_turn(survey, 5)
    after = set(_keys(survey.app))
    assert (len(before), len(after)) == (5, 10)
    assert not before & after


def test_no_other_table_holds_an_answer_or_the_key_of_one(survey):
    submit_in_turn(survey)
    told = everything_but_answers(survey.app)
    assert "canar" not in told
    assert not any(key in told for key in _keys(survey.app))
    assert "survey.submitted" not in told  # the record keeps no time of it either


def test_what_waits_is_nowhere_on_the_disk_in_clear(survey):
    run = secrets.token_hex(8)  # pages of other tests lie about as well
    for number, place in enumerate(asked.people(survey, PEOPLE)):
        answers = answers_of(number)
        answers["altceva"] += f" {run}-{number:02}."
        asked.submit(survey.app, place, answers)
    shown = set(shown_marks(survey.app))
    stored = stored_bytes(survey.app)
    for number in range(PEOPLE):
        assert (f"{run}-{number:02}".encode() in stored) == (number in shown), number


def test_what_is_logged_names_no_answer(survey, capfd, monkeypatch):
    place = asked.people(survey, 1)[0]

    def break_off(*_args: object, **_more: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(services.key_files, "make", break_off)
    client = survey.client("learner")
    with pytest.raises(RuntimeError):
        asked.submit(survey.app, place, answers_of(7))
    form = {"version": "1", "q-util": "4", "q-ritm": "bun", "q-altceva": mark(7)}
    survey.app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        sent = client.post("/courses/curs/questionnaire", data={"csrf_token": csrf(client), **form})
    finally:
        survey.app.config["PROPAGATE_EXCEPTIONS"] = None
    assert sent.status_code == 500
    said = capfd.readouterr()
    assert "canar" not in said.out + said.err
    with survey.app.app_context():
        assert db.session().scalar(sa.select(sa.func.count()).select_from(SurveySubmission)) == 0


# Keys ------------------------------------------------------------------------------------------


def key_names(app: Flask) -> list[str]:
    with app.app_context():
        return [p.name for p in key_files.folder().iterdir()]


def test_with_every_answer_the_box_gets_another_key_and_the_old_one_is_destroyed(survey):
    seen = set()
    for number, place in enumerate(asked.people(survey, 4)):
        asked.submit(survey.app, place, answers_of(number))
        (name,) = key_names(survey.app)
        assert name not in seen
        seen.add(name)


def test_a_transaction_that_fails_leaves_a_stray_key_for_an_hour_at_most(survey):
    place = asked.people(survey, 1)[0]
    with survey.app.app_context(), pytest.raises(ZeroDivisionError), db.writing():
        version = queries.shown_version("curs", locked=True)
        services.submit(place, version, answers_of(1), now=clock.now(), zone=asked.ZONE)
        raise ZeroDivisionError
    (stray,) = key_names(survey.app)
    asked.submit(survey.app, place, answers_of(1))
    with survey.app.app_context():
        assert services.destroy_stray_keys(now=clock.now()) == 0
        path = key_files.folder() / stray
        before = clock.now() - timedelta(hours=2)
        os.utime(path, (before.timestamp(), before.timestamp()))
        assert services.destroy_stray_keys(now=clock.now()) == 1
    (kept,) = key_names(survey.app)
    assert kept != stray
    asked.submit(survey.app, asked.people(survey, 1)[0], answers_of(2))


def test_keys_stay_out_of_backups_and_answers_without_key_are_counted_as_lost(survey):
    submit_in_turn(survey, 3)
    with survey.app.app_context():
        folder = key_files.folder()
        assert not [p for p in instance_files(folder.parent, None) if p.parent == folder]
        for path in folder.iterdir():
            path.unlink()  # as after a restore
    submit_in_turn(survey, 2)
    with survey.app.app_context():
        box = db.session().scalars(sa.select(SurveyBox)).one()
        assert (box.waiting, box.lost) == (2, 3)
        survey_row = queries.survey_of(survey.course_id)
        counts = queries.results_of(survey_row, [survey.edition_id]).counts
        assert (counts.submitted, counts.waiting, counts.lost) == (5, 2, 3)


# Closing ---------------------------------------------------------------------------------------


def end_edition(cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Edition, cast.edition_id).ends_on = date(2026, 3, 2)


def settle(app: Flask) -> None:
    with app.app_context():
        queue.TASKS["surveys.settle"]()


def test_when_the_edition_ends_what_waits_is_let_out_together(survey):
    submit_in_turn(survey, 12)
    settle(survey.app)
    assert len(shown_marks(survey.app)) == 5  # the edition still runs
    end_edition(survey)
    settle(survey.app)
    settle(survey.app)
    assert sorted(shown_marks(survey.app)) == list(range(12))
    assert key_names(survey.app) == []


def test_a_box_whose_key_is_away_is_left_alone_by_the_clock(survey):
    submit_in_turn(survey, 6)
    end_edition(survey)
    with survey.app.app_context():
        (path,) = key_files.folder().iterdir()
    away = path.rename(path.with_name(".away"))
    settle(survey.app)
    assert raw_rows(survey.app, "survey_boxes", "waiting", "lost") == [(6, 0)]
    away.rename(path)
    settle(survey.app)
    assert sorted(shown_marks(survey.app)) == list(range(6))


def test_fewer_than_five_stay_hidden_for_good(survey):
    end_edition(survey)
    submit_in_turn(survey, 4)
    settle(survey.app)
    assert shown_marks(survey.app) == []
    asked.submit(survey.app, asked.people(survey, 1)[0], answers_of(4))
    assert sorted(shown_marks(survey.app)) == [0, 1, 2, 3, 4]


def test_answers_to_an_older_version_are_a_group_of_their_own(survey):
    submit_in_turn(survey, 6)
    newer = asked.Questionnaire("parerea", asked.words("Nou"), {}, asked.QUESTIONS)
    asked.ask(survey, newer)
    submit_in_turn(survey, 4)
    settle(survey.app)
    assert len(shown_marks(survey.app)) == 6
    waiting = raw_rows(survey.app, "survey_boxes", "version_id", "waiting")
    assert sorted(count for _version, count in waiting) == [0, 4]


# At once ---------------------------------------------------------------------------------------


def test_people_who_submit_at_once_are_all_counted_and_nobody_twice(survey):
    places = asked.people(survey, 12)
    faults: list[BaseException] = []

    def run(number: int, place: int) -> None:
        try:
            asked.submit(survey.app, place, answers_of(number))
        except BaseException as error:  # told in the test's own thread
            faults.append(error)

    clicks = [(n, p) for n, p in enumerate(places) for _click in range(2)]
    threads = [threading.Thread(target=run, args=click) for click in clicks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(raw_rows(survey.app, "survey_submissions", "enrolment_id")) == 12
    end_edition(survey)
    settle(survey.app)
    assert sorted(shown_marks(survey.app)) == list(range(12))


def test_taking_a_person_out_leaves_the_answers(survey):
    places = submit_in_turn(survey, 10)
    with survey.app.app_context(), db.writing() as session:
        session.execute(
            sa.delete(SurveySubmission).where(SurveySubmission.enrolment_id.in_(places))
        )
    assert len(shown_marks(survey.app)) == 5
