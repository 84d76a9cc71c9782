"""The store keeps its promises on both databases."""

import threading
from datetime import datetime

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
