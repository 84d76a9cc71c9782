"""What somebody reported as a barrier is theirs: handed out, and erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from lms import db
from lms.accounts.traces import Exported, plain, register_trace
from lms.look.models import Barrier
from lms.web.i18n import gettext as _

_COLUMNS = ("page", "what", "contact", "sent_at", "answered_at")


def export(person_id: int) -> Exported:
    """Hand the person's reports out."""
    found = db.session().scalars(sa.select(Barrier).filter_by(person_id=person_id)).all()
    rows = [{name: plain(getattr(row, name)) for name in _COLUMNS} for row in found]
    return Exported({"barriers": rows} if rows else {})


def erase(person_id: int) -> Mapping[str, int]:
    """Remove the person's reports. Runs inside a write."""
    return {_("reports"): db.deleted(sa.delete(Barrier).where(Barrier.person_id == person_id))}


def removes(person_id: int) -> Sequence[str]:
    """Say that they go."""
    found = db.session().scalar(sa.select(Barrier.id).filter_by(person_id=person_id).limit(1))
    return [] if found is None else [_("What was reported about the site’s accessibility.")]


def register() -> None:
    """Tell the registry."""
    register_trace(
        "barriers",
        lambda: _("Reports on accessibility"),
        export=export,
        erase=erase,
        keeps=lambda _person_id: (),
        removes=removes,
        tables=("barrier_reports",),
    )
