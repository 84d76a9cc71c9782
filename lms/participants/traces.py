"""Lists by which people were brought in: what they say of a person, and the uploaded files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.accounts.traces import Exported, plain_rows, register_trace
from lms.files import services as files
from lms.participants.models import ImportRow, ParticipantImport
from lms.web.i18n import gettext as _


def export(person_id: int) -> Exported:
    """Return what each list did to the person's data."""
    statement = (
        sa.select(ParticipantImport.made_at, ImportRow.deed, ImportRow.number, ImportRow.changes)
        .join(ParticipantImport, ParticipantImport.id == ImportRow.import_id)
        .where(ImportRow.person_id == person_id)
        .order_by(ImportRow.id)
    )
    return Exported({"lists": plain_rows(statement)})


def erase(person_id: int) -> Mapping[str, int]:
    """Remove what lists changed, and the uploaded lists on which the person stands."""
    mine = ImportRow.person_id == person_id
    imports = list(db.session().scalars(sa.select(ImportRow.import_id).where(mine).distinct()))
    blank: dict[str, Any] = {"changes": [], "membership_id": None, "closed_membership_id": None}
    changed = db.deleted(sa.update(ImportRow).where(mine).values(**blank))
    of_them = ParticipantImport.id.in_(imports)
    kept = sa.select(ParticipantImport.file_id).where(of_them)
    file_ids = [i for i in db.session().scalars(kept) if i is not None]
    same_file = ParticipantImport.file_id.in_(file_ids)
    db.deleted(sa.update(ParticipantImport).where(same_file).values(file_id=None))
    return {_("changes by lists"): changed, _("uploaded lists"): files.forget(file_ids)}


def removes(_person_id: int) -> Sequence[str]:
    """Say what goes."""
    return [_("What uploaded lists said, and the lists themselves.")]


def keeps(_person_id: int) -> Sequence[str]:
    """Say what stays: nothing of the person."""
    return ()


def register() -> None:
    """Tell the registry."""
    register_trace(
        "lists",
        lambda: _("Uploaded lists"),
        export=export,
        erase=erase,
        removes=removes,
        keeps=keeps,
        tables=("participant_imports", "participant_import_rows", "import_columns"),
    )
