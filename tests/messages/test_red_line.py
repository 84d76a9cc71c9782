"""Staff see at once that mail doesn't go out; learners' pages never ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from lms import clock, db
from lms.mail.models import MailMessage, MailState
from tests.cast import Cast
from tests.participants.test_pages import statements

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
RED = "E-mailurile nu pleacă"


@pytest.fixture
def with_server(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings = replace(cast.app.config["LMS"], smtp_url="smtp://127.0.0.1:9")
    monkeypatch.setitem(cast.app.config, "LMS", settings)
    return cast


def wait_since(cast: Cast, since: datetime, *, is_bulk: bool = False) -> None:
    with cast.app.app_context(), db.writing() as session:
        session.add(
            MailMessage(
                event=f"x:{since}:{is_bulk}",
                person_id=cast.persons["learner"],
                to_address="a@exemplu.example",
                subject="x",
                text="x",
                next_try_at=since,
                created_at=since,
                waiting_since=since,
                is_bulk=is_bulk,
            )
        )


@pytest.mark.parametrize(
    ("minutes", "is_red"), [(14, False), (16, True), (300, True)], ids=["14", "16", "hours"]
)
def test_the_line_is_red_after_a_quarter_of_an_hour(
    with_server: Cast, minutes: int, is_red: bool
) -> None:
    wait_since(with_server, NOW - timedelta(minutes=minutes))
    with clock.stopped_at(NOW):
        for part in ("registrar", "owner", "trainer"):
            page = with_server.client(part).get("/editions/e1").text
            assert (RED in page) is is_red
        assert RED not in with_server.client("learner").get("/account").text
        assert ("/mails?state=waiting" in with_server.client("registrar").get("/").text) is False
        if minutes == 300:
            assert "5 ore" in with_server.client("registrar").get("/editions/e1").text


def test_mails_to_many_may_wait_for_the_next_hour(
    with_server: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(with_server.app.config["LMS"], mail_per_hour=1)
    monkeypatch.setitem(with_server.app.config, "LMS", settings)
    wait_since(with_server, NOW - timedelta(minutes=20), is_bulk=True)
    with clock.stopped_at(NOW):
        assert RED in with_server.client("registrar").get("/editions/e1").text
    wait_since(with_server, NOW - timedelta(minutes=21), is_bulk=True)
    with with_server.app.app_context(), db.writing() as session:
        sent = session.scalars(sa.select(MailMessage).order_by(MailMessage.id.desc())).first()
        assert sent is not None
        sent.state, sent.sent_at = MailState.SENT, NOW
    with clock.stopped_at(NOW + timedelta(minutes=2)):
        assert RED not in with_server.client("registrar").get("/editions/e1").text


def test_the_look_is_kept_for_a_minute_and_learners_pages_never_look(with_server: Cast) -> None:
    app, staff = with_server.app, with_server.client("registrar")
    with clock.stopped_at(NOW):
        staff.get("/editions/e1")
        kept = statements(app, staff, "/editions/e1")
    with clock.stopped_at(NOW + timedelta(seconds=90)):
        assert statements(app, staff, "/editions/e1") == kept + 1
        assert statements(app, staff, "/editions/e1") == kept
    with clock.stopped_at(NOW + timedelta(minutes=4)):
        learner = with_server.client("learner")
        learner.get("/account")
        before = statements(app, learner, "/account")
    with clock.stopped_at(NOW + timedelta(minutes=8)):
        assert statements(app, learner, "/account") == before
