"""An upgrade that is killed, or finds the disk full, leaves the site as it was; again it ends."""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from lms import schema
from tests.faults.saving import application
from tests.serving import ROOT, Installation, wait_until

LATER = '''\
"""A later version's migration, which stops in its middle when told to."""
import os, time
from alembic import op
import sqlalchemy as sa

revision = "ffff00000001"
down_revision = "{head}"


def upgrade():
    op.create_table("later_things", sa.Column("id", sa.Integer, primary_key=True))
    with op.batch_alter_table("persons") as batch:  # SQLite makes the table anew
        batch.add_column(sa.Column("later", sa.Integer))
    op.execute("INSERT INTO later_things (id) VALUES (1)")
    if told := os.environ.get("STOP_IN_THE_MIDDLE"):
        open(told, "w").close()
        time.sleep(120)
    if os.environ.get("BREAK_IN_THE_MIDDLE"):
        raise RuntimeError("a broken migration")


def downgrade():
    raise NotImplementedError
'''
PROGRAM = """\
import pathlib, sys, lms.app
lms.app.MIGRATIONS = pathlib.Path(sys.argv.pop(1))
from lms.__main__ import main
main()
"""


@pytest.fixture
def site(installation: Installation) -> Installation:
    """A site in production, with an owner and two more people."""
    installation.lms("init", "--organisation", "Asociația Exemplu")
    for name in ("ana", "ion"):
        installation.lms("user", "create", "--family", "Exemplu", "--given", name)
    return installation


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The migrations of a program one version later."""
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))
    newest = next((folder / "versions").glob("*.py")).read_text(encoding="utf-8")
    head = re.search(r'^revision(?:: str)? = [\'"](\w+)[\'"]', newest, re.MULTILINE)
    assert head is not None
    text = LATER.replace("{head}", head[1])
    (folder / "versions" / "later.py").write_text(text, encoding="utf-8")
    return folder


def start(
    site: Installation, migrations: Path, preexec: Callable[[], None] | None = None, **more: str
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(migrations), "upgrade"],
        env=site.environment(**more),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=preexec,  # noqa: PLW1509 -- a limit that only the child shall have
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    said, faults = process.communicate(timeout=120)
    return process.returncode, said, faults


def stands(site: Installation) -> tuple[str | None, int, bool]:
    """The database's revision, how many people it holds, whether the later table is there."""
    with application(site) as app, app.app_context():
        from lms.db import db

        with db.engine.connect() as connection:
            people = connection.scalar(sa.text("SELECT count(*) FROM persons")) or 0
            accounts = connection.scalar(sa.text("SELECT count(*) FROM tokens")) or 0
            assert accounts == people  # each has its link still
            tables = set(sa.inspect(connection).get_table_names())
        return schema.current(), people, "later_things" in tables


def test_killed_in_the_middle_it_has_changed_nothing_and_run_again_it_ends(
    site: Installation, later: Path, tmp_path: Path
) -> None:
    before = stands(site)
    reached = tmp_path / "reached"
    process = start(site, later, STOP_IN_THE_MIDDLE=str(reached))
    wait_until(reached.exists, 90, "the middle of the migration")
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    assert stands(site) == before
    assert len(list((site.instance / "backups").glob("atestat-*.zip"))) == 1

    code, said, faults = finish(start(site, later))
    assert code == 0, faults
    assert "→ ffff00000001" in said
    assert stands(site) == ("ffff00000001", before[1], True)

    older = subprocess.run(  # the program of before, over the newer database
        [sys.executable, "-m", "lms", "upgrade"],
        env=site.environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert older.returncode == 1
    assert "made by a newer program" in older.stderr
    refused = subprocess.run(
        [sys.executable, "-m", "lms", "serve", "--port", "0"],
        env=site.environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert refused.returncode != 0
    assert "Install that version again." in refused.stderr


def test_a_migration_that_breaks_says_what_stands_and_what_to_do(
    site: Installation, later: Path
) -> None:
    before = stands(site)
    code, _, faults = finish(start(site, later, BREAK_IN_THE_MIDDLE="1"))
    assert code == 1
    assert "The migration stopped: a broken migration" in faults
    assert "The database is as it was before; nothing was lost." in faults
    assert "run lms upgrade again" in faults
    assert "Traceback" not in faults
    assert stands(site) == before


def test_a_full_disk_stops_it_before_anything_is_changed(site: Installation, later: Path) -> None:
    before = stands(site)
    files = site.instance / "files"
    files.mkdir(mode=0o700, exist_ok=True)
    (files / "large").write_bytes(os.urandom(300_000))

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    code, _, faults = finish(start(site, later, no_room, PYTHONDONTWRITEBYTECODE="1"))
    assert code == 1
    assert "The backup could not be written: " in faults
    assert "Nothing was changed. Make room" in faults
    assert stands(site) == before
    left = [p.name for p in site.instance.rglob(".*")] + os.listdir(site.instance / "backups")
    assert left == []
    code, _, faults = finish(start(site, later))
    assert code == 0, faults
