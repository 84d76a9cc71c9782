"""Programmes declared, editions and groups set up; none of it commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa

from lms import clock, db
from lms.audit.services import record
from lms.certificates.lost import guard_new_series
from lms.certificates.models import Certificate
from lms.courses.events import programme_completed
from lms.courses.models import (
    Edition,
    Enrolment,
    EnrolmentState,
    Group,
    IssuingMode,
    Programme,
    ProgrammeLogo,
    Signatory,
)
from lms.files.models import StoredFile
from lms.programmes.errors import (
    CourseFixed,
    ProgrammeDeclared,
    ProgrammeIncomplete,
    ReasonMissing,
    SeriesFixed,
    SeriesTaken,
    SlugTaken,
)
from lms.programmes.requirements import Printed, Requirement, missing


@dataclass(frozen=True)
class ProgrammeData:
    """Everything about a programme that a person types."""

    title: str
    short_name: str
    funder: str | None
    contract_number: str | None
    project_code: str | None
    issuers: tuple[str, ...]
    issuer_contact: str | None
    place: str | None
    funding_statement: str | None
    disclaimer: str | None
    certificate_title: str
    certificate_series: str
    certificate_years_valid: int | None
    zone: str
    retain_until: date | None
    signatories: tuple[tuple[str, str], ...]


_COLUMNS = tuple(name for name in ProgrammeData.__dataclass_fields__ if name != "signatories")


def create_programme(data: ProgrammeData, *, by: int, now: datetime) -> Programme:
    """Create a programme that is not complete yet."""
    _refuse_taken(data.certificate_series, but=None)
    programme = Programme(design={}, created_at=now)
    _write(programme, data)
    db.session().add(programme)
    db.session().flush()  # the audit and the signatories need its id
    _sign(programme, data.signatories)
    record("programme.created", by=by, on=programme, title=data.title)
    guard_new_series(programme.certificate_series, clock.today(programme.zone).year)
    return programme


def edit_programme(programme: Programme, data: ProgrammeData, *, by: int) -> None:
    """Change what is printed; refused while the programme stands declared complete."""
    if programme.completed_at is not None:
        raise ProgrammeDeclared
    if data.certificate_series != programme.certificate_series:
        if series_is_fixed(programme):
            raise SeriesFixed
        _refuse_taken(data.certificate_series, but=programme.id)
        guard_new_series(data.certificate_series, clock.today(programme.zone).year)
    before = _said(programme)
    _write(programme, data)
    _sign(programme, data.signatories)
    db.session().flush()  # what is said now is read back
    after = _said(programme)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changed:
        record("programme.edited", by=by, on=programme, changes=changed)


def _write(programme: Programme, data: ProgrammeData) -> None:
    for name in _COLUMNS:
        value = getattr(data, name)
        setattr(programme, name, list(value) if name == "issuers" else value)


def _sign(programme: Programme, signatories: Sequence[tuple[str, str]]) -> None:
    kept = [(name, function) for name, function in signatories if name or function]
    held = {signatory.position: signatory for signatory in programme.signatories}
    for position, (name, function) in enumerate(kept, start=1):
        signatory = held.pop(position, None)
        if signatory is None:
            signatory = Signatory(programme_id=programme.id, position=position)
            programme.signatories.append(signatory)
        signatory.name, signatory.function = name, function
    for left in held.values():
        programme.signatories.remove(left)
        db.session().delete(left)


def _said(programme: Programme) -> dict[str, str]:
    said = {name: str(getattr(programme, name) or "") for name in _COLUMNS}
    said["signatories"] = "; ".join(f"{s.name}, {s.function}" for s in programme.signatories)
    return said


def _refuse_taken(series: str, *, but: int | None) -> None:
    statement = sa.select(Programme.id).where(Programme.certificate_series == series)
    if but is not None:
        statement = statement.where(Programme.id != but)
    if db.session().scalar(statement) is not None:
        raise SeriesTaken


def series_is_fixed(programme: Programme) -> bool:
    """Whether a number was ever given in the programme's series."""
    return (
        db.session().scalar(
            sa.select(Certificate.id)
            .where(Certificate.series == programme.certificate_series)
            .limit(1)
        )
        is not None
    )


def missing_of(programme: Programme) -> tuple[Requirement, ...]:
    """List what a programme lacks."""
    return missing(
        Printed(
            title=programme.title,
            short_name=programme.short_name,
            funder=programme.funder,
            contract_number=programme.contract_number,
            project_code=programme.project_code,
            issuers=programme.issuers,
            issuer_contact=programme.issuer_contact,
            place=programme.place,
            funding_statement=programme.funding_statement,
            certificate_title=programme.certificate_title,
            signatories=[(s.name, s.function) for s in programme.signatories],
            has_retention=programme.retain_until is not None,
            editions=len(programme.editions),
        )
    )


def declare_complete(programme: Programme, *, by: int, now: datetime) -> None:
    """Declare that all that gets printed is right: from now numbers may be given; twice is once."""
    if programme.completed_at is not None:
        return
    if lacking := missing_of(programme):
        raise ProgrammeIncomplete(lacking)
    programme.completed_at = now
    record("programme.completed", by=by, on=programme)
    db.session().flush()  # listeners read it
    programme_completed.send(programme)


