"""Store an outline's new texts: planned before the write, then all of it, or nothing.

It goes the way of an import, with two differences: only what changed is rendered and stored, and
what later imports compare with stays as the last import left it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.models import BinnedPart, ContentItem, Course, Lesson, PartKind
from lms.exchange.apply import Import, locked_course
from lms.exchange.course_files import read_course
from lms.exchange.course_values import FileKind, ModuleFile
from lms.exchange.errors import CourseChanged, CourseHasFaults
from lms.exchange.lesson_file import LessonFile
from lms.exchange.outlining.binning import Removed
from lms.exchange.plan import (
    ImportPlan,
    PlannedItem,
    Verdict,
    files_folder,
    render_lessons,
    stored_items,
)
from lms.exchange.quiz_files import WORDS_SUFFIX
from lms.files import store
from lms.jobs import queue
from lms.papers.services import store_papers
from lms.quizzes.models import Quiz, QuizPlace
from lms.quizzes.services import authoring, prepared

_QUESTIONS = (FileKind.QUIZ, FileKind.QUIZ_WORDS, FileKind.BANK)


@dataclass(frozen=True)
class Edit:
    """An act worked out: what is to be stored, what goes to the bin or comes from it."""

    plan: ImportPlan
    act: str
    part: str = ""
    removed: Removed | None = None
    lost: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)
    back: int | None = None  # the bin's row that is used up
    to_check: tuple[str, ...] = ()  # numbers of lessons that name others by number
    without_outcomes: tuple[str, ...] = ()  # numbers of lessons that left their module's outcomes

    @property
    def changes_anything(self) -> bool:
        """Whether there is anything to store."""
        return self.plan.has_changes


def plan_edit(course_id: int, version: int, files: Mapping[str, bytes]) -> ImportPlan:
    """Work out what storing a course's edited files does; raise CourseHasFaults.

    Reads only; slow, so never inside a write.
    """
    reading = read_course(files)
    if reading.course is None:
        raise CourseHasFaults(reading.errors)
    course, stored = reading.course, stored_items(course_id)
    items = []
    for item in course.items:
        here = stored.pop(item.content_id, None)
        same = here is not None and (here.path, here.source_hash) == (item.path, item.sha256)
        verdict = Verdict.UNCHANGED if same else Verdict.CHANGED if here else Verdict.NEW
        items.append(PlannedItem(item.content_id, item.path, item.kind, verdict))
    for content_id, gone in stored.items():
        items.append(PlannedItem(content_id, gone.path, gone.kind, Verdict.REMOVED))
    changed = {
        item.content_id.removesuffix(WORDS_SUFFIX) if item.kind is FileKind.QUIZ_WORDS
        else item.content_id
        for item in items
        if item.verdict is not Verdict.UNCHANGED
    }  # fmt: skip
    html, terms = render_lessons(course, [le for le in course.lessons if le.id in changed])
    bank = any(item.kind is FileKind.BANK and item.content_id in changed for item in items)
    return ImportPlan(
        course=course,
        course_pk=course_id,
        course_version=version,
        items=tuple(items),
        lesson_html=html,
        lesson_terms=terms,
        quizzes={
            quiz.id: prepared.prepare_quiz(quiz, course.id)
            for quiz in course.quizzes
            if quiz.id in changed
        },
        bank=tuple(prepared.prepare_item(i, course.id) for i in course.bank.items) if bank else (),
        problems=(),
    )


def keep_files(edit: Edit) -> None:
    """Put working papers that say something else into the store of files, before the write."""
    for built in edit.plan.papers if _touches(edit.plan, FileKind.PAPER) else ():
        store.put(files_folder(), built.data)


def save(edit: Edit, *, by: int, now: datetime) -> Course:
    """Store an edit inside the caller's write; raise CourseChanged where somebody was first."""
    course = locked_course(edit.plan)
    if course is None:
        raise CourseChanged(edit.plan.course.id)
    if edit.removed is not None:
        _bin(course, edit, edit.removed, by=by, now=now)
    bases = _from_bin(edit.back) if edit.back is not None else {}
    _Storing(edit, course, bases, by=by, now=now).run()
    record(
        "course.outline_changed",
        by=by,
        on=course,
        course_id=course.id,
        version=course.version,
        act=edit.act,
        part=edit.part,
    )
    return course


def _touches(plan: ImportPlan, *kinds: FileKind) -> bool:
    return any(i.kind in kinds and i.verdict is not Verdict.UNCHANGED for i in plan.items)


