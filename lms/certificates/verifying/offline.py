"""Verify a certificate's file with nothing but a root: no register, no database, no network.

A root made here signs this site's seals and nothing else, so whatever it has directly issued as a
seal is one. The root of an authority that sells to anybody proves nothing by itself: beside it the
file of trusted certificates must hold the seal's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from lms.certificates.badge_outcome import CredentialOutcome
from lms.certificates.badges import jws
from lms.certificates.badges.attached import of_file
from lms.certificates.badges.checking import CredentialVerdict, carried_key, keys_of_chain
from lms.certificates.levels.later import Pin, Trust
from lms.certificates.verification import PdfOutcome, PdfVerdict, TrustedSeal
from lms.certificates.verifying import exact

MOST_LINKS: Final = 8
_MOST_DIGITS: Final = 256 * 1024
_LEAST_BITS: Final = 2048
_SHOWN: Final = ("number", "code", "holder", "course", "total_hours", "issued_on", "verify_url")


class NoRoot(ValueError):
    """The file of trusted certificates holds none that can be used."""


@dataclass(frozen=True)
class Anchors:
    """What is trusted offline: roots that sign seals alone, and seals that are named themselves."""

    roots: tuple[x509.Certificate, ...]
    seals: tuple[TrustedSeal, ...]

    @classmethod
    def of(cls, text: bytes) -> Anchors:
        """Read a file of certificates. Raises NoRoot."""
        try:
            links = x509.load_pem_x509_certificates(text)
        except ValueError as error:
            raise NoRoot("it holds no certificate in PEM") from error
        roots = tuple(link for link in links if _signs_seals_alone(link))
        named = tuple(_with_chain(link, links) for link in links if _is_seal(link))
        if not roots and not named:
            raise NoRoot(
                "it holds neither a root made by this software nor a seal's own certificate"
            )
        return cls(roots, named)

    def seals_for(self, data: bytes) -> tuple[TrustedSeal, ...]:
        """Return the seals by which a file may be judged: those named, and a root's own."""
        found = list(self.seals)
        for link in _signers(data):
            for root in self.roots:
                if _is_seal(link) and _issued(link, root):
                    found.append(TrustedSeal(_pem(link), (_pem(root),)))
        return tuple(dict.fromkeys(found))

    def signers_of(self, text: bytes) -> list[x509.Certificate]:
        """Return the seals among certificates that are trusted here, and those that are named."""
        named = [x509.load_pem_x509_certificate(seal.certificate_pem) for seal in self.seals]
        links = x509.load_pem_x509_certificates(text) if text else []
        ours = [link for link in links if _is_seal(link) and self._has_issued(link)]
        return [*named, *ours]

    def _has_issued(self, link: x509.Certificate) -> bool:
        return any(_issued(link, root) for root in self.roots)


def trust_of(authorities: bytes, signatories: bytes) -> Trust:
    """Read whose timestamps and whose own signatures count. Raises NoRoot."""
    try:
        roots = x509.load_pem_x509_certificates(authorities) if authorities else []
        people = x509.load_pem_x509_certificates(signatories) if signatories else []
    except ValueError as error:
        raise NoRoot("it holds no certificate in PEM") from error
    return Trust(tuple(_pem(root) for root in roots), tuple(Pin(_pem(own)) for own in people))


def read_badge_keys(text: bytes) -> dict[str, bytes]:
    """Read the keys of badges from a key set (JWKS). Raises NoRoot."""
    try:
        found = [jws.public_of(jwk) for jwk in json.loads(text)["keys"]]
    except (ValueError, KeyError, TypeError) as error:
        raise NoRoot("it holds no key set in JSON") from error
    keys = {jws.thumbprint(key): key for key in found if key is not None}
    if not keys:
        raise NoRoot("it holds no key of badges")
    return keys


def badge_of(
    verdict: PdfVerdict, anchors: Anchors, keys: Mapping[str, bytes] | None, *, now: datetime
) -> CredentialVerdict | None:
    """Judge the badge in a file, by the keys at hand or by the chain that it carries.

    Under a self-made root that chain leads to the root. Where the seal was bought, nothing at
    hand tells whose key it is: then only what the badge says, and its integrity, is judged.
    """
    if verdict.badge is None:
        return None
    if keys is not None:
        return of_file(verdict, keys, now=now)
    chained = keys_of_chain(verdict.badge, anchors.roots, at=verdict.signed_at or now)
    if chained or anchors.roots:
        return of_file(verdict, chained, now=now)
    found = of_file(verdict, carried_key(verdict.badge), now=now)
    if found is not None and found.outcome.fits:
        return replace(found, outcome=CredentialOutcome.KEY_UNCHECKED)
    return found