def reopen(programme: Programme, *, reason: str, by: int) -> None:
    """Take the declaration back: what is printed may change, and no number is given meanwhile."""
    if programme.completed_at is None:
        return
    if not reason.strip():
        raise ReasonMissing
    programme.completed_at = None
    record("programme.reopened", by=by, on=programme, reason=reason)


# --- Logos -----------------------------------------------------------------------------------


def set_logo(
    programme: Programme,
    slot: int,
    *,
    alt_text: str,
    sha256: str | None,
    size: int = 0,
    media_type: str = "image/png",
    by: int,
    now: datetime,
) -> None:
    """Put a picture, kept in the store, into a slot; without one only its words change."""
    if programme.completed_at is not None:
        raise ProgrammeDeclared
    logo = next((g for g in programme.logos if g.position == slot), None)
    if sha256 is not None:
        stored = StoredFile(
            sha256=sha256,
            size=size,
            media_type=media_type,
            name=f"logo-{slot}.{'svg' if 'svg' in media_type else 'png'}",
            owner_type=Programme.__tablename__,
            owner_id=programme.id,
            created_at=now,
            created_by_id=by,
        )
        db.session().add(stored)
        db.session().flush()  # the slot names it
        if logo is None:
            logo = ProgrammeLogo(programme_id=programme.id, position=slot)
            programme.logos.append(logo)
        logo.file_id = stored.id
    if logo is None:
        return
    logo.alt_text = alt_text
    record("programme.logo_set", by=by, on=programme, slot=slot, alt_text=alt_text)


def remove_logo(programme: Programme, slot: int, *, by: int) -> None:
    """Empty a slot; the picture stays in the store, for certificates that show it."""
    if programme.completed_at is not None:
        raise ProgrammeDeclared
    for logo in [g for g in programme.logos if g.position == slot]:
        programme.logos.remove(logo)
        db.session().delete(logo)
        record("programme.logo_removed", by=by, on=programme, slot=slot)


# --- Editions and groups ---------------------------------------------------------------------


@dataclass(frozen=True)
class EditionData:
    """Everything about an edition that a person types."""

    course_id: int
    title: str
    slug: str
    starts_on: date
    ends_on: date
    target_number: int | None
    issuing: IssuingMode
    hours_required: Decimal


def create_edition(programme: Programme, data: EditionData, *, by: int, now: datetime) -> Edition:
    """Create an edition of a course in a programme."""
    _refuse_taken_slug(data.slug, but=None)
    edition = Edition(programme_id=programme.id, created_at=now, **asdict(data))
    db.session().add(edition)
    db.session().flush()  # the audit names it
    record("edition.created", by=by, on=edition, course_id=edition.course_id, title=data.title)
    return edition


def edit_edition(edition: Edition, data: EditionData, *, by: int) -> None:
    """Change an edition; its course stays once somebody takes part."""
    if data.course_id != edition.course_id and has_participants(edition.id):
        raise CourseFixed
    if data.slug != edition.slug:
        _refuse_taken_slug(data.slug, but=edition.id)
    changed = {
        name: [str(getattr(edition, name)), str(value)]
        for name, value in asdict(data).items()
        if getattr(edition, name) != value
    }
    for name, value in asdict(data).items():
        setattr(edition, name, value)
    if changed:
        record("edition.edited", by=by, on=edition, course_id=edition.course_id, changes=changed)


def has_participants(edition_id: int) -> bool:
    """Whether anybody has a place on the edition."""
    found = db.session().scalar(
        sa.select(Enrolment.id).where(Enrolment.edition_id == edition_id).limit(1)
    )
    return found is not None


def _refuse_taken_slug(slug: str, *, but: int | None) -> None:
    statement = sa.select(Edition.id).where(Edition.slug == slug)
    if but is not None:
        statement = statement.where(Edition.id != but)
    if db.session().scalar(statement) is not None:
        raise SlugTaken


@dataclass(frozen=True)
class GroupData:
    """Everything about a group that a person types."""

    name: str
    place: str | None
    starts_on: date | None
    ends_on: date | None
    trainers: tuple[str, ...]


def save_group(edition: Edition, group: Group | None, data: GroupData, *, by: int) -> Group:
    """Create a group of an edition, or change it."""
    is_new = group is None
    if group is None:
        group = Group(edition_id=edition.id)
        db.session().add(group)
    for name, value in asdict(data).items():
        setattr(group, name, list(value) if name == "trainers" else value)
    db.session().flush()  # the audit names it
    record(
        "group.created" if is_new else "group.edited",
        by=by,
        on=group,
        course_id=edition.course_id,
        name=data.name,
    )
    return group


def people_by_group(edition_id: int) -> dict[int, int]:
    """Return how many hold a place in each group of an edition."""
    rows = db.session().execute(
        sa.select(Enrolment.group_id, sa.func.count())
        .where(
            Enrolment.edition_id == edition_id,
            Enrolment.group_id.is_not(None),
            Enrolment.state == EnrolmentState.ACTIVE,
        )
        .group_by(Enrolment.group_id)
    )
    return {group_id: number for group_id, number in rows if group_id is not None}
