"""Ways that leave every signed byte in its place and append to it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from random import Random
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.general import SigningError

from bench.tampering.ways import Sample, container_of, way, with_digits

# Appended --------------------------------------------------------------------------------------


def _append(data: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes | None:
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(data))
        change(writer)
        out = io.BytesIO()
        writer.write(out)
    except PdfError:  # it can't be appended to: another way will do
        return None
    return out.getvalue()


def _name(text: str) -> generic.NameObject:
    return generic.pdf_name(text)


def _box(chance: Random) -> generic.ArrayObject:
    x, y = chance.randint(0, 600), chance.randint(0, 400)
    sides = (x, y, x + chance.randint(1, 400), y + chance.randint(1, 200))
    return generic.ArrayObject([generic.NumberObject(side) for side in sides])


def _page(writer: IncrementalPdfFileWriter) -> Any:
    return writer.root["/Pages"]["/Kids"][0]


@way("annotations", 5)
def annotation(chance: Random, sample: Sample) -> bytes | None:
    """Append a note, a link, a stamp or a picture of an annotation."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        kind = chance.choice(
            ("/FreeText", "/Stamp", "/Link", "/Square", "/Widget", "/Popup", "/Text")
        )
        note = generic.DictionaryObject(
            {
                _name("/Type"): _name("/Annot"),
                _name("/Subtype"): _name(kind),
                _name("/Contents"): generic.pdf_string(f"{chance.randint(1, 900)} de ore"),
                _name("/Rect"): _box(chance),
                _name("/F"): generic.NumberObject(chance.choice((0, 2, 4, 132))),
            }
        )
        page = _page(writer)
        held = page.get("/Annots", generic.ArrayObject())
        held.append(writer.add_object(note))
        page["/Annots"] = held
        writer.update_container(page)

    return _append(sample.data, change)


@way("overlays", 5)
def overlay(chance: Random, sample: Sample) -> bytes | None:
    """Append another page's content over the first, or in its place."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = _page(writer)
        shape = f"1 1 1 rg {chance.randint(0, 600)} {chance.randint(0, 400)} 300 90 re f".encode()
        new = writer.add_object(generic.StreamObject(stream_data=shape))
        old = page.raw_get("/Contents")
        page["/Contents"] = chance.choice(
            [generic.ArrayObject([old, new]), generic.ArrayObject([new, old]), new]
        )
        writer.update_container(page)

    return _append(sample.data, change)


@way("incremental updates", 5)
def catalog_entry(chance: Random, sample: Sample) -> bytes | None:
    """Append another entry to the catalog, the page or the facts of the file."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        key = chance.choice(("/OpenAction", "/Extra", "/AA", "/OCProperties", "/Lang", "/Perms"))
        value: Any = chance.choice(
            (
                generic.pdf_string("x"),
                generic.NullObject(),
                generic.DictionaryObject({_name("/S"): _name("/JavaScript")}),
            )
        )
        if chance.random() < 0.3:
            page = _page(writer)
            page[_name(chance.choice(("/Rotate", "/MediaBox", "/CropBox", "/UserUnit")))] = (
                _box(chance) if chance.random() < 0.5 else generic.NumberObject(90)
            )
            writer.update_container(page)
        else:
            writer.root[_name(key)] = value
            writer.update_root()

    return _append(sample.data, change)


@way("incremental updates", 3)
def object_again(chance: Random, sample: Sample) -> bytes:
    """Append, by hand, another body for an object there is, with a table of its own."""
    numbers = [int(m[1]) for m in re.finditer(rb"(?:^|\n)(\d{1,4}) 0 obj", sample.data)]
    number = chance.choice(numbers or [1])
    body = chance.choice((b"<</Type/Catalog>>", b"null", b"[0 0 9 9]", b"(120 de ore)", b"<<>>"))
    at = len(sample.data)
    written = b"%d 0 obj\n%b\nendobj\n" % (number, body)
    last = re.findall(rb"startxref\s+(\d+)", sample.data)[-1]
    root = re.findall(rb"/Root (\d+ 0 R)", sample.data)
    trailer = b"trailer\n<</Size 900/Root %b/Prev %b>>\nstartxref\n%d\n%%%%EOF\n" % (
        root[-1] if root else b"1 0 R",
        last,
        at + len(written),
    )
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, at)
    return sample.data + written + table + trailer


@way("incremental updates", 1)
def hybrid(chance: Random, sample: Sample) -> bytes:
    """Append a table that points at a second one for other readers."""
    at = len(sample.data)
    last = re.findall(rb"startxref\s+(\d+)", sample.data)[-1]
    return sample.data + (
        b"xref\n0 0\ntrailer\n<</Size 900/Root 1 0 R/Prev %b/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n"
        % (last, chance.randrange(at), at)
    )


# Signed anew -----------------------------------------------------------------------------------


@way("look-alike signers", 4)
def sealed_by_a_forger(chance: Random, sample: Sample) -> bytes:
    """Seal the same page with a seal of the same name."""
    return chance.choice(sample.forgers).sign(sample.unsigned, at=sample.at)


@way("look-alike signers", 4)
def forger_with_our_certificate(chance: Random, sample: Sample) -> bytes | None:
    """Seal with another key, and put our certificates into the container."""
    forged = chance.choice(sample.forgers).sign(sample.unsigned, at=sample.at)
    twin = Sample("", forged, b"", b"", (), sample.at)
    container, ours = container_of(twin), container_of(sample)
    container["content"]["certificates"] = ours["content"]["certificates"]
    if chance.random() < 0.5:
        container["content"]["signer_infos"][0]["sid"] = ours["content"]["signer_infos"][0]["sid"]
    return with_digits(twin, container.dump(force=True).hex().upper().encode())


@way("additional signatures", 4)
def signed_again(chance: Random, sample: Sample) -> bytes | None:
    """Append a forger's signature, in a field of its own, over the genuine file."""
    forger = chance.choice(sample.forgers)
    meta = PdfSignatureMetadata(
        field_name=f"Second{chance.randint(1, 99)}",
        md_algorithm="sha256",
        subfilter=chance.choice((SigSeedSubFilter.PADES, SigSeedSubFilter.ADOBE_PKCS7_DETACHED)),
        certify=chance.random() < 0.3,
        reason=chance.choice((None, "Aprobat")),
    )
    try:
        out = PdfSigner(meta, signer=forger._cms).sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(sample.data)), bytes_reserved=16384
        )
    except (PdfError, SigningError):  # this file can't be certified, or signed, again
        return None
    return bytes(out.getvalue())


@way("additional signatures", 2)
def field_without_signature(chance: Random, sample: Sample) -> bytes | None:
    """Append an empty field that covers the page, for somebody to sign."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        box = (chance.randint(0, 300), chance.randint(0, 200), 700, 500)
        spec = SigFieldSpec(f"Loc{chance.randint(1, 99)}", on_page=0, box=box)
        append_signature_field(writer, spec)

    return _append(sample.data, change)
