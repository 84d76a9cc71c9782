"""English words of questions in and out: a file of their own, stored beside the Romanian."""

import sqlalchemy as sa

from lms import db
from lms.courses.models import ContentItem, Course
from lms.exchange import services
from lms.exchange.course_files import read_course
from lms.exchange.plan import Verdict
from lms.quizzes.models import QuestionRevision, QuestionVersion, QuizVersion
from lms.quizzes.services import authoring
from lms.quizzes.services.prepared import Change
from tests.exchange.sample import (
    QUIZ,
    change_in_site,
    files,
    import_files,
    replaced,
    store_digest,
)

WORDS = "modules/1-inceputul/quiz.en.gift"
ENGLISH = b"""// [id:proba-q1-01]
How many members does an association have at least? {
=three#Right.
~two#Too few.
~ten#Too many.
}

// [id:proba-q1-02]
We go forward. {TRUE#We do.#Right.}

// [id:proba-q1-03]
Within how many days is the request filed? {#30:0}
"""


def count(model, *where):
    found = db.session().scalar(sa.select(sa.func.count()).select_from(model).where(*where))
    db.end_reading()
    return found


def plan(course_files):
    made = services.plan_files(course_files)
    db.end_reading()
    return made


def verdicts(made):
    return {i.content_id: i.verdict.value for i in made.items if i.verdict is not Verdict.UNCHANGED}


def newest_of(content_id):
    stored = authoring.stored_questions(db.session().scalars(sa.select(Course.id)).one())[
        content_id
    ]
    db.end_reading()
    return stored


def test_english_words_are_stored_beside_the_romanian_with_the_same_ids(context):
    import_files({**files(), WORDS: ENGLISH})
    stored = newest_of("proba-q1-01")
    assert stored.words.stem == "How many members does an association have at least?"
    assert [o.id for o in stored.words.options] == [o.id for o in stored.question.options]
    assert [o.text for o in stored.words.options] == ["three", "two", "ten"]
    assert count(ContentItem, ContentItem.content_id == "proba-q1.en") == 1


def test_english_words_come_out_as_they_went_in_and_twice_is_once(context):
    course_id = import_files({**files(), WORDS: ENGLISH})
    assert services.export_course(course_id) == {**files(), WORDS: ENGLISH}
    db.end_reading()
    before = store_digest()
    import_files({**files(), WORDS: ENGLISH})
    assert store_digest() == before


def test_other_english_words_are_a_revision_and_nothing_else(context):
    import_files(files())
    romanian = newest_of("proba-q1-01").question
    made = plan({**files(), WORDS: ENGLISH})
    assert verdicts(made) == {"proba-q1.en": "new"}
    import_files({**files(), WORDS: ENGLISH})
    assert (count(QuestionVersion), count(QuestionRevision), count(QuizVersion)) == (3, 6, 1)
    mended = {**files(), WORDS: ENGLISH.replace(b"Too few.", b"Not enough.")}
    (item,) = [i for i in plan(mended).items if i.verdict is Verdict.CHANGED]
    assert item.questions[Change.WORDS] == ("proba-q1-01",)
    import_files(mended)
    assert (count(QuestionVersion), count(QuestionRevision), count(QuizVersion)) == (3, 7, 1)
    assert newest_of("proba-q1-01").question == romanian


def test_english_words_that_leave_the_files_leave_the_questions(context):
    import_files({**files(), WORDS: ENGLISH})
    import_files(files())
    assert newest_of("proba-q1-01").words is None
    assert count(ContentItem, ContentItem.path == WORDS) == 0


def test_a_mended_option_keeps_its_id_in_both_languages(context):
    import_files({**files(), WORDS: ENGLISH})
    before = [o.id for o in newest_of("proba-q1-01").question.options]
    course = replaced(QUIZ, "~doi#", "~doar doi#")
    import_files({**course, WORDS: ENGLISH.replace(b"~two#", b"~only two#")})
    stored = newest_of("proba-q1-01")
    assert [o.id for o in stored.question.options] == before
    assert [o.id for o in stored.words.options] == before
    assert stored.words.options[1].text == "only two"


def test_english_words_changed_on_both_sides_conflict_on_their_own(context):
    import_files({**files(), WORDS: ENGLISH})
    change_in_site("proba-q1.en", "Too few.", "Not enough.")
    theirs = replaced(QUIZ, "Prea puțini.", "Sunt prea puțini.")
    made = plan({**theirs, WORDS: ENGLISH.replace(b"Too many.", b"Far too many.")})
    assert verdicts(made) == {"proba-q1": "changed", "proba-q1.en": "conflict"}
    import_files({**theirs, WORDS: ENGLISH.replace(b"Too many.", b"Far too many.")})
    stored = newest_of("proba-q1-01")
    assert stored.question.options[1].feedback == "Sunt prea puțini."
    assert [o.feedback for o in stored.words.options] == ["Right.", "Not enough.", "Too many."]


def test_words_kept_from_the_site_that_fit_the_new_quiz_no_more_stop_the_import(context):
    import_files({**files(), WORDS: ENGLISH})
    change_in_site("proba-q1.en", "Too few.", "Not enough.")
    theirs = replaced(QUIZ, "~zece#Prea mulți.", "~zece#Prea mulți.\n~opt")
    made = plan({**theirs, WORDS: ENGLISH.replace(b"~ten#Too many.", b"~ten#Too many.\n~eight")})
    assert [(p.path, p.line, p.more) for p in made.problems] == [(WORDS, 2, "options")]


def test_a_fault_of_the_words_is_one_of_their_file(context):
    reading = read_course({**files(), WORDS: ENGLISH.replace(b"#30:0", b"#31:0")})
    assert [(p.path, p.line) for p in reading.errors] == [(WORDS, 12)]


def test_a_course_without_english_words_is_not_reminded_of_them(context):
    assert read_course(files()).problems == ()


def test_english_words_beside_no_quiz_are_listed_by_nobody(context):
    reading = read_course({**files(), "modules/1-inceputul/alt.en.gift": ENGLISH})
    assert [p.reason.value for p in reading.problems] == ["file_not_listed"]
