"""What a signed-in person is refused is recorded, and not more than once a minute."""

from datetime import timedelta

import sqlalchemy as sa

from lms import clock, db
from lms.audit import refusals
from lms.audit.models import AuditEntry
from tests.cast import EPOCH, csrf


def recorded(app):
    with app.app_context():
        return (
            db.session()
            .scalars(sa.select(AuditEntry.actor_id).where(AuditEntry.action == "access.refused"))
            .all()
        )


def test_a_refusal_is_recorded_once_a_minute_for_the_same_thing(app, cast):
    refusals._last.clear()
    client = cast.client("auditor")
    for minutes in (0, 0, 2):
        with clock.stopped_at(EPOCH + timedelta(minutes=minutes)):
            answer = client.post(
                "/courses/curs/quizzes/none/start", data={"csrf_token": csrf(client)}
            )
            assert answer.status_code == 404  # nothing there: no refusal
            assert client.get("/programmes/new").status_code == 403
    assert recorded(app) == [cast.persons["auditor"]] * 2


def test_a_stranger_sent_to_sign_in_leaves_no_record(app, cast):
    assert cast.client("anonymous").get("/register").status_code == 302
    assert recorded(app) == []
