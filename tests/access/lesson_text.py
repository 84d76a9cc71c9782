"""What the form of a lesson's text sends."""

from __future__ import annotations

from lms.courses.models import Lesson
from lms.db import db
from lms.exchange.lesson_saving import bench_of
from lms.lesson_editor.front import taken_apart
from tests.access.world import World


def lesson_text(world: World, _part: str) -> dict[str, str]:
    """Return the first lesson's form with another text."""
    with world.app.app_context():
        here = db.session.query(Lesson).filter_by(course_id=world.cast.course_id)
        bench = bench_of(here.filter_by(slug="1-1-primul-pas").one().id)
        parts = taken_apart(bench.text)
        db.session.rollback()
    reading, exercise, test = parts.minutes
    return {
        "title_ro": parts.title_ro,
        "title_en": parts.title_en,
        "reading": reading,
        "exercise": exercise,
        "test": test,
        "rest": parts.rest,
        "body": "Cu totul altfel.",
        "base": bench.base,
        "do": "save",
    }
