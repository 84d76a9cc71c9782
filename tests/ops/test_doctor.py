"""The doctor finds each deliberate damage, says what it endangers and what to do, and no more."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from lms import checks, clock, create_app, db, schema
from lms.audit import services as audit
from lms.audit.jobs import extend_chain
from lms.backup import lockbox
from lms.backup.models import BackupRun, RunState
from lms.certificates import issuing, kits, register, seals
from lms.certificates.models import Certificate
from lms.certificates.signing.file_key import create_seal
from lms.cli import main
from lms.config import Mode, Settings
from lms.files import store
from lms.files.models import StoredFile
from lms.jobs.worker import sign_of_life
from lms.mail.models import MailMessage, MailState
from lms.upkeep.chains import keep_last_links
from lms.upkeep.services import doctor
from tests.cast import make_cast
from tests.certificates.certify import complete, enrol_many
from tests.mail.catcher import Server

PEOPLE = 4


@dataclass
class Sick:
    """A copy of a sound site, to be damaged and looked at."""

    app: Flask
    instance: Path
    stack: ExitStack

    @property
    def settings(self) -> Settings:
        found: Settings = self.app.config["LMS"]
        return found

    def sql(self, *statements: str) -> None:
        """Change rows behind everybody's back, references unwatched."""
        if not self.settings.is_sqlite:
            with psycopg.connect(self.settings.database_url, autocommit=True) as connection:
                connection.execute("SET session_replication_role = replica")
                for statement in statements:
                    connection.execute(statement)
            return
        with closing(sqlite3.connect(self.instance / "atestat.sqlite3")) as connection:
            guards = connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall()
            for name, _made_by in guards:
                connection.execute(f"DROP TRIGGER {name}")
            for statement in (*statements, *(made_by for _name, made_by in guards)):
                connection.execute(statement)
            connection.commit()

    def stored(self, name: str = "") -> Path:
        """A kept file: a certificate's, or that of the row with this name."""
        with self.app.app_context():
            if name:
                statement = sa.select(StoredFile.sha256).where(StoredFile.name == name)
            else:
                statement = sa.text("SELECT sha256 FROM certificate_files ORDER BY id")
            digest = str(db.session().scalars(statement).first())
        return store.path_of(self.settings.folder("files"), digest)

    def set(self, **values: Any) -> None:
        self.app.config["LMS"] = replace(self.settings, **values)

    def findings(self) -> list[checks.Problem]:
        with self.app.app_context():
            return doctor(self.settings)


@pytest.fixture(scope="module")
def mail_address() -> Iterator[str]:
    server = Server()
    yield server.start()
    server.stop()


def settings_of(instance: Path, mail_address: str, database_url: str) -> Settings:
    return Settings(
        mode=Mode.PRODUCTION,
        instance=instance,
        database_url=database_url,
        base_url="https://cursuri.example.ro",
        behind_proxy=1,
        smtp_url=mail_address,
        mail_from="Cursuri <cursuri@example.ro>",
        contact_email="contact@example.ro",
        backup_to="/mnt/another-disk",
        backup_key=lockbox.new_key(),
    )


def made(settings: Settings) -> Flask:
    with checks.starting_leniently():
        return create_app(settings)


def let_go(app: Flask) -> None:
    with app.app_context():
        db.db.session.remove()
        db.db.engine.dispose()
    app.extensions["lms_huey"].storage.close()


