"""Right answers as a person would give them, found from the key; only demonstrations need them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from lms.quizzes.question_types.protocol import Question
from lms.quizzes.question_types.registry import rules_for

FormAnswer = dict[str, list[str]]


def right_answer(question: Question) -> FormAnswer:
    """Return form values that earn the full mark; ValueError where none is found."""
    rules = rules_for(question)
    for values in _tries(question):
        if rules.mark(question, rules.read_response(question, values)).fraction == 1:
            return values
    raise ValueError(f"no right answer was found for {question.stem!r}")


def wrong_answer(question: Question) -> FormAnswer:
    """Return form values that answer fully and earn less than the full mark."""
    rules = rules_for(question)
    for values in (*_tries(question), *_odd(question)):
        if rules.mark(question, rules.read_response(question, values)).fraction < 1:
            return values
    raise ValueError(f"no wrong answer was found for {question.stem!r}")


def _odd(question: Question) -> Iterator[FormAnswer]:
    """Answer every field with the same thing."""
    rules = rules_for(question)
    for value in (*rules.option_ids(question), "-1"):
        yield {field: [value] for field in rules.field_names(question)}


def _tries(question: Question) -> Iterator[FormAnswer]:
    rules = rules_for(question)
    fields = rules.field_names(question)
    options = rules.option_ids(question)
    if question.type == "matching":
        yield _matched(question)
    elif question.type == "multiple_choice":
        for size in range(1, len(options) + 1):
            for chosen in combinations(options, size):
                yield {fields[0]: list(chosen)}
    elif options:
        for option in options:
            yield {fields[0]: [option]}
    else:
        yield {fields[0]: [rules.key_text(question)[0]]}


def _matched(question: Question) -> FormAnswer:
    """Choose, stem by stem, the answer that is right."""
    rules = rules_for(question)
    values: FormAnswer = {}
    for field in rules.field_names(question):
        for option in rules.option_ids(question):
            payload = rules.read_response(question, {field: [option]})
            if rules.mark(question, payload).fraction > 0:
                values[field] = [option]
                break
    return values
