"""Read an untrusted PDF and tell, by strict rules, whether one of our seals covers all of it.

What the bytes alone tell (`verifying.exact`) comes first; pyHanko's own validation must agree with
it, and the rules after that close what viewers leave open: bytes before or behind the document, a
second signature, and bytes beside the signature that no digest covers (its padding, and whatever
its container holds unsigned). What may stand behind the seal (timestamps, evidence, pinned
signatories) is judged by `levels.judging`.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from asn1crypto import cms, pem, x509
from pyhanko.pdf_utils.generic import TextStringObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    validate_pdf_signature,
)
from pyhanko_certvalidator import ValidationContext

from lms.certificates.enclosed import enclosed_badge, enclosed_text
from lms.certificates.levels.judging import Refused, Unpinned, judge_later
from lms.certificates.levels.later import Later, Trust
from lms.certificates.numbering import normalise_code
from lms.certificates.verification import SIZE_LIMIT, PdfOutcome, PdfVerdict, TrustedSeal
from lms.certificates.verifying import exact
from lms.certificates.verifying.apart import apart

_PICTURES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_END: Final = re.compile(rb"%%EOF\r?\n?\Z")
_SIGNATURE_KEYS: Final = frozenset(
    {"/Type", "/Filter", "/SubFilter", "/M", "/Contents", "/ByteRange"}
)
_ATTRIBUTES: Final = frozenset(
    {
        "content_type",
        "message_digest",
        "signing_certificate_v2",
    }
)


@dataclass(frozen=True)
class _Pinned:
    """A trusted seal, parsed."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]


def inspect_pdf(
    data: bytes, *, trusted: Sequence[TrustedSeal], later: Trust | None = None
) -> PdfVerdict:
    """Inspect the bytes of an upload; never raises for anything the bytes may hold.

    `later` says whose timestamps and signatures count after the seal.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    if not data.startswith(b"%PDF-"):
        return PdfVerdict(_without_header(data), sha256)
    if len(data) > SIZE_LIMIT:
        return PdfVerdict(PdfOutcome.TOO_LARGE, sha256)
    seen = exact.look(data, trusted)
    if seen is not None and (refused := _refused_at_once(data, seen)) is not None:
        return PdfVerdict(
            refused,
            sha256,
            seal_fingerprint=_fingerprint(_parse(seen.seal.certificate_pem)),
            claimed_code=exact.code_in(data),
        )
    try:
        pinned = [_pin(seal) for seal in trusted]
        verdict = apart(lambda: _inspect(data, sha256, pinned, later or Trust()))
    except Exception:  # a hostile file may break a parser in any way
        outcome = PdfOutcome.CHANGED if b"/ETSI.CAdES.detached" in data else PdfOutcome.UNREADABLE
        return PdfVerdict(outcome, sha256, claimed_code=exact.code_in(data))
    if verdict.outcome is PdfOutcome.INTACT and seen is None:
        # both must say so
        return replace(verdict, outcome=PdfOutcome.CHANGED, facts=None, badge=None)
    return verdict


def _refused_at_once(data: bytes, seen: exact.Seen) -> PdfOutcome | None:
    """Refuse by bytes alone what no reader of PDF need look at; None where one must."""
    if not seen.holds:
        return PdfOutcome.CHANGED
    adds = seen.end < len(data) and exact.has_one_gap(data)
    return PdfOutcome.ADDED_TO if adds else None


def _without_header(data: bytes) -> PdfOutcome:
    if data.startswith(_PICTURES) or data[8:12] == b"WEBP" or data[4:8] == b"ftyp":
        return PdfOutcome.IMAGE
    return PdfOutcome.ADDED_TO if b"%PDF-" in data[:4096] else PdfOutcome.NOT_PDF


def _inspect(data: bytes, sha256: str, pinned: Sequence[_Pinned], trust: Trust) -> PdfVerdict:
    reader = PdfFileReader(io.BytesIO(data), strict=True)
    if reader.encrypted:
        return PdfVerdict(PdfOutcome.UNREADABLE, sha256)
    code = _claimed_code(reader)
    signatures = reader.embedded_signatures
    if not signatures:
        return PdfVerdict(PdfOutcome.NO_SIGNATURE, sha256, claimed_code=code)
    ours = [(s, p) for s in signatures for p in pinned if _signed_by(s, p)]
    if not ours:
        return PdfVerdict(PdfOutcome.UNKNOWN_SIGNER, sha256, claimed_code=code)
    signature, seal = ours[0]
    found, signer = Later(), None
    if len(signatures) == 1:
        outcome = _judge_signature(data, signature, seal)
    elif len(ours) > 1 or signature is not signatures[0]:
        outcome = PdfOutcome.MANY_SIGNATURES
    else:
        outcome = _judge_first(data, seal)
        try:
            if outcome is PdfOutcome.INTACT:
                found = judge_later(data, reader, trust)
        except Unpinned as who:
            outcome, signer = PdfOutcome.MANY_SIGNATURES, str(who)
        except Refused:
            outcome = PdfOutcome.ADDED_TO
    return PdfVerdict(
        outcome,
        sha256,
        signed_at=_reported_time(signature),
        seal_fingerprint=_fingerprint(seal.certificate),
        claimed_code=code,
        facts=enclosed_text(reader) if outcome is PdfOutcome.INTACT else None,
        badge=enclosed_badge(reader) if outcome is PdfOutcome.INTACT else None,
        later=found,
        stranger=signer,
    )


def _judge_first(data: bytes, seal: _Pinned) -> PdfOutcome:
    """Judge the file as it was when only the seal stood in it, by the same rules as alone."""
    whole = PdfFileReader(io.BytesIO(data), strict=True).embedded_signatures[0]
    _, _, second, length = (int(number) for number in whole.byte_range)
    first = data[: second + length]
    signatures = PdfFileReader(io.BytesIO(first), strict=True).embedded_signatures
    if len(signatures) != 1 or not _signed_by(signatures[0], seal):
        return PdfOutcome.MANY_SIGNATURES
    return _judge_signature(first, signatures[0], seal)


def _judge_signature(data: bytes, signature: EmbeddedPdfSignature, seal: _Pinned) -> PdfOutcome:
    at = _reported_time(signature)
    if at is None or not _lives(seal.certificate, at):
        return PdfOutcome.CHANGED
    if not _covers_all(data, signature):
        return PdfOutcome.ADDED_TO
    if not _is_bare(data, signature, seal):
        return PdfOutcome.CHANGED
    status = validate_pdf_signature(signature, signer_validation_context=_context(seal, at))
    if not (status.intact and status.valid):
        return PdfOutcome.CHANGED
    if not status.trusted:
        return PdfOutcome.UNKNOWN_SIGNER
    whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    alone = status.modification_level is ModificationLevel.NONE
    return PdfOutcome.INTACT if whole and alone else PdfOutcome.ADDED_TO


def _covers_all(data: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Tell whether the two ranges hold every byte but the signature's own, to the last."""
    start, first, second, length = (int(number) for number in signature.byte_range)
    ends_well = _END.search(data[-16:]) is not None
    gap = data[first:second]
    return (
        start == 0
        and second + length == len(data)
        and ends_well
        and gap[:1] == b"<"
        and gap[-1:] == b">"
    )


