"""A course's files while their order is changed, and then the texts that say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from lms.exchange.course_files import COURSE, MODULE
from lms.exchange.course_values import CourseFiles, FileKind
from lms.exchange.opening_field import FROM, OPENING
from lms.exchange.outlining import numbers
from lms.exchange.outlining.yaml_text import edited, with_front_key, with_key


@dataclass
class LessonPlace:
    """A lesson: its id, its file, its number."""

    id: str
    path: str
    number: str = ""
    title: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def name(self) -> str:
        """Its file's name."""
        return self.path.rpartition("/")[2]


@dataclass
class ModulePlace:
    """A module: its id, its folder, its lessons in order."""

    id: str
    folder: str
    number: int = 0
    lessons: list[LessonPlace] = field(default_factory=list)
    title: Mapping[str, str] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """The folder that its files stand in."""
        return f"modules/{self.folder}"

    @property
    def path(self) -> str:
        """Its own file."""
        return f"{self.base}/{MODULE}"


@dataclass(frozen=True)
class Opening:
    """From which day a module opens, and after which other one; by id."""

    on: date | None = None
    after: str = ""


@dataclass
class Draft:
    """The files, and the order that they are to get; `write` brings the two together."""

    course_id: str
    files: dict[str, bytes]
    modules: list[ModulePlace]
    quizzes: dict[str, str]  # path of a quiz's file, by id
    papers: dict[str, tuple[str, ...]]  # numbers of lessons, by path
    gift: tuple[str, ...]  # texts of questions
    is_numbered: bool  # by place: 3.2 is the second lesson of the third module
    was_ordered: tuple[str, ...]
    had_lessons: dict[str, tuple[str, ...]]
    had_numbers: dict[str, str]  # by lesson's id
    opening: dict[str, Opening]  # by module's id
    had_opening: dict[str, Opening]
    lost: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    to_check: list[str] = field(default_factory=list)  # numbers of lessons that name others
    without_outcomes: list[LessonPlace] = field(default_factory=list)

    @classmethod
    def of(cls, course: CourseFiles, files: Mapping[str, bytes]) -> Draft:
        """Begin with the files as they stand."""
        modules = [
            ModulePlace(
                module.id,
                module.slug,
                module.number,
                [
                    LessonPlace(le.id, le.path, le.number, le.title, le.body)
                    for le in module.lessons
                ],
                module.title,
            )
            for module in course.modules
        ]
        paths = {item.content_id: item.path for item in course.items}
        quizzes = {quiz.id: paths[quiz.id] for quiz in course.quizzes}
        kinds = (FileKind.QUIZ, FileKind.BANK)
        opening = {m.id: Opening(m.opens_on, m.opens_after) for m in course.modules}
        opening = {id_: each for id_, each in opening.items() if each != Opening()}
        return cls(
            course_id=course.id,
            files=dict(files),
            modules=modules,
            quizzes=quizzes,
            papers={paths[paper.id]: tuple(paper.lessons) for paper in course.papers},
            gift=tuple(item.path for item in course.items if item.kind in kinds),
            is_numbered=all(
                lesson.number == f"{module.number}.{place}"
                for module in modules
                for place, lesson in enumerate(module.lessons, 1)
            ),
            was_ordered=tuple(module.folder for module in modules),
            had_lessons={m.id: tuple(le.name for le in m.lessons) for m in modules},
            had_numbers={le.id: le.number for m in modules for le in m.lessons},
            opening=dict(opening),
            had_opening=dict(opening),
        )

    # Finding ---------------------------------------------------------------------------------

    def module(self, module_id: str) -> ModulePlace | None:
        """The module with an id."""
        return next((m for m in self.modules if m.id == module_id), None)

    def lesson(self, lesson_id: str) -> tuple[ModulePlace, LessonPlace] | None:
        """The lesson with an id, and its module."""
        for module in self.modules:
            for lesson in module.lessons:
                if lesson.id == lesson_id:
                    return module, lesson
        return None

    def edit(self, path: str, key: str, value: object, *, front: bool = False) -> None:
        """Set a key of a file, or of its front matter."""
        change = with_front_key if front else with_key
        self.files[path] = edited(self.files[path], lambda text: change(text, key, value))

    def free_path(self, base: str, stem: str, suffix: str) -> str:
        """Return a path that no file has yet."""
        count, path = 1, f"{base}/{stem[:60].strip('-')}{suffix}"
        while path in self.files:
            count += 1
            path = f"{base}/{stem[:60].strip('-')}-{count}{suffix}"
        return path

    def leave_outcomes(self, lesson: LessonPlace) -> None:
        """Take out which outcomes a lesson serves: they were those of another module."""
        before = self.files[lesson.path]
        self.edit(lesson.path, "outcomes", None, front=True)
        if self.files[lesson.path] != before:
            self.without_outcomes.append(lesson)

    # Writing ---------------------------------------------------------------------------------

    def write(self) -> None:
        """Let the files say what stands where now."""
        folders = tuple(module.folder for module in self.modules)
        if folders != self.was_ordered:
            self.edit(COURSE, "modules", list(folders))
        self._write_opening()
        for place, module in enumerate(self.modules, 1):
            self._write_module(module, place)
        self._renumber()

    def _write_opening(self) -> None:
        """Say in the course's file when modules open, in their order, by their folders."""
        names = {module.id: module.folder for module in self.modules}
        self.opening = {
            id_: Opening(each.on, each.after if each.after in names else "")
            for id_, each in self.opening.items()
            if id_ in names
        }
        self.opening = {id_: each for id_, each in self.opening.items() if each != Opening()}
        if self.opening == self.had_opening:
            return  # the folder of a module that is there never changes
        said = {}
        for module in self.modules:
            each = self.opening.get(module.id, Opening())
            keys = {FROM: each.on, "after": names.get(each.after, "")}
            if found := {key: value for key, value in keys.items() if value}:
                said[module.folder] = found
        self.edit(COURSE, OPENING, said or None)

    def _write_module(self, module: ModulePlace, place: int) -> None:
        if module.number != place:
            self.edit(module.path, "number", place)
            module.number = place
        for lesson in module.lessons:
            if lesson.path.rpartition("/")[0] != f"{module.base}/lessons":
                stem = lesson.name.removesuffix(".md")
                path = self.free_path(f"{module.base}/lessons", stem, ".md")
                self.files[path] = self.files.pop(lesson.path)
                lesson.path = path
                self.leave_outcomes(lesson)
        names = tuple(lesson.name for lesson in module.lessons)
        if names != self.had_lessons.get(module.id):
            self.edit(module.path, "lessons", list(names))

    def _renumber(self) -> None:
        """Number the lessons by their places, and tell whoever names them by number."""
        changed: dict[str, str] = {}
        for module in self.modules:
            for place, lesson in enumerate(module.lessons, 1):
                number = self._number(module, lesson, place)
                if number == lesson.number:
                    continue
                self.edit(lesson.path, "number", number, front=True)
                if lesson.number and self.had_numbers.get(lesson.id) == lesson.number:
                    changed[lesson.number] = number
                lesson.number = number
        here = {lesson.id for module in self.modules for lesson in module.lessons}
        gone = {n: id_ for id_, n in self.had_numbers.items() if id_ not in here}
        if not changed and not gone:
            return
        self._renumber_questions(changed, gone)
        self._renumber_papers(changed, gone)
        named = {*changed, *gone}
        for module in self.modules:
            for lesson in module.lessons:
                if numbers.named_in(lesson.body, named):
                    self.to_check.append(lesson.number)

    def _number(self, module: ModulePlace, lesson: LessonPlace, place: int) -> str:
        if self.is_numbered:
            return f"{module.number}.{place}"
        if lesson.number:
            return lesson.number
        taken = {le.number for m in self.modules for le in m.lessons}
        return next(
            n for n in (f"{module.number}.{k}" for k in range(place, 10_000)) if n not in taken
        )

    def _renumber_questions(self, changed: Mapping[str, str], gone: Mapping[str, str]) -> None:
        for path in self.gift:
            if path not in self.files:
                continue  # its module is on its way to the bin
            before = self.files[path]
            lost: dict[str, str] = {}

            def change(text: str, lost: dict[str, str] = lost) -> str:
                put, found = numbers.in_questions(text, changed, gone)
                lost |= found
                return put

            after = edited(before, change)
            if after != before:
                self.files[path] = after
            for question, number in lost.items():
                self._lose(gone[number], "questions", question)

    def _renumber_papers(self, changed: Mapping[str, str], gone: Mapping[str, str]) -> None:
        for path, named in self.papers.items():
            if not any(number in changed or number in gone for number in named):
                continue
            self.edit(path, "lessons", [changed.get(n, n) for n in named if n not in gone])
            for number in (n for n in named if n in gone):
                self._lose(gone[number], "papers", path)

    def _lose(self, lesson_id: str, what: str, which: str) -> None:
        self.lost.setdefault(lesson_id, {}).setdefault(what, []).append(which)


def after_removal(order: Sequence[str], before: Sequence[str]) -> int:
    """Find where something stood: after the last of those before it that are still there."""
    return max((order.index(each) + 1 for each in before if each in order), default=0)
