"""A holder's own link: it shows more than the register's page, and is taken back at will.

The database holds the token's hash alone. The site makes the token anew from its secret, so that
the holder can copy it again; whoever has only the database can't.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

import sqlalchemy as sa
from flask import current_app

from lms import db
from lms.audit.services import record
from lms.certificates.badges.errors import LinksTooMany
from lms.certificates.badges.models import ShareLink
from lms.certificates.models import Certificate
from lms.courses.models import Completion, SubjectKind
from lms.mail.links import absolute_url
from lms.quizzes import queries as quiz_queries
from lms.quizzes.models import QuizPlace
from lms.quizzes.rules.attempt_rules import AttemptState

MOST_LINKS: Final = 5
_TOKEN_LENGTH: Final = 43  # 256 bits in base64url


@dataclass(frozen=True)
class OwnLink:
    """A link as its maker sees it; the address is empty where the site's secret has changed."""

    id: int
    address: str
    made_at: datetime
    shows_results: bool
    times_opened: int
    last_opened_at: datetime | None


def make(certificate: Certificate, *, shows_results: bool, by: int, now: datetime) -> ShareLink:
    """Make a link, or return the one that shows the same already. Raises LinksTooMany."""
    live = _live(certificate.id)
    for link in live:
        if link.shows_results == shows_results and _token(link) is not None:
            return link
    if len(live) >= MOST_LINKS:
        raise LinksTooMany
    salt = secrets.token_hex(16)
    link = ShareLink(
        certificate_id=certificate.id,
        salt=salt,
        token_hash=_hash(_made(salt)),
        made_at=now,
        shows_results=shows_results,
        times_opened=0,
    )
    db.session().add(link)
    db.session().flush()  # the record names it
    record("certificate.shared", by=by, on=certificate, shows_results=shows_results)
    return link


def take_back(link: ShareLink, *, by: int, now: datetime) -> None:
    """Take a link back: from now on its address is nowhere; twice is once."""
    if link.taken_back_at is None:
        link.taken_back_at = now
        record("certificate.unshared", by=by, on=link.certificate)


def links_of(certificate_id: int) -> list[OwnLink]:
    """List a certificate's links that still lead somewhere, oldest first."""
    return [
        OwnLink(
            link.id,
            absolute_url("certificates.shared", token=token) if (token := _token(link)) else "",
            link.made_at,
            link.shows_results,
            link.times_opened,
            link.last_opened_at,
        )
        for link in _live(certificate_id)
    ]


def find(token: str) -> ShareLink | None:
    """Find the link that a token opens; a malformed one is looked up like an unknown one."""
    shown = token if len(token) == _TOKEN_LENGTH else "-"
    return (
        db.session()
        .scalars(
            sa.select(ShareLink).where(
                ShareLink.token_hash == _hash(shown), ShareLink.taken_back_at.is_(None)
            )
        )
        .one_or_none()
    )


def count_opening(link_id: int, *, now: datetime) -> None:
    """Count that somebody has opened a link; nothing about whom is kept."""
    db.session().execute(
        sa.update(ShareLink)
        .where(ShareLink.id == link_id)
        .values(times_opened=ShareLink.times_opened + 1, last_opened_at=now)
    )


def _live(certificate_id: int) -> list[ShareLink]:
    return list(
        db.session().scalars(
            sa.select(ShareLink)
            .where(ShareLink.certificate_id == certificate_id, ShareLink.taken_back_at.is_(None))
            .order_by(ShareLink.id)
        )
    )


def _token(link: ShareLink) -> str | None:
    token = _made(link.salt)
    return token if _hash(token) == link.token_hash else None


def _made(salt: str) -> str:
    key = str(current_app.secret_key).encode()
    digest = hmac.new(key, f"share link {salt}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# What the link shows more ------------------------------------------------------------------------


@dataclass(frozen=True)
class QuizResult:
    """The best result of a module's quiz."""

    title_ro: str
    title_en: str
    percent: Decimal


@dataclass(frozen=True)
class More:
    """What stands on a shared page beyond what is printed."""

    hours_attended: Decimal
    completed_at: datetime | None
    results: list[QuizResult]


def more_of(certificate: Certificate, *, with_results: bool) -> More:
    """Gather what a shared page shows more."""
    place = certificate.enrolment
    completed_at = db.session().scalar(
        sa.select(Completion.earned_at).where(
            Completion.enrolment_id == place.id, Completion.kind == SubjectKind.COURSE
        )
    )
    results = _results(certificate) if with_results else []
    return More(place.hours_attended, completed_at, results)


def _results(certificate: Certificate) -> list[QuizResult]:
    attempts, papers = quiz_queries.results_of(certificate.enrolment_id)
    best: dict[int, Decimal] = {}
    done = [(a.quiz_id, a.percent) for a in attempts if a.state is AttemptState.SUBMITTED]
    done += [(p.quiz_id, p.percent) for p in papers if p.stands]
    for quiz_id, percent in done:
        if percent is not None:
            best[quiz_id] = max(percent, best.get(quiz_id, percent))
    return [
        QuizResult(quiz.title_ro, quiz.title_en, best[quiz.id])
        for quiz in quiz_queries.quizzes_of(certificate.course_id)
        if quiz.id in best and quiz.place is QuizPlace.MODULE
    ]
