"""Certificates of a person: handed out with their sealed files; the register keeps its minimum.

While the programme must keep its papers, the register keeps the holder's name as printed. After
that name, sealed file and details go; number, code, state, dates and the file's hash stay, so that
a copy can still be told from a forgery.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from lms import db
from lms.accounts.traces import Exported, plain_rows, register_trace
from lms.audit import services as audit
from lms.certificates.badges.models import ShareLink
from lms.certificates.desk import duplicates, runs
from lms.certificates.desk.models import Duplicate
from lms.certificates.levels.files import kept_name
from lms.certificates.models import (
    Certificate,
    CertificateFile,
    CertificateFlag,
    Find,
    PaperAct,
    PaperEntry,
    Printing,
    RegisterDay,
    RegisterDetail,
    RegisterEntry,
)
from lms.certificates.register import store_folder
from lms.certificates.states import HOLDER_ERASED
from lms.courses.models import Edition, Enrolment, Programme
from lms.courses.traces import must_keep, places_of
from lms.files import services as files
from lms.files import store
from lms.web.i18n import format_date
from lms.web.i18n import gettext as _


def _held(person_id: int) -> list[tuple[Certificate, Programme]]:
    rows = db.session().execute(
        sa.select(Certificate, Programme)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Programme, Programme.id == Edition.programme_id)
        .where(Enrolment.person_id == person_id)
        .order_by(Certificate.id)
    )
    return [(certificate, programme) for certificate, programme in rows]


def export(person_id: int) -> Exported:
    """Return the certificates with what they say, what happened to them, and their files."""
    places = places_of(person_id)
    certificates = (
        sa.select(
            Certificate.number,
            Certificate.code,
            Certificate.state,
            Certificate.issued_on,
            Certificate.expires_on,
            Certificate.ended_at,
            Certificate.ended_reason,
            Certificate.facts.label("says"),
        )
        .where(Certificate.enrolment_id.in_(places))
        .order_by(Certificate.id)
    )
    papers = (
        sa.select(
            Certificate.number,
            PaperAct.event,
            PaperAct.on.label("on_day"),
            PaperAct.way,
            PaperAct.document,
            PaperAct.receiver,
            PaperAct.tracking,
        )
        .join(PaperEntry, PaperEntry.act_id == PaperAct.id)
        .join(Certificate, Certificate.id == PaperEntry.certificate_id)
        .where(Certificate.enrolment_id.in_(places))
        .order_by(PaperEntry.id)
    )
    return Exported(
        {
            "certificates": plain_rows(certificates),
            "paper": plain_rows(papers),
            "printings": _rows_of(
                places, Printing, (Printing.printed_at, Printing.kind, Printing.copies)
            ),
            "duplicates": _rows_of(
                places,
                Duplicate,
                (
                    Duplicate.ordinal,
                    Duplicate.on.label("on_day"),
                    Duplicate.asked_by,
                    Duplicate.asked_on,
                    Duplicate.reason,
                    Duplicate.declaration,
                    Duplicate.note,
                ),
            ),
            "flags": _rows_of(
                places,
                CertificateFlag,
                (
                    CertificateFlag.raised_at,
                    CertificateFlag.missing.label("not_met"),
                    CertificateFlag.closed_at,
                    CertificateFlag.outcome,
                    CertificateFlag.reason,
                ),
            ),
            "links": _rows_of(
                places,
                ShareLink,
                (
                    ShareLink.made_at,
                    ShareLink.taken_back_at,
                    ShareLink.shows_results,
                    ShareLink.times_opened,
                    ShareLink.last_opened_at,
                ),
            ),
        },
        _files(places),
    )


def _rows_of(
    places: Sequence[int],
    table: type[Printing] | type[Duplicate] | type[CertificateFlag] | type[ShareLink],
    columns: Sequence[sa.ColumnElement[Any] | InstrumentedAttribute[Any]],
) -> list[dict[str, Any]]:
    """Return what a table says of a person's certificates, each row with the number."""
    return plain_rows(
        sa.select(Certificate.number, *columns)
        .join(Certificate, Certificate.id == table.certificate_id)
        .where(Certificate.enrolment_id.in_(places))
        .order_by(table.id)
    )


def _files(places: Sequence[int]) -> dict[str, bytes]:
    rows = db.session().execute(
        sa.select(Certificate.number, CertificateFile)
        .join(Certificate, Certificate.id == CertificateFile.certificate_id)
        .where(
            Certificate.enrolment_id.in_(places),
            Certificate.facts["holder"].as_string() != HOLDER_ERASED,
        )
        .order_by(CertificateFile.id)
    )
    folder = store_folder()
    return {kept_name(number, file): store.get(folder, file.sha256) for number, file in rows}


