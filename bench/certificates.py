"""What a certificate costs: drawn, sealed, issued, printed; as multiples of the signature.

    python -m bench.certificates
    python -m bench.certificates --people 10000
    python -m bench.certificates --people 10000 --postgresql

The unit is one RSA-3072 signature as `openssl speed` does it on one core in the same run: whatever
else is done, a seal can't cost less. „Issued” is everything: checks, numbers, rows, files on disk.
"""

from __future__ import annotations

import argparse
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psutil
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms import create_app, db
from lms.accounts.models import Person
from lms.certificates import bulk, seals
from lms.certificates.composing import compose, describe
from lms.certificates.document import CertificateDocument
from lms.certificates.drawing.items import FileFacts, Page
from lms.certificates.drawing.writing import write, write_alone
from lms.certificates.models import Certificate
from lms.certificates.print_file import render_print_file
from lms.certificates.register import missing_serials
from lms.certificates.render import sealed
from lms.certificates.signing.file_key import create_seal
from lms.certificates.states import CertificateState
from lms.config import Mode, Settings
from lms.courses.models import Completion, Enrolment, SubjectKind
from lms.schema import upgrade
from tests import postgres
from tests.cast import Cast, make_cast
from tests.certificates.conftest import SEALED_AT, code_of, make, make_logo
from tests.serving import new_database

COHORT = 160
_FAMILIES = ("Plopeanu", "Fânețeanu", "Dealu", "Șerban", "Țuțuianu", "Kovács", "Ionașcu")
_GIVEN = ("Ana", "Ștefania-Ioana", "Ion", "Győző", "Mihaela", "Cătălin-Gheorghe")


@dataclass(frozen=True)
class Aim:
    """What must be reached, in seconds; the memory of a process that draws."""

    one: float = 0.005
    cohort: float = 3.0
    ten_thousand: float = 40.0
    printed: float = 1.0
    megabytes: float = 100.0


