"""Certificates to look at: issued rightly, and by today's rules and grades no longer earned.

Neither a changed rule nor another grade takes a certificate back by itself. It is flagged, once,
with what changed; the registrar keeps it with a reason, corrects it or revokes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from lms import clock, db
from lms.accounts.models import Person
from lms.audit.services import record
from lms.certificates.models import Award, Certificate, CertificateFlag
from lms.certificates.states import CertificateState, FlagOutcome
from lms.courses.completion import Result
from lms.courses.models import Completion, Edition, Enrolment, SubjectKind
from lms.courses.queries import cohort_of
from lms.jobs import queue

EVERY = 600


@dataclass(frozen=True)
class Missing:
    """A condition that is met no longer: today's figures, and those it was earned with."""

    condition: str  # its kind, and for tests their edge after a colon
    done: str
    needed: str
    done_then: str = ""
    needed_then: str = ""

    def to_plain(self) -> list[str]:
        """Write it as JSON holds it."""
        return [self.condition, self.done, self.needed, self.done_then, self.needed_then]


def missing_of(results: Sequence[Result], evidence: Mapping[str, Any]) -> list[Missing]:
    """List what is met no longer of what a completion was earned with.

    A completion that holds no figures, such as one brought from elsewhere, can't be compared.
    """
    if not evidence:
        return []
    found = []
    for result in results:
        if result.is_met:
            continue
        kind = result.condition.kind.value
        name = kind if result.edge is None else f"{kind}:{result.edge.value}"
        then = evidence.get(name) or ("", "")
        found.append(Missing(name, str(result.done), str(result.needed), *map(str, then)))
    return found


def init_app() -> None:
    """Listen for grades that were corrected: their certificates are looked at soon."""
    from lms.quizzes.events import grades_corrected

    grades_corrected.connect(_on_correction)


def _on_correction(_correction: object) -> None:
    queue.tell("certificates.flags")


# Looking ---------------------------------------------------------------------------------------


@queue.task("certificates.flags", sweep_seconds=EVERY)
def review_all() -> None:
    """Look at the valid certificates of every edition, one edition after another."""
    editions = list(
        db.session().scalars(
            sa.select(Enrolment.edition_id)
            .join(Certificate, Certificate.enrolment_id == Enrolment.id)
            .where(Certificate.state == CertificateState.VALID)
            .distinct()
            .order_by(Enrolment.edition_id)
        )
    )
    db.end_reading()
    for edition_id in editions:
        review(edition_id)


def review(edition_id: int) -> int:
    """Flag an edition's certificates that aren't earned any more; return how many are new.

    Opens its own transactions; call it with none open. What the registrar has kept isn't flagged
    again for the same; a flag whose reason is gone is closed.
    """
    found = dict(_looked(edition_id))
    known = _known(list(found))
    wanted = {key: [m.to_plain() for m in missing] for key, missing in found.items()}
    due = [key for key, missing in wanted.items() if _is_new(missing, known.get(key))]
    over = [
        key
        for key, missing in wanted.items()
        if not missing and (last := known.get(key)) is not None and last.closed_at is None
    ]
    db.end_reading()
    if not due and not over:
        return 0
    with db.writing():
        return sum([_note(c, wanted[c.id], now=clock.now()) for c in _locked([*due, *over])])


def _is_new(missing: list[list[str]], last: CertificateFlag | None) -> bool:
    if not missing:
        return False
    if last is None or last.outcome is FlagOutcome.CLEARED:
        return True
    return last.missing != missing


def _looked(edition_id: int) -> Iterator[tuple[int, list[Missing]]]:
    session = db.session()
    rows = session.execute(
        sa.select(Certificate.id, Certificate.enrolment_id, Completion.evidence)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Award, Award.id == Certificate.award_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(
            Completion,
            sa.and_(Completion.enrolment_id == Enrolment.id, Completion.kind == SubjectKind.COURSE),
        )
        .where(
            Enrolment.edition_id == edition_id,
            Certificate.state == CertificateState.VALID,
            Award.module_id.is_(None),
            Person.erased_at.is_(None),  # nothing is left of what was shown
        )
    ).all()
    if not rows:
        return
    edition = session.get_one(Edition, edition_id, options=[joinedload(Edition.course)])
    _outline, cohort = cohort_of(edition, edition.course.version, [row[1] for row in rows])
    for certificate_id, enrolment_id, evidence in rows:
        yield certificate_id, missing_of(cohort[enrolment_id].results, evidence)


