"""The queue of answers that a person marks: by question or by learner, with names or without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import flash, jsonify, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, current_actor, reads, writes
from lms.quizzes import desk, queries
from lms.quizzes.forms.marking_form import Filled, filled_from_mark, filled_of, read_filled
from lms.quizzes.marking_queue import PER_PAGE, Queue
from lms.quizzes.models import Attempt, AttemptItem
from lms.quizzes.permissions import MARK_ANSWERS, SEE_MARKING
from lms.quizzes.queries import PaperItem
from lms.quizzes.question_types.essay.rubric import Rubric
from lms.quizzes.question_types.essay.rules import count_words
from lms.quizzes.question_types.plain import typed_in
from lms.quizzes.results.scope import scope_of
from lms.quizzes.services import attempts as attempt_services
from lms.quizzes.services import mark_drafts, marking
from lms.quizzes.services.marking import MarkedMeanwhile, NothingLeft
from lms.quizzes.views import bp
from lms.quizzes.views.attempts import Page
from lms.quizzes.views.taking import QuizPage, load_quiz
from lms.web.forms import whole_number
from lms.web.i18n import current_locale, format_number, format_time
from lms.web.i18n import gettext as _
from lms.web.pages import wants_json
from lms.web.templating import render

QUEUE = "/courses/<slug>/quizzes/<quiz_slug>/marking"
ANSWER = f"{QUEUE}/<int:item_id>"


def _way() -> tuple[str, bool]:
    """Read how one works: by question or by learner, and whether without names."""
    by = "learner" if request.values.get("by") == "learner" else "question"
    return by, request.values.get("names") == "hidden"


def _where(page: QuizPage) -> dict[str, Any]:
    by, is_blind = _way()
    return {
        "slug": page.outline.slug,
        "quiz_slug": page.quiz.slug,
        "by": by if by == "learner" else None,
        "names": "hidden" if is_blind else None,
    }


def _queue(page: QuizPage) -> Queue:
    by, is_blind = _way()
    scope = scope_of(page.quiz, current_actor(), "")
    return Queue(page.quiz.id, scope.edition_ids, by_learner=by == "learner", is_blind=is_blind)


@bp.get(QUEUE)
@reads(SEE_MARKING, load_quiz)
def marking_queue_page(page: QuizPage) -> str:
    """List what waits, in piles, a page at a time."""
    by, is_blind = _way()
    queue, where = _queue(page), _where(page)
    totals = queue.totals()
    pages = max(1, -(-totals.piles // PER_PAGE))
    number = min(max(1, whole_number(request.args.get("page")) or 1), pages)

    def at(wanted: int) -> str:
        return url_for("quizzes.marking_queue_page", page=wanted, **where)

    return render(
        "quizzes/marking.html",
        page=page,
        frame=desk.frame_of(page, "marking"),
        where=where,
        by=by,
        is_blind=is_blind,
        waiting=totals.waiting,
        piles=queue.piles(number, current_locale()) if totals.piles else [],
        pager=Page(number, pages, totals.piles, at),
    )


@dataclass(frozen=True)
class AnswerPage:
    """One answer on the trainer's desk."""

    page: QuizPage
    attempt: Attempt
    item_id: int

    @property
    def course_id(self) -> int:
        """The course whose trainers mark."""
        return self.page.course_id

    @property
    def edition_id(self) -> int:
        """The edition whose trainers mark."""
        return self.attempt.edition_id

    @property
    def person_id(self) -> int:
        """Whose answer it is."""
        return self.attempt.person_id


def load_answer(
    actor: Actor, *, locked: bool, slug: str, quiz_slug: str, item_id: int
) -> AnswerPage | None:
    """Load an answer of a closed attempt that one may see; to write, under the attempt's lock."""
    page = load_quiz(actor, locked=locked, slug=slug, quiz_slug=quiz_slug)
    if page is None:
        return None
    attempt_id = db.session().scalar(
        Attempt.visible_to(actor)
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .where(AttemptItem.id == item_id, Attempt.quiz_id == page.quiz.id)
        .with_only_columns(Attempt.id)
    )
    if attempt_id is None:
        return None
    if locked:
        attempt = attempt_services.locked_attempt(attempt_id)
    else:
        statement = sa.select(Attempt).where(Attempt.id == attempt_id)
        attempt = db.session().scalar(attempt_services.with_company(statement))
    if attempt is None or not attempt.state.is_closed:
        return None
    return AnswerPage(page, attempt, item_id)


