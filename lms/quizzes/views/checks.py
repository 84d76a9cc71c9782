"""A question checked while the attempt goes on: the button's answer, and what is shown of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock
from lms.access import writes
from lms.quizzes.behaviours import certainty, registry
from lms.quizzes.behaviours.values import MOST_TRIES, Standing
from lms.quizzes.corrections import wording
from lms.quizzes.corrections.keyed import keyed
from lms.quizzes.corrections.neutral import credited_texts
from lms.quizzes.corrections.standing import UNTOUCHED
from lms.quizzes.corrections.standing import Standing as Corrected
from lms.quizzes.errors import AttemptClosed, NotAnswered, TriesSpent
from lms.quizzes.key_words import key_texts
from lms.quizzes.models import Attempt
from lms.quizzes.permissions import SAVE_ANSWER
from lms.quizzes.queries import PaperItem
from lms.quizzes.question_types.protocol import Outcome
from lms.quizzes.question_types.registry import hints_of
from lms.quizzes.rules import review
from lms.quizzes.rules.attempt_rules import AttemptState, Fate
from lms.quizzes.rules.review import Shown
from lms.quizzes.rules.settings import QuizSettings
from lms.quizzes.services import attempts as services
from lms.quizzes.services import checking
from lms.quizzes.services.checking import Tried
from lms.quizzes.views import bp
from lms.quizzes.views.posted import given, key, told, writer
from lms.quizzes.views.taking import load_own_attempt
from lms.web.forms import whole_number
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _


@dataclass(frozen=True)
class Checked:
    """What is shown of a question on an open paper, beside the question."""

    checks: bool  # has a button
    asks_certainty: bool
    certainty: int | None
    standing: Standing
    is_fresh: bool  # the answer is the one that was checked
    outcome: Outcome | None = None
    earned: str = ""
    hint: str = ""
    feedback: tuple[str, ...] = ()
    general: str = ""
    right: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # what was corrected on the question since

    @property
    def tries_left(self) -> int | None:
        """How many checks are left; None: without limit."""
        return self.standing.tries_left


def shown_of(
    items: Sequence[PaperItem], settings: QuizSettings, attempt_id: int
) -> Mapping[int, Checked]:
    """Return what is shown of each question; nothing is asked where nothing is checked."""
    tries = checking.tries_for(settings, attempt_id, [item.item_id for item in items])
    corrected = checking.corrections_of(items, settings)
    things = review.during(settings.shown, checks=settings.behaviour.checks)
    return {
        i.item_id: checked_of(
            i, settings, tries.get(i.item_id, []), things, corrected.get(i.item_id, UNTOUCHED)
        )
        for i in items
    }


def checked_of(
    item: PaperItem,
    settings: QuizSettings,
    tried: Sequence[Tried],
    things: frozenset[Shown],
    corrected: Corrected = UNTOUCHED,
) -> Checked:
    """Work out what is shown of one question after its checks, by the key that holds now."""
    standing = checking.standing_of(item, settings, tried, corrected)
    answer = checking.try_of(item, item.payload, corrected)
    is_fresh = bool(tried) and checking.try_of(item, tried[-1].payload).answer == answer.answer
    bare = Checked(
        checks=checking.is_checked(item, settings, corrected),
        asks_certainty=registry.asks_certainty(settings.behaviour, item.question),
        certainty=answer.certainty,
        standing=standing,
        is_fresh=is_fresh,
        notes=wording.notes(item.question, corrected, tells_key=False),
    )
    if not bare.checks or not tried:
        return bare
    payload = tried[-1].payload
    worded = keyed(item.words.in_language(current_locale()), corrected.key)
    texts = item.rules.feedback(worded, payload)
    outcome = checking.mark_of(item, payload, corrected).outcome
    ends = standing.is_over or outcome is Outcome.RIGHT
    hints = hints_of(worded)
    shows_hint = standing.hint is not None and standing.hint < len(hints)
    shows_general = ends and Shown.GENERAL_FEEDBACK in things
    shows_key = ends and Shown.RIGHT_ANSWER in things
    right = (*key_texts(worded), *credited_texts(worded, corrected))
    return replace(
        bare,
        outcome=outcome,
        hint=hints[standing.hint] if shows_hint and standing.hint is not None else "",
        feedback=tuple(t for t in texts if t != worded.general_feedback)
        if Shown.FEEDBACK in things
        else (),
        general=worded.general_feedback if shows_general else "",
        right=right if shows_key else (),
        notes=wording.notes(worded, corrected, tells_key=shows_key),
    )


LEVELS = certainty.LEVELS


@bp.post("/attempts/<int:attempt_id>/check")
@writes(SAVE_ANSWER, load_own_attempt)
def check(attempt: Attempt) -> Response:
    """Save what the form carries, then check one question; the paper comes back at it."""
    now = clock.now()
    there = url_for("quizzes.result", attempt_id=attempt.id)
    if attempt.state is not AttemptState.OPEN:
        flash(_("This attempt was already submitted; its result stands."), "info")
        return redirect(there)
    item_id = whole_number(request.form.get("check"))
    try:
        if answers := given():
            saved = services.save_answers(attempt, answers, key=key(), now=now, writer=writer())
            if notice := told(saved):
                flash(notice, "warning")
        elif services.fate_of(attempt, now=now) is not Fate.RUNS:
            raise AttemptClosed
        position = checking.check_answer(
            attempt, services.settings_of(attempt.quiz_version), item_id or 0, now=now
        )
    except AttemptClosed:
        flash(_("The time was over when the form arrived. Answers saved before count."), "warning")
        return redirect(there)
    except NotAnswered as refusal:
        flash(
            _(
                "Question %(number)s has no full answer yet. No try was used.",
                number=refusal.number,
            ),
            "warning",
        )
        position = refusal.number
    except TriesSpent as refusal:
        flash(
            _(
                "Question %(number)s was checked %(most)s times, and there are no more tries. "
                "Your answer is saved; you can still change it, and it counts as it stands.",
                number=refusal.number,
                most=MOST_TRIES,
            ),
            "warning",
        )
        position = refusal.number
    return redirect(
        url_for("quizzes.paper", attempt_id=attempt.id, q=position, _anchor=f"q{position}")
    )
