"""A course's files read into plain values, every fault with its file and line, all at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from lms.courses.completion import Edge, Kind
from lms.exchange import quiz_files as quizzes
from lms.exchange.course_fields import read_conditions, read_module
from lms.exchange.course_values import CourseFiles, FileKind, Item, ModuleFile, Reading
from lms.exchange.facts_file import FACTS, FactEntry, check_certain, read_facts
from lms.exchange.glossary_file import TermEntry, read_glossary
from lms.exchange.lesson_file import LessonFile, check_cedillas, read_lesson
from lms.exchange.opening_field import with_opening
from lms.exchange.paper_file import read_paper
from lms.exchange.pictures import PictureRefusedError, check_figure
from lms.exchange.problems import Problem, Reason
from lms.exchange.questionnaire_file import FILE_NAME, read_questionnaire
from lms.exchange.yaml_lines import Fields, Located, Sink, compose
from lms.papers.paper import Paper
from lms.quizzes.exchange.quiz_file import QuizFile
from lms.surveys.questions import Questionnaire

COURSE = "course.yaml"
MODULE = "module.yaml"
MAX_FILES = 1000
MAX_TEXT_BYTES = 1_000_000
MAX_TOTAL_BYTES = 40_000_000

_COURSE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
CONTENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", re.ASCII)
_FOLDER = re.compile(r"\d{1,3}-[a-z0-9][a-z0-9-]{0,70}", re.ASCII)
_LESSON_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,70}\.md", re.ASCII)
_GLOSSARY_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,70}\.yaml", re.ASCII)
_QUIZ_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,70}\.gift", re.ASCII)
_PAPER_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,70}\.yaml", re.ASCII)
_TEST = re.compile(r"tests/[a-z0-9][a-z0-9-]{0,70}\.gift", re.ASCII)
_FIGURE = re.compile(r"figures/[a-z0-9][a-z0-9_-]{0,100}\.(?:svg|png|jpg|gif|webp)", re.ASCII)
_RESERVED = frozenset({"import"})  # an address of the site


def read_course(files: Mapping[str, bytes]) -> Reading:
    """Read a course's files by path; never raise, and find every fault in one go."""
    reader = _Reader(files)
    course = reader.read()
    problems = tuple(sorted(set(reader.problems)))
    if any(p.is_error for p in problems):
        course = None
    return Reading(course, problems)


