"""The facts of a certificate, enclosed in its own file, so that programs can read them back.

The same that is printed, as JSON: after a loss the register is filled from the sealed files
themselves, without guessing at what stands where on the page.
"""

from __future__ import annotations

from typing import Any, Final

from pyhanko.pdf_utils.generic import DictionaryObject, StreamObject
from pyhanko.pdf_utils.reader import PdfFileReader
from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFName,
    PDFStream,
    PDFString,
    PDFZCompress,
)
from reportlab.pdfgen.canvas import Canvas

NAME: Final = "certificat.json"
MOST_BYTES: Final = 64 * 1024


def enclose(canvas: Canvas, text: str) -> None:
    """Attach the facts' canonical text to the file being drawn."""
    document = canvas._doc
    data = text.encode()
    stream = PDFStream(
        dictionary=PDFDictionary(
            {
                "Type": PDFName("EmbeddedFile"),
                "Subtype": "/application#2Fjson",  # a name with a slash; the library doesn't escape
                "Params": PDFDictionary({"Size": len(data)}),
            }
        ),
        content=data,
        filters=[PDFZCompress],
    )
    held = document.Reference(stream)
    file = document.Reference(
        PDFDictionary(
            {
                "Type": PDFName("Filespec"),
                "F": PDFString(NAME),
                "UF": PDFString(NAME),
                "AFRelationship": PDFName("Data"),
                "EF": PDFDictionary({"F": held, "UF": held}),
            }
        )
    )
    names = PDFArray([PDFString(NAME), file])
    catalog = document.Catalog
    catalog.Names = PDFDictionary({"EmbeddedFiles": PDFDictionary({"Names": names})})
    catalog.AF = PDFArray([file])
    catalog.__NoDefault__ = [*type(catalog).__NoDefault__, "AF"]


def enclosed_text(reader: PdfFileReader) -> str | None:
    """Return the facts' text from a file, or None; only a file whose seal holds is believed."""
    try:
        names: Any = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
        file: Any = names[1].get_object() if hasattr(names[1], "get_object") else names[1]
        stream: Any = file["/EF"]["/F"]
    except (KeyError, IndexError, TypeError):
        return None
    if not isinstance(file, DictionaryObject) or not isinstance(stream, StreamObject):
        return None
    data: bytes = stream.data
    return data.decode() if len(data) <= MOST_BYTES else None