def lay_down(app: Flask) -> None:
    """Make a site in which everything has happened: certificates, a revocation, files, mail."""
    with app.app_context():
        schema.upgrade()
    app.config["LMS"] = replace(app.config["LMS"], mode=Mode.TEST)  # nothing is told to a queue
    cast = make_cast(app)
    enrolments = enrol_many(cast, PEOPLE)
    complete(cast, cast.enrolments["learner"], tells=False)
    with app.app_context():
        seals.ensure("Asociația Exemplu")
        with db.writing():
            fingerprint = seals.signer().fingerprint
            kits.say_kept(fingerprint, where="seif", by=None, now=clock.now())
        for enrolment_id in [*enrolments, cast.enrolments["learner"]]:
            assert issuing.issue(enrolment_id).certificate_id is not None
        with db.writing() as session:
            first = session.scalars(sa.select(Certificate).order_by(Certificate.id)).first()
            register.revoke(first, by=None, reason="De probă", now=clock.now())
            digest = store.put(app.config["LMS"].folder("files"), b"a picture, say")
            session.add(
                StoredFile(
                    sha256=digest,
                    size=14,
                    media_type="image/png",
                    name="logo.png",
                    owner_type="programmes",
                    owner_id=1,
                    created_at=clock.now(),
                )
            )
            audit.record("test.act", by=None, reason="de probă")
            session.add(BackupRun(state=RunState.GOOD, asked_at=clock.now()))
            session.add(
                MailMessage(
                    event="test.mail",
                    person_id=cast.persons["learner"],
                    to_address="maria@exemplu.example",
                    subject="De probă",
                    text="De probă",
                    state=MailState.SENT,
                    next_try_at=clock.now(),
                    created_at=clock.now(),
                    waiting_since=clock.now(),
                )
            )
        extend_chain()
        keep_last_links()
    app.config["LMS"] = replace(app.config["LMS"], mode=Mode.PRODUCTION)


