"""A backup is taken while the site runs, and an empty place becomes the site again."""

from __future__ import annotations

import json
import re
import threading
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from flask import Flask

import lms
from lms import clock, db
from lms.accounts.models import Person, SignInSession
from lms.audit import services as audit
from lms.backup import BackupRefusedError, write_backup
from lms.backup.manifest import MANIFEST
from lms.backup.read import restore_backup
from lms.backup.rows import table_names
from lms.certificates.models import NumberCounter
from lms.db import Base
from lms.files import store
from lms.files.models import StoredFile
from tests.access.samples import course_files
from tests.cast import make_cast, make_person
from tests.exchange.sample import import_files


@pytest.fixture
def inhabited(make_app) -> Flask:
    """A site with a cast, a counter of numbers, a stored file and a key."""
    app = make_app()
    make_cast(app)
    with app.app_context(), db.writing() as session:
        session.add(NumberCounter(series="TST", year=2026, last_serial=7))
        session.add(
            SignInSession(
                token_hash=b"0" * 32,
                person_id=1,
                created_at=clock.now(),
                last_seen_at=clock.now(),
                expires_at=clock.now(),
                device="test",
            )
        )
        keep_file(app, b"an issued certificate")
    seal = app.config["LMS"].folder("keys") / "seal"
    seal.mkdir(mode=0o700)
    (seal / "seal.key").write_text("the key", encoding="ascii")
    return app


def keep_file(app: Flask, data: bytes) -> None:
    """Store a file and its row, in the present write."""
    digest = store.put(app.config["LMS"].folder("files"), data)
    db.session().add(
        StoredFile(
            sha256=digest,
            size=len(data),
            media_type="application/pdf",
            name="x.pdf",
            owner_type="programmes",
            owner_id=1,
            created_at=clock.now(),
        )
    )
    audit.record("test.stored", by=None, digest=digest)


def all_rows(app: Flask) -> dict[str, list[tuple[object, ...]]]:
    with app.app_context():
        found = {}
        for name in table_names():
            table = Base.metadata.tables[name]
            rows = db.session().execute(sa.select(table).order_by(*table.primary_key)).all()
            found[name] = [tuple(row) for row in rows]
        return found


def back_up(app: Flask, path: Path) -> Path:
    with app.app_context():
        write_backup(app, path)
    return path


def restore(app: Flask, path: Path):
    with app.app_context():
        return restore_backup(app, path)


def altered(path: Path, entry: str, content: bytes | None) -> Path:
    """Copy a backup with one entry changed, added, or (None) left out."""
    other = path.with_name("altered.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            if name != entry:
                new.writestr(name, old.read(name))
        if content is not None:
            new.writestr(entry, content)
    return other


def with_manifest(path: Path, **values: object) -> Path:
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read(MANIFEST))
    return altered(path, MANIFEST, json.dumps(manifest | values).encode())


CHANGED_BY_RESTORING = {"sessions", "number_counters", "audit_entries", "audit_details"}


def test_everything_is_there_again_in_an_empty_place(inhabited, make_app, tmp_path):
    with inhabited.app_context(), db.writing():
        audit.extend_chain()  # a backup does so too, to sign where the chain ends
    before = all_rows(inhabited)
    path = back_up(inhabited, tmp_path / "site.zip")
    assert path.stat().st_mode & 0o777 == 0o600

    other = make_app(migrated=False)
    done = restore(other, path)
    after = all_rows(other)
    for table in before.keys() - CHANGED_BY_RESTORING:
        assert after[table] == before[table], table
    assert after["audit_entries"][: len(before["audit_entries"])] == before["audit_entries"]

    old, new = inhabited.config["LMS"].instance, other.config["LMS"].instance
    assert done.files >= 2
    for name in ("keys/secret", "keys/seal/seal.key"):
        assert (new / name).read_bytes() == (old / name).read_bytes()
        assert (new / name).stat().st_mode & 0o777 == 0o600
    with other.app_context():
        digest = db.session().scalars(sa.select(StoredFile.sha256)).one()
        assert store.get(new / "files", digest) == b"an issued certificate"
    assert "LMS_INSTANCE" in done.settings_that_differ


def test_tables_that_refer_to_one_another_come_back(inhabited, make_app, tmp_path):
    with inhabited.app_context():
        import_files(course_files("proba"))  # its quiz names the version in force, which names it
        db.end_reading()
    before = all_rows(inhabited)
    assert any(row for row in before["quizzes"])
    other = make_app(migrated=False)
    restore(other, back_up(inhabited, tmp_path / "site.zip"))
    after = all_rows(other)
    for table in ("quizzes", "quiz_versions", "questions", "lessons"):
        assert after[table] == before[table], table
    with other.app_context():
        migrate = other.extensions["migrate"]
        command.check(migrate.migrate.get_config(migrate.directory))  # each key is back


def test_after_a_restore_everybody_signs_in_again_and_issuing_is_locked(
    inhabited, make_app, tmp_path
):
    path = back_up(inhabited, tmp_path / "site.zip")
    other = make_app(migrated=False)
    restore(other, path)
    with other.app_context():
        assert db.session().scalars(sa.select(SignInSession)).all() == []
        counters = db.session().scalars(sa.select(NumberCounter)).all()
        assert (("TST", 2026, 7)) in {(c.series, c.year, c.last_serial) for c in counters}
        assert all("restored from the backup of" in c.locked_reason for c in counters)
        # the series might have given its first number of this year after the backup
        year = clock.today("Europe/Bucharest").year
        assert ("TST", year) in {(c.series, c.year) for c in counters}


