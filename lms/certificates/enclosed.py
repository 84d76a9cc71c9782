"""The facts of a certificate, enclosed in its own file, so that programs can read them back.

The same that is printed, as JSON: after a loss the register is filled from the sealed files
themselves, without guessing at what stands where on the page.
"""

from __future__ import annotations

from typing import Any, Final

from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.reader import PdfFileReader

from lms.certificates.document import FACTS_FILE

MOST_BYTES: Final = 64 * 1024


def enclosed_text(reader: PdfFileReader) -> str | None:
    """Return the facts' text from a file, or None; only a file whose seal holds is believed."""
    try:
        names: Any = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
        held = {str(names[at]): names[at + 1] for at in range(0, len(names), 2)}
        stream: Any = held[FACTS_FILE]["/EF"]["/F"]
    except (KeyError, IndexError, TypeError):
        return None
    if not isinstance(stream, StreamObject):
        return None
    data: bytes = stream.data
    return data.decode() if len(data) <= MOST_BYTES else None
