"""The badge's keys of this installation: the present one, and all that it ever signed with.

The present key is made on first use and belongs to the seal's root: once the seal is made anew, so
is the badge's key. Retired public keys stay published, unless their seal was reported stolen.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from flask import current_app

from lms import clock, db
from lms.certificates import seals
from lms.certificates.badges import key_files
from lms.certificates.badges.jws import thumbprint
from lms.certificates.badges.key_files import BadgeKey
from lms.certificates.models import StolenSeal
from lms.certificates.signing.api import SealError, SealExists, SealMissing
from lms.config import Settings
from lms.files.durable import write_whole

_lock = threading.Lock()


@dataclass(frozen=True)
class PublishedKey:
    """A public key under which badges of this site verify."""

    kid: str
    public: bytes
    chain: tuple[x509.Certificate, ...]
    is_current: bool


def _settings() -> Settings:
    settings: Settings = current_app.config["LMS"]
    return settings


def folder() -> Path:
    """Where the key is kept, beside the seal; a model's never stands where the real one would."""
    return _settings().folder("keys") / ("badge-model" if seals.is_model() else "badge")


def current() -> BadgeKey:
    """Return the key that signs badges, made where there is a seal and no key that belongs to it.

    Raises SealMissing where there is no seal, SealLocked and SealUnsafe where it can't be used.
    """
    root = seals.folder() / "root.pem"
    mark = (_mark(folder() / key_files.KEY), _mark(root))
    held = current_app.extensions.get("lms_badge_key")
    if held is not None and held[0] == mark and None not in mark[:1]:
        kept: BadgeKey = held[1]
        return kept
    with _lock:
        found = _load_or_make()
        _publish(found)
        mark = (_mark(folder() / key_files.KEY), _mark(root))
        current_app.extensions["lms_badge_key"] = (mark, found)
    return found


def _mark(path: Path) -> tuple[int, int] | None:
    """What tells a file from another in its place; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def _load_or_make() -> BadgeKey:
    settings = _settings()
    phrase = settings.seal_passphrase or None
    root = None if settings.seal_is_external else key_files.load_root(seals.folder(), phrase)
    with suppress(SealMissing):
        kept = key_files.load(folder(), phrase)
        if root is None or root.certificate in kept.chain:
            return kept
        _publish(kept)  # it may have come from a backup, and what it signed is still asked about
        _retire(kept)
    about = seals.about()
    try:
        return key_files.create(
            folder(),
            organisation=about.organisation or "-",
            now=clock.now(),
            root=root,
            passphrase=phrase,
        )
    except SealExists:  # another process was first
        return key_files.load(folder(), phrase)


def _retire(kept: BadgeKey) -> None:
    """Move a key away; it is never deleted by us."""
    away = folder().parent / "retired" / f"badge-{clock.now():%Y%m%d-%H%M%S}-{kept.kid[:8]}"
    away.parent.mkdir(mode=0o700, exist_ok=True)
    with suppress(OSError):  # another process was first
        folder().rename(away)


def _published_folder() -> Path:
    path = _settings().folder("keys") / "badge-published"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def _publish(key: BadgeKey) -> None:
    """Keep a key's certificates for good, also after the key has changed or gone."""
    path = _published_folder() / f"{key.kid}.pem"
    if path.exists():
        return
    write_whole(path, b"".join(link.public_bytes(Encoding.PEM) for link in key.chain))


def published() -> list[PublishedKey]:
    """List the keys under which badges verify, the present one first.

    One whose seal was reported stolen is left out: a thief could sign with it too.
    """
    present = None
    with suppress(SealError):
        present = current().kid
    found = [key for key, is_withdrawn in _ever(present) if not is_withdrawn]
    return sorted(found, key=lambda key: not key.is_current)


@dataclass(frozen=True)
class KnownKeys:
    """Every key that signed badges here, by its name: those that count, and those withdrawn."""

    good: Mapping[str, bytes]
    withdrawn: Mapping[str, bytes]


def known() -> KnownKeys:
    """Return them; what a withdrawn one signed is told, and not relied on."""
    withdrawn = {key.kid: key.public for key, is_withdrawn in _ever(None) if is_withdrawn}
    return KnownKeys(public_keys(), withdrawn)


def _ever(present: str | None) -> Iterator[tuple[PublishedKey, bool]]:
    """Go through every key that signed here, and say which was withdrawn."""
    stolen = _stolen_roots()
    for path in sorted(_published_folder().glob("*.pem")):
        chain = tuple(x509.load_pem_x509_certificates(path.read_bytes()))
        public = key_files.public_of(chain[0])
        if public is None:
            continue
        kid = thumbprint(public)
        is_withdrawn = bool(stolen & {link.fingerprint(hashes.SHA256()) for link in chain})
        yield PublishedKey(kid, public, chain, kid == present), is_withdrawn


def _stolen_roots() -> set[bytes]:
    """Return the fingerprints of the roots of seals that were reported stolen."""
    reported = set(db.session().scalars(sa.select(StolenSeal.seal_fingerprint)))
    if not reported:
        return set()
    roots = set()
    for seal in seals.trusted():
        own = x509.load_pem_x509_certificate(seal.certificate_pem)
        if own.fingerprint(hashes.SHA256()).hex() in reported:
            links = [x509.load_pem_x509_certificate(pem) for pem in seal.chain_pem]
            roots |= {link.fingerprint(hashes.SHA256()) for link in links}
    return roots


def public_keys() -> dict[str, bytes]:
    """Return the keys that `check_credential` needs, by their names."""
    return {key.kid: key.public for key in published()}


def organisation_of(key: PublishedKey) -> str:
    """Say for whom a key was made."""
    names = key.chain[0].subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(names[0].value) if names else ""
