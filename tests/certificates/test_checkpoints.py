"""The chains against raw SQL: what was signed before tells an edit, a new chain and a cut end."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.exc import DBAPIError

from lms import append_only, clock, db
from lms.audit import services as audit
from lms.audit.models import AuditDetail, AuditEntry
from lms.backup.write import write_backup
from lms.certificates import chain, checkpoints
from lms.certificates.checkpoint_file import read_checkpoints
from lms.certificates.models import RegisterDetail, RegisterEntry
from tests.cast import Cast
from tests.certificates.certify import issued


def verify(cast: Cast, *files: Path) -> tuple[int, list[str]]:
    given = [word for path in files for word in ("--checkpoints", str(path))]
    runner = cast.app.test_cli_runner()
    answer = runner.invoke(args=["audit", "verify", "--json", *given])
    return answer.exit_code, json.loads(answer.stdout)["faults"]


def kept(cast: Cast) -> None:
    with cast.app.app_context():
        assert checkpoints.keep() is not None


def elsewhere(cast: Cast, tmp_path: Path) -> Path:
    """What somebody has downloaded from the public address."""
    path = tmp_path / "kept-elsewhere.json"
    path.write_bytes(cast.app.test_client().get("/register/checkpoints.json").data)
    return path


@contextmanager
def behind_the_back(cast: Cast):
    with (
        cast.app.app_context(),
        db.writing() as session,
        append_only.lifted(session.connection()),
    ):
        yield session


def sql(cast: Cast, *statements: str) -> None:
    with behind_the_back(cast) as session:
        for statement in statements:
            session.execute(sa.text(statement))


@pytest.fixture
def signed(cast: Cast) -> Cast:
    """Two certificates, their entries chained and signed for."""
    issued(cast, "learner")
    issued(cast, "classmate")
    kept(cast)
    assert verify(cast) == (0, [])
    return cast


def make_register_anew(session: sa.orm.Session) -> None:
    """Put right sequences and hashes on whatever rows there are, as a clever forger would."""
    previous = b""
    entries = session.scalars(sa.select(RegisterEntry).order_by(RegisterEntry.sequence)).all()
    for number, entry in enumerate(entries, start=1):
        entry.sequence = number
        entry.chain_hash = previous = chain.link_hash(previous, entry)
        session.flush()


def make_record_anew(session: sa.orm.Session) -> None:
    session.execute(sa.update(AuditEntry).values(sequence=None, chain_hash=None))
    session.expire_all()
    while audit.extend_chain():
        pass


LINK = "(SELECT id FROM register_entries WHERE sequence = {})"

# name: (what is done behind the register's back, words that must be told)
REGISTER: dict[str, tuple[Callable[[Cast], None], str]] = {
    "an edited row": (
        lambda c: sql(c, "UPDATE register_entries SET number = 'TST-X' WHERE sequence = 2"),
        "changed at entry 2",
    ),
    "a missing row": (
        lambda c: sql(
            c,
            f"DELETE FROM register_details WHERE entry_id = {LINK.format(2)}",
            "DELETE FROM register_entries WHERE sequence = 2",
        ),
        "changed at entry 2",
    ),
    "an inserted row": (
        lambda c: sql(
            c,
            "INSERT INTO register_entries (id, series, sequence, event, at, number, digest, "
            "chain_hash) SELECT 999, series, 5, 'issued', at, 'TST-2026-9', digest, chain_hash "
            "FROM register_entries WHERE sequence = 4",
        ),
        "changed at entry 5",
    ),
    "a tail cut off": (
        lambda c: sql(
            c,
            f"DELETE FROM register_details WHERE entry_id = {LINK.format(4)}",
            "DELETE FROM register_entries WHERE sequence = 4",
        ),
        "“TST” had 4 entries",
    ),
    "edited values": (
        lambda c: sql(
            c, f"UPDATE register_details SET \"values\" = '{{}}' WHERE entry_id = {LINK.format(2)}"
        ),
        "What entry 2 of the register of TST holds was changed",
    ),
}
RECORD: dict[str, tuple[Callable[[Cast], None], str]] = {
    "an edited act": (
        lambda c: sql(c, "UPDATE audit_entries SET action = 'x.y' WHERE sequence = 2"),
        "changed at entry 2",
    ),
    "a missing act": (
        lambda c: sql(
            c,
            "DELETE FROM audit_details WHERE entry_id = "
            "(SELECT id FROM audit_entries WHERE sequence = 2)",
            "DELETE FROM audit_entries WHERE sequence = 2",
        ),
        "changed at entry 2",
    ),
    "an inserted act": (
        lambda c: sql(
            c,
            "INSERT INTO audit_entries (id, at, action, object_type, digest, sequence, chain_hash) "
            "SELECT id + 900, at, 'role.granted', 'site', digest, sequence + 1, chain_hash "
            "FROM audit_entries WHERE sequence = (SELECT max(sequence) FROM audit_entries)",
        ),
        "The record of acts was changed at entry",
    ),
    "a tail cut off": (
        lambda c: sql(
            c,
            "DELETE FROM audit_details WHERE entry_id = "
            "(SELECT id FROM audit_entries ORDER BY sequence DESC LIMIT 1)",
            "DELETE FROM audit_entries WHERE sequence = (SELECT max(sequence) FROM audit_entries)",
        ),
        "“record” had",
    ),
}


@pytest.mark.parametrize("name", REGISTER)
def test_what_is_done_to_the_register_is_found(signed: Cast, name: str) -> None:
    act, words = REGISTER[name]
    act(signed)
    code, faults = verify(signed)
    assert code == 1
    assert any(words in fault for fault in faults), faults


@pytest.mark.parametrize("name", RECORD)
def test_what_is_done_to_the_record_is_found(signed: Cast, name: str) -> None:
    act, words = RECORD[name]
    act(signed)
    code, faults = verify(signed)
    assert code == 1
    assert any(words in fault for fault in faults), faults


def test_a_register_made_anew_with_right_hashes_is_told_by_what_was_signed(
    signed: Cast, tmp_path: Path
) -> None:
    outside = elsewhere(signed, tmp_path)
    with behind_the_back(signed) as session:
        entry = session.scalars(sa.select(RegisterEntry).where(RegisterEntry.sequence == 1)).one()
        detail = session.get_one(RegisterDetail, entry.id)
        detail.values = {**detail.values, "reason": "Altul"}
        entry.digest = audit.digest_of(detail.salt, detail.values)
        session.flush()
        make_register_anew(session)
    with signed.app.app_context():
        assert chain.find_break("TST") is None
        assert chain.find_altered_values("TST") is None
    code, faults = verify(signed)
    assert code == 1
    assert [f for f in faults if "“TST” was made anew" in f]

    # The forger changes what was signed as well: then it is signed no longer.
    with signed.app.app_context():
        (path,) = checkpoints.folder().glob("*.json")
        plain = json.loads(path.read_bytes())
        for end, now in zip(plain["checkpoints"][0]["chains"], checkpoints.ends(), strict=True):
            end["last_hash"] = now.last_hash
        path.write_text(json.dumps(plain))
    code, faults = verify(signed)
    assert code == 1
    assert [f for f in faults if "isn’t signed by this site’s seal" in f]

    # Or takes it away: the copy that was kept elsewhere tells.
    path.unlink()
    assert verify(signed)[0] == 0
    code, faults = verify(signed, outside)
    assert code == 1
    assert [f for f in faults if "“TST” was made anew" in f]


def test_a_record_made_anew_with_right_hashes_is_told_by_what_was_signed(signed: Cast) -> None:
    with behind_the_back(signed) as session:
        act = session.scalars(sa.select(AuditEntry).where(AuditEntry.sequence == 1)).one()
        detail = session.get_one(AuditDetail, act.id)
        detail.values = {**detail.values, "reason": "Altul"}
        act.digest = audit.digest_of(detail.salt, detail.values)
        session.flush()
        make_record_anew(session)
    with signed.app.app_context():
        assert audit.find_break() is None
    code, faults = verify(signed)
    assert code == 1
    assert [f for f in faults if "“record” was made anew" in f]


def test_an_act_slipped_in_later_with_an_old_date_is_told(signed: Cast) -> None:
    """The job itself chains a row that somebody has slipped in, so its hash is right."""
    sql(
        signed,
        "INSERT INTO audit_entries (id, at, action, object_type, digest) SELECT id + 900, "
        "'2020-01-01 10:00:00', 'role.granted', 'site', digest FROM audit_entries "
        "WHERE sequence = 1",
    )
    with signed.app.app_context(), db.writing():
        audit.extend_chain()
    code, faults = verify(signed)
    assert code == 1
    assert [f for f in faults if "claims to be older" in f]


def test_a_checkpoint_that_is_gone_from_between_is_told(signed: Cast) -> None:
    for part in ("trainer", "registrar"):
        with signed.app.app_context(), db.writing():
            audit.record("test.act", by=None, part=part)
        kept(signed)
    with signed.app.app_context():
        _first, second, _third = sorted(checkpoints.folder().glob("*.json"))
        second.unlink()
    code, faults = verify(signed)
    assert code == 1
    assert [f for f in faults if "The checkpoint before that of" in f]


def test_a_checkpoint_of_another_seal_shows_nothing(signed: Cast, lookalike, tmp_path) -> None:
    path = elsewhere(signed, tmp_path)
    plain = json.loads(path.read_bytes())
    made = read_checkpoints(path.read_bytes())[0]
    plain["checkpoints"][0]["signature"] = (
        __import__("base64").b64encode(lookalike.sign_text(made.signed_bytes())).decode()
    )
    path.write_text(json.dumps(plain))
    code, faults = verify(signed, path)
    assert code == 1
    assert [f for f in faults if "isn’t signed by this site’s seal" in f]


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"checkpoints": [{"format": 1}]}', b"\xff"])
def test_a_file_that_holds_none_is_refused_in_a_sentence(
    signed: Cast, tmp_path: Path, data: bytes
) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(data)
    answer = signed.app.test_cli_runner().invoke(
        args=["audit", "verify", "--checkpoints", str(path)]
    )
    assert answer.exit_code == 1
    assert "holds no checkpoints" in answer.stderr


def test_nothing_new_is_nothing_to_sign(signed: Cast) -> None:
    kept(signed)
    kept(signed)
    with signed.app.app_context():
        assert len(list(checkpoints.folder().glob("*.json"))) == 1


def test_the_public_address_names_nobody_and_reads_no_row(signed: Cast) -> None:
    for days in (1, 2):
        with clock.stopped_at(clock.now() + timedelta(days=days)):
            with signed.app.app_context(), db.writing():
                audit.record("test.act", by=None)
            kept(signed)
    answer = signed.app.test_client().get("/register/checkpoints.json")
    assert answer.status_code == 200
    plain = answer.get_json()
    assert len(plain["checkpoints"]) == 3
    assert {end["chain"] for end in plain["checkpoints"][0]["chains"]} == {"record", "register:TST"}
    text = answer.get_data(as_text=True)
    with signed.app.app_context():
        for person in db.session().scalars(sa.text("SELECT family_name FROM persons")):
            assert person not in text
    again = signed.app.test_client().get(
        "/register/checkpoints.json", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_a_backup_holds_a_checkpoint_of_its_own(signed: Cast, tmp_path: Path) -> None:
    import zipfile

    with signed.app.app_context():
        with db.writing():
            audit.record("test.act", by=None)
        write_backup(signed.app, tmp_path / "copie.zip")
        with zipfile.ZipFile(tmp_path / "copie.zip") as archive:
            names = [n for n in archive.namelist() if "/checkpoints/" in n]
            newest = read_checkpoints(archive.read(max(names)))[-1]
        assert newest.ends == checkpoints.ends()


# The database's own refusal --------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE register_entries SET number = 'TST-X' WHERE sequence = 2",
        "UPDATE register_entries SET by_id = 1",
        "DELETE FROM register_entries WHERE sequence = 4",
        "UPDATE audit_entries SET action = 'x.y' WHERE sequence = 2",
        "UPDATE audit_entries SET sequence = NULL, chain_hash = NULL",
        "DELETE FROM audit_entries WHERE sequence = 2",
    ],
)
def test_the_database_refuses_to_edit_or_remove_a_link(signed: Cast, statement: str) -> None:
    with (
        signed.app.app_context(),
        pytest.raises(DBAPIError, match="never edited or removed"),
        db.writing() as session,
    ):
        session.execute(
            sa.text(
                "DELETE FROM register_details" if "DELETE FROM reg" in statement else "SELECT 1"
            )
        )
        session.execute(sa.text(statement))
    assert verify(signed) == (0, [])


def test_an_act_that_waits_for_its_link_keeps_its_content(signed: Cast) -> None:
    with signed.app.app_context():
        with db.writing():
            audit.record("test.act", by=None)
        with pytest.raises(DBAPIError, match="never edited"), db.writing() as session:
            session.execute(
                sa.text("UPDATE audit_entries SET action = 'x' WHERE action = 'test.act'")
            )
        with db.writing():
            assert audit.extend_chain() == 1


def test_a_migration_may_make_the_table_anew_and_the_guards_come_back(signed: Cast) -> None:
    with signed.app.app_context(), db.db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("register_entries", recreate="auto") as batch:
            batch.add_column(sa.Column("seen", sa.Integer))
        append_only.guard(connection)
        assert append_only.missing(connection) == []
        assert connection.exec_driver_sql("SELECT count(*) FROM register_entries").scalar() == 4
        is_sqlite = connection.dialect.name == "sqlite"
        with operations.batch_alter_table(
            "register_entries", recreate="always" if is_sqlite else "never"
        ) as batch:
            batch.drop_column("seen")
        append_only.guard(connection)
        assert append_only.missing(connection) == []
        connection.commit()
