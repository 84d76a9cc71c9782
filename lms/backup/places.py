"""Where backups are put: a folder, or a bucket of an S3-like store."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from lms.backup.manifest import BackupRefusedError

PORTION = 8 * 1024 * 1024
_NAME = re.compile(r"atestat-[\w.+]+-(?P<at>\d{4}-\d\d-\d\d-\d{6})-[0-9a-f]{4}\.zip(?:\.age)?")


@dataclass(frozen=True, order=True)
class Kept:
    """A backup that a place holds."""

    at: datetime
    name: str
    size: int


def kept_of(name: str, size: int) -> Kept | None:
    """Read a backup's instant from its name; None where it is no backup of ours."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    at = datetime.strptime(match["at"], "%Y-%m-%d-%H%M%S").replace(tzinfo=UTC)
    return Kept(at, name, size)


class Place(Protocol):
    """A place for backups; each raises BackupRefusedError where it can't do it."""

    @property
    def shown(self) -> str:
        """Name the place without its secrets."""

    def put(self, source: Path, name: str) -> None:
        """Keep a file under a name, whole or not at all."""

    def get(self, name: str, target: Path) -> None:
        """Fetch a file into a new one."""

    def list(self) -> list[Kept]:
        """List our backups, the oldest first; nothing else that lies there."""

    def delete(self, name: str) -> None:
        """Remove a file; one that is gone is no fault."""


class Folder:
    """A folder of this machine: another disk, best of all."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def shown(self) -> str:
        """Name the folder."""
        return str(self.path)

    def put(self, source: Path, name: str) -> None:
        """Copy beside the place, sync, rename."""
        part = self.path / f".{name}.{secrets.token_hex(4)}"
        with _explained(self.shown):
            try:
                descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as target, source.open("rb") as stream:
                    shutil.copyfileobj(stream, target, PORTION)
                    target.flush()
                    os.fsync(target.fileno())
                part.replace(self.path / name)
            finally:
                part.unlink(missing_ok=True)

    def get(self, name: str, target: Path) -> None:
        """Copy out."""
        with _explained(self.shown), (self.path / name).open("rb") as held, target.open("xb") as to:
            target.chmod(0o600)
            shutil.copyfileobj(held, to, PORTION)

    def list(self) -> list[Kept]:
        """List what our names stand for."""
        with _explained(self.shown):
            found = (kept_of(p.name, p.stat().st_size) for p in self.path.iterdir())
            return sorted(kept for kept in found if kept is not None)

    def delete(self, name: str) -> None:
        """Remove a file."""
        with _explained(self.shown):
            (self.path / name).unlink(missing_ok=True)


class Bucket:
    """A bucket of a store that speaks S3, with a prefix."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        bucket, _, prefix = parts.path.strip("/").partition("/")
        if not (parts.hostname and bucket and parts.username and parts.password):
            raise BackupRefusedError(
                "LMS_BACKUP_TO must be a folder, or s3://KEY:SECRET@host/bucket/prefix."
            )
        scheme = "http" if parts.scheme == "s3+http" else "https"
        port = f":{parts.port}" if parts.port else ""
        self.shown = f"s3://{parts.hostname}{port}/{bucket}/{prefix}".rstrip("/")
        self._store = S3Store(
            bucket,
            prefix=prefix or None,
            endpoint=f"{scheme}://{parts.hostname}{port}",
            access_key_id=unquote(parts.username),
            secret_access_key=unquote(parts.password),
            region=parse_qs(parts.query).get("region", ["us-east-1"])[0],
            virtual_hosted_style_request=False,
            client_options={"allow_http": scheme == "http", "timeout": "300s"},
            retry_config={"max_retries": 3},
        )

    def put(self, source: Path, name: str) -> None:
        """Upload in parts; the store shows the object once it is whole."""
        with _explained(self.shown):
            obstore.put(self._store, name, source, chunk_size=PORTION, max_concurrency=2)

    def get(self, name: str, target: Path) -> None:
        """Download a portion at a time."""
        with _explained(self.shown):
            answer = obstore.get(self._store, name)
            with target.open("xb") as stream:
                target.chmod(0o600)
                for portion in answer.stream(min_chunk_size=PORTION):
                    stream.write(portion)

    def list(self) -> list[Kept]:
        """List what our names stand for."""
        with _explained(self.shown):
            found = [
                kept_of(Path(str(item["path"])).name, int(item["size"]))
                for page in obstore.list(self._store)
                for item in page
            ]
            return sorted(kept for kept in found if kept is not None)

    def delete(self, name: str) -> None:
        """Remove an object."""
        with _explained(self.shown), contextlib.suppress(FileNotFoundError):
            obstore.delete(self._store, name)


@contextmanager
def _explained(shown: str) -> Iterator[None]:
    """Turn what a disk or a store says into one sentence."""
    try:
        yield
    except (OSError, BaseError) as error:
        reason = getattr(error, "strerror", None) or str(error).strip().partition("\n")[0]
        raise BackupRefusedError(f"{shown} can't be used: {reason[:300]}.") from error


def place_of(address: str) -> Place:
    """Return the place that LMS_BACKUP_TO names."""
    if address.startswith(("s3://", "s3+http://")):
        return Bucket(address)
    path = Path(address)
    if not path.is_absolute() or not path.is_dir():
        raise BackupRefusedError(
            f"LMS_BACKUP_TO names {address}, which is no folder (a full path is needed)."
        )
    return Folder(path)
