"""The database's schema: which revision it has, which the code wants, and bringing it there."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import current_app

from lms import __version__, db
from lms.config import Settings

ABOUT = "about.json"
ANCHORS = "anchors.json"  # the last links of the chains, as once seen; never restored


@dataclass(frozen=True)
class About:
    """What an instance says of itself: whose data it holds, and who last migrated them."""

    mode: str
    version: str


@lru_cache(maxsize=1)
def _scripts_in(folder: str) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", folder)
    return ScriptDirectory.from_config(config)


def _script() -> ScriptDirectory:
    return _scripts_in(str(current_app.extensions["migrate"].directory))


def head() -> str:
    """Return the revision that this program's code wants."""
    return str(_script().get_current_head())


def knows(revision: str) -> bool:
    """Tell whether a revision is one of this program's; a newer program's is not."""
    return any(script.revision == revision for script in _script().walk_revisions())


def current() -> str | None:
    """Return the database's revision; None where it has no tables of ours."""
    with db.db.engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        row = connection.execute(sa.text("SELECT version_num FROM alembic_version")).first()
        return str(row[0]) if row else None


def upgrade() -> None:
    """Bring the database to the newest revision and mark the instance with mode and version."""
    db.db.session.remove()
    migrate = current_app.extensions["migrate"]
    # Not by Flask-Migrate's own function, which ends the process where a migration breaks.
    command.upgrade(migrate.migrate.get_config(migrate.directory), "head")
    mark(current_app.config["LMS"])


def mark(settings: Settings) -> None:
    """Write down whose data the instance holds."""
    about = About(mode=settings.mode.value, version=__version__)
    path = settings.instance / ABOUT
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(about)), encoding="utf-8")
    fresh.replace(path)


def about(instance: Path) -> About | None:
    """Read what the instance says of itself; None where it says nothing yet."""
    try:
        values = json.loads((instance / ABOUT).read_text(encoding="utf-8"))
        return About(mode=str(values["mode"]), version=str(values["version"]))
    except (FileNotFoundError, ValueError, KeyError):
        return None
