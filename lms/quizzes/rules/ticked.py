"""How an answer to a question with several right ones was made up, told by the options' letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase

from lms.quizzes.question_types.multiple_choice.rules import MultipleChoice
from lms.quizzes.question_types.multiple_choice.schemes import Scheme
from lms.quizzes.question_types.protocol import PartResult, Question


@dataclass(frozen=True)
class Ticked:
    """What was chosen and what was missed; `says` holds each option's own explanation by its id."""

    chosen: int  # of the right ones
    right: int
    missed: tuple[str, ...]  # letters
    wrong: tuple[str, ...]  # letters, of what was chosen
    missed_ids: frozenset[str]
    is_all_or_nothing: bool
    says: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether all the right ones were chosen, and no other."""
        return not self.missed and not self.wrong


def ticked_of(
    question: Question, parts: Iterable[PartResult], order: Sequence[str]
) -> Ticked | None:
    """Tell how an answer was made up; nothing for other types, and for no answer at all.

    An option that a correction took out is in no part: it is neither missed nor wrong.
    """
    if not isinstance(question, MultipleChoice):
        return None
    by_id = {part.key: part for part in parts}
    lettered = zip(ascii_lowercase, order, strict=False)
    shown = [(letter, by_id[option_id]) for letter, option_id in lettered if option_id in by_id]
    if not any(part.given for _letter, part in shown):
        return None
    right = [part for _letter, part in shown if part.expected]
    return Ticked(
        chosen=sum(part.given is not None for part in right),
        right=len(right),
        missed=tuple(letter for letter, part in shown if part.expected and not part.given),
        wrong=tuple(letter for letter, part in shown if part.given and not part.expected),
        missed_ids=frozenset(part.key for part in right if not part.given),
        is_all_or_nothing=question.scoring is Scheme.ALL_OR_NOTHING,
        says={option.id: option.feedback for option in question.options if option.feedback},
    )
