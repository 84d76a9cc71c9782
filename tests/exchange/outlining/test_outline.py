"""A trainer orders a course: texts and tables say the same, ids and progress stay."""

from __future__ import annotations

import re

import lxml.html
import pytest
import sqlalchemy as sa

from lms import db
from lms.access import Role
from lms.accounts.models import RoleGrant
from lms.courses.models import (
    BinnedPart,
    CompletionCondition,
    ContentItem,
    Course,
    Lesson,
    LessonProgress,
    Module,
)
from lms.courses.outline import outline_of
from lms.exchange import services
from lms.exchange.course_files import read_course
from lms.exchange.plan import plan_import
from lms.quizzes.models import Question, QuestionState, Quiz, QuizVersion
from tests.cast import EPOCH, csrf
from tests.exchange.sample import MODULE, files, import_files, store_digest

OUTLINE = "/courses/proba/outline"


def two_modules() -> dict[str, bytes]:
    """The sample with a second module: three lessons, no test."""
    course = files()
    course["course.yaml"] = course["course.yaml"].replace(
        b"modules: [1-inceputul]", b"modules: [1-inceputul, 2-mersul]"
    )
    course["modules/2-mersul/module.yaml"] = (
        b'id: proba-m2\nnumber: 2\ntitle: {ro: Mersul, en: Walking}\nhours: "1"\n'
        b"outcomes: []\nlessons: [2-1-a.md, 2-2-b.md, 2-3-c.md]\n"
    )
    for place, name in enumerate("abc", 1):
        course[f"modules/2-mersul/lessons/2-{place}-{name}.md"] = (
            f'---\nid: proba-2-{place}\nnumber: "2.{place}"\n'
            f"title: {{ro: Pasul {name}, en: Step {name}}}\n"
            "minutes: {reading: 3, exercise: 0}\n---\n\n"
            f"Textul {name}. Vezi lecția 1.2.\n"
        ).encode()
    return course


@pytest.fixture
def course_id(app, cast):
    with app.app_context():
        found = import_files(two_modules(), publish=True)
        with db.writing() as session:
            session.add(
                RoleGrant(
                    person_id=cast.persons["trainer"],
                    role=Role.TRAINER,
                    course_id=found,
                    granted_at=EPOCH,
                )
            )
    return found


@pytest.fixture
def trainer(cast, course_id):
    return cast.client("trainer")


def fields(client, address=OUTLINE):
    page = client.get(address)
    assert page.status_code == 200
    return held_by(page.text)


def held_by(page):
    from html import unescape

    return {
        "base": re.search(r'name="base" value="([^"]*)"', page)[1],
        "seen": unescape(re.search(r'name="seen"[^>]*>([^<]*)</textarea>', page)[1]),
    }


def act(client, do, **more):
    kept = more.pop("kept", None) or fields(client)
    return client.post(OUTLINE, data={"csrf_token": csrf(client), "do": do, **kept, **more})


def done(client, do, **more):
    answer = act(client, do, **more)
    assert answer.status_code == 302, answer.text
    return client.get(answer.location).text


def exported(app, course_id):
    with app.app_context():
        found = services.export_course(course_id)
        db.end_reading()
    return found


def order(app, course_id):
    """The outline as the tables say: (number, id) of modules and lessons; and the files agree."""
    with app.app_context():
        course = read_course(services.export_course(course_id)).course
        assert course is not None
        said = [(m.id, [(le.number, le.id) for le in m.lessons]) for m in course.modules]
        rows = db.session().scalars(
            sa.select(Module)
            .where(Module.course_id == course_id, Module.in_files())
            .order_by(Module.position)
        )
        stored = []
        for module in rows:
            lessons = db.session().scalars(
                sa.select(Lesson)
                .where(Lesson.module_id == module.id, Lesson.in_files())
                .order_by(Lesson.position)
            )
            stored.append((module.content_id, [(le.number, le.content_id) for le in lessons]))
        db.end_reading()
    assert stored == said
    return said


