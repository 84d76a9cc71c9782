"""Whose word counts after the seal here: the authority that is set, and those that once were."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import current_app

from lms.certificates.levels import signatories
from lms.certificates.levels.authority import Authority
from lms.certificates.levels.later import Trust
from lms.certificates.signing.api import SealError
from lms.config import Settings


class RootsUnusable(SealError):
    """The file with the authority's roots is missing or holds no certificate."""


def _settings() -> Settings:
    settings: Settings = current_app.config["LMS"]
    return settings


def authority() -> Authority | None:
    """Return the timestamp authority that is set; none where none is. Raises RootsUnusable."""
    settings = _settings()
    if not settings.tsa_url:
        return None
    try:
        found = x509.load_pem_x509_certificates(Path(settings.tsa_roots).read_bytes())
    except (OSError, ValueError) as error:
        raise RootsUnusable(f"LMS_TSA_ROOTS: {error}") from error
    roots = tuple(root.public_bytes(Encoding.PEM) for root in found)
    for root in roots:
        _pin(root)
    return Authority(settings.tsa_url, roots, settings.tsa_user, settings.tsa_password)


def _folder() -> Path:
    path = _settings().folder("keys") / "pinned-tsa"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def _pin(root: bytes) -> None:
    """Keep a root for verification, also after another authority was chosen."""
    path = _folder() / f"{hashlib.sha256(root).hexdigest()}.pem"
    if path.exists():
        return
    temporary = path.with_name(f".{secrets.token_hex(8)}.new")
    temporary.write_bytes(root)
    temporary.rename(path)


def trust() -> Trust:
    """Return whose word counts after the seal when a file is verified."""
    roots = tuple(path.read_bytes() for path in sorted(_folder().glob("*.pem")))
    return Trust(authorities=roots, signatories=signatories.all_pins())
