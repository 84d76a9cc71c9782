"""Read lost certificates back from what is left of them: sealed PDFs, and the register of a day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from lms import db
from lms.certificates import public, queries, sealing, seals
from lms.certificates.document import CertificateDocument
from lms.certificates.errors import NotRecovered
from lms.certificates.levels.appending import issued_part
from lms.certificates.numbering import CertificateNumber, parse_number
from lms.certificates.register import store_folder
from lms.certificates.register_file import (
    DUPLICATE,
    NotARegister,
    RegisterRow,
    is_sealed,
    read_register,
)
from lms.certificates.states import CertificateState
from lms.certificates.verification import PdfOutcome, PdfVerdict
from lms.files import store
from lms.safety.archive import ArchiveRefused, Limits, read_archive

MOST_FILES = 2000
_BESIDE = frozenset({"registru.csv", "sha256.txt"})  # in our own ZIP of originals
LIMITS = Limits(
    archive_bytes=256 * 1024 * 1024,
    entries=MOST_FILES,
    entry_bytes=64 * 1024 * 1024,
    total_bytes=512 * 1024 * 1024,
)


@dataclass(frozen=True)
class RaisedFile:
    """A file that holds the issued one and what was appended to it since."""

    sha256: str
    size: int
    level: str
    approvals: int
    stamped_at: str
    stamped_until: str
    data: bytes = b""


@dataclass(frozen=True)
class FoundDuplicate:
    """A duplicate on paper that a day's register tells of; all of it text but its ordinal."""

    ordinal: int
    on: str
    reason: str
    granted_at: str
    asked_on: str
    asked_by: str = ""
    declaration: str = ""


@dataclass(frozen=True)
class Found:
    """One number with all that a file says of it; `data` is the sealed PDF where there is one.

    `state` is the newest that the file knows of: a PDF knows that it was issued, no more.
    """

    number: str
    state: str
    facts: dict[str, Any]
    sha256: str = ""
    size: int = 0
    engine: str = ""
    fingerprint: str = ""
    reserved_at: str = ""
    issued_at: str = ""
    since: str = ""
    reason: str = ""
    supersedes: str = ""
    expires_on: str = ""
    enrolment_id: int | None = None
    enrolled_at: str = ""
    organisation: str = ""
    source: str = ""
    data: bytes = b""
    raised: RaisedFile | None = None  # the file as it was found, where it is more than was issued
    duplicates: tuple[FoundDuplicate, ...] = ()

    @property
    def parsed(self) -> CertificateNumber:
        """The number's parts."""
        found = parse_number(self.number)
        assert found is not None  # nothing else is found
        return found

    @property
    def holder(self) -> str:
        """The name that is printed; empty where the number was annulled."""
        return str(self.facts.get("holder", ""))

    def to_plain(self) -> dict[str, Any]:
        """Return what JSON can hold; the PDF's bytes stay in the store."""
        raised = asdict(self.raised) | {"data": ""} if self.raised else None
        return asdict(replace(self, data=b"", raised=None)) | {"data": "", "raised": raised}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Found:
        """Read what `to_plain` gave."""
        raised = plain.get("raised")
        own = RaisedFile(**{**raised, "data": b""}) if raised else None
        again = tuple(FoundDuplicate(**each) for each in plain.get("duplicates", ()))
        return cls(**{**plain, "data": b"", "raised": own, "duplicates": again})


@dataclass(frozen=True)
class Refusal:
    """A file that can't be used, and why, in one word."""

    name: str
    why: str


def read_files(
    files: list[tuple[str, bytes]], *, beside: frozenset[str] = frozenset()
) -> Iterator[Found | Refusal]:
    """Read PDFs, ZIPs of PDFs and registers of a day; what can't be used comes as a refusal.

    Of files `beside` those that count nothing is said.
    """
    for name, data in files:
        try:
            if data.startswith(b"PK"):
                yield from read_files(_unpacked(data), beside=_BESIDE)
            elif data.startswith(b"%PDF-"):
                yield from_pdf(name, data)
            elif b"#sfarsit;" in data[-4096:]:
                yield from from_register(name, data)
            elif name.rsplit("/", 1)[-1] not in beside:
                raise NotRecovered("kind")
        except NotRecovered as refusal:
            yield Refusal(name, refusal.why)


def _unpacked(data: bytes) -> list[tuple[str, bytes]]:
    try:
        entries = read_archive(data, limits=LIMITS)
    except ArchiveRefused as error:
        raise NotRecovered("archive") from error
    if any(content.startswith(b"PK") for content in entries.values()):
        raise NotRecovered("archive")  # none within another
    return sorted(entries.items())