def main() -> None:
    """Measure one, a cohort, many, and the file to print; leave with 1 where an aim is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.certificates", description=__doc__)
    parser.add_argument("--people", type=int, default=2000, help="issued beside the cohort of 160")
    parser.add_argument("--postgresql", action="store_true", help="on a server of our own")
    asked = parser.parse_args()
    unit = signing_seconds()
    print(f"openssl speed rsa3072: {unit * 1e3:.2f} ms a signature, one core")
    print(f"{'what':<44} {'ms':>10} {'× signature':>12}")
    over = list(in_memory(unit))
    with (
        tempfile.TemporaryDirectory(prefix="certificates-") as folder,
        postgres.server() if asked.postgresql else nullcontext() as server,
    ):
        settings = Settings(
            mode=Mode.TEST, instance=Path(folder), database_url=new_database(server)
        )
        app = create_app(settings)
        with app.app_context():
            upgrade()
        cast = make_cast(app)
        with app.app_context():
            seals.ensure("Asociația Exemplu")  # making its keys takes seconds, once for a site
        over += issued(cast, unit, COHORT, Aim.cohort)
        if asked.people:
            over += issued(cast, unit, asked.people, Aim.ten_thousand * asked.people / 10_000)
    if over:
        print("Over the aim:", ", ".join(over))
        sys.exit(1)


def signing_seconds() -> float:
    """Ask openssl how long one signature takes on one core."""
    said = subprocess.run(
        ["openssl", "speed", "-seconds", "2", "rsa3072"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = re.search(r"^rsa\s+3072 bits\s+([\d.]+)s", said, re.MULTILINE)
    assert found is not None, said
    return float(found[1])


def row(what: str, seconds: float, unit: float) -> None:
    """Print one line of the table."""
    print(f"{what:<44} {seconds * 1e3:>10.2f} {seconds / unit:>12.1f}")


def in_memory(unit: float) -> Iterator[str]:
    """Measure the parts of one certificate on one core, and the file to print."""
    logo = make_logo()
    documents = [_document(number, logo) for number in range(COHORT)]
    with tempfile.TemporaryDirectory(prefix="seal-") as folder:
        seal = create_seal(
            Path(folder) / "seal", organisation="Exemplu", is_model=False, now=SEALED_AT
        )

    def pages(document: CertificateDocument) -> tuple[tuple[Page, ...], FileFacts]:
        return compose(document), describe(document)

    with cpu() as first:
        sealed(documents[0], seal, at=SEALED_AT)
    row("the first of a design, its template made", first(), unit)
    for document in documents:
        sealed(document, seal, at=SEALED_AT)
    row("composed", each(documents, pages), unit)
    row("composed, drawn, attached", each(documents, lambda d: write(*pages(d))), unit)
    one = each(documents, lambda d: sealed(d, seal, at=SEALED_AT))
    row("composed, drawn, attached, sealed", one, unit)
    few = documents[:20]
    slow = each(few, lambda d: seal.sign(write_alone(*pages(d)), at=SEALED_AT))
    row("the same by the reference alone", slow, unit)
    with wall() as took:
        printed = render_print_file(documents)
    row(f"file to print of {COHORT}: {len(printed) / 1e3:.0f} KB", took(), unit)
    if one > Aim.one:
        yield "one certificate"
    if took() > Aim.printed or len(printed) > 1_000_000:
        yield "the file to print"


def _document(number: int, logo: object) -> CertificateDocument:
    code = code_of(str(number))
    return make(
        holder=f"{_GIVEN[number % 6]} {_FAMILIES[number % 7]}",
        code=code,
        verify_url=f"https://cursuri.example.org/v/{code}",
        logos=(logo,),
    )


def each(
    documents: list[CertificateDocument], act: Callable[[CertificateDocument], object]
) -> float:
    """Return the CPU seconds of one, the best of three rounds."""
    rounds = []
    for _ in range(3):
        with cpu() as took:
            for document in documents:
                act(document)
        rounds.append(took() / len(documents))
    return min(rounds)


def issued(cast: Cast, unit: float, people: int, aim: float) -> Iterator[str]:
    """Issue for so many people at once; look whether the register is whole after it."""
    ids = enrol(cast, people)
    before, apart = peak(), of_children()
    told: list[float] = []
    makers: dict[int, float] = {}

    def hear(_group: object) -> bool:
        told.append(took())
        makers.update(proportional())
        return True

    with wall() as took, cpu() as used, cast.app.app_context():
        bulk.issue_many(ids, goes_on=hear)
    seconds = used() + of_children() - apart
    row(f"issued and announced, {people}", took(), unit)
    row(f"  until all {people} were valid", told[-1], unit)
    row(f"  of both cores, for each of {people}", seconds / people, unit)
    row("    of it what keeps the register", used() / people, unit)
    print(f"  memory of the process: {before:.0f} MB before, {peak():.0f} MB at most")
    if makers:
        print(f"  memory of each that draws and seals: {max(makers.values()):.0f} MB at most")
    with cast.app.app_context():
        look(db.session())
    if told[-1] > aim:
        yield f"{people} issued"
    if max(makers.values(), default=0.0) > Aim.megabytes:
        yield f"the memory of those who draw {people}"


def look(session: Session) -> None:
    """Look whether the register is whole: every certificate valid, no number missing."""
    states = set(session.scalars(sa.select(Certificate.state)))
    assert states == {CertificateState.VALID}, states
    for series, year in session.execute(sa.select(Certificate.series, Certificate.year).distinct()):
        assert missing_serials(series, year) == []


def enrol(cast: Cast, people: int) -> list[int]:
    """Enrol people with confirmed names and an address, who have completed the course."""
    now = datetime.now(UTC)
    with cast.app.app_context(), db.writing() as session:
        first = (session.scalar(sa.select(sa.func.max(Person.id))) or 0) + 1
        place = (session.scalar(sa.select(sa.func.max(Enrolment.id))) or 0) + 1
        numbers = range(people)
        session.execute(sa.insert(Person), [_person(first + n, now) for n in numbers])
        session.execute(
            sa.insert(Enrolment),
            [_place(place + n, first + n, cast.edition_id, now) for n in numbers],
        )
        session.execute(
            sa.insert(Completion),
            [
                {
                    "enrolment_id": place + n,
                    "kind": SubjectKind.COURSE,
                    "subject_id": cast.course_id,
                    "earned_at": now - timedelta(seconds=1),
                    "content_version": 1,
                    "evidence": {},
                }
                for n in numbers
            ],
        )
    return list(range(place, place + people))


def _person(number: int, now: datetime) -> dict[str, object]:
    return {
        "id": number,
        "family_name": _FAMILIES[number % len(_FAMILIES)],
        "given_names": _GIVEN[number % len(_GIVEN)],
        "sign_in_name": f"om-{number}",
        "email": f"om{number}@exemplu.example",
        "locale": "ro",
        "password_hash": "x",
        "name_confirmed_at": now,
        "created_at": now,
    }


def _place(number: int, person: int, edition: int, now: datetime) -> dict[str, object]:
    return {
        "id": number,
        "person_id": person,
        "edition_id": edition,
        "state": "active",
        "organisation_name": f"Asociația Izvorul {number % 400}",
        "organisation_kind": "ngo",
        "county": "IS",
        "enrolled_at": now,
        "hours_attended": Decimal(0),
    }


def peak() -> float:
    """Return the most memory that this process has taken so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def of_children() -> float:
    """Return the CPU seconds of processes of ours that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def proportional() -> dict[int, float]:
    """Return the proportional memory of the processes that draw and seal, in megabytes."""
    found = {}
    for process in psutil.Process().children():
        with suppress(psutil.Error):  # it may be ending
            if any("maker_process" in part for part in process.cmdline()):
                found[process.pid] = process.memory_full_info().pss / 1e6
    return found


@contextmanager
def wall() -> Iterator[Callable[[], float]]:
    """Give what tells how many seconds have gone by; after the block, how many in all."""
    yield from _clocked(time.perf_counter)


@contextmanager
def cpu() -> Iterator[Callable[[], float]]:
    """Give what tells how many seconds of one core were used."""
    yield from _clocked(time.process_time)


def _clocked(clock: Callable[[], float]) -> Iterator[Callable[[], float]]:
    begun = clock()
    ended: list[float] = []
    yield lambda: (ended[0] if ended else clock()) - begun
    ended.append(clock())


if __name__ == "__main__":
    main()
