"""The questionnaire's file: each fault has its line; it is kept verbatim, and in versions."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from lms import db
from lms.courses.models import ContentItem, Edition
from lms.exchange import services as exchange
from lms.exchange.course_files import read_course
from lms.exchange.problems import Reason
from lms.exchange.wording import line
from lms.surveys.models import Survey, SurveyVersion
from lms.surveys.questions import QuestionKind
from lms.web.i18n import in_locale
from tests.exchange.sample import files, import_files, os2_files, store_digest
from tests.surveys import asked

PATH = "questionnaire.yaml"
TEXT = """id: parerea
title: {ro: Părerea, en: Opinion}
intro: {ro: Pe scurt., en: In short.}
questions:
  - id: util
    kind: scale
    label: {ro: Util?, en: Useful?}
    low: {ro: deloc, en: not}
    high: {ro: foarte, en: very}
  - id: ritm
    kind: choice
    label: {ro: Ritmul?, en: Pace?}
    options:
      - {id: lent, label: {ro: Lent, en: Slow}}
      - {id: bun, label: {ro: Bun, en: Right}}
  - id: altceva
    kind: text
    required: false
    label: {ro: Altceva?, en: Else?}
"""


def course(text: str = TEXT, asks: str = "parerea", name: str = PATH) -> dict[str, bytes]:
    found = files()
    head = found["course.yaml"].decode()
    head = head.replace("quizzes_passed: all", f"quizzes_passed: all, form_submitted: {asks}")
    return found | {
        "course.yaml": f"{head}questionnaire: {name}\n".encode(),
        PATH: text.encode(),
    }


def faults(course_files: dict[str, bytes]) -> list[tuple[str, int, Reason]]:
    return [(p.path, p.line, p.reason) for p in read_course(course_files).problems]


def test_a_questionnaire_without_fault_is_read():
    reading = read_course(course())
    assert reading.problems == ()
    questionnaire = reading.course.questionnaire
    assert [q.kind for q in questionnaire.questions] == list(QuestionKind)
    assert [q.is_required for q in questionnaire.questions] == [True, True, False]


@pytest.mark.parametrize(
    ("old", "new", "at", "reason"),
    [
        pytest.param("id: parerea", "id: Părerea", 1, Reason.BAD_ID, id="an odd id"),
        pytest.param("en: Opinion", "de: Meinung", 2, Reason.MISSING_KEY, id="no English title"),
        pytest.param("kind: scale", "kind: stele", 6, Reason.WRONG_KIND, id="an unknown kind"),
        pytest.param("    kind: scale\n", "", 5, Reason.MISSING_KEY, id="no kind"),
        pytest.param("id: util", "id: 1util", 5, Reason.BAD_ID, id="an odd question's id"),
        pytest.param("id: ritm", "id: util", 5, Reason.DUPLICATE_ENTRY, id="an id twice"),
        pytest.param(
            "    low: {ro: deloc, en: not}\n", "", 5, Reason.MISSING_KEY, id="a scale without low"
        ),
        pytest.param(
            "kind: scale", "kind: scale\n    most: 99", 7, Reason.OUT_OF_RANGE, id="a wide scale"
        ),
        pytest.param(
            "kind: text", "kind: text\n    low: {ro: x, en: x}", 18, Reason.UNKNOWN_KEY, id="low"
        ),
        pytest.param("required: false", "required: nu", 18, Reason.WRONG_KIND, id="not yes or no"),
        pytest.param("id: lent", "id: bun", 14, Reason.DUPLICATE_ENTRY, id="an option twice"),
        pytest.param("Ritmul?", "Ritmul?" * 60, 12, Reason.TOO_LONG, id="a long question"),
        pytest.param("Ritmul?", "Ritmulţ?", 12, Reason.CEDILLA, id="a cedilla"),
        pytest.param("questions:", "intrebari:", 1, Reason.MISSING_KEY, id="no questions"),
        pytest.param("title: {ro", "title: [ro", 2, Reason.NOT_YAML, id="no YAML"),
    ],
)
def test_a_fault_is_named_by_its_line(old, new, at, reason):
    assert old in TEXT
    found = faults(course(TEXT.replace(old, new, 1)))
    assert (PATH, at, reason) in found, found


def test_a_form_that_is_asked_for_must_be_there():
    problems = read_course(course(asks="alta")).problems
    assert [(p.path, p.line, p.reason) for p in problems] == [
        ("course.yaml", 6, Reason.UNKNOWN_FORM)
    ]
    with in_locale("ro"):
        assert "cursul nu are niciun chestionar numit „alta”" in line(problems[0])


def test_the_file_must_be_there_and_have_a_plain_name():
    missing = course()
    del missing[PATH]
    assert ("course.yaml", 7, Reason.FILE_MISSING) in faults(missing)
    assert ("course.yaml", 7, Reason.BAD_FILE_NAME) in faults(course(name="../x.yaml"))
    assert ("course.yaml", 7, Reason.BAD_FILE_NAME) in faults(course(name="course.yaml"))
    assert (PATH, 1, Reason.FILE_NOT_LISTED) in faults(files() | {PATH: TEXT.encode()})


def test_the_file_comes_out_as_it_went_in_and_the_same_again_changes_nothing(context):
    course_id = import_files(course())
    assert exchange.export_course(course_id) == course()
    kind = db.session().scalar(sa.select(ContentItem.kind).where(ContentItem.path == PATH))
    assert kind.value == "questionnaire"
    db.end_reading()
    before = store_digest()
    import_files(course())
    assert store_digest() == before


def versions() -> list[tuple[int, str]]:
    rows = db.session().scalars(sa.select(SurveyVersion).order_by(SurveyVersion.number)).all()
    found = [(row.number, row.content["questions"][0]["label"]["ro"]) for row in rows]
    db.end_reading()
    return found


def test_a_change_is_made_in_place_until_somebody_has_answered(cast):
    app = cast.app
    with app.app_context():
        course_id = import_files(course(), publish=True)
        import_files(course(TEXT.replace("Util?", "De folos?")))
        assert versions() == [(1, "De folos?")]
        with db.writing() as session:
            session.get_one(Edition, cast.edition_id).course_id = course_id
    place = cast.enrolments["learner"]
    assert asked.submit(app, place, {"util": 3, "ritm": "bun"}, slug="proba")
    with app.app_context():
        import_files(course(TEXT.replace("Util?", "Cât de util?")))
        import_files(course(TEXT.replace("Util?", "Cât de util?").replace("Pe scurt", "Scurt")))
        assert versions() == [(1, "De folos?"), (2, "Cât de util?")]


def test_a_questionnaire_that_leaves_the_course_is_asked_no_more_and_its_answers_stay(cast):
    with cast.app.app_context():
        course_id = import_files(course(), publish=True)
        with db.writing() as session:
            session.get_one(Edition, cast.edition_id).course_id = course_id
    assert asked.submit(cast.app, cast.enrolments["learner"], {"util": 3}, slug="proba")
    client = cast.client("learner")
    assert client.get("/courses/proba/questionnaire/thanks").status_code == 200
    with cast.app.app_context():
        import_files(files())
        assert db.session().scalars(sa.select(Survey)).one().withdrawn_at is not None
    assert client.get("/courses/proba/questionnaire").status_code == 404
    with cast.app.app_context():
        import_files(course())
        assert db.session().scalars(sa.select(Survey)).one().withdrawn_at is None
        assert versions() == [(1, "Util?")]


def test_the_os2_questionnaire_asks_what_it_should_in_both_languages():
    questionnaire = read_course(os2_files()).course.questionnaire
    assert questionnaire.id == "os2-satisfactie"
    assert 12 <= len(questionnaire.questions) <= 16
    for question in questionnaire.questions:
        texts = [question.label, question.hint, question.low, question.high]
        texts += [option.label for option in question.options]
        for words in filter(None, texts):
            assert words["ro"]
            assert words["en"]
            assert words["ro"] != words["en"] or words["ro"] == "Nu"
        if question.kind is QuestionKind.TEXT:
            assert not question.is_required
            assert "nu numiți persoane" in question.hint["ro"]
            assert "not name people" in question.hint["en"]
    by_id = {q.id: q for q in questionnaire.questions}
    assert list(by_id["recomandare"].points) == list(range(11))
    assert not by_id["organizatie"].is_required
