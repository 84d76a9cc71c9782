"""What becomes of seals: made anew in time, put back from the kit, reported stolen.

A seal is never changed: a new one takes its place, the old one's certificate stays pinned, and what
it has sealed verifies as before. What a thief seals verifies too, as a signature; the register's
hash is what decides, and it knows only the files that were issued here.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID
from flask import current_app

from lms import clock, db
from lms.audit.services import record
from lms.certificates import seals
from lms.certificates.badges import key_files, keyring
from lms.certificates.models import Certificate, CertificateFile, StolenSeal
from lms.certificates.signing import file_key
from lms.certificates.signing.api import SealError, SealExists, SealMissing, Signer
from lms.certificates.states import CertificateState
from lms.config import Settings
from lms.errors import Refused, Unusable
from lms.safety.archive import read_archive

RETIRED = "retired"


class SealRefused(Refused):
    """Nothing was changed about the seal; the text is one sentence."""


@dataclass(frozen=True)
class SealLine:
    """A seal that this site signs or once signed with."""

    fingerprint: str
    organisation: str
    valid_from: datetime
    valid_until: datetime
    is_current: bool
    certificates: int
    stolen_since: datetime | None


def lines() -> list[SealLine]:
    """List every pinned seal, the present one first, then the newest."""
    current = None
    with contextlib.suppress(SealError, OSError):
        current = seals.signer().fingerprint
    per_seal = sa.select(CertificateFile.seal_fingerprint, sa.func.count()).where(
        CertificateFile.is_issued()
    )
    rows = db.session().execute(per_seal.group_by(CertificateFile.seal_fingerprint))
    counts: dict[str, int] = {row[0]: row[1] for row in rows}
    stolen = stolen_seals()
    found = []
    for trusted in seals.trusted():
        certificate = x509.load_pem_x509_certificate(trusted.certificate_pem)
        fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
        found.append(
            SealLine(
                fingerprint,
                _organisation(certificate),
                certificate.not_valid_before_utc,
                certificate.not_valid_after_utc,
                fingerprint == current,
                counts.get(fingerprint, 0),
                stolen.get(fingerprint),
            )
        )
    found.sort(key=lambda line: line.valid_from, reverse=True)
    return sorted(found, key=lambda line: not line.is_current)


def _organisation(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(names[0].value) if names else ""


def stolen_seals() -> dict[str, datetime]:
    """Return the fingerprints of the seals reported stolen, and since when."""
    rows = db.session().execute(sa.select(StolenSeal.seal_fingerprint, StolenSeal.since))
    return {row[0]: row[1] for row in rows}


def stolen_since(fingerprint: str | None) -> datetime | None:
    """Return since when a seal counts as stolen; None for one that does not."""
    if fingerprint is None:
        return None
    return db.session().scalar(
        sa.select(StolenSeal.since).where(StolenSeal.seal_fingerprint == fingerprint)
    )


def _refuse_external() -> None:
    settings: Settings = current_app.config["LMS"]
    if named := settings.seal_is_external:
        raise SealRefused(
            f"The seal comes from {named}: put the new one in its place, and restart."
        )


def renew(organisation: str = "") -> Signer:
    """Make a new seal and let it take the present one's place; the old one retires, pinned.

    The organisation is the present seal's unless another is named. Raises SealRefused.
    """
    _refuse_external()
    known = lines()
    db.end_reading()
    name = organisation.strip() or (known[0].organisation if known else "")
    if not name:
        raise SealRefused("Name the organisation: --organisation “…”.")
    settings: Settings = current_app.config["LMS"]
    folder = seals.folder()
    with _beside(folder) as fresh:
        file_key.create_seal(
            fresh,
            organisation=name,
            is_model=seals.is_model(),
            now=_earliest(),
            passphrase=settings.seal_passphrase or None,
        )
        _retire(folder)
        fresh.rename(folder)
    made = seals.reload()
    with db.writing():
        record("seal.renewed", by=None, fingerprint=made.fingerprint, organisation=name)
    return made


def _earliest() -> datetime:
    """The moment from which the new seal must hold: that of the oldest number without its file."""
    oldest = db.session().scalar(
        sa.select(sa.func.min(Certificate.reserved_at)).where(
            Certificate.state == CertificateState.RESERVED
        )
    )
    db.end_reading()
    return min(clock.now(), oldest) if oldest is not None else clock.now()


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """Name a folder to be made beside the seal's; nothing is left of one that failed."""
    fresh = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    try:
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _retire(folder: Path) -> None:
    """Move what stands in the seal's place away; a key is never deleted by us."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    away = folder.parent / RETIRED / f"{clock.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    away.parent.mkdir(mode=0o700, exist_ok=True)
    folder.rename(away)


def restore(kit: bytes) -> Signer:
    """Put the seal back from its recovery kit. Raises SealRefused where one that works is there."""
    _refuse_external()
    with contextlib.suppress(SealError, OSError):
        seals.about(afresh=True)
        raise SealRefused("There is a seal that works; nothing was changed.")
    try:
        entries = read_archive(kit)
    except Unusable as error:
        raise SealRefused("This file is no recovery kit.") from error
    settings: Settings = current_app.config["LMS"]
    folder = seals.folder()
    with _beside(folder) as fresh:
        try:
            file_key.unpack_kit(entries, fresh)
            file_key.load_seal(fresh, settings.seal_passphrase or None)
        except (SealMissing, SealExists) as error:
            raise SealRefused("This file is no recovery kit.") from error
        except SealError as error:
            raise SealRefused(f"The seal in this kit can't be opened: {error}.") from error
        _retire(folder)
        fresh.rename(folder)
    _restore_badge_key(entries)
    found = seals.reload()
    with db.writing():
        record("seal.restored", by=None, fingerprint=found.fingerprint)
    return found


def _restore_badge_key(entries: Mapping[str, bytes]) -> None:
    """Lay down the badge's key of a kit that has one; another in its place retires."""
    if any(name not in entries for name in key_files.FILES):
        return
    folder = keyring.folder()
    held = {name: (folder / name) for name in key_files.FILES}
    if all(path.is_file() and path.read_bytes() == entries[n] for n, path in held.items()):
        return
    _retire(folder)
    key_files.lay_down(entries, folder)


def report_stolen(*, since: datetime, reason: str, fingerprint: str = "") -> Signer:
    """Write down that a seal's key is in other hands, and make a new seal where it was the present.

    What the register holds stays valid, by its hash; whatever else bears the seal is refused.
    Raises SealRefused.
    """
    known = {line.fingerprint: line for line in lines()}
    db.end_reading()
    if not known:
        raise SealRefused("There is no seal.")
    wanted = fingerprint or next(iter(known))
    line = known.get(wanted)
    if line is None:
        raise SealRefused("No seal has this fingerprint; see: lms seal list")
    if since > clock.now():
        raise SealRefused("The moment lies in the future.")
    with db.writing() as session:
        row = session.scalars(
            sa.select(StolenSeal).where(StolenSeal.seal_fingerprint == wanted).with_for_update()
        ).one_or_none()
        if row is None:
            row = StolenSeal(seal_fingerprint=wanted)
            session.add(row)
        row.since, row.reason, row.reported_at = since, reason, clock.now()
        record("seal.stolen", by=None, fingerprint=wanted, since=since.isoformat(), reason=reason)
    return renew() if line.is_current else seals.signer()
