"""The result of an attempt: what was right, what was not and why, and where to read it again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import redirect, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, current_actor, reads
from lms.courses.outline import Outline, outline_of
from lms.courses.views.learning import lesson_href
from lms.quizzes import progress, queries
from lms.quizzes.behaviours.certainty import Report, report
from lms.quizzes.behaviours.registry import asks_certainty
from lms.quizzes.behaviours.values import is_right
from lms.quizzes.corrections import showing, wording
from lms.quizzes.corrections.keyed import keyed
from lms.quizzes.corrections.marking import ItemMark
from lms.quizzes.corrections.neutral import credited_texts
from lms.quizzes.corrections.showing import Amended
from lms.quizzes.key_words import given_words, key_texts, plain_words, worded_part
from lms.quizzes.models import Attempt, Quiz, QuizPlace
from lms.quizzes.permissions import REVIEW_ATTEMPT
from lms.quizzes.queries import PaperItem
from lms.quizzes.question_types.protocol import Marking, Outcome
from lms.quizzes.rules import attempt_rules
from lms.quizzes.rules.attempt_rules import AttemptState, Fate
from lms.quizzes.rules.bands import Band, band_at
from lms.quizzes.rules.review import EVERYTHING, Shown
from lms.quizzes.rules.sections import ShownSection, shown_sections
from lms.quizzes.rules.settings import QuizSettings
from lms.quizzes.rules.ticked import Ticked, ticked_of
from lms.quizzes.services import attempts as services
from lms.quizzes.services import checking, marking, seeing, terms
from lms.quizzes.views import bp
from lms.quizzes.views.taking import load_attempt
from lms.web.i18n import current_locale, format_number, ngettext
from lms.web.i18n import gettext as _
from lms.web.templating import render

_TELL_MISTAKES = frozenset({Shown.ATTEMPT, Shown.CORRECTNESS, Shown.OVERALL})


def load_result(actor: Actor, *, locked: bool, attempt_id: int) -> Attempt | None:
    """Load an attempt with the quiz as it is now: what is shown may have changed since."""
    now = sa.orm.joinedload(Attempt.quiz).joinedload(Quiz.current_version)
    return load_attempt(actor, locked=locked, attempt_id=attempt_id, also=now)


@bp.get("/attempts/<int:attempt_id>/result")
@reads(REVIEW_ATTEMPT, load_result)
def result(attempt: Attempt) -> Response | str:
    """Show the result and, when the rules allow, what was right and why."""
    now = clock.now()
    if services.fate_of(attempt, now=now) in {Fate.SUBMITS, Fate.IS_ABANDONED}:
        attempt = _close_by_the_clock(attempt.id)
    actor = current_actor()
    own = actor is not None and attempt.person_id == actor.person_id
    if attempt.state is AttemptState.OPEN:
        if own:
            return redirect(url_for("quizzes.paper", attempt_id=attempt.id))
        return render("quizzes/in_progress.html", attempt=attempt)
    outline = outline_for(attempt)
    everything, papers = queries.results_of(attempt.enrolment_id)
    results: list[queries.Line] = [*everything, *papers]
    lines = [line for line in everything if line.quiz_id == attempt.quiz_id]
    door = _Door(attempt, outline, results, lines, now=now)
    if attempt.state is AttemptState.ABANDONED:
        return render(
            "quizzes/abandoned.html",
            attempt=attempt,
            own=own,
            left=door.left,
            answered=sum(item.is_answered for item in queries.paper_of(attempt.id)),
        )
    shown = EVERYTHING if not own else door.shown
    settings = services.settings_of(attempt.quiz_version)
    more = showing.amended(attempt, own=own and Shown.ATTEMPT in shown, now=now)
    reviewed = _reviewed(outline, more, shown) if Shown.ATTEMPT in shown else []
    values = {
        "attempt": attempt,
        "settings": settings,
        "items": reviewed,
        "headings": headings_of(attempt, more.items),
        "said": said_of(attempt, shown),
        "amended": more,
        "shown": {thing.value for thing in shown},
        "more_at": door.more_at if own else None,
        "own": own,
        "certainty": certainty_words(settings, reviewed),
        "panels": [panel(attempt) for panel in RESULT_PANELS] if own else [],
    }
    if attempt.quiz.is_course_test:
        return render(
            "quizzes/test_result.html",
            progress=progress.progress_of(outline, results),
            is_start=attempt.quiz.place is QuizPlace.START,
            is_over=door.is_over,
            points=points_words,
            **values,
        )
    return render(
        "quizzes/result.html",
        left=door.left,
        has_passed=any(r.is_done for r in results if r.quiz_id == attempt.quiz_id),
        again=first_to_read(outline, reviewed) if shown >= _TELL_MISTAKES else None,
        **values,
    )


def headings_of(attempt: Attempt, items: Sequence[PaperItem]) -> dict[int, ShownSection]:
    """Word the section that begins with each question of an attempt, by its place."""
    held = attempt.quiz_version.sections
    return shown_sections(held, [item.section for item in items], current_locale())


def said_of(attempt: Attempt, shown: Collection[Shown]) -> tuple[str, str] | None:
    """What the test says of a result like this one, with its language; once it is final."""
    if Shown.OVERALL not in shown or not attempt.is_final or not attempt.possible:
        return None
    assert attempt.earned is not None
    bands = services.settings_of(attempt.quiz_version).bands
    return said_in(bands, 100 * max(Decimal(0), attempt.earned) / attempt.possible)


def said_in(bands: Sequence[Band], percent: Decimal) -> tuple[str, str] | None:
    """What bands say of an unrounded percentage, and the language it is in."""
    band = band_at(bands, percent)
    if band is None:
        return None
    locale = current_locale()
    return band.text(locale), "en" if band.text(locale) == band.en else "ro"


class _Door:
    """What the learner of a closed attempt is shown now, and what comes later.

    What is shown follows the quiz as it is now; what was earned, the version it was taken in.
    """

    def __init__(
        self,
        attempt: Attempt,
        outline: Outline,
        results: Sequence[queries.Line],
        lines: Sequence[queries.AttemptLine],
        *,
        now: datetime,
    ) -> None:
        version = attempt.quiz.current_version or attempt.quiz_version
        settings = services.settings_of(version)
        held = terms.terms_for(attempt.enrolment_id, attempt.quiz_id, settings)
        own = terms.under(settings, held)
        self.left = attempt_rules.attempts_left(own, len(lines), held.extra_attempts)
        self.is_over = progress.is_final_taken(outline, results)
        self.shown = attempt_rules.shown_of(
            settings,
            attempt.state,
            now=now,
            submitted_at=attempt.submitted_at,
            closes_at=held.closes_at,
            is_final_taken=self.is_over,
        )
        comes_later = held.closes_at is not None and now < held.closes_at
        has_more = bool(settings.shown.after_close - self.shown)
        self.more_at = held.closes_at if comes_later and has_more else None


def shown_of(attempt: Attempt, *, now: datetime) -> frozenset[Shown]:
    """Tell what the reader is shown of a closed attempt: its learner by the rules, others all."""
    actor = current_actor()
    if actor is None or attempt.person_id != actor.person_id:
        return EVERYTHING
    return seeing.shown_to_learner(attempt, now=now)


def certainty_words(settings: QuizSettings, reviewed: Sequence[Reviewed]) -> Report | None:
    """Sum up how sure one was, where it was asked."""
    if not settings.behaviour.has_certainty:
        return None
    return report(
        checking.try_of(r.item, r.item.payload)
        for r in reviewed
        if asks_certainty(settings.behaviour, r.item.question)
    )


def outline_for(attempt: Attempt) -> Outline:
    """Return the course that an attempt belongs to."""
    course = attempt.enrolment.edition.course
    return outline_of(course.id, course.version)


def points_words(points: Decimal) -> str:
    """Write a difference of percentages, with its sign where it is below nothing."""
    if points != points.to_integral_value():
        return _("%(points)s percentage points", points=format_number(points))
    return ngettext(
        "%(sign)s%(num)s percentage point",
        "%(sign)s%(num)s percentage points",
        abs(int(points)),
        sign="−" if points < 0 else "",
    )


# What other packages show under a result (certificates do): providers called with an Attempt.
RESULT_PANELS: list[Any] = []


def _close_by_the_clock(attempt_id: int) -> Attempt:
    """Submit an overdue attempt that somebody looks at before the clock's own work came by."""
    db.end_reading()
    with db.writing():
        locked = services.locked_attempt(attempt_id)
        assert locked is not None
        services.close_if_overdue(locked, now=clock.now())
    return locked


