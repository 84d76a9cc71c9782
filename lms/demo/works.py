"""Works of the demonstration: handed in, read, commented on, reopened, begun; without chance."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app
from PIL import Image, ImageDraw

from lms import clock, db
from lms.accounts.models import Person
from lms.courses.exercises import Trace
from lms.courses.models import Enrolment, LessonProgress
from lms.courses.outline import LessonEntry, Outline
from lms.demo import work_texts
from lms.files import store
from lms.submissions import services
from lms.submissions.drafts import Stamp
from lms.submissions.models import Submission
from lms.submissions.services import KeptFile, Task

_LESSONS = 9  # of the course's beginning: enough for a queue that looks alive


@dataclass(frozen=True)
class _Reader:
    """Somebody who has read a lesson: whose turn it is, and when it was read."""

    enrolment_id: int
    place: int
    read_at: datetime


def hand_in_works(enrolments: Sequence[int], outline: Outline, *, learner: int) -> None:
    """Hand in what the invented people have done, and let the trainer say something to it."""
    trainer = db.session().scalars(sa.select(Person.id).filter_by(sign_in_name="formator")).one()
    places = {enrolment_id: place for place, enrolment_id in enumerate(enrolments)}
    read = _readers(places, outline)
    db.end_reading()
    picture = _sheet()
    first = enumerate(outline.exercises[:_LESSONS])
    texts = [at for at, le in first if le.exercise and le.exercise.trace is Trace.TEXT]
    begun_at = max(texts, default=-1)
    with db.writing():
        proposals = iter(work_texts.PROPOSALS)
        for at, entry in enumerate(outline.exercises):
            assert entry.exercise is not None
            readers = read.get(entry.id, [])
            if entry.exercise.is_proposal:
                readers = readers[: len(work_texts.PROPOSALS)]
                for reader, proposal in zip(readers, proposals, strict=False):
                    _hand_in(entry, reader, dict(zip(_names(entry), proposal, strict=False)), 1)
            elif at < _LESSONS:
                _do(entry, at, readers, picture, learner=learner, begun_at=begun_at)
            _comment_on(entry, at, trainer=trainer, learner=learner)


def _readers(places: dict[int, int], outline: Outline) -> dict[int, list[_Reader]]:
    rows = db.session().execute(
        sa.select(LessonProgress.lesson_id, LessonProgress.enrolment_id, LessonProgress.read_at)
        .where(
            LessonProgress.enrolment_id.in_(places),
            LessonProgress.read_at.is_not(None),
            LessonProgress.lesson_id.in_([entry.id for entry in outline.exercises]),
        )
        .order_by(LessonProgress.read_at, LessonProgress.enrolment_id)
    )
    found: dict[int, list[_Reader]] = {}
    for lesson_id, enrolment_id, read_at in rows:
        assert read_at is not None
        found.setdefault(lesson_id, []).append(_Reader(enrolment_id, places[enrolment_id], read_at))
    return found


def _do(
    entry: LessonEntry,
    at: int,
    readers: Iterable[_Reader],
    picture: KeptFile,
    *,
    learner: int,
    begun_at: int,
) -> None:
    """Let some do a lesson's exercise; the learner who signs in does all, and one only half."""
    assert entry.exercise is not None
    texts = work_texts.TEXTS.get(entry.number, (work_texts.FALLBACK,))
    trace = entry.exercise.trace
    for count, reader in enumerate(readers):
        is_learner = reader.enrolment_id == learner
        if not is_learner and (reader.place + at) % (11 if trace is not Trace.TICK else 3):
            continue
        if trace is Trace.TEXT:
            content = {"text": texts[count % len(texts)]}
            if at == begun_at if is_learner else reader.place % 5 == 4:
                _begin(entry, reader, content)
            else:
                _hand_in(entry, reader, content, 1)
        elif trace is Trace.FILE:
            _hand_in(entry, reader, {}, 1, file=picture)
        elif trace is Trace.FORM and entry.number in work_texts.FORMS:
            written = zip(_names(entry), work_texts.FORMS[entry.number], strict=False)
            _hand_in(entry, reader, dict(written), 1)
        elif trace is Trace.TICK:
            _hand_in(entry, reader, {}, 1)


def _names(entry: LessonEntry) -> list[str]:
    assert entry.exercise is not None
    return [field.id for field in entry.exercise.fields]


