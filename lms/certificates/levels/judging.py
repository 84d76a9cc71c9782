"""Judge what stands after the seal: timestamps, evidence, and pinned signatories; no more.

Bytes that a signature covers are its business. The others (the gap of a signature, evidence behind
the last one) are written anew from what they say, and compared.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import Any, Final

from asn1crypto import cms, pem, x509
from cryptography.x509 import load_der_x509_certificate
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    validate_pdf_signature,
    validate_pdf_timestamp,
)
from pyhanko_certvalidator import ValidationContext

from lms.certificates.levels.appending import Evidence, append_evidence, evidence_in
from lms.certificates.levels.later import Approval, Later, Stamp, Trust
from lms.certificates.levels.level import Level
from lms.certificates.levels.proof import evidence_holds, family_of

_END: Final = re.compile(rb"%%EOF\r?\n?\Z")
_STAMP: Final = "/DocTimeStamp"
_NO_CONTENT: Final = cms.ContentInfo({"content_type": "data"}).dump()
_WIDEST: Final = (300.0, 140.0)  # points: a visible signature's picture, no more


class Refused(Exception):
    """Something stands after the seal that must not."""


class Unpinned(Refused):
    """A further signature, or a timestamp, by somebody who isn't known; the text names who."""


@dataclass
class _Walk:
    """What was seen on the way through the signatures."""

    stamps: list[Stamp] = field(default_factory=list)
    approvals: list[Approval] = field(default_factory=list)
    since: list[EmbeddedPdfSignature] = field(default_factory=list)  # stamps after the last signer


def judge_later(data: bytes, reader: PdfFileReader, trust: Trust) -> Later:
    """Judge all that follows the first signature, which is the seal's. Raises Refused."""
    seal, *others = reader.embedded_signatures
    end = _end_of(seal)
    walk = _Walk()
    for signature in others:
        end = _follows(data, signature, end)
        if signature.sig_object_type == _STAMP:
            walk.stamps.append(_stamp(data, signature, trust))
            walk.since.append(signature)
        else:
            walk.approvals.append(_approval(data, signature, trust))
            walk.since.clear()
    _tail(data, reader, end)
    _require_nothing_else(seal, may_sign=bool(walk.approvals))
    return Later(_level(reader, walk.since), tuple(walk.stamps), tuple(walk.approvals))


def _end_of(signature: EmbeddedPdfSignature) -> int:
    _, _, second, length = (int(number) for number in signature.byte_range)
    return second + length


def _follows(data: bytes, signature: EmbeddedPdfSignature, before: int) -> int:
    """Return where a later signature's range ends; it starts at 0 and takes in all before it."""
    start, first, second, length = (int(number) for number in signature.byte_range)
    end = second + length
    gap = data[first:second]
    if start != 0 or not before < first < second < end <= len(data):
        raise Refused("a signature that leaves out what came before it")
    if gap[:1] != b"<" or gap[-1:] != b">" or _END.search(data[end - 8 : end]) is None:
        raise Refused("a signature with something beside it")
    return end