class _Reader:
    """One reading: what was found wrong so far, and which files were asked for."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.problems: list[Problem] = []
        self.used: set[str] = set()
        self.items: list[Item] = []
        self.ids: set[str] = set()

    def read(self) -> CourseFiles | None:
        """Read the course; None where there is no telling what it is."""
        if len(self.files) > MAX_FILES or sum(map(len, self.files.values())) > MAX_TOTAL_BYTES:
            self.problems.append(Problem("", 1, Reason.TOO_MANY_FILES))
            return None
        self._check_figures()
        course = self._course()
        for path in sorted(self.files) if COURSE in self.files else ():
            if path not in self.used and not path.startswith("figures/"):
                self.problems.append(Problem(path, 1, Reason.FILE_NOT_LISTED))
        return course

    # Files -----------------------------------------------------------------------------------

    def _text(self, path: str, mentioned: tuple[str, int] | None = None) -> str | None:
        """Return a file's text; where it can't be had, say so at the place that asks for it."""
        self.used.add(path)
        data = self.files.get(path)
        if data is None:
            at, line = mentioned or (path, 1)
            self.problems.append(Problem(at, line, Reason.FILE_MISSING, path))
            return None
        if len(data) > MAX_TEXT_BYTES:
            self.problems.append(Problem(path, 1, Reason.FILE_TOO_LARGE))
            return None
        try:
            text = data.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.problems.append(Problem(path, line, Reason.NOT_UTF8))
            return None
        check_cedillas(path, text, self.problems)
        return text

    def _item(self, path: str, kind: FileKind, content_id: str, line: int = 1) -> None:
        """Remember a file under an id that no other thing of the course has."""
        if content_id and self._is_new_id(path, line, content_id):
            self.items.append(Item(path, kind, content_id, self.files[path]))

    def _is_new_id(self, path: str, line: int, content_id: str) -> bool:
        if content_id.casefold() in self.ids:
            self.problems.append(Problem(path, line, Reason.DUPLICATE_ID, content_id))
            return False
        self.ids.add(content_id.casefold())
        return True

    def _check_figures(self) -> None:
        for path in sorted(p for p in self.files if p.startswith("figures/")):
            if not _FIGURE.fullmatch(path):
                self.problems.append(Problem(path, 1, Reason.BAD_FILE_NAME))
                continue
            try:
                check_figure(path, self.files[path])
            except PictureRefusedError as error:
                self.problems.append(Problem(path, error.line, error.reason, error.detail))
            self._item(path, FileKind.FIGURE, path)

    # Course and facts ------------------------------------------------------------------------

    def _course(self) -> CourseFiles | None:
        text = self._text(COURSE)
        if text is None:
            return None
        sink = Sink(COURSE, self.problems)
        fields = Fields.of(compose(text, sink), sink)
        course_id = fields.identifier("id", _COURSE_ID)
        if course_id in _RESERVED:
            fields.wrong("id", Reason.BAD_ID)
        self._item(COURSE, FileKind.COURSE, course_id, fields.line_of("id"))
        course = CourseFiles(
            id=course_id,
            title=fields.words("title", limit=255),
            summary=fields.words("summary", required=False),
            modules_in_order=fields.flag("modules_in_order", default=True),
            conditions=read_conditions(fields),
            facts=self._facts(),
            questionnaire=self._questionnaire(fields),
            modules=(),
            items=(),
            glossary=self._glossary(fields),
        )
        self._check_form(course, fields)
        folders = fields.texts("modules")
        papers = fields.texts("papers", required=False)
        modules = [self._module(folder) for folder in folders]
        tests = self._tests(fields)
        found = with_opening(fields, [m for m in modules if m is not None], course.modules_in_order)
        fields.close()
        course = replace(course, modules=found, tests=tests)
        course = replace(course, papers=self._papers(course, papers), bank=self._bank())
        if Kind.TESTS_TAKEN in dict(course.conditions) and not tests:
            self._wrong(COURSE, fields.line_of("conditions"), Reason.NO_COURSE_TESTS)
        self._check_references(course)
        self.items.sort(key=lambda item: item.kind is FileKind.FIGURE)  # figures last
        return replace(course, items=tuple(self.items))

    def _facts(self) -> tuple[FactEntry, ...]:
        if FACTS not in self.files:
            return ()
        text = self._text(FACTS)
        if text is None:
            return ()
        self._item(FACTS, FileKind.FACTS, FACTS)
        return read_facts(text, self.problems)

    def _glossary(self, fields: Fields) -> tuple[TermEntry, ...]:
        name = fields.short("glossary", required=False)
        if not name:
            return ()
        mentioned = (COURSE, fields.line_of("glossary"))
        if not _GLOSSARY_NAME.fullmatch(name) or name in (COURSE, FACTS):
            self.problems.append(Problem(*mentioned, Reason.BAD_FILE_NAME, name))
            return ()
        text = self._text(name, mentioned)
        if text is None:
            return ()
        self._item(name, FileKind.GLOSSARY, name)
        return read_glossary(name, text, self.problems)

    def _questionnaire(self, fields: Fields) -> Questionnaire | None:
        path = fields.short("questionnaire", required=False)
        if not path:
            return None
        line = fields.line_of("questionnaire")
        if not FILE_NAME.fullmatch(path) or path in (COURSE, FACTS):
            self.problems.append(Problem(COURSE, line, Reason.BAD_FILE_NAME, path))
            return None
        text = self._text(path, (COURSE, line))
        if text is None:
            return None
        questionnaire, id_line = read_questionnaire(path, text, self.problems)
        self._item(path, FileKind.QUESTIONNAIRE, questionnaire.id, id_line)
        return questionnaire

    # Modules ---------------------------------------------------------------------------------

    def _module(self, folder: Located) -> ModuleFile | None:
        mentioned = (COURSE, folder.line)
        if not _FOLDER.fullmatch(folder.text):
            self.problems.append(Problem(*mentioned, Reason.BAD_FILE_NAME, folder.text))
            return None
        base = f"modules/{folder.text}"
        path = f"{base}/{MODULE}"
        text = self._text(path, mentioned)
        if text is None:
            return None
        sink = Sink(path, self.problems)
        fields = Fields.of(compose(text, sink), sink)
        module = read_module(fields, folder.text, CONTENT_ID)
        self._item(path, FileKind.MODULE, module.id, fields.line_of("id"))
        names = fields.texts("lessons")
        lessons = [self._lesson(base, name, path, len(module.outcomes)) for name in names]
        quiz = self._quiz(base, fields, path)
        fields.close()
        found = tuple(lesson for lesson in lessons if lesson is not None)
        return replace(module, lessons=found, quiz=quiz, more_quizzes=self._more_quizzes(base))

    def _lesson(self, base: str, name: Located, module: str, outcomes: int) -> LessonFile | None:
        if not _LESSON_NAME.fullmatch(name.text):
            self.problems.append(Problem(module, name.line, Reason.BAD_FILE_NAME, name.text))
            return None
        path = f"{base}/lessons/{name.text}"
        text = self._text(path, (module, name.line))
        if text is None:
            return None
        lesson = read_lesson(path, text, self.problems, outcomes=outcomes, id_pattern=CONTENT_ID)
        if lesson is not None:
            self._item(path, FileKind.LESSON, lesson.id, lesson.line)
        return lesson

    def _quiz(self, base: str, fields: Fields, module: str) -> QuizFile | None:
        name = fields.short("quiz", required=False)
        if not name:
            return None
        line = fields.line_of("quiz")
        if not _QUIZ_NAME.fullmatch(name):
            self.problems.append(Problem(module, line, Reason.BAD_FILE_NAME, name))
            return None
        return self._read_quiz(f"{base}/{name}", (module, line))

    def _more_quizzes(self, base: str) -> tuple[QuizFile, ...]:
        """Read the quizzes that trainers added beside the one that module.yaml names."""
        found = [self._read_quiz(path, (path, 1)) for path in quizzes.more_paths(base, self.files)]
        return tuple(quiz for quiz in found if quiz is not None)

    def _tests(self, fields: Fields) -> dict[Edge, QuizFile]:
        """Read the tests before the first and after the last module."""
        asked = fields.inner("tests", required=False)
        if asked is None:
            return {}
        named = {edge: asked.short(edge.value, required=False) for edge in Edge}
        found: dict[Edge, QuizFile] = {}
        for edge, path in named.items():
            mentioned = (COURSE, asked.line_of(edge.value))
            if path and not _TEST.fullmatch(path):
                self._wrong(*mentioned, Reason.BAD_FILE_NAME, path)
            elif path and path in self.used:
                self._wrong(*mentioned, Reason.DUPLICATE_ENTRY, path)
            elif path:
                quiz = self._read_quiz(path, mentioned, edge, has_final=bool(named[Edge.END]))
                if quiz is not None:
                    found[edge] = quiz
        asked.close()
        return found

    def _read_quiz(
        self,
        path: str,
        mentioned: tuple[str, int],
        edge: Edge | None = None,
        *,
        has_final: bool = False,
    ) -> QuizFile | None:
        text = self._text(path, mentioned)
        if text is None:
            return None
        quiz = quizzes.read_quiz(path, text, self._words(path), self.problems)
        self.problems += quizzes.check_rules(path, text, quiz, edge, has_final)
        self._questions(path, quiz, FileKind.QUIZ, quiz.id)
        return quiz

    def _bank(self) -> QuizFile:
        """Read the questions that no quiz has."""
        path = quizzes.BANK
        text = self._text(path) if path in self.files else None
        if text is None:
            return QuizFile()
        bank = quizzes.read_bank(path, text, self._words(path), self.problems)
        self._questions(path, bank, FileKind.BANK, path)
        return bank

    def _words(self, path: str) -> str | None:
        there = quizzes.words_path(path)
        return self._text(there) if there in self.files else None

    def _questions(self, path: str, quiz: QuizFile, kind: FileKind, content_id: str) -> None:
        self._item(path, kind, content_id)
        there = quizzes.words_path(path)
        if there in self.files and content_id:
            self._item(there, FileKind.QUIZ_WORDS, quizzes.words_id(content_id))
        for item in quiz.items:
            self._is_new_id(path, item.line, item.id)

    # Working papers --------------------------------------------------------------------------

    def _papers(self, course: CourseFiles, names: Sequence[Located]) -> tuple[Paper, ...]:
        """Read the working papers, and check what they name and what names them."""
        codes = {fact.id: fact.confidence for fact in course.facts}
        numbers = {lesson.number for lesson in course.lessons}
        papers = []
        for name in names:
            if not _PAPER_NAME.fullmatch(name.text):
                self._wrong(COURSE, name.line, Reason.BAD_FILE_NAME, name.text)
                continue
            path = f"papers/{name.text}"
            text = self._text(path, (COURSE, name.line))
            if text is None:
                continue
            paper, lines = read_paper(path, text, self.problems)
            self._item(path, FileKind.PAPER, paper.id)
            papers.append(paper)
            check_certain(path, lines["facts"], codes, self.problems)
            for each in lines["lessons"]:
                if each.text not in numbers:
                    self._wrong(path, each.line, Reason.UNKNOWN_LESSON, each.text)
        self._check_papers_of_exercises(course, {paper.id for paper in papers})
        return tuple(papers)

    def _check_papers_of_exercises(self, course: CourseFiles, papers: set[str]) -> None:
        for lesson in course.lessons:
            wanted = lesson.exercise.paper if lesson.exercise else ""
            if wanted and wanted not in papers:
                self._wrong(lesson.path, lesson.line, Reason.UNKNOWN_PAPER, wanted)

    # What refers to what -----------------------------------------------------------------------

    def _check_references(self, course: CourseFiles) -> None:
        codes = {fact.id: fact.confidence for fact in course.facts}
        facts = set(codes)
        for item in (i for i in self.items if i.kind is FileKind.GLOSSARY):
            named = [entry.fact for entry in course.glossary if entry.fact]
            check_certain(item.path, named, codes, self.problems)
        numbers: set[str] = set()
        for lesson in course.lessons:
            if lesson.number and lesson.number in numbers:
                self._wrong(lesson.path, lesson.line, Reason.DUPLICATE_ENTRY, lesson.number)
            numbers.add(lesson.number)
            for fact in lesson.facts:
                if fact.text not in facts:
                    self._wrong(lesson.path, fact.line, Reason.UNKNOWN_FACT, fact.text)
        self._check_module_numbers(course.modules)
        for item in (i for i in self.items if i.kind in (FileKind.QUIZ, FileKind.BANK)):
            self._check_quiz(course, item, facts, numbers)
        for path in quizzes.without_english(self.items):
            self._wrong(path, 1, Reason.NO_ENGLISH)
        self._check_pictures(course)

    def _check_form(self, course: CourseFiles, fields: Fields) -> None:
        """A form that is asked for must be there, or nobody could complete the course."""
        asked = dict(course.conditions).get(Kind.FORM_SUBMITTED)
        there = course.questionnaire.id if course.questionnaire else None
        conditions = fields.inner("conditions", required=False)
        if asked is not None and conditions is not None and asked["form"] != there:
            line = conditions.line_of(Kind.FORM_SUBMITTED.value)
            self._wrong(COURSE, line, Reason.UNKNOWN_FORM, str(asked["form"]))

    def _check_module_numbers(self, modules: Sequence[ModuleFile]) -> None:
        for place, module in enumerate(modules, 1):
            if module.number != place:
                path = f"modules/{module.slug}/{MODULE}"
                self._wrong(path, 1, Reason.OUT_OF_RANGE, "number")

    def _check_quiz(
        self, course: CourseFiles, item: Item, facts: set[str], numbers: set[str]
    ) -> None:
        found = (quiz for quiz in course.quizzes if quiz.id == item.content_id)
        quiz = course.bank if item.kind is FileKind.BANK else next(found)
        for question in quiz.items:
            for fact in question.facts:
                if fact not in facts:
                    self._wrong(item.path, question.line, Reason.UNKNOWN_FACT, fact)
            if question.lesson and question.lesson not in numbers:
                self._wrong(item.path, question.line, Reason.UNKNOWN_LESSON, question.lesson)

    def _check_pictures(self, course: CourseFiles) -> None:
        asked = (*course.quizzes, course.bank)
        used = {f"figures/{name}" for quiz in asked for name in quizzes.pictures_of(quiz)}
        for lesson in course.lessons:
            for image in lesson.images:
                used.add(image.text)
                if image.text not in self.files or not _FIGURE.fullmatch(image.text):
                    self._wrong(lesson.path, image.line, Reason.FIGURE_MISSING, image.text)
        for path in self.files:
            if path.startswith("figures/") and path not in used:
                self._wrong(path, 1, Reason.FIGURE_NOT_USED)

    def _wrong(self, path: str, line: int, reason: Reason, detail: str = "") -> None:
        self.problems.append(Problem(path, line, reason, detail))
