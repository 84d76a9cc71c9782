"""Carry out an import that was planned: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from lms import db
from lms.audit.services import record
from lms.courses.models import (
    CompletionCondition,
    ConditionKind,
    Confirmation,
    ContentItem,
    ContentKind,
    Course,
    CourseFact,
    CourseFigure,
    GlossaryTerm,
    Lesson,
    Module,
)
from lms.exchange.course_values import CourseFiles, FileKind, ModuleFile
from lms.exchange.errors import ConditionInUse, CourseChanged, CourseHasFaults
from lms.exchange.lesson_file import LessonFile
from lms.exchange.lesson_saving import fill_lesson, keep_version
from lms.exchange.pictures import media_type_of
from lms.exchange.plan import ImportPlan, PlannedItem, Verdict, files_folder
from lms.files import store
from lms.files.models import StoredFile
from lms.jobs import queue
from lms.papers.services import store_papers
from lms.quizzes.models import QuizPlace
from lms.quizzes.services import authoring, pictures
from lms.surveys import services as surveys


def keep_files(plan: ImportPlan) -> None:
    """Put the plan's pictures and papers into the store of files, before the write transaction."""
    for figure in plan.course.figures:
        store.put(files_folder(), figure.data)
    for built in plan.papers if plan.has_changes else ():
        store.put(files_folder(), built.data)


def apply_import(plan: ImportPlan, *, by: int | None, now: datetime) -> Course:
    """Carry out a plan inside the caller's write transaction and return the course.

    Refuses, before anything is changed, with CourseHasFaults, or with CourseChanged where the
    course is no longer as it was planned on. A plan without changes changes nothing at all.
    """
    if plan.problems:
        raise CourseHasFaults(plan.problems)
    course = locked_course(plan)
    if course is not None and not plan.has_changes:
        return course
    return Import(plan, course, by=by, now=now).run()


def locked_course(plan: ImportPlan) -> Course | None:
    """Lock the course of a plan, as it was planned on; None where it is new."""
    course = (
        db.session()
        .scalars(db.lock(sa.select(Course).where(Course.content_id == plan.course.id)))
        .one_or_none()
    )
    version = 0 if course is None else course.version
    if version != plan.course_version:
        raise CourseChanged(plan.course.id)
    return course


def _both(row: Any, title: Mapping[str, str], summary: Mapping[str, str]) -> None:
    row.title_ro, row.title_en = title["ro"], title["en"]
    row.summary_ro, row.summary_en = summary["ro"], summary["en"]


