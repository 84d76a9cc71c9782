"""The badge's key in files: an Ed25519 key and its certificate, beside the seal and as private.

The folder holds `badge.key` (0600, locked by the seal's passphrase where there is one) and
`badge.pem`: the key's certificate, then those above it. A self-made seal's root issues it; where
the root's key is elsewhere, the certificate is its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from lms.certificates.badges.jws import thumbprint
from lms.certificates.signing.api import SealError, SealExists, SealLocked, SealMissing, SealUnsafe
from lms.files.durable import write_folder

KEY: Final = "badge.key"
CERTIFICATE: Final = "badge.pem"
FILES: Final = (KEY, CERTIFICATE)
YEARS: Final = 30

_NAME_LIMIT: Final = 64  # bytes; X.520 allows no longer name


@dataclass(frozen=True, eq=False)
class BadgeKey:
    """A key that signs badges, with its certificate and those above it."""

    key: Ed25519PrivateKey
    chain: tuple[x509.Certificate, ...]

    @property
    def public(self) -> bytes:
        """The public key's 32 bytes."""
        return self.key.public_key().public_bytes_raw()

    @property
    def kid(self) -> str:
        """The key's name: its thumbprint."""
        return thumbprint(self.public)


@dataclass(frozen=True)
class Issuer:
    """The root that may issue the key's certificate."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


def create(
    folder: Path,
    *,
    organisation: str,
    now: datetime,
    root: Issuer | None,
    passphrase: str | None = None,
) -> BadgeKey:
    """Make a key in a folder that doesn't hold one, both files or none.

    Where two processes try at once, one gets SealExists and loads what the other made.
    """
    key = Ed25519PrivateKey.generate()
    own = _certificate(key, organisation, now.astimezone(UTC).replace(microsecond=0), root)
    chain = (own, root.certificate) if root else (own,)
    lock = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    _lay_down(
        folder,
        {
            KEY: key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock),
            CERTIFICATE: b"".join(link.public_bytes(Encoding.PEM) for link in chain),
        },
    )
    return BadgeKey(key, chain)


def load(folder: Path, passphrase: str | None = None) -> BadgeKey:
    """Load the key that `create` made; refuse files that others can read."""
    for name in FILES:
        if not (folder / name).is_file():
            raise SealMissing(str(folder / name))
        if (folder / name).stat().st_mode & 0o077:
            raise SealUnsafe(f"{folder / name} can be read by others than the service's user")
    secret = passphrase.encode() if passphrase else None
    try:
        key = load_pem_private_key((folder / KEY).read_bytes(), secret)
        chain = x509.load_pem_x509_certificates((folder / CERTIFICATE).read_bytes())
    except (ValueError, TypeError) as error:
        raise SealLocked("the badge's key can't be opened: wrong passphrase or damaged") from error
    if not isinstance(key, Ed25519PrivateKey) or key.public_key() != chain[0].public_key():
        raise SealError("the badge's key doesn't belong to its certificate")
    return BadgeKey(key, tuple(chain))


def load_root(folder: Path, passphrase: str | None = None) -> Issuer | None:
    """Load a self-made seal's root from the seal's folder; None where its key isn't there."""
    try:
        key = load_pem_private_key(
            (folder / "root.key").read_bytes(), passphrase.encode() if passphrase else None
        )
        certificate = x509.load_pem_x509_certificate((folder / "root.pem").read_bytes())
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise SealLocked("the root's key can't be opened") from error
    return Issuer(certificate, key) if isinstance(key, rsa.RSAPrivateKey) else None


def public_of(certificate: x509.Certificate) -> bytes | None:
    """Return the Ed25519 key that a certificate is for; None where it is for another kind."""
    key = certificate.public_key()
    return key.public_bytes_raw() if isinstance(key, Ed25519PublicKey) else None


def for_kit(folder: Path) -> dict[str, bytes]:
    """Return the key's files as the seal's recovery kit holds them; none where there is no key."""
    if not all((folder / name).is_file() for name in FILES):
        return {}
    return {name: (folder / name).read_bytes() for name in FILES}


def lay_down(entries: Mapping[str, bytes], folder: Path) -> None:
    """Put a kit's key back into a folder that doesn't hold one; a kit may have none."""
    if all(name in entries for name in FILES):
        _lay_down(folder, {name: entries[name] for name in FILES})


def _lay_down(folder: Path, contents: Mapping[str, bytes]) -> None:
    try:
        write_folder(folder, contents)
    except FileExistsError as error:
        raise SealExists(str(folder)) from error


def _certificate(
    key: Ed25519PrivateKey, organisation: str, now: datetime, root: Issuer | None
) -> x509.Certificate:
    public = key.public_key()
    name = _name(organisation)
    until = now + timedelta(days=round(365.25 * YEARS))
    if root is not None:
        until = min(until, root.certificate.not_valid_after_utc)
    # A day's grace behind, for a clock that is a little ahead on the machine that checks.
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(root.certificate.subject if root else name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_signs_only(), critical=True)
    )
    if root is None:
        return builder.sign(key, None)
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key())
    return builder.add_extension(authority, critical=False).sign(root.key, hashes.SHA256())


def _signs_only() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(organisation: str) -> x509.Name:
    def cut(text: str) -> str:
        return text.encode()[:_NAME_LIMIT].decode(errors="ignore").strip()

    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "RO"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, cut(organisation)),
            x509.NameAttribute(NameOID.COMMON_NAME, cut(f"Insigne - {organisation}")),
        ]
    )
