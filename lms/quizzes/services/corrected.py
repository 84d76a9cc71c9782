"""What was corrected on versions of questions, read for whoever marks or shows their answers."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from lms import db
from lms.quizzes import queries
from lms.quizzes.corrections.standing import Act, Standing, standing_of
from lms.quizzes.models import Correction


def acts_of(version_ids: Collection[int]) -> dict[int, list[Act]]:
    """Return what was corrected on versions, oldest first; one statement, two where a key was."""
    rows = (
        db.session()
        .execute(
            sa.select(
                Correction.version_id,
                Correction.id,
                Correction.kind,
                Correction.option_id,
                Correction.key_version_id,
                Correction.withdraws_id,
            )
            .where(Correction.version_id.in_(version_ids))
            .order_by(Correction.id)
        )
        .all()
    )
    keys = {row.key_version_id for row in rows if row.key_version_id is not None}
    words = queries.newest_words(sorted(keys)) if keys else {}
    found: dict[int, list[Act]] = {}
    for version_id, act_id, kind, option_id, key_version_id, withdraws in rows:
        key = words[key_version_id].ro if key_version_id is not None else None
        found.setdefault(version_id, []).append(Act(act_id, kind, option_id, key, withdraws))
    return found


def standings_of(version_ids: Collection[int]) -> dict[int, Standing]:
    """Return what holds for versions; those that nobody corrected are not among them."""
    return {version_id: standing_of(acts) for version_id, acts in acts_of(version_ids).items()}
