"""A participants' list brought in: planned without a change, then carried out whole or not.

This module is the way in: what plans (`planning`) and what carries out (`carrying_out`) are named
from here.
"""

from __future__ import annotations

from datetime import datetime

from lms.audit.services import record
from lms.courses.models import Edition
from lms.participants.errors import ImportNotReady, PlanMoved
from lms.participants.services.carrying_out import Importer, Outcome
from lms.participants.services.planning import (
    TYPED_ROW,
    Absent,
    Decisions,
    Prepared,
    RosterFile,
    prepare,
    read_file,
    typed_file,
)

__all__ = [
    "TYPED_ROW",
    "Absent",
    "Decisions",
    "Outcome",
    "Prepared",
    "RosterFile",
    "commit",
    "prepare",
    "read_file",
    "typed_file",
]


def commit(
    edition: Edition,
    file: RosterFile,
    decisions: Decisions,
    *,
    by: int | None,
    now: datetime,
    source: int | None = None,
    expected: str | None = None,
) -> Outcome:
    """Carry a list out, whole: people, organisations, groups and places. Runs inside a write.

    Plans afresh on the rows as they now stand. Raises ImportNotReady where something is wrong or
    a question is open, PlanMoved where the plan is no longer the one of the `expected`
    fingerprint. `source` is the stored file.
    """
    prepared = prepare(edition, file, decisions)
    if not prepared.is_ready:
        raise ImportNotReady(prepared)
    if expected is not None and expected != prepared.fingerprint:
        raise PlanMoved(prepared)
    importer = Importer(edition, prepared, by, now)
    outcome = importer.carry_out(source)
    record(
        "participants.imported",
        by=by,
        on=edition,
        course_id=edition.course_id,
        file=source,
        enrolled=len(outcome.enrolment_ids),
        new_people=outcome.new_people,
        updated=outcome.updated_people,
        unchanged=outcome.unchanged,
    )
    return outcome
