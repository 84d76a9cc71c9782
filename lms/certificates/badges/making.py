"""Make a certificate's badge from its row, and a status list from the register."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
import structlog
from flask import current_app

from lms import db
from lms.certificates.badge_facts import BadgeFacts
from lms.certificates.badges import keyring, signing
from lms.certificates.badges.credential import Site, credential
from lms.certificates.badges.status_list import ENTRIES, bits_of, place_in
from lms.certificates.models import Certificate
from lms.certificates.signing.api import SealError
from lms.certificates.states import HOLDER_ERASED, CertificateState
from lms.config import Settings

log = structlog.get_logger()

MEDIA_TYPE = "application/vc+jwt"
SD_JWT_TYPE = "application/vc+sd-jwt"
FILE_NAME = "credential.jwt"
MOST_LISTS = 1000

_ENDED = (CertificateState.SUPERSEDED, CertificateState.REVOKED, CertificateState.VOID)


def jwt_of(certificate: Certificate, *, as_sd_jwt: bool = False) -> str | None:
    """Return a certificate's badge, the same each time; none where its holder was erased.

    It follows from the frozen facts, the instant of reservation and the present key. Raises a
    SealError where that key can't be used.
    """
    facts = certificate.facts
    badge = BadgeFacts.from_plain(facts.get("badge"))
    if badge is None or facts["holder"] == HOLDER_ERASED:
        return None
    said = credential(facts, badge, valid_from=certificate.reserved_at)
    return signing.sign(said, keyring.current(), as_sd_jwt=as_sd_jwt)


def jwt_if_any(certificate: Certificate, *, as_sd_jwt: bool = False) -> str | None:
    """Return a certificate's badge, or none where the key can't be used just now."""
    try:
        return jwt_of(certificate, as_sd_jwt=as_sd_jwt)
    except SealError as error:
        log.error("badge not signed", certificate=certificate.id, error=str(error))
        return None


def is_attached(certificate: Certificate) -> bool:
    """Tell whether a certificate's file carries its badge, as settled with its number."""
    badge = BadgeFacts.from_plain(certificate.facts.get("badge"))
    return badge is not None and badge.is_attached


def site() -> Site:
    """Return the address from which this site speaks as an issuer: that of the printed links."""
    settings: Settings = current_app.config["LMS"]
    return Site.of(settings.printed_verify_url)


def bits_of_list(number: int) -> bytes | None:
    """Return a list's bits, set for what was replaced, revoked or annulled; None for no list."""
    session = db.session()
    first = number * ENTRIES
    if number and not session.scalar(
        sa.select(sa.exists().where(Certificate.status_index >= first))
    ):
        return None
    rows = session.scalars(
        sa.select(Certificate.status_index).where(
            Certificate.status_index.between(first, first + ENTRIES - 1),
            Certificate.state.in_(_ENDED),
        )
    )
    return bits_of(place_in(index) for index in rows if index is not None)


def signed_list(number: int, bits: bytes, *, now: datetime, as_sd_jwt: bool = False) -> str:
    """Sign a list's bits; a day's lists with the same bits are the same bytes."""
    said = signing.status_list(bits, number, site(), now=now)
    return signing.sign_list(said, keyring.current(), as_sd_jwt=as_sd_jwt)
