"""What a holder does outside with a certificate: takes the badge along, makes links."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import flash, make_response, redirect, request, url_for
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, current_actor, reads, writes
from lms.certificates import public, words
from lms.certificates.badges import linkedin, making, picture, sharing
from lms.certificates.badges.errors import LinksTooMany, NotOffered
from lms.certificates.badges.models import BadgeSettings, ShareLink, settings_of
from lms.certificates.badges.sharing import OwnLink
from lms.certificates.forms import ShareForm
from lms.certificates.models import Certificate
from lms.certificates.numbering import display_code
from lms.certificates.permissions import DOWNLOAD_BADGE, OPEN_SHARED, SHARE_CERTIFICATE
from lms.certificates.printed import printed_fields
from lms.certificates.states import CertificateState
from lms.certificates.views.blueprint import bp, certificate, download, me
from lms.certificates.views.strangers import count, keep_private
from lms.certificates.wording import hours
from lms.courses.models import Edition, Enrolment
from lms.errors import Hidden
from lms.web.i18n import gettext as _
from lms.web.templating import render

SVG = "image/svg+xml"
LINKS_A_MINUTE = 60


@dataclass(frozen=True)
class Outside:
    """What a holder may do outside with a certificate; nothing where it doesn't stand."""

    offers_badge: bool
    linkedin: str
    may_share: bool
    shares_results: bool
    links: list[OwnLink]

    def __bool__(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.offers_badge or self.linkedin or self.may_share or self.links)


def outside_of(found: Certificate) -> Outside | None:
    """Gather it for the holder's own page; none where the certificate doesn't stand."""
    if found.state is not CertificateState.VALID:
        return None
    allowed = settings_of(found.enrolment.edition.programme_id)
    return Outside(
        offers_badge=allowed.is_offered and found.facts.get("badge") is not None,
        linkedin=linkedin.form_address(found.facts, found.expires_on)
        if allowed.has_linkedin
        else "",
        may_share=allowed.may_share,
        shares_results=allowed.shares_results,
        links=sharing.links_of(found.id),
    )


def _offered_badge(found: Certificate) -> str:
    """Return the badge that the holder may take along. Raises NotOffered, or a SealError."""
    allowed = settings_of(found.enrolment.edition.programme_id)
    stands = found.state is CertificateState.VALID
    jwt = making.jwt_of(found) if allowed.is_offered and stands else None
    if jwt is None:
        raise NotOffered
    return jwt


@bp.get("/certificates/<int:certificate_id>/badge")
@reads(DOWNLOAD_BADGE, certificate)
def badge(found: Certificate) -> Response:
    """Hand out the badge for a wallet."""
    jwt = _offered_badge(found)
    return download(jwt.encode(), f"Insigna-{found.number}.jwt", making.MEDIA_TYPE)


@bp.get("/certificates/<int:certificate_id>/badge.svg")
@reads(DOWNLOAD_BADGE, certificate)
def badge_picture(found: Certificate) -> Response:
    """Hand out the badge as a picture that carries it."""
    jwt = _offered_badge(found)
    total = hours(Decimal(found.facts["total_hours"]), found.facts["locale"])
    drawn = picture.bake(jwt, found.facts, total)
    return download(drawn, f"Insigna-{found.number}.svg", SVG)


@bp.post("/certificates/<int:certificate_id>/links")
@writes(SHARE_CERTIFICATE, certificate)
def share(found: Certificate) -> Response:
    """Make a link that shows more; asked twice for the same, there is one."""
    allowed = settings_of(found.enrolment.edition.programme_id)
    if not allowed.may_share or found.state is not CertificateState.VALID:
        raise NotOffered
    form = ShareForm.posted()
    with_results = allowed.shares_results and bool(form.shows_results.data)
    try:
        sharing.make(found, shows_results=with_results, by=me(), now=clock.now())
    except LinksTooMany:
        flash(_("There are five links already. Take one back first."), "error")
    else:
        flash(_("The link is ready: copy it below."), "success")
    return redirect(_own_page(found.id))


def _own_page(certificate_id: int) -> str:
    return url_for("certificates.see", certificate_id=certificate_id, _anchor="outside")


def own_link(actor: Actor, *, locked: bool, certificate_id: int, link_id: int) -> ShareLink | None:
    """Load a link of a certificate that the person may see."""
    visible = Certificate.visible_to(actor).where(Certificate.id == certificate_id)
    statement = (
        sa.select(ShareLink)
        .where(
            ShareLink.id == link_id,
            ShareLink.certificate_id.in_(visible.with_only_columns(Certificate.id)),
        )
        .options(joinedload(ShareLink.certificate).joinedload(Certificate.enrolment))
    )
    if locked:
        statement = statement.with_for_update(of=ShareLink)
    return db.session().scalars(statement).unique().one_or_none()


@bp.post("/certificates/<int:certificate_id>/links/<int:link_id>/take-back")
@writes(SHARE_CERTIFICATE, own_link)
def take_back(link: ShareLink) -> Response:
    """Take a link back: whoever has it finds nothing any more."""
    sharing.take_back(link, by=me(), now=clock.now())
    flash(_("The link was taken back: it opens nothing any more."), "success")
    return redirect(_own_page(link.certificate_id))


@bp.get("/s/<token>")
@reads(OPEN_SHARED)
def shared(token: str) -> Response:
    """Show to whoever has the link what its maker wants to show; counted, and by nobody's name."""
    count("shared", LINKS_A_MINUTE)
    link = sharing.find(token)
    if link is None:
        raise Hidden
    if request.method == "GET" and not _is_own(link):
        link = _counted(link.id)
    found = _whole(link.certificate_id)
    verdict, _found = public.check_code(found.code)
    shows = public.shows_holder(verdict, found) and found.state is CertificateState.VALID
    kind, title = words.outcome_title(verdict.outcome)
    return keep_private(
        make_response(
            render(
                "certificates/shared.html",
                kind=kind,
                title=title,
                sentence=words.outcome_sentence(verdict.outcome),
                shows=shows,
                fields=printed_fields(found.facts),
                code=display_code(found.code),
                code_plain=found.code,
                more=_more(link, found) if shows else None,
                zone=found.enrolment.edition.programme.zone,
            )
        )
    )


def _is_own(link: ShareLink) -> bool:
    actor = current_actor()
    return actor is not None and actor.person_id == link.person_id


def _counted(link_id: int) -> ShareLink:
    """Count the look in a short write of its own, before the page is answered."""
    db.end_reading()
    with db.writing():
        sharing.count_opening(link_id, now=clock.now())
    return db.session().get_one(ShareLink, link_id)


def _whole(certificate_id: int) -> Certificate:
    place = joinedload(Certificate.enrolment, innerjoin=True)
    edition = place.joinedload(Enrolment.edition, innerjoin=True)
    statement = (
        sa.select(Certificate)
        .where(Certificate.id == certificate_id)
        .options(
            edition.joinedload(Edition.programme, innerjoin=True),
            place.joinedload(Enrolment.person, innerjoin=True),
        )
    )
    return db.session().scalars(statement).unique().one()


def _more(link: ShareLink, found: Certificate) -> Any:
    """Show results only while the programme still allows it."""
    allowed: BadgeSettings = settings_of(found.enrolment.edition.programme_id)
    return sharing.more_of(found, with_results=link.shows_results and allowed.shares_results)
