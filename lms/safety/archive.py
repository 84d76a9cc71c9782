"""The one safe reader of ZIP archives, and the writer of ours.

Nothing is ever unpacked to a disk: an archive is refused whole or becomes a plain dictionary.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from lms.errors import Unusable

_CHUNK = 64 * 1024
_END_SIGNATURE, _END_SIZE = b"PK\x05\x06", 22
_LONGEST_COMMENT = 65_535
_ZIP64_LOCATOR, _ZIP64_LOCATOR_SIZE = b"PK\x06\x07", 20
_LOCAL_HEADER_SIZE = 30
_DIRECTORY_BYTES_PER_ENTRY = 512  # 46 fixed, a name, and the extras that common programs write
_ENCRYPTED_FLAGS = 0x1 | 0x40
_EARLIEST = (1980, 1, 1, 0, 0, 0)
# What the library raises when headers are cut short or contradict each other.
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError),
)
_DRIVE = re.compile(r"[A-Za-z]:")


class RefusedBecause(StrEnum):
    """Why an archive can't be taken."""

    NOT_AN_ARCHIVE = "not_an_archive"
    DAMAGED = "damaged"
    TOO_LARGE = "too_large"
    TOO_MANY_ENTRIES = "too_many_entries"
    ENTRY_TOO_LARGE = "entry_too_large"
    SWOLLEN = "swollen"
    ENCRYPTED = "encrypted"
    METHOD = "method"
    OVERLAP = "overlap"
    SPECIAL_FILE = "special_file"
    NAME = "name"
    DUPLICATE = "duplicate"


class ArchiveRefused(Unusable):
    """An archive wasn't taken; nothing of it was used."""

    def __init__(self, reason: RefusedBecause, entry: str = "") -> None:
        super().__init__(f"{reason.value}: {entry}" if entry else reason.value)
        self.reason = reason
        self.entry = entry


@dataclass(frozen=True)
class Limits:
    """How much an archive may hold; what is counted are the bytes really read."""

    archive_bytes: int = 50 * 1024 * 1024
    entries: int = 2000
    entry_bytes: int = 32 * 1024 * 1024
    total_bytes: int = 80 * 1024 * 1024
    ratio: int = 200
    name_bytes: int = 240
    depth: int = 12


# Text compresses well: short entries are not judged by their ratio.
_RATIO_FROM = 1024 * 1024


def read_archive(
    source: bytes | Path | BinaryIO, *, limits: Limits | None = None
) -> dict[str, bytes]:
    """Return every file of a ZIP archive by its path, or raise ArchiveRefused.

    The paths are relative, use `/`, are NFC, and no two are equal without regard to case.
    """
    limits = limits or Limits()
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return _read(stream, limits)
    return _read(io.BytesIO(source) if isinstance(source, bytes) else source, limits)


def write_archive(entries: Mapping[str, bytes]) -> bytes:
    """Return a ZIP archive that is the same, byte for byte, for the same entries."""
    _check_names(entries, Limits())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(entries):
            info = zipfile.ZipInfo(name, date_time=_EARLIEST)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, wherever we run
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, entries[name], compresslevel=6)
    return out.getvalue()


def stream_archive(entries: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """Write an archive piece by piece, one entry in memory at a time.

    An entry that raises breaks it off without an end, so that no half archive passes for a whole.
    """
    out = _Pieces()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            info = zipfile.ZipInfo(name, date_time=_EARLIEST)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, wherever we run
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, data, compresslevel=1 if data.startswith(b"%PDF") else 6)
            yield from out.taken()
    yield from out.taken()


