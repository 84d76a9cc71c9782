"""A seal judged by bytes alone, before any reader of PDF is asked.

All that a seal's signatures have in common is known beforehand: the container differs only in the
file's digest and in the signature itself. So the gap of a genuine file is compared with what it
must be, to the last digit, and every byte beside it is under the digest. A file that passes is
one that the seal has signed, whatever a reader would make of it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from asn1crypto import cms, pem, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate
from pyhanko.sign.general import as_signing_certificate_v2

from lms.certificates.numbering import normalise_code
from lms.certificates.verification import TrustedSeal

_RANGE: Final = re.compile(
    rb"/ByteRange\s{0,12}\[\s{0,12}(\d{1,9})\s{1,12}(\d{1,9})\s{1,12}(\d{1,9})\s{1,12}(\d{1,9})\s{0,12}\]"
)
_DIGITS: Final = re.compile(rb"[0-9A-F]+")
_PADDING: Final = re.compile(rb"0*>")  # a container ends with its signature: nothing follows
_CODE: Final = re.compile(rb"(?<![0-9A-Za-z])[0-9A-Z]{27}(?![0-9A-Za-z])")
_DIGEST: Final = bytes(range(100, 132))  # stands for the digest while a container is taken apart
_MOST_RANGES: Final = 64


@dataclass(frozen=True)
class Gap:
    """Where a signature's digits stand, and the end of what its ranges take in."""

    first: int
    second: int
    end: int


@dataclass(frozen=True)
class Container:
    """What one seal's signatures have in common, split where the digest and the signature stand.

    `attributes` is what is signed, split where the digest stands.
    """

    head: bytes
    middle: bytes
    attributes: tuple[bytes, bytes]
    public_key: RSAPublicKey

    def holds(self, gap: bytes, digest: bytes) -> bool:
        """Tell whether a gap is this seal's signature over a digest, padded with zeros alone."""
        written = b"<" + _digits(self.head + digest + self.middle)
        end = len(written) + 2 * (self.public_key.key_size // 8)
        signature, padding = gap[len(written) : end], gap[end:]
        if not gap.startswith(written) or _DIGITS.fullmatch(signature) is None:
            return False
        if _PADDING.fullmatch(padding) is None:
            return False
        before, after = self.attributes
        try:
            self.public_key.verify(
                bytes.fromhex(signature.decode()),
                before + digest + after,
                PKCS1v15(),
                hashes.SHA256(),
            )
        except InvalidSignature:
            return False
        return True

    def begins(self, gap: bytes) -> bool:
        """Tell whether a gap begins as this seal's do; the case of its digits aside."""
        return gap[1 : 1 + 2 * len(self.head)].upper() == _digits(self.head)


@dataclass(frozen=True)
class Seen:
    """A pinned seal's signature: whether it holds, and where what it covers ends."""

    seal: TrustedSeal
    holds: bool
    end: int


def gaps(data: bytes) -> Iterator[Gap]:
    """List the gaps that a file's own words lay out from its first byte on."""
    for number, found in enumerate(_RANGE.finditer(data)):
        if number == _MOST_RANGES:
            return
        start, first, second, length = (int(part) for part in found.groups())
        if start == 0 < first < second <= second + length <= len(data):
            yield Gap(first, second, second + length)


def look(data: bytes, trusted: Sequence[TrustedSeal]) -> Seen | None:
    """Find the first signature that is laid out as a pinned seal's; None where there is none."""
    for gap in gaps(data):
        digits = data[gap.first : gap.second]
        for seal in trusted:
            container = container_of(seal)
            if container is not None and container.begins(digits):
                digest = hashlib.sha256(data[: gap.first])
                digest.update(data[gap.second : gap.end])
                return Seen(seal, container.holds(digits, digest.digest()), gap.end)
    return None


def has_one_gap(data: bytes) -> bool:
    """Tell whether a file lays out one signature and no more."""
    return len(_RANGE.findall(data)) == 1


def code_in(data: bytes) -> str | None:
    """Find a code that stands in a file's bytes as plain text, without reading the file."""
    for found in _CODE.finditer(data):
        if code := normalise_code(found.group().decode()):
            return code
    return None


@lru_cache(maxsize=64)
def container_of(seal: TrustedSeal) -> Container | None:
    """Write the container of a seal's signatures with its two places open; None without RSA."""
    key = load_pem_x509_certificate(seal.certificate_pem).public_key()
    if not isinstance(key, RSAPublicKey):
        return None
    links = [_parsed(link) for link in (seal.certificate_pem, *seal.chain_pem)]
    own = links[0]
    attributes = cms.CMSAttributes(
        [
            _attribute("content_type", "data"),
            _attribute("message_digest", _DIGEST),
            _attribute("signing_certificate_v2", as_signing_certificate_v2(own)),
        ]
    )
    attributes = cms.CMSAttributes.load(attributes.dump(force=True))
    mark = bytes(index * 7 % 251 for index in range(key.key_size // 8))
    issuer = cms.IssuerAndSerialNumber({"issuer": own.issuer, "serial_number": own.serial_number})
    info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier("issuer_and_serial_number", issuer),
            "digest_algorithm": {"algorithm": "sha256"},
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": "sha256_rsa"},
            "signature": mark,
        }
    )
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": "data"},
            "certificates": [cms.CertificateChoices("certificate", link) for link in links],
            "signer_infos": [info],
        }
    )
    whole = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
    head, _, rest = whole.rpartition(_DIGEST)
    middle, _, nothing = rest.partition(mark)
    assert not nothing  # the signature is a container's last field
    before, _, after = attributes.dump().partition(_DIGEST)
    return Container(head, middle, (before, after), key)


def _digits(data: bytes) -> bytes:
    """Write bytes as the seal does, in capital hexadecimal digits."""
    return data.hex().upper().encode()


def _attribute(name: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": name, "values": (value,)})


def _parsed(text: bytes) -> x509.Certificate:
    _, _, der = pem.unarmor(text)
    return x509.Certificate.load(der)
