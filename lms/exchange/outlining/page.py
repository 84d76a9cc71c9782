"""What the page of an outline shows: read from the tables that the texts made, with drafts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.courses.models import (
    BinnedPart,
    Completion,
    CompletionCondition,
    ContentItem,
    Course,
    Edition,
    Lesson,
    LessonProgress,
    Module,
    SubjectKind,
)
from lms.quizzes.models import Attempt, Quiz, QuizPlace
from lms.surveys.models import Survey


@dataclass(frozen=True)
class QuizRow:
    """A test in the outline."""

    id: str
    slug: str
    title_ro: str
    title_en: str
    is_published: bool
    people: int  # who began it

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro


@dataclass(frozen=True)
class LessonRow:
    """A lesson in the outline."""

    id: str
    slug: str
    number: str
    title_ro: str
    title_en: str
    minutes: int
    exercise: Mapping[str, object] | None
    is_draft: bool
    waits: bool  # a fact that it rests on waits for a sign-off
    opened: int
    read: int

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro

    def exercise_title(self, locale: str) -> str:
        """The title of its exercise; empty where it has none."""
        title = (self.exercise or {}).get("title")
        return str(title.get(locale, "")) if isinstance(title, dict) else ""


@dataclass(frozen=True)
class ModuleRow:
    """A module in the outline."""

    id: str
    slug: str
    position: int
    title_ro: str
    title_en: str
    is_draft: bool
    completed: int
    opens_on: date | None = None
    opens_after: str = ""
    lessons: tuple[LessonRow, ...] = ()
    quizzes: tuple[QuizRow, ...] = ()

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro

    @property
    def opened(self) -> int:
        """How many people opened the lesson that most people opened."""
        return max((lesson.opened for lesson in self.lessons), default=0)


@dataclass(frozen=True)
class BinRow:
    """Something in the bin."""

    pk: int
    is_module: bool
    title_ro: str
    title_en: str
    lessons: int
    removed_at: datetime
    removed_by: str

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro


@dataclass(frozen=True)
class EditionRow:
    """An edition of the course."""

    slug: str
    title: str
    starts_on: date
    ends_on: date
    own_days: int  # modules that open otherwise there


@dataclass(frozen=True)
class OutlinePage:
    """The outline as it stands, with what the forms send back."""

    course_id: int
    slug: str
    content_id: str
    version: int
    title_ro: str
    title_en: str
    is_published: bool
    in_order: bool
    conditions: Mapping[str, Mapping[str, object]]
    modules: tuple[ModuleRow, ...]
    start: tuple[QuizRow, ...]
    end: tuple[QuizRow, ...]
    bin: tuple[BinRow, ...] = ()
    form: str = ""  # the id of its questionnaire
    editions: tuple[EditionRow, ...] = ()

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro

    def module(self, module_id: str) -> ModuleRow | None:
        """The module with an id; none where it isn't there any more."""
        return next((m for m in self.modules if m.id == module_id), None)

    @property
    def lessons(self) -> tuple[LessonRow, ...]:
        """All lessons in order."""
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    @property
    def seen(self) -> str:
        """The outline as lines of text: what a form brings back, to tell what changed meanwhile."""
        lines = [f"{name}: {_said(given)}" for name, given in self.conditions.items()]
        lines.append(f"modules_in_order: {self.in_order}".lower())
        for module in self.modules:
            lines.append(_line(f"{module.position}.", module.title_ro, module.title_en, module))
            if module.opens_on or module.opens_after:
                lines.append(f"  → {module.opens_on or ''} {module.opens_after}".rstrip())
            lines += [
                _line(f"  {le.number}", le.title_ro, le.title_en, le) for le in module.lessons
            ]
            lines += [_quiz_line(quiz) for quiz in module.quizzes]
        lines += [_quiz_line(quiz) for quiz in (*self.start, *self.end)]
        return "\n".join(lines)

    @property
    def base(self) -> str:
        """A short mark of the outline as it stands."""
        return hashlib.sha256(self.seen.encode()).hexdigest()[:20]


def _said(parameters: Mapping[str, object]) -> str:
    return ", ".join(str(value) for value in parameters.values()) or "x"


def _line(number: str, ro: str, en: str, part: ModuleRow | LessonRow) -> str:
    return f"{number} {ro} / {en}{' [draft]' if part.is_draft else ''}  #{part.id}"


def _quiz_line(quiz: QuizRow) -> str:
    return f"  * {quiz.title_ro} / {quiz.title_en}  #{quiz.id}"


def outline_page(course_id: int) -> OutlinePage:
    """Read an outline; the same number of statements however long it is."""
    session = db.session()
    course = session.get_one(Course, course_id, populate_existing=True)
    conditions = session.scalars(
        sa.select(CompletionCondition)
        .where(CompletionCondition.course_id == course_id)
        .order_by(CompletionCondition.position)
    )
    quizzes = _quizzes(course_id)
    return OutlinePage(
        course_id=course.id,
        slug=course.slug,
        content_id=course.content_id,
        version=course.version,
        title_ro=course.title_ro,
        title_en=course.title_en,
        is_published=course.published_at is not None,
        in_order=course.modules_in_order,
        conditions={row.kind.value: row.parameters for row in conditions},
        modules=_modules(course_id, quizzes),
        start=tuple(quizzes.get(QuizPlace.START, ())),
        end=tuple(quizzes.get(QuizPlace.END, ())),
        bin=_bin(course_id),
        form=session.scalar(_form_of(course_id)) or "",
        editions=_editions(course_id),
    )


