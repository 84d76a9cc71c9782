"""Every fault of a course's files is found, with its file and line, all at once."""

import pytest

from lms.exchange.course_files import read_course
from lms.exchange.pictures import PictureRefusedError, check_svg
from lms.exchange.problems import Reason
from tests.exchange import sample
from tests.exchange.sample import FIGURE, LESSON, MODULE, QUIZ, SECOND, files, os2_files, replaced


def faults(course_files):
    return [(p.path, p.line, p.reason) for p in read_course(course_files).problems]


def test_the_sample_and_the_course_that_comes_with_the_product_have_no_fault():
    assert faults(files()) == []
    reading = read_course(os2_files())
    assert reading.problems == ()
    assert len(reading.course.modules) == 8
    questions = [q for m in reading.course.modules for q in m.quiz.items]
    assert len(questions) == 160
    drafts = [q.id for q in questions if q.status == "draft"]
    assert drafts == ["os2-q2-07", "os2-q2-08", "os2-q4-07", "os2-q6-10", "os2-q7-10"]


def test_the_minutes_of_each_module_are_read_in_their_three_parts():
    lesson = read_course(files()).course.lessons[0]
    assert (lesson.reading_minutes, lesson.exercise_minutes, lesson.test_minutes) == (5, 10, 0)


CASES = [
    ("course.yaml", "id: proba", "id: Proba Mea", 1, Reason.BAD_ID),
    ("course.yaml", "id: proba", "id: import", 1, Reason.BAD_ID),
    ("course.yaml", "en: Sample course", "de: Probekurs", 2, Reason.UNKNOWN_KEY),
    ("course.yaml", "en: Sample course", "de: Probekurs", 2, Reason.MISSING_KEY),
    ("course.yaml", "modules_in_order: true", "modules_in_order: da", 4, Reason.WRONG_KIND),
    ("course.yaml", "modules_in_order", "in_order", 4, Reason.UNKNOWN_KEY),
    ("course.yaml", "[1-inceputul]", "[1-inceputul, 2-lipsa]", 5, Reason.FILE_MISSING),
    ("course.yaml", "[1-inceputul]", "[../../etc]", 5, Reason.BAD_FILE_NAME),
    ("course.yaml", "lessons_read: all", "exam_passed: all", 6, Reason.UNKNOWN_CONDITION),
    ("course.yaml", "title: {ro", "title: [ro", 2, Reason.NOT_YAML),
    ("course.yaml", "title: {ro: Curs", "title: &x {ro: Curs", 2, None),
    ("course.yaml", "summary: {ro: Pe scurt., en: In short.}", "summary: *x", 3, Reason.ALIAS),
    ("course.yaml", "summary:", "title:", 3, Reason.DUPLICATE_KEY),
    ("facts.yaml", "confidence: V", "confidence: X", 4, Reason.UNKNOWN_CONFIDENCE),
    ("facts.yaml", "2026-11-22", "2026-13-22", 5, Reason.BAD_DATE),
    ("facts.yaml", "id: A2", "id: A1", 6, Reason.DUPLICATE_ID),
    (MODULE, "id: proba-m1", "title2: x", 1, Reason.MISSING_KEY),
    (MODULE, "number: 1", "number: 2", 1, Reason.OUT_OF_RANGE),
    (MODULE, '"1.5"', "lung", 5, Reason.WRONG_KIND),
    (MODULE, ", 1-2-al-doilea-pas.md", ", 1-2-lipsa.md", 8, Reason.FILE_MISSING),
    (MODULE, ", 1-2-al-doilea-pas.md", "", 1, Reason.FILE_NOT_LISTED),
    (LESSON, "id: proba-1-1\n", "", 2, Reason.MISSING_KEY),
    (LESSON, "minutes: {reading: 5, exercise: 10, test: 0}\n", "", 2, Reason.MISSING_KEY),
    (LESSON, "reading: 5, ", "", 6, Reason.MISSING_KEY),
    (LESSON, "reading: 5", "reading: cinci", 6, Reason.WRONG_KIND),
    (LESSON, "outcomes: [1]", "outcomes: [4]", 8, Reason.UNKNOWN_OUTCOME),
    (LESSON, "facts: [A1]", "facts: [Z9]", 9, Reason.UNKNOWN_FACT),
    (LESSON, "https://example.org", "javascript:alert", 11, Reason.BAD_ADDRESS),
    (LESSON, "2026-11-22", "ieri", 12, Reason.BAD_DATE),
    (LESSON, "figures/drum.svg", "figures/alt.svg", 17, Reason.FIGURE_MISSING),
    (LESSON, "figures/drum.svg", "https://rau.example/x.svg", 17, Reason.FIGURE_MISSING),
    (LESSON, "Mergeți", "[Mergeți](undeva.md)", 19, Reason.BAD_LINK),
    (LESSON, "Mergeți", "# Mergeți", 19, Reason.TITLE_IN_TEXT),
    (LESSON, "Mergeți", "<b>Mergeți</b>", 19, Reason.RAW_HTML),
    (LESSON, "Mergeți", "Mergeţi", 19, Reason.CEDILLA),
    (LESSON, "---\nid", "id", 1, Reason.NO_FRONT_MATTER),
    (SECOND, "id: proba-1-2", "id: proba-1-1", 2, Reason.DUPLICATE_ID),
    (SECOND, 'number: "1.2"', 'number: "1.1"', 2, Reason.DUPLICATE_ENTRY),
    (SECOND, "Și încă unul.\n", "", 7, Reason.EMPTY_LESSON),
    (QUIZ, "~doi#", "=doi#", 10, Reason.QUIZ),
    (QUIZ, "[fact:A1]", "[fact:Z9]", 8, Reason.UNKNOWN_FACT),
    (QUIZ, "[lesson:1.2]", "[lesson:9.9]", 15, Reason.UNKNOWN_LESSON),
    (QUIZ, "[id:proba-q1-02]", "[id:proba-1-1]", 15, Reason.DUPLICATE_ID),
    (QUIZ, "draw: 2", "draw: 3", 4, Reason.QUIZ),
    (FIGURE, "<path", "<script/><path", 2, Reason.DANGEROUS_PICTURE),
]