@pytest.fixture(scope="module")
def sound(
    database: str,
    request: pytest.FixtureRequest,
    mail_address: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Settings:
    """A sound site, closed, to be copied."""
    folder = tmp_path_factory.mktemp("sound") / "instance"
    url = ""
    if database == "postgresql":
        server = request.getfixturevalue("postgres_server")
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute("CREATE DATABASE doctor_sound")
        url = f"{server}/doctor_sound"
    app = made(settings_of(folder, mail_address, url))
    lay_down(app)
    let_go(app)
    return app.config["LMS"]


@pytest.fixture
def sick(sound: Settings, database: str, tmp_path: Path) -> Iterator[Sick]:
    instance = tmp_path / "instance"
    shutil.copytree(sound.instance, instance)
    url = ""
    if database == "postgresql":
        server, _, name = sound.database_url.rpartition("/")
        copy = f"doctor_{abs(hash(str(tmp_path))) % 10**10}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
        url = f"{server}/{copy}"
    app = made(replace(sound, instance=instance, database_url=url))
    sign_of_life(app.config["LMS"]).touch(mode=0o600)
    with ExitStack() as stack:
        yield Sick(app, instance, stack)
    let_go(app)


def test_a_sound_site_has_nothing_wrong(sick: Sick):
    assert sick.findings() == []
    answer = sick.app.test_cli_runner().invoke(main, ["doctor"])
    assert (answer.exit_code, answer.output) == (0, "All is well.\n")


# The damages -----------------------------------------------------------------------------------


def flip_byte(sick: Sick) -> None:
    path = sick.stored("logo.png")
    path.write_bytes(b"A" + path.read_bytes()[1:])


def flip_byte_of_certificate(sick: Sick) -> None:
    data = bytearray(sick.stored().read_bytes())
    data[len(data) // 2] ^= 1
    sick.stored().write_bytes(bytes(data))


def damage_page(kind: str) -> Callable[[Sick], None]:
    """Overwrite the cells of one page: of an index, or of a table."""

    def damage(sick: Sick) -> None:
        path = sick.instance / "atestat.sqlite3"
        with closing(sqlite3.connect(path)) as connection:
            size = connection.execute("PRAGMA page_size").fetchone()[0]
            root = connection.execute(
                "SELECT rootpage FROM sqlite_master WHERE type = ? AND tbl_name = ? AND name = ?",
                (kind, "audit_entries", _NAMES[kind]),
            ).fetchone()[0]
        noise = random.Random(7).randbytes(size - 200)
        with path.open("r+b") as stream:
            stream.seek((root - 1) * size + 100)
            stream.write(noise)

    return damage


_NAMES = {"table": "audit_entries", "index": "ix_audit_entries_at"}


def insert_act(sick: Sick) -> None:
    sick.sql(
        "INSERT INTO audit_entries (id, at, action, object_type, digest, sequence, chain_hash) "
        "SELECT max(id) + 1, max(at), 'role.granted', 'site', max(digest), max(sequence) + 1, "
        "max(chain_hash) FROM audit_entries"
        if sick.settings.is_sqlite
        else "INSERT INTO audit_entries (id, at, action, object_type, digest, sequence, chain_hash)"
        " SELECT id + 1, at, 'role.granted', 'site', digest, sequence + 1, chain_hash "
        "FROM audit_entries ORDER BY id DESC LIMIT 1"
    )


def drop_seal(sick: Sick) -> None:
    shutil.rmtree(sick.instance / "keys" / "seal")


def other_key(sick: Sick) -> None:
    other = sick.instance.parent / "other"
    create_seal(other, organisation="Altcineva", is_model=False, now=clock.now())
    shutil.copy(other / "seal.key", sick.instance / "keys" / "seal" / "seal.key")


def spoil_key(sick: Sick) -> None:
    (sick.instance / "keys" / "seal" / "seal.key").write_bytes(b"rubbish")


def later(**time: float) -> Callable[[Sick], None]:
    return lambda sick: sick.stack.enter_context(clock.stopped_at(clock.now() + timedelta(**time)))


def years_later(sick: Sick) -> None:
    later(days=31 * 365.25)(sick)
    os.utime(sign_of_life(sick.settings), (clock.now().timestamp(),) * 2)


def few_days_before_expiry(sick: Sick) -> None:
    later(days=30 * 365.25 - 5)(sick)
    os.utime(sign_of_life(sick.settings), (clock.now().timestamp(),) * 2)


def old_mail(sick: Sick) -> None:
    sick.sql(
        "UPDATE mail_messages SET state = 'waiting', waiting_since = '2026-03-02 08:00:00' "
        "WHERE id = (SELECT min(id) FROM mail_messages)"
    )


def reserve_only(sick: Sick) -> None:
    sick.sql(
        "DELETE FROM register_details WHERE entry_id = (SELECT max(id) FROM register_entries)",
        "DELETE FROM register_entries WHERE id = (SELECT max(id) FROM register_entries)",
        "DELETE FROM certificate_files WHERE id = (SELECT max(id) FROM certificate_files)",
        "UPDATE certificates SET state = 'reserved', reserved_at = '2026-03-02 08:00:00' "
        "WHERE id = (SELECT max(id) FROM certificates)",
    )


Usage = namedtuple("Usage", "total used free")


def full_disk(sick: Sick) -> None:
    patch = pytest.MonkeyPatch()
    sick.stack.callback(patch.undo)
    patch.setattr("lms.checks.settings.shutil.disk_usage", lambda _: Usage(10**10, 10**10, 10**7))


def migration_behind(sick: Sick) -> None:
    patch = pytest.MonkeyPatch()
    sick.stack.callback(patch.undo)
    patch.setattr(schema, "head", lambda: "0000")


def silent_worker(sick: Sick) -> None:
    hour_ago = clock.now().timestamp() - 3600
    os.utime(sign_of_life(sick.settings), (hour_ago, hour_ago))


_LAST_ACT = "(SELECT max(id) FROM audit_entries)"
_LAST_ENTRY = "(SELECT max(id) FROM register_entries)"


def run(*statements: str) -> Callable[[Sick], None]:
    return lambda sick: sick.sql(*statements)


# name of the damage: (what does it, the check that must find it, words of the sentence)
DAMAGES: dict[str, tuple[Callable[[Sick], Any], str, str]] = {
    "a flipped byte in a stored file": (flip_byte, "store.files", "was changed"),
    "a flipped byte in a certificate": (
        flip_byte_of_certificate,
        "certificates.register",
        "The file of TST-",
    ),
    "a stored file is gone": (
        lambda s: s.stored("logo.png").unlink(),
        "store.files",
        "is missing",
    ),
    "a certificate's file is gone": (
        lambda s: s.stored().unlink(),
        "certificates.register",
        "is missing",
    ),
    "a file that others can read": (
        lambda s: s.stored("logo.png").chmod(0o644),
        "store.private",
        "read or changed by others",
    ),
    "a file that the service can't read": (
        lambda s: s.stored("logo.png").chmod(0o000),
        "store.private",
        "can’t be read by the service",
    ),
    "a wrong hash in a file's row": (
        run("UPDATE stored_files SET sha256 = '" + "0" * 64 + "'"),
        "store.files",
        "is missing",
    ),
    "a wrong size in a file's row": (
        run("UPDATE stored_files SET size = 15"),
        "store.files",
        "The row of the stored file",
    ),
    "a certificate's row names another file": (
        run(
            "UPDATE certificate_files SET sha256 = (SELECT max(sha256) FROM stored_files) "
            "WHERE id = 1"
        ),
        "certificates.register",
        "not the one in the register",
    ),
    "an edited act": (
        run("UPDATE audit_entries SET actor_id = 1 WHERE sequence = 3"),
        "store.audit-chain",
        "changed at entry 3",
    ),
    "edited values of an act": (
        run("UPDATE audit_details SET \"values\" = '{}' WHERE entry_id = 2"),
        "store.audit-chain",
        "The values of act 2",
    ),
    "an act is gone": (
        run(
            "DELETE FROM audit_details WHERE entry_id = 4", "DELETE FROM audit_entries WHERE id = 4"
        ),
        "store.audit-chain",
        "changed at entry 4",
    ),
    "an act was added": (insert_act, "store.audit-chain", "changed at entry"),
    "the newest acts are cut off": (
        run(
            f"DELETE FROM audit_details WHERE entry_id = {_LAST_ACT}",
            f"DELETE FROM audit_entries WHERE id = {_LAST_ACT}",
        ),
        "store.chain-ends",
        "The record of acts went on",
    ),
    "an edited entry of the register": (
        run("UPDATE register_entries SET number = 'TST-X' WHERE sequence = 2"),
        "certificates.register",
        "changed at entry 2",
    ),
    "an entry of the register is gone": (
        run(
            "DELETE FROM register_details WHERE entry_id = 3",
            "DELETE FROM register_entries WHERE id = 3",
        ),
        "certificates.register",
        "changed at entry 3",
    ),
    "the register's end is cut off": (
        run(
            f"DELETE FROM register_details WHERE entry_id = {_LAST_ENTRY}",
            f"DELETE FROM register_entries WHERE id = {_LAST_ENTRY}",
        ),
        "store.chain-ends",
        "The register of TST went on",
    ),
    "edited facts of a certificate": (
        run('UPDATE certificates SET facts = \'{"holder": "Altcineva"}\' WHERE id = 2'),
        "certificates.register",
        "not what the register holds",
    ),
    "a state changed by hand": (
        run("UPDATE certificates SET state = 'revoked' WHERE id = 2"),
        "certificates.register",
        "says otherwise",
    ),
    "a certificate without a file": (
        run("DELETE FROM certificate_files WHERE id = 2"),
        "certificates.register",
        "no file is kept",
    ),
    "a counter below the highest number": (
        run("UPDATE number_counters SET last_serial = 2"),
        "certificates.numbers",
        "and number 5 was given",
    ),
    "a gap in the numbers": (
        run("UPDATE number_counters SET last_serial = 7"),
        "certificates.numbers",
        ": 6, 7.",
    ),
    "a number that waits for its file": (
        reserve_only,
        "certificates.numbers",
        "waits for its file",
    ),
    "the seal is gone": (drop_seal, "certificates.numbers", "key is gone"),
    "the seal's key is another": (other_key, "certificates.numbers", "doesn't belong"),
    "the seal's key is rubbish": (spoil_key, "certificates.numbers", "can't be opened"),
    "the seal has expired": (years_later, "certificates.numbers", "nothing can be issued"),
    "the seal expires within days": (
        few_days_before_expiry,
        "certificates.numbers",
        "in less than 7 days!",
    ),
    "a key that others can read": (
        lambda s: (s.instance / "keys" / "secret").chmod(0o644),
        "keys.private",
        "can be read by others",
    ),
    "a clock gone back": (later(days=-1), "machine.clock", "something was written down at"),
    "a mail that waits": (old_mail, "mail.waiting", "the oldest since 2026-03-02"),
    "a mail server that is away": (
        lambda s: s.set(smtp_url="smtp://127.0.0.1:1"),
        "mail.server",
        "can’t be used",
    ),
    "a damaged page of an index": (damage_page("index"), "store.integrity", "is damaged"),
    "a damaged page of a table": (damage_page("table"), "store.", "damaged|malformed"),
    "a row that points nowhere": (
        run("DELETE FROM programmes"),
        "store.integrity",
        "points to a missing row of programmes",
    ),
    "an index was dropped": (
        run("DROP INDEX uq_certificates_current"),
        "store.shape",
        "not as they were made",
    ),
    "a migration behind": (migration_behind, "database.schema", "waits for a migration"),
    "a disk nearly full": (full_disk, "machine.disk", "MB are free"),
    "an instance that everybody may enter": (
        lambda s: s.instance.chmod(0o755),
        "keys.instance-private",
        "can be entered",
    ),
    "no good backup for a day": (later(hours=25), "backup.age", "older than 24 hours"),
    "no backup at all": (run("DELETE FROM backup_runs"), "backup.age", "no good backup yet"),
    "no place for backups": (
        lambda s: s.set(backup_to=""),
        "backup.settings",
        "No backups are scheduled",
    ),
    "backups that leave the machine unencrypted": (
        lambda s: s.set(backup_to="s3://a:b@c/d", backup_key=""),
        "backup.settings",
        "unencrypted",
    ),
    "the background work stands still": (silent_worker, "work.alive", "stands still"),
}

ON_BOTH = (
    "an edited act",
    "edited values of an act",
    "an act was added",
    "the newest acts are cut off",
    "an entry of the register is gone",
    "a counter below the highest number",
    "an index was dropped",
)


def test_the_damages_are_many():
    assert len(DAMAGES) >= 30


@pytest.mark.parametrize("name", DAMAGES)
def test_each_damage_is_found_with_what_it_endangers_and_what_to_do(
    name: str, sick: Sick, database: str
):
    damage, check, words = DAMAGES[name]
    if database == "postgresql" and name not in ON_BOTH:
        return  # files and SQLite's own pages: the same code on either
    damage(sick)
    found = sick.findings()
    matching = [p for p in found if p.check.startswith(check) and _any_of(words, p.sentence)]
    assert matching, [(p.check, str(p.sentence)) for p in found]
    for problem in found:
        assert problem.endangers, problem
        assert problem.hint, problem


def _any_of(words: str, sentence: str) -> bool:
    return any(word in sentence for word in words.split("|"))


def test_a_danger_is_told_in_three_parts_and_by_the_exit_status(sick: Sick):
    path = sick.stored("logo.png")
    path.unlink()
    answer = sick.app.test_cli_runner().invoke(main, ["doctor"])
    assert answer.exit_code == 1
    danger, endangers, do = answer.output.splitlines()
    assert danger == f"DANGER: The stored file {path.name} is missing. [store.files]"
    assert endangers.strip().startswith("Endangers: ")
    assert do.strip().startswith("Do: Copy the file")
    told = json.loads(sick.app.test_cli_runner().invoke(main, ["doctor", "--json"]).output)
    assert told[0]["check"] == "store.files"
    assert set(told[0]) == {"level", "sentence", "hint", "check", "endangers"}


def test_looking_changes_nothing(sick: Sick):
    def digest() -> dict[str, bytes]:
        return {
            str(p): p.read_bytes()
            for p in sick.instance.rglob("*")
            if p.is_file()
            and not {"queue", "locks"} & set(p.parts)
            and not p.name.endswith(("-shm", "-wal"))
        }

    before = digest()
    sick.findings()
    assert digest() == before


def test_a_chains_known_end_stands_until_a_longer_one_is_seen(sick: Sick):
    path = sick.instance / schema.ANCHORS
    known = path.read_bytes()
    sick.sql(
        f"DELETE FROM audit_details WHERE entry_id = {_LAST_ACT}",
        f"DELETE FROM audit_entries WHERE id = {_LAST_ACT}",
    )
    with sick.app.app_context():
        keep_last_links()  # the worker goes on, and does not cover the damage up
    assert path.read_bytes() == known
