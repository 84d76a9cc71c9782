"""A quiz's attempts, and results on paper, as a list: narrowed, ordered, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Edition, Enrolment, Group
from lms.people_names import fold, person_sort_key
from lms.quizzes.models import Attempt, PaperResult
from lms.quizzes.results.scope import Scope, Which, chosen
from lms.quizzes.rules.attempt_rules import AttemptState

PER_PAGE = 50
STATES = ("passed", "failed", "submitted", "open", "abandoned")
ORDERS = ("name", "organisation", "started", "submitted", "result", "time")


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """An attempt with whose it is; or a result on paper, which is no attempt and has no number."""

    id: int
    enrolment_id: int
    number: int
    state: AttemptState
    started_at: datetime
    submitted_at: datetime | None
    earned: Decimal | None
    possible: Decimal | None
    percent: Decimal | None
    passed: bool | None
    family_name: str
    given_names: str
    organisation: str
    group_id: int | None
    group: str
    edition: str
    taken_on: date | None = None  # of a result on paper

    @property
    def is_on_paper(self) -> bool:
        """Whether it was taken on paper; its id is then that of the paper."""
        return self.taken_on is not None

    @property
    def listed_name(self) -> str:
        """The family name first, as lists have it."""
        return f"{self.family_name} {self.given_names}".strip()

    @property
    def took(self) -> timedelta | None:
        """From the start to the submission."""
        if self.submitted_at is None or self.is_on_paper:
            return None
        return self.submitted_at - self.started_at

    @property
    def standing(self) -> str:
        """Passed, failed, submitted (where nobody passes or fails), open, or as its state says."""
        if self.state is not AttemptState.SUBMITTED or self.passed is None:
            return self.state.value
        return "passed" if self.passed else "failed"


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to, and how it is ordered."""

    which: Which = Which.ALL
    standing: str = ""
    group: str = ""
    search: str = ""
    order: str = "name"

    @property
    def is_narrowed(self) -> bool:
        """Whether some attempts may be left out."""
        return bool(self.standing or self.group or self.search) or self.which is not Which.ALL


def wanted_of(args: Mapping[str, str]) -> Wanted:
    """Read what is asked for; what isn't known asks for nothing."""
    standing, order = args.get("state", ""), args.get("order", "name")
    which = args.get("attempts", "")
    return Wanted(
        which=Which(which) if which in list(Which) else Which.ALL,
        standing=standing if standing in STATES else "",
        group=args.get("group", "")[:12],
        search=" ".join(args.get("search", "").split())[:100],
        order=order if order in ORDERS else "name",
    )


def attempts_of(scope: Scope) -> list[AttemptRow]:
    """Read every attempt of the editions meant."""
    rows: Iterable[Any] = db.session().execute(
        sa.select(
            Attempt.id,
            Attempt.enrolment_id,
            Attempt.number,
            Attempt.state,
            Attempt.started_at,
            Attempt.submitted_at,
            Attempt.earned,
            Attempt.possible,
            Attempt.percent,
            Attempt.passed,
            Person.family_name,
            Person.given_names,
            sa.func.coalesce(Enrolment.organisation_name, ""),
            Enrolment.group_id,
            sa.func.coalesce(Group.name, ""),
            Edition.title,
        )
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .outerjoin(Group, Group.id == Enrolment.group_id)
        .where(Attempt.quiz_id == scope.quiz_id, Enrolment.edition_id.in_(scope.edition_ids))
    )
    return [AttemptRow(*row) for row in rows]


def papers_of(scope: Scope) -> list[AttemptRow]:
    """Read every result on paper that stands, of the editions meant."""
    rows: Iterable[Any] = db.session().execute(
        sa.select(
            PaperResult.id,
            PaperResult.enrolment_id,
            PaperResult.taken_on,
            PaperResult.earned,
            PaperResult.possible,
            PaperResult.percent,
            PaperResult.passed,
            Person.family_name,
            Person.given_names,
            sa.func.coalesce(Enrolment.organisation_name, ""),
            Enrolment.group_id,
            sa.func.coalesce(Group.name, ""),
            Edition.title,
        )
        .join(Enrolment, Enrolment.id == PaperResult.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .outerjoin(Group, Group.id == Enrolment.group_id)
        .where(
            PaperResult.quiz_id == scope.quiz_id,
            PaperResult.revoked_at.is_(None),
            Enrolment.edition_id.in_(scope.edition_ids),
        )
    )
    return [_paper_row(*row) for row in rows]


def _paper_row(paper_id: int, enrolment_id: int, taken_on: date, *rest: Any) -> AttemptRow:
    day = datetime.combine(taken_on, time(12), UTC)
    of_paper = (paper_id, enrolment_id, 0, AttemptState.SUBMITTED, day, day)
    return replace(AttemptRow(*of_paper, *rest), taken_on=taken_on)


def listed(rows: Sequence[AttemptRow], wanted: Wanted) -> list[AttemptRow]:
    """Narrow and order a list; of equals names decide, then the number of the attempt.

    Results on paper are never among attempts: they stand after them, and where all are wanted.
    """
    kept = rows
    if wanted.which is not Which.ALL:
        own = (row for row in kept if not row.is_on_paper)
        kept = chosen([row for row in own if row.state is AttemptState.SUBMITTED], wanted.which)
    words = fold(wanted.search).split() if wanted.search else []
    found = [row for row in kept if _is_wanted(row, wanted, words)]
    found.sort(key=_by_name)
    return _ordered(found, wanted.order)


def _by_name(row: AttemptRow) -> tuple[Any, ...]:
    return (person_sort_key(row.family_name, row.given_names), row.is_on_paper, row.number)


def _is_wanted(row: AttemptRow, wanted: Wanted, words: Sequence[str]) -> bool:
    if wanted.standing == "submitted":
        if row.state is not AttemptState.SUBMITTED:
            return False
    elif wanted.standing and row.standing != wanted.standing:
        return False
    if wanted.group and wanted.group != (str(row.group_id) if row.group_id else "none"):
        return False
    if not words:
        return True
    text = fold(f"{row.family_name} {row.given_names} {row.organisation}")
    return all(word in text for word in words)


_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def _ordered(rows: list[AttemptRow], order: str) -> list[AttemptRow]:
    """Order rows that stand by name already; the newest and the best come first."""
    match order:
        case "organisation":
            return sorted(rows, key=lambda row: fold(row.organisation))
        case "started":
            return sorted(rows, key=lambda row: row.started_at, reverse=True)
        case "submitted":
            return sorted(rows, key=lambda row: row.submitted_at or _LONG_AGO, reverse=True)
        case "result":
            return sorted(rows, key=lambda row: -(row.percent if row.percent is not None else -1))
        case "time":
            return sorted(rows, key=lambda row: row.took or timedelta.max)
        case _:
            return rows