def ids(app):
    with app.app_context():
        lessons = db.session().execute(sa.select(Lesson.content_id, Lesson.id)).all()
        modules = db.session().execute(sa.select(Module.content_id, Module.id)).all()
        db.end_reading()
    return dict([*lessons, *modules])


def read_by_learner(app, cast, content_id):
    """Let somebody have read a lesson."""
    with app.app_context(), db.writing() as session:
        lesson = session.scalar(sa.select(Lesson.id).where(Lesson.content_id == content_id))
        session.add(
            LessonProgress(
                enrolment_id=cast.enrolments["learner"],
                lesson_id=lesson,
                first_opened_at=EPOCH,
                last_active_at=EPOCH,
                read_at=EPOCH,
            )
        )


# Order -----------------------------------------------------------------------------------------


def test_a_lesson_goes_up_and_its_number_everywhere_with_it(app, course_id, trainer):
    before = ids(app)
    done(trainer, "up:proba-1-2")
    assert order(app, course_id)[0] == ("proba-m1", [("1.1", "proba-1-2"), ("1.2", "proba-1-1")])
    assert ids(app) == before
    text = exported(app, course_id)["modules/1-inceputul/quiz.gift"].decode()
    assert "[id:proba-q1-01] [fact:A1] [lesson:1.2]" in text
    assert "[id:proba-q1-02] [lesson:1.1]" in text
    with app.app_context():
        question = db.session().scalar(
            sa.select(Question).where(Question.content_id == "proba-q1-02")
        )
        assert question.lesson_number == "1.1"
        versions = db.session().scalar(sa.select(sa.func.count()).select_from(QuizVersion))
        assert versions == 1  # nobody is asked anything else


def test_texts_that_name_a_lesson_whose_number_changed_are_told(app, course_id, trainer):
    page = done(trainer, "up:proba-1-2")
    assert 'se mai potrivesc: <a href="#p-proba-2-1">2.1</a>, ' in page
    assert '<a href="#p-proba-2-3">2.3</a></p>' in page


def test_a_move_into_another_module_is_named(app, course_id, trainer):
    page = lxml.html.fromstring(trainer.get(OUTLINE).text)
    named = {
        button.get("value"): " ".join(button.text_content().split())
        for button in page.xpath("//button[@name='do'][.//span]")
    }
    assert named["up:proba-1-2"] == "Mutați în sus: Al doilea pas"
    assert named["down:proba-1-2"] == "Mutați în jos, în modulul 2: Al doilea pas"
    assert named["up:proba-2-1"] == "Mutați în sus, în modulul 1: Pasul a"
    assert named["down:proba-2-3"] == "Mutați în jos: Pasul c"


def test_a_lesson_goes_on_into_the_next_module(app, course_id, trainer):
    done(trainer, "down:proba-1-2")
    assert order(app, course_id) == [
        ("proba-m1", [("1.1", "proba-1-1")]),
        (
            "proba-m2",
            [
                ("2.1", "proba-1-2"),
                ("2.2", "proba-2-1"),
                ("2.3", "proba-2-2"),
                ("2.4", "proba-2-3"),
            ],
        ),
    ]
    found = exported(app, course_id)
    assert "modules/2-mersul/lessons/1-2-al-doilea-pas.md" in found
    assert "modules/1-inceputul/lessons/1-2-al-doilea-pas.md" not in found


def test_a_module_goes_up_with_its_lessons(app, course_id, trainer):
    done(trainer, "up:proba-m2")
    assert [m for m, _lessons in order(app, course_id)] == ["proba-m2", "proba-m1"]
    assert order(app, course_id)[1][1] == [("2.1", "proba-1-1"), ("2.2", "proba-1-2")]


@pytest.mark.parametrize(
    ("into", "before", "expected"),
    [
        ("proba-m2", "proba-2-2", ["proba-2-1", "proba-1-1", "proba-2-2", "proba-2-3"]),
        ("proba-m2", "", ["proba-2-1", "proba-2-2", "proba-2-3", "proba-1-1"]),
        ("proba-m2", "proba-9-9", ["proba-2-1", "proba-2-2", "proba-2-3", "proba-1-1"]),
    ],
    ids=["before another", "at the end", "before one that is gone, at the end"],
)
def test_a_lesson_is_dragged_into_another_module(app, course_id, trainer, into, before, expected):
    page = done(trainer, "place:proba-1-1", into=into, before=before)
    assert "erau ale celuilalt modul" in page  # the lesson named an outcome of its module
    assert [lesson for _number, lesson in order(app, course_id)[1][1]] == expected