@bp.get(ANSWER)
@reads(MARK_ANSWERS, load_answer)
def mark_answer(subject: AnswerPage) -> Response:
    """Show an answer with what is needed to mark it."""
    return _draw(subject)


@bp.post(ANSWER)
@writes(MARK_ANSWERS, load_answer)
def set_mark(subject: AnswerPage) -> Response:
    """Give the mark and go on to the next answer that waits."""
    item = _item(subject)
    filled = read_filled(request.form, _rubric(item))
    fraction = filled.fraction(item.question.marks, _rubric(item)) if item.question.marks else None
    if fraction is None:
        return _draw(subject, filled, error=_what_is_missing(item), status=422)
    actor = current_actor()
    assert actor is not None
    seen = request.form.get("seen", "")
    try:
        marking.set_mark(
            subject.attempt,
            subject.item_id,
            fraction,
            comment=filled.comment,
            by=actor.person_id,
            now=clock.now(),
            details=filled.details(),
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 18 else None,
        )
    except MarkedMeanwhile:
        error = _("Somebody else has marked this answer since you opened it. Look at their mark.")
        return _draw(subject, filled, error=error, status=409)
    except NothingLeft:
        flash(_("The answer was erased with its person: the mark stays as it is."), "warning")
        return redirect(url_for("quizzes.marking_queue_page", **_where(subject.page)), 303)
    mark_drafts.drop_draft(subject.item_id)
    db.session().flush()  # the list of what waits is read next
    return _go_on(subject)


def _what_is_missing(item: PaperItem) -> str:
    marks = format_number(item.question.marks)
    if _rubric(item):
        return _(
            "Choose a level in each row, or write the points yourself, from 0 to %(marks)s.",
            marks=marks,
        )
    return _("Write the points: a number from 0 to %(marks)s.", marks=marks)


def _go_on(subject: AnswerPage) -> Response:
    next_id = _queue(subject.page).around(subject.item_id).next_waiting
    if next_id is None:
        flash(_("The mark is saved. Nothing more waits here."), "success")
        return redirect(url_for("quizzes.marking_queue_page", **_where(subject.page)), 303)
    flash(_("The mark is saved."), "success")
    there = url_for("quizzes.mark_answer", item_id=next_id, **_where(subject.page))
    return redirect(there, 303)


@bp.post(f"{ANSWER}/draft")
@writes(MARK_ANSWERS, load_answer)
def keep_mark_draft(subject: AnswerPage) -> Response:
    """Keep what is filled in so far; nothing is given yet."""
    filled = read_filled(request.form, _rubric(_item(subject)))
    now = clock.now()
    mark_drafts.keep_draft(subject.item_id, filled, now=now)
    said = _("Draft kept at %(time)s", time=format_time(now, seconds=True))
    if wants_json():
        return jsonify(message=said)
    flash(said, "success")
    here = url_for("quizzes.mark_answer", item_id=subject.item_id, **_where(subject.page))
    return redirect(here, 303)


def _item(subject: AnswerPage) -> PaperItem:
    return queries.paper_of(subject.attempt.id, [subject.item_id])[0]


def _rubric(item: PaperItem) -> Rubric:
    rubric: Rubric = getattr(item.words.in_language(current_locale()), "rubric", ())
    return rubric


def _draw(
    subject: AnswerPage, filled: Filled | None = None, *, error: str = "", status: int = 200
) -> Response:
    item, around = _item(subject), _queue(subject.page).around(subject.item_id)
    by, is_blind = _way()
    question = item.words.in_language(current_locale())
    given, draft = marking.newest_mark(subject.item_id), mark_drafts.draft_of(subject.item_id)
    if filled is None and draft is not None:
        filled = filled_of(draft.filled)
    elif filled is None and given is not None:
        marks = item.question.marks
        filled = filled_from_mark(given.fraction, marks, given.details, given.comment)
    return make_response(
        render(
            "quizzes/mark_answer.html",
            frame=desk.frame_of(subject.page, "marking"),
            page=subject.page,
            attempt=subject.attempt,
            item=item,
            question=question,
            lang=item.words.language(current_locale()),
            answer=item.rules.response_text(question, item.payload),
            words=count_words(typed_in(item.payload)),
            rubric=_rubric(item),
            filled=filled or Filled(),
            given=given,
            draft=draft,
            error=error,
            where=_where(subject.page),
            by=by,
            is_blind=is_blind,
            around=around,
        ),
        status,
    )
