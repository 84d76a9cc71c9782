"""Further types in Moodle XML: gaps, orders, essays, statements, information, units."""

from __future__ import annotations

import io

import pytest

from lms.quizzes.exchange.moodle_writer import write_moodle_xml
from lms.quizzes.exchange.moodle_xml import read_moodle_xml
from lms.quizzes.exchange.quiz_file import ProblemKind
from lms.quizzes.exchange.read_question import Lost
from tests.quizzes.exchange.kinds import assert_same
from tests.quizzes.exchange.test_moodle_xml import read


def question(kind: str, text: str, more: str = "") -> str:
    return (
        f'<question type="{kind}"><name><text>N</text></name><questiontext format="html">'
        f"<text><![CDATA[{text}]]></text></questiontext>{more}</question>\n"
    )


def one(kind: str, text: str, more: str = ""):
    [found], problems = read(question(kind, text, more))
    assert problems == []
    return found


def test_a_cloze_is_read_with_its_codes():
    found = one(
        "cloze",
        "<p>Completați:</p><p>Iașul e în {1:SHORTANSWER:=Moldova#Da~%50%Rom\\~ania}, are "
        "{2:NUMERICAL:=300:10} mii de locuitori, {:MULTICHOICE:mulți~=destui &amp; harnici}.</p>",
    )
    assert found.problems == ()
    gaps = found.question.gaps
    assert found.question.stem == "Completați:"
    assert found.question.text == "Iașul e în [[1]], are [[2]] mii de locuitori, [[3]]."
    assert [a.text for a in gaps[0].question.answers] == ["Moldova", "Rom~ania"]
    assert (gaps[1].weight, gaps[1].question.answers[0].tolerance) == (2, 10)
    assert [o.text for o in gaps[2].question.options] == ["mulți", "destui & harnici"]


def test_a_cloze_comes_back_from_its_own_file():
    text = (
        "<p>Unu {1:SHORTANSWER_C:=a\\}b#c\\#d~%25%e &lt;f&gt;} doi "
        "{1:MULTIRESPONSE:%50%x~%50%y~z}</p>"
    )
    before = one("cloze", text)
    written = write_moodle_xml([before])
    assert b"{1:SHORTANSWER_C:=a\\}b#c\\#d~%25%e &amp;lt;f&amp;gt;}" in written.data
    [again] = read_moodle_xml(io.BytesIO(written.data), [])
    assert_same(again, before, written)


@pytest.mark.parametrize("code", ["{1:PIXEL:=a}", "{1:NUMERICAL:=mult}"])
def test_a_code_that_cannot_be_read_is_told(code):
    found = one("cloze", f"<p>Un {code} text</p>")
    assert found.question is None
    assert found.problems[0].kind in {ProblemKind.NOT_SUPPORTED, ProblemKind.BAD_ANSWERS}


def test_words_to_choose_and_to_drag_are_read():
    boxes = "".join(
        f"<{{0}}><text>{word}</text><group>1</group>{{1}}</{{0}}>"
        for word in ("unu", "doi", "trei")
    )
    chosen = one("gapselect", "<p>[[1]] și [[2]]</p>", boxes.format("selectoption", ""))
    assert [w.text for w in chosen.question.words] == ["unu", "doi", "trei"]
    dragged = one("ddwtos", "<p>[[1]] și [[2]]</p>", boxes.format("dragbox", "<infinite/>"))
    assert dragged.question.reuse
    assert dragged.question.text == "[[1]] și [[2]]"


def test_an_order_has_its_scheme_by_name_and_by_number():
    answers = "".join(f"<answer><text>{word}</text></answer>" for word in ("unu", "doi", "trei"))
    grading = "<gradingtype>LONGEST_ORDERED_SUBSET</gradingtype>"
    named = one("ordering", "Ordonați", grading + answers)
    assert named.question.scoring == "longest_ordered"
    numbered = one("ordering", "Ordonați", "<gradingtype>-1</gradingtype>" + answers)
    assert numbered.question.scoring == "all_or_nothing"
    other = one("ordering", "Ordonați", "<gradingtype>ALTFEL</gradingtype>" + answers)
    assert [p.field for p in other.problems] == [Lost.SCORING]


def test_an_essay_has_its_limits_and_what_is_said_to_those_who_mark():
    found = one(
        "essay",
        "<p>Scrieți.</p>",
        "<responseformat>monospaced</responseformat><responsefieldlines>15</responsefieldlines>"
        "<minwordlimit>50</minwordlimit><attachments>2</attachments>"
        "<graderinfo format='html'><text>Fiți blânzi.</text></graderinfo>",
    )
    essay = found.question
    assert (essay.format, essay.lines, essay.min_words, essay.max_words) == ("mono", 15, 50, None)
    assert essay.notes == "Fiți blânzi."
    assert [p.field for p in found.problems] == [Lost.MEDIA]


def test_information_has_no_marks_and_four_statements_their_key():
    told = one("description", "<p>Citiți cu atenție.</p>", "<defaultgrade>0</defaultgrade>")
    assert told.problems == ()
    assert told.question.type == "description"
    rows = "".join(
        f'<row number="{n}"><optiontext><text>s{n}</text></optiontext></row>' for n in range(1, 5)
    )
    weights = "".join(
        f'<weight rownumber="{n}" columnnumber="{1 + n % 2}"><value>1.000</value></weight>'
        for n in range(1, 5)
    )
    found = one("kprime", "Care?", rows + weights)
    assert [s.is_true for s in found.question.statements] == [False, True, False, True]


def test_units_that_convert_and_what_a_wrong_one_costs_are_kept():
    found = one(
        "numerical",
        "Cât?",
        "<answer fraction='100'><text>5</text></answer><unitgradingtype>2</unitgradingtype>"
        "<unitpenalty>0.25</unitpenalty><showunits>2</showunits><units>"
        "<unit><multiplier>1</multiplier><unit_name>m</unit_name></unit>"
        "<unit><multiplier>100</multiplier><unit_name>cm</unit_name></unit></units>",
    )
    units = found.question.units
    assert (found.question.unit, units.rule, str(units.penalty)) == ("m", "list", "0.25")
    assert [(o.name, str(o.factor)) for o in units.others] == [("cm", "0.01")]
    assert units.penalty_of == "question"