def _stamp(data: bytes, signature: EmbeddedPdfSignature, trust: Trust) -> Stamp:
    _require_bare(data, signature)
    told = signature.signed_data["encap_content_info"]["content"].parsed["gen_time"].native
    at = told.astimezone(UTC)
    context = ValidationContext(
        trust_roots=[_parsed(text) for text in trust.authorities],
        moment=at,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    is_known = bool(trust.authorities)
    status = validate_pdf_timestamp(
        signature, validation_context=context if is_known else _any_trust(signature)
    )
    if not (status.intact and status.valid):
        raise Refused("a timestamp that doesn't fit the file")
    certificate = signature.signer_cert
    name = str(certificate.subject.native.get("common_name") or "?")
    if is_known and not status.trusted:
        raise Unpinned(name)
    return Stamp(
        at=at,
        until=certificate.not_valid_after.astimezone(UTC),
        authority=name,
        is_trusted=is_known and bool(status.trusted),
    )


def _require_bare(data: bytes, signature: EmbeddedPdfSignature) -> None:
    """Require that a timestamp's gap holds its token and nothing that no digest covers."""
    _, first, second, _ = (int(number) for number in signature.byte_range)
    digits = data[first + 1 : second - 1]
    signed: cms.SignedData = signature.signed_data
    written = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump().hex()
    is_plain = (
        digits.startswith(written.upper().encode())  # in the capitals that they are written in
        and not digits[len(written) :].strip(b"0")
        and _is_plain_token(signed)
    )
    if not is_plain:
        raise Refused("a timestamp with something beside it")


def _is_plain_token(signed: cms.SignedData) -> bool:
    """Tell whether a timestamp's token holds nothing that no digest covers."""
    names = {each["type"].native for each in signed["signer_infos"][0]["signed_attrs"]}
    is_bound = bool(names & {"signing_certificate", "signing_certificate_v2"})
    has_more = bool(signed["signer_infos"][0]["unsigned_attrs"])
    return signed["version"].native == "v3" and _is_tidy(signed) and is_bound and not has_more


def _is_tidy(signed: cms.SignedData) -> bool:
    """Tell whether all that no signature covers in a container is as it must be.

    No certificate stands free: the signer's is known by its key, and another must be signed by
    one that is there.
    """
    signer = signed["signer_infos"][0]
    found = extract_certificate_info(signed)
    others = [link.dump() for link in found.other_certs]
    algorithm = signer["digest_algorithm"].dump()
    return (
        len(signed["signer_infos"]) == 1
        and not signed["crls"]
        and [each.dump() for each in signed["digest_algorithms"]] == [algorithm]
        and signer["version"].native == "v1"
        and signer["sid"].name == "issuer_and_serial_number"
        # names are compared whatever their letters' case; bytes that nothing signs are not
        and signer["sid"].chosen["issuer"].dump() == found.signer_cert.issuer.dump()
        and len(family_of(others, known=[found.signer_cert.dump()])) == len(others)
    )


def _approval(data: bytes, signature: EmbeddedPdfSignature, trust: Trust) -> Approval:
    """Accept a signatory's own signature, if pinned, intact, and drawn in a small place."""
    der = signature.signer_cert.dump()
    certificate = load_der_x509_certificate(der)
    name = str(signature.signer_cert.subject.native.get("common_name") or "?")
    if not any(pin.admits(certificate) for pin in trust.signatories):
        raise Unpinned(name)
    status = validate_pdf_signature(
        signature,
        signer_validation_context=_any_trust(signature),
        skip_diff=True,
    )
    if not (status.intact and status.valid):
        raise Refused("a signature that doesn't fit the file")
    stamp = status.timestamp_validity
    if stamp is not None and not (stamp.intact and stamp.valid):
        raise Refused("a signature whose timestamp doesn't fit it")
    _require_small(signature)
    _require_tidy(data, signature)
    at = signature.self_reported_timestamp
    fingerprint = signature.signer_cert.sha256.hex()
    told = at.astimezone(UTC) if at and at.tzinfo else None
    return Approval(fingerprint, name, told, der.hex())


def _require_tidy(data: bytes, signature: EmbeddedPdfSignature) -> None:
    """Require that a signatory's gap holds a container, noughts, and nothing that isn't bound.

    Whoever signs at home uses any program: digits of either case are taken, but of one alone, and
    a timestamp over the signature, where it holds.
    """
    _, first, second, _ = (int(number) for number in signature.byte_range)
    digits = data[first + 1 : second - 1]
    signed: cms.SignedData = signature.signed_data
    written = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump(force=True)
    length = 2 * len(written)
    is_tidy = (
        digits[:length] in {written.hex().encode(), written.hex().upper().encode()}
        and not digits[length:].strip(b"0")
        and signed["version"].native == "v1"
        and signed["encap_content_info"].dump() == _NO_CONTENT
        and _is_tidy(signed)
        and all(_is_stamp(each) for each in signature.signer_info["unsigned_attrs"] or ())
    )
    if not is_tidy:
        raise Refused("a signature with something beside it")


def _is_stamp(attribute: cms.CMSAttribute) -> bool:
    """Tell whether an attribute is one timestamp; that it fits the signature is asked before."""
    is_stamp = attribute["type"].native == "signature_time_stamp_token"
    values = list(attribute["values"]) if is_stamp else []
    return len(values) == 1 and _is_plain_token(values[0]["content"])


def _any_trust(signature: EmbeddedPdfSignature) -> ValidationContext:
    """Look at a signature alone: whether its signer counts is decided elsewhere, by the pin."""
    certificate = signature.signer_cert
    return ValidationContext(
        trust_roots=[certificate],
        allow_fetching=False,
        moment=certificate.not_valid_before + timedelta(seconds=1),
        revocation_mode="soft-fail",
    )


def _require_small(signature: EmbeddedPdfSignature) -> None:
    """Require that a signature's picture can't hide the page."""
    box: Any = signature.sig_field.get("/Rect")
    if not isinstance(box, generic.ArrayObject) or len(box) != 4:
        return
    left, low, right, high = (float(side) for side in box)
    if abs(right - left) > _WIDEST[0] or abs(high - low) > _WIDEST[1]:
        raise Refused("a signature whose picture covers the page")


def _tail(data: bytes, reader: PdfFileReader, end: int) -> None:
    """Require that behind the last signature there is nothing, or evidence as we write it."""
    if end == len(data):
        return
    signed = data[:end]
    before = PdfFileReader(io.BytesIO(signed), strict=True)
    now, then = evidence_in(reader), evidence_in(before)
    fresh = now.without(then)
    if fresh == Evidence() or append_evidence(signed, fresh) != data:
        raise Refused("something behind the last signature")
    known = [link.dump() for link in _embedded(reader)]
    if not evidence_holds(fresh, known=[*known, *then.certificates]):
        raise Refused("evidence that isn't any")


def _embedded(reader: PdfFileReader) -> Iterator[Any]:
    for signature in reader.embedded_signatures:
        found = extract_certificate_info(signature.signed_data)
        yield found.signer_cert
        yield from found.other_certs


def _require_nothing_else(seal: EmbeddedPdfSignature, *, may_sign: bool) -> None:
    """Require that since the seal only signatures, timestamps and evidence were added."""
    status = validate_pdf_signature(
        seal,
        signer_validation_context=_any_trust(seal),
    )
    allowed = ModificationLevel.FORM_FILLING if may_sign else ModificationLevel.LTA_UPDATES
    level = status.modification_level
    if (
        not status.intact
        or status.coverage < SignatureCoverageLevel.ENTIRE_REVISION
        or level is None
        or level > allowed
        or not status.docmdp_ok
    ):
        raise Refused("something was changed after the seal")


def _level(reader: PdfFileReader, stamps: Sequence[EmbeddedPdfSignature]) -> Level:
    """Tell the level of the last signer: every signature below has at least as much."""
    if not stamps:
        return Level.BASIC
    at_first = _evidence_at(reader, stamps[0])
    if _evidence_at(reader, stamps[-1]) != at_first:
        return Level.ARCHIVED
    return Level.EVIDENCED if evidence_in(reader) != at_first else Level.TIMESTAMPED


def _evidence_at(reader: PdfFileReader, signature: EmbeddedPdfSignature) -> Evidence:
    """Read the evidence that a signature covers."""
    end = _end_of(signature)
    reader.stream.seek(0)
    return evidence_in(PdfFileReader(io.BytesIO(reader.stream.read(end)), strict=True))


def _parsed(text: bytes) -> x509.Certificate:
    _, _, der = pem.unarmor(text)
    return x509.Certificate.load(der)
