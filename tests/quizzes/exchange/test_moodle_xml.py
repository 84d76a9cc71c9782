"""Moodle XML as Moodle writes it: every type read or named, by line and question."""

from __future__ import annotations

import base64
import io
from decimal import Decimal

import pytest

from lms.quizzes.exchange.formats import Format, recognise
from lms.quizzes.exchange.moodle_writer import write_moodle_xml
from lms.quizzes.exchange.moodle_xml import category_path, read_moodle_xml
from lms.quizzes.exchange.quiz_file import ItemStatus, ProblemKind, Severity
from lms.quizzes.exchange.read_question import Lost

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
CHOICE = """<question type="multichoice">
<name><text>Limite</text></name>
<questiontext format="html"><text><![CDATA[<p>Care <strong>dintre</strong>?</p>]]></text>
</questiontext>
<generalfeedback format="html"><text></text></generalfeedback>
<defaultgrade>2.0000000</defaultgrade><penalty>0.3333333</penalty><hidden>0</hidden>
<idnumber>lim-1</idnumber><single>true</single>
<correctfeedback format="html"><text>Your answer is correct.</text></correctfeedback>
<answer fraction="100" format="html"><text><![CDATA[<p>Unu</p>]]></text>
<feedback format="html"><text>Da.</text></feedback></answer>
<answer fraction="33.33333" format="html"><text>Doi</text>
<feedback format="html"><text></text></feedback></answer>
<tags><tag><text>ușor</text></tag><tag><text>fact:B3</text></tag></tags>
</question>
"""


def read(body: str, encoding: str = "utf-8", head: str = HEAD):
    problems = []
    data = f"{head}{body}</quiz>".encode(encoding)
    return list(read_moodle_xml(io.BytesIO(data), problems)), problems


def test_a_choice_is_read_with_its_key_words_marks_tags_and_id():
    [question], problems = read(CHOICE)
    assert problems == []
    assert question.problems == ()
    assert (question.id, question.name, question.line) == ("lim-1", "Limite", 3)
    assert (question.tags, question.facts) == (("ușor",), ("B3",))
    found = question.question
    assert found.stem == "Care **dintre**?"
    assert found.marks == 2
    assert [(o.text, o.fraction, o.feedback) for o in found.options] == [
        ("Unu", 1, "Da."),
        ("Doi", Decimal("0.3333333"), ""),
    ]


def test_categories_name_the_questions_after_them():
    category = (
        '<question type="category"><category><text>$course$/top/Modulul 1/Limite</text>'
        "</category></question>\n"
    )
    [question], _ = read(category + CHOICE)
    assert question.category == "Modulul 1/Limite"
    assert category_path("$system$/top") == ""


@pytest.mark.parametrize("kind", ["pmatch", "randomsamatch", "calculatedmulti", "stack"])
def test_a_type_that_is_not_known_is_named_with_its_line_and_kept_out(kind):
    other = f'<question type="{kind}"><name><text>Altceva</text></name></question>\n'
    [first, second], problems = read(other + CHOICE)
    assert problems == []
    assert first.question is None
    [problem] = first.problems
    assert (problem.kind, problem.line, problem.item, problem.reason) == (
        ProblemKind.NOT_SUPPORTED,
        3,
        "Altceva",
        kind,
    )
    assert second.is_good
    assert second.line == 4


def test_what_is_wrong_with_an_option_is_told_at_its_line():
    [question], _ = read(CHOICE.replace('fraction="33.33333"', 'fraction="100"'))
    [problem] = question.problems
    assert (problem.line, problem.reason) == (13, "several_right_answers")
    [question], _ = read(CHOICE.replace('fraction="33.33333"', 'fraction="o treime"'))
    [problem] = question.problems
    assert (problem.kind, problem.line, problem.reason) == (
        ProblemKind.BAD_WEIGHT,
        13,
        "o treime",
    )


def test_hints_are_kept_and_feedback_of_a_whole_answer_is_told_as_left_out():
    extra = '<hint format="html"><text>Gândiți-vă</text></hint>'
    body = CHOICE.replace("</question>", extra + "</question>")
    body = body.replace("Your answer is correct.", "Bravo!")
    [question], _ = read(body)
    assert question.is_good
    assert question.question.hints == ("Gândiți-vă",)
    assert {p.field for p in question.problems} == {Lost.COMBINED_FEEDBACK}
    assert {p.severity for p in question.problems} == {Severity.WARNING}


