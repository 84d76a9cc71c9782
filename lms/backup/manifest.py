"""What a backup file says of itself, and which files of an instance belong in one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lms import schema
from lms.errors import Refused

FORMAT = 1
MANIFEST = "manifest.json"
SETTINGS = "settings.json"
DATABASE = "database/"
INSTANCE = "instance/"
SQLITE_ENTRY = DATABASE + "atestat.sqlite3"

# Made anew, or not part of the site's state: the queue only hastens what rows already say. The keys
# of answers that wait for their group stay out, so that no backup can open one (decision 9).
LEFT_OUT_FOLDERS = frozenset({"queue", "backups", "waiting", "archives", "prints"})


class BackupRefusedError(Refused):
    """A backup or a restore that was not begun; the text is one sentence."""


@dataclass(frozen=True)
class Table:
    """A table's rows in a backup of PostgreSQL: its columns in order, and where its ids stand."""

    name: str
    columns: list[str]
    rows: int
    next_ids: dict[str, int]  # column -> the last value its sequence gave


@dataclass(frozen=True)
class Manifest:
    """The first thing read of a backup; `digests` names every other entry with its SHA-256."""

    version: str
    revision: str
    mode: str
    database: str
    made_at: str
    rows: int
    tables: list[Table] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def to_json(self) -> bytes:
        """Write the manifest."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()


def read_manifest(data: bytes) -> Manifest:
    """Read a manifest; raise BackupRefusedError where it is none of ours."""
    try:
        values: dict[str, Any] = json.loads(data)
        tables = [Table(**table) for table in values.pop("tables")]
        manifest = Manifest(tables=tables, **values)
    except (ValueError, TypeError, KeyError) as error:
        raise BackupRefusedError("This file is not a backup of this program.") from error
    if manifest.format != FORMAT:
        raise BackupRefusedError(f"This backup has format {manifest.format}; {FORMAT} is wanted.")
    return manifest


def instance_files(instance: Path, database: Path | None) -> Iterator[Path]:
    """Yield what of an instance belongs in a backup, besides its database.

    Temporary files begin with a dot; locks, the queue and earlier backups stay out.
    """
    own = {database.name + end for end in ("", "-wal", "-shm", "-journal")} if database else set()
    for path in sorted(instance.rglob("*")):
        inside = path.relative_to(instance)
        if inside.parts[0] in LEFT_OUT_FOLDERS or not path.is_file() or path.is_symlink():
            continue
        if any(part.startswith(".") for part in inside.parts) or path.suffix == ".lock":
            continue
        if len(inside.parts) == 1 and inside.name in own | {schema.ABOUT, schema.ANCHORS}:
            continue
        yield path
