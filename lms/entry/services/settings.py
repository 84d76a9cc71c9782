"""What a programme asks at entry, chosen by the registrar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.models import Programme
from lms.entry import shelf
from lms.entry.errors import PurposeMissing, SetInUse, UnknownSet
from lms.entry.indicator_sets import IndicatorSet
from lms.entry.models import EntryRecord, EntrySettings


@dataclass(frozen=True)
class Wanted:
    """What the registrar chose; an empty notice means the text that we propose."""

    set_id: str | None
    notice_ro: str | None = None
    notice_en: str | None = None
    asks_national_number: bool = False
    national_number_purpose: str | None = None


def settings_of(programme_id: int) -> EntrySettings | None:
    """Return what a programme asks; None where it was never set up."""
    return db.session().get(EntrySettings, programme_id)


def set_of(settings: EntrySettings | None) -> IndicatorSet | None:
    """Return the set as it was chosen; None where nothing is asked."""
    return shelf.parsed(settings.set_text) if settings and settings.set_text else None


def choose(
    programme: Programme, wanted: Wanted, *, instance: Path, by: int | None, now: datetime
) -> EntrySettings:
    """Choose what a programme asks; once people have answered, their set stays.

    Choosing the same set again takes its file as it is today.
    """
    purpose = (wanted.national_number_purpose or "").strip()
    if wanted.asks_national_number and not purpose:
        raise PurposeMissing
    settings = settings_of(programme.id)
    before = settings.set_id if settings else None
    text = _text(wanted.set_id, instance)
    if before is not None and wanted.set_id != before and (number := answered(programme.id)):
        raise SetInUse(number)
    if settings is None:
        settings = EntrySettings(programme_id=programme.id)
        db.session().add(settings)
    settings.set_id, settings.set_text = wanted.set_id, text
    settings.notice_ro, settings.notice_en = wanted.notice_ro, wanted.notice_en
    settings.asks_national_number = wanted.asks_national_number
    settings.national_number_purpose = purpose or None
    settings.changed_at, settings.changed_by_id = now, by
    record(
        "entry.set_up",
        by=by,
        on=programme,
        indicator_set=wanted.set_id or "",
        national_number=wanted.asks_national_number,
        purpose=purpose,
    )
    return settings


def _text(set_id: str | None, instance: Path) -> str | None:
    if set_id is None:
        return None
    text = shelf.text_of(instance, set_id)
    if text is None:
        raise UnknownSet(set_id)
    return text


def answered(programme_id: int) -> int:
    """Return how many people have answered something in a programme."""
    return (
        db.session().scalar(
            sa.select(sa.func.count())
            .select_from(EntryRecord)
            .where(EntryRecord.programme_id == programme_id)
        )
        or 0
    )
