"""What a trainer took out of a course stays out, whatever the folder that is imported still has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from lms import db
from lms.courses.models import BinnedPart
from lms.exchange.problems import Problem, Reason


def taken_out_here(
    course_pk: int | None, new: Mapping[str, str], faults: Iterable[Problem]
) -> set[str]:
    """Find, among new files by id, those that wait in the bin and that nothing lists any more."""
    rows = db.session().scalars(
        sa.select(BinnedPart.files).where(BinnedPart.course_id == course_pk)
    )
    binned = {file["content_id"] for files in rows for file in files}
    unlisted = {fault.path for fault in faults if fault.reason is Reason.FILE_NOT_LISTED}
    return unlisted & {path for content_id, path in new.items() if content_id in binned}
