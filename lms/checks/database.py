"""The database: there, of this program's version, and of this mode."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.exc import OperationalError

from lms import __version__, schema
from lms.checks.registry import Problem, Scope, check, error
from lms.config import Mode, Settings


def has_schema() -> bool:
    """Tell whether the database answers and has this program's tables, all of them."""
    try:
        return schema.current() == schema.head()
    except OperationalError:
        return False


@check("database.reachable", Scope.COMMAND)
def database_answers(_settings: Settings) -> Iterator[Problem]:
    """No start is refused over this: the site answers 503 until the database is back."""
    try:
        schema.current()
    except OperationalError as fault:
        yield error(
            f"The database does not answer: {fault.orig}.", "Start it, or mend LMS_DATABASE_URL."
        )


@check("database.schema")
def schema_is_current(_settings: Settings) -> Iterator[Problem]:
    """Pages of one version over tables of another would do harm."""
    try:
        found = schema.current()
    except OperationalError:
        return
    if found is None:
        yield error("The database has no tables yet.", "Run: lms init")
    elif found != schema.head() and schema.knows(found):
        yield error("The database waits for a migration.", "Run: lms upgrade")
    elif found != schema.head():
        yield error(
            f"The database was made by a newer program than this one ({__version__}).",
            "Install that version again.",
        )


@check("database.whose", Scope.ALWAYS)
def instance_is_of_this_mode(settings: Settings) -> Iterator[Problem]:
    """Demo and production never share an instance."""
    about = schema.about(settings.instance)
    if about is None or about.mode == settings.mode.value:
        return
    if settings.mode is Mode.PRODUCTION:
        yield error("This instance was made for the demo.", "Run lms init in another LMS_INSTANCE.")
    if about.mode == Mode.PRODUCTION.value:
        yield error(
            "This instance holds production data, and the demo would change it.",
            "Set LMS_MODE=production, or use another LMS_INSTANCE.",
        )