@pytest.mark.parametrize(("path", "old", "new", "line", "reason"), CASES)
def test_a_fault_is_named_by_its_file_and_line(path, old, new, line, reason):
    found = faults(replaced(path, old, new))
    if reason is None:
        assert found == []
        return
    where = SECOND if reason is Reason.FILE_NOT_LISTED else path
    lines = [at for at_path, at, why in found if (at_path, why) == (where, reason)]
    assert lines, found
    assert line in lines, found


def test_all_faults_are_told_at_once():
    course = replaced("facts.yaml", "confidence: V", "confidence: X")
    course[LESSON] = course[LESSON].replace(b"outcomes: [1]", b"outcomes: [9]")
    course[QUIZ] = course[QUIZ].replace(b"~doi", b"=doi")
    course["notes.txt"] = b"x"
    found = {reason for _path, _line, reason in faults(course)}
    assert found >= {
        Reason.UNKNOWN_CONFIDENCE,
        Reason.UNKNOWN_OUTCOME,
        Reason.QUIZ,
        Reason.FILE_NOT_LISTED,
    }


def test_warnings_stop_nothing():
    reading = read_course(replaced(LESSON, "Mergeți", "Mergeţi"))
    assert reading.course is not None
    assert [p.reason for p in reading.warnings] == [Reason.CEDILLA]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"[" * 5000,
        b"a: &a [x]\nb: [*a, *a]",
        b"!!python/object/apply:os.system ['x']",
        b"\x00",
        b"- 1\n- 2",
        b"--- \n--- \n",
        b"id: 2026-13-45\n",
    ],
)
@pytest.mark.parametrize("path", ["course.yaml", "facts.yaml", MODULE, LESSON, QUIZ, FIGURE])
def test_no_file_however_odd_brings_the_reader_down(path, data):
    course = files()
    course[path] = data
    reading = read_course(course)
    if (path, data) != ("facts.yaml", b""):
        assert reading.errors


def test_nothing_but_a_course_is_said_in_one_line():
    assert faults({"readme.txt": b"x"}) == [("course.yaml", 1, Reason.FILE_MISSING)]


def svg(inside: str, attributes: str = "") -> bytes:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f"{attributes}>{inside}</svg>"
    ).encode()


def test_a_picture_may_draw_and_refer_to_itself():
    picture = svg('<defs><marker id="a"/></defs><g marker-end="url(#a)"><use href="#a"/></g>')
    assert check_svg(picture) is None  # refused pictures raise


@pytest.mark.parametrize(
    "data",
    [
        svg("<script>alert(1)</script>"),
        svg("<foreignObject/>"),
        svg("<style>@import 'x'</style>"),
        svg('<a href="https://rau.example"><text>x</text></a>'),
        svg('<image href="https://rau.example/x.png"/>'),
        svg('<use xlink:href="https://rau.example/x.svg#a"/>'),
        svg('<rect fill="url(https://rau.example/x)"/>'),
        svg('<rect fill="u\\72l(https://rau.example/x)"/>'),
        svg("<rect style=\"background:URL( '//rau.example')\"/>"),
        svg("", 'onload="alert(1)"'),
        svg('<animate attributeName="href" to="javascript:alert(1)"/>'),
        svg("<g>" * 100 + "</g>" * 100),
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"),
        b'<?xml-stylesheet href="https://rau.example/x.css"?>' + svg(""),
        svg('<x:script xmlns:x="http://www.w3.org/1999/xhtml"/>'),
    ],
)
def test_a_picture_that_does_more_than_draw_is_refused(data):
    with pytest.raises(PictureRefusedError) as caught:
        check_svg(data)
    assert caught.value.reason is Reason.DANGEROUS_PICTURE


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n", b"<html/>", b"<svg/>", svg("<g>")])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(PictureRefusedError) as caught:
        check_svg(data)
    assert caught.value.reason is Reason.NOT_A_PICTURE


def test_lines_are_told_as_editors_count_them():
    course = files()
    course[LESSON] = course[LESSON].replace(b"\n", b"\r\n").replace(b"[A1]", b"[Z9]")
    assert faults(course) == [(LESSON, 9, Reason.UNKNOWN_FACT)]


def test_too_much_of_anything_is_refused_before_it_is_read():
    course = files() | {f"figures/f{n}.svg": b"x" for n in range(1001)}
    assert [p.reason for p in read_course(course).problems] == [Reason.TOO_MANY_FILES]
    course = files() | {LESSON: b"x" * 1_000_001, FIGURE: sample.files()[FIGURE] + b" " * 500_001}
    found = [(p.path, p.reason) for p in read_course(course).problems]
    assert (LESSON, Reason.FILE_TOO_LARGE) in found
    assert (FIGURE, Reason.FILE_TOO_LARGE) in found
