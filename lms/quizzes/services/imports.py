"""Bring a file's questions into a quiz, and take them back: both are edits of the quiz's text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask import current_app

from lms import db
from lms.audit.services import record
from lms.courses.models import CourseFigure
from lms.errors import Refused
from lms.files import store
from lms.files.models import StoredFile
from lms.quizzes.exchange.formats import Format
from lms.quizzes.exchange.pictures import names_in
from lms.quizzes.exchange.quiz_file import ItemStatus, Problem, QuizItem
from lms.quizzes.exchange.read_question import Lost, ReadQuestion, left_out, to_item
from lms.quizzes.models import AttemptItem, QuestionVersion, Quiz
from lms.quizzes.models.imports import QuizImport
from lms.quizzes.question_types.registry import with_kept_ids
from lms.quizzes.services import pictures, prepared, workshop
from lms.quizzes.services.import_reading import FileRead, read_file
from lms.quizzes.services.prepared import Change
from lms.quizzes.services.workshop import ReadyText
from lms.quizzes.services.workshop_plan import Bench, Titles, Wanted, plan_text
from lms.quizzes.workshop.reading import read_text
from lms.quizzes.workshop.values import Piece, TextRead
from lms.quizzes.workshop.writing import gift_of

MOST_BYTES = 20 * 1024 * 1024
OWNER = Quiz.__tablename__


class TextNotReady(Refused):
    """The quiz's own text has faults, or would be left without a question."""


class UndoOver(Refused):
    """An import can be taken back for 30 days, and once."""


# The file ------------------------------------------------------------------------------------


def keep_bytes(data: bytes) -> str:
    """Put a file's bytes into the store and return their SHA-256; before the write opens."""
    return store.put(current_app.config["LMS"].folder("files"), data)


def keep_row(
    quiz_id: int, *, sha256: str, size: int, name: str, media_type: str, by: int, now: datetime
) -> StoredFile:
    """Write down a file that was kept; the same bytes twice for a quiz are one row."""
    row = db.session().scalar(_files(quiz_id).where(StoredFile.sha256 == sha256).limit(1))
    if row is not None:
        return row
    row = StoredFile(
        sha256=sha256,
        size=size,
        media_type=media_type,
        name=name[:255],
        owner_type=OWNER,
        owner_id=quiz_id,
        created_at=now,
        created_by_id=by,
    )
    db.session().add(row)
    db.session().flush()  # the next page's address names it
    return row


def kept_file(quiz_id: int, file_id: int) -> StoredFile | None:
    """Return a file kept for a quiz; another quiz's is not found."""
    return db.session().scalar(_files(quiz_id).where(StoredFile.id == file_id))


def bytes_of(sha256: str) -> bytes:
    """Return a kept file's bytes."""
    return store.get(current_app.config["LMS"].folder("files"), sha256)


def _files(quiz_id: int) -> sa.Select[StoredFile]:
    return sa.select(StoredFile).where(
        StoredFile.owner_type == OWNER, StoredFile.owner_id == quiz_id
    )


# What it would do ----------------------------------------------------------------------------


class Verdict(StrEnum):
    """Say what happens to a question of a file."""

    NEW = "new"
    WORDS = "words"
    KEY = "key"
    SAME = "same"
    TAKEN = "taken"
    REFUSED = "refused"


@dataclass(frozen=True)
class Line:
    """A question of a file, and what taking it over would do."""

    read: ReadQuestion
    verdict: Verdict

    @property
    def is_open(self) -> bool:
        """Whether it can be taken over, and would change something."""
        return self.verdict in {Verdict.NEW, Verdict.WORDS, Verdict.KEY}


@dataclass(frozen=True)
class ImportPlan:
    """A file read against a quiz."""

    format: Format | None
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    has_more: bool = False

    def count(self, *verdicts: Verdict) -> int:
        """How many questions have one of these verdicts."""
        counts = Counter(line.verdict for line in self.lines)
        return sum(counts[verdict] for verdict in verdicts)


def plan_import(bench: Bench, data: bytes, file_name: str) -> ImportPlan:
    """Read a file and work out what it would do; slow, so never inside a write."""
    return _planned(bench, read_file(file_name, data=data))


def plan_kept(bench: Bench, file: StoredFile) -> ImportPlan:
    """Work out what a kept file would do; it is read where this process hasn't read it lately."""
    sha256 = file.sha256
    return _planned(bench, read_file(file.name, sha256=sha256, data=lambda: bytes_of(sha256)))


def _planned(bench: Bench, found: FileRead) -> ImportPlan:
    fitted = [fitting(bench, read) for read in found.questions]
    lines = tuple(Line(read, _verdict(bench, read)) for read in fitted)
    return ImportPlan(found.format, lines, found.problems, found.has_more)


