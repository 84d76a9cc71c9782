"""An attempt as a PDF: for the learner as far as the test's rules allow, for trainers whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa
from flask import redirect, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import reads
from lms.quizzes import queries
from lms.quizzes.attempt_rules import AttemptState
from lms.quizzes.merging import Standing
from lms.quizzes.models import Attempt, AttemptItem, ManualMark, ResponseVersion
from lms.quizzes.permissions import REVIEW_ATTEMPT
from lms.quizzes.queries import PaperItem, words_of_revisions
from lms.quizzes.results import attempt_pdf as paper
from lms.quizzes.results.attempt_pdf import AnsweredQuestion, AttemptPaper
from lms.quizzes.results.files import TYPES, title_of
from lms.quizzes.review import Shown
from lms.quizzes.services import attempts as services
from lms.quizzes.views import bp
from lms.quizzes.views.results import load_result, plain_words, shown_of
from lms.safety.file_names import content_disposition
from lms.web.i18n import current_locale, format_datetime, format_number, format_percent
from lms.web.i18n import gettext as _


@bp.get("/attempts/<int:attempt_id>/attempt.pdf")
@reads(REVIEW_ATTEMPT, load_result)
def attempt_pdf(attempt: Attempt) -> Response:
    """Hand an attempt out as a PDF; an open one has its own page."""
    if attempt.state is not AttemptState.SUBMITTED:
        return redirect(url_for("quizzes.result", attempt_id=attempt.id))
    shown = shown_of(attempt, now=clock.now())
    made = AttemptPaper(
        title=title_of(attempt.quiz),
        lead=_lead(attempt, shown),
        questions=_questions(attempt) if Shown.ATTEMPT in shown else (),
        shown=shown,
        foot=f"{title_of(attempt.quiz)} · {attempt.enrolment.person.full_name}",
        say=plain_words,
    )
    name = f"{attempt.quiz.slug}-{attempt.number}.pdf"
    db.end_reading()
    response = Response(paper.draw(made))
    response.headers["Content-Type"] = TYPES["pdf"]
    response.headers["Content-Disposition"] = content_disposition(name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _lead(attempt: Attempt, shown: Collection[Shown]) -> list[str]:
    place, zone = attempt.enrolment, attempt.enrolment.edition.programme.zone
    who = [place.person.full_name, place.organisation_name or ""]
    assert attempt.submitted_at is not None
    lines = [
        " · ".join(text for text in who if text),
        f"{_course_title(attempt)} · {place.edition.title}",
        _(
            "Attempt %(number)s, begun on %(begun)s, submitted on %(submitted)s.",
            number=attempt.number,
            begun=format_datetime(attempt.started_at, zone),
            submitted=format_datetime(attempt.submitted_at, zone),
        ),
    ]
    if result := _result_words(attempt, shown):
        lines.append(result)
    lines.append(
        _(
            "As it stood on %(time)s. This is a copy of an attempt, not a certificate.",
            time=format_datetime(clock.now(), zone),
        )
    )
    return lines


def _course_title(attempt: Attempt) -> str:
    course = attempt.enrolment.edition.course
    return str(course.title_en if current_locale() == "en" else course.title_ro)


def _result_words(attempt: Attempt, shown: Collection[Shown]) -> str:
    """Say the result as it stands, as far as it is shown; the pass mark where there is one."""
    assert attempt.percent is not None
    assert attempt.earned is not None
    assert attempt.possible is not None
    said = []
    if Shown.MARKS in shown:
        said.append(
            _(
                "Result: %(earned)s out of %(possible)s",
                earned=format_number(attempt.earned),
                possible=format_number(attempt.possible),
            )
        )
        said.append(format_percent(attempt.percent))
    mark = services.settings_of(attempt.quiz_version).pass_mark
    if mark is not None and Shown.OVERALL in shown:
        word = _("passed") if attempt.passed else _("not passed")
        if not attempt.passed and not attempt.is_final:
            word = _("waits for marking")
        said.append(_("%(word)s (needed: %(mark)s)", word=word, mark=format_percent(mark)))
    return " · ".join(said)


def _questions(attempt: Attempt) -> list[AnsweredQuestion]:
    """Word each question as it stood when it was answered."""
    items = _as_seen(attempt.id, queries.paper_of(attempt.id))
    left_out = _left_out(attempt.id)
    remarks = _comments(attempt.id)
    locale = current_locale()
    return [
        _question(
            item, locale, is_left_out=item.item_id in left_out, remarks=remarks.get(item.item_id)
        )
        for item in items
    ]


def _question(
    item: PaperItem, locale: str, *, is_left_out: bool, remarks: Sequence[str] | None
) -> AnsweredQuestion:
    worded = item.words.in_language(locale)
    ids = {part.given for part in item.rules.mark(item.question, item.payload).parts}
    return AnsweredQuestion(
        position=item.position,
        public=item.public(locale),
        chosen=frozenset(each for each in ids if each is not None),
        answer=item.rules.response_text(worded, item.payload),
        key=item.rules.key_text(worded),
        feedback=[
            text
            for text in item.rules.feedback(worded, item.payload)
            if text != worded.general_feedback
        ],
        general=worded.general_feedback,
        earned=None if item.fraction is None else item.question.marks * item.fraction,
        possible=item.question.marks,
        is_answerable=bool(item.rules.field_names(item.question)),
        is_left_out=is_left_out,
        remarks=remarks or (),
    )


def _as_seen(attempt_id: int, items: Sequence[PaperItem]) -> list[PaperItem]:
    """Put the words that each answer saw in the place of the newest ones."""
    rows = db.session().execute(
        sa.select(ResponseVersion.item_id, ResponseVersion.revision_id)
        .join(AttemptItem, AttemptItem.id == ResponseVersion.item_id)
        .where(AttemptItem.attempt_id == attempt_id, ResponseVersion.standing == Standing.COUNTS)
        .order_by(ResponseVersion.sequence)
    )
    seen = {row[0]: row[1] for row in rows}
    words = words_of_revisions(sorted(set(seen.values())))
    return [
        replace(item, words=words[seen[item.item_id]]) if item.item_id in seen else item
        for item in items
    ]


def _left_out(attempt_id: int) -> frozenset[int]:
    rows = db.session().scalars(
        sa.select(AttemptItem.id).where(
            AttemptItem.attempt_id == attempt_id, AttemptItem.left_out.is_(sa.true())
        )
    )
    return frozenset(rows)


def _comments(attempt_id: int) -> Mapping[int, list[str]]:
    """Read what was written with marks given by hand; of several for one answer the newest."""
    rows = db.session().execute(
        sa.select(ManualMark.item_id, ManualMark.comment)
        .join(AttemptItem, AttemptItem.id == ManualMark.item_id)
        .where(AttemptItem.attempt_id == attempt_id)
        .order_by(ManualMark.id)
    )
    return {row[0]: [row[1]] for row in rows if row[1]}
