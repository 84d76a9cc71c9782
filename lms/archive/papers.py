"""Attempts as papers: what was asked, answered, right, and what it earned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from lms import db
from lms.courses.models import Enrolment
from lms.quizzes.key_words import given_words, key_texts, plain_words
from lms.quizzes.models import Quiz
from lms.quizzes.queries import AttemptLine, PaperItem, attempts_of, paper_of
from lms.safety.html import plain_text
from lms.sheets_pdf import Column, Sheet, draw_sheets
from lms.web.i18n import format_datetime, format_number, format_percent
from lms.web.i18n import gettext as _

Words = Callable[[str, str], str]


def attempts_pdf(place: Enrolment, zone: str) -> bytes | None:
    """Draw a participant's attempts, each on pages of its own; None where there are none."""
    attempts = attempts_of(place.id)
    if not attempts:
        return None
    titles = {
        row.id: row.title_ro
        for row in db.session().execute(
            sa.select(Quiz.id, Quiz.title_ro).where(Quiz.id.in_({a.quiz_id for a in attempts}))
        )
    }
    return draw_sheets([_sheet(place, a, titles[a.quiz_id], zone) for a in attempts])


def _sheet(place: Enrolment, attempt: AttemptLine, title: str, zone: str) -> Sheet:
    name = place.person.full_name
    lead = [name, _("Attempt %(number)s", number=attempt.number)]
    lead.append(_("Begun: %(time)s", time=format_datetime(attempt.started_at, zone)))
    if attempt.submitted_at is None:
        lead.append(_("Not submitted."))
    else:
        lead.append(_("Submitted: %(time)s", time=format_datetime(attempt.submitted_at, zone)))
    if attempt.percent is not None and attempt.earned is not None:
        lead.append(
            _(
                "Result: %(earned)s of %(possible)s points, %(percent)s",
                earned=format_number(attempt.earned),
                possible=format_number(attempt.possible or 0),
                percent=format_percent(attempt.percent),
            )
        )
    return Sheet(
        title=title,
        columns=[
            Column(_("No."), 0.5, is_figure=True),
            Column(_("Question"), 4),
            Column(_("Answer given"), 2.5),
            Column(_("Right answer"), 2.5),
            Column(_("Mark"), 0.8, is_figure=True),
            Column(_("Saved"), 1.1),
        ],
        rows=[_row(item, zone) for item in paper_of(attempt.id)],
        lead=lead,
        foot=name,
        page=_("Page {page} of {pages}"),
        is_landscape=True,
    )


def _row(item: PaperItem, zone: str) -> tuple[str, ...]:
    rules, question = item.rules, item.question
    saved = item.received_at.astimezone(ZoneInfo(zone)) if item.received_at else None
    return (
        str(item.position),
        plain_text(str(item.public("ro")["stem"])),
        _said(item, rules.response_text(question, item.payload), given_words) or "–",
        _said(item, key_texts(question), plain_words),
        "–" if item.fraction is None else format_number(item.fraction, 2),
        saved.strftime("%d.%m.%Y %H:%M") if saved else "–",
    )


def _said(item: PaperItem, texts: Sequence[str], words: Words) -> str:
    """Write plain values in words."""
    return "; ".join(plain_text(words(item.question.type, text)) for text in texts)
