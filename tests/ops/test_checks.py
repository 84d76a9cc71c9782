"""What is dangerous stops a production start; what is forgotten is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from lms import append_only, checks, db, schema
from lms.accounts.hashing import hash_password
from lms.accounts.models import Person
from lms.audit import services as audit
from lms.audit.jobs import extend_chain
from lms.audit.models import AuditEntry
from lms.certificates.models import RecoveryKit
from lms.certificates.signing.file_key import create_seal
from lms.checks.settings import file_system_of, is_loopback
from lms.config import Mode, Settings
from lms.courses.models import Programme
from lms.demo.services import PASSWORD, SIGN_INS
from lms.files import store
from lms.files.models import StoredFile
from tests.cast import EPOCH, make_cast, make_person, make_programme

SAFE = Settings(
    mode=Mode.PRODUCTION,
    base_url="https://cursuri.example.ro",
    behind_proxy=1,
    smtp_url="smtp://mail.example.ro",
    mail_from="Cursuri <cursuri@example.ro>",
    contact_email="contact@example.ro",
)


def look(name: str, settings: Settings) -> list[str]:
    return [p.sentence for p in checks.CHECKS[name].look(settings)]


def levels(name: str, settings: Settings) -> list[checks.Level]:
    return [p.level for p in checks.CHECKS[name].look(settings)]


@pytest.mark.parametrize(
    ("name", "values", "sentence", "level"),
    [
        ("settings.secret", {"secret_key": "changeme"}, "can be guessed", "error"),
        ("settings.secret", {"secret_key": "a" * 64}, "can be guessed", "error"),
        ("settings.base-url", {"base_url": "http://x.example.ro"}, "unprotected", "error"),
        ("settings.base-url", {"base_url": "https://localhost"}, "this machine", "warning"),
        ("settings.base-url", {"verify_url": "http://v.example.ro"}, "for good", "warning"),
        ("settings.base-url", {"behind_proxy": 0}, "no proxy is declared", "warning"),
        ("settings.mail", {"smtp_url": ""}, "No mail server", "warning"),
        ("settings.mail", {"mail_from": "A <a@localhost>"}, "would come from", "warning"),
        ("settings.mail", {"contact_email": ""}, "no contact", "warning"),
        ("settings.several-hosts", {"queue_url": "redis://q"}, "queue is on a server", "error"),
        ("settings.demo-loopback", {"mode": Mode.DEMO, "host": "0.0.0.0"}, "0.0.0.0", "error"),
    ],
)
def test_a_dangerous_or_forgotten_setting_is_told(name, values, sentence, level):
    settings = replace(SAFE, **values)
    assert any(sentence in told for told in look(name, settings))
    assert checks.Level(level) in levels(name, settings)


def test_safe_settings_are_told_nothing():
    for name in checks.CHECKS:
        if name.startswith("settings."):
            assert look(name, SAFE) == [], name


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_this_machine_is_known(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.1", "example.ro", ""])
def test_what_others_can_reach_is_not_this_machine(host):
    assert not is_loopback(host)


def test_the_file_system_of_a_path_is_that_of_its_nearest_mount():
    mounts = (
        "/dev/a / ext4 rw 0 0\nserver:/x /srv/shared nfs4 rw 0 0\n/dev/b /srv/shared/in ext4 rw 0 0"
    )
    assert file_system_of(Path("/srv/shared/site"), mounts) == "nfs4"
    assert file_system_of(Path("/srv/shared/in/site"), mounts) == "ext4"
    assert file_system_of(Path("/srv/sharedish"), mounts) == "ext4"


def test_sqlite_over_a_network_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr("lms.checks.settings.file_system_of", lambda *_: "nfs")
    assert "network file system" in look("settings.database-place", SAFE)[0]
    elsewhere = replace(SAFE, database_url="postgresql://db/atestat")
    assert look("settings.database-place", elsewhere) == []


@pytest.fixture
def production(app):
    """The test's application, its settings called production's."""
    return replace(app.config["LMS"], mode=Mode.PRODUCTION)


@pytest.fixture
def keys(app):
    """The instance's folder of keys, emptied afterwards."""
    import shutil

    folder = app.config["LMS"].folder("keys")
    yield folder
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "secret":
            path.unlink()


def test_a_key_that_others_can_read_is_dangerous(context, production, keys):
    (keys / "a.key").write_text("x", encoding="ascii")
    (keys / "a.key").chmod(0o640)
    (keys / "a.pem").write_text("public", encoding="ascii")
    (keys / "a.pem").chmod(0o644)
    assert len(look("keys.private", production)) == 1
    (keys / "a.key").chmod(0o600)
    assert look("keys.private", production) == []
    missing = replace(production, seal_pkcs12="/nowhere/seal.p12")
    assert "isn’t there" in look("keys.private", missing)[0]


def test_an_instance_that_everybody_can_enter_is_dangerous(context, production):
    production.instance.chmod(0o755)
    assert len(look("keys.instance-private", production)) == 1
    production.instance.chmod(0o700)
    assert look("keys.instance-private", production) == []


def test_the_demos_seal_is_refused_in_production(context, production, keys):
    create_seal(keys / "seal-model", organisation="", is_model=True, now=datetime.now(UTC))
    assert "demo’s" in look("keys.no-demo-seal", production)[0]
    assert look("keys.recovery-kit", production) == []  # nobody needs a kit of it