@pytest.mark.parametrize(
    "do", ["up:nothing", "place:proba-1-1", "place:proba-m9", "fly:proba-1-1", "", "restore:x"]
)
def test_what_is_not_there_changes_nothing(app, course_id, trainer, do):
    kept = fields(trainer)
    with app.app_context():
        before = store_digest()
    assert act(trainer, do, kept=kept).status_code == 302
    with app.app_context():
        assert store_digest() == before


def test_a_lesson_at_the_top_stays_there(app, course_id, trainer):
    assert "stă deja așa" in done(trainer, "up:proba-1-1")


# Words and state -------------------------------------------------------------------------------


def test_a_title_is_changed_in_its_text_alone(app, course_id, trainer):
    before = exported(app, course_id)
    done(trainer, "enter", **{"ro:proba-1-2": "Pasul: doi", "en:proba-1-2": "Step two"})
    after = exported(app, course_id)
    changed = [path for path in after if after[path] != before[path]]
    assert changed == ["modules/1-inceputul/lessons/1-2-al-doilea-pas.md"]
    with app.app_context():
        lesson = db.session().scalar(sa.select(Lesson).where(Lesson.content_id == "proba-1-2"))
        assert (lesson.title_ro, lesson.title_en) == ("Pasul: doi", "Step two")


def test_a_tests_title_and_a_modules_are_changed_together(app, course_id, trainer):
    done(
        trainer,
        "titles",
        **{
            "ro:proba-q1": "Proba",
            "en:proba-q1": "Trial",
            "ro:proba-m1": "Întâi",
            "en:proba-m1": "",
        },
    )
    with app.app_context():
        quiz = db.session().scalar(sa.select(Quiz).where(Quiz.content_id == "proba-q1"))
        assert (quiz.title_ro, quiz.title_en) == ("Proba", "Trial")
        module = db.session().scalar(sa.select(Module).where(Module.content_id == "proba-m1"))
        assert (module.title_ro, module.title_en) == ("Întâi", "Întâi")


@pytest.mark.parametrize("do", ["up:proba-1-2", "hide:proba-2-1", "remove:proba-2-1"])
def test_a_title_typed_is_saved_whichever_button_is_pressed(app, course_id, trainer, do):
    done(trainer, do, **{"ro:proba-1-1": "Întâiul", "en:proba-1-1": "The first step"})
    with app.app_context():
        lesson = db.session().scalar(sa.select(Lesson).where(Lesson.content_id == "proba-1-1"))
        assert lesson.title_ro == "Întâiul"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("Pasul doi", "Pasul", id="cut short at its end"),
        pytest.param("Pasul doi", "doi", id="cut short at its beginning"),
        pytest.param("Pasul", "Pasul doi", id="made longer"),
        pytest.param("Legea 350", "Legea\u00a0350", id="a space that doesn't break"),
        pytest.param("Unu / One", "Unu", id="a stroke in it"),
    ],
)
def test_a_title_is_what_was_typed_last(app, course_id, trainer, before, after):
    for title in (before, after):
        done(trainer, "titles", **{"ro:proba-1-1": title, "en:proba-1-1": title})
        with app.app_context():
            lesson = db.session().scalar(sa.select(Lesson).where(Lesson.content_id == "proba-1-1"))
            assert (lesson.title_ro, lesson.title_en) == (title, title)
            db.end_reading()


