"""A backup is made each day, locked, put away, fetched, restored, and only then called good."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from lms import checks, clock, db
from lms.audit.models import AuditEntry
from lms.backup import jobs, lockbox, services
from lms.backup.manifest import BackupRefusedError
from lms.backup.models import BackupRun, RunState
from lms.backup.places import place_of
from lms.cli import main
from lms.config import Mode
from lms.files import store
from tests.cast import make_cast
from tests.ops.s3 import Stored, s3_store
from tests.ops.test_backup import keep_file

KEY = lockbox.new_key()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "other-disk"
    path.mkdir()
    return path


@pytest.fixture
def s3() -> Iterator[Stored]:
    with s3_store() as stored:
        yield stored


@pytest.fixture
def site(make_app, folder: Path) -> Flask:
    """A site with people and a file, whose backups go to a folder, locked."""
    app = make_app(backup_to=str(folder), backup_key=KEY)
    make_cast(app)
    with app.app_context(), db.writing():
        keep_file(app, b"an issued certificate")
    return app


def change(app: Flask, **values: object) -> None:
    app.config["LMS"] = replace(app.config["LMS"], **values)


def made_now(app: Flask) -> BackupRun:
    with app.app_context():
        return services.make_now()


def runs(app: Flask) -> list[RunState]:
    with app.app_context():
        return list(db.session().scalars(sa.select(BackupRun.state).order_by(BackupRun.id)))


def told(app: Flask) -> list[int]:
    found = app.extensions.pop("lms_told", [])
    return [arguments["run_id"] for name, arguments in found if name == services.MAKE]


def run(app: Flask, *arguments: str):
    return app.test_cli_runner().invoke(main, arguments)


def test_a_backup_is_good_once_it_was_restored(site, folder):
    done = made_now(site)
    assert done.state is RunState.GOOD, done.fault
    (file,) = folder.iterdir()
    assert file.name == done.name
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes().startswith(lockbox.HEADER)
    assert min(done.restored_ms, done.rows, done.files) > 0
    with site.app_context():
        assert "site.backed_up" in db.session().scalars(sa.select(AuditEntry.action)).all()
    instance = site.config["LMS"].instance
    assert [p.name for p in instance.iterdir() if p.name.startswith(".")] == []


def test_nothing_of_the_rehearsal_stays_in_the_database(site, database):
    if database != "postgresql":
        return  # SQLite's rehearsal is in a folder, which the test above looks for
    made_now(site)
    with site.app_context():
        schemas = sa.inspect(db.db.engine).get_schema_names()
    assert [name for name in schemas if name.startswith("rehearsal")] == []


def test_a_file_that_is_damaged_in_the_site_makes_no_good_backup(site, folder):
    with site.app_context():
        path = next(p for p in (site.config["LMS"].instance / "files").rglob("*") if p.is_file())
    path.write_bytes(b"other bytes")
    done = made_now(site)
    assert done.state is RunState.FAILED
    assert "was changed" in done.fault
    assert list(folder.iterdir())  # kept: a damaged copy is better than none


def test_a_place_that_gives_back_something_else_is_not_believed(site, folder, monkeypatch):
    def spoil(self: object, source: Path, name: str) -> None:
        data = bytearray(source.read_bytes())
        data[len(data) // 2] ^= 1
        (folder / name).write_bytes(bytes(data))

    monkeypatch.setattr("lms.backup.places.Folder.put", spoil)
    done = made_now(site)
    assert done.state is RunState.FAILED
    assert "another file than it was given" in done.fault


def test_a_place_that_is_away_is_one_sentence_and_tried_again_after_an_hour(site, folder):
    folder.rmdir()
    done = made_now(site)
    assert done.state is RunState.FAILED
    assert "which is no folder" in done.fault
    with site.app_context():
        jobs.ask_daily()
    assert told(site)[1:] == []
    with site.app_context(), clock.stopped_at(clock.now() + timedelta(hours=1, minutes=1)):
        jobs.ask_daily()
    assert len(told(site)) == 1


def test_the_worker_makes_one_a_day(site):
    with site.app_context():
        jobs.ask_daily()
        jobs.ask_daily()
    (run_id,) = told(site)
    with site.app_context():
        jobs.make(run_id)
        jobs.make(run_id)  # told twice
    assert runs(site) == [RunState.GOOD]
    with site.app_context():
        jobs.ask_daily()
    assert told(site) == []
    with site.app_context(), clock.stopped_at(clock.now() + timedelta(hours=24)):
        jobs.ask_daily()
    assert len(told(site)) == 1


def test_one_that_nobody_took_up_is_told_again_and_one_that_died_is_given_up(site):
    with site.app_context(), db.writing():
        services.ask(by=None)
    told(site)
    later = clock.now() + timedelta(minutes=11)
    with site.app_context(), clock.stopped_at(later):
        jobs.ask_daily()
    assert len(told(site)) == 1
    with site.app_context(), clock.stopped_at(clock.now() + timedelta(hours=7)):
        jobs.ask_daily()
    assert runs(site) == [RunState.FAILED, RunState.WAITING]


def test_old_ones_are_thinned_and_what_is_not_ours_is_left(site, folder):
    change(site, backup_keep="2d")
    (folder / "poze-de-la-masa.zip").write_bytes(b"x")
    for day in range(1, 6):
        (folder / f"atestat-0.1.0-2026-03-0{day}-010000-ab12.zip.age").write_bytes(b"x")
    made_now(site)
    names = sorted(p.name for p in folder.iterdir())
    assert "poze-de-la-masa.zip" in names
    assert sum(n.startswith("atestat-0.1.0-2026-03") for n in names) == 1
    assert len(names) == 3


def test_backups_go_to_an_s3_store_and_come_back(site, s3, tmp_path):
    with site.app_context(), db.writing():
        keep_file(site, random.Random(7).randbytes(20_000_000))  # more than one part
    change(site, backup_to=s3.url)
    done = made_now(site)
    assert done.state is RunState.GOOD, done.fault
    assert "TESTKEY" not in done.place
    assert "secret" not in done.place
    (name,) = s3.objects
    assert name == f"atestat/{done.name}"
    assert any("uploadId" in asked for asked in s3.asked)
    listed = json.loads(run(site, "backup", "list", "--json").output)
    assert [row["name"] for row in listed] == [done.name]
    target = tmp_path / "site.zip"
    assert run(site, "backup", "fetch", "latest", str(target)).exit_code == 0
    assert target.read_bytes().startswith(b"PK")
    s3.objects["atestat/atestat-0.1.0-2026-03-01-010000-ab12.zip.age"] = b"x"
    change(site, backup_keep="1d")
    with site.app_context():
        assert services.thin(place_of(s3.url)) == ["atestat-0.1.0-2026-03-01-010000-ab12.zip.age"]
    assert list(s3.objects) == [name]


def test_a_store_that_refuses_is_told_in_a_sentence(site, s3):
    s3.refuses = True
    change(site, backup_to=s3.url)
    done = made_now(site)
    assert done.state is RunState.FAILED
    assert "can't be used" in done.fault
    assert "secret" not in done.fault


@pytest.mark.parametrize("address", ["s3://host/bucket", "s3://k:s@host", "/nowhere/at/all", "rel"])
def test_what_is_no_place_is_refused(address):
    with pytest.raises(BackupRefusedError, match="LMS_BACKUP_TO"):
        place_of(address)


def test_a_locked_backup_is_restored_into_an_empty_place(site, folder, make_app, database):
    made_now(site)
    (file,) = folder.iterdir()
    other = make_app(migrated=False, backup_key=KEY)
    answer = run(other, "restore", str(file))
    assert answer.exit_code == 0, answer.output
    root = other.config["LMS"].instance / "files"
    digests = [p.name for p in root.rglob("*") if p.is_file()]
    assert [store.get(root, digest) for digest in digests] == [b"an issued certificate"]
    assert runs(other) == []  # the run that made it was under way, and has not died
    stranger = make_app(migrated=False, backup_key=lockbox.new_key())
    refused = run(stranger, "restore", str(file))
    assert refused.exit_code == 1
    assert "another key locked it" in refused.output


def test_a_machine_that_holds_only_the_public_part_locks_and_can_not_open(site, folder, tmp_path):
    change(site, backup_key=lockbox.public_of(KEY))
    done = made_now(site)
    assert done.state is RunState.GOOD, done.fault
    refused = run(site, "backup", "fetch", "latest", str(tmp_path / "site.zip"))
    assert refused.exit_code == 1
    assert "secret key" in refused.output
    change(site, backup_key=KEY)
    assert run(site, "backup", "fetch", "latest", str(tmp_path / "site.zip")).exit_code == 0


def test_a_locked_backup_is_opened_by_the_program_age_without_us(site, folder, tmp_path):
    program = shutil.which("age")
    if program is None:
        return  # where Debian's package is not installed; the format is pyrage's and age's alike
    made_now(site)
    (file,) = folder.iterdir()
    (tmp_path / "key.txt").write_text(KEY, encoding="ascii")
    opened = subprocess.run(
        [program, "-d", "-i", str(tmp_path / "key.txt"), str(file)], capture_output=True, check=True
    )
    assert opened.stdout.startswith(b"PK")


def test_the_shell_makes_verifies_and_lists(site, folder):
    answer = run(site, "backup", "now", "--json")
    assert answer.exit_code == 0, answer.output
    name = json.loads(answer.output)["name"]
    assert name in run(site, "backup", "list").output
    proof = run(site, "backup", "verify", str(folder / name))
    assert proof.exit_code == 0, proof.output
    assert "The backup is good." in proof.output
    data = bytearray((folder / name).read_bytes())
    data[-100] ^= 1
    (folder / name).write_bytes(bytes(data))
    broken = run(site, "backup", "verify", str(folder / name))
    assert broken.exit_code == 1
    assert "it is damaged" in broken.output


def test_a_key_is_made_and_stored_nowhere(site):
    line = run(site, "backup", "key").output.splitlines()[0]
    name, _, key = line.partition("=")
    assert name == "LMS_BACKUP_KEY"
    assert lockbox.can_open(key)
    assert lockbox.check_key(key) is None
    assert lockbox.check_key("age1x") is not None


def test_the_last_good_backup_is_asked_about_after_a_day(site):
    change(site, mode=Mode.PRODUCTION)
    settings = site.config["LMS"]

    def look() -> list[str]:
        with site.app_context():
            return [str(p.sentence) for p in checks.CHECKS["backup.age"].look(settings)]

    assert "no good backup yet" in look()[0]
    change(site, mode=Mode.TEST)
    made_now(site)
    change(site, mode=Mode.PRODUCTION)
    assert look() == []
    with clock.stopped_at(clock.now() + timedelta(hours=23)):
        assert look() == []
    with clock.stopped_at(clock.now() + timedelta(hours=25)):
        assert "older than 24 hours" in look()[0]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"backup_to": ""}, "No backups are scheduled."),
        ({"backup_to": "/mnt", "backup_key": ""}, "Backups are not encrypted."),
        ({"backup_to": "s3://a:b@c/d", "backup_key": ""}, "unencrypted"),
        ({"backup_to": "/mnt", "backup_key": "rubbish"}, "is no key"),
        ({"backup_to": "/mnt", "backup_key": KEY}, ""),
    ],
)
def test_how_backups_are_set_is_checked(values, sentence):
    from tests.ops.test_checks import SAFE, look

    found = look("backup.settings", replace(SAFE, **values))
    assert len(found) == bool(sentence)
    assert all(sentence in told for told in found)
