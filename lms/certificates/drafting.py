"""What an enrolment's certificate would say: rows gathered into a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app

from lms import db
from lms.certificates.designs.choosing import chosen_for, designs_by_hash
from lms.certificates.document import (
    CertificateDocument,
    Logo,
    ModuleLine,
    Signatory,
    pictures_of,
)
from lms.certificates.models import Award
from lms.certificates.numbering import code_from_bytes, format_number
from lms.certificates.wording import ENGLISH, ROMANIAN
from lms.config import Settings
from lms.courses.models import (
    Completion,
    Enrolment,
    Module,
    Programme,
    ProgrammeLogo,
    SubjectKind,
)
from lms.files import store
from lms.files.models import StoredFile

PLACEHOLDER_CODE = code_from_bytes(bytes(17))


def local_day(instant: datetime, programme: Programme) -> date:
    """The calendar day of an instant in the programme's zone."""
    return instant.astimezone(ZoneInfo(programme.zone)).date()


def pictures(sha256s: list[str]) -> dict[str, bytes]:
    """Read logos from the store, by hash."""
    root = current_app.config["LMS"].folder("files")
    return {digest: store.get(root, digest) for digest in sha256s}


def documents_from(facts: Sequence[Mapping[str, Any]]) -> list[CertificateDocument]:
    """Rebuild documents from their frozen facts, in their order; each picture is read once."""
    root = current_app.config["LMS"].folder("files")
    designs = designs_by_hash((each["design"]["sha256"] for each in facts), root)
    wanted = {sha256 for each in facts for sha256 in pictures_of(each, designs)}
    found = pictures(sorted(wanted))
    return [CertificateDocument.from_facts(each, found, designs) for each in facts]


def _logos(programme: Programme) -> tuple[Logo, ...]:
    rows = (
        db.session()
        .execute(
            sa.select(ProgrammeLogo.alt_text, StoredFile.sha256, ProgrammeLogo.position)
            .join(StoredFile, StoredFile.id == ProgrammeLogo.file_id)
            .where(ProgrammeLogo.programme_id == programme.id)
            .order_by(ProgrammeLogo.position)
        )
        .all()
    )
    found = pictures([sha for _alt, sha, _slot in rows])
    return tuple(Logo(alt, found[sha], slot) for alt, sha, slot in rows)


def _modules(enrolment: Enrolment, award: Award | None) -> list[Module]:
    statement = (
        sa.select(Module)
        .where(Module.course_id == enrolment.edition.course_id, Module.withdrawn_at.is_(None))
        .order_by(Module.position)
    )
    if award is not None and award.module_id is not None:
        statement = statement.where(Module.id == award.module_id)
    return list(db.session().scalars(statement))


def _completed_on(enrolment: Enrolment) -> date | None:
    """The day on which the course was completed: no later day belongs to its period."""
    earned_at = db.session().scalar(
        sa.select(Completion.earned_at).where(
            Completion.enrolment_id == enrolment.id, Completion.kind == SubjectKind.COURSE
        )
    )
    return local_day(earned_at, enrolment.edition.programme) if earned_at else None


def address_of(code: str) -> str:
    """The address printed for a code."""
    settings: Settings = current_app.config["LMS"]
    return f"{settings.printed_verify_url}/{code}"


def draft(
    enrolment: Enrolment,
    award: Award | None,
    *,
    issued_on: date,
    number: str = "",
    code: str = PLACEHOLDER_CODE,
    is_model: bool,
    locale: str = "ro",
) -> CertificateDocument:
    """Gather what the certificate would say today; without a number it is a draft to be checked."""
    edition = enrolment.edition
    programme = edition.programme
    english = locale == "en"
    design = chosen_for(edition).design
    backgrounds = [page.background for page in design.pages]
    found = pictures([sha256 for sha256 in backgrounds if sha256])
    modules = _modules(enrolment, award)
    lines = [programme.title]
    codes = [c for c in (programme.project_code, programme.contract_number) if c]
    if codes:
        lines.append(" · ".join(codes))
    group = enrolment.group
    begins = (group and group.starts_on) or edition.starts_on
    ends = (group and group.ends_on) or edition.ends_on
    completed_on = _completed_on(enrolment) or issued_on
    return CertificateDocument(
        number=number or format_number(series_of(programme, is_model), issued_on.year, 1),
        code=code,
        verify_url=address_of(code),
        title=programme.certificate_title,
        holder=enrolment.person.full_name,
        sentence=(ENGLISH if english else ROMANIAN).sentence,
        course=edition.course.title_en if english else edition.course.title_ro,
        modules=tuple(
            ModuleLine(m.title_en if english else m.title_ro, m.hours, _outcomes(m, locale))
            for m in modules
        ),
        total_hours=sum((m.hours for m in modules), Decimal(0)),
        period_from=begins,
        period_to=max(begins, min(ends, completed_on)),
        place=(group and group.place) or programme.place or "online",
        issued_on=issued_on,
        issuers=tuple(programme.issuers),
        issuer_contact=programme.issuer_contact or "",
        signatories=tuple(Signatory(s.name, s.function) for s in programme.signatories),
        programme_lines=tuple(lines),
        statements=tuple(s for s in (programme.funding_statement, programme.disclaimer) if s),
        logos=_logos(programme),
        is_model=is_model,
        locale="en" if english else "ro",
        expires_on=expiry(programme.certificate_years_valid, issued_on),
        design=design,
        backgrounds=tuple(found.get(sha256, b"") for sha256 in backgrounds) if found else (),
    )


def _outcomes(module: Module, locale: str) -> tuple[str, ...]:
    """What a module teaches, for the annex."""
    return tuple(outcome.get(locale) or outcome.get("ro", "") for outcome in module.outcomes)


def expiry(years: int | None, issued_on: date) -> date | None:
    """Return the last valid day of a certificate that is valid for some years."""
    if years is None:
        return None
    try:
        return issued_on.replace(year=issued_on.year + years)
    except ValueError:  # 29 February
        return issued_on.replace(year=issued_on.year + years, day=28)


def series_of(programme: Programme, is_model: bool) -> str:
    """The series that numbers are taken from; examples have one of their own."""
    return "MODEL" if is_model else programme.certificate_series