def test_titles_that_were_not_touched_are_not_written(app, course_id, trainer):
    odd = {"ro:proba-1-1": "Legea nr.\u00a0350", "en:proba-1-1": "Law no.\u00a0350"}
    done(trainer, "titles", **odd)
    before = exported(app, course_id)
    done(trainer, "titles", **odd, **{"ro:proba-1-2": "Altul", "en:proba-1-2": "Other"})
    after = exported(app, course_id)
    changed = [path for path in after if after[path] != before[path]]
    assert changed == ["modules/1-inceputul/lessons/1-2-al-doilea-pas.md"]


def test_an_empty_title_is_not_taken(app, course_id, trainer):
    assert "stă deja așa" in done(trainer, "titles", **{"ro:proba-m1": " ", "en:proba-m1": ""})


def test_a_draft_is_not_shown_and_comes_back_the_same(app, course_id, trainer):
    before, known = exported(app, course_id), ids(app)
    done(trainer, "hide:proba-1-2")
    with app.app_context():
        course = db.session().get(Course, course_id)
        shown = [le.number for le in outline_of(course.id, course.version).lessons]
        assert shown == ["1.1", "2.1", "2.2", "2.3"]
        db.end_reading()
    assert trainer.get("/courses/proba/1-inceputul/1-2-al-doilea-pas").status_code == 200
    done(trainer, "show:proba-1-2")
    assert exported(app, course_id) == before
    assert ids(app) == known


def test_a_module_that_is_a_draft_takes_its_tests_with_it(app, course_id, trainer):
    done(trainer, "hide:proba-m1")
    with app.app_context():
        quiz = db.session().scalar(sa.select(Quiz).where(Quiz.content_id == "proba-q1"))
        assert quiz.withdrawn_at is not None
        db.end_reading()
    assert "Testul" in trainer.get(OUTLINE).text
    done(trainer, "show:proba-m1")
    with app.app_context():
        quiz = db.session().scalar(sa.select(Quiz).where(Quiz.content_id == "proba-q1"))
        assert quiz.withdrawn_at is None
        assert quiz.published_at is not None


# New parts and the bin -------------------------------------------------------------------------


def test_a_lesson_is_added_as_a_draft_that_learners_do_not_see(app, course_id, trainer):
    page = done(trainer, "enter", **{"new-ro:proba-m1": "Încă un pas", "new-en:proba-m1": ""})
    assert "Încă un pas" in page
    assert order(app, course_id)[0][1][-1] == ("1.3", "proba-inca-un-pas")
    with app.app_context():
        lesson = db.session().scalar(
            sa.select(Lesson).where(Lesson.content_id == "proba-inca-un-pas")
        )
        assert lesson.withdrawn_at is not None
        assert "Scrieți aici" in lesson.html


def test_a_module_is_added_and_gets_a_lesson(app, course_id, trainer):
    done(trainer, "add:module", **{"new-ro:module": "Ținta", "new-en:module": "The aim"})
    done(
        trainer, "add:proba-tinta", **{"new-ro:proba-tinta": "Unde", "new-en:proba-tinta": "Where"}
    )
    assert order(app, course_id)[2] == ("proba-tinta", [("3.1", "proba-unde")])
    with app.app_context():
        course = db.session().get(Course, course_id)
        assert len(outline_of(course.id, course.version).modules) == 2  # a draft is not shown


def test_the_same_title_twice_makes_two_lessons(app, course_id, trainer):
    for _time in range(2):
        done(trainer, "add:proba-m2", **{"new-ro:proba-m2": "Pasul a", "new-en:proba-m2": ""})
    assert [le for _n, le in order(app, course_id)[1][1][-2:]] == [
        "proba-pasul-a",
        "proba-pasul-a-2",
    ]


def test_copies_have_ids_of_their_own_and_are_drafts(app, course_id, trainer):
    done(trainer, "copy:proba-1-1")
    done(trainer, "copy:proba-m2")
    found = order(app, course_id)
    assert [lesson for _number, lesson in found[0][1]] == [
        "proba-1-1",
        "proba-primul-pas",
        "proba-1-2",
    ]
    assert [module for module, _lessons in found] == ["proba-m1", "proba-m2", "proba-mersul"]
    assert len(found[2][1]) == 3
    with app.app_context():
        copied = db.session().scalar(
            sa.select(Lesson).where(Lesson.content_id == "proba-primul-pas")
        )
        assert (copied.title_ro, copied.title_en) == ("Primul pas (copie)", "The first step (copy)")
        assert copied.withdrawn_at is not None


