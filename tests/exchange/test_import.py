"""An import does all or nothing, repeats without effect, and never takes back what people did."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms import db
from lms.audit.models import AuditEntry
from lms.courses.models import (
    CompletionCondition,
    Course,
    CourseFact,
    CourseFigure,
    FactSignOff,
    Lesson,
    Module,
)
from lms.courses.outline import outline_of
from lms.exchange import facts as course_facts
from lms.exchange import services
from lms.exchange.course_files import read_course
from lms.exchange.errors import (
    ConditionInUse,
    CourseChanged,
    CourseHasFaults,
    NoSuchFact,
    StatementChanged,
)
from lms.exchange.plan import Verdict
from lms.files.models import StoredFile
from lms.quizzes.models import (
    Question,
    QuestionRevision,
    QuestionState,
    QuestionVersion,
    Quiz,
    QuizQuestion,
    QuizVersion,
)
from lms.quizzes.services import authoring
from lms.quizzes.services.prepared import Change
from tests.cast import EPOCH, make_person
from tests.exchange.sample import (
    FIGURE,
    LESSON,
    MODULE,
    QUIZ,
    SECOND,
    change_in_site,
    files,
    import_files,
    os2_files,
    replaced,
    store_digest,
)

LATER = EPOCH + timedelta(days=3)


def count(model, *where):
    with_where = sa.select(sa.func.count()).select_from(model).where(*where)
    found = db.session().scalar(with_where)
    db.end_reading()
    return found


def one(model, *where):
    found = db.session().scalars(sa.select(model).where(*where)).one()
    db.session().expunge(found)
    db.end_reading()
    return found


def question(content_id):
    return one(Question, Question.content_id == content_id)


def plan(course_files, **options):
    reading = read_course(course_files)
    assert reading.course is not None, reading.errors
    made = services.plan_import(reading.course, **options)
    db.end_reading()
    return made


def verdicts(made):
    return {i.content_id: i.verdict.value for i in made.items if i.verdict is not Verdict.UNCHANGED}


def asked():
    """Return the content ids of what the quiz may draw, in order."""
    rows = db.session().scalars(
        sa.select(Question.content_id)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .join(QuizQuestion, QuizQuestion.question_version_id == QuestionVersion.id)
        .join(Quiz, Quiz.current_version_id == QuizQuestion.quiz_version_id)
        .order_by(QuizQuestion.position)
    )
    found = list(rows)
    db.end_reading()
    return found


def sign(course_id, fact_id, statement_hash=None, *, by=None):
    if by is None:
        with db.writing():
            person = make_person("Rodica", "Secretar", sign_in_name=f"r-{fact_id}".lower())
            db.session().flush()
            by = person.id
    fact = one(CourseFact, CourseFact.course_id == course_id, CourseFact.fact_id == fact_id)
    with db.writing() as session:
        course = session.get(Course, course_id)
        return course_facts.sign_off_fact(
            course, fact_id, statement_hash or fact.statement_hash, by=by, now=LATER
        )


def test_the_course_that_comes_with_the_product_is_imported_whole_and_twice_is_once(context):
    course_id = import_files(os2_files(), publish=True)
    assert count(Module, Module.course_id == course_id) == 8
    assert count(Lesson) == 39
    assert count(Question, Question.state == QuestionState.PUBLISHED) == 155 + 32
    assert count(Question, Question.state == QuestionState.DRAFT) == 5
    assert count(Quiz, Quiz.published_at.is_not(None)) == 8 + 2
    before = store_digest()
    assert import_files(os2_files(), publish=True) == course_id
    assert store_digest() == before
    assert services.export_course(course_id) == os2_files()


def test_an_import_makes_what_learners_see(context):
    course_id = import_files(files())
    course = one(Course, Course.id == course_id)
    assert (course.slug, course.version, course.published_at) == ("proba", 1, None)
    lesson = one(Lesson, Lesson.content_id == "proba-1-1")
    assert '<img src="/courses/proba/figures/drum.svg"' in lesson.html
    assert "<strong>înainte</strong>" in lesson.html
    assert lesson.sources == [{"title": "Lege inventată", "url": "https://example.org/lege"}]
    assert one(Lesson, Lesson.content_id == "proba-1-2").exercise is None
    figure = one(CourseFigure, CourseFigure.name == "drum.svg")
    assert one(StoredFile, StoredFile.id == figure.file_id).media_type == "image/svg+xml"
    assert count(CompletionCondition, CompletionCondition.course_id == course_id) == 2
    outline = outline_of(course_id, course.version)
    db.end_reading()
    assert [le.number for le in outline.lessons] == ["1.1", "1.2"]
    assert asked() == ["proba-q1-01", "proba-q1-02"]


def test_a_dry_run_changes_nothing(context):
    import_files(files())
    before = store_digest()
    made = plan(replaced(LESSON, "înainte", "încet"))
    assert verdicts(made) == {"proba-1-1": "changed"}
    assert store_digest() == before


def test_other_words_are_a_revision_that_keeps_option_ids(context):
    import_files(files())
    version = one(QuestionVersion, QuestionVersion.question_id == question("proba-q1-01").id)
    old = one(QuestionRevision, QuestionRevision.version_id == version.id)
    import_files(replaced(QUIZ, "~doi#Prea puțini.", "~numai doi#Prea puțini."))
    assert count(QuestionVersion, QuestionVersion.question_id == version.question_id) == 1
    new = one(
        QuestionRevision,
        QuestionRevision.version_id == version.id,
        QuestionRevision.number == 2,
    )
    ids = [[o["id"] for o in r.payload["options"]] for r in (old, new)]
    assert ids[0] == ids[1]
    assert new.payload["options"][1]["text"] == "numai doi"
    assert count(QuizVersion) == 1
    assert count(QuestionRevision, QuestionRevision.version_id != version.id) == 2


def test_another_key_is_a_new_version_of_question_and_quiz(context):
    import_files(files())
    changed = replaced(QUIZ, "=trei#Corect.\n~doi#", "~trei#Corect.\n=doi#")
    import_files(changed)
    row = question("proba-q1-01")
    assert count(QuestionVersion, QuestionVersion.question_id == row.id) == 2
    quiz = one(Quiz)
    assert one(QuizVersion, QuizVersion.id == quiz.current_version_id).number == 2
    assert asked() == ["proba-q1-01", "proba-q1-02"]
    assert count(QuizQuestion) == 4  # those who began keep the version they began with


def test_the_dry_run_tells_words_from_keys(context):
    import_files(files())
    changed = replaced(QUIZ, "Mergem înainte.", "Mergem mereu înainte.")
    changed[QUIZ] = changed[QUIZ].replace(b"{#30:0}", b"{#31:0}")
    [item] = [i for i in plan(changed).items if i.content_id == "proba-q1"]
    assert item.questions == {
        Change.NONE: ("proba-q1-01",),
        Change.WORDS: ("proba-q1-02",),
        Change.KEY: ("proba-q1-03",),
    }


def test_other_rules_make_a_new_version_of_the_quiz_alone(context):
    import_files(files())
    import_files(replaced(QUIZ, "draw: 2", "draw: 1"))
    assert (count(QuizVersion), count(QuestionVersion), count(QuestionRevision)) == (2, 3, 3)


def test_what_left_the_files_is_withdrawn_and_comes_back_as_the_same(context):
    course_id = import_files(files())
    lesson_id = one(Lesson, Lesson.content_id == "proba-1-2").id
    less = replaced(MODULE, ", 1-2-al-doilea-pas.md", "")
    del less[SECOND]
    less[QUIZ] = (
        less[QUIZ].replace(b"[lesson:1.2]", b"[lesson:1.1]").split(b"// [id:proba-q1-03")[0]
    )
    made = plan(less)
    assert verdicts(made)["proba-1-2"] == "removed"
    import_files(less)
    gone = one(Lesson, Lesson.id == lesson_id)
    assert gone.withdrawn_at is not None
    assert gone.html
    assert question("proba-q1-03").state is QuestionState.RETIRED
    assert services.export_course(course_id) == less
    db.end_reading()
    import_files(files())
    back = one(Lesson, Lesson.id == lesson_id)
    assert (back.withdrawn_at, back.slug) == (None, "1-2-al-doilea-pas")
    assert question("proba-q1-03").state is QuestionState.DRAFT
    assert services.export_course(course_id) == files()


def test_two_files_may_change_names_with_each_other(context):
    course_id = import_files(files())
    swapped = files()
    swapped[LESSON], swapped[SECOND] = swapped[SECOND], swapped[LESSON]
    import_files(swapped)
    assert one(Lesson, Lesson.content_id == "proba-1-1").slug == "1-2-al-doilea-pas"
    assert services.export_course(course_id) == swapped


def test_a_file_changed_on_both_sides_is_a_conflict_and_stays_as_the_site_has_it(context):
    course_id = import_files(files())
    change_in_site("proba-1-1", "înainte", "pe aici")
    changed = replaced(LESSON, "înainte", "pe acolo")
    changed[SECOND] = changed[SECOND].replace("Și încă".encode(), "Și iar".encode())
    made = plan(changed)
    assert verdicts(made) == {"proba-1-1": "conflict", "proba-1-2": "changed"}
    import_files(changed)
    assert "pe aici" in one(Lesson, Lesson.content_id == "proba-1-1").html
    assert "Și iar" in one(Lesson, Lesson.content_id == "proba-1-2").html
    assert verdicts(plan(changed)) == {"proba-1-1": "conflict"}
    assert b"pe aici" in services.export_course(course_id)[LESSON]


def test_a_conflict_told_by_id_takes_the_file(context):
    import_files(files())
    change_in_site("proba-1-1", "înainte", "pe aici")
    changed = replaced(LESSON, "înainte", "pe acolo")
    import_files(changed, overwrite={"proba-1-1"})
    assert "pe acolo" in one(Lesson, Lesson.content_id == "proba-1-1").html
    assert verdicts(plan(changed)) == {}


def test_what_only_the_site_changed_stays_and_is_no_conflict(context):
    import_files(files())
    change_in_site("proba-1-1", "înainte", "pe aici")
    before = store_digest()
    made = plan(files())
    assert (verdicts(made), made.has_changes) == ({}, False)
    import_files(files())
    assert store_digest() == before


def test_a_kept_file_that_fits_the_others_no_more_stops_the_import(context):
    import_files(files())
    change_in_site("proba-1-1", "facts: [A1]", "facts: [A1, A2]")
    changed = replaced(LESSON, "înainte", "pe acolo")
    changed["facts.yaml"] = changed["facts.yaml"].replace(b"id: A2", b"id: A3")
    changed[QUIZ] = changed[QUIZ].replace(b"[fact:A2]", b"[fact:A3]")
    made = plan(changed)
    assert made.problems
    before = store_digest()
    with pytest.raises(CourseHasFaults), db.writing():
        services.apply_import(made, by=None, now=LATER)
    assert store_digest() == before


def test_a_plan_made_on_another_state_of_the_course_is_refused(context):
    made = plan(files())
    import_files(files())
    later = plan(replaced(LESSON, "înainte", "încet"))
    import_files(replaced(SECOND, "Și încă", "Și iar"))
    for stale in (made, later):
        services.keep_files(stale)
        with pytest.raises(CourseChanged), db.writing():
            services.apply_import(stale, by=None, now=LATER)


def test_an_import_that_breaks_off_leaves_nothing(context):
    import_files(files())
    before = store_digest()
    made = plan(replaced(LESSON, "înainte", "încet") | {FIGURE: files()[FIGURE] + b"\n"})
    services.keep_files(made)
    with pytest.raises(ZeroDivisionError), db.writing():
        services.apply_import(made, by=None, now=LATER)
        raise ZeroDivisionError
    assert store_digest() == before


def test_an_import_is_recorded_with_what_it_did(context):
    course_id = import_files(files())
    assert count(AuditEntry, AuditEntry.action == "course.imported") == 1
    entry = one(AuditEntry, AuditEntry.action == "course.imported")
    assert (entry.object_id, entry.course_id) == (course_id, course_id)


def test_a_confirmed_condition_is_not_taken_out(cast, app):
    from lms.courses.models import Confirmation

    with app.app_context():
        confirmed = "conditions: {lessons_read: all, confirmed_by_registrar: required}"
        asked_for = replaced(
            "course.yaml", "conditions: {lessons_read: all, quizzes_passed: all}", confirmed
        )
        import_files(asked_for)
        condition = one(CompletionCondition, CompletionCondition.kind == "confirmed_by_registrar")
        with db.writing() as session:
            session.add(
                Confirmation(
                    enrolment_id=cast.enrolments["learner"],
                    condition_id=condition.id,
                    confirmed_at=EPOCH,
                    confirmed_by_id=cast.persons["registrar"],
                    reason="Fișa este la dosar.",
                )
            )
        before = store_digest()
        with pytest.raises(ConditionInUse):
            import_files(files())
        assert store_digest() == before


def test_a_sign_off_publishes_the_draft_and_survives_imports_while_the_wording_stands(context):
    course_id = import_files(files())
    version = one(Course, Course.id == course_id).version
    done = sign(course_id, "A2")
    assert done.published == ("proba-q1-03",)
    assert question("proba-q1-03").state is QuestionState.PUBLISHED
    assert asked() == ["proba-q1-01", "proba-q1-02", "proba-q1-03"]
    assert one(Course, Course.id == course_id).version == version + 1
    import_files(replaced(LESSON, "înainte", "încet"))
    assert question("proba-q1-03").state is QuestionState.PUBLISHED
    assert count(QuizVersion) == 2
    import_files(replaced("facts.yaml", "treizeci", "patruzeci"))
    assert question("proba-q1-03").state is QuestionState.DRAFT
    assert asked() == ["proba-q1-01", "proba-q1-02"]
    assert count(FactSignOff) == 1
    import_files(files())
    assert question("proba-q1-03").state is QuestionState.PUBLISHED


def test_a_sign_off_is_of_the_words_that_were_read_and_counts_once(context):
    course_id = import_files(files())
    with pytest.raises(StatementChanged):
        sign(course_id, "A2", "0" * 64, by=1)
    with db.writing() as session, pytest.raises(NoSuchFact):
        course = session.get(Course, course_id)
        course_facts.sign_off_fact(course, "Z9", "0" * 64, by=1, now=LATER)
    sign(course_id, "A2")
    before = store_digest()
    person_id = one(FactSignOff).person_id
    assert sign(course_id, "A2", by=person_id).is_new is False
    assert store_digest() == before


def test_a_draft_is_not_published_before_its_facts_are_signed_off(context):
    import_files(files())
    with db.writing() as session:
        row = session.scalars(sa.select(Question).where(Question.content_id == "proba-q1-03")).one()
        with pytest.raises(authoring.FactsNotSignedOff) as refused:
            authoring.publish_question(row, by=None, now=LATER)
    assert refused.value.waiting == ("A2",)


def test_a_question_on_an_uncertain_fact_is_a_draft_whatever_its_file_says(context):
    import_files(replaced(QUIZ, "[fact:A2] [status:draft]", "[fact:A2]"))
    assert question("proba-q1-03").state is QuestionState.DRAFT


def test_a_quiz_without_enough_questions_is_not_shown(context):
    uncertain = replaced("facts.yaml", "confidence: V", "confidence: G")
    assert plan(uncertain).short_of_questions == ("proba-q1",)
    import_files(uncertain)
    assert one(Quiz).published_at is None
    checked = replaced("facts.yaml", "art. 1", "art. 1, text oficial")
    checked["facts.yaml"] = checked["facts.yaml"].replace(b"2026-11-22", b"2026-11-23")
    import_files(checked)
    assert one(Quiz).published_at is not None


def slotted(course_files=None, *, second="[fact:A2] [status:draft]"):
    """Return the sample with its first and third question as alternatives for one point."""
    course = course_files or files()
    text = course[QUIZ].decode().replace("[id:proba-q1-01]", "[id:proba-q1-01] [slot:1]")
    text = text.replace(
        "[id:proba-q1-03] [fact:A2] [status:draft]", f"[id:proba-q1-03] [slot:1] {second}"
    )
    return {**course, QUIZ: text.encode()}


def slots_of_the_quiz():
    version = one(Quiz).current_version_id
    rows = db.session().execute(
        sa.select(Question.content_id, QuizQuestion.slot)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .join(QuizQuestion, QuizQuestion.question_version_id == QuestionVersion.id)
        .where(QuizQuestion.quiz_version_id == version)
        .order_by(QuizQuestion.position)
    )
    found = [tuple(row) for row in rows]
    db.end_reading()
    return found


def test_a_draft_leaves_its_slot_to_the_published_alternative(context):
    assert plan(slotted()).short_of_questions == ()
    import_files(slotted())
    assert one(Quiz).published_at is not None
    assert slots_of_the_quiz() == [("proba-q1-01", "1"), ("proba-q1-02", None)]


def test_a_slot_counts_once_however_many_alternatives_it_has(context):
    course = slotted(second="[fact:A1]")
    course[QUIZ] = course[QUIZ].replace(b"draw: 2", b"draw: 3")
    reading = read_course(course)
    assert [(p.line, p.detail, p.more) for p in reading.errors] == [
        (4, "too_few_questions", "draw:2 < 3")
    ]


def test_another_slot_is_a_new_version_of_the_quiz_alone(context):
    import_files(files())
    import_files(slotted(second="[fact:A1]"))
    assert one(QuizVersion, QuizVersion.number == 2)
    assert count(QuestionVersion) == 3
    before = store_digest()
    import_files(slotted(second="[fact:A1]"))
    assert store_digest() == before


def test_a_draft_that_is_signed_off_joins_its_slot(context):
    course_id = import_files(slotted())
    assert sign(course_id, "A2").published == ("proba-q1-03",)
    assert slots_of_the_quiz() == [
        ("proba-q1-01", "1"),
        ("proba-q1-02", None),
        ("proba-q1-03", "1"),
    ]
    assert one(Quiz).published_at is not None


def test_the_facts_page_knows_what_rests_on_each_fact(context):
    course_id = import_files(files())
    lines = {f.fact_id: f for f in course_facts.fact_lines(course_id)}
    assert lines["A1"].lessons == ("1.1",)
    assert [q.content_id for q in lines["A1"].questions] == ["proba-q1-01"]
    assert lines["A2"].waiting_drafts == ("proba-q1-03",)
    assert not lines["A1"].is_waited_for
