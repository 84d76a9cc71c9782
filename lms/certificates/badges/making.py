"""Make a certificate's badge from its row, and a status list from the register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog
from flask import current_app

from lms import db
from lms.certificates.badge_facts import BadgeFacts
from lms.certificates.badges import keyring, signing
from lms.certificates.badges.credential import Site, credential
from lms.certificates.badges.key_files import BadgeKey
from lms.certificates.badges.status_list import ENTRIES, bits_of, place_in
from lms.certificates.badges.wording import badge_wording
from lms.certificates.drawing.items import Attachment, Relationship
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
    return _jwt(certificate.facts, certificate.reserved_at, as_sd_jwt=as_sd_jwt)


def _jwt(
    facts: Mapping[str, Any],
    reserved_at: datetime,
    *,
    key: BadgeKey | None = None,
    as_sd_jwt: bool = False,
) -> str | None:
    badge = BadgeFacts.from_plain(facts.get("badge"))
    if badge is None or facts["holder"] == HOLDER_ERASED:
        return None
    said = credential(facts, badge, valid_from=reserved_at)
    return signing.sign(said, key or keyring.current(), as_sd_jwt=as_sd_jwt)


def jwt_if_any(certificate: Certificate, *, as_sd_jwt: bool = False) -> str | None:
    """Return a certificate's badge, or none where the key can't be used just now."""
    try:
        return jwt_of(certificate, as_sd_jwt=as_sd_jwt)
    except SealError as error:
        log.error("badge not signed", certificate=certificate.id, error=str(error))
        return None


def attachments_of(facts: Mapping[str, Any], reserved_at: datetime) -> tuple[Attachment, ...]:
    """Return what travels in a certificate's file: its badge, where that was settled so.

    Raises a SealError where the key can't be used; outside a transaction it needs no database.
    """
    return attachments_of_all([(facts, reserved_at)])[0]


def attachments_of_all(
    rows: Sequence[tuple[Mapping[str, Any], datetime]],
) -> list[tuple[Attachment, ...]]:
    """Return what travels in the files of many certificates, by facts and reservation."""
    key: BadgeKey | None = None
    found: list[tuple[Attachment, ...]] = []
    for facts, reserved_at in rows:
        badge = BadgeFacts.from_plain(facts.get("badge"))
        jwt = None
        if badge is not None and badge.is_attached:
            key = key or keyring.current()
            jwt = _jwt(facts, reserved_at, key=key)
        if jwt is None:
            found.append(())
            continue
        note = badge_wording(facts["locale"]).file_note
        attachment = Attachment(FILE_NAME, MEDIA_TYPE, jwt.encode(), Relationship.DATA, note)
        found.append((attachment,))
    return found


def attachment_of(certificate: Certificate) -> Attachment | None:
    """Return the badge that travels in a certificate's file, the same each time, if any does."""
    found = attachments_of(certificate.facts, certificate.reserved_at)
    return found[0] if found else None


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
