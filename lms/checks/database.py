"""The database: there, of this program's version, and of this mode."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.exc import DatabaseError

from lms import __version__, schema
from lms.checks.registry import Problem, Scope, check, error, lazy
from lms.config import Mode, Settings


def has_schema() -> bool:
    """Tell whether the database answers and has this program's tables, all of them."""
    try:
        return schema.current() == schema.head()
    except DatabaseError:  # away, or damaged: told by `database.reachable`
        return False


@check(
    "database.reachable",
    Scope.COMMAND,
    endangers=lazy("Without its database the site answers nobody."),
)
def database_answers(_settings: Settings) -> Iterator[Problem]:
    """No start is refused over this: the site answers 503 until the database is back."""
    try:
        schema.current()
    except DatabaseError as fault:
        yield error(
            lazy("The database does not answer: %(reason)s.", reason=fault.orig),
            lazy(
                "Start it, or mend LMS_DATABASE_URL; if it is damaged, restore the last good "
                "backup."
            ),
        )


@check(
    "database.schema",
    endangers=lazy("Pages of one version over tables of another lose what people write."),
)
def schema_is_current(_settings: Settings) -> Iterator[Problem]:
    """Pages of one version over tables of another would do harm."""
    try:
        found = schema.current()
    except DatabaseError:
        return
    if found is None:
        yield error(lazy("The database has no tables yet."), lazy("Run: lms init"))
    elif found != schema.head() and schema.knows(found):
        yield error(lazy("The database waits for a migration."), lazy("Run: lms upgrade"))
    elif found != schema.head():
        yield error(
            lazy(
                "The database was made by a newer program than this one (%(version)s).",
                version=__version__,
            ),
            lazy("Install that version again."),
        )


@check(
    "database.whose",
    Scope.ALWAYS,
    endangers=lazy("Examples without value would stand among real certificates."),
)
def instance_is_of_this_mode(settings: Settings) -> Iterator[Problem]:
    """Demo and production never share an instance."""
    about = schema.about(settings.instance)
    if about is None or about.mode == settings.mode.value:
        return
    if settings.mode is Mode.PRODUCTION:
        yield error(
            lazy("This instance was made for the demo."),
            lazy("Run lms init in another LMS_INSTANCE."),
        )
    if about.mode == Mode.PRODUCTION.value:
        yield error(
            lazy("This instance holds production data, and the demo would change it."),
            lazy("Set LMS_MODE=production, or use another LMS_INSTANCE."),
        )