class _Pieces(io.RawIOBase):
    """What was written and not yet taken; it can't be gone back in."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held.append(bytes(data))
        return len(data)

    def taken(self) -> list[bytes]:
        found, self._held = self._held, []
        return found


def _read(stream: BinaryIO, limits: Limits) -> dict[str, bytes]:
    promised = _check_directory(stream, limits)
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            infos = archive.infolist()
            if len(infos) != promised:
                raise ArchiveRefused(RefusedBecause.DAMAGED)
            _check_entries(infos, limits)
            _check_overlap(infos, archive.start_dir)
            return _contents(archive, infos, limits)
    except _DAMAGE as error:
        raise ArchiveRefused(RefusedBecause.DAMAGED) from error


def _check_directory(stream: BinaryIO, limits: Limits) -> int:
    """Judge the directory before the library makes a list of it; return the promised entries."""
    size = stream.seek(0, io.SEEK_END)
    if size > limits.archive_bytes:
        raise ArchiveRefused(RefusedBecause.TOO_LARGE)
    if size < _END_SIZE:
        raise ArchiveRefused(RefusedBecause.NOT_AN_ARCHIVE)
    reach = min(size, _END_SIZE + _LONGEST_COMMENT + _ZIP64_LOCATOR_SIZE)
    stream.seek(size - reach)
    tail = stream.read(reach)
    end = _end_record(tail)
    entries: int
    directory_bytes: int
    entries, directory_bytes = struct.unpack_from("<10xHI", tail, end)
    before = tail[max(0, end - _ZIP64_LOCATOR_SIZE) : end]
    if before.startswith(_ZIP64_LOCATOR) or entries > limits.entries:
        raise ArchiveRefused(RefusedBecause.TOO_MANY_ENTRIES)
    if directory_bytes > limits.entries * _DIRECTORY_BYTES_PER_ENTRY:
        raise ArchiveRefused(RefusedBecause.TOO_MANY_ENTRIES)
    return entries


def _end_record(tail: bytes) -> int:
    """Find the end record where the library will find it, so that both see one archive."""
    end = len(tail) - _END_SIZE
    if tail.startswith(_END_SIGNATURE, end) and tail.endswith(b"\0\0"):
        return end
    end = tail.rfind(_END_SIGNATURE)
    if end < 0 or end + _END_SIZE > len(tail):
        raise ArchiveRefused(RefusedBecause.NOT_AN_ARCHIVE)
    (comment_bytes,) = struct.unpack_from("<20xH", tail, end)
    if end + _END_SIZE + comment_bytes != len(tail):
        raise ArchiveRefused(RefusedBecause.DAMAGED)
    return end


def _check_entries(infos: Sequence[zipfile.ZipInfo], limits: Limits) -> None:
    for info in infos:
        _check_kind(info)
    _check_names([info.orig_filename for info in infos], limits)


def _check_kind(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    if info.flag_bits & _ENCRYPTED_FLAGS:
        raise ArchiveRefused(RefusedBecause.ENCRYPTED, name)
    # bz2 and lzma swell without a bound that the library would let us set.
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ArchiveRefused(RefusedBecause.METHOD, name)
    kind = stat.S_IFMT(info.external_attr >> 16)
    expected = stat.S_IFDIR if name.endswith("/") else stat.S_IFREG
    if kind not in {0, expected} or (name.endswith("/") and info.file_size):
        raise ArchiveRefused(RefusedBecause.SPECIAL_FILE, name)


def _check_names(names: Iterable[str], limits: Limits) -> None:
    """Refuse names that leave the folder, hide something, or are the same on some system."""
    files: set[str] = set()
    folders: set[str] = set()
    for name in names:
        _check_name(name, limits)
        parts = _plain(name).split("/")
        key = "/".join(parts)
        folders.update("/".join(parts[:depth]) for depth in range(1, len(parts)))
        if name.endswith("/"):
            folders.add(key)
        elif key in files:
            raise ArchiveRefused(RefusedBecause.DUPLICATE, name)
        else:
            files.add(key)
    for clash in files & folders:
        raise ArchiveRefused(RefusedBecause.DUPLICATE, clash)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name.removesuffix("/")).casefold()


def _check_name(name: str, limits: Limits) -> None:
    parts = name.removesuffix("/").split("/")
    is_bad = (
        len(name.encode(errors="replace")) > limits.name_bytes
        or len(parts) > limits.depth
        or "\\" in name
        or not name.isprintable()
        or _DRIVE.match(name) is not None
        # An empty part is a leading or a doubled slash; a part that ends in a dot or a space
        # is another name on Windows.
        or any(not part or part[-1] in ". " or ":" in part for part in parts)
    )
    if is_bad:
        raise ArchiveRefused(RefusedBecause.NAME, name)


def _check_overlap(infos: Iterable[zipfile.ZipInfo], directory_at: int) -> None:
    """Refuse entries that share bytes: that is how a small archive holds endless data."""
    ordered = sorted(infos, key=lambda info: info.header_offset)
    ends = [info.header_offset for info in ordered[1:]] + [directory_at]
    for info, next_at in zip(ordered, ends, strict=False):
        shortest = _LOCAL_HEADER_SIZE + len(info.orig_filename) + info.compress_size
        if info.header_offset + shortest > next_at:
            raise ArchiveRefused(RefusedBecause.OVERLAP, info.orig_filename)


def _contents(
    archive: zipfile.ZipFile, infos: Iterable[zipfile.ZipInfo], limits: Limits
) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    left = limits.total_bytes
    for info in infos:
        if info.is_dir():
            continue
        data = _entry(archive, info, limits, left)
        left -= len(data)
        contents[unicodedata.normalize("NFC", info.filename)] = data
    return contents


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits, left: int) -> bytes:
    name = info.orig_filename
    swollen_at = max(_RATIO_FROM, limits.ratio * max(info.compress_size, 1))
    read = bytearray()
    with archive.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            read += chunk
            if len(read) > left:
                raise ArchiveRefused(RefusedBecause.TOO_LARGE, name)
            if len(read) > limits.entry_bytes:
                raise ArchiveRefused(RefusedBecause.ENTRY_TOO_LARGE, name)
            if len(read) > swollen_at:
                raise ArchiveRefused(RefusedBecause.SWOLLEN, name)
    if len(read) != info.file_size:
        raise ArchiveRefused(RefusedBecause.DAMAGED, name)
    return bytes(read)