def report(
    verdict: PdfVerdict, seals: Sequence[TrustedSeal], badge: CredentialVerdict | None = None
) -> dict[str, Any]:
    """Say what was found, as plain values; what only the register knows is said to be open."""
    facts = _facts(verdict)
    is_odd = badge is not None and not badge.outcome.fits
    status = "badge_wrong" if is_odd else "genuine"
    said: dict[str, Any] = {
        "status": status if verdict.outcome is PdfOutcome.INTACT else verdict.outcome.value,
        "is_genuine": verdict.outcome is PdfOutcome.INTACT and not is_odd,
        "sha256": verdict.sha256,
        "code": verdict.claimed_code,
    }
    if verdict.outcome is not PdfOutcome.INTACT:
        if verdict.stranger:
            said["signed_by_somebody_else"] = verdict.stranger
        return said
    later = verdict.later
    return said | {
        "facts": {name: facts[name] for name in _SHOWN if name in facts},
        "issuers": facts.get("issuers", []),
        "is_model": facts.get("is_model", False),
        "sealed_at": verdict.signed_at.isoformat() if verdict.signed_at else None,
        "seal": {"fingerprint": verdict.seal_fingerprint, "owner": _owner(verdict, seals)},
        "level": later.level.value,
        "timestamps": [
            {"at": s.at.isoformat(), "authority": s.authority, "is_trusted": s.is_trusted}
            for s in later.stamps
        ],
        "signatories": [
            {"name": a.name, "at": a.at.isoformat() if a.at else None} for a in later.approvals
        ],
        "credential": {"status": badge.outcome.value, "detail": badge.detail} if badge else None,
        "left_open": ["revoked", "superseded", "expired", "seal_stolen"],
        "ask": facts.get("verify_url"),
    }


def _facts(verdict: PdfVerdict) -> dict[str, Any]:
    try:
        found = json.loads(verdict.facts or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _owner(verdict: PdfVerdict, seals: Sequence[TrustedSeal]) -> str:
    for seal in seals:
        link = x509.load_pem_x509_certificate(seal.certificate_pem)
        if link.fingerprint(SHA256()).hex() == verdict.seal_fingerprint:
            names = link.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
            return str(names[0].value) if names else ""
    return ""


def _signers(data: bytes) -> Iterator[x509.Certificate]:
    """List the certificates that the first signature carries, whoever made it."""
    for gap in exact.gaps(data):
        digits = data[gap.first + 1 : gap.second - 1]
        if len(digits) > _MOST_DIGITS:
            return
        try:
            signed = cms.ContentInfo.load(bytes.fromhex(digits.decode("ascii")))["content"]
            held = [link.dump() for link in list(signed["certificates"])[:MOST_LINKS]]
            yield from [x509.load_der_x509_certificate(der) for der in held]
        except (ValueError, TypeError, KeyError):
            return
        return


def _is_seal(link: x509.Certificate) -> bool:
    """Tell whether a certificate is one to seal with: no authority, RSA, made to sign."""
    try:
        key = link.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return False
    usage = _extension(link, x509.KeyUsage)
    basic = _extension(link, x509.BasicConstraints)
    return (
        isinstance(key, RSAPublicKey)
        and key.key_size >= _LEAST_BITS
        and usage is not None
        and (usage.digital_signature or usage.content_commitment)
        and not usage.key_cert_sign
        and not (basic is not None and basic.ca)
    )


def _signs_seals_alone(link: x509.Certificate) -> bool:
    """Tell whether a certificate is a root as this software makes them: no authority below it."""
    basic = _extension(link, x509.BasicConstraints)
    return (
        basic is not None
        and basic.ca
        and basic.path_length == 0
        and link.issuer == link.subject
        and _issued(link, link)
    )


def _extension(link: x509.Certificate, kind: Any) -> Any:
    try:
        return link.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, ValueError):
        return None


def _issued(link: x509.Certificate, by: x509.Certificate) -> bool:
    try:
        link.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _with_chain(link: x509.Certificate, around: Sequence[x509.Certificate]) -> TrustedSeal:
    """Pin a seal with the certificates above it, as far as they are given."""
    chain: list[x509.Certificate] = []
    last = link
    while len(chain) < MOST_LINKS and last.issuer != last.subject:
        above = next((other for other in around if _issued(last, other)), None)
        if above is None:
            break
        chain.append(above)
        last = above
    return TrustedSeal(_pem(link), tuple(_pem(each) for each in chain))


def _pem(link: x509.Certificate) -> bytes:
    return link.public_bytes(Encoding.PEM)
