"""Archives that hold somebody who is erased: removed, or made anew where they are under way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from lms import db
from lms.accounts.traces import Exported, register_trace
from lms.archive.models import ArchiveRun, ArchiveState
from lms.courses.models import Enrolment
from lms.web.i18n import gettext as _

KEPT = (ArchiveState.READY, ArchiveState.RUNNING)


def _of_person(person_id: int) -> sa.ColumnElement[bool]:
    editions = sa.select(Enrolment.edition_id).where(Enrolment.person_id == person_id)
    return ArchiveRun.edition_id.in_(editions) & ArchiveRun.state.in_(KEPT)


def erase(person_id: int) -> Mapping[str, int]:
    """Let the worker remove the kept archives of the person's editions. Runs inside a write."""
    runs = db.session().scalars(sa.select(ArchiveRun).where(_of_person(person_id))).all()
    for run in runs:
        is_ready = run.state is ArchiveState.READY
        run.state = ArchiveState.REMOVED if is_ready else ArchiveState.WAITING
    return {_("archives"): len(runs)}


def removes(person_id: int) -> Sequence[str]:
    """Say that archives which can still be fetched go too."""
    found = db.session().scalar(sa.select(ArchiveRun.id).where(_of_person(person_id)).limit(1))
    return [] if found is None else [_("Archives of the edition that can still be fetched.")]


def keeps(person_id: int) -> Sequence[str]:
    """Say that what somebody has fetched is out of reach."""
    fetched = sa.select(ArchiveRun.id).where(
        ArchiveRun.edition_id.in_(
            sa.select(Enrolment.edition_id).where(Enrolment.person_id == person_id)
        ),
        ArchiveRun.finished_at.is_not(None),
    )
    if db.session().scalar(fetched.limit(1)) is None:
        return []
    return [_("Archives that were fetched are with those who fetched them; the record says who.")]


def register() -> None:
    """Tell the registry."""
    register_trace(
        "archives",
        lambda: _("Archives of editions"),
        export=lambda _person_id: Exported(),
        erase=erase,
        keeps=keeps,
        removes=removes,
        tables=("archive_runs",),
    )
