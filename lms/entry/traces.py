"""What entry holds of a person, what an erasure removes, and what stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from lms import clock, db
from lms.accounts.traces import Exported, register_trace
from lms.courses.models import Programme
from lms.entry import words
from lms.entry.errors import KeyMissing
from lms.entry.models import EntryCorrection, EntryRecord, NationalNumberRow
from lms.entry.services import answers, numbers
from lms.entry.services.settings import set_of, settings_of
from lms.web.i18n import gettext as _


def _records(person_id: int) -> list[tuple[EntryRecord, Programme]]:
    rows = db.session().execute(
        sa.select(EntryRecord, Programme)
        .join(Programme, Programme.id == EntryRecord.programme_id)
        .where(EntryRecord.person_id == person_id)
        .order_by(EntryRecord.id)
    )
    return [(record, programme) for record, programme in rows]


def export(person_id: int) -> Exported:
    """Return a person's answers in words, with their corrections, and the number masked."""
    entries = [_plain(record, programme) for record, programme in _records(person_id)]
    held = db.session().scalars(
        sa.select(NationalNumberRow).where(NationalNumberRow.person_id == person_id)
    )
    return Exported({"entries": entries, "national_numbers": [_masked(row) for row in held]})


def _plain(record: EntryRecord, programme: Programme) -> dict[str, Any]:
    asked = set_of(settings_of(programme.id))
    said = answers.current(record)
    return {
        "programme": programme.title,
        "entered_on": answers.current_day(record).isoformat(),
        "is_frozen": record.completed_at is not None,
        "answers": {
            words.label_of(q): words.answer_words(q, said.get(q.id, "")) for q in asked.questions
        }
        if asked
        else said,
        "at_entry": dict(record.answers),
        "corrections": [
            {"on": c.corrected_at.isoformat(), "answers": dict(c.answers), "reason": c.reason}
            for c in record.corrections
        ],
    }


def _masked(row: NationalNumberRow) -> str:
    try:
        return numbers.masked_row(row)
    except KeyMissing:
        return ""


def _must_stay(record: EntryRecord, programme: Programme) -> bool:
    """Whether frozen answers are still part of what the programme has to show."""
    kept_until = programme.retain_until
    is_due = kept_until is None or kept_until >= clock.today(programme.zone)
    return record.completed_at is not None and is_due


def erase(person_id: int) -> Mapping[str, int]:
    """Remove national numbers, drafts, and answers whose time is over. Runs inside a write."""
    gone = [r.id for r, programme in _records(person_id) if not _must_stay(r, programme)]
    session = db.session()
    session.execute(sa.delete(EntryCorrection).where(EntryCorrection.record_id.in_(gone)))
    session.execute(sa.delete(EntryRecord).where(EntryRecord.id.in_(gone)))
    return {_("national numbers"): numbers.erase(person_id), _("answers at entry"): len(gone)}


def removes(_person_id: int) -> Sequence[str]:
    """Say what goes."""
    return [_("National numbers, drafts, and answers at entry that no report rests on any more.")]


def keeps(person_id: int) -> Sequence[str]:
    """Say which answers stay, until when and why."""
    return [
        _(
            "The answers at entry to “%(programme)s” stay: its report was counted from them. "
            "%(until)s",
            programme=programme.short_name,
            until=words.kept_words(programme),
        )
        for record, programme in _records(person_id)
        if _must_stay(record, programme)
    ]


def register() -> None:
    """Tell the registry."""
    register_trace(
        "entry",
        lambda: _("Data on entry"),
        export=export,
        erase=erase,
        removes=removes,
        keeps=keeps,
        tables=("entry_records", "entry_corrections", "national_numbers", "entry_settings"),
    )
