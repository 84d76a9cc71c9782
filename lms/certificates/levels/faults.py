"""What is wrong with timestamps: none given, not renewed in time, an authority about to end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
from cryptography import x509
from flask import current_app

from lms import clock, db
from lms.certificates.levels import trusting
from lms.certificates.levels.level import Level
from lms.certificates.levels.raising import RENEW_BEFORE
from lms.certificates.models import Certificate, CertificateFile, LevelTry
from lms.certificates.states import CertificateState
from lms.checks.registry import Sentence, lazy
from lms.config import Settings

PATIENT_TRIES = 3
ROOT_TOLD = timedelta(days=60)


def stamp_faults() -> Iterator[tuple[str, Sentence]]:
    """Tell (kind, sentence) for each thing that is wrong; the kinds are those of `health`."""
    yield from _authority()
    waiting, last = (
        db.session()
        .execute(
            sa.select(sa.func.count(), sa.func.max(LevelTry.last_error)).where(
                LevelTry.tries >= PATIENT_TRIES
            )
        )
        .one()
    )
    if waiting:
        yield (
            "level_waits",
            lazy("%(n)s sealed files wait for their timestamp: %(why)s", n=waiting, why=last),
        )
    soon = clock.now() + RENEW_BEFORE - timedelta(days=30)
    ending, day = db.session().execute(_ending(soon)).one()
    if day is not None:
        yield (
            "stamp_ends",
            lazy(
                "Timestamps of %(n)s certificates end soon, the first on %(day)s.",
                n=ending,
                day=day.date().isoformat(),
            ),
        )


def _ending(limit: datetime) -> sa.Select[int, datetime | None]:
    """Count the archived files that nothing renewed, though there was a month's time for it."""
    newer = sa.orm.aliased(CertificateFile)
    return (
        sa.select(sa.func.count(), sa.func.min(CertificateFile.stamped_until))
        .join(Certificate, Certificate.id == CertificateFile.certificate_id)
        .where(
            Certificate.state == CertificateState.VALID,
            CertificateFile.level == Level.ARCHIVED.value,
            CertificateFile.stamped_until < limit,
            ~sa.exists().where(
                newer.certificate_id == CertificateFile.certificate_id,
                newer.level == CertificateFile.level,
                newer.stamped_until > CertificateFile.stamped_until,
            ),
        )
    )


def _authority() -> Iterator[tuple[str, Sentence]]:
    settings: Settings = current_app.config["LMS"]
    if not settings.tsa_url:
        return
    try:
        found = trusting.authority()
    except trusting.RootsUnusable as error:
        yield "authority_unusable", lazy("No timestamp can be checked: %(why)s.", why=error)
        return
    assert found is not None
    for pem in found.roots_pem:
        root = x509.load_pem_x509_certificate(pem)
        if root.not_valid_after_utc <= clock.now() + ROOT_TOLD:
            yield (
                "authority_ends",
                lazy(
                    "A root of the timestamp authority ends on %(day)s.",
                    day=root.not_valid_after_utc.date().isoformat(),
                ),
            )
