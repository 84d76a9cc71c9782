"""A question in its own words, with the key that another version of it has."""

from __future__ import annotations

from dataclasses import replace

from lms.quizzes.question_types.choices import Option
from lms.quizzes.question_types.matching.rules import Matching
from lms.quizzes.question_types.multiple_choice.rules import MultipleChoice
from lms.quizzes.question_types.protocol import Question
from lms.quizzes.question_types.single_choice.rules import SingleChoice
from lms.quizzes.question_types.true_false.rules import TrueFalse


def keyed(words: Question, key: Question | None) -> Question:
    """Give a question the key of another version; the words stay those that were read.

    A type whose words can't be told from its key is taken from the other version whole.
    """
    if key is None or key.type != words.type:
        return words
    if isinstance(words, SingleChoice) and isinstance(key, SingleChoice):
        right = {option.id: option.fraction for option in key.options}
        options = tuple(replace(o, fraction=right.get(o.id, o.fraction)) for o in words.options)
        return replace(words, options=options)
    if isinstance(words, MultipleChoice) and isinstance(key, MultipleChoice):
        right = {option.id: option.fraction for option in key.options}
        options = tuple(replace(o, fraction=right.get(o.id, o.fraction)) for o in words.options)
        return replace(words, options=options, scoring=key.scoring)
    if isinstance(words, TrueFalse) and isinstance(key, TrueFalse):
        return replace(words, answer=key.answer)
    if isinstance(words, Matching) and isinstance(key, Matching):
        answers = {stem.id: stem.answer for stem in key.stems}
        stems = tuple(replace(s, answer=answers.get(s.id, s.answer)) for s in words.stems)
        return replace(words, stems=stems)
    return key


def stale_feedback(old: Question, new: Question) -> tuple[Option, ...]:
    """Return the options that became right or wrong while what is said of them stayed."""
    if not isinstance(old, SingleChoice | MultipleChoice) or new.type != old.type:
        return ()
    assert isinstance(new, SingleChoice | MultipleChoice)
    before = {option.id: option for option in old.options}
    return tuple(
        option
        for option in new.options
        if (was := before.get(option.id)) is not None
        and option.feedback
        and option.feedback == was.feedback
        and (option.fraction > 0) != (was.fraction > 0)
    )
