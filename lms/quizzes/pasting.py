"""What is pasted or uploaded into the workshop's box, turned into text; pictures are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from werkzeug.datastructures import FileStorage

from lms.quizzes.exchange.pictures import decoded
from lms.quizzes.services.pictures import Gathered
from lms.quizzes.workshop.document import to_text
from lms.quizzes.workshop.docx_reader import (
    MOST_BYTES,
    DocumentFault,
    DocumentRefused,
    read_docx,
)
from lms.quizzes.workshop.html_paste import read_html
from lms.web.forms import lazy

_DATA = re.compile(r"data:image/[a-z+.-]{1,20};base64,", re.IGNORECASE)
_TEXT_SUFFIXES = (".txt", ".gift", ".md")
SENTENCES = {
    DocumentFault.OLD_WORD: lazy(
        "This is an old Word document (.doc). Open it in Word, choose “Save as”, the kind "
        "“Word document (.docx)”, and upload that file."
    ),
    DocumentFault.NOT_WORD: lazy(
        "This is not a Word document. Upload a .docx file, a picture or a text file, "
        "or paste the text."
    ),
    DocumentFault.TOO_LARGE: lazy("The document is too large: 10 MB at most."),
    DocumentFault.DAMAGED: lazy("The document is damaged and can’t be read; nothing was taken."),
}


@dataclass(frozen=True)
class Converted:
    """The text that came of it, and the pictures that it shows."""

    text: str
    pictures: Gathered


def from_html(html: str) -> Converted:
    """Turn the clipboard's HTML into text."""
    gathered = Gathered()

    def picture(address: str) -> str:
        match = _DATA.match(address)
        data = decoded(address[match.end() :]) if match else None
        return gathered.add(data) if data is not None else ""

    return Converted(to_text(read_html(html, picture)), gathered)


def from_file(file: FileStorage) -> Converted:
    """Turn a document, a picture or a text file into text; raise DocumentRefused."""
    data = file.stream.read(MOST_BYTES + 1)
    gathered = Gathered()
    name = (file.filename or "").lower()
    if data[:4] in (b"\x89PNG", b"GIF8", b"RIFF") or data.startswith(b"\xff\xd8\xff"):
        kept = gathered.add(data)
        if not kept:
            raise DocumentRefused(DocumentFault.DAMAGED)
        return Converted(f"![]({kept})", gathered)
    if name.endswith(_TEXT_SUFFIXES):
        return Converted(_decoded(data), gathered)
    return Converted(to_text(read_docx(data, gathered.add)), gathered)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        try:
            return data.decode("cp1250").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise DocumentRefused(DocumentFault.NOT_WORD) from error


def joined(text: str, more: str) -> str:
    """Put what was read after what stands there."""
    return f"{text.rstrip()}\n\n{more}\n" if text.strip() else f"{more}\n"