def _task(entry: LessonEntry, enrolment_id: int) -> Task:
    assert entry.exercise is not None
    return Task(enrolment_id, entry.id, entry.exercise)


@contextmanager
def _in_the_past(enrolment_id: int, at: datetime) -> Iterator[None]:
    """Do something at a time that lies before the person's last sign of life, which stays."""
    enrolment = db.session().get_one(Enrolment, enrolment_id)
    last = enrolment.last_activity_at, enrolment.last_lesson_id
    with clock.stopped_at(at):
        yield
    if last[0] is not None and last[0] > at:
        enrolment.last_activity_at, enrolment.last_lesson_id = last


def _hand_in(
    entry: LessonEntry,
    reader: _Reader,
    content: dict[str, str],
    turn: int,
    *,
    file: KeptFile | None = None,
) -> None:
    now = reader.read_at + timedelta(minutes=25 + reader.place % 30)
    with _in_the_past(reader.enrolment_id, now):
        services.hand_in(
            _task(entry, reader.enrolment_id), content, Stamp("demo", turn, 0), now=now, file=file
        )


def _begin(entry: LessonEntry, reader: _Reader, content: dict[str, str]) -> None:
    now = reader.read_at + timedelta(minutes=15)
    half = {name: text[: len(text) // 2] for name, text in content.items()}
    with _in_the_past(reader.enrolment_id, now):
        services.save_draft(_task(entry, reader.enrolment_id), half, Stamp("demo", 1, 0), now=now)


def _comment_on(entry: LessonEntry, at: int, *, trainer: int, learner: int) -> None:
    """Read the older half of what was handed in, the learner's first; close some, reopen others."""
    works = (
        db.session()
        .scalars(
            sa.select(Submission)
            .where(Submission.lesson_id == entry.id, Submission.version_number > 0)
            .order_by(Submission.enrolment_id != learner, Submission.handed_in_at, Submission.id)
        )
        .all()
    )
    worth = [work for work in works if work.trace is not Trace.TICK]
    for count, work in enumerate(worth[: (len(worth) + 1) // 2]):
        assert work.handed_in_at is not None
        now = work.handed_in_at + timedelta(days=1, hours=2)
        with clock.stopped_at(now):
            turn = (count + at) % 4
            if turn == 0:
                services.mark_read(work, number=work.version_number, by=trainer, now=now)
            else:
                _say(work, turn, count, trainer=trainer, now=now)
        if turn == 3 and count % 2 and work.trace is Trace.TEXT:
            _again(entry, work)


def _say(work: Submission, turn: int, count: int, *, trainer: int, now: datetime) -> None:
    texts = work_texts.REOPENING if turn == 3 else work_texts.CLOSING
    services.comment(
        work,
        texts[count % len(texts)],
        number=work.version_number,
        reopens=turn == 3,
        key="demo",
        by=trainer,
        now=now,
    )


def _again(entry: LessonEntry, work: Submission) -> None:
    """Hand in once more, after what the trainer has said."""
    assert work.handed_in_at is not None
    newest = services.newest_version(work.id)
    assert newest is not None
    text = newest.content["text"] + work_texts.AFTER_REOPENING
    later = _Reader(work.enrolment_id, 0, work.handed_in_at + timedelta(days=3))
    _hand_in(entry, later, {"text": text}, 2)


def _sheet() -> KeptFile:
    """Draw a sheet as if it had been photographed: circles, lines, no words."""
    picture = Image.new("RGB", (900, 640), "#f6f3ea")
    pen = ImageDraw.Draw(picture)
    middle = (450, 320)
    for x, y in ((170, 140), (720, 130), (150, 500), (740, 510), (450, 560)):
        pen.line((*middle, x, y), fill="#40505a", width=3)
        pen.ellipse((x - 80, y - 50, x + 80, y + 50), fill="#ffffff", outline="#40505a", width=3)
        for row in range(3):
            pen.line(
                (x - 45, y - 16 + 16 * row, x + 40 - 12 * row, y - 16 + 16 * row), "#7a8a94", 3
            )
    pen.ellipse((340, 250, 560, 390), fill="#e3f0ed", outline="#0b5c55", width=5)
    for row in range(3):
        pen.line((390, 298 + 20 * row, 505 - 25 * row, 298 + 20 * row), "#0b5c55", 4)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    data = out.getvalue()
    folder = current_app.config["LMS"].folder("files")
    return KeptFile(store.put(folder, data), len(data), "foaia-mea.png", "image/png")
