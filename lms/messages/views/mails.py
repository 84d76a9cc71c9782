"""All mails: which wait, which went, which were refused and why; and trying again."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, reads, writes
from lms.audit.services import record
from lms.mail.models import MailMessage, MailState
from lms.mail.services import try_again as mail_again
from lms.messages import queries, words
from lms.messages.permissions import SEE_MAILS, TRY_MAIL_AGAIN
from lms.messages.queries import MailFilters
from lms.messages.server_answers import Meaning, meaning_of
from lms.messages.views.blueprint import Page, asked_page, bp, me
from lms.web.i18n import gettext as _
from lms.web.templating import render

PER_PAGE = 100


def mail_by_id(_actor: Actor | None, *, locked: bool, **args: Any) -> MailMessage | None:
    """Load a mail, locked where it is to be changed."""
    statement = sa.select(MailMessage).where(MailMessage.id == args["mail_id"])
    if locked:
        statement = statement.with_for_update()
    return db.session().scalars(statement).one_or_none()


mail_by_id.consumes = frozenset({"mail_id"})  # type: ignore[attr-defined]


@bp.get("/mails")
@reads(SEE_MAILS)
def mails() -> str:
    """List all mails with their state."""
    filters = MailFilters(
        request.args.get("state", "").strip()[:20], request.args.get("search", "").strip()[:100]
    )
    now, asked = clock.now(), asked_page()
    total, lines = queries.mail_page(filters, page=asked, per_page=PER_PAGE)
    return render(
        "messages/mails.html",
        lines=lines,
        figures=queries.mail_figures(now),
        filters=filters,
        page=_page(total, asked, filters),
        has_server=bool(current_app.config["LMS"].smtp_url),
        now=now,
        words=words,
        MailState=MailState,
        maybe_arrived=lambda line: meaning_of(line.last_error) is Meaning.MAYBE_ARRIVED,
        choices=[
            ("", _("All")),
            ("waiting", _("waiting")),
            ("sent", _("sent")),
            ("failed", _("not sent")),
            ("withdrawn", _("withdrawn from sending")),
        ],
    )


def _page(total: int, asked: int, filters: MailFilters) -> Page:
    pages = max(1, -(-total // PER_PAGE))

    def href(number: int) -> str:
        return url_for(
            "messages.mails",
            page=number,
            state=filters.state or None,
            search=filters.search or None,
        )

    return Page(min(asked, pages), pages, total, href)


@bp.post("/mails/<int:mail_id>/again")
@writes(TRY_MAIL_AGAIN, mail_by_id)
def try_again(mail: MailMessage) -> Response:
    """Let a mail that failed wait once more."""
    if mail_again(mail, now=clock.now()):
        record("mail.tried_again", by=me(), on=mail)
        flash(_("The e-mail waits to be sent again."), "success")
    else:
        flash(_("This e-mail has not failed, so nothing was changed."), "info")
    return redirect(url_for("messages.mails", state="failed"))