def from_pdf(name: str, data: bytes) -> Found:
    """Read a sealed certificate; only one that our seal covers whole is believed."""
    sha256 = hashlib.sha256(data).hexdigest()
    here = queries.by_sha256(sha256)
    db.end_reading()  # looking at the file takes its time
    if here is not None and store.path_of(store_folder(), sha256).exists():
        raise NotRecovered("known")
    seen = public.inspect(data)
    if seen.outcome is not PdfOutcome.INTACT or seen.facts is None or seen.signed_at is None:
        raise NotRecovered(_why(seen))
    _refuse_stolen(seen.seal_fingerprint, seen.later.stamped_at)
    facts = json.loads(seen.facts)
    number = parse_number(str(facts.get("number", "")))
    if number is None or facts.get("format") != 1:
        raise NotRecovered("facts")
    signed_at = seen.signed_at.isoformat()
    issued = issued_part(data)
    return Found(
        number=str(number),
        state=CertificateState.VALID.value,
        facts=facts,
        sha256=hashlib.sha256(issued).hexdigest(),
        size=len(issued),
        engine="recovered",
        fingerprint=seen.seal_fingerprint or "",
        reserved_at=signed_at,
        issued_at=signed_at,
        since=signed_at,
        source=f"PDF: {name}"[:200],
        data=issued,
        raised=_raised(seen, data) if issued != data else None,
    )


def _raised(seen: PdfVerdict, data: bytes) -> RaisedFile:
    later = seen.later
    return RaisedFile(
        sha256=seen.sha256,
        size=len(data),
        level=later.level.value,
        approvals=len(later.approvals),
        stamped_at=later.stamped_at.isoformat() if later.stamped_at else "",
        stamped_until=later.stamped_until.isoformat() if later.stamped_until else "",
        data=data,
    )


def _refuse_stolen(fingerprint: str | None, stamped_at: datetime | None = None) -> None:
    """Whoever has a stolen key writes any day into what he seals: nothing under it proves more.

    A timestamp isn't the thief's to give: one from before the theft stands.
    """
    since = sealing.stolen_since(fingerprint)
    if since is not None and (stamped_at is None or stamped_at >= since):
        raise NotRecovered("stolen")


def _why(seen: PdfVerdict) -> str:
    if seen.outcome is PdfOutcome.INTACT:
        return "facts"
    if seen.outcome is PdfOutcome.UNKNOWN_SIGNER:
        return "signer"
    return "changed"


def from_register(name: str, data: bytes) -> Iterator[Found]:
    """Read the rows of a day's register; only one that our seal has signed is believed."""
    try:
        read = read_register(data)
    except NotARegister as error:
        raise NotRecovered("changed") from error
    if not is_sealed(read, seals.trusted()):
        raise NotRecovered("signer")
    _refuse_stolen(read.fingerprint)
    again: dict[str, list[FoundDuplicate]] = {}
    for row in read.rows:
        if row.stare == DUPLICATE:
            again.setdefault(row.numar, []).append(_duplicate_of(row))
    for row in read.rows:
        number = parse_number(row.numar)
        if number is not None and row.stare != DUPLICATE:
            found = _from_row(str(number), row, name)
            yield replace(found, duplicates=tuple(again.get(row.numar, ())))


def _duplicate_of(row: RegisterRow) -> FoundDuplicate:
    return FoundDuplicate(
        ordinal=int(row.duplicat_nr),
        on=row.duplicat_din,
        reason=row.motiv,
        granted_at=row.stare_din_utc,
        asked_on=row.cerut_la,
        asked_by=row.cerut_de,
        declaration=row.declaratie,
    )


def _from_row(number: str, row: RegisterRow, name: str) -> Found:
    facts = json.loads(row.fapte) if row.fapte else {}
    if facts:
        # A logo may be gone by now; all else must be a document of ours.
        CertificateDocument.read_only(facts)
    return Found(
        number=number,
        state=CertificateState(row.stare).value,
        facts=facts,
        sha256=row.sha256,
        size=int(row.marime or 0),
        engine=row.motor,
        fingerprint=row.sigiliu,
        reserved_at=row.rezervat_utc,
        issued_at=row.emis_utc,
        since=row.stare_din_utc,
        reason=row.motiv,
        supersedes=row.inlocuieste,
        expires_on=row.valabil_pana_la,
        enrolment_id=int(row.inscriere) if row.inscriere else None,
        enrolled_at=row.inscris_la,
        organisation=row.organizatie,
        source=name[:200],
    )


def instant(text: str) -> datetime | None:
    """Read an instant; empty is none."""
    return datetime.fromisoformat(text) if text else None