def _form_of(course_id: int) -> sa.Select[str]:
    return sa.select(Survey.content_id).where(
        Survey.course_id == course_id, Survey.withdrawn_at.is_(None)
    )


def _editions(course_id: int) -> tuple[EditionRow, ...]:
    rows = db.session().execute(
        sa.select(
            *(Edition.slug, Edition.title, Edition.starts_on, Edition.ends_on, Edition.opening)
        )
        .where(Edition.course_id == course_id)
        .order_by(Edition.starts_on.desc(), Edition.id)
    )
    return tuple(
        EditionRow(slug, title, starts_on, ends_on, len(opening))
        for slug, title, starts_on, ends_on, opening in rows
    )


def _modules(
    course_id: int, quizzes: Mapping[int | QuizPlace, Sequence[QuizRow]]
) -> tuple[ModuleRow, ...]:
    completed = (
        sa.select(sa.func.count())
        .where(Completion.kind == SubjectKind.MODULE, Completion.subject_id == Module.id)
        .scalar_subquery()
    )
    rows = db.session().execute(
        sa.select(Module, completed)
        .where(Module.course_id == course_id, Module.in_files())
        .order_by(Module.position, Module.id)
    )
    lessons = _lessons(course_id)
    return tuple(
        ModuleRow(
            row.content_id,
            row.slug,
            row.position,
            row.title_ro,
            row.title_en,
            row.withdrawn_at is not None,
            count,
            row.opens_on,
            row.opens_after or "",
            tuple(lessons.get(row.id, ())),
            tuple(quizzes.get(row.id, ())),
        )
        for row, count in rows
    )


def _lessons(course_id: int) -> dict[int, list[LessonRow]]:
    mine = LessonProgress.lesson_id == Lesson.id
    opened = sa.select(sa.func.count()).where(mine).scalar_subquery()
    read = sa.select(sa.func.count(LessonProgress.read_at)).where(mine).scalar_subquery()
    rows = db.session().execute(
        sa.select(
            Lesson.module_id,
            *(Lesson.content_id, Lesson.slug, Lesson.number),
            *(Lesson.title_ro, Lesson.title_en),
            Lesson.reading_minutes + Lesson.exercise_minutes + Lesson.test_minutes,
            Lesson.exercise,
            Lesson.withdrawn_at.is_not(None),
            sa.not_(Lesson.is_published),
            opened,
            read,
        )
        .where(Lesson.course_id == course_id, Lesson.in_files())
        .order_by(Lesson.position, Lesson.id)
    )
    found: dict[int, list[LessonRow]] = {}
    for module_id, *values in rows:
        found.setdefault(module_id, []).append(LessonRow(*values))
    return found


def _quizzes(course_id: int) -> dict[int | QuizPlace, list[QuizRow]]:
    people = (
        sa.select(sa.func.count(sa.distinct(Attempt.enrolment_id)))
        .where(Attempt.quiz_id == Quiz.id)
        .scalar_subquery()
    )
    here = sa.or_(Quiz.withdrawn_at.is_(None), _stands_in_draft())
    rows = db.session().execute(
        sa.select(Quiz, people)
        .where(Quiz.course_id == course_id, here)
        .order_by(Quiz.position, Quiz.id)
    )
    found: dict[int | QuizPlace, list[QuizRow]] = {}
    for quiz, count in rows:
        row = QuizRow(
            quiz.content_id,
            quiz.slug,
            quiz.title_ro,
            quiz.title_en,
            quiz.published_at is not None,
            count,
        )
        found.setdefault(quiz.module_id or quiz.place, []).append(row)
    return found


def _stands_in_draft() -> sa.ColumnElement[bool]:
    """Whether a withdrawn quiz's text is among the files, in a module that is a draft."""
    return sa.exists().where(
        ContentItem.course_id == Quiz.course_id, ContentItem.content_id == Quiz.content_id
    )


def _bin(course_id: int) -> tuple[BinRow, ...]:
    rows = db.session().execute(
        sa.select(BinnedPart, Person.given_names, Person.family_name)
        .outerjoin(Person, Person.id == BinnedPart.removed_by_id)
        .where(BinnedPart.course_id == course_id)
        .order_by(BinnedPart.removed_at.desc(), BinnedPart.id.desc())
    )
    return tuple(
        BinRow(
            row.id,
            row.kind.value == "module",
            row.title_ro,
            row.title_en,
            len(row.place.get("lessons", ())),
            row.removed_at,
            " ".join(name for name in (given, family) if name),
        )
        for row, given, family in rows
    )