class _Storing(Import):
    """One edit under way."""

    def __init__(
        self,
        edit: Edit,
        course: Course,
        bases: Mapping[str, tuple[str, str]],
        *,
        by: int,
        now: datetime,
    ) -> None:
        super().__init__(edit.plan, course, by=by, now=now)
        self.bases = bases

    def run(self) -> Course:
        """Store what an outline says; facts, words of the field and pictures stay."""
        course = self.course
        course.modules_in_order = self.files.modules_in_order
        course.version += 1
        self._conditions()
        self.basis = authoring.fact_basis(course.id)
        modules = self._modules()
        self._lessons(modules)
        self._quizzes(modules)
        if _touches(self.plan, FileKind.PAPER):
            store_papers(course, self.plan.papers, by=self.by, now=self.now)
        self._sources()
        self.session.flush()  # so that a constraint speaks here, not in the record
        queue.tell("certificates.flags")  # what it asks for may be more than it was
        return course

    def _lesson(
        self, row: Lesson | None, lesson: LessonFile, module_id: int, position: int
    ) -> None:
        if row is None or self.verdicts[lesson.id].verdict is not Verdict.UNCHANGED:
            super()._lesson(row, lesson, module_id, position)
            return
        row.module_id, row.slug, row.position = module_id, lesson.slug, position
        row.withdrawn_at = (row.withdrawn_at or self.now) if lesson.is_draft else None

    @cached_property
    def _author(self) -> authoring.Author:
        return authoring.author_of(self.course.id, by=self.by, now=self.now)

    def _quizzes(self, modules: Mapping[str, object]) -> None:
        mine = sa.select(Quiz).where(Quiz.course_id == self.course.id).order_by(Quiz.id)
        here = {row.content_id: row for row in self.session.scalars(mine)}
        for module in self.files.modules:
            self._quizzes_of(module, modules[module.id].id, here)  # type: ignore[attr-defined]
        for edge, test in self.files.tests.items():
            if (ready := self.plan.quizzes.get(test.id)) is not None:
                self._author.store_quiz(ready, place=QuizPlace(edge.value), slug=test.id)
        for item in self.plan.bank:
            self._author.store_question(item, None)
        if _touches(self.plan, *_QUESTIONS):
            asked = (*self.files.quizzes, self.files.bank)
            self._author.retire_questions({item.id for quiz in asked for item in quiz.items})
            self._author.withdraw_quizzes({quiz.id for quiz in self.files.quizzes})

    def _quizzes_of(self, module: ModuleFile, module_id: int, here: Mapping[str, Quiz]) -> None:
        for position, asked in enumerate(module.quizzes, 1):
            row, ready = here.get(asked.id), self.plan.quizzes.get(asked.id)
            withdrawn_at = row.withdrawn_at if row is not None else None
            if ready is not None:
                row = self._author.store_quiz(ready, module_id=module_id, slug=asked.id)
            assert row is not None  # a quiz that was not stored yet is new, so it is ready
            row.module_id, row.position = module_id, position
            row.withdrawn_at = (withdrawn_at or self.now) if module.is_draft else None

    def _keep_base(self, row: ContentItem, planned: PlannedItem, sha256: str) -> None:
        """What the last import had stays, to be compared with the next one."""
        if not sa.inspect(row).persistent:  # a new row
            row.base_hash, row.base_path = self.bases.get(planned.content_id, ("", ""))


# The bin ---------------------------------------------------------------------------------------


def _bin(course: Course, edit: Edit, removed: Removed, *, by: int, now: datetime) -> None:
    rows = db.session().scalars(
        sa.select(ContentItem).where(
            ContentItem.course_id == course.id, ContentItem.path.in_(list(removed.files))
        )
    )
    files = [
        {
            "path": row.path,
            "content_id": row.content_id,
            "text": removed.files[row.path].decode(),
            "base": row.base_hash,
            "base_path": row.base_path,
        }
        for row in rows
    ]
    db.session().add(
        BinnedPart(
            course_id=course.id,
            kind=PartKind.MODULE if removed.is_module else PartKind.LESSON,
            content_id=removed.id,
            title_ro=removed.title["ro"],
            title_en=removed.title["en"],
            files=files,
            place={
                "module": removed.module,
                "before": list(removed.before),
                "names": dict(removed.names),
                "lost": {lesson: dict(led) for lesson, led in edit.lost.items()},
                "lessons": [[le.id, le.path, le.number] for le in removed.lessons],
                "on": removed.opening.on.isoformat() if removed.opening.on else "",
                "after": removed.opening.after,
                "waited": list(removed.waited),
            },
            removed_at=now,
            removed_by_id=by,
        )
    )


def _from_bin(row_id: int) -> dict[str, tuple[str, str]]:
    """Use up a row of the bin; return what its files had at the last import."""
    row = db.session().get(BinnedPart, row_id)
    if row is None:  # somebody brought it back already
        raise CourseChanged(str(row_id))
    db.session().delete(row)
    return {file["content_id"]: (file["base"], file["base_path"]) for file in row.files}