@pytest.mark.parametrize("part", ["proba-1-1", "proba-1-2", "proba-2-2", "proba-m1", "proba-m2"])
def test_what_comes_back_from_the_bin_is_what_it_was(app, course_id, trainer, part):
    before, known = exported(app, course_id), ids(app)
    page = done(trainer, f"remove:{part}")
    assert "În coș" in page
    assert exported(app, course_id) != before
    with app.app_context():
        row = db.session().scalar(sa.select(BinnedPart))
        restore = f"restore:{row.id}"
        db.end_reading()
    done(trainer, restore)
    after = exported(app, course_id)
    assert order(app, course_id) == [
        ("proba-m1", [("1.1", "proba-1-1"), ("1.2", "proba-1-2")]),
        ("proba-m2", [("2.1", "proba-2-1"), ("2.2", "proba-2-2"), ("2.3", "proba-2-3")]),
    ]
    assert ids(app) == known
    assert set(after) == set(before)
    quiz = "modules/1-inceputul/quiz.gift"
    assert after[quiz].count(b"[lesson:") == before[quiz].count(b"[lesson:")
    with app.app_context():
        assert db.session().scalar(sa.select(sa.func.count()).select_from(BinnedPart)) == 0
        states = set(db.session().scalars(sa.select(Question.state)))
        assert QuestionState.RETIRED not in states
        assert db.session().scalar(sa.select(Quiz.withdrawn_at)) is None


def test_a_module_in_the_bin_retires_its_questions_and_keeps_its_quiz(app, course_id, trainer):
    done(trainer, "remove:proba-m1")
    with app.app_context():
        states = set(db.session().scalars(sa.select(Question.state)))
        assert states == {QuestionState.RETIRED}
        assert db.session().scalar(sa.select(Quiz.withdrawn_at)) is not None
    assert order(app, course_id)[0][1][0] == ("1.1", "proba-2-1")


def test_a_module_comes_back_after_others_were_numbered_anew(app, course_id, trainer):
    done(trainer, "remove:proba-m1")
    done(trainer, "up:proba-2-3")
    with app.app_context():
        restore = f"restore:{db.session().scalar(sa.select(BinnedPart.id))}"
        db.end_reading()
    done(trainer, restore)
    done(trainer, "down:proba-m1")
    found = exported(app, course_id)["modules/1-inceputul/quiz.gift"].decode()
    assert "[id:proba-q1-01] [fact:A1] [lesson:2.1]" in found


def test_what_is_in_the_bin_is_brought_back_once(app, course_id, trainer):
    done(trainer, "remove:proba-2-1")
    with app.app_context():
        restore = f"restore:{db.session().scalar(sa.select(BinnedPart.id))}"
        db.end_reading()
    done(trainer, restore)
    assert "Nu s-a schimbat nimic" in done(trainer, restore)


# Learners --------------------------------------------------------------------------------------


def test_who_takes_out_what_learners_read_is_warned_first(app, cast, course_id, trainer):
    read_by_learner(app, cast, "proba-1-2")
    kept = fields(trainer)
    with app.app_context():
        before = store_digest()
    answer = act(trainer, "remove:proba-1-2", kept=kept)
    assert answer.status_code == 200
    assert "O persoană a deschis deja." in answer.text
    with app.app_context():
        assert store_digest() == before
    done(trainer, "remove:proba-1-2", sure="1")
    with app.app_context():
        assert db.session().scalar(sa.select(sa.func.count()).select_from(LessonProgress)) == 1
        restore = f"restore:{db.session().scalar(sa.select(BinnedPart.id))}"
        db.end_reading()
    page = done(trainer, restore)
    assert "citită de o persoană" in page


def test_progress_stays_when_a_lesson_moves(app, cast, course_id, trainer):
    read_by_learner(app, cast, "proba-1-2")
    done(trainer, "place:proba-1-2", into="proba-m2")
    assert "citită de o persoană" in trainer.get(OUTLINE).text


