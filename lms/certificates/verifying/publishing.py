"""A folder for any web space, by which certificates can be checked once this site is gone.

It holds the status of every certificate under a salted hash of its code, so that whoever has no
code learns nothing; the seals' public keys; the signed checkpoints of the register's chains, which
hold nothing about people; and a page that checks a file in the reader's browser.
The whole is named, file by file, in one list that the seal signs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import current_app
from sqlalchemy.orm import selectinload

from lms import clock, db
from lms.certificates import checkpoints, sealing, seals
from lms.certificates.badges.identity import key_set
from lms.certificates.models import Certificate
from lms.certificates.states import CertificateState
from lms.certificates.verification import TrustedSeal
from lms.certificates.verifying import exact
from lms.certificates.verifying.listing import (
    BADGE_KEYS,
    CHECKPOINTS,
    LIST,
    MARK,
    SEALS,
    SIGNATURE,
    hashed,
)
from lms.certificates.verifying.words import published_words
from lms.config import Settings
from lms.errors import Refused
from lms.web.i18n import in_locale
from lms.web.templating import environment

_ZONE: Final = "Europe/Bucharest"
_PAGES: Final = {"ro": "index.html", "en": "en.html"}
_BESIDE: Final = ("check.js", "check.css")
_FEW: Final = 1000  # so many share one file: whoever serves it learns nothing of who is looked up


class NotOurFolder(Refused):
    """The folder holds something else than what was published before: nothing was written."""


@dataclass(frozen=True)
class Published:
    """What was written."""

    certificates: int
    files: int
    seal: str


def publish(target: Path) -> Published:
    """Write the folder anew; the list comes last. Raises NotOurFolder and SealError."""
    if target.exists() and any(target.iterdir()) and not (target / LIST).is_file():
        raise NotOurFolder(f"{target} holds other files than what was published before.")
    signer, now = seals.signer(), clock.now()
    entries = dict(_entries(_salt()))
    keys = _keys()
    contents = _status_files(entries, _width(len(entries)))
    contents["keys.json"] = _json(keys)
    contents[BADGE_KEYS] = _json(key_set())
    contents[CHECKPOINTS] = checkpoints.published()
    contents[SEALS] = b"".join(
        pem for seal in seals.trusted() for pem in (seal.certificate_pem, *seal.chain_pem)
    )
    contents |= _pages(keys, now)
    text = _json(
        {
            "format": 1,
            "made_at": now.isoformat(),
            "seal": signer.fingerprint,
            "salt": _salt().hex(),
            "width": _width(len(entries)),
            "files": {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()},
        }
    )
    _write(target, contents, text, signer.sign_text(MARK + text))
    return Published(len(entries), len(contents) + 2, signer.fingerprint)


def _settings() -> Settings:
    settings: Settings = current_app.config["LMS"]
    return settings


def _salt() -> bytes:
    """Return this site's salt: the same each time, of no use for anything else."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.digest(secret, b"salt of the published status", "sha256")[:16]


def _width(count: int) -> int:
    """Return how many digits of the hash name a file, so that each holds many entries."""
    return 0 if count <= _FEW else 1 if count <= 16 * _FEW else 2


def _entries(salt: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    rows = db.session().scalars(
        sa.select(Certificate).options(selectinload(Certificate.files)).order_by(Certificate.id)
    )
    for row in rows:
        yield (
            hashed(salt, row.code),
            {
                "status": _status(row),
                "expires_on": row.expires_on.isoformat() if row.expires_on else None,
                "ended_on": row.ended_at.date().isoformat() if row.ended_at else None,
                "files": sorted(file.sha256 for file in row.files),
            },
        )


def _status(row: Certificate) -> str:
    if row.state is CertificateState.RESERVED:
        return "in_preparation"
    return "example" if row.state is CertificateState.VALID and row.is_model else row.state.value


def _status_files(entries: Mapping[str, dict[str, Any]], width: int) -> dict[str, bytes]:
    shared: dict[str, dict[str, Any]] = defaultdict(dict)
    for name in sorted(entries):
        shared[name[:width] or "all"][name] = entries[name]
    return {f"status/{name}.json": _json(held) for name, held in shared.items()}


def _keys() -> list[dict[str, Any]]:
    stolen = sealing.stolen_seals()
    return [key for seal in seals.trusted() for key in _key(seal, stolen)]


def _key(seal: TrustedSeal, stolen: Mapping[str, datetime]) -> Iterable[dict[str, Any]]:
    """Say by which bytes a seal's signatures are known; nothing of one that isn't RSA."""
    container = exact.container_of(seal)
    if container is None:
        return
    own = x509.load_pem_x509_certificate(seal.certificate_pem)
    fingerprint = hashlib.sha256(own.public_bytes(Encoding.DER)).hexdigest()
    public = own.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    since = stolen.get(fingerprint)
    yield {
        "fingerprint": fingerprint,
        "owner": seals.owner_of(fingerprint),
        "public_key": base64.b64encode(public).decode(),
        "signature_bytes": container.public_key.key_size // 8,
        "head": container.head.hex().upper(),
        "middle": container.middle.hex().upper(),
        "attributes": [part.hex() for part in container.attributes],
        "stolen_since": since.isoformat() if since else None,
    }


def _pages(keys: list[dict[str, Any]], now: datetime) -> dict[str, bytes]:
    static = Path(current_app.root_path) / "static" / "checker"
    found = {name: (static / name).read_bytes() for name in _BESIDE}
    shown = [
        {**key, "stolen_since": datetime.fromisoformat(key["stolen_since"])}
        if key["stolen_since"]
        else key
        for key in keys
    ]
    about = seals.about()
    for locale, name in _PAGES.items():
        with in_locale(locale):
            words = published_words()
        page = environment(locale).get_template("certificates/published.html")
        found[name] = page.render(
            issuer=about.organisation,
            contact=_settings().contact_email or _settings().contact_phone,
            made_at=now,
            zone=_ZONE,
            keys=shown,
            words=words,
        ).encode()
    return found


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def _write(target: Path, contents: Mapping[str, bytes], text: bytes, signature: bytes) -> None:
    """Put each file in its place, whole; what was published before and is no longer, goes."""
    (target / "status").mkdir(parents=True, exist_ok=True)
    for name, data in {**contents, SIGNATURE: signature, LIST: text}.items():
        fresh = target / f"{name}.new"
        fresh.write_bytes(data)
        os.replace(fresh, target / name)
    for old in (target / "status").glob("*.json"):
        if f"status/{old.name}" not in contents:
            old.unlink()
