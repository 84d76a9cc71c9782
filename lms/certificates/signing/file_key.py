"""A seal kept in files: made on first run with its own root, or brought as PKCS#12.

The folder holds `root.key`, `root.pem`, `seal.key` and `seal.pem`. It is the service's own:
0700, its files 0600. What is lost with it can't be made again, hence the recovery kit.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from lms.certificates.signing.api import (
    SealError,
    SealExists,
    SealKind,
    SealLocked,
    SealMissing,
    SealUnsafe,
)
from lms.certificates.signing.chains import in_order
from lms.certificates.signing.pades import PadesSeal
from lms.certificates.signing.worth import worth_of
from lms.files.durable import write_folder

ROOT_YEARS: Final = 40
SEAL_YEARS: Final = 30
MODEL_ORGANISATION: Final = "MODEL – exemplu, fără valoare"

_KEY_BITS: Final = 3072
_FILES: Final = ("root.key", "root.pem", "seal.key", "seal.pem")
_NAME_LIMIT: Final = 64  # bytes; X.520 allows no longer name
_KIT_TIME: Final = (1980, 1, 1, 0, 0, 0)
_KIT_README: Final = """\
CUM SE FOLOSEȘTE ACEST PACHET
Aici sunt cheia sigiliului electronic și certificatele lui. Cine le are poate emite certificate
în numele organizației. Păstrați pachetul pe un suport închis, în alt loc decât serverul.
Pentru refacere: lms seal restore PACHET; de mână: root.* și seal.* în dosarul keys/seal, badge.* în
dosarul keys/badge (drepturi 0600, dosarele 0700).
Dacă sigiliul are parolă, ea nu se află aici: păstrați-o separat.

HOW TO USE THIS KIT
It holds the electronic seal's key and certificates. Whoever has them can issue certificates in
the organisation's name. Keep it locked away, somewhere other than the server.
To restore: lms seal restore KIT; by hand: root.* and seal.* into the folder keys/seal, badge.* into
the folder keys/badge (mode 0600, the folders 0700).
If the seal has a passphrase, it isn't in here: keep it apart.
"""


def create_seal(
    directory: Path,
    *,
    organisation: str,
    is_model: bool,
    now: datetime,
    passphrase: str | None = None,
) -> PadesSeal:
    """Make root and seal in a folder that doesn't hold one, all files or none.

    Where two processes try at once, one gets SealExists and loads what the other made.
    """
    if directory.exists() and any(directory.iterdir()):
        raise SealExists(str(directory))
    organisation = MODEL_ORGANISATION if is_model else organisation.strip()
    if not organisation:
        raise SealError("a seal needs the organisation's name")
    now = now.astimezone(UTC).replace(microsecond=0)
    root_key, seal_key = _new_key(), _new_key()
    root = _root_certificate(root_key, organisation, now)
    seal = _seal_certificate(seal_key, organisation, now, root, root_key)
    locked = _encryption(passphrase)
    contents = (
        root_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked),
        root.public_bytes(Encoding.PEM),
        seal_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked),
        seal.public_bytes(Encoding.PEM),
    )
    _store(directory, dict(zip(_FILES, contents, strict=True)))
    return PadesSeal(kind=SealKind.SELF_MADE, key=seal_key, certificate=seal, chain=(root,))


def load_seal(directory: Path, passphrase: str | None = None) -> PadesSeal:
    """Load the seal that `create_seal` made; refuse a folder that others can read."""
    _require_private(directory, ("seal.key", "seal.pem", "root.pem"))
    try:
        key = load_pem_private_key((directory / "seal.key").read_bytes(), _bytes(passphrase))
        seal = x509.load_pem_x509_certificate((directory / "seal.pem").read_bytes())
        root = x509.load_pem_x509_certificate((directory / "root.pem").read_bytes())
    except (ValueError, TypeError) as error:
        raise SealLocked("the key can't be opened: wrong passphrase or damaged file") from error
    return PadesSeal(
        kind=SealKind.SELF_MADE, key=_rsa_pair(key, seal), certificate=seal, chain=(root,)
    )


def load_pkcs12(path: Path, passphrase: str | None, *, kind: SealKind | None = None) -> PadesSeal:
    """Load a seal bought or made elsewhere; its chain must be in the file, the root included."""
    _require_private(path.parent, (path.name,), folder_too=False)
    try:
        key, seal, above = pkcs12.load_key_and_certificates(path.read_bytes(), _bytes(passphrase))
    except ValueError as error:
        raise SealLocked("the PKCS#12 file can't be opened") from error
    if seal is None:
        raise SealMissing(f"{path} holds no certificate")
    kind = kind or worth_of(seal, in_device=False)
    return PadesSeal(
        kind=kind, key=_rsa_pair(key, seal), certificate=seal, chain=in_order(seal, above)
    )


def recovery_kit(directory: Path, more: Mapping[str, bytes] | None = None) -> bytes:
    """Pack the seal's folder as a zip with a page on its use; keys stay locked as they are.

    What belongs to the seal and stands elsewhere, the badge's key, comes in `more`.
    """
    _require_private(directory, _FILES)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kit:
        entries = [(name, (directory / name).read_bytes()) for name in _FILES]
        entries += sorted((more or {}).items())
        for name, content in [("CITESTE-README.txt", _KIT_README.encode()), *entries]:
            entry = zipfile.ZipInfo(name, _KIT_TIME)
            entry.external_attr = 0o600 << 16
            kit.writestr(entry, content)
    return out.getvalue()


def unpack_kit(entries: Mapping[str, bytes], directory: Path) -> None:
    """Lay a kit's four files into a new folder. Raises SealMissing where one is not in it."""
    missing = [name for name in _FILES if name not in entries]
    if missing:
        raise SealMissing(missing[0])
    _store(directory, {name: entries[name] for name in _FILES})


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)


