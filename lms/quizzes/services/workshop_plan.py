"""Work out what a trainer's text would do: which quizzes, which questions, what is wrong with it.

Reads only; slow, so never inside a write.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from lms import db
from lms.courses.models import ContentItem, Course, CourseFact, Lesson, Module
from lms.quizzes.models import QuestionState, Quiz
from lms.quizzes.question_types.registry import with_kept_ids
from lms.quizzes.rules.draws import Draw, Shortage
from lms.quizzes.rules.settings import QuizSettings, parse_settings
from lms.quizzes.services import authoring, prepared
from lms.quizzes.services.bank_draws import supply_of
from lms.quizzes.services.prepared import Change
from lms.quizzes.workshop.head import ruled
from lms.quizzes.workshop.reading import read_text
from lms.quizzes.workshop.values import Fault, Heading, Piece, Remark, TextRead
from lms.quizzes.workshop.writing import module_number, with_ids

_HEAD = re.compile(r"---[ \t]*\n.*?(?:^|\n)---[ \t]*(?:\n|\Z)", re.DOTALL)


# What stands -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """A quiz's text as it stands: its head apart, and the hash by which a change is seen."""

    head: str = ""
    text: str = ""
    base: str = ""
    words: str = ""  # of its English file


@dataclass(frozen=True)
class ModuleRef:
    """A module, as plain values that outlive the read."""

    id: int
    content_id: str
    slug: str
    position: int
    title_ro: str
    title_en: str

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro


@dataclass(frozen=True)
class QuizRef:
    """A quiz, as plain values that outlive the read."""

    id: int
    content_id: str
    slug: str
    title_ro: str
    title_en: str
    module_id: int | None
    is_published: bool
    settings: QuizSettings

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro


@dataclass(frozen=True)
class Bench:
    """What a course has, as far as a text of questions touches it."""

    course_id: int
    slug: str
    version: int
    modules: tuple[ModuleRef, ...]
    quizzes: tuple[QuizRef, ...]
    known: Mapping[str, authoring.StoredQuestion]
    facts: frozenset[str]
    lessons: frozenset[str]
    content_ids: frozenset[str]  # of files
    quiz: QuizRef | None = None  # the one whose text is edited
    source: Source = Source()
    own_ids: frozenset[str] = frozenset()  # of the questions that it has now

    @property
    def taken(self) -> frozenset[str]:
        """Every id that a new question must not have."""
        return self.content_ids | frozenset(self.known)

    def module(self, module_id: int | None) -> ModuleRef | None:
        """The module with an id."""
        return next((m for m in self.modules if m.id == module_id), None)

    def quizzes_in(self, module_id: int | None) -> list[QuizRef]:
        """The quizzes that a module has."""
        return [q for q in self.quizzes if q.module_id == module_id and module_id is not None]


def source_of(course_id: int, content_id: str) -> Source:
    """Read a quiz's text and its English words; one statement."""
    rows = db.session().execute(
        sa.select(ContentItem.content_id, ContentItem.source).where(
            ContentItem.course_id == course_id,
            ContentItem.content_id.in_([content_id, f"{content_id}.en"]),
        )
    )
    found = {row[0]: row[1].decode("utf-8-sig").replace("\r\n", "\n") for row in rows}
    if content_id not in found:
        return Source()
    match = _HEAD.match(found[content_id])
    head = match[0] if match else ""
    text = found[content_id][len(head) :].strip("\n") + "\n"
    base = hashlib.sha256(text.encode()).hexdigest()  # of the questions alone: rules stand apart
    return Source(head, text, base, found.get(f"{content_id}.en", ""))


def bench_of(course_id: int, quiz_id: int | None = None) -> Bench:
    """Read what a course has; a dozen statements."""
    session = db.session()
    course = session.get_one(Course, course_id)
    modules = session.scalars(
        sa.select(Module)
        .where(Module.course_id == course_id, Module.withdrawn_at.is_(None))
        .order_by(Module.position)
    ).all()
    numbers = session.scalars(
        sa.select(Lesson.number).where(Lesson.course_id == course_id, Lesson.in_files())
    )
    facts = session.scalars(sa.select(CourseFact.fact_id).where(CourseFact.course_id == course_id))
    files = session.scalars(
        sa.select(ContentItem.content_id).where(ContentItem.course_id == course_id)
    )
    quizzes = session.scalars(
        sa.select(Quiz)
        .options(sa.orm.joinedload(Quiz.current_version))
        .where(
            Quiz.course_id == course_id,
            sa.or_(Quiz.withdrawn_at.is_(None), Quiz.id == quiz_id),
        )
        .order_by(Quiz.position)
    )
    refs = [_ref(quiz) for quiz in quizzes]
    quiz = next((ref for ref in refs if ref.id == quiz_id), None)
    source = source_of(course_id, quiz.content_id) if quiz is not None else Source()
    return Bench(
        course_id=course_id,
        slug=course.slug,
        version=course.version,
        modules=tuple(
            ModuleRef(m.id, m.content_id, m.slug, m.position, m.title_ro, m.title_en)
            for m in modules
        ),
        quizzes=tuple(refs),
        known=authoring.stored_questions(course_id),
        facts=frozenset(facts),
        lessons=frozenset(numbers),
        content_ids=frozenset(files),
        quiz=quiz,
        source=source,
        own_ids=frozenset(item.id for item in read_text(source.text).items if item.id),
    )