@dataclass(frozen=True)
class ExplainedIn:
    """The lesson that explains a question."""

    number: str
    title: str
    href: str


@dataclass(frozen=True)
class Reviewed:
    """A question of a closed attempt with key, marks and feedback; `general` is for everyone."""

    item: PaperItem
    mark: ItemMark
    earned: Any
    possible: Any
    parts: Mapping[str, Any]
    feedback: tuple[str, ...]
    general: str
    answer: tuple[str, ...]
    key: tuple[str, ...]
    is_right: bool
    notes: tuple[str, ...]  # what was corrected on the question and holds
    outcome: Outcome
    lesson: ExplainedIn | None
    language: str  # of the question's own words
    public: Mapping[str, Any]
    comment: str = ""  # of whoever marked it by hand
    ticked: Ticked | None = None  # where several options were to be chosen

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was answered where something could be."""
        return self.outcome is Outcome.UNANSWERED and not self.answer

    def words(self, text: str) -> str:
        """Write a plain value as the reader's language does; texts of options stay as they are."""
        return plain_words(self.item.question.type, text)

    def said(self, text: str) -> str:
        """Write what was given: a number as it was typed."""
        return given_words(self.item.question.type, text)


def _lessons(outline: Outline, items: Sequence[PaperItem], locale: str) -> dict[int, ExplainedIn]:
    """Find the lesson that each question belongs to."""
    lessons = {le.number: le for le in outline.lessons}
    return {
        i.question_id: ExplainedIn(
            i.lesson_number,
            lessons[i.lesson_number].title(locale),
            lesson_href(outline, lessons[i.lesson_number].id),
        )
        for i in items
        if i.lesson_number in lessons
    }


