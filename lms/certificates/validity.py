"""Do all kept files still validate? Each is read, hashed, and verified as a stranger would."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from lms import clock, db
from lms.certificates import register, seals
from lms.certificates.badges import keyring
from lms.certificates.badges.attached import of_file
from lms.certificates.inspection import inspect_pdf
from lms.certificates.levels import trusting
from lms.certificates.levels.files import kept_name
from lms.certificates.levels.later import Trust
from lms.certificates.levels.level import ORDER, best
from lms.certificates.models import (
    Certificate,
    CertificateFile,
    LevelTry,
    RegisterDetail,
    RegisterEntry,
    ValidityCheck,
)
from lms.certificates.states import HOLDER_ERASED
from lms.certificates.verification import PdfOutcome, TrustedSeal
from lms.files import store
from lms.jobs import aside, queue

EVERY = timedelta(days=7)
STEP = 25


class Wrong(StrEnum):
    """What can be wrong with a kept file."""

    MISSING = "missing"
    CHANGED = "changed"
    INVALID = "invalid"  # its signatures don't verify any more
    OTHER_LEVEL = "other_level"
    UNKNOWN_AUTHORITY = "unknown_authority"
    NOT_ENTERED = "not_entered"  # the register doesn't hold its hash
    STAMP_ENDED = "stamp_ended"
    BADGE = "badge"  # the badge in it isn't ours, or says otherwise


@dataclass(frozen=True)
class FileFault:
    """One file that doesn't validate."""

    number: str
    name: str
    wrong: Wrong
    detail: str = ""

    def to_plain(self) -> list[str]:
        """Write it as JSON holds it."""
        return [self.number, self.name, self.wrong.value, self.detail]

    @classmethod
    def from_plain(cls, plain: list[str]) -> FileFault:
        """Read what `to_plain` wrote."""
        return cls(plain[0], plain[1], Wrong(plain[2]), plain[3])


@dataclass(frozen=True)
class _Line:
    """One kept file with what the register says of its certificate."""

    certificate_id: int
    number: str
    name: str
    sha256: str
    level: str
    approvals: int
    is_best: bool


def check_all(*, by: int | None = None, tell: Callable[[int, int], None] | None = None) -> int:
    """Look at every kept file and keep what was found; return the check's id.

    Opens its own transactions; call it with none open.
    """
    lines = list(_lines())
    entered, means = _entered(), _Means(seals.trusted(), trusting.trust(), keyring.known())
    db.end_reading()
    with db.writing() as session:
        row = ValidityCheck(started_at=clock.now(), asked_by_id=by, total=len(lines), faults=[])
        session.add(row)
        session.flush()  # the caller wants its id
        key = row.id
    faults: list[FileFault] = []
    for number, line in enumerate(lines, start=1):
        faults += _faults_of(line, entered.get(line.certificate_id), means)
        if number % STEP == 0 or number == len(lines):
            _note(key, number, faults)
            if tell is not None:
                tell(number, len(lines))
    _note(key, len(lines), faults, finished=True)
    return key


def _lines() -> Iterator[_Line]:
    rows = db.session().execute(
        sa.select(Certificate.id, Certificate.number, CertificateFile)
        .join(CertificateFile, CertificateFile.certificate_id == Certificate.id)
        .where(Certificate.facts["holder"].as_string() != HOLDER_ERASED)
        .order_by(CertificateFile.id)
    )
    found: defaultdict[tuple[int, str], list[CertificateFile]] = defaultdict(list)
    for key, number, file in rows:
        found[key, number].append(file)
    for (key, number), files in found.items():
        top = best(files)
        for file in files:
            name = kept_name(number, file)
            is_best = file is top
            yield _Line(key, number, name, file.sha256, file.level, file.approvals, is_best)


def _entered() -> dict[int, set[str]]:
    """Gather the hashes that the register's chain holds, by certificate."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for key, values in db.session().execute(
        sa.select(RegisterEntry.certificate_id, RegisterDetail.values)
        .join(RegisterDetail, RegisterDetail.entry_id == RegisterEntry.id)
        .where(RegisterEntry.certificate_id.is_not(None))
    ):
        if values.get("file"):
            found[key].add(values["file"])
    return found


@dataclass(frozen=True)
class _Means:
    """By what files are judged: seals, whose word counts after them, and the badges' keys."""

    sealed: list[TrustedSeal]
    trust: Trust
    keys: keyring.KnownKeys


