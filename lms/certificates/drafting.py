"""What an enrolment's certificate would say: rows gathered into a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload

from lms import db
from lms.certificates.designs.choosing import chosen_for, designs_by_hash
from lms.certificates.designs.design import Design, Locale, PictureBlock
from lms.certificates.designs.models import SignatoryTerm
from lms.certificates.designs.terms import serving
from lms.certificates.document import (
    CertificateDocument,
    Logo,
    ModuleLine,
    Signatory,
    pictures_of,
)
from lms.certificates.models import Award
from lms.certificates.numbering import code_from_bytes, format_number
from lms.certificates.wording import ENGLISH, ROMANIAN, per_cent
from lms.config import Settings
from lms.courses.models import (
    Completion,
    Edition,
    Enrolment,
    Group,
    Module,
    Programme,
    ProgrammeLogo,
    SubjectKind,
)
from lms.files import store
from lms.files.models import StoredFile
from lms.quizzes.models import Attempt, PaperResult, Quiz, QuizVersion

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


@dataclass(frozen=True)
class Look:
    """A design with the pictures of its pages."""

    design: Design
    backgrounds: tuple[bytes, ...]
    own_pictures: tuple[Logo, ...] = ()
    shows_results: bool = False


class Shared:
    """What many drafts have in common, read once; for one transaction, and no longer."""

    def __init__(self, completed: Mapping[int, datetime] | None = None) -> None:
        self._completed = completed or {}
        self._lines: dict[tuple[int, int | None, bool], dict[int, ModuleLine]] = {}
        self._logos: dict[int, tuple[Logo, ...]] = {}
        self._looks: dict[int, Look] = {}
        self._terms: dict[int, list[SignatoryTerm]] = {}

    def look(self, edition: Edition) -> Look:
        """Return the design of an edition's certificates."""
        if edition.id not in self._looks:
            chosen = chosen_for(edition)
            self._looks[edition.id] = look_of(chosen.design, shows_results=chosen.shows_results)
        return self._looks[edition.id]

    def modules(
        self, course_id: int, module_id: int | None, *, english: bool
    ) -> dict[int, ModuleLine]:
        """Return the lines of a course's modules by id, or of the one that is earned."""
        key = (course_id, module_id, english)
        if key not in self._lines:
            self._lines[key] = {
                m.id: ModuleLine(
                    m.title_en if english else m.title_ro,
                    m.hours,
                    _outcomes(m, "en" if english else "ro"),
                )
                for m in _modules(course_id, module_id)
            }
        return self._lines[key]

    def signatories(self, programme: Programme, on: date) -> tuple[Signatory, ...]:
        """Return who signs on a day: whose term of office it is, or the programme's own."""
        if programme.id not in self._terms:
            self._terms[programme.id] = list(
                db.session().scalars(
                    sa.select(SignatoryTerm)
                    .where(SignatoryTerm.programme_id == programme.id)
                    .options(joinedload(SignatoryTerm.scan))
                    .order_by(SignatoryTerm.id)
                )
            )
        found = []
        for own in programme.signatories:
            term = serving(self._terms[programme.id], own.position, on)
            found.append(_signs(term) if term else Signatory(own.name, own.function))
        return tuple(found)

    def logos(self, programme: Programme) -> tuple[Logo, ...]:
        """Return a programme's logos."""
        if programme.id not in self._logos:
            self._logos[programme.id] = _logos(programme)
        return self._logos[programme.id]

    def completed_on(self, enrolment: Enrolment) -> date | None:
        """The day on which the course was completed: no later day belongs to its period."""
        earned_at = self._completed.get(enrolment.id)
        if earned_at is None:
            earned_at = db.session().scalar(
                sa.select(Completion.earned_at).where(
                    Completion.enrolment_id == enrolment.id, Completion.kind == SubjectKind.COURSE
                )
            )
        return local_day(earned_at, enrolment.edition.programme) if earned_at else None


def _signs(term: SignatoryTerm) -> Signatory:
    scan = None
    if term.scan is not None:
        scan = Logo(term.name, pictures([term.scan.sha256])[term.scan.sha256])
    return Signatory(term.name, term.function, scan)


def look_of(design: Design, *, shows_results: bool = False) -> Look:
    """Read the pictures of a design's pages."""
    shas = [page.background for page in design.pages]
    found = pictures(sorted(set(design.pictures())))
    backgrounds = tuple(found.get(sha256, b"") for sha256 in shas) if any(shas) else ()
    own = (block for block in design.blocks() if isinstance(block, PictureBlock))
    shown = tuple(Logo(block.alt.ro, found[block.sha256]) for block in own)
    return Look(design, backgrounds, shown, shows_results)


def _modules(course_id: int, module_id: int | None) -> list[Module]:
    statement = (
        sa.select(Module)
        .where(Module.course_id == course_id, Module.withdrawn_at.is_(None))
        .order_by(Module.position)
    )
    if module_id is not None:
        statement = statement.where(Module.id == module_id)
    return list(db.session().scalars(statement))


