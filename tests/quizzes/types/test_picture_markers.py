"""Markers on a picture whose zones are hidden: hits over targets or markers, whichever is more."""

from __future__ import annotations

import base64
import io
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from lms import db
from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.exchange.moodle_writer import write_moodle_xml
from lms.quizzes.exchange.moodle_xml import read_moodle_xml
from lms.quizzes.exchange.pictures import picture_name
from lms.quizzes.exchange.read_question import ReadQuestion
from lms.quizzes.question_types.picture_labels.zones import read_area
from lms.quizzes.question_types.picture_markers import rules
from lms.quizzes.question_types.protocol import InvalidQuestion, InvalidResponse, QuestionFault
from lms.quizzes.question_types.registry import parse_question
from tests.factories import make_quiz
from tests.quizzes.exchange.kinds import reads, shown
from tests.quizzes.strategies import picture_markers
from tests.quizzes.test_taking import paper, post, start
from tests.quizzes.types.cases import earned, near
from tests.quizzes.types.test_picture_labels import png

MOODLE = "quiz-rules 1, ddmarker: hits / max(targets, markers set), hits maximised"
LABELS = [{"id": "a", "text": "ușa"}, {"id": "b", "text": "masa"}, {"id": "x", "text": "tabla"}]
ZONES = [
    {"id": "z1", "words": "sus", "shape": "rectangle", "points": "10,10 30,20", "label": "a"},
    {"id": "z2", "words": "la mijloc", "shape": "ellipse", "points": "50,50 10,8", "label": "b"},
    {"id": "z3", "words": "lângă", "shape": "rectangle", "points": "55,45 90,55", "label": "b"},
    {"id": "z0", "words": "jos", "shape": "rectangle", "points": "0,90 100,100", "label": ""},
]
CASES = [
    ({"a": "20,15", "b": "50,50", "b_2": "80,50"}, "1", "all hit"),
    ({"a": "10,10", "b": "50,42", "b_2": "90,55"}, "1", "the edges are inside"),
    ({"a": "z1", "b": "z2", "b_2": "z3"}, "1", "all chosen in words"),
    ({"a": "20,15", "b": "z3"}, "2/3", "one target open"),
    ({"a": "9.9,10", "b": "z2", "b_2": "z3"}, "2/3", "one missed"),
    ({"a": "20,15", "b": "50,50", "b_2": "80,50", "x": "1,1"}, "3/4", "one too many costs"),
    ({"x": "z1"}, "0", "a marker that belongs nowhere"),
    ({"b": "58,50", "b_2": "50,50"}, "2/3", "overlapping targets: as many hits as possible"),
    ({"b": "50,50", "b_2": "58,50"}, "2/3", "the same the other way round"),
    ({"b": "50,50", "b_2": "50,50"}, "1/3", "both on one target"),
    ({"a": "z2"}, "0", "chosen words are of that place alone"),
    ({"a": "z0"}, "0", "a place where nothing belongs"),
    ({}, "0", "nothing"),
    ({"a": "200,10", "b": ["50,50"], "q": "z1"}, "0", "odd values"),
]


def asked(**more):
    return parse_question(
        {
            "type": "picture_markers",
            "stem": "Unde sunt?",
            "picture": "![Sala](0123456789abcdef0123.png)",
            "labels": LABELS,
            "zones": ZONES,
            **more,
        }
    )


@pytest.mark.parametrize(("given", "expected", "why"), CASES)
def test_markers_earn(given, expected, why):
    assert near(earned(asked(), {"at": given}), expected), f"{MOODLE}: {why}"


