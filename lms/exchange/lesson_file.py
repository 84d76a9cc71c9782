"""A lesson's file: front matter between two lines of three dashes, then Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from lms.courses.exercises import Exercise
from lms.exchange.exercise_fields import read_exercise
from lms.exchange.problems import Problem, Reason
from lms.exchange.yaml_lines import Fields, Located, Sink, compose

MAX_MINUTES = 600
FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?\n)---[ \t]*(?:\n|\Z)", re.DOTALL)
_HAS_SCHEME = re.compile(r"(https?|mailto|tel):", re.IGNORECASE)
_CEDILLA = re.compile("[şţŞŢ]")


@dataclass(frozen=True)
class LessonFile:
    """A lesson as its file states it."""

    id: str
    path: str
    line: int  # of its id
    slug: str
    number: str
    title: dict[str, str]
    summary: dict[str, str]
    reading_minutes: int
    exercise_minutes: int
    test_minutes: int
    exercise: Exercise | None
    outcomes: tuple[int, ...]
    facts: tuple[Located, ...]
    sources: tuple[dict[str, str], ...]
    checked_on: date | None
    is_legal: bool
    body: str
    images: tuple[Located, ...]
    is_draft: bool = False  # learners do not see it

    @property
    def fact_ids(self) -> tuple[str, ...]:
        """The facts that it rests on."""
        return tuple(fact.text for fact in self.facts)


def check_cedillas(path: str, text: str, problems: list[Problem]) -> None:
    """Find letters that Romanian writes otherwise."""
    for number, line_text in enumerate(text.split("\n"), 1):
        if found := _CEDILLA.search(line_text):
            problems.append(Problem(path, number, Reason.CEDILLA, found[0]))


def read_lesson(
    path: str, text: str, problems: list[Problem], *, outcomes: int, id_pattern: re.Pattern[str]
) -> LessonFile | None:
    """Read a lesson; None where it has no front matter. Faults go to `problems`."""
    match = FRONT_MATTER.match(text)
    if match is None:
        problems.append(Problem(path, 1, Reason.NO_FRONT_MATTER))
        return None
    sink = Sink(path, problems, first_line=2)
    node = compose(match[1], sink)
    if node is None:
        return None
    fields = Fields.of(node, sink)
    body = text[match.end() :]
    images = _check_body(body, Sink(path, problems, first_line=1 + match[0].count("\n")))
    reading, exercise, test = _minutes(fields)
    lesson = LessonFile(
        id=fields.identifier("id", id_pattern),
        path=path,
        line=fields.line_of("id"),
        slug=path.rpartition("/")[2].removesuffix(".md"),
        number=fields.text("number", limit=12),
        title=fields.words("title", limit=255),
        summary=fields.words("summary", required=False),
        reading_minutes=reading,
        exercise_minutes=exercise,
        test_minutes=test,
        exercise=read_exercise(fields, id_pattern=id_pattern),
        outcomes=_outcomes(fields, outcomes),
        facts=tuple(fields.texts("facts", required=False)),
        sources=_sources(fields),
        checked_on=fields.day("checked_on", required=False),
        is_legal=fields.flag("legal", default=False),
        body=body,
        images=images,
        is_draft=fields.flag("draft", default=False),
    )
    fields.close()
    return lesson


def _minutes(fields: Fields) -> tuple[int, int, int]:
    minutes = fields.inner("minutes")
    if minutes is None:
        return 0, 0, 0
    reading = minutes.whole("reading", least=0, most=MAX_MINUTES)
    exercise = minutes.whole("exercise", least=0, most=MAX_MINUTES)
    test = minutes.whole("test", least=0, most=MAX_MINUTES, default=0)
    minutes.close()
    if not reading + exercise + test:
        fields.wrong("minutes", Reason.OUT_OF_RANGE)
    return reading, exercise, test


def _outcomes(fields: Fields, known: int) -> tuple[int, ...]:
    numbers = []
    for each in fields.texts("outcomes", required=False):
        if not each.text.isdecimal() or not 1 <= int(each.text[:9]) <= known:
            fields.sink.add(each.line, Reason.UNKNOWN_OUTCOME, each.text)
        else:
            numbers.append(int(each.text))
    return tuple(numbers)


def _sources(fields: Fields) -> tuple[dict[str, str], ...]:
    sources = []
    for each in fields.each("sources", required=False):
        source = {"title": each.text("title", limit=1000)}
        if url := each.address("url"):
            source["url"] = url
        each.close()
        sources.append(source)
    return tuple(sources)


@cache
def _parser() -> MarkdownIt:
    """Return a parser that still sees raw HTML, which our pages would show as text."""
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def _check_body(body: str, sink: Sink) -> tuple[Located, ...]:
    """Find what the page would not show as meant; return the pictures it wants."""
    if not body.strip():
        sink.add(sink.first_line, Reason.EMPTY_LESSON)
    images: list[Located] = []
    for token, line in body_tokens(body, sink.first_line):
        if token.type == "heading_open" and token.tag == "h1":
            sink.add(line, Reason.TITLE_IN_TEXT)
        elif token.type in ("html_block", "html_inline"):
            sink.add(line, Reason.RAW_HTML, token.content.strip()[:40])
        elif token.type == "image":
            images.append(Located(unquote(str(token.attrs.get("src", ""))), line))
        elif token.type == "link_open":
            target = str(token.attrs.get("href", ""))
            if not _HAS_SCHEME.match(target) and not target.startswith("#"):
                sink.add(line, Reason.BAD_LINK, unquote(target)[:200])
    return tuple(images)


def body_tokens(body: str, first_line: int = 1) -> Iterator[tuple[Token, int]]:
    """Walk blocks and what stands inside them, each with its line (lines inside are counted)."""
    line = first_line
    for token in _parser().parse(body):
        if token.map:
            line = first_line + token.map[0]
        yield token, line
        inner = line
        for child in token.children or []:
            yield child, inner
            if child.type in ("softbreak", "hardbreak"):
                inner += 1
