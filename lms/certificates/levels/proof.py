"""Whether certificates and lists of revocation are what they say: each by its issuer's key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from asn1crypto import ocsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from lms.certificates.levels.appending import Evidence

_DIGESTS: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


def family_of(links: Sequence[bytes], *, known: Sequence[bytes] = ()) -> list[x509.Certificate]:
    """Return the certificates (DER) signed by another of them, a known one, or their own key."""
    own = [x509.load_der_x509_certificate(der) for der in links]
    above = [*own, *(x509.load_der_x509_certificate(der) for der in known)]
    return [link for link in own if any(_issued(link, by) for by in above)]


def _issued(link: x509.Certificate, by: x509.Certificate) -> bool:
    try:
        link.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def evidence_holds(evidence: Evidence, *, known: Sequence[bytes]) -> bool:
    """Tell whether every piece of evidence is signed by a certificate that belongs to the file."""
    strangers = [der for der in evidence.certificates if der not in known]
    around = [*known, *evidence.certificates]
    if len(family_of(strangers, known=around)) != len(strangers):
        return False
    signers = [x509.load_der_x509_certificate(der) for der in around]
    return all(_list_holds(der, signers) for der in evidence.crls) and all(
        _answer_holds(der, signers) for der in evidence.ocsps
    )


def _list_holds(der: bytes, signers: Sequence[x509.Certificate]) -> bool:
    found = x509.load_der_x509_crl(der)
    return found.public_bytes(Encoding.DER) == der and any(
        found.issuer == signer.subject and found.is_signature_valid(signer.public_key())  # type: ignore[arg-type]
        for signer in signers
    )


def _answer_holds(der: bytes, signers: Sequence[x509.Certificate]) -> bool:
    """Check an answer about revocation; authorities write its times in more ways than one."""
    found = ocsp.OCSPResponse.load(der, strict=True)
    if found["response_status"].native != "successful" or found.dump(force=True) != der:
        return False
    basic = found["response_bytes"]["response"].parsed
    mine = [link.dump() for link in basic["certs"] or ()]
    around = [signer.public_bytes(Encoding.DER) for signer in signers]
    if len(family_of(mine, known=around)) != len(mine):
        return False
    own = [x509.load_der_x509_certificate(link) for link in mine]
    return any(_signed(basic, signer.public_key()) for signer in [*own, *signers])


def _signed(basic: ocsp.BasicOCSPResponse, key: object) -> bool:
    algorithm = basic["signature_algorithm"]
    signature, told = basic["signature"].native, basic["tbs_response_data"].dump()
    try:
        digest = _DIGESTS[algorithm.hash_algo]
        if isinstance(key, rsa.RSAPublicKey) and algorithm.signature_algo == "rsassa_pkcs1v15":
            key.verify(signature, told, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm.signature_algo == "ecdsa":
            key.verify(signature, told, ec.ECDSA(digest))
        else:
            return False
    except (InvalidSignature, KeyError, ValueError):
        return False
    return True