def _root_certificate(key: rsa.RSAPrivateKey, organisation: str, now: datetime) -> x509.Certificate:
    name = _name(organisation, "Rădăcină certificate")
    public = key.public_key()
    return (
        _builder(name, name, public, now, ROOT_YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def _seal_certificate(
    key: rsa.RSAPrivateKey,
    organisation: str,
    now: datetime,
    root: x509.Certificate,
    root_key: rsa.RSAPrivateKey,
) -> x509.Certificate:
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    name = _name(organisation, "Sigiliu certificate")
    return (
        _builder(name, root.subject, key.public_key(), now, SEAL_YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(authority, critical=False)
        .sign(root_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: rsa.RSAPublicKey,
    now: datetime,
    years: int,
) -> x509.CertificateBuilder:
    # A day's grace behind, for a clock that is a little ahead on the machine that checks.
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=round(365.25 * years)))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _name(organisation: str, role: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "RO"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _cut(organisation)),
            x509.NameAttribute(NameOID.COMMON_NAME, _cut(f"{role} - {organisation}")),
        ]
    )


def _cut(text: str) -> str:
    """Cut a name to the bytes that a certificate allows, never through a letter."""
    return text.encode()[:_NAME_LIMIT].decode(errors="ignore").strip()


def _usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _store(directory: Path, contents: Mapping[str, bytes]) -> None:
    try:
        write_folder(directory, contents)
    except FileExistsError as error:
        raise SealExists(str(directory)) from error


def _require_private(directory: Path, names: tuple[str, ...], *, folder_too: bool = True) -> None:
    for name in names:
        if not (directory / name).is_file():
            raise SealMissing(str(directory / name))
    paths = [directory / name for name in names] + ([directory] if folder_too else [])
    for path in paths:
        if path.stat().st_mode & 0o077:
            raise SealUnsafe(f"{path} can be read by others than the service's user")


def _rsa_pair(key: object, seal: x509.Certificate) -> rsa.RSAPrivateKey:
    if not isinstance(key, rsa.RSAPrivateKey):
        raise SealError("the seal needs an RSA key")
    if key.public_key() != seal.public_key():
        raise SealError("the key doesn't belong to the seal's certificate")
    return key


def _encryption(passphrase: str | None) -> KeySerializationEncryption:
    return BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()


def _bytes(passphrase: str | None) -> bytes | None:
    return passphrase.encode() if passphrase else None
