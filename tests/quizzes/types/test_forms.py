"""The form of each type: what is stored, as it is typed, and back without loss."""

from __future__ import annotations

from hypothesis import given

from lms.quizzes.question_types.form_registry import forms
from lms.quizzes.question_types.registry import (
    TYPES,
    dump_question,
    parse_question,
    with_kept_ids,
)
from tests.quizzes.strategies import questions


def test_every_type_has_a_form():
    assert set(forms()) == set(TYPES)


@given(questions)
def test_a_question_that_is_opened_and_saved_stays_as_it_is(question):
    stored = dump_question(question)
    form = forms()[question.type]
    typed = form.payload(form.values(stored))
    shared = ("type", "stem", "marks", "general_feedback", "scoring", "hints")
    kept = {name: stored[name] for name in shared if name in stored}
    again = with_kept_ids(parse_question({**kept, **typed}), question)
    assert dump_question(again) == stored
