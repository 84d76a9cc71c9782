"""The seal's recovery kit: packed with the badge's key, and where it is said to be kept."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.certificates import seals
from lms.certificates.badges import key_files, keyring
from lms.certificates.models import RecoveryKit


def pack() -> bytes:
    """Pack the self-made seal and the badge's key. Raises SealMissing for a brought seal."""
    keyring.current()  # made by now at the latest
    return seals.recovery_kit(key_files.for_kit(keyring.folder()))


def kept(fingerprint: str) -> RecoveryKit | None:
    """Return where a seal's kit is said to be kept."""
    return (
        db.session()
        .scalars(sa.select(RecoveryKit).where(RecoveryKit.seal_fingerprint == fingerprint))
        .one_or_none()
    )


def say_kept(fingerprint: str, *, where: str, by: int | None, now: datetime) -> None:
    """Write down where a seal's kit is kept; said again, the newest word counts."""
    row = kept(fingerprint)
    if row is None:
        row = RecoveryKit(seal_fingerprint=fingerprint)
        db.session().add(row)
    row.stored_at, row.stored_by_id, row.where = now, by, where
    db.session().flush()  # the record names it
    record("seal.kit_kept", by=by, on=row, fingerprint=fingerprint, where=where)