def erase(person_id: int) -> Mapping[str, int]:
    """Remove what the register need not keep any more."""
    held = _held(person_id)
    numbers = [certificate.number for certificate, _p in held]
    db.deleted(sa.delete(Find).where(Find.number.in_(numbers)))
    links = ShareLink.certificate_id.in_([certificate.id for certificate, _p in held])
    db.deleted(sa.delete(ShareLink).where(links))
    gone = [certificate for certificate, programme in held if not must_keep(programme)]
    ids = [certificate.id for certificate in gone]
    for certificate in gone:
        certificate.facts = {**certificate.facts, "holder": HOLDER_ERASED, "badge": None}
        certificate.ended_reason = None
    db.session().flush()  # what follows goes past the session
    entries = sa.select(RegisterEntry.id).where(RegisterEntry.certificate_id.in_(ids))
    db.deleted(sa.delete(RegisterDetail).where(RegisterDetail.entry_id.in_(entries)))
    _blank_papers(ids)
    flags = CertificateFlag.certificate_id.in_(ids)
    db.deleted(sa.update(CertificateFlag).where(flags).values(reason=None))
    duplicates.forget(ids)
    runs.forget([certificate.id for certificate, _p in held])
    kept = sa.select(CertificateFile.sha256).where(CertificateFile.certificate_id.in_(ids))
    files.drop_bytes(set(db.session().scalars(kept)))
    audit.erase_details("certificates", [certificate.id for certificate, _p in held])
    return {_("names on certificates"): len(ids)}


def _blank_papers(ids: Sequence[int]) -> None:
    """Blank who received paper copies, where an act is about these certificates alone."""
    acts = sa.select(PaperEntry.act_id).where(PaperEntry.certificate_id.in_(ids))
    others = sa.select(PaperEntry.act_id).where(PaperEntry.certificate_id.not_in(ids))
    alone = PaperAct.id.in_(acts) & PaperAct.id.not_in(others)
    blank = {"receiver": None, "tracking": None, "note": None}
    db.deleted(sa.update(PaperAct).where(alone).values(**blank))


def removes(person_id: int) -> Sequence[str]:
    """Say what goes."""
    said = [
        _("The details in the record of each act on a certificate."),
        _("The links by which the certificates were shared, with how often they were opened."),
    ]
    if any(not must_keep(programme) for _c, programme in _held(person_id)):
        said.append(
            _("The name on certificates of programmes whose time is over, and their sealed files.")
        )
    return said


def keeps(person_id: int) -> Sequence[str]:
    """Say what the register keeps, until when and why."""
    said = [_kept(certificate, programme) for certificate, programme in _held(person_id)]
    if said and db.session().scalar(sa.select(RegisterDay.id).limit(1)) is not None:
        said.append(
            _(
                "The registers of days already written to files and mailed to the registrars: they "
                "are what the register is filled from after a loss. The registrar deletes old ones."
            )
        )
    return said


def _kept(certificate: Certificate, programme: Programme) -> str:
    number = certificate.number
    if not must_keep(programme):
        return _(
            "Of certificate %(number)s: number, code, state, dates, the file’s hash and the "
            "place in the list by which its badge can be revoked, so that a forgery can be "
            "told.",
            number=number,
        )
    if programme.retain_until is None:
        return _(
            "Certificate %(number)s in full, with the printed name: the programme has not set a"
            " retention date.",
            number=number,
        )
    return _(
        "Certificate %(number)s in full, with the printed name, until %(date)s: the programme’s"
        " register must be shown until then.",
        number=number,
        date=format_date(programme.retain_until, programme.zone),
    )


def _needs(sha256: str) -> bool:
    """Whether a certificate that still has its name rests on these bytes."""
    statement = (
        sa.select(CertificateFile.id)
        .join(Certificate, Certificate.id == CertificateFile.certificate_id)
        .where(
            CertificateFile.sha256 == sha256,
            Certificate.facts["holder"].as_string() != HOLDER_ERASED,
        )
    )
    return db.session().scalar(statement.limit(1)) is not None


def register() -> None:
    """Tell the registries."""
    files.NEEDED_BY["certificates"] = _needs
    register_trace(
        "certificates",
        lambda: _("Certificates"),
        export=export,
        erase=erase,
        removes=removes,
        keeps=keeps,
        tables=(
            *("certificates", "certificate_files", "printings", "paper_acts", "paper_entries"),
            "share_links",
            *("register_entries", "register_details", "batches", "certificate_flags"),
            *("lost_numbers", "recovery_finds", "register_days", "duplicates"),
            # who of the office made a design, chose it, asked for a check, pinned a signatory
            *("certificate_designs", "certificate_design_versions", "certificate_design_choices"),
            *("validity_checks", "signatory_pins"),
        ),
    )