def _is_bare(data: bytes, signature: EmbeddedPdfSignature, seal: _Pinned) -> bool:
    """Tell whether the gap holds the signature's container as the seal writes it, and no more.

    These bytes are outside the digest, so each must be one that can't be otherwise: the
    container is written anew from what is pinned or signed, and compared.
    """
    _, first, second, _ = (int(number) for number in signature.byte_range)
    digits = data[first + 1 : second - 1]
    written = _container(signature.signer_info, seal).hex().upper().encode()
    return (
        digits.startswith(written)
        and not digits[len(written) :].strip(b"0")
        and set(signature.sig_object.keys()) == _SIGNATURE_KEYS
        and {attribute["type"].native for attribute in signature.signer_info["signed_attrs"]}
        == _ATTRIBUTES
    )


def _container(signer: cms.SignerInfo, seal: _Pinned) -> bytes:
    """Write the container of a B-B signature, taking only attributes and signature as given."""
    issuer = cms.IssuerAndSerialNumber(
        {"issuer": seal.certificate.issuer, "serial_number": seal.certificate.serial_number}
    )
    info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier("issuer_and_serial_number", issuer),
            "digest_algorithm": {"algorithm": "sha256"},
            "signed_attrs": cms.CMSAttributes.load(signer["signed_attrs"].untag().dump(force=True)),
            "signature_algorithm": {"algorithm": "sha256_rsa"},
            "signature": signer["signature"].native,
        }
    )
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": "data"},
            "certificates": [
                cms.CertificateChoices("certificate", link)
                for link in (seal.certificate, *seal.chain)
            ],
            "signer_infos": [info],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())


def _signed_by(signature: EmbeddedPdfSignature, seal: _Pinned) -> bool:
    return bool(signature.signer_cert.dump() == seal.certificate.dump())


def _context(seal: _Pinned, at: datetime) -> ValidationContext:
    """Trust the seal's own root alone, at the time of signing, without asking any network.

    A self-made seal has no list of revocations; the register is what knows.
    """
    return ValidationContext(
        trust_roots=[seal.chain[-1] if seal.chain else seal.certificate],
        other_certs=list(seal.chain),
        moment=at,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )


def _lives(certificate: x509.Certificate, at: datetime) -> bool:
    validity = certificate["tbs_certificate"]["validity"]
    return bool(validity["not_before"].native <= at <= validity["not_after"].native)


def _reported_time(signature: EmbeddedPdfSignature) -> datetime | None:
    at = signature.self_reported_timestamp
    return at.astimezone(UTC) if at is not None and at.tzinfo is not None else None


def _claimed_code(reader: PdfFileReader) -> str | None:
    """Read the code that rendering put among the keywords; the file may lie about it."""
    try:
        keywords = reader.trailer["/Info"]["/Keywords"]
    except KeyError:
        return None
    if not isinstance(keywords, TextStringObject):
        return None
    for word in str(keywords)[:200].replace(",", " ").split():
        if code := normalise_code(word):
            return code
    return None


def _pin(seal: TrustedSeal) -> _Pinned:
    return _Pinned(_parse(seal.certificate_pem), tuple(_parse(link) for link in seal.chain_pem))


def _fingerprint(certificate: x509.Certificate) -> str:
    return hashlib.sha256(certificate.dump()).hexdigest()


def _parse(text: bytes) -> x509.Certificate:
    _, _, der = pem.unarmor(text)
    return x509.Certificate.load(der)
