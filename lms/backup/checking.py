"""The backups' part of `lms check` and of the owner's page."""

from __future__ import annotations

from collections.abc import Iterator

from lms.backup import lockbox, services
from lms.backup.models import RunState
from lms.checks.database import has_schema
from lms.checks.registry import Problem, Scope, check, error, lazy, warning
from lms.config import Mode, Settings

_LOST = lazy("With this disk everything would be lost: answers, results, register, seal.")


@check("backup.settings", Scope.COMMAND, endangers=_LOST)
def backups_are_scheduled(settings: Settings) -> Iterator[Problem]:
    """A place, and a key: a backup opens everything."""
    if settings.mode is not Mode.PRODUCTION:
        return
    if not settings.backup_to:
        yield error(
            lazy("No backups are scheduled."),
            lazy("Set LMS_BACKUP_TO to a folder on another disk or an S3 store; docs/backup.md."),
        )
        return
    if settings.backup_key:
        fault = lockbox.check_key(settings.backup_key)
        if fault is not None:
            yield error(lazy("LMS_BACKUP_KEY is no key."), lazy("Make one: lms backup key"))
    elif settings.backup_to.startswith("s3"):
        yield error(
            lazy("Backups would leave this machine unencrypted."),
            lazy("Make a key, keep it on paper too, and set LMS_BACKUP_KEY: lms backup key"),
            lazy("Whoever reads a backup has all personal data and the seal."),
        )
    else:
        yield warning(
            lazy("Backups are not encrypted."),
            lazy("Make a key, keep it on paper too, and set LMS_BACKUP_KEY: lms backup key"),
            lazy("Whoever reads a backup has all personal data and the seal."),
        )


@check("backup.age", Scope.COMMAND, endangers=_LOST)
def last_backup_is_of_today(settings: Settings) -> Iterator[Problem]:
    """The last backup that was proved by restoring it is not older than a day."""
    if settings.mode is not Mode.PRODUCTION or not settings.backup_to or not has_schema():
        return
    if not services.is_overdue():
        return
    good, failed = services.newest(RunState.GOOD), services.newest(RunState.FAILED)
    reason = ""
    if failed is not None and (good is None or failed.id > good.id):
        reason = failed.fault
    do = lazy("Mend what it says, then: lms backup now")
    if good is None:
        yield error(lazy("There is no good backup yet. %(reason)s", reason=reason), do)
        return
    yield error(
        lazy(
            "The last good backup is of %(at)s, older than 24 hours. %(reason)s",
            at=f"{good.asked_at:%Y-%m-%d %H:%M} UTC",
            reason=reason,
        ),
        do,
    )
