"""What the workshop says: faults of a text by line, and what saving does to each question."""

from __future__ import annotations

from lms.quizzes.exchange.quiz_file import Problem
from lms.quizzes.question_types.protocol import InvalidQuestion
from lms.quizzes.services.prepared import Change
from lms.quizzes.words.problem_words import problem_sentence, question_fault
from lms.quizzes.workshop.values import Fault, Remark, TextRead
from lms.web.forms import lazy
from lms.web.i18n import gettext, ngettext

_FAULTS = {
    Fault.NO_ANSWERS: lazy(
        "this text asks nothing: add options below it, or a line “Răspuns: …”, or take it out"
    ),
    Fault.ONE_OPTION: lazy("the question has a single option; it needs two"),
    Fault.NO_STEM: lazy("the question has no text"),
    Fault.ANSWER_ALONE: lazy("this answer stands under no question"),
    Fault.ANSWER_UNKNOWN: lazy("the question has no option “%(detail)s”"),
    Fault.ANSWER_UNREAD: lazy("the answer can’t be read: %(detail)s"),
    Fault.NUMBER_UNCLEAR: lazy("“%(detail)s” may be two numbers; write 1234 or 1,2340"),
    Fault.KEY_UNREAD: lazy("this part of the key can’t be read: %(detail)s"),
    Fault.KEY_NUMBER: lazy("the key names question %(detail)s, which is not there"),
    Fault.KEY_TWICE: lazy(
        "several questions have the number %(detail)s; put each key under its own heading"
    ),
    Fault.INTRO: lazy("the text before the first question is left out: “%(detail)s”"),
    Fault.HEADING: lazy("no module is called “%(detail)s”; the heading is left out"),
    Fault.SHUFFLE: lazy("over a heading stands [shuffle:yes] or [shuffle:no], not “%(detail)s”"),
    Fault.TOO_MANY_SECTIONS: lazy("there are too many headings; a test has at most 100 sections"),
    Fault.LONG_SECTION: lazy("the heading or its instruction is too long: “%(detail)s…”"),
    Fault.DRAW_SECTION: lazy(
        "the settings draw questions under the heading “%(detail)s”, which is not there; "
        "they come under the last one"
    ),
    Fault.SETTINGS: lazy("the settings at the head are left out; they have a page of their own"),
    Fault.ID_TAKEN: lazy("another test of this course has the question “%(detail)s”"),
    Fault.UNKNOWN_FACT: lazy("the course has no fact “%(detail)s”"),
    Fault.UNKNOWN_LESSON: lazy("the course has no lesson %(detail)s"),
    Fault.UNKNOWN_VERSION: lazy("the question has no version %(detail)s; the newest is asked"),
}

CHANGES = {
    Change.NEW: lazy("new"),
    Change.WORDS: lazy("only the words change: a revision, seen at once, marks stay"),
    Change.KEY: lazy("key or options change: a new version, attempts keep the one they began with"),
}


def sentence(problem: Problem | Remark) -> str:
    """Say what is wrong, in the language in force, without its line."""
    if isinstance(problem, Problem):
        return problem_sentence(problem)
    return gettext(_FAULTS[problem.fault].message, detail=problem.detail)


def added(read: TextRead, first: int, last: int | None = None) -> str:
    """Say how many questions stand on the lines that were put in, and where that is."""
    count = sum(first <= p.first and (last is None or p.first <= last) for p in read.pieces)
    if not count:
        return ""
    if last is None or all(piece.first <= last for piece in read.pieces):
        return ngettext(
            "%(num)s question added at the end, not saved yet.",
            "%(num)s questions added at the end, not saved yet.",
            count,
        )
    return ngettext(
        "%(num)s question added at line %(line)s, not saved yet.",
        "%(num)s questions added at line %(line)s, not saved yet.",
        count,
        line=first,
    )


def fault_sentence(invalid: InvalidQuestion) -> str:
    """Say what is wrong with a question in a form."""
    text = question_fault(invalid.reason)
    if invalid.index is None:
        return text
    return gettext("%(fault)s (number %(place)s)", fault=text, place=invalid.index + 1)
