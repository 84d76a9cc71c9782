"""Keep what a trainer fills in before a mark is given."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.quizzes.forms.marking_form import Filled
from lms.quizzes.models import MarkDraft


def draft_of(item_id: int) -> MarkDraft | None:
    """Return what was filled in for an answer and not given yet."""
    return db.session().scalar(sa.select(MarkDraft).where(MarkDraft.item_id == item_id))


def keep_draft(item_id: int, filled: Filled, *, now: datetime) -> MarkDraft:
    """Keep what is filled in for an answer; the attempt is locked, so there is one draft."""
    draft = draft_of(item_id)
    if draft is None:
        draft = MarkDraft(item_id=item_id)
        db.session().add(draft)
    draft.filled = filled.dumped()
    draft.saved_at = now
    return draft


def drop_draft(item_id: int) -> None:
    """Forget it: the mark is given."""
    db.session().execute(sa.delete(MarkDraft).where(MarkDraft.item_id == item_id))
