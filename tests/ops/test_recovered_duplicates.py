"""Duplicates granted after the last backup come back with the register of the day, once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from lms import clock, db
from lms.backup import write_backup
from lms.backup.read import restore_backup
from lms.certificates import chain, day_files, register, seals
from lms.certificates.desk import duplicates
from lms.certificates.desk.models import Duplicate, DuplicateReason
from lms.certificates.models import Certificate, NumberCounter
from lms.certificates.states import CertificateState
from tests.cast import Cast, make_cast
from tests.ops.test_recovery import Lost, assert_whole, issue, keep, upload


def grant(cast: Cast, certificate_id: int, *, today: date) -> None:
    asked = duplicates.Asked(
        "Sora titularei", today, DuplicateReason.LOST, declaration="Declarația nr. 3"
    )
    with cast.app.app_context(), db.writing() as session:
        row = session.get_one(Certificate, certificate_id)
        by = cast.persons["registrar"]
        duplicates.grant(row, asked, today=today, by=by, now=clock.now())


def lost_site(make_app: Callable[..., Flask], tmp_path: Path, *, revokes: bool = False) -> Lost:
    """One certificate before the backup and one after; both get a duplicate after it."""
    cast = make_cast(make_app())
    with clock.stopped_at(clock.now() - timedelta(days=1)):
        with cast.app.app_context():
            seals.ensure("Asociația Exemplu")
        first = issue(cast, "learner")
    with cast.app.app_context():
        write_backup(cast.app, tmp_path / "site.zip")
    found, today = Lost(cast, cast), clock.today(day_files.ZONE)
    keep(found, "first", first)
    second = issue(cast, "classmate")
    keep(found, "second", second)
    for each in (first, second):
        grant(cast, each, today=today)
    with cast.app.app_context():
        if revokes:
            with db.writing() as session:
                row = session.get_one(Certificate, first)
                register.revoke(row, by=None, reason="din greșeală", now=clock.now())
        found.day_file = day_files.content_of(today)
        db.end_reading()
    other = make_app(migrated=False)
    with other.app_context():
        restore_backup(other, tmp_path / "site.zip")
    found.after = Cast(
        app=other,
        persons=cast.persons,
        programme_id=cast.programme_id,
        course_id=cast.course_id,
        edition_id=cast.edition_id,
        enrolments=cast.enrolments,
    )
    return found


def held(left: Lost) -> Sequence[tuple[str, Duplicate]]:
    with left.app.app_context():
        rows = db.session().execute(
            sa.select(Certificate.number, Duplicate)
            .join(Certificate, Certificate.id == Duplicate.certificate_id)
            .order_by(Certificate.number)
        )
        return [(row[0], row[1]) for row in rows]


def test_they_come_back_once_with_who_asked_and_why(
    make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    left = lost_site(make_app, tmp_path)
    assert held(left) == []
    page = upload(left, ("registru.csv", left.day_file))
    assert "2 certificate au fost introduse din nou sau completate" in page
    found = held(left)
    assert [number for number, _ in found] == [left.numbers["first"], left.numbers["second"]]
    for _, one in found:
        assert (one.ordinal, one.on) == (1, clock.today(day_files.ZONE))
        assert (one.asked_by, one.reason) == ("Sora titularei", DuplicateReason.LOST)
        assert (one.declaration, one.granted_by_id) == ("Declarația nr. 3", None)
    client = left.after.client("registrar")
    page = client.get(f"/certificates/{found[0][1].certificate_id}/duplicates").text
    assert "Sora titularei" in page
    upload(left, ("registru.csv", left.day_file))
    assert len(held(left)) == 2, "a second look changes nothing"
    with left.app.app_context():
        assert chain.find_break("TST") is None
        rows = day_files.rows_until(clock.now() + timedelta(minutes=1))
    assert [row.stare for row in rows] == ["valid", "duplicate", "valid", "duplicate"]
    assert_whole(left)


def test_one_of_a_certificate_that_was_revoked_since_comes_back_too(
    make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    left = lost_site(make_app, tmp_path, revokes=True)
    upload(left, ("registru.csv", left.day_file))
    assert len(held(left)) == 2
    with left.app.app_context():
        first = db.session().scalars(
            sa.select(Certificate).where(Certificate.number == left.numbers["first"])
        )
        assert first.one().state is CertificateState.REVOKED


def test_one_that_the_register_granted_anew_on_another_day_is_left_and_told(
    make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    left = lost_site(make_app, tmp_path)
    with left.app.app_context():
        with db.writing() as session:
            session.execute(sa.update(NumberCounter).values(locked_reason=None))
        certificate_id = db.session().scalar(sa.select(Certificate.id))
        db.end_reading()
    assert certificate_id
    other_day = clock.today(day_files.ZONE) - timedelta(days=1)
    grant(left.after, certificate_id, today=other_day)
    page = upload(left, ("registru.csv", left.day_file))
    assert "un duplicat al acestui număr cu altă dată" in page
    assert [one.on for number, one in held(left) if number == left.numbers["first"]] == [other_day]
    (tmp_path / "zi.csv").write_bytes(left.day_file)
    run = left.app.test_cli_runner().invoke
    done = run(args=["certificate", "recover", str(tmp_path / "zi.csv")])
    assert (done.exit_code, "duplicate of another day" in done.output) == (1, True)