class Import:
    """One import under way: the plan, who and when, and the course's row."""

    def __init__(
        self, plan: ImportPlan, course: Course | None, *, by: int | None, now: datetime
    ) -> None:
        self.plan = plan
        self.files: CourseFiles = plan.course
        self.by = by
        self.now = now
        self.session = db.session()
        self.course = course or self._new_course()
        self.verdicts = {item.content_id: item for item in plan.items}

    def _new_course(self) -> Course:
        course = Course(
            content_id=self.files.id,
            slug=self.files.id,
            title_ro="",
            title_en="",
            version=0,
            created_at=self.now,
        )
        self.session.add(course)
        try:
            self.session.flush()  # everything else needs the course's id
        except IntegrityError as error:  # somebody else imported the same new course just now
            raise CourseChanged(self.files.id) from error
        return course

    def run(self) -> Course:
        """Store everything, in the order in which things refer to each other."""
        course = self.course
        _both(course, self.files.title, self.files.summary)
        course.modules_in_order = self.files.modules_in_order
        course.version += 1
        self._conditions()
        self._facts()
        self.basis = authoring.fact_basis(course.id)
        self._glossary()
        self._figures()
        modules = self._modules()
        self._lessons(modules)
        self._quizzes(modules)
        store_papers(course, self.plan.papers, by=self.by, now=self.now)
        self._questionnaire()
        self._sources()
        self.session.flush()  # so that a constraint speaks here, not in the record
        record(
            "course.imported",
            by=self.by,
            on=course,
            course_id=course.id,
            version=course.version,
            **{
                verdict.value: len(self.plan.with_verdict(verdict))
                for verdict in Verdict
                if verdict is not Verdict.UNCHANGED
            },
            overwritten=sorted(i.content_id for i in self.plan.items if i.is_overwritten),
        )
        queue.tell("certificates.flags")  # what it asks for may be more than it was
        return course

    # Course ----------------------------------------------------------------------------------

    def _conditions(self) -> None:
        rows = self.session.scalars(
            sa.select(CompletionCondition).where(CompletionCondition.course_id == self.course.id)
        )
        here = {row.kind.value: row for row in rows}
        for position, (kind, parameters) in enumerate(self.files.conditions, 1):
            row = here.pop(kind.value, None)
            if row is None:
                row = CompletionCondition(course_id=self.course.id, kind=ConditionKind(kind.value))
                self.session.add(row)
            row.position = position
            if getattr(row, "parameters", None) != dict(parameters):
                row.parameters = dict(parameters)
        for row in here.values():
            used = sa.select(sa.exists().where(Confirmation.condition_id == row.id))
            if self.session.scalar(used):
                raise ConditionInUse(row.kind.value)
            self.session.delete(row)

    def _facts(self) -> None:
        """Facts follow their file; sign-offs stand apart and are never touched."""
        rows = self.session.scalars(
            sa.select(CourseFact).where(CourseFact.course_id == self.course.id)
        )
        here = {row.fact_id: row for row in rows}
        for fact in self.files.facts:
            row = here.pop(fact.id, None)
            if row is None:
                row = CourseFact(course_id=self.course.id, fact_id=fact.id)
                self.session.add(row)
            row.statement, row.statement_hash = fact.statement, fact.statement_hash
            row.source, row.confidence = fact.source, fact.confidence
            row.checked_on = fact.checked_on
        for row in here.values():
            self.session.delete(row)
        self.session.flush()  # the states of questions are decided on the facts as stored

    def _glossary(self) -> None:
        rows = self.session.scalars(
            sa.select(GlossaryTerm).where(GlossaryTerm.course_id == self.course.id)
        )
        here = {row.term_id: row for row in rows}
        for entry in self.files.glossary:
            row = here.pop(entry.id, None)
            if row is None:
                row = GlossaryTerm(course_id=self.course.id, term_id=entry.id, forms=[])
                self.session.add(row)
            row.term_ro, row.term_en = entry.term["ro"], entry.term["en"]
            row.definition_ro = entry.definition["ro"]
            row.definition_en = entry.definition["en"]
            if row.forms != list(entry.forms):
                row.forms = list(entry.forms)
            row.fact_id = entry.fact.text if entry.fact else None
        for row in here.values():
            self.session.delete(row)

    def _figures(self) -> None:
        """Point each name to its picture; a picture that no lesson wants any more stays served."""
        rows = self.session.execute(
            sa.select(CourseFigure, StoredFile.sha256)
            .join(StoredFile, StoredFile.id == CourseFigure.file_id)
            .where(CourseFigure.course_id == self.course.id)
        )
        here = {row[0].name: (row[0], row[1]) for row in rows}
        for item in self.files.figures:
            name = item.path.removeprefix("figures/")
            figure, sha256 = here.get(name, (None, None))
            if sha256 == item.sha256:
                continue
            file = pictures.course_file(
                self.course.id, name, item.data, media_type_of(name), by=self.by, now=self.now
            )
            if figure is None:
                figure = CourseFigure(course_id=self.course.id, name=name)
                self.session.add(figure)
            figure.file_id = file.id

    # Modules and lessons -----------------------------------------------------------------------

    def _modules(self) -> dict[str, Module]:
        rows = self.session.scalars(sa.select(Module).where(Module.course_id == self.course.id))
        here = {row.content_id: row for row in rows}
        wanted = {module.id: module for module in self.files.modules}
        for row in here.values():
            if row.content_id not in wanted:
                row.withdrawn_at = row.withdrawn_at or self.now
                row.slug = f"~{row.id}"  # free for whatever takes its place
            elif row.slug != wanted[row.content_id].slug:
                row.slug = f"~{row.id}"  # two folders may have changed names with each other
        self.session.flush()
        for position, module in enumerate(self.files.modules, 1):
            here[module.id] = self._module(here.get(module.id), module, position)
        self.session.flush()  # lessons need their module's id
        return here

    def _module(self, row: Module | None, module: ModuleFile, position: int) -> Module:
        if row is None:
            row = Module(course_id=self.course.id, content_id=module.id)
            self.session.add(row)
        row.slug, row.position = module.slug, position
        row.withdrawn_at = (row.withdrawn_at or self.now) if module.is_draft else None
        _both(row, module.title, module.summary)
        outcomes = [dict(outcome) for outcome in module.outcomes]
        if getattr(row, "outcomes", None) != outcomes:
            row.outcomes = outcomes
        row.hours, row.test_minutes = module.hours, module.test_minutes
        row.opens_on, row.opens_after = module.opens_on, module.opens_after or None
        return row

    def _lessons(self, modules: Mapping[str, Module]) -> None:
        rows = self.session.scalars(sa.select(Lesson).where(Lesson.course_id == self.course.id))
        here = {row.content_id: row for row in rows}
        wanted = {
            lesson.id: (modules[module.id].id, lesson.slug)
            for module in self.files.modules
            for lesson in module.lessons
        }
        for row in here.values():
            if row.content_id not in wanted:
                row.withdrawn_at = row.withdrawn_at or self.now
                row.slug = f"~{row.id}"
            elif (row.module_id, row.slug) != wanted[row.content_id]:
                row.slug = f"~{row.id}"
        self.session.flush()
        for module in self.files.modules:
            for position, lesson in enumerate(module.lessons, 1):
                self._lesson(here.get(lesson.id), lesson, modules[module.id].id, position)

    def _lesson(
        self, row: Lesson | None, lesson: LessonFile, module_id: int, position: int
    ) -> None:
        if row is None:
            row = Lesson(course_id=self.course.id, content_id=lesson.id, version=0)
            self.session.add(row)
        verdict = self.verdicts[lesson.id]
        if verdict.verdict is not Verdict.UNCHANGED and not verdict.is_kept:
            row.version += 1
        row.module_id, row.slug, row.position = module_id, lesson.slug, position
        row.number = lesson.number
        row.withdrawn_at = (row.withdrawn_at or self.now) if lesson.is_draft else None
        _both(row, lesson.title, lesson.summary)
        fill_lesson(
            row,
            lesson,
            html=self.plan.lesson_html[lesson.id],
            terms=self.plan.lesson_terms[lesson.id],
            basis=self.basis,
        )

    # Quizzes ---------------------------------------------------------------------------------

    def _quizzes(self, modules: Mapping[str, Module]) -> None:
        author = authoring.author_of(self.course.id, by=self.by, now=self.now)
        for module in self.files.modules:
            for position, asked in enumerate(module.quizzes, 1):
                quiz = self.plan.quizzes[asked.id]
                module_id = modules[module.id].id
                row = author.store_quiz(quiz, module_id=module_id, slug=quiz.content_id)
                row.position = position
                row.withdrawn_at = self.now if module.is_draft else None
        for edge, test in self.files.tests.items():
            quiz = self.plan.quizzes[test.id]
            author.store_quiz(quiz, place=QuizPlace(edge.value), slug=quiz.content_id)
        for item in self.plan.bank:
            author.store_question(item, None)
        kept = {item.content_id for quiz in self.plan.quizzes.values() for item in quiz.items}
        kept |= {item.content_id for item in self.plan.bank}
        author.retire_questions(kept)
        author.withdraw_quizzes(set(self.plan.quizzes))

    def _questionnaire(self) -> None:
        asked = self.files.questionnaire
        if asked is not None:
            surveys.store_questionnaire(self.course.id, asked, now=self.now)
        surveys.withdraw_questionnaires(self.course.id, but=asked.id if asked else "", now=self.now)

    # Sources ---------------------------------------------------------------------------------

    def _version(self, row: ContentItem | None, lessons: Mapping[str, Lesson]) -> None:
        if row is not None and row.kind is ContentKind.LESSON:
            keep_version(lessons[row.content_id], row)

    def _sources(self) -> None:
        """Keep each file byte for byte; an item that keeps the site's text keeps its base too."""
        rows = self.session.scalars(
            sa.select(ContentItem).where(ContentItem.course_id == self.course.id)
        )
        here = {row.content_id: row for row in rows}
        paths = {item.content_id: item.path for item in self.files.items}
        for row in here.values():
            if row.content_id not in paths:
                self.session.delete(row)
            elif row.path != paths[row.content_id]:
                row.path = f"~{row.id}"  # two files may have changed names with each other
        self.session.flush()
        stored = self.session.scalars(sa.select(Lesson).where(Lesson.course_id == self.course.id))
        lessons = {lesson.content_id: lesson for lesson in stored}
        for item in self.files.items:
            planned = self.verdicts[item.content_id]
            if planned.verdict is Verdict.UNCHANGED or planned.is_kept:
                continue
            held = here.get(item.content_id)
            self._version(held, lessons)  # what a lesson said before is kept, and what it says now
            self._source(held, planned, item.data, item.sha256)
            self._version(held, lessons)

    def _source(
        self, row: ContentItem | None, planned: PlannedItem, data: bytes, sha256: str
    ) -> None:
        if row is None:
            row = ContentItem(course_id=self.course.id, content_id=planned.content_id)
            self.session.add(row)
        row.path, row.kind = planned.path, ContentKind(planned.kind.value)
        self._keep_base(row, planned, sha256)
        row.source = b"" if planned.kind is FileKind.FIGURE else data
        row.source_hash = sha256
        row.changed_at, row.changed_by_id = self.now, self.by

    def _keep_base(self, row: ContentItem, planned: PlannedItem, sha256: str) -> None:
        """An import is what later ones compare with."""
        row.base_hash, row.base_path = sha256, planned.path