def _faults_of(line: _Line, entered: set[str] | None, means: _Means) -> Iterator[FileFault]:
    def fault(wrong: Wrong, detail: str = "") -> FileFault:
        return FileFault(line.number, line.name, wrong, detail)

    if line.sha256 not in (entered or set()):
        yield fault(Wrong.NOT_ENTERED)
    try:
        data = store.get(register.store_folder(), line.sha256)
    except FileNotFoundError:
        yield fault(Wrong.MISSING)
        return
    except ValueError:
        yield fault(Wrong.CHANGED)
        return
    verdict = inspect_pdf(data, trusted=means.sealed, later=means.trust)
    if verdict.outcome is not PdfOutcome.INTACT:
        who = f" ({verdict.stranger})" if verdict.stranger else ""
        yield fault(Wrong.INVALID, f"{verdict.outcome.value}{who}")
        return
    keys = means.keys
    badge = of_file(verdict, keys.good, withdrawn=keys.withdrawn, now=clock.now())
    if badge is not None and not badge.outcome.fits:
        yield fault(Wrong.BADGE, badge.outcome.value)
    later = verdict.later
    if (later.level.value, len(later.approvals)) != (line.level, line.approvals):
        yield fault(Wrong.OTHER_LEVEL, later.level.value)
    if not all(stamp.is_trusted for stamp in later.stamps):
        yield fault(Wrong.UNKNOWN_AUTHORITY)
    if line.is_best and later.stamps and later.stamps[-1].until <= clock.now():
        yield fault(Wrong.STAMP_ENDED, later.stamps[-1].until.date().isoformat())


def _note(key: int, done: int, faults: list[FileFault], *, finished: bool = False) -> None:
    with db.writing() as session:
        row = session.get_one(ValidityCheck, key)
        row.done = done
        row.faults = [fault.to_plain() for fault in faults]
        row.finished_at = clock.now() if finished else None


@queue.task("certificates.validity", sweep_seconds=3600)
def sweep() -> None:
    """Look at all files once a week, beside all other work."""
    last = db.session().scalar(sa.select(sa.func.max(ValidityCheck.started_at)))
    kept = db.session().scalar(sa.select(CertificateFile.id).limit(1))
    db.end_reading()
    if kept is not None and (last is None or last < clock.now() - EVERY):
        aside.start("certificates.validity", _check)


@queue.task("certificates.validity_now")
def check_now(by: int | None = None) -> None:
    """Look at all files because somebody asks."""
    aside.start("certificates.validity", lambda: _check(by))


def _check(by: int | None = None) -> None:
    check_all(by=by)


# What the page shows ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Overview:
    """Where the files stand: by level, what waits, how long the timestamps hold."""

    levels: tuple[tuple[str, int], ...]
    signed: int  # certificates whose best file bears a signatory's own signature
    waiting: int
    last_error: str
    next_at: datetime | None
    stamped_until: datetime | None
    last: ValidityCheck | None

    @property
    def faults(self) -> list[FileFault]:
        """What the last check found."""
        return [FileFault.from_plain(plain) for plain in self.last.faults] if self.last else []


def overview() -> Overview:
    """Read where the files stand."""
    session = db.session()
    kept: defaultdict[int, list[CertificateFile]] = defaultdict(list)
    for file in session.scalars(sa.select(CertificateFile)):
        kept[file.certificate_id].append(file)
    tops = [top for files in kept.values() if (top := best(files)) is not None]
    counts = Counter(top.level for top in tops)
    tried = session.scalars(sa.select(LevelTry).order_by(LevelTry.next_at)).all()
    return Overview(
        levels=tuple((level.value, counts[level.value]) for level in ORDER),
        signed=sum(1 for top in tops if top.approvals),
        waiting=len(tried),
        last_error=tried[-1].last_error if tried else "",
        next_at=tried[0].next_at if tried else None,
        stamped_until=min((t.stamped_until for t in tops if t.stamped_until), default=None),
        last=session.scalars(
            sa.select(ValidityCheck).order_by(ValidityCheck.id.desc()).limit(1)
        ).first(),
    )
