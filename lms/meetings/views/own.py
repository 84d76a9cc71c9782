"""A learner's own meetings and hours, and the code typed from the wall."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock
from lms.access import reads, writes
from lms.meetings import queries, words
from lms.meetings.errors import (
    CodeEarly,
    CodeLate,
    CodeUnknown,
    PresenceStruck,
    TooManyCodes,
)
from lms.meetings.permissions import GIVE_CODE, SEE_OWN_MEETINGS
from lms.meetings.rules import read_code
from lms.meetings.services import presence
from lms.meetings.views.blueprint import bp, me
from lms.web.i18n import format_date, format_hours, format_time
from lms.web.i18n import gettext as _
from lms.web.templating import render


@bp.get("/learn/meetings")
@reads(SEE_OWN_MEETINGS)
def mine() -> str:
    """Show one's own meetings with their hours, and the field for the code."""
    now = clock.now()
    found = queries.meetings_of_person(me())
    return render(
        "meetings/mine.html",
        meetings=found,
        attended=sum(own.presence.hours for own in found if own.is_present and own.presence),
        is_open=any(own.is_open(now) for own in found),
        code=read_code(request.args.get("code", ""))[:6],
        words=words,
        now=now,
    )


@bp.post("/learn/presence")
@writes(GIVE_CODE)
def give_code() -> Response:
    """Take the code from the wall."""
    now = clock.now()
    try:
        done = presence.give_code(me(), request.form.get("code", ""), now=now)
    except TooManyCodes:
        flash(
            _("Too many codes that were not right. Wait ten minutes, or tell your trainer."),
            "error",
        )
    except CodeUnknown:
        presence.note_try(me(), now=now)
        flash(
            _("This is not the code of one of your meetings. Read it again from the wall."),
            "error",
        )
    except CodeEarly as refusal:
        flash(
            _(
                "The code is right, and is taken from %(date)s, %(time)s on.",
                date=format_date(refusal.opens_at),
                time=format_time(refusal.opens_at),
            ),
            "warning",
        )
    except CodeLate as refusal:
        flash(
            _(
                "The code was taken until %(time)s on %(date)s. Tell your trainer that you were "
                "there: the presence can still be ticked.",
                date=format_date(refusal.closed_at),
                time=format_time(refusal.closed_at),
            ),
            "warning",
        )
    except PresenceStruck:
        flash(_("Your presence at this meeting was struck out. Ask your trainer why."), "warning")
    else:
        hours = format_hours(done.meeting.hours)
        flash(
            _("You are present at “%(title)s”: %(hours)s.", title=done.meeting.title, hours=hours)
            if done.is_new
            else _("Your presence was written down before; it counts once."),
            "success" if done.is_new else "info",
        )
    return redirect(url_for("meetings.mine"), 303)
