"""An edition as a heat map: everybody's squares, made of the followed table and two more reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import sqlalchemy as sa

from lms import db
from lms.courses.activities import ActivityKind
from lms.courses.models import Lesson, LessonProgress
from lms.courses.outline import ModuleEntry
from lms.courses.queries import ids_of_edition
from lms.participants.heat import FAILS, ModuleSigns, Square, Step, Stuck, square_of, stuck_of
from lms.participants.heat import urgency as urgency_of
from lms.participants.standing import Filters, Stage
from lms.participants.table import EditionTable, TableRow
from lms.quizzes.failing import failed_often

_KEPT = "heat"


@dataclass(frozen=True)
class HeatRow:
    """One learner's line."""

    row: TableRow
    squares: tuple[Square, ...]  # in the outline's order
    stuck: tuple[Stuck, ...]
    urgency: int


@dataclass(frozen=True)
class HeatMap:
    """Everybody's lines."""

    table: EditionTable
    lines: tuple[HeatRow, ...]

    @property
    def modules(self) -> Sequence[ModuleEntry]:
        """The columns."""
        return self.table.outline.modules

    @cached_property
    def by_place(self) -> Mapping[int, HeatRow]:
        """Lines by place."""
        return {line.row.enrolment_id: line for line in self.lines}

    def chosen(
        self, filters: Filters, *, stuck: str = "", module: int | None = None, sort: str = ""
    ) -> list[HeatRow]:
        """Return the lines that filters leave: those most in need first, or by name, or progress.

        `module` is a column; with it only what is stuck in that column counts.
        """
        lines = [self.by_place[row.enrolment_id] for row in self.table.chosen(filters)]
        if module is not None:
            lines = [line for line in lines if _is_stuck_in(line, module)]
        if stuck:
            lines = [line for line in lines if _is_stuck_by(line, stuck)]
        if sort == "name":
            return lines
        if sort == "progress":
            return sorted(lines, key=lambda line: _progress(line.squares), reverse=True)
        return sorted(lines, key=lambda line: (line.urgency, _progress(line.squares)))

    def counts(self, lines: Sequence[HeatRow]) -> dict[Stuck, int]:
        """Say how many are stuck, by rule; rules that nobody meets are left out."""
        found = Counter(why for line in lines for why in line.stuck)
        return {why: found[why] for why in Stuck if found[why]}

    def done_in(self, lines: Sequence[HeatRow]) -> list[int]:
        """Say how many have completed each module."""
        steps = [[square.step for square in line.squares] for line in lines]
        return [
            sum(row[at] is Step.DONE for row in steps) for at, _module in enumerate(self.modules)
        ]

    def steps_in(self, lines: Sequence[HeatRow], module: int) -> dict[Step, int]:
        """Say how many stand at which step of a module."""
        found = Counter(line.squares[module].step for line in lines)
        return {step: found[step] for step in Step if found[step]}


def _progress(squares: Sequence[Square]) -> tuple[int, int]:
    return (sum(s.step is Step.DONE for s in squares), sum(s.read for s in squares))


def _is_stuck_in(line: HeatRow, module: int) -> bool:
    return bool(stuck_of(Stage.LEARNING, [line.squares[module]])) and bool(line.stuck)


def _is_stuck_by(line: HeatRow, stuck: str) -> bool:
    return bool(line.stuck) if stuck == "any" else any(why.value == stuck for why in line.stuck)


def heat_map_of(edition_id: int, table: EditionTable, *, now: datetime) -> HeatMap:
    """Make an edition's heat map: two statements, or none while nobody has changed anything."""
    kept = table.worked.get(_KEPT)
    if isinstance(kept, HeatMap):
        return kept
    read, failed = _read(edition_id), failed_often(edition_id, FAILS)
    lines = tuple(_line(table, row, read, failed, now) for row in table.rows)
    table.worked[_KEPT] = made = HeatMap(table, lines)
    return made


_Read = dict[tuple[int, int], tuple[int, datetime]]


def _read(edition_id: int) -> _Read:
    """Count the lessons read by place and module, with the newest day."""
    rows = db.session().execute(
        sa.select(
            LessonProgress.enrolment_id,
            Lesson.module_id,
            sa.func.count(),
            sa.func.max(LessonProgress.read_at),
        )
        .join(Lesson, Lesson.id == LessonProgress.lesson_id)
        .where(
            LessonProgress.enrolment_id.in_(ids_of_edition(edition_id)),
            LessonProgress.read_at.is_not(None),
            Lesson.is_published,
            Lesson.withdrawn_at.is_(None),
        )
        .group_by(LessonProgress.enrolment_id, Lesson.module_id)
    )
    return {(place, module): (int(number), last) for place, module, number, last in rows if last}


def _line(
    table: EditionTable,
    row: TableRow,
    read: _Read,
    failed: Mapping[tuple[int, str], int],
    now: datetime,
) -> HeatRow:
    blocked = {activity.key for activity in row.exhausted}
    squares = []
    for module, state in zip(table.outline.modules, row.modules, strict=True):
        number, last = read.get((row.enrolment_id, module.id), (0, None))
        tests = [a.key for a in module.activities if a.kind is ActivityKind.QUIZ and a.counts]
        signs = ModuleSigns(
            state=state,
            lessons=len(module.lessons),
            read=number,
            last_read_at=last,
            has_test=bool(tests),
            failed=max((failed.get((row.enrolment_id, key), 0) for key in tests), default=0),
            is_blocked=any(key in blocked for key in tests),
        )
        squares.append(square_of(signs, now=now))
    stuck = stuck_of(row.stage, squares)
    return HeatRow(row, tuple(squares), stuck, urgency_of(row.stage, stuck, table.risk_of(row)))
