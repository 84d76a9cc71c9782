"""Prove a backup by restoring it: into a scratch instance, by a process of its own, and look.

SQLite is restored into a folder; PostgreSQL into a schema of its own in the same database, dropped
afterwards. The process gets the site's settings by standard input, so none is seen by others.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess  # only our own module is started, with fixed arguments
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from lms import checks, create_app, db
from lms.backup import read
from lms.backup.manifest import BackupRefusedError
from lms.config import Mode, Settings

SECONDS = 4 * 3600
ALSO = ("certificates.numbers", "machine.clock")
_ROOT = Path(__file__).parents[2]
_ENVIRONMENT = ("PATH", "PYTHONPATH", "LANG", "TZ")


@dataclass(frozen=True)
class Proof:
    """What a restore showed."""

    rows: int
    files: int
    milliseconds: int
    dangers: list[str]


def rehearse(path: Path, settings: Settings) -> Proof:
    """Restore a backup beside the site and look for damage; nothing of it stays.

    Raises BackupRefusedError where it can't be restored.
    """
    with (
        tempfile.TemporaryDirectory(prefix=".rehearsal-", dir=settings.instance) as folder,
        _scratch_database(settings) as url,
    ):
        scratch = replace(
            settings,
            instance=Path(folder) / "instance",
            database_url=url,
            queue_url="",
            smtp_url="",
            backup_to="",
        )
        answer = _run(json.dumps({"file": str(path.resolve()), "settings": _plain(scratch)}))
    if "refused" in answer:
        raise BackupRefusedError(str(answer["refused"]))
    return Proof(**answer)


def _plain(settings: Settings) -> dict[str, Any]:
    return {**asdict(settings), "instance": str(settings.instance), "mode": settings.mode.value}


def _run(order: str) -> dict[str, Any]:
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    done = subprocess.run(  # fixed arguments: the order goes by stdin
        [sys.executable, "-m", "lms.backup.rehearsal"],
        input=order,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        cwd=_ROOT,
        env=environment,
        check=False,
    )
    try:
        found: dict[str, Any] = json.loads(done.stdout.strip().rpartition("\n")[2])
    except ValueError as error:
        last = done.stderr.strip().rpartition("\n")[2][:300]
        raise BackupRefusedError(f"The restore broke: {last}") from error
    return found


@contextmanager
def _scratch_database(settings: Settings) -> Iterator[str]:
    """Give the address of an empty database for the block: SQLite's is in the scratch folder."""
    if settings.is_sqlite:
        yield ""
        return
    name = f"rehearsal_{secrets.token_hex(6)}"
    url = sa.make_url(settings.sqlalchemy_url)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.schema.CreateSchema(name))
    try:
        scratch = url.update_query_dict({"options": f"-csearch_path={name}"})
        yield scratch.render_as_string(hide_password=False).replace(
            "postgresql+psycopg://", "postgresql://", 1
        )
    finally:
        with engine.begin() as connection:
            connection.execute(sa.schema.DropSchema(name, cascade=True))
        engine.dispose()


def _perform(order: dict[str, Any]) -> dict[str, Any]:
    """Restore and look, in this process."""
    values = order["settings"]
    settings = Settings(
        **{**values, "instance": Path(values["instance"]), "mode": Mode(values["mode"])}
    )
    begun = time.monotonic()
    with checks.starting_leniently():
        app = create_app(settings)
    try:
        with app.app_context():
            done = read.restore_backup(app, Path(order["file"]))
            found = checks.run_checks(app, [checks.Scope.DEEP])
            found += checks.problems_of(ALSO, settings)
            db.db.session.remove()
            db.db.engine.dispose()
    except BackupRefusedError as refusal:
        return {"refused": str(refusal)}
    dangers = [str(p.sentence) for p in found if p.level is checks.Level.ERROR]
    taken = int((time.monotonic() - begun) * 1000)
    return asdict(Proof(done.rows, done.files, taken, dangers))


if __name__ == "__main__":
    print(json.dumps(_perform(json.load(sys.stdin))))  # noqa: T201 -- the answer to who started us
