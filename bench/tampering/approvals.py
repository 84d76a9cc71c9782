"""Ways that change what a signatory's own signature leaves uncovered: the gap it stands in."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from asn1crypto import cms, pem, x509

from bench.tampering.ways import RANGE, SIGNATORIES, Sample, put, way


def _gap(sample: Sample) -> tuple[int, int] | None:
    """Where the last signature's digits stand, in a file that a signatory has signed."""
    if not sample.needs_pin:
        return None
    found = list(RANGE.finditer(sample.data))[-1]
    return int(found[2]) + 1, int(found[3]) - 1


def _with(sample: Sample, container: cms.ContentInfo) -> bytes | None:
    first, last = _gap(sample) or (0, 0)
    digits = container.dump(force=True).hex().encode()
    room = last - first
    if len(digits) > room:
        return None
    return put(sample.data, first, digits.ljust(room, b"0"), instead_of=room)


def _container(sample: Sample) -> cms.ContentInfo:
    first, last = _gap(sample) or (0, 0)
    return cms.ContentInfo.load(bytes.fromhex(sample.data[first:last].decode()))


@way(SIGNATORIES, 6)
def digit(chance: Random, sample: Sample) -> bytes | None:
    """Write another digit, or the same in the other case, into a signatory's container."""
    gap = _gap(sample)
    if gap is None:
        return None
    first, last = gap
    used = len(sample.data[first:last].rstrip(b"0"))
    at = first + chance.randrange(used)
    old = sample.data[at : at + 1]
    new = chance.choice((old.swapcase(), chance.choice("0123456789abcdef").encode()))
    return put(sample.data, at, new, instead_of=1)


@way(SIGNATORIES, 1)
def stray_certificate(chance: Random, sample: Sample) -> bytes | None:
    """Put a certificate that nobody there has issued into a signatory's container."""
    if _gap(sample) is None:
        return None
    container = _container(sample)
    _, _, der = pem.unarmor(chance.choice(sample.forgers).certificate_pem)
    stray = cms.CertificateChoices("certificate", x509.Certificate.load(der))
    container["content"]["certificates"].append(stray)
    return _with(sample, container)


@way(SIGNATORIES, 1)
def unsigned_attribute(chance: Random, sample: Sample) -> bytes | None:
    """Put an attribute that nothing covers into a signatory's container."""
    if _gap(sample) is None:
        return None
    container = _container(sample)
    when = cms.Time("utc_time", datetime(2001, 1, chance.randint(1, 28), tzinfo=UTC))
    told = cms.CMSAttribute({"type": "signing_time", "values": [when]})
    stamp = cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [container.copy()]})
    more = cms.CMSAttributes([chance.choice((told, stamp))])
    container["content"]["signer_infos"][0]["unsigned_attrs"] = more
    return _with(sample, container)
