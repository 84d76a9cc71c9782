"""The store keeps its promises on both databases."""

import threading
from datetime import datetime

import psycopg
import pytest
import sqlalchemy as sa

from lms import db
from lms.courses.models import Programme
from tests.cast import make_programme


def test_a_write_refuses_to_start_over_an_open_read(context):
    db.session().scalars(sa.select(Programme)).all()
    with pytest.raises(db.OpenReadError), db.writing():
        pass
    db.end_reading()
    with db.writing():
        pass


def test_what_is_changed_outside_a_write_is_refused(context):
    with db.writing():
        made = make_programme()
    made.certificate_years_valid = 7
    with pytest.raises(db.StrayWriteError):
        db.session().scalars(sa.select(Programme).where(Programme.id == made.id)).one()
    db.end_reading()
    assert db.session().scalar(sa.select(Programme.certificate_years_valid)) != 7


def test_a_reader_holds_nothing_up_and_sees_what_others_committed(app):
    with app.app_context():
        with db.writing():
            made = make_programme().id
        db.session().scalar(sa.select(Programme.id))

        def rename() -> None:
            with app.app_context(), db.writing() as session:
                session.get_one(Programme, made).certificate_years_valid = 9

        other = threading.Thread(target=rename)
        other.start()
        other.join(timeout=60)
        assert not other.is_alive()
        db.end_reading()
        assert db.session().scalar(sa.select(Programme.certificate_years_valid)) == 9


def test_a_connection_that_died_while_it_rested_is_made_anew(app, monkeypatch):
    monkeypatch.setattr(db, "RESTED", 0.0)
    with app.app_context():
        db.db.engine.dispose()  # so that the one connection is the one that is lost
        if db.db.engine.dialect.name == "postgresql":  # SQLite's is a file, which doesn't go away
            lost = db.session().scalar(sa.select(sa.func.pg_backend_pid()))
            db.end_reading()
            address = db.db.engine.url.set(drivername="postgresql")
            with psycopg.connect(address.render_as_string(hide_password=False)) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [lost])
        with db.writing():
            make_programme()
        assert db.session().scalar(sa.select(sa.func.count()).select_from(Programme)) == 1
        db.end_reading()
        db.db.engine.dispose()  # the lost one may be among those that were not asked yet


def test_what_fails_in_a_write_leaves_nothing_behind(context):
    with pytest.raises(ZeroDivisionError), db.writing():
        make_programme()
        raise ZeroDivisionError
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Programme)) == 0


def test_callbacks_run_after_the_commit_and_only_then(context):
    seen = []
    with db.writing():
        db.after_commit(lambda: seen.append(db.session().in_transaction()))
        assert seen == []
    assert seen == [False]
    with pytest.raises(ZeroDivisionError), db.writing():
        db.after_commit(lambda: seen.append("never"))
        raise ZeroDivisionError
    with db.writing():
        pass
    assert seen == [False]


def test_an_instant_without_a_zone_is_refused(context):
    with pytest.raises(sa.exc.StatementError), db.writing():
        programme = make_programme()
        programme.completed_at = datetime(2026, 1, 1)
        db.session().flush()


def test_writers_wait_for_one_another_and_none_is_lost(app):
    with app.app_context(), db.writing():
        make_programme(complete=False)

    def add() -> None:
        for _ in range(10):
            with app.app_context(), db.writing() as session:
                programme = session.scalars(sa.select(Programme).with_for_update()).one()
                programme.certificate_years_valid = (programme.certificate_years_valid or 0) + 1

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert db.session().scalars(sa.select(Programme)).one().certificate_years_valid == 60
