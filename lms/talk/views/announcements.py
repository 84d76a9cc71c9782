"""Announcements: an edition's list, writing with a preview, changing; the learner's side."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, make_response, redirect, request, url_for
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, reads, writes
from lms.courses.models import Edition
from lms.talk.forms import AnnouncementForm
from lms.talk.models import Announcement
from lms.talk.permissions import (
    ANNOUNCE,
    READ_ANNOUNCEMENT,
    SEE_ANNOUNCEMENTS,
    SEE_OWN_ANNOUNCEMENTS,
)
from lms.talk.queries import announcements as queries
from lms.talk.services import announcements as services
from lms.talk.services import mails
from lms.talk.views.blueprint import MOST_KEY, bp, edition_by_slug, me, new_key
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.templating import render


def load_announcement(actor: Actor | None, *, locked: bool, **args: Any) -> Announcement | None:
    """Load a visible announcement with its edition and programme."""
    statement = (
        Announcement.visible_to(actor)
        .options(joinedload(Announcement.edition).joinedload(Edition.programme))
        .where(Announcement.id == args["announcement_id"])
    )
    if locked:
        statement = statement.with_for_update(of=Announcement)
    return db.session().scalars(statement).unique().one_or_none()


load_announcement.consumes = frozenset({"announcement_id"})  # type: ignore[attr-defined]


@bp.get("/editions/<slug>/announcements")
@reads(SEE_ANNOUNCEMENTS, edition_by_slug)
def announcements(edition: Edition) -> str:
    """List what was announced to an edition."""
    return render(
        "talk/announcements.html",
        edition=edition,
        lines=queries.of_edition(edition.id),
        zone=edition.programme.zone,
        now=clock.now(),
    )


@bp.get("/editions/<slug>/announcements/new")
@reads(ANNOUNCE, edition_by_slug)
def new_announcement(edition: Edition) -> str:
    """Ask for an announcement."""
    return _draw(edition, AnnouncementForm(data={"key": new_key()}))


@bp.post("/editions/<slug>/announcements/new")
@writes(ANNOUNCE, edition_by_slug)
def announce(edition: Edition) -> Response | str:
    """Show an announcement as learners will read it; or publish it, once."""
    form, now, zone = AnnouncementForm.posted(), clock.now(), edition.programme.zone
    key = (form.key.data or "")[:MOST_KEY] or new_key()
    if not form.validate() or form.refuse_past(now.astimezone(ZoneInfo(zone)).date()):
        return make_response(_draw(edition, form), 422)
    if request.form.get("do") != "publish":
        return _draw(edition, form, previews=True)
    made, is_new = services.publish(
        edition, form.draft(zone, now), by_mail=form.by_mail.data, key=key, by=me(), now=now
    )
    _say(made, is_new)
    return redirect(url_for("talk.announcements", slug=edition.slug), 303)


def _say(made: Announcement, is_new: bool) -> None:
    if not is_new:
        flash(_("This was announced already; it was not announced again."), "info")
    elif made.mailed:
        flash(
            ngettext(
                "It is announced, and on its way by e-mail to %(num)s person.",
                "It is announced, and on its way by e-mail to %(num)s people.",
                made.mailed,
            ),
            "ok",
        )
    else:
        flash(_("It is announced."), "ok")


def _draw(
    edition: Edition,
    form: AnnouncementForm,
    made: Announcement | None = None,
    *,
    previews: bool = False,
) -> str:
    learners = services.learners_of(edition.id)
    return render(
        "talk/announce.html",
        edition=edition,
        form=form,
        made=made,
        preview=services.html_of(form.text.data or "") if previews else None,
        learners=len(learners),
        reached=len(mails.reachable(learners)),
    )


@bp.get("/announcements/<int:announcement_id>/edit")
@reads(ANNOUNCE, load_announcement)
def edit_announcement(made: Announcement) -> str:
    """Show an announcement in the form."""
    return _draw(made.edition, AnnouncementForm.of(made, made.edition.programme.zone), made)


@bp.post("/announcements/<int:announcement_id>/edit")
@writes(ANNOUNCE, load_announcement)
def save_announcement(made: Announcement) -> Response | str:
    """Show the changed announcement; or keep it."""
    form, edition = AnnouncementForm.posted(), made.edition
    if not form.validate():
        return make_response(_draw(edition, form, made), 422)
    if request.form.get("do") != "publish":
        return _draw(edition, form, made, previews=True)
    now = clock.now()
    services.change(made, form.draft(edition.programme.zone, now, made), by=me(), now=now)
    flash(_("The announcement was changed."), "ok")
    return redirect(url_for("talk.announcements", slug=edition.slug), 303)


@bp.post("/announcements/<int:announcement_id>/take-back")
@writes(ANNOUNCE, load_announcement)
def take_back(made: Announcement) -> Response:
    """Show an announcement to no learner any more."""
    if services.take_back(made, by=me(), now=clock.now()):
        flash(_("The announcement was taken back. E-mails that went out can’t be."), "ok")
    return redirect(url_for("talk.announcements", slug=made.edition.slug), 303)


@bp.get("/learn/announcements")
@reads(SEE_OWN_ANNOUNCEMENTS)
def my_announcements() -> str:
    """List what was announced to one's own editions."""
    return render("talk/my_announcements.html", lines=queries.of_learner(me(), now=clock.now()))


@bp.post("/announcements/<int:announcement_id>/read")
@writes(READ_ANNOUNCEMENT, load_announcement)
def read_announcement(made: Announcement) -> Response:
    """Note that one has read it; it leaves the home page."""
    services.read(made, me(), now=clock.now())
    return redirect(url_for("courses.home"), 303)
