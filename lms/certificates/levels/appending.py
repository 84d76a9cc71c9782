"""Append to a sealed file what keeps it verifiable; not one byte before is touched.

A timestamp is a revision of its own, and so is the evidence. The evidence is written by one
function of its content alone: what no signature covers yet can be written anew and compared.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps.api import TimeStamper

DIGEST: Final = "sha256"
_KINDS: Final = (("/Certs", "certificates"), ("/CRLs", "crls"), ("/OCSPs", "ocsps"))


@dataclass(frozen=True)
class Evidence:
    """What a verifier needs later: certificates, lists of revocation, answers; each as DER."""

    certificates: tuple[bytes, ...] = field(default=())
    crls: tuple[bytes, ...] = field(default=())
    ocsps: tuple[bytes, ...] = field(default=())

    def without(self, known: Evidence) -> Evidence:
        """Leave out what another evidence holds already."""
        return Evidence(
            *(
                tuple(item for item in getattr(self, name) if item not in getattr(known, name))
                for _, name in _KINDS
            )
        )


class _Appender(IncrementalPdfFileWriter):
    """Append without the time of day and without chance: the second id comes from the content."""

    @classmethod
    def _handle_id(cls, prev: Any) -> generic.ArrayObject:
        first = prev.trailer["/ID"][0]
        kept = getattr(first, "original_bytes", first)
        prev.stream.seek(0)
        content = hashlib.sha256(prev.stream.read()).digest()[:16]
        return generic.ArrayObject(
            [generic.ByteStringObject(kept), generic.ByteStringObject(content)]
        )

    def _update_meta(self) -> None:
        """Leave the metadata alone."""


async def append_timestamp(pdf: bytes, stamper: TimeStamper) -> bytes:
    """Append a document timestamp over all bytes there are; an OSError where none is given."""
    taken = len(PdfFileReader(io.BytesIO(pdf), strict=True).embedded_timestamp_signatures)
    out = io.BytesIO()
    await PdfTimeStamper(stamper, field_name=f"Timestamp{taken + 1}").async_timestamp_pdf(
        _Appender(io.BytesIO(pdf)), DIGEST, output=out
    )
    return out.getvalue()


def append_evidence(pdf: bytes, evidence: Evidence) -> bytes:
    """Append evidence to what the file holds of it; the same bytes for the same evidence."""
    writer = _Appender(io.BytesIO(pdf))
    held = _references(writer.root)
    store: Any = generic.DictionaryObject(  # type: ignore[no-untyped-call]
        {generic.pdf_name("/Type"): generic.pdf_name("/DSS")}
    )
    for key, name in _KINDS:
        fresh = [
            writer.add_object(generic.StreamObject(stream_data=item))
            for item in getattr(evidence, name)
        ]
        if held[name] or fresh:
            store[generic.pdf_name(key)] = generic.ArrayObject([*held[name], *fresh])
    writer.root[generic.pdf_name("/DSS")] = writer.add_object(store)
    writer.update_root()  # type: ignore[no-untyped-call]
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def issued_part(data: bytes) -> bytes:
    """Return the beginning of a file that its first signature, the seal, covers."""
    first = PdfFileReader(io.BytesIO(data), strict=True).embedded_signatures[0]
    _, _, second, length = (int(number) for number in first.byte_range)
    return data[: second + length]


def evidence_in(reader: PdfFileReader) -> Evidence:
    """Read the evidence that a file holds."""
    found = {name: tuple(_streams(reader, key)) for key, name in _KINDS}
    return Evidence(**found)


def _streams(reader: PdfFileReader, key: str) -> Iterator[bytes]:
    for reference in _references(reader.root)[dict(_KINDS)[key]]:
        stream = reference.get_object()
        if not isinstance(stream, generic.StreamObject):
            raise ValueError(f"{key} holds something else than streams")
        yield bytes(stream.data)


def _references(root: generic.DictionaryObject) -> dict[str, list[Any]]:
    """Return the references of the store of evidence, by kind."""
    store = root["/DSS"] if "/DSS" in root else None  # noqa: SIM401 -- `get` follows no reference
    found: dict[str, list[Any]] = {name: [] for _, name in _KINDS}
    if isinstance(store, generic.DictionaryObject):
        for key, name in _KINDS:
            if key in store:
                array = store[key]
                found[name] = [array.raw_get(index) for index in range(len(array))]
    return found
