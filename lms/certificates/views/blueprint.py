"""The blueprint of certificates, and what its pages share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from lms import db
from lms.access import Actor, Load, by_id, current_actor
from lms.certificates.models import Certificate
from lms.courses.models import Edition, Enrolment
from lms.safety.file_names import content_disposition

bp = Blueprint("certificates", __name__)

PDF = "application/pdf"
ZIP = "application/zip"


def me() -> int:
    """Return who asks, on a page that only signed-in people reach."""
    actor = current_actor()
    assert actor is not None  # the permission says so
    return actor.person_id


def certificate(actor: Actor, *, locked: bool, certificate_id: int) -> Certificate | None:
    """Load a certificate with all that its page shows, through what the person may see."""
    place = joinedload(Certificate.enrolment, innerjoin=True)
    statement = (
        Certificate.visible_to(actor)
        .where(Certificate.id == certificate_id)
        .options(
            place.joinedload(Enrolment.edition, innerjoin=True).joinedload(
                Edition.programme, innerjoin=True
            ),
            place.joinedload(Enrolment.person, innerjoin=True),
        )
    )
    if locked:
        statement = statement.with_for_update(of=Certificate)
    return db.session().scalars(statement).unique().one_or_none()


def for_staff(load: Load) -> Load:
    """Hide what only staff act on from learners, their own included: for them it isn't there."""

    def loaded(actor: Actor, *, locked: bool, **args: Any) -> Any:
        return load(actor, locked=locked, **args) if actor.is_staff else None

    loaded.consumes = getattr(load, "consumes", None)  # type: ignore[attr-defined]
    return loaded


staff_certificate = for_staff(certificate)
staff_enrolment = for_staff(by_id(Enrolment))


def the_office(actor: Actor, *, locked: bool, **_args: Any) -> Actor | None:
    """Load whoever works here, for acts on many certificates at once."""
    return actor if actor.is_staff else None


the_office.consumes = frozenset()  # type: ignore[attr-defined]  # what an address names is the view's


def download(data: bytes, name: str, media_type: str, *, inline: bool = False) -> Response:
    """Answer with a file that no cache keeps."""
    response = Response(data, mimetype=media_type)
    response.headers["Content-Disposition"] = content_disposition(name, inline=inline)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def file_name(number: str, holder: str) -> str:
    """Name a certificate's file: the number keeps people of one name apart."""
    return f"Certificat-{number}-{'-'.join(holder.split())}.pdf"


def ids_of(values: list[str]) -> list[int]:
    """Read ticked boxes; what is no number is no box of ours."""
    return [int(v) for v in dict.fromkeys(values) if v.isascii() and v.isdigit() and len(v) < 18]