def fitting(bench: Bench, read: ReadQuestion) -> ReadQuestion:
    """Leave out what this course has no place for, and say so."""
    if read.question is None:
        return read
    name = read.name or read.id
    facts = tuple(fact for fact in read.facts if fact in bench.facts)
    lesson = read.lesson if read.lesson in bench.lessons else ""
    lost = [left_out(read.line, name, Lost.FACTS, ", ".join(set(read.facts) - set(facts)))]
    problems = list(read.problems)
    problems += lost if facts != read.facts else []
    if lesson != read.lesson:
        problems.append(left_out(read.line, name, Lost.LESSON, read.lesson))
    return replace(read, facts=facts, lesson=lesson, problems=tuple(problems))


def _verdict(bench: Bench, read: ReadQuestion) -> Verdict:
    if read.question is None or not read.is_good:
        return Verdict.REFUSED
    before = bench.known.get(read.id)
    stands = before is not None and before.row.quiz_id is not None
    if read.id not in bench.own_ids and (stands or read.id in bench.content_ids):
        return Verdict.TAKEN
    if before is None or not stands:
        return Verdict.NEW
    new = with_kept_ids(prepared.rendered(read.question, bench.slug), before.question)
    return {
        Change.NEW: Verdict.NEW,
        Change.WORDS: Verdict.WORDS,
        Change.KEY: Verdict.KEY,
        Change.NONE: Verdict.SAME,
    }[prepared.compare(new, before.question)]


# Doing it ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReadyImport:
    """The quiz's text with the chosen questions in it; nothing slow is left to do."""

    texts: list[ReadyText]
    questions: list[dict[str, str]]
    format: str
    files: dict[str, bytes]


def make_ready(
    bench: Bench, plan: ImportPlan, chosen: Collection[str], *, as_drafts: bool
) -> ReadyImport | None:
    """Work the chosen questions into the quiz's text; None where nothing would change.

    Raise TextNotReady where the text can't be saved.
    """
    lines = [line for line in plan.lines if line.is_open and line.read.id in chosen]
    if not lines:
        return None
    pieces = _pieces(bench.source.text)
    texts: dict[str, str] = {}
    questions = []
    for line in lines:
        assert line.read.question is not None
        item = to_item(line.read, line.read.question)
        piece = pieces.get(item.id)
        if piece is not None and piece.item is not None:
            kept = piece.item
            item = replace(
                item,
                status=kept.status,
                lesson=item.lesson or kept.lesson,
                slot=item.slot or kept.slot,
                pinned=kept.pinned,
                facts=item.facts or kept.facts,
            )
        elif as_drafts:
            item = replace(item, status=ItemStatus.DRAFT)
        texts[item.id] = gift_of(item)
        questions.append(
            {
                "id": item.id,
                "change": line.verdict.value,
                "before": _lines_of(bench.source.text, piece),
                "after": texts[item.id],
                "category": "" if piece else item.category,
            }
        )
    text = _with(bench.source.text, texts, {q["id"]: q["category"] for q in questions})
    files = {name: data for line in lines for name, data in line.read.files.items()}
    pictures.lay_down(files)
    return ReadyImport(_saved(bench, text), questions, plan.format or "", files)


def _pieces(text: str) -> dict[str, Piece]:
    return {piece.item.id: piece for piece in read_text(text).pieces if piece.item is not None}


def _lines_of(text: str, piece: Piece | None) -> str:
    if piece is None:
        return ""
    return "\n".join(text.split("\n")[piece.first - 1 : piece.last]).strip("\n")


def _with(text: str, texts: Mapping[str, str], categories: Mapping[str, str]) -> str:
    """Put questions in the place of those with their ids, and the others after the last one."""
    read = read_text(text)
    left = dict(texts)
    lines = read.text.split("\n")
    for piece in reversed(_in_order(read)):
        if piece.item is not None and piece.item.id in left:
            new = left.pop(piece.item.id)
            lines[piece.first - 1 : piece.last] = ["", *new.split("\n"), ""] if new else []
    last = read.pieces[-1].item if read.pieces else None
    category = last.category if last is not None else ""
    for content_id, written in left.items():
        wanted = categories.get(content_id, "")
        if wanted != category:
            lines += ["", f"$CATEGORY: {wanted}"]
            category = wanted
        lines += ["", written]
    return "\n".join(lines) + "\n"


def _in_order(read: TextRead) -> list[Piece]:
    return sorted(read.pieces, key=lambda piece: piece.first)


def _saved(bench: Bench, text: str) -> list[ReadyText]:
    plan = plan_text(bench, text, Wanted(), Titles("", ""))
    if not plan.is_ready:
        raise TextNotReady(", ".join(str(problem) for problem in plan.read.errors[:3]))
    is_published = bench.quiz is not None and bench.quiz.is_published
    return workshop.make_ready(bench, plan, publishes=is_published)


