"""The facts of a certificate, enclosed in its own file, so that programs can read them back.

The same that is printed, as JSON: after a loss the register is filled from the sealed files
themselves, without guessing at what stands where on the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.reader import PdfFileReader

from lms.certificates.document import FACTS_FILE

MOST_BYTES: Final = 64 * 1024
BADGE_ENDING: Final = ".jwt"


def enclosed_text(reader: PdfFileReader) -> str | None:
    """Return the facts' text from a file, or None; only a file whose seal holds is believed."""
    try:
        return _text(dict(_files(reader))[FACTS_FILE])
    except (KeyError, IndexError, TypeError):
        return None


def enclosed_badge(reader: PdfFileReader) -> str | None:
    """Return the text of the badge in a file; None where there is none.

    Empty where it can't be read, or where several call themselves one: nobody knows then which
    another program takes.
    """
    try:
        found = [file for name, file in _files(reader) if _is_badge(name, file)]
        return None if not found else (_text(found[0]) or "") if len(found) == 1 else ""
    except (KeyError, IndexError, TypeError, UnicodeDecodeError):
        return ""


def _files(reader: PdfFileReader) -> Iterator[tuple[str, Any]]:
    names: Any = reader.root.get("/Names", {}).get("/EmbeddedFiles", {}).get("/Names", [])
    for at in range(0, len(names), 2):
        yield str(names[at]), names[at + 1]


def _is_badge(name: str, file: Any) -> bool:
    called = (name, str(file.get("/F", "")), str(file.get("/UF", "")))
    return any(each.lower().endswith(BADGE_ENDING) for each in called)


def _text(file: Any) -> str | None:
    stream: Any = file["/EF"]["/F"]
    if not isinstance(stream, StreamObject):
        return None
    data: bytes = stream.data
    return data.decode() if len(data) <= MOST_BYTES else None