def test_a_number_has_its_tolerance_unit_and_the_answer_for_everything_else():
    [question], _ = read(
        '<question type="numerical"><questiontext><text>Cât?</text></questiontext>'
        '<answer fraction="100"><text>18.5</text><tolerance>0.5</tolerance></answer>'
        '<answer fraction="0"><text>*</text><feedback><text>Nu.</text></feedback></answer>'
        "<units><unit><multiplier>1</multiplier><unit_name>lei</unit_name></unit></units>"
        "</question>"
    )
    found = question.question
    assert (found.unit, found.other_feedback) == ("lei", "Nu.")
    assert found.answers[0].holds(Decimal("18.9"))


def test_true_false_and_matching_are_read():
    [first, second], _ = read(
        '<question type="truefalse"><questiontext><text>Așa e.</text></questiontext>'
        '<answer fraction="0"><text>true</text><feedback><text>Nu.</text></feedback></answer>'
        '<answer fraction="100"><text>false</text></answer></question>'
        '<question type="matching"><questiontext><text>Potriviți.</text></questiontext>'
        "<subquestion><text>unu</text><answer><text>1</text></answer></subquestion>"
        "<subquestion><text>doi</text><answer><text>2</text></answer></subquestion>"
        "<subquestion><text></text><answer><text>3</text></answer></subquestion></question>"
    )
    assert (first.question.answer, first.question.feedback_true) == (False, "Nu.")
    assert [a.text for a in second.question.answers] == ["1", "2", "3"]
    assert second.id.startswith("moodle-")


def test_a_hidden_question_comes_as_a_draft():
    [question], _ = read(CHOICE.replace("<hidden>0", "<hidden>1"))
    assert question.status is ItemStatus.DRAFT


def test_embedded_pictures_come_and_go_with_their_question():
    picture = base64.b64encode(PIXEL).decode()
    body = CHOICE.replace(
        "</questiontext>",
        f'<file name="o poză.png" path="/" encoding="base64">{picture}</file></questiontext>',
    ).replace("?</p>", '? <img src="@@PLUGINFILE@@/o%20poz%C4%83.png" alt="o poză"></p>')
    [question], _ = read(body)
    assert question.problems == ()
    [(name, data)] = question.files.items()
    assert data == PIXEL
    assert f"![o poză](<{name}>)" in question.question.stem
    written = write_moodle_xml([question])
    assert f"@@PLUGINFILE@@/{name}".encode() in written.data
    [again] = read_moodle_xml(io.BytesIO(written.data), [])
    assert again.files == question.files
    assert again.question == question.question


def test_what_only_claims_to_be_a_picture_is_left_out():
    script = base64.b64encode(b"<svg onload=alert(1)>").decode()
    body = CHOICE.replace(
        "</questiontext>",
        f'<file name="x.png" path="/" encoding="base64">{script}</file></questiontext>',
    ).replace("?</p>", '? <img src="@@PLUGINFILE@@/x.png" alt="o poză"></p>')
    [question], _ = read(body)
    assert question.files == {}
    assert question.question.stem == "Care **dintre**? o poză"
    assert [p.field for p in question.problems] == [Lost.PICTURE]


@pytest.mark.parametrize("declared", ["UTF-8", "utf-16", "windows-1250", "ISO-8859-2"])
def test_letters_are_read_as_the_file_says_and_as_it_is(declared):
    head = f'<?xml version="1.0" encoding="{declared}"?>\n<quiz>\n'
    codec = {"windows-1250": "cp1250", "ISO-8859-2": "iso8859-2"}.get(declared, declared)
    body = CHOICE.replace("ș", "ş").replace("ț", "ţ").replace("ă", "ă")
    [question], problems = read(body, codec, head)
    assert problems == []
    assert question.tags[0] == "uşor"


def test_old_letters_under_a_wrong_name_are_guessed_and_said_to_be():
    [question], problems = read(CHOICE.replace("ș", "ş"), "cp1250")
    assert [p.kind for p in problems] == [ProblemKind.ENCODING_GUESSED]
    assert question.tags[0] == "uşor"


