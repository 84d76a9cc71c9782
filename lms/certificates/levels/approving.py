"""Files go out to be signed by a signatory, and come back: only that signature may be new."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from cryptography import x509

from lms import clock, db
from lms.audit.services import record
from lms.certificates import register, seals
from lms.certificates.inspection import inspect_pdf
from lms.certificates.levels import signatories, trusting
from lms.certificates.levels.files import best_files
from lms.certificates.levels.later import Approval, Trust
from lms.certificates.models import Certificate, CertificateFile, SignatoryPin
from lms.certificates.states import HOLDER_ERASED, CertificateState
from lms.certificates.verification import SIZE_LIMIT, PdfOutcome, PdfVerdict
from lms.courses.models import Edition, Enrolment
from lms.files import store
from lms.safety.archive import ArchiveRefused, Limits, read_archive, write_archive

LIMITS = Limits(
    archive_bytes=256 * 1024 * 1024,
    entries=2000,
    entry_bytes=SIZE_LIMIT,
    total_bytes=512 * 1024 * 1024,
)
README = "CITESTE.txt"
_README = """\
FIȘIERE DE SEMNAT
1. Semnați fiecare PDF cu certificatul dumneavoastră, în programul pe care îl folosiți de obicei.
   Alegeți „semnătură” (nu „certificare”) și nu bifați blocarea documentului.
2. Salvați sub același nume. Nu tipăriți în PDF, nu uniți, nu comprimați și nu completați nimic.
3. Puneți fișierele semnate într-un ZIP și încărcați-l în pagina „Semnăturile semnatarilor”.
Fișierele poartă deja sigiliul și, unde este cazul, marca temporală: acestea rămân neschimbate.

FILES TO SIGN
1. Sign each PDF with your own certificate, in the program you use: a signature, not a
   certification; don't lock the document.
2. Save under the same name. Don't print to PDF, merge, compress or fill in anything.
3. Put the signed files into a ZIP and upload it on the page “Signatories' own signatures”.
The files bear the seal already, and timestamps where there are any: these stay as they are.
"""


@dataclass(frozen=True)
class Taken:
    """One file that came back signed: the certificate's number, and who has signed it."""

    name: str
    number: str
    signers: tuple[str, ...]


@dataclass(frozen=True)
class Refusal:
    """One file that isn't taken: why, in one word, and of whom or what it speaks."""

    name: str
    why: str
    detail: str = ""


class _NotTaken(Exception):
    """Why a file isn't taken."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(why)
        self.why, self.detail = why, detail


# Out -------------------------------------------------------------------------------------------


def to_sign(edition_id: int, *, unsigned_only: bool = True) -> list[tuple[str, str]]:
    """Return (number, hash of the best file) of an edition's valid certificates, by number."""
    numbers: dict[int, str] = {
        row[0]: row[1]
        for row in db.session().execute(
            sa.select(Certificate.id, Certificate.number)
            .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
            .where(
                Enrolment.edition_id == edition_id,
                Certificate.state == CertificateState.VALID,
                Certificate.facts["holder"].as_string() != HOLDER_ERASED,
            )
            .order_by(Certificate.serial)
        )
    }
    files = best_files(list(numbers))
    return [
        (number, files[key].sha256)
        for key, number in numbers.items()
        if key in files and not (unsigned_only and files[key].approvals)
    ]


def batch(wanted: Iterable[tuple[str, str]]) -> bytes:
    """Pack files to be signed, each under its number, with a page on what to do."""
    root = register.store_folder()
    entries = {README: _README.encode()}
    entries |= {f"{number}.pdf": store.get(root, sha256) for number, sha256 in wanted}
    return write_archive(entries)


def record_export(edition: Edition, count: int, *, by: int | None) -> None:
    """Write down that files went out to be signed."""
    record("certificates.sent_to_sign", by=by, on=edition, count=count)


# Back ------------------------------------------------------------------------------------------


def take_back(
    files: Iterable[tuple[str, bytes]], *, by: int | None, most: int | None = None
) -> Iterator[Taken | Refusal]:
    """Look at each file that came back, and keep what is as it must be, with its hash.

    Opens its own transactions; call it with none open.
    """
    trust = trusting.trust()
    db.end_reading()
    for number, (name, data) in enumerate(_each(files)):
        if most is not None and number >= most:
            yield Refusal(name, "too_many", str(most))
            return
        try:
            yield _take(name, data, trust, by=by)
        except _NotTaken as refusal:
            db.end_reading()
            yield Refusal(name, refusal.why, refusal.detail)


