"""A course's glossary: read with every fault's line, kept byte for byte, marked in the lessons."""

import pytest
import sqlalchemy as sa

from lms import db
from lms.courses.models import ContentItem, GlossaryTerm, Lesson
from lms.exchange import services
from lms.exchange.course_files import read_course
from lms.exchange.problems import Problem, Reason
from tests.exchange.glossaries import GLOSSARY, TEXT, changed, with_glossary
from tests.exchange.sample import files, import_files, store_digest


@pytest.fixture
def context(app):
    with app.app_context():
        yield


def lesson(content_id="proba-1-1"):
    return db.session().scalars(sa.select(Lesson).where(Lesson.content_id == content_id)).one()


def terms():
    return db.session().scalars(sa.select(GlossaryTerm).order_by(GlossaryTerm.id)).all()


CASES = [
    pytest.param("id: drum\n", "id: Drum!\n", 1, Reason.BAD_ID, id="an id that is no anchor"),
    pytest.param("id: drum\n", "x: drum\n", 1, Reason.MISSING_KEY, id="no id"),
    pytest.param("id: cofinantare", "id: drum", 6, Reason.DUPLICATE_ID, id="an id twice"),
    pytest.param(", en: way", "", 2, Reason.MISSING_KEY, id="a term without English"),
    pytest.param("ro: drum,", "ro: '',", 2, Reason.MISSING_KEY, id="a term without words"),
    pytest.param(", en: Where you walk.", "", 4, Reason.MISSING_KEY, id="no English definition"),
    pytest.param("Calea", "C" * 601, 4, Reason.TOO_LONG, id="a definition of a page"),
    pytest.param("forms: [drumul", "forms: [drumul, drumul", 3, Reason.DUPLICATE_ENTRY, id="twice"),
    pytest.param("forms: [drumul, drumului]", "forms: drumul", 3, Reason.WRONG_KIND, id="no list"),
    pytest.param("forms: [drumul,", "forms: ['…',", 3, Reason.WRONG_KIND, id="a form of no word"),
    pytest.param("[cofinanțarea]", "[DRUMUL]", 6, Reason.FORM_TAKEN, id="a form of another term"),
    pytest.param("fact: A1", "fact: Z9", 5, Reason.UNKNOWN_FACT, id="a fact that isn't there"),
    pytest.param("fact: A1", "fact: A2", 5, Reason.UNCERTAIN_FACT, id="a fact that isn't certain"),
    pytest.param("fact: A1", "fapt: A1", 5, Reason.UNKNOWN_KEY, id="a key that isn't known"),
    pytest.param("- id: drum", "- drum\n- id: drum", 1, Reason.WRONG_KIND, id="a word alone"),
    pytest.param("Partea pusă", "Partea puşă", 9, Reason.CEDILLA, id="a cedilla"),
]


@pytest.mark.parametrize(("old", "new", "line", "reason"), CASES)
def test_a_fault_is_told_with_its_line(old, new, line, reason):
    problems = read_course(changed(old, new)).problems
    assert (GLOSSARY, line, reason) in {(p.path, p.line, p.reason) for p in problems}, problems


@pytest.mark.parametrize("name", ["../rau.yaml", "course.yaml", "facts.yaml", "x/y.yaml", "a.txt"])
def test_a_glossary_has_a_file_of_its_own(name):
    course = with_glossary()
    course["course.yaml"] = course["course.yaml"].replace(GLOSSARY.encode(), name.encode())
    problems = read_course(course).problems
    assert Problem("course.yaml", 4, Reason.BAD_FILE_NAME, name) in problems


def test_a_glossary_that_is_listed_must_be_there_and_one_that_is_there_be_listed():
    course = with_glossary()
    del course[GLOSSARY]
    assert Problem("course.yaml", 4, Reason.FILE_MISSING, GLOSSARY) in read_course(course).problems
    stray = files() | {GLOSSARY: TEXT.encode()}
    assert Problem(GLOSSARY, 1, Reason.FILE_NOT_LISTED) in read_course(stray).problems


@pytest.mark.parametrize("text", ["", "# gol\n", "[]\n"])
def test_an_empty_glossary_is_no_fault(text):
    reading = read_course(with_glossary(text))
    assert reading.problems == ()
    assert reading.course.glossary == ()


def test_it_goes_in_and_comes_out_byte_for_byte(context):
    course_id = import_files(with_glossary())
    assert services.export_course(course_id) == with_glossary()
    (way, share) = terms()
    assert (way.term_id, way.term_ro, way.term_en, way.fact_id) == ("drum", "drum", "way", "A1")
    assert way.forms == ["drumul", "drumului"]
    assert share.definition_en == "What the beneficiary adds."
    before = store_digest()
    import_files(with_glossary())
    assert store_digest() == before


def test_lessons_lead_to_the_terms_where_they_stand_first(context):
    import_files(with_glossary())
    row = lesson()
    assert row.terms == ["drum", "cofinantare"]
    assert row.html.count('href="#termen-drum"') == 1
    assert "<h2" in row.html
    assert row.html.index('id="t-drum"') > row.html.index("</h2>")
    assert lesson("proba-1-2").terms == []


def test_another_glossary_marks_the_lessons_anew_though_they_did_not_change(context):
    import_files(with_glossary())
    before = (lesson().html_digest, lesson().version)
    import_files(changed("forms: [cofinanțarea]", "forms: [înainte]"))
    row = lesson()
    assert row.terms == ["cofinantare", "drum"]
    assert 'id="t-cofinantare" rel="noopener">înainte</a>' in row.html
    assert row.html_digest != before[0]
    assert row.version == before[1]  # nobody has to read it again


def test_a_term_that_is_taken_out_is_gone_and_its_link_too(context):
    import_files(with_glossary())
    import_files(with_glossary(TEXT[: TEXT.index("- id: cofinantare")]))
    assert [t.term_id for t in terms()] == ["drum"]
    assert lesson().terms == ["drum"]
    assert "cofinantare" not in lesson().html


def test_a_course_may_give_its_glossary_up(context):
    course_id = import_files(with_glossary())
    import_files(files())
    assert terms() == []
    assert lesson().terms == []
    paths = db.session().scalars(
        sa.select(ContentItem.path).where(ContentItem.course_id == course_id)
    )
    assert GLOSSARY not in set(paths)


def test_a_dry_run_says_that_the_glossary_is_new():
    from lms.exchange.course_values import FileKind

    (item,) = [i for i in read_course(with_glossary()).course.items if i.path == GLOSSARY]
    assert item.kind is FileKind.GLOSSARY