def _ref(quiz: Quiz) -> QuizRef:
    version = quiz.current_version
    return QuizRef(
        id=quiz.id,
        content_id=quiz.content_id,
        slug=quiz.slug,
        title_ro=quiz.title_ro,
        title_en=quiz.title_en,
        module_id=quiz.module_id,
        is_published=quiz.published_at is not None,
        settings=parse_settings(version.settings) if version is not None else QuizSettings(),
    )


# What it would do ------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlannedQuiz:
    """One quiz that a text makes or changes."""

    content_id: str
    title_ro: str
    title_en: str
    quiz: QuizRef | None
    module: ModuleRef | None
    pieces: tuple[Piece, ...]
    beside: tuple[QuizRef, ...] = ()  # quizzes that the module has already
    changes: Mapping[str, Change] = field(default_factory=dict)  # by question
    removed: tuple[str, ...] = ()
    headings: tuple[Heading, ...] = ()  # that begin a section of it
    settings: QuizSettings = QuizSettings()

    def change_of(self, piece: Piece) -> Change | None:
        """What happens to a question; None where it can't be read yet."""
        return self.changes.get(piece.item.id) if piece.item is not None else None

    def count(self, change: Change) -> int:
        """How many questions a change concerns."""
        return sum(each is change for each in self.changes.values())


@dataclass(frozen=True)
class TextPlan:
    """What saving a text would do."""

    read: TextRead
    quizzes: tuple[PlannedQuiz, ...]
    homeless: tuple[Piece, ...] = ()  # questions of which it must be said where they go
    draws: tuple[Draw, ...] = ()  # from the bank, beside the questions or alone
    shortage: Shortage | None = None  # of a new quiz's draws

    @property
    def is_empty(self) -> bool:
        """Whether it would make a quiz that asks nothing."""
        return not self.read.pieces and not (self.draws and self.quizzes)

    @property
    def wants_module(self) -> bool:
        """Whether it must be said which module it belongs to."""
        return bool(self.homeless) or bool(self.draws and not self.quizzes)

    @property
    def is_ready(self) -> bool:
        """Whether it can be saved."""
        is_whole = not self.homeless and self.shortage is None
        return self.read.is_ready and is_whole and not self.is_empty


@dataclass(frozen=True)
class Wanted:
    """What the trainer wants made of a text, beside what it says."""

    module_id: int | None = None  # of the questions under no heading
    key: str = ""  # of the form: the same form sent twice makes one quiz
    title_ro: str = ""
    title_en: str = ""


def plan_text(bench: Bench, text: str, wanted: Wanted, titles: Titles) -> TextPlan:
    """Work out what a text would do: to the quiz on the bench, or to modules that it names."""
    read = _checked(bench, read_text(text))
    quiz = bench.quiz
    if quiz is not None:
        titles_now = {heading.text for heading in read.headings}
        lost = [d.section for d in quiz.settings.draws if d.section not in {"", *titles_now}]
        remarks = [*read.remarks, *(Remark(1, Fault.DRAW_SECTION, name) for name in lost)]
        read = replace(read, remarks=tuple(sorted(remarks)))
        planned = PlannedQuiz(
            content_id=quiz.content_id,
            title_ro=wanted.title_ro or quiz.title_ro,
            title_en=wanted.title_en or quiz.title_en,
            quiz=quiz,
            module=bench.module(quiz.module_id),
            pieces=read.pieces,
            headings=read.headings,
            settings=quiz.settings,
        )
        return TextPlan(read, (_worked_out(bench, planned),), draws=quiz.settings.draws)
    text_ruled = ruled(read)
    read, settings = text_ruled.read, text_ruled.settings or QuizSettings()
    groups, remarks = _grouped(bench, read, wanted.module_id)
    read = replace(read, remarks=tuple(sorted([*read.remarks, *remarks])))
    if read.pieces or not settings.draws:
        groups = {module_id: group for module_id, group in groups.items() if group.pieces}
    elif not groups:
        groups = {wanted.module_id: _Group()}
    planned_all = [
        replace(
            _worked_out(
                bench, _new(bench, module, group, wanted, titles, is_only=len(groups) == 1)
            ),
            settings=settings,
        )
        for module_id, group in groups.items()
        if (module := bench.module(module_id)) is not None
    ]
    planned_all.sort(key=lambda p: p.module.position if p.module else 0)
    short = supply_of(bench.course_id, settings.draws, ()).shortage
    homeless = tuple(groups.get(None, _Group()).pieces)
    return TextPlan(read, tuple(planned_all), homeless, settings.draws, short)