def _known(certificate_ids: Sequence[int]) -> dict[int, CertificateFlag]:
    """Read the newest flag of each certificate."""
    newest = (
        sa.select(sa.func.max(CertificateFlag.id))
        .where(CertificateFlag.certificate_id.in_(certificate_ids))
        .group_by(CertificateFlag.certificate_id)
    )
    rows = db.session().scalars(sa.select(CertificateFlag).where(CertificateFlag.id.in_(newest)))
    return {row.certificate_id: row for row in rows}


def _locked(certificate_ids: Sequence[int]) -> Sequence[Certificate]:
    return (
        db.session()
        .scalars(
            sa.select(Certificate)
            .where(Certificate.id.in_(certificate_ids))
            .order_by(Certificate.id)
            .with_for_update(of=Certificate)
        )
        .all()
    )


def _note(certificate: Certificate, missing: list[list[str]], *, now: datetime) -> bool:
    """Open, renew or close a certificate's flag, under its lock; tell whether it is new."""
    if certificate.state is not CertificateState.VALID:
        return False
    flag = open_flag(certificate.id)
    if not missing:
        close(certificate, FlagOutcome.CLEARED, by=None, reason=None, now=now)
        return False
    if flag is not None:
        flag.missing = missing
        return False
    db.session().add(CertificateFlag(certificate_id=certificate.id, raised_at=now, missing=missing))
    record("certificate.flagged", by=None, on=certificate, number=certificate.number, what=missing)
    return True


# Deciding --------------------------------------------------------------------------------------


def open_flag(certificate_id: int) -> CertificateFlag | None:
    """Return what waits for a decision on a certificate."""
    return db.session().scalar(
        sa.select(CertificateFlag).where(
            CertificateFlag.certificate_id == certificate_id, CertificateFlag.closed_at.is_(None)
        )
    )


def close(
    certificate: Certificate,
    outcome: FlagOutcome,
    *,
    by: int | None,
    reason: str | None,
    now: datetime,
) -> bool:
    """Close a certificate's open flag, if it has one; return whether it had."""
    flag = open_flag(certificate.id)
    if flag is None:
        return False
    flag.closed_at, flag.closed_by_id, flag.outcome, flag.reason = now, by, outcome, reason
    return True


def keep_all(flag_ids: Sequence[int], edition_id: int, *, by: int, reason: str) -> int:
    """Keep flagged certificates of an edition as they are, with a reason; return how many.

    Nobody decides on their own certificate.
    """
    now = clock.now()
    ids = db.session().scalars(
        sa.select(CertificateFlag.certificate_id)
        .join(Certificate, Certificate.id == CertificateFlag.certificate_id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(
            CertificateFlag.id.in_(flag_ids),
            CertificateFlag.closed_at.is_(None),
            Enrolment.edition_id == edition_id,
            Enrolment.person_id != by,
        )
    )
    count = 0
    for certificate in _locked(list(ids)):
        if close(certificate, FlagOutcome.KEPT, by=by, reason=reason, now=now):
            count += 1
            record(
                "certificate.kept",
                by=by,
                on=certificate,
                number=certificate.number,
                reason=reason,
            )
    return count


# What the page shows ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Flagged:
    """A certificate that waits for a decision."""

    flag_id: int
    certificate_id: int
    number: str
    holder: str
    person_id: int
    raised_at: datetime
    missing: tuple[Missing, ...]


def flagged_of(edition_id: int) -> list[Flagged]:
    """List an edition's certificates that wait for a decision, in the numbers' order."""
    rows = db.session().execute(
        sa.select(CertificateFlag, Certificate, Enrolment.person_id)
        .join(Certificate, Certificate.id == CertificateFlag.certificate_id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(CertificateFlag.closed_at.is_(None), Enrolment.edition_id == edition_id)
        .order_by(Certificate.series, Certificate.year, Certificate.serial)
    )
    return [
        Flagged(
            flag.id,
            certificate.id,
            certificate.number,
            certificate.facts["holder"],
            person_id,
            flag.raised_at,
            tuple(Missing(*plain) for plain in flag.missing),
        )
        for flag, certificate, person_id in rows
    ]
