"""Questions as a Word document to work on."""

from __future__ import annotations

from collections.abc import Iterable

from lms.papers.paper import Block
from lms.quizzes.exchange.quiz_file import Problem
from lms.quizzes.exchange.read_question import (
    Lost,
    ReadQuestion,
    Written,
    left_out,
    not_supported,
)
from lms.quizzes.exchange.word_text import document, letters, paragraphs, section, stem_of
from lms.quizzes.exchange.word_words import WORDS
from lms.quizzes.question_types.multiple_choice.rules import MultipleChoice
from lms.quizzes.question_types.protocol import ONE, ZERO
from lms.quizzes.question_types.single_choice.rules import SingleChoice
from lms.quizzes.question_types.true_false.rules import TrueFalse


def write_docx(questions: Iterable[ReadQuestion], *, title: str, language: str) -> Written:
    """Write a document to work on: numbered stems, lettered options, right ones bold.

    Word gives it back to our reader; types that can't be written so are told and left out.
    """
    problems: list[Problem] = []
    blocks: list[Block] = []
    number, under = 0, None
    for read in questions:
        found = _blocks(read, number + 1, language, problems)
        if found:
            number += 1
            blocks += [*section(read, under), *found]
            under = read.under
    return Written(document(title, blocks, language), tuple(problems))


def _blocks(read: ReadQuestion, number: int, language: str, problems: list[Problem]) -> list[Block]:
    question, name = read.question, read.name or read.id
    words = WORDS[language]
    match question:
        case SingleChoice() | MultipleChoice():
            options = [(o.text, o.fraction > ZERO) for o in question.options]
            if any(o.fraction not in {ZERO, ONE} for o in question.options):
                problems.append(left_out(read.line, name, Lost.PARTIAL_MARKS))
            has_feedback = any(o.feedback for o in question.options)
        case TrueFalse():
            options = [(words.true, question.answer), (words.false, not question.answer)]
            has_feedback = bool(question.feedback_true or question.feedback_false)
        case None:
            return []
        case _:
            problems.append(not_supported(read.line, name, question.type))
            return []
    if has_feedback or question.general_feedback:
        problems.append(left_out(read.line, name, Lost.FEEDBACK))
    blocks = stem_of(read, question, number)
    for letter, (text, is_right) in zip(letters(), options, strict=False):
        blocks += paragraphs(read, text, f"{letter}) ", is_strong=is_right)
    return blocks