@dataclass
class _Group:
    """What goes to one module: questions, and the headings of sections between them."""

    pieces: list[Piece] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)


def _grouped(
    bench: Bench, read: TextRead, wanted: int | None
) -> tuple[dict[int | None, _Group], list[Remark]]:
    """Sort a text by the modules that its headings name; other headings begin sections.

    A heading that numbers a module which isn't there names none, and goes.
    """
    groups: dict[int | None, _Group] = {}
    remarks: list[Remark] = []
    module_id = wanted
    both = [(h.line, h) for h in read.headings] + [(p.first, p) for p in read.pieces]
    for _line, each in sorted(both, key=lambda pair: pair[0]):
        if isinstance(each, Piece):
            groups.setdefault(module_id, _Group()).pieces.append(each)
            continue
        named = _module_of(bench, each)
        if named is None and module_number(each.text) is None:
            groups.setdefault(module_id, _Group()).headings.append(each)
            continue
        module_id = named or wanted
        groups.setdefault(module_id, _Group())
        if named is None:
            remarks.append(Remark(each.line, Fault.HEADING, each.text))
        if each.instruction:
            remarks.append(Remark(each.last, Fault.INTRO, each.instruction[:80]))
    return groups, remarks


def _module_of(bench: Bench, heading: Heading) -> int | None:
    """Find the module that a heading names, by its number or its title."""
    number = module_number(heading.text)
    wanted = heading.text.casefold()
    for module in bench.modules:
        titles = (module.title_ro.casefold(), module.title_en.casefold())
        if module.position == number or wanted in titles:
            return module.id
    return None


@dataclass(frozen=True)
class Titles:
    """How a new quiz of a module is called, in both languages, with %(number)s of the module."""

    ro: str
    en: str

    def of(self, module: ModuleRef, taken: Sequence[QuizRef]) -> tuple[str, str]:
        """Name a module's quiz; a further one has its number."""
        ro, en = (each % {"number": module.position} for each in (self.ro, self.en))
        number = len(taken) + 1
        names = {quiz.title_ro for quiz in taken}
        return (ro, en) if ro not in names else (f"{ro} ({number})", f"{en} ({number})")


def _new(
    bench: Bench,
    module: ModuleRef,
    group: _Group,
    wanted: Wanted,
    titles: Titles,
    *,
    is_only: bool,
) -> PlannedQuiz:
    beside = bench.quizzes_in(module.id)
    ro, en = titles.of(module, beside)
    if is_only and wanted.title_ro:
        ro, en = wanted.title_ro, wanted.title_en or wanted.title_ro
    return PlannedQuiz(
        content_id=f"{module.content_id}-{wanted.key}"[:80].lower(),
        title_ro=ro,
        title_en=en,
        quiz=None,
        module=module,
        pieces=tuple(group.pieces),
        beside=tuple(beside),
        headings=tuple(group.headings),
    )


def _worked_out(bench: Bench, planned: PlannedQuiz) -> PlannedQuiz:
    """Give ids, and tell what happens to each question."""
    pieces = with_ids(planned.pieces, planned.content_id, bench.taken)
    changes: dict[str, Change] = {}
    for piece in pieces:
        if piece.item is None:
            continue
        before = bench.known.get(piece.item.id)
        new = prepared.rendered(piece.item.question, bench.slug)
        if before is None or before.row.state is QuestionState.RETIRED:
            changes[piece.item.id] = Change.NEW
        else:
            changes[piece.item.id] = prepared.compare(
                with_kept_ids(new, before.question), before.question
            )
    removed = tuple(sorted(bench.own_ids - set(changes)))
    return replace(planned, pieces=tuple(pieces), changes=changes, removed=removed)


def _checked(bench: Bench, read: TextRead) -> TextRead:
    """Add what is wrong with a text in this course: facts, lessons and ids that don't fit."""
    remarks = list(read.remarks)
    for piece in read.pieces:
        item = piece.item
        if item is None:
            continue
        stored = bench.known.get(item.id)
        is_foreign = stored is not None and stored.row.quiz_id is not None
        if item.id not in bench.own_ids and (is_foreign or item.id in bench.content_ids):
            remarks.append(Remark(piece.first, Fault.ID_TAKEN, item.id))
        remarks += [
            Remark(piece.first, Fault.UNKNOWN_FACT, fact)
            for fact in item.facts
            if fact not in bench.facts
        ]
        if item.lesson and item.lesson not in bench.lessons:
            remarks.append(Remark(piece.first, Fault.UNKNOWN_LESSON, item.lesson))
        if item.pinned and (stored is None or item.pinned > stored.version.number):
            remarks.append(Remark(piece.first, Fault.UNKNOWN_VERSION, str(item.pinned)))
    return replace(read, remarks=tuple(sorted(remarks)))
