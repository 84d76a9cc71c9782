"""Which files people may hand in: known by what they hold, not by what they are called."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lms.safety.archive import ArchiveRefused, Limits, read_archive
from lms.safety.file_names import safe_file_name
from lms.safety.scans import ScanRefused, check_pdf, check_picture

MOST_BYTES: Final = 10 * 1024 * 1024
SUFFIXES: Final = ("pdf", "docx", "xlsx", "odt", "ods", "jpg", "jpeg", "png")

_ODF = "application/vnd.oasis.opendocument."
_OOXML = "application/vnd.openxmlformats-officedocument."
_MEDIA: Final = {
    "pdf": "application/pdf",
    "docx": _OOXML + "wordprocessingml.document",
    "xlsx": _OOXML + "spreadsheetml.sheet",
    "odt": _ODF + "text",
    "ods": _ODF + "spreadsheet",
    "jpg": "image/jpeg",
    "png": "image/png",
}
_MAIN_PART: Final = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_LIMITS: Final = Limits(
    archive_bytes=MOST_BYTES,
    entries=3000,
    entry_bytes=64 * 1024 * 1024,
    total_bytes=120 * 1024 * 1024,
)
# Programs inside a document: what opens it might run them.
_PROGRAMS: Final = ("vbaproject", "vbadata", "activex", "basic/", "scripts/", "macrosheets")


class FileFault(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    KIND = "kind"  # none of the kinds that are taken
    DAMAGED = "damaged"  # does not hold what its name says
    PROGRAM = "program"  # holds macros
    PASSWORD = "password"  # noqa: S105 -- a reason


class FileNotTaken(ValueError):
    """The file is not taken; nothing of it is kept."""

    def __init__(self, fault: FileFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class CheckedFile:
    """A file found to be what it says: a tidy name, our own word for its kind, its bytes."""

    name: str
    media_type: str
    data: bytes


def check_file(name: str, data: bytes) -> CheckedFile:
    """Return the file as it may be kept; raise FileNotTaken."""
    if not data:
        raise FileNotTaken(FileFault.EMPTY)
    if len(data) > MOST_BYTES:
        raise FileNotTaken(FileFault.TOO_LARGE)
    tidy = safe_file_name(name, fallback="lucrare")
    suffix = tidy.rpartition(".")[2].lower()
    if suffix not in SUFFIXES:
        raise FileNotTaken(FileFault.KIND)
    kind = "jpg" if suffix == "jpeg" else suffix
    if kind in ("pdf", "jpg", "png"):
        _check_scan(data, kind)
    else:
        _check_document(data, kind)
    return CheckedFile(tidy, _MEDIA[kind], data)


def _check_scan(data: bytes, kind: str) -> None:
    """Check what people scan or photograph, as every scan of this site is checked."""
    try:
        if kind == "pdf":
            check_pdf(data)
        else:
            check_picture(data, "JPEG" if kind == "jpg" else "PNG")
    except ScanRefused as error:
        raise FileNotTaken(FileFault(error.fault.value)) from error


def _check_document(data: bytes, kind: str) -> None:
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # the wrapping of a document behind a password
        raise FileNotTaken(FileFault.PASSWORD)
    try:
        parts = read_archive(data, limits=_LIMITS)
    except ArchiveRefused as error:
        raise FileNotTaken(FileFault.DAMAGED) from error
    lowered = [name.lower() for name in parts]
    if any(program in name for name in lowered for program in _PROGRAMS):
        raise FileNotTaken(FileFault.PROGRAM)
    if kind in _MAIN_PART:
        types = parts.get("[Content_Types].xml", b"")
        if b"macroEnabled" in types:
            raise FileNotTaken(FileFault.PROGRAM)
        if _MAIN_PART[kind] not in parts or _MEDIA[kind].encode() not in types:
            raise FileNotTaken(FileFault.DAMAGED)
    elif parts.get("mimetype", b"").strip() != _MEDIA[kind].encode() or "content.xml" not in parts:
        raise FileNotTaken(FileFault.DAMAGED)