def _each(files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Go through files, and through those in a ZIP."""
    for name, data in files:
        if not data.startswith(b"PK"):
            yield name, data
            continue
        try:
            entries = read_archive(data, limits=LIMITS)
        except ArchiveRefused:
            yield name, b""
            continue
        yield from ((n, content) for n, content in sorted(entries.items()) if n != README)


@dataclass(frozen=True)
class _Base:
    """The kept file that a signed one begins with."""

    certificate_id: int
    number: str
    programme_id: int
    is_valid: bool
    approvals: int
    engine: str
    seal_fingerprint: str


def _take(name: str, data: bytes, trust: Trust, *, by: int | None) -> Taken:
    if not data.startswith(b"%PDF-"):
        raise _NotTaken("kind")
    if len(data) > SIZE_LIMIT:
        raise _NotTaken("large")
    sha256 = hashlib.sha256(data).hexdigest()
    base = _base_of(data, sha256)
    db.end_reading()
    verdict = inspect_pdf(data, trusted=seals.trusted(), later=trust)
    if verdict.outcome is not PdfOutcome.INTACT:
        raise _why(verdict)
    signers = _signers(base, verdict.later.approvals)
    if len(verdict.later.approvals) <= base.approvals:
        raise _NotTaken("unsigned")
    _keep(base, data, sha256, verdict, signers, by=by)
    return Taken(name, base.number, tuple(pinned.name for pinned in signers))


def _base_of(data: bytes, sha256: str) -> _Base:
    """Find the kept file whose bytes a file begins with: what went out must come back unchanged.

    Only beginnings of the sizes that are kept are hashed; the file isn't parsed for it.
    """
    sizes = db.session().scalars(
        sa.select(CertificateFile.size)
        .where(CertificateFile.size <= len(data))
        .distinct()
        .order_by(CertificateFile.size.desc())
    )
    digest, at = hashlib.sha256(), 0
    hashed: dict[str, int] = {}
    for size in sorted(sizes):
        digest.update(data[at:size])
        at = size
        hashed[digest.hexdigest()] = size
    rows = db.session().execute(
        sa.select(CertificateFile, Certificate, Edition.programme_id)
        .join(Certificate, Certificate.id == CertificateFile.certificate_id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .where(CertificateFile.sha256.in_(hashed))
        .order_by(CertificateFile.size.desc())
        .limit(1)
    )
    found = rows.first()
    if found is None:
        raise _NotTaken("not_given_out")
    file, certificate, programme_id = found
    if file.sha256 == sha256:
        raise _NotTaken("known" if file.approvals else "unsigned", certificate.number)
    if certificate.state is not CertificateState.VALID:
        raise _NotTaken("ended", certificate.number)
    return _Base(
        certificate.id,
        certificate.number,
        programme_id,
        is_valid=True,
        approvals=file.approvals,
        engine=file.engine,
        seal_fingerprint=file.seal_fingerprint,
    )


def _why(verdict: PdfVerdict) -> _NotTaken:
    if verdict.stranger is not None:
        return _NotTaken("stranger", verdict.stranger)
    return _NotTaken("changed" if verdict.outcome is PdfOutcome.ADDED_TO else "broken")


def _signers(base: _Base, approvals: Iterable[Approval]) -> list[SignatoryPin]:
    """Name who has signed, by the pins of the certificate's own programme that are in force."""
    pins = [p for p in signatories.pins_of(base.programme_id) if p.withdrawn_at is None]
    found: list[SignatoryPin] = []
    for approval in approvals:
        pinned = next((p for p in pins if signatories.admits(p, approval)), None)
        if pinned is None:
            raise _NotTaken("stranger", approval.name)
        if pinned in found:
            raise _NotTaken("twice", pinned.name)
        certificate = x509.load_der_x509_certificate(bytes.fromhex(approval.certificate))
        at = approval.at or clock.now()
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
            raise _NotTaken("expired", approval.name)
        found.append(pinned)
    db.session().expunge_all()
    return found


def _keep(
    base: _Base,
    data: bytes,
    sha256: str,
    verdict: PdfVerdict,
    signers: list[SignatoryPin],
    *,
    by: int | None,
) -> None:
    db.end_reading()
    store.put(register.store_folder(), data)
    later, now = verdict.later, clock.now()
    with db.writing() as session:
        certificate = session.scalars(
            sa.select(Certificate)
            .where(Certificate.id == base.certificate_id)
            .with_for_update(of=Certificate)
        ).one()
        if certificate.state is not CertificateState.VALID:
            raise _NotTaken("ended", certificate.number)
        file = CertificateFile(
            level=later.level.value,
            sha256=sha256,
            size=len(data),
            engine=base.engine,
            seal_fingerprint=base.seal_fingerprint,
            created_at=now,
            approvals=len(later.approvals),
            renewal=0,
            stamped_at=later.stamped_at,
            stamped_until=later.stamped_until,
            signed_by=_told(signers, later.approvals),
        )
        if not register.keep_file(certificate, file, by=by):
            raise _NotTaken("other_kept", certificate.number)
        record(
            "certificate.signed_by_signatory",
            by=by,
            on=certificate,
            number=certificate.number,
            signers=[pinned.name for pinned in signers],
        )


def _told(signers: list[SignatoryPin], approvals: Iterable[Approval]) -> list[list[str]]:
    return [
        [pinned.name, pinned.function, approval.at.isoformat() if approval.at else ""]
        for pinned, approval in zip(signers, approvals, strict=True)
    ]


@dataclass(frozen=True)
class Signed:
    """A signatory's own signature on a certificate, as pages name it."""

    name: str
    function: str
    at: datetime | None


def named(programme_id: int, approval: Approval) -> Signed:
    """Name a signature in a file by the programme's pins; the certificate's own name otherwise."""
    for pinned in signatories.pins_of(programme_id):
        if signatories.admits(pinned, approval):
            return Signed(pinned.name, pinned.function, approval.at)
    return Signed(approval.name, "", approval.at)


def signed_by(file: CertificateFile | None) -> list[Signed]:
    """Tell who has signed a kept file besides the seal."""
    rows = file.signed_by if file is not None else []
    return [
        Signed(name, function, datetime.fromisoformat(at) if at else None)
        for name, function, at in rows
    ]
