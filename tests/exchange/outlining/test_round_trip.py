"""After every act the files say what the tables say: what is exported is imported as it is."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from lms import db
from lms.courses.models import BinnedPart, Lesson, Module
from lms.exchange import services
from lms.exchange.course_files import read_course
from lms.exchange.plan import Verdict, plan_import
from tests.exchange.outlining.test_outline import (  # noqa: F401 -- fixtures
    course_id,
    done,
    exported,
    trainer,
)
from tests.exchange.sample import import_files

TITLES = {"ro:proba-1-1": "Altfel", "en:proba-1-1": "Otherwise"}
NEW = {"new-ro:proba-m1": "Un pas nou", "new-en:proba-m1": "A new step"}
ASKED = {"ask:quizzes_passed": "1", "ask:hours_attended": "1", "hours": "2", "in_order": "1"}
ACTS = [
    ("up:proba-1-2", {}),
    ("down:proba-1-2", {}),
    ("up:proba-m2", {}),
    ("place:proba-2-3", {"into": "proba-m1", "before": "proba-1-1"}),
    ("titles", TITLES),
    ("hide:proba-1-1", {}),
    ("hide:proba-m1", {}),
    ("copy:proba-1-1", {}),
    ("copy:proba-m1", {}),
    ("add:module", {"new-ro:module": "Ținta", "new-en:module": "The aim"}),
    ("add:proba-m1", NEW),
    ("remove:proba-1-1", {}),
    ("remove:proba-m1", {}),
    ("conditions", ASKED),
    ("titles", {"on:proba-m2": "2027-01-15", "after:proba-m2": "proba-m1"}),
]


def tables(app):
    """Modules and lessons as the tables have them."""
    with app.app_context():
        modules = db.session().execute(
            sa.select(
                *(Module.content_id, Module.slug, Module.position, Module.title_ro),
                Module.withdrawn_at.is_not(None),
            )
            .where(Module.in_files())
            .order_by(Module.position)
        )
        lessons = db.session().execute(
            sa.select(
                *(Lesson.content_id, Lesson.slug, Lesson.number, Lesson.position, Lesson.title_ro),
                *(Lesson.withdrawn_at.is_not(None), Lesson.is_published, Lesson.html_digest),
            )
            .where(Lesson.in_files())
            .order_by(Lesson.content_id)
        )
        found = [tuple(row) for row in (*modules, *lessons)]
        db.end_reading()
    return found


@pytest.mark.parametrize(
    ("do", "more"), ACTS, ids=lambda value: value if str(value) == value else ""
)
def test_what_an_act_made_is_imported_as_it_is_exported(app, course_id, trainer, do, more):  # noqa: F811
    done(trainer, do, **more)
    files, made = exported(app, course_id), tables(app)
    with app.app_context():
        reading = read_course(files)
        assert [str(p) for p in reading.errors] == []
        plan = plan_import(reading.course)
        assert {i.verdict for i in plan.items} <= {Verdict.UNCHANGED, Verdict.CHANGED}
        db.end_reading()
        import_files(files)
        assert services.export_course(course_id) == files
        db.end_reading()
        assert not plan_import(read_course(files).course).has_changes
        db.end_reading()
    assert tables(app) == made


@pytest.mark.parametrize("part", ["proba-1-1", "proba-m1"])
def test_a_folder_exported_while_something_is_in_the_bin_takes_nothing_from_it(
    app,
    course_id,  # noqa: F811
    trainer,  # noqa: F811
    part,
):
    done(trainer, f"remove:{part}")
    with app.app_context():
        import_files(services.export_course(course_id))
        row = db.session().scalar(sa.select(BinnedPart.id))
        db.end_reading()
    done(trainer, f"restore:{row}")
    assert part in {row[0] for row in tables(app)}
