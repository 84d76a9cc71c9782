"""The record is searched by days and words, and an auditor's account ends by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from lms import clock, db
from lms.accounts.models import RoleGrant
from lms.audit.services import record


def write_down(cast, action: str, **values: str) -> None:
    with cast.app.app_context(), db.writing():
        record(action, by=cast.persons["registrar"], **values)


def test_words_in_the_details_are_found_with_their_diacritics(cast) -> None:
    write_down(cast, "person.suspended", reason="la cererea primăriei 100%")
    write_down(cast, "person.reactivated", reason="altceva")
    client = cast.client("auditor")
    for text in ("primăriei", "CERERE", "100%"):
        page = client.get("/audit", query_string={"text": text}).text
        assert "la cererea" in page, text
        assert "altceva" not in page
    assert "Nimic" in client.get("/audit", query_string={"text": "100_"}).text
    file = client.get("/audit.csv", query_string={"text": "primăriei"}).data.decode("utf-8-sig")
    assert "primăriei" in file
    assert "altceva" not in file


def test_days_narrow_the_record_and_nonsense_narrows_nothing(cast) -> None:
    with clock.stopped_at(datetime(2026, 5, 3, 21, 30, tzinfo=UTC)):  # 4 May in Bucharest
        write_down(cast, "person.suspended", reason="MAICANARY")
    client = cast.client("auditor")
    asked = {"since": "2026-05-04", "until": "2026-05-04"}
    assert "MAICANARY" in client.get("/audit", query_string=asked).text
    for missed in ({"until": "2026-05-03"}, {"since": "2026-05-05"}):
        assert "MAICANARY" not in client.get("/audit", query_string=missed).text
    odd = {"since": "ieri", "until": "9999-12-31"}
    assert "MAICANARY" in client.get("/audit", query_string=odd).text


def test_an_auditors_account_ends_by_itself(cast) -> None:
    now = datetime.now(UTC)
    client = cast.client("auditor")
    with cast.app.app_context(), db.writing() as session:
        mine = RoleGrant.person_id == cast.persons["auditor"]
        session.execute(sa.update(RoleGrant).where(mine).values(ends_on=now.date()))
    with clock.stopped_at(now.replace(hour=12)):
        assert client.get("/audit").status_code == 200
    with clock.stopped_at(now.replace(hour=12) + timedelta(days=2)):
        ended = client.get("/audit")
        assert (ended.status_code, ended.location.partition("?")[0]) == (302, "/sign-in")


def test_the_shell_makes_an_account_that_ends(app) -> None:
    asked = ["user", "create", "--given", "Aura", "--family", "Control", "--role", "auditor"]
    done = app.test_cli_runner().invoke(args=[*asked, "--ends-on", "2027-06-30"])
    assert done.exit_code == 0, done.output
    with app.app_context():
        assert str(db.session().scalars(sa.select(RoleGrant.ends_on)).one()) == "2027-06-30"