def test_the_recovery_kit_is_asked_about_until_it_is_elsewhere(context, production, keys):
    assert look("keys.recovery-kit", production) == []
    seal = create_seal(
        keys / "seal", organisation="Asociația Exemplu", is_model=False, now=datetime.now(UTC)
    )
    assert look("keys.no-demo-seal", production) == []
    assert "only on this machine" in look("keys.recovery-kit", production)[0]
    db.end_reading()
    with db.writing() as session:
        session.add(RecoveryKit(seal_fingerprint=seal.fingerprint, stored_at=EPOCH, where="seiful"))
    assert look("keys.recovery-kit", production) == []


def test_the_demos_data_are_refused_in_production(context, production):
    assert look("database.no-demo-data", production) == []
    db.end_reading()
    printed = hash_password(PASSWORD)
    with db.writing():
        person = make_person("Ana", "Exemplu", sign_in_name=SIGN_INS[0].name)
        person.password_hash = printed
        make_person("Auditor", "Adevărat", sign_in_name=SIGN_INS[1].name)
        make_programme("MODEL")
    told = look("database.no-demo-data", production)
    assert [("account" in t, "programme" in t) for t in told] == [(True, False), (False, True)]


def test_nobody_owning_the_site_is_told(app, production):
    with app.app_context():
        assert "Nobody owns" in look("database.owner", production)[0]
    make_cast(app)
    with app.app_context():
        assert look("database.owner", production) == []


def test_demo_and_production_never_share_an_instance(tmp_path):
    for mode, other in ((Mode.DEMO, Mode.PRODUCTION), (Mode.PRODUCTION, Mode.DEMO)):
        schema.mark(replace(SAFE, mode=mode, instance=tmp_path))
        assert look("database.whose", replace(SAFE, mode=mode, instance=tmp_path)) == []
        assert len(look("database.whose", replace(SAFE, mode=other, instance=tmp_path))) == 1


def test_a_database_of_another_version_is_refused(make_app):
    app = make_app(migrated=False)
    settings = app.config["LMS"]
    with app.app_context():
        assert "no tables" in look("database.schema", settings)[0]
        schema.upgrade()
        assert look("database.schema", settings) == []
        with db.db.engine.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = 'ffff'"))
        assert "newer program" in look("database.schema", settings)[0]
        assert not checks.database.has_schema()


def test_a_database_that_is_away_stops_no_start_but_is_told(make_app):
    away = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1"
    app = make_app(migrated=False, database_url=away)
    with app.app_context():
        settings = app.config["LMS"]
        assert "does not answer" in look("database.reachable", settings)[0]
        assert look("database.schema", settings) == []
        assert look("database.no-demo-data", settings) == []


def test_only_errors_refuse_and_each_says_its_sentence(app, monkeypatch):
    monkeypatch.setitem(app.config, "LMS", replace(app.config["LMS"], mode=Mode.PRODUCTION))
    problems = [checks.error("One.", "Do this."), checks.warning("Two."), checks.error("Three.")]
    registered = checks.registry.Check("test", checks.Scope.PRODUCTION, lambda _: problems)
    monkeypatch.setattr(checks.registry, "CHECKS", {"test": registered})
    with pytest.raises(SystemExit) as refusal:
        checks.refuse_dangerous_start(app)
    assert str(refusal.value) == "Refused to start: One. Do this.\nRefused to start: Three."
    problems[:] = [checks.warning("Two.")]
    checks.refuse_dangerous_start(app)
    problems[:] = [checks.error("One.")]
    with checks.starting_leniently():
        checks.refuse_dangerous_start(app)


def deep(app) -> list[str]:
    return [p.sentence for p in checks.run_checks(app, [checks.Scope.DEEP])]


def test_damage_is_found_by_the_deep_look_and_only_then(app):
    settings = app.config["LMS"]
    make_cast(app)
    with app.app_context():
        with db.writing() as session:
            digest = store.put(settings.folder("files"), b"a certificate")
            session.add(
                StoredFile(
                    sha256=digest,
                    size=13,
                    media_type="application/pdf",
                    name="x.pdf",
                    owner_type="programmes",
                    owner_id=1,
                    created_at=EPOCH,
                )
            )
            audit.record("test.act", by=None)
            audit.record("test.act", by=None)
        extend_chain()
    assert deep(app) == []

    path = store.path_of(settings.folder("files"), digest)
    path.write_bytes(b"another")
    assert any("was changed" in told for told in deep(app))
    path.unlink()
    assert any("is missing" in told for told in deep(app))
    with app.app_context(), db.writing() as session, append_only.lifted(session.connection()):
        session.execute(
            sa.update(AuditEntry).where(AuditEntry.sequence == 2).values(action="test.other")
        )
    assert any("changed at entry 2" in told for told in deep(app))


def test_a_dangling_reference_is_found(app, database):
    if database != "sqlite":
        pytest.skip("PostgreSQL lets nobody make one")
    make_cast(app)
    with app.app_context():
        with db.db.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("DELETE FROM programmes")
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
            connection.exec_driver_sql("BEGIN")
        assert db.session().scalar(sa.select(sa.func.count()).select_from(Programme)) == 0
        assert db.session().scalar(sa.select(sa.func.count()).select_from(Person)) > 0
    assert any("missing row of programmes" in told for told in deep(app))
