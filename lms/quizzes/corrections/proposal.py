"""A correction that is thought of, and why it may make no sense."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from lms.quizzes.corrections.marking import can_mark
from lms.quizzes.corrections.neutral import flawable, may_credit, may_ignore
from lms.quizzes.corrections.standing import Act, CorrectionKind, Standing, in_force, standing_of
from lms.quizzes.question_types.protocol import Question


class Why(enum.StrEnum):
    """Why a correction can't be made."""

    ALREADY = "already"  # it holds already
    NO_SUCH_OPTION = "no_such_option"
    NOTHING_RIGHT_LEFT = "nothing_right_left"  # without the option no answer would be right
    CHANGES_NOTHING = "changes_nothing"  # it is so anyway
    OTHER_OPTIONS = "other_options"  # answers can't be marked by that version's key
    NOT_IN_FORCE = "not_in_force"  # there is nothing to withdraw
    NOTHING_LEFT = "nothing_left"  # an attempt would be left without any question
    OWN_ATTEMPT = "own_attempt"  # nobody grades oneself anew


@dataclass(frozen=True)
class Proposal:
    """A correction that is thought of."""

    version_id: int
    kind: CorrectionKind
    option_id: str | None = None
    key_version_id: int | None = None
    withdraws_id: int | None = None


def refusal(
    proposal: Proposal, acts: Sequence[Act], question: Question, key: Question | None
) -> Why | None:
    """Say why a correction makes no sense after those before it, or None where it does."""
    held = standing_of(acts)
    if proposal.kind is CorrectionKind.WITHDRAWN:
        is_held = any(act.id == proposal.withdraws_id for act in in_force(acts))
        return None if is_held else Why.NOT_IN_FORCE
    if proposal.kind is CorrectionKind.KEY:
        return _refuse_key(proposal, held, question, key)
    if proposal.kind.drops_question:
        return Why.ALREADY if held.whole is proposal.kind else None
    return _refuse_option(proposal, held, held.key or question)


def _refuse_key(
    proposal: Proposal, held: Standing, question: Question, key: Question | None
) -> Why | None:
    if key is None or proposal.key_version_id == proposal.version_id:
        return Why.CHANGES_NOTHING
    if held.key == key:
        return Why.ALREADY
    return None if can_mark(key, question) else Why.OTHER_OPTIONS


def _refuse_option(proposal: Proposal, held: Standing, question: Question) -> Why | None:
    option = proposal.option_id
    if option is None or option not in {each.id for each in flawable(question)}:
        return Why.NO_SUCH_OPTION
    is_credit = proposal.kind is CorrectionKind.OPTION_CREDIT
    if option in (held.credited if is_credit else held.ignored):
        return Why.ALREADY
    if is_credit:
        return None if may_credit(question, option) else Why.CHANGES_NOTHING
    return None if may_ignore(question, option, held) else Why.NOTHING_RIGHT_LEFT


def with_it(proposal: Proposal, acts: Sequence[Act], key: Question | None) -> Standing:
    """Tell what would hold with a correction added."""
    new = Act(0, proposal.kind, proposal.option_id, key, proposal.withdraws_id)
    return standing_of([*acts, new])
