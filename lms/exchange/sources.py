"""A course's files from a folder or an archive, and back."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from lms.exchange.course_files import COURSE, MAX_FILES, MAX_TOTAL_BYTES
from lms.exchange.errors import FolderRefused
from lms.safety.archive import Limits, read_archive

ZIP_LIMITS = Limits(
    archive_bytes=20 * 1024 * 1024,
    entries=MAX_FILES,
    entry_bytes=2 * 1024 * 1024,
    total_bytes=MAX_TOTAL_BYTES,
)


def files_of_zip(data: bytes) -> dict[str, bytes]:
    """Read an archive, whole or not at all; raise ArchiveRefused."""
    return _from_root(read_archive(data, limits=ZIP_LIMITS))


def files_of_folder(folder: Path) -> dict[str, bytes]:
    """Read a folder; hidden files are left out, links and endless folders refused."""
    files: dict[str, bytes] = {}
    total = 0
    for path in _walk(folder):
        total += path.stat().st_size
        if len(files) >= MAX_FILES or total > MAX_TOTAL_BYTES:
            raise FolderRefused(f"{folder} holds more than a course: too many files or bytes.")
        files[path.relative_to(folder).as_posix()] = path.read_bytes()
    return _from_root(files)


def _walk(folder: Path) -> Iterator[Path]:
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(base) / name
            if name.startswith("."):
                continue
            if path.is_symlink() or not path.is_file():
                raise FolderRefused(f"{path} is a link or a special file.")
            yield path


def _from_root(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Drop what systems leave behind, and the one folder that many archives begin with."""
    wanted = {
        path: data
        for path, data in files.items()
        if not path.startswith("__MACOSX/")
        and not any(part.startswith(".") for part in PurePosixPath(path).parts)
    }
    tops = {path.partition("/")[0] for path in wanted}
    if COURSE in wanted or len(tops) != 1:
        return wanted
    prefix = f"{tops.pop()}/"
    if f"{prefix}{COURSE}" not in wanted:
        return wanted
    return {path.removeprefix(prefix): data for path, data in wanted.items()}


def write_folder(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files into an empty or new folder; raise FolderRefused where one is in the way."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderRefused(f"{folder} exists and is not empty; name another folder.")
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
