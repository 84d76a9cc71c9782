"""A course's pictures: which there are, where each is used; one added, replaced or taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.models import (
    BinnedPart,
    ContentItem,
    ContentKind,
    Course,
    CourseFigure,
    Lesson,
    LessonDraft,
    LessonVersion,
    Module,
)
from lms.errors import Refused
from lms.exchange.lesson_saving import text_of
from lms.exchange.pictures import PictureRefusedError, check_figure, media_type_of
from lms.files import store
from lms.files.models import StoredFile
from lms.papers.models import CoursePaper
from lms.quizzes.models import Question, QuestionRevision, QuestionVersion
from lms.quizzes.services import locks
from lms.quizzes.services.pictures import course_file, folder, list_figures, tidied
from lms.safety.file_names import slug_of

_LONGEST_NAME = 60
_TEXTS = (ContentKind.LESSON, ContentKind.QUIZ, ContentKind.QUIZ_WORDS, ContentKind.BANK)


class NoPicture(Refused):
    """What was sent is no picture that a page may show."""


class OtherKind(Refused):
    """A picture can be replaced by one of its own kind alone: lessons name it with its ending."""


class InUse(Refused):
    """A picture that is shown somewhere is not taken out."""


@dataclass(frozen=True)
class Picture:
    """A picture of the course."""

    name: str
    size: int
    changed_at: datetime
    lessons: tuple[Use, ...]
    quizzes: tuple[str, ...]  # files of questions that show it
    waiting: tuple[str, ...]  # what is in the bin, or not saved yet, and shows it

    @property
    def is_used(self) -> bool:
        """Whether something shows it, or would if it came back."""
        return bool(self.lessons or self.quizzes or self.waiting)


@dataclass(frozen=True)
class Use:
    """A lesson that shows a picture, or uses a paper."""

    number: str
    title_ro: str
    title_en: str
    module_slug: str
    slug: str

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro


@dataclass(frozen=True)
class Paper:
    """A working paper of the course."""

    content_id: str
    title_ro: str
    title_en: str
    format: str
    lessons: tuple[Use, ...]

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro


# What there is ---------------------------------------------------------------------------------


def pictures_of(course_id: int) -> Sequence[Picture]:
    """Return a course's pictures by name, each with where it is shown."""
    rows = db.session().execute(
        sa.select(CourseFigure.name, StoredFile.size, ContentItem.changed_at)
        .join(StoredFile, StoredFile.id == CourseFigure.file_id)
        .join(
            ContentItem,
            sa.and_(
                ContentItem.course_id == CourseFigure.course_id,
                ContentItem.path == "figures/" + CourseFigure.name,
            ),
        )
        .where(CourseFigure.course_id == course_id)
        .order_by(CourseFigure.name)
    )
    texts = _texts(course_id)
    waiting = _waiting(course_id)
    lessons = _lessons(course_id)
    return [
        Picture(
            name,
            size,
            changed_at,
            lessons=tuple(
                lessons[each]
                for kind, each, text in texts
                if kind is ContentKind.LESSON and each in lessons and shows(text, name)
            ),
            quizzes=tuple(
                each
                for kind, each, text in texts
                if kind is not ContentKind.LESSON and shows(text, name)
            ),
            waiting=tuple(dict.fromkeys(title for title, text in waiting if shows(text, name))),
        )
        for name, size, changed_at in rows
    ]


def shows(text: str, name: str) -> bool:
    """Tell whether a text names a picture, not one whose name only ends alike."""
    if name not in text:
        return False
    return re.search(rf"(?<![a-z0-9_-]){re.escape(name)}(?![a-z0-9])", text) is not None


def _texts(course_id: int) -> list[tuple[ContentKind, str, str]]:
    rows = db.session().execute(
        sa.select(ContentItem.kind, ContentItem.content_id, ContentItem.source)
        .where(ContentItem.course_id == course_id, ContentItem.kind.in_(_TEXTS))
        .order_by(ContentItem.path)
    )
    return [(kind, content_id, text_of(source)) for kind, content_id, source in rows]


def _waiting(course_id: int) -> list[tuple[str, str]]:
    """Read what may come back: what is in the bin, and what somebody has not saved yet."""
    session = db.session()
    binned = session.execute(
        sa.select(BinnedPart.title_ro, BinnedPart.files).where(BinnedPart.course_id == course_id)
    )
    drafts = session.execute(
        sa.select(Lesson.title_ro, LessonDraft.text)
        .join(Lesson, Lesson.id == LessonDraft.lesson_id)
        .where(Lesson.course_id == course_id, LessonDraft.text.is_not(None))
    )
    found = [(title, file["text"]) for title, files in binned for file in files]
    return [*found, *((title, text) for title, text in drafts)]


def _lessons(course_id: int) -> dict[str, Use]:
    rows = db.session().execute(
        sa.select(
            Lesson.content_id,
            Lesson.number,
            Lesson.title_ro,
            Lesson.title_en,
            Module.slug,
            Lesson.slug,
        )
        .join(Module, Module.id == Lesson.module_id)
        .where(Lesson.course_id == course_id, Lesson.in_files())
        .order_by(Module.position, Lesson.position)
    )
    return {row[0]: Use(*row[1:]) for row in rows}


