"""The whole site in one file, taken while it runs, and back again into an empty place."""

from lms.backup.manifest import BackupRefusedError
from lms.backup.write import Made, free_name, record_backup, write_backup

__all__ = ["BackupRefusedError", "Made", "free_name", "record_backup", "write_backup"]