def test_a_file_that_breaks_off_keeps_what_came_before_and_says_where():
    data = (HEAD + CHOICE + CHOICE[:200]).encode()
    problems = []
    read_ones = list(read_moodle_xml(io.BytesIO(data), problems))
    assert len(read_ones) == 1
    assert [(p.kind, p.line) for p in problems] == [(ProblemKind.BAD_XML, data.count(b"\n") + 1)]


BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa">\n'
    '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>\n<quiz><question>&b;</question></quiz>'
)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        pytest.param(BOMB.encode(), ProblemKind.DANGEROUS_XML, id="entities"),
        pytest.param(BOMB.encode("utf-16"), ProblemKind.DANGEROUS_XML, id="entities in UTF-16"),
        pytest.param(
            b'<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>',
            ProblemKind.DANGEROUS_XML,
            id="a file of the server",
        ),
        pytest.param(
            b'<!DOCTYPE quiz><!DOCTYPE quiz [<!ENTITY x "boom">]><quiz>&x;</quiz>',
            ProblemKind.DANGEROUS_XML,
            id="entities after a harmless type",
        ),
        pytest.param(
            b"<!DOCTYPE quiz>\n<!-- -->\n" + BOMB[BOMB.index("<!DOC") :].encode(),
            ProblemKind.DANGEROUS_XML,
            id="entities after a harmless type, on other lines",
        ),
        pytest.param(
            b"<!--" + b"a\n" * 40_000 + b"-->\n" + BOMB[BOMB.index("<!DOC") :].encode(),
            ProblemKind.TOO_LARGE,
            id="entities behind a long comment",
        ),
        pytest.param(
            b"<quiz>" + b"<question>" * 100_000, ProblemKind.DANGEROUS_XML, id="deep nesting"
        ),
        pytest.param(
            b"<quiz><question>" + b"<a/>" * 200_000, ProblemKind.DANGEROUS_XML, id="endless tags"
        ),
        pytest.param(
            b'<?xml version="1.0" encoding="unicode_escape"?><quiz/>',
            ProblemKind.BAD_ENCODING,
            id="an encoding that computes",
        ),
        pytest.param(b"\xff\xfe\0\0<\0\0\0", ProblemKind.BAD_ENCODING, id="UTF-32"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(5000), ProblemKind.BAD_ENCODING, id="a picture"),
        pytest.param(b"<html><body/></html>", ProblemKind.NOT_THIS_FORMAT, id="a page"),
        pytest.param(b"", ProblemKind.NOT_THIS_FORMAT, id="nothing"),
    ],
)
def test_hostile_and_odd_files_end_in_one_problem(data, kind):
    problems = []
    assert list(read_moodle_xml(io.BytesIO(data), problems)) == []
    assert [problem.kind for problem in problems] == [kind]


@pytest.mark.parametrize(
    "head", ["<?x?>" + " " * 200, "<?x?>" * 100, "<!---->" * 200, "<?x?>\n" * 100 + "<!-- a"]
)
def test_a_files_format_is_told_at_once_however_its_head_is_made(head):
    assert recognise(io.BytesIO(f"{head}x".encode()), "a.xml") is Format.MOODLE_XML
    assert recognise(io.BytesIO(f"{head.partition('<!-- a')[0]}<quiz>".encode())) is (
        Format.MOODLE_XML
    )


@pytest.mark.parametrize("start", ["9" * 5000, "1" * 10, "\u0664" * 4400])
def test_a_list_that_begins_at_no_possible_number_begins_at_one(start):
    body = CHOICE.replace(
        "<p>Care <strong>dintre</strong>?</p>", f'<ol start="{start}"><li>a</li><li>b</li></ol>'
    )
    [question], _problems = read(body)
    assert question.question.stem == "1. a\n2. b"


def test_a_document_type_without_entities_is_passed_over_and_lines_stay_right():
    head = '<?xml version="1.0"?>\n<!DOCTYPE quiz SYSTEM\n "quiz.dtd">\n<quiz>\n'
    [question], problems = read(CHOICE, head=head)
    assert problems == []
    assert question.line == 5
