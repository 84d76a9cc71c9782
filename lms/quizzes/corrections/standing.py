"""What has been corrected on a question's version, and what of it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from lms.quizzes.question_types.protocol import Question
from lms.quizzes.question_types.registry import rules_for


class CorrectionKind(StrEnum):
    """Name what a correction does to the answers given to a version of a question."""

    KEY = "key"  # the answers are marked by another version's key
    OPTION_CREDIT = "option_credit"  # an option counts as right where it was chosen
    OPTION_IGNORED = "option_ignored"  # an option is as if it had not been there
    QUESTION_CREDIT = "question_credit"  # everybody who was asked gets full marks
    QUESTION_LEFT_OUT = "question_left_out"  # the question leaves the total
    WITHDRAWN = "withdrawn"  # an earlier correction no longer holds

    @property
    def is_of_option(self) -> bool:
        """Whether it names an option."""
        return self in {CorrectionKind.OPTION_CREDIT, CorrectionKind.OPTION_IGNORED}

    @property
    def drops_question(self) -> bool:
        """Whether the version is not asked any more."""
        return self in {CorrectionKind.QUESTION_CREDIT, CorrectionKind.QUESTION_LEFT_OUT}


@dataclass(frozen=True)
class Act:
    """One correction as the rules need it."""

    id: int
    kind: CorrectionKind
    option_id: str | None = None
    key: Question | None = None  # of a changed key: the question that has the right one
    withdraws: int | None = None


@dataclass(frozen=True)
class Standing:
    """What holds for a version after all its corrections."""

    key: Question | None = None
    credited: frozenset[str] = field(default_factory=frozenset)
    ignored: frozenset[str] = field(default_factory=frozenset)
    whole: CorrectionKind | None = None

    def as_drawn(self, order: Sequence[str]) -> Standing:
        """Give what holds for the attempt that drew the question in an order."""
        if self.key is None:
            return self
        return replace(self, key=rules_for(self.key).as_drawn(self.key, order))

    def __bool__(self) -> bool:
        return bool(self.key or self.credited or self.ignored or self.whole)


UNTOUCHED = Standing()


def in_force(acts: Sequence[Act]) -> list[Act]:
    """Return the corrections that hold: neither withdrawn nor a withdrawal; oldest first."""
    gone = {act.withdraws for act in acts if act.kind is CorrectionKind.WITHDRAWN}
    return [act for act in acts if act.id not in gone and act.kind is not CorrectionKind.WITHDRAWN]


def standing_of(acts: Sequence[Act]) -> Standing:
    """Add corrections up, oldest first; of two that speak of the same thing the later holds."""
    key: Question | None = None
    options: dict[str, CorrectionKind] = {}
    whole: CorrectionKind | None = None
    for act in in_force(acts):
        if act.kind is CorrectionKind.KEY:
            key = act.key
        elif act.kind.is_of_option and act.option_id is not None:
            options[act.option_id] = act.kind
        elif act.kind.drops_question:
            whole = act.kind
    return Standing(
        key=key,
        credited=frozenset(i for i, k in options.items() if k is CorrectionKind.OPTION_CREDIT),
        ignored=frozenset(i for i, k in options.items() if k is CorrectionKind.OPTION_IGNORED),
        whole=whole,
    )
