"""A small invented course as files, and what tests do with it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import sqlalchemy as sa

from lms import db
from lms.courses.models import ContentItem, Course
from lms.db import Base
from lms.exchange import services
from lms.exchange.course_files import read_course
from tests.cast import EPOCH

OS2 = Path(__file__).parents[2] / "content" / "os2"
QUIZ = "modules/1-inceputul/quiz.gift"
LESSON = "modules/1-inceputul/lessons/1-1-primul-pas.md"
SECOND = "modules/1-inceputul/lessons/1-2-al-doilea-pas.md"
MODULE = "modules/1-inceputul/module.yaml"
FIGURE = "figures/drum.svg"

_TEXTS = {
    "course.yaml": """id: proba
title: {ro: Curs de probă, en: Sample course}
summary: {ro: Pe scurt., en: In short.}
modules_in_order: true
modules: [1-inceputul]
conditions: {lessons_read: all, quizzes_passed: all}
""",
    "facts.yaml": """- id: A1
  statement: O asociație are cel puțin trei membri.
  source: Lege inventată, art. 1
  confidence: V
  checked_on: 2026-11-22
- id: A2
  statement: Cererea se depune în treizeci de zile.
  source: De verificat
  confidence: G
""",
    MODULE: """id: proba-m1
number: 1
title: {ro: Începutul, en: The beginning}
summary: {ro: Primii pași., en: First steps.}
hours: "1.5"
outcomes:
  - {ro: Faceți primul pas., en: Take the first step.}
lessons: [1-1-primul-pas.md, 1-2-al-doilea-pas.md]
quiz: quiz.gift
""",
    LESSON: """---
id: proba-1-1
number: "1.1"
title: {ro: Primul pas, en: The first step}
summary: {ro: Cum începeți., en: How to begin.}
minutes: {reading: 5, exercise: 10, test: 0}
exercise: {title: {ro: Un desen, en: A drawing}, trace: text, prompt: {ro: Scrieți., en: Write.}}
outcomes: [1]
facts: [A1]
sources:
  - {title: Lege inventată, url: "https://example.org/lege"}
checked_on: 2026-11-22
---

## Drumul

![Un drum](figures/drum.svg)

Mergeți **înainte**.
""",
    SECOND: """---
id: proba-1-2
number: "1.2"
title: {ro: Al doilea pas, en: The second step}
minutes: {reading: 5, exercise: 0}
---

Și încă unul.
""",
    QUIZ: """---
id: proba-q1
title: {ro: Testul, en: The test}
draw: 2
---

// [id:proba-q1-01] [fact:A1] [lesson:1.1]
::Unu::Câți membri are cel puțin o asociație? {
=trei#Corect.
~doi#Prea puțini.
~zece#Prea mulți.
}

// [id:proba-q1-02] [lesson:1.2]
::Doi::Mergem înainte. {TRUE#Ba da.#Corect.}

// [id:proba-q1-03] [fact:A2] [status:draft]
::Trei::În câte zile se depune cererea? {#30:0}
""",
    FIGURE: """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">
<title>Drum</title><path d="M0 0h9"/></svg>
""",
}


def files() -> dict[str, bytes]:
    """Return the sample course's files."""
    return {path: text.encode() for path, text in _TEXTS.items()}


def replaced(path: str, old: str, new: str) -> dict[str, bytes]:
    """Return the sample with one piece of one file put otherwise."""
    course = files()
    assert old.encode() in course[path], f"{old!r} is not in {path}"
    course[path] = course[path].replace(old.encode(), new.encode(), 1)
    return course


def os2_files() -> dict[str, bytes]:
    """Return the files of the course that comes with the product."""
    return {p.relative_to(OS2).as_posix(): p.read_bytes() for p in OS2.rglob("*") if p.is_file()}


def import_files(course_files: dict[str, bytes], **options: object) -> int:
    """Import files that have no fault; return the course's id."""
    reading = read_course(course_files)
    assert reading.course is not None, reading.errors
    course_id = services.import_course(reading.course, by=None, now=EPOCH, **options)
    db.end_reading()
    return course_id


def store_digest() -> str:
    """Return one hash over every row of every table."""
    found = hashlib.sha256()
    with db.db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            rows = connection.execute(table.select().order_by(*table.primary_key.columns)).all()
            found.update(f"{table.name}{rows}".encode())
    return found.hexdigest()


def change_in_site(content_id: str, old: str, new: str) -> None:
    """Do what an editor of the site does: change the source, leave the base."""
    with db.writing() as session:
        row = session.scalars(
            sa.select(ContentItem).where(ContentItem.content_id == content_id)
        ).one()
        row.source = row.source.replace(old.encode(), new.encode())
        row.source_hash = hashlib.sha256(row.source).hexdigest()
        session.get(Course, row.course_id).version += 1