def carry_out(
    bench: Bench, ready: ReadyImport, *, base: str, file_id: int, by: int, now: datetime
) -> QuizImport:
    """Save the text and remember what was brought in, inside the caller's write.

    Raise what `workshop.save_texts` raises.
    """
    assert bench.quiz is not None
    pictures.keep(bench.course_id, ready.files, by=by, now=now)
    [quiz] = workshop.save_texts(
        ready.texts, bench, bases={bench.quiz.content_id: base}, by=by, now=now
    )
    batch = QuizImport(
        quiz_id=quiz.id,
        file_id=file_id,
        format=ready.format,
        questions=ready.questions,
        made_at=now,
        made_by_id=by,
    )
    db.session().add(batch)
    db.session().flush()
    record(
        "quiz.imported",
        by=by,
        on=quiz,
        course_id=quiz.course_id,
        quiz=quiz.content_id,
        file=file_id,
        format=ready.format,
        questions=len(ready.questions),
    )
    return batch


def shown_pictures(course_id: int, texts: Sequence[str]) -> dict[str, bytes]:
    """Return the course's pictures that texts show, for a file that holds them."""
    names = {name for text in texts for name in names_in(text)}
    if not names:
        return {}
    rows = db.session().execute(
        sa.select(CourseFigure.name, StoredFile.sha256)
        .join(StoredFile, StoredFile.id == CourseFigure.file_id)
        .where(CourseFigure.course_id == course_id, CourseFigure.name.in_(names))
    )
    return {name: bytes_of(sha256) for name, sha256 in rows}


def imports_of(quiz_id: int) -> Sequence[QuizImport]:
    """List a quiz's imports, the latest first."""
    return (
        db.session()
        .scalars(
            sa.select(QuizImport)
            .where(QuizImport.quiz_id == quiz_id)
            .order_by(QuizImport.id.desc())
            .limit(50)
        )
        .all()
    )


# Taking it back ------------------------------------------------------------------------------


class Hold(StrEnum):
    """Say why a question of an import stays as it is."""

    CHANGED = "changed"
    ANSWERED = "answered"
    GONE = "gone"


@dataclass(frozen=True)
class UndoLine:
    """A question of an import, and whether it can be taken back."""

    id: str
    is_new: bool
    hold: Hold | None
    stem: str


@dataclass(frozen=True)
class UndoPlan:
    """What taking an import back would do now."""

    batch: QuizImport
    lines: tuple[UndoLine, ...]

    @property
    def free(self) -> tuple[UndoLine, ...]:
        """The questions that can be taken back."""
        return tuple(line for line in self.lines if line.hold is None)


def plan_undo(bench: Bench, batch: QuizImport) -> UndoPlan:
    """Say what taking back would do: whatever nobody has acted on since."""
    pieces = _pieces(bench.source.text)
    answered = _answered(bench)
    return UndoPlan(batch, tuple(_undo_line(each, pieces, answered) for each in batch.questions))


def _undo_line(
    each: Mapping[str, Any], pieces: Mapping[str, Piece], answered: Collection[str]
) -> UndoLine:
    piece = pieces.get(each["id"])
    hold = None
    if piece is None or piece.item is None:
        hold = Hold.GONE
    else:
        [after] = _pieces(each["after"]).values()
        if after.item is None or _said(piece.item) != _said(after.item):
            hold = Hold.CHANGED
        elif each["change"] != Verdict.WORDS and each["id"] in answered:
            hold = Hold.ANSWERED
    return UndoLine(each["id"], not each["before"], hold, piece.stem if piece else "")


def _said(item: QuizItem) -> tuple[object, ...]:
    """What somebody may have written of a question since; publishing alone sets its status."""
    return (item.question, item.title, item.lesson, item.slot, item.facts, item.tags, item.pinned)


def _answered(bench: Bench) -> frozenset[str]:
    """Find the questions whose present version stands in somebody's attempt."""
    by_version = {stored.version.id: content_id for content_id, stored in bench.known.items()}
    found = db.session().scalars(
        sa.select(QuestionVersion.id).where(
            QuestionVersion.id.in_(by_version),
            sa.exists().where(AttemptItem.question_version_id == QuestionVersion.id),
        )
    )
    return frozenset(by_version[version] for version in found)


def make_undo_ready(bench: Bench, plan: UndoPlan, *, now: datetime) -> list[ReadyText]:
    """Write the quiz's text without the import; raise UndoOver or TextNotReady."""
    if plan.batch.undone_at is not None or now > plan.batch.undo_until or not plan.free:
        raise UndoOver(plan.batch.id)
    free = {line.id for line in plan.free}
    before = {each["id"]: each["before"] for each in plan.batch.questions if each["id"] in free}
    return _saved(bench, _with(bench.source.text, before, {}))


def undo(
    bench: Bench,
    batch: QuizImport,
    texts: list[ReadyText],
    *,
    taken_back: int,
    by: int,
    now: datetime,
) -> None:
    """Take an import back, inside the caller's write; raise what `workshop.save_texts` raises."""
    assert bench.quiz is not None
    if batch.undone_at is not None:
        return  # a second click
    bases = {bench.quiz.content_id: bench.source.base}
    [quiz] = workshop.save_texts(texts, bench, bases=bases, by=by, now=now, retires=True)
    batch.undone_at, batch.undone_by_id = now, by
    record(
        "quiz.import_undone",
        by=by,
        on=quiz,
        course_id=quiz.course_id,
        quiz=quiz.content_id,
        questions=taken_back,
    )
