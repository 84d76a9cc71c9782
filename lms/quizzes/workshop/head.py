"""The settings at the head of a text that makes a new quiz: read as those of a quiz file are."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lms.quizzes.exchange.front_matter import FENCE, read_head
from lms.quizzes.exchange.quiz_file import Problem
from lms.quizzes.rules.settings import QuizSettings
from lms.quizzes.workshop.values import Fault, TextRead


@dataclass(frozen=True)
class Ruled:
    """A text and the settings of the quizzes that it makes; None: the usual ones."""

    read: TextRead
    settings: QuizSettings | None = None


def ruled(read: TextRead) -> Ruled:
    """Take the settings at the head of a text; its id and title are the page's business."""
    if not any(remark.fault is Fault.SETTINGS for remark in read.remarks):
        return Ruled(read)
    assert FENCE.match(read.text)
    problems: list[Problem] = []
    head = read_head(read.text, problems)
    own = tuple(problem for problem in problems if problem.field not in ("id", "title"))
    remarks = tuple(each for each in read.remarks if each.fault is not Fault.SETTINGS)
    made = replace(read, remarks=remarks, problems=tuple(sorted([*read.problems, *own])))
    return Ruled(made, head.settings)