@pytest.mark.parametrize(
    ("shape", "points", "inside", "outside"),
    [
        ("rectangle", "10,10 30,20", ["10,10", "30,20", "20,15"], ["9.9,15", "20,20.1"]),
        ("ellipse", "50,50 20,10", ["70,50", "50,60", "62,56"], ["70,51", "66,57"]),
        ("polygon", "0,0 40,0 0,40", ["0,0", "20,20", "10,10"], ["21,20", "40,1"]),
        ("polygon", "0,0 40,0 40,40 20,10 0,40", ["20,10", "5,5", "38,35"], ["20,11", "20,30"]),
    ],
)
def test_a_point_is_in_an_area_or_not(shape, points, inside, outside):
    area = read_area(shape, points, 0)

    def holds(written):
        x, y = written.split(",")
        return area.holds((Decimal(x), Decimal(y)))

    assert [holds(each) for each in inside] == [True] * len(inside)
    assert [holds(each) for each in outside] == [False] * len(outside)


def test_nothing_shown_tells_where_the_places_are():
    question = asked()
    told = rules.public(question, rules.draw(question, 7))
    assert [place["text"] for place in told["places"]] == ["jos", "la mijloc", "lângă", "sus"]
    assert sorted(marker["id"] for marker in told["markers"]) == ["a", "b", "b_2", "x"]
    assert "points" not in str(told)
    assert "area" not in str(told)
    assert rules.random_guess(question) is None


def test_a_form_is_read_marker_by_marker():
    question = asked()
    typed = {"at-a": ["z1"], "at-b": ["12.5,7"], "at-b_2": [""], "at-x": []}
    assert rules.read_response(question, typed) == {"at": {"a": "z1", "b": "12.5,7"}}
    for wrong in (["z9"], ["101,5"], ["1,2,3"], ["z1", "z2"]):
        with pytest.raises(InvalidResponse):
            rules.read_response(question, {"at-a": wrong})


def test_answers_are_said_and_counted_in_words():
    question = asked()
    payload = {"at": {"a": "20,15", "b": "1.5,1"}}
    assert rules.response_text(question, payload) == ("ușa: sus", "masa: (1.5 % × 1 %)")
    counted = [(c.part, c.key, c.fraction) for c in rules.summarise(question, payload)]
    assert near(counted[0][2], "1/3")
    assert [c[:2] for c in counted] == [("a", "z1"), ("b", "other"), ("b_2", ""), ("x", "")]
    assert rules.key_text(question) == ("ușa: sus", "masa: la mijloc", "masa: lângă")


@pytest.mark.parametrize(
    ("zones", "reason"),
    [
        ([{**ZONES[0], "label": ""}, ZONES[3]], QuestionFault.NO_RIGHT_ANSWER),
        (ZONES[:1], QuestionFault.TOO_FEW),
        ([ZONES[0], {**ZONES[1], "words": "sus"}], QuestionFault.DUPLICATE),
    ],
)
def test_what_can_not_be_asked_is_refused(zones, reason):
    with pytest.raises(InvalidQuestion) as refused:
        asked(zones=zones)
    assert refused.value.reason is reason


@given(st.lists(st.sampled_from(["z1", "z2", "z3", "z0", "20,15", "58,50", "1,1"]), max_size=4))
def test_a_mark_is_bounded_and_one_more_hit_never_costs(values):
    question = asked()
    at = dict(zip(question.markers, values, strict=False))
    hits = len(rules.hits_in(question, {"at": at}))
    assert near(earned(question, {"at": at}), f"{hits}/{max(3, len(at))}")


TEXT = """\
// [id:marcaje-1] [type:picture_markers]
Unde sunt? {
![O sală, văzută de sus](0123456789abcdef0123.png)
=rectangle 10,10 30,20: stânga sus -> ușa
=ellipse 50,50 10,8: la mijloc -> masa
~rectangle 0,90 100,100: jos, la margine
~tabla
}
"""


def test_a_file_has_places_alone_and_markers_alone():
    (item,) = read_gift(TEXT).items
    assert [z.label != "" for z in item.question.zones] == [True, True, False]
    assert [w.text for w in item.question.words] == ["ușa", "masa", "tabla"]


DROPS = """<drop><no>1</no><shape>circle</shape><coords>150,100;30</coords><choice>1</choice></drop>
<drop><no>2</no><shape>rectangle</shape><coords>0,0;30,20</coords><choice>2</choice></drop>
<drop><no>3</no><shape>polygon</shape><coords>3,2;30,2;30,20</coords><choice>2</choice></drop>"""


