"""What a learner is shown of an attempt, and when: four moments, seven things, four presets.

Time comes in as `now`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

RIGHT_AFTER_LASTS: Final = timedelta(minutes=2)


class Moment(StrEnum):
    """Name when somebody looks at an attempt."""

    DURING = "during"
    RIGHT_AFTER = "right_after"
    LATER = "later"
    AFTER_CLOSE = "after_close"


class Shown(StrEnum):
    """Name one thing that may be shown."""

    ATTEMPT = "attempt"  # the questions with the answers given
    CORRECTNESS = "correctness"  # whether each answer is right
    MARKS = "marks"
    FEEDBACK = "feedback"  # on the answer given
    GENERAL_FEEDBACK = "general_feedback"  # on the question, for everyone
    RIGHT_ANSWER = "right_answer"
    OVERALL = "overall"  # the verdict: passed or not, and what to read again


EVERYTHING: Final = frozenset(Shown)
NEEDS_ATTEMPT: Final = frozenset(
    {Shown.CORRECTNESS, Shown.FEEDBACK, Shown.GENERAL_FEEDBACK, Shown.RIGHT_ANSWER}
)
_VERDICT: Final = frozenset({Shown.MARKS, Shown.OVERALL})
_EXPLAINED: Final = EVERYTHING - {Shown.OVERALL}
_ONLY_PAPER: Final = frozenset({Shown.ATTEMPT})


class FeedbackTime(StrEnum):
    """Name a preset: when learners see key and explanations."""

    AT_ONCE = "at_once"  # learn: each question is explained as soon as it is checked
    AFTER_SUBMISSION = "after_submission"  # practise
    NEVER = "never"  # exam: the result alone
    AFTER_CLOSE = "after_close"  # the result at once, the key when the quiz has closed
    AFTER_FINAL = "after_final"  # of a test at the start: once the one at the end is submitted


@dataclass(frozen=True)
class Review:
    """Hold what is shown at each moment, with what each thing needs."""

    during: frozenset[Shown] = _ONLY_PAPER
    right_after: frozenset[Shown] = EVERYTHING
    later: frozenset[Shown] = EVERYTHING
    after_close: frozenset[Shown] = EVERYTHING

    def at(self, moment: Moment) -> frozenset[Shown]:
        """Tell what is shown at a moment."""
        found: frozenset[Shown] = getattr(self, moment.value)
        return found


PRESETS: Mapping[FeedbackTime, Review] = MappingProxyType(
    {
        FeedbackTime.AT_ONCE: Review(during=_EXPLAINED),
        FeedbackTime.AFTER_SUBMISSION: Review(),
        FeedbackTime.NEVER: Review(_ONLY_PAPER, _VERDICT, _VERDICT, _VERDICT),
        FeedbackTime.AFTER_CLOSE: Review(_ONLY_PAPER, _VERDICT, _VERDICT, EVERYTHING),
        FeedbackTime.AFTER_FINAL: Review(),
    }
)


def may_be_set(moment: Moment, thing: Shown) -> bool:
    """Tell whether a cell of the table is anybody's choice.

    While answering, the paper is always there and there is no verdict yet.
    """
    return moment is not Moment.DURING or thing not in {Shown.ATTEMPT, Shown.OVERALL}


def sound(moment: Moment, things: Collection[Shown]) -> frozenset[Shown]:
    """Leave out what can't be shown: nothing about an answer where the answers aren't."""
    found = frozenset(things)
    if moment is Moment.DURING:
        return found - {Shown.OVERALL} | {Shown.ATTEMPT}
    return found if Shown.ATTEMPT in found else found - NEEDS_ATTEMPT


def review_of(table: Mapping[Moment, Collection[Shown]]) -> Review:
    """Make a review of a table; a moment that isn't named shows nothing."""
    return Review(**{m.value: sound(m, table.get(m, ())) for m in Moment})


def preset_of(review: Review) -> FeedbackTime | None:
    """Find the preset that shows the same, where there is one."""
    return next((name for name, known in PRESETS.items() if known == review), None)


def moment_of(
    *, now: datetime, submitted_at: datetime | None, closes_at: datetime | None = None
) -> Moment:
    """Tell which moment it is for an attempt; without a close the last one never comes."""
    if submitted_at is None:
        return Moment.DURING
    if closes_at is not None and now >= closes_at:
        return Moment.AFTER_CLOSE
    is_fresh = now < submitted_at + RIGHT_AFTER_LASTS
    return Moment.RIGHT_AFTER if is_fresh else Moment.LATER


def during(review: Review, *, checks: bool) -> frozenset[Shown]:
    """Tell what is shown of a checked question while the attempt goes on.

    Where nothing is checked there is nothing to show; where something is, at least whether it was
    right: else nobody could try again.
    """
    if not checks:
        return _ONLY_PAPER
    return review.during | {Shown.CORRECTNESS}