def address_of(code: str) -> str:
    """The address printed for a code."""
    settings: Settings = current_app.config["LMS"]
    return f"{settings.printed_verify_url}/{code}"


@dataclass(frozen=True)
class _Holder:
    """Whose certificate it is, as far as it is printed."""

    name: str
    group: Group | None = None
    completed_on: date | None = None


def draft(
    enrolment: Enrolment,
    award: Award | None,
    *,
    issued_on: date,
    is_model: bool,
    locale: str = "ro",
    shared: Shared | None = None,
) -> CertificateDocument:
    """Gather what the certificate would say today, to be checked before it takes a number."""
    shared = shared or Shared()
    edition = enrolment.edition
    look = shared.look(edition)
    language: Locale = "en" if locale == "en" else "ro"
    module_id = award.module_id if award is not None else None
    lines = shared.modules(edition.course_id, module_id, english=language == "en")
    if look.shows_results:
        best = best_results(enrolment.id)
        lines = {
            key: replace(line, result=per_cent(round(best[key], 1), language))
            if key in best
            else line
            for key, line in lines.items()
        }
    holder = _Holder(enrolment.person.full_name, enrolment.group, shared.completed_on(enrolment))
    document = _document(edition, holder, look, issued_on=issued_on, locale=language)
    return replace(
        document,
        number=format_number(series_of(edition.programme, is_model), issued_on.year, 1),
        modules=tuple(lines.values()),
        total_hours=sum((line.hours for line in lines.values()), Decimal(0)),
        signatories=shared.signatories(edition.programme, issued_on),
        logos=shared.logos(edition.programme),
        is_model=is_model,
    )


def specimen(
    edition: Edition, name: str, design: Design, *, issued_on: date, locale: Locale = "ro"
) -> CertificateDocument:
    """Say what an edition's certificate would look like with some name, in some design."""
    shared = Shared()
    lines = shared.modules(edition.course_id, None, english=locale == "en")
    document = _document(
        edition, _Holder(name), look_of(design), issued_on=issued_on, locale=locale
    )
    return replace(
        document,
        modules=tuple(lines.values()),
        total_hours=sum((line.hours for line in lines.values()), Decimal(0)),
        signatories=shared.signatories(edition.programme, issued_on),
        logos=_logos(edition.programme),
    )


def _document(
    edition: Edition, holder: _Holder, look: Look, *, issued_on: date, locale: Locale
) -> CertificateDocument:
    """Gather what an edition says; modules, signatories and logos aside."""
    programme, group, english = edition.programme, holder.group, locale == "en"
    begins = (group and group.starts_on) or edition.starts_on
    ends = (group and group.ends_on) or edition.ends_on
    codes = [c for c in (programme.project_code, programme.contract_number) if c]
    lines = [programme.title, " · ".join(codes)] if codes else [programme.title]
    return CertificateDocument(
        number=format_number(series_of(programme, False), issued_on.year, 1),
        code=PLACEHOLDER_CODE,
        verify_url=address_of(PLACEHOLDER_CODE),
        title=programme.certificate_title,
        holder=holder.name,
        sentence=(ENGLISH if english else ROMANIAN).sentence,
        course=edition.course.title_en if english else edition.course.title_ro,
        modules=(),
        total_hours=Decimal(0),
        period_from=begins,
        period_to=max(begins, min(ends, holder.completed_on or issued_on)),
        place=(group and group.place) or programme.place or "online",
        issued_on=issued_on,
        issuers=tuple(programme.issuers),
        issuer_contact=programme.issuer_contact or "",
        signatories=(),
        programme_lines=tuple(lines),
        statements=tuple(s for s in (programme.funding_statement, programme.disclaimer) if s),
        locale=locale,
        expires_on=expiry(programme.certificate_years_valid, issued_on),
        design=look.design,
        backgrounds=look.backgrounds,
        own_pictures=look.own_pictures,
    )


def best_results(enrolment_id: int) -> dict[int, Decimal]:
    """Return the best passed result in each module's quizzes, taken here or on paper.

    What is there to practise is no result of the module.
    """
    attempts = (
        sa.select(Quiz.module_id, Attempt.percent)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(QuizVersion, QuizVersion.id == Quiz.current_version_id)
        .where(
            Attempt.enrolment_id == enrolment_id,
            Attempt.passed.is_(True),
            Quiz.module_id.is_not(None),
            QuizVersion.is_counted(),
        )
    )
    papers = (
        sa.select(Quiz.module_id, PaperResult.percent)
        .join(Quiz, Quiz.id == PaperResult.quiz_id)
        .join(QuizVersion, QuizVersion.id == Quiz.current_version_id)
        .where(
            PaperResult.enrolment_id == enrolment_id,
            PaperResult.passed.is_(True),
            PaperResult.revoked_at.is_(None),
            Quiz.module_id.is_not(None),
            QuizVersion.is_counted(),
        )
    )
    best: dict[int, Decimal] = {}
    for module_id, percent in (*db.session().execute(attempts), *db.session().execute(papers)):
        if module_id is not None and percent is not None:
            best[module_id] = max(best.get(module_id, percent), percent)
    return best


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