def papers_of(course_id: int) -> Sequence[Paper]:
    """Return a course's working papers with the lessons that use them."""
    numbers = {use.number: use for use in _lessons(course_id).values()}
    rows = db.session().scalars(
        sa.select(CoursePaper)
        .where(CoursePaper.course_id == course_id)
        .order_by(CoursePaper.position)
    )
    return [
        Paper(
            row.content_id,
            row.title_ro,
            row.title_en,
            row.format.value,
            tuple(numbers[n] for n in row.lessons if n in numbers),
        )
        for row in rows
    ]


# What is sent ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """A picture that was sent: under which name it may stand, and its bytes."""

    name: str
    data: bytes

    @property
    def ending(self) -> str:
        """Its kind."""
        return self.name.rpartition(".")[2]


def read_picture(file_name: str, data: bytes) -> Sent:
    """Check what was sent and lay it down; raise NoPicture. Slow, so before the write."""
    stem = file_name.rpartition(".")[0] or file_name
    stem = slug_of(stem)[:_LONGEST_NAME]
    if file_name.lower().endswith(".svg"):
        try:
            check_figure("figures/x.svg", data)
        except PictureRefusedError as error:
            raise NoPicture(file_name) from error
        kept, ending = data, "svg"
    else:
        name, kept = tidied(data)
        if not name:
            raise NoPicture(file_name)
        ending = name.rpartition(".")[2]
    store.put(folder(), kept)
    return Sent(f"{stem.strip('-') or 'imagine'}.{ending}", kept)


# What is changed -------------------------------------------------------------------------------


def add(course_id: int, sent: Sent, *, by: int, now: datetime) -> str:
    """Add a picture and return its name; the same one under the same name is there once."""
    course = locks.course(course_id)
    session = db.session()
    rows = session.execute(
        sa.select(CourseFigure.name, StoredFile.sha256)
        .join(StoredFile, StoredFile.id == CourseFigure.file_id)
        .where(CourseFigure.course_id == course_id)
    )
    taken = {row.name: row.sha256 for row in rows}
    name = free_name(sent.name, store.digest(sent.data), taken)
    if name not in taken:
        file = course_file(course_id, name, sent.data, media_type_of(name), by=by, now=now)
        session.add(CourseFigure(course_id=course_id, name=name, file_id=file.id))
        session.flush()  # the list is made of what is there
    if list_figures(course_id, [f"figures/{name}"], by=by, now=now):
        _record("course.picture_added", course, name, by=by)
    return name


def free_name(wanted: str, sha256: str, taken: Mapping[str, str]) -> str:
    """Return a name that nobody else has: the same picture keeps its own."""
    stem, _dot, ending = wanted.rpartition(".")
    candidate, number = wanted, 2
    while taken.get(candidate, sha256) != sha256:
        candidate, number = f"{stem}-{number}.{ending}", number + 1
    return candidate


def replace_picture(course_id: int, name: str, sent: Sent, *, by: int, now: datetime) -> None:
    """Put another picture in a picture's place, everywhere that it is shown."""
    if sent.ending != name.rpartition(".")[2]:
        raise OtherKind(name)
    course = locks.course(course_id)
    figure, item = _rows(course_id, name)
    sha256 = store.digest(sent.data)
    if item.source_hash == sha256:
        return
    file = course_file(course_id, name, sent.data, media_type_of(name), by=by, now=now)
    figure.file_id = file.id
    item.source_hash, item.changed_at, item.changed_by_id = sha256, now, by
    _record("course.picture_replaced", course, name, by=by)


def remove(course_id: int, name: str, *, by: int) -> bool:
    """Take out a picture that nothing shows; raise InUse.

    True where it is gone altogether; False where an older text shows it, so that it stays served.
    """
    course = locks.course(course_id)
    figure, item = _rows(course_id, name)
    texts = [text for _kind, _id, text in _texts(course_id)]
    texts += [text for _title, text in _waiting(course_id)]
    if any(shows(text, name) for text in texts):
        raise InUse(name)
    session = db.session()
    session.delete(item)
    is_gone = not any(shows(text, name) for text in _older_texts(course_id))
    if is_gone:
        session.delete(figure)
    _record("course.picture_removed", course, name, by=by)
    return is_gone


def _older_texts(course_id: int) -> Iterable[str]:
    """Yield what lessons and questions said before, and what somebody may have been asked."""
    session = db.session()
    versions = session.scalars(
        sa.select(LessonVersion.source)
        .join(Lesson, Lesson.id == LessonVersion.lesson_id)
        .where(Lesson.course_id == course_id)
    )
    yield from (text_of(source) for source in versions)
    revisions = session.execute(
        sa.select(QuestionRevision.payload, Question.source)
        .join(QuestionVersion, QuestionVersion.id == QuestionRevision.version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(Question.course_id == course_id)
    )
    for payload, source in revisions:
        yield f"{payload} {source or ''}"


def _rows(course_id: int, name: str) -> tuple[CourseFigure, ContentItem]:
    row = (
        db.session()
        .execute(
            sa.select(CourseFigure, ContentItem)
            .join(
                ContentItem,
                sa.and_(
                    ContentItem.course_id == CourseFigure.course_id,
                    ContentItem.path == "figures/" + CourseFigure.name,
                ),
            )
            .where(CourseFigure.course_id == course_id, CourseFigure.name == name)
        )
        .one()
    )
    return row[0], row[1]


def _record(action: str, course: Course, name: str, *, by: int) -> None:
    course.version += 1
    record(action, by=by, on=course, course_id=course.id, picture=name)
