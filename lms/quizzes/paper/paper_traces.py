"""What results on paper hold of a person, and that they stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload

from lms import db
from lms.accounts.traces import Exported, register_trace
from lms.courses.models import Enrolment
from lms.files import store
from lms.quizzes.models import PaperResult
from lms.quizzes.services.paper import scans_of
from lms.web.i18n import gettext as _


def _results(person_id: int) -> Sequence[PaperResult]:
    return (
        db.session()
        .scalars(
            sa.select(PaperResult)
            .options(joinedload(PaperResult.quiz))
            .join(Enrolment, Enrolment.id == PaperResult.enrolment_id)
            .where(Enrolment.person_id == person_id)
            .order_by(PaperResult.id)
        )
        .all()
    )


def export(person_id: int) -> Exported:
    """Return a person's results on paper, with their scans."""
    found = _results(person_id)
    root = current_app.config["LMS"].folder("files")
    files = {
        f"{result.taken_on.isoformat()}-{file.id}-{file.name}": store.get(root, file.sha256)
        for result in found
        for file in scans_of(result.id)
    }
    return Exported({"results": [_plain(result) for result in found]}, files)


def _plain(result: PaperResult) -> dict[str, str | bool | None]:
    return {
        "test": result.quiz.title_ro,
        "taken_on": result.taken_on.isoformat(),
        "place": result.place,
        "earned": None if result.earned is None else str(result.earned.normalize()),
        "possible": None if result.possible is None else str(result.possible.normalize()),
        "percent": str(result.percent),
        "passed": result.passed,
        "reason": result.reason,
        "revoked_at": result.revoked_at.isoformat() if result.revoked_at else None,
        "revoke_reason": result.revoke_reason,
    }


def erase(_person_id: int) -> Mapping[str, int]:
    """Remove nothing: a result on paper is what a completion rests on."""
    return {}


def keeps(person_id: int) -> Sequence[str]:
    """Say that results on paper stay."""
    if not _results(person_id):
        return []
    return [_("Results of tests on paper stay with their scans: the completion rests on them.")]


def register() -> None:
    """Tell the registry."""
    register_trace(
        "paper_results",
        lambda: _("Tests on paper"),
        export=export,
        erase=erase,
        keeps=keeps,
        tables=("paper_results",),
    )