def moodle(drops: str, copies: str = "<noofdrags>2</noofdrags>") -> bytes:
    return f"""<?xml version="1.0"?><quiz><question type="ddmarker">
<name><text>Sala</text></name><questiontext format="html"><text>Unde?</text></questiontext>
<defaultgrade>1</defaultgrade><shuffleanswers>1</shuffleanswers>
<file name="sala.png" encoding="base64">{base64.b64encode(png()).decode()}</file>
<drag><no>1</no><text>masa</text><noofdrags>1</noofdrags></drag>
<drag><no>2</no><text>ușa</text>{copies}</drag>
{drops}</question></quiz>""".encode()


def test_markers_of_moodle_are_read_with_their_shapes():
    (read,) = read_moodle_xml(io.BytesIO(moodle(DROPS)), [])
    assert [problem.field for problem in read.problems] == ["alternatives"]
    assert [(z.area.shape, z.area.text()) for z in read.question.zones] == [
        ("ellipse", "50,50 10,15"),
        ("rectangle", "0,0 10,10"),
        ("polygon", "1,1 10,1 10,10"),
    ]
    assert len(read.question.markers) == 3


def test_copies_that_fit_nowhere_are_told():
    (read,) = read_moodle_xml(io.BytesIO(moodle(DROPS, "<infinite/>")), [])
    assert "distractors" in [problem.field for problem in read.problems]


@pytest.mark.parametrize("odd", ["150,100", "a,b;3", "1,1;2,2;3", ""])
def test_coordinates_that_make_no_shape_are_named(odd):
    (read,) = read_moodle_xml(io.BytesIO(moodle(DROPS.replace("150,100;30", odd))), [])
    assert read.question is None
    assert read.problems[0].kind == "bad_answers"


@settings(max_examples=40, deadline=None)
@given(reads(picture_markers()))
def test_moodle_gives_markers_and_places_back(before):
    name = picture_name(png())
    picture = before.question.picture.replace("0123456789abcdef0123.png", name)
    payload = {**rules.dump(before.question), "picture": picture}
    given = ReadQuestion(
        **{**before.__dict__, "question": parse_question(payload), "files": {name: png()}}
    )
    written = write_moodle_xml([given])
    assert written.problems == ()
    (read,) = read_moodle_xml(io.BytesIO(written.data), [])
    assert read.problems == ()
    ours, theirs = shown(given.question), shown(read.question)
    for each in (ours, theirs):  # places alone come last
        each["zones"].sort(key=lambda zone: zone["words"])
    assert ours == theirs


def test_markers_are_set_in_words_and_reviewed_on_the_picture(app, cast):
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0], text=TEXT, slug="marcaje")
    client = cast.client("learner")
    attempt_id = start(client, "/courses/curs/quizzes/marcaje")
    (item,) = paper(app, attempt_id)
    page = BeautifulSoup(client.get(f"/attempts/{attempt_id}").data, "html.parser")
    box = page.select_one(f"[data-item='{item.item_id}']")
    assert len(box.select("select")) == 3
    assert not box.select(".zone")
    markers = {word.text: key for key, word in item.question.markers.items()}
    data = {"item": str(item.item_id), "confirmed": "1"}
    data[f"i{item.item_id}-at-{markers['ușa']}"] = "20,15"
    data[f"i{item.item_id}-at-{markers['masa']}"] = item.question.zones[0].id
    assert post(client, f"/attempts/{attempt_id}/answers", data).status_code == 302
    again = BeautifulSoup(client.get(f"/attempts/{attempt_id}").data, "html.parser")
    assert len(again.select(".pin")) == 1
    post(client, f"/attempts/{attempt_id}/submit", data)
    result = BeautifulSoup(client.get(f"/attempts/{attempt_id}/result").data, "html.parser")
    assert len(result.select(".zone.is-right")) == len(result.select(".zone.is-wrong")) == 1
    assert len(result.select(".zone")) == 3
