"""Doubles in a bank: shown side by side, told apart, or made one."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, current_actor, may, prepares, reads, writes, writing_subject
from lms.courses.outline import Outline
from lms.courses.views.learning import CoursePage, load_course
from lms.errors import Hidden
from lms.quizzes.bank import desk
from lms.quizzes.bank import queries as bank_queries
from lms.quizzes.bank_tools import queries, words
from lms.quizzes.bank_tools.difference import Difference, differ
from lms.quizzes.forms.draw_forms import shortage_words
from lms.quizzes.models import Question
from lms.quizzes.permissions import EDIT_BANK, SEE_BANK
from lms.quizzes.services import doubles, workshop
from lms.quizzes.services.doubles import CannotMerge, Merging, Pair, TooFew
from lms.quizzes.services.left_short import left_short_by_merging
from lms.quizzes.services.restoring import NotInText, TextNotReady
from lms.quizzes.views import bp
from lms.quizzes.views.bank import QuestionPage, load_question
from lms.quizzes.views.bank_tools import FAULTY
from lms.web.forms import whole_number
from lms.web.i18n import gettext as _
from lms.web.templating import render

PER_PAGE = 20
MOST_TRIES = 3
PAIR = "/courses/<slug>/bank/<int:question_id>/doubles/<int:other_id>"


@dataclass(frozen=True)
class Shown:
    """A pair as the page draws it."""

    pair: Pair
    difference: Difference
    one: bank_queries.Line
    other: bank_queries.Line
    attempts: tuple[int, int]
    is_of_course: bool  # both are of this course: they can be made one


@dataclass(frozen=True)
class PairPage:
    """Two questions, one of them of the course."""

    question: Question
    other: Question
    outline: Outline

    @property
    def course_id(self) -> int:
        """The course whose trainers may change it."""
        return self.question.course_id


def load_pair(
    actor: Actor, *, locked: bool, slug: str, question_id: int, other_id: int
) -> PairPage | None:
    """Load a course's question, and another of the course or one that others share."""
    page: QuestionPage | None = load_question(
        actor, locked=False, slug=slug, question_id=question_id
    )
    other = db.session().get(Question, other_id)
    if page is None or other is None or other.id == question_id:
        return None
    if other.course_id != page.course_id and not other.is_shared:
        return None
    return PairPage(page.question, other, page.outline)


@bp.get("/courses/<slug>/bank/doubles")
@reads(SEE_BANK, load_course)
def bank_doubles(page: CoursePage) -> str:
    """Show the pairs of questions that look alike, the likest first."""
    pairs = doubles.pairs_of(page.course_id)
    last = max(1, -(-len(pairs) // PER_PAGE))
    at = min(max(whole_number(request.args.get("page")) or 1, 1), last)
    chosen = pairs[(at - 1) * PER_PAGE : at * PER_PAGE]
    ids = {each.id for pair in chosen for each in (pair.one, pair.other)}
    lines = {line.id: line for line in bank_queries.lines(Question.id.in_(ids), ids=ids)}
    met = queries.attempts_of(ids)
    return render(
        "quizzes/bank_doubles.html",
        frame=desk.bank_frame(page, "doubles"),
        page=page,
        shown=[
            Shown(
                pair,
                differ(pair.one.payload, pair.other.payload),
                lines[pair.one.id],
                lines[pair.other.id],
                (met.get(pair.one.id, 0), met.get(pair.other.id, 0)),
                pair.other.course_id == page.course_id,
            )
            for pair in chosen
        ],
        total=len(pairs),
        exact=sum(pair.likeness.is_exact for pair in pairs),
        at=at,
        last=last,
        apart=doubles.told_apart_of(page.course_id),
        may_edit=may(EDIT_BANK.name, page),
        words=words,
    )


@bp.post(PAIR)
@writes(EDIT_BANK, load_pair)
def tell_apart(page: PairPage) -> Response:
    """Remember that two questions are not the same, or alternatives; or forget it."""
    actor = current_actor()
    assert actor is not None
    if request.form.get("do") == "again":
        doubles.offer_again(page.question, page.other, by=actor.person_id)
        flash(_("The two are offered as duplicates again while they look alike."), "success")
    elif request.form.get("do") == "alternatives":
        if page.question.course_id != page.other.course_id:
            raise Hidden
        doubles.tell_apart(
            page.question, page.other, by=actor.person_id, now=clock.now(), are_alternatives=True
        )
        flash(_("Remembered: both stay, and an attempt is never given both."), "success")
    else:
        doubles.tell_apart(page.question, page.other, by=actor.person_id, now=clock.now())
        flash(_("Remembered: the two are not the same."), "success")
    return redirect(_list(page))


def _list(page: PairPage) -> str:
    at = whole_number(request.form.get("page"))
    return url_for(
        "quizzes.bank_doubles", slug=page.outline.slug, page=at if at and at > 1 else None
    )


@bp.get(f"{PAIR}/merge")
@reads(EDIT_BANK, load_pair)
def look_at_merging(page: PairPage) -> Response | str:
    """Show what keeping the one and retiring the other does."""
    try:
        merging = doubles.plan_merging(page.question, page.other)
    except (CannotMerge, NotInText, TextNotReady) as refused:
        return _cannot(_list(page), refused)
    return render(
        "quizzes/bank_merge.html",
        frame=desk.question_frame(QuestionPage(page.question, page.outline), "question"),
        page=page,
        merging=merging,
        effect=merging.effect.value,
        short=left_short_by_merging(
            page.course_id, page.question, page.other, merging.quiz.id if merging.quiz else None
        ),
        said=shortage_words,
    )


@bp.post(f"{PAIR}/merge")
@prepares(EDIT_BANK, load_pair)
def merge_questions(page: PairPage) -> Response:
    """Keep the one question and retire the other."""
    back, slug, ids = _list(page), page.outline.slug, (page.question.id, page.other.id)
    try:
        for _try in range(MOST_TRIES):
            kept, dropped = (db.session().get_one(Question, each) for each in ids)
            merging = doubles.plan_merging(kept, dropped)
            db.end_reading()
            if _merged(merging):
                flash(
                    _(
                        "Done: “%(id)s” is retired; its answers and results stay.",
                        id=merging.dropped,
                    ),
                    "success",
                )
                return redirect(back)
    except (CannotMerge, NotInText, TextNotReady, TooFew) as refused:
        return _cannot(back, refused)
    raise workshop.CourseMoved(slug)


def _merged(merging: Merging) -> bool:
    try:
        with writing_subject(EDIT_BANK, load_pair):
            actor = current_actor()
            assert actor is not None
            doubles.merge(merging, by=actor.person_id, now=clock.now())
    except (workshop.CourseMoved, workshop.TextChanged):
        return False
    return True


def _cannot(back: str, refused: Exception) -> Response:
    if isinstance(refused, CannotMerge):
        flash(_("One of the two is retired already; nothing was changed."), "info")
    elif isinstance(refused, TooFew):
        flash(
            _(
                "Nothing was changed: the test would have fewer questions than an attempt draws. "
                "Add one first."
            ),
            "error",
        )
    else:
        flash(str(FAULTY), "error")
    return redirect(back)
