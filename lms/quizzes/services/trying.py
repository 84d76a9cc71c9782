"""A quiz as a learner would meet it, for trainers: drawn from a seed, marked, and kept nowhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from lms.quizzes import queries
from lms.quizzes.corrections.marking import ItemMark, Total, as_behaved, mark_item, total_of
from lms.quizzes.corrections.standing import UNTOUCHED
from lms.quizzes.models import QuizVersion
from lms.quizzes.queries import PaperItem
from lms.quizzes.rules import attempt_rules
from lms.quizzes.rules.attempt_rules import AttemptState, Fate
from lms.quizzes.rules.settings import QuizSettings
from lms.quizzes.services import drawing, ruling, saving

NOBODY = 0  # whose attempts no question was ever met in


def due_at(settings: QuizSettings, began: datetime) -> datetime | None:
    """Tell when a trial's time is over; its editions' dates don't bind who tries."""
    return attempt_rules.due_at(settings, started_at=began)


def fate_of(settings: QuizSettings, began: datetime, *, now: datetime) -> Fate:
    """Tell what would become of a learner's attempt that began and ran as this trial did."""
    due, grace = due_at(settings, began), saving.grace(settings)
    return attempt_rules.fate_of(settings, AttemptState.OPEN, now=now, due=due, grace=grace)


def passwords_of(quiz_id: int, edition_ids: Collection[int]) -> list[str]:
    """Return the digests of the passwords that learners of these editions write."""
    windows = ruling.windows_of(quiz_id)
    held = (windows[i].password_digest for i in edition_ids if i in windows)
    return [digest for digest in held if digest]


def paper_of(version: QuizVersion, settings: QuizSettings, seed: int) -> list[PaperItem]:
    """Draw the paper that a seed gives; the id of a question's version stands for its place.

    Raises QuizNotReady where there is too little to draw from.
    """
    drawn = drawing.draw(NOBODY, version, settings, seed)
    words = queries.words_of_revisions([c.revision_id for c in drawn])
    found = []
    for position, candidate in enumerate(drawn, 1):
        worded = words[candidate.revision_id]
        order = drawing.option_order(worded.ro, candidate.version_id, settings, seed)
        found.append(
            PaperItem(
                item_id=candidate.version_id,
                position=position,
                question_id=candidate.question_id,
                version_id=candidate.version_id,
                revision_id=candidate.revision_id,
                words=worded.as_drawn(order),
                option_order=order,
                fraction=None,
                payload={},
                sequence=0,
                received_at=None,
                lesson_number=None,
                section=candidate.section,
            )
        )
    return found


def marked(
    items: Sequence[PaperItem],
    settings: QuizSettings,
    tries: Mapping[int, Sequence[Mapping[str, Any]]],
) -> tuple[Total, list[ItemMark]]:
    """Mark a paper as an attempt would be: the whole, and each answer in order."""
    found: list[ItemMark] = []
    for item in items:
        mark = mark_item(item.question, item.payload)
        checked = tries.get(item.item_id, ())
        found.append(
            as_behaved(
                mark, item.question, item.payload, UNTOUCHED, checked=checked, settings=settings
            )
        )
    return total_of(found, pass_mark=settings.pass_mark), found
