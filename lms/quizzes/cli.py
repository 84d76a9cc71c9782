"""Files of questions from the shell: what they hold, and the same in another format.

Neither needs an instance: `lms` runs these commands before it looks for one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from lms.files.durable import write_whole
from lms.quizzes.exchange.described import Counts, problems_as_dicts, question_as_dict
from lms.quizzes.exchange.formats import (
    WRITE_ONLY,
    Format,
    Reading,
    format_of_name,
    read_questions,
    write_questions,
)
from lms.quizzes.exchange.quiz_file import Problem
from lms.quizzes.exchange.read_question import ReadQuestion
from lms.quizzes.words.exchange_words import said
from lms.web.i18n import in_locale

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_IN = click.Choice([name.value for name in Format if name not in WRITE_ONLY])
_OUT = click.Choice([name.value for name in Format])


@click.group("questions", epilog="Example:  lms questions read intrebari.xml --json")
def questions() -> None:
    """Look into files of questions, and convert them; no database is touched."""


@questions.command("read", epilog="Example:  lms questions read intrebari.xml --json")
@click.argument("file", type=_FILE)
@click.option("--format", "name", type=_IN, help="The file's format, where it doesn't show it.")
@click.option("--json", "as_json", is_flag=True, help="Print everything, for a program.")
def read_command(file: Path, name: str | None, as_json: bool) -> None:
    """Print what a file of questions holds: types, texts, options, and problems by line."""
    with file.open("rb") as stream:
        reading = read_questions(stream, file.name, Format(name) if name else None)
        counts = Counts()
        lines = _json(file, reading, counts) if as_json else _plain(reading, counts)
        for line in lines:
            click.echo(line)
    if not counts.questions:
        raise click.ClickException("The file has no questions that could be read.")


@questions.command("convert", epilog="Example:  lms questions convert intrebari.xml intrebari.gift")
@click.argument("file", type=_FILE)
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--from", "name", type=_IN, help="The file's format, where it doesn't show it.")
@click.option("--format", "wanted", type=_OUT, help="The format to write; else the name decides.")
@click.option("--language", type=click.Choice(["ro", "en"]), default="ro", show_default=True)
@click.option("--title", default="", help="The title of a test for paper.")
def convert_command(  # noqa: PLR0917 -- click hands them over by name
    file: Path, target: Path, name: str | None, wanted: str | None, language: str, title: str
) -> None:
    """Write a file's good questions in another format; what was left out is said by line."""
    to = Format(wanted) if wanted else format_of_name(target.name)
    if to is None:
        raise click.ClickException(f"{target.name} does not show a format; name it with --format.")
    if target.exists():
        raise click.ClickException(f"{target} exists already; nothing was written.")
    counts = Counts()
    with file.open("rb") as stream:
        reading = read_questions(stream, file.name, Format(name) if name else None)
        good = _good(reading.questions, counts)
        written = write_questions(good, to, title=title or file.stem, language=language)
    _complain(reading.problems)
    _complain(written.problems)
    if not counts.good:
        raise click.ClickException("The file has no questions to convert; nothing was written.")
    write_whole(target, written.data)
    click.echo(f"{counts.good} of {counts.questions} questions are in {target}.")


def _good(read: Iterable[ReadQuestion], counts: Counts) -> Iterator[ReadQuestion]:
    for each in read:
        counts.add(each)
        _complain(each.problems)
        if each.is_good:
            yield each


def _sentences(problem: Problem) -> dict[str, str]:
    found = {}
    for locale in ("en", "ro"):
        with in_locale(locale):
            found[locale] = said(problem)
    return found


def _complain(problems: Iterable[Problem]) -> None:
    for problem in problems:
        click.echo(_line(problem), err=True)


def _line(problem: Problem) -> str:
    where = f"line {problem.line}: " if problem.line else ""
    with in_locale("en"):
        text = said(problem)
    item = f" [{problem.item}]" if problem.item else ""
    return f"{problem.severity.value}: {where}{text}{item}"


def _json(file: Path, reading: Reading, counts: Counts) -> Iterator[str]:
    """Write one document, question by question: none waits in memory for the last."""
    head = {"file": file.name, "format": reading.format.value if reading.format else None}
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "questions": ['
    before = ""
    for read in reading.questions:
        counts.add(read)
        values = question_as_dict(read, _sentences)
        yield before + json.dumps(values, ensure_ascii=False)
        before = ","
    problems = problems_as_dicts(reading.problems, _sentences)
    end = {"problems": problems, "counts": counts.as_dict()}
    yield "], " + json.dumps(end, ensure_ascii=False)[1:]


def _plain(reading: Reading, counts: Counts) -> Iterator[str]:
    for read in reading.questions:
        counts.add(read)
        kind = (
            read.question.type if read.question else f"kept out: {read.type_name or 'unreadable'}"
        )
        stem = " ".join(read.question.stem.split())[:70] if read.question else ""
        yield f"{read.line:>6}  {kind:<18} {read.id:<24} {read.name or stem}"
        yield from (f"        {_line(problem)}" for problem in read.problems)
    yield from (_line(problem) for problem in reading.problems)
    found = reading.format.value if reading.format else "unknown"
    yield f"{counts.good} good, {counts.kept_out} kept out; format {found}"
