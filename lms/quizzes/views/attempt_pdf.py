"""An attempt as a PDF: for the learner as far as the test's rules allow, for trainers whole."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from flask import redirect, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import reads
from lms.quizzes.corrections import showing, wording
from lms.quizzes.corrections.keyed import keyed
from lms.quizzes.corrections.neutral import credited_texts
from lms.quizzes.corrections.showing import Amended, ChangeLine
from lms.quizzes.disputes.queries import DisputeLine
from lms.quizzes.key_words import given_words, key_texts, plain_words
from lms.quizzes.models import Attempt
from lms.quizzes.permissions import REVIEW_ATTEMPT
from lms.quizzes.queries import PaperItem
from lms.quizzes.results import attempt_pdf as paper
from lms.quizzes.results.attempt_pdf import AnsweredQuestion, AttemptPaper
from lms.quizzes.results.files import TYPES, title_of
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.quizzes.rules.review import Shown
from lms.quizzes.services import attempts as services
from lms.quizzes.views import bp
from lms.quizzes.views.results import headings_of, load_result, said_of, shown_of
from lms.safety.file_names import content_disposition
from lms.web.i18n import current_locale, format_datetime, format_number, format_percent
from lms.web.i18n import gettext as _


@bp.get("/attempts/<int:attempt_id>/attempt.pdf")
@reads(REVIEW_ATTEMPT, load_result)
def attempt_pdf(attempt: Attempt) -> Response:
    """Hand an attempt out as a PDF; an open one has its own page."""
    if attempt.state is not AttemptState.SUBMITTED:
        return redirect(url_for("quizzes.result", attempt_id=attempt.id))
    now = clock.now()
    shown = shown_of(attempt, now=now)
    more = showing.amended(attempt, own=False, now=now)
    made = AttemptPaper(
        title=title_of(attempt.quiz),
        lead=_lead(attempt, shown, more),
        questions=_questions(attempt, more, shown) if Shown.ATTEMPT in shown else (),
        shown=shown,
        foot=f"{title_of(attempt.quiz)} · {attempt.enrolment.person.full_name}",
        say=plain_words,
        say_given=given_words,
    )
    name = f"{attempt.quiz.slug}-{attempt.number}.pdf"
    db.end_reading()
    response = Response(paper.draw(made))
    response.headers["Content-Type"] = TYPES["pdf"]
    response.headers["Content-Disposition"] = content_disposition(name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _lead(attempt: Attempt, shown: Collection[Shown], more: Amended) -> list[str]:
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
    if said := said_of(attempt, shown):
        lines.append(said[0])
    if Shown.MARKS in shown:
        lines += [
            _moved_words(change, zone) for change in more.changes if not change.is_first_marking
        ]
    lines.append(
        _(
            "As it stood on %(time)s. This is a copy of an attempt, not a certificate.",
            time=format_datetime(clock.now(), zone),
        )
    )
    return lines


def _moved_words(change: ChangeLine, zone: str) -> str:
    return _(
        "On %(when)s the result went from %(before)s to %(after)s: %(reason)s",
        when=format_datetime(change.changed_at, zone),
        before=format_percent(change.percent_before),
        after=format_percent(change.percent),
        reason=change.reason,
    )


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


def _questions(attempt: Attempt, more: Amended, shown: Collection[Shown]) -> list[AnsweredQuestion]:
    """Word each question as it stood when it was answered, with the marks that hold."""
    headings = headings_of(attempt, more.items)
    seen = [replace(item, words=more.seen.get(item.item_id, item.words)) for item in more.items]
    return [
        replace(_question(item, more, shown), heading=headings.get(at))
        for at, item in enumerate(seen, 1)
    ]


def _question(item: PaperItem, more: Amended, shown: Collection[Shown]) -> AnsweredQuestion:
    locale = current_locale()
    mark = more.marks[item.item_id]
    worded = keyed(item.words.in_language(locale), mark.standing.key)
    texts = item.rules.feedback(worded, item.payload)
    return AnsweredQuestion(
        position=item.position,
        public=item.public(locale),
        chosen=frozenset(part.given for part in mark.marked.parts if part.given is not None),
        answer=item.rules.response_text(worded, item.payload),
        key=(*key_texts(worded), *credited_texts(worded, mark.standing)),
        feedback=[text for text in texts if text != worded.general_feedback],
        general=worded.general_feedback,
        earned=None if mark.waits else mark.earned,
        possible=item.question.marks,
        is_answerable=bool(item.rules.field_names(item.question)),
        is_left_out=mark.is_left_out,
        remarks=[
            *wording.notes(worded, mark.standing, tells_key=Shown.RIGHT_ANSWER in shown),
            *(_change_words(change) for change in more.changes_on(item.item_id)),
            *(text for line in more.disputes_on(item.item_id) for text in _dispute_words(line)),
        ],
    )


def _change_words(change: ChangeLine) -> str:
    """Say what moved the mark of an answer, and why."""
    when = format_datetime(change.changed_at)
    if change.is_by_hand:
        return f"{_('Marked by the trainer on %(when)s.', when=when)} {change.reason}".strip()
    return _("Marks corrected on %(when)s: %(reason)s", when=when, reason=change.reason)


def _dispute_words(line: DisputeLine) -> list[str]:
    """Say what was contested, and what was answered."""
    said = [
        _(
            "Contested on %(when)s: %(text)s",
            when=format_datetime(line.raised_at),
            text=line.text,
        )
    ]
    if line.is_open:
        return [*said, _("It is waiting for an answer.")]
    answer = _("the mark was corrected") if line.is_upheld else _("the mark stays")
    who = line.answered_by or _("The trainer")
    return [*said, f"{who}: {answer}. {line.answer or ''}".strip()]
