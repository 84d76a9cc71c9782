"""The whole site in one file, taken while it runs, and back again into an empty place."""

from flask import Flask

from lms.backup.manifest import BackupRefusedError
from lms.backup.write import Made, free_name, record_backup, write_backup

__all__ = ["BackupRefusedError", "Made", "free_name", "record_backup", "write_backup"]


def init_app(app: Flask) -> None:
    """Register the daily backup, its checks and its commands."""
    from lms.backup import checking, jobs  # noqa: F401 -- they register themselves
    from lms.backup.cli import backup

    app.cli.add_command(backup)
