"""Several windows and people at one lesson in the same moment: nobody's words go."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from lms import clock, db
from lms.courses.models import Lesson, LessonDraft, LessonVersion
from lms.exchange import lesson_saving as saving
from lms.lesson_editor import drafts
from lms.lesson_editor.drafts import Seat
from tests.cast import Cast
from tests.certificates.test_issuing import at_once
from tests.exchange.sample import files, import_files


@pytest.fixture
def lesson_id(app: Flask, cast: Cast) -> int:
    with app.app_context():
        course_id = import_files(files())
        found = sa.select(Lesson.id).where(
            Lesson.course_id == course_id, Lesson.slug == "1-1-primul-pas"
        )
        lesson_id = db.session().scalars(found).one()
        db.end_reading()
    return lesson_id


def test_of_many_windows_at_once_one_keeps_a_draft_and_the_others_are_told(
    app: Flask, cast: Cast, lesson_id: int
) -> None:
    kept: list[Seat | None] = []

    def write(window: int) -> None:
        with db.writing():
            seat = Seat(f"w{window}")
            kept.append(
                drafts.keep(
                    lesson_id,
                    cast.persons["owner"],
                    seat,
                    text=f"{window}",
                    base="",
                    now=clock.now(),
                )
            )

    at_once(app, list(range(12)), write)
    (first,) = [seat for seat in kept if seat is not None]
    with app.app_context():
        row = db.session().scalars(sa.select(LessonDraft)).one()
        assert (row.window, row.number, f"w{row.text}") == (first.window, 1, first.window)
        db.end_reading()


def test_of_two_who_save_at_once_the_second_is_told(app: Flask, cast: Cast, lesson_id: int) -> None:
    with app.app_context():
        bench = saving.bench_of(lesson_id)
        db.end_reading()
    outdone: list[int] = []

    def save(number: int) -> None:
        read = saving.read_text(bench, bench.text + f"\nRândul {number}.\n")
        by = cast.persons["owner"]
        try:
            with db.writing():
                saving.save_lesson(bench, read, base=bench.base, by=by, now=clock.now())
        except saving.LessonChanged:
            outdone.append(number)

    at_once(app, list(range(6)), save)
    assert len(outdone) == 5
    with app.app_context():
        versions = sa.select(LessonVersion.number).order_by(LessonVersion.number)
        assert db.session().scalars(versions).all() == [1, 2]
        (saved,) = {0, 1, 2, 3, 4, 5} - set(outdone)
        assert saving.bench_of(lesson_id).text.endswith(f"Rândul {saved}.\n")
        db.end_reading()
