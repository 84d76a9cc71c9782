"""Labels for the zones of a picture: right ones over all, read and answered without seeing it."""

from __future__ import annotations

import base64
import io

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from PIL import Image

from lms import db
from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.exchange.moodle_writer import write_moodle_xml
from lms.quizzes.exchange.moodle_xml import read_moodle_xml
from lms.quizzes.exchange.pictures import picture_name
from lms.quizzes.exchange.read_question import ReadQuestion
from lms.quizzes.question_types.picture_labels import rules
from lms.quizzes.question_types.protocol import (
    InvalidQuestion,
    InvalidResponse,
    QuestionFault,
    WordsDiffer,
)
from lms.quizzes.question_types.registry import parse_question, translated
from tests.factories import make_quiz
from tests.quizzes.exchange.kinds import reads, shown
from tests.quizzes.strategies import picture_labels
from tests.quizzes.test_taking import paper, post, start
from tests.quizzes.types.cases import earned, near

MOODLE = "quiz-rules 1, ddimageortext: right places / places"
LABELS = [
    {"id": "a", "text": "intrarea"},
    {"id": "b", "text": "masa"},
    {"id": "x", "text": "depozitul"},
    {"id": "n1", "text": "1", "group": 2},
    {"id": "n2", "text": "2", "group": 2},
]
ZONES = [
    {"id": "z1", "words": "stânga sus", "shape": "rectangle", "points": "5,5 45,30", "label": "a"},
    {"id": "z2", "words": "la mijloc", "shape": "ellipse", "points": "50,50 10,8", "label": "b"},
    {"id": "z3", "words": "jos", "shape": "polygon", "points": "10,60 40,60 40,95", "label": "n2"},
]
CASES = [
    ({"z1": "a", "z2": "b", "z3": "n2"}, "1", "all right"),
    ({"z1": "a", "z2": "b"}, "2/3", "one open"),
    ({"z1": "a", "z2": "x", "z3": "n2"}, "2/3", "one wrong"),
    ({"z1": "b", "z2": "a", "z3": "n2"}, "1/3", "two changed"),
    ({"z1": "a", "z2": "a"}, "1/3", "the same label twice"),
    ({"z1": "n2", "z3": "a"}, "0", "labels of another group count as none"),
    ({}, "0", "nothing"),
    ({"z9": "a", "z1": ["a"], "z2": None}, "0", "odd values"),
]


def asked(**more):
    return parse_question(
        {
            "type": "picture_labels",
            "stem": "Așezați.",
            "picture": "![Sala](0123456789abcdef0123.png)",
            "labels": LABELS,
            "zones": ZONES,
            **more,
        }
    )


@pytest.mark.parametrize(("given", "expected", "why"), CASES)
def test_zones_earn(given, expected, why):
    assert near(earned(asked(), {"gaps": given}), expected), f"{MOODLE}: {why}"


def test_a_guess_is_one_in_as_many_as_each_zone_offers():
    assert near(rules.random_guess(asked()), "7/18")  # (1/3 + 1/3 + 1/2) / 3


def test_the_parts_are_the_zones_and_are_said_in_words():
    question = asked()
    assert [part.key for part in rules.mark(question, {}).parts] == ["z1", "z2", "z3"]
    assert rules.key_text(question)[0] == "stânga sus: intrarea"
    assert rules.response_text(question, {"gaps": {"z2": "x"}}) == ("la mijloc: depozitul",)


def test_a_form_is_read_zone_by_zone():
    question = asked()
    assert rules.read_response(question, {"gap-z1": ["a"], "gap-z2": [""]}) == {"gaps": {"z1": "a"}}
    with pytest.raises(InvalidResponse):
        rules.read_response(question, {"gap-z1": ["n1"]})


@pytest.mark.parametrize(
    ("zone", "reason"),
    [
        ({"points": "5,5"}, QuestionFault.TOO_FEW),
        ({"points": "5,5 9,9 10,10"}, QuestionFault.TOO_MANY),
        ({"points": "5,5 3,9"}, QuestionFault.OUT_OF_RANGE),
        ({"points": "5,5 101,9"}, QuestionFault.OUT_OF_RANGE),
        ({"points": "5,5 -1,9"}, QuestionFault.NOT_A_NUMBER),
        ({"points": "a"}, QuestionFault.NOT_A_NUMBER),
        ({"shape": "ellipse", "points": "5,5 10,1"}, QuestionFault.OUT_OF_RANGE),
        ({"shape": "polygon", "points": "5,5 9,9"}, QuestionFault.TOO_FEW),
        ({"shape": "star"}, QuestionFault.UNKNOWN),
        ({"words": ""}, QuestionFault.MISSING),
        ({"label": "?"}, QuestionFault.UNKNOWN),
    ],
)
def test_a_zone_that_can_not_be_drawn_or_said_is_refused(zone, reason):
    with pytest.raises(InvalidQuestion) as refused:
        asked(zones=[ZONES[1], {**ZONES[0], **zone}])
    assert (refused.value.reason, refused.value.index) == (reason, 1)


def test_a_zone_that_offers_one_label_alone_is_refused():
    with pytest.raises(InvalidQuestion):
        asked(labels=LABELS[:4])