def test_a_restored_site_goes_on_where_it_stood(inhabited, make_app, tmp_path):
    path = back_up(inhabited, tmp_path / "site.zip")
    other = make_app(migrated=False)
    restore(other, path)
    with other.app_context():
        highest = db.session().scalar(sa.select(sa.func.max(Person.id)))
        db.end_reading()
        with db.writing() as session:
            person = make_person("Nou", "Venit")
            session.flush()
            assert person.id == highest + 1


def test_a_backup_under_load_is_of_one_instant_and_has_every_file_it_names(
    inhabited, make_app, tmp_path
):
    ended = threading.Event()
    written = [0, 0, 0]

    def write(place: int) -> None:
        while not ended.is_set():
            with inhabited.app_context(), db.writing():
                keep_file(inhabited, f"{place}-{written[place]}".encode())
            written[place] += 1

    threads = [threading.Thread(target=write, args=(place,)) for place in range(3)]
    for thread in threads:
        thread.start()
    try:
        while sum(written) < 30:
            assert all(thread.is_alive() for thread in threads)
        at_least = sum(written)
        path = back_up(inhabited, tmp_path / "loaded.zip")
    finally:
        ended.set()
        for thread in threads:
            thread.join()

    other = make_app(migrated=False)
    restore(other, path)
    with other.app_context():
        files = set(db.session().scalars(sa.select(StoredFile.sha256)))
        recorded = db.session().scalars(
            sa.text("SELECT count(*) FROM audit_entries WHERE action = 'test.stored'")
        )
        assert recorded.one() == len(files)  # both rows of a write, or neither
        assert at_least < len(files) <= sum(written) + 1
        for digest in files:
            store.get(other.config["LMS"].instance / "files", digest)


def test_a_backup_never_overwrites_and_leaves_nothing_behind_when_refused(inhabited, tmp_path):
    path = back_up(inhabited, tmp_path / "site.zip")
    before = path.read_bytes()
    with inhabited.app_context():
        with pytest.raises(BackupRefusedError, match="exists already"):
            write_backup(inhabited, path)
        with pytest.raises(BackupRefusedError, match="no folder"):
            write_backup(inhabited, tmp_path / "nowhere" / "site.zip")
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.glob("*.zip*")] == ["site.zip"]


def is_untouched(app: Flask) -> bool:
    instance = app.config["LMS"].instance
    kept = {p.relative_to(instance).as_posix() for p in instance.rglob("*") if p.is_file()}
    return not any(name.startswith(("files/", "keys/seal", "settings")) for name in kept)


def test_a_place_that_is_not_empty_is_refused(inhabited, make_app, tmp_path):
    path = back_up(inhabited, tmp_path / "site.zip")
    with pytest.raises(BackupRefusedError, match="not empty"):
        restore(inhabited, path)
    full_database = make_app()
    make_cast(full_database)
    with pytest.raises(BackupRefusedError, match="database is not empty"):
        restore(full_database, path)
    full_folder = make_app(migrated=False)
    store.put(full_folder.config["LMS"].folder("files"), b"somebody's file")
    with pytest.raises(BackupRefusedError, match="instance is not empty"):
        restore(full_folder, path)


def truncated(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def flipped(path: Path) -> Path:
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(bytes(data))
    return path


def escaping(path: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read(MANIFEST))
        digests = manifest["digests"]
        name = "instance/../../outside"
        digests[name] = digests["settings.json"]
        content = archive.read("settings.json")
    added = altered(path, name, content).rename(path.with_name("added.zip"))
    return with_manifest(added, digests=digests)


DAMAGES = {
    "another version": (lambda p: with_manifest(p, version="0.0.9"), "version 0.0.9"),
    "another revision": (lambda p: with_manifest(p, revision="abc"), r"\(abc\)"),
    "another engine": (lambda p: with_manifest(p, database="oracle"), "oracle"),
    "another mode": (lambda p: with_manifest(p, mode="demo"), "LMS_MODE=demo"),
    "another format": (lambda p: with_manifest(p, format=9), "format 9"),
    "an entry was changed": (lambda p: altered(p, "settings.json", b"{}"), "damaged"),
    "an entry is missing": (lambda p: altered(p, "settings.json", None), "lacks an entry"),
    "an entry was added": (lambda p: altered(p, "instance/x", b"x"), "one too many"),
    "no manifest": (lambda p: altered(p, MANIFEST, None), "not a backup"),
    "a false manifest": (lambda p: altered(p, MANIFEST, b"[]"), "not a backup"),
    "the file was cut off": (truncated, "damaged or no backup"),
    "a byte was changed": (flipped, "damaged"),
    "an entry leaves the folder": (escaping, "a place outside"),
}


def test_what_can_not_be_trusted_is_refused_and_touches_nothing(inhabited, make_app, tmp_path):
    sound = back_up(inhabited, tmp_path / "site.zip").read_bytes()
    other = make_app(migrated=False)
    for case, (damage, sentence) in DAMAGES.items():
        copy = tmp_path / f"{case}.zip"
        copy.write_bytes(sound)
        with pytest.raises(BackupRefusedError) as refusal:
            restore(other, damage(copy))
        assert re.search(sentence, str(refusal.value)), case
        assert is_untouched(other), case


def test_an_empty_place_has_nothing_to_back_up(make_app, tmp_path):
    app = make_app(migrated=False)
    with app.app_context(), pytest.raises(BackupRefusedError, match="no site here"):
        write_backup(app, tmp_path / "site.zip")


def test_the_version_in_the_manifest_is_the_programs(inhabited, tmp_path):
    path = back_up(inhabited, tmp_path / "site.zip")
    with zipfile.ZipFile(path) as archive:
        assert json.loads(archive.read(MANIFEST))["version"] == lms.__version__
