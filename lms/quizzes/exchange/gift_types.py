"""The types that read and write their own part of a quiz file."""

from __future__ import annotations

from lms.quizzes.exchange.gift_forms import GiftForm
from lms.quizzes.question_types.short_answer import gift as short_answer

FORMS: dict[str, GiftForm] = {
    "short_answer": short_answer,
}
# These are known by what stands in the braces; any other says `[type:…]`.
BY_SHAPE = frozenset({"short_answer", "essay", "description"})


def keys_of_types() -> frozenset[str]:
    """List the bracket keys that some type knows."""
    return frozenset().union(*(form.KEYS for form in FORMS.values()))