def test_other_words_are_the_same_question_and_another_key_is_not():
    english = [{**zone, "words": f"place {n}"} for n, zone in enumerate(ZONES)]
    labels = [{**each, "text": f"label {each['id']}"} for each in LABELS]
    found = translated(asked(), asked(zones=english, labels=labels))
    assert [zone.words for zone in found.zones] == ["place 0", "place 1", "place 2"]
    assert [zone.id for zone in found.zones] == ["z1", "z2", "z3"]
    with pytest.raises(WordsDiffer):
        translated(asked(), asked(zones=[{**ZONES[0], "points": "5,5 45,31"}, *ZONES[1:]]))
    with pytest.raises(WordsDiffer):
        translated(asked(), asked(zones=[{**ZONES[0], "label": "b"}, *ZONES[1:]]))


def test_what_is_wrong_in_a_file_is_told_at_its_line():
    text = """\
// [id:p] [type:picture_labels]
Așezați. {
![Sala](0123456789abcdef0123.png)
=rectangle 5,5 45,30: sus -> a
=rectangle 45,30 5,5: jos -> b
}
"""
    (problem,) = read_gift(text).problems
    assert (problem.line, problem.reason) == (5, QuestionFault.OUT_OF_RANGE)
    (problem,) = read_gift(text.replace("![Sala](0123456789abcdef0123.png)", "")).problems
    assert problem.reason == QuestionFault.NO_PICTURE
    (problem,) = read_gift(text.replace(": jos ->", " jos ->")).problems
    assert (problem.line, problem.kind) == (5, "bad_answers")


def png(width=300, height=200) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(made, "PNG")
    return made.getvalue()


def moodle(drops: str, file: str | None = None) -> bytes:
    content = base64.b64encode(png()).decode() if file is None else file
    return f"""<?xml version="1.0"?><quiz><question type="ddimageortext">
<name><text>Sala</text></name><questiontext format="html"><text>Așezați.</text></questiontext>
<defaultgrade>1</defaultgrade><shuffleanswers>1</shuffleanswers>
<file name="sala.png" encoding="base64">{content}</file>
<drag><no>1</no><text>intrarea</text><draggroup>1</draggroup></drag>
<drag><no>2</no><text>masa</text><draggroup>1</draggroup></drag>
{drops}</question></quiz>""".encode()


DROPS = """<drop><text>ușa</text><no>1</no><choice>1</choice><xleft>30</xleft><ytop>20</ytop></drop>
<drop><text></text><no>2</no><choice>2</choice><xleft>270</xleft><ytop>190</ytop></drop>"""


def test_a_picture_of_moodle_is_read_with_its_places_in_per_cent():
    (read,) = read_moodle_xml(io.BytesIO(moodle(DROPS)), [])
    assert [problem.field for problem in read.problems] == ["alternatives"]
    question = read.question
    assert [(z.words, z.area.text()) for z in question.zones] == [
        ("ușa", "10,10 38,25"),  # the longest label is 84 pixels wide and 30 high
        ("Locul 2", "90,95 100,100"),
    ]
    assert question.picture == f"![]({picture_name(png())})"
    assert read.files == {picture_name(png()): png()}


def test_a_place_beyond_measure_is_told_and_the_file_read_on():
    drops = DROPS.replace(">270<", ">9e99<")
    (read,) = read_moodle_xml(io.BytesIO(moodle(drops)), [])
    assert read.question is None
    assert read.problems


@pytest.mark.parametrize("file", ["", "AAAA", base64.b64encode(b"<svg/>").decode()])
def test_a_question_without_its_picture_is_named(file):
    (read,) = read_moodle_xml(io.BytesIO(moodle(DROPS, file)), [])
    assert read.question is None
    assert [problem.reason for problem in read.problems] == [QuestionFault.NO_PICTURE]


def test_a_place_for_no_label_is_named():
    (read,) = read_moodle_xml(io.BytesIO(moodle(DROPS.replace(">2</choice", ">7</choice"))), [])
    assert read.question is None
    assert read.problems[0].kind == "bad_answers"


@settings(max_examples=40, deadline=None)
@given(reads(picture_labels()))
def test_moodle_gives_pictures_labels_and_zones_back(before):
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
    assert shown(read.question) == shown(given.question)
    assert read.files == given.files


TEXT = """\
// [id:poza-1] [type:picture_labels]
Așezați denumirile. {
![O sală, văzută de sus](0123456789abcdef0123.png)
=rectangle 5,5 45,30: stânga sus, lângă ușă -> intrarea
=ellipse 70,50 12,15: în mijlocul dreptei -> masa formatorului
~depozitul
}
"""


def test_a_picture_is_answered_from_lists_with_words_for_every_place(app, cast):
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0], text=TEXT, slug="poza")
    client = cast.client("learner")
    attempt_id = start(client, "/courses/curs/quizzes/poza")
    (item,) = paper(app, attempt_id)
    page = BeautifulSoup(client.get(f"/attempts/{attempt_id}").data, "html.parser")
    box = page.select_one(f"[data-item='{item.item_id}']")
    named = {label["for"]: label.get_text(" ") for label in box.select(".zone-list label")}
    lists = box.select("select")
    assert len(lists) == 2
    for each, words in zip(lists, ("stânga sus, lângă ușă", "în mijlocul dreptei"), strict=True):
        assert words in named[each["id"]]
    assert box.select_one("svg.zones")["aria-hidden"] == "true"
    data = {"item": str(item.item_id), "confirmed": "1"}
    for zone in item.question.zones:
        data[f"i{item.item_id}-gap-{zone.id}"] = item.question.zones[0].label
    post(client, f"/attempts/{attempt_id}/submit", data)
    result = BeautifulSoup(client.get(f"/attempts/{attempt_id}/result").data, "html.parser")
    assert len(result.select(".zone-list .gap-right")) == 1
    assert len(result.select(".zone-list .gap-wrong")) == 1
    assert result.select(".zone.is-right")
