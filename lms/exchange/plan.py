"""What an import would do: a dry run, with everything slow done and nothing changed."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from lms import db
from lms.courses.models import ContentItem, ContentKind, Course, CourseFact
from lms.exchange.course_files import read_course
from lms.exchange.course_values import CourseFiles, FileKind, Item
from lms.exchange.facts_file import FactEntry, raised_in_silence
from lms.exchange.glossary_file import finder_of
from lms.exchange.lesson_file import LessonFile
from lms.exchange.problems import Problem
from lms.exchange.quiz_files import WORDS_SUFFIX
from lms.exchange.taken_out import taken_out_here
from lms.files import store
from lms.papers.building import BuiltPaper, build
from lms.quizzes.exchange.quiz_file import slot_of
from lms.quizzes.models import QuestionState
from lms.quizzes.question_types.registry import translated, with_kept_ids
from lms.quizzes.services import authoring, prepared
from lms.quizzes.services.bank_draws import shortage_in
from lms.quizzes.services.prepared import Change, ReadyItem, ReadyQuiz
from lms.safety.html import render_markdown
from lms.safety.terms import Marker


class Verdict(enum.StrEnum):
    """What an import does with one file."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    REMOVED = "removed"


@dataclass(frozen=True)
class PlannedItem:
    """One file in the dry run.

    A conflict was changed in the site and in the files; the site's text stays unless the file is to
    overwrite it. `is_kept` says that the site's text stays.
    """

    content_id: str
    path: str
    kind: FileKind
    verdict: Verdict
    is_overwritten: bool = False
    is_changed_in_site: bool = False
    questions: Mapping[Change, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_kept(self) -> bool:
        """Whether the site's own text stays."""
        return self.is_changed_in_site and not self.is_overwritten


@dataclass(frozen=True)
class Stored:
    """A file as the site has it."""

    path: str
    kind: FileKind
    source_hash: str
    base_hash: str
    base_path: str = ""

    @property
    def is_moved_in_site(self) -> bool:
        """Whether it stands in another place here than where it was imported from."""
        return bool(self.base_path) and self.path != self.base_path

    @property
    def is_changed_in_site(self) -> bool:
        """Whether somebody changed it here since it was imported."""
        return self.source_hash != self.base_hash


@dataclass(frozen=True)
class ImportPlan:
    """An import worked out: what it does, and all that is to be stored."""

    course: CourseFiles  # with the site's text where that stays
    course_pk: int | None
    course_version: int
    items: tuple[PlannedItem, ...]
    lesson_html: Mapping[str, str]
    lesson_terms: Mapping[str, tuple[str, ...]]  # the terms marked in each lesson, as they come
    quizzes: Mapping[str, ReadyQuiz]
    bank: tuple[ReadyItem, ...]  # the questions that no quiz has
    problems: tuple[Problem, ...]  # what stops it
    short_of_questions: tuple[str, ...] = ()  # quizzes with fewer questions than they draw
    draft_lessons: tuple[str, ...] = ()  # numbers of lessons that wait for a sign-off

    @cached_property
    def papers(self) -> tuple[BuiltPaper, ...]:
        """The working papers, built when first asked for: slow, so never inside a write."""
        return tuple(build(paper) for paper in self.course.papers)

    @property
    def is_new_course(self) -> bool:
        """Whether the site does not have the course yet."""
        return self.course_pk is None

    @property
    def has_changes(self) -> bool:
        """Whether applying it would change anything."""
        return any(
            item.verdict is not Verdict.UNCHANGED and not item.is_kept for item in self.items
        )

    @property
    def conflicts(self) -> tuple[PlannedItem, ...]:
        """The files changed on both sides."""
        return tuple(i for i in self.items if i.verdict is Verdict.CONFLICT)

    def with_verdict(self, verdict: Verdict) -> tuple[PlannedItem, ...]:
        """The files with a verdict."""
        return tuple(i for i in self.items if i.verdict is verdict)


def plan_import(course: CourseFiles, *, overwrite: Collection[str] = ()) -> ImportPlan:
    """Work out what importing the files does. Reads only; slow, so never inside a write.

    `overwrite` names, by content id, what the files may replace though it was changed in the site.
    """
    row = (
        db.session()
        .execute(sa.select(Course.id, Course.version).where(Course.content_id == course.id))
        .one_or_none()
    )
    course_pk, version = (row[0], row[1]) if row is not None else (None, 0)
    stored = stored_items(course_pk)
    items = _verdicts(course.items, stored, frozenset(overwrite))
    effective, problems = _with_kept(course, items, course_pk)
    there = {item.content_id for item in effective.items}  # less what was taken out here
    items = [i for i in items if i.verdict is not Verdict.NEW or i.content_id in there]
    quizzes = {quiz.id: prepared.prepare_quiz(quiz, course.id) for quiz in effective.quizzes}
    known = authoring.stored_questions(course_pk) if course_pk is not None else {}
    bank = tuple(prepared.prepare_item(item, course.id) for item in effective.bank.items)
    basis = basis_of(effective, course_pk)
    html, terms = render_lessons(effective, effective.lessons)
    return ImportPlan(
        course=effective,
        course_pk=course_pk,
        course_version=version,
        items=tuple(_with_questions(item, quizzes, known) for item in items),
        lesson_html=html,
        lesson_terms=terms,
        quizzes=quizzes,
        bank=bank,
        problems=(*problems, *raised_in_silence(stored_facts(course_pk), effective.facts)),
        short_of_questions=_short_of_questions(effective, quizzes, bank, basis),
        draft_lessons=tuple(
            lesson.number for lesson in effective.lessons if basis.unvouched(lesson.fact_ids)
        ),
    )


def stored_facts(course_pk: int | None) -> dict[str, FactEntry]:
    """Return the facts as the site has them, by id."""
    rows = db.session().scalars(
        sa.select(CourseFact).where(CourseFact.course_id == course_pk).order_by(CourseFact.id)
    )
    return {
        row.fact_id: FactEntry(
            row.fact_id, row.statement, row.source, row.confidence, row.checked_on
        )
        for row in rows
    }


def stored_items(course_pk: int | None) -> dict[str, Stored]:
    """Return how the site has each file of a course, by id."""
    rows = db.session().execute(
        sa.select(
            ContentItem.content_id,
            ContentItem.path,
            ContentItem.kind,
            ContentItem.source_hash,
            ContentItem.base_hash,
            ContentItem.base_path,
        ).where(ContentItem.course_id == course_pk)
    )
    return {row[0]: Stored(row[1], FileKind(row[2].value), *row[3:]) for row in rows}


def _verdicts(
    items: Iterable[Item], stored: Mapping[str, Stored], overwrite: Collection[str]
) -> list[PlannedItem]:
    found = [_verdict(item, stored.get(item.content_id), overwrite) for item in items]
    named = {item.content_id for item in found}
    for content_id, here in sorted(stored.items()):
        if content_id not in named:
            changed = here.is_changed_in_site
            found.append(
                PlannedItem(
                    content_id,
                    here.path,
                    here.kind,
                    Verdict.CONFLICT if changed else Verdict.REMOVED,
                    is_overwritten=changed and content_id in overwrite,
                    is_changed_in_site=changed,
                )
            )
    return found


def _verdict(item: Item, here: Stored | None, overwrite: Collection[str]) -> PlannedItem:
    is_overwritten = is_changed_in_site = False
    sha256 = item.sha256
    if here is None:
        verdict = Verdict.NEW
    elif sha256 == here.source_hash and here.is_moved_in_site and item.path == here.base_path:
        verdict, is_changed_in_site = Verdict.UNCHANGED, True  # it was moved here, and only here
    elif sha256 == here.source_hash:
        is_same = here.path == item.path and not here.is_changed_in_site
        verdict = Verdict.UNCHANGED if is_same else Verdict.CHANGED
    elif not here.is_changed_in_site:
        verdict = Verdict.CHANGED
    else:
        is_changed_in_site = True
        is_overwritten = item.content_id in overwrite
        is_only_here = sha256 == here.base_hash and not is_overwritten
        verdict = Verdict.UNCHANGED if is_only_here else Verdict.CONFLICT
    return PlannedItem(
        item.content_id,
        item.path,
        item.kind,
        verdict,
        is_overwritten=is_overwritten,
        is_changed_in_site=is_changed_in_site,
    )


def _with_kept(
    course: CourseFiles, items: Iterable[PlannedItem], course_pk: int | None
) -> tuple[CourseFiles, tuple[Problem, ...]]:
    """Put the site's text in place of the files that must not overwrite it, and read all again."""
    kept = {item.content_id for item in items if item.is_kept}
    if not kept:
        return course, ()
    files = {item.path: item.data for item in course.items if item.content_id not in kept}
    rows = db.session().scalars(
        sa.select(ContentItem).where(
            ContentItem.course_id == course_pk, ContentItem.content_id.in_(kept)
        )
    )
    files.update({row.path: bytes_of(row) for row in rows})
    reading = read_course(files)
    if reading.course is None:
        new = {item.content_id: item.path for item in items if item.verdict is Verdict.NEW}
        gone = taken_out_here(course_pk, new, reading.errors)
        reading = read_course({path: files[path] for path in files if path not in gone})
    return reading.course or course, reading.errors


def files_folder() -> Path:
    """Return the folder of stored files."""
    folder: Path = current_app.config["LMS"].folder("files")
    return folder


def bytes_of(row: ContentItem) -> bytes:
    """Return a stored file's bytes: pictures stand in the store of files, the rest in the row."""
    if row.kind is ContentKind.FIGURE:
        return store.get(files_folder(), row.source_hash)
    return row.source


def figure_address(slug: str, name: str) -> str:
    """Return where a picture of a course is served."""
    return f"/courses/{slug}/figures/{name}"


def render_lessons(
    course: CourseFiles, lessons: Iterable[LessonFile]
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return the HTML of some lessons, and the words of the glossary that became links in it."""
    names = {item.path for item in course.figures}
    finder = finder_of(course.glossary)

    def resolve(target: str) -> str | None:
        if target not in names:
            return None
        return figure_address(course.id, target.removeprefix("figures/"))

    html: dict[str, str] = {}
    terms: dict[str, tuple[str, ...]] = {}
    for lesson in lessons:
        marker = Marker(finder)
        html[lesson.id] = str(render_markdown(lesson.body, resolve_image=resolve, terms=marker))
        terms[lesson.id] = tuple(marker.marked)
    return html, terms


def _with_questions(
    item: PlannedItem,
    quizzes: Mapping[str, ReadyQuiz],
    known: Mapping[str, authoring.StoredQuestion],
) -> PlannedItem:
    """Say of a quiz, or of its English words, that changes what happens to each question."""
    if item.verdict is Verdict.UNCHANGED or item.is_kept:
        return item
    if item.kind is FileKind.QUIZ_WORDS:
        quiz, tell = quizzes.get(item.content_id.removesuffix(WORDS_SUFFIX)), _change_of_words
    else:
        quiz, tell = quizzes.get(item.content_id), _change
    if quiz is None:
        return item
    found: dict[Change, list[str]] = {}
    for each in quiz.items:
        found.setdefault(tell(each, known.get(each.content_id)), []).append(each.content_id)
    return replace(item, questions={change: tuple(ids) for change, ids in found.items()})


def _change(item: ReadyItem, before: authoring.StoredQuestion | None) -> Change:
    """Tell how a question's Romanian form changes."""
    if before is None:
        return Change.NEW
    old = before.question
    return prepared.compare(with_kept_ids(item.question, old), old)


def _change_of_words(item: ReadyItem, before: authoring.StoredQuestion | None) -> Change:
    """Tell whether a question's English form changes; ids are those of the Romanian one."""
    if before is None:
        return Change.NONE if item.words is None else Change.NEW
    new = with_kept_ids(item.question, before.question)
    words = None if item.words is None else translated(new, item.words)
    return Change.NONE if prepared.is_same_words(words, before.words) else Change.WORDS


def _short_of_questions(
    course: CourseFiles,
    quizzes: Mapping[str, ReadyQuiz],
    bank: Iterable[ReadyItem],
    basis: prepared.FactBasis,
) -> tuple[str, ...]:
    """List the quizzes that would have fewer questions to ask than they draw."""
    ready = [i for i in bank if i.entry.is_ready and not basis.unvouched(i.fact_ids)]
    tests = {test.id for test in course.tests.values()}  # nothing of theirs is drawn
    asked = {
        quiz.content_id: [
            item
            for item in quiz.items
            if basis.state(item.status, item.fact_ids) is QuestionState.PUBLISHED
        ]
        for quiz in quizzes.values()
    }
    return tuple(
        quiz.content_id
        for quiz in quizzes.values()
        if not prepared.is_enough_for(
            quiz.settings, (slot_of(item.content_id, item.slot) for item in asked[quiz.content_id])
        )
        or _is_short_of_bank(quiz, {n: asked[n] for n in asked if n not in tests}, ready)
    )


def _is_short_of_bank(
    quiz: ReadyQuiz, asked: Mapping[str, Sequence[ReadyItem]], ready: Sequence[ReadyItem]
) -> bool:
    """Tell whether other quizzes and the bank alone have too few questions for a quiz's draws."""
    draws = quiz.settings.draws
    others = [item for name, items in asked.items() if name != quiz.content_id for item in items]
    others += ready
    keys = [
        [i.content_id for i in others if draw.fits(i.entry.category, i.entry.tags)]
        for draw in draws
    ]
    return shortage_in(draws, keys) is not None


def basis_of(course: CourseFiles, course_pk: int | None) -> prepared.FactBasis:
    """Tell how the facts would stand after the import; sign-offs hold while the wording does."""
    hashes = authoring.sign_off_hashes(course_pk) if course_pk is not None else frozenset()
    return prepared.FactBasis(
        {fact.id: fact.confidence for fact in course.facts},
        frozenset(f.id for f in course.facts if (f.id, f.statement_hash) in hashes),
    )
