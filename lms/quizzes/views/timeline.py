"""How an attempt's answers arrived, for whoever must explain a result."""

from __future__ import annotations

from lms.access import reads
from lms.quizzes.key_words import given_words
from lms.quizzes.models import Attempt
from lms.quizzes.permissions import SEE_TIMELINE
from lms.quizzes.timeline import timeline_of
from lms.quizzes.views import bp
from lms.quizzes.views.taking import load_attempt
from lms.web.i18n import current_locale
from lms.web.templating import render


@bp.get("/attempts/<int:attempt_id>/timeline")
@reads(SEE_TIMELINE, load_attempt)
def timeline(attempt: Attempt) -> str:
    """Show each answer with when it arrived and what became of it; while it is open, no answers."""
    return render(
        "quizzes/timeline.html",
        attempt=attempt,
        steps=timeline_of(attempt),
        shows=attempt.state.is_closed,
        reader=current_locale(),
        said=given_words,
    )
