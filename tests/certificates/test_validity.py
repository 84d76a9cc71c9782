"""Do all kept files still validate? Asked by command, by page, by the week."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms import clock, db
from lms.certificates import register, validity
from lms.certificates.levels import faults
from lms.certificates.levels.raising import raise_levels
from lms.certificates.models import CertificateFile, LevelTry, ValidityCheck
from lms.files import store
from lms.jobs.queue import TASKS
from tests.cast import Cast, csrf
from tests.certificates.authorities import Authorities
from tests.certificates.certify import issued, stored


@pytest.fixture
def raised(cast: Cast, offices: Authorities) -> int:
    """One certificate at every level."""
    key = issued(cast)
    with cast.app.app_context():
        raise_levels()
    return key


def asked(cast: Cast, *words: str) -> tuple[int, str]:
    result = cast.app.test_cli_runner().invoke(args=["certificate", "health", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_all_validate(cast: Cast, raised: int) -> None:
    code, said = asked(cast)
    assert code == 0
    assert "Files: 4; certificates by best level: B-B 0, B-T 0, B-LT 0, B-LTA 1." in said
    assert "All validate." in said
    code, said = asked(cast, "--json")
    value = json.loads(said)
    assert (code, value["files"], value["faults"]) == (0, 4, [])
    assert value["stamped_until"].startswith("2045")


def _spoil(cast: Cast, raised: int, level: str) -> None:
    with stored(cast, raised) as certificate:
        (file,) = (f for f in certificate.files if f.level == level)
        path = store.path_of(register.store_folder(), file.sha256)
        path.write_bytes(path.read_bytes()[:-1] + b" ")


def test_a_changed_and_a_missing_file_are_named(cast: Cast, raised: int) -> None:
    _spoil(cast, raised, "B-T")
    with stored(cast, raised) as certificate:
        number = certificate.number
        (last,) = (f for f in certificate.files if f.level == "B-LTA")
        store.remove(register.store_folder(), last.sha256)
    code, said = asked(cast)
    assert code == 1
    assert f"{number}-B-T.pdf: changed" in said
    assert f"{number}-B-LTA.pdf: missing" in said
    assert "Faults: 2." in said


def test_a_file_that_the_register_doesnt_hold_is_named(cast: Cast, raised: int) -> None:
    with cast.app.app_context(), db.writing() as session:
        row = session.scalars(
            sa.select(CertificateFile).where(CertificateFile.level == "B-LT")
        ).one()
        other = session.scalars(
            sa.select(CertificateFile).where(CertificateFile.level == "B-LTA")
        ).one()
        row.sha256, other.sha256 = other.sha256, row.sha256
    code, said = asked(cast)
    assert code == 1
    assert said.count("other_level") == 2


def test_the_page_shows_levels_faults_and_what_waits(cast: Cast, raised: int) -> None:
    client = cast.client("registrar")
    page = client.get("/certificates/validity").get_data(as_text=True)
    assert "Nu s-a făcut încă nicio verificare." in page
    assert (
        client.post("/certificates/validity/check", data={"csrf_token": csrf(client)}).status_code
        == 302
    )
    with cast.app.app_context():
        for name, arguments in cast.app.extensions.pop("lms_told"):
            if name == "certificates.validity_now":
                TASKS[name](**arguments)
    page = client.get("/certificates/validity").get_data(as_text=True)
    assert "Toate se verifică" in page
    _spoil(cast, raised, "B-LTA")
    with cast.app.app_context():
        validity.check_all()
        with db.writing() as session:
            session.add(
                LevelTry(
                    certificate_id=raised,
                    tries=3,
                    next_at=clock.now() + timedelta(hours=1),
                    last_error="TimestampRequestError: nu răspunde",
                )
            )
    page = client.get("/certificates/validity").get_data(as_text=True)
    assert "1 problemă găsită" in page
    assert "nu mai este cel păstrat" in page
    assert "nu răspunde" in page


def test_the_week_brings_a_check_and_no_second_one(cast: Cast, raised: int) -> None:
    def checks() -> int:
        with cast.app.app_context():
            validity.sweep()
            return db.session().scalar(sa.select(sa.func.count(ValidityCheck.id))) or 0

    assert (checks(), checks()) == (1, 1)
    with clock.stopped_at(clock.now() + timedelta(days=8)):
        assert checks() == 2


def test_timestamps_that_nobody_renews_and_an_authority_that_is_silent_are_told(
    cast: Cast, raised: int
) -> None:
    with cast.app.app_context():
        assert list(faults.stamp_faults()) == []
        db.end_reading()
        with db.writing() as session:
            last = session.scalars(
                sa.select(CertificateFile).where(CertificateFile.level == "B-LTA")
            ).one()
            last.stamped_until = clock.now() + timedelta(days=20)
            session.add(
                LevelTry(
                    certificate_id=raised, tries=3, next_at=clock.now(), last_error="nu răspunde"
                )
            )
        told = {kind for kind, _sentence in faults.stamp_faults()}
        assert told == {"level_waits", "stamp_ends"}


def test_a_roots_end_and_a_missing_file_of_roots_are_told(cast: Cast, offices: Authorities) -> None:
    from dataclasses import replace

    with cast.app.app_context(), clock.stopped_at(clock.now().replace(year=2059, month=12, day=1)):
        assert {kind for kind, _s in faults.stamp_faults()} == {"authority_ends"}
    cast.app.config["LMS"] = replace(cast.app.config["LMS"], tsa_roots="/nowhere.pem")
    with cast.app.app_context():
        assert {kind for kind, _s in faults.stamp_faults()} == {"authority_unusable"}
