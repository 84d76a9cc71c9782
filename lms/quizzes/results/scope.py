"""Which attempts are meant: of whose editions, and which of several that a person made."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa

from lms import db
from lms.access import Actor
from lms.courses.models import Edition, Group
from lms.quizzes.models import Quiz


class Which(enum.StrEnum):
    """Which of a person's attempts count."""

    FIRST = "first"
    LAST = "last"
    BEST = "best"
    ALL = "all"


@dataclass(frozen=True)
class Scope:
    """A quiz's attempts as far as the reader follows their editions."""

    quiz_id: int
    course_id: int
    editions: tuple[tuple[int, str], ...]  # that the reader follows, newest first
    edition_id: int | None = None
    groups: tuple[tuple[int, str], ...] = ()

    @property
    def edition_ids(self) -> tuple[int, ...]:
        """The editions whose attempts are meant."""
        if self.edition_id is not None:
            return (self.edition_id,)
        return tuple(edition_id for edition_id, _title in self.editions)

    @property
    def edition(self) -> str:
        """The title of the one edition; empty for all."""
        return dict(self.editions).get(self.edition_id or 0, "")


def scope_of(quiz: Quiz, actor: Actor | None, asked: str) -> Scope:
    """Read the editions that the reader follows, and of the one asked for its groups."""
    rows = db.session().execute(
        Edition.visible_to(actor)
        .where(Edition.course_id == quiz.course_id)
        .order_by(Edition.starts_on.desc(), Edition.id.desc())
        .with_only_columns(Edition.id, Edition.title)
    )
    editions = tuple((row[0], row[1]) for row in rows)
    edition_id = int(asked) if asked.isdecimal() and len(asked) < 15 else None
    if edition_id not in dict(editions):
        edition_id = None
    if edition_id is None and len(editions) == 1:
        edition_id = editions[0][0]
    return Scope(quiz.id, quiz.course_id, editions, edition_id, _groups(edition_id))


def _groups(edition_id: int | None) -> tuple[tuple[int, str], ...]:
    if edition_id is None:
        return ()
    rows = db.session().execute(
        sa.select(Group.id, Group.name).where(Group.edition_id == edition_id).order_by(Group.name)
    )
    return tuple((row[0], row[1]) for row in rows)


class _Tried(Protocol):
    @property
    def enrolment_id(self) -> int: ...
    @property
    def number(self) -> int: ...
    @property
    def percent(self) -> Any: ...


T = TypeVar("T", bound=_Tried)


def chosen(attempts: Iterable[T], which: Which) -> list[T]:
    """Keep the attempts that count; of two that are equally good the earlier one."""
    listed = sorted(attempts, key=lambda a: (a.enrolment_id, a.number))
    if which is Which.ALL:
        return listed
    found: dict[int, T] = {}
    for one in listed:
        known = found.get(one.enrolment_id)
        if known is None or which is Which.LAST or (which is Which.BEST and _is_better(one, known)):
            found[one.enrolment_id] = one
    return list(found.values())


def _is_better(one: _Tried, other: _Tried) -> bool:
    return one.percent is not None and (other.percent is None or one.percent > other.percent)


def which_of(asked: str, default: Which) -> Which:
    """Read a choice from an address."""
    known: Mapping[str, Which] = {which.value: which for which in Which}
    return known.get(asked, default)