# Conditions ------------------------------------------------------------------------------------


def test_conditions_are_written_into_the_course(app, course_id, trainer):
    done(
        trainer,
        "conditions",
        **{"ask:quizzes_passed": "1", "ask:hours_attended": "1", "hours": "2,5", "in_order": "0"},
    )
    text = exported(app, course_id)["course.yaml"].decode()
    assert "modules_in_order: false" in text
    assert "  quizzes_passed: all\n  hours_attended: '2.5'\n" in text
    with app.app_context():
        rows = db.session().scalars(
            sa.select(CompletionCondition)
            .where(CompletionCondition.course_id == course_id)
            .order_by(CompletionCondition.position)
        )
        asked = [(row.kind.value, row.parameters) for row in rows]
        assert asked == [("quizzes_passed", {}), ("hours_attended", {"hours": "2.5"})]


def test_a_condition_that_cannot_be_met_is_refused_with_its_reason(app, course_id, trainer):
    answer = act(trainer, "conditions", **{"ask:tests_taken": "1"})
    assert answer.status_code == 422
    assert "course.yaml" in answer.text


# Two trainers, and imports ---------------------------------------------------------------------


def test_the_second_of_two_trainers_sees_what_differs_and_does_it_again(
    app, cast, course_id, trainer
):
    kept = fields(trainer)
    registrar = cast.client("registrar")
    done(registrar, "titles", **{"ro:proba-1-1": "Alt titlu", "en:proba-1-1": "Another"})
    sent = {"ro:proba-1-2": "Al meu", "en:proba-1-2": "Mine", "ro:proba-1-1": "Primul pas"}
    answer = act(trainer, "titles", kept=kept, **sent, **{"en:proba-1-1": "The first step"})
    assert answer.status_code == 409
    assert "Alt titlu" in answer.text
    assert 'name="ro:proba-1-2" value="Al meu"' in answer.text
    again = {"ro:proba-1-2": "Al meu", "en:proba-1-2": "Mine"}
    done(trainer, "titles", kept=held_by(answer.text), **again)
    with app.app_context():
        titles = db.session().execute(sa.select(Lesson.content_id, Lesson.title_ro)).all()
        assert dict(titles)["proba-1-1"] == "Alt titlu"
        assert dict(titles)["proba-1-2"] == "Al meu"


def test_a_double_click_moves_once(app, course_id, trainer):
    kept = fields(trainer)
    done(trainer, "down:proba-2-1", kept=kept)
    assert act(trainer, "down:proba-2-1", kept=kept).status_code == 409
    assert [le for _n, le in order(app, course_id)[1][1]] == ["proba-2-2", "proba-2-1", "proba-2-3"]


@pytest.mark.parametrize(
    "do",
    ["down:proba-1-2", "up:proba-m2", "remove:proba-2-1", "remove:proba-m1", "copy:proba-1-1"],
)
def test_the_same_folder_imported_again_leaves_the_order_made_here(app, course_id, trainer, do):
    done(trainer, do)
    made = order(app, course_id)
    with app.app_context():
        plan = plan_import(read_course(two_modules()).course)
        assert not plan.problems
        db.end_reading()
        import_files(two_modules())
        db.end_reading()
    assert order(app, course_id) == made


def test_what_was_exported_imports_without_a_change_of_order(app, course_id, trainer):
    done(trainer, "down:proba-1-2")
    done(trainer, "remove:proba-2-2")
    made = order(app, course_id)
    with app.app_context():
        import_files(services.export_course(course_id))
        db.end_reading()
    assert order(app, course_id) == made


def test_bases_of_the_last_import_stay(app, course_id, trainer):
    done(trainer, "titles", **{"ro:proba-m1": "Altfel", "en:proba-m1": "Else"})
    with app.app_context():
        item = db.session().scalar(sa.select(ContentItem).where(ContentItem.path == MODULE))
        assert item.base_hash != item.source_hash
        assert item.changed_by_id is not None