def _reviewed(outline: Outline, more: Amended, shown: Collection[Shown]) -> list[Reviewed]:
    locale = current_locale()
    items = more.items
    lessons = _lessons(outline, items, locale)
    by_hand = [item_id for item_id, mark in more.marks.items() if mark.is_by_hand]
    comments = marking.comments_of(by_hand) if by_hand else {}
    tells_key = Shown.RIGHT_ANSWER in shown
    reviewed = [
        review_item(
            item,
            more.marks[item.item_id],
            lessons.get(item.question_id),
            locale,
            tells_key=tells_key,
        )
        for item in items
    ]
    return [replace(each, comment=comments.get(each.item.item_id, "")) for each in reviewed]


def review_item(
    item: PaperItem,
    mark: ItemMark,
    lesson: ExplainedIn | None,
    locale: str,
    *,
    tells_key: bool = True,
) -> Reviewed:
    """Word an answer and its mark, which is the same in every language."""
    worded = keyed(item.words.in_language(locale), mark.standing.key)
    texts = item.rules.feedback(worded, item.payload)
    return Reviewed(
        item=item,
        mark=mark,
        earned=mark.earned,
        possible=mark.possible,
        parts={p.key: worded_part(worded, p) for p in mark.marked.parts},
        feedback=tuple(text for text in texts if text != worded.general_feedback),
        general=worded.general_feedback,
        answer=item.rules.response_text(worded, item.payload),
        key=(*key_texts(worded), *credited_texts(worded, mark.standing)),
        notes=wording.notes(worded, mark.standing, tells_key=tells_key),
        is_right=_needs_no_second_look(item, mark),
        outcome=Outcome.WAITING if mark.waits else _outcome_of(mark),
        lesson=lesson,
        language=item.words.language(locale),
        public=item.public(locale),
        ticked=ticked_of(worded, mark.marked.parts, item.option_order),
    )


def first_to_read(outline: Outline, reviewed: Sequence[Reviewed]) -> ExplainedIn | None:
    """Find the first lesson, in the course's order, that explains a question that went wrong."""
    wanted = {r.lesson.number: r.lesson for r in reviewed if r.lesson and not r.is_right}
    return next((wanted[le.number] for le in outline.lessons if le.number in wanted), None)


def _needs_no_second_look(item: PaperItem, mark: ItemMark) -> bool:
    is_by_rule = item.question.marking is Marking.BY_RULE
    is_whole = mark.fraction is not None and is_right(mark.fraction)  # certainty earns even more
    return is_whole or mark.is_left_out or not (is_by_rule or mark.is_by_hand)


def _outcome_of(mark: ItemMark) -> Outcome:
    is_marked_by_hand = mark.marked.outcome is Outcome.WAITING and mark.fraction is not None
    return Outcome.PARTIAL if is_marked_by_hand else mark.marked.outcome
