"""What a learner meets before an attempt: the terms that hold, and whether one may start now."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.quizzes.queries import AttemptLine
from lms.quizzes.rules import attempt_rules
from lms.quizzes.rules.attempt_rules import AttemptState, StartRefusal
from lms.quizzes.rules.overrides import Terms
from lms.quizzes.rules.review import Shown
from lms.quizzes.rules.settings import Behaviour, QuizSettings
from lms.quizzes.services import terms as services


@dataclass(frozen=True)
class Entry:
    """How the door of a quiz stands for one person."""

    settings: QuizSettings  # with the person's own attempts and time
    terms: Terms
    left: int | None
    refusal: StartRefusal | None  # why no attempt may start now
    free_at: datetime | None  # from when one may, where it is only too early
    with_marks: frozenset[int]  # the attempts whose marks may be seen
    with_answers: frozenset[int] = frozenset()  # and those whose questions may be seen again

    @property
    def asks_password(self) -> bool:
        """Whether a password is asked at the start."""
        return bool(self.terms.passwords)

    @property
    def waits(self) -> bool:
        """Whether it is only too early."""
        return self.free_at is not None


def entry_of(
    settings: QuizSettings,
    terms: Terms,
    lines: Sequence[AttemptLine],
    *,
    now: datetime,
    is_final_taken: bool,
) -> Entry:
    """Work out how the door of a quiz stands for a person with these attempts, oldest first."""
    own = services.under(settings, terms)
    ended = lines[-1].submitted_at if lines else None
    refusal = attempt_rules.refuse_start(
        own,
        now=now,
        used=len(lines),
        extra=terms.extra_attempts,
        has_open=any(line.state is AttemptState.OPEN for line in lines),
        window=services.window_of(terms),
        last_ended_at=ended,
    )
    free_at = terms.opens_at if refusal is StartRefusal.NOT_YET_OPEN else None
    if refusal is StartRefusal.TOO_SOON:
        free_at = attempt_rules.next_at(own, used=len(lines), last_ended_at=ended)
    shown = {
        line.id: attempt_rules.shown_of(
            settings,
            line.state,
            now=now,
            submitted_at=line.submitted_at,
            closes_at=terms.closes_at,
            is_final_taken=is_final_taken,
        )
        for line in lines
    }
    return Entry(
        settings=own,
        terms=terms,
        left=attempt_rules.attempts_left(own, len(lines), terms.extra_attempts),
        refusal=refusal,
        free_at=free_at,
        with_marks=frozenset(i for i, things in shown.items() if Shown.MARKS in things),
        with_answers=frozenset(i for i, things in shown.items() if Shown.ATTEMPT in things),
    )


def enough_right(settings: QuizSettings, questions: int) -> int | None:
    """How many right answers pass a test whose questions are worth the same; None: can't be told.

    Where checking costs, or certainty counts, a right answer is not always a whole mark.
    """
    if settings.pass_mark is None or settings.behaviour is not Behaviour.DEFERRED:
        return None
    return math.ceil(settings.pass_mark * questions / 100)
