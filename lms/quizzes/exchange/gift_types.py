"""The types that read and write their own part of a quiz file."""

from __future__ import annotations

from lms.quizzes.exchange.gift_forms import GiftForm
from lms.quizzes.question_types.calculated import gift as calculated
from lms.quizzes.question_types.cloze import gift as cloze
from lms.quizzes.question_types.description import gift as description
from lms.quizzes.question_types.drag_words import gift as drag_words
from lms.quizzes.question_types.essay import gift as essay
from lms.quizzes.question_types.gap_select import gift as gap_select
from lms.quizzes.question_types.kprim import gift as kprim
from lms.quizzes.question_types.ordering import gift as ordering
from lms.quizzes.question_types.picture_labels import gift as picture_labels
from lms.quizzes.question_types.picture_markers import gift as picture_markers
from lms.quizzes.question_types.short_answer import gift as short_answer
from lms.quizzes.question_types.survey import gift as survey
from lms.quizzes.question_types.upload import gift as upload

FORMS: dict[str, GiftForm] = {
    "short_answer": short_answer,
    "kprim": kprim,
    "essay": essay,
    "description": description,
    "ordering": ordering,
    "gap_select": gap_select,
    "drag_words": drag_words,
    "cloze": cloze,
    "survey": survey,
    "calculated": calculated,
    "picture_labels": picture_labels,
    "picture_markers": picture_markers,
    "upload": upload,
}
# These are known by what stands in the braces; any other says `[type:…]`.
BY_SHAPE = frozenset({"short_answer", "essay", "description"})


def keys_of_types() -> frozenset[str]:
    """List the bracket keys that some type knows."""
    return frozenset().union(*(form.KEYS for form in FORMS.values()))
