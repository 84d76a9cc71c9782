"""The blueprint, and what every page of programmes shares."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, url_for
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from lms import db
from lms.access import Actor, current_actor
from lms.courses.models import Edition
from lms.web.i18n import gettext as _

bp = Blueprint("programmes", __name__)


def me() -> int:
    """Return the id of who asks; only for pages that nobody sees unsigned."""
    actor = current_actor()
    assert actor is not None
    return actor.person_id


def edition_by_slug(actor: Actor | None, *, locked: bool, **args: Any) -> Edition | None:
    """Load a visible edition with its programme and course."""
    statement = (
        Edition.visible_to(actor)
        .options(joinedload(Edition.programme), joinedload(Edition.course))
        .where(Edition.slug == args["slug"])
    )
    if locked:
        statement = statement.with_for_update(of=Edition)
    return db.session().scalars(statement).unique().one_or_none()


edition_by_slug.consumes = frozenset({"slug"})  # type: ignore[attr-defined]


def to(endpoint: str, **args: Any) -> Response:
    """Lead to a page."""
    return redirect(url_for(endpoint, **args))


def declared_words() -> str:
    """Say why what is printed can't be changed now."""
    return _(
        "The programme is declared complete, so what is printed can’t change. Nothing was "
        "changed. Reopen it first, with a reason."
    )
