"""Which of an edition's certificates are printed, and for which printer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from lms import db
from lms.certificates.desk.models import Printer
from lms.certificates.models import Certificate
from lms.certificates.numbering import parse_number
from lms.certificates.queries import RegisterLine
from lms.certificates.states import CertificateState
from lms.courses.models import Edition, Enrolment


@dataclass(frozen=True)
class Choice:
    """What is asked for; empty means all. Serials count within the edition's series."""

    only_unprinted: bool = False
    county: str = ""
    organisation: str = ""
    first_serial: int | None = None
    last_serial: int | None = None
    ids: frozenset[int] = frozenset()


def printable(lines: Sequence[RegisterLine]) -> list[RegisterLine]:
    """Leave out what is not valid."""
    return [line for line in lines if line.state is CertificateState.VALID]


def narrowed(lines: Sequence[RegisterLine], choice: Choice) -> list[RegisterLine]:
    """Return the lines that were asked for, in the order in which they come."""
    return [line for line in lines if _suits(line, choice)]


def _suits(line: RegisterLine, choice: Choice) -> bool:
    number = parse_number(line.number)
    serial = number.serial if number else 0
    return (
        (not choice.ids or line.certificate_id in choice.ids)
        and not (choice.only_unprinted and line.paper.printed)
        and (not choice.county or line.county == choice.county)
        and (not choice.organisation or line.organisation == choice.organisation)
        and (choice.first_serial is None or serial >= choice.first_serial)
        and (choice.last_serial is None or serial <= choice.last_serial)
    )


def span_of(numbers: Sequence[str], first: str, last: str) -> tuple[int, int] | None:
    """Read a range of a printing, by places or by numbers; None where it is none."""
    places = []
    for text in (first.strip(), last.strip()):
        number = parse_number(text)
        if text.isascii() and text.isdigit() and len(text) < 8:
            places.append(int(text))
        elif number is not None and str(number) in numbers:
            places.append(numbers.index(str(number)) + 1)
        else:
            return None
    start, end = places
    return (start, end) if 1 <= start <= end <= len(numbers) else None


def printers_of(programme_id: int) -> list[Printer]:
    """List a programme's printers by name."""
    wanted = sa.select(Printer).where(Printer.programme_id == programme_id)
    return list(db.session().scalars(wanted.order_by(Printer.name)))


def editions_of(certificate_ids: Sequence[int]) -> list[Edition]:
    """Return the editions that certificates were earned on."""
    ids = (
        sa.select(Enrolment.edition_id)
        .join(Certificate, Certificate.enrolment_id == Enrolment.id)
        .where(Certificate.id.in_(certificate_ids))
    )
    return list(db.session().scalars(sa.select(Edition).where(Edition.id.in_(ids))))


def held_by(enrolment_ids: Sequence[int]) -> tuple[int, ...]:
    """Return the valid certificates that participants hold."""
    wanted = sa.select(Certificate.id).where(
        Certificate.enrolment_id.in_(enrolment_ids), Certificate.state == CertificateState.VALID
    )
    return tuple(db.session().scalars(wanted))
