"""The seal of this installation: made on first use, loaded once, pinned for good."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from flask import current_app

from lms import clock
from lms.certificates.signing import file_key, remote_key, token_key
from lms.certificates.signing.api import SealError, SealExists, SealKind, SealMissing, Signer
from lms.certificates.verification import TrustedSeal
from lms.config import Mode, Settings
from lms.files.durable import write_whole

_lock = threading.Lock()


def _settings() -> Settings:
    settings: Settings = current_app.config["LMS"]
    return settings


def is_model() -> bool:
    """Whether this installation seals examples without value."""
    return _settings().mode is Mode.DEMO


def folder() -> Path:
    """Where the self-made seal is kept; a model's never stands where the real one would."""
    return _settings().folder("keys") / ("seal-model" if is_model() else "seal")


def signer(organisation: str = "") -> Signer:
    """Return the seal; make it on first use where an organisation is named.

    Raises SealMissing where there is none and no organisation to make it for, SealLocked and
    SealUnsafe where it can't be used.
    """
    kept = _held()
    if kept is not None:
        return kept
    with _lock:
        kept = _held()
        if kept is None:
            kept = _load(organisation)
            _pin(kept)
            current_app.extensions["lms_seal"] = kept
            current_app.extensions["lms_seal_mark"] = _mark()
    return kept


def _held() -> Signer | None:
    """Return the seal that this process has loaded, unless another has taken its place since."""
    kept: Signer | None = current_app.extensions.get("lms_seal")
    mark, now = current_app.extensions.get("lms_seal_mark"), _mark()
    return None if mark is not None and now is not None and now != mark else kept


def _mark() -> tuple[int, int] | None:
    """What tells the seal's file from another in its place; None where there is none."""
    settings = _settings()
    if settings.seal_pkcs11 or settings.seal_csc_url:
        return None  # its key is replaced where it is, and the site is started anew
    path = Path(settings.seal_pkcs12) if settings.seal_pkcs12 else folder() / "seal.pem"
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def reload() -> Signer:
    """Load the seal anew, after it was renewed or put back."""
    current_app.extensions.pop("lms_seal", None)
    current_app.extensions.pop("lms_seal_mark", None)
    return signer()


def ensure(organisation: str) -> Signer:
    """Return the seal, made now for an organisation where there is none."""
    return signer(organisation)


def _load(organisation: str) -> Signer:
    settings = _settings()
    phrase = settings.seal_passphrase or None
    if settings.seal_pkcs12:
        return file_key.load_pkcs12(Path(settings.seal_pkcs12), phrase)
    if settings.seal_pkcs11:
        return token_key.load_token(
            token_key.TokenPlace(
                settings.seal_pkcs11, settings.seal_token, settings.seal_key, phrase or ""
            ),
            chain_file=settings.seal_chain,
        )
    if settings.seal_csc_url:
        place = remote_key.RemotePlace(
            settings.seal_csc_url,
            settings.seal_csc_credential,
            settings.seal_csc_client,
            settings.seal_csc_secret,
            phrase or "",
        )
        return remote_key.load_remote(place, chain_file=settings.seal_chain)
    try:
        return file_key.load_seal(folder(), phrase)
    except SealMissing:
        if not organisation:
            raise
    try:
        return file_key.create_seal(
            folder(),
            organisation=organisation,
            is_model=is_model(),
            now=clock.now(),
            passphrase=phrase,
        )
    except SealExists:  # another process was first
        return file_key.load_seal(folder(), phrase)


def _pinned_folder() -> Path:
    path = _settings().folder("keys") / "pinned"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def _pin(seal: Signer) -> None:
    """Keep the seal's certificates for verification, also after the key has changed or gone."""
    path = _pinned_folder() / f"{seal.fingerprint}.pem"
    if path.exists():
        return
    write_whole(path, b"".join((seal.certificate_pem, *seal.chain_pem)))


def trusted() -> list[TrustedSeal]:
    """Return every seal that this installation has ever signed with."""
    with contextlib.suppress(SealError):  # one brought back from a backup is pinned when loaded
        signer()
    found = []
    for path in sorted(_pinned_folder().glob("*.pem")):
        links = x509.load_pem_x509_certificates(path.read_bytes())
        pems = [link.public_bytes(Encoding.PEM) for link in links]
        found.append(TrustedSeal(pems[0], tuple(pems[1:])))
    return found


@dataclass(frozen=True)
class About:
    """What people may know of the seal."""

    kind: SealKind
    fingerprint: str
    organisation: str
    valid_from: datetime
    valid_until: datetime
    is_model: bool
    has_kit: bool


def about(*, afresh: bool = False) -> About:
    """Describe the seal. Raises SealError where there is none that can be used.

    With `afresh` its files are opened again: what this process has loaded may be gone by now.
    """
    seal = _load("") if afresh else signer()
    certificate = x509.load_pem_x509_certificate(seal.certificate_pem)
    names = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return About(
        kind=seal.kind,
        fingerprint=seal.fingerprint,
        organisation=str(names[0].value) if names else "",
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
        is_model=is_model(),
        has_kit=not _settings().seal_is_external,
    )


def kind_of(fingerprint: str) -> SealKind:
    """Say what the seal with a fingerprint is worth; of one no longer in use, the least."""
    try:
        seal = signer()
    except SealError:
        return SealKind.SELF_MADE
    return seal.kind if seal.fingerprint == fingerprint else SealKind.SELF_MADE


def owner_of(fingerprint: str) -> str:
    """Name the organisation in a pinned seal's certificate; empty where it isn't pinned."""
    path = _pinned_folder() / f"{fingerprint}.pem"
    if not path.exists():
        return ""
    names = x509.load_pem_x509_certificate(path.read_bytes()).subject.get_attributes_for_oid(
        NameOID.ORGANIZATION_NAME
    )
    return str(names[0].value) if names else ""


def recovery_kit(more: Mapping[str, bytes]) -> bytes:
    """Pack the self-made seal's key and certificates. Raises SealMissing where it was brought.

    `more` are the files of what belongs to the seal: the badge's key.
    """
    if _settings().seal_is_external:
        raise SealMissing("the seal was made elsewhere, and so was its safe copy")
    return file_key.recovery_kit(folder(), more)
